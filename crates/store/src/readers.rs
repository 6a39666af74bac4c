//! Operations on readers and their subscriptions.

use std::collections::HashSet;

use pulse_model::subscriber::{ConsentEvent, State, SuppressionHash, Wording};
use pulse_model::{EmailAddress, Slug, Subscriber};

use crate::{
    Added, AddressChange, AddressChangeId, Invited, Known, NewInvitation, NewNotice, NewReader, NewSuppression, Preferences, Reader, Store, StoreError,
    StoredSubscriber, SubscriberId, SubscriberRow, Suppression, SuppressionId,
};

impl Store {
    /// Adds up to 500 readers to a digest in one transaction, and says of each, in their order, what became of it. A reader
    /// whose address is suppressed, who left, or who complained is not added, unless by a consent given since; see
    /// [`Refusal`](crate::Refusal).
    ///
    /// # Errors
    /// [`StoreError::NoDigest`]; [`StoreError::TooMany`]; or the database fails, and none is added.
    pub async fn add_readers(&self, digest: &Slug, rows: &[NewReader], known: Known, now: i64) -> Result<Vec<Added>, StoreError> {
        ask!(self, add::add(digest, rows, known, true, now), "add readers to {digest}")
    }

    /// What [`Store::add_readers`] would say of the same rows; nothing is kept. The ids of readers who are not there are
    /// nobody's.
    ///
    /// # Errors
    /// As [`Store::add_readers`].
    pub async fn try_readers(&self, digest: &Slug, rows: &[NewReader], known: Known, now: i64) -> Result<Vec<Added>, StoreError> {
        ask!(self, add::add(digest, rows, known, false, now), "try to add readers to {digest}")
    }

    /// A reader with all subscriptions and what led to them.
    ///
    /// # Errors
    /// When the database fails, or holds what Pulse did not write.
    pub async fn subscriber(&self, id: SubscriberId) -> Result<Option<StoredSubscriber>, StoreError> {
        ask!(self, subscriber::get(id), "read subscriber {id}")
    }

    /// The reader whose address has this [key](pulse_model::EmailAddress::key).
    ///
    /// # Errors
    /// As [`Store::subscriber`].
    pub async fn subscriber_by_key(&self, address_key: &str) -> Result<Option<SubscriberId>, StoreError> {
        ask!(self, subscriber::by_key(address_key), "look for a subscriber")
    }

    /// Readers with `text` in address or name, by id; empty finds all. A page has at most 1,000; the next begins behind its
    /// last id.
    ///
    /// # Errors
    /// As [`Store::subscriber`].
    pub async fn search_subscribers(&self, text: &str, after: Option<SubscriberId>, limit: u32) -> Result<Vec<SubscriberRow>, StoreError> {
        ask!(self, subscriber::search(text, after, limit), "search the subscribers")
    }

    /// Readers of a digest, in one state or all, by id; pages as [`Store::search_subscribers`].
    ///
    /// # Errors
    /// As [`Store::subscriber`]; [`StoreError::NoDigest`].
    pub async fn readers(&self, digest: &Slug, state: Option<State>, after: Option<SubscriberId>, limit: u32) -> Result<Vec<Reader>, StoreError> {
        ask!(self, subscriber::readers(digest, state, after, limit), "list the readers of {digest}")
    }

    /// How many readers of a digest are in each state.
    ///
    /// # Errors
    /// As [`Store::readers`].
    pub async fn count_readers(&self, digest: &Slug) -> Result<Vec<(State, u64)>, StoreError> {
        ask!(self, subscriber::count(digest), "count the readers of {digest}")
    }

    /// Changes what a reader is called and where the reader is written to. Messages of a send whose audience is frozen
    /// still go to the old address. `suppression` stands for the new one.
    ///
    /// # Errors
    /// [`StoreError::NoSubscriber`]; [`StoreError::AddressTaken`]; [`StoreError::Suppressed`]; or the database fails.
    pub async fn change_subscriber(&self, id: SubscriberId, to: &Subscriber, suppression: SuppressionHash, now: i64) -> Result<(), StoreError> {
        ask!(self, subscriber::change(id, to, suppression, now), "change subscriber {id}")
    }

    /// Notes that a reader wants to be written to at another address, once somebody says yes from there. Asking for the same
    /// again gives the same id. What was asked up to `expired_at` is forgotten.
    ///
    /// # Errors
    /// [`StoreError::NoSubscriber`]; or the database fails.
    pub async fn ask_to_move(&self, id: SubscriberId, to: &EmailAddress, expired_at: i64, now: i64) -> Result<AddressChangeId, StoreError> {
        ask!(self, address_change::ask(id, to, expired_at, now), "note where subscriber {id} moves")
    }

    /// Where a reader wants to be written to; `None` where that was forgotten, done, or the reader asked for something else since.
    ///
    /// # Errors
    /// As [`Store::subscriber`].
    pub async fn address_change(&self, id: AddressChangeId) -> Result<Option<AddressChange>, StoreError> {
        ask!(self, address_change::get(id), "read where a subscriber moves")
    }

    /// Moves a reader, and notes it in the audit log and, where the subscription to `digest` is active, as `event` of it.
    /// `suppression` stands for the new address. `false` where [`Store::address_change`] is `None`.
    ///
    /// # Errors
    /// As [`Store::change_subscriber`].
    pub async fn make_address_change(
        &self,
        id: AddressChangeId,
        suppression: SuppressionHash,
        digest: &Slug,
        event: &ConsentEvent,
        now: i64,
    ) -> Result<bool, StoreError> {
        ask!(self, address_change::make(id, suppression, (digest, event), now), "move a subscriber")
    }

