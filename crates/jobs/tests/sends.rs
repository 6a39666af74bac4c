//! A send, from a signed-off edition to a mail server: everyone once, whatever breaks in between.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use pulse_access::TlsPolicy;
use pulse_deliver::pace::Pace;
use pulse_deliver::relay::{DomainSettings, RelaySettings};
use pulse_jobs::post::{OnUncertain, Post, PostSettings};
use pulse_jobs::send::{Clock, Ending, Node, PreparedSend, Worker, attend, prepare, run};
use pulse_model::delivery::{DeliveryStatus, Exclusion, SendStatus, SendStep};
use pulse_model::life::Step as LifeStep;
use pulse_model::subscriber::{Basis, ConsentEvent, Frequency, Sectors, State, Step};
use pulse_model::{Digest, EditionKey, EmailAddress, Subscriber};
use pulse_store::{Added, Conflict, DeliveryFilter, Known, NewReader, Source, Store};
use pulse_testkit::smtp_server::{Script, SmtpServer};
use pulse_testkit::store_story;
use tokio::sync::watch;

const START: i64 = 1_790_000_000_000;
const MINUTE: i64 = 60_000;

/// A newsroom with a signed-off edition, and a clock that tests put forward.
struct Newsroom {
    folder: tempfile::TempDir,
    store: Store,
    digest: Digest,
    key: EditionKey,
    now: Arc<AtomicI64>,
}

impl Newsroom {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("pulse.db").to_str().unwrap()).await.unwrap();
        let mut digest = store_story::digest();
        digest.sender.address = Some(EmailAddress::parse("tidemark@skerrow.example").unwrap());
        let key: EditionKey = "2026-05".parse().unwrap();
        store.put_digest(&digest, START).await.unwrap();
        let saved = store.save_edition(&store_story::edition(&digest, key), &Source::default(), Conflict::Refuse, START).await.unwrap();
        for step in [LifeStep::Submit, LifeStep::SignOff] {
            store.step(saved.id(), step, "Ada Lorne", "", START).await.unwrap();
        }
        Self { folder, store, digest, key, now: Arc::new(AtomicI64::new(START)) }
    }

    async fn read_by(&self, address: &str, sectors: Sectors, step: Step) {
        let address = EmailAddress::parse(address).unwrap();
        let post = self.post(&[]);
        let event = ConsentEvent { at: START, step, basis: Some(Basis::Consent), source: "a form".into(), wording: None, reason: String::new() };
        let reader = NewReader {
            suppression: post.keys.suppression_hash(&address),
            subscriber: Subscriber { address, name: "Zoë \"R\" Reader".into(), language: String::new() },
            sectors,
            frequency: Frequency::EveryEdition,
            event,
        };
        let added = self.store.add_readers(&self.digest.slug, &[reader], Known::Keep, START).await.unwrap();
        assert!(matches!(added[0], Added::Added(_)), "{added:?}");
    }

    async fn readers(&self, count: usize) {
        for number in 0..count {
            self.read_by(&format!("reader{number}@quay.test"), Sectors::All, Step::Confirm).await;
        }
    }

    fn settings(&self, ports: &[u16]) -> PostSettings {
        let relay = |port: &u16| RelaySettings { port: Some(*port), tls: TlsPolicy::Off, connections: 4, ..RelaySettings::at("127.0.0.1") };
        PostSettings { relays: ports.iter().map(relay).collect(), uncertain: OnUncertain::Repeat, ..PostSettings::default() }
    }

    fn post(&self, ports: &[u16]) -> Post {
        self.post_of(&self.settings(ports))
    }

    fn post_of(&self, settings: &PostSettings) -> Post {
        Post::open(settings, &self.folder.path().join("keys"), &self.folder.path().join("outbox"), START).unwrap()
    }

    async fn worker(&self, ports: &[u16]) -> Worker {
        self.worker_with(self.post(ports)).await
    }

    async fn worker_with(&self, post: Post) -> Worker {
        let now = self.now.clone();
        let clock: Clock = Arc::new(move || now.load(Ordering::SeqCst));
        let node = Node::begin(&self.store, self.folder.path(), &post.node, clock()).await.unwrap();
        let site = "https://digest.skerrow.example".parse().unwrap();
        Worker { store: self.store.clone(), post: Arc::new(post), site, clock, node: Arc::new(node) }
    }

    async fn released(&self, worker: &Worker) -> PreparedSend {
        let prepared = prepare(&self.store, &worker.post, &worker.site, &self.digest, self.key, "Ada Lorne", START).await.unwrap();
        self.store.release_send(prepared.id, START, "Bo Tarn", START).await.unwrap();
        prepared
    }

    fn pass(&self, minutes: i64) {
        self.now.fetch_add(minutes * MINUTE, Ordering::SeqCst);
    }

    async fn statuses(&self, send: &PreparedSend) -> BTreeMap<DeliveryStatus, u64> {
        let report = self.store.send_report(send.id, self.now.load(Ordering::SeqCst)).await.unwrap();
        report.statuses.into_iter().filter(|(_, count)| *count > 0).collect()
    }
}

