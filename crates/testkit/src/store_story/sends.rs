//! An edition is sent: prepared, released, paused, worked through by nodes of which one dies, and finished.

use std::collections::BTreeMap;

use pulse_model::delivery::{DeliveryStatus, Exclusion, SendStatus, SendStep};
use pulse_model::life::Step;
use pulse_model::subscriber::{self, Sectors, State};
use pulse_model::{Digest, Slug};
use pulse_store::{
    AudiencePage, Claimed, Conflict, Cut, DeliveryFilter, DeliveryId, EditionId, End, Lease, Outcome, Recipient, Reply, SendId, SendReport, Settled, Source,
    Store, StoreError, Uncertain,
};

use super::readers::event;
use super::{Chapter, HOUR, START, may, second_edition};

/// When the send is released.
const NOW: i64 = START + 200 * HOUR;
const MINUTE: i64 = 60_000;
/// How many get the edition.
const RECIPIENTS: usize = 12;

/// Tells the chapters to a store that has readers and an edition nobody has signed off.
pub async fn run(store: &Store, digest: &Digest) {
    let slug = &digest.slug;
    let edition = only_what_is_signed_off(store, slug).await.expect("an edition is signed off");
    let send = prepare(store, slug, edition).await.expect("a send is prepared");
    release(store, send, edition).await.expect("a send is released");
    let first = take_turns(store, send).await.expect("nodes take turns");
    leave_in_the_middle(store, slug, send, &first).await.expect("a reader leaves in the middle");
    pause_in_the_middle(store, send).await.expect("a send is paused in the middle");
    lose_a_node(store, send).await.expect("a node dies");
    finish(store, slug, send).await.expect("a send is finished");
    send_to_those_who_missed_it(store, slug, edition).await.expect("a second send leaves out who had it");
    send_what_was_corrected(store, digest, edition).await.expect("what was corrected can be sent");
}

/// An audience of everybody who reads a digest: the first `recipients` who are active get it, the others do not.
pub async fn everybody(store: &Store, digest: &Slug, recipients: usize) -> Result<AudiencePage, StoreError> {
    let mut page = AudiencePage { cuts: vec![cut(1)], ..AudiencePage::default() };
    let mut after = None;
    loop {
        let readers = store.readers(digest, None, after, 200).await?;
        let Some(last) = readers.last() else { return Ok(page) };
        after = Some(last.id);
        for reader in readers {
            match reader.subscription.state {
                State::Active if page.recipients.len() < recipients => {
                    let (address, name) = (reader.subscriber.address, reader.subscriber.name);
                    page.recipients.push(Recipient { subscriber: reader.id, address, name, cut: 1 });
                }
                State::Active => page.excluded.push((reader.id, Exclusion::NotThisEdition)),
                _ => page.excluded.push((reader.id, Exclusion::Complained)),
            }
        }
    }
}

/// What a group of readers gets.
pub fn cut(number: u32) -> Cut {
    Cut {
        number,
        name: format!("every-edition/en-gb/{number}"),
        sectors: Sectors::Only(vec!["Criminal justice".into()]),
        language: "en-gb".into(),
        subject: "Tidemark, May 2026".into(),
        html: "<p>Welcome to <i>Tidemark</i>.</p>".into(),
        plain: "Welcome to Tidemark.".into(),
    }
}

/// Takes an edition from draft to signed off.
pub async fn sign_off(store: &Store, edition: EditionId, now: i64) -> Result<(), StoreError> {
    store.step(edition, Step::Submit, "Ada Lorne", "", now).await?;
    store.step(edition, Step::SignOff, "Bo Tarn", "", now).await?;
    Ok(())
}

/// What a server says.
pub fn reply(code: u16, enhanced: &str, text: &str) -> Reply {
    Reply { code: Some(code), enhanced: enhanced.into(), text: text.into(), relay: "mx.readers.example".into() }
}

