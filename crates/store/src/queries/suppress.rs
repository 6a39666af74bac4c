//! Readers who are gone, in the sends under way.

use sqlx::QueryBuilder;

use crate::SubscriberId;
use crate::deliveries::Tally;

use super::dialect::{self, Answer, Connection, Connections, Db};
use super::list::{MAX_LIST, push_list};
use super::{subscriber, suppression, tally};

/// Takes a reader out of the live sends of a digest: what waits, or was put off, becomes `suppressed`. What is with a server
/// at this moment is left to [`super::record`], which will not try it again.
pub(crate) async fn in_live_sends(connection: &mut Connection, id: SubscriberId, digest_id: &str) -> Answer<()> {
    let sql = "SELECT delivery.id, delivery.send_id, delivery.status FROM delivery JOIN send ON send.id = delivery.send_id \
               WHERE delivery.subscriber_id = $1 AND delivery.status IN ('queued', 'deferred') \
               AND send.status NOT IN ('finished', 'cancelled') AND send.digest_id = $2 ORDER BY delivery.id";
    let sql = sqlx::AssertSqlSafe(format!("{sql}{}", dialect::FOR_UPDATE_OF_DELIVERY));
    let rows: Vec<Waiting> = sqlx::query_as(sql).bind(id.to_string()).bind(digest_id).fetch_all(&mut *connection).await?;
    suppress(connection, &rows).await
}

/// Id, send, status.
type Waiting = (String, String, String);

async fn suppress(connection: &mut Connection, rows: &[Waiting]) -> Answer<()> {
    let mut counts = Tally::default();
    for (_, send, status) in rows {
        counts.add(send, "status", status, -1);
        counts.add(send, "status", "suppressed", 1);
    }
    let ids: Vec<&String> = rows.iter().map(|(id, ..)| id).collect();
    set_status(connection, &ids, "suppressed").await?;
    tally::add(connection, "", counts).await
}

/// Gives rows a status and nobody's lease.
pub(crate) async fn set_status(connection: &mut Connection, ids: &[&String], status: &str) -> Answer<()> {
    for ids in ids.chunks(MAX_LIST) {
        let mut query = QueryBuilder::<Db>::new("UPDATE delivery SET lease_by = NULL, lease_until = NULL, status = ");
        query.push_bind(status.to_owned()).push(" WHERE id IN ");
        push_list(&mut query, ids);
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Takes a reader out of every table, and puts the address on the suppression list where that is asked for.
pub(crate) async fn erase(db: &Connections, id: SubscriberId, suppress: Option<&crate::NewSuppression>, now: i64) -> Answer<()> {
    let mut tx = db.begin_write().await?;
    take_out(&mut tx, id).await?;
    if let Some(suppress) = suppress {
        suppression::insert(&mut tx, suppress, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Takes a reader out of every table. What was sent stays counted, without address, name or what servers said, because
/// that may repeat the address.
pub(crate) async fn take_out(connection: &mut Connection, id: SubscriberId) -> Answer<()> {
    let reader = subscriber::lock(connection, id).await?;
    let sql = "SELECT id, send_id, status FROM delivery WHERE subscriber_id = $1 AND status IN ('queued', 'deferred') ORDER BY id";
    let sql = sqlx::AssertSqlSafe(format!("{sql}{}", dialect::FOR_UPDATE));
    let rows: Vec<Waiting> = sqlx::query_as(sql).bind(id.to_string()).fetch_all(&mut *connection).await?;
    suppress(connection, &rows).await?;
    for sql in [
        "UPDATE attempt SET reply_text = '' WHERE delivery_id IN (SELECT id FROM delivery WHERE subscriber_id = $1)",
        "UPDATE bounce SET words = '', excerpt = '' WHERE delivery_id IN (SELECT id FROM delivery WHERE subscriber_id = $1)",
        "UPDATE delivery SET address = '', name = '', reply_text = '' WHERE subscriber_id = $1",
        "DELETE FROM subscriber WHERE id = $1",
    ] {
        sqlx::query(sql).bind(id.to_string()).execute(&mut *connection).await?;
    }
    let sql = "UPDATE notice SET address = '', address_key = '', subject = '', body = '', reply_text = '', \
               status = CASE status WHEN 'queued' THEN 'failed' ELSE status END WHERE address_key = $1";
    sqlx::query(sql).bind(reader.address.key()).execute(connection).await?;
    Ok(())
}
