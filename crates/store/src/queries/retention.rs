//! Clearing what has been kept long enough.

use pulse_model::Slug;
use pulse_model::subscriber::State;
use sqlx::QueryBuilder;

use crate::columns::{no_more_than, page};
use crate::rows::parsed;
use crate::{Aged, Cleared, Clearing, DeliveryId, Lapsed, NewSuppression, SendId, StoreError, SubscriberId};

use super::dialect::{self, Answer, Connection, Connections, Db};
use super::list::{MAX_LIST, push_list};
use super::{digest, suppress, suppression};

/// The most readers of one transaction.
const MAX_READERS: usize = 500;

/// Which rows, and what is done to them. Both go on with a list of ids.
struct Words {
    /// Ids older than $1 and behind $2, at most $3.
    old: &'static str,
    clear: &'static str,
    /// Follows the list of ids.
    if_there: &'static str,
}

fn words(what: Aged) -> Words {
    let (old, clear, if_there) = match what {
        Aged::BounceExcerpts => {
            ("SELECT id FROM bounce WHERE at < $1 AND id > $2 ORDER BY id LIMIT $3", "UPDATE bounce SET excerpt = '' WHERE id IN ", " AND excerpt <> ''")
        }
        Aged::BounceWords => {
            ("SELECT id FROM bounce WHERE at < $1 AND id > $2 ORDER BY id LIMIT $3", "UPDATE bounce SET words = '' WHERE id IN ", " AND words <> ''")
        }
        Aged::Notices => (
            "SELECT id FROM notice WHERE created_at < $1 AND status IN ('sent', 'failed') AND id > $2 ORDER BY id LIMIT $3",
            "DELETE FROM notice WHERE id IN ",
            "",
        ),
        Aged::Complaints => {
            ("SELECT id FROM complaint_case WHERE answered_at < $1 AND id > $2 ORDER BY id LIMIT $3", "DELETE FROM complaint_case WHERE id IN ", "")
        }
        Aged::Audit => ("SELECT id FROM audit WHERE at < $1 AND id > $2 ORDER BY id LIMIT $3", "DELETE FROM audit WHERE id IN ", ""),
    };
    Words { old, clear, if_there }
}

pub(crate) async fn aged(db: &Connections, what: Aged, before: i64, after: Option<&str>, limit: u32, clearing: Clearing) -> Answer<Cleared> {
    let Words { old, clear, if_there } = words(what);
    // Looking may take long where a table is large, so nobody who writes waits for it; what is old stays so.
    let query = sqlx::query_scalar(old).bind(before).bind(after.unwrap_or_default()).bind(page(limit));
    let ids: Vec<String> = query.fetch_all(&db.read).await?;
    if ids.is_empty() {
        return Ok(Cleared { rows: 0, next: None });
    }
    let mut tx = db.begin_write().await?;
    let rows = change(&mut tx, clear, if_there, &ids).await?;
    if clearing == Clearing::Clear {
        tx.commit().await?;
    }
    Ok(Cleared { rows, next: next(ids, limit) })
}

/// How many rows changed.
async fn change(connection: &mut Connection, sql: &'static str, and: &'static str, ids: &[String]) -> Answer<u64> {
    let mut rows = 0;
    for ids in ids.chunks(MAX_LIST) {
        let mut query = QueryBuilder::<Db>::new(sql);
        push_list(&mut query, ids);
        query.push(and);
        rows += query.build().execute(&mut *connection).await?.rows_affected();
    }
    Ok(rows)
}

/// A page that is not full is the last.
fn next(mut ids: Vec<String>, limit: u32) -> Option<String> {
    let is_full = i64::try_from(ids.len()).is_ok_and(|length| length == page(limit));
    ids.pop().filter(|_| is_full)
}

pub(crate) async fn sends(db: &Connections, before: i64) -> Answer<Vec<SendId>> {
    let sql = "SELECT id FROM send WHERE status IN ('finished', 'cancelled') AND updated_at < $1 AND addresses_cleared_at IS NULL ORDER BY id";
    let ids: Vec<String> = sqlx::query_scalar(sql).bind(before).fetch_all(&db.read).await?;
    Ok(ids.iter().map(|id| parsed("send", "id", id, id)).collect::<Result<_, _>>()?)
}

pub(crate) async fn deliveries(db: &Connections, send: SendId, after: Option<DeliveryId>, limit: u32, clearing: Clearing, now: i64) -> Answer<Cleared> {
    let mut tx = db.begin_write().await?;
    let sql = "SELECT count(*) FROM send WHERE id = $1 AND status IN ('finished', 'cancelled')";
    let ended: i64 = sqlx::query_scalar(sql).bind(send.to_string()).fetch_one(&mut *tx).await?;
    if ended == 0 {
        return Ok(Cleared { rows: 0, next: None });
    }
    let sql = "SELECT id FROM delivery WHERE send_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    let query = sqlx::query_scalar(sql).bind(send.to_string()).bind(after.map(|id| id.to_string()).unwrap_or_default()).bind(page(limit));
    let ids: Vec<String> = query.fetch_all(&mut *tx).await?;
    let clear = "UPDATE delivery SET address = '', name = '', reply_text = '' WHERE id IN ";
    let rows = change(&mut tx, clear, " AND (address <> '' OR name <> '' OR reply_text <> '')", &ids).await?;
    change(&mut tx, "UPDATE attempt SET reply_text = '' WHERE delivery_id IN ", " AND reply_text <> ''", &ids).await?;
    let next = next(ids, limit);
    if next.is_none() {
        let sql = "UPDATE send SET addresses_cleared_at = $2 WHERE id = $1";
        sqlx::query(sql).bind(send.to_string()).bind(now).execute(&mut *tx).await?;
    }
    if clearing == Clearing::Clear {
        tx.commit().await?;
    }
    Ok(Cleared { rows, next })
}