fn sent(id: DeliveryId) -> Outcome {
    Outcome { id, end: End::Sent, reply: reply(250, "2.0.0", "Ok: queued") }
}

fn ids(claimed: &[Claimed]) -> Vec<DeliveryId> {
    claimed.iter().map(|row| row.id).collect()
}

/// Rows in each status, by its name.
pub fn statuses(report: &SendReport) -> BTreeMap<&'static str, u64> {
    report.statuses.iter().map(|(status, count)| (status.as_str(), *count)).collect()
}

async fn only_what_is_signed_off(store: &Store, digest: &Slug) -> Result<EditionId, StoreError> {
    let edition = store.edition(digest, may()).await?.expect("it was saved").id;
    let refused = store.begin_send(edition, "Ada Lorne", NOW).await.expect_err("nobody signed it off");
    assert_eq!(refused.to_string(), "edition 2026-05 of tidemark is draft; only what is signed off can be sent");
    sign_off(store, edition, NOW - 2 * HOUR).await?;
    assert!(matches!(store.begin_send(edition, " ", NOW).await, Err(StoreError::Needs { .. })));
    let nothing: EditionId = "00000000-0000-7000-8000-000000000000".parse().expect("an id");
    assert!(matches!(store.begin_send(nothing, "Ada Lorne", NOW).await, Err(StoreError::NoEdition { .. })));
    assert_eq!(store.sends(None).await?, []);
    Ok(edition)
}

async fn prepare(store: &Store, digest: &Slug, edition: EditionId) -> Result<SendId, StoreError> {
    let send = store.begin_send(edition, "Ada Lorne", NOW - HOUR).await?;
    let refused = store.begin_send(edition, "Bo Tarn", NOW).await.expect_err("there is one");
    assert_eq!(refused.to_string(), "edition 2026-05 of tidemark has a send that is preparing; finish or cancel it first");
    let refused = store.step(edition, Step::Reopen, "Bo Tarn", "a figure is wrong", NOW).await;
    assert!(matches!(refused, Err(StoreError::SendUnderWay { status: SendStatus::Preparing, .. })), "{refused:?}");

    let page = everybody(store, digest, RECIPIENTS).await?;
    let candidates = (page.recipients.len() + page.excluded.len()) as u64;
    let without_cut = AudiencePage { cuts: Vec::new(), ..page.clone() };
    assert!(matches!(store.add_audience(send, &without_cut, NOW).await, Err(StoreError::NoCut { number: 1, .. })));
    store.add_audience(send, &page, NOW - HOUR).await?;
    let twice = AudiencePage { cuts: Vec::new(), excluded: Vec::new(), recipients: page.recipients[..1].to_vec() };
    assert!(matches!(store.add_audience(send, &twice, NOW).await, Err(StoreError::Database { .. })));

    let refused = store.release_send(send, NOW, "Bo Tarn", NOW).await;
    assert!(matches!(refused, Err(StoreError::SendStep { .. })), "{refused:?}");
    let refused = store.finish_prepare(send, candidates + 1, "Ada Lorne", NOW).await.expect_err("somebody is missing");
    assert!(refused.to_string().starts_with(&format!("send {send} has 12 recipients and {} excluded", candidates - 12)), "{refused}");
    store.finish_prepare(send, candidates, "Ada Lorne", NOW - HOUR).await?;
    assert!(matches!(store.add_audience(send, &twice, NOW).await, Err(StoreError::Frozen { status: SendStatus::Prepared, .. })));

    let row = store.send(send).await?.expect("it is there");
    assert_eq!((row.edition, &row.digest, row.key, row.status), (edition, digest, may(), SendStatus::Prepared));
    assert_eq!((row.counts.candidates, row.counts.recipients, row.counts.excluded), (candidates, 12, candidates - 12));
    assert_eq!(Some(row.content_sha256.clone()), store.signed(edition).await?.map(|signed| signed.sha256));
    assert_eq!((row.prepared_by.as_str(), row.prepared_at, row.due_at, row.released_by.as_deref()), ("Ada Lorne", Some(NOW - HOUR), None, None));
    let cuts = store.cuts(send).await?;
    assert_eq!((cuts.len(), &cuts[0].cut, cuts[0].reader_count), (1, &cut(1), 12));
    let left_out = store.exclusions(send, None, 1_000).await?;
    assert_eq!(left_out.len() as u64, candidates - 12);
    assert_eq!(store.exclusions(send, Some(left_out[0].0), 5).await?, left_out[1..6]);
    Ok(send)
}

