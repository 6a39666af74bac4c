//! The life of a send. The rules are [`pulse_model::delivery`]; here they meet the rows.

use pulse_model::delivery::{SendStatus, SendStep, SendStepError};
use pulse_model::{EditionKey, Slug};

use crate::columns::{MAX_FORM_CHARS, known, needs, one_line};
use crate::ids::Ids;
use crate::rows::parsed;
use crate::{Counts, EditionId, SendEvent, SendId, SendReport, SendRow, StoreError, Uncertain};

use super::dialect::{self, Answer, Connection, Connections, Db};
use super::{life, tally};

/// Who takes the steps that nobody takes.
const PULSE: &str = "pulse";

pub(crate) async fn begin(db: &Connections, edition: EditionId, who: &str, now: i64) -> Answer<SendId> {
    needs("preparing a send", "the name of who does it", who)?;
    let mut tx = db.begin_write().await?;
    let (digest, key, status) = life::lock(&mut tx, edition).await?;
    if status.is_open() {
        return Err(StoreError::NotSignedOff { digest, key, status }.into());
    }
    refuse_live(&mut tx, edition, &digest, key).await?;
    let signed = life::what_was_signed(&mut tx, edition, &digest, key).await?;
    let id = SendId(Ids::at(now).make());
    sqlx::query(
        "INSERT INTO send (id, edition_id, digest_id, status, content_sha256, candidate_count, recipient_count, excluded_count, \
         prepared_by, stop_reason, created_at, updated_at) \
         VALUES ($1, $2, (SELECT digest_id FROM edition WHERE id = $2), 'preparing', $3, 0, 0, 0, $4, '', $5, $5)",
    )
    .bind(id.to_string())
    .bind(edition.to_string())
    .bind(signed.sha256)
    .bind(one_line(who, MAX_FORM_CHARS))
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// Refuses where the edition has a send that is not over.
pub(crate) async fn refuse_live(connection: &mut Connection, edition: EditionId, digest: &Slug, key: EditionKey) -> Answer<()> {
    let sql = "SELECT status FROM send WHERE edition_id = $1 AND status NOT IN ('finished', 'cancelled')";
    let status: Option<String> = sqlx::query_scalar(sql).bind(edition.to_string()).fetch_optional(connection).await?;
    let Some(status) = status else { return Ok(()) };
    let status = known("send", "status", &edition.to_string(), &status, SendStatus::from_name)?;
    Err(StoreError::SendUnderWay { digest: digest.clone(), key, status }.into())
}

/// Lets a send go at `due_at`, if the edition is still what was signed off.
pub(crate) async fn release(db: &Connections, id: SendId, due_at: i64, who: &str, now: i64) -> Answer<SendStatus> {
    let mut tx = db.begin_write().await?;
    let from = lock(&mut tx, id).await?;
    let sql = "SELECT edition_id, content_sha256 FROM send WHERE id = $1";
    let (edition, sha256): (String, String) = sqlx::query_as(sql).bind(id.to_string()).fetch_one(&mut *tx).await?;
    let edition: EditionId = parsed("send", "edition_id", &id.to_string(), &edition)?;
    let (digest, key, status) = life::lock(&mut tx, edition).await?;
    let to = take(&mut tx, (id, from), SendStep::Release, who, "", now).await?;
    if status.is_open() {
        return Err(StoreError::NotSignedOff { digest, key, status }.into());
    }
    if life::what_was_signed(&mut tx, edition, &digest, key).await?.sha256 != sha256 {
        return Err(StoreError::NotWhatWasSigned { digest, key }.into());
    }
    let sql = "UPDATE send SET due_at = $2, released_by = $3, released_at = $4 WHERE id = $1";
    sqlx::query(sql).bind(id.to_string()).bind(due_at).bind(one_line(who, MAX_FORM_CHARS)).bind(now).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(to)
}

/// Pauses, resumes, stops or cancels.
pub(crate) async fn step(db: &Connections, id: SendId, step: SendStep, who: &str, reason: &str, now: i64) -> Answer<SendStatus> {
    match step {
        SendStep::Stop => needs("stopping a send", "a reason", reason)?,
        SendStep::Cancel => needs("cancelling a send", "a reason", reason)?,
        _ => {}
    }
    let mut tx = db.begin_write().await?;
    let from = lock(&mut tx, id).await?;
    // These look at more than the status, and have functions of their own.
    if matches!(step, SendStep::Prepare | SendStep::Release | SendStep::Finish) {
        return Err(StoreError::SendStep { id, cause: SendStepError { from, step } }.into());
    }
    let to = take(&mut tx, (id, from), step, who, reason, now).await?;
    tx.commit().await?;
    Ok(to)
}

/// Whether nothing was left to do, so that the send is finished.
pub(crate) async fn finish(db: &Connections, id: SendId, uncertain: Uncertain, now: i64) -> Answer<bool> {
    let mut tx = db.begin_write().await?;
    let from = lock(&mut tx, id).await?;
    // Each of these looks for one row, where an index has it.
    let waiting = "SELECT id FROM delivery WHERE send_id = $1 AND status IN ('queued', 'deferred') LIMIT 1";
    let sending = "SELECT id FROM delivery WHERE send_id = $1 AND status = 'sending' LIMIT 1";
    let to_repeat = "SELECT delivery.id FROM delivery JOIN send ON send.id = delivery.send_id JOIN subscription \
                     ON subscription.digest_id = send.digest_id AND subscription.subscriber_id = delivery.subscriber_id \
                     WHERE delivery.send_id = $1 AND delivery.status = 'uncertain' AND subscription.state = 'active' LIMIT 1";
    let repeats = matches!(uncertain, Uncertain::Repeat { .. });
    for sql in [waiting, sending].into_iter().chain(repeats.then_some(to_repeat)) {
        let left: Option<String> = sqlx::query_scalar(sql).bind(id.to_string()).fetch_optional(&mut *tx).await?;
        if left.is_some() {
            return Ok(false);
        }
    }
    take(&mut tx, (id, from), SendStep::Finish, PULSE, "", now).await?;
    tx.commit().await?;
    Ok(true)
}

/// The send, kept where it is until the transaction ends.
pub(crate) async fn lock(connection: &mut Connection, id: SendId) -> Answer<SendStatus> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT status FROM send WHERE id = $1{}", dialect::FOR_UPDATE));
    let status: Option<String> = sqlx::query_scalar(sql).bind(id.to_string()).fetch_optional(connection).await?;
    Ok(known("send", "status", &id.to_string(), &status.ok_or(StoreError::NoSend { id })?, SendStatus::from_name)?)
}

