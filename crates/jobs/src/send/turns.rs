//! Whose turn it is, where a domain may get only so much at a time.
//!
//! In: rows that were claimed, and the time. Out: rows to send now. Rows of a domain that must rest wait here, so that others
//! overtake them; when many wait, further ones are put off in the database, each to the moment when its turn should come, so that
//! a slow domain costs neither memory nor a look at all of its rows again and again.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use pulse_deliver::pace::{self, Pace};
use pulse_deliver::relay::{DomainSettings, Domains};
use pulse_store::{Claimed, Level, Store, StoreError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many rows of one domain wait here.
const MOST_WAITING: usize = 200;
/// Nothing is put off for longer. The store takes what waits for more than a week for a clock's fault.
const LONGEST_MS: i64 = 5 * 24 * 3_600_000;
/// When to look again whether a domain has had enough of what it is getting.
const LOOK_AGAIN_MS: i64 = 50;
/// When to forget domains at which nothing happens.
const MOST_DOMAINS: usize = 4_096;

/// A row whose turn it is. Its domain has room for it until it is dropped.
pub(super) struct Ready {
    pub(super) claimed: Claimed,
    _room: Option<OwnedSemaphorePermit>,
}

/// What becomes of a row.
pub(super) enum Turn {
    Now(Ready),
    /// It waits here.
    Waits,
    /// It is to be claimed again at this moment.
    PutOff(Claimed, i64),
}

/// The rows of one send that wait for their domain.
pub(super) struct Turns<'a> {
    domains: &'a Domains,
    /// By when to look at them again, then in the order they came.
    waiting: BTreeMap<(i64, u64), Claimed>,
    count: u64,
    by_domain: HashMap<String, Domain>,
}

#[derive(Default)]
struct Domain {
    waiting: usize,
    /// When the last that was put off should have its turn.
    put_off_to: i64,
    room: Option<Arc<Semaphore>>,
}

impl<'a> Turns<'a> {
    pub(super) fn new(domains: &'a Domains) -> Self {
        Self { domains, waiting: BTreeMap::new(), count: 0, by_domain: HashMap::new() }
    }

    /// When to look again; `None` when nobody waits.
    pub(super) fn next_at(&self) -> Option<i64> {
        self.waiting.first_key_value().map(|((at, _), _)| *at)
    }

    /// Rows whose time has come.
    pub(super) fn due(&mut self, now: i64) -> Vec<Claimed> {
        if self.waiting.is_empty() {
            return Vec::new();
        }
        let later = self.waiting.split_off(&(now.saturating_add(1), 0));
        let due: Vec<Claimed> = std::mem::replace(&mut self.waiting, later).into_values().collect();
        for row in &due {
            if let Some(domain) = self.by_domain.get_mut(row.address.domain()) {
                domain.waiting = domain.waiting.saturating_sub(1);
            }
        }
        due
    }

    /// Asks whether a row may be sent now.
    pub(super) async fn ask(&mut self, store: &Store, row: Claimed, now: i64) -> Result<Turn, StoreError> {
        let Some(rule) = self.domains.of(row.address.domain()) else { return Ok(Turn::Now(Ready { claimed: row, _room: None })) };
        self.forget(now);
        let name = row.address.domain().to_owned();
        let domain = self.by_domain.entry(name.clone()).or_default();
        let room = match rule.connections {
            None => None,
            Some(most) => {
                let room = domain.room.get_or_insert_with(|| Arc::new(Semaphore::new(most as usize)));
                match room.clone().try_acquire_owned() {
                    Ok(room) => Some(room),
                    Err(_) => return Ok(self.wait(rule, row, now, LOOK_AGAIN_MS)),
                }
            }
        };
        if let Some(pace) = &rule.pace
            && let Some(wait_ms) = take(store, &format!("domain {name}"), pace, now).await?
        {
            return Ok(self.wait(rule, row, now, wait_ms));
        }
        Ok(Turn::Now(Ready { claimed: row, _room: room }))
    }

    fn wait(&mut self, rule: &DomainSettings, row: Claimed, now: i64, wait_ms: i64) -> Turn {
        let domain = self.by_domain.entry(row.address.domain().to_owned()).or_default();
        if domain.waiting < MOST_WAITING {
            domain.waiting += 1;
            self.count += 1;
            self.waiting.insert((now.saturating_add(wait_ms), self.count), row);
            return Turn::Waits;
        }
        // Behind those that wait here, and behind those that were put off before.
        let step_ms = rule.pace.map_or(LOOK_AGAIN_MS as f64, |pace| 1_000.0 / pace.per_second);
        let behind_waiting = now.saturating_add((step_ms * MOST_WAITING as f64) as i64);
        let at = (domain.put_off_to.max(behind_waiting) as f64 + step_ms).ceil() as i64;
        domain.put_off_to = at.min(now.saturating_add(LONGEST_MS));
        Turn::PutOff(row, domain.put_off_to)
    }