/// Waits until something is so; a test that waits in vain is ended by its own clock.
async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn never() -> watch::Receiver<bool> {
    watch::channel(false).1
}

/// The address in an SMTP command.
fn address_of(command: &str) -> String {
    let (_, rest) = command.split_once('<').unwrap();
    rest.split_once('>').unwrap().0.to_owned()
}

/// For each recipient, the Message-IDs that arrived, one for each copy.
fn arrived(server: &SmtpServer) -> BTreeMap<String, Vec<String>> {
    let mut arrived: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for message in server.messages() {
        let text = String::from_utf8_lossy(&message.bytes).into_owned();
        let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default().trim().to_owned();
        for recipient in message.rcpt.iter().map(|command| address_of(command)) {
            arrived.entry(recipient).or_default().push(id.clone());
        }
    }
    arrived
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_gets_it_once_and_whoever_does_not_has_a_reason() {
    let newsroom = Newsroom::open().await;
    newsroom.readers(30).await;
    newsroom.read_by("justice@quay.test", Sectors::Only(vec!["Criminal justice".into()]), Step::Confirm).await;
    newsroom.read_by("nothing@quay.test", Sectors::Only(vec!["Fisheries".into()]), Step::Confirm).await;
    newsroom.read_by("unconfirmed@quay.test", Sectors::All, Step::Subscribe).await;
    let server = SmtpServer::start(Script::default()).await.unwrap();
    let worker = newsroom.worker(&[server.port()]).await;
    let send = newsroom.released(&worker).await;
    assert_eq!((send.totals.candidates, send.totals.recipients), (33, 31));
    assert_eq!(send.totals.excluded, BTreeMap::from([(Exclusion::NothingInSectors, 1), (Exclusion::Unconfirmed, 1)]));
    assert_eq!(send.cuts.iter().map(|cut| (cut.reader_count, cut.entry_count)).collect::<Vec<_>>(), [(30, 3), (1, 1)]);

    assert_eq!(run(&worker, send.id, never()).await.unwrap(), Ending::Finished);
    let arrived = arrived(&server);
    assert_eq!(arrived.len(), 31);
    assert!(arrived.values().all(|copies| copies.len() == 1));
    assert_eq!(arrived.values().flatten().collect::<BTreeSet<_>>().len(), 31, "every message has its own Message-ID");
    assert_eq!(newsroom.statuses(&send).await, BTreeMap::from([(DeliveryStatus::Sent, 31)]));
    let justice = server.messages().into_iter().find(|message| address_of(&message.rcpt[0]) == "justice@quay.test").unwrap();
    let text = String::from_utf8_lossy(&justice.bytes).into_owned();
    assert!(text.contains("Who waits?") && !text.contains("Deferred, not dropped"), "{text}");
    assert!(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"));
}

/// The worker is torn away again and again, as when its machine loses power, and the same machine goes on after its start.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_loses_nobody_and_repeats_no_more_than_its_connections() {
    let newsroom = Newsroom::open().await;
    newsroom.readers(120).await;
    let server = SmtpServer::start(Script::default()).await.unwrap();
    let send = newsroom.released(&newsroom.worker(&[server.port()]).await).await;
    let mut deaths = 0;
    for wait_ms in (3..).step_by(5) {
        let worker = newsroom.worker(&[server.port()]).await;
        if let Ok(ended) = tokio::time::timeout(Duration::from_millis(wait_ms), run(&worker, send.id, never())).await {
            assert_eq!(ended.unwrap(), Ending::Finished);
            break;
        }
        deaths += 1;
        // Until what may have arrived is repeated; the leases of the dead last longer.
        newsroom.pass(2);
    }
    assert!(deaths > 2, "it died {deaths} times");
    let arrived = arrived(&server);
    assert_eq!(arrived.len(), 120, "nobody is missing");
    let repeated = arrived.values().map(|copies| copies.len() - 1).sum::<usize>();
    assert!(repeated <= deaths * 4, "{repeated} repeats after {deaths} deaths with 4 connections");
    assert!(arrived.values().all(|copies| copies.iter().all(|id| *id == copies[0])), "a repeat has the same Message-ID");
    assert_eq!(newsroom.statuses(&send).await, BTreeMap::from([(DeliveryStatus::Sent, 120)]));
}

/// A machine does not come back. Another one waits until its leases are over, and then goes on.
#[tokio::test(flavor = "multi_thread")]
async fn another_node_waits_for_the_leases_of_one_that_may_be_alive() {
    let newsroom = Newsroom::open().await;
    newsroom.readers(40).await;
    // What was begun stays so: the server says nothing to the end of the third message.
    let server = SmtpServer::start(Script::parse("END #3: stall\n").unwrap()).await.unwrap();
    let gone = newsroom.worker(&[server.port()]).await;
    let send = newsroom.released(&gone).await;
    let torn = tokio::time::timeout(Duration::from_millis(1_500), run(&gone, send.id, never())).await;
    assert!(torn.is_err(), "it came to an end");
    // The node that is gone keeps its lock, as another machine's would be another file.
    let server = SmtpServer::start(Script::default()).await.unwrap();
    let other = newsroom.worker(&[server.port()]).await;
    let sending = newsroom.statuses(&send).await[&DeliveryStatus::Sending];
    let early = tokio::time::timeout(Duration::from_millis(1_500), run(&other, send.id, never())).await;
    assert!(early.is_err(), "it did not wait");
    assert_eq!(newsroom.statuses(&send).await[&DeliveryStatus::Sending], sending);
    newsroom.pass(20);
    let going_on = run(&other, send.id, never());
    let passing = async {
        while newsroom.statuses(&send).await.get(&DeliveryStatus::Sent) != Some(&40) {
            tokio::time::sleep(Duration::from_millis(50)).await;
            newsroom.pass(2);
        }
    };
    let (ended, ()) = tokio::join!(going_on, passing);
    assert_eq!(ended.unwrap(), Ending::Finished);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_told_to_stop_ends_what_it_began_and_repeats_nothing() {
    let newsroom = Newsroom::open().await;
    newsroom.readers(100).await;
    let server = SmtpServer::start(Script::default()).await.unwrap();
    let worker = newsroom.worker(&[server.port()]).await;
    let send = newsroom.released(&worker).await;
    let mut halts = 0;
    loop {
        let (halt, halted) = watch::channel(false);
        let before = server.message_count();
        let working = run(&worker, send.id, halted);
        let stopping = async {
            until(|| server.message_count() > before + 10).await;
            halt.send(true).unwrap();
        };
        let (ended, ()) = tokio::join!(working, stopping);
        match ended.unwrap() {
            Ending::Halted => halts += 1,
            ending => break assert_eq!(ending, Ending::Finished),
        }
        if server.message_count() >= 89 {
            assert_eq!(run(&worker, send.id, never()).await.unwrap(), Ending::Finished);
            break;
        }
    }
    assert!(halts > 1, "it was halted {halts} times");
    assert!(arrived(&server).values().all(|copies| copies.len() == 1));
    assert_eq!(newsroom.statuses(&send).await, BTreeMap::from([(DeliveryStatus::Sent, 100)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_says_decides_each_row_and_no_other() {
    let newsroom = Newsroom::open().await;
    newsroom.readers(20).await;
    for name in ["gone", "grey", "full", "lost"] {
        newsroom.read_by(&format!("{name}@quay.test"), Sectors::All, Step::Confirm).await;
    }
    let script = "RCPT gone@: 550 5.1.1 no such user\nRCPT #5 grey@: 450 4.7.1 come back later\nRCPT full@: 452 4.2.2 mailbox full\n";
    let server = SmtpServer::start(Script::parse(script).unwrap()).await.unwrap();
    let worker = newsroom.worker(&[server.port()]).await;
    let send = newsroom.released(&worker).await;
    let working = run(&worker, send.id, never());
    let waiting = async {
        while newsroom.statuses(&send).await.keys().any(|status| !status.is_final()) {
            tokio::time::sleep(Duration::from_millis(50)).await;
            newsroom.pass(60);
        }
    };
    let (ended, ()) = tokio::join!(working, waiting);
    assert_eq!(ended.unwrap(), Ending::Finished);
    assert_eq!(newsroom.statuses(&send).await, BTreeMap::from([(DeliveryStatus::Sent, 22), (DeliveryStatus::Failed, 2)]));
    let arrived = arrived(&server);
    let gone = EmailAddress::parse("gone@quay.test").unwrap();
    let id = newsroom.store.subscriber_by_key(&gone.key()).await.unwrap().unwrap();
    let reader = newsroom.store.subscriber(id).await.unwrap().unwrap();
    assert_eq!(reader.subscriptions[0].subscription.state, State::Bounced, "a dead address is given up, and a full mailbox is not");
    let full = EmailAddress::parse("full@quay.test").unwrap();
    let id = newsroom.store.subscriber_by_key(&full.key()).await.unwrap().unwrap();
    assert_eq!(newsroom.store.subscriber(id).await.unwrap().unwrap().subscriptions[0].subscription.state, State::Active);
    assert!(arrived.contains_key("grey@quay.test") && !arrived.contains_key("gone@quay.test") && !arrived.contains_key("full@quay.test"));
}

/// Of 600 answers, one in twenty is 450, one in a hundred 550, and three connections are lost at the final dot; a sixth of the
/// readers are greylisted. Everyone who can be reached is, and each row tells how.
#[tokio::test(flavor = "multi_thread")]
async fn everyone_who_can_be_reached_is_reached() {
    let newsroom = Newsroom::open().await;
    let kinds = [("busy", 30), ("gone", 6), ("grey", 100), ("plain", 464)];
    let mut script = "END #50: close\nEND #250: close\nEND #450: close\n".to_owned();
    for (kind, count) in kinds {
        for number in 0..count {
            let name = format!("{kind}{number}@");
            newsroom.read_by(&format!("{name}quay.test"), Sectors::All, Step::Confirm).await;
            script += &match kind {
                "busy" => format!("RCPT #1 {name}: 450 4.3.0 busy\nRCPT #2 {name}: 450 4.3.0 still busy\n"),
                "gone" => format!("RCPT {name}: 550 5.1.1 no such user\n"),
                "grey" => format!("RCPT #1 {name}: 451 4.7.1 greylisted\n"),
                _ => String::new(),
            };
        }
    }
    let server = SmtpServer::start(Script::parse(&script).unwrap()).await.unwrap();
    let worker = newsroom.worker(&[server.port()]).await;
    let send = newsroom.released(&worker).await;
    let passing = async {
        while newsroom.statuses(&send).await.keys().any(|status| !status.is_final()) {
            tokio::time::sleep(Duration::from_millis(100)).await;
            newsroom.pass(20);
        }
    };
    let (ended, ()) = tokio::join!(run(&worker, send.id, never()), passing);
    assert_eq!(ended.unwrap(), Ending::Finished);
    assert_eq!(newsroom.statuses(&send).await, BTreeMap::from([(DeliveryStatus::Sent, 594), (DeliveryStatus::Failed, 6)]));
    let arrived = arrived(&server);
    assert_eq!(arrived.len(), 594);
    assert!(arrived.keys().all(|address| !address.starts_with("gone")));
    let mut histories: BTreeMap<String, usize> = BTreeMap::new();
    for row in newsroom.store.deliveries(send.id, &DeliveryFilter::default(), None, 1_000).await.unwrap() {
        let attempts = newsroom.store.attempts(row.id).await.unwrap();
        let history: Vec<String> = attempts.iter().map(|attempt| format!("{} {}", attempt.status, attempt.reply.code.unwrap_or_default())).collect();
        let kind = row.address.trim_end_matches("@quay.test").trim_end_matches(char::is_numeric);
        // What may happen to anybody is counted by itself.
        let kind = if attempts.iter().any(|attempt| attempt.status == DeliveryStatus::Uncertain) { "lost" } else { kind };
        let last = format!("{} {}", row.status, row.reply.code.unwrap_or_default());
        *histories.entry(format!("{kind}: {} | {last}", history.join(", "))).or_default() += 1;
    }
    let lost: usize = histories.iter().filter(|(history, _)| history.starts_with("lost: ")).map(|(_, count)| count).sum();
    assert_eq!(lost, 3, "{histories:#?}");
    for history in histories.keys().filter(|history| !history.starts_with("lost: ")) {
        let known = [
            "busy: deferred 450, deferred 450, sent 250 | sent 250",
            "gone: failed 550 | failed 550",
            "grey: deferred 451, sent 250 | sent 250",
            "plain:  | sent 250",
        ];
        assert!(known.contains(&history.as_str()), "{histories:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_ours_stops_the_send_and_harms_no_reader() {
    let newsroom = Newsroom::open().await;
    newsroom.readers(50).await;
    let server = SmtpServer::start(Script::parse("MAIL: 550 5.7.26 unauthenticated mail is not accepted\n").unwrap()).await.unwrap();
    let worker = newsroom.worker(&[server.port()]).await;
    let send = newsroom.released(&worker).await;
    let Ending::Stopped(reason) = run(&worker, send.id, never()).await.unwrap() else { panic!("it went on") };
    assert!(reason.contains("unauthenticated mail is not accepted"), "{reason}");
    assert_eq!(newsroom.store.send(send.id).await.unwrap().unwrap().status, SendStatus::Stopped);
    assert_eq!(newsroom.statuses(&send).await, BTreeMap::from([(DeliveryStatus::Queued, 50)]));
    assert_eq!(server.message_count(), 0);
}

/// Each refusal alone could be its reader's; all of them together are ours, and nobody misses the edition for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_one_after_the_other_stops_the_send() {
    let newsroom = Newsroom::open().await;
    newsroom.readers(50).await;
    let refusing = SmtpServer::start(Script::parse("END: 554 5.6.0 not with us\n").unwrap()).await.unwrap();
    let worker = newsroom.worker(&[refusing.port()]).await;
    let send = newsroom.released(&worker).await;
    let Ending::Stopped(reason) = run(&worker, send.id, never()).await.unwrap() else { panic!("it went on") };
    assert!(reason.contains("not with us"), "{reason}");
    let statuses = newsroom.statuses(&send).await;
    // What was under way over the other connections may have been refused before them.
    assert_eq!(statuses, BTreeMap::from([(DeliveryStatus::Queued, 50)]));
    let server = SmtpServer::start(Script::default()).await.unwrap();
    let worker = newsroom.worker(&[server.port()]).await;
    newsroom.store.step_send(send.id, SendStep::Resume, "Bo Tarn", "", START).await.unwrap();
    assert_eq!(run(&worker, send.id, never()).await.unwrap(), Ending::Finished);
    assert_eq!(newsroom.statuses(&send).await, BTreeMap::from([(DeliveryStatus::Sent, 50)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_domain_is_given_little_at_a_time_and_holds_up_nobody() {
    let newsroom = Newsroom::open().await;
    for number in 0..6 {
        newsroom.read_by(&format!("reader{number}@slow.test"), Sectors::All, Step::Confirm).await;
    }
    newsroom.readers(30).await;
    let server = SmtpServer::start(Script::default()).await.unwrap();
    let mut settings = newsroom.settings(&[server.port()]);
    settings.domains = vec![DomainSettings { domain: "slow.test".into(), pace: Some(Pace::per_second(10.0)), connections: None }];
    let mut worker = newsroom.worker_with(newsroom.post_of(&settings)).await;
    let began = std::time::Instant::now();
    worker.clock = Arc::new(move || START + i64::try_from(began.elapsed().as_millis()).unwrap());
    let send = newsroom.released(&worker).await;
    let began = std::time::Instant::now();
    assert_eq!(run(&worker, send.id, never()).await.unwrap(), Ending::Finished);
    assert!(began.elapsed() >= Duration::from_millis(500), "six messages at ten a second: {:?}", began.elapsed());
    let order: Vec<String> = server.messages().iter().map(|message| address_of(&message.rcpt[0])).collect();
    assert_eq!(order.len(), 36);
    assert!(order[33..].iter().all(|address| address.ends_with("@slow.test")), "{order:?}");
}

/// What `pulse serve` does: nobody has to start a send that is due.
#[tokio::test(flavor = "multi_thread")]
async fn sends_that_are_due_are_attended_to() {
    let newsroom = Newsroom::open().await;
    newsroom.readers(20).await;
    let worker = newsroom.worker(&[]).await;
    let send = newsroom.released(&worker).await;
    let (halt, halted) = watch::channel(false);
    let watching = async {
        while newsroom.store.send(send.id).await.unwrap().unwrap().status != SendStatus::Finished {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        halt.send(true).unwrap();
    };
    tokio::join!(attend(&worker, halted), watching);
    assert_eq!(newsroom.statuses(&send).await, BTreeMap::from([(DeliveryStatus::Sent, 20)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_in_the_middle_gets_nothing_more() {
    let newsroom = Newsroom::open().await;
    newsroom.readers(60).await;
    let server = SmtpServer::start(Script::default()).await.unwrap();
    let worker = newsroom.worker(&[server.port()]).await;
    let send = newsroom.released(&worker).await;
    let leaving = async {
        until(|| server.message_count() >= 5).await;
        let mut left = BTreeSet::new();
        for number in (0..60).rev().take(20) {
            let address = EmailAddress::parse(&format!("reader{number}@quay.test")).unwrap();
            let id = newsroom.store.subscriber_by_key(&address.key()).await.unwrap().unwrap();
            let event = ConsentEvent { at: START, step: Step::Leave, basis: None, source: "a page".into(), wording: None, reason: String::new() };
            newsroom.store.step_subscription(id, &newsroom.digest.slug, &event, START).await.unwrap();
            // One whose row said `sending` may still arrive: it had begun.
            if newsroom.store.history(id, 1).await.unwrap()[0].delivery.status == DeliveryStatus::Suppressed {
                left.insert(address.to_string());
            }
        }
        left
    };
    let (ended, left) = tokio::join!(run(&worker, send.id, never()), leaving);
    assert_eq!(ended.unwrap(), Ending::Finished);
    let statuses = newsroom.statuses(&send).await;
    let suppressed = statuses.get(&DeliveryStatus::Suppressed).copied().unwrap_or_default();
    assert_eq!(statuses.get(&DeliveryStatus::Sent).copied().unwrap_or_default() + suppressed, 60);
    let arrived = arrived(&server);
    assert!(!left.is_empty() && left.iter().all(|address| !arrived.contains_key(address)), "{left:?} left, {arrived:?} arrived");
    assert!(suppressed >= left.len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_pauses_and_resumes() {
    let newsroom = Newsroom::open().await;
    newsroom.readers(80).await;
    let server = SmtpServer::start(Script::default()).await.unwrap();
    let worker = newsroom.worker(&[server.port()]).await;
    let send = newsroom.released(&worker).await;
    let pausing = async {
        until(|| server.message_count() >= 5).await;
        newsroom.store.step_send(send.id, SendStep::Pause, "Bo Tarn", "", START).await.unwrap();
    };
    let (ended, ()) = tokio::join!(run(&worker, send.id, never()), pausing);
    assert_eq!(ended.unwrap(), Ending::NotReleased(SendStatus::Paused));
    let count = server.message_count();
    assert!(count < 80);
    newsroom.store.step_send(send.id, SendStep::Resume, "Bo Tarn", "", START).await.unwrap();
    assert_eq!(run(&worker, send.id, never()).await.unwrap(), Ending::Finished);
    assert_eq!(arrived(&server).values().map(Vec::len).sum::<usize>(), 80);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_relay_messages_go_to_the_outbox() {
    let newsroom = Newsroom::open().await;
    newsroom.readers(5).await;
    let worker = newsroom.worker(&[]).await;
    let send = newsroom.released(&worker).await;
    assert_eq!(run(&worker, send.id, never()).await.unwrap(), Ending::Finished);
    assert_eq!(std::fs::read_dir(newsroom.folder.path().join("outbox/new")).unwrap().count(), 5);
}
