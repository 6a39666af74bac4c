//! What protects readers: the suppression list, the audit log, complaints about personal data.

use pulse_model::Slug;
use pulse_model::subscriber::{SuppressionHash, SuppressionReason};

use crate::{AuditId, ComplaintId, SuppressionId};

/// An address nobody may write to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSuppression {
    /// Stands for the address.
    pub hash: SuppressionHash,
    /// For which digest; `None` for every one.
    pub digest: Option<Slug>,
    /// Why.
    pub reason: SuppressionReason,
    /// More of why; may be empty.
    pub note: String,
}

/// A line of the suppression list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// Its id.
    pub id: SuppressionId,
    /// What it says.
    pub suppression: NewSuppression,
    /// Since when.
    pub at: i64,
}

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audit {
    /// Its id; they rise with time.
    pub id: AuditId,
    /// When.
    pub at: i64,
    /// By whom.
    pub who: String,
    /// A word or two.
    pub action: String,
    /// To what, by its name or id.
    pub thing: String,
    /// Why and how.
    pub detail: String,
}

/// What somebody complains about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewComplaint {
    /// May be empty.
    pub name: String,
    /// May be empty.
    pub address: String,
    /// At most 10,000 characters of it are kept.
    pub text: String,
}

/// How far a complaint has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComplaintState {
    /// Nobody has answered yet.
    Open,
    /// The person knows that it came in.
    Acknowledged,
    /// The person knows what came of it.
    Answered,
}

/// A complaint about what is done with somebody's personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Its id.
    pub id: ComplaintId,
    /// When it came in.
    pub at: i64,
    /// What it says.
    pub complaint: NewComplaint,
    /// How far it has come.
    pub state: ComplaintState,
    /// When the person was told that it came in; due within 30 days.
    pub acknowledged_at: Option<i64>,
    /// When the person was told what came of it.
    pub answered_at: Option<i64>,
    /// What the person was told; empty until then.
    pub outcome: String,
}
