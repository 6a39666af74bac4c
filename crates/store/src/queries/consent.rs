//! Steps in the life of a subscription, the words agreed to, and what a reader chooses. The rules are
//! [`pulse_model::subscriber`]; here they meet the rows.

use pulse_model::Slug;
use pulse_model::subscriber::{Basis, ConsentEvent, State, Step, Wording};

use crate::columns::{MAX_FORM_CHARS, known, lines, number, one_line};
use crate::rows::json;
use crate::{Preferences, StoreError, SubscriberId};

use super::dialect::{self, Answer, Connection, Connections};
use super::{digest, suppress};

/// Takes a step. What the step ends is also taken out of the sends under way.
pub(crate) async fn step(db: &Connections, id: SubscriberId, digest: &Slug, event: &ConsentEvent, now: i64) -> Answer<State> {
    let mut tx = db.begin_write().await?;
    let digest_id = digest::id(&mut tx, digest).await?;
    let (from, held) = lock(&mut tx, id, (digest, &digest_id)).await?;
    let to = from.after(event.step).map_err(|cause| StoreError::Subscription { id, digest: digest.clone(), cause })?;
    let basis = ground(to, held, event).ok_or_else(|| StoreError::NoBasis { id, digest: digest.clone() })?;
    if let Some(basis) = event.basis.filter(|basis| !basis.can_date_from(event.at)) {
        return Err(StoreError::TooEarly { basis }.into());
    }
    // Asking a second time for what is so already is no event.
    if to != from || basis != held {
        record(&mut tx, id, &digest_id, event).await?;
        let state_at = if to == from { None } else { Some(event.at) };
        let sql = "UPDATE subscription SET state = $3, state_at = coalesce($4, state_at), basis = $5, basis_at = $6, updated_at = $7 \
                   WHERE digest_id = $1 AND subscriber_id = $2";
        let query = sqlx::query(sql).bind(&digest_id).bind(id.to_string()).bind(to.as_str()).bind(state_at);
        query.bind(basis.map(|(basis, _)| basis.as_str())).bind(basis.map(|(_, at)| at)).bind(now).execute(&mut *tx).await?;
    }
    if matches!(event.step, Step::Leave | Step::Complain | Step::Bounce) {
        suppress::in_live_sends(&mut tx, id, &digest_id).await?;
    }
    tx.commit().await?;
    Ok(to)
}

/// The ground after a step: what it gives, or what there was. Who leaves takes it back. `None` where the step would lead to
/// writing to somebody without one.
fn ground(to: State, held: Option<(Basis, i64)>, event: &ConsentEvent) -> Option<Option<(Basis, i64)>> {
    let given = event.basis.map(|basis| (basis, event.at)).filter(|(basis, _)| held.is_none_or(|(held, _)| held != *basis));
    let basis = match to {
        State::Left | State::Complained => None,
        State::Unconfirmed | State::Active | State::Bounced => given.or(held),
    };
    if to == State::Active && basis.is_none() { None } else { Some(basis) }
}

pub(crate) async fn set_preferences(db: &Connections, id: SubscriberId, digest: &Slug, to: &Preferences, now: i64) -> Answer<()> {
    let mut tx = db.begin_write().await?;
    let digest_id = digest::id(&mut tx, digest).await?;
    lock(&mut tx, id, (digest, &digest_id)).await?;
    sqlx::query("UPDATE subscription SET sectors = $3, frequency = $4, paused_until = $5, updated_at = $6 WHERE digest_id = $1 AND subscriber_id = $2")
        .bind(&digest_id)
        .bind(id.to_string())
        .bind(json("the sectors of a subscription", &to.sectors)?)
        .bind(to.frequency.as_str())
        .bind(to.paused_until)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// The version that these words have, new where the digest never had them.
pub(crate) async fn put_wording(db: &Connections, digest: &Slug, text: &str, now: i64) -> Answer<Wording> {
    let text = lines(text, MAX_FORM_CHARS);
    let mut tx = db.begin_write().await?;
    let digest_id = digest::lock(&mut tx, digest).await?;
    let all = versions(&mut tx, &digest_id).await?;
    if let Some(same) = all.iter().find(|wording| wording.text == text) {
        return Ok(same.clone());
    }
    let version = all.last().map_or(1, |last| last.version + 1);
    sqlx::query("INSERT INTO consent_wording (digest_id, version, wording, created_at) VALUES ($1, $2, $3, $4)")
        .bind(&digest_id)
        .bind(i64::from(version))
        .bind(&text)
        .bind(now)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(Wording { version, text })
}

pub(crate) async fn wordings(db: &Connections, digest: &Slug) -> Answer<Vec<Wording>> {
    let mut tx = db.begin_read().await?;
    let digest_id = digest::id(&mut tx, digest).await?;
    versions(&mut tx, &digest_id).await
}

async fn versions(connection: &mut Connection, digest_id: &str) -> Answer<Vec<Wording>> {
    let sql = "SELECT version, wording FROM consent_wording WHERE digest_id = $1 ORDER BY version";
    let rows: Vec<(i64, String)> = sqlx::query_as(sql).bind(digest_id).fetch_all(connection).await?;
    let wording = |(version, text)| Ok(Wording { version: number("consent_wording", "version", digest_id, version)?, text });
    rows.into_iter().map(wording).collect()
}

/// State and ground of a subscription, kept as they are until the transaction ends.
async fn lock(connection: &mut Connection, id: SubscriberId, (digest, digest_id): (&Slug, &str)) -> Answer<(State, Option<(Basis, i64)>)> {
    let sql = format!("SELECT state, basis, basis_at FROM subscription WHERE digest_id = $1 AND subscriber_id = $2{}", dialect::FOR_UPDATE);
    let query = sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(digest_id).bind(id.to_string());
    let row: Option<(String, Option<String>, Option<i64>)> = query.fetch_optional(&mut *connection).await?;
    let (state, basis, basis_at) = row.ok_or_else(|| StoreError::NoSubscription { id, digest: digest.clone() })?;
    let row = id.to_string();
    Ok((known("subscription", "state", &row, &state, State::from_name)?, self::basis(&row, basis, basis_at)?))
}

/// A ground and since when it is one. `row` is the subscriber, for errors.
pub(crate) fn basis(row: &str, basis: Option<String>, at: Option<i64>) -> Result<Option<(Basis, i64)>, StoreError> {
    let basis = basis.map(|basis| known("subscription", "basis", row, &basis, Basis::from_name)).transpose()?;
    Ok(basis.map(|basis| (basis, at.unwrap_or_default())))
}

pub(crate) async fn record(connection: &mut Connection, id: SubscriberId, digest_id: &str, event: &ConsentEvent) -> Answer<()> {
    sqlx::query(
        "INSERT INTO consent_event (subscriber_id, digest_id, number, at, step, basis, source, wording_version, reason) \
         VALUES ($1, $2, (SELECT count(*) + 1 FROM consent_event WHERE subscriber_id = $1 AND digest_id = $2), $3, $4, $5, $6, $7, $8)",
    )
    .bind(id.to_string())
    .bind(digest_id)
    .bind(event.at)
    .bind(event.step.as_str())
    .bind(event.basis.map(Basis::as_str))
    .bind(one_line(&event.source, MAX_FORM_CHARS))
    .bind(event.wording.as_ref().map(|wording| i64::from(wording.version)))
    .bind(one_line(&event.reason, MAX_FORM_CHARS))
    .execute(connection)
    .await?;
    Ok(())
}
