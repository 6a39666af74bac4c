//! A database in a file of its own.

use std::future::Future;

/// Runs `test` with the address of a new SQLite database.
pub(crate) async fn with_sqlite<F: Future<Output = ()>>(test: impl FnOnce(String) -> F) {
    let folder = tempfile::tempdir().unwrap();
    test(format!("sqlite:{}", folder.path().join("pulse.db").display())).await;
}
