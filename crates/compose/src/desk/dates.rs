//! Dates that depend on the day somebody reads them: "May this year", "last month".

use std::sync::LazyLock;

use pulse_model::Month;
use regex::Regex;

use super::copy::{Copy, Line};
use super::query::{Part, Query};
use super::rule::Rule;

#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static STALE: LazyLock<Regex> = LazyLock::new(|| {
    let month = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)";
    Regex::new(&format!(
        r"\b(?:(?:{month} )?(?i:this|last|next) (?i:year|month|week|quarter|spring|summer|autumn|winter)|(?:[Ll]ast|[Nn]ext|[Tt]his) {month}|(?i:yesterday|tomorrow|tonight)|(?i:published|launched|released|announced|issued|opened|opens|closes|revealed|unveiled|out) today|(?i:today), |(?i:earlier|later) (?i:today|this (?:year|month|week))|(?i:a|one|two|three|\d+) (?i:days?|weeks?|months?|years?) ago)\b?"
    ))
    .unwrap()
});

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    for line in copy.prose() {
        for found in STALE.find_iter(&line.plain) {
            let range = found.start()..found.start() + found.as_str().trim_end_matches([' ', ',']).len();
            let words = line.plain[range.clone()].to_lowercase();
            if line.is_foreign(&range) || is_span(line, range.start) || is_of_this_edition(copy, line, &words) || is_digest(copy, &line.plain[range.start..]) {
                continue;
            }
            let meant = meaning(&words, copy.edition.month).map(|meant| format!(", perhaps \u{201c}{meant}\u{201d}")).unwrap_or_default();
            let message = format!("\u{201c}{}\u{201d} means something else when it is read later. Give the date itself{meant}.", &line.plain[range.clone()]);
            queries.push(line.query(Rule::STALE_DATE, range, message));
        }
    }
    queries
}

/// "In the last year": a length of time before the work was done, not a date.
fn is_span(line: &Line<'_>, start: usize) -> bool {
    let before = line.plain[..start].trim_end();
    ["the", "their", "his", "her", "its", "our"].iter().any(|word| before.ends_with(word) && before[..before.len() - word.len()].ends_with([' ', '(']))
        || before.eq_ignore_ascii_case("the")
}

/// The letter and the news speak of their own month or week: "this month we publish …".
fn is_of_this_edition(copy: &Copy<'_>, line: &Line<'_>, words: &str) -> bool {
    let own = if copy.edition.date.is_some() { "week" } else { "month" };
    let names_month = words == format!("this {}", copy.edition.month.name().to_lowercase());
    (names_month || words == format!("this {own}")) && !matches!(line.part, Part::Entry { .. })
}

/// A digest may be called "This Week in …".
fn is_digest(copy: &Copy<'_>, text: &str) -> bool {
    let digest = copy.known.digest;
    std::iter::once(&digest.name).chain(&digest.import.also_called).any(|name| !name.is_empty() && text.starts_with(name.as_str()))
}

/// What was most likely meant, seen from the edition's month.
fn meaning(words: &str, month: Month) -> Option<String> {
    let beside = |months: i32| {
        Month::new(i16::try_from((month.number() + months).div_euclid(12)).ok()?, i8::try_from((month.number() + months).rem_euclid(12) + 1).ok()?)
    };
    let year = |difference: i16| Some((month.year() + difference).to_string());
    match words {
        "this month" => Some(month.title()),
        "last month" => beside(-1).map(Month::title),
        "next month" => beside(1).map(Month::title),
        _ if words.ends_with("last year") => year(-1),
        _ if words.ends_with("next year") => year(1),
        _ if words.ends_with("this year") => year(0),
        _ => None,
    }
}
