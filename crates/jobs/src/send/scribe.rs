//! Writes down what goes out and what became of it, many rows in one transaction.
//!
//! Lanes ask [`Pen::mark`] before the end of a message goes out and wait for the answer; results need no answer. The scribe takes
//! what has gathered while the last transaction ran, so that a slow disk makes batches larger and not lanes slower by much.
//! Invariant: a mark is answered with yes only after the transaction that holds it has ended.

use std::time::Duration;

use pulse_model::ids::DeliveryId;
use pulse_store::{Lease, Outcome, Store, StoreError};
use tokio::sync::{mpsc, oneshot};

use super::Clock;

/// The most rows of one transaction: the store takes 2,000, and a smaller one answers sooner.
const MOST_ROWS: usize = 500;

/// What lanes write with.
#[derive(Clone)]
pub(super) struct Pen(mpsc::Sender<Line>);

enum Line {
    /// May this message go out?
    Mark(DeliveryId, oneshot::Sender<bool>),
    Result(Outcome),
}

impl Pen {
    /// Notes that a message is about to go out. `false`: it must not, because its reader left or the send was halted.
    pub(super) async fn mark(&self, id: DeliveryId) -> bool {
        let (answer, answered) = oneshot::channel();
        // A scribe that is gone has failed, and nothing may go out any more.
        self.0.send(Line::Mark(id, answer)).await.is_ok() && answered.await.unwrap_or(false)
    }

    /// Notes what became of a message.
    pub(super) async fn result(&self, outcome: Outcome) {
        _ = self.0.send(Line::Result(outcome)).await;
    }
}

/// The scribe of one node, and its pens.
pub(super) struct Scribe {
    lines: mpsc::Receiver<Line>,
    store: Store,
    node: String,
    lease_ms: i64,
    clock: Clock,
}

impl Scribe {
    pub(super) fn new(store: Store, node: String, lease_ms: i64, clock: Clock) -> (Self, Pen) {
        let (pen, lines) = mpsc::channel(MOST_ROWS);
        (Self { lines, store, node, lease_ms, clock }, Pen(pen))
    }

    /// Works until every pen is put down.
    ///
    /// # Errors
    /// When the database goes on failing. Lanes are then told that nothing may go out.
    pub(super) async fn work(mut self) -> Result<(), StoreError> {
        let mut lines = Vec::with_capacity(MOST_ROWS);
        while self.lines.recv_many(&mut lines, MOST_ROWS).await > 0 {
            let (mut marks, mut results, mut answers) = (Vec::new(), Vec::new(), Vec::new());
            for line in lines.drain(..) {
                match line {
                    Line::Mark(id, answer) => {
                        marks.push(id);
                        answers.push(answer);
                    }
                    Line::Result(outcome) => results.push(outcome),
                }
            }
            let refused = self.record(&marks, &results).await?;
            for (id, answer) in marks.iter().zip(answers) {
                // A lane that no longer listens has hung up; its row says `sending` and becomes uncertain.
                _ = answer.send(!refused.contains(id));
            }
        }
        Ok(())
    }

    /// Records, and tries again while the database is only away: results are known here and nowhere else.
    async fn record(&self, marks: &[DeliveryId], results: &[Outcome]) -> Result<Vec<DeliveryId>, StoreError> {
        let mut wait = FIRST_WAIT;
        loop {
            let now = (self.clock)();
            let lease = Lease { node: &self.node, until: now + self.lease_ms };
            match self.store.record(lease, marks, results, now).await {
                Ok(recorded) => return Ok(recorded.refused_marks),
                Err(error) if error.is_passing() && wait < LONGEST_WAIT => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "results wait for the database");
                    tokio::time::sleep(wait).await;
                    wait *= 2;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

const FIRST_WAIT: Duration = Duration::from_millis(100);
/// Some three and a half minutes in all: long enough for a database to be restarted.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
