//! Tests of an edition and seeds of a send arrive, and count for nothing; and messages come from a new address once it is announced.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::sync::Arc;

use pulse_access::TlsPolicy;
use pulse_deliver::relay::RelaySettings;
use pulse_jobs::JobError;
use pulse_jobs::post::{Post, PostSettings};
use pulse_jobs::reader;
use pulse_jobs::send::{Ending, Node, Trial, Worker, prepare, run, trial};
use pulse_jobs::sender::{NewAddress, NewAddressError, announce};
use pulse_model::delivery::DeliveryStatus;
use pulse_model::life::Step as LifeStep;
use pulse_model::subscriber::{Basis, ConsentEvent, Frequency, Sectors, Step, SuppressionReason};
use pulse_model::{Digest, EditionKey, EmailAddress, Subscriber};
use pulse_store::{Conflict, Known, NewReader, NewSuppression, SendId, Source, Store};
use pulse_testkit::smtp_server::{Script, SmtpServer};
use pulse_testkit::store_story;
use tokio::sync::watch;

const START: i64 = 1_790_000_000_000;

struct Newsroom {
    folder: tempfile::TempDir,
    store: Store,
    digest: Digest,
    key: EditionKey,
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

impl Newsroom {
    /// With an edition that is a draft, and seeds.
    async fn open(seeds: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("pulse.db").to_str().unwrap()).await.unwrap();
        let mut digest = store_story::digest();
        digest.sender.address = Some(address("tidemark@skerrow.example"));
        digest.sender.seeds = seeds.iter().map(|seed| address(seed)).collect();
        let key: EditionKey = "2026-05".parse().unwrap();
        store.put_digest(&digest, START).await.unwrap();
        store.save_edition(&store_story::edition(&digest, key), &Source::default(), Conflict::Refuse, START).await.unwrap();
        Self { folder, store, digest, key }
    }

    fn post(&self, port: u16) -> Post {
        let relay = RelaySettings { port: Some(port), tls: TlsPolicy::Off, ..RelaySettings::at("127.0.0.1") };
        let settings = PostSettings { relays: vec![relay], ..PostSettings::default() };
        Post::open(&settings, &self.folder.path().join("keys"), &self.folder.path().join("outbox"), START).unwrap()
    }

    async fn worker(&self, port: u16) -> Worker {
        let node = Arc::new(Node::begin(&self.store, self.folder.path(), "", START).await.unwrap());
        Worker { store: self.store.clone(), post: Arc::new(self.post(port)), site: site(), clock: Arc::new(|| START), node }
    }

    async fn read_by(&self, post: &Post, text: &str, sectors: Sectors) {
        let event = ConsentEvent { at: START, step: Step::Confirm, basis: Some(Basis::Consent), source: "a form".into(), wording: None, reason: String::new() };
        let reader = NewReader {
            suppression: post.keys.suppression_hash(&address(text)),
            subscriber: Subscriber { address: address(text), name: String::new(), language: String::new() },
            sectors,
            frequency: Frequency::EveryEdition,
            event,
        };
        self.store.add_readers(&self.digest.slug, &[reader], Known::Keep, START).await.unwrap();
    }

    async fn released(&self, worker: &Worker) -> SendId {
        let id = self.store.edition(&self.digest.slug, self.key).await.unwrap().unwrap().id;
        for step in [LifeStep::Submit, LifeStep::SignOff] {
            self.store.step(id, step, "Ada Lorne", "", START).await.unwrap();
        }
        let send = prepare(&self.store, &worker.post, &worker.site, &self.digest, self.key, "Ada Lorne", START).await.unwrap().id;
        self.store.release_send(send, START, "Bo Tarn", START).await.unwrap();
        send
    }

    fn trial<'a>(&'a self, to: &'a [EmailAddress], choices: &'a [Vec<String>]) -> Trial<'a> {
        Trial { digest: &self.digest, key: self.key, to, choices }
    }
}

fn site() -> pulse_jobs::Site {
    "https://digest.skerrow.example".parse().unwrap()
}

fn to(server: &SmtpServer) -> Vec<String> {
    let mut to: Vec<String> =
        server.messages().iter().map(|message| message.rcpt[0].split_once('<').unwrap().1.split_once('>').unwrap().0.to_owned()).collect();
    to.sort();
    to
}

