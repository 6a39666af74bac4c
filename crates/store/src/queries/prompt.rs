//! What language models were asked, and what it cost.

use pulse_model::Slug;

use crate::columns::{MAX_FORM_CHARS, one_line, page};
use crate::ids::Ids;
use crate::rows::parsed;
use crate::{NewPrompt, PromptEnd, PromptId, PromptRow};

use super::dialect::{Answer, Connections};
use super::digest;

/// The most characters of an answer that are kept.
const MAX_ANSWER_CHARS: usize = 100_000;

pub(crate) async fn begin(db: &Connections, slug: &Slug, prompt: NewPrompt<'_>, (cap, since): (u64, i64), now: i64) -> Answer<Option<PromptId>> {
    let most = micros(prompt.most_micros);
    let mut tx = db.begin_write().await?;
    // Two nodes that ask at once must not each spend what is left.
    let digest = digest::lock(&mut tx, slug).await?;
    let sql = "SELECT CAST(coalesce(sum(cost_micros), 0) AS BIGINT) FROM prompt WHERE digest_id = $1 AND asked_at >= $2";
    let spent: i64 = sqlx::query_scalar(sql).bind(&digest).bind(since).fetch_one(&mut *tx).await?;
    if spent.saturating_add(most) > micros(cap) {
        return Ok(None);
    }
    let id = PromptId(Ids::at(now).make());
    sqlx::query(
        "INSERT INTO prompt (id, digest_id, publication_id, model, question, asked_at, answer, error, cost_micros) \
         VALUES ($1, $2, $3, $4, $5, $6, '', '', $7)",
    )
    .bind(id.to_string())
    .bind(&digest)
    .bind(prompt.publication.map(|id| id.to_string()))
    .bind(one_line(prompt.model, MAX_FORM_CHARS))
    .bind(prompt.question.replace('\0', ""))
    .bind(now)
    .bind(most)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Some(id))
}

pub(crate) async fn end(db: &Connections, id: PromptId, end: PromptEnd<'_>, now: i64) -> Answer<()> {
    let mut tx = db.begin_write().await?;
    sqlx::query("UPDATE prompt SET answer = $2, error = $3, cost_micros = $4, answered_at = $5 WHERE id = $1")
        .bind(id.to_string())
        .bind(end.answer.chars().filter(|c| *c != '\0').take(MAX_ANSWER_CHARS).collect::<String>())
        .bind(one_line(end.error, MAX_FORM_CHARS))
        .bind(micros(end.cost_micros))
        .bind(now)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Publication, model, question, when, answer, error, cost.
type Columns = (Option<String>, String, String, i64, String, String, i64);

/// The newest first.
pub(crate) async fn list(db: &Connections, slug: &Slug, limit: u32) -> Answer<Vec<PromptRow>> {
    let sql = "SELECT p.publication_id, p.model, p.question, p.asked_at, p.answer, p.error, p.cost_micros FROM prompt p \
               JOIN digest ON digest.id = p.digest_id WHERE digest.slug = $1 ORDER BY p.asked_at DESC, p.id DESC LIMIT $2";
    let rows: Vec<Columns> = sqlx::query_as(sql).bind(slug.as_str()).bind(page(limit)).fetch_all(&db.read).await?;
    let read = |(publication, model, question, asked_at, answer, error, cost): Columns| {
        let publication = publication.map(|id| parsed("prompt", "publication_id", &id, &id)).transpose()?;
        Ok(PromptRow { publication, model, question, asked_at, answer, error, cost_micros: cost.unsigned_abs() })
    };
    rows.into_iter().map(read).collect()
}

fn micros(cost: u64) -> i64 {
    i64::try_from(cost).unwrap_or(i64::MAX)
}
