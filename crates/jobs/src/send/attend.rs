//! Sees to it that every send that is due is worked on, as long as the program runs.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Duration;

use pulse_store::SendId;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Ending, Worker, run};
use crate::error::JobError;

/// How often it is looked whether a send has become due.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);
/// A send that could not be worked on is tried again after this long.
const REST_MS: i64 = 60_000;

/// Works on sends when they are due, several at the same time, until `halt` turns `true` and those under way have come to a halt.
/// What goes wrong with one of them is logged, and keeps no other.
pub async fn attend(worker: &Worker, mut halt: watch::Receiver<bool>) {
    let mut working = JoinSet::new();
    // Those under way, and by when those may be tried again that failed.
    let mut known: HashMap<SendId, i64> = HashMap::new();
    while !*halt.borrow() {
        let now = (worker.clock)();
        known.retain(|_, until| *until > now);
        match worker.store.due_sends(now).await {
            Ok(due) => {
                for send in due {
                    if let Entry::Vacant(place) = known.entry(send) {
                        place.insert(i64::MAX);
                        let (worker, halt) = (worker.clone(), halt.clone());
                        working.spawn(async move { (send, run(&worker, send, halt).await) });
                    }
                }
            }
            Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "it is not known which sends are due"),
        }
        tokio::select! {
            Some(ended) = working.join_next() => note(ended, &mut known, (worker.clock)()),
            () = tokio::time::sleep(BETWEEN_LOOKS) => {}
            _ = halt.changed() => {}
        }
    }
    while let Some(ended) = working.join_next().await {
        note(ended, &mut known, (worker.clock)());
    }
}

fn note(ended: Result<(SendId, Result<Ending, JobError>), tokio::task::JoinError>, known: &mut HashMap<SendId, i64>, now: i64) {
    let Ok((send, result)) = ended else { return tracing::error!("a send broke off; pulse send list shows which ones are not finished") };
    let until = match result {
        Ok(Ending::Finished) => {
            tracing::info!(%send, "the send is finished");
            now
        }
        Ok(Ending::Halted | Ending::NotReleased(_)) => now,
        // The reason may repeat what a server said, and with it an address.
        Ok(Ending::Stopped(_)) => {
            tracing::error!(%send, "the send was stopped; pulse send status says why");
            now
        }
        Err(error) => {
            tracing::error!(%send, error = &error as &dyn std::error::Error, "the send cannot go on for now");
            now.saturating_add(REST_MS)
        }
    };
    known.insert(send, until);
}
