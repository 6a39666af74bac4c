//! Feeds to records: `cases/feeds/NAME/feed.xml` (or `feed.json`) read and turned into `records.txt`.
//!
//! A case may have a `content-type.txt`, the header of that name. `UPDATE_EXPECT=1` rewrites what is expected.
#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fmt::Write as _;
use std::path::Path;

use pulse_harvest::dates;
use pulse_harvest::feed::{self, Feed};
use pulse_model::{Problem, Record};
use url::Url;

#[test]
fn feeds_become_records() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/feeds");
    let mut cases: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 20);
    let mut differ = Vec::new();
    for case in &cases {
        let path = ["feed.xml", "feed.json"].map(|name| case.join(name)).into_iter().find(|path| path.exists()).unwrap();
        let content_type = std::fs::read_to_string(case.join("content-type.txt")).ok();
        let shown = shown(&std::fs::read(path).unwrap(), content_type.as_deref().map(str::trim));
        let expected = case.join("records.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &shown).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != shown {
            differ.push(format!("{}:\n{shown}", case.display()));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

fn shown(bytes: &[u8], content_type: Option<&str>) -> String {
    let base = Url::parse("https://feeds.example.org/news/feed.xml").unwrap();
    let now = dates::parse("2023-06-01T12:00:00Z").unwrap();
    let mut text = String::new();
    match feed::read(bytes, content_type, &base) {
        Err(error) => writeln!(text, "error: {error}").unwrap(),
        Ok(feed) => {
            let mut problems = feed.problems.clone();
            let records = feed::records(&feed, now, &mut problems);
            show(&mut text, &feed, &records, &problems);
        }
    }
    text
}

fn show(text: &mut String, feed: &Feed, records: &[Record], problems: &[Problem]) {
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            writeln!(text, "{name}: {value}").unwrap();
        }
    };
    let moment = |at: Option<i64>| at.map_or_else(String::new, |at| jiff::Timestamp::from_millisecond(at).unwrap().to_string());
    line("feed", &feed.title.as_ref().map(feed::Text::plain).unwrap_or_default());
    line("home", feed.home.as_deref().unwrap_or_default());
    for record in records {
        line("\nrecord", &record.key);
        line("title", &record.title);
        for link in &record.links {
            line(
                &format!("{:?}", link.role).to_lowercase(),
                &format!("{} {} {}", link.url, link.media_type.as_deref().unwrap_or_default(), link.title).trim_end().replace("  ", " "),
            );
        }
        line("doi", &record.dois.join(", "));
        line("publishers", &record.publishers.join("; "));
        line("authors", &record.authors.join("; "));
        line("published", &moment(record.published_at));
        line("updated", &moment(record.updated_at));
        line("type", record.document_type.as_deref().unwrap_or_default());
        line("summary", &record.summary);
        line("body", &record.body.as_deref().unwrap_or_default().escape_debug().to_string());
        line("language", record.language.as_deref().unwrap_or_default());
    }
    for problem in problems {
        line("\nproblem", &format!("{:?}: {problem}", problem.kind));
    }
}
