//! Takes out of a digest and an edition what no output may print.
//!
//! [`pulse_model::Text`] is in normal form by itself; plain strings (names, titles, labels) are not. Here each becomes
//! one line without control characters and without characters that change the direction of what follows, so that no
//! output has to think of them again. No word is lost.

use std::borrow::Cow;

use pulse_model::digest::{Digest, Footer};
use pulse_model::edition::{Category, Edition, Entry, Letter, Link, NewsItem, Sector};
use pulse_model::text::is_forbidden;

/// One line in normal form.
pub(crate) fn line(words: &str) -> String {
    let mut line = String::with_capacity(words.len());
    // The no-break space is kept: whoever wrote it meant it.
    let spaced =
        words.chars().filter(|&c| !is_forbidden(c)).map(|c| if c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}') { ' ' } else { c });
    for c in spaced {
        if c != ' ' || !(line.is_empty() || line.ends_with(' ')) {
            line.push(c);
        }
    }
    // What is nothing but no-break spaces says nothing, and must not become a heading.
    let end = if line.trim().is_empty() { 0 } else { line.trim_end_matches(' ').len() };
    line.truncate(end);
    line
}

/// The digest as it can be printed.
pub(crate) fn digest(digest: &Digest) -> Digest {
    let mut digest = digest.clone();
    let Footer { address, telephone, email, .. } = &mut digest.footer;
    let strings = [&mut digest.name, &mut digest.tagline, &mut digest.organisation, &mut digest.language, &mut digest.house_style.news_heading];
    strings.into_iter().chain([address, telephone, email]).for_each(tidy);
    if let Some(logo) = &mut digest.masthead.logo {
        tidy(&mut logo.alt);
    }
    if !is_language(&digest.language) {
        digest.language = Digest::named(digest.slug.clone(), "").language;
    }
    digest
}

/// Whether a tag has the form of RFC 5646 (section 2.1): a language of two or three letters, then subtags of at most
/// eight letters and digits. Anything else makes a screen reader guess; the language of new digests is the better guess.
fn is_language(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let language = subtags.next().unwrap_or_default();
    let is_primary = matches!(language.len(), 2 | 3) && language.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_primary && subtags.all(|subtag| matches!(subtag.len(), 1..=8) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The edition as it can be printed: also without categories and sectors that have no entries. Most editions can be
/// printed as they are, and are not copied.
pub(crate) fn edition(edition: &Edition) -> Cow<'_, Edition> {
    if is_tidy(edition) { Cow::Borrowed(edition) } else { Cow::Owned(tidied(edition.clone())) }
}

fn is_tidy(edition: &Edition) -> bool {
    let is_line = |words: &String| line(words) == *words;
    let links = |links: &[Link]| links.iter().all(|link| is_line(&link.text));
    let entry = |entry: &Entry| {
        let publishers = entry.publishers.iter().all(|publisher| !publisher.is_empty() && is_line(publisher));
        publishers && is_line(&entry.title) && links(&entry.links)
    };
    let category = |category: &Category| !category.entries.is_empty() && is_line(&category.name) && category.entries.iter().all(entry);
    let sector = |sector: &Sector| !sector.categories.is_empty() && is_line(&sector.name) && sector.categories.iter().all(category);
    let letter = &edition.letter;
    let sign_off = letter.sign_off.as_ref().is_none_or(|sign_off| [&sign_off.closing, &sign_off.name, &sign_off.role].into_iter().all(is_line));
    let contacts = letter.contacts.iter().all(|contact| !contact.text.is_empty());
    sign_off && contacts && edition.news.iter().all(|item| is_line(&item.title) && links(&item.links)) && edition.sectors.iter().all(sector)
}

fn tidied(mut edition: Edition) -> Edition {
    letter(&mut edition.letter);
    edition.news.iter_mut().for_each(news_item);
    for sector in &mut edition.sectors {
        tidy(&mut sector.name);
        sector.categories.retain(|category| !category.entries.is_empty());
        for category in &mut sector.categories {
            tidy(&mut category.name);
            category.entries.iter_mut().for_each(entry);
        }
    }
    edition.sectors.retain(|sector| !sector.categories.is_empty());
    edition
}

fn letter(letter: &mut Letter) {
    if let Some(sign_off) = &mut letter.sign_off {
        [&mut sign_off.closing, &mut sign_off.name, &mut sign_off.role].into_iter().for_each(tidy);
    }
    letter.contacts.retain(|contact| !contact.text.is_empty());
}

fn news_item(item: &mut NewsItem) {
    tidy(&mut item.title);
    links(&mut item.links);
}

fn entry(entry: &mut Entry) {
    tidy(&mut entry.title);
    entry.publishers.iter_mut().for_each(tidy);
    entry.publishers.retain(|publisher| !publisher.is_empty());
    links(&mut entry.links);
}

fn links(links: &mut [Link]) {
    links.iter_mut().for_each(|link| tidy(&mut link.text));
}

fn tidy(words: &mut String) {
    let is_tidy = words.bytes().all(|byte| (0x20..0x7f).contains(&byte)) && !words.contains("  ") && !words.starts_with(' ') && !words.ends_with(' ');
    if !is_tidy {
        *words = line(words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_a_tag() {
        assert!(["en-GB", "cy", "zh-Hant-TW"].iter().all(|tag| is_language(tag)));
        assert!(["", "english", "en_GB", "en\" onload=\"x", "en-"].iter().all(|tag| !is_language(tag)));
    }

    #[test]
    fn a_line_has_no_controls_and_single_spaces() {
        assert_eq!(line("  a\u{202e}b\r\n\tc\u{0}  d "), "ab c d");
        assert_eq!(line("10\u{a0}%"), "10\u{a0}%");
        assert_eq!(line(" \u{a0} "), "");
    }
}
