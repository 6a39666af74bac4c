//! Saving an edition: all of its rows or none.

use std::collections::HashMap;

use pulse_model::Edition;
use uuid::Uuid;

use crate::ids::Ids;
use crate::rows::{self, Head, LinkRow, Rows, parsed};
use crate::{Conflict, EditionId, NewDecision, Saved, Source, StoreError, StoredEdition};

use super::dialect::{self, Answer, Connection, Connections};
use super::insert::insert;
use super::{decision, digest, publisher};

pub(crate) async fn save(db: &Connections, edition: &Edition, source: &Source, conflict: Conflict, now: i64) -> Answer<Saved> {
    if let Some(slug) = rows::slug_twice(edition) {
        return Err(StoreError::SlugTwice { digest: edition.digest.clone(), key: edition.key(), slug: slug.to_owned() }.into());
    }
    let (_, sha256) = rows::content(edition)?;
    // Reading old editions in again is common, and needs nobody to wait.
    if let Some(same) = with_content(db, edition, &sha256).await? {
        return Ok(Saved::Unchanged(same));
    }
    let mut ids = Ids::at(now);
    let mut tx = db.begin_write().await?;
    let digest_id = digest::lock(&mut tx, &edition.digest).await?;
    let saved = match existing(&mut tx, &digest_id, edition).await? {
        None => Saved::Created(create(&mut tx, &digest_id, (edition, &sha256), source, &mut ids, now).await?),
        Some(old) if old.edition == *edition => Saved::Unchanged(old.id),
        Some(old) => match may_replace(&old, conflict) {
            // The same words read from another form of the file; what was wrong with either is no other text.
            Err(_) if old.edition.prints_the_same(edition) => Saved::Unchanged(old.id),
            Err(refusal) => return Err(refusal.into()),
            Ok(()) => {
                let revision = keep_revision(&mut tx, &old, now).await?;
                replace(&mut tx, old.id, (edition, &sha256), source, &mut ids, now).await?;
                Saved::Replaced { id: old.id, revision }
            }
        },
    };
    tx.commit().await?;
    Ok(saved)
}

