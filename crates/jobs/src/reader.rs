//! What readers do on their own pages: leave, choose ([`choices`]), subscribe and confirm ([`mod@subscribe`]), complain ([`complaint`]).
//!
//! In: a token of a link, the keys it was made with, the time. Out: a change in the store, with the record of it, and what the page
//! may say. A token that was changed in any character, has expired, or is of a digest that is gone is `None`, whichever it was.
//!
//! Not here: words of pages (web), what a token looks like (deliver), what steps there are (model).

pub mod choices;
pub mod complaint;
pub mod subscribe;

use pulse_deliver::token::{Purpose, Subject};
use pulse_model::Digest;
use pulse_model::subscriber::{ConsentEvent, Step};
use pulse_store::{Store, StoreError, SubscriberId};

use crate::error::JobError;
use crate::post::Keys;
use crate::site::Site;

/// What a good token leads to. Its reader may have been erased since.
#[derive(Clone, Debug)]
pub struct Door {
    /// Of which digest.
    pub digest: Digest,
    /// Whose.
    pub subscriber: SubscriberId,
    subject: Subject,
}

/// What a token is about. `now` is Unix milliseconds.
async fn door(store: &Store, keys: &Keys, purpose: Purpose, token: &str, now: i64) -> Result<Option<Door>, JobError> {
    let Ok(subject) = keys.ring.verify(purpose, token, now) else { return Ok(None) };
    let Some(within) = subject.within else { return Ok(None) };
    for digest in store.digests().await? {
        if store.digest_id(&digest.slug).await?.0 == within {
            return Ok(Some(Door { digest, subscriber: SubscriberId(subject.id), subject }));
        }
    }
    Ok(None)
}

/// What a link to leave is about; nothing changes.
///
/// # Errors
/// What the store says.
pub async fn leaving(store: &Store, keys: &Keys, token: &str, now: i64) -> Result<Option<Door>, JobError> {
    door(store, keys, Purpose::Unsubscribe, token, now).await
}

/// Lets a reader go. Doing it again changes nothing, and a reader who was erased has gone already.
///
/// # Errors
/// What the store says.
pub async fn leave(store: &Store, keys: &Keys, site: &Site, token: &str, now: i64) -> Result<Option<Door>, JobError> {
    let Some(door) = leaving(store, keys, token, now).await? else { return Ok(None) };
    go(store, &door, &format!("{}leave", site.home()), now).await?;
    Ok(Some(door))
}

/// `source` is the address of the page, without its token.
async fn go(store: &Store, door: &Door, source: &str, now: i64) -> Result<(), JobError> {
    match store.step_subscription(door.subscriber, &door.digest.slug, &event(Step::Leave, source, now), now).await {
        Ok(_) | Err(StoreError::NoSubscription { .. } | StoreError::NoSubscriber { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn event(step: Step, source: &str, now: i64) -> ConsentEvent {
    ConsentEvent { at: now, step, basis: None, source: source.to_owned(), wording: None, reason: String::new() }
}
