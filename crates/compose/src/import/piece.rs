//! The unit the importer thinks in: a heading, a paragraph or a list item, with the lines it came from.

use std::collections::HashMap;

use pulse_model::markdown::parse_text_with;
use pulse_model::{Problem, ProblemKind, Text};

/// What stood at the front of a line. In an edition it is a hint, never the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Plain,
    /// With its level, from 1.
    Heading(u8),
    /// With the character of the bullet.
    Bullet(char),
    /// With its number.
    Number(u32),
}

/// A heading, a paragraph or a list item.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// The lines it came from, from 1.
    pub(super) lines: Vec<u32>,
    pub(super) mark: Mark,
    /// Columns before the mark.
    pub(super) indent: usize,
    /// Blank lines before it; a page break counts as several.
    pub(super) gap: u32,
    /// Inline Markdown.
    pub(super) raw: String,
    /// The same, read.
    pub(super) text: Text,
    /// Its characters alone.
    pub(super) plain: String,
    /// What was wrong with its markup.
    pub(super) problems: Vec<Problem>,
    /// Whether `raw` has grown since it was read: then `plain` is what its parts say, and `text` is out of date.
    stale: bool,
}

/// Targets of reference links, by label.
pub(super) type References = HashMap<String, String>;

/// No rule asks for more words than this.
const MANY_WORDS: usize = 64;

/// Longer texts are kept and reported: nobody prints them.
const LONG_TEXT_BYTES: usize = 20_000;

impl Piece {
    pub(super) fn new(line: u32, mark: Mark, indent: usize, gap: u32, raw: &str) -> Self {
        Self {
            lines: vec![line],
            mark,
            indent,
            gap,
            // Where a word may be broken is nothing that it says.
            raw: raw.trim().replace('\u{ad}', ""),
            text: Text::default(),
            plain: String::new(),
            problems: Vec::new(),
            stale: false,
        }
    }

    /// Reads [`Piece::raw`].
    pub(super) fn read(&mut self, references: &References) {
        let parsed = parse_text_with(&self.raw, &|label| references.get(&label.to_lowercase()).cloned());
        let line = self.line();
        self.problems = parsed.problems.into_iter().map(|problem| problem.at_line(line)).collect();
        if self.raw.chars().any(|c| pulse_model::text::is_forbidden(c) && c != '\u{feff}') {
            self.problems.push(Problem::new(ProblemKind::CharactersRemoved, "control or direction characters were taken out").at_line(line));
        }
        if self.raw.len() > LONG_TEXT_BYTES {
            self.problems.push(Problem::new(ProblemKind::TooLong, format!("a text of {} characters", self.raw.len())).at_line(line));
        }
        // Spaces that do not break are spaces to whoever reads.
        self.plain = parsed.text.plain().replace(['\u{a0}', '\u{2007}', '\u{202f}', '\t'], " ");
        self.text = parsed.text;
        self.stale = false;
    }

    /// Reads [`Piece::raw`] again if it has grown.
    pub(super) fn refresh(&mut self, references: &References) {
        if self.stale {
            self.read(references);
        }
    }

    /// The first line it came from.
    pub(super) fn line(&self) -> u32 {
        self.lines.first().copied().unwrap_or(1)
    }

    pub(super) fn is_item(&self) -> bool {
        matches!(self.mark, Mark::Bullet(_) | Mark::Number(_))
    }

    pub(super) fn is_heading(&self) -> bool {
        matches!(self.mark, Mark::Heading(_))
    }

    /// Whether every letter of it is bold.
    pub(super) fn is_bold(&self) -> bool {
        !self.text.is_empty() && self.text.runs().iter().all(|run| run.style.strong || run.text.trim().is_empty())
    }

    /// How many words it has, counted up to [`MANY_WORDS`].
    pub(super) fn words(&self) -> usize {
        self.plain.split_whitespace().take(MANY_WORDS).count()
    }

    /// Adds a piece that turned out to be the rest of this one. It is not read until [`Piece::refresh`], because a
    /// paragraph may grow by a hundred thousand lines.
    pub(super) fn absorb(&mut self, rest: Piece) {
        for (whole, part) in [(&mut self.raw, &rest.raw), (&mut self.plain, &rest.plain)] {
            if !is_hyphenated(whole, part) {
                whole.push(' ');
            }
            whole.push_str(part);
        }
        self.lines.extend(rest.lines);
        self.stale = true;
    }
}

/// Whether a line ends in the middle of a word with a hyphen: "co-", "production", but not "short-", "and long-term".
fn is_hyphenated(line: &str, rest: &str) -> bool {
    let ends = line.strip_suffix('-').is_some_and(|line| line.ends_with(char::is_alphabetic));
    let first = rest.split(' ').next().unwrap_or("");
    ends && first.starts_with(char::is_lowercase) && !["and", "or", "to", "nor"].contains(&first)
}
