//! A simulated GOV.UK, looked at again and again: every update is one update of one publication, nothing is missed, nothing is new
//! twice, and silent edits are found. Items and their histories are read from the corpus in place.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "in a test, a panic is the report; counts are printed")]

mod corpus;
mod register;
mod troubles;
mod web;

use pulse_harvest::{Look, Memory, Window, govuk};
use pulse_model::publication::Change;
use pulse_testkit::govuk_site::GovukSite;
use serde_json::json;
use url::Url;

use corpus::{ORGANISATION, history, items, revise};
use register::{Brought, Register};
use web::Web;

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// The families of feeds: an organisation's and a finder's.
fn families() -> [Url; 2] {
    [
        format!("https://www.gov.uk/government/organisations/{ORGANISATION}").parse().unwrap(),
        format!("https://www.gov.uk/search/all.atom?organisations[]={ORGANISATION}").parse().unwrap(),
    ]
}

/// Somebody who looks at one place again and again.
struct Watch {
    url: Url,
    web: Web,
    memory: Memory,
    register: Register,
    since: i64,
}

impl Watch {
    fn new(url: Url, since: i64) -> Self {
        Self { url, web: Web::new(GovukSite::new("https://www.gov.uk")), memory: Memory::default(), register: Register::default(), since }
    }

    async fn look(&mut self, now: i64) -> (Look, Brought) {
        let look = govuk::look(&self.url, &self.web, &self.memory, Window { now, since: self.since }).await.unwrap();
        self.memory = look.memory.clone();
        let brought = self.register.take(&look.records, now);
        (look, brought)
    }
}

/// Whether a page is a publication of its own: not a part of one, and not a page that leads to others.
fn is_listed(item: &serde_json::Value) -> bool {
    !matches!(
        item["document_type"].as_str().unwrap(),
        "html_publication" | "organisation" | "contact" | "taxon" | "mainstream_browse_page" | "homepage" | "finder"
    )
}

fn has_note(changes: &[Change], note: &str) -> bool {
    let note = note.split_whitespace().collect::<Vec<_>>().join(" ");
    changes.iter().filter(|change| matches!(change, Change::Note { text } if *text == note)).count() == 1
}

fn has_text(changes: &[Change]) -> bool {
    changes.iter().any(|change| matches!(change, Change::Text { .. }))
}

#[tokio::test]
async fn every_update_is_one_update_of_one_publication() {
    let Some(items) = items() else { return };
    let moments = history(&items);
    for url in families() {
        let mut watch = Watch::new(url, moments.keys().next().unwrap() - DAY_MS);
        let (mut new, mut updates, mut unchanged) = (0, 0, 0);
        for (moment, changed) in &moments {
            let mut expected_new = Vec::new();
            let mut expected_updates = Vec::new();
            for item in changed {
                let title = item["title"].as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
                let history = item["details"]["change_history"].as_array().unwrap();
                match history.len() {
                    1 => expected_new.push(title),
                    _ => expected_updates.push((title, history.last().unwrap()["note"].as_str().unwrap().to_owned())),
                }
                watch.web.site.put(item.clone());
            }
            let (look, mut brought) = watch.look(moment + HOUR_MS).await;
            assert_eq!(look.problems, []);
            brought.new.sort();
            expected_new.sort();
            assert_eq!(brought.new, expected_new);
            assert_eq!(brought.updated.len(), expected_updates.len(), "{expected_updates:?}: {brought:?}");
            for (title, note) in &expected_updates {
                let (_, changes) = brought.updated.iter().find(|(updated, _)| updated == title).unwrap();
                assert!(has_note(changes, note), "{title}: {note}: {changes:?}");
                assert!(changes.iter().any(|change| matches!(change, Change::Updated { .. })));
            }
            (new, updates) = (new + brought.new.len(), updates + brought.updated.len());
            // A second look finds nothing, and hardly asks.
            watch.web.asked();
            let (look, brought) = watch.look(moment + HOUR_MS + 1000).await;
            assert!(look.is_unchanged && brought == Brought::default());
            assert_eq!(watch.web.asked().len(), 1);
            unchanged += 1;
        }
        let versions: usize = watch.register.kept.iter().map(|kept| kept.versions.len()).sum();
        assert_eq!((watch.register.kept.len(), versions), (new, new + updates));
        println!("{}: {new} publications, {updates} updates, {} looks, {unchanged} of them unchanged", watch.url.path(), moments.len() * 2);
    }
}

