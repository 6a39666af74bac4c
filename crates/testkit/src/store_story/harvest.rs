//! Sources are watched: looks bring records, records make publications, their documents are fetched, change, and turn out to be the same.

use pulse_model::document::{Content, Document, Metadata};
use pulse_model::publication::Change;
use pulse_model::{Channel, ContentHash, Identifier, LinkRole, Publication, Record, RecordLink, Source};
use pulse_store::{
    Check, CheckEnd, CheckReason, DocumentBrief, Facts, Keeping, KeptRecord, Lease, LookCounts, Looked, PublicationFilter, PublicationId, ReadDocument,
    SourceHealth, SourceId, Store, StoreError, Tried, TryEnd, WhichSources, Work,
};

use super::{Chapter, HOUR, START};

const NOW: i64 = START + 500 * HOUR;
const NODE: &str = "quay/1";

/// Tells the chapters to a store.
pub async fn run(store: &Store) {
    let [quay, bench] = watch_sources(store).await.expect("sources are watched");
    let id = keep_what_a_look_brings(store, quay, bench).await.expect("records are kept");
    fetch_documents(store, quay, id).await.expect("documents are kept");
    say_how_it_went(store, quay).await.expect("looks are recorded");
    find_that_two_are_one(store, quay, id).await.expect("publications are merged");
    lose_a_node(store, quay).await.expect("a dead node's work is taken over");
    remove_a_source(store, quay, id).await.expect("a source is removed");
}

/// A source that is a feed.
pub fn feed(name: &str) -> Source {
    let url = format!("https://{}.example/feed", name.to_lowercase()).parse().expect("an address");
    Source { name: name.into(), publisher: Some("Quay Health Institute".into()), sectors: vec!["Health".into()], channel: Channel::Feed { url } }
}

fn lease(node: &str, now: i64) -> Lease<'_> {
    Lease { node, until: now + HOUR }
}

async fn watch_sources(store: &Store) -> Result<[SourceId; 2], StoreError> {
    assert_eq!(store.sources().await?, []);
    let quay = store.add_source(&feed("Quay"), NOW, NOW).await?;
    let bench = store.add_source(&feed("Bench"), NOW + HOUR, NOW).await?;
    assert!(matches!(store.add_source(&feed("QUAY"), NOW, NOW).await, Err(StoreError::SourceThere { name }) if name == "QUAY"));
    assert!(matches!(store.add_source(&feed(""), NOW, NOW).await, Err(StoreError::Needs { .. })));
    let rows = store.sources().await?;
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [bench, quay]);
    let row = store.source("quay").await?.expect("it was added");
    assert_eq!((&row.source, row.is_paused, row.publication_count, row.health.next_due_at), (&feed("Quay"), false, 0, NOW));

    let both = [quay, bench];
    let claimed = async |which, node, now| {
        Ok::<_, StoreError>(store.claim_sources(which, lease(node, now), 10, now).await?.iter().map(|turn| turn.row.id).collect::<Vec<_>>())
    };
    assert_eq!(claimed(WhichSources::Due, NODE, NOW - 1).await?, []);
    assert_eq!(claimed(WhichSources::Due, NODE, NOW).await?, [quay]);
    assert_eq!(claimed(WhichSources::Due, "bell/1", NOW).await?, []);
    assert_eq!(claimed(WhichSources::These(&both), "bell/1", NOW).await?, [bench]);
    assert!(store.renew_source(quay, lease(NODE, NOW)).await?);
    assert!(!store.renew_source(quay, lease("bell/1", NOW)).await?);
    store.give_back_source(bench, "bell/1", NOW).await?;
    store.pause_source(bench, true, NOW).await?;
    assert_eq!(claimed(WhichSources::Due, "bell/1", NOW + 2 * HOUR).await?, [quay]);
    assert!(!store.renew_source(quay, lease(NODE, NOW)).await?);
    store.give_back_source(quay, "bell/1", NOW - HOUR).await?;
    store.pause_source(bench, false, NOW).await?;
    // Those that are due since the same moment come in any order.
    let mut both_due = claimed(WhichSources::Due, NODE, NOW).await?;
    both_due.sort_by_key(|id| *id != quay);
    assert_eq!(both_due, both);
    Ok(both)
}

