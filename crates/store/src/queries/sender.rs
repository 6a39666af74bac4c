//! What belongs to a digest's sender: seeds of a send, and a change of the address.

use pulse_model::{EmailAddress, Slug};

use crate::columns::{MAX_FORM_CHARS, MAX_REPLY_CHARS, needs, no_more_than, one_line};
use crate::ids::Ids;
use crate::rows::parsed;
use crate::{DeliveryId, Seed, SeedEnd, SendId, SenderChange, StoreError};

use super::dialect::{Answer, Connections};
use super::{audit, digest};

/// The most seeds of one send.
const MAX_SEEDS: usize = 100;

/// Makes the rows that a send's seeds do not have yet, and answers those that wait.
pub(crate) async fn add_seeds(db: &Connections, send: SendId, addresses: &[EmailAddress], now: i64) -> Answer<Vec<Seed>> {
    no_more_than(MAX_SEEDS, "seeds", addresses.len())?;
    let mut ids = Ids::at(now);
    let mut tx = db.begin_write().await?;
    for address in addresses {
        sqlx::query(
            "INSERT INTO send_seed (id, send_id, address, address_key, status, reply_text, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, 'queued', '', $5, $5) ON CONFLICT (send_id, address_key) DO NOTHING",
        )
        .bind(ids.make().to_string())
        .bind(send.to_string())
        .bind(address.as_str())
        .bind(address.key())
        .bind(now)
        .execute(&mut *tx)
        .await?;
    }
    let sql = "SELECT id, address FROM send_seed WHERE send_id = $1 AND status = 'queued' ORDER BY id";
    let rows: Vec<(String, String)> = sqlx::query_as(sql).bind(send.to_string()).fetch_all(&mut *tx).await?;
    tx.commit().await?;
    let seed = |(id, address): (String, String)| Ok(Seed { address: parsed("send_seed", "address", &id, &address)?, id: parsed("send_seed", "id", &id, &id)? });
    Ok(rows.into_iter().map(seed).collect::<Result<_, StoreError>>()?)
}

/// Notes that a seed is about to go out; `false` where another node was faster.
pub(crate) async fn mark_seed(db: &Connections, id: DeliveryId, now: i64) -> Answer<bool> {
    let mut tx = db.begin_write().await?;
    let sql = "UPDATE send_seed SET status = 'sending', updated_at = $2 WHERE id = $1 AND status = 'queued'";
    let done = sqlx::query(sql).bind(id.to_string()).bind(now).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(done.rows_affected() > 0)
}

/// Notes what became of a seed that was marked.
pub(crate) async fn end_seed(db: &Connections, id: DeliveryId, end: SeedEnd, said: &str, now: i64) -> Answer<()> {
    let status = match end {
        SeedEnd::Sent => "sent",
        SeedEnd::Queued => "queued",
        SeedEnd::Failed => "failed",
    };
    let mut tx = db.begin_write().await?;
    let sql = "UPDATE send_seed SET status = $2, reply_text = $3, updated_at = $4 WHERE id = $1 AND status = 'sending'";
    sqlx::query(sql).bind(id.to_string()).bind(status).bind(one_line(said, MAX_REPLY_CHARS)).bind(now).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Old address, new address, return domain, list domain, month, who, when.
type Columns = (String, String, String, String, String, String, i64);

/// The change of a digest's address, announced or done.
pub(crate) async fn change(db: &Connections, slug: &Slug) -> Answer<Option<SenderChange>> {
    let sql = "SELECT old_address, new_address, return_domain, list_domain, from_month, announced_by, announced_at FROM sender_change \
               WHERE digest_id = (SELECT id FROM digest WHERE slug = $1)";
    let row: Option<Columns> = sqlx::query_as(sql).bind(slug.as_str()).fetch_optional(&db.read).await?;
    let change = |(old, new, return_domain, list_domain, from, announced_by, announced_at): Columns| {
        Ok(SenderChange {
            old_address: parsed("sender_change", "old_address", slug.as_str(), &old)?,
            new_address: parsed("sender_change", "new_address", slug.as_str(), &new)?,
            return_domain,
            list_domain,
            from: parsed("sender_change", "from_month", slug.as_str(), &from)?,
            announced_by,
            announced_at,
        })
    };
    Ok(row.map(change).transpose().map_err(|error: StoreError| error)?)
}

/// Keeps a change in the place of any before it, and notes it in the audit log.
pub(crate) async fn announce(db: &Connections, slug: &Slug, change: &SenderChange, now: i64) -> Answer<()> {
    needs("a new address", "the name of who announces it", &change.announced_by)?;
    let id = digest::find_id(db, slug).await?;
    let mut tx = db.begin_write().await?;
    sqlx::query(
        "INSERT INTO sender_change (digest_id, old_address, new_address, return_domain, list_domain, from_month, announced_by, announced_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (digest_id) DO UPDATE SET old_address = excluded.old_address, \
         new_address = excluded.new_address, return_domain = excluded.return_domain, list_domain = excluded.list_domain, \
         from_month = excluded.from_month, announced_by = excluded.announced_by, announced_at = excluded.announced_at",
    )
    .bind(id.to_string())
    .bind(change.old_address.as_str())
    .bind(change.new_address.as_str())
    .bind(&change.return_domain)
    .bind(&change.list_domain)
    .bind(change.from.to_string())
    .bind(one_line(&change.announced_by, MAX_FORM_CHARS))
    .bind(now)
    .execute(&mut *tx)
    .await?;
    let detail = format!("messages come from {} in place of {}, from {} on", change.new_address.domain(), change.old_address.domain(), change.from);
    audit::insert(&mut tx, &change.announced_by, "announce sender", &format!("digest {slug}"), &detail, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a change back, and notes it in the audit log; `false` where there is none.
pub(crate) async fn cancel(db: &Connections, slug: &Slug, who: &str, now: i64) -> Answer<bool> {
    let id = digest::find_id(db, slug).await?;
    let mut tx = db.begin_write().await?;
    let done = sqlx::query("DELETE FROM sender_change WHERE digest_id = $1").bind(id.to_string()).execute(&mut *tx).await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    audit::insert(&mut tx, who, "cancel sender", &format!("digest {slug}"), "", now).await?;
    tx.commit().await?;
    Ok(true)
}
