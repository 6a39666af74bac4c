//! Another month's name in the letter, where its own edition is meant: the mark of a letter begun from the last one.
//!
//! Other months are named rightly all the time: a June deadline, the June edition to come, what the April edition said. Asked about are
//! words of welcome, and an edition named after a month that is over.

use std::sync::LazyLock;

use pulse_model::Month;
use regex::{Captures, Regex};

use super::copy::{Copy, Line, sentence_around};
use super::query::{Part, Query, Section};
use super::rule::Rule;

const MONTH: &str = r"(?P<month>January|February|March|April|May|June|July|August|September|October|November|December|JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER|Jan|Feb|Apr|Aug|Sept?|Oct|Nov|Dec)(?: (?P<year>\d{4}))?";

#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static NAMED: LazyLock<Regex> = LazyLock::new(|| Regex::new(&format!(r"\b{MONTH}\b")).unwrap());

/// Words of a sentence that looks back.
const BACK: [&str; 25] = [
    "said",
    "mentioned",
    "noted",
    "announced",
    "promised",
    "described",
    "listed",
    "carried",
    "had",
    "did",
    "last",
    "previous",
    "since",
    "back",
    "earlier",
    "featured",
    "reported",
    "covered",
    "asked",
    "told",
    "wrote",
    "published",
    "was",
    "were",
    "missed",
];

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    let letter = copy.prose().filter(|line| matches!(line.part, Part::Letter { .. }));
    for (at, line) in letter.enumerate() {
        for found in NAMED.captures_iter(&line.plain) {
            queries.extend(query(copy, line, &found, at == 0));
        }
    }
    queries
}

fn query(copy: &Copy<'_>, line: &Line<'_>, found: &Captures<'_>, is_first: bool) -> Option<Query> {
    let own = copy.edition.month;
    let (whole, name) = (found.get(0)?, found.name("month")?);
    let year = found.name("year");
    let is_own_name = |name: &str| own.name().to_lowercase().starts_with(&name.to_lowercase());
    let is_own = is_own_name(name.as_str()) && year.is_none_or(|year| year.as_str() == own.year().to_string());
    if is_own || line.is_foreign(&whole.range()) {
        return None;
    }
    let sentence = sentence_around(&line.plain, whole.start());
    let words = line.plain[sentence.clone()].to_lowercase();
    let names_own = NAMED
        .captures_iter(&line.plain[sentence.clone()])
        .any(|other| other.name("month").is_some_and(|name| is_own_name(name.as_str())) && !is_own_name(name.as_str()));
    let before = line.plain[..whole.start()].trim_end().to_lowercase();
    let title = copy.known.digest.name.to_lowercase();
    let of_edition = is_edition(&title, &line.plain[whole.end()..])
        || (!title.is_empty()
            && (before.ends_with(&format!("{title} for")) || before.trim_end_matches([',', ':', '-', '\u{2013}', '\u{2014}', '(', ' ']).ends_with(&title)))
        || is_in_apposition(&before)
        || ((is_first || opens_letter(&words)) && before.ends_with(" for") && names_an_edition(&line.plain[sentence.start..whole.start()]))
        || ["edition for", "issue for", "edition of", "issue of", "round-up for", "digest for"].iter().any(|words| before.ends_with(words));
    // "Welcome to the digest, which goes on from the April edition" welcomes to another one.
    let welcomed = line.plain[sentence.start..whole.start()].to_lowercase().rsplit_once("welcome to").is_some_and(|(_, between)| {
        !between.split_whitespace().any(|word| ["which", "that", "who", "where"].contains(&word)) && !between.contains([';', '\u{2013}'])
    });
    let welcomes = welcomed && of_edition && !names_own;
    let this = opens_letter(&words) || before.ends_with("this") || is_in_apposition(&before);
    let looks_back = words.split(|c: char| !c.is_alphabetic()).any(|word| BACK.contains(&word));
    let is_over = is_over(found, own) && !looks_back;
    let opens = is_first && sentence.start == 0 && line.part == (Part::Letter { section: Section::Welcome }) && !names_own;
    if !(welcomes || (of_edition && (is_over || this || opens))) {
        return None;
    }
    let new = if year.is_some() { own.title() } else { own.name().to_owned() };
    let message = format!("The letter names {}; this is the edition of {}.", whole.as_str(), own.title());
    Some(match welcomes {
        true => line.fixable(Rule::WRONG_MONTH, whole.range(), new, message),
        false => line.query(Rule::WRONG_MONTH, whole.range(), message),
    })
}

/// What a digest calls its numbers.
const EDITIONS: [&str; 8] = ["edition", "issue", "digest", "bulletin", "newsletter", "round-up", "roundup", "update"];

/// "Here is your round-up for April", "This is the April edition".
fn opens_letter(sentence: &str) -> bool {
    ["here is", "here are", "here's", "this is"].iter().any(|words| sentence.trim_start().starts_with(words))
}

fn names_an_edition(words: &str) -> bool {
    let words = words.to_lowercase();
    EDITIONS.iter().any(|word| words.contains(word))
}

/// "This month (April)", "in this month's edition, April".
fn is_in_apposition(before: &str) -> bool {
    let before = before.trim_end_matches([',', '(', '-', '\u{2013}', ' ']);
    let bare = EDITIONS.iter().find_map(|word| before.strip_suffix(word)).map_or(before, |rest| rest.trim_end().trim_end_matches(['s', '\'', '\u{2019}']));
    bare.ends_with("this month") || before.ends_with("this edition") || before.ends_with("this issue")
}

/// Whether what follows a month names an edition: "'s edition", " issue", "'s Tidemark".
fn is_edition(title: &str, after: &str) -> bool {
    let after = after.trim_start_matches(['\'', '\u{2019}', 's', ' ']).to_lowercase();
    EDITIONS.iter().any(|word| after.starts_with(word)) || (!title.is_empty() && after.starts_with(title))
}

/// Whether a month lies before the edition's: within half a year, where no year is named.
fn is_over(found: &Captures<'_>, own: Month) -> bool {
    let named = |year: i16| found.name("month").and_then(|name| Month::from_words(name.as_str(), &year.to_string()));
    match found.name("year").and_then(|year| year.as_str().parse().ok()) {
        Some(year) => named(year).is_some_and(|month| month < own),
        None => named(own.year()).is_some_and(|month| (1..=6).contains(&(own.number() - month.number()).rem_euclid(12))),
    }
}