fn record(key: &str) -> Record {
    let url = "https://quay.example/waiting".parse().expect("an address");
    let link = RecordLink { url, role: LinkRole::Page, title: String::new(), media_type: None };
    Record { key: key.into(), title: "Waiting well".into(), links: vec![link], published_at: Some(NOW), ..Record::default() }
}

pub(super) fn kept(key: &str) -> KeptRecord {
    KeptRecord { record: record(key), hash: ContentHash::of(key.as_bytes()), work: 0 }
}

fn identifier(text: &str) -> Identifier {
    text.parse().expect("an identifier")
}

pub(super) fn work(identifiers: &[&str]) -> Work {
    Work {
        id: None,
        from_version: 0,
        facts: Publication { title: "Waiting well".into(), published_at: Some(NOW), ..Publication::default() },
        changes: Vec::new(),
        amends: false,
        is_due: true,
        identifiers: identifiers.iter().map(|text| identifier(text)).collect(),
        absorbs: Vec::new(),
    }
}

async fn keep(store: &Store, source: SourceId, work: Work, key: &str, now: i64) -> Result<Keeping, StoreError> {
    store.keep_records(source, lease(NODE, now), (&[work], &[kept(key)]), Some("{\"cursor\":\"7\"}"), now).await
}

fn id_of(keeping: Keeping) -> PublicationId {
    match keeping {
        Keeping::Kept(ids) => ids.first().copied(),
        _ => None,
    }
    .expect("it is kept")
}

async fn keep_what_a_look_brings(store: &Store, quay: SourceId, bench: SourceId) -> Result<PublicationId, StoreError> {
    let page = "url:quay.example/waiting";
    assert!(store.known_publications(&[identifier(page)]).await?.is_empty());
    let long = format!("url:quay.example/{}", "x".repeat(5_000));
    let id = id_of(keep(store, quay, work(&[page, &long]), "a", NOW).await?);
    // Whoever did not see it plans again.
    assert_eq!(keep(store, bench, work(&[page]), "b", NOW).await?, Keeping::Overtaken);
    let known = store.known_publications(&[identifier(page), identifier("doi:10.1000/1")]).await?;
    assert_eq!(known.len(), 1);
    let known = known.get(page).expect("it is known");
    assert_eq!((known.id, known.version_number, known.records.len(), &known.records[0].1), (id, 1, 1, &record("a")));
    let records = store.known_records(quay, &["a", "z"]).await?;
    assert_eq!((records.len(), records["a"][0].publication, records["a"][0].hash), (1, id, ContentHash::of(b"a")));
    assert!(store.known_records(bench, &["a"]).await?.is_empty());

    // The other source tells of it too, and then that it changed; and a little later of what.
    let mut again = work(&["doi:10.1000/1"]);
    (again.id, again.from_version, again.is_due) = (Some(id), 1, false);
    again.facts = known.facts.clone();
    keep(store, bench, again.clone(), "b", NOW).await?;
    again.changes = vec![Change::Title { from: "Waiting well".into(), to: "Waiting better".into() }];
    again.facts.title = "Waiting better".into();
    again.is_due = true;
    keep(store, bench, again.clone(), "b", NOW + 1).await?;
    assert_eq!(keep(store, bench, again.clone(), "b", NOW + 1).await?, Keeping::Overtaken);
    (again.from_version, again.amends, again.changes) = (2, true, vec![Change::Note { text: "A better title.".into() }]);
    keep(store, bench, again, "b", NOW + 2).await?;
    let stored = store.publication(id).await?.expect("it is there");
    assert_eq!((stored.row.version_number, stored.row.facts.title.as_str(), stored.versions.len()), (2, "Waiting better", 2));
    assert_eq!((stored.versions[0].changes.len(), stored.versions[1].changes.len(), stored.versions[1].seen_at), (0, 2, NOW + 1));
    assert_eq!((stored.row.sources.as_slice(), stored.records.len()), (["Bench".to_owned(), "Quay".to_owned()].as_slice(), 2));
    assert!(stored.identifiers.iter().any(|text| text == "doi:10.1000/1") && stored.identifiers.len() == 3, "{:?}", stored.identifiers);

    // Somebody else has the source by now.
    let theirs = store.keep_records(quay, lease("bell/9", NOW), (&[], &[]), Some("{}"), NOW).await?;
    assert_eq!(theirs, Keeping::NotOurs);
    let turn = store.claim_sources(WhichSources::These(&[quay]), lease(NODE, NOW + 2 * HOUR), 1, NOW + 2 * HOUR).await?;
    assert_eq!(turn[0].memory, "{\"cursor\":\"7\"}");

    // A look with more than a transaction holds is refused.
    let many: Vec<KeptRecord> = (0..501).map(|number| kept(&number.to_string())).collect();
    let refused = store.keep_records(quay, lease(NODE, NOW), (&[], &many), None, NOW).await;
    assert!(matches!(refused, Err(StoreError::TooMany { .. })), "{refused:?}");

    // An old one is kept and not due.
    let mut old = work(&["url:quay.example/old"]);
    (old.is_due, old.facts.published_at) = (false, Some(START));
    id_of(keep(store, quay, old, "old", NOW).await?);
    let listed = store.publications(PublicationFilter::default(), None, 10).await?;
    assert_eq!(listed.iter().map(|row| row.sorted_at).collect::<Vec<_>>(), [NOW, START]);
    assert_eq!(store.publications(PublicationFilter::default(), Some((NOW, id)), 10).await?.len(), 1);
    assert_eq!(store.publications(PublicationFilter { since: Some(NOW), source: Some(quay) }, None, 10).await?.len(), 1);
    assert_eq!(store.publication_times(quay, 10).await?, [NOW, START]);
    Ok(id)
}