async fn release(store: &Store, send: SendId, edition: EditionId) -> Chapter {
    let refused = store.step_send(send, SendStep::Release, "Bo Tarn", "", NOW).await;
    assert!(matches!(refused, Err(StoreError::SendStep { .. })), "{refused:?}");
    assert_eq!(store.release_send(send, NOW, "Bo Tarn", NOW - MINUTE).await?, SendStatus::Released);
    let row = store.send(send).await?.expect("it is there");
    assert_eq!((row.due_at, row.released_by.as_deref(), row.released_at), (Some(NOW), Some("Bo Tarn"), Some(NOW - MINUTE)));
    assert_eq!(store.step(edition, Step::Publish, "Bo Tarn", "", NOW).await?, pulse_model::Status::Published);

    // Nothing goes before its time.
    let lease = Lease { node: "quay", until: NOW + 15 * MINUTE };
    assert_eq!(store.due_sends(NOW - 1).await?, []);
    assert_eq!(store.claim(send, lease, 100, NOW - 1).await?, []);
    assert_eq!(store.due_sends(NOW).await?, [send]);
    let nothing: SendId = "00000000-0000-7000-8000-000000000000".parse().expect("an id");
    assert_eq!(store.claim(nothing, lease, 100, NOW).await?, []);
    assert!(matches!(store.send_report(nothing, NOW).await, Err(StoreError::NoSend { .. })));
    Ok(())
}

/// Two nodes; the rows that the second is left with.
async fn take_turns(store: &Store, send: SendId) -> Result<Vec<Claimed>, StoreError> {
    let (quay, bell) = (Lease { node: "quay", until: NOW + 15 * MINUTE }, Lease { node: "bell", until: NOW + 15 * MINUTE });
    let mine = store.claim(send, quay, 6, NOW).await?;
    let theirs = store.claim(send, bell, 100, NOW).await?;
    assert_eq!((mine.len(), theirs.len()), (6, 6));
    assert!(mine.iter().all(|row| !theirs.contains(row)));
    assert_eq!(store.claim(send, quay, 100, NOW).await?, []);
    assert_eq!((mine[0].cut, mine[0].attempt_count, mine[0].first_tried_at), (1, 0, None));

    let marks = ids(&mine[..4]);
    let recorded = store.record(quay, &marks, &[], NOW).await?;
    assert_eq!((recorded.refused_marks, recorded.refused_results), (vec![], vec![]));
    // Asked again, the answer is the same; asked by another node, it is no.
    assert_eq!(store.record(quay, &marks, &[], NOW).await?.refused_marks, []);
    assert_eq!(store.record(bell, &marks[..1], &[sent(marks[1])], NOW).await?.refused_marks, marks[..1]);

    let later = End::Deferred { until: NOW + 30 * MINUTE };
    let results = [
        sent(marks[0]),
        Outcome { id: marks[1], end: later, reply: reply(451, "4.7.1", "greylisted\r\ntry later") },
        Outcome { id: marks[2], end: End::Failed, reply: reply(550, "5.1.1", "no such user") },
        Outcome { id: marks[3], end: End::NotTried, reply: Reply::default() },
    ];
    let recorded = store.record(quay, &[mine[4].id], &results, NOW + 1_000).await?;
    assert_eq!((recorded.refused_marks, recorded.refused_results), (vec![], vec![]));
    let recorded = store.record(quay, &[], &results[..1], NOW + 2_000).await?;
    assert_eq!(recorded.refused_results, marks[..1]);
    store.record(quay, &[], &[sent(mine[4].id)], NOW + 2_000).await?;

    let report = store.send_report(send, NOW + 3_000).await?;
    let expected = [("queued", 8), ("sent", 2), ("deferred", 1), ("failed", 1)];
    assert_eq!(statuses(&report), expected.into());
    let replies: Vec<(u16, &str, u64)> = report.replies.iter().map(|reply| (reply.code, reply.enhanced.as_str(), reply.number)).collect();
    assert_eq!(replies, [(250, "2.0.0", 2), (451, "4.7.1", 1), (550, "5.1.1", 1)]);
    assert_eq!((report.sent_last_minute, report.replies[1].status), (2, DeliveryStatus::Deferred));
    assert_eq!(store.send_report(send, NOW + 2 * MINUTE).await?.sent_last_minute, 0);
    assert_eq!(report.exclusions.iter().map(|(_, count)| count).sum::<u64>(), report.send.counts.excluded);
    look_at_rows(store, send, &marks).await?;
    assert_eq!(store.give_back(send, "quay").await?, 1);
    Ok(theirs)
}

