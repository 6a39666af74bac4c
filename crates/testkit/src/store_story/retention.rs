//! What has been kept long enough is cleared: with the end of its period and not before, and never while a send is under way.

use pulse_model::subscriber::{Basis, State, Step, SuppressionReason};
use pulse_model::{Digest, Slug};
use pulse_store::{
    Added, Aged, Clearing, Conflict, DeliveryFilter, DeliveryRow, End, Known, Lapsed, Lease, NewBounce, NewComplaint, NewNotice, NewReader, NewSuppression,
    NoticeEnd, Outcome, Refusal, Reply, SendId, Source, Store, StoreError, Uncertain,
};

use super::readers::{address, event, hash, id, reader};
use super::sends::{everybody, reply, sign_off};
use super::{Chapter, HOUR, START, edition, may};

const NOW: i64 = START + 1_000 * HOUR;
const DAY: i64 = 24 * HOUR;
const LATER: i64 = NOW + 1_000 * DAY;

/// Tells the chapters.
pub async fn run(store: &Store) {
    let lantern = Digest::named(Slug::from_words("lantern"), "Lantern");
    store.put_digest(&lantern, NOW).await.expect("a digest is kept");
    let slug = &lantern.slug;
    let send = send_an_edition(store, &lantern).await.expect("an edition is sent");
    keep_what_is_under_way(store, slug, send).await.expect("a send under way is left alone");
    clear_deliveries(store, send).await.expect("addresses are cleared");
    forget_readers(store, slug).await.expect("readers are forgotten");
    clear_by_age(store).await.expect("what is old is cleared");
}

/// To `amy` and `ben`; `cleo` has left and `dan` never confirmed.
async fn send_an_edition(store: &Store, digest: &Digest) -> Result<SendId, StoreError> {
    let slug = &digest.slug;
    let unconfirmed = NewReader { event: event(Step::Subscribe, None, NOW), ..reader("dan") };
    let rows = [reader("amy"), reader("ben"), reader("cleo"), unconfirmed];
    store.add_readers(slug, &rows, Known::Keep, NOW).await?;
    store.step_subscription(id(store, "cleo").await, slug, &event(Step::Leave, None, NOW), NOW).await?;
    store.save_edition(&edition(digest, may()), &Source::default(), Conflict::Refuse, NOW).await?;
    let edition = store.edition(slug, may()).await?.expect("it was saved").id;
    sign_off(store, edition, NOW).await?;
    let send = store.begin_send(edition, "Ada Lorne", NOW).await?;
    store.add_audience(send, &everybody(store, slug, 2).await?, NOW).await?;
    store.finish_prepare(send, 4, "Ada Lorne", NOW).await?;
    store.release_send(send, NOW, "Bo Tarn", NOW).await?;
    let lease = Lease { node: "quay", until: NOW + HOUR };
    let rows = store.claim(send, lease, 10, NOW).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let outcome = |id, end| Outcome { id, end, reply: reply(451, "4.2.0", "later, amy@readers.example") };
    let deferred: Vec<_> = ids.iter().map(|id| outcome(*id, End::Deferred { until: NOW })).collect();
    store.record(lease, &ids, &[], NOW).await?;
    store.record(lease, &[], &deferred, NOW).await?;
    store.claim(send, lease, 10, NOW).await?;
    let sent: Vec<_> = ids.iter().map(|id| outcome(*id, End::Sent)).collect();
    store.record(lease, &ids, &[], NOW).await?;
    store.record(lease, &[], &sent, NOW).await?;
    Ok(send)
}

async fn rows(store: &Store, send: SendId) -> Result<Vec<DeliveryRow>, StoreError> {
    store.deliveries(send, &DeliveryFilter::default(), None, 10).await
}

async fn keep_what_is_under_way(store: &Store, digest: &Slug, send: SendId) -> Chapter {
    assert!(!store.sends_to_clear(LATER).await?.contains(&send));
    assert_eq!(store.clear_deliveries(send, None, 10, Clearing::Clear, LATER).await?.rows, 0);
    assert_eq!(store.lapsed(digest, State::Left, LATER, None, 10).await?, []);
    let cleo = [(id(store, "cleo").await, None)];
    assert_eq!(store.forget(digest, State::Left, LATER, &cleo, LATER).await?, 0);
    assert!(rows(store, send).await?.iter().all(|row| !row.address.is_empty()));
    assert!(store.finish_send(send, Uncertain::Leave, NOW + HOUR).await?);
    Ok(())
}