pub(super) fn document(words: &str) -> Document {
    let block = Content::Paragraph { text: words.into() };
    Document::new(Metadata { title: "Waiting".into(), ..Metadata::default() }, [(None, block)], None, Vec::new())
}

pub(super) fn read(words: &str, changes: Vec<Change>) -> Tried {
    let end = TryEnd::Read(Box::new(ReadDocument {
        etag: Some("\"1\"".into()),
        last_modified: None,
        final_url: "https://quay.example/waiting".into(),
        media_type: Some("text/html".into()),
        original: ContentHash::of(words.as_bytes()),
        size_bytes: words.len() as u64,
        document: document(words),
        brief: DocumentBrief { beginning: words.into(), word_count: 3, sketch: "s1:00".into(), mentions: vec!["url:quay.example/waiting".into()] },
        changes,
    }));
    Tried { url: "https://quay.example/waiting".into(), position: 0, title: "Page".into(), end }
}

fn end(next_at: Option<i64>, is_complete: bool) -> CheckEnd<'static> {
    CheckEnd { fill: &|facts| facts.language = Some("en".into()), identifiers: &[], next_at, is_complete }
}

async fn claim(store: &Store, source: SourceId, now: i64) -> Result<Vec<Check>, StoreError> {
    store.claim_checks(Some(source), lease(NODE, now), 10, now).await
}

