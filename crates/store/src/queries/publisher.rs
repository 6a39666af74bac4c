//! The register of publishers.

use std::collections::{HashMap, HashSet};

use pulse_model::publisher::FormerName;
use pulse_model::{Publisher, Register};
use sqlx::QueryBuilder;

use crate::ids::Ids;
use crate::rows::{from_json, impossible, json, parsed};
use crate::{PublisherId, PublisherRow, StoreError, names};

use super::dialect::{self, Answer, Connection, Connections, Db};
use super::insert::{chunks, insert};

/// A publisher with its id in the form the tables have it.
pub(crate) type Known = (String, Publisher);

pub(crate) async fn list(db: &Connections, search: Option<&str>) -> Answer<Vec<PublisherRow>> {
    let mut tx = db.begin_read().await?;
    let counts = "SELECT publisher_id, count(DISTINCT entry_id) FROM entry_publisher WHERE publisher_id IS NOT NULL GROUP BY publisher_id";
    let counts: HashMap<String, i64> = sqlx::query_as(counts).fetch_all(&mut *tx).await?.into_iter().collect();
    let wanted = search.map(names::key);
    let mut rows = Vec::new();
    for (id, publisher) in all(&mut tx).await? {
        if wanted.as_ref().is_none_or(|wanted| publisher.names().any(|name| names::key(name).contains(wanted.as_str()))) {
            let entry_count = counts.get(&id).copied().unwrap_or_default().unsigned_abs();
            rows.push(PublisherRow { id: parsed("publisher", "id", &id, &id).map(PublisherId)?, publisher, entry_count });
        }
    }
    rows.sort_by_cached_key(|row| names::key(&row.publisher.name));
    Ok(rows)
}

pub(crate) async fn register(db: &Connections) -> Answer<Register> {
    let mut tx = db.begin_read().await?;
    Ok(Register::new(all(&mut tx).await?.into_iter().map(|(_, publisher)| publisher).collect()))
}

pub(crate) async fn add(db: &Connections, publisher: &Publisher, now: i64) -> Answer<PublisherId> {
    if publisher.name.trim().is_empty() {
        return Err(StoreError::NoName.into());
    }
    let mut tx = db.begin_write().await?;
    dialect::lock_register(&mut tx).await?;
    let keys: Vec<String> = publisher.names().map(names::key).collect();
    let taken = find(&mut tx, &keys).await?;
    for (name, key) in publisher.names().zip(&keys) {
        if let Some(holder) = taken.get(key) {
            let (_, holder) = one(&mut tx, holder).await?;
            return Err(StoreError::NameTaken { name: name.to_owned(), publisher: holder.name }.into());
        }
    }
    let mut ids = Ids::at(now);
    let id = ids.make();
    create(&mut tx, &[(id.to_string(), publisher.clone())], now).await?;
    tx.commit().await?;
    Ok(PublisherId(id))
}

/// Makes one publisher of two: entries and digests of `from` become those of `into`, and its names former names.
pub(crate) async fn merge(db: &Connections, from: &str, into: &str, now: i64) -> Answer<Publisher> {
    let mut tx = db.begin_write().await?;
    dialect::lock_register(&mut tx).await?;
    let (from_id, was_from) = named(&mut tx, from).await?;
    let (into_id, was_into) = named(&mut tx, into).await?;
    if from_id == into_id {
        return Err(StoreError::SamePublisher { from: from.to_owned(), into: into.to_owned() }.into());
    }
    record_merge(&mut tx, (&from_id, &was_from), (&into_id, &was_into), now).await?;
    for sql in [
        "UPDATE entry_publisher SET publisher_id = $2 WHERE publisher_id = $1",
        "DELETE FROM digest_publisher WHERE publisher_id = $1 AND digest_id IN (SELECT digest_id FROM digest_publisher WHERE publisher_id = $2)",
        "UPDATE digest_publisher SET publisher_id = $2 WHERE publisher_id = $1",
    ] {
        sqlx::query(sql).bind(&from_id).bind(&into_id).execute(&mut *tx).await?;
    }
    // Its names go with it, and are free for the other to take.
    sqlx::query("DELETE FROM publisher WHERE id = $1").bind(&from_id).execute(&mut *tx).await?;
    let mut merged = was_into;
    names::absorb(&mut merged, &was_from);
    update(&mut tx, &into_id, &merged, now).await?;
    tx.commit().await?;
    Ok(merged)
}

