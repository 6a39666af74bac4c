//! The edition's own Markdown form: a person can read and change it, and it reads in again as exactly the same edition.
//!
//! Takes a [`Work`]; returns CommonMark. Its structure is carried by headings and by *marks*, HTML comments that no page
//! shows. The first line is always the mark `pulse:edition`. An ordinary entry needs no mark of its own: its heading
//! `#### [Publisher. Title.](first link)` says it all.
//!
//! | mark | stands before | says |
//! |---|---|---|
//! | `pulse:edition {…}` | everything | version of the form, digest, month, day |
//! | `pulse:letter welcome` (`highlights`, `call-for-contact`, `notices`) | blocks | which part of the letter they are |
//! | `pulse:sign-off` | up to three paragraphs | closing, name and role |
//! | `pulse:contact address` | a paragraph | which kind of contact line it is |
//! | `pulse:news` | a heading of level 2 | that what follows is the team's news and no sector |
//! | `pulse:item profile` | a heading of level 3 | the kind of a news item |
//! | `pulse:sector`, `pulse:category`, `pulse:entry` | a heading of level 2, 3, 4 | what the heading alone does not |
//!
//! A mark may carry a JSON object with what cannot be told exactly from the words that people see: several publishers,
//! further links, a slug that readers already have. Where a mark and the words below it say the same thing they must
//! agree; the reader refuses what does not, so that no change of a person's is lost in silence.
//!
//! Invariant: `pulse_compose::own_markdown::read` gives the same edition back (`tests/markdown.rs`).
//!
//! Not here: problems and lines set aside, which are about a file the edition came from; figures, which are found anew.

use pulse_model::edition::{Category, Contact, ContactKind, Sector, SignOff};
use pulse_model::markdown::{write_blocks, write_text};
use pulse_model::text::is_forbidden;
use pulse_model::{Block, Blocks, Edition, Entry, Link, NewsItem, Run, Slug, Style, Text};
use serde::Serialize;

use crate::{Rendered, Work};

/// Renders the edition in its own Markdown. There is nothing that this form cannot hold, so there are never problems.
pub fn render(work: Work<'_>) -> Rendered {
    let edition = work.edition;
    let mut page = Page::default();
    let mark = EditionMark {
        schema_version: edition.schema_version,
        digest: &edition.digest,
        month: edition.month.to_string(),
        date: edition.date.map(|date| date.to_string()),
    };
    page.block(&format!("<!-- pulse:edition {} -->", json(&mark)));
    page.heading(1, &write_text(&Text::from_plain(&work.digest.name)));
    page.heading(2, &edition.key().title());
    write_letter(edition, &mut page);
    if !edition.news.is_empty() {
        page.mark("news", &());
        page.heading(2, &write_text(&Text::from_plain(work.digest.news_heading())));
        edition.news.iter().for_each(|item| write_item(item, &mut page));
    }
    let mut slugs = unseen_slugs(edition).into_iter();
    for sector in &edition.sectors {
        write_sector(sector, &mut slugs, &mut page);
    }
    Rendered { bytes: page.finish().into_bytes(), problems: Vec::new() }
}

/// What the first line says.
#[derive(Serialize)]
struct EditionMark<'a> {
    schema_version: u32,
    digest: &'a Slug,
    month: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
}

/// What the heading of a sector, category or news item does not say. Without any of it there is nothing to write.
#[derive(Serialize, Default, PartialEq)]
struct HeadingMark<'a> {
    /// The exact name, where white space or control characters keep it from being read off the heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    link_text: &'a str,
    /// Links that the heading does not carry.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    links: &'a [Link],
}

/// What an entry's heading does not say.
#[derive(Serialize, Default, PartialEq)]
struct EntryMark<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    publishers: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    link_text: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    links: &'a [Link],
}

/// Markdown as it grows: blocks with a blank line between them, a mark right above what it is about.
#[derive(Default)]
struct Page {
    text: String,
    after_mark: bool,
}

impl Page {
    fn block(&mut self, block: &str) {
        if !self.text.is_empty() {
            self.text.push_str(if self.after_mark { "\n" } else { "\n\n" });
        }
        self.text.push_str(block);
        self.after_mark = false;
    }

    fn heading(&mut self, level: usize, words: &str) {
        let marks = "#".repeat(level);
        self.block(&if words.is_empty() { marks } else { format!("{marks} {}", closed(words)) });
    }

