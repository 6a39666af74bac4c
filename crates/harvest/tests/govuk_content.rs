//! Items of the content API: every one in the corpus, against what the raw JSON says, and items that are not as they should be.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the report")]

use jiff::Timestamp;
use proptest::prelude::*;
use pulse_harvest::govuk::{Item, Page, read};
use pulse_model::LinkRole;
use serde_json::{Value, json};
use url::Url;

fn origin() -> Url {
    "https://www.gov.uk".parse().unwrap()
}

fn page(item: &Value) -> Page {
    match read(item.to_string().as_bytes(), &origin(), "/asked-for").unwrap() {
        Item::Page(page) => *page,
        other => panic!("no page: {other:?}"),
    }
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// A text in one line, as records have them.
fn line(text: &Value) -> String {
    text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn moment(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

#[test]
fn every_item_is_read_exactly() {
    let Some(folder) = pulse_testkit::corpus::folder("govuk/content") else { return };
    let (mut pages, mut others, mut attachments, mut organisations, mut dates) = (0, 0, 0, 0, 0);
    for file in files(&folder) {
        let bytes = std::fs::read(&file).unwrap();
        let raw: Value = serde_json::from_slice(&bytes).unwrap();
        let read = read(&bytes, &origin(), "/asked-for").unwrap();
        let name = file.display();
        let record = match (raw["schema_name"].as_str().unwrap(), read) {
            ("gone", Item::Gone) => {
                others += 1;
                continue;
            }
            ("redirect", Item::Moved { to }) => {
                assert_eq!(to.unwrap().path(), "/maritime-safety-weather-and-navigation/register-406-mhz-beacons");
                others += 1;
                continue;
            }
            (_, Item::Page(page)) => page.record,
            (schema, other) => panic!("{name}: {schema} is {other:?}"),
        };
        pages += 1;
        assert_eq!(record.document_type.as_deref(), raw["document_type"].as_str(), "{name}");
        assert_eq!(record.key, raw["base_path"].as_str().unwrap(), "{name}");
        assert_eq!(record.title, line(&raw["title"]), "{name}");
        assert_eq!(record.content_id.map(|id| id.to_string()).as_deref(), raw["content_id"].as_str(), "{name}");
        assert_eq!(record.language.as_deref(), raw["locale"].as_str(), "{name}");

        assert_eq!(record.updated_at, raw["public_updated_at"].as_str().map(moment), "{name}");
        assert_eq!(record.edited_at, raw["updated_at"].as_str().map(moment), "{name}");
        let first = raw["first_published_at"].as_str().or(raw["details"]["first_public_at"].as_str());
        assert_eq!(record.published_at, first.map(moment), "{name}");
        dates += [record.updated_at, record.edited_at, record.published_at].iter().flatten().count();

        let of_links: Vec<String> = raw["links"]["organisations"].as_array().into_iter().flatten().map(|one| line(&one["title"])).collect();
        if !of_links.is_empty() {
            assert_eq!(record.publishers, of_links, "{name}");
        }
        organisations += of_links.len();

        let of_details: Vec<(String, &str, &str)> = raw["details"]["attachments"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| {
                (origin().join(one["url"].as_str().unwrap()).unwrap().to_string(), one["title"].as_str().unwrap(), one["content_type"].as_str().unwrap())
            })
            .collect();
        let of_record = record.links.iter().filter(|link| link.role == LinkRole::File);
        let of_record: Vec<_> = of_record.map(|link| (link.url.to_string(), link.title.as_str(), link.media_type.as_deref().unwrap())).collect();
        assert_eq!(of_record, of_details, "{name}");
        attachments += of_details.len();

        assert_eq!(record.is_withdrawn, raw["withdrawn_notice"]["withdrawn_at"].is_string(), "{name}");
        assert_eq!(
            record.body.is_some(),
            ["body", "parts", "introduction", "introductory_paragraph"].iter().any(|key| match &raw["details"][*key] {
                Value::String(html) => !html.trim().is_empty(),
                Value::Array(parts) => !parts.is_empty(),
                _ => false,
            }) || raw["details"]["collection_groups"].as_array().is_some_and(|groups| !groups.is_empty()),
            "{name}"
        );
        let newest = raw["details"]["change_history"]
            .as_array()
            .and_then(|changes| changes.iter().max_by_key(|change| moment(change["public_timestamp"].as_str().unwrap())));
        if let Some(newest) = newest {
            let note = line(&newest["note"]);
            assert_eq!(record.change_note, Some(note), "{name}");
        }
    }
    println!("{pages} pages and {others} that are none: {dates} dates, {organisations} organisations, {attachments} attachments");
    assert!(pages > 150 && attachments > 10 && organisations > 100);
}

#[test]
fn an_item_may_lack_everything() {
    let bare = page(&json!({}));
    assert_eq!(bare.record.key, "/asked-for");
    assert_eq!(bare.record.links[0].url.as_str(), "https://www.gov.uk/asked-for");
    let wrong = page(&json!({
        "base_path": 7, "title": ["no title"], "content_id": "no id", "first_published_at": "in May", "public_updated_at": 12, "locale": {},
        "details": { "body": [{ "content_type": "text/govspeak", "content": "source" }, { "content_type": "text/html", "content": "<p>Read me</p>" }],
                     "attachments": [7, {}, { "url": "" }, { "url": "http://" }, { "url": "/media/a.pdf" }], "change_history": [{ "note": 3 }, "none"] },
        "links": { "organisations": [{ "title": null }, "none", { "title": "Office for  Fiction" }] }, "withdrawn_notice": { "withdrawn_at": null },
    }));
    assert_eq!(wrong.record.body.as_deref(), Some("<p>Read me</p>\n"));
    assert_eq!(wrong.record.publishers, ["Office for Fiction"]);
    let files: Vec<_> = wrong.record.links.iter().filter(|link| link.role == LinkRole::File).map(|link| link.url.as_str()).collect();
    assert_eq!(files, ["https://www.gov.uk/media/a.pdf"]);
    assert!(!wrong.record.is_withdrawn && wrong.record.updated_at.is_none());
}

#[test]
fn an_html_attachment_belongs_to_its_publication() {
    let child =
        |links: Value| page(&json!({ "base_path": "/government/publications/a-plan/the-plan", "document_type": "html_publication", "links": links })).parent;
    assert_eq!(child(json!({ "parent": [{ "base_path": "/government/publications/a-plan" }] })).as_deref(), Some("/government/publications/a-plan"));
    assert_eq!(child(json!({})).as_deref(), Some("/government/publications/a-plan"));
    let parent = page(&json!({
        "base_path": "/government/publications/a-plan", "document_type": "policy_paper",
        "details": { "attachments": [
            { "attachment_type": "html", "url": "/government/publications/a-plan/the-plan", "title": "The plan" },
            { "attachment_type": "file", "url": "https://assets.example.org/plan.pdf", "content_type": "application/pdf", "title": "The plan (PDF)" },
        ] },
    }));
    assert_eq!(parent.children, ["/government/publications/a-plan/the-plan"]);
    assert_eq!(parent.record.links.len(), 3);
    let older = page(&json!({
        "base_path": "/government/publications/a-plan",
        "details": { "documents": ["<section><h2><a href=\"/government/publications/a-plan/the-plan\">The plan</a></h2></section>",
                                   "<section><a href=\"/media/x/plan.pdf\"><img src=\"x.png\"></a><h2><a href=\"/media/x/plan.pdf\">Plan</a></h2><a href=\"mailto:a@example.org\">Ask</a></section>"] },
    }));
    assert_eq!(older.children, ["/government/publications/a-plan/the-plan"]);
    assert_eq!(older.record.links[2].title, "Plan");
}

#[test]
fn what_is_no_item_is_said_to_be_none() {
    for bytes in [&b"<html>"[..], b"", b"[]", b"\"text\"", b"{\"base_path\":\"/x\"", b"\xff\xfe"] {
        assert!(read(bytes, &origin(), "/x").unwrap_err().contains("JSON"));
    }
    assert_eq!(read(br#"{"schema_name":"redirect"}"#, &origin(), "/x"), Ok(Item::Moved { to: None }));
    assert_eq!(read(br#"{"schema_name":"gone","details":{}}"#, &origin(), "/x"), Ok(Item::Gone));
}

/// Any JSON, with the names that items have.
fn any_json() -> impl Strategy<Value = Value> {
    let names = prop::sample::select(vec![
        "details",
        "body",
        "attachments",
        "url",
        "title",
        "links",
        "organisations",
        "parent",
        "base_path",
        "change_history",
        "note",
        "content",
        "content_type",
        "parts",
        "schema_name",
        "redirects",
        "destination",
        "documents",
        "public_timestamp",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("text/html")),
        Just(json!("/government/publications/a/b")),
        Just(json!("redirect"))
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((names.clone(), inner), 0..8).prop_map(|pairs| pairs
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<serde_json::Map<_, _>>()
                .into())
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_json_is_read_or_refused(value in any_json()) {
        if let Ok(Item::Page(page)) = read(value.to_string().as_bytes(), &origin(), "/asked-for") {
            prop_assert!(!page.record.key.is_empty());
            prop_assert!(!page.record.title.contains('\n'));
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, &origin(), "/asked-for");
    }
}
