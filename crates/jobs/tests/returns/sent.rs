//! An edition that went out to some readers, and what their mail servers send back.

use std::path::Path;
use std::sync::Arc;

use pulse_deliver::token::Mailbox;
use pulse_jobs::intake::Desk;
use pulse_jobs::post::{Post, PostSettings};
use pulse_jobs::send::prepare;
use pulse_model::ids::DeliveryId;
use pulse_model::life::Step as LifeStep;
use pulse_model::subscriber::{Basis, ConsentEvent, Frequency, Sectors, State, Step};
use pulse_model::{Digest, EditionKey, EmailAddress, Subscriber};
use pulse_store::{Bounce, Conflict, DeliveryFilter, DeliveryRow, End, Known, Lease, NewReader, Outcome, Reply, SendId, Source, Store};
use pulse_testkit::store_story;

pub(crate) const START: i64 = 1_790_000_000_000;
pub(crate) const HOUR: i64 = 3_600_000;
const PAGE: u32 = 1_000;

/// A newsroom whose May edition has been sent.
pub(crate) struct Newsroom {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) store: Store,
    pub(crate) post: Arc<Post>,
    pub(crate) digest: Digest,
    pub(crate) send: SendId,
    /// In the order of their ids.
    pub(crate) rows: Vec<DeliveryRow>,
}

impl Newsroom {
    /// With so many readers, `reader0@quay.test` and on.
    pub(crate) async fn with_readers(count: usize) -> Self {
        let addresses: Vec<String> = (0..count).map(|number| format!("reader{number}@quay.test")).collect();
        let mut newsroom = Self::before_sending(&addresses, "digest.test", &PostSettings::default()).await;
        newsroom.begin("2026-05", START).await;
        newsroom.taken(START).await;
        newsroom
    }

