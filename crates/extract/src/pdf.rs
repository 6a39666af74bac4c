//! PDF to documents: pages of blocks in reading order.
//!
//! In: a file. Out: its text as blocks with their pages, its outline, what it says of itself, and problems. Letters with their places
//! come from `hayro-interpret`; what they are together is found here, from the outside in: `page` (letters), `pieces`
//! (words on a line), `running` (heads and page numbers, taken out), `order` (columns), `tables`, `blocks` (headings by
//! size, paragraphs, lists, notes).
//!
//! Invariants: every page is read by itself, so that a broken one loses no other; the same bytes give the same document. Not here:
//! recognising letters in pictures ([`crate::ocr`]); ending a reading that takes too long ([`crate::guarded`]).

mod about;
mod blocks;
mod marks;
mod order;
mod page;
mod pieces;
mod running;
mod tables;
mod words;

use std::panic::{AssertUnwindSafe, catch_unwind};

use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings};
use kurbo::{Affine, Rect};
use pulse_model::document::{Content, Document, Form, Metadata};
use pulse_model::{Problem, ProblemKind};

/// More pages than are read of one file.
pub const MOST_PAGES: usize = 5_000;
/// A page with fewer letters and a large picture is taken for a scan.
const SCAN_LETTERS: usize = 16;

/// Reads a PDF.
pub fn read(bytes: &[u8]) -> Document {
    read_with(bytes, RunningLines::Removed)
}

/// What becomes of running heads and page numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunningLines {
    /// They are no part of the text.
    Removed,
    /// They stay, for comparing with programs that keep them.
    Kept,
}

/// Reads a PDF, with or without its running heads and page numbers.
pub fn read_with(bytes: &[u8], running_lines: RunningLines) -> Document {
    // The panics of the parser are a property of the file; that they stay silent is up to the caller's panic hook.
    catch_unwind(AssertUnwindSafe(|| read_file(bytes, running_lines)))
        .unwrap_or_else(|_| failed(ProblemKind::Damaged, "the PDF is broken in a way its reader does not survive"))
}

fn failed(kind: ProblemKind, message: &str) -> Document {
    Document::new(Metadata { form: Form::Pdf, ..Metadata::default() }, [], None, vec![Problem::new(kind, message)])
}

fn read_file(bytes: &[u8], running_lines: RunningLines) -> Document {
    let pdf = match Pdf::new(bytes.to_vec()) {
        Ok(pdf) => pdf,
        Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)) => {
            return failed(ProblemKind::Locked, "the PDF is encrypted and needs a password: ask the publisher for an open copy");
        }
        Err(LoadPdfError::Decryption(_)) => {
            return failed(ProblemKind::Locked, "the PDF is encrypted in a way that is not read: ask the publisher for an open copy");
        }
        Err(LoadPdfError::Invalid) => return failed(ProblemKind::Damaged, "the PDF is broken: neither its list of objects nor its pages are found"),
    };
    let mut problems = Vec::new();
    let count = pdf.pages().len();
    if count == 0 {
        problems.push(Problem::new(ProblemKind::Damaged, "the PDF is broken: it has no pages"));
    }
    if !has_end(bytes) {
        problems.push(Problem::new(ProblemKind::Damaged, "the PDF is cut short: its end is missing, and pages may be empty"));
    }
    if count > MOST_PAGES {
        problems.push(Problem::new(ProblemKind::TooLarge, format!("the PDF has {count} pages; the first {MOST_PAGES} are read")));
    }
    let mut sheets = Sheets::default();
    let mut cache = InterpreterCache::new();
    for (number, page) in (1..).zip(pdf.pages().iter().take(MOST_PAGES)) {
        match catch_unwind(AssertUnwindSafe(|| look(&pdf, page, &cache))) {
            Ok(seen) => sheets.take(number, seen),
            Err(_) => {
                // What the page left in the cache may be half done.
                cache = InterpreterCache::new();
                sheets.broken.push(number);
            }
        }
    }
    let blocks = sheets.blocks(running_lines);
    problems.extend(sheets.problems());
    let mut metadata = catch_unwind(AssertUnwindSafe(|| about::metadata(&pdf))).unwrap_or_else(|_| Metadata { form: Form::Pdf, ..Metadata::default() });
    if metadata.title.is_empty() {
        metadata.title = title(&blocks);
    }
    let mut document = Document::new(metadata, blocks, u32::try_from(count).ok(), problems);
    if document.metadata.language.is_empty() {
        document.metadata.language = language(&document.text());
    }
    document
}

