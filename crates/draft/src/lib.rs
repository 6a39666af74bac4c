//! Publications to entries: a first draft of what a digest could say of one, each point with the passage it rests on.
//!
//! In: what is known of a publication, and its documents, the page before the files. Out: a [`Draft`]: a description, findings and
//! recommendations, with notes on what could not be done. No input is an error.
//!
//! | step | module |
//! |---|---|
//! | documents to lines | `reading` |
//! | what a heading says its section is for | `sections` |
//! | who, what, how, when | `description` |
//! | the publisher's own points, or the best sentences | `findings`, `rank`, `candidates`, `words` |
//! | recommendations, once and whole | `recommendations` |
//! | words with their passages | `extract` |
//! | the entry | `entry` |
//! | other words for it, by a language model | [`rewrite`] |
//! | the door to a language model | [`writer`] |
//!
//! Invariants: every text of an extract is made of slices of the documents, in their order, cut at the ends of sentences alone; the same input
//! gives the same draft (`tests/properties.rs`). Not here: whether a publication is worth printing (triage); whether the entry is fit
//! to print (compose); any keeping.

mod candidates;
mod description;
mod entry;
mod extract;
mod findings;
mod rank;
mod reading;
mod recommendations;
pub mod rewrite;
mod sections;
mod words;
pub mod writer;

use pulse_model::draft::{Point, PointKind};
use pulse_model::{Draft, Publication, Sourced};

use crate::extract::Extract;
use crate::reading::Reading;

/// What a digest wants of a draft: its habit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// So many findings at most.
    pub findings: usize,
    /// So many recommendations at most.
    pub recommendations: usize,
    /// A point longer than this is cut at the end of a sentence. Bytes.
    pub longest_point: usize,
    /// The language the digest is written in, a BCP 47 tag. Documents in another are not drafted from.
    pub language: String,
    /// The sentence that leads in the findings.
    pub findings_lead: String,
    /// The sentence that leads in the recommendations.
    pub recommendations_lead: String,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            findings: 5,
            recommendations: 5,
            longest_point: 500,
            language: "en-GB".to_owned(),
            findings_lead: "Key findings include:".to_owned(),
            recommendations_lead: "Recommendations include:".to_owned(),
        }
    }
}

/// The first draft of an entry.
///
/// ```
/// use pulse_draft::{Wishes, draft};
/// use pulse_model::document::{Content, Document, Metadata};
/// use pulse_model::{Publication, Sourced};
/// let publication = Publication { title: "Warm homes".into(), publishers: vec!["Harbour Trust".into()], ..Publication::default() };
/// let text = |text: &str| (None, Content::Paragraph { text: text.into() });
/// let heading = (None, Content::Heading { level: 2, text: "Key findings".into() });
/// let points = [text("Bills rose by 12% in the year to May 2021."), text("One in five households could not pay them.")];
/// let document = Document::new(Metadata::default(), [heading].into_iter().chain(points), None, Vec::new());
/// let documents = [Sourced { address: "https://harbour.example/warm", document: &document }];
/// let draft = draft(&publication, &documents, &Wishes::default());
/// assert_eq!(draft.entry.heading(), "Harbour Trust. Warm homes.");
/// assert_eq!(draft.points[1].text.plain(), "Bills rose by 12% in the year to May 2021.");
/// assert_eq!(draft.points[1].passages[0].quote, "Bills rose by 12% in the year to May 2021.");
/// ```
pub fn draft(publication: &Publication, documents: &[Sourced<'_>], wishes: &Wishes) -> Draft {
    entry::draft(publication, documents, wishes)
}

/// The findings of documents: every point of the publisher's own list, or else the `wanted` best sentences, in their order.
pub fn findings(title: &str, documents: &[Sourced<'_>], wanted: usize) -> Vec<Point> {
    let reading = Reading::new(documents, |_| true);
    let sections = sections::sections(&reading.lines);
    points(&findings::findings(&reading, &sections, title, &[], wanted).points, PointKind::Finding, &reading)
}

/// The recommendations of documents: all of them, whole, in the order of the report.
pub fn recommendations(documents: &[Sourced<'_>]) -> Vec<Point> {
    let reading = Reading::new(documents, |_| true);
    let sections = sections::sections(&reading.lines);
    points(&recommendations::recommendations(&reading.lines, &sections), PointKind::Recommendation, &reading)
}

fn points(extracts: &[Extract<'_>], kind: PointKind, reading: &Reading<'_>) -> Vec<Point> {
    extracts.iter().map(|extract| extract.point(kind, reading)).collect()
}
