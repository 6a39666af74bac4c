//! Dates that depend on the day somebody reads them: "May this year", "last month".

use std::ops::Range;
use std::sync::LazyLock;

use pulse_model::Month;
use regex::Regex;

use super::copy::{Copy, Line, begins_sentence, sentence_around};
use super::query::{Part, Query};
use super::rule::Rule;

/// What turns on the day of reading.
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static STALE: LazyLock<Regex> = LazyLock::new(|| {
    let month = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)";
    let day = r"(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)";
    let span = r"(?:days?|weeks?|fortnights?|months?|years?)";
    let number = r"(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|a few|some|a couple of|\d+)";
    let patterns = [
        format!(
            r"(?:{month} )?(?i:this|last|next) (?i:(?:financial|academic|school|calendar) )?(?i:year|month|week|fortnight|quarter|spring|summer|autumn|winter)"
        ),
        format!(r"(?:[Ll]ast|[Nn]ext|[Tt]his) (?:{month}|{day}|morning|afternoon|evening)"),
        r"(?i:yesterday|tomorrow|tonight)".to_owned(),
        r"(?i:published|launched|released|announced|issued|opened|opens|closes|revealed|unveiled|out) today".to_owned(),
        r"(?i:earlier|later) (?i:today|this (?:year|month|week))".to_owned(),
        format!(r"(?i:{number} {span} ago)"),
        r"(?i:in recent (?:days|weeks|months))".to_owned(),
        r"(?i:the (?:(?:last|past|next|coming) (?:few|couple of) (?:days|weeks|months)|coming (?:days|weeks|months|year)|next fortnight))".to_owned(),
        r"(?i:in the new year)".to_owned(),
    ];
    Regex::new(&format!(r"\b(?:{})\b|\b(?i:today),", patterns.join("|"))).unwrap()
});

/// What is true on one day only where it comes with a number or opens a sentence, or says that something has just come out.
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static NOW: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(?:[Cc]urrently|[Aa]t present|[Aa]t the moment|[Ss]o far this year)\b").unwrap());
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static JUST: LazyLock<Regex> = LazyLock::new(|| {
    let verb = r"(?:published|announced|launched|released|introduced|unveiled|opened|closed|changed|issued)";
    Regex::new(&format!(r"\b(?:(?:[Rr]ecently|(?:has|have) just) {verb}|{verb} recently)\b")).unwrap()
});

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    for line in copy.prose() {
        let now = || NOW.find_iter(&line.plain).filter(|found| is_fact(line, &found.range())).chain(JUST.find_iter(&line.plain));
        let is_entry = matches!(line.part, Part::Entry { .. });
        for found in STALE.find_iter(&line.plain).chain(is_entry.then(now).into_iter().flatten()) {
            let range = found.start()..found.start() + found.as_str().trim_end_matches([' ', ',']).len();
            if is_compound(&line.plain, &range) || names_edition(copy, &line.plain, &range) {
                continue;
            }
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

/// Whether a sentence begins with "currently", or says with it how many there are: "is currently 14 months", not "who currently smoke".
fn is_fact(line: &Line<'_>, found: &Range<usize>) -> bool {
    const STATES: [&str; 12] = ["is", "are", "has", "have", "stands", "stand", "at", "about", "around", "over", "nearly", "only"];
    let sentence = sentence_around(&line.plain, found.start);
    let before = line.plain[..found.start].split_whitespace().next_back().unwrap_or("");
    let next = line.plain[found.end..].split_whitespace().next().unwrap_or("").trim_end_matches(|c: char| !c.is_alphabetic());
    let is_stated = STATES.contains(&before) || STATES.contains(&next);
    let has_number = line.plain[sentence].contains(|c: char| c.is_ascii_digit());
    begins_sentence(&line.plain, found.start) || (is_stated && has_number && !next.ends_with("ing") && !next.ends_with("ed"))
}

/// "This year-long study", "tomorrow's world", "those who left a year ago or more".
fn is_compound(plain: &str, range: &Range<usize>) -> bool {
    let (words, after) = (plain[range.clone()].to_lowercase(), &plain[range.end..]);
    let is_figurative = words == "tomorrow" && after.starts_with(['\'', '\u{2019}']);
    let is_length = words.ends_with("ago") && [" or more", " or longer", " or earlier", " or less"].iter().any(|words| after.starts_with(words));
    let is_pair = [" on year", " by week", " by month", " by year", " in, "].iter().any(|words| after.starts_with(words));
    after.starts_with('-') || is_pair || is_figurative || is_length
}

/// "This April edition" is for the rule about months.
fn names_edition(copy: &Copy<'_>, plain: &str, range: &Range<usize>) -> bool {
    let after = plain[range.end..].trim_start_matches(['\'', '\u{2019}', 's', ' ']);
    let title = &copy.known.digest.name;
    // "Last month's edition" is another thing.
    if plain[range.clone()].ends_with("month") && !plain[range.clone()].to_lowercase().starts_with("this") {
        return false;
    }
    ["edition", "issue", "digest", "newsletter", "round-up"].iter().any(|word| after.starts_with(word))
        || (!title.is_empty() && after.starts_with(title.as_str()))
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