    fn forget(&mut self, now: i64) {
        if self.by_domain.len() > MOST_DOMAINS {
            let is_idle = |room: &Arc<Semaphore>| Arc::strong_count(room) == 1;
            self.by_domain.retain(|_, domain| domain.waiting > 0 || domain.put_off_to > now || !domain.room.as_ref().is_none_or(is_idle));
        }
    }
}

/// Takes a token from a bucket that all nodes share; or says for how many milliseconds to wait.
async fn take(store: &Store, bucket: &str, pace: &Pace, now: i64) -> Result<Option<i64>, StoreError> {
    let mut wait = None;
    change(store, bucket, pace, now, &mut |level| wait = pace.take(level, now).err()).await?;
    Ok(wait.map(|wait| i64::try_from(wait.ms).unwrap_or(i64::MAX)))
}

/// Has a token of a bucket promised that all nodes share; in how many milliseconds it is there.
pub(super) async fn promised(store: &Store, bucket: &str, pace: &Pace, now: i64) -> Result<u64, StoreError> {
    let mut wait_ms = 0;
    change(store, bucket, pace, now, &mut |level| wait_ms = pace.promise(level, now)).await?;
    Ok(wait_ms)
}

async fn change(store: &Store, bucket: &str, pace: &Pace, now: i64, how: &mut (dyn FnMut(&mut pace::Level) + Send)) -> Result<(), StoreError> {
    let full = pace.full(now);
    let mut change = |_: usize, kept: &mut Level| {
        let mut level = pace::Level { tokens: kept.tokens, at: kept.at };
        how(&mut level);
        *kept = Level { tokens: level.tokens, at: level.at };
    };
    store.change_levels(&[bucket], Level { tokens: full.tokens, at: full.at }, &mut change).await
}

#[cfg(test)]
mod tests {
    use pulse_model::EmailAddress;
    use pulse_store::{DeliveryId, SubscriberId};

    use super::*;

    fn row(number: u128, domain: &str) -> Claimed {
        let address = EmailAddress::parse(&format!("reader{number}@{domain}")).unwrap();
        let (id, subscriber) = (DeliveryId(uuid::Uuid::from_u128(number)), SubscriberId(uuid::Uuid::from_u128(number)));
        Claimed { id, subscriber, address, name: String::new(), cut: 1, attempt_count: 0, first_tried_at: None }
    }

    fn domains(pace: Option<Pace>, connections: Option<u32>) -> Domains {
        Domains::new(&[DomainSettings { domain: "slow.example".into(), pace, connections }]).unwrap()
    }

    async fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("pulse.db").to_str().unwrap()).await.unwrap();
        (folder, store)
    }

    #[tokio::test]
    async fn others_overtake_those_of_a_slow_domain() {
        let (_folder, store) = store().await;
        let domains = domains(Some(Pace::per_second(10.0)), None);
        let mut turns = Turns::new(&domains);
        assert!(matches!(turns.ask(&store, row(1, "slow.example"), 0).await.unwrap(), Turn::Now(_)));
        assert!(matches!(turns.ask(&store, row(2, "slow.example"), 0).await.unwrap(), Turn::Waits));
        assert!(matches!(turns.ask(&store, row(3, "quick.example"), 0).await.unwrap(), Turn::Now(_)));
        let at = turns.next_at().unwrap();
        assert_eq!(turns.due(at - 1), []);
        let [waited] = &turns.due(at)[..] else { panic!("nobody waited") };
        assert_eq!((waited, turns.next_at()), (&row(2, "slow.example"), None));
        assert!(matches!(turns.ask(&store, waited.clone(), at).await.unwrap(), Turn::Now(_)));
    }

    #[tokio::test]
    async fn what_would_wait_long_is_put_off_one_behind_the_other() {
        let (_folder, store) = store().await;
        let domains = domains(Some(Pace::per_second(10.0)), None);
        let mut turns = Turns::new(&domains);
        let mut put_off = Vec::new();
        for number in 0..MOST_WAITING as u128 + 4 {
            if let Turn::PutOff(_, at) = turns.ask(&store, row(number, "slow.example"), 0).await.unwrap() {
                put_off.push(at);
            }
        }
        // Twenty seconds' worth waits here.
        assert_eq!(put_off, [20_100, 20_200, 20_300]);
    }

    #[tokio::test]
    async fn no_more_are_on_their_way_than_may_be() {
        let (_folder, store) = store().await;
        let domains = domains(None, Some(2));
        let mut turns = Turns::new(&domains);
        let mut ready = Vec::new();
        for number in 0..3 {
            if let Turn::Now(row) = turns.ask(&store, row(number, "slow.example"), 0).await.unwrap() {
                ready.push(row);
            }
        }
        assert_eq!(ready.len(), 2);
        ready.pop();
        let waited = turns.due(LOOK_AGAIN_MS).remove(0);
        assert!(matches!(turns.ask(&store, waited, LOOK_AGAIN_MS).await.unwrap(), Turn::Now(_)));
    }
}
