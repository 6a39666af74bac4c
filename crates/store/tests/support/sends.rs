//! A store with readers and a signed-off edition.

use pulse_model::{Digest, EditionKey, Month};
use pulse_store::{Conflict, EditionId, Known, Lease, SendId, Source, Store};
use pulse_testkit::store_story::{self, readers, sends};

/// When everything happens.
pub(crate) const NOW: i64 = store_story::START;

/// The digest and a signed-off edition; nobody reads it yet.
pub(crate) async fn edition(store: &Store) -> (Digest, EditionId) {
    let digest = store_story::digest();
    store.put_digest(&digest, NOW).await.unwrap();
    let key = EditionKey::monthly(Month::new(2026, 5).unwrap());
    let id = store.save_edition(&store_story::edition(&digest, key), &Source::default(), Conflict::Refuse, NOW).await.unwrap().id();
    sends::sign_off(store, id, NOW).await.unwrap();
    (digest, id)
}

/// A send to so many readers, released.
pub(crate) async fn released(store: &Store, count: usize) -> (Digest, SendId) {
    let (digest, send) = prepared(store, count).await;
    store.release_send(send, NOW, "Bo Tarn", NOW).await.unwrap();
    (digest, send)
}

/// A send to so many readers, which nobody has released.
pub(crate) async fn prepared(store: &Store, count: usize) -> (Digest, SendId) {
    let (digest, edition) = edition(store).await;
    let rows: Vec<_> = (0..count).map(|number| readers::reader(&format!("reader{number}"))).collect();
    for rows in rows.chunks(500) {
        store.add_readers(&digest.slug, rows, Known::Keep, NOW).await.unwrap();
    }
    let send = store.begin_send(edition, "Ada Lorne", NOW).await.unwrap();
    store.add_audience(send, &sends::everybody(store, &digest.slug, count).await.unwrap(), NOW).await.unwrap();
    store.finish_prepare(send, count as u64, "Ada Lorne", NOW).await.unwrap();
    (digest, send)
}

/// How long a node has its rows.
pub(crate) const LEASE_MS: i64 = 60_000;

/// A lease that begins now.
pub(crate) fn lease(node: &str, now: i64) -> Lease<'_> {
    Lease { node, until: now + LEASE_MS }
}
