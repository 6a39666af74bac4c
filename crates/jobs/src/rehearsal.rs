//! A send as it goes, with readers who do not exist, to be looked at before real ones are asked.
//!
//! In: a store with a signed-off edition, and a post without relays. Out: messages in the outbox, and a [`Rehearsal`] of what
//! happened to whom. Nothing is staged in the tables: readers come by a list, leave by their link, and are given up because of
//! messages that came back, each by the job that does it for real readers. Not here: words for people (pulse), pages (web).

mod readers;
mod returned;

use std::io::Cursor;
use std::time::Duration;

use pulse_deliver::token::{Mailbox, Purpose, Subject};
use pulse_model::delivery::{DeliveryStatus, SendStatus, SendStep};
use pulse_model::subscriber::{Basis, Frequency, Sectors, SuppressionReason};
use pulse_model::{Digest, EditionKey, EmailAddress};
use pulse_store::{DeliveryFilter, DeliveryRow, Known, NewSuppression, SendId, SendReport, StoredCut, SubscriberId};
use tokio::sync::watch;

use crate::error::JobError;
use crate::post::Route;
use crate::reader::choices::{self, Choice, Pause};
use crate::reader::{self, subscribe};
use crate::readers::{Ground, Intake, ReadersError};
use crate::returns::{self, Done};
use crate::send::{self, Ending, Worker};

pub use readers::READERS;
use readers::{Kind, Person};

/// Who does what a person does.
#[derive(Clone, Copy, Debug)]
pub struct People<'a> {
    /// Brings the list and prepares the send.
    pub editor: &'a str,
    /// Releases it.
    pub head: &'a str,
}

/// What happened.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// What each kind of reader was sent.
    pub cuts: Vec<StoredCut>,
    /// How the send ended.
    pub ending: Ending,
    /// The reader who left while it went on; `None` where the audience was empty.
    pub leaver: Option<Leaver>,
    /// What came back, and what was done about it.
    pub returned: Vec<Returned>,
    /// The rows at the end of all.
    pub report: SendReport,
}

/// A reader who left in the middle of a send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaver {
    /// Who.
    pub address: String,
    /// How many messages had gone out by then.
    pub sent_before: u64,
    /// What became of this reader's own message.
    pub status: DeliveryStatus,
}

/// A message that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Returned {
    /// From whom.
    pub address: String,
    /// The other server's words.
    pub words: &'static str,
    /// What was done.
    pub done: Done,
}

/// How often it is looked how far the send is.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Brings readers, sends them an edition, and lets happen what happens.
///
/// # Errors
/// What the jobs say that it is made of.
pub async fn rehearse(worker: &Worker, digest: &Digest, key: EditionKey, people: People<'_>, now: i64) -> Result<Rehearsal, JobError> {
    bring(worker, digest, people.editor, now).await?;
    let id = prepare(worker, digest, key, people, now).await?;
    worker.store.release_send(id, now, people.head, now).await?;
    let (_go_on, halt) = watch::channel(false);
    let (ending, leaver) = tokio::try_join!(send::run(worker, id, halt), leave_half_way(worker, digest, id))?;
    let returned = return_some(worker, digest, id).await?;
    let leaver = match leaver {
        Some((row, sent_before)) => {
            let status = worker.store.delivery(row.id).await?.map_or(row.status, |row| row.status);
            Some(Leaver { address: row.address, sent_before, status })
        }
        None => None,
    };
    let cuts = worker.store.cuts(id).await?;
    let report = worker.store.send_report(id, (worker.clock)()).await?;
    Ok(Rehearsal { cuts, ending, leaver, returned, report })
}

/// The readers, and what they did before the send.
async fn bring(worker: &Worker, digest: &Digest, who: &str, now: i64) -> Result<(), JobError> {
    let Worker { store, post, .. } = worker;
    let people = readers::people();
    let csv = readers::list(&people, digest, now).map_err(|cause| ReadersError::Read(cause.into()))?;
    let intake = Intake {
        digest,
        ground: Ground { basis: Basis::Consent, wording: Some(subscribe::consent(digest)), at: None },
        known: Known::Keep,
        source: "fictional readers".to_owned(),
        who: who.to_owned(),
        is_dry: false,
        now,
    };
    crate::readers::import(store, &post.keys, Cursor::new(csv), &[], &intake, &mut |_| Ok(())).await?;
    for person in people.iter().filter(|person| person.kind != Kind::Listed) {
        // An address of ours is always one.
        let Ok(address) = EmailAddress::parse(&person.address) else { continue };
        before(worker, digest, person, &address, now).await?;
    }
    // Those who asked get the message that asks them to confirm.
    while crate::notices::work(store, post, now).await? > 0 {}
    Ok(())
}

