//! How much time of one core an inbox of 10,000 candidates takes: sketches, groups, an archive of 240 editions of 200 links, what it covered, and 40 rules.
//!
//! `cargo run --release -p pulse-triage --example duplicates`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement says what it found, or stops")]

use cpu_time::ThreadTime;
use pulse_model::edition::{Category, Sector};
use pulse_model::ids::RuleId;
use pulse_model::{Edition, Entry, Href, Identifier, Link, Register, Slug};
use pulse_triage::Subject;
use pulse_triage::alike::{Candidate, groups};
use pulse_triage::covered::Archive;
use pulse_triage::rules::Rules;
use pulse_triage::similar::Sketch;
use uuid::Uuid;

/// Words that look chosen and are the same each time.
fn words(seed: u64, count: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut word = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = (state >> 33) % 3_000;
        // Some words are much commoner than others.
        spelt(at * at / 3_000)
    };
    (0..count).map(|_| word()).collect::<Vec<_>>().join(" ")
}

/// A word for a number below 8,000: "bolika".
fn spelt(number: u64) -> String {
    const SYLLABLES: [&str; 20] = ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te", "vi", "wo", "zu", "cha", "she", "thi", "pro", "stu"];
    [number / 400 % 20, number / 20 % 20, number % 20].iter().filter_map(|at| SYLLABLES.get(*at as usize)).copied().collect()
}

fn timed<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let start = ThreadTime::now();
    let result = run();
    println!("{what}: {:.0} ms", start.elapsed().as_secs_f64() * 1000.0);
    result
}

fn work(number: u64) -> Subject {
    // Every tenth is told a second time; every fifth is a press notice.
    let of = if number.is_multiple_of(10) { number + 1 } else { number };
    Subject {
        title: if number.is_multiple_of(5) { format!("News of {}", words(of + 1, 8)) } else { words(of, 8) },
        publishers: vec![format!("Publisher {}", of % 60)],
        text: words(of, 600),
        document_type: Some(if number.is_multiple_of(5) { "press_release" } else { "report" }.to_owned()),
        sources: vec!["Any".to_owned()],
        links: vec![format!("https://publisher{}.example/reports/{number}", of % 60)],
        published_at: Some(1_700_000_000_000 + (of as i64 % 90) * 86_400_000),
    }
}

fn edition(week: i32) -> Edition {
    let date = jiff::civil::date(2020, 1, 1).saturating_add(jiff::Span::new().weeks(week));
    let entry = |number: i32| {
        let mut entry = Entry::titled([format!("Publisher {}", number % 60)], words((week * 1_000 + number) as u64, 8));
        entry.links =
            vec![Link { url: Href::parse(&format!("https://www.publisher{}.example/old/{week}/{number}", number % 60)).unwrap(), text: String::new() }];
        entry
    };
    let mut edition = Edition::new(Slug::from_words("weekly"), pulse_model::EditionKey::daily(date).unwrap());
    edition.sectors = vec![Sector { name: "All".into(), categories: vec![Category { name: String::new(), entries: (0..200).map(entry).collect() }] }];
    edition
}

fn main() {
    let works: Vec<Subject> = (0..10_000).map(work).collect();
    let sketches = timed("10,000 sketches of 600 words", || works.iter().map(|work| Sketch::of(&work.text)).collect::<Vec<_>>());
    let report = words(1, 150_000);
    timed("a sketch of 150,000 words", || Sketch::of(&report));
    let identifiers: Vec<Vec<Identifier>> = works.iter().map(|work| vec![Identifier::Url(work.links[0].replace("https://", ""))]).collect();
    let candidates: Vec<Candidate> = works
        .iter()
        .zip(&identifiers)
        .zip(&sketches)
        .map(|((subject, identifiers), sketch)| Candidate { subject, identifiers, sketch: sketch.as_ref(), mentions: &[] })
        .collect();
    let found = timed("groups of 10,000", || groups(&candidates));
    println!("  {} groups", found.len());

    let editions: Vec<Edition> = (0..240).map(edition).collect();
    let archive = timed("an archive of 48,000 links", || Archive::new(&editions, &Register::default()));
    let covered = timed("covered, 10,000 asked", || {
        let one = |candidate: &Candidate| archive.covered(candidate.subject, candidate.identifiers, candidate.sketch).len();
        candidates.iter().map(one).sum::<usize>()
    });
    let followed = timed("follows, 10,000 asked", || works.iter().filter(|work| archive.follows(work, &[]).is_some()).count());
    println!("  {covered} covered, {followed} follow");

    let rule = |number: u128| {
        let text = match number % 4 {
            0 => format!(r#"publisher "Publisher {number}" -> sector "A""#),
            1 => format!(r#"title "{}|\b{}s?\b" -> sector "B", category "C""#, spelt(number as u64), spelt(number as u64 * 7)),
            2 => format!(r#"text "\b{} (and|or) {}\b" -> category "D""#, spelt(number as u64), spelt(number as u64 * 7)),
            _ => format!(r#"host "publisher{number}.example" and type "report" -> reject"#),
        };
        (RuleId(Uuid::from_u128(number)), text.parse().unwrap())
    };
    let rules: Vec<_> = (0..40).map(rule).collect();
    let (rules, refused) = Rules::new(&rules, &Register::default());
    let ruled = timed("40 rules on 10,000", || works.iter().filter(|work| rules.apply(work) != pulse_triage::rules::Ruled::default()).count());
    println!("  {ruled} ruled, {} refused", refused.len());
}
