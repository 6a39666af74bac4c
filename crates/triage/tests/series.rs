//! Which titles are of one series, and in which order: `tests/cases/series/pairs.txt` says.

use pulse_triage::Subject;
use pulse_triage::series::Known;

#[test]
fn pairs_are_tied_as_a_reader_would() {
    let pairs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cases/series/pairs.txt")).unwrap();
    let work = |title: &str| Subject { title: title.to_owned(), publishers: vec!["Harbour Trust".to_owned()], ..Subject::default() };
    let follows = |one: &str, other: &str| {
        let mut known = Known::new();
        known.add(&work(one), None);
        known.before(&work(other)).is_some()
    };
    let mut wrong = Vec::new();
    for line in pairs.lines().filter(|line| !line.starts_with('#')) {
        let (one, other, expected) = match line.split_once(" -> ") {
            Some((one, other)) => (one, other, (true, false)),
            None => line.split_once(" <> ").map(|(one, other)| (one, other, (false, false))).unwrap(),
        };
        let found = (follows(one, other), follows(other, one));
        if found != expected {
            wrong.push(format!("{line}: found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
