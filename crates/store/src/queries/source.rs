//! Sources, whose turn it is, and how looks at them went.

use std::cmp::max;

use sqlx::Row as _;

use crate::columns::{lines, needs, no_more_than, number, one_line, page};
use crate::ids::Ids;
use crate::rows::{from_json, json, parsed};
use crate::{Lease, LookCounts, Looked, SourceHealth, SourceId, SourceRow, SourceTurn, StoreError, WhichSources};

use super::dialect::{self, Answer, Connection, Connections, Failure, Row};

/// Looks that are kept of each source.
const MAX_LOOKS: i64 = 50;
/// Problems that are kept of each look.
const MAX_PROBLEMS: usize = 100;
/// The most characters of an error or a problem.
const MAX_SENTENCE_CHARS: usize = 1_000;
/// The most sources that are named at a time.
const MAX_NAMED: usize = 10_000;

pub(crate) fn name_key(name: &str) -> String {
    name.to_lowercase()
}

/// Adds a source that the schedule looks at from `due_at` on.
pub(crate) async fn add(db: &Connections, source: &pulse_model::Source, due_at: i64, now: i64) -> Answer<SourceId> {
    needs("a source", "a name", &source.name)?;
    let id = SourceId(Ids::at(now).make());
    let mut tx = db.begin_write().await?;
    let done = sqlx::query(
        "INSERT INTO source (id, name, name_key, kind, settings, memory, is_paused, created_at, next_due_at, failure_count, last_error) \
         VALUES ($1, $2, $3, $4, $5, '{}', 0, $6, $7, 0, '') ON CONFLICT (name_key) DO NOTHING",
    )
    .bind(id.to_string())
    .bind(&source.name)
    .bind(name_key(&source.name))
    .bind(source.channel.kind().name())
    .bind(json("the source", source)?)
    .bind(now)
    .bind(due_at)
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Err(StoreError::SourceThere { name: source.name.clone() }.into());
    }
    tx.commit().await?;
    Ok(id)
}

