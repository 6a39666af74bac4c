//! What is drafted from the documents of a publication. A case is a folder: `1-….md`, `2-….md`, … are the documents, the page first;
//! `draft.txt` is the draft as a person reads it, each point with its passages. `UPDATE_EXPECT=1` rewrites it.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use pulse_draft::{Wishes, draft};
use pulse_extract::{Input, extract};
use pulse_model::{Document, Draft, Publication, Sourced};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = std::fs::read_dir(folder)?.map(|file| Ok(file?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

fn drafted(case: &Path) -> Outcome<Draft> {
    let mut documents: Vec<(String, Document)> = Vec::new();
    for file in files(case)?.into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "md" || extension == "html")) {
        let kind = if file.extension().is_some_and(|extension| extension == "md") { "text/markdown" } else { "text/html" };
        let document = extract(&Input { bytes: &std::fs::read(&file)?, url: None, media_type: Some(kind) });
        documents.push((format!("https://harbour.example/{}", file.file_name().unwrap_or_default().to_string_lossy()), document));
    }
    let sourced: Vec<Sourced<'_>> = documents.iter().map(|(address, document)| Sourced { address, document }).collect();
    let publication = Publication {
        title: "Warm homes".to_owned(),
        publishers: vec!["Harbour Trust".to_owned()],
        link: Some("https://harbour.example/1-page.md".to_owned()),
        summary: "What the fund did.".to_owned(),
        ..Publication::default()
    };
    Ok(draft(&publication, &sourced, &Wishes::default()))
}

/// The draft in lines: the heading, each point with its kind, indented what it rests on, and the notes.
fn described(draft: &Draft) -> Result<String, std::fmt::Error> {
    let mut out = format!("{}\n", draft.entry.heading());
    for link in &draft.entry.links {
        writeln!(out, "link {} {}", link.url.as_str(), link.text)?;
    }
    for (point, (depth, text)) in draft.points.iter().zip(draft.entry.summary.texts()) {
        assert_eq!(&point.text, text);
        writeln!(out, "\n{:?} {}{}", point.kind, if depth > 0 { "- " } else { "" }, text.plain())?;
        for passage in &point.passages {
            writeln!(out, "    {} | {}", passage.document.rsplit('/').next().unwrap_or_default(), passage.quote)?;
        }
    }
    assert_eq!(draft.points.len(), draft.entry.summary.texts().len());
    for note in &draft.notes {
        writeln!(out, "\nnote: {note}")?;
    }
    Ok(out)
}

#[test]
fn cases_hold() -> Outcome<()> {
    let cases = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases"))?;
    assert!(!cases.is_empty());
    let mut wrong = Vec::new();
    for case in cases {
        let found = described(&drafted(&case)?)?;
        let expected = case.join("draft.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &found)?;
        }
        let before = std::fs::read_to_string(&expected).unwrap_or_default();
        if before != found {
            wrong.push(format!("{}\n{found}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}
