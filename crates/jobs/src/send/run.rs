//! Works through the rows of a send that is released and due.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use pulse_model::delivery::{SendStatus, SendStep};
use pulse_store::{End, Lease, Outcome, Reply, SendId, Store, StoreError, Uncertain};
use tokio::sync::{mpsc, watch};

use super::lane::{Lane, Queue, Road};
use super::scribe::{Pen, Scribe};
use super::seeds::Seeds;
use super::template::{From, Templates};
use super::turns::{Ready, Turn, Turns};
use super::{Clock, Node};
use crate::error::JobError;
use crate::post::{OnUncertain, Post};
use crate::sender::Address;
use crate::site::Site;

/// A node that was not heard of for so long counts as dead: longer than a server may take over one message (RFC 5321
/// section 4.5.3.2.6 gives it ten minutes).
const LEASE_MS: i64 = 15 * 60 * 1000;

/// How often a send with nothing due is looked at, in real time.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// The longest that rows are waited for whose domain must rest, before it is looked whether others are due.
const LONGEST_REST: Duration = Duration::from_millis(250);

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
    /// Who holds the rows it works on.
    pub node: Arc<Node>,
}

/// Works on a send until nothing is left of it. `halt` turns `true` when the node is to stop: messages under way are ended,
/// none begins. While the database is away it waits, for some minutes.
///
/// # Errors
/// When the database goes on failing. Rows then say what is known of them, and whoever comes next goes on from there.
pub async fn run(worker: &Worker, send: SendId, halt: watch::Receiver<bool>) -> Result<Ending, JobError> {
    let Worker { store, site, .. } = worker;
    let row = store.send(send).await?.ok_or(JobError::NoSuchSend { send })?;
    let digest = crate::digest(store, &row.digest).await?;
    let digest = Address::of(store, &digest).await?.for_edition(&digest, row.key);
    let from = From::of(&digest, store.digest_id(&row.digest).await?, site)?;
    let cuts = store.cuts(send).await?;
    let templates = Templates::new(from, row.key, &cuts, site)?;
    let mut seeds = Seeds::of(&digest, &cuts);
    let mut wait = FIRST_WAIT;
    loop {
        match go_on(worker, send, &templates, &mut seeds, &halt).await {
            Ok(Some(ending)) => return Ok(ending),
            Ok(None) => wait = FIRST_WAIT,
            Err(error) if error.is_passing() && wait < LONGEST_WAIT => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the send waits for the database");
                _ = tokio::time::timeout(wait, halt.clone().wait_for(|is_halted| *is_halted)).await;
                wait *= 2;
            }
            Err(error) => return Err(error),
        }
    }
}

const FIRST_WAIT: Duration = Duration::from_millis(250);
/// Some four minutes in all, as for the scribe.
const LONGEST_WAIT: Duration = Duration::from_secs(128);

/// One pass over what is due; how the send ended, if it has.
async fn go_on(worker: &Worker, send: SendId, templates: &Templates<'_>, seeds: &mut Seeds, halt: &watch::Receiver<bool>) -> Result<Option<Ending>, JobError> {
    let Worker { store, clock, node, .. } = worker;
    settle(worker).await?;
    if let Some(ending) = ending_of(store, send, halt).await? {
        return Ok(Some(ending));
    }
    seeds.send(worker, send, templates).await;
    let pass = pass(worker, send, templates, halt.clone()).await;
    store.give_back(send, node.run()).await?;
    let Pass { claimed, fault } = pass?;
    let now = (clock)();
    if let Some(reason) = fault {
        return stop(store, send, reason, now).await.map(Some);
    }
    if claimed == 0 && !store.finish_send(send, uncertain(worker, now), now).await.or_else(not_released)? {
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    Ok(None)
}

/// A send that somebody halted in this moment is looked at again, and then says so.
fn not_released(error: StoreError) -> Result<bool, StoreError> {
    if matches!(error, StoreError::SendStep { .. }) { Ok(false) } else { Err(error) }
}

/// What becomes of messages that may have arrived.
fn uncertain(worker: &Worker, now: i64) -> Uncertain {
    match worker.post.uncertain {
        OnUncertain::Leave => Uncertain::Leave,
        OnUncertain::Repeat => Uncertain::Repeat { at: now.saturating_add(worker.post.repeat_after_ms) },
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
    let Worker { store, post, clock, node, .. } = worker;
    let road = Road::new(post, templates, store, clock, halt);
    let (scribe, pen) = Scribe::new(store.clone(), node.run().to_owned(), LEASE_MS, clock.clone());
    let lanes = post.connections().max(1);
    let (rows, queue) = mpsc::channel(lanes);
    let queue: Queue = Arc::new(tokio::sync::Mutex::new(queue));
    let lanes: Vec<_> = (0..lanes).map(|_| Lane::new(&road, pen.clone()).work(queue.clone())).collect();
    let feed = Feed { worker, send, road: &road, pen: pen.clone(), limit: claims_of(lanes.len()) };
    let sending = async {
        // The feed ends when there is no lane left.
        drop(queue);
        let sent = join_all(lanes).await;
        for outcome in road.held_back() {
            pen.result(outcome).await;
        }
        // The scribe ends when the last pen is put down.
        drop(pen);
        sent
    };
    let (claimed, sent, written) = tokio::join!(feed.work(rows), sending, scribe.work());
    sent.into_iter().collect::<Result<(), JobError>>()?;
    written?;
    for (delivery, reply) in road.dead() {
        crate::returns::refused(store, post, delivery, &reply, (clock)()).await?;
    }
    Ok(Pass { claimed: claimed?, fault: road.fault() })
}

/// Few enough that another node finds something too, and many enough that claiming costs little.
fn claims_of(lanes: usize) -> u32 {
    u32::try_from(lanes * 8).unwrap_or(u32::MAX).clamp(50, 1000)
}

/// Claims rows and puts those whose turn it is into the lanes' queue.
struct Feed<'a> {
    worker: &'a Worker,
    send: SendId,
    road: &'a Road<'a>,
    pen: Pen,
    limit: u32,
}

impl Feed<'_> {
    /// Works until nothing is due; how many rows there were.
    async fn work(self, rows: mpsc::Sender<Ready>) -> Result<usize, JobError> {
        let Worker { store, post, clock, node, .. } = self.worker;
        let mut turns = Turns::new(&post.domains);
        let mut count = 0;
        while !self.road.is_halted() {
            let now = (clock)();
            let mut due = turns.due(now);
            let lease = Lease { node: node.run(), until: now + LEASE_MS };
            let claimed = store.claim(self.send, lease, self.limit, now).await?;
            count += claimed.len();
            due.extend(claimed.into_iter().map(Into::into));
            if due.is_empty() {
                let Some(at) = turns.next_at() else { break };
                tokio::time::sleep(Duration::from_millis((at - now).max(1).unsigned_abs()).min(LONGEST_REST)).await;
            }
            for row in due {
                match turns.ask(store, row, (clock)()).await? {
                    Turn::Now(ready) => {
                        if rows.send(ready).await.is_err() {
                            return Ok(count);
                        }
                    }
                    Turn::Waits => {}
                    Turn::PutOff(row, until) => self.pen.result(Outcome { id: row.id, end: End::PutOff { until }, reply: Reply::default() }).await,
                }
            }
        }
        Ok(count)
    }
}