    /// A mark for the heading that follows. What is `()` or has no field needs no words.
    fn mark(&mut self, name: &str, says: &impl Serialize) {
        let json = json(says);
        let says = if matches!(json.as_str(), "null" | "{}") { String::new() } else { format!(" {json}") };
        self.block(&format!("<!-- pulse:{name}{says} -->"));
        self.after_mark = true;
    }

    /// Blocks below a blank line, so that a list under a mark is a list to every reader of Markdown.
    fn blocks(&mut self, blocks: &Blocks) {
        self.after_mark = false;
        if !blocks.is_empty() {
            self.block(&write_blocks(blocks));
        }
    }

    fn finish(mut self) -> String {
        self.text.push('\n');
        self.text
    }
}

/// CommonMark takes "#" at the end of a heading for decoration, unless it is escaped.
fn closed(words: &str) -> String {
    let Some(start) = words.strip_suffix('#') else { return words.to_owned() };
    let backslashes = start.len() - start.trim_end_matches('\\').len();
    if backslashes % 2 == 1 { words.to_owned() } else { format!("{start}\\#") }
}

/// JSON on one line that cannot end a comment early and holds no character that a text may not.
fn json(value: &impl Serialize) -> String {
    let plain = serde_json::to_string(value).unwrap_or_default();
    let mut escaped = String::with_capacity(plain.len());
    for c in plain.chars() {
        // Two hyphens in a row only stand inside strings, where either may be written as its number.
        if is_forbidden(c) || c.is_control() || (c == '-' && escaped.ends_with('-')) {
            escaped.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// The words as a reader gets them back from a heading or paragraph.
fn seen(words: &str) -> String {
    Text::from_plain(words).plain()
}

/// `exact` where it cannot be read back from what is seen.
fn unless_seen(exact: &str) -> Option<&str> {
    (seen(exact) != exact).then_some(exact)
}

fn write_letter(edition: &Edition, page: &mut Page) {
    let letter = &edition.letter;
    let parts =
        [("welcome", &letter.welcome), ("highlights", &letter.highlights), ("call-for-contact", &letter.call_for_contact), ("notices", &letter.notices)];
    for (name, blocks) in parts.into_iter().filter(|(_, blocks)| !blocks.is_empty()) {
        page.mark(&format!("letter {name}"), &());
        page.blocks(blocks);
    }
    if let Some(sign_off) = &letter.sign_off {
        write_sign_off(sign_off, page);
    }
    for Contact { kind, text } in &letter.contacts {
        page.mark(&format!("contact {}", contact_name(*kind)), &());
        page.blocks(&Blocks::new([Block::paragraph(text.clone())]));
    }
}

fn contact_name(kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::Address => "address",
        ContactKind::Telephone => "telephone",
        ContactKind::Email => "email",
        ContactKind::Website => "website",
        ContactKind::Other => "other",
    }
}

fn write_sign_off(sign_off: &SignOff, page: &mut Page) {
    let fields = [&sign_off.closing, &sign_off.name, &sign_off.role];
    // Paragraphs are read as closing, name and role in this order, so a gap has to be told.
    let has_gap = fields.windows(2).any(|pair| pair[0].is_empty() && !pair[1].is_empty());
    if has_gap || fields.iter().any(|field| unless_seen(field).is_some()) {
        page.mark("sign-off", sign_off);
    } else {
        page.mark("sign-off", &());
    }
    page.blocks(&fields.into_iter().map(|field| Block::paragraph(Text::from_plain(field))).collect());
}

fn write_item(item: &NewsItem, page: &mut Page) {
    let (words, links) = heading_words(&item.title, &item.links);
    let link_text = if links.len() < item.links.len() { item.links[0].text.as_str() } else { "" };
    page.mark(&format!("item {}", item.kind.as_str()), &HeadingMark { name: unless_seen(&item.title), link_text, links });
    page.heading(3, &words);
    page.blocks(&item.body);
}

/// A heading that leads to the first link, and the links it has no room for.
fn heading_words<'a>(words: &str, links: &'a [Link]) -> (String, &'a [Link]) {
    match links.split_first() {
        Some((first, further)) if !seen(words).is_empty() => {
            let style = Style { link: Some(first.url.clone()), ..Style::default() };
            (write_text(&Text::new([Run { text: words.to_owned(), style }])), further)
        }
        _ => (write_text(&Text::from_plain(words)), links),
    }
}

fn write_sector(sector: &Sector, slugs: &mut std::vec::IntoIter<Option<&str>>, page: &mut Page) {
    write_heading(2, "sector", &sector.name, page);
    for (at, category) in sector.categories.iter().enumerate() {
        write_category(category, at == 0, slugs, page);
    }
}

fn write_heading(level: usize, kind: &str, name: &str, page: &mut Page) {
    if let Some(exact) = unless_seen(name) {
        page.mark(kind, &HeadingMark { name: Some(exact), ..HeadingMark::default() });
    }
    page.heading(level, &write_text(&Text::from_plain(name)));
}

fn write_category(category: &Category, is_first: bool, slugs: &mut std::vec::IntoIter<Option<&str>>, page: &mut Page) {
    if seen(&category.name).is_empty() {
        // Entries right below a sector's heading are in a category without a name; only a later one has to say so.
        if !(is_first && category.name.is_empty() && !category.entries.is_empty()) {
            page.mark("category", &HeadingMark { name: Some(&category.name), ..HeadingMark::default() });
            page.after_mark = false;
        }
    } else {
        write_heading(3, "category", &category.name, page);
    }
    for entry in &category.entries {
        write_entry(entry, slugs, page);
    }
}

fn write_entry(entry: &Entry, slugs: &mut std::vec::IntoIter<Option<&str>>, page: &mut Page) {
    let heading = entry.heading();
    let (words, links) = heading_words(&heading, &entry.links);
    let (publishers, title) = unseen_fields(entry, &seen(&heading));
    let mark = EntryMark {
        publishers,
        title,
        slug: slugs.next().flatten(),
        link_text: if links.len() < entry.links.len() { entry.links[0].text.as_str() } else { "" },
        links,
    };
    if mark != EntryMark::default() {
        page.mark("entry", &mark);
    }
    page.heading(4, &words);
    page.blocks(&entry.summary);
}

/// Publishers and title, each only where the heading, taken apart, does not give it back.
fn unseen_fields<'a>(entry: &'a Entry, heading: &str) -> (Option<&'a [String]>, Option<&'a str>) {
    let (publisher, title) = Entry::split_heading(heading);
    if publisher.map(str::to_owned).into_iter().collect::<Vec<_>>() == entry.publishers && title == entry.title {
        return (None, None);
    }
    // With the publishers known, what follows them is the title.
    let rest = match entry.publishers.is_empty() {
        true => Some(heading),
        false => heading.strip_prefix(&format!("{}. ", entry.publisher())),
    };
    let title = rest.map(|rest| rest.strip_suffix('.').unwrap_or(rest));
    (Some(&entry.publishers), if title == Some(&entry.title) { None } else { Some(&entry.title) })
}

