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

/// How many rows of one domain wait here at the most.
const MOST_WAITING: usize = 200;
/// How much of a domain's pace waits here at the most, in seconds: tokens that were promised go unused when the program stops.
const LONGEST_HERE_S: f64 = 20.0;
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
    waiting: BTreeMap<(i64, u64), Waiting>,
    count: u64,
    by_domain: HashMap<String, Domain>,
}

/// A row that waits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    claimed: Claimed,
    /// Its token of the domain's pace is there, and only room is missing.
    has_token: bool,
}

impl From<Claimed> for Waiting {
    /// A row nobody has asked about.
    fn from(claimed: Claimed) -> Self {
        Self { claimed, has_token: false }
    }
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
    pub(super) fn due(&mut self, now: i64) -> Vec<Waiting> {
        if self.waiting.is_empty() {
            return Vec::new();
        }
        let later = self.waiting.split_off(&(now.saturating_add(1), 0));
        let due: Vec<Waiting> = std::mem::replace(&mut self.waiting, later).into_values().collect();
        for row in &due {
            if let Some(domain) = self.by_domain.get_mut(row.claimed.address.domain()) {
                domain.waiting = domain.waiting.saturating_sub(1);
            }
        }
        due
    }

    /// Asks whether a row may be sent now.
    pub(super) async fn ask(&mut self, store: &Store, row: Waiting, now: i64) -> Result<Turn, StoreError> {
        let Waiting { claimed, has_token } = row;
        let Some(rule) = self.domains.of(claimed.address.domain()) else { return Ok(Turn::Now(Ready { claimed, _room: None })) };
        self.forget(now);
        let name = claimed.address.domain().to_owned();
        let domain = self.by_domain.entry(name.clone()).or_default();
        if !has_token && domain.waiting >= most_waiting(rule) {
            return Ok(Turn::PutOff(claimed, domain.put_off(rule, now)));
        }
        // Each is promised its own token and asks no more, however many wait.
        if !has_token && let Some(pace) = &rule.pace {
            let wait_ms = promised(store, &format!("domain {name}"), pace, now).await?;
            if wait_ms > 0 {
                return Ok(self.wait(claimed, now, i64::try_from(wait_ms).unwrap_or(LONGEST_MS)));
            }
        }
        let Some(most) = rule.connections else { return Ok(Turn::Now(Ready { claimed, _room: None })) };
        let room = domain.room.get_or_insert_with(|| Arc::new(Semaphore::new(most as usize)));
        match room.clone().try_acquire_owned() {
            Ok(room) => Ok(Turn::Now(Ready { claimed, _room: Some(room) })),
            Err(_) => Ok(self.wait(claimed, now, LOOK_AGAIN_MS)),
        }
    }

    fn wait(&mut self, claimed: Claimed, now: i64, wait_ms: i64) -> Turn {
        self.by_domain.entry(claimed.address.domain().to_owned()).or_default().waiting += 1;
        self.count += 1;
        self.waiting.insert((now.saturating_add(wait_ms), self.count), Waiting { claimed, has_token: true });
        Turn::Waits
    }

    fn forget(&mut self, now: i64) {
        if self.by_domain.len() > MOST_DOMAINS {
            let is_idle = |room: &Arc<Semaphore>| Arc::strong_count(room) == 1;
            self.by_domain.retain(|_, domain| domain.waiting > 0 || domain.put_off_to > now || !domain.room.as_ref().is_none_or(is_idle));
        }
    }
}

impl Domain {
    /// When the next that is put off has its turn: behind those that wait here, and behind those that were put off before.
    fn put_off(&mut self, rule: &DomainSettings, now: i64) -> i64 {
        let step_ms = rule.pace.map_or(LOOK_AGAIN_MS as f64, |pace| 1_000.0 / pace.per_second);
        let behind_waiting = now.saturating_add((step_ms * most_waiting(rule) as f64) as i64);
        let at = (self.put_off_to.max(behind_waiting) as f64 + step_ms).ceil() as i64;
        self.put_off_to = at.min(now.saturating_add(LONGEST_MS));
        self.put_off_to
    }
}

fn most_waiting(rule: &DomainSettings) -> usize {
    rule.pace.map_or(MOST_WAITING, |pace| ((pace.per_second * LONGEST_HERE_S) as usize).clamp(1, MOST_WAITING))
}

/// Has a token of a bucket promised that all nodes share; in how many milliseconds it is there.
pub(super) async fn promised(store: &Store, bucket: &str, pace: &Pace, now: i64) -> Result<u64, StoreError> {
    let mut wait_ms = 0;
    let full = pace.full(now);
    let mut change = |_: usize, kept: &mut Level| {
        let mut level = pace::Level { tokens: kept.tokens, at: kept.at };
        wait_ms = pace.promise(&mut level, now);
        *kept = Level { tokens: level.tokens, at: level.at };
    };
    store.change_levels(&[bucket], Level { tokens: full.tokens, at: full.at }, &mut change).await?;
    Ok(wait_ms)
}

#[cfg(test)]
mod tests {
    use pulse_model::EmailAddress;
    use pulse_store::{DeliveryId, SubscriberId};

    use super::*;

    fn row(number: u128, domain: &str) -> Waiting {
        let address = EmailAddress::parse(&format!("reader{number}@{domain}")).unwrap();
        let (id, subscriber) = (DeliveryId(uuid::Uuid::from_u128(number)), SubscriberId(uuid::Uuid::from_u128(number)));
        Claimed { id, subscriber, address, name: String::new(), cut: 1, attempt_count: 0, first_tried_at: None }.into()
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
        let waited = turns.due(at).remove(0);
        assert_eq!((&waited.claimed, turns.next_at()), (&row(2, "slow.example").claimed, None));
        assert!(matches!(turns.ask(&store, waited, at).await.unwrap(), Turn::Now(_)));
    }

    /// Those that wait come back one by one, and none asks the database again.
    #[tokio::test]
    async fn each_that_waits_has_a_token_of_its_own() {
        let (_folder, store) = store().await;
        let domains = domains(Some(Pace::per_second(10.0)), None);
        let mut turns = Turns::new(&domains);
        for number in 0..20 {
            turns.ask(&store, row(number, "slow.example"), 0).await.unwrap();
        }
        store.close().await;
        let (mut now, mut left) = (0, 0);
        while let Some(at) = turns.next_at() {
            assert!(at >= now + 100 || left == 0, "{at} after {now}");
            now = at;
            let due = turns.due(now);
            assert_eq!(due.len(), 1);
            for row in due {
                assert!(matches!(turns.ask(&store, row, now).await.unwrap(), Turn::Now(_)));
                left += 1;
            }
        }
        assert_eq!(left, 19);
    }

    #[tokio::test]
    async fn what_would_wait_long_is_put_off_one_behind_the_other() {
        let (_folder, store) = store().await;
        let domains = domains(Some(Pace::per_second(10.0)), None);
        let mut turns = Turns::new(&domains);
        let mut put_off = Vec::new();
        // One goes, and so many wait.
        for number in 0..1 + MOST_WAITING as u128 + 3 {
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