async fn look_at_rows(store: &Store, send: SendId, marks: &[DeliveryId]) -> Chapter {
    let put_off = store.delivery(marks[1]).await?.expect("it is there");
    assert_eq!((put_off.send, put_off.status, put_off.due_at), (send, DeliveryStatus::Deferred, NOW + 30 * MINUTE));
    assert_eq!((put_off.reply.text.as_str(), put_off.attempt_count, put_off.sent_at), ("greylisted try later", 1, None));
    let attempts = store.attempts(marks[1]).await?;
    assert_eq!((attempts.len(), attempts[0].number, attempts[0].at, &attempts[0].reply), (1, 1, NOW + 1_000, &put_off.reply));
    // What succeeded at once is told by its row alone.
    assert_eq!(store.attempts(marks[0]).await?, []);
    let row = store.delivery(marks[0]).await?.expect("it is there");
    assert_eq!((row.status, row.sent_at, row.reply.code, row.attempt_count), (DeliveryStatus::Sent, Some(NOW + 1_000), Some(250), 1));

    let filter = |status, address: Option<&str>| DeliveryFilter { status, address: address.map(str::to_owned) };
    let all = store.deliveries(send, &DeliveryFilter::default(), None, 1_000).await?;
    assert_eq!(all.len(), RECIPIENTS);
    assert_eq!(store.deliveries(send, &DeliveryFilter::default(), Some(all[3].id), 4).await?, all[4..8]);
    for (status, count) in [(DeliveryStatus::Sent, 2), (DeliveryStatus::Failed, 1), (DeliveryStatus::Queued, 8), (DeliveryStatus::Suppressed, 0)] {
        assert_eq!(store.deliveries(send, &filter(Some(status), None), None, 100).await?.len(), count, "{status}");
    }
    let failed = store.delivery(marks[2]).await?.expect("it is there");
    assert_eq!(store.deliveries(send, &filter(Some(DeliveryStatus::Failed), None), None, 100).await?, std::slice::from_ref(&failed));
    assert_eq!(store.deliveries(send, &filter(None, Some(&failed.address.to_uppercase())), None, 100).await?, [failed]);
    assert_eq!(store.deliveries(send, &filter(None, Some("%")), None, 100).await?, []);
    Ok(())
}

