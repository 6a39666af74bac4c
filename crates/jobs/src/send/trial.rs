//! A test: named people get an edition, in any state of its life, before its readers do.
//!
//! In: an edition, addresses, and which sectors the messages are to have. Out: messages in the outbox or with a relay, and what was
//! answered for each. Nothing is written down: a test is no send, and nobody becomes a reader. The links to leave and to choose in a
//! test belong to nobody.

use pulse_model::ids::{DeliveryId, SubscriberId};
use pulse_model::name::fold;
use pulse_model::subscriber::Sectors;
use pulse_model::{Digest, Edition, EditionKey, EmailAddress};
use pulse_store::{Cut, Reply, Store, StoredCut};
use uuid::Uuid;

use super::template::{From, Recipient, Templates, parts, with_sectors};
use crate::error::JobError;
use crate::line::Line;
use crate::post::Post;
use crate::sender::Address;
use crate::site::Site;

/// Stands before the subject, so that nobody takes a test for the edition.
const PREFIX: &str = "[Test] ";

/// What is to be tested.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    /// Of which digest.
    pub digest: &'a Digest,
    /// Which edition.
    pub key: EditionKey,
    /// Who gets it.
    pub to: &'a [EmailAddress],
    /// A message for each, with these sectors alone; empty for one message with all.
    pub choices: &'a [Vec<String>],
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// To whom.
    pub to: EmailAddress,
    /// The sectors it has, in the edition's order.
    pub sectors: Vec<String>,
    /// What was answered.
    pub reply: Reply,
    /// Whether it went out.
    pub is_sent: bool,
}

/// Sends a test. `now` is Unix milliseconds.
///
/// # Errors
/// [`JobError::NoSuchEdition`]; [`JobError::NoSender`]; [`JobError::NoSuchSector`]; [`JobError::Suppressed`]; or what the store says. What
/// a relay says is part of the answer.
pub async fn trial(store: &Store, post: &Post, site: &Site, trial: Trial<'_>, now: i64) -> Result<Vec<Tried>, JobError> {
    let Trial { digest, key, to, choices } = trial;
    let address = Address::of(store, digest).await?;
    let edition = address.announced(digest, crate::edition(store, &digest.slug, key).await?.edition);
    let digest = &address.for_edition(digest, key);
    let hashes: Vec<_> = to.iter().map(|address| post.keys.suppression_hash(address)).collect();
    let suppressed = store.suppressed(&digest.slug, &hashes).await?;
    if let Some((address, _)) = to.iter().zip(&hashes).find(|(_, hash)| suppressed.contains(hash)) {
        return Err(JobError::Suppressed { address: address.to_string() });
    }
    let cuts = cuts(digest, &edition, choices, site)?;
    let from = From::of(digest, store.digest_id(&digest.slug).await?, site)?;
    let templates = Templates::new(from, key, &cuts, site)?;
    let mut line = Line::new(post);
    let mut tried = Vec::new();
    for address in to {
        for StoredCut { cut, .. } in &cuts {
            let recipient = Recipient { delivery: DeliveryId(nobody()), subscriber: SubscriberId(nobody()), address, name: "", cut: cut.number };
            let message = templates.message(post, &recipient, now)?;
            let passed = line.pass(&recipient.delivery.to_string(), &message.filled, &message.envelope).await;
            let is_sent = passed.is_ok();
            let sectors = if let Sectors::Only(sectors) = &cut.sectors { sectors.clone() } else { Vec::new() };
            tried.push(Tried { to: address.clone(), sectors, reply: passed.unwrap_or_else(|refused| refused.said()), is_sent });
        }
    }
    line.close().await;
    Ok(tried)
}

/// An id that nothing in the store has.
pub(super) fn nobody() -> Uuid {
    uuid::Builder::from_random_bytes(rand::random()).into_uuid()
}

fn cuts(digest: &Digest, edition: &Edition, choices: &[Vec<String>], site: &Site) -> Result<Vec<StoredCut>, JobError> {
    let all = [edition.sectors.iter().map(|sector| sector.name.clone()).collect()];
    let choices = if choices.is_empty() { &all[..] } else { choices };
    let cut = |(number, names): (u32, &Vec<String>)| {
        let places = names.iter().map(|name| place(digest, edition, name)).collect::<Result<Vec<_>, _>>()?;
        let edition = with_sectors(edition, |place| places.contains(&place));
        let parts = parts(digest, &edition, site)?;
        let cut = Cut {
            number,
            name: format!("test/{number}"),
            sectors: Sectors::Only(edition.sectors.into_iter().map(|sector| sector.name).collect()),
            language: digest.language.clone(),
            subject: format!("{PREFIX}{}", parts.subject),
            html: parts.html,
            plain: parts.text,
        };
        Ok(StoredCut { cut, reader_count: 0 })
    };
    (1..).zip(choices).map(cut).collect()
}

/// Where a sector stands in the edition, by any of its names.
fn place(digest: &Digest, edition: &Edition, name: &str) -> Result<usize, JobError> {
    let known = digest.taxonomy().position(name);
    let is_meant = |printed: &str| fold(printed) == fold(name) || known.is_some() && digest.taxonomy().position(printed) == known;
    edition
        .sectors
        .iter()
        .position(|sector| is_meant(&sector.name))
        .ok_or_else(|| JobError::NoSuchSector { name: name.to_owned(), known: edition.sectors.iter().map(|sector| sector.name.clone()).collect() })
}
