//! What belongs to a digest's sender.

use pulse_model::{EmailAddress, Month};

use crate::DeliveryId;

/// A copy of a send for an address that is no reader's, which waits for its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// For its Message-ID; stable.
    pub id: DeliveryId,
    /// Where to.
    pub address: EmailAddress,
}

/// What became of a seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeedEnd {
    /// A server took it, or may have.
    Sent,
    /// It did not go out, and may another time.
    Queued,
    /// It never will.
    Failed,
}

/// The address that a digest's messages come from changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SenderChange {
    /// What it was when the change was announced.
    pub old_address: EmailAddress,
    /// What it will be.
    pub new_address: EmailAddress,
    /// Where bounces come back to from then on; empty for the domain of the new address.
    pub return_domain: String,
    /// The domain of the List-Id, which stays.
    pub list_domain: String,
    /// Of the first edition that comes from the new address.
    pub from: Month,
    /// Who announced it.
    pub announced_by: String,
    /// When; set by the store.
    pub announced_at: i64,
}
