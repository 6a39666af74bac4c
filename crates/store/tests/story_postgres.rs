//! The story, on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use pulse_store::Store;
use pulse_testkit::store_story;

#[path = "support/postgres.rs"]
mod postgres;

#[tokio::test]
async fn postgres_passes_the_story() {
    postgres::with_postgres(|address| async move {
        let store = Store::open(&address).await.unwrap();
        store_story::run(&store).await;
        store.close().await;

        // A second start finds all of it, and has nothing to migrate.
        let store = Store::open(&address).await.unwrap();
        assert_eq!(store.editions(None, None).await.unwrap().len(), 6);
        store.close().await;
    })
    .await;
}