async fn clear_deliveries(store: &Store, send: SendId) -> Chapter {
    assert!(!store.sends_to_clear(NOW + HOUR).await?.contains(&send), "it ended in this moment, not before");
    assert!(store.sends_to_clear(NOW + HOUR + 1).await?.contains(&send));
    let delivery = rows(store, send).await?[0].id;
    assert_eq!(store.attempts(delivery).await?[0].reply.text, "later, amy@readers.example");

    let counted = store.clear_deliveries(send, None, 10, Clearing::Count, LATER).await?;
    assert_eq!((counted.rows, counted.next), (2, None));
    let first = store.clear_deliveries(send, None, 1, Clearing::Clear, LATER).await?;
    assert_eq!((first.rows, first.next.as_deref()), (1, Some(delivery.to_string().as_str())));
    assert!(store.sends_to_clear(LATER).await?.contains(&send), "the second row is still there");
    let rest = store.clear_deliveries(send, Some(delivery), 10, Clearing::Clear, LATER).await?;
    assert_eq!((rest.rows, rest.next), (1, None));
    assert!(!store.sends_to_clear(LATER).await?.contains(&send));

    for row in rows(store, send).await? {
        assert_eq!((row.address.as_str(), row.name.as_str(), row.reply.text.as_str(), row.reply.code), ("", "", "", Some(451)));
        assert!(row.subscriber.is_some() && row.sent_at.is_some(), "that it was sent to somebody stays");
    }
    assert_eq!(store.attempts(delivery).await?[0].reply.text, "");
    // A bounce that comes years later brings no address back.
    let bounce = NewBounce {
        message_sha256: "0f".repeat(32),
        delivery: Some(delivery),
        class: "hard".into(),
        is_final: true,
        words: "no amy@readers.example here".into(),
        reason: "no-such-user".into(),
        status: "5.1.1".into(),
        excerpt: "To: amy@readers.example".into(),
    };
    store.add_bounce(&bounce, LATER).await?;
    assert_eq!(store.delivery(delivery).await?.expect("it is there").reply.text, "");
    Ok(())
}

async fn forget_readers(store: &Store, digest: &Slug) -> Chapter {
    let (cleo, dan) = (id(store, "cleo").await, id(store, "dan").await);
    assert_eq!(store.lapsed(digest, State::Left, NOW, None, 10).await?, []);
    assert_eq!(store.lapsed(digest, State::Left, NOW + 1, None, 10).await?, [Lapsed { id: cleo, address: address("cleo") }]);
    assert_eq!(store.lapsed(digest, State::Left, NOW + 1, Some(cleo), 10).await?, []);
    let line = NewSuppression { hash: hash("cleo"), digest: Some(digest.clone()), reason: SuppressionReason::Left, note: String::new() };
    assert_eq!(store.forget(digest, State::Left, NOW, &[(cleo, Some(line.clone()))], LATER).await?, 0, "the period is not over");
    assert_eq!(store.forget(digest, State::Left, LATER, &[(cleo, Some(line.clone())), (dan, None)], LATER).await?, 1, "Dan has not left");
    assert_eq!(store.subscriber(cleo).await?, None);

    // No list brings her back, but a consent given since; and then she gets editions.
    let again = |at| NewReader { event: event(Step::Confirm, Some(Basis::Consent), at), ..reader("cleo") };
    let added = store.add_readers(digest, &[again(NOW)], Known::Keep, LATER).await?;
    assert_eq!(added, [Added::Refused(Refusal::Ended(State::Left))]);
    assert!(matches!(store.add_readers(digest, &[again(LATER + 1)], Known::Keep, LATER + 1).await?[..], [Added::Added(_)]));
    assert!(store.suppressed(digest, &[hash("cleo")]).await?.is_empty());
    assert!(store.suppressions(None, 1_000).await?.iter().any(|one| one.suppression == line), "the line stays");

    // Somebody who was asked again in the meantime still has the time to confirm.
    let notice =
        NewNotice { kind: "confirmation".into(), address: address("dan"), subject: "Please confirm".into(), forgets: false, body: String::new(), due_at: NOW };
    store.add_notice(&notice, NOW + 10 * DAY).await?;
    assert_eq!(store.lapsed(digest, State::Unconfirmed, NOW + 10 * DAY, None, 10).await?, []);
    assert_eq!(store.lapsed(digest, State::Unconfirmed, NOW + 10 * DAY + 1, None, 10).await?.len(), 1);
    assert_eq!(store.forget(digest, State::Unconfirmed, LATER, &[(dan, None)], LATER).await?, 1);
    assert_eq!(store.subscriber_by_key(&address("dan").key()).await?, None);

    // Who reads another digest stays there.
    let other = Digest::named(Slug::from_words("beacon"), "Beacon");
    store.put_digest(&other, NOW).await?;
    store.add_readers(&other.slug, &[reader("ben")], Known::Keep, NOW).await?;
    let ben = id(store, "ben").await;
    store.step_subscription(ben, digest, &event(Step::Leave, None, NOW), NOW).await?;
    assert_eq!(store.forget(digest, State::Left, LATER, &[(ben, None)], LATER).await?, 1);
    let kept = store.subscriber(ben).await?.expect("he reads the other");
    assert_eq!((kept.subscriptions.len(), &kept.subscriptions[0].subscription.digest), (1, &other.slug));
    assert!(matches!(store.forget(digest, State::Left, LATER, &vec![(ben, None); 501], LATER).await, Err(StoreError::TooMany { .. })));
    Ok(())
}

