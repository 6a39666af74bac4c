//! What a real Postfix sends back: `tools/postfix run cargo test -p pulse-jobs --test returns` starts one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use pulse_deliver::relay::RelaySettings;
use pulse_jobs::intake::{read_maildir, serve_lmtp};
use pulse_jobs::post::PostSettings;
use pulse_jobs::send::{Ending, Node, Worker, run};
use pulse_model::delivery::DeliveryStatus::{self, Failed, Sent};
use pulse_model::subscriber::State::{self, Active, Bounced};
use tokio::sync::watch;

use crate::sent::{HOUR, Newsroom, START};

/// What becomes of a reader at each of these domains: classes of what comes back, the row, the subscription.
const TABLE: [(&str, &[&str], DeliveryStatus, State); 7] = [
    ("reader@digest.test", &[], Sent, Active),
    ("ada@late-gone.test", &["hard no-such-domain 5.1.2"], Failed, Bounced),
    ("ada@late-unknown.test", &["hard no-such-user 5.1.1"], Failed, Bounced),
    // It passes mail on to a dead address, and is not dead itself.
    ("ada@late-alias.test", &["soft no-such-user 5.1.1"], Failed, Active),
    // Delayed is no failure; and "failed" with 4.2.2 is a full mailbox, not a dead one.
    ("ada@late-full.test", &["delayed mailbox-full 4.2.2", "soft mailbox-full 4.2.2"], Failed, Active),
    ("ada@late-quota.test", &["soft mailbox-full 5.2.2"], Failed, Active),
    ("ada@late-refused.test", &["our-fault policy 5.7.1"], Failed, Active),
];

/// The folder of the Postfix that `PULSE_TEST_POSTFIX` names; without one it says so.
fn postfix() -> Option<PathBuf> {
    let folder = std::env::var_os("PULSE_TEST_POSTFIX").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: PULSE_TEST_POSTFIX does not name the folder of a Postfix");
    }
    folder
}

/// Sends an edition to every reader of the table through the Postfix.
async fn send(folder: &Path, return_domain: &str) -> Newsroom {
    let address = std::fs::read_to_string(folder.join("address")).unwrap();
    let port = address.trim().rsplit_once(':').unwrap().1.parse().unwrap();
    let relay = RelaySettings { port: Some(port), ca_file: Some(folder.join("ca.pem")), ..RelaySettings::at("localhost") };
    let settings = PostSettings { relays: vec![relay], ..PostSettings::default() };
    let readers = TABLE.map(|(address, ..)| address.to_owned());
    let mut newsroom = Newsroom::before_sending(&readers, return_domain, &settings).await;
    newsroom.release("2026-05", START).await;
    let site = "https://digest.example".parse().unwrap();
    let node = Arc::new(Node::begin(&newsroom.store, newsroom.folder.path(), "quay", START).await.unwrap());
    let worker = Worker { store: newsroom.store.clone(), post: Arc::clone(&newsroom.post), site, clock: Arc::new(|| START), node };
    assert_eq!(run(&worker, newsroom.send, watch::channel(false).1).await.unwrap(), Ending::Finished);
    newsroom.look().await;
    assert!(newsroom.rows.iter().all(|row| row.status == Sent), "{:?}", newsroom.rows);
    newsroom
}

/// Waits until all is back that comes back, and a little longer, and compares it with the table.
async fn compare(newsroom: &Newsroom, mut read: impl AsyncFnMut()) {
    let expected: usize = TABLE.iter().map(|(_, classes, ..)| classes.len()).sum();
    for round in 0.. {
        read().await;
        let count = newsroom.bounces().await.len();
        if count >= expected {
            break;
        }
        assert!(round < 90, "{count} of {expected} came back: {:?}", newsroom.bounces().await);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    read().await;
    let mut said: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for bounce in newsroom.bounces().await {
        said.entry(bounce.delivery.unwrap()).or_default().push(format!("{} {} {}", bounce.class, bounce.reason, bounce.status));
    }
    for (address, classes, status, state) in TABLE {
        let place = newsroom.rows.iter().position(|row| row.address == address).unwrap();
        let row = newsroom.store.delivery(newsroom.rows[place].id).await.unwrap().unwrap();
        let mut said = said.remove(&row.id).unwrap_or_default();
        said.sort();
        assert_eq!((said.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), row.status), (classes, status), "{address}");
        assert_eq!(newsroom.state(place).await, state, "{address}");
    }
    assert_eq!(said.len(), 0, "{said:?}");
    let given_up = TABLE.iter().filter(|(.., state)| *state == Bounced).count();
    assert_eq!(newsroom.store.suppressions(None, 100).await.unwrap().len(), given_up, "nobody is suppressed for anything else");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_into_a_maildir_means_what_the_table_says() {
    let Some(folder) = postfix() else { return };
    let newsroom = send(&folder, "post.test").await;
    let maildir = folder.join("mail/post");
    for _ in 0..100 {
        // Postfix makes it with the first message.
        if maildir.join("cur").is_dir() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    compare(&newsroom, async || {
        let tally = read_maildir(&newsroom.desk(START + HOUR), &maildir).await.unwrap();
        assert_eq!(tally.for_people + tally.aside + tally.stuck + tally.known, 0, "{tally}");
    })
    .await;
    // Who it was about comes back beside the token (RFC 3461).
    let gone = newsroom.rows.iter().find(|row| row.address == "ada@late-gone.test").unwrap();
    let reports: Vec<String> =
        std::fs::read_dir(maildir.join(".Done/cur")).unwrap().map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect();
    let report = reports.iter().find(|report| report.contains("late-gone.test")).unwrap();
    for line in [format!("Original-Envelope-Id: {}\n", gone.id), "Original-Recipient: rfc822;ada@late-gone.test\n".to_owned()] {
        assert!(report.contains(&line), "{line}{report}");
    }
    // RET=HDRS: what the reader was sent stays where it is.
    assert!(report.contains("List-Id: ") && !report.contains("Content-Transfer-Encoding: quoted-printable\n\n"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_over_lmtp_means_the_same() {
    let Some(folder) = postfix() else { return };
    let newsroom = send(&folder, "returns.test").await;
    let port = std::fs::read_to_string(folder.join("lmtp")).unwrap();
    let at = format!("127.0.0.1:{}", port.trim()).parse().unwrap();
    let (_stop, stopped) = watch::channel(false);
    let (desk, people) = (newsroom.desk(START + HOUR), newsroom.folder.path().join("returns"));
    tokio::spawn(async move { serve_lmtp(desk, &at, "pulse.example", &people, stopped).await.unwrap() });
    compare(&newsroom, async || {}).await;
    assert_eq!(std::fs::read_dir(newsroom.folder.path().join("returns/new")).unwrap().count(), 0);
}
