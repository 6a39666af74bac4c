//! Whatever bytes come in, a document comes out; and its size is no multiple of what came in.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use pulse_extract::{Input, extract, pdf, sniff, word};
use pulse_model::document::{Document, Form};

/// The files of the cases, to be broken.
fn files(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let inputs = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).map(|case| {
        let files = std::fs::read_dir(case).unwrap().map(|entry| entry.unwrap().path());
        files.into_iter().find(|path| path.file_stem().is_some_and(|stem| stem == "input")).unwrap()
    });
    inputs.map(|path| (path.clone(), std::fs::read(path).unwrap())).filter(|(_, bytes)| bytes.len() < 20_000).collect()
}

/// One of the files, some bytes changed, some taken out, some put in.
fn broken(folder: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let files = files(folder);
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0..3_u8, 0..64_usize);
    (prop::sample::select(files), prop::collection::vec(change, 1..12)).prop_map(|((_, mut bytes), changes)| {
        for (place, byte, kind, length) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = place.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => drop(bytes.drain(at..(at + length).min(bytes.len()))),
                _ => drop(bytes.splice(at..at, std::iter::repeat_n(byte, length))),
            }
        }
        bytes
    })
}

fn holds(document: &Document) {
    let pages = document.page_count.unwrap_or_default();
    for block in document.blocks() {
        assert!(block.page.is_none_or(|page| page >= 1 && page <= pages));
        assert!(!block.content.lines().is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..4_000)) {
        holds(&extract(&Input { bytes: &bytes, url: None, media_type: None }));
        holds(&pdf::read(&bytes));
        holds(&word::read(&bytes, Form::Docx));
        holds(&word::read(&bytes, Form::Odt));
    }

    #[test]
    fn broken_pdf_files_are_read(bytes in broken("cases-pdf")) {
        let first = pdf::read(&bytes);
        holds(&first);
        prop_assert_eq!(first, pdf::read(&bytes));
    }

    #[test]
    fn broken_word_files_are_read(bytes in broken("cases-word")) {
        holds(&word::read(&bytes, Form::Docx));
        holds(&word::read(&bytes, Form::Odt));
    }
}

#[test]
fn the_form_of_a_file_is_told_from_its_content() {
    let form = |bytes: &[u8], media_type| sniff::form(&Input { bytes, url: None, media_type });
    assert_eq!(form(b"\xef\xbb\xbf <!-- made by hand --> <!DOCTYPE HTML><p>Rents", Some("application/pdf")), Form::Html);
    assert_eq!(form(b"junk before\n%PDF-1.4\n", Some("text/html")), Form::Pdf);
    assert_eq!(form(b"Rents <b>rose</b>", Some("text/html; charset=utf-8")), Form::Html);
    assert_eq!(form(b"Rents <b>rose</b>", None), Form::Text);
    assert_eq!(form(b"# Rents", Some("text/markdown")), Form::Markdown);
    let url = url::Url::parse("https://quay.example/notes/README.md").unwrap();
    assert_eq!(sniff::form(&Input { bytes: b"# Rents", url: Some(&url), media_type: None }), Form::Markdown);
    assert_eq!(form("R\u{e4}nts".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>().as_slice(), None), Form::Text);
    assert_eq!(form(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some("text/html")), Form::Other);
    assert_eq!(form(b"\0\x01\x02\x03\x04\x05", Some("text/plain")), Form::Other);
    assert_eq!(form(b"PK\x03\x04 no package at all", None), Form::Other);
}
