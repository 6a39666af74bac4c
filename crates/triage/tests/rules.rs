//! What rules make of works: each folder of `tests/cases/rules` is a case.
//!
//! `rules.txt` has a rule a line, `candidates.json` the works; `expected.txt` says what is wrong with the rules, what becomes of each work,
//! and what the last rule moves; `UPDATE_EXPECT=1` writes it anew, to be checked by eye.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use pulse_model::ids::RuleId;
use pulse_model::{Publisher, Register, Rule};
use pulse_testkit::digests;
use pulse_triage::Subject;
use pulse_triage::rules::{Ruled, Rules, check, moves};
use serde_json::Value;
use uuid::Uuid;

fn register() -> Register {
    let harbour = Publisher { abbreviations: vec!["HT".into()], ..Publisher::named("Harbour Trust") };
    Register::new(vec![harbour, Publisher::named("Anchor Trust")])
}

#[test]
fn cases_say_what_becomes_of_works() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/rules");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|case| case.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() >= 4);
    let mut wrong = Vec::new();
    for case in cases {
        let found = describe(&case);
        let expected = case.join("expected.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        let wanted = fs::read_to_string(&expected).unwrap_or_default();
        if wanted != found {
            wrong.push(format!("{} expects\n{wanted}but found\n{found}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn describe(case: &Path) -> String {
    let lines = fs::read_to_string(case.join("rules.txt")).unwrap();
    let rules: Vec<Rule> = lines.lines().map(|line| line.parse().unwrap()).collect();
    let rules: Vec<(RuleId, Rule)> = (1..).map(|number| RuleId(Uuid::from_u128(number))).zip(rules).collect();
    let works: Value = serde_json::from_str(&fs::read_to_string(case.join("candidates.json")).unwrap()).unwrap();
    let works: Vec<Subject> = works.as_array().unwrap().iter().map(subject).collect();

    let digest = digests::evidence();
    let mut out = String::new();
    for (number, (_, rule)) in (1..).zip(&rules) {
        for wrong in check(rule, &digest.taxonomy(), &register()) {
            writeln!(out, "rule {number} cannot be kept: {wrong}").unwrap();
        }
    }
    let (ready, refused) = Rules::new(&rules, &register());
    for refused in refused {
        writeln!(out, "{refused}").unwrap();
    }
    for work in &works {
        writeln!(out, "{}: {}", work.title, outcome(&ready.apply(work))).unwrap();
    }
    let (before, _) = Rules::new(&rules[..rules.len() - 1], &register());
    let moves = moves(&before, &ready, &works);
    writeln!(out, "the last rule {moves}").unwrap();
    for one in &moves.examples {
        writeln!(out, "  {}: {} -> {}", one.title, outcome(&one.before), outcome(&one.after)).unwrap();
    }
    out
}

fn subject(value: &Value) -> Subject {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    Subject {
        title: text("title").unwrap(),
        publishers: text("publisher").into_iter().collect(),
        text: text("text").unwrap_or_default(),
        document_type: text("type"),
        sources: text("source").into_iter().collect(),
        links: text("link").into_iter().collect(),
        published_at: None,
    }
}

fn outcome(ruled: &Ruled) -> String {
    let mut parts: Vec<String> = [&ruled.sector, &ruled.category].into_iter().flatten().map(|(name, rule)| format!("{name} ({rule})")).collect();
    parts.extend(ruled.reject.map(|rule| format!("rejected ({rule})")));
    parts.extend(ruled.contradictions.iter().map(ToString::to_string));
    if parts.is_empty() { "nothing".to_owned() } else { parts.join("; ") }
}

#[test]
fn a_pattern_that_is_catastrophic_elsewhere_is_read_in_no_time() {
    let rules = [(RuleId(Uuid::nil()), r#"title "^(a+)+$" -> reject"#.parse().unwrap())];
    let (rules, refused) = Rules::new(&rules, &Register::default());
    assert!(refused.is_empty());
    // A backtracking engine would try two to the power of the length.
    let work = Subject { title: format!("{}!", "a".repeat(1_000)), ..Subject::default() };
    assert_eq!(rules.apply(&work), Ruled::default());
    let work = Subject { title: "a".repeat(1_000), ..Subject::default() };
    assert!(rules.apply(&work).reject.is_some());
}
