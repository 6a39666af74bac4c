//! Editions as conversions leave them: a folder is a case, with the file as it came and what a careful reader takes it to say.
//!
//! `UPDATE_EXPECT=1` writes `edition.txt` anew; what it says then is to be checked against the input by eye.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use pulse_compose::import::{self, Fate, Imported};
use pulse_model::{Block, Blocks, Register};
use pulse_testkit::digests;

#[test]
fn editions_read_as_a_careful_reader_would() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    // The copy desk has cases of its own.
    let is_of_the_desk = |case: &PathBuf| ["desk", "desk-forms", "desk-planted"].iter().any(|name| case.ends_with(name));
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|case| case.unwrap().path()).filter(|case| !is_of_the_desk(case)).collect();
    cases.sort();
    let wrong: Vec<String> = cases.iter().filter_map(|case| check(case)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a case reads as, where it is not what its folder expects.
fn check(case: &Path) -> Option<String> {
    let input = ["input.md", "input.html"].map(|name| case.join(name)).into_iter().find(|path| path.exists()).unwrap();
    let name = input.file_name().unwrap().to_string_lossy().into_owned();
    let imported = import::read(&std::fs::read(&input).unwrap(), &name, &[digests::evidence()], &Register::default());
    let found = imported.map_or_else(|cause| format!("{cause}\n"), |imported| describe(&imported));
    let expected = case.join("edition.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&expected, &found).unwrap();
    }
    let wanted = std::fs::read_to_string(&expected).unwrap_or_default();
    (found != wanted).then(|| format!("{}: {}", case.display(), first_difference(&wanted, &found)))
}

fn first_difference(wanted: &str, found: &str) -> String {
    let (mut wanted, mut found) = (wanted.lines(), found.lines());
    loop {
        match (wanted.next(), found.next()) {
            (None, None) => return "only the line ends differ".to_owned(),
            (wanted, found) if wanted == found => {}
            (wanted, found) => return format!("expected {wanted:?}, found {found:?}"),
        }
    }
}

/// An edition, an entry a line: publishers, title, and its summary's paragraphs (¶), points (•) and nested points (◦).
fn describe(imported: &Imported) -> String {
    let edition = &imported.edition;
    let mut out = format!("{}\n\n", edition.month.title());
    let letter = &edition.letter;
    for (name, part) in
        [("welcome", &letter.welcome), ("highlights", &letter.highlights), ("call for contact", &letter.call_for_contact), ("notices", &letter.notices)]
    {
        for (_, text) in part.texts() {
            writeln!(out, "{name}: {}", ends(&text.plain())).unwrap();
        }
    }
    if let Some(sign_off) = &letter.sign_off {
        writeln!(out, "sign-off: {} | {} | {}", sign_off.closing, sign_off.name, sign_off.role).unwrap();
    }
    for contact in &letter.contacts {
        writeln!(out, "contact: {:?}, {}", contact.kind, contact.text).unwrap();
    }
    for item in &edition.news {
        writeln!(out, "\n{}: {}\n  {}", item.kind.as_str(), item.title, shape(&item.body)).unwrap();
    }
    for sector in &edition.sectors {
        writeln!(out, "\n# {}", sector.name).unwrap();
        for category in &sector.categories {
            writeln!(out, "## {}", category.name).unwrap();
            for entry in &category.entries {
                writeln!(out, "{} | {} | {}", entry.publishers.join(" + "), entry.title, shape(&entry.summary)).unwrap();
            }
        }
    }
    out.push('\n');
    for problem in edition.all_problems() {
        writeln!(out, "problem, {problem}").unwrap();
    }
    for (row, line) in imported.ledger.rows.iter().zip(1..) {
        if let Fate::SetAside(reason) = &row.fate
            && reason != "markup without words"
        {
            writeln!(out, "set aside, line {line}: {reason}: {}", row.text.trim()).unwrap();
        }
    }
    out
}

/// The first and the last words, enough to see where a text was cut or joined.
fn ends(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.len() {
        0..=12 => text.to_owned(),
        count => format!("{} … {}", words[..6].join(" "), words[count - 4..].join(" ")),
    }
}

/// The paragraphs and points of a text, each with its first and last word.
fn shape(blocks: &Blocks) -> String {
    let texts = blocks.texts();
    let marks = ["\u{b6}", "\u{2022}", "\u{25e6}"];
    let one = |(depth, text): &(usize, &pulse_model::Text)| {
        let plain = text.plain();
        let words: Vec<&str> = plain.split_whitespace().collect();
        format!("{} {}\u{2026}{}", marks[(*depth).min(2)], words.first().unwrap_or(&""), words.last().unwrap_or(&""))
    };
    let lists = blocks.iter().filter(|block| matches!(block, Block::List(list) if list.ordered)).count();
    let numbered = if lists > 0 { format!(" ({lists} numbered)") } else { String::new() };
    texts.iter().map(one).collect::<Vec<_>>().join(" ") + &numbered
}
