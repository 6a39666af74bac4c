//! Reads the Markdown form in which Pulse itself writes an edition (`pulse_render::markdown` lists its marks).
//!
//! Takes the text of a file, with any line ends and with or without a byte order mark; returns the same edition that was
//! written, slugs settled and figures found anew. A person may have changed the file in between: words without a mark are
//! taken as they stand, and where a mark and the words below it say different things the reader stops and says where,
//! because either could be what the person meant.
//!
//! Not here: files that others wrote (they have no mark on the first line, see [`is_own`]), which are imported by the
//! digest's profile and never refused.

use pulse_model::edition::{Category, Contact, ContactKind, SCHEMA_VERSION, Sector, SignOff};
use pulse_model::markdown::{parse_blocks, parse_text};
use pulse_model::{Block, Blocks, Edition, EditionKey, Entry, Href, Letter, Link, Month, NewsItem, NewsKind, Slug, Text};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Where and why a file in our own form could not be read. Nothing passes by itself: a person mends the file.
#[derive(Debug, thiserror::Error)]
pub enum OwnMarkdownError {
    /// The first line is not the mark every such file begins with.
    #[error("line 1 is not the mark pulse:edition")]
    NotOurs,
    /// Written by a later version of Pulse.
    #[error("line 1: the edition is written in version {found} of the form; this is a Pulse for version {SCHEMA_VERSION}")]
    Newer {
        /// The version it is written in.
        found: u32,
    },
    /// What a mark says in JSON is not what belongs there.
    #[error("line {line}: the mark pulse:{mark} cannot be read")]
    Mark {
        /// From 1.
        line: u32,
        /// Its name.
        mark: String,
        /// What is wrong with the JSON.
        #[source]
        cause: serde_json::Error,
    },
    /// A mark or a kind that this form does not have, most likely misspelt.
    #[error("line {line}: there is no mark pulse:{mark}")]
    UnknownMark {
        /// From 1.
        line: u32,
        /// As it is written.
        mark: String,
    },
    /// The mark and the words below it say different things, so one of them was changed without the other.
    #[error("line {line}: the words say \u{201c}{words}\u{201d}, the mark above them \u{201c}{mark}\u{201d}; change both or take the mark away")]
    Disagree {
        /// From 1.
        line: u32,
        /// What people see.
        words: String,
        /// What the mark says.
        mark: String,
    },
    /// A heading or text that belongs to nothing that came before it.
    #[error("line {line}: {what}")]
    Misplaced {
        /// From 1.
        line: u32,
        /// What is there, and what has to come before it.
        what: &'static str,
    },
}

impl OwnMarkdownError {
    /// The line it is about, from 1.
    pub fn line(&self) -> u32 {
        match self {
            Self::NotOurs | Self::Newer { .. } => 1,
            Self::Mark { line, .. } | Self::UnknownMark { line, .. } | Self::Disagree { line, .. } | Self::Misplaced { line, .. } => *line,
        }
    }
}

/// Whether a file is written in this form.
pub fn is_own(markdown: &str) -> bool {
    without_bom(markdown).starts_with("<!-- pulse:edition ")
}

/// Reads an edition in our own form.
///
/// # Errors
/// [`OwnMarkdownError`] names the line of the first thing that cannot be taken exactly as it stands.
pub fn read(markdown: &str) -> Result<Edition, OwnMarkdownError> {
    let mut lines = without_bom(markdown).lines().zip(1..);
    let first = lines.next().map_or("", |(line, _)| line);
    let mut reader = Reader::new(first)?;
    for (text, line) in lines {
        reader.read(text, line)?;
    }
    reader.finish()
}

fn without_bom(markdown: &str) -> &str {
    markdown.strip_prefix('\u{feff}').unwrap_or(markdown)
}

/// What the first line says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditionMark {
    schema_version: u32,
    digest: Slug,
    month: Month,
    date: Option<jiff::civil::Date>,
}

/// What the heading of a sector, category or news item does not say.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct HeadingMark {
    name: Option<String>,
    link_text: String,
    links: Vec<Link>,
}

/// What an entry's heading does not say.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct EntryMark {
    publishers: Option<Vec<String>>,
    title: Option<String>,
    slug: Option<String>,
    link_text: String,
    links: Vec<Link>,
}

/// A mark that waits for its heading.
enum Pending {
    News,
    Item(NewsKind, HeadingMark),
    Sector(HeadingMark),
    Category(HeadingMark),
    Entry(EntryMark),
}

/// What the lines that come next belong to.
enum Place {
    /// Before the headings that every file begins with.
    Title,
    Month,
    /// After a heading that has no text of its own.
    Nowhere,
    Welcome,
    Highlights,
    CallForContact,
    Notices,
    SignOff(Option<SignOff>),
    Contact,
    Item,
    Entry,
}

