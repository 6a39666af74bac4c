//! What is one publication, what follows what, and what was covered before: each folder of `tests/cases/duplicates` is a case.
//!
//! `candidates.json` is the inbox; `archive.json`, where there is one, what a digest has covered; `expected.txt` what is said of it,
//! which `UPDATE_EXPECT=1` writes anew, to be checked by eye. Each case is run in its order and turned round.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use pulse_model::edition::{Category, Sector};
use pulse_model::{Block, Blocks, Edition, EditionKey, Entry, Href, Identifier, Link, Publisher, Register, Slug, markdown};
use pulse_triage::Subject;
use pulse_triage::alike::{Candidate, groups};
use pulse_triage::covered::Archive;
use pulse_triage::similar::Sketch;
use serde_json::Value;

/// A candidate, with what it brings.
struct Told {
    subject: Subject,
    identifiers: Vec<Identifier>,
    mentions: Vec<Identifier>,
    sketch: Option<Sketch>,
}

#[test]
fn cases_say_what_a_careful_reader_would() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/duplicates");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|case| case.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 10);
    let wrong: Vec<String> = cases.iter().filter_map(|case| check(case)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn check(case: &Path) -> Option<String> {
    let mut told: Vec<Told> = json(&case.join("candidates.json")).as_array().unwrap().iter().map(|value| told(value, case)).collect();
    let archive = case.join("archive.json");
    let archives = if archive.exists() { [false, true].map(|turned| archive_of(&json(&archive), case, turned)) } else { Default::default() };
    let found = describe(&told, &archives[0]);
    told.reverse();
    assert_eq!(found, describe(&told, &archives[1]), "{}: the order of the input matters", case.display());
    let expected = case.join("expected.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&expected, &found).unwrap();
    }
    let wanted = fs::read_to_string(&expected).unwrap_or_default();
    (wanted != found).then(|| format!("{} expects\n{wanted}but found\n{found}", case.display()))
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap_or_else(|cause| unreachable!("{}: {cause}", path.display()))
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn told(value: &Value, case: &Path) -> Told {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    let midnight = |day: String| day.parse::<Date>().unwrap().to_zoned(TimeZone::UTC).unwrap().timestamp().as_millisecond();
    let identifiers = |name: &str| texts(&value[name]).iter().map(|text| text.parse().unwrap()).collect();
    let document = text("document").map(|name| fs::read_to_string(case.join(name)).unwrap());
    Told {
        subject: Subject {
            title: text("title").unwrap(),
            publishers: texts(&value["publishers"]),
            text: text("text").unwrap_or_default(),
            document_type: text("type"),
            sources: Vec::new(),
            links: text("link").into_iter().collect(),
            published_at: text("published").map(midnight),
        },
        identifiers: identifiers("identifiers"),
        mentions: identifiers("mentions"),
        sketch: document.as_deref().and_then(Sketch::of),
    }
}

fn archive_of(value: &Value, case: &Path, turned: bool) -> Archive {
    let edition = |edition: &Value| {
        let key: EditionKey = edition["edition"].as_str().unwrap().parse().unwrap();
        let entry = |value: &Value| {
            let mut entry = Entry::titled(texts(&value["publishers"]), value["title"].as_str().unwrap());
            entry.links = texts(&value["links"]).iter().map(|url| Link { url: Href::parse(url).unwrap(), text: String::new() }).collect();
            let paragraphs = value["summary"].as_str().map(|summary| Block::paragraph(markdown::parse_text(summary).text));
            entry.summary = Blocks::new(paragraphs);
            entry
        };
        let entries = edition["entries"].as_array().unwrap().iter().map(entry).collect();
        let mut found = Edition::new(Slug::from_words("evidence"), key);
        found.sectors = vec![Sector { name: "Any".into(), categories: vec![Category { name: "Reports".into(), entries }] }];
        found.settle_slugs();
        found
    };
    let editions: Vec<Edition> = value["editions"].as_array().unwrap().iter().map(edition).collect();
    let publisher = |value: &Value| Publisher { abbreviations: texts(&value["abbreviations"]), ..Publisher::named(value["name"].as_str().unwrap()) };
    let register = Register::new(value["register"].as_array().into_iter().flatten().map(publisher).collect());
    let mut order: Vec<&Edition> = editions.iter().collect();
    if turned {
        order.reverse();
    }
    let mut archive = Archive::new(order, &register);
    for (edition, told) in editions.iter().zip(value["editions"].as_array().unwrap()) {
        for (entry, told) in edition.entries().zip(told["entries"].as_array().unwrap()) {
            if let Some(name) = told["document"].as_str() {
                archive.remember(edition.key(), &entry.slug, Sketch::of(&fs::read_to_string(case.join(name)).unwrap()).unwrap());
            }
        }
    }
    archive
}

/// Each candidate that is shown, what it stands for, what it follows and where it was covered; by title.
fn describe(told: &[Told], archive: &Archive) -> String {
    let candidates: Vec<Candidate> = told
        .iter()
        .map(|told| Candidate { subject: &told.subject, identifiers: &told.identifiers, sketch: told.sketch.as_ref(), mentions: &told.mentions })
        .collect();
    let mut archive = archive.clone();
    told.iter().for_each(|told| archive.know(&told.subject));
    let mut shown: Vec<String> = Vec::new();
    for group in groups(&candidates) {
        let mut lines = format!("{}\n", name(&told[group.first]));
        let mut others: Vec<String> = group.others.iter().map(|other| format!("  with: {} ({})\n", name(&told[other.at]), other.why)).collect();
        others.sort();
        lines.extend(others);
        let first = &told[group.first];
        let covered = archive.covered(&first.subject, &first.identifiers, first.sketch.as_ref());
        if let Some(follows) = archive.follows(&first.subject, &covered) {
            writeln!(lines, "  {follows}").unwrap();
        }
        for covered in covered {
            writeln!(lines, "  {covered}").unwrap();
        }
        shown.push(lines);
    }
    shown.sort();
    shown.concat()
}

fn name(told: &Told) -> String {
    let day = told.subject.published_at.map(|at| jiff::Timestamp::from_millisecond(at).unwrap().to_zoned(TimeZone::UTC).date().to_string());
    format!("{} [{}]", told.subject.title, [told.subject.publishers.join(", "), day.unwrap_or_default()].join(" "))
}