/// Takes a step of a send that is locked, and records it.
pub(crate) async fn take(
    connection: &mut Connection,
    (id, from): (SendId, SendStatus),
    step: SendStep,
    who: &str,
    reason: &str,
    now: i64,
) -> Answer<SendStatus> {
    needs("a step of a send", "the name of who takes it", who)?;
    let to = from.after(step).map_err(|cause| StoreError::SendStep { id, cause })?;
    let reason = one_line(reason, MAX_FORM_CHARS);
    sqlx::query(
        "INSERT INTO send_event (send_id, number, at, step, who, reason) \
         VALUES ($1, (SELECT count(*) + 1 FROM send_event WHERE send_id = $1), $2, $3, $4, $5)",
    )
    .bind(id.to_string())
    .bind(now)
    .bind(step.as_str())
    .bind(one_line(who, MAX_FORM_CHARS))
    .bind(&reason)
    .execute(&mut *connection)
    .await?;
    let stop_reason = if to == SendStatus::Stopped { reason } else { String::new() };
    let sql = "UPDATE send SET status = $2, stop_reason = $3, updated_at = $4 WHERE id = $1";
    sqlx::query(sql).bind(id.to_string()).bind(to.as_str()).bind(stop_reason).bind(now).execute(connection).await?;
    Ok(to)
}

pub(crate) async fn events(db: &Connections, id: SendId) -> Answer<Vec<SendEvent>> {
    let sql = "SELECT at, step, who, reason FROM send_event WHERE send_id = $1 ORDER BY number";
    let rows: Vec<(i64, String, String, String)> = sqlx::query_as(sql).bind(id.to_string()).fetch_all(&db.read).await?;
    let event = |(at, step, who, reason): (i64, String, String, String)| {
        Ok(SendEvent { at, step: known("send_event", "step", &id.to_string(), &step, SendStep::from_name)?, who, reason })
    };
    rows.into_iter().map(event).collect()
}

