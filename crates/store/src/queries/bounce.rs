//! What came back.

use pulse_model::delivery::DeliveryStatus;
use sqlx::Row as _;

use crate::columns::{MAX_EXCERPT_CHARS, MAX_REPLY_CHARS, lines, one_line, page};
use crate::deliveries::{Tally, enhanced};
use crate::ids::Ids;
use crate::rows::parsed;
use crate::{Bounce, BounceId, Bounced, DeliveryId, NewBounce, SubscriberId};

use super::dialect::{Answer, Connection, Connections, Db, Row};
use super::{record, tally};

/// Keeps a bounce, once for each message. One that is final fails its delivery.
pub(crate) async fn add(db: &Connections, bounce: &NewBounce, now: i64) -> Answer<Bounced> {
    let mut tx = db.begin_write().await?;
    let row = match bounce.delivery {
        Some(id) => record::lock(&mut tx, &[id]).await?.remove(&id),
        None => None,
    };
    // Of readers who are gone nothing is kept that may repeat their address.
    let may_keep_words = row.as_ref().is_none_or(|row| row.has_reader);
    let words = |text: String| if may_keep_words { text } else { String::new() };
    let id = BounceId(Ids::at(now).make());
    let sql = "INSERT INTO bounce (id, at, message_sha256, delivery_id, class, reason, status, words, excerpt) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
               ON CONFLICT (message_sha256) DO NOTHING";
    let done = sqlx::query(sql)
        .bind(id.to_string())
        .bind(now)
        .bind(&bounce.message_sha256)
        .bind(row.as_ref().and(bounce.delivery).map(|id| id.to_string()))
        .bind(one_line(&bounce.class, MAX_REPLY_CHARS))
        .bind(one_line(&bounce.reason, MAX_REPLY_CHARS))
        .bind(enhanced(&bounce.status))
        .bind(words(one_line(&bounce.words, MAX_REPLY_CHARS)))
        .bind(words(lines(&bounce.excerpt, MAX_EXCERPT_CHARS)))
        .execute(&mut *tx)
        .await?;
    if done.rows_affected() == 0 {
        let id: String = sqlx::query_scalar("SELECT id FROM bounce WHERE message_sha256 = $1").bind(&bounce.message_sha256).fetch_one(&mut *tx).await?;
        return Ok(Bounced::Known(parsed("bounce", "id", &id, &id)?));
    }
    if let (Some(delivery), Some(row)) = (bounce.delivery.filter(|_| bounce.is_final), row) {
        fail(&mut tx, delivery, &row.send, row.status, bounce).await?;
    }
    tx.commit().await?;
    Ok(Bounced::Added(id))
}

/// The row of a message that had been taken, or may have been, and came back. A bounce can be faster than the node that sent the
/// message and has yet to write so: what that node says then comes too late and is refused.
async fn fail(connection: &mut Connection, id: DeliveryId, send: &str, from: DeliveryStatus, bounce: &NewBounce) -> Answer<()> {
    if !matches!(from, DeliveryStatus::Sending | DeliveryStatus::Sent | DeliveryStatus::Uncertain) {
        return Ok(());
    }
    let sql = "UPDATE delivery SET status = 'failed', lease_by = NULL, lease_until = NULL, reply_code = NULL, reply_status = $2, \
               reply_text = CASE WHEN subscriber_id IS NULL OR address = '' THEN '' ELSE $3 END WHERE id = $1";
    let query = sqlx::query(sql).bind(id.to_string()).bind(enhanced(&bounce.status)).bind(one_line(&bounce.words, MAX_REPLY_CHARS));
    query.execute(&mut *connection).await?;
    let mut changes = Tally::default();
    changes.add(send, "status", from.as_str(), -1);
    changes.add(send, "status", "failed", 1);
    tally::add(connection, "", changes).await
}

const COLUMNS: &str = "SELECT b.id, b.at, b.delivery_id, d.subscriber_id, g.slug, e.edition_key, b.class, b.reason, b.status, b.words, b.excerpt";
const JOINS: &str = "LEFT JOIN send s ON s.id = d.send_id LEFT JOIN edition e ON e.id = s.edition_id LEFT JOIN digest g ON g.id = s.digest_id";

/// The newest first.
pub(crate) async fn list(db: &Connections, before: Option<BounceId>, limit: u32) -> Answer<Vec<Bounce>> {
    let sql = format!("{COLUMNS} FROM bounce b LEFT JOIN delivery d ON d.id = b.delivery_id {JOINS} WHERE b.id < $1 ORDER BY b.id DESC LIMIT $2");
    let query = sqlx::query::<Db>(sqlx::AssertSqlSafe(sql)).bind(before.map_or_else(|| "g".to_owned(), |id| id.to_string())).bind(page(limit));
    query.fetch_all(&db.read).await?.iter().map(bounce).collect()
}

/// Those of one reader since a moment, the newest first: what decides whether an address is dead.
pub(crate) async fn of_reader(db: &Connections, id: SubscriberId, since: i64, limit: u32) -> Answer<Vec<Bounce>> {
    let sql = format!(
        "{COLUMNS} FROM delivery d JOIN bounce b ON b.delivery_id = d.id {JOINS} WHERE d.subscriber_id = $1 AND b.at >= $2 \
         ORDER BY b.at DESC, b.id DESC LIMIT $3"
    );
    let query = sqlx::query::<Db>(sqlx::AssertSqlSafe(sql)).bind(id.to_string()).bind(since).bind(page(limit));
    query.fetch_all(&db.read).await?.iter().map(bounce).collect()
}

fn bounce(row: &Row) -> Answer<Bounce> {
    let id: String = row.try_get("id")?;
    let text = |column: &str| row.try_get::<String, _>(column);
    let maybe = |column: &str| row.try_get::<Option<String>, _>(column);
    let edition = match (maybe("slug")?, maybe("edition_key")?) {
        (Some(slug), Some(key)) => Some((parsed("digest", "slug", &id, &slug)?, parsed("edition", "edition_key", &id, &key)?)),
        _ => None,
    };
    Ok(Bounce {
        at: row.try_get("at")?,
        delivery: maybe("delivery_id")?.map(|delivery| parsed("bounce", "delivery_id", &id, &delivery)).transpose()?,
        subscriber: maybe("subscriber_id")?.map(|subscriber| parsed("delivery", "subscriber_id", &id, &subscriber)).transpose()?,
        edition,
        class: text("class")?,
        reason: text("reason")?,
        status: text("status")?,
        words: text("words")?,
        excerpt: text("excerpt")?,
        id: parsed("bounce", "id", &id, &id)?,
    })
}
