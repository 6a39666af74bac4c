//! The words around a number that belong to its wording: what is counted, and how near the number is.
//!
//! In: a place before or after a number. Out: how far the wording reaches. What is counted is a short noun phrase: it
//! ends with its first noun in the plural (`three residential special schools`), takes in a name in quotation marks
//! (`10 'areas of action'`), and never crosses a preposition, a verb or punctuation. The rules go by spelling and by
//! closed lists of words ([`super::words`]); where they cannot tell, the wording is the number alone.
//!
//! Not here: the number itself ([`super::amount`]).

use super::token::{Kind, Reading};
use super::words;

/// Words a counted noun may have before it: "two newly qualified social workers" has four with the noun.
const LONGEST: usize = 4;

/// The end of the noun phrase that begins at `at`: what the number before it counts.
pub(super) fn end(reading: &Reading<'_>, at: usize, singular: bool) -> Option<usize> {
    if reading.is_joint(at) {
        return measure_end(reading, at + 1);
    }
    let end = if singular { singular_end(reading, at) } else { plural_end(reading, at) };
    end.or_else(|| measure_end(reading, at))
}

/// "12-month", "10 year", "16-year-olds", "45kg".
fn measure_end(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let is_measure = reading.is(at, words::MEASURES) && !(reading.is_capitalised(at) && reading.text(at).len() > 3);
    if !is_measure {
        return None;
    }
    let old = reading.after(at);
    Some(if reading.is(old, &["old", "olds"]) { old + 1 } else { at + 1 })
}

fn plural_end(reading: &Reading<'_>, first: usize) -> Option<usize> {
    let mut at = first;
    for _ in 0..LONGEST {
        if let Some(end) = quoted_end(reading, at) {
            return Some(end);
        }
        // "six clear, practical steps"
        if at > first && reading.sign(at) == Some(',') && reading.glued(at) && !reading.is_capitalised(at + 1) && !words::is_verb_like(reading.word(at + 1)) {
            at += 1;
        }
        // "two one-hour sessions"
        let is_number = reading.kind(at) == Some(Kind::Number) || words::cardinal(reading.word(at)).is_some();
        if is_number && reading.is_joint(at + 1) && reading.is(at + 2, words::MEASURES) {
            at += 3;
            continue;
        }
        let word = reading.spaced_word(at);
        if word.is_empty() || words::ends_phrase(word) || words::cardinal(word).is_some() {
            return None;
        }
        if words::is_plural(word) {
            return Some(extended(reading, at));
        }
        at += 1;
    }
    None
}

/// A plural may stand before the noun that counts ("needs assessments", "years old"), or before "surveyed".
fn extended(reading: &Reading<'_>, head: usize) -> usize {
    let next = reading.spaced_word(head + 1);
    let is_time = reading.is(head, &["years", "months", "weeks", "days", "hours", "minutes"]);
    if is_time {
        return if reading.is(head + 1, &["old"]) { head + 2 } else { head + 1 };
    }
    let is_noun = words::is_plural(next) && !words::ends_phrase(next) && !reading.is_capitalised(head + 1);
    if is_noun || words::among(next, words::SAMPLING) { head + 2 } else { head + 1 }
}

/// What "one" counts is in the singular, which spelling does not show: one word, or two where the second ends the phrase
/// or the first is an adjective.
fn singular_end(reading: &Reading<'_>, first: usize) -> Option<usize> {
    let noun = |at: usize| {
        let word = reading.spaced_word(at);
        !word.is_empty() && !words::ends_phrase(word) && words::cardinal(word).is_none() && !reading.is(at, words::NOT_COUNTED_BY_ONE)
    };
    let ends_in = |at: usize, endings: &[&str]| endings.iter().any(|ending| reading.word(at).ends_with(ending));
    let is_adjective = ends_in(first, &["al", "ive", "ic", "ary", "ous", "ern"]) || reading.is(first, words::ADJECTIVES);
    // After a person a verb is likelier than a second noun: "one respondent wrote".
    let is_person = ends_in(first, &["ent", "ant", "er", "or", "ist", "ian"]) || words::is_plural(reading.word(first + 1));
    let closes = reading.kind(first + 2) != Some(Kind::Word) || words::ends_phrase(reading.word(first + 2));
    if !noun(first) || words::is_verb_like(reading.word(first)) {
        return None;
    }
    let goes_on = noun(first + 1) && !words::is_verb_like(reading.word(first + 1)) && (is_adjective || closes && !is_person);
    Some(if goes_on { first + 2 } else { first + 1 })
}

