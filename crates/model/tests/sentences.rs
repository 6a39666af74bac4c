//! Sentences end where a reader would end them, and are slices of their text.
//!
//! A case is a file in `cases/sentences`: paragraphs, each followed by its sentences, indented. Lines with `#` say what the
//! paragraphs below are about. `UPDATE_EXPECT=1` rewrites them.

#![expect(clippy::panic, reason = "what fails here fails a test")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use pulse_model::sentence::sentences;

/// The case as it should read: the paragraphs and comments kept, the sentences found anew.
fn answered(case: &str) -> String {
    let kept = case.lines().filter(|line| !line.starts_with("    "));
    let lines = kept.flat_map(|line| {
        let found = if line.starts_with('#') { Vec::new() } else { sentences(line) };
        std::iter::once(line.to_owned()).chain(found.into_iter().map(|sentence| format!("    {sentence}")).collect::<Vec<_>>())
    });
    lines.map(|line| line + "\n").collect()
}

#[test]
fn cases_hold() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/sentences");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let case = std::fs::read_to_string(&file).unwrap();
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&file, answered(&case)).unwrap();
        } else {
            assert_eq!(case, answered(&case), "{}", file.display());
        }
    }
}

/// Slices in order, trimmed, with white space alone between them.
fn assert_sound(text: &str) {
    let mut rest = text;
    for sentence in sentences(text) {
        assert!(!sentence.is_empty());
        assert_eq!(sentence, sentence.trim());
        rest = rest.trim_start().strip_prefix(sentence).unwrap_or_else(|| panic!("\u{201c}{sentence}\u{201d} is not next in \u{201c}{text}\u{201d}"));
    }
    assert_eq!(rest.trim(), "");
}

/// Pieces the rules give a meaning to.
const PIECES: &[&str] = &[
    ".", "!", "?", "…", " ", " ", " ", "\n", "(", ")", "“", "”", "\"", "[", "]", "1", "12", "a", "The", "the", "No", "Dr", "e.g", "A", "U.K", "Box", "•", "£",
    "¹", "*", "\u{a0}", "é", "É", "日本",
];

proptest! {
    #[test]
    fn any_characters_are_read(text in any::<String>()) {
        assert_sound(&text);
    }

    #[test]
    fn any_pieces_are_read(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        assert_sound(&pieces.concat());
        assert_sound(&pieces.join(" "));
    }
}

#[test]
fn long_texts_take_linear_time() {
    for unit in [".", ". ", " ", "(", "(. ", "“A. ", "Dr. ", "a.", "1. ", "A.1", "[1", "\n", "No. (", "! ", "•", "é. "] {
        let text = format!("{}A", unit.repeat(400_000 / unit.len()));
        let start = Instant::now();
        let found = sentences(&text);
        // A quadratic rule would need an hour; the bound leaves room for an unoptimised build on a busy machine.
        assert!(start.elapsed() < Duration::from_secs(20), "{unit:?} took {:?} for {} sentences", start.elapsed(), found.len());
    }
}
