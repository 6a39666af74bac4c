//! What a digest would pick, learned from a few judgements or none. A case is a folder of `tests/cases/ranking`: `judged.txt` and
//! `candidates.txt`, a work in each line (`picked | publisher | title | text`, the first part for judged ones alone); `ranked.txt` is what comes
//! of it, rewritten with `UPDATE_EXPECT=1` and read in review.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fmt::Write as _;
use std::path::Path;

use proptest::prelude::*;
use pulse_triage::Subject;
use pulse_triage::learn::{Features, Vocabulary};
use pulse_triage::rank::{EXPLORE_EVERY, Judged, Ranker};

const DAY_MS: i64 = 86_400_000;

fn lines(file: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| line.split('|').map(|part| part.trim().to_owned()).collect()).collect()
}

fn subject(parts: &[String]) -> Subject {
    let part = |at: usize| parts.get(at).cloned().unwrap_or_default();
    Subject { publishers: vec![part(0)], title: part(1), text: part(2), ..Subject::default() }
}

fn ranked(judged: &[(Subject, bool)], candidates: &[Subject]) -> String {
    let mut vocabulary = Vocabulary::default();
    let old: Vec<Features> = judged.iter().map(|(subject, _)| vocabulary.read(subject)).collect();
    let new: Vec<Features> = candidates.iter().map(|subject| vocabulary.read(subject)).collect();
    let decisions: Vec<Judged<'_>> =
        old.iter().zip(judged).zip(0..).map(|((features, (_, picked)), day)| Judged { features, picked: *picked, at: day * DAY_MS }).collect();
    let ranker = Ranker::learn(&vocabulary, &decisions);
    let mut out = String::new();
    if let Some(note) = ranker.note() {
        writeln!(out, "{note}\n").unwrap();
    }
    for one in ranker.rank(&new.iter().collect::<Vec<_>>()) {
        let mark = if one.explores { " (new)" } else { "" };
        writeln!(out, "{:.2}{mark} {}", one.score, candidates[one.candidate].title).unwrap();
        for reason in ranker.reasons(&vocabulary, &new[one.candidate], one.explores) {
            writeln!(out, "    {}{}", if reason.weight < 0.0 { "against: " } else { "" }, reason.text).unwrap();
        }
    }
    out
}

#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/ranking");
    let mut count = 0;
    for case in std::fs::read_dir(folder).unwrap().map(|case| case.unwrap().path()) {
        let judged: Vec<(Subject, bool)> = lines(&case.join("judged.txt")).iter().map(|parts| (subject(&parts[1..]), parts[0] == "picked")).collect();
        let candidates: Vec<Subject> = lines(&case.join("candidates.txt")).iter().map(|parts| subject(parts)).collect();
        let found = ranked(&judged, &candidates);
        let file = case.join("ranked.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&file, &found).unwrap();
        }
        assert_eq!(found, std::fs::read_to_string(&file).unwrap(), "{}", case.display());
        count += 1;
    }
    assert!(count >= 6);
}

fn titled(title: &str) -> Subject {
    Subject { title: title.to_owned(), ..Subject::default() }
}

fn scores(vocabulary: &Vocabulary, decisions: &[Judged<'_>], candidate: &Features) -> u64 {
    Ranker::learn(vocabulary, decisions).score(candidate).to_bits()
}

#[test]
fn a_newer_judgement_weighs_more_than_an_older() {
    let mut vocabulary = Vocabulary::default();
    let work = vocabulary.read(&titled("Delayed discharge from hospital"));
    let other = vocabulary.read(&titled("Bus timetables"));
    let score = |picked_last: bool| {
        let at = |days: i64| days * DAY_MS;
        let decisions = [
            Judged { features: &work, picked: !picked_last, at: at(0) },
            Judged { features: &other, picked: false, at: at(1000) },
            Judged { features: &other, picked: true, at: at(1000) },
            Judged { features: &work, picked: picked_last, at: at(1000) },
        ];
        Ranker::learn(&vocabulary, &decisions).score(&work)
    };
    assert!(score(true) > score(false));
}

#[test]
fn every_tenth_place_is_for_what_is_new() {
    let mut vocabulary = Vocabulary::default();
    let known = titled("Waiting lists for hospital care grow again in every region of the country");
    let new = titled("Seagrass meadows store carbon along sheltered western coasts and estuaries");
    let judged: Vec<Features> = (0..6).map(|_| vocabulary.read(&known)).collect();
    let decisions: Vec<Judged<'_>> = judged.iter().zip(0..).map(|(features, at)| Judged { features, picked: at % 2 == 0, at }).collect();
    let mut candidates: Vec<Features> = (0..25).map(|_| vocabulary.read(&known)).collect();
    candidates.push(vocabulary.read(&new));
    let ranker = Ranker::learn(&vocabulary, &decisions);
    let all: Vec<&Features> = candidates.iter().collect();
    let ranked = ranker.rank(&all);
    assert_eq!((ranked[EXPLORE_EVERY - 1].candidate, ranked[EXPLORE_EVERY - 1].explores), (25, true));
    let mut places: Vec<usize> = ranked.iter().map(|one| one.candidate).collect();
    places.sort_unstable();
    assert_eq!(places, (0..26).collect::<Vec<_>>(), "nobody is lost and nobody is there twice");
    assert!(ranker.by_score(&all).iter().all(|one| !one.explores));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_ranked_and_order_does_not_matter(titles in prop::collection::vec("\\PC{0,60}", 1..8), picks in any::<u8>(), turn in 0_usize..8) {
        let subjects: Vec<Subject> = titles.iter().map(|title| titled(title)).collect();
        let score = |order: &[usize]| {
            let mut vocabulary = Vocabulary::default();
            let features: Vec<Features> = order.iter().map(|&at| vocabulary.read(&subjects[at])).collect();
            let decisions: Vec<Judged<'_>> = features.iter().zip(order).map(|(features, &at)| Judged { features, picked: picks >> (at % 8) & 1 == 1, at: at as i64 }).collect();
            let first = vocabulary.look_up(&subjects[0]);
            scores(&vocabulary, &decisions, &first)
        };
        let order: Vec<usize> = (0..subjects.len()).collect();
        let mut turned = order.clone();
        turned.rotate_left(turn % order.len());
        prop_assert_eq!(score(&order), score(&turned));
        prop_assert!(f64::from_bits(score(&order)).is_finite());
    }
}
