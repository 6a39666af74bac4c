//! Whatever an edition holds, it reads back equal.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use pulse_model::{Digest, Edition, Problem, ProblemKind, Slug};
use pulse_store::{Conflict, Source, Store};
use pulse_testkit::arbitrary;

#[path = "support/postgres.rs"]
mod postgres;
#[path = "support/sqlite.rs"]
mod sqlite;

/// An edition that `arbitrary` makes, with problems and lines set aside, and sometimes sectors without anything in them.
fn edition() -> impl Strategy<Value = Edition> {
    let line = prop::option::of(1u32..9000);
    (arbitrary::edition(), prop::collection::vec(("[ -~]{0,20}", line), 0..4), any::<bool>()).prop_map(|(mut edition, lines, hollow)| {
        for (at, (words, line)) in lines.into_iter().enumerate() {
            let problem = Problem { kind: ProblemKind::TooLong, message: words.clone(), line };
            match (at, edition.entries_mut().last()) {
                (0, Some(entry)) => entry.problems.push(problem),
                _ => edition.problems.push(problem),
            }
            let reason = "not part of it".to_owned();
            edition.set_aside.push(pulse_model::edition::SetAside { line: line.unwrap_or(u32::MAX), text: words, reason });
        }
        if hollow {
            edition.sectors.insert(0, pulse_model::edition::Sector { name: String::new(), categories: Vec::new() });
        }
        edition
    })
}

/// Runs on a thread of its own, where waiting for the store holds nobody up.
fn every_edition_reads_back_equal(address: &str, cases: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = runtime.block_on(Store::open(address)).unwrap();
    runtime.block_on(store.put_digest(&Digest::named(Slug::from_words("digest"), "Digest"), 0)).unwrap();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    runner
        .run(&edition(), |edition| {
            runtime.block_on(store.save_edition(&edition, &Source::default(), Conflict::Replace, 0)).unwrap();
            let read = runtime.block_on(store.edition(&edition.digest, edition.key())).unwrap().unwrap();
            prop_assert_eq!(&read.edition, &edition);
            let again = runtime.block_on(store.save_edition(&edition, &Source::default(), Conflict::Refuse, 1)).unwrap();
            prop_assert_eq!(again, pulse_store::Saved::Unchanged(read.id));
            Ok(())
        })
        .unwrap();
    runtime.block_on(store.close());
}

#[tokio::test]
async fn on_sqlite() {
    sqlite::with_sqlite(|address| async move { tokio::task::spawn_blocking(move || every_edition_reads_back_equal(&address, 200)).await.unwrap() }).await;
}

#[tokio::test]
async fn on_postgres() {
    postgres::with_postgres(|address| async move { tokio::task::spawn_blocking(move || every_edition_reads_back_equal(&address, 100)).await.unwrap() }).await;
}
