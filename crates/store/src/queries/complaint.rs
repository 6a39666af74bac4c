//! Complaints about what is done with personal data.

use crate::columns::{MAX_FORM_CHARS, known, lines, needs, one_line, page};
use crate::ids::Ids;
use crate::rows::parsed;
use crate::{Complaint, ComplaintId, ComplaintState, NewComplaint, StoreError};

use super::dialect::{Answer, Connections, Db};

/// How long an acknowledgement may take (Data Protection Act 2018 section 164A).
const ACKNOWLEDGE_WITHIN_MS: i64 = 30 * 24 * 3_600_000;

pub(crate) async fn add(db: &Connections, complaint: &NewComplaint, now: i64) -> Answer<ComplaintId> {
    needs("a complaint", "its text", &complaint.text)?;
    let id = ComplaintId(Ids::at(now).make());
    let mut tx = db.begin_write().await?;
    sqlx::query("INSERT INTO complaint_case (id, at, name, address, complaint, state, outcome) VALUES ($1, $2, $3, $4, $5, 'open', '')")
        .bind(id.to_string())
        .bind(now)
        .bind(one_line(&complaint.name, MAX_FORM_CHARS))
        .bind(one_line(&complaint.address, MAX_FORM_CHARS))
        .bind(lines(&complaint.text, MAX_FORM_CHARS))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(id)
}

/// Notes that the person was told that the complaint came in. Noting it again changes nothing.
pub(crate) async fn acknowledge(db: &Connections, id: ComplaintId, now: i64) -> Answer<()> {
    let sql = "UPDATE complaint_case SET acknowledged_at = coalesce(acknowledged_at, $2), \
               state = CASE state WHEN 'open' THEN 'acknowledged' ELSE state END WHERE id = $1";
    let mut tx = db.begin_write().await?;
    let done = sqlx::query(sql).bind(id.to_string()).bind(now).execute(&mut *tx).await?;
    tx.commit().await?;
    if done.rows_affected() == 0 { Err(StoreError::NoComplaint { id }.into()) } else { Ok(()) }
}

/// Notes what the person was told. That acknowledges it too.
pub(crate) async fn answer(db: &Connections, id: ComplaintId, outcome: &str, now: i64) -> Answer<()> {
    needs("answering a complaint", "its outcome", outcome)?;
    let sql = "UPDATE complaint_case SET acknowledged_at = coalesce(acknowledged_at, $2), answered_at = $2, outcome = $3, state = 'answered' WHERE id = $1";
    let mut tx = db.begin_write().await?;
    let done = sqlx::query(sql).bind(id.to_string()).bind(now).bind(lines(outcome, MAX_FORM_CHARS)).execute(&mut *tx).await?;
    tx.commit().await?;
    if done.rows_affected() == 0 { Err(StoreError::NoComplaint { id }.into()) } else { Ok(()) }
}

/// Id, when, name, address, text, state, acknowledged, answered, outcome.
type Columns = (String, i64, String, String, String, String, Option<i64>, Option<i64>, String);

/// The newest first.
pub(crate) async fn list(db: &Connections, before: Option<ComplaintId>, limit: u32) -> Answer<Vec<Complaint>> {
    let sql = "SELECT id, at, name, address, complaint, state, acknowledged_at, answered_at, outcome FROM complaint_case \
               WHERE id < $1 ORDER BY id DESC LIMIT $2";
    let query = sqlx::query_as::<Db, Columns>(sql).bind(before.map_or_else(|| "g".to_owned(), |id| id.to_string())).bind(page(limit));
    Ok(query.fetch_all(&db.read).await?.into_iter().map(complaint).collect::<Result<_, _>>()?)
}

/// Those nobody has acknowledged whose 30 days are over at `by`, the oldest first.
pub(crate) async fn running_out(db: &Connections, by: i64) -> Answer<Vec<Complaint>> {
    let sql = "SELECT id, at, name, address, complaint, state, acknowledged_at, answered_at, outcome FROM complaint_case \
               WHERE state = 'open' AND at <= $1 ORDER BY at, id";
    let query = sqlx::query_as::<Db, Columns>(sql).bind(by.saturating_sub(ACKNOWLEDGE_WITHIN_MS));
    Ok(query.fetch_all(&db.read).await?.into_iter().map(complaint).collect::<Result<_, _>>()?)
}

fn complaint((id, at, name, address, text, state, acknowledged_at, answered_at, outcome): Columns) -> Result<Complaint, StoreError> {
    let state = known("complaint_case", "state", &id, &state, |name| match name {
        "open" => Some(ComplaintState::Open),
        "acknowledged" => Some(ComplaintState::Acknowledged),
        "answered" => Some(ComplaintState::Answered),
        _ => None,
    })?;
    let complaint = NewComplaint { name, address, text };
    Ok(Complaint { id: parsed("complaint_case", "id", &id, &id)?, at, complaint, state, acknowledged_at, answered_at, outcome })
}
