//! Dashes between words: no hyphen in their place, and all of one length.

use std::sync::LazyLock;

use regex::Regex;

use super::copy::Copy;
use super::house::{Habit, House};
use super::query::{Query, Within};
use super::rule::Rule;

#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static DASH: LazyLock<Regex> = LazyLock::new(|| Regex::new(r" -{1,3} | ?\u{2014} ?| \u{2013} | [-\u{2013}](?:\p{Alphabetic})").unwrap());

/// A dash that stands between words as a hyphen does: two hyphens, a dash with a space on its right alone, a short dash before a word
/// that joins clauses.
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static TIGHT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\p{Alphabetic}(?:(-{2,3})\p{Alphabetic}|(\u{2013} )\p{Alphabetic}|(\u{2013})(?:and|but|which|who|that|the|it|they|this|not|so|because)\b)")
        .unwrap()
});

/// Counts en dashes between spaces against em dashes.
pub(super) fn habit(plain: &str, en_dash: &mut Habit) {
    en_dash.this += plain.matches(" \u{2013} ").count();
    en_dash.that += plain.matches('\u{2014}').count();
}

pub(super) fn ask(copy: &Copy<'_>, house: &House) -> Vec<Query> {
    let (en, em) = (house.en_dash.is_this(5), house.en_dash.is_that(5));
    let dash = if em { "\u{2014}" } else { " \u{2013} " };
    let mut queries = Vec::new();
    // Titles are as their publishers wrote them: where hyphens are the rule in them, they stay.
    let titles = |mark: &str| copy.lines.iter().filter(|line| line.within == Within::Title && line.plain.contains(mark)).count();
    let in_titles = titles(" - ") < 3 || titles(" - ") <= titles(" \u{2013} ");
    for line in copy.lines.iter().filter(|line| in_titles || matches!(line.within, Within::Text(_))) {
        for found in DASH.find_iter(&line.plain) {
            let written = found.as_str();
            // Only the hyphen of " -word" goes, not the letter behind it.
            let range = found.start()..(found.start() + written.trim_end_matches(char::is_alphabetic).len());
            let is_hyphen = written.contains('-');
            let touches_number =
                |text: &str, at_end: bool| if at_end { text.ends_with(|c: char| c.is_ascii_digit()) } else { text.starts_with(|c: char| c.is_ascii_digit()) };
            // Between numbers it is a range or a minus sign.
            let is_reckoning = touches_number(&line.plain[..range.start], true) && touches_number(&line.plain[range.end..], false);
            if line.is_literal(&range) || (is_hyphen && (is_reckoning || range.start == 0)) {
                continue;
            }
            let is_lopsided = written.starts_with(' ') != written.ends_with(' ') && written.trim() != "-" && !written.ends_with(char::is_alphabetic);
            let message = match written.trim() {
                _ if is_lopsided || written.starts_with(" \u{2013}") && !written.ends_with(' ') => "A dash has a space on one side alone.",
                _ if is_hyphen => "A hyphen stands where a dash belongs.",
                "\u{2014}" if en => "The digest writes a short dash between spaces.",
                "\u{2013}" if em => "The digest writes a long dash without spaces.",
                _ => continue,
            };
            // Its other half may be a long one.
            let is_long = !en && written.contains('\u{2014}') && has_long(&line.plain);
            queries.push(line.fixable(Rule::DASHES, range, if is_long { "\u{2014}" } else { dash }, message));
        }
        for found in TIGHT.captures_iter(&line.plain) {
            let message = "A dash between words stands between spaces, or is a long one.";
            let (sure, unsure) = (found.get(1).or(found.get(2)), found.get(3));
            // Its other half may look like the dash of "parent–child": both are for a person.
            queries.extend(sure.filter(|dash| !line.is_literal(&dash.range())).map(|found| line.fixable(Rule::DASHES, found.range(), dash, message)));
            queries.extend(unsure.filter(|dash| !line.is_literal(&dash.range())).map(|found| line.query(Rule::DASHES, found.range(), message)));
        }
    }
    queries
}

/// Whether a text has a long dash between words without spaces.
fn has_long(plain: &str) -> bool {
    plain
        .match_indices('\u{2014}')
        .any(|(at, dash)| plain[..at].ends_with(char::is_alphanumeric) && plain[at + dash.len()..].starts_with(char::is_alphanumeric))
}
