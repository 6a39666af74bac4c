//! Adding readers to a digest, many at once. The rules are in [`crate::adding`].

use std::collections::{HashMap, HashSet};

use pulse_model::subscriber::{Basis, Frequency, State, SuppressionHash};
use pulse_model::{Slug, Subscriber};
use sqlx::QueryBuilder;

use crate::adding::{Kept, KeptSubscription};
use crate::columns::{MAX_FORM_CHARS, cleaned, known, no_more_than, one_line};
use crate::ids::Ids;
use crate::rows::{from_json, json, parsed};
use crate::{Added, Known, NewReader, Refusal, StoreError, SubscriberId};

use super::dialect::{self, Answer, Connection, Connections, Db};
use super::insert::insert;
use super::list::{MAX_LIST, push_list};
use super::{consent, digest, suppression};

/// The most rows of one transaction.
const MAX_ROWS: usize = 500;

/// Readers by the key of their address.
type Readers = HashMap<String, Kept>;

pub(crate) async fn add(db: &Connections, digest: &Slug, rows: &[NewReader], known: Known, keep: bool, now: i64) -> Answer<Vec<Added>> {
    no_more_than(MAX_ROWS, "readers", rows.len())?;
    let mut tx = db.begin_write().await?;
    dialect::lock_addresses(&mut tx).await?;
    let digest_id = digest::id(&mut tx, digest).await?;
    let hashes: Vec<SuppressionHash> = rows.iter().map(|row| row.suppression).collect();
    let suppressed = suppression::among(&mut tx, &digest_id, &hashes).await?;
    let left = suppression::left(&mut tx, &digest_id, &hashes).await?;
    let keys: Vec<String> = rows.iter().map(|row| row.subscriber.address.key()).collect();
    let mut readers = there(&mut tx, &digest_id, &keys).await?;
    let added = take_all(&mut readers, rows, keys, (&suppressed, &left), known, &mut Ids::at(now));
    if keep {
        write(&mut tx, &digest_id, &readers, now).await?;
        tx.commit().await?;
    }
    Ok(added)
}

/// Whose addresses are suppressed, and when those left who have been forgotten.
type Lines<'l> = (&'l HashSet<SuppressionHash>, &'l HashMap<SuppressionHash, i64>);

fn take_all(readers: &mut Readers, rows: &[NewReader], keys: Vec<String>, (suppressed, left): Lines<'_>, known: Known, ids: &mut Ids) -> Vec<Added> {
    let mut take = |(row, key): (&NewReader, String)| {
        if suppressed.contains(&row.suppression) {
            return Added::Refused(Refusal::Suppressed);
        }
        let mut reader = readers.remove(&key).unwrap_or_else(|| Kept::new(SubscriberId(ids.make()), cleaned(&row.subscriber)));
        let has_left = reader.subscription.is_none() && left.get(&row.suppression).is_some_and(|at| !row.is_consent_since(*at));
        if has_left {
            if !reader.is_new {
                readers.insert(key, reader);
            }
            return Added::Refused(Refusal::Ended(State::Left));
        }
        let added = reader.take(row, known);
        // Somebody new who was refused is nobody.
        if !(reader.is_new && reader.subscription.is_none()) {
            readers.insert(key, reader);
        }
        added
    };
    rows.iter().zip(keys).map(&mut take).collect()
}

/// The readers who have these keys.
async fn there(connection: &mut Connection, digest_id: &str, keys: &[String]) -> Answer<Readers> {
    let mut readers = Readers::new();
    for keys in keys.chunks(MAX_LIST) {
        let mut query = QueryBuilder::<Db>::new("SELECT address_key, id, address, name, language FROM subscriber WHERE address_key IN ");
        push_list(&mut query, keys);
        let rows: Vec<(String, String, String, String, String)> = query.build_query_as().fetch_all(&mut *connection).await?;
        let mut found = Vec::with_capacity(rows.len());
        for (key, id, address, name, language) in rows {
            let subscriber = Subscriber { address: parsed("subscriber", "address", &id, &address)?, name, language };
            found.push((key, Kept { is_new: false, ..Kept::new(parsed("subscriber", "id", &id, &id)?, subscriber) }));
        }
        let ids: Vec<SubscriberId> = found.iter().map(|(_, reader)| reader.id).collect();
        let mut subscriptions = subscriptions(connection, digest_id, &ids).await?;
        readers.extend(found.into_iter().map(|(key, reader)| {
            let subscription = subscriptions.remove(&reader.id.to_string());
            (key, Kept { subscription, ..reader })
        }));
    }
    Ok(readers)
}

/// Subscriber, state, when it came to be, basis and since when, sectors, frequency, number of events.
type SubscriptionColumns = (String, String, i64, Option<String>, Option<i64>, String, String, i64);