/// Gives every printed name its publisher; a name nobody has makes a new one. The register must be locked. Names without
/// any character are left out of the answer.
pub(crate) async fn identify(connection: &mut Connection, printed: &[&str], ids: &mut Ids, now: i64) -> Answer<HashMap<String, String>> {
    let keys: Vec<String> = printed.iter().flat_map(|name| names::lookup_keys(name)).collect();
    let mut known = find(connection, &keys).await?;
    let mut found = HashMap::new();
    let mut new: Vec<Known> = Vec::new();
    for name in printed.iter().filter(|name| !name.trim().is_empty()) {
        let keys = names::lookup_keys(name);
        let id = keys.iter().find_map(|key| known.get(key)).cloned().unwrap_or_else(|| {
            let (id, publisher) = (ids.make().to_string(), names::publisher(name));
            known.insert(names::key(&publisher.name), id.clone());
            new.push((id.clone(), publisher));
            id
        });
        found.insert((*name).to_owned(), id);
    }
    create(connection, &new, now).await?;
    Ok(found)
}

/// The publishers that a digest's description names, each with its id: those the register has gain what they lacked.
/// The register must be locked.
pub(crate) async fn take_in(connection: &mut Connection, publishers: &[Publisher], ids: &mut Ids, now: i64) -> Answer<Vec<String>> {
    let mut taken = Vec::new();
    for publisher in publishers.iter().filter(|publisher| !publisher.name.trim().is_empty()) {
        let former = publisher.former_names.iter().map(|former| &former.name);
        let keys: Vec<String> = std::iter::once(&publisher.name).chain(former).map(|name| names::key(name)).collect();
        let known = find(connection, &keys).await?;
        let id = match keys.iter().find_map(|key| known.get(key)) {
            Some(id) => {
                let (id, was) = one(connection, id).await?;
                let mut now_is = was.clone();
                names::gain(&mut now_is, publisher);
                if now_is != was {
                    update(connection, &id, &now_is, now).await?;
                }
                id
            }
            None => {
                let id = ids.make().to_string();
                create(connection, &[(id.clone(), publisher.clone())], now).await?;
                id
            }
        };
        if !taken.contains(&id) {
            taken.push(id);
        }
    }
    Ok(taken)
}

/// Whom each of the keys stands for, where anybody.
async fn find(connection: &mut Connection, keys: &[String]) -> Answer<HashMap<String, String>> {
    let mut found = HashMap::new();
    let keys: Vec<&String> = keys.iter().collect::<HashSet<_>>().into_iter().collect();
    for chunk in chunks(&keys) {
        let mut query = QueryBuilder::<Db>::new("SELECT folded, publisher_id FROM publisher_name WHERE identifies = 1 AND folded IN (");
        let mut list = query.separated(", ");
        for key in chunk {
            list.push_bind(*key);
        }
        query.push(")");
        let rows: Vec<(String, String)> = query.build_query_as().fetch_all(&mut *connection).await?;
        found.extend(rows);
    }
    Ok(found)
}

async fn named(connection: &mut Connection, name: &str) -> Answer<Known> {
    let keys = names::lookup_keys(name);
    let found = find(connection, &keys).await?;
    match keys.iter().find_map(|key| found.get(key)) {
        Some(id) => one(connection, id).await,
        None => Err(StoreError::NoPublisher { name: name.to_owned() }.into()),
    }
}

pub(crate) async fn one(connection: &mut Connection, id: &str) -> Answer<Known> {
    let homepage = sqlx::query_scalar("SELECT homepage FROM publisher WHERE id = $1").bind(id).fetch_one(&mut *connection).await?;
    let names = "SELECT publisher_id, kind, name, last_day FROM publisher_name WHERE publisher_id = $1 ORDER BY position";
    let names = sqlx::query_as(names).bind(id).fetch_all(connection).await?;
    Ok((id.to_owned(), publisher(id, homepage, names)?))
}

/// In the order they came into the register.
async fn all(connection: &mut Connection) -> Answer<Vec<Known>> {
    let rows: Vec<(String, Option<String>)> = sqlx::query_as("SELECT id, homepage FROM publisher ORDER BY id").fetch_all(&mut *connection).await?;
    let names = "SELECT publisher_id, kind, name, last_day FROM publisher_name ORDER BY publisher_id, position";
    let mut names_of: HashMap<String, Vec<NameRow>> = HashMap::new();
    for row in sqlx::query_as::<Db, NameRow>(names).fetch_all(connection).await? {
        names_of.entry(row.0.clone()).or_default().push(row);
    }
    let mut publishers = Vec::with_capacity(rows.len());
    for (id, homepage) in rows {
        let names = names_of.remove(&id).unwrap_or_default();
        let publisher = publisher(&id, homepage, names)?;
        publishers.push((id, publisher));
    }
    Ok(publishers)
}

