//! Steps in the life of an edition. The rules are [`pulse_model::life`]; here they meet the rows.

use pulse_model::life::{Event, Step};
use pulse_model::{Edition, EditionKey, Slug, Status};

use crate::rows::{self, from_json, named, parsed};
use crate::{EditionId, Signed, StoreError};

use super::dialect::{self, Answer, Connection, Connections};
use super::{edition, send};

/// `checked` is the text that was looked at before the step: where the rows say something else by now, it is not taken.
pub(crate) async fn step(db: &Connections, id: EditionId, (step, who, reason): (Step, &str, &str), checked: Option<&Edition>, now: i64) -> Answer<Status> {
    let mut tx = db.begin_write().await?;
    let (digest, key, from) = lock(&mut tx, id).await?;
    let to = from.after(step, who, reason).map_err(|cause| StoreError::Step { digest: digest.clone(), key, cause })?;
    if let Some(checked) = checked
        && text(&mut tx, id).await? != *checked
    {
        return Err(StoreError::EditionDiffers { digest, key }.into());
    }
    let mut snapshot = None;
    match step {
        Step::SignOff => snapshot = Some(rows::content(&text(&mut tx, id).await?)?),
        Step::Publish => drop(what_was_signed(&mut tx, id, &digest, key).await?),
        Step::Reopen => send::refuse_live(&mut tx, id, &digest, key).await?,
        Step::Submit | Step::Return => {}
    }
    let (content, sha256) = snapshot.unzip();
    sqlx::query(
        "INSERT INTO edition_event (edition_id, number, at, step, who, reason, content_sha256, content) \
         VALUES ($1, (SELECT count(*) + 1 FROM edition_event WHERE edition_id = $1), $2, $3, $4, $5, $6, $7)",
    )
    .bind(id.to_string())
    .bind(now)
    .bind(step.as_str())
    .bind(who.trim())
    .bind(reason.trim())
    .bind(sha256)
    .bind(content)
    .execute(&mut *tx)
    .await?;
    let sql = "UPDATE edition SET status = $2, updated_at = $3 WHERE id = $1";
    sqlx::query(sql).bind(id.to_string()).bind(to.as_str()).bind(now).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(to)
}

/// In the order taken.
pub(crate) async fn events(db: &Connections, id: EditionId) -> Answer<Vec<Event>> {
    let sql = "SELECT at, step, who, reason FROM edition_event WHERE edition_id = $1 ORDER BY number";
    let rows: Vec<(i64, String, String, String)> = sqlx::query_as(sql).bind(id.to_string()).fetch_all(&db.read).await?;
    let event =
        |(at, step, who, reason): (i64, String, String, String)| Ok(Event { at, step: named("edition_event", "step", &id.to_string(), &step)?, who, reason });
    rows.into_iter().map(event).collect()
}

/// What was signed off last.
pub(crate) async fn signed(db: &Connections, id: EditionId) -> Answer<Option<Signed>> {
    let mut tx = db.begin_read().await?;
    last_signed(&mut tx, id).await
}

/// What was signed off last, if it is what the rows still say.
pub(crate) async fn what_was_signed(connection: &mut Connection, id: EditionId, digest: &Slug, key: EditionKey) -> Answer<Signed> {
    let text = text(connection, id).await?;
    let signed = last_signed(connection, id).await?.filter(|signed| signed.edition == text);
    signed.ok_or_else(|| StoreError::NotWhatWasSigned { digest: digest.clone(), key }.into())
}

async fn last_signed(connection: &mut Connection, id: EditionId) -> Answer<Option<Signed>> {
    let sql = "SELECT at, who, content_sha256, content FROM edition_event WHERE edition_id = $1 AND content IS NOT NULL ORDER BY number DESC LIMIT 1";
    let row: Option<(i64, String, String, String)> = sqlx::query_as(sql).bind(id.to_string()).fetch_optional(connection).await?;
    let signed = |(at, who, sha256, content): (i64, String, String, String)| {
        Ok(Signed { at, who, sha256, edition: from_json("edition_event", "content", &id.to_string(), &content)? })
    };
    row.map(signed).transpose()
}

/// Where the edition is, kept there until the transaction ends.
pub(crate) async fn lock(connection: &mut Connection, id: EditionId) -> Answer<(Slug, EditionKey, Status)> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT digest_id, edition_key, status FROM edition WHERE id = $1{}", dialect::FOR_UPDATE));
    let row: Option<(String, String, String)> = sqlx::query_as(sql).bind(id.to_string()).fetch_optional(&mut *connection).await?;
    let (digest_id, key, status) = row.ok_or(StoreError::NoEdition { id })?;
    let digest: String = sqlx::query_scalar("SELECT slug FROM digest WHERE id = $1").bind(digest_id).fetch_one(connection).await?;
    let row = id.to_string();
    Ok((parsed("digest", "slug", &row, &digest)?, parsed("edition", "edition_key", &row, &key)?, edition::status(&row, &status)?))
}

/// The edition as its rows have it, whatever was said to be in them.
async fn text(connection: &mut Connection, id: EditionId) -> Answer<Edition> {
    let stored = edition::read(connection, &id.to_string()).await?;
    Ok(stored.ok_or(StoreError::NoEdition { id })?.edition)
}
