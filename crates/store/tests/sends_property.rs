//! Whatever nodes, readers, people and clocks do, in whatever order: counts are those of the rows, a row is sent only when it
//! may be, and every row comes to its end.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use pulse_model::Slug;
use pulse_model::delivery::{DeliveryStatus, SendStatus, SendStep};
use pulse_model::subscriber::{State, Step};
use pulse_store::{DeliveryFilter, DeliveryId, DeliveryRow, End, NewBounce, Outcome, Reply, SendId, Store, StoreError, Uncertain};
use pulse_testkit::store_story::{readers, sends};

#[path = "support/postgres.rs"]
mod postgres;
#[path = "support/sqlite.rs"]
mod sqlite;
#[path = "support/sends.rs"]
mod support;

use support::{LEASE_MS, NOW, lease, released};

const READERS: usize = 6;
const NODES: [&str; 2] = ["quay", "bell"];
const DAY_MS: i64 = 24 * 3_600_000;

/// Something that happens. Rows are meant by their place.
#[derive(Clone, Debug)]
enum Happening {
    Claim {
        node: usize,
        limit: u32,
    },
    Record {
        node: usize,
        marks: Vec<usize>,
        results: Vec<(usize, u8)>,
    },
    Reader {
        row: usize,
        step: Step,
    },
    Erase {
        row: usize,
    },
    Send {
        step: SendStep,
    },
    GiveBack {
        node: usize,
    },
    Settle {
        repeats: bool,
    },
    Bounce {
        row: usize,
        is_final: bool,
    },
    /// The clock goes on, or is put back.
    Clock {
        by_ms: i64,
    },
}

fn happening() -> impl Strategy<Value = Happening> {
    let (row, node) = (0..READERS, 0..NODES.len());
    let steps = prop::sample::select(vec![Step::Leave, Step::Bounce, Step::Complain, Step::Reinstate]);
    let send_steps = prop::sample::select(vec![SendStep::Pause, SendStep::Resume, SendStep::Resume, SendStep::Stop]);
    let results = prop::collection::vec((row.clone(), 0..6u8), 0..5);
    prop_oneof![
        6 => (node.clone(), 1..5u32).prop_map(|(node, limit)| Happening::Claim { node, limit }),
        12 => (node.clone(), prop::collection::vec(row.clone(), 0..5), results).prop_map(|(node, marks, results)| Happening::Record { node, marks, results }),
        2 => (row.clone(), steps).prop_map(|(row, step)| Happening::Reader { row, step }),
        1 => row.clone().prop_map(|row| Happening::Erase { row }),
        3 => send_steps.prop_map(|step| Happening::Send { step }),
        1 => node.prop_map(|node| Happening::GiveBack { node }),
        3 => any::<bool>().prop_map(|repeats| Happening::Settle { repeats }),
        2 => (row, any::<bool>()).prop_map(|(row, is_final)| Happening::Bounce { row, is_final }),
        4 => prop::sample::select(vec![1, LEASE_MS, 2 * LEASE_MS, -LEASE_MS, 30 * DAY_MS, -30 * DAY_MS]).prop_map(|by_ms| Happening::Clock { by_ms }),
    ]
}

/// A send and the time.
struct World {
    store: Store,
    digest: Slug,
    send: SendId,
    rows: Vec<DeliveryRow>,
    now: i64,
    bounces: u32,
}

impl World {
    async fn new(folder: &str) -> Self {
        let store = Store::open(folder).await.unwrap();
        let (digest, send) = released(&store, READERS).await;
        let rows = store.deliveries(send, &DeliveryFilter::default(), None, 100).await.unwrap();
        Self { store, digest: digest.slug, send, rows, now: NOW, bounces: 0 }
    }

    async fn row(&self, place: usize) -> DeliveryRow {
        self.store.delivery(self.rows[place].id).await.unwrap().unwrap()
    }

