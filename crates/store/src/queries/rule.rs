//! Rules of a digest's team.

use pulse_model::{Rule, Slug};

use crate::columns::{MAX_FORM_CHARS, needs, one_line};
use crate::ids::Ids;
use crate::rows::{from_json, json, parsed};
use crate::{RuleId, StoredRule};

use super::dialect::{Answer, Connections};
use super::digest;

pub(crate) async fn add(db: &Connections, slug: &Slug, rule: &Rule, who: &str, now: i64) -> Answer<RuleId> {
    needs("a rule", "the name of who makes it", who)?;
    let content = json("the rule", rule)?;
    let mut tx = db.begin_write().await?;
    let digest = digest::lock(&mut tx, slug).await?;
    let sql = "SELECT max(id) FROM triage_rule WHERE digest_id = $1";
    let last: Option<String> = sqlx::query_scalar(sql).bind(&digest).fetch_one(&mut *tx).await?;
    let last = last.map(|id| parsed("triage_rule", "id", &id, &id)).transpose()?;
    let id = RuleId(Ids::behind(last, now).make());
    sqlx::query("INSERT INTO triage_rule (id, digest_id, content, made_by, made_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(id.to_string())
        .bind(&digest)
        .bind(content)
        .bind(one_line(who, MAX_FORM_CHARS))
        .bind(now)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(id)
}

pub(crate) async fn retire(db: &Connections, id: RuleId, who: &str, now: i64) -> Answer<bool> {
    needs("giving up a rule", "the name of who does it", who)?;
    let mut tx = db.begin_write().await?;
    let sql = "UPDATE triage_rule SET retired_by = $2, retired_at = $3 WHERE id = $1 AND retired_at IS NULL";
    let done = sqlx::query(sql).bind(id.to_string()).bind(one_line(who, MAX_FORM_CHARS)).bind(now).execute(&mut *tx).await?.rows_affected();
    tx.commit().await?;
    Ok(done > 0)
}

/// In the order they are asked.
pub(crate) async fn list(db: &Connections, slug: &Slug) -> Answer<Vec<StoredRule>> {
    let sql = "SELECT r.id, r.content, r.made_by, r.made_at FROM triage_rule r JOIN digest ON digest.id = r.digest_id \
               WHERE digest.slug = $1 AND r.retired_at IS NULL ORDER BY r.id";
    let rows: Vec<(String, String, String, i64)> = sqlx::query_as(sql).bind(slug.as_str()).fetch_all(&db.read).await?;
    let read = |(id, content, made_by, made_at): (String, String, String, i64)| {
        Ok(StoredRule { rule: from_json("triage_rule", "content", &id, &content)?, id: parsed("triage_rule", "id", &id, &id)?, made_by, made_at })
    };
    rows.into_iter().map(read).collect()
}
