//! The suppression list: keyed hashes of addresses nobody may write to.

use std::collections::{HashMap, HashSet};

use pulse_model::Slug;
use pulse_model::subscriber::{SuppressionHash, SuppressionReason};
use sqlx::QueryBuilder;

use crate::columns::{MAX_FORM_CHARS, known, needs, one_line, page};
use crate::ids::Ids;
use crate::rows::parsed;
use crate::{NewSuppression, StoreError, SubscriberId, Suppression, SuppressionId};

use super::dialect::{Answer, Connection, Connections, Db};
use super::list::{MAX_LIST, push_list};
use super::{audit, digest};

/// Whether it is new.
pub(crate) async fn add(db: &Connections, suppression: &NewSuppression, now: i64) -> Answer<bool> {
    let mut tx = db.begin_write().await?;
    let is_new = insert(&mut tx, suppression, now).await?;
    tx.commit().await?;
    Ok(is_new)
}

pub(crate) async fn insert(connection: &mut Connection, suppression: &NewSuppression, now: i64) -> Answer<bool> {
    let digest_id = match &suppression.digest {
        Some(slug) => Some(digest::id(connection, slug).await?),
        None => None,
    };
    let sql = "INSERT INTO suppression (id, hash, digest_id, reason, note, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let done = sqlx::query(sql)
        .bind(Ids::at(now).make().to_string())
        .bind(suppression.hash.to_string())
        .bind(digest_id)
        .bind(suppression.reason.as_str())
        .bind(one_line(&suppression.note, MAX_FORM_CHARS))
        .bind(now)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Takes an address off the list; the audit log says who did it and why, and what was on the list.
pub(crate) async fn remove(db: &Connections, hash: SuppressionHash, digest: Option<&Slug>, who: &str, reason: &str, now: i64) -> Answer<()> {
    needs("taking an address off the suppression list", "the name of who does it", who)?;
    needs("taking an address off the suppression list", "a reason", reason)?;
    let mut tx = db.begin_write().await?;
    let digest_id = match digest {
        Some(slug) => Some(digest::id(&mut tx, slug).await?),
        None => None,
    };
    // `digest_id = NULL` is never true, and `IS` means this on one engine only.
    let sql = "DELETE FROM suppression WHERE hash = $1 AND coalesce(digest_id, '') = coalesce($2, '') RETURNING id, reason";
    let row: Option<(String, String)> = sqlx::query_as(sql).bind(hash.to_string()).bind(digest_id).fetch_optional(&mut *tx).await?;
    let (id, was) = row.ok_or(StoreError::NoSuppression)?;
    let of = digest.map_or("every digest", Slug::as_str);
    audit::insert(&mut tx, who, "remove suppression", &id, &format!("{was}, for {of}: {reason}"), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Those of `hashes` that are on the list for a digest or for all. Whoever only left may be written to after coming back.
pub(crate) async fn contains(db: &Connections, digest: &Slug, hashes: &[SuppressionHash]) -> Answer<HashSet<SuppressionHash>> {
    let mut tx = db.begin_read().await?;
    let digest_id = digest::id(&mut tx, digest).await?;
    among(&mut tx, &digest_id, hashes).await
}

pub(crate) async fn among(connection: &mut Connection, digest_id: &str, hashes: &[SuppressionHash]) -> Answer<HashSet<SuppressionHash>> {
    let mut found = HashSet::new();
    for hashes in hashes.chunks(MAX_LIST) {
        let mut query = QueryBuilder::<Db>::new("SELECT hash FROM suppression WHERE reason <> 'left' AND (digest_id IS NULL OR digest_id = ");
        query.push_bind(digest_id.to_owned()).push(") AND hash IN ");
        push_list(&mut query, hashes);
        let rows: Vec<String> = query.build_query_scalar().fetch_all(&mut *connection).await?;
        for hash in rows {
            found.insert(parsed("suppression", "hash", &hash, &hash)?);
        }
    }
    Ok(found)
}

/// When those of `hashes` left a digest whose readers have been forgotten since.
pub(crate) async fn left(connection: &mut Connection, digest_id: &str, hashes: &[SuppressionHash]) -> Answer<HashMap<SuppressionHash, i64>> {
    let mut found = HashMap::new();
    for hashes in hashes.chunks(MAX_LIST) {
        let mut query = QueryBuilder::<Db>::new("SELECT hash, at FROM suppression WHERE reason = 'left' AND (digest_id IS NULL OR digest_id = ");
        query.push_bind(digest_id.to_owned()).push(") AND hash IN ");
        push_list(&mut query, hashes);
        let rows: Vec<(String, i64)> = query.build_query_as().fetch_all(&mut *connection).await?;
        for (hash, at) in rows {
            found.insert(parsed("suppression", "hash", &hash, &hash)?, at);
        }
    }
    Ok(found)
}

/// Whether the list has the hash for all digests, or for one that the reader subscribes to.
pub(crate) async fn covers_any_digest_of(connection: &mut Connection, id: SubscriberId, hash: SuppressionHash) -> Answer<bool> {
    let sql = "SELECT count(*) FROM suppression WHERE hash = $1 AND (digest_id IS NULL \
               OR digest_id IN (SELECT digest_id FROM subscription WHERE subscriber_id = $2))";
    let count: i64 = sqlx::query_scalar(sql).bind(hash.to_string()).bind(id.to_string()).fetch_one(connection).await?;
    Ok(count > 0)
}

/// Id, hash, digest, reason, note, since when.
type Columns = (String, String, Option<String>, String, String, i64);

/// The newest first.
pub(crate) async fn list(db: &Connections, before: Option<SuppressionId>, limit: u32) -> Answer<Vec<Suppression>> {
    let sql = "SELECT s.id, s.hash, d.slug, s.reason, s.note, s.at FROM suppression s LEFT JOIN digest d ON d.id = s.digest_id \
               WHERE s.id < $1 ORDER BY s.id DESC LIMIT $2";
    let before = before.map_or_else(|| "g".to_owned(), |id| id.to_string());
    let rows: Vec<Columns> = sqlx::query_as(sql).bind(before).bind(page(limit)).fetch_all(&db.read).await?;
    let line = |(id, hash, slug, reason, note, at): Columns| {
        let suppression = NewSuppression {
            hash: parsed("suppression", "hash", &id, &hash)?,
            digest: slug.map(|slug| parsed("digest", "slug", &id, &slug)).transpose()?,
            reason: known("suppression", "reason", &id, &reason, SuppressionReason::from_name)?,
            note,
        };
        Ok(Suppression { id: parsed("suppression", "id", &id, &id)?, suppression, at })
    };
    rows.into_iter().map(line).collect()
}
