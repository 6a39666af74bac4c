//! Feeds: RSS 0.90 to 2.0, RDF, Atom 0.3 and 1.0, CDF and JSON Feed.
//!
//! In: bytes as they came, what the server said of them, and their address. Out: a [`Feed`] as it is written ([`read`]), or the records
//! of one look at it ([`look`]). A feed that is broken is read as far as it goes: unclosed tags, bare ampersands, undeclared
//! prefixes and characters in another encoding than the declared one are normal here, and what was lost is a problem.
//!
//! Always: nothing is fetched while reading, and no entity from outside is looked at; one of the feed's own is put in where it is a few
//! plain characters. No more than [`MAX_ENTRIES`] entries and [`MAX_BYTES`] bytes are read, and time and memory are linear in them.
//! Not here: finding feeds on pages, telling which entries are the same work.

pub(crate) mod charset;
mod draft;
mod elements;
mod fields;
mod json;
mod look;
mod references;
pub(crate) mod tags;
mod text;
mod vocabulary;

use pulse_model::{Problem, ProblemKind};
use url::Url;

pub use look::{look, records};
pub use text::plain;

use crate::error::HarvestError;

/// The most entries that are taken from one feed; those behind them are left, with a problem.
pub const MAX_ENTRIES: usize = 10_000;
/// The most bytes of one feed that are read, as many as the door lets in.
pub const MAX_BYTES: usize = 20 << 20;

/// A feed as it is written. Dates are not read yet, texts are not plain yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    /// Its title.
    pub title: Option<Text>,
    /// What it says it is about.
    pub subtitle: Option<Text>,
    /// What it calls itself for machines.
    pub id: Option<String>,
    /// The page it belongs to.
    pub home: Option<String>,
    /// All its links.
    pub links: Vec<Link>,
    /// A BCP 47 tag, as it stands.
    pub language: Option<String>,
    /// Who answers for it.
    pub authors: Vec<Person>,
    /// When it came out.
    pub published: Option<String>,
    /// When it last changed.
    pub updated: Option<String>,
    /// When it was made.
    pub created: Option<String>,
    /// Its entries, in its order.
    pub entries: Vec<Entry>,
    /// What was wrong with it.
    pub problems: Vec<Problem>,
}

/// An item or entry of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// What the feed calls it: `guid`, `id`, `rdf:about`.
    pub id: Option<String>,
    /// Its title.
    pub title: Option<Text>,
    /// Its page.
    pub link: Option<String>,
    /// All its links, that page and its files among them.
    pub links: Vec<Link>,
    /// When it came out.
    pub published: Option<String>,
    /// When it last changed.
    pub updated: Option<String>,
    /// A date without a word for what it is of: `dc:date`.
    pub dated: Option<String>,
    /// When it was made.
    pub created: Option<String>,
    /// When it ends.
    pub expired: Option<String>,
    /// A few words about it.
    pub summary: Option<Text>,
    /// All of it, once or in several forms.
    pub content: Vec<Text>,
    /// Who wrote it.
    pub authors: Vec<Person>,
    /// Who published it: `dc:publisher`, or the feed it was taken from.
    pub publishers: Vec<String>,
    /// A word for what it is: `dc:type`.
    pub document_type: Option<String>,
    /// The names of its categories, as Atom has them.
    pub categories: Vec<String>,
    /// A BCP 47 tag, as it stands.
    pub language: Option<String>,
    /// Whatever was given as its identifier: DOIs are among them.
    pub identifiers: Vec<String>,
}

/// A text of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// As it stands, without the outermost layer of escapes.
    pub value: String,
    /// What it is written in.
    pub form: TextForm,
}

/// What a text is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextForm {
    /// It says that it is plain.
    Plain,
    /// HTML.
    Html,
    /// It does not say: HTML if it looks like it.
    #[default]
    Unsaid,
}

/// A link of a feed or an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Where, resolved where there was something to resolve it by.
    pub href: String,
    /// What is there: `alternate`, `enclosure`, `self`.
    pub rel: String,
    /// The media type it claims.
    pub media_type: Option<String>,
    /// What it is called.
    pub title: Option<String>,
}

/// Somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// A name; where there was only one text, all of it that is no address.
    pub name: Option<String>,
    /// An address.
    pub email: Option<String>,
    /// A page.
    pub uri: Option<String>,
}

impl Text {
    /// Its words, in one line.
    pub fn plain(&self) -> String {
        match self.form {
            TextForm::Html => plain(&self.value),
            TextForm::Unsaid if text::looks_like_html(&self.value) => plain(&self.value),
            TextForm::Plain | TextForm::Unsaid => text::single_spaced(&self.value),
        }
    }
}

impl Person {
    /// "A. Writer (a.writer@example.org)", or what there is of it.
    pub fn shown(&self) -> Option<String> {
        match (&self.name, &self.email) {
            (Some(name), Some(email)) => Some(format!("{name} ({email})")),
            (one, other) => one.clone().or_else(|| other.clone()),
        }
    }
}

/// Reads a feed. `content_type` is the header of that name; `base` is where the feed was in the end.
///
/// ```
/// use pulse_harvest::feed;
/// let base = url::Url::parse("https://example.org/news/feed.xml")?;
/// let bytes = b"<rss><channel><title>Reports & more</title><item><link>one</link></item></channel></rss>";
/// let feed = feed::read(bytes, None, &base)?;
/// assert_eq!(feed.title.unwrap_or_default().plain(), "Reports & more");
/// assert_eq!(feed.entries[0].link.as_deref(), Some("https://example.org/news/one"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`HarvestError::NotThis`] when there is no feed in the bytes, with what there is instead.
pub fn read(bytes: &[u8], content_type: Option<&str>, base: &Url) -> Result<Feed, HarvestError> {
    let not_this = |found: String| HarvestError::NotThis { url: base.clone(), expected: "a feed", found };
    let cut = bytes.get(..MAX_BYTES).unwrap_or(bytes);
    if let Some(found) = other_form(cut) {
        return Err(not_this(found.to_owned()));
    }
    let (text, problem) = charset::decode(cut, content_type);
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
    let is_page = content_type.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"));
    let of_markup = || elements::read(start, base).map_err(|found| if is_page { "a web page".to_owned() } else { found });
    let mut feed = if start.starts_with('{') { json::read(start, base) } else { of_markup() }.map_err(not_this)?;
    feed.problems.extend(problem);
    if cut.len() < bytes.len() {
        feed.problems.push(Problem::new(ProblemKind::TooLarge, format!("the feed has more than {} MiB; the rest is left", MAX_BYTES >> 20)));
    }
    Ok(feed)
}

/// What is no text at all.
fn other_form(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'%', b'P', b'D', b'F', ..] => Some("a PDF"),
        [0x1f, 0x8b, ..] => Some("a gzip file"),
        [b'P', b'K', 3, 4, ..] => Some("a ZIP file"),
        _ if bytes.iter().all(u8::is_ascii_whitespace) => Some("nothing"),
        _ => None,
    }
}

fn too_many_entries() -> Problem {
    Problem::new(ProblemKind::TooLarge, format!("the feed has more than {MAX_ENTRIES} entries; those behind them are left"))
}
