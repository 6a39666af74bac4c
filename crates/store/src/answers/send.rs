//! Sends and their deliveries.

use pulse_model::delivery::{DeliveryStatus, Exclusion, SendStatus, SendStep};
use pulse_model::subscriber::Sectors;
use pulse_model::{EditionKey, EmailAddress, Slug};

use super::Reply;
use crate::{DeliveryId, EditionId, SendId, SubscriberId};

/// What one group of readers gets, frozen when the send is prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// From 1.
    pub number: u32,
    /// What the sending side calls it; one send has no name twice.
    pub name: String,
    /// The sectors in it.
    pub sectors: Sectors,
    /// BCP 47 tag.
    pub language: String,
    /// Of the message.
    pub subject: String,
    /// The HTML part, before it is filled for one reader.
    pub html: String,
    /// The plain part, before it is filled for one reader.
    pub plain: String,
}

/// A cut and its readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCut {
    /// As it was frozen.
    pub cut: Cut,
    /// How many recipients get it.
    pub reader_count: u64,
}

/// A reader who gets a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Who.
    pub subscriber: SubscriberId,
    /// Frozen: a later change of address does not reach this send.
    pub address: EmailAddress,
    /// Frozen.
    pub name: String,
    /// The number of the cut.
    pub cut: u32,
}

/// A part of an audience.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AudiencePage {
    /// Cuts that no page before had.
    pub cuts: Vec<Cut>,
    /// Those who get a message.
    pub recipients: Vec<Recipient>,
    /// Those who do not, and why.
    pub excluded: Vec<(SubscriberId, Exclusion)>,
}

/// How large an audience is. `candidates` = `recipients` + `excluded`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Subscriptions looked at.
    pub candidates: u64,
    /// Those who get a message.
    pub recipients: u64,
    /// Those who do not.
    pub excluded: u64,
}

/// A send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendRow {
    /// Its id.
    pub id: SendId,
    /// What is sent.
    pub edition: EditionId,
    /// The edition's digest.
    pub digest: Slug,
    /// Which edition.
    pub key: EditionKey,
    /// Where it is in its life.
    pub status: SendStatus,
    /// SHA-256 of the signed-off text that is sent, in hexadecimal.
    pub content_sha256: String,
    /// Its audience.
    pub counts: Counts,
    /// Nothing goes out before this moment; `None` until it is released.
    pub due_at: Option<i64>,
    /// Who began to prepare it.
    pub prepared_by: String,
    /// When the audience was complete.
    pub prepared_at: Option<i64>,
    /// Who let it go.
    pub released_by: Option<String>,
    /// When.
    pub released_at: Option<i64>,
    /// Why it is stopped; empty while it is not.
    pub stop_reason: String,
    /// When preparing began.
    pub created_at: i64,
    /// When its status last changed.
    pub updated_at: i64,
}

/// A step somebody took with a send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendEvent {
    /// When.
    pub at: i64,
    /// What was done.
    pub step: SendStep,
    /// By whom; "pulse" where it happened by itself.
    pub who: String,
    /// Why; empty where no reason is needed.
    pub reason: String,
}

/// How a send is going.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendReport {
    /// The send.
    pub send: SendRow,
    /// Rows in each status, where there are any.
    pub statuses: Vec<(DeliveryStatus, u64)>,
    /// Why candidates are no recipients.
    pub exclusions: Vec<(Exclusion, u64)>,
    /// What servers said, the most frequent first.
    pub replies: Vec<ReplyCount>,
    /// Messages that servers took in the last minute, counted in steps of ten seconds.
    pub sent_last_minute: u64,
}

/// How often servers gave one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplyCount {
    /// What became of the row by it.
    pub status: DeliveryStatus,
    /// 250, 451, …
    pub code: u16,
    /// Enhanced status code; empty where there was none.
    pub enhanced: String,
    /// How often.
    pub number: u64,
}

/// A row that this node may work on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The row.
    pub id: DeliveryId,
    /// Whose; for the reader's tokens.
    pub subscriber: SubscriberId,
    /// Where to.
    pub address: EmailAddress,
    /// What to call the reader.
    pub name: String,
    /// What to send.
    pub cut: u32,
    /// Attempts that came to an end.
    pub attempt_count: u32,
    /// When the first of them ended.
    pub first_tried_at: Option<i64>,
}

/// What became of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The row.
    pub id: DeliveryId,
    /// What became of it.
    pub end: End,
    /// What the server said.
    pub reply: Reply,
}

/// What became of a row. A row that was marked counts an attempt, except with the last three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A server took it.
    Sent,
    /// Later. Of a row that was not marked: not now, because its server needs rest.
    Deferred {
        /// Not before this moment.
        until: i64,
    },
    /// It will not get there.
    Failed,
    /// The connection was lost after the end of the message.
    Uncertain,
    /// It was not tried after all; another node may at once.
    NotTried,
    /// It was not tried, because its turn comes later: there are more for its domain than may be sent now.
    PutOff {
        /// Not before this moment.
        until: i64,
    },
    /// It must not be tried.
    Suppressed,
}

/// What [`Store::record`](crate::Store::record) did not do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Marks refused: the reader left, the send is not released, or the row is another node's by now. These messages must
    /// not be sent.
    pub refused_marks: Vec<DeliveryId>,
    /// Results refused: the row is another node's by now, or has come to its end.
    pub refused_results: Vec<DeliveryId>,
}

/// What to do with rows that may or may not have arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uncertain {
    /// Nobody gets a message twice; somebody may get none.
    Leave,
    /// Everybody gets one; somebody may get it twice.
    Repeat {
        /// Not before this moment.
        at: i64,
    },
}

/// A delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its id.
    pub id: DeliveryId,
    /// Of which send.
    pub send: SendId,
    /// Whose; `None` once the reader is erased.
    pub subscriber: Option<SubscriberId>,
    /// As it was when the audience was frozen; empty once the reader is erased.
    pub address: String,
    /// As the address.
    pub name: String,
    /// What is sent.
    pub cut: u32,
    /// Where it is.
    pub status: DeliveryStatus,
    /// Not attempted before this moment.
    pub due_at: i64,
    /// Attempts that came to an end.
    pub attempt_count: u32,
    /// The server's last answer.
    pub reply: Reply,
    /// When a server took it.
    pub sent_at: Option<i64>,
}

/// An attempt that did not succeed at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// When it ended.
    pub at: i64,
    /// What became of the row by it.
    pub status: DeliveryStatus,
    /// What the server said.
    pub reply: Reply,
}

/// Which deliveries to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Those in this status.
    pub status: Option<DeliveryStatus>,
    /// Those with this in their address, whatever the case of its ASCII letters.
    pub address: Option<String>,
}

/// A line of what a reader was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// Of which digest.
    pub digest: Slug,
    /// Which edition.
    pub key: EditionKey,
    /// The reader's row.
    pub delivery: DeliveryRow,
}

/// What was done about rows that nodes left behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Rows that were being sent when their node stopped, and are uncertain now.
    pub lost: u64,
    /// Uncertain rows that are queued again.
    pub repeated: u64,
}
