//! Answers to queries of the copy desk.

use crate::columns::{MAX_FORM_CHARS, index_key, needs, one_line};
use crate::{DeskAnswer, EditionId};

use super::dialect::{Answer, Connections};

pub(crate) async fn save(db: &Connections, edition: EditionId, query: &str, answer: &str, who: &str, now: i64) -> Answer<()> {
    needs("an answer to the copy desk", "the name of who gives it", who)?;
    needs("an answer to the copy desk", "words", answer)?;
    let mut tx = db.begin_write().await?;
    sqlx::query(
        "INSERT INTO desk_answer (edition_id, query_key, answer, who, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (edition_id, query_key) DO UPDATE SET answer = excluded.answer, who = excluded.who, at = excluded.at",
    )
    .bind(edition.to_string())
    .bind(index_key(query))
    .bind(one_line(answer, MAX_FORM_CHARS))
    .bind(one_line(who, MAX_FORM_CHARS))
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

pub(crate) async fn list(db: &Connections, edition: EditionId) -> Answer<Vec<DeskAnswer>> {
    let sql = "SELECT query_key, answer, who, at FROM desk_answer WHERE edition_id = $1 ORDER BY at, query_key";
    let rows: Vec<(String, String, String, i64)> = sqlx::query_as(sql).bind(edition.to_string()).fetch_all(&db.read).await?;
    Ok(rows.into_iter().map(|(query, answer, who, at)| DeskAnswer { query, answer, who, at }).collect())
}
