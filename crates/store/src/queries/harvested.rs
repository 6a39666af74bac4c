//! Records with their publications: what a look brought, in one transaction for each batch.

use std::collections::HashMap;

use pulse_model::publication::Change;
use pulse_model::{Identifier, Publication};
use sqlx::QueryBuilder;

use crate::columns::{MAX_FORM_CHARS, index_key, no_more_than, number, one_line};
use crate::ids::Ids;
use crate::rows::{from_json, json, parsed};
use crate::{Keeping, KeptRecord, KnownPublication, KnownRecord, Lease, PublicationId, SourceId, StoreError, Work};

use super::dialect::{self, Answer, Connection, Connections, Db};
use super::list::{MAX_LIST, push_list};
use super::{merge, source};

/// The most records of one transaction.
const MAX_RECORDS: usize = 500;

/// The publications that have one of these identifiers, by identifier as it is printed.
pub(crate) async fn known(db: &Connections, identifiers: &[Identifier]) -> Answer<HashMap<String, KnownPublication>> {
    let mut tx = db.begin_read().await?;
    let mut owners: HashMap<String, String> = HashMap::new();
    let keys: HashMap<String, String> = identifiers.iter().map(|identifier| (index_key(&identifier.to_string()), identifier.to_string())).collect();
    for some in keys.keys().collect::<Vec<_>>().chunks(MAX_LIST) {
        let mut query = QueryBuilder::<Db>::new("SELECT identifier, publication_id FROM publication_identifier WHERE identifier IN ");
        push_list(&mut query, some);
        let rows: Vec<(String, String)> = query.build_query_as().fetch_all(&mut *tx).await?;
        owners.extend(rows.into_iter().filter_map(|(key, id)| Some((keys.get(&key)?.clone(), id))));
    }
    let mut publications: HashMap<&str, KnownPublication> = HashMap::new();
    for id in owners.values() {
        if !publications.contains_key(id.as_str()) {
            publications.insert(id, publication(&mut tx, id).await?);
        }
    }
    Ok(owners.iter().filter_map(|(identifier, id)| Some((identifier.clone(), publications.get(id.as_str())?.clone()))).collect())
}

pub(super) async fn publication(connection: &mut Connection, id: &str) -> Answer<KnownPublication> {
    let sql = "SELECT facts, version_number FROM publication WHERE id = $1";
    let (facts, version): (String, i64) = sqlx::query_as(sql).bind(id).fetch_one(&mut *connection).await?;
    let sql = "SELECT identifier FROM publication_identifier WHERE publication_id = $1 ORDER BY identifier";
    let identifiers: Vec<String> = sqlx::query_scalar(sql).bind(id).fetch_all(&mut *connection).await?;
    let sql = "SELECT source_id, content FROM record WHERE publication_id = $1 ORDER BY id";
    let records: Vec<(String, String)> = sqlx::query_as(sql).bind(id).fetch_all(connection).await?;
    let record =
        |(source, content): (String, String)| Ok::<_, StoreError>((parsed("record", "source_id", id, &source)?, from_json("record", "content", id, &content)?));
    Ok(KnownPublication {
        id: parsed("publication", "id", id, id)?,
        facts: from_json("publication", "facts", id, &facts)?,
        version_number: number("publication", "version_number", id, version)?,
        identifiers: identifiers.iter().filter_map(|text| text.parse().ok()).collect(),
        records: records.into_iter().map(record).collect::<Result<_, _>>()?,
    })
}

/// The records of a source that have one of these keys, by key.
pub(crate) async fn records(db: &Connections, source: SourceId, keys: &[&str]) -> Answer<HashMap<String, Vec<KnownRecord>>> {
    let asked: HashMap<String, &str> = keys.iter().map(|key| (index_key(key), *key)).collect();
    let mut found: HashMap<String, Vec<KnownRecord>> = HashMap::new();
    for some in asked.keys().collect::<Vec<_>>().chunks(MAX_LIST) {
        let mut query = QueryBuilder::<Db>::new("SELECT record_key, publication_id, content_sha256 FROM record WHERE source_id = ");
        query.push_bind(source.to_string()).push(" AND record_key IN ");
        push_list(&mut query, some);
        let rows: Vec<(String, String, String)> = query.build_query_as().fetch_all(&db.read).await?;
        for (key, publication, hash) in rows {
            let known =
                KnownRecord { publication: parsed("record", "publication_id", &key, &publication)?, hash: parsed("record", "content_sha256", &key, &hash)? };
            if let Some(asked) = asked.get(&key) {
                found.entry((*asked).to_owned()).or_default().push(known);
            }
        }
    }
    Ok(found)
}

