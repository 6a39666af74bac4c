//! The text part of an e-mail: a whole edition for readers who prefer text, and for programs that show nothing else.
//!
//! Lines are at most 72 columns wide, by the width characters have on a screen; only an address may be longer, because
//! a broken one leads nowhere. Links are numbered, a number for each address, and listed at the end of the part they
//! stand in. Bold and italic are not shown: stars around words help no one who hears them read out.
//!
//! Invariants: no line ends in a space; line breaks are LF; no word of the edition is missing.

use std::collections::{BTreeMap, HashMap};

use pulse_model::edition::SignOff;
use pulse_model::{Block, Blocks, Digest, Href, Text};
use textwrap::core::{Word, display_width};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use crate::colophon::Colophon;
use crate::outline::{Contents, Entry, Item, Links, Outline, Sector, counted};
use crate::{Addresses, Rendered, Work, tidy};

/// Leaves room for the marks that replies put in front of a line (RFC 3676, section 4.2, suggests the same).
const WIDTH: usize = 72;

/// How far what an entry says stands in from its heading.
const BODY_INDENT: usize = 2;

/// Renders the text part.
pub fn render(work: Work<'_>) -> Rendered {
    let digest = tidy::digest(work.digest);
    let edition = tidy::edition(work.edition);
    let outline = Outline::of(&digest, &edition, work.addresses);
    let mut page = Page::default();
    masthead(&mut page, &digest, &edition.key().title(), work.addresses);
    letter(&mut page, &outline);
    if let Some(news) = &outline.news {
        page.heading(news.heading, '=');
        news.items.iter().for_each(|item| news_item(&mut page, item));
        page.list_links();
    }
    outline.sectors.iter().for_each(|each| sector(&mut page, each));
    footer(&mut page, &digest, work.addresses);
    Rendered { bytes: page.finish().into_bytes(), problems: Vec::new() }
}

fn masthead(page: &mut Page, digest: &Digest, month: &str, addresses: &Addresses) {
    page.rule('=');
    [digest.name.as_str(), month, &digest.tagline, &digest.organisation].into_iter().for_each(|words| page.paragraph(words, 0));
    page.rule('=');
    page.gap(1);
    page.address("Read this edition on the web:", addresses.edition_page.as_ref());
    page.address("Unsubscribe:", addresses.unsubscribe.as_ref());
}

/// The letter, with the table of contents behind its opening as in the e-mail's other part.
fn letter(page: &mut Page, outline: &Outline<'_>) {
    let letter = outline.letter;
    page.blocks(&letter.welcome, 0);
    contents(page, &outline.contents());
    [&letter.highlights, &letter.call_for_contact, &letter.notices].into_iter().for_each(|blocks| page.blocks(blocks, 0));
    if let Some(SignOff { closing, name, role }) = &letter.sign_off {
        [closing, name, role].into_iter().for_each(|words| page.paragraph(words, 0));
        page.gap(1);
    }
    for contact in &letter.contacts {
        page.text(&contact.text, 0);
    }
    page.gap(1);
    page.list_links();
}

