//! Items of the content API that have a history, and the site as it was after each change.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

/// The organisation that everything on the simulated site belongs to, besides its own.
pub(crate) const ORGANISATION: &str = "department-for-tests";

/// All items, in the order of their files, each at a path and with a content id of its own.
pub(crate) fn items() -> Option<Vec<Value>> {
    let folder = pulse_testkit::corpus::folder("govuk/content")?;
    let mut files: Vec<_> = walk(&folder);
    files.sort();
    let (mut paths, mut ids) = (BTreeSet::new(), BTreeSet::new());
    let mut items = Vec::new();
    for file in files {
        let mut item: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        if !paths.insert(item["base_path"].as_str().unwrap().to_owned()) {
            continue;
        }
        // Examples share ids; pages of one site do not.
        if !ids.insert(item["content_id"].as_str().unwrap_or_default().to_owned()) {
            item["content_id"] = json!(uuid::Uuid::from_u128(items.len() as u128 + 1).to_string());
        }
        let organisation = json!({ "title": "Department for Tests", "base_path": format!("/government/organisations/{ORGANISATION}") });
        match item["links"]["organisations"].as_array_mut() {
            Some(organisations) => organisations.push(organisation),
            None => item["links"]["organisations"] = json!([organisation]),
        }
        items.push(item);
    }
    Some(items)
}

/// Files below a folder.
pub(crate) fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

pub(crate) fn millis(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

/// Moments at which something changed, with the items as they were from then on.
pub(crate) fn history(items: &[Value]) -> BTreeMap<i64, Vec<Value>> {
    let mut moments: BTreeMap<i64, Vec<Value>> = BTreeMap::new();
    for item in items {
        let mut changes: Vec<Value> = item["details"]["change_history"].as_array().cloned().unwrap_or_default();
        changes.sort_by_key(|change| millis(change["public_timestamp"].as_str().unwrap()));
        // Two notes of one moment are one update.
        changes.dedup_by_key(|change| millis(change["public_timestamp"].as_str().unwrap()));
        for (number, change) in changes.iter().enumerate() {
            let at = change["public_timestamp"].clone();
            let moment = millis(at.as_str().unwrap());
            let mut then = item.clone();
            then["details"]["change_history"] = json!(changes[..=number]);
            then["public_updated_at"] = at.clone();
            then["updated_at"] = at;
            then["withdrawn_notice"] = json!({});
            // Every other update changes the text, too.
            revise(&mut then, number / 2);
            moments.entry(moment).or_default().push(then);
        }
    }
    moments
}

/// Adds a paragraph to the text of an item.
pub(crate) fn revise(item: &mut Value, revision: usize) {
    let body = item["details"]["body"].as_str().unwrap_or_default().to_owned();
    item["details"]["body"] = json!(format!("{body}<p>This is revision {revision} of the text.</p>"));
}
