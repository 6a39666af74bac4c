//! Operations on sends and their deliveries.
//!
//! A send goes: [`begin_send`](Store::begin_send), [`add_audience`](Store::add_audience) for each page,
//! [`finish_prepare`](Store::finish_prepare), [`release_send`](Store::release_send); then nodes [`claim`](Store::claim) rows and
//! [`record`](Store::record) what goes out and what became of it; at last [`finish_send`](Store::finish_send).
//!
//! What a node must keep to: no message goes out whose mark was not recorded. Then a node that dies leaves each row either
//! `queued`, and it did not go out, or `sending`, and it may have; nothing is lost or sent twice but what
//! [`settle`](Store::settle) is told to repeat.
//!
//! Times are compared with the `now` that is passed in. A clock that is put back makes rows wait longer by as much, and loses
//! none: what waits for more than a week ahead is taken for due by [`settle`](Store::settle).

use pulse_model::delivery::{Exclusion, SendStatus, SendStep};

use crate::{
    Attempt, AudiencePage, Claimed, DeliveryFilter, DeliveryId, DeliveryRow, EditionId, HistoryRow, Lease, Outcome, Recorded, SendEvent, SendId, SendReport,
    SendRow, Settled, Store, StoreError, StoredCut, SubscriberId, Uncertain,
};

impl Store {
    /// Begins to prepare a send of an edition that is signed off or published, with the text that was signed off. An edition
    /// has one live send, whoever else begins one in the same moment.
    ///
    /// # Errors
    /// [`StoreError::SendUnderWay`]; [`StoreError::NotSignedOff`]; [`StoreError::NotWhatWasSigned`]; [`StoreError::NoEdition`];
    /// [`StoreError::Needs`] a name; or the database fails.
    pub async fn begin_send(&self, edition: EditionId, who: &str, now: i64) -> Result<SendId, StoreError> {
        ask!(self, send::begin(edition, who, now), "prepare a send of edition {edition}")
    }

    /// Adds up to 5,000 candidates to a send that is being prepared. A recipient who got this very text by an earlier send of the
    /// edition, or may have, is excluded instead. Whoever is there already makes the whole page fail, and so does whoever has been
    /// erased since; then the send is to be cancelled and prepared again.
    ///
    /// # Errors
    /// [`StoreError::Frozen`]; [`StoreError::NoCut`]; [`StoreError::TooMany`]; [`StoreError::NoSend`]; or the database fails.
    pub async fn add_audience(&self, send: SendId, page: &AudiencePage, now: i64) -> Result<(), StoreError> {
        ask!(self, audience::add(send, page, now), "add to the audience of send {send}")
    }

    /// Freezes the audience, when each of the candidates looked at is either a recipient or excluded.
    ///
    /// # Errors
    /// [`StoreError::Counts`]; [`StoreError::Frozen`]; [`StoreError::NoSend`]; or the database fails.
    pub async fn finish_prepare(&self, send: SendId, candidates: u64, who: &str, now: i64) -> Result<(), StoreError> {
        ask!(self, audience::finish(send, candidates, who, now), "finish preparing send {send}")
    }

    /// Lets a prepared send go, at `due_at` or at once. Refused where the edition is no longer signed off with that very text.
    ///
    /// # Errors
    /// [`StoreError::SendStep`]; [`StoreError::NotSignedOff`]; [`StoreError::NotWhatWasSigned`]; [`StoreError::NoSend`];
    /// [`StoreError::Needs`] a name; or the database fails.
    pub async fn release_send(&self, send: SendId, due_at: i64, who: &str, now: i64) -> Result<SendStatus, StoreError> {
        ask!(self, send::release(send, due_at, who, now), "release send {send}")
    }

    /// Pauses, resumes, stops or cancels. No message is marked after this has answered; those marked before may still go out.
    /// Stopping and cancelling need a reason.
    ///
    /// # Errors
    /// [`StoreError::SendStep`], also for steps that have operations of their own; [`StoreError::NoSend`];
    /// [`StoreError::Needs`]; or the database fails.
    pub async fn step_send(&self, send: SendId, step: SendStep, who: &str, reason: &str, now: i64) -> Result<SendStatus, StoreError> {
        ask!(self, send::step(send, step, who, reason, now), "{step} send {send}")
    }

    /// Finishes a released send of which nothing waits, is being sent, or is to be repeated; whether that was so.
    ///
    /// # Errors
    /// [`StoreError::SendStep`]; [`StoreError::NoSend`]; or the database fails.
    pub async fn finish_send(&self, send: SendId, uncertain: Uncertain, now: i64) -> Result<bool, StoreError> {
        ask!(self, send::finish(send, uncertain, now), "finish send {send}")
    }

    /// A send.
    ///
    /// # Errors
    /// When the database fails, or holds what Pulse did not write.
    pub async fn send(&self, send: SendId) -> Result<Option<SendRow>, StoreError> {
        ask!(self, send::get(send), "read send {send}")
    }

    /// Sends of one edition, or all; the newest first.
    ///
    /// # Errors
    /// As [`Store::send`].
    pub async fn sends(&self, edition: Option<EditionId>) -> Result<Vec<SendRow>, StoreError> {
        ask!(self, send::list(edition), "list the sends")
    }