async fn before(worker: &Worker, digest: &Digest, person: &Person, address: &EmailAddress, now: i64) -> Result<(), JobError> {
    let Worker { store, post, site, .. } = worker;
    match person.kind {
        Kind::Listed => {}
        Kind::Suppressed => {
            let hash = post.keys.suppression_hash(address);
            let note = "asked by telephone to be left alone".to_owned();
            store.add_suppression(&NewSuppression { hash, digest: None, reason: SuppressionReason::ByHand, note }, now).await?;
        }
        Kind::Unconfirmed => {
            let request = subscribe::Request { address: address.clone(), name: person.name.clone(), sectors: Sectors::All, frequency: Frequency::EveryEdition };
            subscribe::subscribe(store, &post.keys, site, digest, &request, now).await?;
        }
        Kind::Left => {
            if let Some(id) = store.subscriber_by_key(&address.key()).await? {
                leave(worker, digest, id, now).await?;
            }
        }
        Kind::Paused => {
            let Some(id) = store.subscriber_by_key(&address.key()).await? else { return Ok(()) };
            let token = token(worker, digest, Purpose::Preferences, id, now).await?;
            if let Some(mut chooser) = choices::chooser(store, &post.keys, &token, now).await? {
                let (sectors, frequency) = (chooser.subscription.sectors.clone(), chooser.subscription.frequency);
                choices::choose(store, &mut chooser, &Choice { sectors, frequency, pause: Pause::Months(1) }, now).await?;
            }
        }
    }
    Ok(())
}

/// The token of the link that a reader has in every message.
async fn token(worker: &Worker, digest: &Digest, purpose: Purpose, id: SubscriberId, now: i64) -> Result<String, JobError> {
    let subject = Subject::reader(id, worker.store.digest_id(&digest.slug).await?);
    Ok(worker.post.keys.ring.sign(purpose, subject, now))
}

/// As the reader does it, with the link of an earlier message.
async fn leave(worker: &Worker, digest: &Digest, id: SubscriberId, now: i64) -> Result<(), JobError> {
    let token = token(worker, digest, Purpose::Unsubscribe, id, now).await?;
    reader::leave(&worker.store, &worker.post.keys, &worker.site, &token, now).await?;
    Ok(())
}

/// Freezes the audience. A send that an earlier rehearsal left half done ends first.
async fn prepare(worker: &Worker, digest: &Digest, key: EditionKey, people: People<'_>, now: i64) -> Result<SendId, JobError> {
    let Worker { store, post, site, .. } = worker;
    let edition = crate::edition(store, &digest.slug, key).await?.id;
    for row in store.sends(Some(edition)).await? {
        if !matches!(row.status, SendStatus::Finished | SendStatus::Cancelled) {
            store.step_send(row.id, SendStep::Cancel, people.head, "it is rehearsed again", now).await?;
        }
    }
    Ok(send::prepare(store, post, site, digest, key, people.editor, now).await?.id)
}

/// When half of the messages have gone, the reader who is last leaves: its row as it was, and how many had gone.
async fn leave_half_way(worker: &Worker, digest: &Digest, send: SendId) -> Result<Option<(DeliveryRow, u64)>, JobError> {
    let Worker { store, clock, .. } = worker;
    let last = rows(worker, send).await?.pop();
    let Some((row, subscriber)) = last.and_then(|row| row.subscriber.map(|subscriber| (row, subscriber))) else { return Ok(None) };
    loop {
        let report = store.send_report(send, (clock)()).await?;
        let sent = report.statuses.iter().filter(|(status, _)| *status == DeliveryStatus::Sent).map(|(_, number)| number).sum();
        if sent >= report.send.counts.recipients / 2 || report.send.status != SendStatus::Released {
            leave(worker, digest, subscriber, (clock)()).await?;
            return Ok(Some((row, sent)));
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// All rows of a send: a rehearsal has no more than one page of them.
async fn rows(worker: &Worker, send: SendId) -> Result<Vec<DeliveryRow>, JobError> {
    let most = u32::try_from(READERS).unwrap_or(u32::MAX);
    Ok(worker.store.deliveries(send, &DeliveryFilter::default(), None, most).await?)
}

/// Three messages come back, to the return paths they were sent from.
async fn return_some(worker: &Worker, digest: &Digest, send: SendId) -> Result<Vec<Returned>, JobError> {
    let Worker { store, post, clock, .. } = worker;
    let Some(domain) = digest.sender.returns_to() else { return Ok(Vec::new()) };
    let sent: Vec<DeliveryRow> = rows(worker, send).await?.into_iter().filter(|row| row.status == DeliveryStatus::Sent).collect();
    let mut returned = Vec::new();
    // One from each third of them.
    for (row, fault) in sent.chunks(sent.len().div_ceil(returned::FAULTS.len()).max(1)).filter_map(<[_]>::first).zip(returned::FAULTS) {
        let Some(to) = post.return_path(domain, Mailbox::Bounce, row.id) else { continue };
        let message = match &post.route {
            Route::Outbox(outbox) => outbox.read(&row.id.to_string()).unwrap_or_default(),
            Route::Relays(_) => Vec::new(),
        };
        let now = (clock)();
        let report = returned::report(fault, to.as_str(), &row.address, &message, now);
        let done = returns::take(store, post, report.as_bytes(), None, now).await?;
        returned.push(Returned { address: row.address.clone(), words: fault.words, done });
    }
    Ok(returned)
}
