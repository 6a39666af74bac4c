//! Files with what they are read as: `cases-pdf/NAME/input.pdf` and `cases-word/NAME/input.*` beside `document.txt`, which
//! `UPDATE_EXPECT=1` rewrites. The files are made by the `make.py` of each folder.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the report")]

use std::fmt::Write as _;
use std::path::Path;

use pulse_extract::{Input, extract};
use pulse_model::document::{Content, Document};

#[test]
fn pdf_files_are_read_as_expected() {
    check("cases-pdf", 13);
}

#[test]
fn word_files_are_read_as_expected() {
    check("cases-word", 7);
}

fn check(folder: &str, least: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut cases: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    cases.sort();
    assert!(cases.len() >= least, "only {} cases in {}", cases.len(), folder.display());
    let mut wrong = Vec::new();
    for case in cases {
        let input = std::fs::read_dir(&case).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.file_stem().is_some_and(|stem| stem == "input"));
        let bytes = std::fs::read(input.unwrap_or_else(|| panic!("{} has no input", case.display()))).unwrap();
        // The claim is wrong on purpose: content decides.
        let found = dump(&extract(&Input { bytes: &bytes, url: None, media_type: Some("text/plain") }));
        let expected = case.join("document.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &found).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A document as a person reads it.
fn dump(document: &Document) -> String {
    let about = &document.metadata;
    let mut out = format!("{:?}, {} pages, language {:?}\n", about.form, document.page_count.unwrap_or_default(), about.language);
    let moment = |at: Option<i64>| at.and_then(|at| jiff::Timestamp::from_millisecond(at).ok()).map_or_else(|| "-".to_owned(), |at| at.to_string());
    writeln!(out, "title: {}\nauthors: {}\ndates: {} {}", about.title, about.authors.join(" / "), moment(about.published_at), moment(about.updated_at))
        .unwrap();
    for item in &about.outline {
        writeln!(out, "outline {}: {} (page {:?})", item.level, item.title, item.page).unwrap();
    }
    for problem in &document.problems {
        writeln!(out, "problem {:?}: {problem}", problem.kind).unwrap();
    }
    for block in document.blocks() {
        let page = block.page.map_or_else(String::new, |page| format!("[{page}] "));
        match &block.content {
            Content::Heading { level, text } => writeln!(out, "\n{page}{} {text}", "#".repeat(usize::from(*level))),
            Content::Paragraph { text } => writeln!(out, "\n{page}{text}"),
            Content::List { ordered, items } => {
                let lines = items.iter().map(|item| format!("{}{} {}", "  ".repeat(usize::from(item.depth)), if *ordered { "1." } else { "-" }, item.text));
                writeln!(out, "\n{page}list\n{}", lines.collect::<Vec<_>>().join("\n"))
            }
            Content::Table { caption, header_rows, rows } => {
                let lines = rows.iter().map(|row| format!("| {} |", row.join(" | ")));
                writeln!(out, "\n{page}table {caption:?}, {header_rows} rows of heading\n{}", lines.collect::<Vec<_>>().join("\n"))
            }
            Content::Figure { caption } => writeln!(out, "\n{page}figure: {caption}"),
            Content::Quote { text } => writeln!(out, "\n{page}> {text}"),
            Content::Footnote { mark, text } => writeln!(out, "\n{page}note {mark}: {text}"),
        }
        .unwrap();
    }
    out
}
