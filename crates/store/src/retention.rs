//! Operations that clear what has been kept long enough, each in batches of one short transaction.
//!
//! What must hold: a send under way is not touched; lines of the suppression list are never cleared; a reader is only forgotten
//! with a line on that list, where one is given. Not here: how long anything is kept.

use pulse_model::Slug;
use pulse_model::subscriber::State;

use crate::{Aged, Cleared, Clearing, DeliveryId, Lapsed, NewSuppression, SendId, Store, StoreError, SubscriberId};

impl Store {
    /// Clears up to 1,000 rows that are older than `before`; the next batch begins behind `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clear_aged(&self, what: Aged, before: i64, after: Option<&str>, limit: u32, clearing: Clearing) -> Result<Cleared, StoreError> {
        ask!(self, retention::aged(what, before, after, limit, clearing), "clear what is old")
    }

    /// Sends that ended before a moment and whose rows still have addresses, the oldest first.
    ///
    /// # Errors
    /// When the database fails, or holds what Pulse did not write.
    pub async fn sends_to_clear(&self, before: i64) -> Result<Vec<SendId>, StoreError> {
        ask!(self, retention::sends(before), "look for sends that ended long ago")
    }

    /// Takes address, name and servers' words out of up to 1,000 rows of a send that has ended. After the last batch the send is
    /// noted as cleared. Nothing happens to a send that has not ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clear_deliveries(&self, send: SendId, after: Option<DeliveryId>, limit: u32, clearing: Clearing, now: i64) -> Result<Cleared, StoreError> {
        ask!(self, retention::deliveries(send, after, limit, clearing, now), "clear the deliveries of send {send}")
    }

    /// Readers of a digest who have been in a state since before a moment and were sent no message to confirm since, by id; a page has
    /// at most 1,000. None while a send of the digest is under way.
    ///
    /// # Errors
    /// [`StoreError::NoDigest`]; as [`Store::sends_to_clear`].
    pub async fn lapsed(&self, digest: &Slug, state: State, before: i64, after: Option<SubscriberId>, limit: u32) -> Result<Vec<Lapsed>, StoreError> {
        ask!(self, retention::lapsed(digest, state, before, after, limit), "look for readers of {digest} who are gone")
    }

    /// Forgets up to 500 readers of a digest in one transaction: their subscription and what led to it, and whoever subscribes to
    /// nothing else altogether. Those who came back meanwhile stay. How many were forgotten.
    ///
    /// # Errors
    /// [`StoreError::NoDigest`]; [`StoreError::TooMany`]; or the database fails, and none is forgotten.
    pub async fn forget(
        &self,
        digest: &Slug,
        state: State,
        before: i64,
        readers: &[(SubscriberId, Option<NewSuppression>)],
        now: i64,
    ) -> Result<u64, StoreError> {
        ask!(self, retention::forget(digest, state, before, readers, now), "forget readers of {digest}")
    }
}
