//! Tracing: does a publication say the figure that an entry states, and where?
//!
//! In: the documents of a publication, read once into [`Evidence`], and a text. Out: each figure of the text with the passage that
//! says it, with the way it follows from passages, or with neither. [`Evidence::trace_periods`] does the same for dates and
//! periods, [`copied`] marks long runs of words that the text shares with the documents.
//!
//! Invariants: the same text and documents give the same answer; one figure of a document answers for one figure of a
//! sentence; the time is near linear in the documents and in the text (`tests/tracing.rs`).
//!
//! | step | module |
//! |---|---|
//! | words, stems and sentences | `words`, `spoken` |
//! | figures made comparable | `quantity` |
//! | documents to figures with the words around them, cells with their headings | `reading`, `table` |
//! | how near two contexts are, whether two figures count the same and are about the same | `context`, `agree`, `contrast` |
//! | rounding, shares, sums, differences, changes, multiples | `derive` |
//! | the passage for each figure | `search` |
//! | figures that follow from others | `follows` |
//! | dates and periods | `period`, `dated` |
//! | runs of words in both | `copied` |
//!
//! Not here: which numbers of a text are figures ([`crate::figure`]); what is made of an untraced one (the desk, the draft).

use serde::{Deserialize, Serialize};

use self::reading::Reading;
use crate::figure::Figure;
use crate::passage::{Passage, Sourced};

mod agree;
mod context;
mod contrast;
mod copied;
mod dated;
mod derive;
mod follows;
mod period;
mod quantity;
mod reading;
mod search;
mod spoken;
mod table;
mod words;

pub use self::copied::{Copied, SHORTEST_RUN, copied};
pub use self::dated::TracedPeriod;
pub use self::period::{Moment, Period, periods};

/// A figure of a text and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traced {
    /// The figure as the text has it.
    pub figure: Figure,
    /// Whether the documents say it.
    pub tracing: Tracing,
}

/// Whether documents say a figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Tracing {
    /// They do, here.
    Traced {
        /// The passage that fits best.
        passage: Passage,
    },
    /// It follows from what they say.
    Derived {
        /// How, in words: "1 in 5 is 20%", "rounded from 47.3%".
        how: String,
        /// What it follows from.
        passages: Vec<Passage>,
    },
    /// They say nothing like it.
    Untraced {
        /// What comes nearest: the same number with another unit, another number of the same thing.
        nearest: Option<Passage>,
    },
}

/// What the documents of a publication state in figures.
#[derive(Debug)]
pub struct Evidence {
    reading: Reading,
}

impl Evidence {
    /// Reads the figures of documents.
    pub fn of(documents: &[Sourced<'_>]) -> Self {
        Self { reading: Reading::of(documents) }
    }

    /// The figures of a text, in order, each with what became of it.
    pub fn trace(&self, text: &str) -> Vec<Traced> {
        search::trace(&self.reading, text)
    }

    /// The dates and periods of a text, in order, each with what became of it.
    pub fn trace_periods(&self, text: &str) -> Vec<TracedPeriod> {
        dated::trace(&self.reading, text)
    }
}
