//! Messages to one person go out, things come back, and nodes share a pace.

use pulse_model::delivery::DeliveryStatus;
use pulse_model::{EmailAddress, Slug};
use pulse_store::{BounceId, Bounced, DeliveryFilter, Lease, Level, NewBounce, NewNotice, NoticeEnd, Noticed, Reply, Store, StoreError};

use super::readers::address;
use super::sends::reply;
use super::{Chapter, HOUR, START, may};

const NOW: i64 = START + 300 * HOUR;
const DAY: i64 = 24 * HOUR;

/// Tells the chapters to a store that has sent an edition.
pub async fn run(store: &Store, digest: &Slug) {
    send_notices(store).await.expect("notices are sent");
    take_what_comes_back(store, digest).await.expect("bounces are kept");
    keep_the_pace(store).await.expect("a pace is kept");
}

fn notice(kind: &str, address: EmailAddress) -> NewNotice {
    NewNotice { kind: kind.into(), address, subject: "Please confirm".into(), body: "https://skerrow.example/confirm/7f3a".into(), due_at: NOW, forgets: false }
}

async fn send_notices(store: &Store) -> Chapter {
    let confirmation = NewNotice { due_at: NOW - 1, ..notice("confirmation", address("lea")) };
    let noticed = store.add_notice(&confirmation, NOW).await?;
    let first = if let Noticed::Queued(id) = noticed { Some(id) } else { None }.expect("nobody wrote to Lea before");
    // Another spelling of the address, within the day; then another kind, another address, and the next day.
    let spelt = notice("confirmation", "LEA@readers.example".parse().expect("an address"));
    assert_eq!(store.add_notice(&spelt, NOW + DAY - 1).await?, Noticed::TooSoon { last_at: NOW });
    assert!(matches!(store.add_notice(&notice("invitation", address("lea")), NOW).await?, Noticed::Queued(_)));
    assert!(matches!(store.add_notice(&notice("confirmation", address("max")), NOW).await?, Noticed::Queued(_)));
    assert!(matches!(store.add_notice(&spelt, NOW + DAY).await?, Noticed::Queued(_)));
    // A clock that was a year ahead silences nobody.
    assert!(matches!(store.add_notice(&notice("confirmation", address("ned")), NOW + 365 * DAY).await?, Noticed::Queued(_)));
    assert!(matches!(store.add_notice(&notice("confirmation", address("ned")), NOW).await?, Noticed::Queued(_)));

    let lease = Lease { node: "quay", until: NOW + HOUR };
    assert_eq!(store.claim_notices(lease, 100, NOW - 2).await?, []);
    let mine = store.claim_notices(lease, 3, NOW).await?;
    let theirs = store.claim_notices(Lease { node: "bell", until: NOW + HOUR }, 100, NOW).await?;
    assert_eq!((mine.len(), theirs.len()), (3, 3));
    let longest_due = mine.iter().find(|notice| notice.id == first).expect("it was due first");
    assert_eq!((longest_due.kind.as_str(), &longest_due.address, &longest_due.body), ("confirmation", &confirmation.address, &confirmation.body));

    let results = [
        (mine[0].id, NoticeEnd::Sent, reply(250, "2.0.0", "Ok")),
        (mine[1].id, NoticeEnd::Deferred { until: NOW + 2 * HOUR }, reply(451, "4.7.1", "later")),
        (mine[2].id, NoticeEnd::Failed, reply(550, "5.1.1", "no")),
        (theirs[0].id, NoticeEnd::Sent, Reply::default()),
    ];
    assert_eq!(store.record_notices("quay", &results, NOW + 1).await?, [theirs[0].id]);
    assert_eq!(store.claim_notices(lease, 100, NOW + HOUR - 1).await?, []);
    // The other node never answered.
    let lost: Vec<_> = store.claim_notices(Lease { node: "quay", until: NOW + 3 * HOUR }, 100, NOW + HOUR).await?.iter().map(|one| one.id).collect();
    assert_eq!(lost, theirs.iter().map(|one| one.id).collect::<Vec<_>>());
    let again = store.claim_notices(Lease { node: "quay", until: NOW + 3 * HOUR }, 100, NOW + 2 * HOUR).await?;
    assert_eq!((again.len(), again[0].id, again[0].attempt_count), (1, mine[1].id, 1));
    Ok(())
}

