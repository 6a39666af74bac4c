//! Reading readers, and changing what they are called and where they are written to.

use std::collections::HashMap;

use pulse_model::subscriber::{Basis, ConsentEvent, Frequency, State, Step, SuppressionHash, Wording};
use pulse_model::{EmailAddress, Slug, Subscriber, Subscription};
use sqlx::QueryBuilder;

use crate::columns::{cleaned, containing, known, number, page};
use crate::rows::{from_json, parsed};
use crate::{Reader, StoreError, StoredSubscriber, StoredSubscription, SubscriberId, SubscriberRow};

use super::dialect::{self, Answer, Connection, Connections, Db};
use super::list::{MAX_LIST, push_list};
use super::{consent, digest, suppression};

/// Address, name, language.
type Columns = (String, String, String);

pub(crate) async fn get(db: &Connections, id: SubscriberId) -> Answer<Option<StoredSubscriber>> {
    let mut tx = db.begin_read().await?;
    let sql = "SELECT address, name, language, created_at, updated_at FROM subscriber WHERE id = $1";
    let row: Option<(String, String, String, i64, i64)> = sqlx::query_as(sql).bind(id.to_string()).fetch_optional(&mut *tx).await?;
    let Some((address, name, language, created_at, updated_at)) = row else { return Ok(None) };
    let subscriber = subscriber(&id.to_string(), (address, name, language))?;
    let subscriptions = subscriptions(&mut tx, id).await?;
    Ok(Some(StoredSubscriber { id, subscriber, created_at, updated_at, subscriptions }))
}

pub(crate) async fn by_key(db: &Connections, address_key: &str) -> Answer<Option<SubscriberId>> {
    let id: Option<String> = sqlx::query_scalar("SELECT id FROM subscriber WHERE address_key = $1").bind(address_key).fetch_optional(&db.read).await?;
    Ok(id.map(|id| parsed("subscriber", "id", &id, &id)).transpose()?)
}

/// By id. Looks at every reader behind `after`, because no index knows what stands in the middle of a word.
pub(crate) async fn search(db: &Connections, text: &str, after: Option<SubscriberId>, limit: u32) -> Answer<Vec<SubscriberRow>> {
    let in_address = containing(&text.trim().to_lowercase());
    let in_name = match pulse_model::name::fold(text) {
        folded if folded.is_empty() => in_address.clone(),
        folded => containing(&folded),
    };
    let sql = "SELECT id, address, name, language FROM subscriber \
               WHERE (address_key LIKE $1 ESCAPE '\\' OR name_folded LIKE $2 ESCAPE '\\') AND id > $3 ORDER BY id LIMIT $4";
    let mut tx = db.begin_read().await?;
    let query = sqlx::query_as(sql).bind(in_address).bind(in_name).bind(start(after)).bind(page(limit));
    let rows: Vec<(String, String, String, String)> = query.fetch_all(&mut *tx).await?;
    let ids: Vec<&String> = rows.iter().map(|(id, ..)| id).collect();
    let mut states = states(&mut tx, &ids).await?;
    let row = |(id, address, name, language): (String, _, _, _)| {
        let states = states.remove(&id).unwrap_or_default();
        Ok(SubscriberRow { id: parsed("subscriber", "id", &id, &id)?, subscriber: subscriber(&id, (address, name, language))?, states })
    };
    rows.into_iter().map(row).collect()
}

/// Readers of a digest by id, those in one state or all: how an export and an audience go through a million.
pub(crate) async fn readers(db: &Connections, digest: &Slug, state: Option<State>, after: Option<SubscriberId>, limit: u32) -> Answer<Vec<Reader>> {
    let mut connection = db.read.acquire().await?;
    let digest_id = digest::id(&mut connection, digest).await?;
    // Two statements, so that each has one index to go along; and both tables are told where to begin, because an engine
    // that joins them in step would read the second from its first row.
    let sql = match state {
        None => {
            "SELECT u.id, u.address, u.name, u.language, s.state, s.state_at, s.basis, s.basis_at, s.frequency, s.sectors, s.paused_until FROM subscription s \
             JOIN subscriber u ON u.id = s.subscriber_id WHERE s.digest_id = $1 AND s.subscriber_id > $2 AND u.id > $2 ORDER BY s.subscriber_id LIMIT $3"
        }
        Some(_) => {
            "SELECT u.id, u.address, u.name, u.language, s.state, s.state_at, s.basis, s.basis_at, s.frequency, s.sectors, s.paused_until FROM subscription s \
             JOIN subscriber u ON u.id = s.subscriber_id WHERE s.digest_id = $1 AND s.subscriber_id > $2 AND u.id > $2 AND s.state = $4 ORDER BY s.subscriber_id LIMIT $3"
        }
    };
    let query = sqlx::query_as::<Db, ReaderColumns>(sql).bind(digest_id).bind(start(after)).bind(page(limit));
    let query = if let Some(state) = state { query.bind(state.as_str()) } else { query };
    let rows = query.fetch_all(&mut *connection).await?;
    Ok(rows.into_iter().map(|row| reader(digest, row)).collect::<Result<_, _>>()?)
}

