//! What goes wrong on a site: nothing of it loses a publication or makes one new twice.

use pulse_harvest::HarvestError;
use pulse_model::publication::Change;
use serde_json::{Value, json};

use super::*;

const START: &str = "2026-05-01T09:00:00Z";

/// A page of a fictional office, updated so many minutes after the start.
fn page(name: &str, minute: i64) -> Value {
    let at = jiff::Timestamp::from_millisecond(corpus::millis(START) + minute * 60_000).unwrap().to_string();
    json!({
        "base_path": format!("/government/publications/{name}"), "schema_name": "publication", "document_type": "policy_paper", "title": format!("The {name}"),
        "content_id": uuid::Uuid::from_u128(name.bytes().fold(7, |id, byte| id * 257 + u128::from(byte))).to_string(), "locale": "en", "description": "About it.",
        "first_published_at": at, "public_updated_at": at, "updated_at": at,
        "details": { "body": format!("<p>All about the {name}.</p>"), "change_history": [{ "public_timestamp": at, "note": "First published." }] },
        "links": { "organisations": [{ "title": "Department for Tests", "base_path": format!("/government/organisations/{ORGANISATION}") }] },
    })
}

fn updated(name: &str, minute: i64, note: &str) -> Value {
    let mut later = page(name, minute);
    let first = page(name, 0);
    later["first_published_at"] = first["first_published_at"].clone();
    later["details"]["change_history"][0]["note"] = json!(note);
    later
}

fn watch() -> Watch {
    let [url, _] = families();
    Watch::new(url, corpus::millis(START) - DAY_MS)
}

fn at(hours: i64) -> i64 {
    corpus::millis(START) + hours * HOUR_MS
}

#[tokio::test]
async fn a_search_that_refuses_a_field_is_asked_without() {
    let mut watch = watch();
    (0..30).for_each(|number| watch.web.site.put(page(&format!("paper-{number}"), number)));
    watch.web.site.failing.push(("fields=".into(), 422));
    let (look, brought) = watch.look(at(1)).await;
    assert_eq!((look.problems.len(), brought.new.len()), (0, 30));
}

#[tokio::test]
async fn without_the_search_the_feed_is_read_and_the_rest_comes_later() {
    let mut watch = watch();
    (0..30).for_each(|number| watch.web.site.put(page(&format!("paper-{number}"), number)));
    watch.web.site.failing.push(("/api/search.json".into(), 500));
    let (look, brought) = watch.look(at(1)).await;
    assert_eq!(brought.new.len(), 20);
    assert_eq!(look.problems.len(), 1);
    assert!(look.problems[0].message.contains("only the feed was read"), "{:?}", look.problems);
    watch.web.site.failing.clear();
    let (look, brought) = watch.look(at(2)).await;
    assert_eq!((look.problems.len(), brought.new.len(), brought.updated.len()), (0, 10, 0));
}

#[tokio::test]
async fn a_search_that_breaks_off_is_taken_up_again() {
    let mut watch = watch();
    (0..450).for_each(|number| watch.web.site.put(page(&format!("paper-{number}"), number)));
    watch.web.site.failing.push(("start=195".into(), 502));
    let (look, brought) = watch.look(at(8)).await;
    assert_eq!((look.problems.len(), brought.new.len()), (1, 200));
    watch.web.site.failing.clear();
    let (look, brought) = watch.look(at(9)).await;
    assert_eq!((look.problems.len(), brought.new.len(), brought.updated.len()), (0, 250, 0));
    assert!(watch.look(at(10)).await.0.is_unchanged);
}

#[tokio::test]
async fn a_page_that_cannot_be_read_is_told_of_and_read_next_time() {
    let mut watch = watch();
    (0..5).for_each(|number| watch.web.site.put(page(&format!("paper-{number}"), number)));
    watch.web.site.failing.push(("/api/content/government/publications/paper-2".into(), 503));
    let (look, brought) = watch.look(at(1)).await;
    assert_eq!((look.problems.len(), brought.new.len()), (1, 5));
    assert_eq!(look.records.iter().filter(|record| record.body.is_none()).count(), 1);
    watch.web.site.failing.clear();
    let (look, brought) = watch.look(at(2)).await;
    assert_eq!((look.problems.len(), look.records.len(), brought.new.len()), (0, 1, 0));
    assert!(look.records[0].body.is_some());
    assert!(watch.look(at(3)).await.0.is_unchanged);
}

#[tokio::test]
async fn a_site_that_does_not_answer_is_left_alone_and_nothing_is_lost() {
    let mut watch = watch();
    (0..60).for_each(|number| watch.web.site.put(page(&format!("paper-{number}"), number)));
    watch.web.site.failing.push(("/api/content".into(), 503));
    let (look, brought) = watch.look(at(2)).await;
    assert_eq!((look.problems.len(), brought.new.len()), (3, 60));
    // The feed, the search, and three questions.
    assert_eq!(watch.web.asked().len(), 5);
    watch.web.site.failing.clear();
    let (look, brought) = watch.look(at(3)).await;
    assert_eq!((look.problems.len(), look.records.len(), brought.new.len()), (0, 60, 0));
    watch.web.site.failing = vec![("/api/search.json".into(), 500), (".atom".into(), 500)];
    let failed = govuk::look(&watch.url, &watch.web, &watch.memory, Window { now: at(30), since: watch.since }).await;
    assert!(matches!(failed, Err(HarvestError::Fetch(_))));
}

