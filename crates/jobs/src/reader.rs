//! What readers do on their own pages: leave, choose ([`choices`]), have what is kept ([`mod@record`]), move to another address ([`address`]), have a colleague
//! invited ([`colleague`]), subscribe and confirm ([`mod@subscribe`]), complain ([`complaint`]).
//!
//! In: a token of a link, the keys it was made with, the time. Out: a change in the store, with the record of it, and what the page
//! may say. A token that was changed in any character, has expired, or is of a digest that is gone is `None`, whichever it was.
//!
//! Not here: words of pages (web), what a token looks like (deliver), what steps there are (model).

pub mod address;
pub mod choices;
pub mod colleague;
pub mod complaint;
pub mod record;
pub mod subscribe;

use pulse_deliver::message::Link;
use pulse_deliver::token::{Purpose, Subject};
use pulse_model::Digest;
use pulse_model::subscriber::{ConsentEvent, Step};
use pulse_store::{Store, StoreError, SubscriberId};

use crate::error::JobError;
use crate::notices::Letter;
use crate::post::Keys;
use crate::site::Site;

/// Forgets what readers did on their pages and the limits need no more: moves nobody said yes to, invitations, and who asked for
/// them. To be done every hour or so. `now` is Unix milliseconds.
///
/// # Errors
/// What the store says.
pub async fn forget_old(store: &Store, now: i64) -> Result<(), JobError> {
    store.forget_moves_and_invitations(address::asked_since(now), colleague::invited_since(now), now).await?;
    Ok(())
}

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
    let digest = digest_of(store, subject).await?;
    Ok(digest.map(|digest| Door { digest, subscriber: SubscriberId(subject.id), subject }))
}

/// The digest within which a token is about something.
async fn digest_of(store: &Store, subject: Subject) -> Result<Option<Digest>, JobError> {
    let Some(within) = subject.within else { return Ok(None) };
    for digest in store.digests().await? {
        if store.digest_id(&digest.slug).await?.0 == within {
            return Ok(Some(digest));
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

/// The address of a reader's page, as it can stand in a letter.
fn link(site: &Site, page: &str, token: &str) -> Result<String, JobError> {
    fit(site.reader_page(page, token))
}

/// An address, if a letter can have it for its link.
fn fit(address: String) -> Result<String, JobError> {
    Link::parse(&address).map_err(|cause| JobError::ReaderLink { message: cause.to_string() })?;
    Ok(address)
}

/// What a letter says last, and who says it: a message names its sender, and where the sender can be reached (PECR regulation 23).
fn closing(digest: &Digest, words: &str) -> Vec<String> {
    let footer = &digest.footer;
    let sender = [&digest.organisation, &footer.address, &footer.email, &footer.telephone].map(String::as_str);
    let sender = sender.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ");
    [words.to_owned(), sender].into_iter().filter(|text| !text.is_empty()).collect()
}

/// What somebody is told whose address gets the digest already. `asked` says what was asked for.
fn known_already(keys: &Keys, site: &Site, digest: &Digest, subject: Subject, asked: &str, now: i64) -> Result<Letter, JobError> {
    Ok(Letter {
        digest: digest.slug.clone(),
        subject: format!("You get {} already", digest.name),
        paragraphs: vec![format!("Somebody, most likely you, asked for {} to be sent to this address{asked}. It is sent to you already.", digest.name)],
        label: "See or change my choices".to_owned(),
        link: link(site, "preferences", &keys.ring.sign(Purpose::Preferences, subject, now))?,
        closing: closing(digest, "If it was not you, do nothing: nothing has changed."),
    })
}

fn event(step: Step, source: &str, now: i64) -> ConsentEvent {
    ConsentEvent { at: now, step, basis: None, source: source.to_owned(), wording: None, reason: String::new() }
}