    /// Nothing has been sent yet.
    pub(crate) async fn before_sending(addresses: &[String], return_domain: &str, settings: &PostSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("pulse.db").to_str().unwrap()).await.unwrap();
        let mut digest = store_story::digest();
        digest.sender.address = Some(EmailAddress::parse("tidemark@digest.test").unwrap());
        digest.sender.return_domain = return_domain.to_owned();
        store.put_digest(&digest, START).await.unwrap();
        let post = Post::open(settings, &folder.path().join("keys"), &folder.path().join("outbox"), START).unwrap();
        for addresses in addresses.chunks(500) {
            let readers: Vec<NewReader> = addresses.iter().map(|address| reader(&post, address)).collect();
            store.add_readers(&digest.slug, &readers, Known::Keep, START).await.unwrap();
        }
        Self { folder, store, post: Arc::new(post), digest, send: SendId(Default::default()), rows: Vec::new() }
    }

    /// Prepares and releases an edition.
    pub(crate) async fn release(&mut self, key: &str, now: i64) {
        let key: EditionKey = key.parse().unwrap();
        let saved = self.store.save_edition(&store_story::edition(&self.digest, key), &Source::default(), Conflict::Refuse, now).await.unwrap();
        for step in [LifeStep::Submit, LifeStep::SignOff] {
            self.store.step(saved.id(), step, "Ada Lorne", "", now).await.unwrap();
        }
        let site = "https://digest.example".parse().unwrap();
        let prepared = prepare(&self.store, &self.post, &site, &self.digest, key, "Ada Lorne", now).await.unwrap();
        self.send = prepared.id;
        self.store.release_send(self.send, now, "Bo Tarn", now).await.unwrap();
    }

    /// Releases an edition, and has every row `sending`.
    pub(crate) async fn begin(&mut self, key: &str, now: i64) {
        self.release(key, now).await;
        loop {
            let claimed = self.store.claim(self.send, lease(now), PAGE, now).await.unwrap();
            if claimed.is_empty() {
                break;
            }
            let marks: Vec<DeliveryId> = claimed.iter().map(|row| row.id).collect();
            self.store.record(lease(now), &marks, &[], now).await.unwrap();
        }
        self.look().await;
    }

    /// Looks up the rows of the send.
    pub(crate) async fn look(&mut self) {
        self.rows.clear();
        loop {
            let page = self.store.deliveries(self.send, &DeliveryFilter::default(), self.rows.last().map(|row| row.id), PAGE).await.unwrap();
            if page.is_empty() {
                break;
            }
            self.rows.extend(page);
        }
    }

    /// What the relay said to each row.
    pub(crate) async fn taken(&self, now: i64) {
        for rows in self.rows.chunks(PAGE as usize) {
            let results: Vec<Outcome> = rows.iter().map(|row| Outcome { id: row.id, end: End::Sent, reply: Reply::default() }).collect();
            self.store.record(lease(now), &[], &results, now).await.unwrap();
        }
    }

    pub(crate) fn desk(&self, now: i64) -> Desk {
        Desk { store: self.store.clone(), post: Arc::clone(&self.post), clock: Arc::new(move || now) }
    }

    pub(crate) fn return_path(&self, row: usize) -> String {
        self.address(Mailbox::Bounce, row)
    }

    pub(crate) fn address(&self, mailbox: Mailbox, row: usize) -> String {
        self.post.return_path("digest.test", mailbox, self.rows[row].id).unwrap().to_string()
    }

    /// A report about a row.
    pub(crate) fn report(&self, row: usize, action: &str, status: &str) -> String {
        report(&self.return_path(row), &self.rows[row].address, action, status)
    }

    pub(crate) async fn state(&self, row: usize) -> State {
        let reader = self.store.subscriber(self.rows[row].subscriber.unwrap()).await.unwrap().unwrap();
        reader.subscriptions[0].subscription.state
    }

    pub(crate) async fn step(&self, row: usize, step: Step, now: i64) {
        let event = ConsentEvent { at: now, step, basis: Some(Basis::Consent), source: "a form".into(), wording: None, reason: "test".into() };
        self.store.step_subscription(self.rows[row].subscriber.unwrap(), &self.digest.slug, &event, now).await.unwrap();
    }

    pub(crate) async fn bounces(&self) -> Vec<Bounce> {
        let mut all: Vec<Bounce> = Vec::new();
        loop {
            let page = self.store.bounces(all.last().map(|bounce| bounce.id), PAGE).await.unwrap();
            if page.is_empty() {
                return all;
            }
            all.extend(page);
        }
    }
}

fn lease(now: i64) -> Lease<'static> {
    Lease { node: "quay/1", until: now + HOUR }
}

fn reader(post: &Post, address: &str) -> NewReader {
    let address = EmailAddress::parse(address).unwrap();
    NewReader {
        suppression: post.keys.suppression_hash(&address),
        subscriber: Subscriber { address, name: String::new(), language: String::new() },
        sectors: Sectors::All,
        frequency: Frequency::EveryEdition,
        event: ConsentEvent {
            at: START - HOUR,
            step: Step::Confirm,
            basis: Some(Basis::Consent),
            source: "a form".into(),
            wording: None,
            reason: String::new(),
        },
    }
}

/// A delivery report, as RFC 3464 has it.
pub(crate) fn report(return_path: &str, address: &str, action: &str, status: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.quay.test (Mail Delivery System)\r\nTo: {return_path}\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"quay\"\r\n\r\n\
         --quay\r\nContent-Type: text/plain\r\n\r\nThis is the mail system at host mx.quay.test.\r\n\r\n\
         --quay\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.quay.test\r\n\r\n\
         Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--quay--\r\n"
    )
}

/// A folder that a mail server delivers to.
pub(crate) fn maildir(folder: &Path) -> std::path::PathBuf {
    let maildir = folder.join("bounces");
    for part in ["tmp", "new", "cur"] {
        std::fs::create_dir_all(maildir.join(part)).unwrap();
    }
    maildir
}
