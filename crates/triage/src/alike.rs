//! The same publication told by several sources that give no identifier in common, and press notices about publications.
//!
//! In: candidates. Out: groups; each is one candidate that lists the others, with why ([`Why`]).
//!
//! Two candidates are the same when their titles agree (but for case, marks, articles and a missing subtitle), their publishers agree
//! and they came out within [`NEAR_DAYS`]; or when their texts are nearly the same. They are never the same when their titles give
//! different places in a series, or when both have a DOI, or an id on GOV.UK, and the ids differ. A press notice is tied to the report
//! that it names, links to or shares its words with, of the same publisher within [`NOTICE_DAYS`].
//!
//! Invariants: every candidate is in exactly one group; the order of the input changes no group. Not here: what identifiers tell
//! ([`crate::identity`]); succession ([`crate::series`]).

mod groups;
mod notices;

use std::cmp::Reverse;
use std::fmt;

use pulse_model::Identifier;

use crate::Subject;
use crate::similar::{self, Sketch};
use crate::titles::{Title, publisher_keys};
use groups::Groups;

/// How many days apart two tellings of one publication may say that it came out.
pub const NEAR_DAYS: i64 = 31;
/// How many days a press notice and its report may be apart.
pub const NOTICE_DAYS: i64 = 14;
/// How much two texts must share to be nearly the same, see [`similar::similarity`].
pub const NEAR_TEXT: f64 = 0.85;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A publication that waits for somebody to look at it.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// What it is.
    pub subject: &'a Subject,
    /// What its records and documents identify it by.
    pub identifiers: &'a [Identifier],
    /// The sketch of its main document, where there is one.
    pub sketch: Option<&'a Sketch>,
    /// What its page links to; may be empty.
    pub mentions: &'a [Identifier],
}

/// One publication: the candidate to show, and those it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The best described, never a press notice where there is a report.
    pub first: usize,
    /// The others, in the order of the input.
    pub others: Vec<Other>,
}

/// A candidate that another stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Other {
    /// Its place in the input.
    pub at: usize,
    /// Why it belongs there.
    pub why: Why,
}

/// Why a candidate belongs to another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    /// Titles and publishers agree, at nearly the same time; or a title so long that it is one work's.
    Title,
    /// So much of the text is the same, from 0 to 1.
    Text(f64),
    /// It is a press notice about the other.
    About,
}

/// "same title", "93 % of the text is the same", "a press notice about it".
impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Title => f.write_str("same title"),
            Self::Text(share) => write!(f, "{:.0} % of the text is the same", share * 100.0),
            Self::About => f.write_str("a press notice about it"),
        }
    }
}

/// Which candidates are one publication. Each is in one group; groups are in the order of their firsts.
pub fn groups(candidates: &[Candidate]) -> Vec<Group> {
    // All work is done in an order that is that of the content, so that the order of the input does not matter.
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    let known: Vec<Known> = candidates.iter().map(Known::of).collect();
    let ranks: Vec<_> = known.iter().map(Known::rank).collect();
    let key = |at: usize| (ranks.get(at), candidates.get(at).map(content));
    order.sort_by(|a, b| key(*a).cmp(&key(*b)));
    let known: Vec<&Known> = order.iter().filter_map(|at| known.get(*at)).collect();
    let sketches: Vec<Option<&Sketch>> = order.iter().map(|at| candidates.get(*at).and_then(|candidate| candidate.sketch)).collect();

    let mut edges = groups::by_title(&known);
    edges.extend(similar::near(&sketches, NEAR_TEXT).iter().filter_map(|near| groups::by_text(&known, near)));
    // Titles join before texts, and texts that share more before others.
    edges.sort_by_key(|edge| (edge.text.map(Reverse), edge.one, edge.other));
    let mut groups = Groups::new(&known);
    edges.iter().for_each(|edge| groups.join(edge));
    notices::reports(&known).into_iter().for_each(|(notice, report)| groups.tie(notice, report));
    groups.into_groups(&order)
}

/// What is looked at when a candidate is compared.
struct Known<'a> {
    candidate: &'a Candidate<'a>,
    title: Title,
    publishers: Vec<String>,
    is_notice: bool,
}

impl<'a> Known<'a> {
    fn of(candidate: &'a Candidate<'a>) -> Self {
        let subject = candidate.subject;
        Self {
            candidate,
            title: Title::of(&subject.title, &subject.publishers),
            publishers: publisher_keys(&subject.publishers),
            is_notice: notices::is_notice(subject),
        }
    }

    /// The best described first: a report, with any text, with the surest identifier, with a document, the earliest, the longest title.
    fn rank(&self) -> impl Ord + use<> {
        let subject = self.candidate.subject;
        let surest = self.candidate.identifiers.iter().map(kind_rank).min().unwrap_or(u8::MAX);
        let is_dated = subject.published_at.is_some();
        let has_text = !subject.text.is_empty() || self.candidate.sketch.is_some();
        (self.is_notice, !has_text, surest, self.candidate.sketch.is_none(), !is_dated, subject.published_at, Reverse(self.title.full.len()))
    }

    fn shares_publisher(&self, other: &Self) -> bool {
        self.publishers.iter().any(|name| other.publishers.contains(name))
    }

    /// Days between the two; none where one has no date.
    fn days_from(&self, other: &Self) -> Option<i64> {
        let dates = self.candidate.subject.published_at.zip(other.candidate.subject.published_at);
        dates.map(|(one, other)| one.saturating_sub(other).saturating_abs() / DAY_MS)
    }
}

fn kind_rank(identifier: &Identifier) -> u8 {
    match identifier {
        Identifier::Doi(_) => 0,
        Identifier::ContentId(_) => 1,
        Identifier::GovukPath(_) => 2,
        Identifier::Url(_) => 3,
        Identifier::File(_) => 4,
    }
}

/// All that tells one candidate from another, so that those that are left equal can stand for each other.
fn content<'a>(candidate: &Candidate<'a>) -> impl Ord + use<'a> {
    let Subject { title, publishers, text, document_type, sources, links, published_at } = candidate.subject;
    (candidate.identifiers, title, publishers, links, published_at, document_type, sources, candidate.sketch, candidate.mentions, text)
}