/// For each entry in order its slug, where it has to be written because the reader would derive another.
fn unseen_slugs(edition: &Edition) -> Vec<Option<&str>> {
    let mut written = vec![false; edition.entries().count()];
    // A slug that is written may be one that another entry would have got, so once is not always enough.
    for _ in 0..2 {
        let derived = settled(edition, &written);
        for ((entry, derived), written) in edition.entries().zip(derived).zip(&mut written) {
            *written |= entry.slug != derived;
        }
    }
    if edition.entries().zip(settled(edition, &written)).any(|(entry, settled)| entry.slug != settled) {
        written.fill(true);
    }
    edition.entries().zip(written).map(|(entry, written)| written.then_some(entry.slug.as_str())).collect()
}

/// The slugs that settle when only entries whose slug is written keep theirs.
fn settled(edition: &Edition, written: &[bool]) -> Vec<String> {
    let mut copy = Edition::new(edition.digest.clone(), edition.key());
    let entries = edition.entries().zip(written).map(|(entry, &written)| Entry {
        slug: if written { entry.slug.clone() } else { String::new() },
        ..Entry::titled(entry.publishers.clone(), entry.title.clone())
    });
    copy.sectors = vec![Sector { name: String::new(), categories: vec![Category { name: String::new(), entries: entries.collect() }] }];
    copy.settle_slugs();
    copy.entries().map(|entry| entry.slug.clone()).collect()
}