struct Reader {
    edition: Edition,
    place: Place,
    in_news: bool,
    pending: Option<Pending>,
    /// Lines of the block Markdown that is being gathered, and where it began.
    body: String,
    body_line: u32,
}

impl Reader {
    fn new(first: &str) -> Result<Self, OwnMarkdownError> {
        let (name, says) = mark(first).ok_or(OwnMarkdownError::NotOurs)?;
        if name != "edition" {
            return Err(OwnMarkdownError::NotOurs);
        }
        // The version decides whether the rest can be understood at all, so it is asked first.
        let version: serde_json::Value = parse(name, says, 1)?;
        if let Some(found) = version["schema_version"].as_u64().and_then(|found| u32::try_from(found).ok()).filter(|found| *found > SCHEMA_VERSION) {
            return Err(OwnMarkdownError::Newer { found });
        }
        let EditionMark { schema_version, digest, month, date } = parse(name, says, 1)?;
        let edition = Edition { schema_version, month, date, ..Edition::new(digest, EditionKey::monthly(month)) };
        Ok(Self { edition, place: Place::Title, in_news: false, pending: None, body: String::new(), body_line: 0 })
    }

    fn read(&mut self, text: &str, line: u32) -> Result<(), OwnMarkdownError> {
        if let Some((name, says)) = mark(text) {
            self.close()?;
            return self.read_mark(name, says, line);
        }
        if let Some((level, words)) = heading(text) {
            self.close()?;
            return self.read_heading(level, words, line);
        }
        if self.body.is_empty() {
            self.body_line = line;
        }
        // Blank lines before the first are no part of it, those inside are.
        if !(self.body.is_empty() && text.trim_matches([' ', '\t']).is_empty()) {
            self.body.push_str(text);
            self.body.push('\n');
        }
        Ok(())
    }

    fn read_mark(&mut self, mark: &str, says: &str, line: u32) -> Result<(), OwnMarkdownError> {
        self.unused(line)?;
        let unknown = || OwnMarkdownError::UnknownMark { line, mark: format!("{mark} {says}").trim_end().to_owned() };
        let (word, json) = says.split_once(' ').unwrap_or((says, ""));
        match mark {
            "letter" => {
                self.place = match word {
                    "welcome" => Place::Welcome,
                    "highlights" => Place::Highlights,
                    "call-for-contact" => Place::CallForContact,
                    "notices" => Place::Notices,
                    _ => return Err(unknown()),
                }
            }
            "sign-off" => {
                let exact = if says.is_empty() { None } else { Some(parse(mark, says, line)?) };
                self.edition.letter.sign_off = Some(SignOff::default());
                self.place = Place::SignOff(exact);
            }
            "contact" => {
                let kind = contact_kind(word).ok_or_else(unknown)?;
                self.edition.letter.contacts.push(Contact { kind, text: Text::default() });
                self.place = Place::Contact;
            }
            "news" => self.pending = Some(Pending::News),
            "item" => self.pending = Some(Pending::Item(NewsKind::from_name(word).ok_or_else(unknown)?, parse(mark, json, line)?)),
            "sector" => self.pending = Some(Pending::Sector(parse(mark, says, line)?)),
            "category" => return self.read_category_mark(parse(mark, says, line)?, line),
            "entry" => self.pending = Some(Pending::Entry(parse(mark, says, line)?)),
            _ => return Err(unknown()),
        }
        Ok(())
    }

    /// A category whose name nobody can see has no heading; its mark is all there is.
    fn read_category_mark(&mut self, mark: HeadingMark, line: u32) -> Result<(), OwnMarkdownError> {
        match mark.name {
            Some(name) if seen(&name).is_empty() => self.open_category(name, line),
            _ => {
                self.pending = Some(Pending::Category(mark));
                Ok(())
            }
        }
    }

    fn read_heading(&mut self, level: usize, words: &str, line: u32) -> Result<(), OwnMarkdownError> {
        let words = parse_text(words).text;
        match (level, &self.place, self.pending.take()) {
            (1, Place::Title, None) => self.place = Place::Month,
            (2, Place::Month, None) => {
                agree(&words.plain(), &self.edition.key().title(), line)?;
                self.place = Place::Nowhere;
            }
            (_, Place::Title | Place::Month, _) => return misplaced(line, "the digest's name as # and the month as ## come first"),
            (2, _, Some(Pending::News)) => {
                self.in_news = true;
                self.place = Place::Nowhere;
            }
            (2, _, None) => self.open_sector(words.plain()),
            (2, _, Some(Pending::Sector(mark))) => self.open_sector(exact(mark.name, &words, line)?),
            (3, _, None) if self.in_news => self.open_item(NewsKind::Notice, HeadingMark::default(), &words, line)?,
            (3, _, Some(Pending::Item(kind, mark))) if self.in_news => self.open_item(kind, mark, &words, line)?,
            (3, _, None) => self.open_category(words.plain(), line)?,
            (3, _, Some(Pending::Category(mark))) => self.open_category(exact(mark.name, &words, line)?, line)?,
            (4, _, None) => self.open_entry(EntryMark::default(), &words, line)?,
            (4, _, Some(Pending::Entry(mark))) => self.open_entry(mark, &words, line)?,
            _ => return misplaced(line, "this heading is not of the level that its place or the mark above it asks for"),
        }
        Ok(())
    }

