//! The forms of an error: for each rule a table of copy it asks about (`bad`), with the words it asks about and what the fix leaves, and
//! of copy that looks like it and passes every rule (`good`). Each piece stands in the sample edition, whose habits it is read by.
//!
//! A line is `[PLACE] bad: COPY` or `[PLACE] good: COPY`. The place is a summary (nothing said), `letter`, `news`, `point` (of a list in a
//! list), `title`, or `entry`: a heading and a summary, with " | " between. `\n` begins a new line. `everywhere: OLD => NEW` changes
//! the sample first. `UPDATE_EXPECT=1` writes the lines behind each `bad` anew: the words asked about, what other rules ask (`also`), and
//! what is left after the fix. What they say then is to be checked by eye.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the report")]

mod desk_support;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use desk_support::{Case, edition, texts};
use pulse_compose::desk::{self, Query, Rule};
use pulse_model::{Digest, Edition};
use pulse_testkit::digests;

#[test]
fn every_form_is_told_from_what_looks_like_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/desk-forms");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    // One table alone, while it is written.
    let only = std::env::var("ONLY").unwrap_or_default();
    files.retain(|file| file.to_string_lossy().contains(&only));
    assert!(!files.is_empty());
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let workers = std::thread::available_parallelism().map_or(2, usize::from);
        let shares = (0..workers).map(|worker| files.iter().skip(worker).step_by(workers));
        let shares: Vec<_> = shares.map(|files| scope.spawn(|| files.flat_map(|file| check(file)).collect::<Vec<_>>())).collect();
        shares.into_iter().flat_map(|share| share.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The sample's digest, with a register of its publishers.
fn digest() -> Digest {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(folder.join(path)).unwrap();
    toml::from_str(&format!("{}\n{}", read("../pulse/demo/digest.toml"), read("tests/cases/desk-forms/publishers.toml"))).unwrap()
}

fn check(file: &Path) -> Vec<String> {
    let name = file.file_stem().unwrap().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(file).unwrap();
    let rule = text.lines().find_map(|line| line.strip_prefix("rule: ")).and_then(Rule::from_name).unwrap();
    let mut sample = digests::sample_edition();
    // A sector shows the digest's habits; only of these rules does an answer hang on all of them.
    if ![Rule::SUMMARY_LENGTH, Rule::REPEATED_PARAGRAPH].contains(&rule) {
        sample.truncate(sample.find("## Children and").unwrap());
    }
    for (old, new) in text.lines().filter_map(|line| line.strip_prefix("everywhere: ")?.split_once(" => ")) {
        sample = sample.replace(old, new);
    }
    let digest = digest();
    let ask = |text: &str| {
        let edition = edition(text, &digest);
        let case = Case::of(edition.clone(), digest.clone());
        (edition, case.queries())
    };
    let (_, before) = ask(&sample);
    let is_new = |query: &&Query| {
        let is_old = || before.iter().any(|old| old.rule == query.rule && old.message == query.message && old.place.excerpt == query.place.excerpt);
        // One query counts all entries, and a single planted line makes a summary longer.
        let is_of_the_whole = query.rule == Rule::FIGURES_UNCHECKED || (query.rule == Rule::SUMMARY_LENGTH && query.rule != rule);
        !is_of_the_whole && !is_old()
    };
    let wrong_in = |copy: &str, query: &Query| format!("{name}: {copy}\n    false: {} [{}] {}", query.rule.name(), query.place.excerpt, query.message);

    let mut wrong = Vec::new();
    let mut out = String::new();
    // Good copy of one place is planted together.
    let mut good: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with("    ")) {
        let (head, copy) = line.split_once(": ").unwrap_or((line, ""));
        let (place, kind) = head.rsplit_once(' ').unwrap_or(("", head));
        let copy = copy.replace("\\n", "\n");
        writeln!(out, "{line}").unwrap();
        if kind == "bad" {
            let (edition, queries) = ask(&plant(&sample, place, &copy, rule));
            let (own, others): (Vec<&Query>, Vec<&Query>) = queries.iter().filter(is_new).partition(|query| query.rule == rule);
            if own.is_empty() {
                wrong.push(format!("{name}: {copy}\n    missed"));
            }
            let own: Vec<Query> = own.into_iter().cloned().collect();
            out.push_str(&asked(&edition, &own, &others));
            if own.iter().any(|query| query.fix.is_some()) {
                let mut fixed = edition.clone();
                desk::fix(&mut fixed, &own);
                let left = Case::of(fixed, digest.clone()).queries();
                let is_left = |query: &&Query| query.fix.is_some() && query.rule == rule && is_new(query);
                let was_asked = |query: &Query| queries.iter().any(|old| old.rule == query.rule && old.place.part == query.place.part);
                let more = left.iter().find(|query| is_left(query) || (is_new(query) && !was_asked(query)));
                wrong.extend(more.map(|query| format!("{name}: {copy}\n    asked after the fix: {} [{}]", query.rule.name(), query.place.excerpt)));
            }
        } else if kind == "good" && matches!(place, "" | "letter" | "news") {
            good.entry(place).or_default().push(copy);
        } else if kind == "good" {
            wrong.extend(ask(&plant(&sample, place, &copy, rule)).1.iter().filter(is_new).map(|query| wrong_in(&copy, query)));
        }
    }
    for (place, copy) in good {
        wrong.extend(ask(&plant(&sample, place, &copy.join("\n\n"), rule)).1.iter().filter(is_new).map(|query| wrong_in("good", query)));
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(file, &out).unwrap();
    } else if out != text {
        let (is, was) = out.lines().zip(text.lines()).find(|(is, was)| is != was).unwrap_or_default();
        wrong.push(format!("{name}: another query or fix\n    {is}\n    instead of\n    {was}"));
    }
    wrong
}