/// Whether a send of the digest is under way.
async fn is_sending(connection: &mut Connection, digest_id: &str) -> Answer<bool> {
    let sql = "SELECT count(*) FROM send WHERE digest_id = $1 AND status NOT IN ('finished', 'cancelled')";
    let live: i64 = sqlx::query_scalar(sql).bind(digest_id).fetch_one(connection).await?;
    Ok(live > 0)
}

/// What holds of a subscription that has lapsed; $1 digest, $2 state, $3 the moment, $4 the reader or the one before.
const LAPSED: &str = "FROM subscription s JOIN subscriber u ON u.id = s.subscriber_id \
                      WHERE s.digest_id = $1 AND s.state = $2 AND s.state_at < $3 AND s.updated_at < $3 \
                      AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.address_key = u.address_key AND n.created_at >= $3)";

pub(crate) async fn lapsed(db: &Connections, slug: &Slug, state: State, before: i64, after: Option<SubscriberId>, limit: u32) -> Answer<Vec<Lapsed>> {
    let mut tx = db.begin_read().await?;
    let digest_id = digest::id(&mut tx, slug).await?;
    if is_sending(&mut tx, &digest_id).await? {
        return Ok(Vec::new());
    }
    let sql = sqlx::AssertSqlSafe(format!("SELECT s.subscriber_id, u.address {LAPSED} AND s.subscriber_id > $4 ORDER BY s.subscriber_id LIMIT $5"));
    let query = sqlx::query_as(sql).bind(digest_id).bind(state.as_str()).bind(before);
    let rows: Vec<(String, String)> = query.bind(after.map(|id| id.to_string()).unwrap_or_default()).bind(page(limit)).fetch_all(&mut *tx).await?;
    let line = |(id, address): (String, String)| {
        Ok::<_, StoreError>(Lapsed { id: parsed("subscriber", "id", &id, &id)?, address: parsed("subscriber", "address", &id, &address)? })
    };
    Ok(rows.into_iter().map(line).collect::<Result<_, _>>()?)
}

pub(crate) async fn forget(
    db: &Connections,
    slug: &Slug,
    state: State,
    before: i64,
    readers: &[(SubscriberId, Option<NewSuppression>)],
    now: i64,
) -> Answer<u64> {
    no_more_than(MAX_READERS, "readers", readers.len())?;
    let mut tx = db.begin_write().await?;
    let digest_id = digest::id(&mut tx, slug).await?;
    if is_sending(&mut tx, &digest_id).await? {
        return Ok(0);
    }
    let mut forgotten = 0;
    for (id, line) in readers {
        if has_lapsed(&mut tx, &digest_id, state, before, *id).await? {
            if let Some(line) = line {
                suppression::insert(&mut tx, line, now).await?;
            }
            end(&mut tx, &digest_id, *id).await?;
            forgotten += 1;
        }
    }
    tx.commit().await?;
    Ok(forgotten)
}

/// Whether it is still so, kept so until the transaction ends.
async fn has_lapsed(connection: &mut Connection, digest_id: &str, state: State, before: i64, id: SubscriberId) -> Answer<bool> {
    let sql = format!("SELECT id FROM subscriber WHERE id = $1{}", dialect::FOR_UPDATE);
    let there: Option<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(id.to_string()).fetch_optional(&mut *connection).await?;
    let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) {LAPSED} AND s.subscriber_id = $4"));
    let query = sqlx::query_scalar(sql).bind(digest_id).bind(state.as_str()).bind(before).bind(id.to_string());
    let count: i64 = query.fetch_one(connection).await?;
    Ok(there.is_some() && count > 0)
}

/// Ends what is kept of a reader for one digest, and of one who reads nothing else for all.
async fn end(connection: &mut Connection, digest_id: &str, id: SubscriberId) -> Answer<()> {
    for sql in ["DELETE FROM consent_event WHERE subscriber_id = $1 AND digest_id = $2", "DELETE FROM subscription WHERE subscriber_id = $1 AND digest_id = $2"]
    {
        sqlx::query(sql).bind(id.to_string()).bind(digest_id).execute(&mut *connection).await?;
    }
    let others: i64 = sqlx::query_scalar("SELECT count(*) FROM subscription WHERE subscriber_id = $1").bind(id.to_string()).fetch_one(&mut *connection).await?;
    if others == 0 { suppress::take_out(connection, id).await } else { Ok(()) }
}