/// A short name in quotation marks: its end, past the closing mark.
fn quoted_end(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let close = match reading.sign(at)? {
        '\u{2018}' => '\u{2019}',
        '\u{201c}' => '\u{201d}',
        mark @ ('\'' | '"') => mark,
        _ => return None,
    };
    let opens = reading.spaced(at) && reading.glued(at + 1) && !reading.word(at + 1).is_empty();
    let mut range = at + 2..at + 7;
    if opens { range.find(|place| reading.sign(*place) == Some(close)).map(|place| place + 1) } else { None }
}

/// "per year", "a week", "an hour", after what is counted or paid: its end.
pub(super) fn rate_end(reading: &Reading<'_>, at: usize) -> usize {
    let is_rate = reading.is(at, &["per"]) && !reading.spaced_word(at + 1).is_empty() && !reading.is(at + 1, &["cent"])
        || reading.is(at, &["a", "an"]) && reading.is(at + 1, words::RECKONED_BY);
    if is_rate && reading.spaced(at) { at + 2 } else { at }
}

/// "or more", "and over", "or younger", "+" after a count: its end.
pub(super) fn or_more_end(reading: &Reading<'_>, at: usize) -> usize {
    if reading.sign(at) == Some('+') && reading.glued(at) {
        return at + 1;
    }
    let or_more =
        reading.is(at, &["or"]) && reading.is(at + 1, &["more", "fewer", "less", "over", "under", "above", "below", "older", "younger", "longer", "higher"]);
    // "12 and over 20" are two numbers.
    let and_over = reading.is(at, &["and"])
        && reading.is(at + 1, &["over", "under", "above", "below", "older", "younger"])
        && reading.kind(at + 2) != Some(Kind::Number)
        && !reading.is(at + 2, &["the", "a", "half"]);
    if or_more || and_over { at + 2 } else { at }
}

/// "under 25s": the word before the number, joined by a space or hyphen.
pub(super) fn is_over_or_under(reading: &Reading<'_>, at: usize) -> bool {
    let before = at.wrapping_sub(1);
    let word = if reading.is_joint(before) { before.wrapping_sub(1) } else { before };
    reading.is(word, &["over", "under"])
}

/// The place where the qualifiers before `first` begin: "just over", "no more than", "the past" without "the".
/// Nothing before `floor` is looked at, for it belongs to the figure before.
pub(super) fn lead(reading: &Reading<'_>, mut first: usize, floor: usize) -> usize {
    let start = first;
    for _ in 0..6 {
        let Some(neighbour) = first.checked_sub(1).filter(|before| *before >= floor) else { return first };
        let before = if reading.is_joint(neighbour) && is_over_or_under(reading, first) { neighbour - 1 } else { neighbour };
        let is_mark = matches!(reading.sign(before), Some('~' | '\u{2248}' | '<' | '>' | '\u{2264}' | '\u{2265}'));
        if is_mark {
            first = before;
            continue;
        }
        if before == neighbour && !reading.spaced(first) {
            return first;
        }
        let length = qualifier_length(reading, before, first < start);
        if length == 0 || before + 1 < floor + length {
            return first;
        }
        first = before + 1 - length;
    }
    first
}

/// How many words the qualifier that ends at `at` has; none if there is no such.
fn qualifier_length(reading: &Reading<'_>, at: usize, is_outer: bool) -> usize {
    let before = at.wrapping_sub(1);
    let pair = reading.is(at, &["than"]) && reading.is(before, &["more", "less", "fewer", "greater", "longer", "older", "younger", "higher", "lower"])
        || reading.is(at, &["to"]) && reading.is(before, &["up", "close"])
        || reading.is(at, &["least", "most"]) && reading.is(before, &["at"])
        || reading.is(at, &["as"]) && reading.is(before, &["many", "few", "much", "little", "high", "low"]) && reading.is(before.wrapping_sub(1), &["as"]);
    if reading.is(at, &["as"]) && pair || reading.is(at, &["of"]) && reading.is(before, &["excess"]) {
        3
    } else if pair {
        2
    } else {
        usize::from(reading.is(at, words::QUALIFIERS) || is_outer && reading.is(at, words::INTENSIFIERS))
    }
}
