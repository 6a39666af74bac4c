//! Readers who move to another address: what was asked for, and what somebody said yes to from there.

use pulse_model::subscriber::{ConsentEvent, State, SuppressionHash};
use pulse_model::{EmailAddress, Slug, Subscriber};

use crate::ids::Ids;
use crate::rows::parsed;
use crate::{AddressChange, AddressChangeId, SubscriberId};

use super::dialect::{self, Answer, Connection, Connections};
use super::{audit, consent, digest, subscriber};

/// Notes where a reader wants to be written to. Asking for the same again keeps the id; what was asked up to `expired_at`, by
/// anybody, is forgotten.
pub(crate) async fn ask(db: &Connections, reader: SubscriberId, address: &EmailAddress, expired_at: i64, now: i64) -> Answer<AddressChangeId> {
    let mut tx = db.begin_write().await?;
    subscriber::lock(&mut tx, reader).await?;
    forget(&mut tx, expired_at).await?;
    let sql = "INSERT INTO address_change (id, subscriber_id, address, address_key, asked_at) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (subscriber_id, address_key) DO UPDATE SET address = excluded.address, asked_at = excluded.asked_at RETURNING id";
    let query = sqlx::query_scalar(sql).bind(Ids::at(now).make().to_string()).bind(reader.to_string()).bind(address.as_str());
    let id: String = query.bind(address.key()).bind(now).fetch_one(&mut *tx).await?;
    tx.commit().await?;
    Ok(parsed("address_change", "id", &id, &id)?)
}

/// What was asked for, unless its reader asked for something else since.
pub(crate) async fn get(db: &Connections, id: AddressChangeId) -> Answer<Option<AddressChange>> {
    let mut connection = db.read.acquire().await?;
    find(&mut connection, id).await
}

async fn find(connection: &mut Connection, id: AddressChangeId) -> Answer<Option<AddressChange>> {
    let sql = "SELECT c.subscriber_id, c.address FROM address_change c WHERE c.id = $1 \
               AND NOT EXISTS (SELECT 1 FROM address_change o WHERE o.subscriber_id = c.subscriber_id AND o.asked_at > c.asked_at)";
    let row: Option<(String, String)> = sqlx::query_as(sql).bind(id.to_string()).fetch_optional(connection).await?;
    let Some((reader, address)) = row else { return Ok(None) };
    let row = id.to_string();
    Ok(Some(AddressChange { reader: parsed("address_change", "subscriber_id", &row, &reader)?, address: parsed("address_change", "address", &row, &address)? }))
}

/// What a reader asked for and has not done: address, and when it was asked last; the oldest first.
pub(crate) async fn of_reader(db: &Connections, reader: SubscriberId) -> Answer<Vec<(EmailAddress, i64)>> {
    let sql = "SELECT address, asked_at FROM address_change WHERE subscriber_id = $1 ORDER BY asked_at, id";
    let rows: Vec<(String, i64)> = sqlx::query_as(sql).bind(reader.to_string()).fetch_all(&db.read).await?;
    rows.into_iter().map(|(address, at)| Ok((parsed("address_change", "address", &reader.to_string(), &address)?, at))).collect()
}

/// Forgets what was asked up to a moment.
pub(crate) async fn forget(connection: &mut Connection, expired_at: i64) -> Answer<()> {
    sqlx::query("DELETE FROM address_change WHERE asked_at <= $1").bind(expired_at).execute(connection).await?;
    Ok(())
}

/// Moves the reader. The log says that it was so, and the subscription on whose page it was asked, where it is active, that the
/// reader said yes from the new address. `false` where it is no longer asked for.
pub(crate) async fn make(
    db: &Connections,
    id: AddressChangeId,
    suppression: SuppressionHash,
    (digest, event): (&Slug, &ConsentEvent),
    now: i64,
) -> Answer<bool> {
    let mut tx = db.begin_write().await?;
    dialect::lock_addresses(&mut tx).await?;
    let Some(AddressChange { reader, address }) = find(&mut tx, id).await? else { return Ok(false) };
    let old = subscriber::lock(&mut tx, reader).await?;
    subscriber::may_move(&mut tx, reader, (&old.address, &address), suppression).await?;
    subscriber::update(&mut tx, reader, &Subscriber { address, ..old }, now).await?;
    sqlx::query("DELETE FROM address_change WHERE subscriber_id = $1").bind(reader.to_string()).execute(&mut *tx).await?;
    let digest_id = digest::id(&mut tx, digest).await?;
    let sql = "SELECT state FROM subscription WHERE digest_id = $1 AND subscriber_id = $2";
    let state: Option<String> = sqlx::query_scalar(sql).bind(&digest_id).bind(reader.to_string()).fetch_optional(&mut *tx).await?;
    if state.as_deref() == Some(State::Active.as_str()) {
        consent::record(&mut tx, reader, &digest_id, event).await?;
    }
    audit::insert(&mut tx, "the reader", "change address", &format!("subscriber {reader}"), &event.reason, now).await?;
    tx.commit().await?;
    Ok(true)
}