async fn fetch_documents(store: &Store, quay: SourceId, id: PublicationId) -> Chapter {
    let check = claim(store, quay, NOW + 2).await?.remove(0);
    assert_eq!((check.publication, check.reason, check.records.len(), check.documents.len()), (id, CheckReason::New, 2, 0));
    assert_eq!(claim(store, quay, NOW + 2).await?, []);
    // Nothing was there, so it stays new.
    let failed = Tried { end: TryEnd::Failed("no answer".into()), ..read("", Vec::new()) };
    assert!(store.save_document(id, lease(NODE, NOW), &failed, NOW).await?);
    assert!(!store.save_document(id, lease("bell/1", NOW), &failed, NOW).await?);
    assert!(store.end_check(&check, NODE, &end(Some(NOW + HOUR), false)).await?);
    assert!(!store.end_check(&check, NODE, &end(None, false)).await?);

    let check = claim(store, quay, NOW + HOUR).await?.remove(0);
    assert_eq!((check.reason, check.documents[0].last_error.as_str(), &check.documents[0].newest), (CheckReason::New, "no answer", &None));
    assert!(store.save_document(id, lease(NODE, NOW + HOUR), &read("Six weeks.", Vec::new()), NOW + HOUR).await?);
    assert!(store.end_check(&check, NODE, &end(Some(NOW + 2 * HOUR), true)).await?);
    let stored = store.publication(id).await?.expect("it is there");
    assert_eq!((stored.row.version_number, stored.row.document_count, stored.row.facts.language.as_deref()), (2, 1, Some("en")));

    // Fetched again: unchanged, then changed in silence, in two documents at once.
    let check = claim(store, quay, NOW + 2 * HOUR).await?.remove(0);
    assert_eq!(check.reason, CheckReason::Again);
    let unchanged = Tried { end: TryEnd::Unchanged { etag: Some("\"2\"".into()), last_modified: None }, ..read("", Vec::new()) };
    store.save_document(id, lease(NODE, NOW + 2 * HOUR), &unchanged, NOW + 2 * HOUR).await?;
    let text = |document: &str| Change::Text { document: document.into(), added: vec!["Five weeks.".into()], removed: vec!["Six weeks.".into()] };
    store.save_document(id, lease(NODE, NOW + 2 * HOUR), &read("Five weeks.", vec![text("page")]), NOW + 2 * HOUR).await?;
    let annex = Tried { url: "https://quay.example/annex".into(), position: 1, ..read("Five, annex.", vec![text("annex")]) };
    store.save_document(id, lease(NODE, NOW + 2 * HOUR), &annex, NOW + 2 * HOUR).await?;
    assert!(store.end_check(&check, NODE, &end(None, true)).await?);
    assert_eq!(claim(store, quay, NOW + 900 * HOUR).await?, []);
    let end_twice = async |update: Work| {
        // An update whose documents are not there yet stays an update.
        keep(store, quay, update, "a", NOW + 3 * HOUR).await?;
        for is_complete in [false, true] {
            let check = claim(store, quay, NOW + 3 * HOUR).await?.remove(0);
            assert_eq!(check.reason, CheckReason::Update);
            store.end_check(&check, NODE, &end(Some(NOW + 3 * HOUR), is_complete)).await?;
        }
        let check = claim(store, quay, NOW + 3 * HOUR).await?.remove(0);
        assert_eq!(check.reason, CheckReason::Again);
        store.end_check(&check, NODE, &end(None, true)).await?;
        Ok::<_, StoreError>(())
    };
    let mut update = work(&[]);
    (update.id, update.from_version, update.amends) = (Some(id), 3, true);
    update.changes = vec![text("page")];
    end_twice(update).await?;

    let stored = store.publication(id).await?.expect("it is there");
    assert_eq!((stored.versions.len(), &stored.versions[2].changes), (3, &vec![text("page"), text("annex")]));
    assert_eq!(stored.documents.iter().map(|row| row.url.as_str()).collect::<Vec<_>>(), ["https://quay.example/waiting", "https://quay.example/annex"]);
    let page = &stored.documents[0];
    assert_eq!((page.etag.as_deref(), page.newest.as_ref().map(|newest| newest.number)), (Some("\"1\""), Some(2)));
    let versions = store.document_versions(page.id).await?;
    assert_eq!(versions.iter().map(|version| version.original).collect::<Vec<_>>(), [ContentHash::of(b"Six weeks."), ContentHash::of(b"Five weeks.")]);
    assert_eq!(store.document(page.id, Some(1)).await?, Some(document("Six weeks.")));
    assert_eq!(store.document(page.id, None).await?, Some(document("Five weeks.")));
    assert_eq!(store.document(page.id, Some(3)).await?, None);

    let captured = store.captured(NOW, None, 2).await?;
    let last = captured.last().map(|last| (last.version.seen_at, last.document));
    assert_eq!((captured.len(), store.captured(NOW, last, 10).await?.len(), store.captured(NOW + 2 * HOUR, None, 10).await?.len()), (2, 1, 2));
    Ok(())
}

