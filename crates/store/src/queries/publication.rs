//! Publications, to be looked at.

use pulse_model::{Record, Version};
use sqlx::Row as _;

use crate::columns::{number, page};
use crate::rows::{from_json, parsed};
use crate::{PublicationFilter, PublicationId, PublicationRow, StoredPublication};

use super::dialect::{Answer, Connection, Connections, Row};
use super::document;

const COLUMNS: &str = "p.id, p.facts, p.sorted_at, p.first_seen_at, p.version_number, \
                       (SELECT count(*) FROM document WHERE document.publication_id = p.id AND document.version_count > 0) AS document_count";

/// The newest first; a page begins behind the last of the one before.
pub(crate) async fn list(db: &Connections, filter: PublicationFilter, before: Option<(i64, PublicationId)>, limit: u32) -> Answer<Vec<PublicationRow>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM publication p WHERE (p.sorted_at >= $1 OR EXISTS (SELECT 1 FROM publication_version v WHERE v.publication_id = p.id \
         AND v.number > 1 AND v.seen_at >= $1)) AND ($2 = '' OR p.id IN (SELECT publication_id FROM record WHERE source_id = $2)) \
         AND (p.sorted_at < $3 OR (p.sorted_at = $3 AND p.id < $4)) ORDER BY p.sorted_at DESC, p.id DESC LIMIT $5"
    ));
    let (at, id) = before.map_or((i64::MAX, "g".to_owned()), |(at, id)| (at, id.to_string()));
    let source = filter.source.map(|source| source.to_string()).unwrap_or_default();
    let mut tx = db.begin_read().await?;
    let found = sqlx::query(sql).bind(filter.since.unwrap_or(i64::MIN)).bind(source).bind(at).bind(id).bind(page(limit)).fetch_all(&mut *tx).await?;
    let mut rows = Vec::with_capacity(found.len());
    for found in &found {
        rows.push(row(&mut tx, found).await?);
    }
    Ok(rows)
}

async fn row(connection: &mut Connection, row: &Row) -> Answer<PublicationRow> {
    let id: String = row.try_get("id")?;
    let sql = "SELECT DISTINCT s.name FROM source s JOIN record r ON r.source_id = s.id WHERE r.publication_id = $1 ORDER BY s.name";
    let facts: String = row.try_get("facts")?;
    Ok(PublicationRow {
        facts: from_json("publication", "facts", &id, &facts)?,
        sorted_at: row.try_get("sorted_at")?,
        first_seen_at: row.try_get("first_seen_at")?,
        version_number: number("publication", "version_number", &id, row.try_get("version_number")?)?,
        sources: sqlx::query_scalar(sql).bind(&id).fetch_all(connection).await?,
        document_count: row.try_get::<i64, _>("document_count")?.unsigned_abs(),
        id: parsed("publication", "id", &id, &id)?,
    })
}

/// All that is kept of a publication, also under the id of one that turned out to be the same.
pub(crate) async fn get(db: &Connections, id: PublicationId) -> Answer<Option<StoredPublication>> {
    let mut tx = db.begin_read().await?;
    let sql = "SELECT coalesce((SELECT into_id FROM publication_merge WHERE from_id = $1), $1)";
    let id: String = sqlx::query_scalar(sql).bind(id.to_string()).fetch_one(&mut *tx).await?;
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM publication p WHERE p.id = $1"));
    let Some(found) = sqlx::query(sql).bind(&id).fetch_optional(&mut *tx).await? else { return Ok(None) };
    let sql = "SELECT identifier FROM publication_identifier WHERE publication_id = $1 ORDER BY identifier";
    let identifiers = sqlx::query_scalar(sql).bind(&id).fetch_all(&mut *tx).await?;
    let sql = "SELECT number, seen_at, changes FROM publication_version WHERE publication_id = $1 ORDER BY number";
    let versions: Vec<(i64, i64, String)> = sqlx::query_as(sql).bind(&id).fetch_all(&mut *tx).await?;
    let version = |(at, seen_at, changes): (i64, i64, String)| {
        let number = number("publication_version", "number", &id, at)?;
        Ok::<_, crate::StoreError>(Version { number, seen_at, changes: from_json("publication_version", "changes", &id, &changes)? })
    };
    Ok(Some(StoredPublication {
        row: row(&mut tx, &found).await?,
        identifiers,
        versions: versions.into_iter().map(version).collect::<Result<_, _>>()?,
        records: records(&mut tx, &id).await?,
        documents: document::of_publication(&mut tx, &id).await?,
    }))
}

/// What sources say of a publication, with their names, the first one first.
pub(crate) async fn records(connection: &mut Connection, publication: &str) -> Answer<Vec<(String, Record)>> {
    let sql = "SELECT s.name, r.content FROM record r JOIN source s ON s.id = r.source_id WHERE r.publication_id = $1 ORDER BY r.first_seen_at, r.id";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).bind(publication).fetch_all(connection).await?;
    let record = |(name, content): (String, String)| Ok::<_, crate::StoreError>((name, from_json("record", "content", publication, &content)?));
    Ok(rows.into_iter().map(record).collect::<Result<_, _>>()?)
}
