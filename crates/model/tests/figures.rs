//! Figures are found where an editor would ask for a source, and nowhere else.
//!
//! A case is a file in `cases/figures`: paragraphs, each followed by the figures found in it, indented:
//! wording | kind | value | unit. Lines with `#` say what the paragraphs below are about. `UPDATE_EXPECT=1` rewrites them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what fails here fails a test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use pulse_model::figure::{Figure, Value, find};
use pulse_model::markdown::parse_blocks;
use pulse_testkit::corpus;

fn describe(figure: &Figure) -> String {
    let (kind, value) = match &figure.value {
        Value::Count { number } => ("count", number.to_string()),
        Value::Percentage { percent } => ("percentage", percent.to_string()),
        Value::Ratio { numerator, denominator } => ("ratio", format!("{numerator}/{denominator}")),
        Value::Money { amount, currency } => ("money", format!("{amount} {currency}")),
        Value::SampleSize { number } => ("sample size", number.to_string()),
        Value::Range { from, to } => ("range", format!("{from} to {to}")),
    };
    format!("    {} | {kind} | {value} | {}", figure.wording, figure.unit).trim_end().to_owned()
}

/// The case as it should read: the paragraphs and comments kept, the figures found anew.
fn answered(case: &str) -> String {
    let kept = case.lines().filter(|line| !line.starts_with("    "));
    let lines = kept.flat_map(|line| {
        let figures = if line.starts_with('#') { Vec::new() } else { find(line) };
        std::iter::once(line.to_owned()).chain(figures.iter().map(describe).collect::<Vec<_>>())
    });
    lines.map(|line| line + "\n").collect()
}

#[test]
fn cases_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/figures");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let case = std::fs::read_to_string(&file).unwrap();
        let answered = answered(&case);
        let is_empty = answered.lines().all(|line| !line.starts_with("    "));
        assert_eq!(is_empty, file.ends_with("no-figures.txt"), "{}", file.display());
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&file, answered).unwrap();
        } else {
            for (line, (expected, found)) in case.lines().zip(answered.lines()).enumerate() {
                assert_eq!(expected, found, "{}:{}", file.display(), line + 1);
            }
            assert_eq!(case, answered, "{}", file.display());
        }
    }
}

/// Every wording is found again behind the one before it: slices of the text, in order, apart.
fn assert_sound(text: &str) {
    let mut rest = text;
    for figure in find(text) {
        assert!(!figure.wording.trim().is_empty());
        let at = rest.find(&figure.wording).unwrap_or_else(|| panic!("\u{201c}{}\u{201d} is not in what is left of \u{201c}{text}\u{201d}", figure.wording));
        rest = &rest[at + figure.wording.len()..];
        if let Value::Ratio { denominator, .. } = figure.value {
            assert!(!denominator.is_zero());
        }
    }
}

/// Pieces the rules give a meaning to.
const PIECES: &[&str] = &[
    "1",
    "12",
    "2021",
    "16,000",
    "9.5",
    "000",
    "0",
    "£",
    "€",
    "$",
    "%",
    "per cent",
    "-",
    "–",
    "−",
    "/",
    ":",
    ".",
    ",",
    "(",
    ")",
    "‘",
    "’",
    "'",
    "\"",
    "\n",
    " ",
    " ",
    " ",
    "m",
    "bn",
    "million",
    "hundred",
    "one",
    "two",
    "twenty",
    "half",
    "third",
    "thirds",
    "a",
    "the",
    "and",
    "or",
    "in",
    "of",
    "out of",
    "to",
    "between",
    "from",
    "times",
    "higher",
    "more",
    "than",
    "likely",
    "twice",
    "as",
    "people",
    "respondents",
    "n",
    "=",
    "over",
    "under",
    "25s",
    "Phase",
    "June",
    "section",
    "per",
    "year",
    "years",
    "½",
    "٣",
    "日本",
    "é",
    "\u{a0}",
    "nearly",
    "www.a.example/1",
    "a1@b.example",
    "+",
    "pence",
    "EUR",
    "US",
];

