//! An extract: words of documents as they stand there, and where.

use pulse_model::draft::{Point, PointKind};
use pulse_model::sentence::sentences;
use pulse_model::{Passage, Text};

use crate::reading::{Line, Reading, Role, bare};

/// Slices of lines that make one point together, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extract<'a> {
    /// A line, and the slice of it.
    pub(crate) parts: Vec<(Line<'a>, &'a str)>,
}

impl<'a> Extract<'a> {
    /// A whole line.
    pub(crate) fn of(line: Line<'a>) -> Self {
        Self { parts: vec![(line, line.text)] }
    }

    /// As it is printed: without bullets and numbers; a title and a point without a mark of their own get one.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut before: Option<Role> = None;
        for (line, quote) in &self.parts {
            let is_open = text.ends_with(char::is_alphanumeric);
            text.push_str(match before {
                None => "",
                Some(Role::Heading(_)) if is_open => ": ",
                Some(Role::Item { .. }) if is_open && line.role.is_item() => "; ",
                Some(_) => " ",
            });
            text.push_str(bare(quote));
            before = Some(line.role);
        }
        text
    }

    /// How many words it has.
    pub(crate) fn word_count(&self) -> usize {
        self.parts.iter().map(|(_, quote)| quote.split(' ').count()).sum()
    }

    /// Its first sentences, so many that it has no more than `longest` bytes; at least one, and none that only leads in the next.
    pub(crate) fn within(&self, longest: usize) -> Self {
        let mut kept = Self::default();
        let mut length = 0;
        for &(line, quote) in &self.parts {
            let mut end = None;
            for sentence in sentences(quote) {
                let is_needed = length == 0 || kept.ends_open(end.map(|end| &quote[..end]));
                if !is_needed && length + sentence.len() > longest {
                    kept.push(line, quote, end);
                    return kept;
                }
                length += sentence.len() + 1;
                end = Some(sentence.as_ptr() as usize - quote.as_ptr() as usize + sentence.len());
            }
            kept.push(line, quote, end);
        }
        kept
    }

    fn push(&mut self, line: Line<'a>, quote: &'a str, end: Option<usize>) {
        self.parts.extend(end.and_then(|end| quote.get(..end)).map(|quote| (line, quote)));
    }

    /// Whether what is kept, with `more` behind it, still leads in what comes next.
    fn ends_open(&self, more: Option<&str>) -> bool {
        more.or(self.parts.last().map(|(_, quote)| *quote)).is_some_and(|text| text.ends_with(':') || bare(text).is_empty())
    }

    /// As a point of a draft.
    pub(crate) fn point(&self, kind: PointKind, reading: &Reading<'_>) -> Point {
        let passages: Vec<Passage> = self.parts.iter().filter_map(|(line, quote)| reading.passage(line, quote)).collect();
        Point { kind, text: Text::from_plain(&self.text()), passages, untraced: Vec::new() }
    }
}