fn contents(page: &mut Page, contents: &[Contents<'_>]) {
    if contents.is_empty() {
        return;
    }
    page.heading("In this edition", '-');
    for line in contents {
        page.hanging(&format!("{} ({})", line.name, line.count), "- ", 0);
    }
    page.gap(1);
}

fn news_item(page: &mut Page, item: &Item<'_>) {
    page.article("", item.title, &item.links, item.body);
}

fn sector(page: &mut Page, sector: &Sector<'_>) {
    page.heading(sector.name, '=');
    if !sector.name.is_empty() {
        page.paragraph(&counted(sector.count(), "entry", "entries"), 0);
        page.gap(1);
    }
    for category in &sector.categories {
        page.heading(category.name, '-');
        for Entry { publisher, title, links, summary, .. } in &category.entries {
            page.article(publisher, title, links, summary);
        }
    }
    page.list_links();
}

fn footer(page: &mut Page, digest: &Digest, addresses: &Addresses) {
    let colophon = Colophon::of(digest, addresses, true);
    page.gap(2);
    if !(digest.organisation.is_empty() && colophon.is_empty()) {
        page.rule('=');
    }
    page.paragraph(&digest.organisation, 0);
    page.paragraph(colophon.address, 0);
    let lines = [("Telephone", colophon.telephone), ("Email", colophon.email.as_ref().map_or("", |(email, _)| email))];
    lines.into_iter().filter(|(_, words)| !words.is_empty()).for_each(|(name, words)| page.paragraph(&format!("{name}: {words}"), 0));
    page.gap(1);
    page.address("Website:", colophon.website.as_ref().map(|(_, href)| *href));
    for (words, href) in colophon.links {
        page.address(&format!("{words}:"), Some(href));
    }
}

/// A text as it grows, line by line.
#[derive(Default)]
struct Page {
    lines: String,
    /// How many empty lines are due before the next one that is not.
    gap: usize,
    /// Nothing has been written since a heading, so that what follows stands close to it.
    is_under_heading: bool,
    numbers: HashMap<Href, usize>,
    /// Numbers and addresses met since the last list of links.
    unlisted: BTreeMap<usize, Href>,
}

impl Page {
    /// At least so many empty lines before what comes next; none at the very beginning.
    fn gap(&mut self, lines: usize) {
        self.gap = self.gap.max(lines);
    }

    fn line(&mut self, line: &str) {
        let line = line.trim_end();
        if line.is_empty() {
            return;
        }
        if !self.lines.is_empty() {
            self.lines.extend(std::iter::repeat_n('\n', self.gap));
        }
        self.gap = 0;
        self.is_under_heading = false;
        self.lines.push_str(line);
        self.lines.push('\n');
    }

    fn rule(&mut self, mark: char) {
        self.line(&mark.to_string().repeat(WIDTH));
    }

    /// Words over a line as long as they are. What has no words has no heading.
    fn heading(&mut self, words: &str, mark: char) {
        self.gap(if mark == '=' { 3 } else { 2 });
        let wrapped = wrap(words, "", "");
        let Some(width) = wrapped.iter().map(|line| display_width(line)).max().filter(|width| *width > 0) else { return };
        wrapped.iter().for_each(|line| self.line(line));
        self.line(&mark.to_string().repeat(width));
        self.gap(1);
        self.is_under_heading = true;
    }

    /// Words behind an indent of so many spaces.
    fn paragraph(&mut self, words: &str, indent: usize) {
        self.hanging(words, "", indent);
    }

    /// Words behind an indent and a mark, further lines below the words and not below the mark.
    fn hanging(&mut self, words: &str, mark: &str, indent: usize) {
        let first = format!("{:indent$}{mark}", "");
        let further = " ".repeat(first.len());
        wrap(words, &first, &further).iter().for_each(|line| self.line(line));
    }

    fn text(&mut self, text: &Text, indent: usize) {
        let words = self.numbered(text);
        self.paragraph(&words, indent);
    }

    fn blocks(&mut self, blocks: &Blocks, indent: usize) {
        for block in blocks {
            match block {
                Block::Paragraph { text } => self.text(text, indent),
                Block::List(list) => self.list(list, indent),
            }
            self.gap(1);
        }
    }

    fn list(&mut self, list: &pulse_model::List, indent: usize) {
        let digits = list.items.len().to_string().len();
        for (item, number) in list.items.iter().zip(1..) {
            let mark = if list.ordered { format!("{number:>digits$}. ") } else { "- ".to_owned() };
            let words = self.numbered(&item.text);
            self.hanging(&words, &mark, indent);
            // A list follows its lead-in at once; a paragraph after a point stands apart from it.
            if let Some(Block::Paragraph { .. }) = item.blocks.as_slice().first() {
                self.gap(1);
            }
            self.blocks(&item.blocks, indent + mark.len());
            // A list within a point leaves no gap behind it; a paragraph does.
            if !matches!(item.blocks.as_slice().last(), Some(Block::Paragraph { .. })) {
                self.gap = 0;
            }
        }
    }

    /// An entry or an item of news: its heading flush left, what it says below.
    fn article(&mut self, publisher: &str, title: &str, links: &Links<'_>, body: &Blocks) {
        self.gap(if self.is_under_heading { 1 } else { 2 });
        let mut heading = [publisher, title].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        if let Some(href) = links.first {
            heading = format!("{heading} {}", self.number(href)).trim_start().to_owned();
        }
        self.paragraph(&heading, 0);
        self.gap(1);
        // Headings with nothing below them are a list.
        self.is_under_heading = body.is_empty() && links.further.is_empty();
        self.blocks(body, BODY_INDENT);
        if !links.further.is_empty() {
            let further: Vec<_> = links.further.iter().map(|(label, href)| format!("{label} {}", self.number(href))).collect();
            self.paragraph(&format!("See also: {}", further.join("; ")), BODY_INDENT);
            self.gap(1);
        }
    }

    /// The words of a text, each link followed by its number unless the words are the address.
    fn numbered(&mut self, text: &Text) -> String {
        let mut words = String::new();
        for part in text.runs().chunk_by(|left, right| left.style.link == right.style.link) {
            let label: String = part.iter().map(|run| run.text.as_str()).collect();
            words.push_str(&label);
            if let Some(href) = part.first().and_then(|run| run.style.link.as_ref())
                && href.as_str().strip_prefix("mailto:") != Some(label.as_str())
            {
                words.extend([" ", &self.number(href)]);
            }
        }
        words
    }

    /// An address's number in brackets, the same wherever it is mentioned.
    fn number(&mut self, href: &Href) -> String {
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(href.clone()).or_insert(next);
        self.unlisted.entry(number).or_insert_with(|| href.clone());
        format!("[{number}]")
    }

    /// Lists the addresses mentioned since the last list, each on a line of its own.
    fn list_links(&mut self) {
        let links = std::mem::take(&mut self.unlisted);
        if links.is_empty() {
            return;
        }
        self.gap(2);
        self.line("Links");
        for (number, href) in links {
            self.line(&format!("[{number}] {href}"));
        }
        self.gap(1);
    }

    /// What an address is for, and the address on a line of its own.
    fn address(&mut self, words: &str, href: Option<&Href>) {
        let Some(href) = href else { return };
        let address = href.as_str();
        self.paragraph(words, 0);
        self.line(address.strip_prefix("mailto:").unwrap_or(address));
        self.gap(1);
    }

    fn finish(self) -> String {
        self.lines
    }
}

/// Breaks words into lines, the first behind `first` and the others behind `further`. Breaks where Unicode allows one
/// (UAX #14), and inside a word only where it has a line to itself and still does not fit; an address stays whole, however long
/// it is, because mail programs make links of whole ones alone.
fn wrap<'a>(words: &'a str, first: &'a str, further: &'a str) -> Vec<std::borrow::Cow<'a, str>> {
    let options = Options::new(WIDTH)
        .initial_indent(first)
        .subsequent_indent(further)
        .word_separator(WordSeparator::Custom(words_and_addresses))
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(!words.contains("://"))
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    if words.is_empty() { Vec::new() } else { textwrap::wrap(words, options) }
}

