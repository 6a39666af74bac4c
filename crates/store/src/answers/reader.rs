//! Readers and their subscriptions.

use pulse_model::subscriber::{Basis, ConsentEvent, Frequency, Sectors, State, SuppressionHash};
use pulse_model::{EmailAddress, Slug, Subscriber, Subscription};

use crate::SubscriberId;

/// A reader to add to a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReader {
    /// Who. The name is kept [as it can stand in a header](pulse_model::subscriber::clean_name).
    pub subscriber: Subscriber,
    /// What of the digest.
    pub sectors: Sectors,
    /// How often.
    pub frequency: Frequency,
    /// How it came to be: `subscribe` waits for the reader to confirm, `confirm` makes the subscription active at once,
    /// for readers who come with a ground. Its time is when the reader agreed, not when this is recorded.
    pub event: ConsentEvent,
    /// What the suppression list would hold of the address.
    pub suppression: SuppressionHash,
}

/// What to do with a reader who is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Take only what is missing: an empty name or language.
    Keep,
    /// Take name and language where the row has them, the choice of sectors and frequency, and the ground.
    Update,
}

/// What became of one row of readers to add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// The subscription is new.
    Added(SubscriberId),
    /// It was there and has changed.
    Updated(SubscriberId),
    /// It was there as it is.
    Unchanged(SubscriberId),
    /// Nothing was taken.
    Refused(Refusal),
}

/// Why a reader was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The address is on the suppression list, for this digest or all.
    Suppressed,
    /// The subscription had come to this end, and the reader has not consented since; after a complaint nothing helps.
    Ended(State),
    /// Nobody is written to without a ground.
    NoBasis,
    /// A contact gathered at that time cannot have this ground.
    TooEarly(Basis),
}

/// A reader with everything that is kept about the reader, but for what was sent ([`Store::history`](crate::Store::history)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSubscriber {
    /// Its id.
    pub id: SubscriberId,
    /// Address, name and language.
    pub subscriber: Subscriber,
    /// When it was added.
    pub created_at: i64,
    /// When address, name or language last changed.
    pub updated_at: i64,
    /// By digest.
    pub subscriptions: Vec<StoredSubscription>,
}

/// A subscription and what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSubscription {
    /// As it is now.
    pub subscription: Subscription,
    /// When the step was taken that led to its state.
    pub state_at: i64,
    /// On what ground the reader is written to, and since when; `None` while there is none.
    pub basis: Option<(Basis, i64)>,
    /// When it was added.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
    /// How it came to be so, in the order recorded.
    pub events: Vec<ConsentEvent>,
}

/// A line of a list of readers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriberRow {
    /// Its id.
    pub id: SubscriberId,
    /// Address, name and language.
    pub subscriber: Subscriber,
    /// The state of each subscription, by digest.
    pub states: Vec<(Slug, State)>,
}

/// A reader of one digest: what an audience is made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Its id.
    pub id: SubscriberId,
    /// Address, name and language.
    pub subscriber: Subscriber,
    /// To this digest.
    pub subscription: Subscription,
    /// When the step was taken that led to its state.
    pub state_at: i64,
    /// On what ground the reader is written to, and since when.
    pub basis: Option<(Basis, i64)>,
}

/// What a reader may choose of a subscription.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// What of the digest.
    pub sectors: Sectors,
    /// How often.
    pub frequency: Frequency,
    /// Nothing is sent before this moment.
    pub paused_until: Option<i64>,
}

/// Where a reader wants to be written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressChange {
    /// Who.
    pub reader: SubscriberId,
    /// The new address.
    pub address: EmailAddress,
}

/// Somebody whom a reader wants to be invited, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// To read what.
    pub digest: Slug,
    /// Who asks for it.
    pub by: SubscriberId,
    /// Stands for the address.
    pub hash: SuppressionHash,
    /// So many times a reader may ask within 24 hours.
    pub most_a_day: u32,
    /// An address that was invited after this moment is not invited again; what is older is forgotten.
    pub not_since: i64,
}

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invited {
    /// Its message waits for its turn.
    Queued,
    /// The address is suppressed, has or had a subscription, or was invited already.
    Refused,
    /// The reader asked too often.
    TooMany,
}
