//! Documents to lines: what there is to draft from, in order, each line knowing where it stands.
//!
//! In: the documents of a publication. Out: a line for each heading, paragraph, quotation and point. Tables, captions and notes
//! are left out, and so are tables of contents, which name sections and are none; a table of one column is a box, and its rows are lines.

use std::sync::LazyLock;

use pulse_model::document::Content;
use pulse_model::{Passage, Sourced};
use regex::Regex;

use crate::sections::kind_of;

/// One heading, paragraph or point of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    /// Which of the documents.
    pub(crate) document: usize,
    /// Which of its blocks.
    pub(crate) block: usize,
    /// What it is there.
    pub(crate) role: Role,
    /// A slice of the block.
    pub(crate) text: &'a str,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A heading and its level, 1 to 6; a paragraph that is set like one has [`SET_LIKE_A_HEADING`].
    Heading(u8),
    /// Running text.
    Paragraph,
    /// A point of a list.
    Item {
        /// How deep it is, from 0.
        depth: u8,
        /// Whether its list is numbered.
        is_numbered: bool,
    },
}

/// The level of a short paragraph that titles what follows: below every real heading.
pub(crate) const SET_LIKE_A_HEADING: u8 = 7;

/// Documents as lines.
pub(crate) struct Reading<'a> {
    documents: &'a [Sourced<'a>],
    /// Which of them were read.
    wanted: Vec<usize>,
    /// In the order of the documents and their blocks.
    pub(crate) lines: Vec<Line<'a>>,
}

impl Role {
    pub(crate) fn is_heading(self) -> bool {
        matches!(self, Self::Heading(_))
    }

    pub(crate) fn is_item(self) -> bool {
        matches!(self, Self::Item { .. })
    }
}

impl<'a> Reading<'a> {
    /// Reads those documents that `is_wanted`.
    pub(crate) fn new(documents: &'a [Sourced<'a>], is_wanted: impl Fn(&Sourced<'_>) -> bool) -> Self {
        let mut lines = Vec::new();
        let mut wanted = Vec::new();
        for (document, sourced) in documents.iter().enumerate().filter(|(_, sourced)| is_wanted(sourced)) {
            wanted.push(document);
            let of_document = sourced.document.blocks().iter().enumerate().flat_map(|(block, content)| {
                let texts = texts(&content.content).into_iter();
                texts.map(move |(role, text)| Line { document, block, role, text })
            });
            lines.extend(without_contents(of_document));
        }
        Self { documents, wanted, lines }
    }

    /// What the documents say of themselves beside their text.
    pub(crate) fn descriptions(&self) -> impl Iterator<Item = &str> {
        self.wanted.iter().filter_map(|&at| self.documents.get(at)).map(|sourced| sourced.document.metadata.description.as_str())
    }

    /// Words of a line, and where they stand.
    pub(crate) fn passage(&self, line: &Line<'_>, quote: &str) -> Option<Passage> {
        let sourced = self.documents.get(line.document)?;
        Some(Passage::new(sourced.address, sourced.document.blocks().get(line.block)?, quote))
    }
}

fn texts(content: &Content) -> Vec<(Role, &str)> {
    match content {
        Content::Heading { level, text } => vec![(Role::Heading(*level), text)],
        Content::Paragraph { text } | Content::Quote { text } => vec![(role_of(text), text)],
        Content::List { ordered, items } => items.iter().map(|item| (Role::Item { depth: item.depth, is_numbered: *ordered }, item.text.as_str())).collect(),
        Content::Table { rows, .. } if rows.iter().all(|row| row.len() == 1) => rows.iter().flatten().map(|cell| (role_of(cell), cell.as_str())).collect(),
        Content::Table { .. } | Content::Figure { .. } | Content::Footnote { .. } => Vec::new(),
    }
}

/// What a paragraph is: a bullet makes it a point, and few words without an end a heading.
fn role_of(text: &str) -> Role {
    if text.starts_with(BULLETS) {
        return Role::Item { depth: 0, is_numbered: false };
    }
    let is_short = text.len() <= 100 && text.split(' ').count() <= 12;
    let ends = text.ends_with(['.', ';', ',', '!', ')', '”', '"']) || (text.ends_with(':') && kind_of(text).is_none());
    let begins = bare(text).starts_with(|c: char| c.is_uppercase()) && text.chars().filter(|c| c.is_alphabetic()).count() >= 4;
    if is_short && !ends && begins { Role::Heading(SET_LIKE_A_HEADING) } else { Role::Paragraph }
}

/// Marks that begin a point.
const BULLETS: [char; 12] = ['•', '▪', '●', '■', '◦', '○', '‣', '⁃', '\u{f0b7}', '\u{f0a7}', '➢', '✓'];

/// A text without the mark or number of its point: "• ", "– ", "12. ", "(b) ", "iv) ", "2.1 Rents"; but not "2.1 per cent".
pub(crate) fn bare(text: &str) -> &str {
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static NUMBER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^(?:\(?(?:\d{1,3}(?:\.\d{1,3})*|[A-Za-z]|[ivx]{1,5})[.)]\s+(\S)|\d{1,3}(?:\.\d{1,3})+\s+(\p{Lu}))").unwrap());
    let text = text.trim_start_matches(BULLETS).trim_start();
    let text = text.strip_prefix("– ").or(text.strip_prefix("- ")).or(text.strip_prefix("o ")).unwrap_or(text);
    let begins = NUMBER.captures(text).and_then(|found| found.get(1).or(found.get(2)));
    begins.map_or(text, |begins| &text[begins.start()..])
}

/// The lines without those of a table of contents: dots that lead to a page, or short lines behind a heading that says so.
fn without_contents<'a>(lines: impl Iterator<Item = Line<'a>>) -> Vec<Line<'a>> {
    let mut within = false;
    let mut kept = Vec::new();
    for line in lines {
        let title = bare(line.text).trim_end_matches(':').to_lowercase();
        if matches!(title.as_str(), "contents" | "table of contents" | "list of contents" | "contents page" | "in this section" | "on this page") {
            within = true;
            continue;
        }
        let is_sentence = line.text.ends_with('.') || line.text.len() > 200;
        within &= !is_sentence && (line.role.is_item() || ends_in_page(line.text) || matches!(line.role, Role::Heading(SET_LIKE_A_HEADING)));
        if !within && !has_leader(line.text) {
            kept.push(line);
        }
    }
    kept
}

fn ends_in_page(text: &str) -> bool {
    text.rsplit(' ').next().is_some_and(|last| last.len() <= 4 && last.chars().all(|c| c.is_ascii_digit() || matches!(c, 'i' | 'v' | 'x')))
}

/// Whether dots lead through a line to a page.
fn has_leader(text: &str) -> bool {
    let before_page = text.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    text.contains(".....") || text.contains(". . . .") || (before_page.len() < text.len() && (before_page.ends_with('…') || before_page.ends_with("...")))
}
