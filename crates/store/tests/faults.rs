//! Locked, full and gone: what the store says, that nothing half done is left, and that it works again afterwards.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use pulse_model::{Digest, EditionKey, Month};
use pulse_store::{Conflict, Fault, Patience, Saved, Source, Store, StoreError};
use pulse_testkit::store_story;
use tokio::net::{TcpListener, TcpStream};

#[path = "support/other.rs"]
mod other;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "support/sqlite.rs"]
mod sqlite;

use other::Other;
use postgres::with_postgres;
use sqlite::with_sqlite;

const SHORT: Patience = Patience(Duration::from_millis(300));
/// Longer than any test waits for what needs no waiting.
const LONG: Patience = Patience(Duration::from_secs(60));

fn may() -> EditionKey {
    EditionKey::monthly(Month::new(2026, 5).unwrap())
}

async fn save(store: &Store, digest: &Digest) -> Result<Saved, StoreError> {
    store.save_edition(&store_story::edition(digest, may()), &Source::default(), Conflict::Refuse, 2).await
}

fn fault(error: &StoreError) -> Option<&Fault> {
    match error {
        StoreError::Database { fault, .. } => Some(fault),
        _ => None,
    }
}

async fn a_locked_database_says_so(address: String) {
    let store = Store::open_with(&address, SHORT).await.unwrap();
    let digest = store_story::digest();
    store.put_digest(&digest, 1).await.unwrap();
    let mut other = Other::connect(&address).await;
    match &other {
        Other::Sqlite(_) => other.execute("BEGIN IMMEDIATE").await,
        Other::Postgres(_) => other.execute("BEGIN; SELECT id FROM digest FOR UPDATE").await,
    }
    let start = Instant::now();
    let error = save(&store, &digest).await.unwrap_err();
    assert!(start.elapsed() >= SHORT.0);
    assert_eq!(error.to_string(), "cannot save edition 2026-05 of tidemark: the database is locked by another writer; try again in a moment");
    assert!(error.is_passing());
    // Readers need not wait.
    assert_eq!(store.edition(&digest.slug, may()).await.unwrap(), None);
    // Opening what needs no migration, reading from it and closing it write nothing, so they do not wait either.
    let reading = async {
        let reader = Store::open_with(&address, LONG).await.unwrap();
        assert_eq!(reader.edition(&digest.slug, may()).await.unwrap(), None);
        reader.close().await;
    };
    tokio::time::timeout(LONG.0 / 2, reading).await.unwrap();

    other.execute("ROLLBACK").await;
    assert!(matches!(save(&store, &digest).await.unwrap(), Saved::Created(_)));
    store.close().await;
    assert_eq!(fault(&save(&store, &digest).await.unwrap_err()), Some(&Fault::Closed));
}

#[tokio::test]
async fn sqlite_a_locked_database_says_so() {
    with_sqlite(a_locked_database_says_so).await;
}

#[tokio::test]
async fn postgres_a_locked_database_says_so() {
    with_postgres(a_locked_database_says_so).await;
}

/// A file that is not in WAL mode yet is changed to it when it is opened, and SQLite does not wait its turn for that.
#[tokio::test]
async fn sqlite_opening_waits_for_its_turn() {
    with_sqlite(|address| async move {
        let mut other = Other::connect(&format!("{address}?mode=rwc")).await;
        other.execute("CREATE TABLE theirs (word TEXT); BEGIN IMMEDIATE; INSERT INTO theirs VALUES ('held')").await;
        let opening = tokio::spawn(async move { Store::open_with(&address, Patience(Duration::from_secs(10))).await });
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(!opening.is_finished());
        other.execute("COMMIT").await;
        opening.await.unwrap().unwrap().close().await;
    })
    .await;
}

#[tokio::test]
async fn postgres_that_ends_its_connections_is_asked_again() {
    with_postgres(|address| async move {
        let store = Store::open_with(&address, SHORT).await.unwrap();
        let digest = store_story::digest();
        store.put_digest(&digest, 1).await.unwrap();
        Other::connect(&address)
            .await
            .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
            .await;
        // Connections that broke while nobody used them are not noticed by those who ask.
        save(&store, &digest).await.unwrap();
        store.close().await;
    })
    .await;
}

/// Stands between the store and the server, and can cut every connection in the middle of a word.
struct Wire {
    address: String,
    is_cut: Arc<AtomicBool>,
}

impl Wire {
    async fn to(address: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (user, rest) = address.split_once('@').unwrap();
        let (server, database) = rest.split_once('/').unwrap();
        let wire = Self { address: format!("{user}@127.0.0.1:{port}/{database}"), is_cut: Arc::default() };
        let (server, is_cut) = (server.to_owned(), Arc::clone(&wire.is_cut));
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                if is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                let mut far = TcpStream::connect(&server).await.unwrap();
                let is_cut = Arc::clone(&is_cut);
                tokio::spawn(async move {
                    tokio::select! {
                        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                        () = until(&is_cut) => {}
                    }
                });
            }
        });
        wire
    }

    fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
    }

    fn mend(&self) {
        self.is_cut.store(false, Ordering::SeqCst);
    }
}

async fn until(is_cut: &AtomicBool) {
    while !is_cut.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn postgres_that_goes_away_is_asked_again() {
    with_postgres(|address| async move {
        let wire = Wire::to(&address).await;
        let store = Store::open_with(&wire.address, Patience(Duration::from_secs(2))).await.unwrap();
        let digest = store_story::digest();
        store.put_digest(&digest, 1).await.unwrap();

        // Somebody holds a lock, so that the wire is cut while the save is half way.
        let mut other = Other::connect(&address).await;
        other.execute("BEGIN; LOCK TABLE entry").await;
        let saving = tokio::spawn({
            let (store, digest) = (store.clone(), digest.clone());
            async move { save(&store, &digest).await }
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        wire.cut();
        let error = saving.await.unwrap().unwrap_err();
        assert_eq!(error.to_string(), "cannot save edition 2026-05 of tidemark: the database server does not answer; see that it runs and try again");
        assert!(error.is_passing());

        // Still away: reading fails in the same way.
        let error = store.digests().await.unwrap_err();
        assert_eq!(fault(&error), Some(&Fault::Away), "{error:?}");
        other.execute("ROLLBACK").await;
        assert_eq!(other.count("edition").await, 0);

        wire.mend();
        assert!(matches!(save(&store, &digest).await.unwrap(), Saved::Created(_)));
        store.close().await;
    })
    .await;
}
