//! Cases, and the words of what was found.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use pulse_model::{LinkRole, Problem, Record};

/// The folders of cases whose names begin so.
pub(crate) fn cases(start: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with(start));
    cases.sort();
    assert!(!cases.is_empty(), "there are cases named {start}…");
    cases
}

/// Compares what was found with a case's `found.txt`, or writes it when asked to.
pub(crate) fn check(case: &Path, actual: &str, wrong: &mut Vec<String>) {
    let file = case.join("found.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, actual).unwrap();
    } else if std::fs::read_to_string(&file).unwrap_or_default() != actual {
        wrong.push(format!("{}:\n{actual}", case.display()));
    }
}

fn day(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap().strftime("%Y-%m-%d").to_string()
}

pub(crate) fn show_problems(problems: &[Problem], out: &mut String) {
    problems.iter().for_each(|problem| writeln!(out, "problem: {problem}").unwrap());
}

pub(crate) fn show(record: &Record, out: &mut String) {
    let published = record.published_at.map_or_else(|| "no date".to_owned(), day);
    let updated = record.updated_at.map(|at| format!(", updated {}", day(at))).unwrap_or_default();
    writeln!(out, "\n{published}{updated}: {}", record.title).unwrap();
    for link in &record.links {
        let role = match link.role {
            LinkRole::Page => "page",
            LinkRole::File => "file",
            LinkRole::Other => "other",
        };
        writeln!(out, "  {role} {}", link.url).unwrap();
    }
    let withdrawn = record.is_withdrawn.then(|| "yes".to_owned());
    let lines = [
        ("doi", Some(record.dois.join(", "))),
        ("by", Some(record.authors.join(", "))),
        ("from", Some(record.publishers.join(", "))),
        ("type", record.document_type.clone()),
        ("language", record.language.clone()),
        ("note", record.change_note.clone()),
        ("withdrawn", withdrawn),
        ("summary", Some(record.summary.clone())),
    ];
    for (name, text) in lines {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            writeln!(out, "  {name}: {text}").unwrap();
        }
    }
}