/// How many readers of a digest are in each state, where there are any.
pub(crate) async fn count(db: &Connections, digest: &Slug) -> Answer<Vec<(State, u64)>> {
    let mut connection = db.read.acquire().await?;
    let digest_id = digest::id(&mut connection, digest).await?;
    let sql = "SELECT state, count(*) FROM subscription WHERE digest_id = $1 GROUP BY state";
    let rows: Vec<(String, i64)> = sqlx::query_as(sql).bind(&digest_id).fetch_all(&mut *connection).await?;
    let mut counts = Vec::with_capacity(rows.len());
    for (state, count) in rows {
        counts.push((known("subscription", "state", &digest_id, &state, State::from_name)?, count.unsigned_abs()));
    }
    counts.sort_by_key(|(state, _)| *state);
    Ok(counts)
}

/// Changes address, name and language.
pub(crate) async fn change(db: &Connections, id: SubscriberId, to: &Subscriber, hash: SuppressionHash, now: i64) -> Answer<()> {
    let to = &cleaned(to);
    let mut tx = db.begin_write().await?;
    dialect::lock_addresses(&mut tx).await?;
    let old = lock(&mut tx, id).await?;
    may_move(&mut tx, id, (&old.address, &to.address), hash).await?;
    update(&mut tx, id, to, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether a reader may be written to at another address: nobody else is, and it is not suppressed.
pub(crate) async fn may_move(connection: &mut Connection, id: SubscriberId, (from, to): (&EmailAddress, &EmailAddress), hash: SuppressionHash) -> Answer<()> {
    if from.key() == to.key() {
        return Ok(());
    }
    let taken: Option<String> = sqlx::query_scalar("SELECT id FROM subscriber WHERE address_key = $1").bind(to.key()).fetch_optional(&mut *connection).await?;
    if let Some(by) = taken {
        return Err(StoreError::AddressTaken { by: parsed("subscriber", "id", &by, &by)? }.into());
    }
    if suppression::covers_any_digest_of(connection, id, hash).await? {
        return Err(StoreError::Suppressed.into());
    }
    Ok(())
}

/// The reader, kept as it is until the transaction ends.
pub(crate) async fn lock(connection: &mut Connection, id: SubscriberId) -> Answer<Subscriber> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT address, name, language FROM subscriber WHERE id = $1{}", dialect::FOR_UPDATE));
    let row: Option<Columns> = sqlx::query_as(sql).bind(id.to_string()).fetch_optional(connection).await?;
    Ok(subscriber(&id.to_string(), row.ok_or(StoreError::NoSubscriber { id })?)?)
}

pub(crate) async fn update(connection: &mut Connection, id: SubscriberId, to: &Subscriber, now: i64) -> Answer<()> {
    sqlx::query("UPDATE subscriber SET address = $2, address_key = $3, name = $4, name_folded = $5, language = $6, updated_at = $7 WHERE id = $1")
        .bind(id.to_string())
        .bind(to.address.as_str())
        .bind(to.address.key())
        .bind(&to.name)
        .bind(pulse_model::name::fold(&to.name))
        .bind(&to.language)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Where a page begins: behind an id, or at the first.
fn start(after: Option<SubscriberId>) -> String {
    after.map(|id| id.to_string()).unwrap_or_default()
}

fn subscriber(id: &str, (address, name, language): Columns) -> Result<Subscriber, StoreError> {
    Ok(Subscriber { address: parsed("subscriber", "address", id, &address)?, name, language })
}

/// Id, address, name, language; state and since when, basis and since when, frequency, sectors, end of the pause.
type ReaderColumns = (String, String, String, String, String, i64, Option<String>, Option<i64>, String, String, Option<i64>);

fn reader(digest: &Slug, row: ReaderColumns) -> Result<Reader, StoreError> {
    let (id, address, name, language, state, state_at, basis, basis_at, frequency, sectors, paused_until) = row;
    Ok(Reader {
        id: parsed("subscriber", "id", &id, &id)?,
        subscriber: subscriber(&id, (address, name, language))?,
        basis: consent::basis(&id, basis, basis_at)?,
        state_at,
        subscription: Subscription {
            digest: digest.clone(),
            sectors: from_json("subscription", "sectors", &id, &sectors)?,
            frequency: known("subscription", "frequency", &id, &frequency, Frequency::from_name)?,
            state: known("subscription", "state", &id, &state, State::from_name)?,
            paused_until,
        },
    })
}

/// The states of the subscriptions of these readers, by digest.
async fn states(connection: &mut Connection, ids: &[&String]) -> Answer<HashMap<String, Vec<(Slug, State)>>> {
    let mut states: HashMap<String, Vec<(Slug, State)>> = HashMap::new();
    for ids in ids.chunks(MAX_LIST) {
        let mut query = QueryBuilder::<Db>::new(
            "SELECT s.subscriber_id, d.slug, s.state FROM subscription s JOIN digest d ON d.id = s.digest_id WHERE s.subscriber_id IN ",
        );
        push_list(&mut query, ids);
        let rows: Vec<(String, String, String)> = query.build_query_as().fetch_all(&mut *connection).await?;
        for (id, slug, state) in rows {
            let state = (parsed("digest", "slug", &id, &slug)?, known("subscription", "state", &id, &state, State::from_name)?);
            states.entry(id).or_default().push(state);
        }
    }
    states.values_mut().for_each(|states| states.sort());
    Ok(states)
}

/// State, when it came to be, basis and since when, frequency, sectors, end of the pause, when it was added and changed.
type SubscriptionColumns = (String, i64, Option<String>, Option<i64>, String, String, Option<i64>, i64, i64);

async fn subscriptions(connection: &mut Connection, id: SubscriberId) -> Answer<Vec<StoredSubscription>> {
    let sql = "SELECT d.id, d.slug FROM subscription s JOIN digest d ON d.id = s.digest_id WHERE s.subscriber_id = $1";
    let mut digests: Vec<(String, String)> = sqlx::query_as(sql).bind(id.to_string()).fetch_all(&mut *connection).await?;
    digests.sort_by(|a, b| a.1.cmp(&b.1));
    let mut subscriptions = Vec::with_capacity(digests.len());
    for (digest_id, slug) in digests {
        let digest: Slug = parsed("digest", "slug", &digest_id, &slug)?;
        let events = events(connection, id, &digest_id).await?;
        subscriptions.push(subscription(connection, id, &digest_id, digest, events).await?);
    }
    Ok(subscriptions)
}

async fn subscription(connection: &mut Connection, id: SubscriberId, digest_id: &str, digest: Slug, events: Vec<ConsentEvent>) -> Answer<StoredSubscription> {
    let sql = "SELECT state, state_at, basis, basis_at, frequency, sectors, paused_until, created_at, updated_at FROM subscription \
               WHERE digest_id = $1 AND subscriber_id = $2";
    let row: SubscriptionColumns = sqlx::query_as(sql).bind(digest_id).bind(id.to_string()).fetch_one(connection).await?;
    let (state, state_at, basis, basis_at, frequency, sectors, paused_until, created_at, updated_at) = row;
    let row = id.to_string();
    Ok(StoredSubscription {
        subscription: Subscription {
            digest,
            sectors: from_json("subscription", "sectors", &row, &sectors)?,
            frequency: known("subscription", "frequency", &row, &frequency, Frequency::from_name)?,
            state: known("subscription", "state", &row, &state, State::from_name)?,
            paused_until,
        },
        state_at,
        basis: consent::basis(&row, basis, basis_at)?,
        created_at,
        updated_at,
        events,
    })
}

/// When, step, basis, source, version of the words and the words, reason.
type EventColumns = (i64, String, Option<String>, String, Option<i64>, Option<String>, String);

async fn events(connection: &mut Connection, id: SubscriberId, digest_id: &str) -> Answer<Vec<ConsentEvent>> {
    let sql = "SELECT e.at, e.step, e.basis, e.source, e.wording_version, w.wording, e.reason FROM consent_event e \
               LEFT JOIN consent_wording w ON w.digest_id = e.digest_id AND w.version = e.wording_version \
               WHERE e.subscriber_id = $1 AND e.digest_id = $2 ORDER BY e.number";
    let rows: Vec<EventColumns> = sqlx::query_as(sql).bind(id.to_string()).bind(digest_id).fetch_all(connection).await?;
    let row = id.to_string();
    let event = |(at, step, basis, source, version, text, reason): EventColumns| {
        let wording = version.zip(text).map(|(version, text)| Ok(Wording { version: number("consent_event", "wording_version", &row, version)?, text }));
        Ok(ConsentEvent {
            at,
            step: known("consent_event", "step", &row, &step, Step::from_name)?,
            basis: basis.map(|basis| known("consent_event", "basis", &row, &basis, Basis::from_name)).transpose()?,
            source,
            wording: wording.transpose()?,
            reason,
        })
    };
    Ok(rows.into_iter().map(event).collect::<Result<_, StoreError>>()?)
}
