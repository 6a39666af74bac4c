//! Decisions: what somebody of the team made of a candidate. Nothing is overwritten: undoing one is an event of its own.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{DecisionId, PublicationId};

/// What was decided about a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It may go into the next edition.
    Shortlisted,
    /// It does not.
    Rejected,
    /// It is in an edition.
    Used,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 3] = [Self::Shortlisted, Self::Rejected, Self::Used];

    /// The name in files, in the store and on pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shortlisted => "shortlisted",
            Self::Rejected => "rejected",
            Self::Used => "used",
        }
    }

    /// The verdict with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == name)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What one person decided about one candidate of a digest. Several people can decide about one, and differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Its id; later decisions have higher ones.
    pub id: DecisionId,
    /// About which publication.
    pub publication: PublicationId,
    /// What was decided.
    pub verdict: Verdict,
    /// Who decided.
    pub who: String,
    /// Why; may be empty.
    #[serde(default)]
    pub note: String,
    /// When, in Unix milliseconds, UTC.
    pub at: i64,
    /// Who took it back and when; none while it stands.
    #[serde(default)]
    pub undone: Option<Undone>,
}

/// That a decision was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undone {
    /// By whom.
    pub who: String,
    /// When, in Unix milliseconds, UTC.
    pub at: i64,
}

/// The decisions about one candidate that count: of each person the latest that stands, in the order they were made.
pub fn standing(decisions: &[Decision]) -> Vec<&Decision> {
    let mut standing: Vec<&Decision> = Vec::new();
    let mut in_order: Vec<&Decision> = decisions.iter().filter(|decision| decision.undone.is_none()).collect();
    in_order.sort_by_key(|decision| decision.id);
    for decision in in_order {
        standing.retain(|other| other.who != decision.who);
        standing.push(decision);
    }
    standing
}