/// The subscriptions of these readers to the digest, kept as they are until the transaction ends.
async fn subscriptions(connection: &mut Connection, digest_id: &str, ids: &[SubscriberId]) -> Answer<HashMap<String, KeptSubscription>> {
    let mut query = QueryBuilder::<Db>::new(
        "SELECT subscriber_id, state, state_at, basis, basis_at, sectors, frequency, (SELECT count(*) FROM consent_event e \
         WHERE e.subscriber_id = subscription.subscriber_id AND e.digest_id = subscription.digest_id) FROM subscription WHERE digest_id = ",
    );
    query.push_bind(digest_id.to_owned()).push(" AND subscriber_id IN ");
    push_list(&mut query, ids);
    query.push(" ORDER BY subscriber_id").push(dialect::FOR_UPDATE);
    let rows: Vec<SubscriptionColumns> = query.build_query_as().fetch_all(connection).await?;
    let subscription = |(id, state, state_at, basis, basis_at, sectors, frequency, event_count): SubscriptionColumns| {
        let subscription = KeptSubscription {
            state: known("subscription", "state", &id, &state, State::from_name)?,
            state_at,
            basis: consent::basis(&id, basis, basis_at)?,
            sectors: from_json("subscription", "sectors", &id, &sectors)?,
            frequency: known("subscription", "frequency", &id, &frequency, Frequency::from_name)?,
            event_count,
            events: Vec::new(),
            is_new: false,
            is_changed: false,
        };
        Ok::<_, StoreError>((id, subscription))
    };
    Ok(rows.into_iter().map(subscription).collect::<Result<_, _>>()?)
}

async fn write(connection: &mut Connection, digest_id: &str, readers: &Readers, now: i64) -> Answer<()> {
    // By id, so that rows lie in the order they were added, and two nodes take their locks in one order.
    let mut readers: Vec<(&String, &Kept)> = readers.iter().collect();
    readers.sort_by_key(|(_, reader)| reader.id);
    write_subscribers(connection, &readers, now).await?;
    write_subscriptions(connection, digest_id, &readers, now).await?;
    let event_rows = |reader: &Kept| {
        let (id, there) = (reader.id, reader.subscription.as_ref());
        let numbered = there.into_iter().flat_map(|there| (there.event_count + 1..).zip(there.events.clone()));
        numbered.map(move |(number, event)| (id, number, event)).collect::<Vec<_>>()
    };
    let events: Vec<_> = readers.iter().flat_map(|(_, reader)| event_rows(reader)).collect();
    let into = "INSERT INTO consent_event (subscriber_id, digest_id, number, at, step, basis, source, wording_version, reason) ";
    insert(connection, into, &events, |values, (id, number, event)| {
        values.push_bind(id.to_string()).push_bind(digest_id.to_owned()).push_bind(number).push_bind(event.at).push_bind(event.step.as_str());
        values.push_bind(event.basis.map(Basis::as_str)).push_bind(one_line(&event.source, MAX_FORM_CHARS));
        values.push_bind(event.wording.as_ref().map(|wording| i64::from(wording.version))).push_bind(one_line(&event.reason, MAX_FORM_CHARS));
    })
    .await
}

async fn write_subscribers(connection: &mut Connection, readers: &[(&String, &Kept)], now: i64) -> Answer<()> {
    let new: Vec<_> = readers.iter().filter(|(_, reader)| reader.is_new).collect();
    let into = "INSERT INTO subscriber (id, address, address_key, name, name_folded, language, created_at, updated_at) ";
    insert(connection, into, &new, |values, (key, reader)| {
        let subscriber = &reader.subscriber;
        values.push_bind(reader.id.to_string()).push_bind(subscriber.address.as_str().to_owned()).push_bind((*key).clone());
        values.push_bind(subscriber.name.clone()).push_bind(pulse_model::name::fold(&subscriber.name));
        values.push_bind(subscriber.language.clone()).push_bind(now).push_bind(now);
    })
    .await?;
    for (_, reader) in readers.iter().filter(|(_, reader)| reader.is_changed && !reader.is_new) {
        super::subscriber::update(connection, reader.id, &reader.subscriber, now).await?;
    }
    Ok(())
}

async fn write_subscriptions(connection: &mut Connection, digest_id: &str, readers: &[(&String, &Kept)], now: i64) -> Answer<()> {
    let mut rows = Vec::new();
    for (_, reader) in readers {
        if let Some(there) = reader.subscription.as_ref().filter(|there| there.is_new || there.is_changed) {
            rows.push((reader.id, there, json("the sectors of a subscription", &there.sectors)?));
        }
    }
    let (new, changed): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(_, there, _)| there.is_new);
    let into =
        "INSERT INTO subscription (digest_id, subscriber_id, state, state_at, basis, basis_at, frequency, sectors, paused_until, created_at, updated_at) ";
    insert(connection, into, &new, |values, (id, there, sectors)| {
        values.push_bind(digest_id.to_owned()).push_bind(id.to_string()).push_bind(there.state.as_str()).push_bind(there.state_at);
        values
            .push_bind(there.basis.map(|(basis, _)| basis.as_str()))
            .push_bind(there.basis.map(|(_, at)| at))
            .push_bind(there.frequency.as_str())
            .push_bind(sectors.clone());
        values.push_bind(None::<i64>).push_bind(now).push_bind(now);
    })
    .await?;
    let sql = "UPDATE subscription SET state = $3, state_at = $4, basis = $5, basis_at = $6, frequency = $7, sectors = $8, updated_at = $9 \
               WHERE digest_id = $1 AND subscriber_id = $2";
    for (id, there, sectors) in changed {
        let query = sqlx::query(sql).bind(digest_id).bind(id.to_string()).bind(there.state.as_str()).bind(there.state_at);
        let query =
            query.bind(there.basis.map(|(basis, _)| basis.as_str())).bind(there.basis.map(|(_, at)| at)).bind(there.frequency.as_str()).bind(sectors).bind(now);
        query.execute(&mut *connection).await?;
    }
    Ok(())
}
