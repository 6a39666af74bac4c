//! Seeds: addresses that are no reader's and get the largest cut of each send too, to see where it arrives.
//!
//! Each has a row of its own beside the send, which says `sending` before its message goes out. So each gets one at the most, whatever
//! breaks; a machine that dies in between leaves that one out. Seeds never stop a send, and nothing about them is counted in it.

use pulse_deliver::smtp::Verdict;
use pulse_model::ids::SubscriberId;
use pulse_model::{Digest, EmailAddress};
use pulse_store::{Seed, SeedEnd, SendId, StoredCut};

use super::run::Worker;
use super::template::{Recipient, Templates};
use super::trial::nobody;
use crate::error::JobError;
use crate::line::{Line, Refused};

/// The seeds of a send, until they have been dealt with.
pub(super) struct Seeds {
    addresses: Vec<EmailAddress>,
    /// The largest; none where a send has no readers.
    cut: Option<u32>,
    are_done: bool,
}

impl Seeds {
    pub(super) fn of(digest: &Digest, cuts: &[StoredCut]) -> Self {
        // The first of several that are equal.
        let largest = cuts.iter().rev().max_by_key(|cut| cut.reader_count);
        Self { addresses: digest.sender.seeds.clone(), cut: largest.map(|cut| cut.cut.number), are_done: false }
    }

    /// Sends what seeds have not got, once the send is due. What fails is logged: readers do not wait for it.
    pub(super) async fn send(&mut self, worker: &Worker, send: SendId, templates: &Templates<'_>) {
        let Some(cut) = self.cut.filter(|_| !self.are_done && !self.addresses.is_empty()) else { return };
        let now = (worker.clock)();
        match worker.store.send(send).await {
            Ok(Some(row)) if row.due_at.is_some_and(|due_at| due_at <= now) => {
                self.are_done = true;
                if let Err(error) = self.work(worker, send, templates, cut).await {
                    tracing::warn!(%send, error = &error as &dyn std::error::Error, "the seeds did not get it");
                }
            }
            // Not yet; and a database that is away is the send's to deal with.
            _ => {}
        }
    }

    async fn work(&self, worker: &Worker, send: SendId, templates: &Templates<'_>, cut: u32) -> Result<(), JobError> {
        let Worker { store, post, clock, .. } = worker;
        let row = store.send(send).await?.ok_or(JobError::NoSuchSend { send })?;
        let hashes: Vec<_> = self.addresses.iter().map(|address| post.keys.suppression_hash(address)).collect();
        let suppressed = store.suppressed(&row.digest, &hashes).await?;
        let allowed: Vec<EmailAddress> =
            self.addresses.iter().zip(&hashes).filter(|(_, hash)| !suppressed.contains(hash)).map(|(address, _)| address.clone()).collect();
        let mut line = Line::new(post);
        for Seed { id, address } in store.add_seeds(send, &allowed, (clock)()).await? {
            let now = (clock)();
            // Its links belong to nobody.
            let recipient = Recipient { delivery: id, subscriber: SubscriberId(nobody()), address: &address, name: "", cut };
            let message = templates.message(post, &recipient, now)?;
            if !store.mark_seed(id, now).await? {
                continue;
            }
            let passed = line.pass(&id.to_string(), &message.filled, &message.envelope).await;
            let (end, said) = match &passed {
                Ok(reply) => (SeedEnd::Sent, reply.text.clone()),
                Err(refused) => (end_of(refused), refused.said().text),
            };
            store.end_seed(id, end, &said, (clock)()).await?;
            if passed.is_err_and(|refused| refused.is_for_all()) {
                // The next would wait as long for nothing, and readers wait behind it.
                break;
            }
        }
        line.close().await;
        Ok(())
    }
}

/// What a refusal means for the row: another time is when the send is run again.
fn end_of(refused: &Refused) -> SeedEnd {
    match refused.verdict() {
        Verdict::Accepted | Verdict::Uncertain => SeedEnd::Sent,
        Verdict::DeadAddress | Verdict::Rejected | Verdict::FullMailbox { is_passing: false } => SeedEnd::Failed,
        Verdict::Deferred(_) | Verdict::FullMailbox { is_passing: true } | Verdict::OurFault => SeedEnd::Queued,
    }
}
