//! Figures, dates and copied words of an entry are traced in documents, and no others are.
//!
//! A case is a folder in `cases/tracing`: `source.md`, the document; `entry.txt`, sentences that are traced one by one;
//! `expected.txt`, each of them followed by what became of its figures, dates and periods, indented. `UPDATE_EXPECT=1`
//! rewrites the last.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use pulse_model::Sourced;
use pulse_model::document::{Content, Document, ListItem};
use pulse_model::trace::{Evidence, SHORTEST_RUN, Tracing, copied};

/// Headings, points, tables with a caption before them, paragraphs.
fn document(source: &str) -> Document {
    let mut contents: Vec<Content> = Vec::new();
    for line in source.lines().filter(|line| !line.is_empty()) {
        if let Some(text) = line.strip_prefix("# ") {
            contents.push(Content::Heading { level: 2, text: text.to_owned() });
        } else if let Some(text) = line.strip_prefix("- ") {
            contents.push(Content::List { ordered: false, items: vec![ListItem { depth: 0, text: text.to_owned() }] });
        } else if let Some(caption) = line.strip_prefix("Table: ") {
            contents.push(Content::Table { caption: caption.to_owned(), header_rows: 1, rows: Vec::new() });
        } else if let Some(row) = line.strip_prefix("| ") {
            let cells = row.trim_end_matches(" |").split(" | ").map(str::to_owned).collect();
            if let Some(Content::Table { rows, .. }) = contents.last_mut() {
                rows.push(cells);
            }
        } else {
            contents.push(Content::Paragraph { text: line.to_owned() });
        }
    }
    of(contents)
}

fn of(contents: Vec<Content>) -> Document {
    Document::new(Default::default(), contents.into_iter().map(|content| (None, content)), None, Vec::new())
}

fn evidence(document: &Document) -> Evidence {
    Evidence::of(&[Sourced { address: "https://a.example/report", document }])
}

fn describe(wording: &str, tracing: &Tracing) -> String {
    match tracing {
        Tracing::Traced { passage } => format!("    {wording} | traced | {}", passage.quote),
        Tracing::Derived { how, passages } => {
            format!("    {wording} | derived: {how} | {}", passages.iter().map(|passage| passage.quote.as_str()).collect::<Vec<_>>().join(" + "))
        }
        Tracing::Untraced { nearest } => format!("    {wording} | untraced | {}", nearest.as_ref().map_or("", |passage| &passage.quote)),
    }
}

fn answered(source: &str, entry: &str) -> String {
    let document = document(source);
    let evidence = evidence(&document);
    let mut lines = Vec::new();
    for sentence in entry.lines() {
        lines.push(sentence.to_owned());
        lines.extend(evidence.trace(sentence).iter().map(|traced| describe(&traced.figure.wording, &traced.tracing)));
        lines.extend(evidence.trace_periods(sentence).iter().map(|traced| describe(&traced.period.wording, &traced.tracing)));
    }
    lines.into_iter().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[test]
fn cases_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/tracing");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    for case in cases {
        let read = |name: &str| std::fs::read_to_string(case.join(name)).unwrap_or_default();
        let answered = answered(&read("source.md"), &read("entry.txt"));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(case.join("expected.txt"), answered).unwrap();
        } else {
            assert_eq!(read("expected.txt"), answered, "{}", case.display());
        }
    }
}

#[test]
fn long_runs_are_marked_and_short_ones_are_not() {
    let said = "The board found waiting lists had grown in every district since the old service closed, and asked why.";
    let document = document(&format!("# Findings\n{said}\n"));
    let sources = [Sourced { address: "https://a.example/report", document: &document }];
    let entry = "It says that \u{201c}waiting lists had grown in every district since the old service closed, and asked why\u{201d}.";
    let quoted = copied(entry, &sources);
    assert_eq!(quoted.len(), 1);
    assert!(quoted[0].is_quoted);
    assert_eq!(&entry[quoted[0].bytes.clone()], quoted[0].passage.quote);
    let bare = copied(&entry.replace(['\u{201c}', '\u{201d}'], ""), &sources);
    assert_eq!(bare.iter().map(|copied| copied.is_quoted).collect::<Vec<_>>(), [false]);
    assert!(bare[0].words >= SHORTEST_RUN);
    // One word short of a run.
    let shorter: Vec<&str> = said.split(' ').take(SHORTEST_RUN - 1).collect();
    assert_eq!(copied(&format!("As it says, {}.", shorter.join(" ")), &sources), []);
    assert_eq!(copied("The board found waiting lists had shrunk in every district since the old service closed.", &sources), []);
}