async fn take_what_comes_back(store: &Store, digest: &Slug) -> Chapter {
    let send = store.sends(None).await?.last().expect("there is a send").id;
    let sent = DeliveryFilter { status: Some(DeliveryStatus::Sent), address: None };
    let row = store.deliveries(send, &sent, None, 1).await?.remove(0);
    let subscriber = row.subscriber.expect("the reader is there");
    let bounce = NewBounce {
        message_sha256: "ab".repeat(32),
        delivery: Some(row.id),
        class: "hard".into(),
        reason: "no-such-mailbox".into(),
        is_final: true,
        status: "5.1.1".into(),
        words: "550 5.1.1 unknown\r\nuser".into(),
        excerpt: "x".repeat(5_000),
    };
    store.add_bounce(&bounce, NOW).await?;
    let first = store.bounces(None, 1).await?.first().expect("it was kept").id;
    assert_eq!(store.add_bounce(&bounce, NOW + HOUR).await?, Bounced::Known(first));
    let row = store.delivery(row.id).await?.expect("it is there");
    assert_eq!((row.status, row.reply.enhanced.as_str(), row.reply.text.as_str()), (DeliveryStatus::Failed, "5.1.1", "550 5.1.1 unknown user"));
    let failed = store.send_report(send, NOW).await?.statuses.iter().find(|(status, _)| *status == DeliveryStatus::Failed).map(|(_, count)| *count);
    assert_eq!(failed, Some(2));

    let unknown = NewBounce { message_sha256: "cd".repeat(32), delivery: None, class: "complaint".into(), is_final: false, ..bounce.clone() };
    store.add_bounce(&unknown, NOW + HOUR).await?;
    let soft = NewBounce { message_sha256: "ef".repeat(32), class: "soft".into(), is_final: false, ..bounce };
    store.add_bounce(&soft, NOW + 2 * HOUR).await?;
    let all = store.bounces(None, 10).await?;
    assert_eq!(all.iter().map(|one| one.class.as_str()).collect::<Vec<_>>(), ["soft", "complaint", "hard"]);
    assert_eq!((all[2].id, all[2].at, all[2].subscriber, &all[2].edition), (first, NOW, Some(subscriber), &Some((digest.clone(), may()))));
    assert_eq!((all[2].reason.as_str(), all[2].excerpt.len(), all[1].delivery), ("no-such-mailbox", 4_000, None));
    let before: Vec<BounceId> = store.bounces(Some(all[1].id), 10).await?.iter().map(|one| one.id).collect();
    assert_eq!(before, [first]);
    let theirs = async |since| Ok::<_, StoreError>(store.bounces_of(subscriber, since, 10).await?.len());
    assert_eq!((theirs(NOW).await?, theirs(NOW + HOUR).await?), (2, 1));

    // Erasing the reader leaves the counts, and none of the words.
    store.erase_subscriber(subscriber, None, NOW + 3 * HOUR).await?;
    let all = store.bounces(None, 10).await?;
    assert_eq!((all[2].subscriber, all[2].words.as_str(), all[2].excerpt.as_str(), all[2].class.as_str()), (None, "", "", "hard"));
    Ok(())
}

async fn keep_the_pace(store: &Store) -> Chapter {
    let full = Level { tokens: 2.5, at: NOW };
    let mut seen = Vec::new();
    let mut take = |place: usize, level: &mut Level| {
        seen.push((place, *level));
        *level = Level { tokens: level.tokens - 1.0, at: level.at + 1 };
    };
    store.change_levels(&["relay", "a.example"], full, &mut take).await?;
    store.change_levels(&["a.example", "b.example", "a.example"], Level { tokens: 9.0, at: 0 }, &mut take).await?;
    let once = Level { tokens: 1.5, at: NOW + 1 };
    let twice = Level { tokens: 0.5, at: NOW + 2 };
    assert_eq!(seen, [(0, full), (1, full), (0, once), (1, Level { tokens: 9.0, at: 0 }), (2, twice)]);
    let names: Vec<String> = (0..129).map(|number| format!("{number}.example")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert!(matches!(store.change_levels(&names, full, &mut |_, _| {}).await, Err(StoreError::TooMany { .. })));
    Ok(())
}