async fn leave_in_the_middle(store: &Store, digest: &Slug, send: SendId, claimed: &[Claimed]) -> Chapter {
    let bell = Lease { node: "bell", until: NOW + 15 * MINUTE };
    // One reader leaves before the mark, one while the message is with a server that says later.
    let (before, during) = (&claimed[0], &claimed[1]);
    let leave = event(subscriber::Step::Leave, None, NOW + 4_000);
    store.step_subscription(before.subscriber, digest, &leave, NOW + 4_000).await?;
    let recorded = store.record(bell, &[before.id, during.id], &[], NOW + 5_000).await?;
    assert_eq!(recorded.refused_marks, [before.id]);
    store.step_subscription(during.subscriber, digest, &leave, NOW + 6_000).await?;
    assert_eq!(store.delivery(during.id).await?.expect("it is there").status, DeliveryStatus::Sending);
    let later = Outcome { id: during.id, end: End::Deferred { until: NOW + HOUR }, reply: reply(451, "", "later") };
    assert_eq!(store.record(bell, &[], &[later], NOW + 7_000).await?.refused_results, []);
    for row in [before, during] {
        assert_eq!(store.delivery(row.id).await?.expect("it is there").status, DeliveryStatus::Suppressed);
    }
    assert_eq!(statuses(&store.send_report(send, NOW).await?)["suppressed"], 2);

    // A reader who is erased leaves a row without a name, which is counted.
    let gone = &claimed[2];
    store.erase_subscriber(gone.subscriber, None, NOW + 8_000).await?;
    let row = store.delivery(gone.id).await?.expect("it is there");
    assert_eq!((row.subscriber, row.address.as_str(), row.name.as_str(), row.status), (None, "", "", DeliveryStatus::Suppressed));
    assert_eq!(store.record(bell, &[gone.id], &[], NOW + 9_000).await?.refused_marks, [gone.id]);
    Ok(())
}

async fn pause_in_the_middle(store: &Store, send: SendId) -> Chapter {
    let bell = Lease { node: "bell", until: NOW + 15 * MINUTE };
    store.give_back(send, "bell").await?;
    let claimed = store.claim(send, bell, 2, NOW + 10_000).await?;
    store.record(bell, &[claimed[0].id], &[], NOW + 10_000).await?;
    assert_eq!(store.step_send(send, SendStep::Pause, "Bo Tarn", "", NOW + 11_000).await?, SendStatus::Paused);
    assert_eq!(store.record(bell, &[claimed[1].id], &[sent(claimed[0].id)], NOW + 12_000).await?.refused_marks, [claimed[1].id]);
    assert_eq!(store.claim(send, bell, 100, NOW + 12_000).await?, []);
    assert_eq!(store.due_sends(NOW + HOUR).await?, []);
    assert_eq!(store.delivery(claimed[0].id).await?.expect("it is there").status, DeliveryStatus::Sent);

    let refused = store.step_send(send, SendStep::Stop, "pulse", "too many refusals", NOW).await.expect_err("it is paused");
    assert_eq!(refused.to_string(), format!("send {send} stays as it is"));
    assert_eq!(store.step_send(send, SendStep::Resume, "Bo Tarn", "", NOW + 13_000).await?, SendStatus::Released);
    let refused = store.step_send(send, SendStep::Stop, "pulse", "", NOW).await.expect_err("why?");
    assert_eq!(refused.to_string(), "stopping a send needs a reason");
    assert_eq!(store.step_send(send, SendStep::Stop, "pulse", "too many refusals", NOW + 14_000).await?, SendStatus::Stopped);
    assert_eq!(store.send(send).await?.expect("it is there").stop_reason, "too many refusals");
    store.step_send(send, SendStep::Resume, "Bo Tarn", "the relay is mended", NOW + 15_000).await?;
    assert_eq!(store.send(send).await?.expect("it is there").stop_reason, "");
    // What was refused because of the pause can be claimed again at once.
    assert!(ids(&store.claim(send, bell, 100, NOW + 16_000).await?).contains(&claimed[1].id));
    store.give_back(send, "bell").await?;
    Ok(())
}

