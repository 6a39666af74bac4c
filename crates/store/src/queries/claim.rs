//! Rows of a send that a node may work on, and rows of nodes that are gone.

use std::cmp::max;

use crate::columns::{beginning, number};
use crate::deliveries::{Plan, Tally};
use crate::rows::parsed;
use crate::{Claimed, DeliveryId, End, Lease, Outcome, Reply, SendId, Settled, StoreError, Uncertain};

use super::dialect::{self, Answer, Connection, Connections};
use super::{record, source, suppress, tally};

/// The most rows of one transaction.
const MAX_ROWS: u32 = 1_000;
/// Nothing is put off, or held, for longer. What seems to be was written by a clock that has been put right since.
const LONGEST_WAIT_MS: i64 = 7 * 24 * 3_600_000;

/// Rows that are due and nobody's, the longest due first, for this node until the lease is over.
pub(crate) async fn claim(db: &Connections, send: SendId, lease: Lease<'_>, limit: u32, now: i64) -> Answer<Vec<Claimed>> {
    let mut tx = db.begin_write().await?;
    let sql = "SELECT id FROM send WHERE id = $1 AND status = 'released' AND due_at <= $2";
    let is_due: Option<String> = sqlx::query_scalar(sql).bind(send.to_string()).bind(now).fetch_optional(&mut *tx).await?;
    if is_due.is_none() {
        return Ok(Vec::new());
    }
    let sql = sqlx::AssertSqlSafe(format!(
        "WITH due AS MATERIALIZED (SELECT id FROM delivery WHERE send_id = $1 AND status IN ('queued', 'deferred') \
         AND coalesce(lease_until, due_at) <= $2 ORDER BY coalesce(lease_until, due_at), id LIMIT $3{}) \
         UPDATE delivery SET lease_by = $4, lease_until = $5 WHERE id IN (SELECT id FROM due) \
         RETURNING id, subscriber_id, address, name, cut, attempt_count, first_tried_at",
        dialect::FOR_UPDATE_SKIP_LOCKED
    ));
    let query = sqlx::query_as(sql).bind(send.to_string()).bind(now).bind(i64::from(limit.min(MAX_ROWS)));
    let rows: Vec<Columns> = query.bind(lease.node).bind(max(lease.until, now)).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let mut claimed = rows.into_iter().map(claimed).collect::<Result<Vec<_>, _>>()?;
    claimed.sort_by_key(|row| row.id);
    Ok(claimed)
}

/// Id, subscriber, address, name, cut, attempts, first attempt.
type Columns = (String, String, String, String, i64, i64, Option<i64>);

fn claimed((id, subscriber, address, name, cut, attempt_count, first_tried_at): Columns) -> Result<Claimed, StoreError> {
    Ok(Claimed {
        subscriber: parsed("delivery", "subscriber_id", &id, &subscriber)?,
        address: parsed("delivery", "address", &id, &address)?,
        name,
        cut: number("delivery", "cut", &id, cut)?,
        attempt_count: number("delivery", "attempt_count", &id, attempt_count)?,
        first_tried_at,
        id: parsed("delivery", "id", &id, &id)?,
    })
}

/// What one run of a node had claimed of a send, and not marked, becomes anybody's. How many rows these were.
pub(crate) async fn give_back(db: &Connections, send: SendId, run: &str) -> Answer<u64> {
    // Behind 0 are the claimed and those put off; a million that nobody has touched stand before it.
    let sql = "UPDATE delivery SET lease_by = NULL, lease_until = NULL WHERE send_id = $1 AND status IN ('queued', 'deferred') \
               AND coalesce(lease_until, due_at) > 0 AND lease_by = $2";
    let mut tx = db.begin_write().await?;
    let count = sqlx::query(sql).bind(send.to_string()).bind(run).execute(&mut *tx).await?.rows_affected();
    tx.commit().await?;
    Ok(count)
}

/// What earlier runs of a node left, in every send: what they had claimed becomes anybody's, and the lease of what they had
/// marked is over; sources and publications they were at become anybody's. How many rows these were.
pub(crate) async fn take_over(db: &Connections, node: &str, run: &str, now: i64) -> Answer<u64> {
    let claimed = "UPDATE delivery SET lease_by = NULL, lease_until = NULL WHERE send_id = $1 AND status IN ('queued', 'deferred') \
                   AND coalesce(lease_until, due_at) > 0 AND lease_by LIKE $2 ESCAPE '\\' AND lease_by <> $3";
    let marked = "UPDATE delivery SET lease_until = $4 WHERE send_id = $1 AND status = 'sending' AND lease_by LIKE $2 ESCAPE '\\' \
                  AND lease_by <> $3 AND lease_until > $4";
    let runs = beginning(&format!("{node}/"));
    let mut tx = db.begin_write().await?;
    let mut count = 0;
    for send in live_sends(&mut tx).await? {
        count += sqlx::query(claimed).bind(&send).bind(&runs).bind(run).execute(&mut *tx).await?.rows_affected();
        count += sqlx::query(marked).bind(send).bind(&runs).bind(run).bind(now).execute(&mut *tx).await?.rows_affected();
    }
    count += source::take_over(&mut tx, &runs, run).await?;
    tx.commit().await?;
    Ok(count)
}

