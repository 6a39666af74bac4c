//! Messages that came back -> what they mean for deliveries and readers.
//!
//! In: the bytes of one message. Out: what it was, and what was done. A message counts only with a token that Pulse signed for a
//! delivery, so that nobody can forge a bounce to take readers off the list; reading one again changes nothing, except that it
//! finishes what a machine that died had begun; what came before a reader consented anew counts no more. Not here: what a bounce says
//! and when an address is given up (the crate of that name), how messages come in ([`crate::intake`]).

use pulse_deliver::token::Mailbox;
use pulse_mailbox::MOST_BYTES;
use pulse_model::ids::{DeliveryId, SubscriberId};
use pulse_model::subscriber::{ConsentEvent, State, Step, SuppressionReason};
use pulse_model::{EmailAddress, Slug};
use pulse_returns::policy::{self, Event, Happened, Limits, Measure};
use pulse_returns::{Action, Class, Feedback, Outcome, Reason, Returned, What};
use pulse_store::{Bounced, DeliveryRow, NewBounce, NewSuppression, Reply, Store, StoredSubscription};
use sha2::{Digest as _, Sha256};

use crate::error::JobError;
use crate::post::Post;

/// What was done about a message that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// Noted; the reader goes on getting editions.
    Noted(String),
    /// The address is written to no more; the sentence says why.
    GivenUp(String),
    /// The reader complained, or asked to leave, and has left.
    Left(String),
    /// It was read before.
    Known,
    /// A program answered in a person's place.
    Automatic,
    /// Nothing a program can act upon; somebody should read it.
    ForPeople(String),
}

/// How far back the history of a reader counts: the limits of the policy look back no further.
const HISTORY_MS: i64 = 366 * 24 * 60 * 60 * 1000;

/// Whether this is an address of ours that mail comes back to, or that readers leave by: one with a token in it that is good.
pub fn is_return_path(post: &Post, address: &str) -> bool {
    token_of(post, address).is_some()
}

/// Reads one message and does what follows from it. `arrived_at` is the address its envelope had, where that is known. `now` is
/// Unix milliseconds. Of a message only the first [`MOST_BYTES`] are looked at.
///
/// # Errors
/// What the store says; nothing is half done.
pub async fn take(store: &Store, post: &Post, message: &[u8], arrived_at: Option<&str>, now: i64) -> Result<Done, JobError> {
    let message = &message[..message.len().min(MOST_BYTES)];
    let returned = pulse_returns::read(message, arrived_at);
    let Some((mailbox, delivery)) = delivery_of(post, &returned) else {
        return Ok(match returned.what {
            What::Automatic => Done::Automatic,
            What::Report(_) | What::Complaint(_) => Done::ForPeople("it names no message of ours".to_owned()),
            What::ForPeople(why) => Done::ForPeople(format!("{why:?}").to_lowercase()),
        });
    };
    // A delivery that is gone was cleared away years ago; its token still verifies.
    let Some(row) = store.delivery(delivery).await? else { return Ok(Done::ForPeople("its delivery is no longer kept".to_owned())) };
    let About { happened, status, words, is_final } = match (&returned.what, mailbox) {
        (_, Mailbox::Leave) => return leave(store, &row, now).await,
        (What::Automatic, _) => return Ok(Done::Automatic),
        (What::ForPeople(why), _) => return Ok(Done::ForPeople(format!("{why:?}").to_lowercase())),
        (What::Complaint(complaint), _) => About::complaint(complaint.feedback),
        (What::Report(outcomes), _) => match outcomes.iter().find(|outcome| outcome.action == Action::Failed).or(outcomes.first()) {
            Some(outcome) => About::report(outcome),
            None => return Ok(Done::ForPeople("it reports nothing".to_owned())),
        },
    };
    let excerpt: String = String::from_utf8_lossy(message).chars().take(4000).collect();
    let (class, reason) = names_of(&happened);
    let noted =
        NewBounce { message_sha256: sha256(message), delivery: Some(delivery), class: class.into(), reason: reason.into(), is_final, status, words, excerpt };
    keep(store, post, &row, &noted, now).await
}