async fn lose_a_node(store: &Store, send: SendId) -> Chapter {
    let lease = |node, until| Lease { node, until };
    let claimed = store.claim(send, lease("bell", NOW + HOUR), 100, NOW + 20_000).await?;
    assert_eq!(claimed.len(), 4);
    let marks = ids(&claimed[..3]);
    store.record(lease("bell", NOW + HOUR), &marks, &[], NOW + 20_000).await?;
    assert_eq!(store.settle(Uncertain::Leave, NOW + HOUR - 1).await?, Settled::default());
    assert!(!store.finish_send(send, Uncertain::Leave, NOW + HOUR).await?);
    // What it had claimed is anybody's when the lease is over, and what it was sending is uncertain.
    let now = NOW + HOUR;
    assert_eq!(store.settle(Uncertain::Leave, now).await?, Settled { lost: 3, repeated: 0 });
    let others = store.claim(send, lease("quay", now + HOUR), 100, now).await?;
    assert_eq!(others.len(), 2, "one that was claimed, and one that was put off");
    assert!(store.delivery(marks[0]).await?.expect("it is there").reply.text.contains("stopped"));

    // It was alive after all, and can still tell; but not of what is queued again.
    assert_eq!(store.record(lease("bell", now), &[], &[sent(marks[0])], now).await?.refused_results, []);
    let attempts = store.attempts(marks[0]).await?;
    assert_eq!((attempts.len(), attempts[0].status), (1, DeliveryStatus::Sent));
    assert_eq!(store.settle(Uncertain::Repeat { at: now + MINUTE }, now).await?, Settled { lost: 0, repeated: 2 });
    assert_eq!(store.record(lease("bell", now), &[], &[sent(marks[1])], now).await?.refused_results, [marks[1]]);

    let results: Vec<Outcome> = ids(&others).into_iter().map(sent).collect();
    store.record(lease("quay", now + HOUR), &ids(&others), &[], now).await?;
    store.record(lease("quay", now + HOUR), &[], &results, now).await?;
    assert_eq!(store.claim(send, lease("quay", now + HOUR), 100, now + MINUTE - 1).await?, []);
    let again = store.claim(send, lease("quay", now + HOUR), 100, now + MINUTE).await?;
    assert_eq!(ids(&again), marks[1..]);
    assert_eq!((again[0].attempt_count, again[0].first_tried_at), (1, Some(now)));
    store.record(lease("quay", now + HOUR), &ids(&again), &[], now + MINUTE).await?;
    let lost = Outcome { id: again[1].id, end: End::Uncertain, reply: Reply { text: "the connection was lost".into(), ..Reply::default() } };
    store.record(lease("quay", now + HOUR), &[], &[sent(again[0].id), lost], now + MINUTE).await?;
    Ok(())
}

async fn finish(store: &Store, digest: &Slug, send: SendId) -> Chapter {
    assert!(!store.finish_send(send, Uncertain::Repeat { at: NOW }, NOW + 2 * HOUR).await?);
    assert!(store.finish_send(send, Uncertain::Leave, NOW + 2 * HOUR).await?);
    assert!(matches!(store.finish_send(send, Uncertain::Leave, NOW).await, Err(StoreError::SendStep { .. })));
    let report = store.send_report(send, NOW + 2 * HOUR).await?;
    assert_eq!(report.send.status, SendStatus::Finished);
    assert_eq!(statuses(&report), [("sent", 7), ("failed", 1), ("suppressed", 3), ("uncertain", 1)].into());
    let steps: Vec<SendStep> = store.send_events(send).await?.iter().map(|event| event.step).collect();
    let (pause, resume) = (SendStep::Pause, SendStep::Resume);
    assert_eq!(steps, [SendStep::Prepare, SendStep::Release, pause, resume, SendStep::Stop, resume, SendStep::Finish]);
    assert_eq!(store.send_events(send).await?[6].who, "pulse");

    let reader = store.deliveries(send, &DeliveryFilter { status: Some(DeliveryStatus::Sent), address: None }, None, 1).await?.remove(0);
    let history = store.history(reader.subscriber.expect("the reader is there"), 10).await?;
    assert_eq!((history.len(), &history[0].digest, history[0].key, &history[0].delivery), (1, digest, may(), &reader));
    Ok(())
}

