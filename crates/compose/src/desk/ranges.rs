//! Ranges of numbers: a dash and no hyphen, and no dash after "between" or "from".

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::copy::{Copy, Line};
use super::house::{Habit, House};
use super::query::{Query, Within};
use super::rule::Rule;

/// A word before, a number, what stands between, a number.
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static RANGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<from>[\u{a3}$\u{20ac}]?\d+(?:,\d{3})*(?:\.\d+)?%?)(?P<dash> ?[-\u{2013}\u{2014}] ?)(?P<to>[\u{a3}$\u{20ac}]?\d+(?:,\d{3})*(?:\.\d+)?%?)")
        .unwrap()
});

#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static BETWEEN_TO: LazyLock<Regex> = LazyLock::new(|| {
    let number = r"(?:[\u{a3}$\u{20ac}]?\d[\d,.]*%?|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))";
    Regex::new(&format!(r"\b[Bb]etween {number}( to ){number}\b|\b[Bb]etween (?:one|two|three|four|five|six|seven|eight|nine|ten)([-\u{{2013}}]){number}\b"))
        .unwrap()
});

/// Months, days of the week or hours with a hyphen between, and the word before.
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static DAYS: LazyLock<Regex> = LazyLock::new(|| {
    let name = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|\d{1,2}(?:[.:]\d{2})?(?:am|pm|noon))";
    Regex::new(&format!(r"\b(?P<word>[Ff]rom |[Bb]etween )?{name}(?P<dash> ?[-\u{{2013}}] ?){name}\b")).unwrap()
});

/// A range as it is written.
struct Found<'t> {
    whole: Range<usize>,
    from: &'t str,
    dash: &'t str,
    to: &'t str,
}

/// Counts ranges with a dash against ranges with a hyphen.
pub(super) fn habit(plain: &str, is_address: &dyn Fn(usize) -> bool, dash: &mut Habit) {
    for range in ranges(plain).into_iter().filter(|range| !is_address(range.whole.start)) {
        dash.count(!range.dash.contains('-'));
    }
}

pub(super) fn ask(copy: &Copy<'_>, house: &House) -> Vec<Query> {
    let mut queries = Vec::new();
    for line in copy.lines.iter().filter(|line| matches!(line.within, Within::Text(_) | Within::Title)) {
        for range in ranges(&line.plain) {
            if !line.is_foreign(&range.whole) {
                queries.extend(query(line, &range, house));
            }
        }
        queries.extend(days(line, house));
        for found in BETWEEN_TO.captures_iter(&line.plain).filter_map(|found| found.get(1).or(found.get(2))) {
            if !line.is_foreign(&found.range()) {
                queries.push(line.fixable(Rule::RANGES, found.range(), " and ", "\u{201c}Between\u{201d} goes with \u{201c}and\u{201d}."));
            }
        }
    }
    queries
}

/// "May-June", "from Monday–Friday".
fn days(line: &Line<'_>, house: &House) -> Vec<Query> {
    let mut queries = Vec::new();
    for found in DAYS.captures_iter(&line.plain) {
        let Some(dash) = found.name("dash").filter(|dash| !line.is_foreign(&dash.range())) else { continue };
        let word = found.name("word").map(|word| word.as_str().trim().to_lowercase());
        let (new, message) = match word.as_deref() {
            Some("from") => (" to ", "\u{201c}from\u{201d} goes with \u{201c}to\u{201d}, not with a dash."),
            Some(_) => (" and ", "\u{201c}between\u{201d} goes with \u{201c}and\u{201d}, not with a dash."),
            None if dash.as_str().contains('-') && !house.range_dash.is_that(8) => ("\u{2013}", "A range takes a dash, not a hyphen."),
            None => continue,
        };
        queries.push(line.fixable(Rule::RANGES, dash.range(), new, message));
    }
    queries
}

