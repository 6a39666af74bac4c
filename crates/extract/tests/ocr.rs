//! Scans through another program: what it is given, what it gives, and every way it can fail.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use pulse_extract::ocr::{Ocr, OcrError};
use pulse_extract::pdf;
use pulse_model::ProblemKind;

const SCAN: &[u8] = include_bytes!("cases-pdf/scan/input.pdf");

/// A program that does what the script says.
fn program(folder: &tempfile::TempDir, script: &str) -> PathBuf {
    let path = folder.path().join("ocr");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

async fn run(script: &str) -> Result<Vec<u8>, OcrError> {
    let folder = tempfile::tempdir().unwrap();
    Ocr { program: program(&folder, script), languages: "eng+cym".to_owned(), seconds: 2 }.with_text(SCAN).await
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn a_scan_goes_in_and_a_pdf_with_text_comes_out() {
    assert_eq!(pdf::read(SCAN).problems[0].kind, ProblemKind::NoText);
    let with_text = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases-pdf/list/input.pdf");
    let script = format!("case \"$*\" in *--skip-text*'--language eng+cym - -') ;; *) exit 9 ;; esac\nhead -c 5 | grep -q '^%PDF-' && cat {with_text}");
    let read = pdf::read(&runtime().block_on(run(&script)).unwrap());
    assert!(read.text().contains("The board decided three things"));
}

#[test]
fn each_failure_says_what_to_do() {
    let failed = |script: &str| runtime().block_on(run(script)).unwrap_err();
    let text = failed("cat >/dev/null; echo 'language eng is not installed' >&2; exit 3").to_string();
    assert!(text.ends_with("gave no PDF with text: language eng is not installed"), "{text}");
    assert!(matches!(failed("cat >/dev/null; echo no PDF"), OcrError::Failed { .. }));
    assert!(matches!(failed("sleep 60"), OcrError::TooSlow { seconds: 2 }));
    let missing = Ocr { program: "/nowhere/ocrmypdf".into(), ..Ocr::default() };
    match runtime().block_on(missing.with_text(SCAN)) {
        Err(cause @ OcrError::NotInstalled { .. }) => assert!(cause.to_string().contains("install it")),
        other => panic!("{other:?}"),
    }
}
