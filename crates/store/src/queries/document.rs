//! Documents: what became of fetching each, and their versions, which are never overwritten.

use std::cmp::max;

use pulse_model::publication::Change;
use pulse_model::{Document, Publication};
use sqlx::Row as _;

use crate::columns::{MAX_FORM_CHARS, lines, number, one_line, page};
use crate::ids::Ids;
use crate::rows::{from_json, impossible, json, name_of, named, parsed};
use crate::{
    Captured, Check, CheckEnd, CheckReason, DocumentId, DocumentRow, DocumentVersion, Lease, PublicationId, ReadDocument, SourceId, StoreError, Tried, TryEnd,
};

use super::dialect::{self, Answer, Connection, Connections, Row};
use super::{harvested, publication};

/// The most characters of an error.
const MAX_ERROR_CHARS: usize = 1_000;

/// Publications whose documents are to be fetched and are nobody's, for this node until the lease is over: of one source, or all.
pub(crate) async fn claim(db: &Connections, source: Option<SourceId>, lease: Lease<'_>, limit: u32, now: i64) -> Answer<Vec<Check>> {
    let due = "SELECT id FROM publication WHERE check_due_at <= $1 AND coalesce(lease_until, 0) <= $1 AND ($2 = '' OR source_id = $2 OR EXISTS \
               (SELECT 1 FROM record WHERE record.publication_id = publication.id AND record.source_id = $2)) ORDER BY check_due_at, id LIMIT $3";
    let source = source.map(|source| source.to_string()).unwrap_or_default();
    // Most of the time nothing is due, and who only looks need not wait for the writer.
    let first: Option<String> = sqlx::query_scalar(due).bind(now).bind(&source).bind(1_i64).fetch_optional(&db.read).await?;
    if first.is_none() {
        return Ok(Vec::new());
    }
    let sql = sqlx::AssertSqlSafe(format!("{due}{}", dialect::FOR_UPDATE_SKIP_LOCKED));
    let mut tx = db.begin_write().await?;
    let ids: Vec<String> = sqlx::query_scalar(sql).bind(now).bind(source).bind(page(limit)).fetch_all(&mut *tx).await?;
    let mut checks = Vec::with_capacity(ids.len());
    for id in ids {
        let sql = "UPDATE publication SET lease_by = $2, lease_until = $3 WHERE id = $1 RETURNING facts, first_seen_at, check_reason, check_due_at";
        let query = sqlx::query_as(sql).bind(&id).bind(lease.node).bind(max(lease.until, now));
        let (facts, first_seen_at, reason, due_at): (String, i64, String, i64) = query.fetch_one(&mut *tx).await?;
        let records = publication::records(&mut tx, &id).await?;
        checks.push(Check {
            facts: from_json("publication", "facts", &id, &facts)?,
            first_seen_at,
            due_at,
            reason: why(&id, &reason)?,
            records: records.into_iter().map(|(_, record)| record).collect(),
            documents: of_publication(&mut tx, &id).await?,
            publication: parsed("publication", "id", &id, &id)?,
        });
    }
    tx.commit().await?;
    Ok(checks)
}

fn why(id: &str, reason: &str) -> Result<CheckReason, StoreError> {
    match reason {
        "new" => Ok(CheckReason::New),
        "update" => Ok(CheckReason::Update),
        "again" => Ok(CheckReason::Again),
        other => Err(impossible("publication", "check_reason", id, other.to_owned())),
    }
}

