//! Summaries in an editor's words are traced, and their slips are not.
//!
//! A case is a file in `cases/tracing-lines`. Lines with `>` are the document: `# ` a heading, `Table: ` and `| ` a table, others
//! paragraphs. Each further line is `right | answer | sentence` or `wrong | answer | sentence`: whether the document bears out the
//! figure in square brackets, and what became of it. `UPDATE_EXPECT=1` rewrites the answers and marks with a star those that should be otherwise.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "what fails here fails a test; the counts are for reading")]

use std::ops::Range;
use std::path::{Path, PathBuf};

use pulse_model::Sourced;
use pulse_model::document::{Content, Document};
use pulse_model::figure::find_in_place;
use pulse_model::trace::{Evidence, Tracing, periods};

fn document(case: &str) -> Document {
    let mut contents: Vec<Content> = Vec::new();
    for line in case.lines().filter_map(|line| line.strip_prefix("> ")) {
        if let Some(text) = line.strip_prefix("# ") {
            contents.push(Content::Heading { level: 2, text: text.to_owned() });
        } else if let Some(caption) = line.strip_prefix("Table: ") {
            contents.push(Content::Table { caption: caption.to_owned(), header_rows: 1, rows: Vec::new() });
        } else if let (Some(row), Some(Content::Table { rows, .. })) = (line.strip_prefix("| "), contents.last_mut()) {
            rows.push(row.trim_end_matches(" |").split(" | ").map(str::to_owned).collect());
        } else {
            contents.push(Content::Paragraph { text: line.to_owned() });
        }
    }
    Document::new(Default::default(), contents.into_iter().map(|content| (None, content)), None, Vec::new())
}

/// A sentence without its brackets, and the bytes that stood in them.
fn unmarked(sentence: &str) -> (String, Vec<Range<usize>>) {
    let (mut text, mut marked) = (String::new(), Vec::new());
    for (place, part) in sentence.split(['[', ']']).enumerate() {
        let from = text.len();
        text += part;
        if place % 2 == 1 {
            marked.push(from..text.len());
        }
    }
    (text, marked)
}

/// What became of the figure or period at these bytes; nothing if there is none.
fn tracing(evidence: &Evidence, text: &str, bytes: &Range<usize>) -> Option<Tracing> {
    let overlaps = |other: &Range<usize>| other.start < bytes.end && bytes.start < other.end;
    let figure = find_in_place(text).iter().position(|(range, _)| overlaps(range));
    if let Some(place) = figure {
        return evidence.trace(text).into_iter().nth(place).map(|traced| traced.tracing);
    }
    let period = periods(text).iter().position(|(range, _)| overlaps(range))?;
    evidence.trace_periods(text).into_iter().nth(period).map(|traced| traced.tracing)
}

fn answer(tracing: Option<&Tracing>) -> String {
    match tracing {
        None => "no figure".to_owned(),
        Some(Tracing::Traced { .. }) => "traced".to_owned(),
        Some(Tracing::Derived { how, .. }) => format!("derived: {how}"),
        Some(Tracing::Untraced { .. }) => "untraced".to_owned(),
    }
}

/// The line as it should read, and whether the answer is as it should be.
fn answered(evidence: &Evidence, line: &str) -> (String, bool) {
    let bare = line.trim_start_matches("* ");
    let (verdict, rest) = bare.split_once(" | ").unwrap();
    let sentence = rest.rsplit(" | ").next().unwrap();
    let (text, marked) = unmarked(sentence);
    let tracings: Vec<Option<Tracing>> = marked.iter().map(|bytes| tracing(evidence, &text, bytes)).collect();
    let is_untraced = |tracing: &Option<Tracing>| matches!(tracing, Some(Tracing::Untraced { .. }));
    let holds = match verdict {
        "right" => tracings.iter().all(|tracing| tracing.is_some() && !is_untraced(tracing)),
        _ => tracings.iter().any(is_untraced),
    };
    let answers: Vec<String> = tracings.iter().map(|tracing| answer(tracing.as_ref())).collect();
    (format!("{}{verdict} | {} | {sentence}", if holds { "" } else { "* " }, answers.join("; ")), holds)
}

#[test]
fn lines_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/tracing-lines");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut tally = [("right", 0, 0), ("wrong", 0, 0)];
    for file in &files {
        let case = std::fs::read_to_string(file).unwrap();
        let document = document(&case);
        let evidence = Evidence::of(&[Sourced { address: "https://a.example/report", document: &document }]);
        let mut lines = Vec::new();
        for line in case.lines() {
            if line.is_empty() || line.starts_with(['#', '>']) {
                lines.push(line.to_owned());
                continue;
            }
            let (line, holds) = answered(&evidence, line);
            if let Some((_, all, held)) = tally.iter_mut().find(|(verdict, ..)| line.trim_start_matches("* ").starts_with(*verdict)) {
                (*all, *held) = (*all + 1, *held + usize::from(holds));
            }
            lines.push(line);
        }
        let found: String = lines.into_iter().map(|line| line + "\n").collect();
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(file, found).unwrap();
        } else {
            assert_eq!(case, found, "{}", file.display());
        }
    }
    tally.iter().for_each(|(verdict, all, held)| println!("{verdict}: {held} of {all} as they should be"));
    for (verdict, all, held) in tally {
        assert!(all >= 100 && held * 20 >= all * 19, "{verdict}: {held} of {all}");
    }
}
