//! What people did is noted, complaints about personal data are answered in time, and clicks are counted.

use std::collections::BTreeSet;

use pulse_model::Slug;
use pulse_model::ids::EntryId;
use pulse_store::{ComplaintId, ComplaintState, NewComplaint, Store, StoreError};

use super::{Chapter, HOUR, START, may};

const NOW: i64 = START + 400 * HOUR;
const DAY: i64 = 24 * HOUR;

/// Tells the chapters.
pub async fn run(store: &Store, digest: &Slug) {
    note_what_people_do(store).await.expect("the audit log is kept");
    answer_complaints(store).await.expect("complaints are answered");
    count_clicks(store, digest).await.expect("clicks are counted");
}

async fn note_what_people_do(store: &Store) -> Chapter {
    let before = store.audit(None, None, 1_000).await?.len();
    let first = store.append_audit("Ada Lorne", "invite", "editor 7", "as bo@tarn.example\r\nand nobody else", NOW).await?;
    let second = store.append_audit("Bo Tarn", "export", "digest tidemark", "304 readers", NOW + HOUR).await?;
    let all = store.audit(None, None, 1_000).await?;
    assert_eq!(all.len(), before + 2);
    assert_eq!((all[0].id, all[1].id), (second, first));
    assert_eq!(all[1].detail, "as (address) and nobody else");
    assert_eq!(store.audit(None, Some(second), 1).await?[0].id, first);
    assert_eq!(store.audit(Some("editor 7"), None, 10).await?, [all[1].clone()]);
    let refused = store.append_audit(" ", "invite", "editor 7", "", NOW).await;
    assert_eq!(refused.expect_err("by whom?").to_string(), "a line of the audit log needs the name of who did it");
    Ok(())
}

async fn answer_complaints(store: &Store) -> Chapter {
    let complaint = NewComplaint { name: "Kit".into(), address: "kit@readers.example".into(), text: "You wrote to me\nafter I left.\0".into() };
    let first = store.add_complaint(&complaint, NOW).await?;
    let second = store.add_complaint(&NewComplaint { text: "Who are you?".into(), ..NewComplaint::default() }, NOW + DAY).await?;
    assert!(matches!(store.add_complaint(&NewComplaint::default(), NOW).await, Err(StoreError::Needs { .. })));

    let ids = async |by| Ok::<_, StoreError>(store.complaints_running_out(by).await?.into_iter().map(|one| one.id).collect::<Vec<ComplaintId>>());
    assert_eq!(ids(NOW + 30 * DAY - 1).await?, []);
    assert_eq!(ids(NOW + 30 * DAY).await?, [first]);
    assert_eq!(ids(NOW + 31 * DAY).await?, [first, second]);

    store.acknowledge_complaint(first, NOW + 2 * DAY).await?;
    store.acknowledge_complaint(first, NOW + 3 * DAY).await?;
    store.answer_complaint(second, "We told you.", NOW + 4 * DAY).await?;
    assert!(matches!(store.answer_complaint(second, "", NOW).await, Err(StoreError::Needs { .. })));
    assert_eq!(ids(NOW + 99 * DAY).await?, []);
    let all = store.complaints(None, 10).await?;
    assert_eq!((all[1].complaint.text.as_str(), &all[1].complaint.name), ("You wrote to me\nafter I left.", &complaint.name));
    assert_eq!((all[1].state, all[1].acknowledged_at, all[1].answered_at), (ComplaintState::Acknowledged, Some(NOW + 2 * DAY), None));
    assert_eq!((all[0].state, all[0].acknowledged_at), (ComplaintState::Answered, Some(NOW + 4 * DAY)));
    assert_eq!((all[0].answered_at, all[0].outcome.as_str()), (Some(NOW + 4 * DAY), "We told you."));
    let nobody: ComplaintId = "00000000-0000-7000-8000-000000000000".parse().expect("an id");
    assert!(matches!(store.acknowledge_complaint(nobody, NOW).await, Err(StoreError::NoComplaint { .. })));
    assert!(matches!(store.answer_complaint(nobody, "Yes", NOW).await, Err(StoreError::NoComplaint { .. })));
    Ok(())
}

async fn count_clicks(store: &Store, digest: &Slug) -> Chapter {
    let edition = store.edition(digest, may()).await?.expect("it was saved").id;
    let entry = |number: u32| format!("00000000-0000-7000-8000-{number:012}").parse::<EntryId>().expect("an id");
    assert_eq!(store.clicks(edition).await?, []);
    let slugs = store.edition_by_id(edition).await?.expect("it is there").edition.entries().map(|entry| entry.slug.clone()).collect::<BTreeSet<_>>();
    assert_eq!(store.entry_ids(edition).await?.into_keys().collect::<BTreeSet<_>>(), slugs);
    store.add_clicks(&[(edition, entry(1)), (edition, entry(2)), (edition, entry(2))], NOW).await?;
    store.add_clicks(&[(edition, entry(2))], NOW + HOUR).await?;
    store.add_clicks(&[(edition, entry(1))], NOW + 2 * DAY).await?;
    assert_eq!(store.clicks(edition).await?, [(entry(2), 3), (entry(1), 2)]);
    Ok(())
}