async fn clear_by_age(store: &Store) -> Chapter {
    let clear = async |what, before| store.clear_aged(what, before, None, 1_000, Clearing::Clear).await;
    // What comes back is still known to have come, without its words.
    assert!(store.bounces(None, 1_000).await?.iter().any(|one| !one.excerpt.is_empty()));
    assert!(clear(Aged::BounceExcerpts, LATER + 1).await?.rows >= 1);
    assert!(clear(Aged::BounceWords, LATER + 1).await?.rows >= 1);
    let bounces = store.bounces(None, 1_000).await?;
    assert!(!bounces.is_empty() && bounces.iter().all(|one| one.excerpt.is_empty() && one.words.is_empty()));
    assert_eq!(clear(Aged::BounceWords, LATER + 1).await?.rows, 0, "there is nothing left to clear");

    // Notices that wait stay.
    let lease = Lease { node: "quay", until: LATER };
    let due = store.claim_notices(lease, 1, LATER).await?;
    store.record_notices("quay", &[(due[0].id, NoticeEnd::Sent, Reply::default())], LATER).await?;
    let counted = store.clear_aged(Aged::Notices, LATER + DAY, None, 1_000, Clearing::Count).await?.rows;
    assert!(counted >= 1);
    assert_eq!(clear(Aged::Notices, LATER + DAY).await?.rows, counted);
    let again = store.claim_notices(Lease { node: "bell", until: LATER + DAY }, 500, LATER + DAY).await?;
    assert!(again.iter().all(|notice| notice.id != due[0].id));

    // A complaint that nobody answered stays, however old.
    let waiting = store.add_complaint(&NewComplaint { text: "Who are you?".into(), ..NewComplaint::default() }, NOW).await?;
    let answered = store.add_complaint(&NewComplaint { text: "Why me?".into(), ..NewComplaint::default() }, NOW).await?;
    store.answer_complaint(answered, "Because you asked.", NOW + DAY).await?;
    clear(Aged::Complaints, NOW + DAY).await?;
    assert!(store.complaints(None, 1_000).await?.iter().any(|one| one.id == answered));
    clear(Aged::Complaints, NOW + DAY + 1).await?;
    let left: Vec<_> = store.complaints(None, 1_000).await?.iter().map(|one| one.id).collect();
    assert!(left.contains(&waiting) && !left.contains(&answered));

    // The audit log goes batch by batch.
    let all = store.audit(None, None, 1_000).await?.len();
    store.append_audit("Ada Lorne", "export", "lantern", "", LATER + DAY).await?;
    let first = store.clear_aged(Aged::Audit, LATER + DAY, None, 1, Clearing::Clear).await?;
    assert_eq!(first.rows, 1);
    let rest = store.clear_aged(Aged::Audit, LATER + DAY, first.next.as_deref(), 1_000, Clearing::Clear).await?;
    assert_eq!((rest.rows as usize, rest.next), (all - 1, None));
    assert_eq!(store.audit(None, None, 1_000).await?.len(), 1);
    Ok(())
}
