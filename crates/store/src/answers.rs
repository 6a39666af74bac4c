//! What the store is given beside the model's nouns, and what it answers with. Times are Unix milliseconds in UTC.

mod harvest;
mod mail;
mod reader;
mod retention;
mod safeguard;
mod send;
mod sender;
mod triage;

use pulse_model::{Edition, EditionKey, Publisher, Slug, Status};

use crate::{EditionId, PublisherId};

pub use harvest::{
    Captured, Check, CheckEnd, CheckReason, DocumentRow, DocumentVersion, Facts, Keeping, KeptRecord, KnownPublication, KnownRecord, LookCounts, Looked,
    PublicationFilter, PublicationRow, ReadDocument, SourceHealth, SourceRow, SourceTurn, StoredPublication, Tried, TryEnd, WhichSources, Work,
};
pub use mail::{Bounce, Bounced, Lease, Level, NewBounce, NewNotice, Notice, NoticeEnd, Noticed, Reply};
pub use reader::{
    Added, AddressChange, Invited, Known, NewInvitation, NewReader, Preferences, Reader, Refusal, StoredSubscriber, StoredSubscription, SubscriberRow,
};
pub use retention::{Aged, Cleared, Clearing, Lapsed};
pub use safeguard::{Audit, Complaint, ComplaintState, NewComplaint, NewSuppression, Suppression};
pub use send::{
    Attempt, AudiencePage, Claimed, Counts, Cut, DeliveryFilter, DeliveryRow, End, HistoryRow, Outcome, Recipient, Recorded, ReplyCount, SendEvent, SendReport,
    SendRow, Settled, StoredCut, Uncertain,
};

pub use sender::{Seed, SeedEnd, SenderChange};
pub use triage::{DeskAnswer, DocumentBrief, InboxRow, LinkOutcome, NewDecision, NewPrompt, PromptEnd, PromptRow, StoredDraft, StoredRule};

/// The file an edition was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Its name; empty where the edition came from no file.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// What to do where an edition is there already with a different text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// Leave it as it is, and say so.
    Refuse,
    /// Keep the old text as a revision, as long as nobody has signed it off.
    Replace,
    /// As [`Conflict::Replace`], where the text is still the one saved at that moment: what somebody else saved meanwhile stays.
    ReplaceSavedAt(i64),
}

/// What saving an edition did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is new, as a draft.
    Created(EditionId),
    /// It was there with the same text, if perhaps with other problems; nothing was written.
    Unchanged(EditionId),
    /// It took the place of another text.
    Replaced {
        /// The edition.
        id: EditionId,
        /// The number under which the old text is kept.
        revision: u32,
    },
}

impl Saved {
    /// The edition.
    pub fn id(self) -> EditionId {
        match self {
            Self::Created(id) | Self::Unchanged(id) | Self::Replaced { id, .. } => id,
        }
    }
}

/// An edition and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEdition {
    /// Its id.
    pub id: EditionId,
    /// Equal to what was saved.
    pub edition: Edition,
    /// Where it is in its life.
    pub status: Status,
    /// How many older texts of it are kept.
    pub revision_count: u32,
    /// What its text was read from.
    pub source: Source,
    /// When it was first saved.
    pub created_at: i64,
    /// When its text or status last changed.
    pub updated_at: i64,
    /// When its text last changed.
    pub text_saved_at: i64,
}

/// A line of a list of editions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionRow {
    /// Its id.
    pub id: EditionId,
    /// Whose number it is.
    pub digest: Slug,
    /// Which number.
    pub key: EditionKey,
    /// Where it is in its life.
    pub status: Status,
    /// Entries in all sectors.
    pub entry_count: u64,
    /// News items.
    pub news_count: u64,
    /// Problems of the edition, its news items and its entries.
    pub problem_count: u64,
    /// When its text or status last changed.
    pub updated_at: i64,
}

/// An older text of an edition; the text itself is [`Store::revision`](crate::Store::revision).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// From 1, the oldest.
    pub number: u32,
    /// What it was read from.
    pub source: Source,
    /// When it was saved.
    pub saved_at: i64,
    /// When another text took its place.
    pub replaced_at: i64,
}

/// The text somebody signed off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// When.
    pub at: i64,
    /// Who.
    pub who: String,
    /// SHA-256 of the text's JSON, in hexadecimal.
    pub sha256: String,
    /// The text.
    pub edition: Edition,
}

/// A publisher of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublisherRow {
    /// Its id.
    pub id: PublisherId,
    /// Its names and homepage.
    pub publisher: Publisher,
    /// How many entries name it.
    pub entry_count: u64,
}

/// Two publishers became one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The one that is no longer in the register, as it was.
    pub from: Publisher,
    /// The one that took its names and entries, as it was.
    pub into: Publisher,
    /// When.
    pub at: i64,
}

/// How a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// "SQLite" or "PostgreSQL".
    pub engine: &'static str,
    /// Of the engine.
    pub engine_version: String,
    /// The last migration that ran.
    pub schema_version: i64,
    /// What the engine's own check found wrong; empty where all is well.
    pub damage: Vec<String>,
    /// Digests.
    pub digest_count: u64,
    /// Editions of all digests.
    pub edition_count: u64,
    /// Entries of all editions.
    pub entry_count: u64,
    /// Publishers in the register.
    pub publisher_count: u64,
}