#[test]
fn apostrophes_close_no_quotation() {
    let document = document("Carers\u{2019} breaks didn\u{2019}t grow in any of the districts that had closed their old services before.");
    let sources = [Sourced { address: "https://a.example/report", document: &document }];
    let copied = copied("\u{2018}Breaks didn\u{2019}t grow in any of the districts that had closed their old services before\u{2019}, it says.", &sources);
    assert_eq!(copied.iter().map(|copied| copied.is_quoted).collect::<Vec<_>>(), [true]);
}

proptest! {
    #[test]
    fn any_text_is_traced_in_any_document(source in any::<String>(), entry in any::<String>()) {
        let document = document(&source);
        let _ = (evidence(&document).trace(&entry), evidence(&document).trace_periods(&entry));
        let _ = copied(&entry, &[Sourced { address: "", document: &document }]);
    }

    #[test]
    fn numbers_of_any_length_are_traced(digits in prop::collection::vec("[1-9][0-9]{0,28}(\\.[0-9]{1,9})?", 2..4), entry in "(over |about |nearly |)[1-9][0-9]{0,28}") {
        let source: String = digits.iter().map(|number| format!("It helped {number} households, or {number}%, {number} in {number}. ")).collect();
        let document = document(&source);
        for said in ["", "%", " times as many", " percentage points more"] {
            let _ = evidence(&document).trace(&format!("It helped {entry}{said} households more in total, {}.", digits[0]));
        }
    }

    #[test]
    fn a_text_is_traced_in_itself(numbers in prop::collection::vec(1_u32..100_000, 1..6)) {
        let text = numbers.iter().map(|number| format!("The district counted {number} homes. ")).collect::<String>();
        let document = document(&text);
        for traced in evidence(&document).trace(&text) {
            prop_assert!(matches!(traced.tracing, Tracing::Traced { .. }), "{traced:?}");
        }
    }
}

/// The bound leaves room for an unoptimised build on a busy machine; a quadratic step would need hours.
fn within_reason(what: &str, trace: impl FnOnce()) {
    let start = Instant::now();
    trace();
    assert!(start.elapsed() < Duration::from_secs(60), "{what} took {:?}", start.elapsed());
}

#[test]
fn large_and_odd_documents_are_traced_in_time() {
    let rows: Vec<Vec<String>> = (0..3_000).map(|row| (0..8).map(|column| format!("{}", row * 8 + column)).collect()).collect();
    let all_tables = of(vec![Content::Table { caption: "Homes by district, thousands".to_owned(), header_rows: 1, rows }]);
    let line: String = (0..10_000).map(|number| format!("{number}% of homes, ")).collect();
    let one_line = of(vec![Content::Paragraph { text: line.clone() }]);
    let changes: String = (0..4_000).map(|number| format!("a rise of {number} percentage points to {}% of homes in 2021, ", number + 10)).collect();
    let one_line_of_changes = of(vec![Content::Paragraph { text: changes.clone() }]);
    let lines: Vec<Content> =
        (0..10_000).map(|_| Content::Paragraph { text: "In 2021 the district had 10% of homes, up 3 percentage points.".to_owned() }).collect();
    let all_alike = of(lines);
    let welsh = of(vec![Content::Paragraph { text: "Yn 2021 roedd 47% o\u{2019}r gofalwyr heb seibiant, a 1,204 o ddarparwyr wedi ateb.".to_owned() }]);
    let entry = "In 2021 the district had 12% of homes, up 3 percentage points from 10%, or 4,000 homes. ".repeat(200);
    for (name, document) in
        [("all tables", &all_tables), ("one line", &one_line), ("one line of changes", &one_line_of_changes), ("all alike", &all_alike), ("Welsh", &welsh)]
    {
        within_reason(name, || {
            let evidence = evidence(document);
            let _ = (evidence.trace(&entry), evidence.trace(&line), evidence.trace(&changes), evidence.trace_periods(&entry));
            let _ = copied(&entry, &[Sourced { address: "", document }]);
        });
    }
}

#[test]
fn welsh_is_traced_by_its_numbers() {
    let document = document("Yn 2021 roedd 47% o\u{2019}r gofalwyr heb seibiant, a 1,204 o ddarparwyr wedi ateb.");
    let traced = evidence(&document).trace("Roedd 47% o\u{2019}r gofalwyr heb seibiant.");
    assert!(matches!(traced[0].tracing, Tracing::Traced { .. }));
}
