//! What a reader may choose of a digest, and what is kept about the reader.
//!
//! Not here: forms and their words (web).

use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use pulse_deliver::token::Purpose;
use pulse_model::digest::TaxonomySector;
use pulse_model::subscriber::{ConsentEvent, Frequency, Sectors, Step, SuppressionReason};
use pulse_model::{Digest, Subscription};
use pulse_store::{NewSuppression, Preferences, Store, StoreError, StoredSubscriber};
use serde::Serialize;

use super::{Door, door, go};
use crate::error::JobError;
use crate::post::Keys;
use crate::site::Site;

/// A reader at the page of choices.
#[derive(Clone, Debug)]
pub struct Chooser {
    door: Door,
    /// With everything that is kept.
    pub reader: StoredSubscriber,
    /// To the digest of the link.
    pub subscription: Subscription,
}

/// For how long a reader wants to hear nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    /// Editions come.
    No,
    /// As it was.
    AsItWas,
    /// So many calendar months from now, at most [`LONGEST_PAUSE_MONTHS`].
    Months(u8),
}

/// Longer than that, a reader has forgotten what comes.
pub const LONGEST_PAUSE_MONTHS: u8 = 3;

/// What a reader chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What of the digest.
    pub sectors: Sectors,
    /// How often.
    pub frequency: Frequency,
    /// Not for a while.
    pub pause: Pause,
}

/// What a choice changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Which sectors.
    Sectors,
    /// How often.
    Frequency(Frequency),
    /// Nothing is sent before this moment.
    PausedUntil(i64),
    /// The pause is over.
    Resumed,
}

impl Chooser {
    /// Of which digest.
    pub fn digest(&self) -> &Digest {
        &self.door.digest
    }

    /// Until when nothing is sent, if that is yet to come.
    pub fn paused_until(&self, now: i64) -> Option<i64> {
        self.subscription.paused_until.filter(|until| *until > now)
    }
}

/// Whether a reader asked for a sector, by any of its names.
pub fn is_chosen(sectors: &Sectors, sector: &TaxonomySector) -> bool {
    sectors.has(&sector.name) || sector.also.iter().any(|name| sectors.has(name))
}

/// The sectors of a digest that have these names; all of them are the whole digest, also what it does not have yet. `None` where a
/// digest has sectors and none of them was chosen.
pub fn sectors_named<'n>(digest: &Digest, names: impl Iterator<Item = &'n str>) -> Option<Sectors> {
    let asked: Vec<&str> = names.collect();
    let chosen: Vec<String> = digest.sectors.iter().filter(|sector| asked.contains(&sector.name.as_str())).map(|sector| sector.name.clone()).collect();
    match chosen.len() {
        number if number == digest.sectors.len() => Some(Sectors::All),
        0 => None,
        _ => Some(Sectors::Only(chosen)),
    }
}

/// Who comes with a link to the page of choices; `None` also where the reader was erased.
///
/// # Errors
/// What the store says.
pub async fn chooser(store: &Store, keys: &Keys, token: &str, now: i64) -> Result<Option<Chooser>, JobError> {
    let Some(door) = door(store, keys, Purpose::Preferences, token, now).await? else { return Ok(None) };
    let Some(reader) = store.subscriber(door.subscriber).await? else { return Ok(None) };
    let own = reader.subscriptions.iter().find(|own| own.subscription.digest == door.digest.slug).map(|own| own.subscription.clone());
    Ok(own.map(|subscription| Chooser { door, reader, subscription }))
}

/// Keeps a choice, and says what it changed.
///
/// # Errors
/// What the store says.
pub async fn choose(store: &Store, chooser: &mut Chooser, choice: &Choice, now: i64) -> Result<Vec<Change>, JobError> {
    let before = chooser.paused_until(now);
    let paused_until = match choice.pause {
        Pause::No => None,
        Pause::AsItWas => before,
        Pause::Months(months) => months_later(now, months.min(LONGEST_PAUSE_MONTHS)),
    };
    let mut changes = Vec::new();
    let there = &mut chooser.subscription;
    if there.sectors != choice.sectors {
        changes.push(Change::Sectors);
    }
    if there.frequency != choice.frequency {
        changes.push(Change::Frequency(choice.frequency));
    }
    match (before, paused_until) {
        (before, Some(until)) if before != Some(until) => changes.push(Change::PausedUntil(until)),
        (Some(_), None) => changes.push(Change::Resumed),
        _ => {}
    }
    let preferences = Preferences { sectors: choice.sectors.clone(), frequency: choice.frequency, paused_until };
    store.set_preferences(chooser.door.subscriber, &chooser.door.digest.slug, &preferences, now).await?;
    (there.sectors, there.frequency, there.paused_until) = (preferences.sectors, preferences.frequency, paused_until);
    Ok(changes)
}