/// Writes what became of fetching one document of a publication that is this node's. What changed belongs to the newest version of the
/// publication where its publisher announced one, and makes one where not. `false`: the publication is another node's by now.
pub(crate) async fn save(db: &Connections, publication: PublicationId, lease: Lease<'_>, tried: &Tried, now: i64) -> Answer<bool> {
    let mut tx = db.begin_write().await?;
    let sql = "UPDATE publication SET lease_until = $3 WHERE id = $1 AND lease_by = $2 RETURNING version_number, check_reason";
    let query = sqlx::query_as(sql).bind(publication.to_string()).bind(lease.node).bind(lease.until);
    let Some((version, reason)): Option<(i64, String)> = query.fetch_optional(&mut *tx).await? else { return Ok(false) };
    let document = upsert(&mut tx, publication, tried, now).await?;
    if let TryEnd::Read(read) = &tried.end {
        let version = number("publication", "version_number", &publication.to_string(), version)?;
        let version = note_changes(&mut tx, publication, version, why(&publication.to_string(), &reason)?, &read.changes, now).await?;
        add_version(&mut tx, &document, version, read, now).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Gives changes of documents their place; the version they are in.
async fn note_changes(connection: &mut Connection, publication: PublicationId, version: u32, reason: CheckReason, changes: &[Change], now: i64) -> Answer<u32> {
    match reason {
        CheckReason::Again if !changes.is_empty() => {
            harvested::add_version(connection, publication, version + 1, changes, now).await?;
            // What else this check finds is of the same change.
            let sql = "UPDATE publication SET check_reason = 'update' WHERE id = $1";
            sqlx::query(sql).bind(publication.to_string()).execute(connection).await?;
            Ok(version + 1)
        }
        CheckReason::Update if !changes.is_empty() => {
            harvested::amend_version(connection, publication, changes).await?;
            Ok(version)
        }
        _ => Ok(version),
    }
}

/// The document's id.
async fn upsert(connection: &mut Connection, publication: PublicationId, tried: &Tried, now: i64) -> Answer<String> {
    let (etag, last_modified, error) = match &tried.end {
        TryEnd::Unchanged { etag, last_modified } => (etag.clone(), last_modified.clone(), String::new()),
        TryEnd::Read(read) => (read.etag.clone(), read.last_modified.clone(), String::new()),
        TryEnd::Failed(error) => (None, None, one_line(error, MAX_ERROR_CHARS)),
    };
    let fetched_at = error.is_empty().then_some(now);
    let sql = "INSERT INTO document (id, publication_id, url, position, title, etag, last_modified, first_fetched_at, last_tried_at, last_error, version_count) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0) ON CONFLICT (publication_id, url) DO UPDATE SET position = excluded.position, \
               title = CASE excluded.title WHEN '' THEN document.title ELSE excluded.title END, etag = coalesce(excluded.etag, document.etag), \
               last_modified = coalesce(excluded.last_modified, document.last_modified), \
               first_fetched_at = coalesce(document.first_fetched_at, excluded.first_fetched_at), last_tried_at = excluded.last_tried_at, \
               last_error = excluded.last_error RETURNING id";
    let id = sqlx::query_scalar(sql)
        .bind(Ids::at(now).make().to_string())
        .bind(publication.to_string())
        .bind(&tried.url)
        .bind(i64::from(tried.position))
        .bind(one_line(&tried.title, MAX_FORM_CHARS))
        .bind(etag)
        .bind(last_modified)
        .bind(fetched_at)
        .bind(now)
        .bind(error)
        .fetch_one(connection)
        .await?;
    Ok(id)
}

async fn add_version(connection: &mut Connection, document: &str, publication_version: u32, read: &ReadDocument, now: i64) -> Answer<()> {
    let sql = "UPDATE document SET version_count = version_count + 1 WHERE id = $1 RETURNING version_count";
    let number: i64 = sqlx::query_scalar(sql).bind(document).fetch_one(&mut *connection).await?;
    sqlx::query(
        "INSERT INTO document_version (document_id, number, publication_version, seen_at, final_url, media_type, form, original_sha256, size_bytes, \
         text_sha256, content, beginning, word_count, sketch, mentions) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(document)
    .bind(number)
    .bind(i64::from(publication_version))
    .bind(now)
    .bind(&read.final_url)
    .bind(read.media_type.as_ref().map(|text| lines(text, MAX_ERROR_CHARS)))
    .bind(name_of(&read.document.metadata.form))
    .bind(read.original.to_string())
    .bind(i64::try_from(read.size_bytes).unwrap_or(i64::MAX))
    .bind(read.document.text_hash().to_string())
    .bind(json("the document", &read.document)?)
    .bind(lines(&read.brief.beginning, MAX_FORM_CHARS))
    .bind(i64::try_from(read.brief.word_count).unwrap_or(i64::MAX))
    .bind(&read.brief.sketch)
    .bind(json("what the document mentions", &read.brief.mentions)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends a check and lets the publication go. `false`: it is another node's by now.
pub(crate) async fn end(db: &Connections, check: &Check, node: &str, end: &CheckEnd<'_>) -> Answer<bool> {
    let id = check.publication;
    let mut tx = db.begin_write().await?;
    dialect::lock_publications(&mut tx).await?;
    // An update that came in meanwhile moved the time, and stays due.
    let sql = "UPDATE publication SET check_reason = CASE WHEN check_due_at = $3 AND $5 = 1 THEN 'again' ELSE check_reason END, \
               check_due_at = CASE WHEN check_due_at = $3 THEN $4 ELSE check_due_at END, lease_by = NULL, lease_until = NULL \
               WHERE id = $1 AND lease_by = $2 RETURNING facts";
    let query = sqlx::query_scalar(sql).bind(id.to_string()).bind(node).bind(check.due_at).bind(end.next_at).bind(i64::from(end.is_complete));
    let Some(facts): Option<String> = query.fetch_optional(&mut *tx).await? else { return Ok(false) };
    let before: Publication = from_json("publication", "facts", &id.to_string(), &facts)?;
    let mut facts = before.clone();
    (end.fill)(&mut facts);
    if facts != before {
        harvested::set_facts(&mut tx, id, &facts).await?;
    }
    harvested::identify(&mut tx, id, end.identifiers).await?;
    tx.commit().await?;
    Ok(true)
}

const COLUMNS: &str = "d.id AS document_id, d.url, d.title, d.etag, d.last_modified, d.last_error, d.last_tried_at, v.number, v.seen_at, v.final_url, \
                       v.media_type, v.form, v.original_sha256, v.size_bytes, v.text_sha256";

/// The documents of a publication, in their order.
pub(crate) async fn of_publication(connection: &mut Connection, publication: &str) -> Answer<Vec<DocumentRow>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM document d LEFT JOIN document_version v ON v.document_id = d.id AND v.number = d.version_count \
         WHERE d.publication_id = $1 ORDER BY d.position, d.id"
    ));
    sqlx::query(sql).bind(publication).fetch_all(connection).await?.iter().map(row).collect()
}

fn row(row: &Row) -> Answer<DocumentRow> {
    let id: String = row.try_get("document_id")?;
    Ok(DocumentRow {
        url: row.try_get("url")?,
        title: row.try_get("title")?,
        etag: row.try_get("etag")?,
        last_modified: row.try_get("last_modified")?,
        last_error: row.try_get("last_error")?,
        last_tried_at: row.try_get("last_tried_at")?,
        newest: match row.try_get::<Option<i64>, _>("number")? {
            Some(_) => Some(version(row, &id)?),
            None => None,
        },
        id: parsed("document", "id", &id, &id)?,
    })
}

fn version(row: &Row, id: &str) -> Answer<DocumentVersion> {
    let text = |column| row.try_get::<String, _>(column);
    Ok(DocumentVersion {
        number: number("document_version", "number", id, row.try_get("number")?)?,
        seen_at: row.try_get("seen_at")?,
        final_url: text("final_url")?,
        media_type: row.try_get("media_type")?,
        form: named("document_version", "form", id, &text("form")?)?,
        original: parsed("document_version", "original_sha256", id, &text("original_sha256")?)?,
        size_bytes: row.try_get::<i64, _>("size_bytes")?.unsigned_abs(),
        text_hash: parsed("document_version", "text_sha256", id, &text("text_sha256")?)?,
    })
}

/// What a version of a document said; the newest one where none is named.
pub(crate) async fn content(db: &Connections, id: DocumentId, number: Option<u32>) -> Answer<Option<Document>> {
    let sql = "SELECT content FROM document_version WHERE document_id = $1 AND ($2 = 0 OR number = $2) ORDER BY number DESC LIMIT 1";
    let query = sqlx::query_scalar(sql).bind(id.to_string()).bind(number.map_or(0, i64::from));
    let content: Option<String> = query.fetch_optional(&db.read).await?;
    Ok(content.map(|content| from_json("document_version", "content", &id.to_string(), &content)).transpose()?)
}

/// The versions of a document, the first one first.
pub(crate) async fn versions(db: &Connections, id: DocumentId) -> Answer<Vec<DocumentVersion>> {
    let sql = "SELECT number, seen_at, final_url, media_type, form, original_sha256, size_bytes, text_sha256 FROM document_version \
               WHERE document_id = $1 ORDER BY number";
    let id = id.to_string();
    sqlx::query(sql).bind(&id).fetch_all(&db.read).await?.iter().map(|row| version(row, &id)).collect()
}

/// What was fetched since a moment, in the order of fetching; the next page begins behind the last of this one.
pub(crate) async fn captured(db: &Connections, since: i64, after: Option<(i64, DocumentId)>, limit: u32) -> Answer<Vec<Captured>> {
    let sql = "SELECT document_id, number, seen_at, final_url, media_type, form, original_sha256, size_bytes, text_sha256 FROM document_version \
               WHERE seen_at >= $1 AND (seen_at > $2 OR (seen_at = $2 AND document_id > $3)) ORDER BY seen_at, document_id, number LIMIT $4";
    let (at, id) = after.map_or((i64::MIN, String::new()), |(at, id)| (at, id.to_string()));
    let captured = |row: &Row| {
        let id: String = row.try_get("document_id")?;
        Ok(Captured { version: version(row, &id)?, document: parsed("document", "id", &id, &id)? })
    };
    sqlx::query(sql).bind(since).bind(at).bind(id).bind(page(limit)).fetch_all(&db.read).await?.iter().map(captured).collect()
}

/// A publication one of whose documents has these bytes, the first one; not `other_than`.
pub(crate) async fn same_file(db: &Connections, original: pulse_model::ContentHash, other_than: PublicationId) -> Answer<Option<PublicationId>> {
    let sql = "SELECT min(d.publication_id) FROM document_version v JOIN document d ON d.id = v.document_id \
               WHERE v.original_sha256 = $1 AND d.publication_id <> $2";
    let query = sqlx::query_scalar(sql).bind(original.to_string()).bind(other_than.to_string());
    let id: Option<String> = query.fetch_one(&db.read).await?;
    Ok(id.map(|id| parsed("document", "publication_id", &id, &id)).transpose()?)
}
