//! Import of an archive: old editions, in whatever form they survived, to [`Edition`]s.
//!
//! In: the bytes of one file, its name, the digests it may belong to, the register of publishers. Out: the edition, and a
//! [`Ledger`] in which every line of the file is accounted for. Structure is found from what stays true when the markup
//! does not; heading levels and bold carry no meaning (except in digests whose profile says that headings are sections).
//!
//! Same in, same out; no clock, no files, no network. Bad input is no error as long as there is an edition in it: what
//! was wrong is listed in the edition's problems. Not here: keeping the result (jobs, store).

mod blocks;
mod decode;
mod entries;
mod headings;
mod html;
mod ledger;
mod letter;
mod links;
mod mend;
mod news;
mod noise;
mod piece;
mod publishers;
mod recognise;
mod roles;
mod scan;

use pulse_model::digest::Shape;
use pulse_model::edition::SCHEMA_VERSION;
use pulse_model::name::fold;
use pulse_model::{Digest, Edition, Problem, ProblemKind, Register};

pub use decode::MAX_FILE_BYTES;
pub use ledger::{Fate, Ledger, Row};

/// An edition, and what became of every line of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// What the file says.
    pub edition: Edition,
    /// What became of every line.
    pub ledger: Ledger,
    /// The name the file prints over the edition, where it prints one. A digest may have been called otherwise then.
    pub masthead: Option<String>,
}