/// Saves an edition that is not there yet, and the decisions that made it, all or nothing.
pub(crate) async fn begin(db: &Connections, edition: &Edition, used: &[NewDecision<'_>], now: i64) -> Answer<EditionId> {
    if let Some(slug) = rows::slug_twice(edition) {
        return Err(StoreError::SlugTwice { digest: edition.digest.clone(), key: edition.key(), slug: slug.to_owned() }.into());
    }
    let (_, sha256) = rows::content(edition)?;
    let mut tx = db.begin_write().await?;
    let digest_id = digest::lock(&mut tx, &edition.digest).await?;
    if existing(&mut tx, &digest_id, edition).await?.is_some() {
        return Err(StoreError::EditionDiffers { digest: edition.digest.clone(), key: edition.key() }.into());
    }
    let id = create(&mut tx, &digest_id, (edition, &sha256), &Source::default(), &mut Ids::at(now), now).await?;
    for decision in used {
        decision::insert(&mut tx, &digest_id, *decision, now).await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// The edition of this digest and key, if its content has this hash.
async fn with_content(db: &Connections, edition: &Edition, sha256: &str) -> Answer<Option<EditionId>> {
    let sql = "SELECT e.id FROM edition e JOIN digest d ON d.id = e.digest_id WHERE d.slug = $1 AND e.edition_key = $2 AND e.content_sha256 = $3";
    let query = sqlx::query_scalar(sql).bind(edition.digest.as_str()).bind(edition.key().to_string()).bind(sha256);
    let id: Option<String> = query.fetch_optional(&db.read).await?;
    Ok(id.map(|id| parsed("edition", "id", &id, &id).map(EditionId)).transpose()?)
}

async fn existing(connection: &mut Connection, digest_id: &str, edition: &Edition) -> Answer<Option<StoredEdition>> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT id FROM edition WHERE digest_id = $1 AND edition_key = $2{}", dialect::FOR_UPDATE));
    let id: Option<String> = sqlx::query_scalar(sql).bind(digest_id).bind(edition.key().to_string()).fetch_optional(&mut *connection).await?;
    match id {
        Some(id) => super::edition::read(connection, &id).await,
        None => Ok(None),
    }
}

fn may_replace(old: &StoredEdition, conflict: Conflict) -> Result<(), StoreError> {
    let (digest, key) = (old.edition.digest.clone(), old.edition.key());
    match conflict {
        // Said first, because asking to replace it would then be refused too.
        _ if !old.status.is_open() => Err(StoreError::EditionLocked { digest, key, status: old.status }),
        Conflict::ReplaceSavedAt(at) if at == old.text_saved_at => Ok(()),
        Conflict::Refuse | Conflict::ReplaceSavedAt(_) => Err(StoreError::EditionDiffers { digest, key }),
        Conflict::Replace => Ok(()),
    }
}

async fn keep_revision(connection: &mut Connection, old: &StoredEdition, now: i64) -> Answer<u32> {
    let number = old.revision_count + 1;
    sqlx::query(
        "INSERT INTO edition_revision (edition_id, number, content, source_name, source_sha256, saved_at, replaced_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(old.id.to_string())
    .bind(i64::from(number))
    .bind(rows::content(&old.edition)?.0)
    .bind(&old.source.name)
    .bind(&old.source.sha256)
    .bind(old.text_saved_at)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(number)
}

async fn create(
    connection: &mut Connection,
    digest_id: &str,
    (edition, sha256): (&Edition, &str),
    source: &Source,
    ids: &mut Ids,
    now: i64,
) -> Answer<EditionId> {
    let id = EditionId(ids.make());
    let head = Head::of(edition)?;
    sqlx::query(
        "INSERT INTO edition (id, digest_id, edition_key, schema_version, month, day, status, welcome, highlights, call_for_contact, \
         notices, sign_off, contacts, content_sha256, source_name, source_sha256, created_at, updated_at, text_saved_at) \
         VALUES ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, $16)",
    )
    .bind(id.to_string())
    .bind(digest_id)
    .bind(edition.key().to_string())
    .bind(head.schema_version)
    .bind(head.month)
    .bind(head.day)
    .bind(head.welcome)
    .bind(head.highlights)
    .bind(head.call_for_contact)
    .bind(head.notices)
    .bind(head.sign_off)
    .bind(head.contacts)
    .bind(sha256)
    .bind(&source.name)
    .bind(&source.sha256)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    write_rows(connection, id, edition, &HashMap::new(), ids, now).await?;
    Ok(id)
}

async fn replace(connection: &mut Connection, id: EditionId, (edition, sha256): (&Edition, &str), source: &Source, ids: &mut Ids, now: i64) -> Answer<()> {
    let head = Head::of(edition)?;
    sqlx::query(
        "UPDATE edition SET schema_version = $2, welcome = $3, highlights = $4, call_for_contact = $5, notices = $6, sign_off = $7, \
         contacts = $8, content_sha256 = $9, source_name = $10, source_sha256 = $11, updated_at = $12, text_saved_at = $12, month = $13, day = $14 WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(head.schema_version)
    .bind(head.welcome)
    .bind(head.highlights)
    .bind(head.call_for_contact)
    .bind(head.notices)
    .bind(head.sign_off)
    .bind(head.contacts)
    .bind(sha256)
    .bind(&source.name)
    .bind(&source.sha256)
    .bind(now)
    .bind(head.month)
    .bind(head.day)
    .execute(&mut *connection)
    .await?;
    let known = entry_ids(connection, id).await?;
    delete_rows(connection, id).await?;
    write_rows(connection, id, edition, &known, ids, now).await
}

/// The entries that readers may have addresses of.
pub(crate) async fn entry_ids(connection: &mut Connection, id: EditionId) -> Answer<HashMap<String, Uuid>> {
    let sql = "SELECT slug, id FROM entry WHERE edition_id = $1 AND slug <> ''";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).bind(id.to_string()).fetch_all(connection).await?;
    let entry = |(slug, id): (String, String)| Ok((slug, parsed("entry", "id", &id, &id)?));
    rows.into_iter().map(entry).collect()
}

async fn delete_rows(connection: &mut Connection, id: EditionId) -> Answer<()> {
    for sql in [
        "DELETE FROM edition_sector WHERE edition_id = $1",
        "DELETE FROM edition_category WHERE edition_id = $1",
        "DELETE FROM news_item WHERE edition_id = $1",
        "DELETE FROM entry WHERE edition_id = $1",
        "DELETE FROM problem WHERE edition_id = $1",
        "DELETE FROM set_aside WHERE edition_id = $1",
    ] {
        sqlx::query(sql).bind(id.to_string()).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn write_rows(connection: &mut Connection, id: EditionId, edition: &Edition, known: &HashMap<String, Uuid>, ids: &mut Ids, now: i64) -> Answer<()> {
    let rows = Rows::of(edition, known, ids)?;
    let id = id.to_string();
    insert(connection, "INSERT INTO edition_sector (edition_id, position, name) ", &rows.sectors, |values, (position, name)| {
        values.push_bind(&id).push_bind(position).push_bind(*name);
    })
    .await?;
    let into = "INSERT INTO edition_category (edition_id, sector_position, position, name) ";
    insert(connection, into, &rows.categories, |values, (sector, position, name)| {
        values.push_bind(&id).push_bind(sector).push_bind(position).push_bind(*name);
    })
    .await?;
    let into = "INSERT INTO problem (edition_id, position, place, place_position, kind, message, line) ";
    insert(connection, into, &rows.problems, |values, row| {
        values.push_bind(&id).push_bind(row.position).push_bind(row.place).push_bind(row.place_position);
        values.push_bind(&row.kind).push_bind(&row.problem.message).push_bind(row.problem.line.map(i64::from));
    })
    .await?;
    let into = "INSERT INTO set_aside (edition_id, position, line, said, reason) ";
    insert(connection, into, &rows.set_aside, |values, (position, line)| {
        values.push_bind(&id).push_bind(position).push_bind(i64::from(line.line)).push_bind(&line.text).push_bind(&line.reason);
    })
    .await?;
    write_news(connection, &id, &rows).await?;
    write_entries(connection, &id, &rows).await?;
    write_publishers(connection, &rows, ids, now).await
}

async fn write_news(connection: &mut Connection, edition_id: &str, rows: &Rows<'_>) -> Answer<()> {
    let into = "INSERT INTO news_item (id, edition_id, position, kind, title, body) ";
    insert(connection, into, &rows.news, |values, row| {
        values.push_bind(row.id.to_string()).push_bind(edition_id.to_owned()).push_bind(row.position);
        values.push_bind(row.kind).push_bind(row.title).push_bind(&row.body);
    })
    .await?;
    write_links(connection, "INSERT INTO news_link (news_item_id, position, url, label) ", &rows.news_links).await
}

async fn write_entries(connection: &mut Connection, edition_id: &str, rows: &Rows<'_>) -> Answer<()> {
    let into = "INSERT INTO entry (id, edition_id, position, sector_position, category_position, slug, title, summary) ";
    insert(connection, into, &rows.entries, |values, row| {
        values.push_bind(row.id.to_string()).push_bind(edition_id.to_owned()).push_bind(row.position);
        values.push_bind(row.sector_position).push_bind(row.category_position);
        values.push_bind(row.slug).push_bind(row.title).push_bind(&row.summary);
    })
    .await?;
    write_links(connection, "INSERT INTO entry_link (entry_id, position, url, label) ", &rows.links).await?;
    let into = "INSERT INTO entry_figure (entry_id, position, wording, value, unit) ";
    insert(connection, into, &rows.figures, |values, row| {
        values.push_bind(row.entry.to_string()).push_bind(row.position).push_bind(&row.figure.wording);
        values.push_bind(&row.value).push_bind(&row.figure.unit);
    })
    .await
}

async fn write_links(connection: &mut Connection, into: &'static str, rows: &[LinkRow<'_>]) -> Answer<()> {
    insert(connection, into, rows, |values, row| {
        values.push_bind(row.owner.to_string()).push_bind(row.position).push_bind(row.link.url.as_str()).push_bind(&row.link.text);
    })
    .await
}

/// Comes last, because on PostgreSQL the register stays locked until the end.
async fn write_publishers(connection: &mut Connection, rows: &Rows<'_>, ids: &mut Ids, now: i64) -> Answer<()> {
    dialect::lock_register(connection).await?;
    let printed: Vec<&str> = rows.publishers.iter().map(|row| row.printed).collect();
    let known = publisher::identify(connection, &printed, ids, now).await?;
    let into = "INSERT INTO entry_publisher (entry_id, position, printed, publisher_id) ";
    insert(connection, into, &rows.publishers, |values, row| {
        values.push_bind(row.entry.to_string()).push_bind(row.position).push_bind(row.printed).push_bind(known.get(row.printed));
    })
    .await
}