/// Every PDF ends with its mark; some servers put a few words behind it.
fn has_end(bytes: &[u8]) -> bool {
    const MARK: &[u8] = b"%%EOF";
    bytes.get(bytes.len().saturating_sub(8 * 1024)..).unwrap_or_default().windows(MARK.len()).any(|window| window == MARK)
}

fn look<'a>(pdf: &'a Pdf, page: &Page<'a>, cache: &InterpreterCache<'a>) -> page::Seen {
    let (width, height) = page.render_dimensions();
    let upright = Affine::new(page.initial_transform(true).as_coeffs());
    let mut context = Context::new(upright, Rect::new(0.0, 0.0, width.into(), height.into()), cache, pdf.xref(), InterpreterSettings::default());
    page::look(page, &mut context)
}

/// The highest heading of the first two pages.
fn title(blocks: &[(Option<u32>, Content)]) -> String {
    let first = blocks.iter().take_while(|(page, _)| page.is_none_or(|page| page <= 2));
    let headings = first.filter_map(|(_, content)| if let Content::Heading { level, text } = content { Some((level, text)) } else { None });
    headings.min_by_key(|(level, _)| **level).map(|(_, text)| text.clone()).unwrap_or_default()
}

fn language(text: &str) -> String {
    let start: String = text.chars().take(4_000).collect();
    let found = whatlang::detect(&start).filter(|found| found.is_reliable() && start.len() > 200);
    found.and_then(|found| short_code(found.lang().code())).unwrap_or_default().to_owned()
}

/// The two letters of a language that has them.
fn short_code(three: &str) -> Option<&'static str> {
    Some(match three {
        "eng" => "en",
        "cym" => "cy",
        "fra" => "fr",
        "deu" => "de",
        "spa" => "es",
        "ita" => "it",
        "nld" => "nl",
        "por" => "pt",
        "pol" => "pl",
        "swe" => "sv",
        "dan" => "da",
        _ => return None,
    })
}

/// What was seen of all pages.
#[derive(Default)]
struct Sheets {
    pages: Vec<(u32, Vec<page::Sheet>)>,
    scans: Vec<u32>,
    unnamed: usize,
    named: usize,
    broken: Vec<u32>,
    cut: Vec<u32>,
}

impl Sheets {
    fn take(&mut self, number: u32, seen: page::Seen) {
        let letters: usize = seen.sheets.iter().map(|sheet| sheet.letters.len()).sum();
        self.named += letters;
        self.unnamed += seen.unnamed;
        if letters < SCAN_LETTERS && seen.large_pictures > 0 {
            self.scans.push(number);
        }
        if seen.is_cut {
            self.cut.push(number);
        }
        self.pages.push((number, seen.sheets));
    }

    fn blocks(&mut self, running_lines: RunningLines) -> Vec<(Option<u32>, Content)> {
        let sheets: Vec<(u32, page::Sheet)> =
            std::mem::take(&mut self.pages).into_iter().flat_map(|(number, sheets)| sheets.into_iter().map(move |sheet| (number, sheet))).collect();
        let mut pages: Vec<running::Page> = sheets.iter().map(|(_, sheet)| running::Page { pieces: pieces::pieces(sheet), height: sheet.height }).collect();
        if running_lines == RunningLines::Removed {
            running::remove(&mut pages);
        }
        let parts = sheets.iter().zip(pages).map(|((number, sheet), page)| {
            let parts = order::parts(page.pieces, &sheet.rules);
            blocks::Page { number: *number, height: sheet.height, parts }
        });
        blocks::blocks(&parts.collect::<Vec<_>>())
    }

    fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut say = |kind, pages: &[u32], what: &str| {
            if !pages.is_empty() {
                problems.push(Problem::new(kind, format!("{}: {what}", named_pages(pages))));
            }
        };
        say(ProblemKind::Damaged, &self.broken, "could not be read");
        say(ProblemKind::TooLarge, &self.cut, "holds more letters than are read");
        say(ProblemKind::NoText, &self.scans, "a scan without text: install ocrmypdf or add the text by hand");
        if self.unnamed > self.named {
            problems.push(Problem::new(ProblemKind::Encoding, "most letters have no names in the file: their text cannot be told"));
        }
        problems
    }
}

/// "page 3", "pages 3, 4, 5 and 9 others".
fn named_pages(pages: &[u32]) -> String {
    let few = pages.iter().take(3).map(u32::to_string).collect::<Vec<_>>().join(", ");
    match pages.len() {
        1 => format!("page {few}"),
        2 | 3 => format!("pages {few}"),
        more => format!("pages {few} and {} others", more - 3),
    }
}
