//! The tests of feedparser, read in place: what they expect of title, link, id, dates, summary, content and author of feeds and
//! entries, and how far the same fields agree with what feedparser finds.
//!
//! Texts are compared as words, without tags and white space; links after resolving. `PULSE_SHOW_FAILURES=1` lists what differs.
//! `docs/decisions/0009-feeds.md` says which expectations are not asked and why.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use pulse_harvest::dates;
use pulse_harvest::feed::{self, Feed, Link, Person, Text, plain};
use pulse_testkit::corpus;
use serde_json::{Value, json};
use url::Url;

/// In percent: of the well-formed tests of Atom 1.0, RSS 1.0 and RSS 2.0, and of all.
const MODERN: f64 = 98.5;
const ALL: f64 = 98.0;

#[test]
fn expectations_of_feedparser_are_met() {
    let Some(folder) = corpus::folder("feeds") else { return };
    let golden: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(folder.join("golden.json")).unwrap_or_default()).unwrap_or_default();
    let shows = std::env::var_os("PULSE_SHOW_FAILURES").is_some();
    let (mut modern, mut all, mut files) = (Count::default(), Count::default(), 0);
    let mut fields: BTreeMap<&str, Count> = BTreeMap::new();
    for row in &golden {
        let name = row["file"].as_str().unwrap_or_default();
        let Some((view, base)) = parsed(&folder.join("feedparser").join(name), row) else { continue };
        files += 1;
        agree(row, &view, &base, &mut fields, shows, name);
        let checks: Vec<_> = row["checks"].as_array().into_iter().flatten().filter(|check| is_asked(&check["path"])).collect();
        if checks.is_empty() {
            continue;
        }
        let failed: Vec<_> = checks.into_iter().filter(|check| !holds(check, &view, &base)).collect();
        all.add(failed.is_empty());
        if row["group"] == "wellformed" && matches!(row["version"].as_str(), Some("atom10" | "rss10" | "rss20")) {
            modern.add(failed.is_empty());
        }
        for check in failed.iter().filter(|_| shows) {
            println!("{name}: {check}\n    found {}", at(&view, &check["path"]));
        }
    }
    for (field, count) in &fields {
        println!("{field}: {:.1} % of {} agree with feedparser", count.percent(), count.all);
    }
    println!("{files} files; expectations met: {:.1} % of {} modern tests, {:.1} % of {} tests", modern.percent(), modern.all, all.percent(), all.all);
    assert!(files >= 1_768 && modern.all >= 300 && all.all >= 800, "{files} files, {} and {} tests", modern.all, all.all);
    assert!(modern.percent() >= MODERN, "{:.1} % of the modern tests", modern.percent());
    assert!(all.percent() >= ALL, "{:.1} % of all tests", all.percent());
}

#[derive(Default)]
struct Count {
    met: u32,
    all: u32,
}

impl Count {
    fn add(&mut self, is_met: bool) {
        self.met += u32::from(is_met);
        self.all += 1;
    }

    fn percent(&self) -> f64 {
        100.0 * f64::from(self.met) / f64::from(self.all.max(1))
    }
}

/// The file as feedparser would show it, and its base. A file without a feed is an empty one.
fn parsed(path: &Path, row: &Value) -> Option<(Value, Url)> {
    let bytes = std::fs::read(path).ok()?;
    let headers = &row["headers"];
    let base = Url::parse(headers["content-location"].as_str().unwrap_or("http://127.0.0.1/feed.xml")).ok()?;
    let start = Instant::now();
    let feed = feed::read(&bytes, headers["content-type"].as_str(), &base).unwrap_or_default();
    assert!(start.elapsed() < Duration::from_secs(5), "{} took {:?}", path.display(), start.elapsed());
    Some((shown(&feed, headers), base))
}

