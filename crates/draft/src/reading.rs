//! Documents to lines: what there is to draft from, in order, each line knowing where it stands.
//!
//! In: the documents of a publication. Out: a line for each heading, paragraph, quotation and point. Captions and notes are left out, and so
//! are page numbers, and tables of contents, which name sections and are none. Of tables a box is read, which has one column, and a column
//! whose heading says that it holds recommendations. A sentence that goes on behind the end of a page is two lines, the second [`Role::Rest`].

use std::sync::LazyLock;

use pulse_model::document::{Content, ListItem};
use pulse_model::sentence::sentences;
use pulse_model::{Passage, Sourced};
use regex::Regex;

use crate::recommendations::is_label;
use crate::sections::{Kind, is_mixed, kind_of};

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
    /// Running text that goes on with the line before it.
    Rest,
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

impl<'a> Line<'a> {
    /// Whether both are one.
    pub(crate) fn is(self, other: Line<'_>) -> bool {
        (self.document, self.block, self.text.as_ptr()) == (other.document, other.block, other.text.as_ptr())
    }

    /// Its sentences, without the half of one that it begins with.
    pub(crate) fn sentences(self) -> impl Iterator<Item = &'a str> {
        sentences(self.text).into_iter().skip(usize::from(self.role == Role::Rest))
    }
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
            lines.extend(joined(&without_contents(of_document)));
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

fn texts<'a>(content: &'a Content) -> Vec<(Role, &'a str)> {
    match content {
        Content::Heading { level, text } => vec![(Role::Heading(*level), text)],
        Content::Paragraph { text } | Content::Quote { text } => parts(text).into_iter().map(|part| (role_of(part), part)).collect(),
        Content::List { ordered, items } => {
            let item = |item: &'a ListItem| {
                let role = |part: usize| if part == 0 { Some(Role::Item { depth: item.depth, is_numbered: *ordered }) } else { None };
                parts(&item.text).into_iter().enumerate().map(move |(at, part)| (role(at).unwrap_or_else(|| role_of(part)), part))
            };
            items.iter().flat_map(item).collect()
        }
        Content::Table { rows, .. } if rows.iter().all(|row| row.len() == 1) => rows.iter().flatten().map(|cell| (role_of(cell), cell.as_str())).collect(),
        Content::Table { rows, .. } => column_of_recommendations(rows),
        Content::Figure { .. } | Content::Footnote { .. } => Vec::new(),
    }
}

/// What a table recommends: the column whose heading says so, the heading first; else what stands beside "Recommendation 4".
fn column_of_recommendations(rows: &[Vec<String>]) -> Vec<(Role, &str)> {
    let says_so = |cell: &String| kind_of(cell) == Some(Kind::Recommendations) && !is_mixed(cell);
    let title = Role::Heading(SET_LIKE_A_HEADING);
    let column = rows.first().and_then(|head| head.iter().position(says_so).zip(head.iter().find(|cell| says_so(cell))));
    if let Some((column, head)) = column {
        let cells = rows.iter().skip(1).filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty() && *cell != head);
        let item = Role::Item { depth: 0, is_numbered: false };
        return std::iter::once((title, head.as_str())).chain(cells.map(|cell| (item, cell.as_str()))).collect();
    }
    let beside = rows.iter().filter_map(|row| row.iter().zip(row.iter().skip(1)).find(|(label, cell)| is_label(label) && !cell.is_empty()));
    beside.flat_map(|(label, cell)| [(title, label.as_str()), (Role::Paragraph, cell.as_str())]).collect()
}

/// Paragraphs that became one on the way: each begins with a label, "Recommendation 4:", or with the number that follows, "4.13" behind "4.12".
fn parts(text: &str) -> Vec<&str> {
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static MARK: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?:^|\s)(?:(Recommendation \d{1,3}(?:\.\d{1,2})? ?[:–—])|(\d{1,3})\.(\d{1,3})\.?)\s+[A-Z“]").unwrap());
    const SPEAK_OF_ONE: &[&str] = &["in", "to", "of", "see", "and", "with", "on", "under", "from", "by", "our", "for", "as"];
    if !text.contains("Recommendation ") && !text.starts_with(|c: char| c.is_ascii_digit()) {
        return vec![text];
    }
    let mut starts = vec![0];
    let mut numbers: Option<(u16, u16)> = None;
    for found in MARK.captures_iter(text) {
        let number = |group: usize| found.get(group).and_then(|digits| digits.as_str().parse::<u16>().ok());
        let Some(start) = found.get(1).or(found.get(2)).map(|mark| mark.start()) else { continue };
        let before = text[..start].trim_end();
        let is_next = match number(2).zip(number(3)) {
            Some(next) => {
                let follows = numbers.is_some_and(|(chapter, last)| next == (chapter, last.saturating_add(1))) && ends(before);
                if start == 0 || follows {
                    numbers = Some(next);
                }
                follows
            }
            None => before.rsplit(' ').next().is_some_and(|word| !SPEAK_OF_ONE.contains(&word.to_lowercase().as_str())),
        };
        if start > 0 && is_next {
            starts.push(start);
        }
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, end)| text[start..end].trim()).collect()
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