fn months_later(now: i64, months: u8) -> Option<i64> {
    let today = Timestamp::from_millisecond(now).ok()?.to_zoned(TimeZone::UTC);
    Some(today.checked_add(i32::from(months).months()).ok()?.timestamp().as_millisecond())
}

/// Lets the reader go, as the link to leave does.
///
/// # Errors
/// What the store says.
pub async fn leave(store: &Store, chooser: &Chooser, site: &Site, now: i64) -> Result<(), JobError> {
    go(store, &chooser.door, &format!("{}preferences", site.home()), now).await
}

/// Takes the reader out of every digest, at once. A keyed hash of the address stays on the suppression list, so that no import
/// brings it back.
///
/// # Errors
/// What the store says.
pub async fn erase(store: &Store, keys: &Keys, chooser: &Chooser, now: i64) -> Result<(), JobError> {
    let hash = keys.suppression_hash(&chooser.reader.subscriber.address);
    let suppression = NewSuppression { hash, digest: None, reason: SuppressionReason::Erased, note: String::new() };
    match store.erase_subscriber(chooser.door.subscriber, Some(&suppression), now).await {
        Ok(()) | Err(StoreError::NoSubscriber { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Everything that is kept about a reader, as a machine reads it (UK GDPR articles 15 and 20). Times are UTC, RFC 3339.
#[derive(Debug, Serialize)]
struct Record<'r> {
    made_at: String,
    address: &'r str,
    name: &'r str,
    language: &'r str,
    added_at: String,
    subscriptions: Vec<SubscriptionRecord<'r>>,
    /// The newest [`MOST_SENT`].
    messages: Vec<MessageRecord>,
}

#[derive(Debug, Serialize)]
struct SubscriptionRecord<'r> {
    digest: &'r str,
    state: &'static str,
    since: String,
    sectors: &'r Sectors,
    frequency: &'static str,
    paused_until: Option<String>,
    basis: Option<&'static str>,
    basis_since: Option<String>,
    events: Vec<EventRecord<'r>>,
}

#[derive(Debug, Serialize)]
struct EventRecord<'r> {
    at: String,
    step: &'static str,
    basis: Option<&'static str>,
    source: &'r str,
    agreed_to: Option<&'r str>,
    reason: &'r str,
}

#[derive(Debug, Serialize)]
struct MessageRecord {
    digest: String,
    edition: String,
    address: String,
    status: &'static str,
    sent_at: Option<String>,
}

/// More messages than a reader gets in 80 years of months.
const MOST_SENT: u32 = 1000;

/// Everything that is kept about the reader, as JSON.
///
/// # Errors
/// What the store says.
pub async fn record(store: &Store, chooser: &Chooser, now: i64) -> Result<Vec<u8>, JobError> {
    let history = store.history(chooser.door.subscriber, MOST_SENT).await?;
    let messages = history.into_iter().map(|row| MessageRecord {
        digest: row.digest.to_string(),
        edition: row.key.to_string(),
        address: row.delivery.address,
        status: row.delivery.status.as_str(),
        sent_at: row.delivery.sent_at.map(iso),
    });
    let StoredSubscriber { subscriber, subscriptions, created_at, .. } = &chooser.reader;
    let subscriptions = subscriptions.iter().map(|there| SubscriptionRecord {
        digest: there.subscription.digest.as_str(),
        state: there.subscription.state.as_str(),
        since: iso(there.state_at),
        sectors: &there.subscription.sectors,
        frequency: there.subscription.frequency.as_str(),
        paused_until: there.subscription.paused_until.map(iso),
        basis: there.basis.map(|(basis, _)| basis.as_str()),
        basis_since: there.basis.map(|(_, at)| iso(at)),
        events: there.events.iter().map(event_record).collect(),
    });
    let record = Record {
        made_at: iso(now),
        address: subscriber.address.as_str(),
        name: &subscriber.name,
        language: &subscriber.language,
        added_at: iso(*created_at),
        subscriptions: subscriptions.collect(),
        messages: messages.collect(),
    };
    serde_json::to_vec_pretty(&record).map_err(|cause| JobError::Record { cause })
}

fn event_record(event: &ConsentEvent) -> EventRecord<'_> {
    EventRecord {
        at: iso(event.at),
        step: Step::as_str(event.step),
        basis: event.basis.map(|basis| basis.as_str()),
        source: &event.source,
        agreed_to: event.wording.as_ref().map(|wording| wording.text.as_str()),
        reason: &event.reason,
    }
}

fn iso(at: i64) -> String {
    Timestamp::from_millisecond(at).map(|at| at.to_string()).unwrap_or_default()
}

/// A day in words: "3 March 2026". UTC.
pub fn day(at: i64) -> String {
    Timestamp::from_millisecond(at).map(|at| at.strftime("%-d %B %Y").to_string()).unwrap_or_default()
}
