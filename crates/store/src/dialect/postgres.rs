//! PostgreSQL: one pool; rows and the register are locked where another node could change them.

use sqlx::postgres::{PgConnectOptions, PgDatabaseError, PgPoolOptions};
use sqlx::{ConnectOptions, Pool};

use super::{Patience, common_fault, innermost};
use crate::{Fault, StoreError};

pub(crate) use sqlx::postgres::{PgConnection as Connection, PgRow as Row, Postgres as Db};

pub(crate) const NAME: &str = "PostgreSQL";
pub(crate) const BEGIN_WRITE: &str = "BEGIN";
pub(crate) const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
pub(crate) const FOR_UPDATE: &str = " FOR UPDATE";
pub(crate) const FOR_UPDATE_OF_DELIVERY: &str = " FOR UPDATE OF delivery";
pub(crate) const FOR_UPDATE_SKIP_LOCKED: &str = " FOR UPDATE SKIP LOCKED";

/// Connections of one node.
const CONNECTIONS: u32 = 10;
/// Inserts have four sizes for each table, so that all of them together with the rest stay prepared.
const PREPARED_STATEMENTS: usize = 400;
/// Keys of the advisory locks, which any program on the same database could take: "puls" in ASCII, and a number.
const SCHEMA_LOCK: i64 = 0x7075_6c73_0000_0001;
const REGISTER_LOCK: i64 = 0x7075_6c73_0000_0002;
const ADDRESSES_LOCK: i64 = 0x7075_6c73_0000_0003;
const NOTICES_LOCK: i64 = 0x7075_6c73_0000_0004;
const PUBLICATIONS_LOCK: i64 = 0x7075_6c73_0000_0005;

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

/// Connects when the first query comes.
pub(crate) async fn connect(options: &PgConnectOptions, patience: Patience) -> sqlx::Result<Connections> {
    let wait_ms = patience.0.as_millis().to_string();
    let options = options
        .clone()
        .application_name("pulse")
        .options([("lock_timeout", wait_ms.as_str())])
        .statement_cache_capacity(PREPARED_STATEMENTS)
        .disable_statement_logging();
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(patience.0).connect_lazy_with(options);
    Ok(Connections { read: pool.clone(), write: pool })
}

/// Until the transaction ends, no other node gives a printed name an identity or merges publishers.
pub(crate) async fn lock_register(connection: &mut Connection) -> sqlx::Result<()> {
    advisory_lock(connection, REGISTER_LOCK).await
}

/// Until the transaction ends, no other node migrates.
pub(crate) async fn lock_schema(connection: &mut Connection) -> sqlx::Result<()> {
    advisory_lock(connection, SCHEMA_LOCK).await
}

/// Until the transaction ends, no other node gives a reader an address.
pub(crate) async fn lock_addresses(connection: &mut Connection) -> sqlx::Result<()> {
    advisory_lock(connection, ADDRESSES_LOCK).await
}

/// Until the transaction ends, no other node adds a notice.
pub(crate) async fn lock_notices(connection: &mut Connection) -> sqlx::Result<()> {
    advisory_lock(connection, NOTICES_LOCK).await
}

/// Until the transaction ends, no other node decides which publication something is about.
pub(crate) async fn lock_publications(connection: &mut Connection) -> sqlx::Result<()> {
    advisory_lock(connection, PUBLICATIONS_LOCK).await
}

async fn advisory_lock(connection: &mut Connection, key: i64) -> sqlx::Result<()> {
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(key).execute(connection).await.map(drop)
}

pub(crate) async fn version(connection: &mut Connection) -> sqlx::Result<String> {
    sqlx::query_scalar("SELECT current_setting('server_version')").fetch_one(connection).await
}

/// Indexes the server itself no longer trusts. Pages are the server's to check (`pg_amcheck`).
pub(crate) async fn damage(connection: &mut Connection) -> sqlx::Result<Vec<String>> {
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
         WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace",
    )
    .fetch_all(connection)
    .await?;
    Ok(names.into_iter().map(|name| format!("index {name} is not valid")).collect())
}

/// What kind of failure an error is (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
pub(crate) fn fault(error: &sqlx::Error) -> Fault {
    if let Some(fault) = common_fault(error) {
        return fault;
    }
    let sqlx::Error::Database(error) = error else {
        return Fault::Away;
    };
    let Some(error) = error.try_downcast_ref::<PgDatabaseError>() else {
        return Fault::Other;
    };
    match error.code() {
        "25006" => Fault::ReadOnly,
        "40001" | "40P01" | "55P03" => Fault::Busy,
        "53100" => Fault::DiskFull,
        "53300" | "57P01" | "57P02" | "57P03" => Fault::Away,
        "3D000" => Fault::NotLetIn,
        "XX001" | "XX002" => Fault::Damaged,
        code if code.starts_with("08") => Fault::Away,
        code if code.starts_with("28") => Fault::NotLetIn,
        code if code.starts_with("23") => Fault::Constraint(rule(error)),
        _ => Fault::Other,
    }
}

/// "entry.entry_by_slug: Key (edition_id, slug)=(…) already exists."
fn rule(error: &PgDatabaseError) -> String {
    let name = error.constraint().or(error.column()).unwrap_or_default();
    let detail = error.detail().unwrap_or(error.message());
    format!("{}.{name}: {detail}", error.table().unwrap_or_default())
}