/// The pieces that a line may be broken between. What has an address in it is one, up to the next space.
fn words_and_addresses(line: &str) -> Box<dyn Iterator<Item = Word<'_>> + '_> {
    let mut words: Vec<Word<'_>> = Vec::new();
    // Where what stands between two spaces began: in the line, and among the words.
    let (mut start, mut first, mut end) = (0, 0, 0);
    for word in WordSeparator::UnicodeBreakProperties.find_words(line) {
        end += word.word.len() + word.whitespace.len();
        let is_last = !word.whitespace.is_empty() || end == line.len();
        words.push(word);
        if is_last {
            let whole = &line[start..end];
            if whole.contains("://") {
                words.truncate(first);
                // UAX #14 keeps a bracket and what follows its space together; with an address that may be too long for a line.
                words.extend(whole.split_inclusive(' ').map(Word::from));
            }
            (start, first) = (end, words.len());
        }
    }
    Box::new(words.into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stays_whole_and_the_words_around_it_are_broken() {
        let address = "https://www.quay.example/reports/falls-at-night/what-forty-care-homes-learned/annex-b.html";
        let text = format!("The figures of the annex are at {address} and further ones follow in the autumn, when the second year has been counted.");
        let lines = wrap(&text, "", "");
        assert!(lines.iter().any(|line| *line == address), "{lines:?}");
        assert!(lines.iter().all(|line| *line == address || display_width(line) <= WIDTH), "{lines:?}");
        assert_eq!(lines.join(" "), text);
        let text = format!("see ( …{address} too");
        assert_eq!(wrap(&text, "", "")[1..], [format!("…{address}"), "too".to_owned()]);
        // The control: what is no address is broken where it does not fit.
        assert!(wrap(&"x".repeat(100), "", "").len() > 1);
    }
}
