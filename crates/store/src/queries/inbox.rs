//! The inbox of a digest: publications in short, many at once.

use std::collections::HashMap;

use pulse_model::Slug;

use crate::rows::{from_json, parsed};
use crate::{DocumentBrief, InboxRow};

use super::dialect::{Answer, Connections};
use super::digest;

/// Which publications: $1 is a moment, $2 the digest.
const WHICH: &str = "(p.sorted_at >= $1 OR p.first_seen_at >= $1 OR EXISTS \
                     (SELECT 1 FROM decision WHERE decision.publication_id = p.id AND decision.digest_id = $2 AND decision.undone_at IS NULL))";

/// Each table is read once for all, which takes a tenth of the time of asking for each publication.
pub(crate) async fn list(db: &Connections, slug: &Slug, since: i64) -> Answer<Vec<InboxRow>> {
    let mut tx = db.begin_read().await?;
    let digest = digest::id(&mut tx, slug).await?;
    let which = |sql: &str| sqlx::AssertSqlSafe(sql.replace("{which}", WHICH));

    let sql = which("SELECT p.id, p.facts, p.sorted_at, p.first_seen_at FROM publication p WHERE {which} ORDER BY p.id");
    let publications: Vec<(String, String, i64, i64)> = sqlx::query_as(sql).bind(since).bind(&digest).fetch_all(&mut *tx).await?;
    let sql = which(
        "SELECT DISTINCT p.id, s.name FROM publication p JOIN record r ON r.publication_id = p.id JOIN source s ON s.id = r.source_id \
                     WHERE {which} ORDER BY p.id, s.name",
    );
    let mut sources = gathered(sqlx::query_as(sql).bind(since).bind(&digest).fetch_all(&mut *tx).await?);
    let sql = which(
        "SELECT p.id, i.identifier FROM publication p JOIN publication_identifier i ON i.publication_id = p.id \
                     WHERE {which} ORDER BY p.id, i.identifier",
    );
    let mut identifiers = gathered(sqlx::query_as(sql).bind(since).bind(&digest).fetch_all(&mut *tx).await?);
    let sql = which(
        "SELECT p.id, coalesce(v.beginning, ''), coalesce(v.word_count, 0), coalesce(v.sketch, ''), coalesce(v.mentions, '[]') FROM publication p \
                     JOIN document d ON d.publication_id = p.id JOIN document_version v ON v.document_id = d.id AND v.number = d.version_count \
                     WHERE {which} ORDER BY p.id, d.position, d.id",
    );
    let rows: Vec<(String, String, i64, String, String)> = sqlx::query_as(sql).bind(since).bind(&digest).fetch_all(&mut *tx).await?;
    let brief = |(id, beginning, words, sketch, mentions): (String, String, i64, String, String)| {
        let mentions = from_json("document_version", "mentions", &id, &mentions)?;
        Ok((id, DocumentBrief { beginning, word_count: words.unsigned_abs(), sketch, mentions }))
    };
    let mut documents = gathered(rows.into_iter().map(brief).collect::<Answer<_>>()?);

    let row = |(id, facts, sorted_at, first_seen_at): (String, String, i64, i64)| {
        Ok(InboxRow {
            facts: from_json("publication", "facts", &id, &facts)?,
            sorted_at,
            first_seen_at,
            sources: sources.remove(&id).unwrap_or_default(),
            identifiers: identifiers.remove(&id).unwrap_or_default(),
            documents: documents.remove(&id).unwrap_or_default(),
            id: parsed("publication", "id", &id, &id)?,
        })
    };
    publications.into_iter().map(row).collect()
}

fn gathered<T>(rows: Vec<(String, T)>) -> HashMap<String, Vec<T>> {
    let mut by_id: HashMap<String, Vec<T>> = HashMap::new();
    for (id, value) in rows {
        by_id.entry(id).or_default().push(value);
    }
    by_id
}