    async fn happen(&mut self, happening: &Happening) -> Result<(), TestCaseError> {
        let (store, send, now) = (&self.store, self.send, self.now);
        match happening {
            Happening::Claim { node, limit } => drop(store.claim(send, lease(NODES[*node], now), *limit, now).await.unwrap()),
            Happening::Record { node, marks, results } => self.record(NODES[*node], marks, results).await?,
            Happening::Reader { row, step } => {
                if let Some(subscriber) = self.row(*row).await.subscriber {
                    match store.step_subscription(subscriber, &self.digest, &readers::event(*step, None, now), now).await {
                        Ok(_) | Err(StoreError::Subscription { .. } | StoreError::NoBasis { .. }) => {}
                        Err(error) => return Err(TestCaseError::fail(format!("{error:?}"))),
                    }
                }
            }
            Happening::Erase { row } => {
                if let Some(subscriber) = self.row(*row).await.subscriber {
                    store.erase_subscriber(subscriber, None, now).await.unwrap();
                }
            }
            Happening::Send { step } => match store.step_send(send, *step, "Bo Tarn", "because", now).await {
                Ok(_) | Err(StoreError::SendStep { .. }) => {}
                Err(error) => return Err(TestCaseError::fail(format!("{error:?}"))),
            },
            Happening::GiveBack { node } => drop(store.give_back(self.send, NODES[*node]).await.unwrap()),
            Happening::Settle { repeats } => {
                let uncertain = if *repeats { Uncertain::Repeat { at: now + 1 } } else { Uncertain::Leave };
                store.settle(uncertain, now).await.unwrap();
            }
            Happening::Bounce { row, is_final } => self.bounce(*row, *is_final).await,
            Happening::Clock { by_ms } => self.now += by_ms,
        }
        Ok(())
    }

    async fn record(&self, node: &str, marks: &[usize], results: &[(usize, u8)]) -> Result<(), TestCaseError> {
        let mut before = BTreeMap::new();
        for &place in marks {
            before.insert(self.rows[place].id, self.row(place).await);
        }
        let send = self.store.send(self.send).await.unwrap().unwrap();
        let end = |number| match number {
            0 => End::Sent,
            1 => End::Deferred { until: self.now + 1_000 },
            2 => End::Failed,
            3 => End::Uncertain,
            4 => End::NotTried,
            _ => End::Suppressed,
        };
        let ids: Vec<DeliveryId> = before.keys().copied().collect();
        let results: Vec<Outcome> = results
            .iter()
            .filter(|(place, _)| !marks.contains(place))
            .map(|(place, number)| {
                let reply = Reply { code: Some(250 + u16::from(*number)), enhanced: "2.0.0".into(), ..Reply::default() };
                Outcome { id: self.rows[*place].id, end: end(*number), reply }
            })
            .collect();
        let recorded = self.store.record(lease(node, self.now), &ids, &results, self.now).await.unwrap();
        for (id, before) in before {
            if recorded.refused_marks.contains(&id) {
                continue;
            }
            prop_assert_eq!(self.store.delivery(id).await.unwrap().unwrap().status, DeliveryStatus::Sending);
            if before.status != DeliveryStatus::Sending {
                prop_assert!(matches!(before.status, DeliveryStatus::Queued | DeliveryStatus::Deferred), "{:?}", before.status);
                prop_assert_eq!(send.status, SendStatus::Released);
                prop_assert_eq!(self.state(&before).await, Some(State::Active));
            }
        }
        Ok(())
    }

    async fn state(&self, row: &DeliveryRow) -> Option<State> {
        let reader = self.store.subscriber(row.subscriber?).await.unwrap()?;
        Some(reader.subscriptions[0].subscription.state)
    }

    async fn bounce(&mut self, place: usize, is_final: bool) {
        self.bounces += 1;
        let bounce = NewBounce {
            message_sha256: self.bounces.to_string(),
            delivery: Some(self.rows[place].id),
            class: "hard".into(),
            reason: String::new(),
            is_final,
            status: "5.1.1".into(),
            words: String::new(),
            excerpt: String::new(),
        };
        self.store.add_bounce(&bounce, self.now).await.unwrap();
    }