fn shown(feed: &Feed, headers: &Value) -> Value {
    let text = |text: &Option<Text>| text.as_ref().map(|text| text.value.clone());
    let people = |people: &[Person]| {
        let people: Vec<_> = people.iter().map(|person| json!({"name": person.name, "email": person.email, "url": person.uri, "href": person.uri})).collect();
        (people.first().cloned(), people)
    };
    let date = |view: &mut Value, name: &str, date: &Option<String>| {
        view[name] = json!(date);
        view[format!("{name}_parsed")] = json!(date.as_deref().and_then(dates::parse));
    };
    let links = |links: &[Link]| links.iter().map(link).collect::<Vec<_>>();
    let entries: Vec<_> = feed.entries.iter().map(|entry| {
        let (author, authors) = people(&entry.authors);
        let content: Vec<_> = entry.content.iter().map(|text| json!({"value": text.value})).collect();
        // feedparser takes the content for the summary where there is no other.
        let summary = text(&entry.summary).or_else(|| entry.content.first().map(|text| text.value.clone()));
        let enclosures: Vec<_> = entry.links.iter().filter(|link| link.rel == "enclosure").map(link).collect();
        let mut view = json!({
            "title": text(&entry.title), "title_detail": {"value": text(&entry.title)}, "link": entry.link, "links": links(&entry.links), "id": entry.id, "guid": entry.id,
            "summary": summary, "description": summary, "summary_detail": {"value": summary}, "content": content, "enclosures": enclosures,
            "author": entry.authors.first().and_then(Person::shown), "author_detail": author, "authors": authors,
        });
        date(&mut view, "published", &entry.published);
        date(&mut view, "updated", &entry.updated.clone().or_else(|| entry.dated.clone()));
        date(&mut view, "created", &entry.created);
        date(&mut view, "expired", &entry.expired);
        view
    }).collect();
    let (author, authors) = people(&feed.authors);
    let subtitle = text(&feed.subtitle);
    let mut view = json!({
        "title": text(&feed.title), "title_detail": {"value": text(&feed.title)}, "link": feed.home, "links": links(&feed.links), "id": feed.id, "guid": feed.id,
        "subtitle": subtitle, "description": subtitle, "tagline": subtitle, "subtitle_detail": {"value": subtitle}, "tagline_detail": {"value": subtitle},
        "author": feed.authors.first().and_then(Person::shown), "author_detail": author, "authors": authors, "language": feed.language.as_deref().or(headers["content-language"].as_str()),
    });
    date(&mut view, "published", &feed.published);
    date(&mut view, "updated", &feed.updated);
    date(&mut view, "created", &feed.created);
    json!({"feed": view, "entries": entries})
}

/// feedparser fills in the type that a link has without saying so.
fn link(link: &Link) -> Value {
    let default = if link.rel == "self" { "application/atom+xml" } else { "text/html" };
    json!({"href": link.href, "url": link.href, "rel": link.rel, "type": link.media_type.as_deref().unwrap_or(default), "title": link.title})
}

/// Whether an expectation is about a field that is read.
fn is_asked(path: &Value) -> bool {
    let path: Vec<_> = path.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let (Some(&("feed" | "entries")), Some(field)) = (path.first(), path.get(1)) else { return false };
    match (*field, path.get(2).copied()) {
        ("subtitle" | "tagline", None) => path.first() == Some(&"feed"),
        ("title" | "description" | "summary" | "link" | "id" | "guid" | "author", None) => true,
        ("published" | "updated" | "created" | "expired" | "published_parsed" | "updated_parsed" | "created_parsed" | "expired_parsed", None) => true,
        ("title_detail" | "subtitle_detail" | "tagline_detail" | "summary_detail" | "content", Some("value")) => true,
        ("links" | "enclosures", None) => path.len() == 2,
        ("links" | "enclosures", Some("href" | "url" | "rel" | "type" | "title")) | ("author_detail" | "authors", Some(_)) => true,
        _ => false,
    }
}

fn at<'a>(view: &'a Value, path: &Value) -> &'a Value {
    path.as_array().into_iter().flatten().fold(view, |view, step| match (step.as_str(), step.as_u64()) {
        (Some(name), _) => &view[name],
        (None, Some(index)) => &view[usize::try_from(index).unwrap_or(usize::MAX)],
        _ => &Value::Null,
    })
}

