//! A node that is killed in the middle of a send, again and again: nobody gets a message twice, and nobody is lost.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use pulse_model::delivery::DeliveryStatus;
use pulse_store::{DeliveryFilter, DeliveryId, End, Outcome, Reply, SendId, Store, Uncertain};
use pulse_testkit::store_story::sends;

#[path = "support/postgres.rs"]
mod postgres;
#[path = "support/sqlite.rs"]
mod sqlite;
#[path = "support/sends.rs"]
mod support;

use postgres::with_postgres;
use sqlite::with_sqlite;
use support::{LEASE_MS, NOW, lease, released};

const ADDRESS: &str = "PULSE_TEST_ADDRESS";
const OUTBOX: &str = "PULSE_TEST_OUTBOX";
const TIME: &str = "PULSE_TEST_TIME";
const READERS: usize = 400;

/// Sends until nothing is left, a few at a time. A message is a line in the outbox, which is what a killed node leaves behind.
async fn node(address: &str, outbox: &Path, now: i64) {
    let store = Store::open(address).await.unwrap();
    let lease = lease("quay", now);
    let mut outbox = OpenOptions::new().create(true).append(true).open(outbox).unwrap();
    let mut ended: Vec<Outcome> = Vec::new();
    for send in store.due_sends(now).await.unwrap() {
        store.give_back(send, "quay").await.unwrap();
        loop {
            let marks: Vec<DeliveryId> = store.claim(send, lease, 5, now).await.unwrap().iter().map(|row| row.id).collect();
            let recorded = store.record(lease, &marks, &ended, now).await.unwrap();
            assert_eq!(recorded, pulse_store::Recorded::default());
            for id in &marks {
                // One write each, so that a line is there or is not.
                outbox.write_all(format!("{id}\n").as_bytes()).unwrap();
            }
            ended = marks.iter().map(|id| Outcome { id: *id, end: End::Sent, reply: Reply { code: Some(250), ..Reply::default() } }).collect();
            if ended.is_empty() {
                break;
            }
        }
    }
    store.close().await;
}

/// A process that is to be killed: half of the tests below, which tell it where to work. By itself it does nothing.
#[tokio::test]
async fn a_node() {
    let (Ok(address), Ok(outbox), Ok(time)) = (std::env::var(ADDRESS), std::env::var(OUTBOX), std::env::var(TIME)) else { return };
    node(&address, Path::new(&outbox), time.parse().unwrap()).await;
}

/// How often each message is in the outbox.
fn outbox(path: &Path) -> HashMap<DeliveryId, usize> {
    let mut counts = HashMap::new();
    for line in std::fs::read_to_string(path).unwrap_or_default().lines() {
        *counts.entry(line.parse().unwrap()).or_default() += 1;
    }
    counts
}

/// Starts a node and kills it when there are so many more messages. Whether it had not come to its end before.
async fn kill_one(address: &str, path: &Path, now: i64, after: usize) -> bool {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "a_node"]).env(ADDRESS, address).env(OUTBOX, path).env(TIME, now.to_string());
    let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let enough = outbox(path).len() + after;
    while outbox(path).len() <= enough && process.try_wait().unwrap().is_none() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let was_killed = process.try_wait().unwrap().is_none();
    process.kill().unwrap();
    process.wait().unwrap();
    was_killed
}

/// Kills nodes at one point after another, then lets one come to the end. How many rows were uncertain on the way, and how
/// many nodes were killed.
async fn kill_and_kill_again(store: &Store, send: SendId, address: &str, path: &Path, uncertain: fn(i64) -> Uncertain) -> (u64, u64) {
    let (mut now, mut lost, mut killed) = (NOW, 0, 0);
    for round in 0..12 {
        killed += u64::from(kill_one(address, path, now, 3 * round).await);
        now += LEASE_MS;
        lost += store.settle(uncertain(now), now).await.unwrap().lost;
    }
    // A server may finish what a node that was killed had asked for, so that it is seen a little later.
    for _ in 0..5 {
        node(address, path, now).await;
        now += LEASE_MS;
        lost += store.settle(uncertain(now), now).await.unwrap().lost;
        if store.finish_send(send, uncertain(now), now).await.unwrap() {
            break;
        }
    }
    (lost, killed)
}

async fn nobody_twice(address: String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox");
    let store = Store::open(&address).await.unwrap();
    let (_, send) = released(&store, READERS).await;
    let (lost, killed) = kill_and_kill_again(&store, send, &address, &path, |_| Uncertain::Leave).await;

    let sent = outbox(&path);
    assert!(sent.values().all(|count| *count == 1));
    let filter = |status| DeliveryFilter { status, address: None };
    let uncertain = store.deliveries(send, &filter(Some(DeliveryStatus::Uncertain)), None, 1_000).await.unwrap();
    assert_eq!(uncertain.len() as u64, lost);
    assert!(killed > 0 && lost > 0, "{killed} nodes were killed, which left {lost} rows uncertain");
    // Whoever has no message is among those of whom it is not certain, and these are few.
    for row in store.deliveries(send, &filter(None), None, 1_000).await.unwrap() {
        assert!(sent.contains_key(&row.id) || row.status == DeliveryStatus::Uncertain, "{row:?}");
    }
    assert!(lost <= 5 * killed, "{lost}");
    let statuses = sends::statuses(&store.send_report(send, NOW).await.unwrap());
    assert_eq!(statuses, [("sent", READERS as u64 - lost), ("uncertain", lost)].into());
    store.close().await;
}

#[tokio::test]
async fn sqlite_nobody_twice() {
    with_sqlite(nobody_twice).await;
}

#[tokio::test]
async fn postgres_nobody_twice() {
    with_postgres(nobody_twice).await;
}

async fn everybody_at_least_once(address: String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("outbox");
    let store = Store::open(&address).await.unwrap();
    let (_, send) = released(&store, READERS).await;
    let (lost, killed) = kill_and_kill_again(&store, send, &address, &path, |now| Uncertain::Repeat { at: now }).await;

    let sent = outbox(&path);
    assert_eq!(sent.len(), READERS);
    let twice = sent.values().filter(|count| **count > 1).count();
    assert!(twice as u64 <= lost && killed > 0, "{twice} of {lost}");
    let statuses = sends::statuses(&store.send_report(send, NOW).await.unwrap());
    assert_eq!(statuses, [("sent", READERS as u64)].into());
    store.close().await;
}

#[tokio::test]
async fn sqlite_everybody_at_least_once() {
    with_sqlite(everybody_at_least_once).await;
}

#[tokio::test]
async fn postgres_everybody_at_least_once() {
    with_postgres(everybody_at_least_once).await;
}
