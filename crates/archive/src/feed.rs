//! The Atom feed of a digest (RFC 4287): an entry for each published edition, the newest first.
//!
//! Takes the digest, its published editions in any order, and addresses; returns the XML. What feed readers show is the
//! letter's opening and a list of the edition's entries, each leading to its own page.
//!
//! Invariants: every address is absolute; an edition's id is its page's address, which never changes and is never given to
//! another; the order of the input does not change the result.
//! Not here: which editions are published.

use std::fmt::Write as _;

use atom_syndication::{Content, Entry as FeedEntry, Feed, FixedDateTime, Generator, Link, Person, Text};
use pulse_model::edition::{Entry, Sector};
use pulse_model::{Digest, Edition, Href, Slug};

/// An edition that is out, and when it came out.
#[derive(Clone, Copy, Debug)]
pub struct Published<'a> {
    /// Its text.
    pub edition: &'a Edition,
    /// When it first came out. UTC, Unix milliseconds.
    pub published_at: i64,
    /// When it last came out: later than `published_at` only if it was reopened and corrected. UTC, Unix milliseconds.
    pub updated_at: i64,
}

/// Where the feed is and what it leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedAddresses {
    /// The feed itself.
    pub self_url: Href,
    /// The digest's page. An edition's page is this address, `/` and its key; an entry's, that address, `/` and its slug.
    pub site: Href,
}

/// In characters; a summary is a reason to read on.
const LONGEST_SUMMARY: usize = 400;

/// Writes the feed.
pub fn atom(digest: &Digest, editions: &[Published<'_>], addresses: &FeedAddresses) -> String {
    let mut editions = editions.to_vec();
    editions.sort_by_key(|published| std::cmp::Reverse((published.published_at, published.edition.key())));
    let name = line(&digest.name, "Digest");
    let feed = Feed {
        id: addresses.site.to_string(),
        title: Text::plain(name.clone()),
        subtitle: Some(line(&digest.tagline, "")).filter(|tagline| !tagline.is_empty()).map(Text::plain),
        updated: time(editions.iter().map(|published| published.updated_at).max().unwrap_or_default()),
        authors: vec![Person { name: line(&digest.organisation, &name), uri: digest.footer.website.as_ref().map(ToString::to_string), ..Person::default() }],
        links: vec![link("self", &addresses.self_url, "application/atom+xml"), link("alternate", &addresses.site, "text/html")],
        generator: Some(Generator { value: "Pulse".to_owned(), uri: None, version: None }),
        lang: Some(line(&digest.language, "")).filter(|language| !language.is_empty()),
        entries: editions.iter().map(|published| entry(&name, published, &addresses.site)).collect(),
        ..Feed::default()
    };
    let mut xml = feed.to_string();
    xml.push('\n');
    xml
}

fn entry(name: &str, published: &Published<'_>, site: &Href) -> FeedEntry {
    let edition = published.edition;
    let page = format!("{}/{}", site.as_str().trim_end_matches('/'), edition.key());
    FeedEntry {
        id: page.clone(),
        title: Text::plain(format!("{name}, {}", edition.key().title())),
        published: Some(time(published.published_at)),
        updated: time(published.updated_at),
        summary: opening(edition).map(Text::plain),
        content: Some(Content { value: Some(html(edition, &page)), content_type: Some("html".to_owned()), ..Content::default() }),
        links: vec![Link { href: page, rel: "alternate".to_owned(), mime_type: Some("text/html".to_owned()), ..Link::default() }],
        ..FeedEntry::default()
    }
}

fn link(rel: &str, href: &Href, mime_type: &str) -> Link {
    Link { href: href.to_string(), rel: rel.to_owned(), mime_type: Some(mime_type.to_owned()), ..Link::default() }
}

/// A moment that no calendar has is the beginning of time, which is plainly wrong and does no harm.
fn time(at: i64) -> FixedDateTime {
    let moment = jiff::Timestamp::from_millisecond(at).unwrap_or_default();
    // A feed's times are read by people's programs to the second.
    let moment = jiff::Timestamp::from_second(moment.as_second()).unwrap_or_default();
    moment.to_string().parse().unwrap_or_default()
}

/// One line without control characters, or something to stand in for it.
fn line(words: &str, otherwise: &str) -> String {
    let line = pulse_model::Text::from_plain(words).plain();
    if line.is_empty() { otherwise.to_owned() } else { line }
}

/// The first paragraph of the letter.
fn opening(edition: &Edition) -> Option<String> {
    let letter = &edition.letter;
    let (_, text) = [&letter.welcome, &letter.highlights].into_iter().find_map(|blocks| blocks.texts().first().copied())?;
    let words = text.plain();
    Some(match words.char_indices().nth(LONGEST_SUMMARY) {
        Some((end, _)) => format!("{}\u{2026}", words[..end].rsplit_once(' ').map_or(&words[..end], |(start, _)| start)),
        None => words,
    })
}

/// Sectors with their entries, each leading to its page.
fn html(edition: &Edition, page: &str) -> String {
    let mut html = String::new();
    for sector in &edition.sectors {
        write_sector(sector, page, &mut html);
    }
    // A feed's entry has some content, whatever the edition has.
    if html.is_empty() { format!("<p><a href=\"{}\">{}</a></p>", escaped(page), edition.key().title()) } else { html }
}

fn write_sector(sector: &Sector, page: &str, html: &mut String) {
    let entries: Vec<&Entry> = sector.categories.iter().flat_map(|category| &category.entries).collect();
    let name = line(&sector.name, "");
    if !name.is_empty() && !entries.is_empty() {
        let _ = writeln!(html, "<h2>{}</h2>", escaped(&name));
    }
    if !entries.is_empty() {
        html.push_str("<ul>\n");
        for entry in entries {
            // Only what is a slug is part of an address; the edition's page has every entry.
            let address = if entry.slug.parse::<Slug>().is_ok() { format!("{page}/{}", entry.slug) } else { page.to_owned() };
            // Without publisher and title, the heading is its full stop.
            let heading = Some(line(&entry.heading(), "")).filter(|heading| heading != ".").unwrap_or_else(|| "Untitled".to_owned());
            let _ = writeln!(html, "<li><a href=\"{}\">{}</a></li>", escaped(&address), escaped(&heading));
        }
        html.push_str("</ul>\n");
    }
}

/// For HTML text and attributes.
fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