/// Keeps other settings for a source. What was remembered of another channel is forgotten.
pub(crate) async fn change(db: &Connections, id: SourceId, source: &pulse_model::Source) -> Answer<()> {
    let mut tx = db.begin_write().await?;
    let before: Option<String> = sqlx::query_scalar("SELECT settings FROM source WHERE id = $1").bind(id.to_string()).fetch_optional(&mut *tx).await?;
    let Some(before) = before else { return Ok(()) };
    let before: pulse_model::Source = from_json("source", "settings", &id.to_string(), &before)?;
    let is_other = before.channel != source.channel;
    let sql = "UPDATE source SET name = $2, name_key = $3, kind = $4, settings = $5, memory = CASE $6 WHEN 1 THEN '{}' ELSE memory END WHERE id = $1";
    sqlx::query(sql)
        .bind(id.to_string())
        .bind(&source.name)
        .bind(name_key(&source.name))
        .bind(source.channel.kind().name())
        .bind(json("the source", source)?)
        .bind(i64::from(is_other))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Pauses or resumes; what is resumed is due at once.
pub(crate) async fn pause(db: &Connections, id: SourceId, is_paused: bool, now: i64) -> Answer<()> {
    let mut tx = db.begin_write().await?;
    let sql = "UPDATE source SET is_paused = $2, next_due_at = CASE $2 WHEN 0 THEN $3 ELSE next_due_at END WHERE id = $1";
    sqlx::query(sql).bind(id.to_string()).bind(i64::from(is_paused)).bind(now).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes a source with its records and looks; its publications stay.
pub(crate) async fn remove(db: &Connections, id: SourceId) -> Answer<()> {
    let mut tx = db.begin_write().await?;
    sqlx::query("DELETE FROM source WHERE id = $1").bind(id.to_string()).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

const COLUMNS: &str = "id, settings, is_paused, created_at, next_due_at, not_before_at, tried_at, succeeded_at, failure_count, last_error, rhythm_ms, \
                       silent_at, (SELECT count(DISTINCT publication_id) FROM record WHERE record.source_id = source.id) AS publication_count";

fn row(row: &Row) -> Answer<SourceRow> {
    let id: String = row.try_get("id")?;
    let settings: String = row.try_get("settings")?;
    Ok(SourceRow {
        source: from_json("source", "settings", &id, &settings)?,
        is_paused: row.try_get::<i64, _>("is_paused")? != 0,
        created_at: row.try_get("created_at")?,
        health: SourceHealth {
            next_due_at: row.try_get("next_due_at")?,
            not_before_at: row.try_get("not_before_at")?,
            tried_at: row.try_get("tried_at")?,
            succeeded_at: row.try_get("succeeded_at")?,
            failure_count: number("source", "failure_count", &id, row.try_get("failure_count")?)?,
            last_error: row.try_get("last_error")?,
            rhythm_ms: row.try_get("rhythm_ms")?,
            silent_at: row.try_get("silent_at")?,
        },
        publication_count: row.try_get::<i64, _>("publication_count")?.unsigned_abs(),
        id: parsed("source", "id", &id, &id)?,
    })
}

/// All of them, by name.
pub(crate) async fn list(db: &Connections) -> Answer<Vec<SourceRow>> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM source ORDER BY name_key"));
    sqlx::query(sql).fetch_all(&db.read).await?.iter().map(row).collect()
}

/// The source of this name, however its letters are written.
pub(crate) async fn by_name(db: &Connections, name: &str) -> Answer<Option<SourceRow>> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM source WHERE name_key = $1"));
    sqlx::query(sql).bind(name_key(name)).fetch_optional(&db.read).await?.as_ref().map(row).transpose()
}

/// Sources that are nobody's, the longest due first, for this node until the lease is over.
pub(crate) async fn claim(db: &Connections, which: WhichSources<'_>, lease: Lease<'_>, limit: u32, now: i64) -> Answer<Vec<SourceTurn>> {
    let mut tx = db.begin_write().await?;
    let until = max(lease.until, now);
    let mut ids: Vec<String> = Vec::new();
    match which {
        WhichSources::Due => {
            let sql = sqlx::AssertSqlSafe(format!(
                "SELECT id FROM source WHERE is_paused = 0 AND next_due_at <= $1 AND coalesce(not_before_at, 0) <= $1 AND coalesce(lease_until, 0) <= $1 \
                 ORDER BY next_due_at, id LIMIT $2{}",
                dialect::FOR_UPDATE_SKIP_LOCKED
            ));
            ids = sqlx::query_scalar(sql).bind(now).bind(page(limit)).fetch_all(&mut *tx).await?;
        }
        WhichSources::These(these) => {
            no_more_than(MAX_NAMED, "sources", these.len())?;
            let sql = format!("SELECT id FROM source WHERE id = $1 AND coalesce(lease_until, 0) <= $2{}", dialect::FOR_UPDATE_SKIP_LOCKED);
            for id in these {
                let query = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.clone())).bind(id.to_string()).bind(now);
                ids.extend(query.fetch_optional(&mut *tx).await?);
                if ids.len() >= limit as usize {
                    break;
                }
            }
        }
    }
    let mut turns = Vec::new();
    for id in ids {
        let sql = sqlx::AssertSqlSafe(format!("UPDATE source SET lease_by = $2, lease_until = $3 WHERE id = $1 RETURNING memory, {COLUMNS}"));
        let claimed = sqlx::query(sql).bind(id).bind(lease.node).bind(until).fetch_one(&mut *tx).await?;
        turns.push(SourceTurn { memory: claimed.try_get("memory")?, row: row(&claimed)? });
    }
    tx.commit().await?;
    Ok(turns)
}

/// Whether the source is this node's; then it stays so until the lease is over.
pub(crate) async fn renew(db: &Connections, id: SourceId, lease: Lease<'_>) -> Answer<bool> {
    let mut tx = db.begin_write().await?;
    let is_ours = hold(&mut tx, id, lease).await?;
    tx.commit().await?;
    Ok(is_ours)
}

/// As [`renew`], in a transaction that is under way.
pub(crate) async fn hold(connection: &mut Connection, id: SourceId, lease: Lease<'_>) -> Answer<bool> {
    let sql = "UPDATE source SET lease_until = $3 WHERE id = $1 AND lease_by = $2";
    let done = sqlx::query(sql).bind(id.to_string()).bind(lease.node).bind(lease.until).execute(connection).await?;
    Ok(done.rows_affected() > 0)
}

/// Gives back what earlier runs of a node had, which are known to be dead: sources, and publications whose documents they fetched.
pub(crate) async fn take_over(connection: &mut Connection, runs: &str, run: &str) -> Answer<u64> {
    let mut count = 0;
    for sql in [
        "UPDATE source SET lease_by = NULL, lease_until = NULL WHERE lease_by LIKE $1 ESCAPE '\\' AND lease_by <> $2",
        "UPDATE publication SET lease_by = NULL, lease_until = NULL WHERE lease_by LIKE $1 ESCAPE '\\' AND lease_by <> $2",
    ] {
        count += sqlx::query(sql).bind(runs).bind(run).execute(&mut *connection).await?.rows_affected();
    }
    Ok(count)
}

