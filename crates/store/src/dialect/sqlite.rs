//! SQLite: a file in WAL mode, one connection that writes and several that read.
//!
//! What is committed is on the disk (`synchronous = FULL`): a message whose mark a power cut took back would go out twice.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _, Pool};

use super::{Patience, common_fault, innermost};
use crate::{Fault, StoreError};

pub(crate) use sqlx::sqlite::{Sqlite as Db, SqliteConnection as Connection, SqliteRow as Row};

pub(crate) const NAME: &str = "SQLite";
pub(crate) const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";
pub(crate) const BEGIN_READ: &str = "BEGIN";
pub(crate) const FOR_UPDATE: &str = "";
pub(crate) const FOR_UPDATE_OF_DELIVERY: &str = "";
pub(crate) const FOR_UPDATE_SKIP_LOCKED: &str = "";

/// How many connections read at the same time.
const READERS: u32 = 4;
/// Inserts have four sizes for each table, so that all of them together with the rest stay prepared.
const PREPARED_STATEMENTS: usize = 400;

/// Why a query gave nothing. It stands between the driver and [`StoreError`], so that `?` reads the driver's error with
/// this engine's codes.
pub(crate) struct Failure(pub(crate) StoreError);

/// What every query gives.
pub(crate) type Answer<T> = Result<T, Failure>;

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self(StoreError::database(fault(&error), innermost(error)))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self(error)
    }
}

/// The connections of a store.
#[derive(Clone, Debug)]
pub(crate) struct Connections {
    pub(crate) read: Pool<Db>,
    pub(crate) write: Pool<Db>,
}

/// Opens the file, and makes it if it is not there.
pub(crate) async fn connect(file: &Path, patience: Patience) -> sqlx::Result<Connections> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(patience.0)
        .statement_cache_capacity(PREPARED_STATEMENTS)
        .disable_statement_logging();
    use_wal(&options, patience).await?;
    let pool = SqlitePoolOptions::new().acquire_timeout(patience.0).max_lifetime(None).before_acquire(|connection, _| {
        // A full disk makes SQLite roll back by itself, which the driver does not notice: it goes on believing in a
        // transaction and refuses to begin another. Such a connection is closed, and the pool opens a new one.
        let usable = !connection.is_in_transaction();
        Box::pin(async move { Ok(usable) })
    });
    Ok(Connections {
        read: pool.clone().max_connections(READERS).connect_lazy_with(options.clone()),
        // The writer alone brings the planner's figures up to date when it goes: that is writing, and whoever only read
        // would wait for another's turn to end.
        write: pool.max_connections(1).connect_lazy_with(options.optimize_on_close(true, None)),
    })
}

/// Readers then do not wait for the writer. SQLite does not wait its turn to change the mode, so we do.
async fn use_wal(options: &SqliteConnectOptions, patience: Patience) -> sqlx::Result<()> {
    let start = Instant::now();
    let mut connection = options.connect().await?;
    loop {
        match sqlx::query("PRAGMA journal_mode = WAL").execute(&mut connection).await {
            Err(error) if fault(&error) == Fault::Busy && start.elapsed() < patience.0 => tokio::time::sleep(Duration::from_millis(10)).await,
            result => return result.map(drop),
        }
    }
}

/// There is one writer, and it is us.
pub(crate) async fn lock_register(_: &mut Connection) -> sqlx::Result<()> {
    Ok(())
}

/// There is one writer, and it is us.
pub(crate) async fn lock_schema(_: &mut Connection) -> sqlx::Result<()> {
    Ok(())
}

/// There is one writer, and it is us.
pub(crate) async fn lock_addresses(_: &mut Connection) -> sqlx::Result<()> {
    Ok(())
}

/// There is one writer, and it is us.
pub(crate) async fn lock_notices(_: &mut Connection) -> sqlx::Result<()> {
    Ok(())
}

/// There is one writer, and it is us.
pub(crate) async fn lock_publications(_: &mut Connection) -> sqlx::Result<()> {
    Ok(())
}

pub(crate) async fn version(connection: &mut Connection) -> sqlx::Result<String> {
    sqlx::query_scalar("SELECT sqlite_version()").fetch_one(connection).await
}

/// Damaged pages, and rows that refer to rows that are not there.
pub(crate) async fn damage(connection: &mut Connection) -> sqlx::Result<Vec<String>> {
    let mut damage: Vec<String> = sqlx::query_scalar("PRAGMA quick_check").fetch_all(&mut *connection).await?;
    damage.retain(|line| line != "ok");
    let orphans: Vec<(String, Option<i64>, String)> =
        sqlx::query_as("SELECT \"table\", rowid, \"parent\" FROM pragma_foreign_key_check").fetch_all(connection).await?;
    damage.extend(orphans.into_iter().map(|(table, row, parent)| format!("row {} of {table} refers to no row of {parent}", row.unwrap_or_default())));
    Ok(damage)
}

/// What kind of failure an error is (<https://www.sqlite.org/rescode.html>; the low byte is the primary code).
pub(crate) fn fault(error: &sqlx::Error) -> Fault {
    if let Some(fault) = common_fault(error) {
        return fault;
    }
    let sqlx::Error::Database(error) = error else {
        return Fault::Busy;
    };
    let code: u32 = error.code().and_then(|code| code.parse().ok()).unwrap_or_default();
    match code & 0xff {
        // The memory that readers and the writer share is a file too, and found no room (SQLITE_IOERR_SHMSIZE).
        _ if code == 4874 => Fault::DiskFull,
        5 | 6 => Fault::Busy,
        8 => Fault::ReadOnly,
        11 | 26 => Fault::Damaged,
        13 => Fault::DiskFull,
        14 => Fault::CannotOpen,
        19 => Fault::Constraint(error.message().to_owned()),
        _ => Fault::Other,
    }
}