/// Why a file is no edition. Messages complete the sentence that begins with the file's name.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each is")]
pub enum ImportError {
    #[error("the file is empty; there is nothing to import")]
    Empty,
    #[error("this is {looks_like}, not text; save it as Markdown, HTML or plain text and import that")]
    Binary { looks_like: &'static str },
    #[error("the file is in UTF-32, which few programs read; save it as UTF-8 and import that")]
    Utf32,
    #[error("the file has {bytes} bytes, more than the {MAX_FILE_BYTES} an edition may have; split it into one file an edition")]
    TooLarge { bytes: usize },
    #[error("no month was found; put a line such as \u{201c}May 2023\u{201d} under the title, or name the file like \u{201c}edition-2023-05.md\u{201d}")]
    NoMonth,
    #[error("two editions are in one file: {first} (line {first_line}) and {second} (line {second_line}); split the file before line {second_line}")]
    TwoMonths { first: String, first_line: u32, second: String, second_line: u32 },
    #[error("no digest is set up yet; add one with `pulse digest add FILE.toml`, or begin with `pulse init`")]
    NoDigest,
    #[error("none of the digests ({}) goes by a name in this file; say which it is with --digest", .known.join(", "))]
    WhichDigest { known: Vec<String> },
    #[error("line {line}, column {column}: this is not an edition in Pulse's JSON: {message}; see that the file is whole and follows docs/edition-schema.json")]
    Json { line: usize, column: usize, message: String },
    #[error("the edition has schema version {found}, and this Pulse reads {SCHEMA_VERSION}; use a newer Pulse")]
    SchemaVersion { found: u64 },
    #[error("no sector, category or entry was found (lines: {lines}); is this an edition of \u{201c}{digest}\u{201d}?")]
    NoStructure { lines: usize, digest: String },
    #[error("the profile of digest {digest} has a set_aside pattern that is no regular expression: {pattern}")]
    Pattern {
        digest: String,
        pattern: String,
        #[source]
        cause: Box<regex::Error>,
    },
    #[error(transparent)]
    OwnMarkdown(#[from] crate::own_markdown::OwnMarkdownError),
}

/// Reads one file. `digests` holds the one the file is said to belong to, or all there are.
///
/// ```
/// use pulse_model::{Digest, Register, Slug};
/// let mut digest = Digest::named(Slug::from_words("tide"), "Tide");
/// digest.sectors.push(pulse_model::digest::TaxonomySector { name: "Housing".into(), also: vec![], categories: vec!["Reports".into()] });
/// let file = "Tide\nMay 2026\n\nHousing\n\nReports\n\nHarbour Trust. Who waits?\n\nWaiting fell by 4%.\n";
/// let imported = pulse_compose::import::read(file.as_bytes(), "tide.md", &[digest], &Register::default()).unwrap();
/// assert_eq!(imported.edition.entries().next().unwrap().title, "Who waits?");
/// ```
///
/// # Errors
/// [`ImportError`] says why there is no edition in the file, and what to do.
pub fn read(bytes: &[u8], name: &str, digests: &[Digest], register: &Register) -> Result<Imported, ImportError> {
    let (text, encoding_problems) = decode::decode(bytes)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut ledger = Ledger::of(text);
    let start = text.trim_start();
    let is_json = start.starts_with('{') || (start.starts_with('[') && serde_json::from_str::<Vec<serde_json::Value>>(start).is_ok());
    let mut edition = if is_json {
        from_json(text, &mut ledger)?
    } else if start.starts_with("<!-- pulse:edition") {
        place_all(&mut ledger);
        crate::own_markdown::read(text)?
    } else {
        from_archive(text, name, digests, register, &mut ledger)?
    };
    edition.problems.splice(0..0, encoding_problems);
    edition.clean_names();
    edition.settle_slugs();
    edition.find_figures();
    edition.set_aside = ledger.set_aside_lines();
    let masthead = masthead(&ledger);
    Ok(Imported { edition, ledger, masthead })
}

/// The first line that was placed as masthead, without its marks.
fn masthead(ledger: &Ledger) -> Option<String> {
    let is_masthead = |row: &&Row| row.fate == Fate::Placed(entries::MASTHEAD.to_owned());
    let line = ledger.rows.iter().find(is_masthead)?;
    let (_, _, words) = scan::split_mark(&line.text);
    let name = pulse_model::markdown::parse_text(words).text.plain();
    (!name.is_empty() && !name.starts_with('<')).then_some(name)
}

fn place_all(ledger: &mut Ledger) {
    let lines: Vec<u32> = (1..).take(ledger.rows.len()).collect();
    ledger.place(&lines, "edition");
}

fn from_json(text: &str, ledger: &mut Ledger) -> Result<Edition, ImportError> {
    let error = |cause: serde_json::Error| ImportError::Json { line: cause.line(), column: cause.column(), message: without_position(&cause) };
    let value: serde_json::Value = serde_json::from_str(text).map_err(error)?;
    match value.get("schema_version").and_then(serde_json::Value::as_u64) {
        Some(found) if found > u64::from(SCHEMA_VERSION) => return Err(ImportError::SchemaVersion { found }),
        _ => {}
    }
    place_all(ledger);
    // Read again from the text, not from the value, so that a message has its line.
    serde_json::from_str(text).map_err(error)
}

fn without_position(cause: &serde_json::Error) -> String {
    let message = cause.to_string();
    message.split(" at line ").next().unwrap_or(&message).to_owned()
}

fn from_archive(text: &str, name: &str, digests: &[Digest], register: &Register, ledger: &mut Ledger) -> Result<Edition, ImportError> {
    let is_html = html::is_html(text);
    let scanned = if is_html { html::scan(text, ledger) } else { scan::scan(text, ledger) };
    let digest = choose(digests, &scanned)?;
    let mut edition = match digest.import.shape {
        Shape::Entries => entries::read(scanned, entries::Reading { digest, register, file_name: name, ledger })?,
        Shape::Links => links::read(scanned, digest, name, ledger)?,
    };
    if edition.sectors.is_empty() && edition.news.is_empty() {
        return Err(ImportError::NoStructure { lines: ledger.rows.len(), digest: digest.name.clone() });
    }
    if !is_html {
        edition.problems.extend(cut_off(text, ledger));
    }
    Ok(edition)
}

/// A file that was cut off stops in the middle of a summary: at a word no sentence ends with, or without so much as a line
/// end or a full stop.
fn cut_off(text: &str, ledger: &Ledger) -> Option<Problem> {
    let (line, row) = (1..).zip(&ledger.rows).filter(|(_, row)| row.fate != Fate::Blank).last()?;
    let in_summary = matches!(&row.fate, Fate::Placed(place) if place.ends_with(": summary"));
    let is_open = recognise::ends_dangling(&row.text) || (!text.ends_with('\n') && !recognise::ends_complete(&row.text));
    let message = "the last line stops in the middle of a sentence; is the file whole?";
    (in_summary && is_open).then(|| Problem::new(ProblemKind::Incomplete, message).at_line(line))
}

/// The digest whose name stands near the top, or the only one there is.
fn choose<'a>(digests: &'a [Digest], scanned: &scan::Scanned) -> Result<&'a Digest, ImportError> {
    let tops: Vec<String> = scanned.pieces.iter().take(8).map(|piece| fold(&piece.plain)).chain(scanned.front.iter().map(|(_, value)| fold(value))).collect();
    let named =
        |digest: &&Digest| std::iter::once(&digest.name).chain(&digest.import.also_called).any(|name| tops.iter().any(|top| top.starts_with(&fold(name))));
    match digests {
        [] => Err(ImportError::NoDigest),
        [only] => Ok(only),
        several => several.iter().find(named).ok_or_else(|| ImportError::WhichDigest { known: several.iter().map(|digest| digest.slug.to_string()).collect() }),
    }
}