/// Writes how a look went, and lets the source go; `false` where it is another node's by now.
pub(crate) async fn end_look(db: &Connections, id: SourceId, node: &str, looked: &Looked, health: &SourceHealth) -> Answer<bool> {
    let mut tx = db.begin_write().await?;
    let done = sqlx::query(
        "UPDATE source SET next_due_at = $3, not_before_at = $4, tried_at = $5, succeeded_at = $6, failure_count = $7, last_error = $8, rhythm_ms = $9, \
         silent_at = $10, lease_by = NULL, lease_until = NULL WHERE id = $1 AND lease_by = $2",
    )
    .bind(id.to_string())
    .bind(node)
    .bind(health.next_due_at)
    .bind(health.not_before_at)
    .bind(health.tried_at)
    .bind(health.succeeded_at)
    .bind(i64::from(health.failure_count))
    .bind(one_line(&health.last_error, MAX_SENTENCE_CHARS))
    .bind(health.rhythm_ms)
    .bind(health.silent_at)
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    let counts = [looked.counts.new, looked.counts.updated, looked.counts.unchanged, looked.counts.documents, looked.counts.problems];
    let problems: Vec<String> = looked.problems.iter().take(MAX_PROBLEMS).map(|problem| lines(problem, MAX_SENTENCE_CHARS)).collect();
    let mut query = sqlx::query(
        "INSERT INTO look (id, source_id, began_at, ended_at, new_count, updated_count, unchanged_count, document_count, problem_count, error, problems) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(Ids::at(looked.ended_at).make().to_string())
    .bind(id.to_string())
    .bind(looked.began_at)
    .bind(looked.ended_at);
    for count in counts {
        query = query.bind(i64::try_from(count).unwrap_or(i64::MAX));
    }
    query.bind(one_line(&looked.error, MAX_SENTENCE_CHARS)).bind(json("the problems", &problems)?).execute(&mut *tx).await?;
    let sql = "DELETE FROM look WHERE source_id = $1 AND id NOT IN (SELECT id FROM look WHERE source_id = $1 ORDER BY id DESC LIMIT $2)";
    sqlx::query(sql).bind(id.to_string()).bind(MAX_LOOKS).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(true)
}

/// Lets a source go without a look; it is not due before `due_at`.
pub(crate) async fn give_back(db: &Connections, id: SourceId, node: &str, due_at: i64) -> Answer<()> {
    let mut tx = db.begin_write().await?;
    let sql = "UPDATE source SET lease_by = NULL, lease_until = NULL, next_due_at = CASE WHEN next_due_at < $3 THEN $3 ELSE next_due_at END \
               WHERE id = $1 AND lease_by = $2";
    sqlx::query(sql).bind(id.to_string()).bind(node).bind(due_at).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

/// The last looks at a source, the newest first.
pub(crate) async fn looks(db: &Connections, id: SourceId, limit: u32) -> Answer<Vec<Looked>> {
    let sql = "SELECT id, began_at, ended_at, new_count, updated_count, unchanged_count, document_count, problem_count, error, problems FROM look \
               WHERE source_id = $1 ORDER BY id DESC LIMIT $2";
    let look = |row: &Row| {
        let id: String = row.try_get("id")?;
        let problems: String = row.try_get("problems")?;
        let count = |column| Ok::<_, Failure>(row.try_get::<i64, _>(column)?.unsigned_abs());
        Ok(Looked {
            began_at: row.try_get("began_at")?,
            ended_at: row.try_get("ended_at")?,
            counts: LookCounts {
                new: count("new_count")?,
                updated: count("updated_count")?,
                unchanged: count("unchanged_count")?,
                documents: count("document_count")?,
                problems: count("problem_count")?,
            },
            error: row.try_get("error")?,
            problems: from_json("look", "problems", &id, &problems)?,
        })
    };
    sqlx::query(sql).bind(id.to_string()).bind(page(limit)).fetch_all(&db.read).await?.iter().map(look).collect()
}

/// When the publications of a source came out, the newest first.
pub(crate) async fn publication_times(db: &Connections, id: SourceId, limit: u32) -> Answer<Vec<i64>> {
    let sql = "SELECT sorted_at FROM publication WHERE id IN (SELECT publication_id FROM record WHERE source_id = $1) ORDER BY sorted_at DESC LIMIT $2";
    Ok(sqlx::query_scalar(sql).bind(id.to_string()).bind(page(limit)).fetch_all(&db.read).await?)
}
