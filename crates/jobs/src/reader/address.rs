//! Moving to another address, with a message that has to be answered from there; the old one hears of it.
//!
//! What is said and done does not tell whether an address is known: every address is noted, and one that may not be written to
//! gets no message. A reader's newest request counts alone. Links of the old messages go on working, because they say who, not
//! where. An address gets no more than one such message a day.
//!
//! Not here: words of pages (web), sending ([`crate::notices`]), how often one client may ask (web).

use pulse_deliver::token::{Purpose, Subject};
use pulse_model::subscriber::{ConsentEvent, State, Step};
use pulse_model::{Digest, EmailAddress};
use pulse_store::{AddressChange, AddressChangeId, Store, StoreError};

use super::choices::Chooser;
use super::subscribe::{reader_of, standing};
use super::{closing, digest_of, event, known_already, link};
use crate::error::JobError;
use crate::notices::{self, Kind, Letter};
use crate::post::Keys;
use crate::site::Site;

/// What a link to say yes from a new address is about.
#[derive(Clone, Debug)]
pub struct Move {
    /// On whose page it was asked.
    pub digest: Digest,
    /// The new address.
    pub address: EmailAddress,
    id: AddressChangeId,
    subject: Subject,
}

/// What was asked after this moment is still waiting for a yes.
pub(super) fn asked_since(now: i64) -> i64 {
    now.saturating_sub(Purpose::ChangeAddress.lifetime_ms().unwrap_or_default())
}

/// Notes where a reader wants to be written to, and keeps a message for that address and one for the old. Nothing comes back, so
/// that no page can tell whether the new one is known.
///
/// # Errors
/// What the store says, and a link that cannot be made.
pub async fn ask(store: &Store, keys: &Keys, site: &Site, chooser: &Chooser, to: &EmailAddress, now: i64) -> Result<(), JobError> {
    let (digest, reader) = (chooser.digest(), &chooser.reader);
    let digest_id = store.digest_id(&digest.slug).await?;
    let id = store.ask_to_move(reader.id, to, asked_since(now), now).await?;
    let there = reader_of(store, to).await?.filter(|there| there.id != reader.id);
    let is_suppressed = !store.suppressed(&digest.slug, &[keys.suppression_hash(to)]).await?.is_empty();
    let letter = match &there {
        None => Some(please_say_yes(keys, site, digest, Subject { id: id.0, within: Some(digest_id.0) }, now)?),
        Some(there) if standing(there, digest) == Some(State::Active) => {
            Some(known_already(keys, site, digest, Subject::reader(there.id, digest_id), " from now on", now)?)
        }
        Some(_) => None,
    };
    if let Some(letter) = letter.filter(|_| !is_suppressed) {
        notices::add(store, Kind::NewAddress, to, &letter, now).await?;
    }
    let letter = somebody_moves(keys, site, digest, Subject::reader(reader.id, digest_id), now)?;
    notices::add(store, Kind::OldAddress, &reader.subscriber.address, &letter, now).await
}

fn please_say_yes(keys: &Keys, site: &Site, digest: &Digest, subject: Subject, now: i64) -> Result<Letter, JobError> {
    Ok(Letter {
        digest: digest.slug.clone(),
        subject: format!("Please confirm your new address: {}", digest.name),
        paragraphs: vec![format!("A reader of {}, most likely you, asked for it to be sent to this address from now on.", digest.name)],
        label: "Use this address".to_owned(),
        link: link(site, "change-address", &keys.ring.sign(Purpose::ChangeAddress, subject, now))?,
        closing: closing(digest, "The link works for 2 days. If it was not you, do nothing: without your yes, nothing is sent to you."),
    })
}

fn somebody_moves(keys: &Keys, site: &Site, digest: &Digest, subject: Subject, now: i64) -> Result<Letter, JobError> {
    let asked = format!("Somebody, most likely you, asked for {} to be sent to another address from now on.", digest.name);
    Ok(Letter {
        digest: digest.slug.clone(),
        subject: format!("Your address is to change: {}", digest.name),
        paragraphs: vec![asked, "Nothing changes before somebody says yes from there.".to_owned()],
        label: "See or change my choices".to_owned(),
        link: link(site, "preferences", &keys.ring.sign(Purpose::Preferences, subject, now))?,
        closing: closing(
            digest,
            "If it was not you, somebody else has one of your messages. This link goes on working, and leads to where you can change the address back.",
        ),
    })
}

/// What a link to say yes is about; nothing changes.
///
/// # Errors
/// What the store says.
pub async fn moving(store: &Store, keys: &Keys, token: &str, now: i64) -> Result<Option<Move>, JobError> {
    let Ok(subject) = keys.ring.verify(Purpose::ChangeAddress, token, now) else { return Ok(None) };
    let id = AddressChangeId(subject.id);
    let Some(AddressChange { reader, address }) = store.address_change(id).await? else { return Ok(None) };
    let digest = digest_of(store, subject).await?;
    Ok(digest.map(|digest| Move { digest, address, id, subject: Subject { id: reader.0, ..subject } }))
}

/// Moves a reader who says yes. Answers the token of the reader's choices; `None` where there is nothing to say yes to any more,
/// or where the address may not be written to, or is another reader's, by now.
///
/// # Errors
/// What the store says.
pub async fn make(store: &Store, keys: &Keys, site: &Site, token: &str, now: i64) -> Result<Option<(Move, String)>, JobError> {
    let Some(moving) = moving(store, keys, token, now).await? else { return Ok(None) };
    let yes = ConsentEvent {
        reason: "the reader moved to another address and said yes from there".to_owned(),
        ..event(Step::Confirm, &format!("{}change-address", site.home()), now)
    };
    match store.make_address_change(moving.id, keys.suppression_hash(&moving.address), &moving.digest.slug, &yes, now).await {
        Ok(true) => {
            let token = keys.ring.sign(Purpose::Preferences, moving.subject, now);
            Ok(Some((moving, token)))
        }
        Ok(false) | Err(StoreError::AddressTaken { .. } | StoreError::Suppressed | StoreError::NoSubscriber { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
