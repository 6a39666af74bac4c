//! What invitations and moves leave behind in the tables, on both engines.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use pulse_store::{Invited, Known, Lease, NewInvitation, NewNotice, NoticeEnd, Reply, Store};
use pulse_testkit::store_story::readers::{address, hash, id, reader};
use pulse_testkit::store_story::{START, digest};

#[path = "support/other.rs"]
#[expect(dead_code, reason = "nothing is done to the tables here")]
mod other;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "support/sqlite.rs"]
mod sqlite;

use other::Other;
use postgres::with_postgres;
use sqlite::with_sqlite;

const NOW: i64 = START + 1_000 * 3_600_000;

async fn a_sent_invitation_leaves_no_address(database: String) {
    let store = Store::open(&database).await.unwrap();
    let digest = digest();
    store.put_digest(&digest, START).await.unwrap();
    store.add_readers(&digest.slug, &[reader("ada")], Known::Keep, NOW).await.unwrap();
    let ada = id(&store, "ada").await;
    let mut other = Other::connect(&database).await;
    for (name, end) in [("kit", NoticeEnd::Sent), ("lou", NoticeEnd::Failed)] {
        let invitation = NewInvitation { digest: digest.slug.clone(), by: ada, hash: hash(name), most_a_day: 5, not_since: NOW - 1 };
        let message =
            NewNotice { kind: "invitation-to-read".into(), address: address(name), subject: "Look".into(), body: "Ada".into(), due_at: NOW, forgets: true };
        assert_eq!(store.invite(&invitation, &message, NOW).await.unwrap(), Invited::Queued);
        assert_eq!(other.count("notice WHERE address <> ''").await, 1, "it waits");
        let notice = store.claim_notices(Lease { node: "quay", until: NOW + 1 }, 10, NOW).await.unwrap().remove(0);
        let reply = Reply { code: Some(250), text: format!("{} is known here", address(name)), ..Reply::default() };
        store.record_notices("quay", &[(notice.id, end, reply)], NOW).await.unwrap();
        assert_eq!(other.count("notice WHERE address <> '' OR address_key <> '' OR body <> '' OR reply_text <> ''").await, 0, "{name}");
    }
    assert_eq!(other.count("invitation WHERE subscriber_id IS NOT NULL AND hash <> ''").await, 2);
    // Erased, the reader is not in what is kept for the limits.
    store.ask_to_move(ada, &address("adah"), 0, NOW).await.unwrap();
    store.erase_subscriber(ada, None, NOW).await.unwrap();
    assert_eq!(other.count("invitation WHERE subscriber_id IS NOT NULL").await, 0);
    assert_eq!(other.count("address_change").await, 0);
    store.close().await;
}

#[tokio::test]
async fn sqlite_a_sent_invitation_leaves_no_address() {
    with_sqlite(a_sent_invitation_leaves_no_address).await;
}

#[tokio::test]
async fn postgres_a_sent_invitation_leaves_no_address() {
    with_postgres(a_sent_invitation_leaves_no_address).await;
}