/// Publisher, kind, name, last day of use.
type NameRow = (String, String, String, Option<String>);

fn publisher(id: &str, homepage: Option<String>, names: Vec<NameRow>) -> Result<Publisher, StoreError> {
    let mut publisher = Publisher::named("");
    publisher.homepage =
        homepage.map(|homepage| pulse_model::Href::parse(&homepage)).transpose().map_err(|cause| impossible("publisher", "homepage", id, cause))?;
    for (_, kind, name, last_day) in names {
        match kind.as_str() {
            "preferred" => publisher.name = name,
            "abbreviation" => publisher.abbreviations.push(name),
            _ => {
                let until = last_day.map(|day| parsed("publisher_name", "last_day", id, &day)).transpose()?;
                publisher.former_names.push(FormerName { name, until });
            }
        }
    }
    Ok(publisher)
}

async fn create(connection: &mut Connection, publishers: &[Known], now: i64) -> Answer<()> {
    insert(connection, "INSERT INTO publisher (id, homepage, created_at, updated_at) ", publishers, |values, (id, publisher)| {
        values.push_bind(id).push_bind(publisher.homepage.as_ref().map(|href| href.as_str())).push_bind(now).push_bind(now);
    })
    .await?;
    write_names(connection, publishers).await
}

async fn update(connection: &mut Connection, id: &str, publisher: &Publisher, now: i64) -> Answer<()> {
    let sql = "UPDATE publisher SET homepage = $2, updated_at = $3 WHERE id = $1";
    sqlx::query(sql).bind(id).bind(publisher.homepage.as_ref().map(|href| href.as_str())).bind(now).execute(&mut *connection).await?;
    sqlx::query("DELETE FROM publisher_name WHERE publisher_id = $1").bind(id).execute(&mut *connection).await?;
    write_names(connection, &[(id.to_owned(), publisher.clone())]).await
}

/// Of several claims to one name the first stands.
async fn write_names(connection: &mut Connection, publishers: &[Known]) -> Answer<()> {
    let keys: Vec<String> = publishers.iter().flat_map(|(_, publisher)| publisher.names()).map(names::key).collect();
    let mut claimed = find(connection, &keys).await?;
    let mut rows = Vec::new();
    for (id, publisher) in publishers {
        let abbreviations = publisher.abbreviations.iter().map(|name| ("abbreviation", name.as_str(), None));
        let former = publisher.former_names.iter().map(|former| ("former", former.name.as_str(), former.until.map(|day| day.to_string())));
        let names = std::iter::once(("preferred", publisher.name.as_str(), None)).chain(abbreviations).chain(former);
        for (position, (kind, name, last_day)) in (0_i64..).zip(names) {
            let key = names::key(name);
            let identifies = i64::from(claimed.insert(key.clone(), id.clone()).is_none());
            rows.push((id, position, kind, name, key, last_day, identifies));
        }
    }
    let into = "INSERT INTO publisher_name (publisher_id, position, kind, name, folded, last_day, identifies) ";
    insert(connection, into, &rows, |values, (id, position, kind, name, key, last_day, identifies)| {
        values.push_bind(*id).push_bind(position).push_bind(*kind).push_bind(*name).push_bind(key).push_bind(last_day).push_bind(identifies);
    })
    .await
}

async fn record_merge(connection: &mut Connection, (from_id, from): (&str, &Publisher), (into_id, into): (&str, &Publisher), now: i64) -> Answer<()> {
    sqlx::query("INSERT INTO publisher_merge (id, from_id, into_id, was_from, was_into, at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(Ids::at(now).make().to_string())
        .bind(from_id)
        .bind(into_id)
        .bind(json("a publisher", from)?)
        .bind(json("a publisher", into)?)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

/// Every merge, the oldest first.
pub(crate) async fn merges(db: &Connections) -> Answer<Vec<crate::Merge>> {
    let rows: Vec<(String, String, String, i64)> =
        sqlx::query_as("SELECT id, was_from, was_into, at FROM publisher_merge ORDER BY at, id").fetch_all(&db.read).await?;
    let merge = |(id, from, into, at): (String, String, String, i64)| {
        let from = from_json("publisher_merge", "was_from", &id, &from)?;
        Ok(crate::Merge { from, into: from_json("publisher_merge", "was_into", &id, &into)?, at })
    };
    rows.into_iter().map(merge).collect()
}
