//! Opening a database: new, known, by several at once, from the future, and where there is none.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::process::{Command, Stdio};
use std::time::Duration;

use pulse_store::{Patience, Store, StoreError};

#[path = "support/other.rs"]
mod other;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "support/sqlite.rs"]
mod sqlite;

use other::Other;
use postgres::with_postgres;
use sqlite::with_sqlite;

const ADDRESS: &str = "PULSE_TEST_ADDRESS";

/// A process that opens a database: the one half of `…_processes_open_it_at_once`, which give it an address; by itself it
/// opens one of its own.
#[tokio::test]
async fn another_process() {
    let folder = tempfile::tempdir().unwrap();
    let address = std::env::var(ADDRESS).unwrap_or_else(|_| folder.path().join("alone.db").display().to_string());
    let store = Store::open(&address).await.unwrap();
    assert_eq!(store.health().await.unwrap().damage, Vec::<String>::new());
    store.close().await;
}

async fn processes_open_it_at_once(address: String) {
    for round in 0..5 {
        let address = match address.strip_suffix(".db") {
            Some(stem) => format!("{stem}{round}.db"),
            None => address.clone(),
        };
        let start = || {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["--exact", "another_process"]).env(ADDRESS, &address);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        };
        let processes: Vec<_> = (0..4).map(|_| start()).collect();
        for process in processes {
            let output = process.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && said.contains("1 passed"), "{said}");
        }
        Store::open(&address).await.unwrap().close().await;
    }
}

#[tokio::test]
async fn sqlite_processes_open_it_at_once() {
    with_sqlite(processes_open_it_at_once).await;
}

#[tokio::test]
async fn postgres_processes_open_it_at_once() {
    with_postgres(processes_open_it_at_once).await;
}

async fn a_later_schema_is_left_alone(address: String) {
    let store = Store::open(&address).await.unwrap();
    let known = store.health().await.unwrap().schema_version;
    store.close().await;
    let mut other = Other::connect(&address).await;
    assert_eq!(other.count(&format!("_sqlx_migrations WHERE version = {known}")).await, 1);
    other
        .execute("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) SELECT 9000, description, success, checksum, 0 FROM _sqlx_migrations WHERE version = 1")
        .await;
    let error = Store::open(&address).await.unwrap_err();
    assert!(matches!(error, StoreError::NewerSchema { found: 9000, .. }), "{error:?}");
    let message = error.to_string();
    assert!(
        message.ends_with(&format!("was made by a later version of Pulse: its schema is 9000, and this version knows {known}; run the later version")),
        "{message}"
    );
    assert!(!error.is_passing());

    other.execute("DELETE FROM _sqlx_migrations WHERE version = 9000").await;
    other.execute("UPDATE _sqlx_migrations SET checksum = (SELECT checksum FROM _sqlx_migrations WHERE version = 1) WHERE version = 2").await;
    let error = Store::open(&address).await.unwrap_err();
    assert!(matches!(error, StoreError::ChangedMigration { version: 2, .. }), "{error:?}");
}

#[tokio::test]
async fn sqlite_a_later_schema_is_left_alone() {
    with_sqlite(a_later_schema_is_left_alone).await;
}

#[tokio::test]
async fn postgres_a_later_schema_is_left_alone() {
    with_postgres(a_later_schema_is_left_alone).await;
}

#[tokio::test]
async fn what_cannot_be_opened_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let inside = |name: &str| folder.path().join(name).display().to_string();
    let message = async |address: &str| Store::open_with(address, Patience(Duration::from_millis(300))).await.unwrap_err().to_string();

    let missing = inside("no/such/folder/pulse.db");
    assert_eq!(
        message(&missing).await,
        format!("cannot open {missing}: the file cannot be opened; see that its folder exists and that the user who runs Pulse may use it")
    );
    let letter = inside("letter.txt");
    std::fs::write(&letter, "Dear editor, this is a letter and no database at all. ".repeat(100)).unwrap();
    assert_eq!(message(&letter).await, format!("cannot open {letter}: the file is damaged or is not a database; restore it from a backup"));
    assert!(message("mysql://db.example/pulse").await.contains("is not the address of a database"));

    // Nobody listens on port 1. The password is not for the log.
    let error = Store::open_with("postgres://pulse:secret@127.0.0.1:1/pulse", Patience(Duration::from_millis(300))).await.unwrap_err();
    assert!(error.is_passing());
    assert_eq!(error.to_string(), "cannot open postgres://pulse@127.0.0.1:1/pulse: the database server does not answer; see that it runs and try again");
}