proptest! {
    #[test]
    fn any_characters_are_read(text in any::<String>()) {
        assert_sound(&text);
    }

    #[test]
    fn any_phrases_are_read(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..30)) {
        assert_sound(&pieces.concat());
        assert_sound(&pieces.join(" "));
    }
}

#[test]
fn long_texts_take_linear_time() {
    let units = [
        "9",
        "9,",
        "1,000",
        "9.",
        "1 ",
        "1, ",
        "1-",
        "1/",
        "1:",
        "a-",
        "one-",
        "one ",
        "a ",
        "£",
        "-",
        "(",
        "‘",
        "just ",
        "1 and ",
        "between ",
        "1 to ",
        "one in ",
        "a@",
        "://",
        "twenty ",
        "hundred ",
        "٣",
        "é",
        "\n",
        "1 of ",
        "two and a half ",
        "more than ",
        "0 ",
        "June 1, ",
        "n=",
        "1 a ",
    ];
    for unit in units {
        let text = unit.repeat(100_000 / unit.len());
        let start = Instant::now();
        let figures = find(&text);
        // A quadratic rule would need hours; the bound leaves room for an unoptimised build on a busy machine.
        assert!(start.elapsed() < Duration::from_secs(20), "{unit:?} took {:?} for {} figures", start.elapsed(), figures.len());
    }
}

#[test]
fn a_number_too_long_to_hold_is_no_figure() {
    assert_eq!(find(&"7".repeat(1_000_000)), Vec::new());
    assert_eq!(find("9".repeat(28).as_str()).len(), 1);
}

/// What a reader listed for each entry of one real edition, by title, and what stands under that title.
fn listed_entries() -> Option<Vec<(String, Vec<String>, String)>> {
    let folder = corpus::folder("digests")?;
    let expected: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(folder.join("cordispulse-2023-05.expected.json")).unwrap()).unwrap();
    let markdown = std::fs::read_to_string(folder.join("cordispulse-2023-05.md")).unwrap();
    let list = |value: &serde_json::Value| value.as_array().cloned().unwrap_or_default();
    let entries = list(&expected["sectors"]).into_iter().flat_map(|sector| list(&sector["categories"])).flat_map(|category| list(&category["entries"]));
    let text_of = |title: &str| -> String {
        let is_heading = |line: &&str| line.starts_with('#');
        let under = markdown.lines().skip_while(|line| !(line.starts_with('#') && line.contains(title))).skip(1);
        under.take_while(|line| !is_heading(line)).collect::<Vec<_>>().join("\n")
    };
    let entries = entries.map(|entry| {
        let title = entry["title"].as_str().unwrap().to_owned();
        let figures = list(&entry["figures"]).iter().map(|figure| figure.as_str().unwrap().to_owned()).collect();
        let text = text_of(&title);
        (title, figures, text)
    });
    Some(entries.collect())
}

fn find_in_markdown(markdown: &str) -> Vec<Figure> {
    parse_blocks(markdown).blocks.texts().iter().flat_map(|(_, text)| find(&text.plain())).collect()
}

/// Each found wording answers for one listed figure, so a figure listed twice has to be found twice.
#[test]
fn every_figure_a_reader_listed_is_found() {
    let Some(entries) = listed_entries() else { return };
    let mut missed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (title, listed, text) in entries {
        assert!(listed.is_empty() || !text.is_empty(), "no text under {title}");
        let mut found: Vec<String> = find_in_markdown(&text).into_iter().map(|figure| figure.wording.to_lowercase()).collect();
        for figure in listed {
            let figure = figure.to_lowercase();
            let first_word = figure.split(' ').next().unwrap_or_default();
            match found.iter().position(|wording| wording.contains(&figure) || figure.contains(wording.as_str()) && wording.contains(first_word)) {
                Some(at) => drop(found.remove(at)),
                None => missed.entry(title.clone()).or_default().push(figure),
            }
        }
    }
    assert_eq!(missed, BTreeMap::new());
}
