//! Each folder of `cases` is a page and what is read from it. `UPDATE_EXPECT=1 cargo test` writes the expected files anew; they are read in review.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use pulse_extract::{Input, extract};
use pulse_model::Document;
use pulse_model::document::Content;
use url::Url;

#[test]
fn cases_are_read_as_expected() -> Result<(), Box<dyn std::error::Error>> {
    let mut wrong = Vec::new();
    let url: Url = "https://www.harbour-council.example/reports/page".parse()?;
    for case in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"))? {
        let case = case?.path();
        let Some(file) = ["page.html", "notes.md", "notes.txt"].iter().map(|name| case.join(name)).find(|file| file.exists()) else { continue };
        let media_type = match file.extension().and_then(|ending| ending.to_str()) {
            Some("html") => "text/html",
            Some("md") => "text/markdown",
            _ => "text/plain",
        };
        let found = dump(&extract(&Input { bytes: &fs::read(&file)?, url: Some(&url), media_type: Some(media_type) }))?;
        let expected = case.join("document.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&expected, &found)?;
        } else if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{}\n{found}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// A document as a person reads it: what it says of itself, then its blocks.
fn dump(document: &Document) -> Result<String, Box<dyn std::error::Error>> {
    let mut out = String::new();
    let about = &document.metadata;
    let day = |at: Option<i64>| at.and_then(|at| jiff::Timestamp::from_millisecond(at).ok()).map(|at| at.to_string()).unwrap_or_default();
    for (name, value) in [
        ("form", format!("{:?}", about.form).to_lowercase()),
        ("title", about.title.clone()),
        ("publisher", about.publisher.clone()),
        ("authors", about.authors.join("; ")),
        ("published", day(about.published_at)),
        ("updated", day(about.updated_at)),
        ("type", about.document_type.clone()),
        ("language", about.language.clone()),
        ("description", about.description.clone()),
        ("canonical", about.canonical.as_ref().map(Url::to_string).unwrap_or_default()),
        ("dois", about.dois.join(" ")),
    ] {
        if !value.is_empty() {
            writeln!(out, "{name}: {value}")?;
        }
    }
    for page in &about.mentions {
        writeln!(out, "mentions: {page}")?;
    }
    for file in &about.attachments {
        writeln!(out, "file: {} [{}] {}", file.title, file.media_type.as_deref().unwrap_or_default(), file.url)?;
    }
    for problem in &document.problems {
        writeln!(out, "problem: {problem}")?;
    }
    for block in document.blocks() {
        out.push('\n');
        match &block.content {
            Content::Heading { level, text } => writeln!(out, "{} {text}", "#".repeat(usize::from(*level)))?,
            Content::Paragraph { text } => writeln!(out, "{text}")?,
            Content::Quote { text } => writeln!(out, "> {text}")?,
            Content::Figure { caption } => writeln!(out, "(picture) {caption}")?,
            Content::Footnote { mark, text } => writeln!(out, "[{mark}] {text}")?,
            Content::List { ordered, items } => {
                for item in items {
                    writeln!(out, "{}{} {}", "  ".repeat(usize::from(item.depth)), if *ordered { "1." } else { "-" }, item.text)?;
                }
            }
            Content::Table { caption, header_rows, rows } => {
                writeln!(out, "(table, {header_rows} heading) {caption}")?;
                for row in rows {
                    writeln!(out, "| {} |", row.join(" | "))?;
                }
            }
        }
    }
    Ok(out)
}