fn query(line: &Line<'_>, range: &Found<'_>, house: &House) -> Option<Query> {
    let before = line.plain[..range.whole.start].trim_end();
    let after = line.plain[range.whole.end..].trim_start();
    let follows = |word: &str| {
        before.len() >= word.len() && before.is_char_boundary(before.len() - word.len()) && before[before.len() - word.len()..].eq_ignore_ascii_case(word)
    };
    // "from 2021-22 to 2024-25" is a range of ranges, and 2021-22 may be one financial year.
    let stays = is_year_end(range.from, range.to) || after.starts_with("to ") || after.starts_with("and ") || after.starts_with("until ");
    for (word, joint) in [("between", "and"), ("from", "to")] {
        if follows(word) && !stays {
            let message = format!("\u{201c}{word}\u{201d} goes with \u{201c}{joint}\u{201d}, not with a dash.");
            return Some(line.fixable(Rule::RANGES, range.whole.clone(), format!("{} {joint} {}", range.from, range.to), message));
        }
    }
    let is_spaced = range.dash.starts_with(' ') && range.dash.ends_with(' ');
    if is_spaced && !range.dash.contains('-') {
        // "In 2024 – 40 of them in May – they closed": two such dashes set words apart.
        let is_aside = line.plain.matches(" \u{2013} ").count() > 1 || range.from.len() == 4;
        return (!is_aside).then(|| line.query(Rule::RANGES, range.whole.clone(), "A range of numbers has no spaces around its dash."));
    }
    if range.dash.contains('\u{2014}') {
        return Some(line.fixable(Rule::RANGES, range.whole.clone(), format!("{}\u{2013}{}", range.from, range.to), "A range of numbers takes a short dash."));
    }
    let (dash, message) = match range.dash.contains('-') {
        true if !house.range_dash.is_that(8) => ("\u{2013}", "A range of numbers takes a dash, not a hyphen."),
        false if house.range_dash.is_that(8) => ("-", "The digest writes a hyphen in ranges."),
        _ => return None,
    };
    Some(line.fixable(Rule::RANGES, range.whole.clone(), format!("{}{dash}{}", range.from, range.to), message))
}

/// The ranges of a text. Telephone numbers, dates in figures, scores, and parts of names and codes are none.
fn ranges(plain: &str) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    for captures in RANGE.captures_iter(plain) {
        let (Some(whole), Some(from), Some(dash), Some(to)) = (captures.get(0), captures.name("from"), captures.name("dash"), captures.name("to")) else {
            continue;
        };
        let (from, to) = (from.as_str(), to.as_str());
        let left = plain[..whole.start()].chars().next_back();
        let right = plain[whole.end()..].chars().next();
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '\u{2013}' | '/' | '_' | '.' | ',' | '(' | '#'));
        // A full stop or comma behind it ends a sentence; before a digit it goes on with a code.
        let right_joins = match right {
            Some('.' | ',' | '(') => plain[whole.end() + 1..].starts_with(|c: char| c.is_ascii_digit()),
            right => joins(right),
        };
        let left_joins = joins(left) && left != Some('(');
        if !left_joins && !right_joins && rises(from, to) && !is_telephone(plain, &whole.range()) {
            found.push(Found { whole: whole.range(), from, dash: dash.as_str(), to });
        }
    }
    found
}

/// Whether the second number is above the first, or the end of a longer one: "2019-21".
fn rises(from: &str, to: &str) -> bool {
    let number = |text: &str| text.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect::<String>().trim_end_matches('.').parse::<f64>().ok();
    match (number(from), number(to)) {
        (Some(low), Some(high)) => (low < high || is_year_end(from, to)) && !(from.starts_with('0') && digits(from) > 1 && !from.contains('.')),
        _ => false,
    }
}

/// Four digits and two: "2019-21".
fn is_year_end(from: &str, to: &str) -> bool {
    digits(from) == 4 && digits(to) == 2
}

fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

/// Groups of digits on either side, with nothing but a space between.
fn is_telephone(plain: &str, range: &Range<usize>) -> bool {
    let before = plain[..range.start].trim_end().ends_with(|c: char| c.is_ascii_digit()) && plain[..range.start].ends_with(' ');
    let after = plain[range.end..].trim_start().starts_with(|c: char| c.is_ascii_digit()) && plain[range.end..].starts_with(' ');
    before || after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_range() {
        let found = |text: &str| ranges(text).into_iter().map(|range| text[range.whole].to_owned()).collect::<Vec<_>>();
        assert_eq!(found("ages 10-15, \u{a3}1.2-1.5bn no, 2019-21 and 4%\u{2013}6%."), ["10-15", "2019-21", "4%\u{2013}6%"]);
        for none in ["COVID-19-2020", "020-7946-0123", "2026-05-01", "ISBN 978-0-11-703", "5-4", "call 01632 960-155", "T2-10", "0-1-2"] {
            assert_eq!(found(none), [""; 0], "{none}");
        }
    }
}
