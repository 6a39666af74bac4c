//! What the end of a period clears.

use pulse_model::EmailAddress;

use crate::SubscriberId;

/// Rows that are cleared by their age alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aged {
    /// The beginning of reports that came back.
    BounceExcerpts,
    /// Other servers' words about messages that came back.
    BounceWords,
    /// Messages to one person that were sent, or failed for good.
    Notices,
    /// Complaints that were answered, by when they were.
    Complaints,
    /// Lines of the audit log.
    Audit,
}

/// What one transaction cleared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleared {
    /// Rows that had something to clear.
    pub rows: u64,
    /// Where the next batch begins; `None` where this was the last.
    pub next: Option<String>,
}

/// Whether to clear, or only to count what would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clearing {
    /// For good.
    Clear,
    /// Nothing is changed.
    Count,
}

/// A reader whose subscription ended, or was never confirmed, before a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lapsed {
    /// Who.
    pub id: SubscriberId,
    /// What the hash for the suppression list is made of.
    pub address: EmailAddress,
}
