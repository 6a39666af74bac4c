//! What readers do on their own pages: they ask to move to another address and say yes from there, and have others invited.

use pulse_model::Slug;
use pulse_model::subscriber::{ConsentEvent, Step};
use pulse_store::{AddressChange, Invited, Lease, NewInvitation, NewNotice, NoticeEnd, Reply, Store, StoreError};

use super::readers::{NOW, address, event, hash, id};
use super::{Chapter, HOUR};

/// Tells the chapters to a store that has readers.
pub async fn run(store: &Store, digest: &Slug) {
    ask_to_move(store, digest).await.expect("readers ask to move");
    invite(store, digest).await.expect("readers invite others");
}

async fn ask_to_move(store: &Store, digest: &Slug) -> Chapter {
    let joe = id(store, "joe").await;
    let ask = async |to: &str, at| store.ask_to_move(joe, &address(to), at - 48 * HOUR, at).await;
    let yes = ConsentEvent { source: "the page".into(), reason: "from the new address".into(), ..event(Step::Confirm, None, NOW) };
    let make = async |change, to: &str| store.make_address_change(change, hash(to), digest, &yes, NOW + 2 * HOUR).await;
    let first = ask("jo", NOW).await?;
    assert_eq!(store.address_change(first).await?, Some(AddressChange { reader: joe, address: address("jo") }));
    let second = ask("joey", NOW + 1).await?;
    assert_eq!((store.address_change(first).await?, make(first, "jo").await?), (None, false), "the newest counts alone");
    assert_eq!(ask("jo", NOW + HOUR).await?, first);
    assert_eq!((store.address_change(second).await?, make(second, "joey").await?), (None, false));

    let events = store.subscriber(joe).await?.expect("Joe is there").subscriptions[0].events.len();
    assert!(make(first, "jo").await?);
    assert!(!make(first, "jo").await?, "once");
    let moved = store.subscriber(joe).await?.expect("Joe is there");
    assert_eq!((moved.subscriber.address, moved.subscriptions[0].events.len()), (address("jo"), events + 1));
    let noted = store.audit(Some(&format!("subscriber {joe}")), None, 1).await?.remove(0);
    assert_eq!((noted.action.as_str(), noted.detail.as_str()), ("change address", "from the new address"));

    assert_eq!(store.asked_moves(joe).await?, []);
    let taken = ask("ada", NOW + 3 * HOUR).await?;
    assert_eq!(store.asked_moves(joe).await?, [(address("ada"), NOW + 3 * HOUR)]);
    assert!(matches!(make(taken, "ada").await, Err(StoreError::AddressTaken { .. })));
    let suppressed = ask("ivy2", NOW + 4 * HOUR).await?;
    assert!(matches!(make(suppressed, "ivy").await, Err(StoreError::Suppressed)));
    let back = ask("joe", NOW + 100 * HOUR).await?;
    assert_eq!(store.address_change(suppressed).await?, None, "old requests are forgotten");
    store.forget_moves_and_invitations(NOW + 100 * HOUR - 1, NOW, NOW + 100 * HOUR).await?;
    assert!(make(back, "joe").await?);
    Ok(())
}

async fn invite(store: &Store, digest: &Slug) -> Chapter {
    const DAY: i64 = 24 * HOUR;
    let joe = id(store, "joe").await;
    let to = |name: &str, at: i64| NewInvitation { digest: digest.clone(), by: joe, hash: hash(name), most_a_day: 5, not_since: at - 90 * DAY };
    let message = |name: &str, at: i64| NewNotice {
        kind: "invitation-to-read".into(),
        address: address(name),
        subject: "Look".into(),
        body: "…".into(),
        due_at: at,
        forgets: true,
    };
    let invite = async |name: &str, at| store.invite(&to(name, at), &message(name, at), at).await;
    assert_eq!(invite("new1", NOW).await?, Invited::Queued);
    for name in ["new1", "ada", "joe", "ivy"] {
        assert_eq!(invite(name, NOW).await?, Invited::Refused, "{name}: invited already, a reader, the reader, suppressed");
    }
    assert_eq!(invite("new2", NOW + DAY - 1).await?, Invited::TooMany);
    assert_eq!(store.invitations_by(joe).await?, [NOW; 5]);
    assert_eq!(invite("new2", NOW + DAY).await?, Invited::Queued);
    assert_eq!(store.invitations_by(joe).await?, [NOW + DAY]);
    store.forget_moves_and_invitations(NOW, NOW - 1, NOW + 2 * DAY).await?;
    assert_eq!(store.invitations_by(joe).await?, [] as [i64; 0]);
    assert_eq!(invite("new1", NOW + 90 * DAY - 1).await?, Invited::Refused);
    assert_eq!(invite("new1", NOW + 90 * DAY).await?, Invited::Queued);

    // Once sent or failed, the address is gone; while it waits, it is there.
    let lease = Lease { node: "quay", until: NOW + 91 * DAY };
    let claimed = store.claim_notices(lease, 100, NOW + 90 * DAY).await?;
    assert_eq!(claimed.iter().filter(|notice| notice.kind == "invitation-to-read").count(), 3);
    let later = NoticeEnd::Deferred { until: NOW + 92 * DAY };
    let results: Vec<_> = claimed.iter().zip([NoticeEnd::Sent, NoticeEnd::Failed, later]).map(|(notice, end)| (notice.id, end, Reply::default())).collect();
    assert_eq!(store.record_notices("quay", &results, NOW + 90 * DAY).await?, []);
    let again = store.claim_notices(lease, 100, NOW + 92 * DAY).await?;
    assert_eq!(again.iter().map(|notice| &notice.address).collect::<Vec<_>>(), [&claimed[2].address]);
    store.record_notices("quay", &[(again[0].id, NoticeEnd::Sent, Reply::default())], NOW + 92 * DAY).await?;
    Ok(())
}
