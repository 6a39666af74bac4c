//! Several nodes at work on one send: each row goes to one of them, and who leaves or pauses is heard at once.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the report")]

use std::collections::HashSet;

use pulse_model::delivery::{DeliveryStatus, SendStatus, SendStep};
use pulse_model::subscriber::Step;
use pulse_store::{Added, DeliveryFilter, DeliveryId, End, Known, NewNotice, Noticed, Outcome, Reply, Store, StoreError, Uncertain};
use pulse_testkit::store_story::{readers, sends};

#[path = "support/postgres.rs"]
mod postgres;
#[path = "support/sqlite.rs"]
mod sqlite;
#[path = "support/sends.rs"]
mod support;

use postgres::with_postgres;
use sqlite::with_sqlite;
use support::{NOW, edition, lease, prepared, released};

fn sent(id: DeliveryId) -> Outcome {
    Outcome { id, end: End::Sent, reply: Reply { code: Some(250), ..Reply::default() } }
}

async fn one_of_many_prepares(address: String) {
    let store = Store::open(&address).await.unwrap();
    let (_, edition) = edition(&store).await;
    let mut nodes = Vec::new();
    for _ in 0..8 {
        let address = address.clone();
        nodes.push(tokio::spawn(async move { Store::open(&address).await.unwrap().begin_send(edition, "Ada Lorne", NOW).await }));
    }
    let mut begun = 0;
    for node in nodes {
        match node.await.unwrap() {
            Ok(_) => begun += 1,
            Err(StoreError::SendUnderWay { status: SendStatus::Preparing, .. }) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(begun, 1);
    assert_eq!(store.sends(Some(edition)).await.unwrap().len(), 1);
    store.close().await;
}

#[tokio::test]
async fn sqlite_one_of_many_prepares() {
    with_sqlite(one_of_many_prepares).await;
}

#[tokio::test]
async fn postgres_one_of_many_prepares() {
    with_postgres(one_of_many_prepares).await;
}

/// Two people, or two nodes, release the same send in the same moment: one of them did, and the others are told that it has gone.
async fn one_of_many_releases(address: String) {
    let store = Store::open(&address).await.unwrap();
    let (_, send) = prepared(&store, 20).await;
    let mut nodes = Vec::new();
    for number in 0..8 {
        let address = address.clone();
        let who = format!("Bo Tarn {number}");
        nodes.push(tokio::spawn(async move { Store::open(&address).await.unwrap().release_send(send, NOW, &who, NOW).await }));
    }
    let mut released = 0;
    for node in nodes {
        match node.await.unwrap() {
            Ok(SendStatus::Released) => released += 1,
            Err(StoreError::SendStep { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    let releases = store.send_events(send).await.unwrap().iter().filter(|event| event.step == SendStep::Release).count();
    assert_eq!((released, releases), (1, 1));
    store.close().await;
}

#[tokio::test]
async fn sqlite_one_of_many_releases() {
    with_sqlite(one_of_many_releases).await;
}

#[tokio::test]
async fn postgres_one_of_many_releases() {
    with_postgres(one_of_many_releases).await;
}

/// Works until nothing is left; what it marked.
async fn work(store: Store, send: pulse_store::SendId, node: String) -> Vec<DeliveryId> {
    let mut marked = Vec::new();
    loop {
        let claimed = store.claim(send, lease(&node, NOW), 7, NOW).await.unwrap();
        if claimed.is_empty() {
            return marked;
        }
        let marks: Vec<DeliveryId> = claimed.iter().map(|row| row.id).collect();
        let refused = store.record(lease(&node, NOW), &marks, &[], NOW).await.unwrap().refused_marks;
        let going: Vec<DeliveryId> = marks.into_iter().filter(|id| !refused.contains(id)).collect();
        let results: Vec<Outcome> = going.iter().copied().map(sent).collect();
        assert_eq!(store.record(lease(&node, NOW), &[], &results, NOW).await.unwrap().refused_results, []);
        marked.extend(going);
    }
}

/// Six nodes send while readers leave. Nobody is sent to twice, nobody is sent to after leaving was answered, nobody is lost.
async fn each_row_is_one_nodes(address: String) {
    let store = Store::open(&address).await.unwrap();
    let (digest, send) = released(&store, 300).await;
    let rows = store.deliveries(send, &DeliveryFilter::default(), None, 1_000).await.unwrap();
    let leavers: Vec<_> = rows.iter().rev().step_by(3).map(|row| row.subscriber.unwrap()).collect();
    let mut nodes = Vec::new();
    for number in 0..6 {
        let store = Store::open(&address).await.unwrap();
        nodes.push(tokio::spawn(work(store, send, format!("node {number}"))));
    }
    let mut left_unsent = HashSet::new();
    for subscriber in leavers {
        store.step_subscription(subscriber, &digest.slug, &readers::event(Step::Leave, None, NOW), NOW).await.unwrap();
        let row = store.history(subscriber, 1).await.unwrap().remove(0).delivery;
        if row.status == DeliveryStatus::Suppressed {
            left_unsent.insert(row.id);
        }
    }
    let mut marked = Vec::new();
    for node in nodes {
        marked.extend(node.await.unwrap());
    }
    let once: HashSet<DeliveryId> = marked.iter().copied().collect();
    assert_eq!(once.len(), marked.len());
    assert!(once.is_disjoint(&left_unsent));
    let report = store.send_report(send, NOW).await.unwrap();
    let statuses = sends::statuses(&report);
    assert_eq!(statuses["sent"], once.len() as u64);
    assert_eq!(statuses.values().sum::<u64>(), 300);
    assert_eq!(statuses.keys().copied().filter(|name| !matches!(*name, "sent" | "suppressed")).count(), 0);
    assert!(store.finish_send(send, Uncertain::Leave, NOW).await.unwrap());
    store.close().await;
}

#[tokio::test]
async fn sqlite_each_row_is_one_nodes() {
    with_sqlite(each_row_is_one_nodes).await;
}

#[tokio::test]
async fn postgres_each_row_is_one_nodes() {
    with_postgres(each_row_is_one_nodes).await;
}

/// A node that is started after its old self has died takes the rows over; if that one works on after all, it may not.
async fn a_node_does_not_share_with_its_old_self(address: String) {
    let store = Store::open(&address).await.unwrap();
    let (_, send) = released(&store, 6).await;
    let ids = |rows: Vec<pulse_store::Claimed>| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let (old, new) = (lease("quay/1", NOW), lease("quay/2", NOW));
    let claimed = ids(store.claim(send, old, 4, NOW).await.unwrap());
    let others = ids(store.claim(send, lease("quays/1", NOW), 1, NOW).await.unwrap());
    store.record(old, &claimed[..1], &[], NOW).await.unwrap();
    assert_eq!(store.take_over("quay", "quay/2", NOW).await.unwrap(), 4);
    let again = ids(store.claim(send, new, 10, NOW).await.unwrap());
    assert!(!again.contains(&claimed[0]) && !again.contains(&others[0]) && again.len() == 4);
    assert_eq!(store.record(old, &claimed[1..], &[sent(claimed[0])], NOW).await.unwrap().refused_marks, claimed[1..]);
    assert_eq!(store.record(new, &again, &[], NOW).await.unwrap().refused_marks, []);
    // What was marked is settled at once; the rows of its own run stay with the node.
    assert_eq!(store.take_over("quay", "quay/2", NOW).await.unwrap(), 0);
    assert_eq!(store.settle(Uncertain::Leave, NOW).await.unwrap().lost, 0, "it was sent");
    let newest = lease("quay/3", NOW);
    assert_eq!(store.take_over("quay", newest.node, NOW).await.unwrap(), 4);
    assert_eq!(store.settle(Uncertain::Leave, NOW).await.unwrap().lost, 4);
    store.close().await;
}

#[tokio::test]
async fn sqlite_a_node_does_not_share_with_its_old_self() {
    with_sqlite(a_node_does_not_share_with_its_old_self).await;
}

#[tokio::test]
async fn postgres_a_node_does_not_share_with_its_old_self() {
    with_postgres(a_node_does_not_share_with_its_old_self).await;
}

/// Whoever asks after the pause was answered is refused.
async fn a_pause_is_heard_at_once(address: String) {
    let store = Store::open(&address).await.unwrap();
    let (_, send) = released(&store, 60).await;
    let claimed = store.claim(send, lease("quay", NOW), 60, NOW).await.unwrap();
    let marking = tokio::spawn({
        let (address, ids) = (address.clone(), claimed.iter().map(|row| row.id).collect::<Vec<_>>());
        async move {
            let store = Store::open(&address).await.unwrap();
            let mut marked = 0;
            for id in ids {
                marked += 1 - store.record(lease("quay", NOW), &[id], &[], NOW).await.unwrap().refused_marks.len();
            }
            marked
        }
    });
    store.step_send(send, SendStep::Pause, "Bo Tarn", "", NOW).await.unwrap();
    let marked = sends::statuses(&store.send_report(send, NOW).await.unwrap()).get("sending").copied().unwrap_or_default();
    // One was perhaps being marked in that very moment.
    let marked_in_all = marking.await.unwrap() as u64;
    assert!((marked..=marked + 1).contains(&marked_in_all), "{marked} before the pause was answered, {marked_in_all} in all");
    assert!(marked_in_all < 60);
    store.close().await;
}

#[tokio::test]
async fn sqlite_a_pause_is_heard_at_once() {
    with_sqlite(a_pause_is_heard_at_once).await;
}

#[tokio::test]
async fn postgres_a_pause_is_heard_at_once() {
    with_postgres(a_pause_is_heard_at_once).await;
}

/// The same readers, and the same notice, from eight nodes at once.
async fn nobody_is_added_twice(address: String) {
    let store = Store::open(&address).await.unwrap();
    let (digest, _) = edition(&store).await;
    let mut nodes = Vec::new();
    for node in 0..8_usize {
        let (address, slug) = (address.clone(), digest.slug.clone());
        nodes.push(tokio::spawn(async move {
            let store = Store::open(&address).await.unwrap();
            let mut rows: Vec<_> = (0..40).map(|number| readers::reader(&format!("reader{number}"))).collect();
            rows.rotate_left(node * 5);
            let added = store.add_readers(&slug, &rows, Known::Keep, NOW).await.unwrap();
            let notice = NewNotice {
                kind: "confirmation".into(),
                address: readers::address("ada"),
                subject: "Please confirm".into(),
                body: "Yes?".into(),
                due_at: NOW,
                forgets: false,
            };
            let noticed = store.add_notice(&notice, NOW).await.unwrap();
            store.close().await;
            (added.iter().filter(|added| matches!(added, Added::Added(_))).count(), matches!(noticed, Noticed::Queued(_)))
        }));
    }
    let (mut readers, mut notices) = (0, 0);
    for node in nodes {
        let (added, noticed) = node.await.unwrap();
        readers += added;
        notices += usize::from(noticed);
    }
    assert_eq!((readers, notices), (40, 1));
    store.close().await;
}

#[tokio::test]
async fn sqlite_nobody_is_added_twice() {
    with_sqlite(nobody_is_added_twice).await;
}

#[tokio::test]
async fn postgres_nobody_is_added_twice() {
    with_postgres(nobody_is_added_twice).await;
}