const COLUMNS: &str = "SELECT s.id, s.edition_id, d.slug, e.edition_key, s.status, s.content_sha256, s.candidate_count, s.recipient_count, \
                       s.excluded_count, s.due_at, s.prepared_by, s.prepared_at, s.released_by, s.released_at, s.stop_reason, s.created_at, s.updated_at \
                       FROM send s JOIN edition e ON e.id = s.edition_id JOIN digest d ON d.id = s.digest_id";

pub(crate) async fn get(db: &Connections, id: SendId) -> Answer<Option<SendRow>> {
    let mut connection = db.read.acquire().await?;
    read(&mut connection, id).await
}

/// The newest first; of one edition, or all.
pub(crate) async fn list(db: &Connections, edition: Option<EditionId>) -> Answer<Vec<SendRow>> {
    let sql = match edition {
        None => format!("{COLUMNS} ORDER BY s.id DESC"),
        Some(_) => format!("{COLUMNS} WHERE s.edition_id = $1 ORDER BY s.id DESC"),
    };
    let query = sqlx::query::<Db>(sqlx::AssertSqlSafe(sql));
    let query = if let Some(edition) = edition { query.bind(edition.to_string()) } else { query };
    query.fetch_all(&db.read).await?.iter().map(row).collect()
}

/// Sends to work on now, the longest due first.
pub(crate) async fn due(db: &Connections, now: i64) -> Answer<Vec<SendId>> {
    let sql = "SELECT id FROM send WHERE status = 'released' AND due_at <= $1 ORDER BY due_at, id";
    let ids: Vec<String> = sqlx::query_scalar(sql).bind(now).fetch_all(&db.read).await?;
    Ok(ids.into_iter().map(|id| parsed("send", "id", &id, &id)).collect::<Result<_, _>>()?)
}

pub(crate) async fn report(db: &Connections, id: SendId, now: i64) -> Answer<SendReport> {
    let mut tx = db.begin_read().await?;
    let send = read(&mut tx, id).await?.ok_or(StoreError::NoSend { id })?;
    let id = id.to_string();
    Ok(SendReport {
        send,
        statuses: tally::statuses(&mut tx, &id).await?,
        exclusions: tally::exclusions(&mut tx, &id).await?,
        replies: tally::replies(&mut tx, &id).await?,
        sent_last_minute: tally::sent_last_minute(&mut tx, &id, now).await?,
    })
}

async fn read(connection: &mut Connection, id: SendId) -> Answer<Option<SendRow>> {
    let sql = sqlx::AssertSqlSafe(format!("{COLUMNS} WHERE s.id = $1"));
    sqlx::query(sql).bind(id.to_string()).fetch_optional(connection).await?.as_ref().map(row).transpose()
}

fn row(row: &super::dialect::Row) -> Answer<SendRow> {
    use sqlx::Row as _;
    let text = |column: &str| row.try_get::<String, _>(column);
    let count = |column: &str| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
    let id = text("id")?;
    Ok(SendRow {
        edition: parsed("send", "edition_id", &id, &text("edition_id")?)?,
        digest: parsed("digest", "slug", &id, &text("slug")?)?,
        key: parsed("edition", "edition_key", &id, &text("edition_key")?)?,
        status: known("send", "status", &id, &text("status")?, SendStatus::from_name)?,
        content_sha256: text("content_sha256")?,
        counts: Counts { candidates: count("candidate_count")?, recipients: count("recipient_count")?, excluded: count("excluded_count")? },
        due_at: row.try_get("due_at")?,
        prepared_by: text("prepared_by")?,
        prepared_at: row.try_get("prepared_at")?,
        released_by: row.try_get("released_by")?,
        released_at: row.try_get("released_at")?,
        stop_reason: text("stop_reason")?,
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
        id: parsed("send", "id", &id, &id)?,
    })
}
