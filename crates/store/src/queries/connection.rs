//! Transactions, migrations, and what can be said of a database as a whole.

use sqlx::Transaction;
use sqlx::migrate::MigrateError;

use crate::migrations;
use crate::{Fault, Health, StoreError};

use super::dialect::{self, Answer, Connection, Connections, Db};

impl Connections {
    /// Nothing it writes is kept until it is committed.
    pub(crate) async fn begin_write(&self) -> Answer<Transaction<'static, Db>> {
        Ok(self.write.begin_with(dialect::BEGIN_WRITE).await?)
    }

    /// Sees one state of all tables.
    pub(crate) async fn begin_read(&self) -> Answer<Transaction<'static, Db>> {
        Ok(self.read.begin_with(dialect::BEGIN_READ).await?)
    }

    pub(crate) async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

/// Runs the migrations that are missing, all or none. `store` names the database in errors.
pub(crate) async fn migrate(db: &Connections, store: &str) -> Answer<()> {
    if is_current(db).await? {
        return Ok(());
    }
    let mut tx = db.begin_write().await?;
    dialect::lock_schema(&mut tx).await?;
    migrations::all().run_direct(None, &mut *tx, false).await.map_err(|error| migration_failed(error, store))?;
    Ok(tx.commit().await?)
}

/// What `doctor` and the health page say.
pub(crate) async fn health(db: &Connections) -> Answer<Health> {
    let mut tx = db.begin_read().await?;
    Ok(Health {
        engine: dialect::NAME,
        engine_version: dialect::version(&mut tx).await?,
        schema_version: sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(&mut *tx).await?,
        damage: dialect::damage(&mut tx).await?,
        digest_count: count(&mut tx, "SELECT count(*) FROM digest").await?,
        edition_count: count(&mut tx, "SELECT count(*) FROM edition").await?,
        entry_count: count(&mut tx, "SELECT count(*) FROM entry").await?,
        publisher_count: count(&mut tx, "SELECT count(*) FROM publisher").await?,
    })
}

/// Whether the migrations that ran are exactly ours; then opening the store writes nothing and waits for no writer.
/// Where the server does not answer, asking again would only make the person wait twice; any other error means that it has to
/// be found out with the lock held.
async fn is_current(db: &Connections) -> Answer<bool> {
    let applied: sqlx::Result<Vec<(i64, Vec<u8>)>> =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations ORDER BY version").fetch_all(&db.read).await;
    let ours = migrations::all();
    match applied {
        Ok(applied) => Ok(ours.iter().map(|migration| (migration.version, migration.checksum.to_vec())).eq(applied)),
        Err(error) if dialect::fault(&error) == Fault::Away => Err(error.into()),
        Err(_) => Ok(false),
    }
}

fn migration_failed(error: MigrateError, store: &str) -> dialect::Failure {
    let store = store.to_owned();
    match error {
        MigrateError::VersionMissing(found) => StoreError::NewerSchema { store, found, known: migrations::LATEST }.into(),
        MigrateError::VersionMismatch(version) => StoreError::ChangedMigration { store, version }.into(),
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        other => sqlx::Error::from(other).into(),
    }
}

async fn count(connection: &mut Connection, sql: &'static str) -> Answer<u64> {
    let count: i64 = sqlx::query_scalar(sql).fetch_one(connection).await?;
    Ok(count.unsigned_abs())
}
