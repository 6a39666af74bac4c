//! Two publications turn out to be one.

use crate::rows::from_json;
use crate::{Facts, PublicationId};

use super::dialect::{self, Answer, Connection, Connections};
use super::harvested;

/// Makes one publication of two, with facts made of what was known of `into` and of all records; `false` where one of them is not there
/// any more.
pub(crate) async fn merge(db: &Connections, from: PublicationId, into: PublicationId, facts: &Facts<'_>, now: i64) -> Answer<bool> {
    let mut tx = db.begin_write().await?;
    dialect::lock_publications(&mut tx).await?;
    let sql = "SELECT count(*) FROM publication WHERE id IN ($1, $2)";
    let count: i64 = sqlx::query_scalar(sql).bind(from.to_string()).bind(into.to_string()).fetch_one(&mut *tx).await?;
    if count < 2 {
        return Ok(false);
    }
    absorb(&mut tx, from, into, now).await?;
    let known = harvested::publication(&mut tx, &into.to_string()).await?;
    harvested::set_facts(&mut tx, into, &facts(known.facts, &known.records)).await?;
    tx.commit().await?;
    Ok(true)
}

/// Moves all that is kept of `from` to `into`, its changes as further versions, and notes it. Where both have the same file, that of
/// `into` stays.
pub(crate) async fn absorb(connection: &mut Connection, from: PublicationId, into: PublicationId, now: i64) -> Answer<()> {
    let (gone, stays) = (from.to_string(), into.to_string());
    if gone == stays {
        return Ok(());
    }
    let sql = "SELECT changes FROM publication_version WHERE publication_id = $1 AND number > 1 ORDER BY number";
    let changes: Vec<String> = sqlx::query_scalar(sql).bind(&gone).fetch_all(&mut *connection).await?;
    let mut number: i64 = sqlx::query_scalar("SELECT version_number FROM publication WHERE id = $1").bind(&stays).fetch_one(&mut *connection).await?;
    for changes in changes {
        number += 1;
        let changes: Vec<_> = from_json("publication_version", "changes", &gone, &changes)?;
        harvested::add_version(connection, into, u32::try_from(number).unwrap_or(u32::MAX), &changes, now).await?;
    }
    let sql = "UPDATE document_version SET publication_version = $3 WHERE document_id IN (SELECT id FROM document WHERE publication_id = $1 AND url NOT IN \
               (SELECT url FROM document WHERE publication_id = $2))";
    sqlx::query(sql).bind(&gone).bind(&stays).bind(number).execute(&mut *connection).await?;
    for sql in [
        "UPDATE document SET publication_id = $2 WHERE publication_id = $1 AND url NOT IN (SELECT url FROM document WHERE publication_id = $2)",
        "UPDATE record SET publication_id = $2 WHERE publication_id = $1 AND NOT EXISTS (SELECT 1 FROM record AS other \
         WHERE other.publication_id = $2 AND other.source_id = record.source_id AND other.record_key = record.record_key)",
        "UPDATE publication_identifier SET publication_id = $2 WHERE publication_id = $1",
        "UPDATE decision SET publication_id = $2 WHERE publication_id = $1",
        "UPDATE draft SET publication_id = $2 WHERE publication_id = $1 AND digest_id NOT IN (SELECT digest_id FROM draft WHERE publication_id = $2)",
        "UPDATE publication_merge SET into_id = $2 WHERE into_id = $1",
    ] {
        sqlx::query(sql).bind(&gone).bind(&stays).execute(&mut *connection).await?;
    }
    let sql = "INSERT INTO publication_merge (from_id, into_id, at) VALUES ($1, $2, $3)";
    sqlx::query(sql).bind(&gone).bind(&stays).bind(now).execute(&mut *connection).await?;
    sqlx::query("DELETE FROM publication WHERE id = $1").bind(&gone).execute(connection).await?;
    Ok(())
}