/// The lines without page numbers and without heads and feet of pages between the halves of a sentence; a second half is [`Role::Rest`].
fn joined<'a>(lines: &[Line<'a>]) -> Vec<Line<'a>> {
    let is_set = |line: &Line<'_>| matches!(line.role, Role::Paragraph | Role::Heading(SET_LIKE_A_HEADING));
    let is_number = |line: &Line<'_>| is_set(line) && is_page_number(line.text);
    let begins_within = |line: &Line<'_>| is_set(line) && line.text.starts_with(char::is_lowercase) && bare(line.text) == line.text;
    let mut kept: Vec<Line<'a>> = Vec::new();
    let mut is_new_page = false;
    for (at, &line) in lines.iter().enumerate() {
        let is_open = kept.last().is_some_and(|before| match before.role {
            Role::Heading(1..=6) => false,
            Role::Item { .. } => !ends(before.text) || (is_new_page && before.text.ends_with(':')),
            _ => !ends(before.text) && word_count(before.text) >= 4,
        });
        let is_between = || lines.iter().skip(at + 1).find(|line| !is_number(line)).is_some_and(begins_within);
        let is_head = is_open && is_set(&line) && !begins_within(&line) && line.text.len() <= 80 && !ends(line.text) && is_between();
        if is_number(&line) || is_head || (is_set(&line) && is_note(line.text)) {
            is_new_page = true;
            continue;
        }
        let goes_on = kept.last().is_some_and(|before| {
            let is_long = is_new_page || before.text.len() >= 60;
            let is_running =
                is_new_page && line.role == Role::Paragraph && !before.role.is_heading() && word_count(before.text) >= 8 && bare(line.text) == line.text;
            is_open && ((begins_within(&line) && is_long) || is_running)
        });
        if let Some(before) = kept.last_mut().filter(|before| goes_on && before.role.is_heading()) {
            before.role = Role::Paragraph;
        }
        kept.push(if goes_on { Line { role: Role::Rest, ..line } } else { line });
        is_new_page = false;
    }
    kept
}

fn word_count(text: &str) -> usize {
    text.split(' ').count()
}

/// A footnote that was read as a paragraph: "⁸ Table 4".
fn is_note(text: &str) -> bool {
    text.starts_with(|c: char| matches!(c, '¹' | '²' | '³' | '⁰' | '⁴'..='⁹'))
}

/// "12", "xii", "Page 12 of 40", "12 | Warm homes".
fn is_page_number(text: &str) -> bool {
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static NUMBER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^(?i:(?:page )?\d{1,4}(?: ?(?:of|/) ?\d{1,4})?|[ivx]{1,6}|\d{1,4} \| .{1,80}|.{1,80} \| (?:page )?\d{1,4})$").unwrap());
    text.len() <= 100 && NUMBER.is_match(text)
}

/// Whether a text ends as a sentence does.
pub(crate) fn ends(text: &str) -> bool {
    text.trim_end_matches(|c: char| c.is_ascii_digit() || ")]”’\"'*".contains(c)).ends_with(['.', '!', '?', ';', ':'])
}

fn ends_in_page(text: &str) -> bool {
    text.rsplit(' ').next().is_some_and(|last| last.len() <= 4 && last.chars().all(|c| c.is_ascii_digit() || matches!(c, 'i' | 'v' | 'x')))
}

/// Whether dots lead through a line to a page.
fn has_leader(text: &str) -> bool {
    let before_page = text.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    text.contains(".....") || text.contains(". . . .") || (before_page.len() < text.len() && (before_page.ends_with('…') || before_page.ends_with("...")))
}
