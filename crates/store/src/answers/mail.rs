//! What any message has: leases, answers of servers; and notices, bounces and pace.

use crate::{BounceId, DeliveryId, NoticeId, SubscriberId};

/// Rows are a node's until a moment. A node that is gone by then loses them, and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease<'a> {
    /// The name of the node, no other's, and behind a slash what tells this run of it from the one before: "quay/7f3a". Then a
    /// node that is started while its old self is still at work takes its rows from it, and does not share them with it.
    pub node: &'a str,
    /// Longer than one message takes; RFC 5321 section 4.5.3.2.6 alone gives a server ten minutes to take it.
    pub until: i64,
}

/// What a server said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// 250, 451, …; `None` where there was no answer.
    pub code: Option<u16>,
    /// Enhanced status code, RFC 3463; empty where there was none.
    pub enhanced: String,
    /// Its words, or what went wrong; kept as one line of at most 500 characters.
    pub text: String,
    /// Who answered.
    pub relay: String,
}

/// A message to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNotice {
    /// What it is about: "confirmation".
    pub kind: String,
    /// Where to.
    pub address: pulse_model::EmailAddress,
    /// Of the message.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Not before this moment.
    pub due_at: i64,
    /// Whether the address, and what a server says of it, go with the body once the notice is sent or failed.
    pub forgets: bool,
}

/// What became of a notice to add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noticed {
    /// It waits for its turn.
    Queued(NoticeId),
    /// The address had one of its kind within 24 hours, and gets no other.
    TooSoon {
        /// When the last one was added.
        last_at: i64,
    },
}

/// A notice that this node may send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its id; stable, for the Message-ID.
    pub id: NoticeId,
    /// What it is about.
    pub kind: String,
    /// Where to.
    pub address: pulse_model::EmailAddress,
    /// Of the message.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// Attempts that came to an end.
    pub attempt_count: u32,
    /// When it was added.
    pub created_at: i64,
}

/// What became of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeEnd {
    /// A server took it.
    Sent,
    /// Later.
    Deferred {
        /// Not before this moment.
        until: i64,
    },
    /// It will not get there.
    Failed,
}

/// A message that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBounce {
    /// SHA-256 of the message, in hexadecimal.
    pub message_sha256: String,
    /// What it is about, where that is known.
    pub delivery: Option<DeliveryId>,
    /// What it means for the address, in one word: "hard", "soft", "complaint".
    pub class: String,
    /// Why, in one word; may be empty.
    pub reason: String,
    /// Whether the delivery did not arrive and will not; its row becomes `failed`.
    pub is_final: bool,
    /// Enhanced status code, RFC 3463; may be empty.
    pub status: String,
    /// The other server's words; kept as one line of at most 500 characters.
    pub words: String,
    /// Of the report; at most 4,000 characters of it are kept.
    pub excerpt: String,
}

/// What became of a bounce to add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounced {
    /// It is new.
    Added(BounceId),
    /// It had been read before; nothing was written.
    Known(BounceId),
}

/// A bounce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounce {
    /// Its id.
    pub id: BounceId,
    /// When it was read.
    pub at: i64,
    /// What it is about.
    pub delivery: Option<DeliveryId>,
    /// Whose, while the reader is there.
    pub subscriber: Option<SubscriberId>,
    /// Of which digest and edition that was, to tell several bounces of one edition from those of several.
    pub edition: Option<(pulse_model::Slug, pulse_model::EditionKey)>,
    /// What it means for the address.
    pub class: String,
    /// Why.
    pub reason: String,
    /// Enhanced status code.
    pub status: String,
    /// The other server's words.
    pub words: String,
    /// Of the report.
    pub excerpt: String,
}

/// How full a bucket is that fills with time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// What is in it.
    pub tokens: f64,
    /// When that was so.
    pub at: i64,
}
