//! Scanners of mail servers follow every link of every message, some of them under the name of a browser. Real messages out of the
//! outbox are scanned here: nobody leaves, nothing is confirmed, nothing is counted. Then a person does the same, and it counts.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use pulse_deliver::token::Purpose;
use pulse_jobs::clicks;
use pulse_jobs::send::{Node, Worker, prepare, run};
use pulse_model::digest::Sender;
use pulse_model::edition::{Category, Link, Sector};
use pulse_model::life::Step as EditionStep;
use pulse_model::subscriber::State;
use pulse_model::{Edition, Entry, Href};
use pulse_store::{Conflict, Source};
use tokio::sync::watch;

use crate::desk::{Desk, encoded, lantern};

const MINUTE_MS: i64 = 60_000;
const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SCANNER: &str = "MailGate-LinkScanner/4.1";

/// An edition of May with five entries: pages of the web, one with two links, and one that is written to.
fn edition() -> Edition {
    let mut edition = Edition::new(lantern(), "2026-05".parse().unwrap());
    let link = |url: &str| Link { url: Href::parse(url).unwrap(), text: String::new() };
    let entry = |number: usize| Entry {
        links: vec![link(&format!("https://publisher{number}.example/report?a=1&b=2"))],
        ..Entry::titled(["Quay"], format!("Report {number}"))
    };
    let mut entries: Vec<Entry> = (1..=5).map(entry).collect();
    entries[1].links.push(link("https://www.publisher2.example/annex.pdf"));
    entries[2].links.push(link("mailto:press@publisher3.example"));
    edition.sectors = vec![Sector { name: "Justice".into(), categories: vec![Category { name: "Reports".into(), entries }] }];
    edition.settle_slugs();
    edition
}

impl Desk {
    /// A digest that counts clicks, and its May edition, published.
    async fn publish(&self) -> pulse_store::EditionId {
        let digest = self.store.digest(&lantern()).await.unwrap().unwrap();
        let digest = pulse_model::Digest { sender: Sender { clicks: true, ..digest.sender.clone() }, ..digest };
        self.store.put_digest(&digest, self.now()).await.unwrap();
        let id = self.store.save_edition(&edition(), &Source::default(), Conflict::Refuse, self.now()).await.unwrap().id();
        for step in [EditionStep::Submit, EditionStep::SignOff, EditionStep::Publish] {
            self.store.step(id, step, "Ada Okafor", "", self.now()).await.unwrap();
        }
        id
    }

    /// Sends it to everybody.
    async fn send(&self) {
        let digest = self.store.digest(&lantern()).await.unwrap().unwrap();
        let site: pulse_jobs::Site = "https://digest.example".parse().unwrap();
        let send = prepare(&self.store, &self.post, &site, &digest, "2026-05".parse().unwrap(), "Ada Okafor", self.now()).await.unwrap();
        self.store.release_send(send.id, self.now(), "Bo Tarn", self.now()).await.unwrap();
        let now = self.now();
        let folder = tempfile::tempdir().unwrap();
        let node = std::sync::Arc::new(Node::begin(&self.store, folder.path(), "", now).await.unwrap());
        let worker = Worker { store: self.store.clone(), post: self.post.clone(), site, clock: std::sync::Arc::new(move || now), node };
        run(&worker, send.id, watch::channel(false).1).await.unwrap();
    }