/// A header of a message, unfolded.
fn header(bytes: &[u8], name: &str) -> String {
    let text = String::from_utf8_lossy(bytes).replace("\r\n ", " ").replace("\r\n\t", " ");
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")).map(str::to_owned));
    line.expect(name)
}

#[tokio::test]
async fn a_draft_goes_to_named_people_and_leaves_no_trace() {
    let newsroom = Newsroom::open(&[]).await;
    let server = SmtpServer::start(Script::default()).await.unwrap();
    let post = newsroom.post(server.port());
    let people = [address("ada@skerrow.example"), address("bo@skerrow.example")];
    let choices = [vec![], vec!["criminal justice".to_owned()], vec!["Adult services".to_owned(), "Criminal justice".to_owned()]];
    let tried = trial(&newsroom.store, &post, &site(), newsroom.trial(&people, &choices), START).await.unwrap();
    assert!(tried.iter().all(|one| one.is_sent), "{tried:?}");
    let sectors: Vec<usize> = tried.iter().map(|one| one.sectors.len()).collect();
    assert_eq!(sectors, [0, 1, 2, 0, 1, 2]);
    assert!(server.closed().await);
    assert_eq!(to(&server).len(), 6);
    for message in server.messages() {
        assert_eq!(header(&message.bytes, "Subject"), "[Test] Tidemark, May 2026");
        assert_eq!(header(&message.bytes, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    }
    assert_eq!(newsroom.store.sends(None).await.unwrap(), []);
    assert_eq!(newsroom.store.readers(&newsroom.digest.slug, None, None, 10).await.unwrap(), []);
    // Leaving with such a link is answered as for anybody, and changes nothing.
    let unsubscribe = header(&server.messages()[0].bytes, "List-Unsubscribe");
    let token = unsubscribe.split_once("/leave/").unwrap().1.split_once('>').unwrap().0.to_owned();
    let before = newsroom.store.audit(None, None, 100).await.unwrap();
    assert!(reader::leaving(&newsroom.store, &post.keys, &token, START).await.unwrap().is_some());
    assert!(reader::leave(&newsroom.store, &post.keys, &site(), &token, START).await.unwrap().is_some());
    assert_eq!(newsroom.store.audit(None, None, 100).await.unwrap(), before);
}

#[tokio::test]
async fn what_is_refused_is_said() {
    let newsroom = Newsroom::open(&[]).await;
    let server = SmtpServer::start(Script::parse("RCPT gone@: 550 5.1.1 nobody of that name\n").unwrap()).await.unwrap();
    let post = newsroom.post(server.port());
    let people = [address("gone@skerrow.example"), address("bo@skerrow.example")];
    let tried = trial(&newsroom.store, &post, &site(), newsroom.trial(&people, &[]), START).await.unwrap();
    assert_eq!((tried[0].is_sent, tried[0].reply.code), (false, Some(550)));
    assert!(tried[1].is_sent, "one refusal keeps nobody else from it");

    let unknown = [vec!["Fisheries".to_owned()]];
    let error = trial(&newsroom.store, &post, &site(), newsroom.trial(&people, &unknown), START).await.unwrap_err();
    assert_eq!(error.to_string(), "the edition has no sector \u{201c}Fisheries\u{201d}; it has Adult social care and health, Criminal justice");
    let suppression = NewSuppression { hash: post.keys.suppression_hash(&people[1]), digest: None, reason: SuppressionReason::ByHand, note: "asked".into() };
    newsroom.store.add_suppression(&suppression, START).await.unwrap();
    let error = trial(&newsroom.store, &post, &site(), newsroom.trial(&people, &[]), START).await.unwrap_err();
    assert!(matches!(error, JobError::Suppressed { .. }));
    assert_eq!(server.message_count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn seeds_get_the_largest_cut_once_and_count_for_nothing() {
    let newsroom = Newsroom::open(&["one@seeds.test", "busy@seeds.test", "gone@seeds.test"]).await;
    let script = "RCPT busy@ #1: 451 4.7.1 later\nRCPT gone@: 550 5.1.1 nobody\n";
    let server = SmtpServer::start(Script::parse(script).unwrap()).await.unwrap();
    let worker = newsroom.worker(server.port()).await;
    newsroom.read_by(&worker.post, "ada@quay.test", Sectors::All).await;
    newsroom.read_by(&worker.post, "bo@quay.test", Sectors::All).await;
    newsroom.read_by(&worker.post, "cleo@quay.test", Sectors::Only(vec!["Criminal justice".into()])).await;
    let send = newsroom.released(&worker).await;
    let halted = watch::channel(true).1;
    assert_eq!(run(&worker, send, halted).await.unwrap(), Ending::Halted);
    assert_eq!(server.message_count(), 0, "a node that is to stop begins nothing");
    assert_eq!(run(&worker, send, watch::channel(false).1).await.unwrap(), Ending::Finished);
    assert_eq!(to(&server), ["ada@quay.test", "bo@quay.test", "cleo@quay.test", "one@seeds.test"]);
    let report = newsroom.store.send_report(send, START).await.unwrap();
    assert_eq!((report.send.counts.candidates, report.send.counts.recipients), (3, 3));
    assert!(report.statuses.iter().all(|(status, number)| *number == if *status == DeliveryStatus::Sent { 3 } else { 0 }), "{:?}", report.statuses);
    let bytes = |who: &str| server.messages().into_iter().find(|message| message.rcpt[0].contains(who)).unwrap().bytes;
    let entries = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).matches("Who waits").count();
    assert!(entries(bytes("one@seeds")) == entries(bytes("ada@quay")));
    assert_eq!(header(&bytes("one@seeds"), "Subject"), "Tidemark, May 2026");
    // What could not be told the first time waits; the others never go again.
    let waiting = newsroom.store.add_seeds(send, &newsroom.digest.sender.seeds, START).await.unwrap();
    assert_eq!(waiting.iter().map(|seed| seed.address.as_str()).collect::<Vec<_>>(), ["busy@seeds.test"]);
}

/// When nobody has begun the edition of May yet: 1 April 2026.
const APRIL: i64 = 1_775_001_600_000;

fn new_address(from: &str) -> NewAddress {
    NewAddress { address: address("tidemark@post.skerrow.example"), return_domain: "bounce.post.skerrow.example".into(), from: from.parse().unwrap() }
}

/// What each message has in From, List-Id and its envelope, and whether it tells of a new address.
async fn sent_with(change: NewAddress) -> (String, String, String, bool) {
    let newsroom = Newsroom::open(&[]).await;
    let server = SmtpServer::start(Script::default()).await.unwrap();
    let worker = newsroom.worker(server.port()).await;
    announce(&newsroom.store, &newsroom.digest, change, "Ada Lorne", APRIL).await.unwrap();
    newsroom.read_by(&worker.post, "ada@quay.test", Sectors::All).await;
    let tried = trial(&newsroom.store, &worker.post, &site(), newsroom.trial(&[address("bo@quay.test")], &[]), START).await.unwrap();
    assert!(tried[0].is_sent);
    let send = newsroom.released(&worker).await;
    assert_eq!(run(&worker, send, watch::channel(false).1).await.unwrap(), Ending::Finished);
    let [test, message] = server.messages().try_into().unwrap();
    let seen = |message: &pulse_testkit::smtp_server::Received| {
        let text = String::from_utf8_lossy(&message.bytes).replace("=\r\n", "");
        let back = message.mail.split_once('@').unwrap().1.split_once('>').unwrap().0.to_owned();
        let told = text.matches("comes from a new address").count();
        assert!(told == 0 || told == 2, "in both parts or in none");
        (header(&message.bytes, "From"), header(&message.bytes, "List-Id"), back, told == 2)
    };
    assert_eq!(seen(&test), seen(&message), "a test shows what readers will get");
    seen(&message)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_edition_before_tells_of_the_new_address() {
    let (from, list, back, is_told) = sent_with(new_address("2026-06")).await;
    assert!(from.contains("<tidemark@skerrow.example>") && list.contains("<tidemark.skerrow.example>"), "{from}, {list}");
    assert_eq!((back.as_str(), is_told), ("skerrow.example", true));
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_month_on_messages_come_from_the_new_address_and_the_list_stays() {
    let (from, list, back, is_told) = sent_with(new_address("2026-05")).await;
    assert!(from.contains("<tidemark@post.skerrow.example>") && list.contains("<tidemark.skerrow.example>"), "{from}, {list}");
    assert_eq!((back.as_str(), is_told), ("bounce.post.skerrow.example", false));
}

#[tokio::test]
async fn a_change_that_makes_no_sense_is_refused() {
    let newsroom = Newsroom::open(&[]).await;
    let announced = async |change| announce(&newsroom.store, &newsroom.digest, change, "Ada Lorne", APRIL).await;
    let refused = async |change| match announced(change).await.unwrap_err() {
        JobError::NewAddress(error) => error,
        other => panic!("{other}"),
    };
    assert_eq!(refused(new_address("2026-03")).await, NewAddressError::Past { from: "2026-03".parse().unwrap() });
    let same = NewAddress { address: address("tidemark@skerrow.example"), ..new_address("2026-06") };
    assert!(matches!(refused(same).await, NewAddressError::Same { .. }));
    announced(new_address("2026-06")).await.unwrap();
    assert!(matches!(refused(new_address("2026-07")).await, NewAddressError::Pending { .. }));
}

/// The list keeps its name through a second move, also when nobody wrote it into the file.
#[tokio::test]
async fn a_second_move_keeps_the_list() {
    let newsroom = Newsroom::open(&[]).await;
    announce(&newsroom.store, &newsroom.digest, new_address("2026-06"), "Ada Lorne", APRIL).await.unwrap();
    let mut digest = newsroom.digest.clone();
    digest.sender.address = Some(address("tidemark@post.skerrow.example"));
    newsroom.store.put_digest(&digest, START).await.unwrap();
    let next = NewAddress { address: address("tidemark@mail.skerrow.example"), return_domain: String::new(), from: "2027-01".parse().unwrap() };
    let change = announce(&newsroom.store, &digest, next, "Ada Lorne", START).await.unwrap();
    assert_eq!((change.list_domain.as_str(), change.old_address.as_str()), ("skerrow.example", "tidemark@post.skerrow.example"));
}

/// A machine that died with one seed under way, and another that was killed before it began with any.
#[tokio::test(flavor = "multi_thread")]
async fn a_seed_that_may_have_gone_never_goes_again() {
    let newsroom = Newsroom::open(&["one@seeds.test", "two@seeds.test"]).await;
    let server = SmtpServer::start(Script::default()).await.unwrap();
    let worker = newsroom.worker(server.port()).await;
    newsroom.read_by(&worker.post, "ada@quay.test", Sectors::All).await;
    let send = newsroom.released(&worker).await;
    let rows = newsroom.store.add_seeds(send, &newsroom.digest.sender.seeds, START).await.unwrap();
    assert!(newsroom.store.mark_seed(rows[0].id, START).await.unwrap());
    assert_eq!(run(&worker, send, watch::channel(false).1).await.unwrap(), Ending::Finished);
    assert_eq!(run(&worker, send, watch::channel(false).1).await.unwrap(), Ending::Finished);
    assert_eq!(to(&server), ["ada@quay.test", "two@seeds.test"]);
}

/// Seeds come first, and must not keep readers waiting.
#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_fails_with_seeds_is_left_at_once() {
    let newsroom = Newsroom::open(&["one@seeds.test", "two@seeds.test", "three@seeds.test"]).await;
    let server = SmtpServer::start(Script::parse("MAIL #1: 421 4.3.2 shutting down, then close\n").unwrap()).await.unwrap();
    let worker = newsroom.worker(server.port()).await;
    newsroom.read_by(&worker.post, "ada@quay.test", Sectors::All).await;
    let send = newsroom.released(&worker).await;
    assert_eq!(run(&worker, send, watch::channel(false).1).await.unwrap(), Ending::Finished);
    assert_eq!(to(&server), ["ada@quay.test"]);
    let waiting = newsroom.store.add_seeds(send, &newsroom.digest.sender.seeds, START).await.unwrap();
    assert_eq!(waiting.len(), 3);
}
