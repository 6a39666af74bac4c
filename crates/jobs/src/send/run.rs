//! Works through the rows of a send that is released and due.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use pulse_model::delivery::{SendStatus, SendStep};
use pulse_store::{Claimed, Lease, SendId, Store, StoreError, Uncertain};
use tokio::sync::{mpsc, watch};

use super::Clock;
use super::lane::{Lane, Queue, Road};
use super::scribe::Scribe;
use super::template::{From, Templates};
use crate::error::JobError;
use crate::post::{OnUncertain, Post};
use crate::site::Site;

/// A node that was not heard of for so long counts as dead: longer than a server may take over one message (RFC 5321
/// section 4.5.3.2.6 gives it ten minutes).
const LEASE_MS: i64 = 15 * 60 * 1000;

/// A message that may have arrived is repeated after this long at the earliest, so that a relay has ended its own tries.
const REPEAT_AFTER_MS: i64 = 60 * 1000;

/// How often a send with nothing due is looked at, in real time.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// How a worker's part of a send ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every row has come to its end.
    Finished,
    /// The worker was asked to stop; what it had not tried is given back.
    Halted,
    /// A person paused or cancelled the send, or another node stopped it.
    NotReleased(SendStatus),
    /// It was stopped, because going on would do harm.
    Stopped(String),
}

/// What works on sends.
#[derive(Clone)]
pub struct Worker {
    /// Where rows are.
    pub store: Store,
    /// What messages go through.
    pub post: Arc<Post>,
    /// Where readers' pages are.
    pub site: Site,
    /// What time it is.
    pub clock: Clock,
}

/// Works on a send until nothing is left of it. `halt` turns `true` when the node is to stop: messages under way are ended,
/// none begins.
///
/// # Errors
/// When the database goes on failing. Rows then say what is known of them, and whoever comes next goes on from there.
pub async fn run(worker: &Worker, send: SendId, halt: watch::Receiver<bool>) -> Result<Ending, JobError> {
    let Worker { store, post, site, clock } = worker;
    store.give_back(&post.node).await?;
    let row = store.send(send).await?.ok_or(JobError::NoSuchSend { send })?;
    let digest = crate::digest(store, &row.digest).await?;
    let from = From::of(&digest, store.digest_id(&row.digest).await?, site)?;
    let templates = Templates::new(from, row.key, &store.cuts(send).await?, site)?;
    loop {
        settle(worker).await?;
        if let Some(ending) = ending_of(store, send, &halt).await? {
            return Ok(ending);
        }
        let pass = pass(worker, send, &templates, halt.clone()).await;
        store.give_back(&post.node).await?;
        let Pass { claimed, fault } = pass?;
        if let Some(reason) = fault {
            return stop(store, send, reason, (clock)()).await;
        }
        let now = (clock)();
        if claimed == 0 && !store.finish_send(send, uncertain(worker, now), now).await.or_else(not_released)? {
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}

/// A send that somebody halted in this moment is looked at again, and then says so.
fn not_released(error: StoreError) -> Result<bool, StoreError> {
    if matches!(error, StoreError::SendStep { .. }) { Ok(false) } else { Err(error) }
}

/// What becomes of messages that may have arrived.
fn uncertain(worker: &Worker, now: i64) -> Uncertain {
    match worker.post.uncertain {
        OnUncertain::Leave => Uncertain::Leave,
        OnUncertain::Repeat => Uncertain::Repeat { at: now + REPEAT_AFTER_MS },
    }
}

async fn settle(worker: &Worker) -> Result<(), JobError> {
    let now = (worker.clock)();
    let settled = worker.store.settle(uncertain(worker, now), now).await?;
    if settled.lost > 0 || settled.repeated > 0 {
        tracing::warn!(lost = settled.lost, repeated = settled.repeated, "messages that may have arrived");
    }
    Ok(())
}

async fn ending_of(store: &Store, send: SendId, halt: &watch::Receiver<bool>) -> Result<Option<Ending>, JobError> {
    if *halt.borrow() {
        return Ok(Some(Ending::Halted));
    }
    let row = store.send(send).await?.ok_or(JobError::NoSuchSend { send })?;
    Ok(match row.status {
        SendStatus::Released => None,
        SendStatus::Finished => Some(Ending::Finished),
        SendStatus::Stopped => Some(Ending::Stopped(row.stop_reason)),
        other => Some(Ending::NotReleased(other)),
    })
}

async fn stop(store: &Store, send: SendId, reason: String, now: i64) -> Result<Ending, JobError> {
    match store.step_send(send, SendStep::Stop, "pulse", &reason, now).await {
        // Another lane or node was faster.
        Ok(_) | Err(StoreError::SendStep { .. }) => Ok(Ending::Stopped(reason)),
        Err(error) => Err(error.into()),
    }
}

/// What one pass over the rows that are due came to.
struct Pass {
    claimed: usize,
    fault: Option<String>,
}

/// Claims what is due until nothing is, and sends it over as many lanes as there may be connections.
async fn pass(worker: &Worker, send: SendId, templates: &Templates<'_>, halt: watch::Receiver<bool>) -> Result<Pass, JobError> {
    let Worker { store, post, clock, .. } = worker;
    let road = Road::new(post, templates, store, clock, halt);
    let (scribe, pen) = Scribe::new(store.clone(), post.node.clone(), LEASE_MS, clock.clone());
    let lanes = post.connections().max(1);
    let (rows, queue) = mpsc::channel(lanes);
    let queue: Queue = Arc::new(tokio::sync::Mutex::new(queue));
    let lanes: Vec<_> = (0..lanes).map(|_| Lane::new(&road, pen.clone()).work(queue.clone())).collect();
    // The scribe ends when the last lane has put down its pen, and the feed when there is no lane left.
    drop((pen, queue));
    let (claimed, sent, written) = tokio::join!(feed(worker, send, lanes.len(), rows, &road), join_all(lanes), scribe.work());
    sent.into_iter().collect::<Result<(), JobError>>()?;
    written?;
    for (delivery, reply) in road.dead() {
        crate::returns::refused(store, post, delivery, &reply, (clock)()).await?;
    }
    Ok(Pass { claimed: claimed?, fault: road.fault() })
}

/// Claims rows and puts them into the lanes' queue; how many there were.
async fn feed(worker: &Worker, send: SendId, lanes: usize, rows: mpsc::Sender<Claimed>, road: &Road<'_>) -> Result<usize, JobError> {
    let Worker { store, post, clock, .. } = worker;
    let mut claimed = 0;
    // Few enough that another node finds something too, and many enough that claiming costs little.
    let limit = u32::try_from(lanes * 8).unwrap_or(u32::MAX).clamp(50, 1000);
    while !road.is_halted() {
        let now = (clock)();
        let batch = store.claim(send, Lease { node: &post.node, until: now + LEASE_MS }, limit, now).await?;
        if batch.is_empty() {
            break;
        }
        for row in batch {
            claimed += 1;
            if rows.send(row).await.is_err() {
                return Ok(claimed);
            }
        }
    }
    Ok(claimed)
}