/// Keeps a batch of records with their publications, and what to remember of the look, or nothing of it.
pub(crate) async fn keep(
    db: &Connections,
    source: SourceId,
    lease: Lease<'_>,
    (works, records): (&[Work], &[KeptRecord]),
    memory: Option<&str>,
    now: i64,
) -> Answer<Keeping> {
    no_more_than(MAX_RECORDS, "records", records.len().max(works.len()))?;
    let mut ids = Ids::at(now);
    let mut tx = db.begin_write().await?;
    if !source::hold(&mut tx, source, lease).await? {
        return Ok(Keeping::NotOurs);
    }
    if !works.is_empty() {
        dialect::lock_publications(&mut tx).await?;
    }
    let mut kept = Vec::with_capacity(works.len());
    for work in works {
        match keep_work(&mut tx, source, work, &mut ids, now).await? {
            Some(id) => kept.push(id),
            None => return Ok(Keeping::Overtaken),
        }
    }
    for record in records {
        if let Some(publication) = kept.get(record.work) {
            keep_record(&mut tx, source, *publication, record, &mut ids, now).await?;
        }
    }
    if let Some(memory) = memory {
        sqlx::query("UPDATE source SET memory = $2 WHERE id = $1").bind(source.to_string()).bind(memory).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(Keeping::Kept(kept))
}

/// `None`: the publication is not what the work was made from.
async fn keep_work(connection: &mut Connection, source: SourceId, work: &Work, ids: &mut Ids, now: i64) -> Answer<Option<PublicationId>> {
    let id = match work.id {
        None => {
            if is_any_taken(connection, &work.identifiers).await? {
                return Ok(None);
            }
            let id = PublicationId(ids.make());
            insert(connection, id, source, work, now).await?;
            add_version(connection, id, 1, &[], now).await?;
            id
        }
        Some(id) => {
            let sql = sqlx::AssertSqlSafe(format!("SELECT version_number FROM publication WHERE id = $1{}", dialect::FOR_UPDATE));
            let version: Option<i64> = sqlx::query_scalar(sql).bind(id.to_string()).fetch_optional(&mut *connection).await?;
            if version != Some(i64::from(work.from_version)) {
                return Ok(None);
            }
            set_facts(connection, id, &work.facts).await?;
            if !work.changes.is_empty() {
                if work.amends {
                    amend_version(connection, id, &work.changes).await?;
                } else {
                    add_version(connection, id, work.from_version + 1, &work.changes, now).await?;
                }
            }
            if work.is_due {
                let sql = "UPDATE publication SET check_reason = CASE WHEN check_reason = 'again' OR check_due_at IS NULL THEN $3 ELSE check_reason END, \
                           check_due_at = $2 WHERE id = $1";
                let reason = if work.changes.is_empty() { "again" } else { "update" };
                sqlx::query(sql).bind(id.to_string()).bind(now).bind(reason).execute(&mut *connection).await?;
            }
            id
        }
    };
    identify(connection, id, &work.identifiers).await?;
    for from in &work.absorbs {
        merge::absorb(connection, *from, id, now).await?;
    }
    Ok(Some(id))
}

async fn is_any_taken(connection: &mut Connection, identifiers: &[Identifier]) -> Answer<bool> {
    for identifier in identifiers {
        let sql = "SELECT publication_id FROM publication_identifier WHERE identifier = $1";
        let owner: Option<String> = sqlx::query_scalar(sql).bind(index_key(&identifier.to_string())).fetch_optional(&mut *connection).await?;
        if owner.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn insert(connection: &mut Connection, id: PublicationId, source: SourceId, work: &Work, now: i64) -> Answer<()> {
    let facts = &work.facts;
    sqlx::query(
        "INSERT INTO publication (id, source_id, facts, title, sorted_at, first_seen_at, version_number, check_due_at, check_reason) \
         VALUES ($1, $2, $3, $4, $5, $6, 1, $7, 'new')",
    )
    .bind(id.to_string())
    .bind(source.to_string())
    .bind(json("the publication", facts)?)
    .bind(one_line(&facts.title, MAX_FORM_CHARS))
    .bind(facts.published_at.unwrap_or(now))
    .bind(now)
    .bind(work.is_due.then_some(now))
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn set_facts(connection: &mut Connection, id: PublicationId, facts: &Publication) -> Answer<()> {
    let sql = "UPDATE publication SET facts = $2, title = $3, sorted_at = coalesce($4, first_seen_at) WHERE id = $1";
    let query = sqlx::query(sql).bind(id.to_string()).bind(json("the publication", facts)?).bind(one_line(&facts.title, MAX_FORM_CHARS));
    query.bind(facts.published_at).execute(connection).await?;
    Ok(())
}

/// Those that are another publication's stay so.
pub(crate) async fn identify(connection: &mut Connection, id: PublicationId, identifiers: &[Identifier]) -> Answer<()> {
    for identifier in identifiers {
        let sql = "INSERT INTO publication_identifier (identifier, publication_id) VALUES ($1, $2) ON CONFLICT (identifier) DO NOTHING";
        sqlx::query(sql).bind(index_key(&identifier.to_string())).bind(id.to_string()).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Adds a version and makes it the newest.
pub(crate) async fn add_version(connection: &mut Connection, id: PublicationId, number: u32, changes: &[Change], now: i64) -> Answer<()> {
    let sql = "INSERT INTO publication_version (publication_id, number, seen_at, changes) VALUES ($1, $2, $3, $4)";
    let query = sqlx::query(sql).bind(id.to_string()).bind(i64::from(number)).bind(now);
    query.bind(json("the changes", &changes)?).execute(&mut *connection).await?;
    let sql = "UPDATE publication SET version_number = $2 WHERE id = $1";
    sqlx::query(sql).bind(id.to_string()).bind(i64::from(number)).execute(connection).await?;
    Ok(())
}

/// Adds changes to the newest version.
pub(crate) async fn amend_version(connection: &mut Connection, id: PublicationId, more: &[Change]) -> Answer<()> {
    let id = id.to_string();
    let sql = "SELECT number, changes FROM publication_version WHERE publication_id = $1 ORDER BY number DESC LIMIT 1";
    let (number, changes): (i64, String) = sqlx::query_as(sql).bind(&id).fetch_one(&mut *connection).await?;
    let mut changes: Vec<Change> = from_json("publication_version", "changes", &id, &changes)?;
    changes.extend(more.iter().filter(|change| !changes.contains(change)).cloned().collect::<Vec<_>>());
    let sql = "UPDATE publication_version SET changes = $3 WHERE publication_id = $1 AND number = $2";
    sqlx::query(sql).bind(&id).bind(number).bind(json("the changes", &changes)?).execute(connection).await?;
    Ok(())
}

async fn keep_record(connection: &mut Connection, source: SourceId, publication: PublicationId, kept: &KeptRecord, ids: &mut Ids, now: i64) -> Answer<()> {
    sqlx::query(
        "INSERT INTO record (id, source_id, record_key, publication_id, content_sha256, content, first_seen_at, last_seen_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT (source_id, record_key, publication_id) DO UPDATE \
         SET content_sha256 = excluded.content_sha256, content = excluded.content, last_seen_at = excluded.last_seen_at",
    )
    .bind(ids.make().to_string())
    .bind(source.to_string())
    .bind(index_key(&kept.record.key))
    .bind(publication.to_string())
    .bind(kept.hash.to_string())
    .bind(json("the record", &kept.record)?)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}
