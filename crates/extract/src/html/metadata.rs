//! What a page says of itself, in the ways publishers say it: `meta` elements of six vocabularies, JSON-LD, microdata, links, and at last its visible words.
//!
//! What is said for machines goes before what is shown, and a vocabulary of publishing before one of sharing. Dates that cannot be true are left out
//! and become problems. Not here: the text.

mod json_ld;
mod links;
mod said;

use dom_query::Document as Page;
use pulse_model::Problem;
use pulse_model::document::{Content, Metadata};
use url::Url;

use super::tree;
use said::Said;

/// What the page says, before anything is taken out of it; dates that cannot be true; and what relative links are read against.
pub(super) fn read(page: &Page, url: Option<&Url>) -> (Metadata, Vec<Problem>, Option<Url>) {
    let mut said = Said::of(page);
    let base = links::base(page, url);
    let publisher = said.publisher();
    let site = said.first(&["og:site_name", "application-name"]);
    let metadata = Metadata {
        title: title(page, &said, &[&site, &publisher], url),
        authors: said.authors(page),
        published_at: said.date(said::PUBLISHED, "datePublished"),
        updated_at: said.date(said::UPDATED, "dateModified"),
        document_type: said.document_type(),
        language: language(page, &said),
        description: said.first(&["og:description", "dcterms.description", "dc.description", "description", "twitter:description"]),
        canonical: links::canonical(page, base.as_ref(), &said),
        dois: said.dois(),
        publisher: if publisher.is_empty() { site } else { publisher },
        ..Metadata::default()
    };
    (metadata, std::mem::take(&mut said.problems), base)
}

/// What only the text can say: files that belong to it, pages it mentions, dates that are shown, the language. A heading that repeats the title goes.
pub(super) fn finish(metadata: &mut Metadata, page: &Page, blocks: &mut Vec<Content>, base: Option<&Url>) {
    metadata.attachments = links::attachments(page, base);
    metadata.mentions = links::mentions(page, base);
    if metadata.published_at.is_none() || metadata.updated_at.is_none() {
        let (published, updated) = said::shown_dates(page);
        metadata.published_at = metadata.published_at.or(published);
        metadata.updated_at = metadata.updated_at.or(updated);
    }
    if metadata.title.is_empty() {
        metadata.title = blocks.iter().find_map(|block| if let Content::Heading { text, .. } = block { Some(text.clone()) } else { None }).unwrap_or_default();
    }
    if metadata.language.is_empty() {
        let text: Vec<String> = blocks.iter().take(40).flat_map(Content::lines).collect();
        metadata.language = crate::language::told_from(&text.join(" "));
    }
    let is_title = |block: &Content| matches!(block, Content::Heading { text, .. } if plain(text) == plain(&metadata.title));
    if blocks.first().is_some_and(is_title) {
        blocks.remove(0);
    }
}

/// Declared, as a BCP 47 tag.
fn language(page: &Page, said: &Said) -> String {
    let declared = tree::first(page, "html").map(|html| tree::attr(&html, "lang")).unwrap_or_default();
    let declared = if declared.trim().is_empty() { said.first(&["content-language", "dcterms.language", "dc.language", "og:locale"]) } else { declared };
    let tag = declared.trim().replace('_', "-");
    let is_tag = tag.len() >= 2 && tag.split('-').all(|part| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()));
    if is_tag && tag.split('-').next().is_some_and(|first| matches!(first.len(), 2 | 3)) { tag } else { String::new() }
}

/// The title: what is said for machines, without the name of the site; the first heading where the two agree, because it is set with care.
fn title(page: &Page, said: &Said, names: &[&str], url: Option<&Url>) -> String {
    let work = said.first(&["citation_title", "dcterms.title", "dc.title"]);
    let headings: Vec<String> = tree::all(page, &["h1"]).iter().map(tree::text_of).filter(|text| !text.is_empty()).collect();
    let head = tree::first(page, "title").map(|title| tree::single_spaced(&title.text())).unwrap_or_default();
    let shared = [said.first(&["og:title"]), said.json_ld.text("headline"), head].into_iter().find(|title| !title.is_empty()).unwrap_or_default();
    let shared = if work.is_empty() { shared } else { work };
    let agrees = |heading: &&String| {
        let (heading, shared) = (plain(heading), plain(&shared));
        shared.starts_with(&heading) || shared.ends_with(&heading) || heading.starts_with(&shared)
    };
    match headings.iter().find(agrees) {
        Some(heading) => heading.clone(),
        None => without_site(&shared, names, url),
    }
}

/// A title without the parts that name the site.
fn without_site(title: &str, names: &[&str], url: Option<&Url>) -> String {
    let host = plain(url.and_then(Url::host_str).unwrap_or_default().trim_start_matches("www."));
    let is_site = |part: &str| {
        let part = plain(part);
        !part.is_empty() && (names.iter().any(|name| plain(name) == part) || host.starts_with(&part) || host == part)
    };
    let mut title = title.trim();
    loop {
        let cut = [" | ", " - ", " – ", " — ", " :: ", " · ", " » "].iter().filter_map(|mark| Some((title.rfind(mark)?, *mark))).max();
        let Some((at, mark)) = cut else { return title.to_owned() };
        let rest = &title[at + mark.len()..];
        if is_site(rest) || mark == " | " && title[..at].contains(' ') {
            title = title[..at].trim_end();
        } else if let Some((first, rest)) = title.split_once(mark).filter(|(first, _)| is_site(first)) {
            let _ = first;
            title = rest.trim_start();
        } else {
            return title.to_owned();
        }
    }
}

/// Letters and digits in lower case: what stays the same however a title is set.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