    async fn visit(&self, method: Method, path: &str, client: &str, agent: &str) -> StatusCode {
        let headers = [("x-forwarded-for", client), ("user-agent", agent), ("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
        self.ask(method, path, &headers, "").await.status
    }

    /// How often links of the edition count as followed, once nothing waits any more.
    async fn counted(&self) -> u64 {
        self.wait(MINUTE_MS);
        // Whoever asks next has what waits counted.
        self.visit(Method::HEAD, &go(5, 1), "198.51.100.99", SCANNER).await;
        let tally = clicks::tally(&self.store, &lantern(), "2026-05".parse().unwrap()).await.unwrap();
        tally.into_iter().map(|(_, number)| number).sum()
    }
}

fn go(entry: usize, link: usize) -> String {
    format!("/lantern/go/2026-05/quay-report-{entry}/{link}")
}

/// Every address of this site in a message, head and body, as a path.
fn links(mail: &str) -> BTreeSet<String> {
    let mail = mail.replace("=\r\n", "").replace("=3D", "=");
    let is_end = |c: char| !(c.is_ascii_alphanumeric() || "-._~/?%".contains(c));
    let found = mail.split("https://digest.example").skip(1).map(|rest| rest.split(is_end).next().unwrap().trim_end_matches('.').to_owned());
    found.map(|path| if path.is_empty() { "/".to_owned() } else { path }).collect()
}

#[tokio::test]
async fn scanners_let_nobody_go_confirm_nothing_and_count_for_nothing() {
    let desk = Desk::open().await;
    desk.publish().await;
    let ada = desk.add("ada@quay.example").await;
    desk.send().await;
    desk.post("/lantern/subscribe", "address=ben%40quay.example&name=&sector=Justice&frequency=quarterly&consent=yes").await;
    let choices = desk.path("preferences", Purpose::Preferences, ada).await;
    desk.post(&choices, &format!("do=move&address={}", encoded("ada@harbour.example"))).await;
    desk.post(&format!("{choices}/colleague"), "to=kit%40harbour.example&note=").await;
    let mails = desk.mails().await;
    assert_eq!(mails.len(), 5, "an edition, a confirmation, an invitation, and two about a move");
    let all: BTreeSet<String> = mails.iter().flat_map(|mail| links(mail)).collect();
    let of = |start: &str| all.iter().filter(|path| path.starts_with(start)).count();
    assert_eq!((of("/leave/"), of("/confirm/"), of("/change-address/"), of("/lantern/go/")), (1, 1, 1, 6), "{all:?}");
    assert!(all.iter().any(|path| path.ends_with("/colleague")), "the foot leads to an invitation: {all:?}");

    // At once, and again when the time after a send is over; all at a time; by one machine and by many; under either name.
    for wait in [0, 60 * MINUTE_MS] {
        desk.wait(wait);
        for (agent, client, methods) in [
            (SCANNER, "203.0.113.5", [Method::GET, Method::HEAD, Method::GET]),
            (FIREFOX, "203.0.113.6", [Method::GET, Method::HEAD, Method::GET]),
            (FIREFOX, "203.0.113.7", [Method::GET, Method::GET, Method::GET]),
        ] {
            let asks = all.iter().flat_map(|path| methods.clone().map(|method| (path, method)));
            let statuses = futures_util::future::join_all(asks.map(|(path, method)| desk.visit(method, path, client, agent))).await;
            assert!(statuses.iter().all(|status| matches!(*status, StatusCode::OK | StatusCode::SEE_OTHER)), "{statuses:?}");
        }
        for (number, path) in all.iter().enumerate() {
            // Each link from another network: what tells these is the time after a send, or HEAD.
            let method = if wait == 0 { Method::GET } else { Method::HEAD };
            desk.visit(method, path, &format!("203.0.113.{}", 20 + number), FIREFOX).await;
        }
        assert_eq!(desk.counted().await, 0, "after {wait} ms");
    }
    let ben = desk.store.subscriber_by_key("ben@quay.example").await.unwrap().unwrap();
    assert_eq!((desk.state(ada).await, desk.state(ben).await), (State::Active, State::Unconfirmed));
    assert_eq!(desk.store.subscriber(ada).await.unwrap().unwrap().subscriber.address.as_str(), "ada@quay.example");

    // The control: a person does it.
    assert_eq!(desk.visit(Method::GET, &go(2, 1), "198.51.100.7", FIREFOX).await, StatusCode::SEE_OTHER);
    assert_eq!(desk.counted().await, 1);
    let link = |page: &str| all.iter().find(|path| path.starts_with(page)).unwrap();
    desk.post(link("/leave/"), "List-Unsubscribe=One-Click").await;
    desk.post(link("/confirm/"), "").await;
    assert_eq!((desk.state(ada).await, desk.state(ben).await), (State::Left, State::Active));
}

#[tokio::test]
async fn links_lead_to_what_was_signed_off_and_nowhere_else() {
    let desk = Desk::open().await;
    let id = desk.publish().await;
    let location = async |path: &str| {
        let answer = desk.get(path).await;
        (answer.status, answer.header("location").to_owned(), answer.header("cache-control").to_owned())
    };
    let leads = |to: &str| (StatusCode::SEE_OTHER, to.to_owned(), "no-store".to_owned());
    assert_eq!(location(&go(1, 1)).await, leads("https://publisher1.example/report?a=1&b=2"));
    assert_eq!(location(&go(2, 2)).await, leads("https://www.publisher2.example/annex.pdf"));
    assert_eq!(location(&format!("{}?url=https://evil.example&to=//evil.example", go(1, 1))).await, leads("https://publisher1.example/report?a=1&b=2"));
    for path in [
        go(1, 0),
        go(1, 2),
        go(3, 2),
        go(9, 1),
        "/lantern/go/2026-06/quay-report-1/1".into(),
        "/lantern/go/2026-5/quay-report-1/1".into(),
        "/nothing/go/2026-05/quay-report-1/1".into(),
        "/lantern/go/2026-05/https%3A%2F%2Fevil.example/1".into(),
        "/lantern/go/2026-05/quay-report-1/-1".into(),
        "/lantern/go/2026-05/quay-report-1/99999999999999999999999".into(),
        "/lantern/go/2026-05//evil.example".into(),
    ] {
        let (status, location, _) = location(&path).await;
        assert!(status.is_client_error() && location.is_empty(), "{path}: {status} {location}");
    }
    // Readers have the links for ever: while the edition is being corrected, and when nobody counts any more.
    desk.store.step(id, EditionStep::Reopen, "Bo Tarn", "a figure was wrong", desk.now()).await.unwrap();
    let digest = desk.store.digest(&lantern()).await.unwrap().unwrap();
    let digest = pulse_model::Digest { sender: Sender { clicks: false, ..digest.sender.clone() }, ..digest };
    desk.store.put_digest(&digest, desk.now()).await.unwrap();
    assert_eq!(desk.visit(Method::GET, &go(1, 1), "198.51.100.7", FIREFOX).await, StatusCode::SEE_OTHER);
    assert_eq!(desk.counted().await, 0);
}

#[tokio::test]
async fn a_draft_leads_nowhere_and_a_digest_that_does_not_count_sends_plain_links() {
    let desk = Desk::open().await;
    desk.store.save_edition(&edition(), &Source::default(), Conflict::Refuse, desk.now()).await.unwrap();
    assert_eq!(desk.get(&go(1, 1)).await.status, StatusCode::NOT_FOUND);
    let digest = desk.store.digest(&lantern()).await.unwrap().unwrap();
    let site = "https://digest.example".parse().unwrap();
    assert_eq!(clicks::through(&digest, &site, &edition()), edition());
    let counting = pulse_model::Digest { sender: Sender { clicks: true, ..digest.sender.clone() }, ..digest };
    let through = clicks::through(&counting, &site, &edition());
    let links: Vec<_> = through.entries().flat_map(|entry| &entry.links).map(|link| (link.url.as_str(), link.text.as_str())).collect();
    assert_eq!(
        links[1..4],
        [
            ("https://digest.example/lantern/go/2026-05/quay-report-2/1", ""),
            ("https://digest.example/lantern/go/2026-05/quay-report-2/2", "publisher2.example"),
            ("https://digest.example/lantern/go/2026-05/quay-report-3/1", ""),
        ]
    );
    assert_eq!(links[4], ("mailto:press@publisher3.example", ""));
}
