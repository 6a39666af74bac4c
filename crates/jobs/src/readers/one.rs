//! One reader: added, found, erased, suppressed.

use pulse_model::subscriber::{ConsentEvent, State, Step, SuppressionReason};
use pulse_model::{EmailAddress, Slug};
use pulse_store::{Added, NewSuppression, Store, StoredSubscriber};

use super::Intake;
use super::error::ReadersError;
use super::import::{offer, wording};
use super::row::{Reason, Row};
use crate::error::JobError;
use crate::post::Keys;

/// What became of a reader to add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// New to the digest.
    Added,
    /// There, and changed.
    Updated,
    /// There, as it is.
    Unchanged,
}

/// Adds one reader by the rules of a list; the inner error says why not.
///
/// # Errors
/// As [`super::import`].
pub async fn add(store: &Store, keys: &Keys, row: &Row, intake: &Intake<'_>) -> Result<Result<Taken, Reason>, JobError> {
    intake.ground.check(intake.now)?;
    // What cannot be a reader leaves no words behind.
    if let Err(reason) = row.reader(intake, None, keys) {
        return Ok(Err(reason));
    }
    let wording = wording(store, intake).await?;
    let reader = match row.reader(intake, wording.as_ref(), keys) {
        Ok(reader) => reader,
        Err(reason) => return Ok(Err(reason)),
    };
    Ok(match offer(store, intake, &[reader]).await?.first() {
        Some(Added::Added(_)) => Ok(Taken::Added),
        Some(Added::Updated(_)) => Ok(Taken::Updated),
        Some(Added::Refused(refusal)) => Err(Reason::Store(*refusal)),
        Some(Added::Unchanged(_)) | None => Ok(Taken::Unchanged),
    })
}

/// The reader with this address, by any spelling of it.
///
/// # Errors
/// [`ReadersError::NoReader`] as [`JobError::Readers`], or the store fails.
pub async fn find(store: &Store, address: &EmailAddress) -> Result<StoredSubscriber, JobError> {
    let found = match store.subscriber_by_key(&address.key()).await? {
        Some(id) => store.subscriber(id).await?,
        None => None,
    };
    Ok(found.ok_or_else(|| ReadersError::NoReader(address.clone()))?)
}

/// Erases a reader from every digest. A keyed hash of the address stays on the suppression list, so that no later list brings
/// the reader back. The audit log says who, before it is done.
///
/// # Errors
/// As [`find`].
pub async fn erase(store: &Store, keys: &Keys, address: &EmailAddress, who: &str, now: i64) -> Result<(), JobError> {
    let reader = find(store, address).await?;
    let suppression =
        NewSuppression { hash: keys.suppression_hash(&reader.subscriber.address), digest: None, reason: SuppressionReason::Erased, note: String::new() };
    store.append_audit(who, "erase reader", &reader.id.to_string(), "the hash of the address stays suppressed", now).await?;
    Ok(store.erase_subscriber(reader.id, Some(&suppression), now).await?)
}

/// Puts an address on the suppression list, of one digest or all, and ends the subscriptions it covers, so that nothing that
/// waits is sent. Whether it was not on the list yet.
///
/// # Errors
/// The store fails.
pub async fn suppress(store: &Store, keys: &Keys, address: &EmailAddress, digest: Option<&Slug>, (who, why): (&str, &str), now: i64) -> Result<bool, JobError> {
    let suppression = NewSuppression { hash: keys.suppression_hash(address), digest: digest.cloned(), reason: SuppressionReason::ByHand, note: why.to_owned() };
    let of = digest.map_or("every digest", Slug::as_str);
    store.append_audit(who, "suppress address", &suppression.hash.to_string(), &format!("for {of}: {why}"), now).await?;
    let is_new = store.add_suppression(&suppression, now).await?;
    let Some(id) = store.subscriber_by_key(&address.key()).await? else { return Ok(is_new) };
    let Some(reader) = store.subscriber(id).await? else { return Ok(is_new) };
    let event = ConsentEvent { at: now, step: Step::Leave, basis: None, source: format!("suppressed by {who}"), wording: None, reason: why.to_owned() };
    for there in reader.subscriptions.iter().map(|there| &there.subscription).filter(|there| digest.is_none_or(|digest| *digest == there.digest)) {
        if !matches!(there.state, State::Left | State::Complained) {
            store.step_subscription(id, &there.digest, &event, now).await?;
        }
    }
    Ok(is_new)
}

/// Takes an address off the suppression list of a digest, or of all. A subscription that ended stays ended: the reader comes back
/// by consenting again. The audit log says who and why.
///
/// # Errors
/// The store fails, or says that the address is not on that list.
pub async fn restore(store: &Store, keys: &Keys, address: &EmailAddress, digest: Option<&Slug>, (who, why): (&str, &str), now: i64) -> Result<(), JobError> {
    Ok(store.remove_suppression(keys.suppression_hash(address), digest, who, why, now).await?)
}
