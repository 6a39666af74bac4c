//! Messages to one person.

use std::cmp::max;

use crate::columns::{MAX_REPLY_CHARS, no_more_than, number, one_line};
use crate::deliveries::enhanced;
use crate::ids::Ids;
use crate::rows::parsed;
use crate::{Lease, NewNotice, Notice, NoticeEnd, NoticeId, Noticed, Reply, StoreError};

use super::dialect::{self, Answer, Connection, Connections};

const DAY_MS: i64 = 24 * 3_600_000;
/// The most rows of one transaction.
const MAX_ROWS: u32 = 500;

/// Adds a notice, unless the address had one of its kind within 24 hours. Notices from a day or more ahead were written by
/// a clock that has been put right since, and do not count.
pub(crate) async fn add(db: &Connections, notice: &NewNotice, now: i64) -> Answer<Noticed> {
    let mut tx = db.begin_write().await?;
    let noticed = insert(&mut tx, notice, now).await?;
    tx.commit().await?;
    Ok(noticed)
}

/// As [`add`], in a transaction that is under way.
pub(crate) async fn insert(connection: &mut Connection, notice: &NewNotice, now: i64) -> Answer<Noticed> {
    dialect::lock_notices(connection).await?;
    let sql = "SELECT max(created_at) FROM notice WHERE address_key = $1 AND kind = $2 AND created_at > $3 AND created_at < $4";
    let query = sqlx::query_scalar(sql).bind(notice.address.key()).bind(&notice.kind);
    let last: Option<i64> = query.bind(now.saturating_sub(DAY_MS)).bind(now.saturating_add(DAY_MS)).fetch_one(&mut *connection).await?;
    if let Some(last_at) = last {
        return Ok(Noticed::TooSoon { last_at });
    }
    let id = NoticeId(Ids::at(now).make());
    sqlx::query(
        "INSERT INTO notice (id, kind, address, address_key, subject, body, status, due_at, attempt_count, reply_status, reply_text, relay, created_at, forgets) \
         VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, 0, '', '', '', $8, $9)",
    )
    .bind(id.to_string())
    .bind(&notice.kind)
    .bind(notice.address.as_str())
    .bind(notice.address.key())
    .bind(&notice.subject)
    .bind(&notice.body)
    .bind(notice.due_at)
    .bind(now)
    .bind(i64::from(notice.forgets))
    .execute(connection)
    .await?;
    Ok(Noticed::Queued(id))
}

/// Id, kind, address, subject, body, attempts, when it was added.
type Columns = (String, String, String, String, String, i64, i64);

/// Notices that are due and nobody's, for this node until the lease is over. A node that is gone by then may have sent them:
/// a confirmation twice is better than none.
pub(crate) async fn claim(db: &Connections, lease: Lease<'_>, limit: u32, now: i64) -> Answer<Vec<Notice>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "WITH due AS MATERIALIZED (SELECT id FROM notice WHERE status = 'queued' AND coalesce(lease_until, due_at) <= $1 \
         ORDER BY coalesce(lease_until, due_at), id LIMIT $2{}) \
         UPDATE notice SET lease_by = $3, lease_until = $4 WHERE id IN (SELECT id FROM due) \
         RETURNING id, kind, address, subject, body, attempt_count, created_at",
        dialect::FOR_UPDATE_SKIP_LOCKED
    ));
    let mut tx = db.begin_write().await?;
    let query = sqlx::query_as(sql).bind(now).bind(i64::from(limit.min(MAX_ROWS))).bind(lease.node).bind(max(lease.until, now));
    let rows: Vec<Columns> = query.fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let notice = |(id, kind, address, subject, body, attempt_count, created_at): Columns| {
        Ok(Notice {
            address: parsed("notice", "address", &id, &address)?,
            kind,
            subject,
            body,
            attempt_count: number("notice", "attempt_count", &id, attempt_count)?,
            created_at,
            id: parsed("notice", "id", &id, &id)?,
        })
    };
    let mut notices = rows.into_iter().map(notice).collect::<Result<Vec<_>, StoreError>>()?;
    notices.sort_by_key(|notice| notice.id);
    Ok(notices)
}

/// Writes down what became of notices. Those that are another node's by now are left as they are, and told.
pub(crate) async fn record(db: &Connections, node: &str, results: &[(NoticeId, NoticeEnd, Reply)], now: i64) -> Answer<Vec<NoticeId>> {
    no_more_than(MAX_ROWS as usize, "results", results.len())?;
    let mut tx = db.begin_write().await?;
    let mut refused = Vec::new();
    for (id, end, reply) in results {
        if !record_one(&mut tx, node, (*id, end, reply), now).await? {
            refused.push(*id);
        }
    }
    tx.commit().await?;
    Ok(refused)
}

async fn record_one(connection: &mut Connection, node: &str, (id, end, reply): (NoticeId, &NoticeEnd, &Reply), now: i64) -> Answer<bool> {
    let (status, until, sent_at) = match end {
        NoticeEnd::Sent => ("sent", None, Some(now)),
        NoticeEnd::Deferred { until } => ("queued", Some(*until), None),
        NoticeEnd::Failed => ("failed", None, None),
    };
    let done = sqlx::query(
        "UPDATE notice SET status = $3, due_at = coalesce($4, due_at), sent_at = $5, attempt_count = attempt_count + 1, lease_by = NULL, \
         lease_until = NULL, reply_code = $6, reply_status = $7, reply_text = $8, relay = $9, body = CASE $3 WHEN 'queued' THEN body ELSE '' END \
         WHERE id = $1 AND lease_by = $2 AND status = 'queued'",
    )
    .bind(id.to_string())
    .bind(node)
    .bind(status)
    .bind(until)
    .bind(sent_at)
    .bind(reply.code.map(i64::from))
    .bind(enhanced(&reply.enhanced))
    .bind(one_line(&reply.text, MAX_REPLY_CHARS))
    .bind(one_line(&reply.relay, MAX_REPLY_CHARS))
    .execute(&mut *connection)
    .await?;
    let sql = "UPDATE notice SET address = '', address_key = '', reply_text = '' WHERE id = $1 AND forgets = 1 AND status <> 'queued'";
    sqlx::query(sql).bind(id.to_string()).execute(connection).await?;
    Ok(done.rows_affected() > 0)
}