    fn open_sector(&mut self, name: String) {
        self.in_news = false;
        self.place = Place::Nowhere;
        self.edition.sectors.push(Sector { name, categories: Vec::new() });
    }

    fn open_category(&mut self, name: String, line: u32) -> Result<(), OwnMarkdownError> {
        self.place = Place::Nowhere;
        match self.edition.sectors.last_mut() {
            Some(sector) if !self.in_news => sector.categories.push(Category { name, entries: Vec::new() }),
            _ => return misplaced(line, "a category needs a sector (##) above it"),
        }
        Ok(())
    }

    fn open_item(&mut self, kind: NewsKind, mark: HeadingMark, words: &Text, line: u32) -> Result<(), OwnMarkdownError> {
        let links = links(words, mark.link_text, mark.links);
        let title = exact(mark.name, words, line)?;
        self.edition.news.push(NewsItem { kind, title, links, body: Blocks::default(), problems: Vec::new() });
        self.place = Place::Item;
        Ok(())
    }

    fn open_entry(&mut self, mark: EntryMark, words: &Text, line: u32) -> Result<(), OwnMarkdownError> {
        let Some(sector) = self.edition.sectors.last_mut().filter(|_| !self.in_news) else {
            return misplaced(line, "an entry needs a sector (##) above it");
        };
        if sector.categories.is_empty() {
            sector.categories.push(Category { name: String::new(), entries: Vec::new() });
        }
        let links = links(words, mark.link_text, mark.links);
        let (publishers, title) = fields(mark.publishers, mark.title, &words.plain(), line)?;
        let entry = Entry { slug: mark.slug.unwrap_or_default(), links, ..Entry::titled(publishers, title) };
        if let Some(category) = sector.categories.last_mut() {
            category.entries.push(entry);
        }
        self.place = Place::Entry;
        Ok(())
    }

    /// Gives the blocks gathered so far to what they belong to.
    fn close(&mut self) -> Result<(), OwnMarkdownError> {
        let body = std::mem::take(&mut self.body);
        let blocks = parse_blocks(&body).blocks;
        if let Place::SignOff(exact) = &mut self.place {
            let sign_off = sign_off(exact.take(), &blocks, self.body_line)?;
            // Blocks that follow without a mark of their own are no part of it.
            self.place = Place::Nowhere;
            self.edition.letter.sign_off = Some(sign_off);
            return Ok(());
        }
        if blocks.is_empty() {
            return Ok(());
        }
        let Letter { welcome, highlights, call_for_contact, notices, contacts, .. } = &mut self.edition.letter;
        let target = match self.place {
            Place::Welcome => Some(welcome),
            Place::Highlights => Some(highlights),
            Place::CallForContact => Some(call_for_contact),
            Place::Notices => Some(notices),
            Place::Item => self.edition.news.last_mut().map(|item| &mut item.body),
            Place::Entry => last_entry(&mut self.edition.sectors).map(|entry| &mut entry.summary),
            Place::Contact => {
                if let Some(contact) = contacts.last_mut() {
                    contact.text = blocks.texts().into_iter().fold(Text::default(), |text, (_, more)| text.joined(more.clone()));
                }
                return Ok(());
            }
            Place::Title | Place::Month | Place::Nowhere | Place::SignOff(_) => None,
        };
        let Some(target) = target else {
            return misplaced(self.body_line, "this text belongs to nothing: a part of the letter needs its mark, a summary its heading");
        };
        *target = Blocks::new(std::mem::take(target).into_vec().into_iter().chain(blocks.into_vec()));
        Ok(())
    }

    /// A mark is followed by its heading, not by another mark.
    fn unused(&self, line: u32) -> Result<(), OwnMarkdownError> {
        match self.pending {
            Some(_) => misplaced(line, "the mark above this one has no heading"),
            None => Ok(()),
        }
    }

    fn finish(mut self) -> Result<Edition, OwnMarkdownError> {
        self.close()?;
        self.unused(self.body_line.max(1))?;
        self.edition.settle_slugs();
        self.edition.find_figures();
        Ok(self.edition)
    }
}

