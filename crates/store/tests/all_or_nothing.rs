//! An edition is in the store with all its rows, or it is not there; and several writers at once come to one result.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the report")]

use pulse_model::life::Step;
use pulse_model::{Digest, Edition, EditionKey, Entry, Month, Slug};
use pulse_store::{Conflict, Fault, Saved, Source, Store, StoreError};
use pulse_testkit::store_story;

#[path = "support/other.rs"]
mod other;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "support/sqlite.rs"]
mod sqlite;

use other::Other;
use postgres::with_postgres;
use sqlite::with_sqlite;

fn may() -> EditionKey {
    EditionKey::monthly(Month::new(2026, 5).unwrap())
}

/// Every table that holds a part of an edition, or of what saving one adds.
const TABLES: &[&str] = &[
    "edition",
    "edition_revision",
    "edition_event",
    "edition_sector",
    "edition_category",
    "news_item",
    "news_link",
    "entry",
    "entry_publisher",
    "entry_link",
    "entry_figure",
    "problem",
    "set_aside",
    "publisher",
    "publisher_name",
];

async fn counts(other: &mut Other) -> Vec<(&'static str, i64)> {
    let mut counts = Vec::new();
    for table in TABLES {
        counts.push((*table, other.count(table).await));
    }
    counts
}

/// Makes the insertion of an entry with this title fail.
async fn refuse_entry(other: &mut Other, title: &str) {
    let when = format!("CREATE TRIGGER refuse BEFORE INSERT ON entry {{each}} WHEN (NEW.title = '{title}')");
    if matches!(other, Other::Sqlite(_)) {
        other.execute(&format!("{} BEGIN SELECT RAISE(ABORT, 'refused by the test'); END", when.replace("{each}", ""))).await;
    } else {
        other.execute("CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused by the test'; END $$").await;
        other.execute(&format!("{} EXECUTE FUNCTION refuse()", when.replace("{each}", "FOR EACH ROW"))).await;
    }
}

async fn refuse_nothing(other: &mut Other) {
    let table = if matches!(other, Other::Sqlite(_)) { "" } else { " ON entry" };
    other.execute(&format!("DROP TRIGGER refuse{table}")).await;
}

async fn failing_half_way_leaves_nothing(address: String) {
    let store = Store::open(&address).await.unwrap();
    let digest = store_story::digest();
    store.put_digest(&digest, 1).await.unwrap();
    let edition = store_story::edition(&digest, may());
    let mut other = Other::connect(&address).await;
    let before = counts(&mut other).await;

    // The last of the three entries: by then sectors, problems and two entries were written.
    refuse_entry(&mut other, "Who waits?").await;
    let error = store.save_edition(&edition, &Source::default(), Conflict::Refuse, 2).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot save edition 2026-05 of tidemark: "), "{error}");
    assert!(!error.is_passing());
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("refused by the test"), "{cause}");
    assert_eq!(counts(&mut other).await, before);
    assert_eq!(store.edition(&digest.slug, may()).await.unwrap(), None);

    refuse_nothing(&mut other).await;
    assert!(matches!(store.save_edition(&edition, &Source::default(), Conflict::Refuse, 3).await.unwrap(), Saved::Created(_)));

    // The same while an edition is replaced: the old text stays whole, and no revision is made.
    let stored = store.edition(&digest.slug, may()).await.unwrap().unwrap();
    let before = counts(&mut other).await;
    let mut changed = edition.clone();
    changed.news.clear();
    changed.sectors[1].categories[0].entries.push(Entry { slug: "last".into(), ..Entry::titled(["Somebody new"], "The last straw") });
    refuse_entry(&mut other, "The last straw").await;
    store.save_edition(&changed, &Source::default(), Conflict::Replace, 4).await.unwrap_err();
    assert_eq!(counts(&mut other).await, before);
    assert_eq!(store.edition(&digest.slug, may()).await.unwrap(), Some(stored));
    store.close().await;
}

#[tokio::test]
async fn sqlite_failing_half_way_leaves_nothing() {
    with_sqlite(failing_half_way_leaves_nothing).await;
}

#[tokio::test]
async fn postgres_failing_half_way_leaves_nothing() {
    with_postgres(failing_half_way_leaves_nothing).await;
}

/// Entry ids are what later tables refer to: they stay while the entry stays.
async fn entries_keep_their_id(address: String) {
    let store = Store::open(&address).await.unwrap();
    let digest = store_story::digest();
    store.put_digest(&digest, 1).await.unwrap();
    let mut edition = store_story::edition(&digest, may());
    store.save_edition(&edition, &Source::default(), Conflict::Refuse, 2).await.unwrap();
    let mut other = Other::connect(&address).await;
    other.execute("CREATE TABLE seen AS SELECT id, slug FROM entry").await;
    edition.sectors.reverse();
    edition.entries_mut().for_each(|entry| entry.title.push('!'));
    let replaced = store.save_edition(&edition, &Source::default(), Conflict::Replace, 3).await.unwrap();
    assert!(matches!(replaced, Saved::Replaced { .. }));
    assert_eq!(other.count("entry JOIN seen ON entry.id = seen.id AND entry.slug = seen.slug").await, 3);
    store.close().await;
}

