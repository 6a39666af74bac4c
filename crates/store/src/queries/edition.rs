//! Reading editions.

use std::collections::HashMap;

use pulse_model::ids::EntryId;
use pulse_model::{Edition, EditionKey, Slug, Status};
use sqlx::Row as _;

use crate::rows::{Head, Read, from_json, impossible, parsed};
use crate::{EditionId, EditionRow, Revision, Source, StoreError, StoredEdition};

use super::dialect::{Answer, Connection, Connections, Db, Row};
use super::save;

pub(crate) async fn get(db: &Connections, digest: &Slug, key: EditionKey) -> Answer<Option<StoredEdition>> {
    let mut tx = db.begin_read().await?;
    let sql = "SELECT e.id FROM edition e JOIN digest d ON d.id = e.digest_id WHERE d.slug = $1 AND e.edition_key = $2";
    let id: Option<String> = sqlx::query_scalar(sql).bind(digest.as_str()).bind(key.to_string()).fetch_optional(&mut *tx).await?;
    match id {
        Some(id) => read(&mut tx, &id).await,
        None => Ok(None),
    }
}

pub(crate) async fn by_id(db: &Connections, id: EditionId) -> Answer<Option<StoredEdition>> {
    let mut tx = db.begin_read().await?;
    read(&mut tx, &id.to_string()).await
}

pub(crate) async fn list(db: &Connections, digest: Option<&Slug>, status: Option<Status>) -> Answer<Vec<EditionRow>> {
    let sql = "SELECT e.id, d.slug, e.edition_key, e.status, e.updated_at, \
               (SELECT count(*) FROM entry WHERE entry.edition_id = e.id) AS entry_count, \
               (SELECT count(*) FROM news_item WHERE news_item.edition_id = e.id) AS news_count, \
               (SELECT count(*) FROM problem WHERE problem.edition_id = e.id) AS problem_count \
               FROM edition e JOIN digest d ON d.id = e.digest_id WHERE ($1 IS NULL OR d.slug = $1) AND ($2 IS NULL OR e.status = $2)";
    let query = sqlx::query_as::<Db, ListRow>(sql).bind(digest.map(Slug::as_str)).bind(status.map(Status::as_str));
    let mut editions = query.fetch_all(&db.read).await?.into_iter().map(listed).collect::<Result<Vec<_>, _>>()?;
    editions.sort_by(|a, b| b.key.cmp(&a.key).then_with(|| a.digest.cmp(&b.digest)));
    Ok(editions)
}

/// The entries of an edition by their names in addresses.
pub(crate) async fn entry_ids(db: &Connections, id: EditionId) -> Answer<HashMap<String, EntryId>> {
    let mut connection = db.read.acquire().await?;
    let ids = save::entry_ids(&mut connection, id).await?;
    Ok(ids.into_iter().map(|(slug, id)| (slug, EntryId(id))).collect())
}

/// The oldest first.
pub(crate) async fn revisions(db: &Connections, id: EditionId) -> Answer<Vec<Revision>> {
    let sql = "SELECT number, source_name, source_sha256, saved_at, replaced_at FROM edition_revision WHERE edition_id = $1 ORDER BY number";
    let rows: Vec<(i64, String, String, i64, i64)> = sqlx::query_as(sql).bind(id.to_string()).fetch_all(&db.read).await?;
    let revision = |(number, name, sha256, saved_at, replaced_at)| {
        let number = u32::try_from(number).map_err(|cause| impossible("edition_revision", "number", &id.to_string(), cause))?;
        Ok(Revision { number, source: Source { name, sha256 }, saved_at, replaced_at })
    };
    rows.into_iter().map(revision).collect()
}

pub(crate) async fn revision(db: &Connections, id: EditionId, number: u32) -> Answer<Option<Edition>> {
    let sql = "SELECT content FROM edition_revision WHERE edition_id = $1 AND number = $2";
    let content: Option<String> = sqlx::query_scalar(sql).bind(id.to_string()).bind(i64::from(number)).fetch_optional(&db.read).await?;
    Ok(content.map(|content| from_json("edition_revision", "content", &format!("{id} {number}"), &content)).transpose()?)
}

