//! What tokens are for, and what they are about.

use pulse_model::ids::{DeliveryId, DigestId, SubscriberId};
use uuid::Uuid;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What a token is for. One made for one purpose never serves another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Leaves a digest with one click (RFC 8058). Good for years.
    Unsubscribe,
    /// Opens a reader's choice of sectors.
    Preferences,
    /// Says yes to a subscription. Expires.
    Confirm,
    /// Moves a reader to a new address; sent to the new one. Expires.
    ChangeAddress,
    /// Opens the complaint form for a reader.
    Complaint,
    /// Invites somebody to an account. Expires.
    Invitation,
    /// The return path of one delivery (VERP). Stands in an address.
    Bounce,
    /// Leaves a digest by mail. Stands in an address. Good for years.
    UnsubscribeByMail,
}

impl Purpose {
    /// All there are.
    pub const ALL: [Self; 8] =
        [Self::Unsubscribe, Self::Preferences, Self::Confirm, Self::ChangeAddress, Self::Complaint, Self::Invitation, Self::Bounce, Self::UnsubscribeByMail];

    /// Its name. What is signed begins with it, so it never changes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsubscribe => "unsubscribe",
            Self::Preferences => "preferences",
            Self::Confirm => "confirm",
            Self::ChangeAddress => "change-address",
            Self::Complaint => "complaint",
            Self::Invitation => "invitation",
            Self::Bounce => "bounce",
            Self::UnsubscribeByMail => "unsubscribe-by-mail",
        }
    }

    /// How long a token of this purpose is good for, in milliseconds; `None` for one that does not expire.
    pub fn lifetime_ms(self) -> Option<i64> {
        match self {
            Self::Confirm | Self::Invitation => Some(7 * DAY_MS),
            Self::ChangeAddress => Some(2 * DAY_MS),
            _ => None,
        }
    }

    /// Whether a retired key still speaks for it. A reader must be able to leave with a message of years ago, and leaving
    /// is the one thing a key in wrong hands may do.
    pub(super) fn outlives_its_key(self) -> bool {
        matches!(self, Self::Unsubscribe | Self::UnsubscribeByMail)
    }
}

/// What stands in front of the `+` of an address that Pulse reads mail at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mailbox {
    /// `bounce+…`: what comes back.
    Bounce,
    /// `leave+…`: readers who leave by mail.
    Leave,
}

impl Mailbox {
    /// The word before the `+`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::Leave => "leave",
        }
    }

    pub(super) fn purpose(self) -> Purpose {
        match self {
            Self::Bounce => Purpose::Bounce,
            Self::Leave => Purpose::UnsubscribeByMail,
        }
    }
}

/// Whom or what a token is about: one id, or one within another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// A subscriber, a delivery, an invitation.
    pub id: Uuid,
    /// The digest, or the change that is waiting, where there is one.
    pub within: Option<Uuid>,
}

impl Subject {
    /// A reader of one digest.
    pub fn reader(subscriber: SubscriberId, digest: DigestId) -> Self {
        Self { id: subscriber.0, within: Some(digest.0) }
    }

    /// One reader's row in a send.
    pub fn delivery(delivery: DeliveryId) -> Self {
        Self { id: delivery.0, within: None }
    }

    pub(super) fn write(self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(self.id.as_bytes());
        self.within.iter().for_each(|within| bytes.extend_from_slice(within.as_bytes()));
    }

    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (id, rest) = bytes.split_first_chunk()?;
        let within = if rest.is_empty() { None } else { Some(Uuid::from_bytes(rest.try_into().ok()?)) };
        Some(Self { id: Uuid::from_bytes(*id), within })
    }
}