/// Who had this text, or may have, does not get it again.
async fn send_to_those_who_missed_it(store: &Store, digest: &Slug, edition: EditionId) -> Chapter {
    let send = store.begin_send(edition, "Ada Lorne", NOW + 3 * HOUR).await?;
    let page = everybody(store, digest, RECIPIENTS).await?;
    // A reader who leaves while the audience is being gathered is in it, and gets nothing all the same.
    let leaver = page.recipients.last().expect("there are twelve").subscriber;
    store.step_subscription(leaver, digest, &event(subscriber::Step::Leave, None, NOW + 3 * HOUR), NOW + 3 * HOUR).await?;
    store.add_audience(send, &page, NOW + 3 * HOUR).await?;
    let candidates = (page.recipients.len() + page.excluded.len()) as u64;
    store.finish_prepare(send, candidates, "Ada Lorne", NOW + 3 * HOUR).await?;
    let report = store.send_report(send, NOW + 3 * HOUR).await?;
    // Three of the first twelve have gone since; nine are still there, of whom one failed.
    assert!(report.exclusions.contains(&(Exclusion::AlreadySent, 8)), "{:?}", report.exclusions);
    assert_eq!((report.send.counts.recipients, statuses(&report)["queued"]), (4, 4));
    assert_eq!(store.sends(Some(edition)).await?.len(), 2);
    store.release_send(send, NOW + 3 * HOUR, "Bo Tarn", NOW + 3 * HOUR).await?;
    let lease = Lease { node: "quay", until: NOW + 4 * HOUR };
    let claimed = store.claim(send, lease, 100, NOW + 3 * HOUR).await?;
    let leavers: Vec<DeliveryId> = claimed.iter().filter(|row| row.subscriber == leaver).map(|row| row.id).collect();
    assert_eq!((claimed.len(), leavers.len()), (4, 1));
    assert_eq!(store.record(lease, &ids(&claimed), &[], NOW + 3 * HOUR).await?.refused_marks, leavers);
    assert_eq!(store.delivery(leavers[0]).await?.expect("it is there").status, DeliveryStatus::Suppressed);
    let refused = store.step_send(send, SendStep::Cancel, "Bo Tarn", "", NOW).await;
    assert!(matches!(refused, Err(StoreError::Needs { .. })), "{refused:?}");
    assert_eq!(store.step_send(send, SendStep::Cancel, "Bo Tarn", "not now", NOW + 3 * HOUR).await?, SendStatus::Cancelled);
    assert!(matches!(store.release_send(send, NOW, "Bo Tarn", NOW).await, Err(StoreError::SendStep { .. })));
    Ok(())
}

/// A text that is no longer the one prepared is not released; prepared anew, everybody may get it.
async fn send_what_was_corrected(store: &Store, digest: &Digest, edition: EditionId) -> Chapter {
    let now = NOW + 4 * HOUR;
    store.step(edition, Step::Reopen, "Bo Tarn", "a figure was wrong", now).await?;
    store.save_edition(&second_edition(digest), &Source::default(), Conflict::Replace, now).await?;
    sign_off(store, edition, now).await?;
    let send = store.begin_send(edition, "Ada Lorne", now).await?;
    let page = everybody(store, &digest.slug, RECIPIENTS).await?;
    store.add_audience(send, &page, now).await?;
    store.finish_prepare(send, (page.recipients.len() + page.excluded.len()) as u64, "Ada Lorne", now).await?;
    assert_eq!(store.send(send).await?.expect("it is there").counts.recipients, 12);
    let refused = store.step(edition, Step::Reopen, "Bo Tarn", "one more", now).await;
    assert!(matches!(refused, Err(StoreError::SendUnderWay { status: SendStatus::Prepared, .. })), "{refused:?}");
    store.step_send(send, SendStep::Cancel, "Bo Tarn", "tomorrow", now).await?;
    Ok(())
}