fn last_entry(sectors: &mut [Sector]) -> Option<&mut Entry> {
    sectors.last_mut()?.categories.last_mut()?.entries.last_mut()
}

/// A mark's name and what it says: `<!-- pulse:name says -->`.
fn mark(line: &str) -> Option<(&str, &str)> {
    let inner = line.strip_prefix("<!-- pulse:")?.trim_end().strip_suffix("-->")?.trim_end();
    Some(inner.split_once(' ').unwrap_or((inner, "")))
}

/// Level and words of a heading of the levels that carry structure.
fn heading(line: &str) -> Option<(usize, &str)> {
    let words = line.trim_start_matches('#');
    let level = line.len() - words.len();
    let is_heading = (1..=4).contains(&level) && (words.is_empty() || words.starts_with(' '));
    is_heading.then(|| (level, words.trim_matches(' ')))
}

fn parse<T: DeserializeOwned>(mark: &str, json: &str, line: u32) -> Result<T, OwnMarkdownError> {
    let json = if json.is_empty() { "{}" } else { json };
    serde_json::from_str(json).map_err(|cause| OwnMarkdownError::Mark { line, mark: mark.to_owned(), cause })
}

fn misplaced<T>(line: u32, what: &'static str) -> Result<T, OwnMarkdownError> {
    Err(OwnMarkdownError::Misplaced { line, what })
}

/// The words as a heading or paragraph shows them.
fn seen(words: &str) -> String {
    Text::from_plain(words).plain()
}

fn agree(words: &str, mark: &str, line: u32) -> Result<(), OwnMarkdownError> {
    if words == mark {
        return Ok(());
    }
    Err(OwnMarkdownError::Disagree { line, words: words.to_owned(), mark: mark.to_owned() })
}

/// The mark's exact name if it has one and the words agree with it, else the words.
fn exact(name: Option<String>, words: &Text, line: u32) -> Result<String, OwnMarkdownError> {
    let words = words.plain();
    match name {
        Some(name) => agree(&words, &seen(&name), line).map(|()| name),
        None => Ok(words),
    }
}

/// The heading's links, then the mark's.
fn links(heading: &Text, link_text: String, further: Vec<Link>) -> Vec<Link> {
    let mut links: Vec<Link> = heading.links().into_iter().map(|(url, _): (Href, String)| Link { url, text: String::new() }).collect();
    if let Some(first) = links.first_mut() {
        first.text = link_text;
    }
    links.extend(further);
    links
}

/// Publishers and title from the heading, with what the mark knows better.
fn fields(publishers: Option<Vec<String>>, title: Option<String>, heading: &str, line: u32) -> Result<(Vec<String>, String), OwnMarkdownError> {
    let is_marked = publishers.is_some() || title.is_some();
    let publishers = publishers.unwrap_or_else(|| Entry::split_heading(heading).0.map(str::to_owned).into_iter().collect());
    let mut entry = Entry::titled(publishers, title.clone().unwrap_or_default());
    if title.is_none() {
        let start = if entry.publishers.is_empty() { String::new() } else { format!("{}. ", entry.publisher()) };
        let rest = heading.strip_prefix(&start).unwrap_or_default();
        rest.strip_suffix('.').unwrap_or(rest).clone_into(&mut entry.title);
    }
    if is_marked {
        agree(heading, &seen(&entry.heading()), line)?;
    }
    Ok((entry.publishers, entry.title))
}

/// Closing, name and role, a paragraph each.
fn sign_off(exact: Option<SignOff>, blocks: &Blocks, line: u32) -> Result<SignOff, OwnMarkdownError> {
    let mut words = blocks.texts().into_iter().map(|(_, text)| text.plain());
    if let Some(exact) = exact {
        let fields = [&exact.closing, &exact.name, &exact.role];
        let marked: Blocks = fields.into_iter().map(|field| Block::paragraph(Text::from_plain(field))).collect();
        agree(&blocks.plain(), &marked.plain(), line).map(|()| exact)
    } else {
        let mut next = || words.next().unwrap_or_default();
        let sign_off = SignOff { closing: next(), name: next(), role: next() };
        match words.next() {
            Some(_) => misplaced(line, "a sign-off has a closing, a name and a role, and no further paragraph"),
            None => Ok(sign_off),
        }
    }
}

fn contact_kind(name: &str) -> Option<ContactKind> {
    Some(match name {
        "address" => ContactKind::Address,
        "telephone" => ContactKind::Telephone,
        "email" => ContactKind::Email,
        "website" => ContactKind::Website,
        "other" => ContactKind::Other,
        _ => return None,
    })
}