#[tokio::test]
async fn an_update_that_cannot_be_read_is_an_update_all_the_same() {
    let mut watch = watch();
    watch.web.site.put(page("paper", 0));
    watch.look(at(1)).await;
    watch.web.site.put(updated("paper", 90, "Added a map."));
    watch.web.site.failing.push(("/api/content".into(), 500));
    let (_, brought) = watch.look(at(2)).await;
    assert_eq!((brought.new.len(), brought.updated.len()), (0, 1));
    assert!(has_note(&brought.updated[0].1, "Added a map."));
    assert!(!watch.register.kept[0].publication.summary.is_empty());
    watch.web.site.failing.clear();
    let (look, brought) = watch.look(at(3)).await;
    assert_eq!((look.records.len(), brought.same), (1, 1));
}

#[tokio::test]
async fn pages_that_are_gone_or_lead_elsewhere_are_withdrawn_and_pages_that_moved_are_not() {
    let mut watch = watch();
    ["gone", "explained", "missing", "merged", "renamed", "target"].iter().for_each(|name| watch.web.site.put(page(name, 0)));
    assert_eq!(watch.look(at(1)).await.1.new.len(), 6);
    let site = &mut watch.web.site;
    let path = |name: &str| format!("/government/publications/{name}");
    site.put(json!({ "base_path": path("gone"), "schema_name": "gone", "details": { "explanation": null } }));
    site.put(json!({ "base_path": path("explained"), "schema_name": "gone", "details": { "explanation": "Published by mistake." } }));
    site.remove(&path("missing"));
    let redirect =
        |from: &str, to: &str| json!({ "base_path": path(from), "schema_name": "redirect", "redirects": [{ "path": path(from), "destination": path(to) }] });
    site.put(redirect("merged", "target"));
    site.put(redirect("renamed", "renamed-paper"));
    let mut renamed = page("renamed", 0);
    renamed["base_path"] = json!(path("renamed-paper"));
    site.put(renamed);
    let (look, brought) = watch.look(at(26)).await;
    assert_eq!(brought.new, Vec::<String>::new());
    let withdrawn = brought.updated.iter().filter(|(_, changes)| changes.contains(&Change::Withdrawn { now: true }));
    let mut withdrawn: Vec<_> = withdrawn.map(|(title, _)| title.as_str()).collect();
    withdrawn.sort();
    assert_eq!(withdrawn, ["The explained", "The gone", "The merged"]);
    assert!(look.problems.len() == 1 && look.problems[0].message.contains("missing"), "{:?}", look.problems);
    let renamed = look.records.iter().find(|record| record.title == "The renamed").unwrap();
    assert_eq!(renamed.links[0].url.path(), path("renamed-paper"));
    // It is told once.
    assert!(watch.look(at(27)).await.0.is_unchanged);
    assert_eq!(watch.register.kept.len(), 6);
}

#[tokio::test]
async fn an_edit_of_an_html_attachment_is_its_publication_touched() {
    let mut watch = watch();
    let mut parent = page("plan", 0);
    parent["details"]["attachments"] = json!([{ "attachment_type": "html", "url": "/government/publications/plan/in-full", "title": "In full" }]);
    let mut part = page("plan", 0);
    part["base_path"] = json!("/government/publications/plan/in-full");
    part["content_id"] = json!(uuid::Uuid::from_u128(99).to_string());
    (part["schema_name"], part["document_type"]) = (json!("html_publication"), json!("html_publication"));
    part["links"]["parent"] = json!([{ "base_path": "/government/publications/plan" }]);
    watch.web.site.put(parent);
    watch.web.site.put(part.clone());
    let (first, brought) = watch.look(at(1)).await;
    assert_eq!((first.records.len(), brought.new.len()), (1, 1));
    assert!(watch.look(at(26)).await.0.is_unchanged);
    // No date moves.
    revise(&mut part, 1);
    watch.web.site.put(part);
    let (look, brought) = watch.look(at(52)).await;
    assert_eq!((look.records.len(), brought.new.len()), (1, 0));
    assert_eq!(look.records[0].key, "/government/publications/plan");
    assert!(look.records[0].edited_at > first.records[0].edited_at);
    assert!(watch.look(at(78)).await.0.is_unchanged);
}

#[tokio::test]
async fn a_page_that_comes_out_with_an_old_date_is_found() {
    let mut watch = watch();
    (0..30).for_each(|number| watch.web.site.put(page(&format!("paper-{number}"), number)));
    watch.look(at(1)).await;
    watch.web.site.put(page("backdated", -4 * 24 * 60));
    let mut new = Vec::new();
    for hour in 2..28 {
        new.extend(watch.look(at(hour)).await.1.new);
    }
    assert_eq!(new, ["The backdated"]);
}
