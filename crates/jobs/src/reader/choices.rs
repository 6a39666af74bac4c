//! What a reader may choose of a digest; leaving and erasing, which are choices too.
//!
//! Not here: forms and their words (web), what is kept about the reader ([`super::record`]).

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz::TimeZone};
use pulse_deliver::token::Purpose;
use pulse_model::digest::TaxonomySector;
use pulse_model::subscriber::{Frequency, Sectors, SuppressionReason};
use pulse_model::{Digest, Subscription};
use pulse_store::{NewSuppression, Preferences, Store, StoreError, StoredSubscriber};

use super::{Door, door, go};
use crate::error::JobError;
use crate::post::Keys;
use crate::site::Site;

/// A reader at the page of choices.
#[derive(Clone, Debug)]
pub struct Chooser {
    pub(super) door: Door,
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
    /// Until this moment, which [`until`] has looked at.
    Until(i64),
}

/// Longer than that, a reader has forgotten what comes.
pub const LONGEST_PAUSE_MONTHS: u8 = 3;

/// Who names the day of return does not forget so soon.
pub const LONGEST_DATED_PAUSE_MONTHS: u8 = 12;

/// A pause until the beginning of a day (`YYYY-MM-DD`, UTC) that is yet to come, within [`LONGEST_DATED_PAUSE_MONTHS`].
///
/// ```
/// use pulse_jobs::reader::choices::{Pause, until};
/// assert_eq!(until("1970-01-02", 0), Some(Pause::Until(86_400_000)));
/// assert_eq!((until("1970-01-01", 0), until("1971-01-02", 0), until("tomorrow", 0)), (None, None, None));
/// ```
pub fn until(day: &str, now: i64) -> Option<Pause> {
    let at = day.trim().parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
    (at > now && at <= months_later(now, LONGEST_DATED_PAUSE_MONTHS)?).then_some(Pause::Until(at))
}

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
        Pause::Until(at) => Some(at),
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

/// Whether a text is a day of the calendar, as a field for days has it.
pub fn is_day(text: &str) -> bool {
    text.parse::<Date>().is_ok_and(|day| day.to_string() == text)
}

/// A day that [`until`] takes, a month from now.
pub fn example_day(now: i64) -> String {
    let at = months_later(now, 1).and_then(|at| Timestamp::from_millisecond(at).ok());
    at.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

/// A day in words: "3 March 2026". UTC.
pub fn day(at: i64) -> String {
    Timestamp::from_millisecond(at).map(|at| at.strftime("%-d %B %Y").to_string()).unwrap_or_default()
}
