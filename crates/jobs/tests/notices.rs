//! Messages to single persons, through mail servers that behave and that do not.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use pulse_access::TlsPolicy;
use pulse_deliver::relay::RelaySettings;
use pulse_jobs::notices::{self, Letter};
use pulse_jobs::post::{Post, PostSettings};
use pulse_model::EmailAddress;
use pulse_store::Store;
use pulse_testkit::smtp_server::{Script, SmtpServer};
use pulse_testkit::store_story;

const START: i64 = 1_790_000_000_000;
const DAY_MS: i64 = 24 * 3_600_000;

struct Room {
    folder: tempfile::TempDir,
    store: Store,
}

impl Room {
    /// With a letter to each of these addresses.
    async fn with_letters(addresses: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("pulse.db").to_str().unwrap()).await.unwrap();
        let mut digest = store_story::digest();
        digest.sender.address = Some("tidemark@skerrow.example".parse().unwrap());
        store.put_digest(&digest, START).await.unwrap();
        let letter = Letter {
            digest: digest.slug.clone(),
            subject: "Please confirm".into(),
            paragraphs: vec!["Was it you?".into()],
            label: "Yes".into(),
            link: "https://digest.skerrow.example/confirm/AAE".into(),
            closing: vec!["If not, do nothing.".into()],
        };
        for address in addresses {
            notices::add(&store, notices::Kind::Confirmation, &EmailAddress::parse(address).unwrap(), &letter, START).await.unwrap();
        }
        Self { folder, store }
    }

    fn post(&self, ports: &[u16]) -> Post {
        let relay = |port: &u16| RelaySettings { port: Some(*port), tls: TlsPolicy::Off, ..RelaySettings::at("127.0.0.1") };
        let settings = PostSettings { relays: ports.iter().map(relay).collect(), ..PostSettings::default() };
        Post::open(&settings, &self.folder.path().join("keys"), &self.folder.path().join("outbox"), START).unwrap()
    }
}

async fn server(script: &str) -> SmtpServer {
    SmtpServer::start(Script::parse(script).unwrap()).await.unwrap()
}

#[tokio::test]
async fn all_go_over_one_connection_once() {
    let room = Room::with_letters(&["ada@quay.test", "bo@quay.test", "cy@quay.test"]).await;
    let server = server("").await;
    let post = room.post(&[server.port()]);
    assert_eq!(notices::work(&room.store, &post, START).await.unwrap(), 3);
    assert_eq!(notices::work(&room.store, &post, START + DAY_MS).await.unwrap(), 0);
    let messages = server.messages();
    let to: Vec<&str> = messages.iter().flat_map(|message| message.rcpt.iter().map(String::as_str)).collect();
    assert_eq!(to.len(), 3, "{to:?}");
    assert!(messages.iter().all(|message| message.connection == messages[0].connection));
    let text = String::from_utf8_lossy(&messages[0].bytes).into_owned();
    assert!(text.contains("Auto-Submitted: auto-generated") && text.contains("https://digest.skerrow.example/confirm/AAE"), "{text}");
}

#[tokio::test]
async fn later_means_later_and_never_means_never() {
    let room = Room::with_letters(&["busy@quay.test", "gone@quay.test"]).await;
    let server = server("RCPT busy@ #1: 451 4.7.1 try again later\nRCPT gone@: 550 5.1.1 nobody of that name\n").await;
    let post = room.post(&[server.port()]);
    assert_eq!(notices::work(&room.store, &post, START).await.unwrap(), 2);
    assert_eq!(server.message_count(), 0);
    assert_eq!(notices::work(&room.store, &post, START + 1000).await.unwrap(), 0, "not at once");
    assert_eq!(notices::work(&room.store, &post, START + DAY_MS).await.unwrap(), 1, "who is gone is not tried again");
    assert_eq!(server.message_count(), 1);
}

#[tokio::test]
async fn a_relay_that_is_away_is_passed_over_and_one_that_comes_back_is_used() {
    let room = Room::with_letters(&["ada@quay.test"]).await;
    let server = server("").await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(notices::work(&room.store, &room.post(&[closed]), START).await.unwrap(), 1);
    let post = room.post(&[closed, server.port()]);
    assert_eq!(notices::work(&room.store, &post, START + DAY_MS).await.unwrap(), 1);
    assert_eq!(server.message_count(), 1);
}

#[tokio::test]
async fn a_connection_that_breaks_off_holds_up_one_letter() {
    let room = Room::with_letters(&["ada@quay.test", "bo@quay.test"]).await;
    let server = server("RCPT #1: 421 4.3.2 shutting down, then close\n").await;
    let post = room.post(&[server.port()]);
    assert_eq!(notices::work(&room.store, &post, START).await.unwrap(), 2);
    assert_eq!(server.message_count(), 1);
    assert_eq!(notices::work(&room.store, &post, START + DAY_MS).await.unwrap(), 1);
    assert_eq!(server.message_count(), 2);
}
