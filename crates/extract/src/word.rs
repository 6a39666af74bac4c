//! Word processing files to documents: DOCX and ODT.
//!
//! In: a file. Out: headings by their styles, paragraphs, lists, tables, notes behind the paragraph that refers to them, and what the
//! file says of itself. References to notes come as raised digits, as in a PDF. What was deleted with changes tracked, and comments,
//! are no part of the text.
//!
//! Invariants: nothing is unpacked beyond [`MOST_BYTES`], whatever a file declares; no entity of a file is expanded. Not here: what a
//! document looks like.

mod docx;
mod odt;
mod package;
mod xml;

use pulse_model::document::{Content, Document, Form, ListItem, Metadata};
use pulse_model::{Problem, ProblemKind};

use package::{Package, PackageError};

/// So many bytes are unpacked of one part of a file at most.
pub const MOST_BYTES: u64 = 48 * 1024 * 1024;

/// Reads a DOCX or an ODT; the form is the one [`crate::sniff`] found.
pub fn read(bytes: &[u8], form: Form) -> Document {
    let failed = |problem| Document::new(Metadata { form, ..Metadata::default() }, [], None, vec![problem]);
    let mut package = match Package::open(bytes) {
        Ok(package) => package,
        Err(cause) => return failed(problem(&cause)),
    };
    let read = if form == Form::Odt { odt::read(&mut package) } else { docx::read(&mut package) };
    match read {
        Ok(Read { metadata, blocks }) => {
            let metadata = Metadata { form, title: if metadata.title.is_empty() { title(&blocks) } else { metadata.title }, ..metadata };
            Document::new(metadata, blocks.into_iter().map(|content| (None, content)), None, package.problems)
        }
        Err(cause) => failed(problem(&cause)),
    }
}

fn problem(cause: &PackageError) -> Problem {
    let kind = match cause {
        PackageError::Locked => ProblemKind::Locked,
        PackageError::TooLarge { .. } => ProblemKind::TooLarge,
        PackageError::NoPackage | PackageError::Missing { .. } | PackageError::Broken { .. } => ProblemKind::Damaged,
    };
    Problem::new(kind, cause.to_string())
}

/// What a file holds.
struct Read {
    metadata: Metadata,
    blocks: Vec<Content>,
}

fn title(blocks: &[Content]) -> String {
    let headings = blocks.iter().filter_map(|content| if let Content::Heading { level, text } = content { Some((level, text)) } else { None });
    headings.min_by_key(|(level, _)| **level).map(|(_, text)| text.clone()).unwrap_or_default()
}

/// Adds a point to the list that is open, or opens one.
fn push_point(blocks: &mut Vec<Content>, is_ordered: bool, point: ListItem) {
    match blocks.last_mut() {
        // A deeper list may count where the outer one does not.
        Some(Content::List { ordered, items }) if *ordered == is_ordered || point.depth > 0 => items.push(point),
        _ => blocks.push(Content::List { ordered: is_ordered, items: vec![point] }),
    }
}

/// "12" as "¹²": where a note is referred to.
fn raised(number: &str) -> String {
    number.chars().map(crate::raised::raised).collect()
}

/// A moment as these files write it, with a zone or without; without one it is UTC.
fn moment(text: &str) -> Option<i64> {
    let text = text.trim();
    let with_zone = text.parse::<jiff::Timestamp>().ok();
    let at = with_zone.or_else(|| text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| at.timestamp()));
    at.map(jiff::Timestamp::as_millisecond)
}
