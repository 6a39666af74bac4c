//! What is a change and what is none.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the report")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use pulse_model::document::{Content, ListItem, Metadata};
use pulse_model::publication::Change;
use pulse_model::{Document, LinkRole, Publication, Record, RecordLink};
use pulse_triage::version::{changes, text_change};
use pulse_triage::{State, next_version, publication_of, publications};

fn document(lines: &[&str]) -> Document {
    let blocks = lines.iter().map(|text| (None, Content::Paragraph { text: (*text).to_owned() }));
    Document::new(Metadata::default(), blocks.collect::<Vec<_>>(), None, Vec::new())
}

fn difference(before: &[&str], after: &[&str]) -> Option<(Vec<String>, Vec<String>)> {
    match text_change("https://example.org/a", &document(before), &document(after))? {
        Change::Text { added, removed, .. } => Some((removed, added)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn noise_is_no_change() {
    for (before, after) in [
        (&["It’s the “plan” – all of it."][..], &["It's the \"plan\" - all of it."][..]),
        (&["One.", "Two."], &["One. Two."]),
        (&["One", "Two", "Three"], &["Three", "One", "Two"]),
        (&["Text.", "1,204 views"], &["Text.", "1,377 views"]),
        (&["Text.", "Comments (3)", "Posted 2 days ago"], &["Text.", "Comments (14)", "Posted 3 weeks ago"]),
        (
            &["Text.", "Number of views (409) / Comments (0)", "Friday, May 01, 2026"],
            &["Text.", "Number of views (416) / Comments (2)", "Saturday, May 02, 2026"],
        ),
        (&["Some\u{ad}thing\u{200b} here"], &["Something\u{a0}here"]),
        (&["A point;"], &["A point."]),
    ] {
        assert_eq!(difference(before, after), None, "{before:?} {after:?}");
    }
}

#[test]
fn words_and_numbers_are_changes() {
    let (removed, added) = difference(&["Care homes: 14,300.", "The end."], &["Care homes: 14,800.", "The end."]).unwrap();
    assert_eq!((removed, added), (vec!["Care homes: 14,300.".to_owned()], vec!["Care homes: 14,800.".to_owned()]));
    let (removed, added) = difference(&["One.", "Two."], &["One."]).unwrap();
    assert_eq!((removed, added), (vec!["Two.".to_owned()], Vec::new()));
    assert!(difference(&["You must tell us."], &["You may tell us."]).is_some());
    assert!(difference(&["Views differ on this."], &["Views agree on this."]).is_some());
    assert!(difference(&["42"], &["43"]).is_some());
    assert!(difference(&["12 May 2026"], &["13 May 2026"]).is_some());
    assert!(difference(&["Visits: 12 of 30 homes"], &["Visits: 14 of 30 homes"]).is_some());
    assert!(difference(&[], &["Everything is new."]).is_some());
}

#[test]
fn a_change_of_a_point_of_a_list_is_that_point() {
    let list = |last: &str| {
        let items = ["First point", "Second point", last].iter().map(|text| ListItem { depth: 0, text: (*text).to_owned() }).collect();
        Document::new(Metadata::default(), [(None, Content::List { ordered: false, items })], None, Vec::new())
    };
    let found = text_change("a", &list("Third point"), &list("Another point"));
    assert_eq!(found, Some(Change::Text { document: "a".into(), added: vec!["Another point".into()], removed: vec!["Third point".into()] }));
}

#[test]
fn large_differences_are_cut() {
    let before: Vec<String> = (0..6_000).map(|line| format!("Line {line} of the old text")).collect();
    let after: Vec<String> = (0..6_000).map(|line| format!("Line {line} of the new text {}", "long ".repeat(130))).collect();
    let of = |lines: &[String]| document(&lines.iter().map(String::as_str).collect::<Vec<_>>());
    let Some(Change::Text { added, removed, .. }) = text_change("a", &of(&before), &of(&after)) else { panic!("no change") };
    assert_eq!((added.len(), removed.len()), (201, 201));
    assert_eq!(added[200], "… and 5800 more lines");
    assert!(added[0].chars().count() <= 601);
    // Compared in order, where every line is another.
    assert!(text_change("a", &of(&before[..2_000]), &of(&after[..2_000])).is_some());
}

fn publication(title: &str, updated_at: Option<i64>, note: Option<&str>) -> Publication {
    Publication { title: title.into(), updated_at, change_note: note.map(str::to_owned), published_at: Some(1), ..Publication::default() }
}

#[test]
fn an_update_says_what_changed() {
    let before = publication("A plan", Some(10), Some("First published."));
    let after = publication("A better plan", Some(20), Some("Added a map."));
    let found = changes(&before, &after);
    assert_eq!(
        found,
        [
            Change::Title { from: "A plan".into(), to: "A better plan".into() },
            Change::Updated { from: Some(10), to: Some(20) },
            Change::Note { text: "Added a map.".into() },
        ]
    );
    assert_eq!(changes(&after, &after), []);
    // The same note with a later date is said anew.
    let again = Publication { updated_at: Some(30), ..after.clone() };
    assert_eq!(changes(&after, &again).len(), 2);
    let withdrawn = Publication { is_withdrawn: true, ..after.clone() };
    assert_eq!(changes(&after, &withdrawn), [Change::Withdrawn { now: true }]);
}

#[test]
fn learning_and_forgetting_are_no_changes() {
    let known = publication("A plan", Some(10), None);
    assert_eq!(changes(&publication("", None, None), &known), []);
    assert_eq!(changes(&known, &publication("A plan", None, None)), []);
    assert_eq!(changes(&known, &publication("A plan", Some(5), None)), []);
    assert_eq!(changes(&known, &publication("A  plan", Some(10), None)), []);
    let gone = publications::keeping(&known, Publication { is_withdrawn: true, ..Publication::default() });
    assert_eq!(gone, Publication { is_withdrawn: true, ..known.clone() });
}

#[test]
fn a_silent_edit_is_a_version_and_the_same_state_is_none() {
    let publication = publication("A plan", Some(10), None);
    let (one, two) = (document(&["A plan for care."]), document(&["A plan for all."]));
    let state = |documents: &[(&'static str, &'static Document)]| documents.iter().copied().collect::<BTreeMap<_, _>>();
    let (one, two): (&'static Document, &'static Document) = (Box::leak(Box::new(one)), Box::leak(Box::new(two)));
    let of = |documents: &[(&'static str, &'static Document)]| State { number: 3, publication: &publication, documents: state(documents) };
    assert_eq!(next_version(&of(&[("a", one)]), &of(&[("a", one)]), 99), None);
    let edited = next_version(&of(&[("a", one)]), &of(&[("a", two)]), 99).unwrap();
    assert_eq!((edited.number, edited.seen_at, edited.changes.len()), (4, 99, 1));
    assert!(matches!(&edited.changes[0], Change::Text { document, .. } if document == "a"));
    let replaced = next_version(&of(&[("a", one)]), &of(&[("b", one)]), 99).unwrap();
    assert_eq!(replaced.changes, [Change::DocumentAdded { document: "b".into() }, Change::DocumentRemoved { document: "a".into() }]);
}

fn record(key: &str, content_id: bool, updated_at: Option<i64>) -> Record {
    let link = RecordLink { url: format!("https://example.org/{key}").parse().unwrap(), role: LinkRole::Page, title: String::new(), media_type: None };
    Record {
        key: key.into(),
        title: format!("Title of {key}"),
        links: vec![link],
        content_id: content_id.then(|| uuid::Uuid::from_u128(1)),
        updated_at,
        change_note: updated_at.map(|at| format!("Note {at}")),
        ..Record::default()
    }
}

#[test]
fn the_best_described_record_speaks_first() {
    let (feed, page, old) = (record("feed", false, Some(30)), record("page", true, Some(20)), record("old", false, None));
    let all = publication_of(&[&feed, &old, &page], &[]);
    assert_eq!(all.title, "Title of page");
    assert_eq!(all.link.as_deref(), Some("https://example.org/page"));
    assert_eq!((all.updated_at, all.change_note.as_deref()), (Some(30), Some("Note 30")));
    let translation = Record { is_withdrawn: true, ..record("page.cy", true, Some(10)) };
    assert!(!publication_of(&[&translation, &page], &[]).is_withdrawn);
    let withdrawn = Record { is_withdrawn: true, ..page.clone() };
    assert!(publication_of(&[&feed, &withdrawn], &[]).is_withdrawn);
    let named = Document::new(Metadata { title: "From the file".into(), authors: vec!["A. Writer".into()], ..Metadata::default() }, [], None, Vec::new());
    let bare = publication_of(&[], &[&named]);
    assert_eq!((bare.title.as_str(), bare.authors.len()), ("From the file", 1));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_records_does_not_matter(all in prop::collection::vec(("[a-c]{1,2}", any::<bool>(), prop::option::of(0..5_i64)), 0..6)) {
        let records: Vec<Record> = all.iter().map(|(key, id, at)| record(key, *id, *at)).collect();
        let straight: Vec<&Record> = records.iter().collect();
        let turned: Vec<&Record> = records.iter().rev().collect();
        prop_assert_eq!(publication_of(&straight, &[]), publication_of(&turned, &[]));
    }

    #[test]
    fn a_text_is_no_change_of_itself(lines in prop::collection::vec("\\PC{0,30}", 0..20), more in "[a-z]{3,9}") {
        let of = |lines: &[String]| document(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let before = of(&lines);
        prop_assert_eq!(text_change("a", &before, &before), None);
        let mut longer = lines.clone();
        longer.push(format!("qqq {more} zzz"));
        prop_assert!(text_change("a", &before, &of(&longer)).is_some());
    }
}
