//! First drafts of entries.

use pulse_model::{Draft, Slug};

use crate::columns::number;
use crate::rows::{from_json, json};
use crate::{PublicationId, StoredDraft};

use super::dialect::{Answer, Connections};
use super::{decision, digest};

pub(crate) async fn save(db: &Connections, slug: &Slug, (publication, version): (PublicationId, u32), draft: &Draft, now: i64) -> Answer<()> {
    let content = json("the draft", draft)?;
    let mut tx = db.begin_write().await?;
    let digest = digest::id(&mut tx, slug).await?;
    let publication = decision::current(&mut tx, publication).await?;
    sqlx::query(
        "INSERT INTO draft (digest_id, publication_id, publication_version, content, made_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (digest_id, publication_id) DO UPDATE SET publication_version = excluded.publication_version, content = excluded.content, \
         made_at = excluded.made_at",
    )
    .bind(digest)
    .bind(publication)
    .bind(i64::from(version))
    .bind(content)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

pub(crate) async fn get(db: &Connections, slug: &Slug, publication: PublicationId) -> Answer<Option<StoredDraft>> {
    let sql = "SELECT d.content, d.publication_version, d.made_at FROM draft d JOIN digest ON digest.id = d.digest_id \
               WHERE digest.slug = $1 AND d.publication_id = $2";
    let query = sqlx::query_as(sql).bind(slug.as_str()).bind(publication.to_string());
    let Some((content, version, made_at)): Option<(String, i64, i64)> = query.fetch_optional(&db.read).await? else { return Ok(None) };
    let id = publication.to_string();
    Ok(Some(StoredDraft {
        draft: from_json("draft", "content", &id, &content)?,
        publication_version: number("draft", "publication_version", &id, version)?,
        made_at,
    }))
}