#[tokio::test]
async fn sqlite_entries_keep_their_id() {
    with_sqlite(entries_keep_their_id).await;
}

#[tokio::test]
async fn postgres_entries_keep_their_id() {
    with_postgres(entries_keep_their_id).await;
}

/// Eight nodes save the same edition, and editions of their own that print the same new publishers in other orders.
async fn writers_agree(address: String) {
    let store = Store::open(&address).await.unwrap();
    let shared = Digest::named(Slug::from_words("shared"), "Shared");
    store.put_digest(&shared, 1).await.unwrap();
    let mut nodes = Vec::new();
    for node in 0..8_usize {
        let (address, shared) = (address.clone(), shared.clone());
        nodes.push(tokio::spawn(async move {
            let store = Store::open(&address).await.unwrap();
            let own = Digest::named(Slug::from_words(&format!("digest {node}")), "One of eight");
            store.put_digest(&own, 2).await.unwrap();
            store.save_edition(&printing(&own, node), &Source::default(), Conflict::Refuse, 3).await.unwrap();
            let saved = store.save_edition(&printing(&shared, 0), &Source::default(), Conflict::Refuse, 3).await.unwrap();
            store.close().await;
            saved
        }));
    }
    let mut saved = Vec::new();
    for node in nodes {
        saved.push(node.await.unwrap());
    }
    assert_eq!(saved.iter().filter(|saved| matches!(saved, Saved::Created(_))).count(), 1, "{saved:?}");
    let publishers: Vec<u64> = store.publishers(None).await.unwrap().iter().map(|row| row.entry_count).collect();
    assert_eq!(publishers, [9; 12]);
    store.close().await;
}

/// An edition with an entry for each of twelve publishers, the first of them `first`.
fn printing(digest: &Digest, first: usize) -> Edition {
    let mut edition = Edition::new(digest.slug.clone(), may());
    let entries = (0..12).map(|number| Entry::titled([format!("Institute {}", (number + first) % 12)], "Report")).collect();
    let category = pulse_model::edition::Category { name: String::new(), entries };
    edition.sectors = vec![pulse_model::edition::Sector { name: "All".into(), categories: vec![category] }];
    edition.settle_slugs();
    edition
}

#[tokio::test]
async fn sqlite_writers_agree() {
    with_sqlite(writers_agree).await;
}

#[tokio::test]
async fn postgres_writers_agree() {
    with_postgres(writers_agree).await;
}

/// What other programs wrote is found, named, and not taken for an edition.
async fn strange_rows_are_named(address: String) {
    let store = Store::open(&address).await.unwrap();
    let digest = store_story::digest();
    store.put_digest(&digest, 1).await.unwrap();
    let id = store.save_edition(&store_story::edition(&digest, may()), &Source::default(), Conflict::Refuse, 2).await.unwrap().id();
    let mut other = Other::connect(&address).await;

    store.step(id, Step::Submit, "Ada Lorne", "", 3).await.unwrap();
    store.step(id, Step::SignOff, "Bo Tarn", "", 4).await.unwrap();
    other.execute("UPDATE entry SET title = 'Something else' WHERE title = 'Who waits?'").await;
    let error = store.step(id, Step::Publish, "Ada Lorne", "", 5).await.unwrap_err();
    assert!(matches!(error, StoreError::NotWhatWasSigned { .. }), "{error}");

    other.execute("UPDATE edition SET welcome = '[{'").await;
    let error = store.edition(&digest.slug, may()).await.unwrap_err();
    assert_eq!(error.to_string(), format!("edition {id} has an impossible welcome"));
    assert!(std::error::Error::source(&error).is_some() && !error.is_passing());
    store.close().await;
}

#[tokio::test]
async fn sqlite_strange_rows_are_named() {
    with_sqlite(strange_rows_are_named).await;
}

#[tokio::test]
async fn postgres_strange_rows_are_named() {
    with_postgres(strange_rows_are_named).await;
}

/// A value that the schema refuses names the rule. (An event cannot refer to an edition that somebody deleted meanwhile.)
async fn broken_rules_are_named(address: String) {
    let store = Store::open(&address).await.unwrap();
    let digest = store_story::digest();
    store.put_digest(&digest, 1).await.unwrap();
    let mut other = Other::connect(&address).await;
    other.execute("CREATE UNIQUE INDEX one_title ON entry (title)").await;
    let edition = store_story::edition(&digest, may());
    store.save_edition(&edition, &Source::default(), Conflict::Refuse, 2).await.unwrap();
    let june = Edition { month: Month::new(2026, 6).unwrap(), ..edition };
    let error = store.save_edition(&june, &Source::default(), Conflict::Refuse, 3).await.unwrap_err();
    let StoreError::Database { fault: Fault::Constraint(rule), .. } = &error else { panic!("{error:?}") };
    assert!(rule.contains("entry") && rule.contains("title"), "{rule}");
    assert!(!error.is_passing());
    store.close().await;
}

#[tokio::test]
async fn sqlite_broken_rules_are_named() {
    with_sqlite(broken_rules_are_named).await;
}

#[tokio::test]
async fn postgres_broken_rules_are_named() {
    with_postgres(broken_rules_are_named).await;
}
