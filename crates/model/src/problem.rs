//! What a reader of a result should know: bad input is no error to a stage, it returns what it found and a list of these.

use serde::{Deserialize, Serialize};

/// One thing that was wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What kind of thing.
    pub kind: ProblemKind,
    /// A lower-case fragment without a full stop.
    pub message: String,
    /// The line of the input it stands on, from 1, where there is an input with lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// The kinds of problem, by their names in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// A link whose target did not survive (`#`, or nothing); its words are kept.
    LinkLost,
    /// A link that must not be followed (`javascript:`) or cannot be (a relative path); its words are kept.
    LinkRefused,
    /// Markup the model has no place for; its words are kept where it had any.
    MarkupDropped,
    /// Control characters or bidirectional overrides were taken out.
    CharactersRemoved,
    /// Characters an output has no letter for; a replacement character is printed.
    CharactersReplaced,
    /// A list deeper than the model's two levels was moved up.
    NestedTooDeep,
    /// Text longer than anyone would print; it is kept whole and wants a look.
    TooLong,
    /// A sector the digest's taxonomy does not have.
    UnknownSector,
    /// A category the digest's taxonomy does not have.
    UnknownCategory,
    /// An entry or news item whose publisher could not be told.
    NoPublisher,
    /// An entry without a summary.
    NoSummary,
    /// A picture without words for those who do not see it.
    PictureWithoutAlt,
    /// The month, or another part an edition needs, was not found where it belongs.
    Incomplete,
    /// The bytes were not in the encoding they claimed; some characters are replaced.
    Encoding,
    /// A colour too close to what is behind it; another was used instead.
    HardToRead,
    /// Something was shortened to fit an output; the web page has it whole.
    Shortened,
    /// The content is not in the form it was taken for, or in none that is read.
    NotThisForm,
    /// The content is cut short or broken; what could be read is there.
    Damaged,
    /// A password is needed to read it.
    Locked,
    /// Pictures of text, and no text: a scan.
    NoText,
    /// More than the limits allow; what lies within them is there.
    TooLarge,
    /// Reading it took longer than the limit.
    TooSlow,
    /// Its reader could not be started; nothing is known about the content.
    NotRead,
    /// Nothing was found that could be a title.
    NoTitle,
    /// Nothing leads to it.
    NoLink,
    /// A date that cannot be read, or cannot be true.
    BadDate,
    /// One id for different things.
    SharedId,
}

impl Problem {
    /// A problem without a line.
    pub fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), line: None }
    }

    /// The same problem, on a line of the input.
    pub fn at_line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}
