//! A disk that is full, on SQLite: it says so, nothing half written stays, and the same store works once there is room.
//! Here and not in `tests`, because only the connection that writes can be told how far its file may grow.

use pulse_model::{EditionKey, Month};
use pulse_testkit::store_story;

use crate::{Conflict, Engine, Fault, Saved, Source, Store, StoreError};

async fn let_grow_to(store: &Store, pages: u32) {
    let Engine::Sqlite(db) = &store.0 else { panic!("this test is for SQLite") };
    let sql = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
    sqlx::query(sql).execute(&db.write).await.unwrap();
}

#[tokio::test]
async fn a_full_disk_says_so_and_can_be_mended() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("pulse.db").to_str().unwrap()).await.unwrap();
    let digest = store_story::digest();
    store.put_digest(&digest, 1).await.unwrap();
    let key = EditionKey::monthly(Month::new(2026, 5).unwrap());
    let mut edition = store_story::edition(&digest, key);
    edition.news[0].title = "long ".repeat(100_000);

    let_grow_to(&store, 60).await;
    for _ in 0..3 {
        let error = store.save_edition(&edition, &Source::default(), Conflict::Refuse, 2).await.unwrap_err();
        assert!(matches!(error, StoreError::Database { fault: Fault::DiskFull, .. }), "{error:?}");
        assert_eq!(error.to_string(), "cannot save edition 2026-05 of tidemark: the disk that holds the database is full; make room and try again");
        assert!(error.is_passing());
        assert_eq!(store.editions(None, None).await.unwrap(), []);
        // The connection that failed is gone, and its limit with it.
        let_grow_to(&store, 60).await;
    }
    let health = store.health().await.unwrap();
    assert_eq!((health.edition_count, health.entry_count, health.damage.len()), (0, 0, 0));

    let_grow_to(&store, 100_000).await;
    assert!(matches!(store.save_edition(&edition, &Source::default(), Conflict::Refuse, 3).await.unwrap(), Saved::Created(_)));
    assert_eq!(store.edition(&digest.slug, key).await.unwrap().unwrap().edition, edition);
    store.close().await;
}
