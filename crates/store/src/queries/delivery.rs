//! Reading the rows of sends.

use pulse_model::delivery::{DeliveryStatus, Exclusion};
use pulse_model::{EditionKey, Slug};
use sqlx::{QueryBuilder, Row as _};

use crate::columns::{containing, known, number, page};
use crate::rows::{from_json, impossible, parsed};
use crate::{Attempt, Cut, DeliveryFilter, DeliveryId, DeliveryRow, HistoryRow, Reply, SendId, StoreError, StoredCut, SubscriberId};

use super::dialect::{Answer, Connections, Db, Row};

const COLUMNS: &str = "delivery.id, delivery.send_id, delivery.subscriber_id, delivery.address, delivery.name, delivery.cut, delivery.status, \
                       delivery.due_at, delivery.attempt_count, delivery.reply_code, delivery.reply_status, delivery.reply_text, delivery.relay, delivery.sent_at";

pub(crate) async fn get(db: &Connections, id: DeliveryId) -> Answer<Option<DeliveryRow>> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM delivery WHERE id = $1"));
    sqlx::query(sql).bind(id.to_string()).fetch_optional(&db.read).await?.as_ref().map(row).transpose()
}

/// By id.
pub(crate) async fn list(db: &Connections, send: SendId, filter: &DeliveryFilter, after: Option<DeliveryId>, limit: u32) -> Answer<Vec<DeliveryRow>> {
    let mut query = QueryBuilder::<Db>::new(format!("SELECT {COLUMNS} FROM delivery WHERE send_id = "));
    query.push_bind(send.to_string()).push(" AND id > ").push_bind(after.map(|id| id.to_string()).unwrap_or_default());
    if let Some(status) = filter.status {
        // Written out, so that the engine sees which index has these rows.
        query.push(" AND status = '").push(status.as_str()).push("'");
    }
    if let Some(address) = &filter.address {
        query.push(" AND lower(address) LIKE ").push_bind(containing(&address.trim().to_lowercase())).push(" ESCAPE '\\'");
    }
    query.push(" ORDER BY id LIMIT ").push_bind(page(limit));
    query.build().fetch_all(&db.read).await?.iter().map(row).collect()
}

/// What a reader was sent, or was to be; the newest first.
pub(crate) async fn history(db: &Connections, id: SubscriberId, limit: u32) -> Answer<Vec<HistoryRow>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT d.slug, e.edition_key, {COLUMNS} FROM delivery JOIN send ON send.id = delivery.send_id JOIN edition e ON e.id = send.edition_id \
         JOIN digest d ON d.id = send.digest_id WHERE delivery.subscriber_id = $1 ORDER BY delivery.send_id DESC LIMIT $2"
    ));
    let rows = sqlx::query(sql).bind(id.to_string()).bind(page(limit)).fetch_all(&db.read).await?;
    let line = |columns: &Row| {
        let digest: Slug = parsed("digest", "slug", &id.to_string(), &columns.try_get::<String, _>("slug")?)?;
        let key: EditionKey = parsed("edition", "edition_key", &id.to_string(), &columns.try_get::<String, _>("edition_key")?)?;
        Ok(HistoryRow { digest, key, delivery: row(columns)? })
    };
    rows.iter().map(line).collect()
}

/// The attempts that have rows of their own, in their order.
pub(crate) async fn attempts(db: &Connections, id: DeliveryId) -> Answer<Vec<Attempt>> {
    let sql = "SELECT number, at, status, reply_code, reply_status, reply_text, relay FROM attempt WHERE delivery_id = $1 ORDER BY number";
    let rows = sqlx::query(sql).bind(id.to_string()).fetch_all(&db.read).await?;
    let attempt = |row: &Row| {
        let id = id.to_string();
        Ok(Attempt {
            number: number("attempt", "number", &id, row.try_get("number")?)?,
            at: row.try_get("at")?,
            status: known("attempt", "status", &id, &row.try_get::<String, _>("status")?, DeliveryStatus::from_name)?,
            reply: reply("attempt", &id, row)?,
        })
    };
    rows.iter().map(attempt).collect()
}

/// Candidates who get nothing, and why; by id. Those erased since are not among them, though they stay counted.
pub(crate) async fn exclusions(db: &Connections, send: SendId, after: Option<SubscriberId>, limit: u32) -> Answer<Vec<(SubscriberId, Exclusion)>> {
    let sql = "SELECT subscriber_id, reason FROM send_exclusion WHERE send_id = $1 AND subscriber_id > $2 ORDER BY subscriber_id LIMIT $3";
    let query = sqlx::query_as(sql).bind(send.to_string()).bind(after.map(|id| id.to_string()).unwrap_or_default()).bind(page(limit));
    let rows: Vec<(String, String)> = query.fetch_all(&db.read).await?;
    let line = |(id, reason): (String, String)| {
        let reason = known("send_exclusion", "reason", &id, &reason, Exclusion::from_name)?;
        Ok((parsed("send_exclusion", "subscriber_id", &id, &id)?, reason))
    };
    rows.into_iter().map(line).collect()
}

/// Number, name, sectors, language, subject, HTML, plain text, readers.
type CutColumns = (i64, String, String, String, String, String, String, i64);

/// What the groups of readers get, by number.
pub(crate) async fn cuts(db: &Connections, send: SendId) -> Answer<Vec<StoredCut>> {
    let sql = "SELECT number, name, sectors, language, subject, html, plain, reader_count FROM send_cut WHERE send_id = $1 ORDER BY number";
    let rows: Vec<CutColumns> = sqlx::query_as(sql).bind(send.to_string()).fetch_all(&db.read).await?;
    let cut = |(number, name, sectors, language, subject, html, plain, reader_count): CutColumns| {
        let id = send.to_string();
        let number = self::number("send_cut", "number", &id, number)?;
        let cut = Cut { number, name, sectors: from_json("send_cut", "sectors", &id, &sectors)?, language, subject, html, plain };
        Ok(StoredCut { cut, reader_count: reader_count.unsigned_abs() })
    };
    rows.into_iter().map(cut).collect()
}

fn row(row: &Row) -> Answer<DeliveryRow> {
    let id: String = row.try_get("id")?;
    let text = |column: &str| row.try_get::<String, _>(column);
    let subscriber: Option<String> = row.try_get("subscriber_id")?;
    Ok(DeliveryRow {
        send: parsed("delivery", "send_id", &id, &text("send_id")?)?,
        subscriber: subscriber.map(|subscriber| parsed("delivery", "subscriber_id", &id, &subscriber)).transpose()?,
        address: text("address")?,
        name: text("name")?,
        cut: number("delivery", "cut", &id, row.try_get("cut")?)?,
        status: known("delivery", "status", &id, &text("status")?, DeliveryStatus::from_name)?,
        due_at: row.try_get("due_at")?,
        attempt_count: number("delivery", "attempt_count", &id, row.try_get("attempt_count")?)?,
        reply: reply("delivery", &id, row)?,
        sent_at: row.try_get("sent_at")?,
        id: parsed("delivery", "id", &id, &id)?,
    })
}

fn reply(table: &'static str, id: &str, row: &Row) -> Answer<Reply> {
    let code: Option<i64> = row.try_get("reply_code")?;
    let code = code.map(|code| u16::try_from(code).map_err(|cause| impossible(table, "reply_code", id, cause)));
    Ok(Reply {
        code: code.transpose().map_err(|error: StoreError| error)?,
        enhanced: row.try_get("reply_status")?,
        text: row.try_get("reply_text")?,
        relay: row.try_get("relay")?,
    })
}
