//! The audit log: who did what to what, when and why.

use crate::columns::{MAX_FORM_CHARS, needs, one_line, page, without_addresses};
use crate::ids::Ids;
use crate::rows::parsed;
use crate::{Audit, AuditId};

use super::dialect::{Answer, Connection, Connections, Db};

/// Id, when, who, action, thing, detail.
type Columns = (String, i64, String, String, String, String);

pub(crate) async fn append(db: &Connections, who: &str, action: &str, thing: &str, detail: &str, now: i64) -> Answer<AuditId> {
    let mut tx = db.begin_write().await?;
    let id = insert(&mut tx, who, action, thing, detail, now).await?;
    tx.commit().await?;
    Ok(id)
}

pub(crate) async fn insert(connection: &mut Connection, who: &str, action: &str, thing: &str, detail: &str, now: i64) -> Answer<AuditId> {
    needs("a line of the audit log", "the name of who did it", who)?;
    let id = AuditId(Ids::at(now).make());
    sqlx::query("INSERT INTO audit (id, at, who, action, thing, detail) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(id.to_string())
        .bind(now)
        .bind(one_line(who, MAX_FORM_CHARS))
        .bind(one_line(action, MAX_FORM_CHARS))
        .bind(without_addresses(thing))
        .bind(without_addresses(detail))
        .execute(connection)
        .await?;
    Ok(id)
}

/// The newest first; of one thing, or all.
pub(crate) async fn list(db: &Connections, thing: Option<&str>, before: Option<AuditId>, limit: u32) -> Answer<Vec<Audit>> {
    let sql = match thing {
        None => "SELECT id, at, who, action, thing, detail FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2",
        Some(_) => "SELECT id, at, who, action, thing, detail FROM audit WHERE id < $1 AND thing = $3 ORDER BY id DESC LIMIT $2",
    };
    let query = sqlx::query_as::<Db, Columns>(sql).bind(before.map_or_else(|| "g".to_owned(), |id| id.to_string())).bind(page(limit));
    let query = if let Some(thing) = thing { query.bind(thing) } else { query };
    let line = |(id, at, who, action, thing, detail): Columns| Ok(Audit { id: parsed("audit", "id", &id, &id)?, at, who, action, thing, detail });
    query.fetch_all(&db.read).await?.into_iter().map(line).collect()
}
