//! The rules of the copy desk: a folder is a rule, with text it asks about (`bad.md`), what it asks and what the fix leaves
//! (`bad.txt`), and text it must let pass (`good.md`).
//!
//! Text without a heading of its own is the summary of an entry. Beside it may stand `digest.toml`, a list of right words
//! (`words.txt`), an earlier edition (`archive.md`), and what is known of entries and links (`known.toml`).
//!
//! `UPDATE_EXPECT=1` writes `bad.txt` anew; what it says then is to be checked by eye.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the report")]

mod desk_support;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use desk_support::{Case, texts};
use pulse_compose::desk::{self, Fix, Rule};
use pulse_model::digest::Severity;

#[test]
fn every_rule_asks_about_the_bad_and_lets_the_good_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/desk");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|case| case.unwrap().path()).collect();
    folders.sort();
    let named: BTreeSet<String> = folders.iter().map(|folder| folder.file_name().unwrap().to_string_lossy().into_owned()).collect();
    let rules: BTreeSet<String> = Rule::ALL.iter().map(|rule| rule.name().to_owned()).collect();
    assert_eq!(named, rules, "every rule has a folder, and every folder a rule");
    let wrong: Vec<String> = folders.iter().flat_map(|folder| check(folder)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check(folder: &Path) -> Vec<String> {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    let rule = Rule::from_name(&name).unwrap();
    let mut wrong = Vec::new();

    let bad = asked(&Case::read(folder, "bad.md"), rule);
    let expected = folder.join("bad.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&expected, &bad).unwrap();
    }
    if bad != std::fs::read_to_string(&expected).unwrap_or_default() {
        wrong.push(format!("{name}: bad.txt is not what is asked:\n{bad}"));
    }
    if bad.is_empty() {
        wrong.push(format!("{name}: nothing is asked of bad.md"));
    }
    let good = asked(&Case::read(folder, "good.md"), rule);
    if !good.is_empty() {
        wrong.push(format!("{name}: good.md is asked about:\n{good}"));
    }
    wrong
}

/// The queries of one rule, and the texts that its fixes change.
fn asked(case: &Case, rule: Rule) -> String {
    let mut out = String::new();
    let mut queries = case.queries();
    queries.retain(|query| query.rule == rule);
    for query in &queries {
        let severity = if query.severity == Severity::Error { "error" } else { "warning" };
        writeln!(out, "{severity}, {}: {}\n    {}", query.place, query.place.excerpt, query.message).unwrap();
    }
    for query in &queries {
        if let Some(Fix::Words { old, new } | Fix::Address { old, new }) = &query.fix {
            assert_ne!(old, new, "{}: a fix that changes nothing", rule.name());
        }
    }
    let mut fixed = case.edition.clone();
    let made = desk::fix(&mut fixed, &queries);
    let offered = queries.iter().filter(|query| query.fix.is_some()).count();
    assert!(made <= offered, "{}: {made} of {offered}", rule.name());
    if made > 0 {
        writeln!(out, "\nafter the fix:").unwrap();
        for (before, after) in texts(&case.edition).into_iter().zip(texts(&fixed)) {
            if before != after {
                writeln!(out, "    {after}").unwrap();
            }
        }
    }
    out
}

/// The table for editors has every rule, as it is.
#[test]
fn the_documented_rules_are_the_rules() {
    let docs = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/copy-desk.md")).unwrap();
    let rows: Vec<&str> = docs.lines().filter(|line| line.starts_with("| `")).map(|line| line.rsplit_once(" | ").unwrap().0).collect();
    let wanted: Vec<String> = Rule::ALL
        .iter()
        .map(|rule| format!("| `{}` | {} | {}", rule.name(), if rule.default_severity() == Severity::Error { "error" } else { "warning" }, rule.description()))
        .collect();
    assert_eq!(rows, wanted);
}

/// A digest can weigh a rule otherwise, or not have it asked at all.
#[test]
fn a_digest_weighs_rules_itself() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/desk/ranges");
    let mut case = Case::read(&folder, "bad.md");
    let weights = |case: &Case| case.queries().iter().filter(|query| query.rule == Rule::RANGES).map(|query| query.severity).collect::<BTreeSet<_>>();
    assert_eq!(weights(&case), BTreeSet::from([Severity::Warning]));
    case.digest.desk.rules.insert("ranges".to_owned(), Severity::Error);
    assert_eq!(weights(&case), BTreeSet::from([Severity::Error]));
    case.digest.desk.rules.insert("ranges".to_owned(), Severity::Off);
    assert!(weights(&case).is_empty());
}
