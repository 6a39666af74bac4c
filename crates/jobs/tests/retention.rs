//! What has been kept long enough is cleared with the suppression list in place, and the audit log says so.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use pulse_jobs::post::Keys;
use pulse_jobs::retention::{Counts, Periods, What, run};
use pulse_model::subscriber::{Basis, ConsentEvent, Frequency, Sectors, State, Step, SuppressionReason};
use pulse_model::{Digest, EmailAddress, Slug, Subscriber};
use pulse_store::{Added, Clearing, Known, NewReader, Refusal, Store};
use tempfile::TempDir;

const NOW: i64 = 1_790_000_000_000;
const DAY: i64 = 24 * 60 * 60 * 1000;

struct Desk {
    store: Store,
    keys: Keys,
    digest: Digest,
    _folder: TempDir,
}

impl Desk {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("pulse.db").to_str().unwrap()).await.unwrap();
        let digest = Digest::named(Slug::from_words("Lantern"), "Lantern");
        store.put_digest(&digest, NOW).await.unwrap();
        Self { store, keys: Keys::open(&folder.path().join("keys"), NOW).unwrap(), digest, _folder: folder }
    }

    fn reader(&self, name: &str, step: Step, at: i64) -> NewReader {
        let address: EmailAddress = format!("{name}@reader.example").parse().unwrap();
        NewReader {
            suppression: self.keys.suppression_hash(&address),
            subscriber: Subscriber { address, name: name.to_owned(), language: String::new() },
            sectors: Sectors::All,
            frequency: Frequency::EveryEdition,
            event: ConsentEvent { at, step, basis: Some(Basis::Consent), source: "a form".into(), wording: None, reason: String::new() },
        }
    }

    async fn add(&self, name: &str, step: Step, at: i64) -> Added {
        self.store.add_readers(&self.digest.slug, &[self.reader(name, step, at)], Known::Keep, at).await.unwrap().remove(0)
    }

    /// Somebody who subscribed and left three years before `NOW`.
    async fn add_left(&self, name: &str) {
        let at = NOW - 3 * 365 * DAY;
        self.add(name, Step::Confirm, at).await;
        let id = self.store.subscriber_by_key(&format!("{name}@reader.example")).await.unwrap().unwrap();
        let left = ConsentEvent { at: at + 1, basis: None, step: Step::Leave, ..self.reader(name, Step::Leave, at).event };
        self.store.step_subscription(id, &self.digest.slug, &left, at + 1).await.unwrap();
    }

    async fn run(&self, periods: &Periods, clearing: Clearing) -> Counts {
        run(&self.store, &self.keys, periods, "Ada Okafor", clearing, NOW).await.unwrap()
    }
}

#[tokio::test]
async fn what_is_over_goes_and_what_is_not_stays() {
    let desk = Desk::open().await;
    for number in 0..250 {
        desk.add_left(&format!("left-{number}")).await;
    }
    desk.add("never", Step::Subscribe, NOW - 31 * DAY).await;
    desk.add("not-yet", Step::Subscribe, NOW - 29 * DAY).await;
    desk.add("reads", Step::Confirm, NOW - 900 * DAY).await;

    let expected = Counts::from([(What::Unconfirmed, 1), (What::Left, 250)]);
    assert_eq!(desk.run(&Periods::default(), Clearing::Count).await, expected);
    assert_eq!(desk.store.count_readers(&desk.digest.slug).await.unwrap(), [(State::Unconfirmed, 2), (State::Active, 1), (State::Left, 250)]);
    assert!(desk.store.audit(None, None, 10).await.unwrap().is_empty(), "counting is no act");

    assert_eq!(desk.run(&Periods::default(), Clearing::Clear).await, expected);
    assert_eq!(desk.store.count_readers(&desk.digest.slug).await.unwrap(), [(State::Unconfirmed, 1), (State::Active, 1)]);
    let mut said: Vec<String> = desk.store.audit(Some("retention"), None, 10).await.unwrap().into_iter().map(|line| line.detail).collect();
    // Of one moment; which line is the newer one is not known.
    said.sort();
    assert_eq!(said, ["1 subscriptions nobody confirmed, after 30 days", "250 readers who left, complained or cannot be reached, after 730 days"]);
    assert_eq!(desk.run(&Periods::default(), Clearing::Clear).await, Counts::new(), "there is nothing left to clear");
}

#[tokio::test]
async fn who_left_and_was_forgotten_comes_back_by_consent_alone() {
    let desk = Desk::open().await;
    desk.add_left("ada").await;
    desk.run(&Periods::default(), Clearing::Clear).await;
    let lines = desk.store.suppressions(None, 10).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.suppression.reason).collect::<Vec<_>>(), [SuppressionReason::Left]);
    // An old list still has her.
    assert_eq!(desk.add("ada", Step::Confirm, NOW - 1_500 * DAY).await, Added::Refused(Refusal::Ended(State::Left)));
    assert!(matches!(desk.add("ada", Step::Subscribe, NOW + DAY).await, Added::Added(_)));
}

#[tokio::test]
async fn periods_that_are_too_short_clear_nothing() {
    let desk = Desk::open().await;
    desk.add_left("ada").await;
    let short = Periods { delivery_days: 29, ..Periods::default() };
    let error = run(&desk.store, &desk.keys, &short, "Ada Okafor", Clearing::Clear, NOW).await.unwrap_err();
    assert_eq!(error.to_string(), "the settings of retention are not good");
    assert_eq!(desk.store.count_readers(&desk.digest.slug).await.unwrap(), [(State::Left, 1)]);
}
