//! Subscribing, with a message that has to be answered: whoever types an address does not yet speak for it.
//!
//! What is said and done does not tell whether an address is known: every address takes the same steps, and one that may not be
//! written to takes all but the last. An address gets no more than one such message a day.
//!
//! Not here: words of pages (web), sending ([`crate::notices`]), how often one client may ask (web).

use pulse_deliver::token::{Purpose, Subject};
use pulse_model::subscriber::{Basis, ConsentEvent, Frequency, Sectors, State, Step, Wording};
use pulse_model::{Digest, EmailAddress, Subscriber};
use pulse_store::{Added, Known, NewReader, Store, StoreError, StoredSubscriber, SubscriberId};

use super::{Door, closing, door, event, known_already, link};
use crate::error::JobError;
use crate::notices::{self, Kind, Letter};
use crate::post::Keys;
use crate::site::Site;

/// What somebody filled in.
#[derive(Clone, Debug)]
pub struct Request {
    /// Not yet known to be theirs.
    pub address: EmailAddress,
    /// May be empty.
    pub name: String,
    /// What of the digest.
    pub sectors: Sectors,
    /// How often.
    pub frequency: Frequency,
}

/// Whether readers can subscribe by themselves: somebody has to be the sender of the message, and its link has to be one.
pub fn is_open(digest: &Digest, site: &Site) -> bool {
    digest.sender.address.is_some() && site.home().starts_with("https://")
}

/// The words readers of a digest agree to.
pub fn consent(digest: &Digest) -> String {
    if !digest.sender.consent.trim().is_empty() {
        return digest.sender.consent.trim().to_owned();
    }
    let (name, organisation) = (&digest.name, &digest.organisation);
    let what = if organisation.is_empty() { format!("{name} is sent to me") } else { format!("{organisation} sends me {name}") };
    format!("I agree that {what} by e-mail. I can leave at any time with the link in every message.")
}

/// Keeps a subscription that waits for its reader, and a message to confirm it, unless the address may not be written to or had
/// one within a day. Nothing comes back, so that no page can tell.
///
/// # Errors
/// What the store says, and a link that cannot be made.
pub async fn subscribe(store: &Store, keys: &Keys, site: &Site, digest: &Digest, request: &Request, now: i64) -> Result<(), JobError> {
    let wording = store.put_wording(&digest.slug, &consent(digest), now).await?;
    let there = reader_of(store, &request.address).await?;
    let standing = there.as_ref().and_then(|reader| standing(reader, digest));
    // What others chose is not changed by somebody who may be anybody; what the same form said before may be corrected by it.
    let is_first = there.as_ref().is_none_or(|reader| reader.subscriptions.len() <= 1) && matches!(standing, None | Some(State::Unconfirmed));
    let known = if is_first && standing.is_some() { Known::Update } else { Known::Keep };
    let name = if there.is_none() || is_first { request.name.clone() } else { String::new() };
    let row = NewReader {
        subscriber: Subscriber { address: request.address.clone(), name, language: String::new() },
        sectors: request.sectors.clone(),
        frequency: request.frequency,
        event: agreed(site, digest, wording, now),
        suppression: keys.suppression_hash(&request.address),
    };
    let added = store.add_readers(&digest.slug, &[row], known, now).await?;
    let id = match added.first() {
        Some(Added::Added(id) | Added::Updated(id) | Added::Unchanged(id)) => *id,
        Some(Added::Refused(_)) | None => return Ok(()),
    };
    let subject = Subject::reader(id, store.digest_id(&digest.slug).await?);
    let letter =
        if standing == Some(State::Active) { known_already(keys, site, digest, subject, "", now)? } else { please_confirm(keys, site, digest, subject, now)? };
    notices::add(store, Kind::Confirmation, &request.address, &letter, now).await
}

pub(super) async fn reader_of(store: &Store, address: &EmailAddress) -> Result<Option<StoredSubscriber>, JobError> {
    match store.subscriber_by_key(&address.key()).await? {
        Some(id) => Ok(store.subscriber(id).await?),
        // As long as for somebody who is there.
        None => Ok(store.subscriber(SubscriberId(Default::default())).await?),
    }
}

pub(super) fn standing(reader: &StoredSubscriber, digest: &Digest) -> Option<State> {
    reader.subscriptions.iter().find(|own| own.subscription.digest == digest.slug).map(|own| own.subscription.state)
}

fn agreed(site: &Site, digest: &Digest, wording: Wording, now: i64) -> ConsentEvent {
    let source = format!("{}/subscribe", site.digest(&digest.slug));
    ConsentEvent { basis: Some(Basis::Consent), wording: Some(wording), ..event(Step::Subscribe, &source, now) }
}

fn please_confirm(keys: &Keys, site: &Site, digest: &Digest, subject: Subject, now: i64) -> Result<Letter, JobError> {
    Ok(Letter {
        digest: digest.slug.clone(),
        subject: format!("Please confirm: {}", digest.name),
        paragraphs: vec![format!("Somebody, most likely you, asked for {} to be sent to this address.", digest.name)],
        label: "Confirm my subscription".to_owned(),
        link: link(site, "confirm", &keys.ring.sign(Purpose::Confirm, subject, now))?,
        closing: closing(digest, "The link works for 7 days. If it was not you, do nothing: without your yes, nothing is sent to you."),
    })
}

/// What a link to confirm is about; nothing changes.
///
/// # Errors
/// What the store says.
pub async fn confirming(store: &Store, keys: &Keys, token: &str, now: i64) -> Result<Option<Door>, JobError> {
    door(store, keys, Purpose::Confirm, token, now).await
}

/// Says yes for a reader. Answers the token of the reader's choices; `None` where there is nothing to say yes to any more.
///
/// # Errors
/// What the store says.
pub async fn confirm(store: &Store, keys: &Keys, site: &Site, token: &str, now: i64) -> Result<Option<(Door, String)>, JobError> {
    let Some(door) = confirming(store, keys, token, now).await? else { return Ok(None) };
    let yes = event(Step::Confirm, &format!("{}confirm", site.home()), now);
    match store.step_subscription(door.subscriber, &door.digest.slug, &yes, now).await {
        Ok(_) => {
            let token = keys.ring.sign(Purpose::Preferences, door.subject, now);
            Ok(Some((door, token)))
        }
        Err(StoreError::NoSubscription { .. } | StoreError::NoSubscriber { .. } | StoreError::Subscription { .. } | StoreError::NoBasis { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