/// A server refused a message because the address is dead: it says at once what a bounce would say later.
///
/// # Errors
/// What the store says.
pub(crate) async fn refused(store: &Store, post: &Post, delivery: DeliveryId, reply: &Reply, now: i64) -> Result<Done, JobError> {
    let Some(row) = store.delivery(delivery).await? else { return Ok(Done::Known) };
    let (class, reason) = names_of(&Happened::Report(Class::Hard, Reason::NoSuchUser));
    let words = reply.text.clone();
    let noted = NewBounce {
        message_sha256: sha256(format!("{delivery} {} {words}", row.attempt_count).as_bytes()),
        delivery: Some(delivery),
        class: class.into(),
        reason: reason.into(),
        is_final: true,
        status: reply.enhanced.clone(),
        excerpt: words.clone(),
        words,
    };
    keep(store, post, &row, &noted, now).await
}

/// Keeps a bounce, and does what follows from it. A machine that died in between kept it and did no more, so one that is known is
/// followed as well, as long as the reader is still written to.
async fn keep(store: &Store, post: &Post, row: &DeliveryRow, noted: &NewBounce, now: i64) -> Result<Done, JobError> {
    match store.add_bounce(noted, now).await? {
        Bounced::Added(_) => settle(store, post, row, now).await,
        Bounced::Known(_) => {
            if subscription(store, row).await?.is_some_and(|there| there.subscription.state == State::Active) {
                settle(store, post, row, now).await?;
            }
            Ok(Done::Known)
        }
    }
}

/// The subscription that a delivery was for, while the reader is there.
async fn subscription(store: &Store, row: &DeliveryRow) -> Result<Option<StoredSubscription>, JobError> {
    let Some(subscriber) = row.subscriber else { return Ok(None) };
    let digest = digest_of(store, row).await?;
    let reader = store.subscriber(subscriber).await?;
    Ok(reader.and_then(|reader| reader.subscriptions.into_iter().find(|there| there.subscription.digest == digest)))
}