fn holds(check: &Value, view: &Value, base: &Url) -> bool {
    let found = at(view, &check["path"]);
    let expected = if check["op"] == "eq_path" { at(view, &check["value"]) } else { &check["value"] };
    let is_date = check["path"].as_array().and_then(|path| path.last()).and_then(Value::as_str).is_some_and(|name| name.ends_with("_parsed"));
    match check["op"].as_str() {
        Some("eq") if is_date => moment(expected) == found.as_i64(),
        Some("eq" | "eq_path") => same(expected, found, base),
        Some("ne") => !same(expected, found, base),
        Some("truthy") => !found.is_null() && found != "",
        Some("falsy") => found.is_null() || found == "",
        Some("lacks") => found.get(check["value"].as_str().unwrap_or_default()).is_none_or(Value::is_null),
        Some("has") => found.get(check["value"].as_str().unwrap_or_default()).is_some_and(|value| !value.is_null()),
        _ => false,
    }
}

/// Python's tuple of a moment.
fn moment(tuple: &Value) -> Option<i64> {
    let part = |at: usize| tuple[at].as_i64();
    dates::parse(&format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", part(0)?, part(1)?, part(2)?, part(3)?, part(4)?, part(5)?))
}

fn same(expected: &Value, found: &Value, base: &Url) -> bool {
    if let (Some(expected), Some(_)) = (expected.as_object(), found.as_object()) {
        // A whole link: its length and language are not read.
        return ["href", "url", "rel", "type", "title"]
            .iter()
            .filter_map(|name| Some((name, expected.get(*name)?)))
            .all(|(name, value)| same(value, &found[*name], base));
    }
    let (Some(expected), Some(found)) = (expected.as_str(), found.as_str()) else { return expected == found || expected == "" && found.is_null() };
    let words = |text: &str| plain(text).split_whitespace().collect::<String>();
    let resolved = |text: &str| base.join(text.trim()).ok();
    let is_address = |text: &str| !text.contains(' ') && text.contains(['/', '.']);
    expected.trim() == found || words(expected) == words(found) || is_address(expected) && resolved(expected).is_some() && resolved(expected) == resolved(found)
}

/// Adds up how far the fields are what feedparser found.
fn agree(row: &Value, view: &Value, base: &Url, fields: &mut BTreeMap<&'static str, Count>, shows: bool, name: &str) {
    let mut add = |field: &'static str, expected: &Value, found: &Value, is_same: bool| {
        if !expected.is_null() && expected != "" {
            fields.entry(field).or_default().add(is_same);
            if shows && !is_same {
                println!("{name} {field}: feedparser {expected}, found {found}");
            }
        }
    };
    if let Some(expected) = row["entries"].as_array() {
        let found = view["entries"].as_array().map_or(0, Vec::len);
        add("entry count", &json!(expected.len()), &json!(found), expected.len() == found);
        for (at, expected) in expected.iter().enumerate() {
            let found = &view["entries"][at];
            for field in ["title", "link", "id", "summary", "author"] {
                add(field, &expected[field], &found[field], same(&expected[field], &found[field], base));
            }
            let (content, read) = (&expected["content"][0], &found["content"][0]["value"]);
            add("content", content, read, same(content, read, base));
            for (field, read) in [("published", "published_parsed"), ("updated", "updated_parsed")] {
                let is_same = expected[field].as_i64().map(|seconds| seconds * 1000) == found[read].as_i64().map(|at| at / 1000 * 1000);
                add(field, &expected[field], &found[read], is_same);
            }
        }
    }
    for (field, of) in [("title", "feed title"), ("link", "feed link"), ("id", "feed id"), ("subtitle", "feed subtitle"), ("language", "feed language")] {
        add(of, &row["feed"][field], &view["feed"][field], same(&row["feed"][field], &view["feed"][field], base));
    }
}