#[tokio::test]
async fn nothing_is_missed_when_sixty_pages_change_between_two_looks() {
    let Some(items) = items() else { return };
    let pages: Vec<_> = items.into_iter().filter(|item| item["title"].is_string() && is_listed(item)).take(60).collect();
    assert_eq!(pages.len(), 60);
    for url in families() {
        let start = corpus::millis("2026-05-01T09:00:00Z");
        let mut watch = Watch::new(url, start - DAY_MS);
        assert!(watch.look(start).await.0.is_unchanged);
        for round in 1..=2_i64 {
            for (minute, page) in pages.iter().enumerate() {
                let at = jiff::Timestamp::from_millisecond(start + round * 6 * HOUR_MS + minute as i64 * 60_000).unwrap().to_string();
                let mut page = page.clone();
                page["public_updated_at"] = json!(at);
                page["details"]["change_history"] = json!([{ "public_timestamp": at, "note": format!("Change {round} of page {minute}.") }]);
                watch.web.site.put(page);
            }
            let (look, brought) = watch.look(start + round * 6 * HOUR_MS + 2 * HOUR_MS).await;
            assert_eq!(look.problems, []);
            assert_eq!((brought.new.len(), brought.updated.len()), if round == 1 { (60, 0) } else { (0, 60) });
        }
        assert!(watch.register.kept.iter().all(|kept| kept.versions.len() == 2));
        println!("{}: 60 of 60 new and 60 of 60 updates behind a feed of 20", watch.url.path());
    }
}

#[tokio::test]
async fn silent_edits_are_found_and_nothing_else_is() {
    let Some(items) = items() else { return };
    let mut now = corpus::millis("2026-05-01T09:00:00Z");
    let date = json!("2026-05-01T08:00:00Z");
    for url in families() {
        let mut watch = Watch::new(url, now - 30 * DAY_MS);
        let mut paths = Vec::new();
        for item in items.iter().filter(|item| item["details"]["body"].as_str().is_some_and(|body| !body.trim().is_empty()) && is_listed(item)) {
            let mut item = item.clone();
            item["public_updated_at"] = date.clone();
            paths.push(item["base_path"].as_str().unwrap().to_owned());
            watch.web.site.put(item);
        }
        watch.look(now).await;
        let count = watch.register.kept.len();
        assert_eq!(count, paths.len());
        // Republished without any change: no version.
        for path in &paths {
            watch.web.site.page(path).unwrap()["updated_at"] = json!("2026-05-02T03:00:00Z");
        }
        let mut all = Brought::default();
        for _ in 0..4 {
            now += DAY_MS;
            let (_, brought) = watch.look(now).await;
            all.new.extend(brought.new);
            all.updated.extend(brought.updated);
        }
        assert_eq!(all, Brought::default());
        // Edited without a word; every other edit moves no date at all.
        for (at, path) in paths.iter().enumerate() {
            let page = watch.web.site.page(path).unwrap();
            revise(page, at);
            if at % 2 == 0 {
                page["updated_at"] = json!("2026-05-07T03:00:00Z");
            }
        }
        for _ in 0..2 {
            now += DAY_MS;
            let (_, brought) = watch.look(now).await;
            all.new.extend(brought.new);
            all.updated.extend(brought.updated);
        }
        assert_eq!((all.new.len(), all.updated.len()), (0, paths.len()));
        let others: Vec<_> = all.updated.iter().filter(|(_, changes)| changes.len() != 1 || !has_text(changes)).collect();
        assert!(others.is_empty(), "{others:?}");
        println!("{}: {} of {} silent edits found", watch.url.path(), all.updated.len(), paths.len());
    }
}