async fn digest_of(store: &Store, row: &DeliveryRow) -> Result<Slug, JobError> {
    Ok(store.send(row.send).await?.ok_or(JobError::NoSuchSend { send: row.send })?.digest)
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The delivery whose token a message carries, in the address it came to or anywhere in it.
fn delivery_of(post: &Post, returned: &Returned) -> Option<(Mailbox, DeliveryId)> {
    let identity = &returned.identity;
    let mut addresses = identity.arrived_at.iter().chain(&identity.sent_from);
    addresses.find_map(|address| token_of(post, address))
}

fn token_of(post: &Post, address: &str) -> Option<(Mailbox, DeliveryId)> {
    post.keys.ring.verify_local_part(address.split_once('@')?.0).ok()
}

/// What a message says, as the store keeps it.
struct About {
    happened: Happened,
    status: String,
    words: String,
    is_final: bool,
}

impl About {
    fn report(outcome: &Outcome) -> Self {
        Self {
            happened: Happened::Report(outcome.class, outcome.reason),
            status: outcome.status.map(|status| status.to_string()).unwrap_or_default(),
            words: if outcome.diagnostic.is_empty() { outcome.reason.words().to_owned() } else { outcome.diagnostic.clone() },
            is_final: outcome.action == Action::Failed,
        }
    }

    fn complaint(feedback: Feedback) -> Self {
        Self { happened: Happened::Complaint(feedback), status: String::new(), words: format!("a complaint: {}", feedback.as_str()), is_final: false }
    }
}

const COMPLAINT: &str = "complaint";

/// What the store keeps of a message, and [`happened_in`] reads back: its class, and why.
fn names_of(happened: &Happened) -> (&'static str, &'static str) {
    match happened {
        Happened::Report(class, reason) => (class.as_str(), reason.as_str()),
        Happened::Complaint(feedback) => (COMPLAINT, feedback.as_str()),
        Happened::Arrived => ("arrived", ""),
        Happened::Reinstated => ("reinstated", ""),
    }
}

fn happened_in(class: &str, reason: &str) -> Option<Happened> {
    if class == COMPLAINT {
        return Feedback::from_name(reason).map(Happened::Complaint);
    }
    Some(Happened::Report(Class::from_name(class)?, Reason::from_name(reason)?))
}

/// Asks the policy about the reader's history, and does what it says.
async fn settle(store: &Store, post: &Post, row: &DeliveryRow, now: i64) -> Result<Done, JobError> {
    let Some(subscriber) = row.subscriber else { return Ok(Done::Noted("the reader has been erased".to_owned())) };
    let mut history = history(store, subscriber, now).await?;
    let mut decision = policy::decide(&history, &Limits::default());
    if decision.measure != Measure::Keep {
        // Looked up only now, because most that comes back leads to nothing. Before the others: what came back in the very moment of a
        // consent counts.
        history.splice(0..0, consents(store, row).await?);
        decision = policy::decide(&history, &Limits::default());
    }
    let (step, reason) = match decision.measure {
        Measure::Keep => return Ok(Done::Noted(decision.sentence)),
        Measure::Suppress => (Step::Bounce, SuppressionReason::Bounced),
        Measure::UnsubscribeAndSuppress => (Step::Complain, SuppressionReason::Complained),
    };
    if let Ok(address) = EmailAddress::parse(&row.address) {
        let suppression = NewSuppression { hash: post.keys.suppression_hash(&address), digest: None, reason, note: decision.sentence.clone() };
        store.add_suppression(&suppression, now).await?;
    }
    take_step(store, row, subscriber, step, &decision.sentence, now).await?;
    Ok(if step == Step::Bounce { Done::GivenUp(decision.sentence) } else { Done::Left(decision.sentence) })
}

async fn history(store: &Store, subscriber: SubscriberId, now: i64) -> Result<Vec<Event>, JobError> {
    let mut events = Vec::new();
    for bounce in store.bounces_of(subscriber, now - HISTORY_MS, 200).await? {
        if let Some(happened) = happened_in(&bounce.class, &bounce.reason) {
            events.push(Event { at: bounce.at, edition: bounce.edition, happened });
        }
    }
    for row in store.history(subscriber, 50).await? {
        if let Some(at) = row.delivery.sent_at.filter(|_| row.delivery.status == pulse_model::delivery::DeliveryStatus::Sent) {
            events.push(Event { at, edition: Some((row.digest, row.key)), happened: Happened::Arrived });
        }
    }
    events.sort_by_key(|event| event.at);
    Ok(events)
}

/// The moments at which the reader said yes, or a person set the address free.
async fn consents(store: &Store, row: &DeliveryRow) -> Result<Vec<Event>, JobError> {
    let events = subscription(store, row).await?.map(|there| there.events).unwrap_or_default();
    let is_fresh = |event: &ConsentEvent| matches!(event.step, Step::Confirm | Step::Reinstate);
    Ok(events.into_iter().filter(is_fresh).map(|event| Event { at: event.at, edition: None, happened: Happened::Reinstated }).collect())
}

async fn leave(store: &Store, row: &DeliveryRow, now: i64) -> Result<Done, JobError> {
    let Some(subscriber) = row.subscriber else { return Ok(Done::Noted("the reader has been erased".to_owned())) };
    take_step(store, row, subscriber, Step::Leave, "asked by mail", now).await?;
    Ok(Done::Left("the reader asked by mail".to_owned()))
}

async fn take_step(store: &Store, row: &DeliveryRow, subscriber: SubscriberId, step: Step, reason: &str, now: i64) -> Result<(), JobError> {
    let digest = digest_of(store, row).await?;
    let event = ConsentEvent { at: now, step, basis: None, source: "a message that came back".to_owned(), wording: None, reason: reason.to_owned() };
    store.step_subscription(subscriber, &digest, &event, now).await?;
    Ok(())
}
