//! Operations on what belongs to a digest's sender.

use pulse_model::{EmailAddress, Slug};

use crate::{DeliveryId, Seed, SeedEnd, SendId, SenderChange, Store, StoreError};

impl Store {
    /// Gives a send a row for each of up to 100 seeds that has none yet, and answers those that wait for their turn.
    ///
    /// # Errors
    /// [`StoreError::TooMany`]; or the database fails.
    pub async fn add_seeds(&self, send: SendId, addresses: &[EmailAddress], now: i64) -> Result<Vec<Seed>, StoreError> {
        ask!(self, sender::add_seeds(send, addresses, now), "add the seeds of send {send}")
    }

    /// Notes that a seed is about to go out. `false`: it must not, because another node was faster. From then on it never goes out
    /// again, unless [`Store::end_seed`] says that it did not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_seed(&self, id: DeliveryId, now: i64) -> Result<bool, StoreError> {
        ask!(self, sender::mark_seed(id, now), "mark seed {id}")
    }

    /// Notes what became of a seed that was marked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_seed(&self, id: DeliveryId, end: SeedEnd, said: &str, now: i64) -> Result<(), StoreError> {
        ask!(self, sender::end_seed(id, end, said, now), "record seed {id}")
    }

    /// The change of a digest's address, announced or done.
    ///
    /// # Errors
    /// When the database fails, or holds what Pulse did not write.
    pub async fn sender_change(&self, digest: &Slug) -> Result<Option<SenderChange>, StoreError> {
        ask!(self, sender::change(digest), "read the new address of {digest}")
    }

    /// Keeps a change of a digest's address in the place of any before it, with a line of the audit log.
    ///
    /// # Errors
    /// [`StoreError::NoDigest`]; [`StoreError::Needs`] a name; or the database fails.
    pub async fn announce_sender(&self, digest: &Slug, change: &SenderChange, now: i64) -> Result<(), StoreError> {
        ask!(self, sender::announce(digest, change, now), "announce the new address of {digest}")
    }

    /// Takes a change of a digest's address back, with a line of the audit log; `false` where there is none.
    ///
    /// # Errors
    /// [`StoreError::NoDigest`]; [`StoreError::Needs`] a name; or the database fails.
    pub async fn cancel_sender(&self, digest: &Slug, who: &str, now: i64) -> Result<bool, StoreError> {
        ask!(self, sender::cancel(digest, who, now), "take back the new address of {digest}")
    }
}