    /// The counts are those of the rows.
    async fn check(&self) -> Result<(), TestCaseError> {
        let report = self.store.send_report(self.send, self.now).await.unwrap();
        let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
        for row in self.store.deliveries(self.send, &DeliveryFilter::default(), None, 100).await.unwrap() {
            *counted.entry(row.status.as_str()).or_default() += 1;
        }
        prop_assert_eq!(sends::statuses(&report), counted);
        prop_assert_eq!(report.statuses.iter().map(|(_, count)| count).sum::<u64>(), READERS as u64);
        Ok(())
    }

    /// Within eight days of the time by any clock, or of the time that a person set for the send, an honest node brings every
    /// row to its end.
    async fn comes_to_its_end(&mut self) -> Result<(), TestCaseError> {
        self.now = self.now.max(NOW);
        let (store, send) = (self.store.clone(), self.send);
        _ = store.step_send(send, SendStep::Resume, "Bo Tarn", "", self.now).await;
        for _ in 0..9 {
            store.settle(Uncertain::Leave, self.now).await.unwrap();
            let lease = lease("tarn", self.now);
            let marks: Vec<DeliveryId> = store.claim(send, lease, 100, self.now).await.unwrap().iter().map(|row| row.id).collect();
            let refused = store.record(lease, &marks, &[], self.now).await.unwrap().refused_marks;
            let results: Vec<Outcome> =
                marks.into_iter().filter(|id| !refused.contains(id)).map(|id| Outcome { id, end: End::Sent, reply: Reply::default() }).collect();
            prop_assert_eq!(store.record(lease, &[], &results, self.now).await.unwrap().refused_results, vec![]);
            if store.finish_send(send, Uncertain::Leave, self.now).await.unwrap() {
                return self.check().await;
            }
            self.now += DAY_MS;
        }
        Err(TestCaseError::fail(format!("{:?}", store.send_report(send, self.now).await.unwrap().statuses)))
    }
}

async fn told(address: &str, happenings: &[Happening]) -> Result<(), TestCaseError> {
    let mut world = World::new(address).await;
    for happening in happenings {
        world.happen(happening).await?;
        world.check().await?;
    }
    let ended = world.comes_to_its_end().await;
    world.store.close().await;
    ended
}

/// A clock that was a month ahead when rows were claimed and put off.
fn a_clock_put_back() -> Vec<Happening> {
    vec![
        Happening::Clock { by_ms: 30 * DAY_MS },
        Happening::Claim { node: 0, limit: 5 },
        Happening::Record { node: 0, marks: vec![0, 1, 2, 3], results: vec![] },
        Happening::Record { node: 0, marks: vec![], results: vec![(0, 1), (1, 3)] },
        Happening::Clock { by_ms: -30 * DAY_MS },
    ]
}

#[tokio::test]
async fn sqlite_a_clock_put_back_loses_nothing() {
    sqlite::with_sqlite(|address| async move { told(&address, &a_clock_put_back()).await.unwrap() }).await;
}

#[tokio::test]
async fn postgres_a_clock_put_back_loses_nothing() {
    postgres::with_postgres(|address| async move { told(&address, &a_clock_put_back()).await.unwrap() }).await;
}

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

#[test]
fn on_sqlite() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let test = |happenings: Vec<Happening>| {
        let (tell, hear) = std::sync::mpsc::channel();
        runtime.block_on(sqlite::with_sqlite(|address| async move { tell.send(told(&address, &happenings).await).unwrap() }));
        hear.recv().unwrap()
    };
    TestRunner::new(config(40)).run(&prop::collection::vec(happening(), 0..40), test).unwrap();
}

#[test]
fn on_postgres() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let test = |happenings: Vec<Happening>| {
        let (tell, hear) = std::sync::mpsc::channel();
        runtime.block_on(postgres::with_postgres(|address| async move { tell.send(told(&address, &happenings).await).unwrap() }));
        // Without a server nothing is told.
        hear.recv().unwrap_or(Ok(()))
    };
    TestRunner::new(config(8)).run(&prop::collection::vec(happening(), 0..40), test).unwrap();
}