/// What is asked about, and what the fix leaves.
fn asked(edition: &Edition, queries: &[Query], others: &[&Query]) -> String {
    let mut out = String::new();
    for query in queries {
        let within = texts_at(edition, query).and_then(|text| text.get(query.place.range.clone()).map(str::to_owned));
        writeln!(out, "    asks: {}", within.filter(|words| !words.is_empty()).unwrap_or_else(|| query.place.excerpt.clone())).unwrap();
    }
    for query in others {
        writeln!(out, "    also: {} [{}]", query.rule.name(), query.place.excerpt).unwrap();
    }
    let mut fixed = edition.clone();
    desk::fix(&mut fixed, queries);
    for (_, after) in texts(edition).into_iter().zip(texts(&fixed)).filter(|(before, after)| before != after) {
        writeln!(out, "    fixed: {}", after.replace('\n', "\\n")).unwrap();
    }
    out
}

/// The text that a query is about, as plain characters.
fn texts_at(edition: &Edition, query: &Query) -> Option<String> {
    use pulse_compose::desk::{Part, Section, Within};
    let letter = &edition.letter;
    let (blocks, title) = match &query.place.part {
        Part::Edition => return None,
        Part::Letter { section: Section::Welcome } => (&letter.welcome, ""),
        Part::Letter { section: Section::Highlights } => (&letter.highlights, ""),
        Part::Letter { section: Section::CallForContact } => (&letter.call_for_contact, ""),
        Part::Letter { section: Section::Notices } => (&letter.notices, ""),
        Part::News { number } => edition.news.get(number - 1).map(|item| (&item.body, item.title.as_str()))?,
        Part::Entry { number, .. } => edition.entries().nth(number - 1).map(|entry| (&entry.summary, entry.title.as_str()))?,
    };
    match query.place.within {
        Within::Text(number) => blocks.texts().get(number - 1).map(|(_, text)| text.plain()),
        Within::Title => Some(title.to_owned()),
        _ => None,
    }
}

/// What makes a planted summary as long as others.
const REST: &str = "Those who answered had waited for different lengths of time, and the authors set out what each of them had been told, by whom, and what \
came of it. Many had been passed from one office to another before anybody took up their request, and hardly anyone knew whom to ring.";

/// The sample with copy at a place.
fn plant(sample: &str, place: &str, copy: &str, rule: Rule) -> String {
    let before = |words: &str| {
        assert!(sample.contains(words), "{words} is not in the sample");
        sample.replacen(words, &format!("{copy}\n\n{words}"), 1)
    };
    match place {
        "letter" => before("If you would like to talk about anything"),
        "news" => before("Our [evaluation protocol]"),
        "point" => before("4. **Agree who owns the list.**").replacen(&format!("{copy}\n\n"), &format!("   - {copy};\n   - it was long.\n"), 1),
        "title" => sample.replacen("Fifteen-minute visits: an update of the evidence.", copy, 1),
        "entry" => {
            let (heading, summary) = copy.split_once(" | ").unwrap();
            let rest = if rule == Rule::SUMMARY_LENGTH { "" } else { REST };
            let entry = format!("#### [{heading}](https://planted.example/report)\n\n{summary}\n\n{rest}");
            let words = "#### [Linden Row Trust. Telecare";
            sample.replacen(words, &format!("{entry}\n\n{words}"), 1)
        }
        _ => before("The authors conclude that a rule about minutes"),
    }
}