async fn say_how_it_went(store: &Store, quay: SourceId) -> Chapter {
    let health = SourceHealth {
        next_due_at: NOW + 9 * HOUR,
        tried_at: Some(NOW),
        failure_count: 2,
        last_error: "no\nanswer".into(),
        rhythm_ms: Some(HOUR),
        ..SourceHealth::default()
    };
    let counts = LookCounts { new: 1, updated: 2, unchanged: 3, documents: 4, problems: 5 };
    let looked = Looked { began_at: NOW, ended_at: NOW + 1, counts, error: "no answer".into(), problems: vec!["one".into()] };
    assert!(!store.end_look(quay, "bell/1", &looked, &health).await?);
    assert!(store.end_look(quay, NODE, &looked, &health).await?);
    assert_eq!(store.looks(quay, 10).await?, std::slice::from_ref(&looked));
    let row = store.source("Quay").await?.expect("it is there");
    assert_eq!((row.health, row.publication_count), (SourceHealth { last_error: "no answer".into(), ..health.clone() }, 2));
    for number in 0..60 {
        store.claim_sources(WhichSources::These(&[quay]), lease(NODE, NOW), 1, NOW).await?;
        store.end_look(quay, NODE, &Looked { ended_at: NOW + 2 + number, ..looked.clone() }, &health).await?;
    }
    let looks = store.looks(quay, 100).await?;
    assert_eq!((looks.len(), looks[0].ended_at), (50, NOW + 61));
    let moved = feed("Quayside");
    store.change_source(quay, &moved).await?;
    assert_eq!(store.source("quayside").await?.map(|row| row.source), Some(moved));
    // What was remembered of the other address is forgotten.
    let turn = store.claim_sources(WhichSources::These(&[quay]), lease(NODE, NOW), 1, NOW).await?;
    assert_eq!(turn[0].memory, "{}");
    store.give_back_source(quay, NODE, NOW).await?;
    Ok(())
}

async fn find_that_two_are_one(store: &Store, quay: SourceId, id: PublicationId) -> Chapter {
    let now = NOW + 1_000 * HOUR;
    store.claim_sources(WhichSources::These(&[quay]), lease(NODE, now), 1, now).await?;
    let other = id_of(keep(store, quay, work(&["url:press.example/waiting"]), "press", now).await?);
    let check = claim(store, quay, now).await?.remove(0);
    let copy = Tried { url: "https://press.example/waiting.pdf".into(), ..read("Five weeks.", Vec::new()) };
    store.save_document(other, lease(NODE, now), &copy, now).await?;
    store.end_check(&check, NODE, &end(None, true)).await?;
    assert_eq!(store.publication_with_file(ContentHash::of(b"Five weeks."), other).await?, Some(id));
    let facts: &Facts<'_> = &|before, records| Publication { title: format!("{} of {}", before.title, records.len()), ..before };
    assert!(store.merge_publications(other, id, facts, now).await?);
    assert!(!store.merge_publications(other, id, facts, now).await?);
    let stored = store.publication(other).await?.expect("it is found under its old id");
    assert_eq!((stored.row.id, stored.documents.len(), stored.records.len(), stored.versions.len()), (id, 3, 3, 3));
    assert!(stored.row.facts.title.ends_with(" of 3"), "{}", stored.row.facts.title);
    let known = store.known_publications(&[identifier("url:press.example/waiting")]).await?;
    assert_eq!(known.values().map(|known| known.id).collect::<Vec<_>>(), [id]);
    Ok(())
}

async fn lose_a_node(store: &Store, quay: SourceId) -> Chapter {
    let now = NOW + 2_000 * HOUR;
    store.claim_sources(WhichSources::These(&[quay]), lease(NODE, now), 1, now).await?;
    keep(store, quay, work(&["url:quay.example/lost"]), "lost", now).await?;
    assert_eq!(claim(store, quay, now).await?.len(), 1);
    // The next run of the same node knows that this one is dead.
    assert_eq!(store.take_over("quay", "quay/2", now).await?, 3);
    assert!(!store.renew_source(quay, lease(NODE, now)).await?);
    let again = store.claim_checks(None, lease("quay/2", now), 10, now).await?;
    assert_eq!(again.len(), 1);
    Ok(())
}

async fn remove_a_source(store: &Store, quay: SourceId, id: PublicationId) -> Chapter {
    store.remove_source(quay).await?;
    assert_eq!(store.source("Quayside").await?, None);
    let stored = store.publication(id).await?.expect("publications stay");
    assert_eq!((stored.row.sources, stored.records.len(), stored.documents.len()), (vec!["Bench".to_owned()], 1, 3));
    Ok(())
}
