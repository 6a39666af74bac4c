//! The story, on SQLite.

use pulse_store::Store;
use pulse_testkit::store_story;

#[tokio::test]
async fn sqlite_passes_the_story() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pulse.db");
    let store = Store::open(file.to_str().unwrap()).await.unwrap();
    store_story::run(&store).await;
    store.close().await;

    // A second start finds all of it, and has nothing to migrate.
    let store = Store::open(&format!("sqlite:{}", file.display())).await.unwrap();
    assert_eq!(store.editions(None, None).await.unwrap().len(), 6);
    store.close().await;
}
