//! A query: where, by which rule, how much it weighs, what is wrong and what to do.

use std::fmt;
use std::ops::Range;

use pulse_model::digest::Severity;
use serde::Serialize;

use super::rule::Rule;

/// Something an editor should look at before sign-off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Query {
    /// By which rule.
    pub rule: Rule,
    /// An error blocks sign-off, a warning needs an answer. Never [`Severity::Off`].
    pub severity: Severity,
    /// Where it stands.
    pub place: Place,
    /// What is wrong and what to do: whole sentences.
    pub message: String,
    /// A change that is safe to make without reading.
    pub fix: Option<Fix>,
}

/// Where in an edition something stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Which part of the edition.
    pub part: Part,
    /// Which text of the part.
    pub within: Within,
    /// The bytes of the text's plain characters; empty where the whole text is meant.
    pub range: Range<usize>,
    /// The words in question; with a few around them where they are short.
    pub excerpt: String,
}

/// A part of an edition.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Part {
    /// The edition as a whole, or its digest.
    Edition,
    /// The letter.
    Letter {
        /// Which part of it.
        section: Section,
    },
    /// A news item.
    News {
        /// From 1.
        number: usize,
    },
    /// An entry.
    Entry {
        /// In the order printed, from 1.
        number: usize,
        /// Its name in addresses; empty where it has none yet.
        slug: String,
    },
}

/// The parts of the letter that hold text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the fields of the letter, which say it")]
pub enum Section {
    Welcome,
    Highlights,
    CallForContact,
    Notices,
}

/// A text of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(tag = "text", content = "number", rename_all = "kebab-case")]
pub enum Within {
    /// All of it.
    Whole,
    /// A publisher, from 1.
    Publisher(usize),
    /// The title.
    Title,
    /// A link beside the text, from 1.
    Link(usize),
    /// A paragraph or point, from 1 in the order of [`pulse_model::Blocks::texts`].
    Text(usize),
}

/// A change of the words at a query's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum Fix {
    /// These words for the ones that stand there.
    Words {
        /// What stands at the place, character for character. Where it is something else by now, nothing is changed.
        old: String,
        /// What should.
        new: String,
    },
    /// This address for the one that the place links to.
    Address {
        /// The address as it is.
        old: String,
        /// Where it has moved.
        new: String,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.part {
            Part::Edition => f.write_str("edition")?,
            Part::Letter { section } => write!(f, "letter, {}", section.words())?,
            Part::News { number } => write!(f, "news item {number}")?,
            Part::Entry { number, .. } => write!(f, "entry {number}")?,
        }
        match self.within {
            Within::Whole => Ok(()),
            Within::Publisher(number) => write!(f, ", publisher {number}"),
            Within::Title => f.write_str(", title"),
            Within::Link(number) => write!(f, ", link {number}"),
            Within::Text(number) => write!(f, ", text {number}"),
        }
    }
}

impl Place {
    /// Where it comes in the edition.
    pub(super) fn order(&self) -> (usize, usize, Within) {
        let (kind, number) = self.part.order();
        (kind, number, self.within)
    }
}

impl Part {
    /// Where it comes in the edition: what kind, which of them.
    pub(super) fn order(&self) -> (usize, usize) {
        match self {
            Self::Edition => (0, 0),
            Self::Letter { section } => (1, *section as usize),
            Self::News { number } => (2, *number),
            Self::Entry { number, .. } => (3, *number),
        }
    }
}

impl Section {
    fn words(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Highlights => "highlights",
            Self::CallForContact => "call for contact",
            Self::Notices => "notices",
        }
    }
}