    /// Adds `message` to somebody whom a reader wants to be invited, unless [`Invited`] says otherwise. Who asked is known for
    /// 24 hours.
    ///
    /// # Errors
    /// [`StoreError::NoDigest`]; [`StoreError::NoSubscriber`]; or the database fails.
    pub async fn invite(&self, invitation: &NewInvitation, message: &NewNotice, now: i64) -> Result<Invited, StoreError> {
        ask!(self, invitation::invite(invitation, message, now), "invite somebody to {}", invitation.digest)
    }

    /// Where a reader asked to be written to and has not said yes from, with when it was asked; the oldest first.
    ///
    /// # Errors
    /// As [`Store::subscriber`].
    pub async fn asked_moves(&self, id: SubscriberId) -> Result<Vec<(EmailAddress, i64)>, StoreError> {
        ask!(self, address_change::of_reader(id), "read where subscriber {id} moves")
    }

    /// When a reader had somebody invited, as far as that is known; the oldest first.
    ///
    /// # Errors
    /// As [`Store::subscriber`].
    pub async fn invitations_by(&self, id: SubscriberId) -> Result<Vec<i64>, StoreError> {
        ask!(self, invitation::of_reader(id), "read what subscriber {id} had sent")
    }

    /// Forgets moves that were asked up to a moment, invitations up to another, and who asked for them where that is 24 hours ago.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_moves_and_invitations(&self, moves_until: i64, invited_until: i64, now: i64) -> Result<(), StoreError> {
        ask!(self, invitation::forget_old(moves_until, invited_until, now), "forget old moves and invitations")
    }

    /// Takes a reader out of every table, at once. Deliveries stay, without address and name, for the counts. With `suppress`
    /// the address goes on the suppression list in the same transaction. Complaints about personal data stay as they are.
    ///
    /// # Errors
    /// [`StoreError::NoSubscriber`]; or the database fails, and nothing is erased.
    pub async fn erase_subscriber(&self, id: SubscriberId, suppress: Option<&NewSuppression>, now: i64) -> Result<(), StoreError> {
        ask!(self, suppress::erase(id, suppress, now), "erase subscriber {id}")
    }

    /// Takes a step with a subscription and records it. Leaving, complaining and bouncing also take what waits for the reader
    /// out of the digest's sends. What changes nothing is recorded once.
    ///
    /// # Errors
    /// [`StoreError::NoSubscription`]; [`StoreError::Subscription`] where the rules of [`State::after`] refuse;
    /// [`StoreError::NoBasis`]; [`StoreError::TooEarly`]; or the database fails.
    pub async fn step_subscription(&self, id: SubscriberId, digest: &Slug, event: &ConsentEvent, now: i64) -> Result<State, StoreError> {
        ask!(self, consent::step(id, digest, event, now), "{} subscriber {id} of {digest}", event.step)
    }

    /// Keeps what a reader chose.
    ///
    /// # Errors
    /// [`StoreError::NoSubscription`]; or the database fails.
    pub async fn set_preferences(&self, id: SubscriberId, digest: &Slug, to: &Preferences, now: i64) -> Result<(), StoreError> {
        ask!(self, consent::set_preferences(id, digest, to, now), "save what subscriber {id} wants of {digest}")
    }

    /// The version of these words: the one they have, or a new one.
    ///
    /// # Errors
    /// [`StoreError::NoDigest`]; or the database fails.
    pub async fn put_wording(&self, digest: &Slug, text: &str, now: i64) -> Result<Wording, StoreError> {
        ask!(self, consent::put_wording(digest, text, now), "save the words that readers of {digest} agree to")
    }

    /// Every version of the words, the oldest first.
    ///
    /// # Errors
    /// As [`Store::readers`].
    pub async fn wordings(&self, digest: &Slug) -> Result<Vec<Wording>, StoreError> {
        ask!(self, consent::wordings(digest), "read the words that readers of {digest} agree to")
    }

    /// Puts an address on the suppression list. Whether it was not there yet; if it was, the line stays as it is. The reader who has
    /// the address, if there is one, is not known here: a [step](Store::step_subscription) takes the reader out of sends under way.
    ///
    /// # Errors
    /// [`StoreError::NoDigest`]; or the database fails.
    pub async fn add_suppression(&self, suppression: &NewSuppression, now: i64) -> Result<bool, StoreError> {
        ask!(self, suppression::add(suppression, now), "add to the suppression list")
    }

    /// Takes an address off the suppression list of a digest, or of all. The audit log says who did it and why.
    ///
    /// # Errors
    /// [`StoreError::NoSuppression`]; [`StoreError::Needs`] a name and a reason; or the database fails.
    pub async fn remove_suppression(&self, hash: SuppressionHash, digest: Option<&Slug>, who: &str, reason: &str, now: i64) -> Result<(), StoreError> {
        ask!(self, suppression::remove(hash, digest, who, reason, now), "take an address off the suppression list")
    }

    /// Those of `hashes` that are suppressed for a digest, by a line of its own or one for all. A line that says only that the reader
    /// left keeps lists from bringing the address back ([`Store::add_readers`]), and nothing from a reader who consented since.
    ///
    /// # Errors
    /// As [`Store::readers`].
    pub async fn suppressed(&self, digest: &Slug, hashes: &[SuppressionHash]) -> Result<HashSet<SuppressionHash>, StoreError> {
        ask!(self, suppression::contains(digest, hashes), "read the suppression list")
    }

    /// The suppression list, the newest first; the next page is before the last id.
    ///
    /// # Errors
    /// As [`Store::subscriber`].
    pub async fn suppressions(&self, before: Option<SuppressionId>, limit: u32) -> Result<Vec<Suppression>, StoreError> {
        ask!(self, suppression::list(before, limit), "read the suppression list")
    }
}