    /// Sends to work on: released and due.
    ///
    /// # Errors
    /// As [`Store::send`].
    pub async fn due_sends(&self, now: i64) -> Result<Vec<SendId>, StoreError> {
        ask!(self, send::due(now), "look for sends that are due")
    }

    /// The steps taken with a send, in their order.
    ///
    /// # Errors
    /// As [`Store::send`].
    pub async fn send_events(&self, send: SendId) -> Result<Vec<SendEvent>, StoreError> {
        ask!(self, send::events(send), "read the events of send {send}")
    }

    /// How a send is going. Reads counts that are kept beside the rows, however many these are.
    ///
    /// # Errors
    /// [`StoreError::NoSend`]; as [`Store::send`].
    pub async fn send_report(&self, send: SendId, now: i64) -> Result<SendReport, StoreError> {
        ask!(self, send::report(send, now), "report on send {send}")
    }

    /// What each group of readers gets.
    ///
    /// # Errors
    /// As [`Store::send`].
    pub async fn cuts(&self, send: SendId) -> Result<Vec<StoredCut>, StoreError> {
        ask!(self, delivery::cuts(send), "read what send {send} holds")
    }

    /// Candidates who get nothing, by id; a page has at most 1,000.
    ///
    /// # Errors
    /// As [`Store::send`].
    pub async fn exclusions(&self, send: SendId, after: Option<SubscriberId>, limit: u32) -> Result<Vec<(SubscriberId, Exclusion)>, StoreError> {
        ask!(self, delivery::exclusions(send, after, limit), "list whom send {send} leaves out")
    }

    /// Gives a node up to 1,000 rows that are due and nobody's; none while the send is not released or not due. They stay `queued`
    /// or `deferred`, and are given to nobody else until the lease is over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim(&self, send: SendId, lease: Lease<'_>, limit: u32, now: i64) -> Result<Vec<Claimed>, StoreError> {
        ask!(self, claim::claim(send, lease, limit, now), "claim deliveries of send {send}")
    }

    /// Marks rows as being sent, and writes what became of others, in one transaction of up to 2,000. A message may go out when
    /// this has answered and its mark is not among those refused. Marked rows are this node's until the lease is over.
    ///
    /// Asking again, when the answer got lost, is safe: a mark that was recorded is recorded again, a result that was recorded is
    /// refused.
    ///
    /// # Errors
    /// [`StoreError::TooMany`]; or the database fails, and no message may go out.
    pub async fn record(&self, lease: Lease<'_>, marks: &[DeliveryId], results: &[Outcome], now: i64) -> Result<Recorded, StoreError> {
        ask!(self, record::record(lease, marks, results, now), "record deliveries")
    }

    /// Gives back what a run of a node had claimed of a send and not marked. `run` is [`Lease::node`]. How many rows these were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_back(&self, send: SendId, run: &str) -> Result<u64, StoreError> {
        ask!(self, claim::give_back(send, run), "give back the deliveries of node {run}")
    }

    /// Takes over what earlier runs of a node left, which are known to be dead: what they had claimed is anybody's, and what they
    /// had marked becomes uncertain with the next [`settle`](Store::settle), without waiting for the lease. `node` is the part of
    /// [`Lease::node`] before the slash, `run` all of it. How many rows these were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_over(&self, node: &str, run: &str, now: i64) -> Result<u64, StoreError> {
        ask!(self, claim::take_over(node, run, now), "take over the deliveries of node {node}")
    }

    /// Looks after what nodes left behind, up to 1,000 rows at a time: what was being sent by a node whose lease is over becomes
    /// uncertain; what is uncertain is left, or queued again; and what a wrong clock put off for more than a week is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle(&self, uncertain: Uncertain, now: i64) -> Result<Settled, StoreError> {
        ask!(self, claim::settle(uncertain, now), "settle deliveries")
    }

    /// A delivery.
    ///
    /// # Errors
    /// As [`Store::send`].
    pub async fn delivery(&self, id: DeliveryId) -> Result<Option<DeliveryRow>, StoreError> {
        ask!(self, delivery::get(id), "read delivery {id}")
    }

    /// Deliveries of a send, by id; a page has at most 1,000, and the next begins behind its last id.
    ///
    /// # Errors
    /// As [`Store::send`].
    pub async fn deliveries(&self, send: SendId, filter: &DeliveryFilter, after: Option<DeliveryId>, limit: u32) -> Result<Vec<DeliveryRow>, StoreError> {
        ask!(self, delivery::list(send, filter, after, limit), "list the deliveries of send {send}")
    }

    /// The attempts of a delivery, but for one that succeeded at once.
    ///
    /// # Errors
    /// As [`Store::send`].
    pub async fn attempts(&self, id: DeliveryId) -> Result<Vec<Attempt>, StoreError> {
        ask!(self, delivery::attempts(id), "read the attempts of delivery {id}")
    }

    /// What a reader was sent, the newest first.
    ///
    /// # Errors
    /// As [`Store::send`].
    pub async fn history(&self, subscriber: SubscriberId, limit: u32) -> Result<Vec<HistoryRow>, StoreError> {
        ask!(self, delivery::history(subscriber, limit), "read what subscriber {subscriber} was sent")
    }
}