/// The edition with this id and what is known of it. The connection sees one state.
pub(crate) async fn read(connection: &mut Connection, id: &str) -> Answer<Option<StoredEdition>> {
    let sql = "SELECT e.*, d.slug, (SELECT count(*) FROM edition_revision r WHERE r.edition_id = e.id) AS revision_count \
               FROM edition e JOIN digest d ON d.id = e.digest_id WHERE e.id = $1";
    let Some(row) = sqlx::query(sql).bind(id).fetch_optional(&mut *connection).await? else {
        return Ok(None);
    };
    let slug = parsed("digest", "slug", id, row.try_get("slug")?)?;
    let edition = read_rows(connection, id).await?.edition(id, slug, &head(&row)?)?;
    Ok(Some(StoredEdition {
        id: EditionId(parsed("edition", "id", id, id)?),
        edition,
        status: self::status(id, row.try_get("status")?)?,
        revision_count: u32::try_from(row.try_get::<i64, _>("revision_count")?).map_err(|cause| impossible("edition_revision", "number", id, cause))?,
        source: Source { name: row.try_get("source_name")?, sha256: row.try_get("source_sha256")? },
        created_at: row.try_get("created_at")?,
        updated_at: row.try_get("updated_at")?,
        text_saved_at: row.try_get("text_saved_at")?,
    }))
}

pub(crate) fn status(id: &str, name: &str) -> Result<Status, StoreError> {
    Status::from_name(name).ok_or_else(|| impossible("edition", "status", id, name))
}

/// Id, digest, key, status, when it was saved, entries, news items, problems.
type ListRow = (String, String, String, String, i64, i64, i64, i64);

fn listed((id, digest, key, status, updated_at, entries, news, problems): ListRow) -> Result<EditionRow, StoreError> {
    Ok(EditionRow {
        id: EditionId(parsed("edition", "id", &id, &id)?),
        digest: parsed("digest", "slug", &id, &digest)?,
        key: parsed("edition", "edition_key", &id, &key)?,
        status: self::status(&id, &status)?,
        entry_count: entries.unsigned_abs(),
        news_count: news.unsigned_abs(),
        problem_count: problems.unsigned_abs(),
        updated_at,
    })
}

fn head(row: &Row) -> sqlx::Result<Head> {
    Ok(Head {
        schema_version: row.try_get("schema_version")?,
        month: row.try_get("month")?,
        day: row.try_get("day")?,
        welcome: row.try_get("welcome")?,
        highlights: row.try_get("highlights")?,
        call_for_contact: row.try_get("call_for_contact")?,
        notices: row.try_get("notices")?,
        sign_off: row.try_get("sign_off")?,
        contacts: row.try_get("contacts")?,
    })
}

async fn read_rows(connection: &mut Connection, id: &str) -> sqlx::Result<Read> {
    macro_rules! rows {
        ($sql:literal) => {
            sqlx::query_as($sql).bind(id).fetch_all(&mut *connection).await?
        };
    }
    Ok(Read {
        sectors: rows!("SELECT name FROM edition_sector WHERE edition_id = $1 ORDER BY position"),
        categories: rows!("SELECT sector_position, name FROM edition_category WHERE edition_id = $1 ORDER BY sector_position, position"),
        news: rows!("SELECT kind, title, body FROM news_item WHERE edition_id = $1 ORDER BY position"),
        news_links: rows!(
            "SELECT n.position, l.url, l.label FROM news_item n JOIN news_link l ON l.news_item_id = n.id \
             WHERE n.edition_id = $1 ORDER BY n.position, l.position"
        ),
        entries: rows!("SELECT sector_position, category_position, slug, title, summary FROM entry WHERE edition_id = $1 ORDER BY position"),
        publishers: rows!(
            "SELECT e.position, p.printed FROM entry e JOIN entry_publisher p ON p.entry_id = e.id \
             WHERE e.edition_id = $1 ORDER BY e.position, p.position"
        ),
        links: rows!(
            "SELECT e.position, l.url, l.label FROM entry e JOIN entry_link l ON l.entry_id = e.id \
             WHERE e.edition_id = $1 ORDER BY e.position, l.position"
        ),
        figures: rows!(
            "SELECT e.position, f.wording, f.value, f.unit FROM entry e JOIN entry_figure f ON f.entry_id = e.id \
             WHERE e.edition_id = $1 ORDER BY e.position, f.position"
        ),
        problems: rows!("SELECT place, place_position, kind, message, line FROM problem WHERE edition_id = $1 ORDER BY position"),
        set_aside: rows!("SELECT line, said, reason FROM set_aside WHERE edition_id = $1 ORDER BY position"),
    })
}
