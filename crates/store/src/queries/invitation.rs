//! Invitations that readers have sent to others, once: the limits, and no address.

use crate::ids::Ids;
use crate::{Invited, NewInvitation, NewNotice, Noticed, SubscriberId};

use super::dialect::{self, Answer, Connection, Connections};
use super::{address_change, digest, notice, subscriber, suppression};

const DAY_MS: i64 = 24 * 3_600_000;

/// Adds the message of an invitation, unless its address may not be written to, reads the digest or once did, or was invited
/// already. What was tried counts for the reader, so that no count tells which it was.
pub(crate) async fn invite(db: &Connections, invitation: &NewInvitation, message: &NewNotice, now: i64) -> Answer<Invited> {
    let mut tx = db.begin_write().await?;
    dialect::lock_notices(&mut tx).await?;
    let digest_id = digest::id(&mut tx, &invitation.digest).await?;
    subscriber::lock(&mut tx, invitation.by).await?;
    forget(&mut tx, invitation.not_since, now).await?;
    let sql = "SELECT count(*) FROM invitation WHERE subscriber_id = $1";
    let tried: i64 = sqlx::query_scalar(sql).bind(invitation.by.to_string()).fetch_one(&mut *tx).await?;
    if tried >= i64::from(invitation.most_a_day) {
        return Ok(Invited::TooMany);
    }
    let is_open = is_open(&mut tx, invitation, &digest_id, &message.address.key()).await?;
    let is_sent = is_open && matches!(notice::insert(&mut tx, message, now).await?, Noticed::Queued(_));
    sqlx::query("INSERT INTO invitation (id, digest_id, subscriber_id, hash, at) VALUES ($1, $2, $3, $4, $5)")
        .bind(Ids::at(now).make().to_string())
        .bind(&digest_id)
        .bind(invitation.by.to_string())
        .bind(if is_sent { invitation.hash.to_string() } else { String::new() })
        .bind(now)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(if is_sent { Invited::Queued } else { Invited::Refused })
}

/// When a reader had somebody invited, as far as that is known; the oldest first.
pub(crate) async fn of_reader(db: &Connections, reader: SubscriberId) -> Answer<Vec<i64>> {
    let sql = "SELECT at FROM invitation WHERE subscriber_id = $1 ORDER BY at";
    Ok(sqlx::query_scalar(sql).bind(reader.to_string()).fetch_all(&db.read).await?)
}

/// Forgets what is too old to be kept of invitations and of moves.
pub(crate) async fn forget_old(db: &Connections, moves_until: i64, invited_until: i64, now: i64) -> Answer<()> {
    let mut tx = db.begin_write().await?;
    address_change::forget(&mut tx, moves_until).await?;
    forget(&mut tx, invited_until, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Who asked is known for a day, and that an address was invited until it may be again.
async fn forget(connection: &mut Connection, not_since: i64, now: i64) -> Answer<()> {
    sqlx::query("DELETE FROM invitation WHERE at <= $1").bind(not_since).execute(&mut *connection).await?;
    let sql = "UPDATE invitation SET subscriber_id = NULL WHERE subscriber_id IS NOT NULL AND at <= $1";
    sqlx::query(sql).bind(now.saturating_sub(DAY_MS)).execute(connection).await?;
    Ok(())
}

async fn is_open(connection: &mut Connection, invitation: &NewInvitation, digest_id: &str, address_key: &str) -> Answer<bool> {
    if !suppression::among(connection, digest_id, &[invitation.hash]).await?.is_empty() {
        return Ok(false);
    }
    let sql = "SELECT (SELECT count(*) FROM invitation WHERE hash = $1 AND digest_id = $2) \
               + (SELECT count(*) FROM subscription s JOIN subscriber u ON u.id = s.subscriber_id WHERE u.address_key = $3 AND s.digest_id = $2)";
    let known: i64 = sqlx::query_scalar(sql).bind(invitation.hash.to_string()).bind(digest_id).bind(address_key).fetch_one(connection).await?;
    Ok(known == 0)
}