/// There are few; asked for one by one, each statement has an index to go along.
async fn live_sends(connection: &mut Connection) -> Answer<Vec<String>> {
    Ok(sqlx::query_scalar("SELECT id FROM send WHERE status NOT IN ('finished', 'cancelled')").fetch_all(connection).await?)
}

/// Looks after what nodes left behind, at most [`MAX_ROWS`] of each kind at a time.
pub(crate) async fn settle(db: &Connections, uncertain: Uncertain, now: i64) -> Answer<Settled> {
    let mut tx = db.begin_write().await?;
    let lost = lose(&mut tx, now).await?;
    let repeated = match uncertain {
        Uncertain::Leave => 0,
        Uncertain::Repeat { at } => repeat(&mut tx, at).await?,
    };
    put_clock_right(&mut tx, now).await?;
    tx.commit().await?;
    Ok(Settled { lost, repeated })
}

/// What was being sent by a node whose lease is over becomes uncertain.
async fn lose(connection: &mut Connection, now: i64) -> Answer<u64> {
    let sql = "SELECT id FROM delivery WHERE status = 'sending' AND lease_until <= $1 ORDER BY send_id, id LIMIT $2";
    let sql = sqlx::AssertSqlSafe(format!("{sql}{}", dialect::FOR_UPDATE_SKIP_LOCKED));
    let ids: Vec<String> = sqlx::query_scalar(sql).bind(now).bind(i64::from(MAX_ROWS)).fetch_all(&mut *connection).await?;
    let ids: Vec<DeliveryId> = ids.into_iter().map(|id| parsed("delivery", "id", &id, &id)).collect::<Result<_, _>>()?;
    let mut rows = record::lock(connection, &ids).await?;
    let mut plan = Plan::default();
    for id in &ids {
        let Some(row) = rows.get_mut(id) else { continue };
        let node = row.lease_by.clone().unwrap_or_default();
        let reply = Reply { text: "the node that was sending it stopped".into(), ..Reply::default() };
        plan.result(row, &Outcome { id: *id, end: End::Uncertain, reply }, &node, now);
    }
    record::write(connection, plan, Lease { node: "", until: now }, now).await?;
    Ok(ids.len() as u64)
}

/// What may or may not have arrived is sent again, unless its reader is gone.
async fn repeat(connection: &mut Connection, at: i64) -> Answer<u64> {
    let sql = "SELECT delivery.id, delivery.send_id FROM delivery JOIN send ON send.id = delivery.send_id JOIN subscription \
               ON subscription.digest_id = send.digest_id AND subscription.subscriber_id = delivery.subscriber_id \
               WHERE delivery.status = 'uncertain' AND send.status NOT IN ('finished', 'cancelled') AND subscription.state = 'active' \
               ORDER BY delivery.id LIMIT $1";
    let sql = sqlx::AssertSqlSafe(format!("{sql}{}", dialect::FOR_UPDATE_OF_DELIVERY));
    let rows: Vec<(String, String)> = sqlx::query_as(sql).bind(i64::from(MAX_ROWS)).fetch_all(&mut *connection).await?;
    let mut changes = Tally::default();
    for (id, send) in &rows {
        changes.add(send, "status", "uncertain", -1);
        changes.add(send, "status", "queued", 1);
        sqlx::query("UPDATE delivery SET due_at = $2 WHERE id = $1").bind(id).bind(at).execute(&mut *connection).await?;
    }
    let ids: Vec<&String> = rows.iter().map(|(id, _)| id).collect();
    suppress::set_status(connection, &ids, "queued").await?;
    tally::add(connection, "", changes).await?;
    Ok(rows.len() as u64)
}

/// A clock that was ahead and was put back leaves rows that wait for a day that will not come for long: they are due now.
async fn put_clock_right(connection: &mut Connection, now: i64) -> Answer<()> {
    let latest = now.saturating_add(LONGEST_WAIT_MS);
    let sql = "UPDATE delivery SET lease_by = NULL, lease_until = NULL, due_at = CASE WHEN due_at > $3 THEN $2 ELSE due_at END \
               WHERE send_id = $1 AND status IN ('queued', 'deferred') AND coalesce(lease_until, due_at) > $3";
    for send in live_sends(connection).await? {
        sqlx::query(sql).bind(send).bind(now).bind(latest).execute(&mut *connection).await?;
    }
    let sql = "UPDATE delivery SET lease_until = $1 WHERE status = 'sending' AND lease_until > $2";
    sqlx::query(sql).bind(now).bind(latest).execute(connection).await?;
    Ok(())
}
