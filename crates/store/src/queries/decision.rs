//! Decisions about candidates.

use pulse_model::Decision;
use pulse_model::Slug;
use pulse_model::decision::{Undone, Verdict};

use crate::columns::{MAX_FORM_CHARS, known, needs, one_line};
use crate::ids::Ids;
use crate::rows::parsed;
use crate::{DecisionId, NewDecision, PublicationId, StoreError};

use super::dialect::{Answer, Connection, Connections};
use super::digest;

pub(crate) async fn add(db: &Connections, slug: &Slug, decision: NewDecision<'_>, now: i64) -> Answer<DecisionId> {
    let mut tx = db.begin_write().await?;
    let digest = digest::lock(&mut tx, slug).await?;
    let id = insert(&mut tx, &digest, decision, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// The digest is locked, which keeps ids in the order decisions are made.
pub(crate) async fn insert(connection: &mut Connection, digest: &str, decision: NewDecision<'_>, now: i64) -> Answer<DecisionId> {
    needs("a decision", "the name of who makes it", decision.who)?;
    let publication = current(connection, decision.publication).await?;
    let sql = "SELECT max(id) FROM decision WHERE digest_id = $1";
    let last: Option<String> = sqlx::query_scalar(sql).bind(digest).fetch_one(&mut *connection).await?;
    let last = last.map(|id| parsed("decision", "id", &id, &id)).transpose()?;
    let id = DecisionId(Ids::behind(last, now).make());
    sqlx::query("INSERT INTO decision (id, digest_id, publication_id, verdict, who, note, at) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(id.to_string())
        .bind(digest)
        .bind(publication)
        .bind(decision.verdict.as_str())
        .bind(one_line(decision.who, MAX_FORM_CHARS))
        .bind(one_line(decision.note, MAX_FORM_CHARS))
        .bind(now)
        .execute(connection)
        .await?;
    Ok(id)
}

/// The id a publication has now, after all merges.
pub(crate) async fn current(connection: &mut Connection, publication: PublicationId) -> Answer<String> {
    let sql = "SELECT id FROM publication WHERE id = coalesce((SELECT into_id FROM publication_merge WHERE from_id = $1), $1)";
    let id = sqlx::query_scalar(sql).bind(publication.to_string()).fetch_optional(connection).await?;
    id.ok_or_else(|| StoreError::NoPublication { id: publication }.into())
}

pub(crate) async fn undo(db: &Connections, id: DecisionId, who: &str, now: i64) -> Answer<bool> {
    needs("undoing a decision", "the name of who does it", who)?;
    let mut tx = db.begin_write().await?;
    let sql = "UPDATE decision SET undone_by = $2, undone_at = $3 WHERE id = $1 AND undone_at IS NULL";
    let done = sqlx::query(sql).bind(id.to_string()).bind(one_line(who, MAX_FORM_CHARS)).bind(now).execute(&mut *tx).await?.rows_affected();
    tx.commit().await?;
    Ok(done > 0)
}

/// Id, publication, verdict, who, note, when; who took it back, when.
type Columns = (String, String, String, String, String, i64, Option<String>, Option<i64>);

pub(crate) async fn list(db: &Connections, slug: &Slug) -> Answer<Vec<Decision>> {
    let sql = "SELECT d.id, d.publication_id, d.verdict, d.who, d.note, d.at, d.undone_by, d.undone_at FROM decision d \
               JOIN digest ON digest.id = d.digest_id WHERE digest.slug = $1 ORDER BY d.id";
    let rows: Vec<Columns> = sqlx::query_as(sql).bind(slug.as_str()).fetch_all(&db.read).await?;
    rows.into_iter().map(read).collect()
}

fn read((id, publication, verdict, who, note, at, undone_by, undone_at): Columns) -> Answer<Decision> {
    Ok(Decision {
        publication: parsed("decision", "publication_id", &id, &publication)?,
        verdict: known("decision", "verdict", &id, &verdict, Verdict::from_name)?,
        id: parsed("decision", "id", &id, &id)?,
        who,
        note,
        at,
        undone: undone_at.map(|at| Undone { who: undone_by.unwrap_or_default(), at }),
    })
}
