//! Drafts: what was made of a publication's documents for a person to go on with, each point with the passage it rests on.

use serde::{Deserialize, Serialize};

use crate::edition::Entry;
use crate::passage::Passage;
use crate::text::Text;

/// The first draft of an entry. It is an extract: every point rests on passages, and nothing is said that they do not say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The entry as it would be printed: heading from fields, description, then led-in lists.
    pub entry: Entry,
    /// Where each text of the summary comes from, in the order of [`crate::Blocks::texts`]; sentences that lead in a list have none.
    pub points: Vec<Point>,
    /// What could not be done, and what a person should look at: lower-case fragments.
    pub notes: Vec<String>,
}

/// One text of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// What it is.
    pub kind: PointKind,
    /// As it stands in the summary.
    pub text: Text,
    /// What it rests on, the main passage first.
    pub passages: Vec<Passage>,
    /// What in it is not in the passages or documents, where a language model wrote it: figures and names, word for word. Empty in an extract.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub untraced: Vec<String>,
}

/// The kinds of point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PointKind {
    /// Who, what, method, sample, period covered.
    Description,
    /// What was found.
    Finding,
    /// What is recommended.
    Recommendation,
}
