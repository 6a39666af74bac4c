//! Numbers in words and in digits, and the commas of large ones.

use super::copy::{Copy, Line, Word, begins_sentence, sentence_around};
use super::house::House;
use super::query::{Part, Query};
use super::rule::Rule;
use crate::number_words::{TENS, TO_TWENTY, number_of};

/// Before these a number is a name: "version 3", "page 4".
const LABELS: [&str; 44] = [
    "version",
    "page",
    "pages",
    "table",
    "figure",
    "phase",
    "stage",
    "step",
    "level",
    "band",
    "chapter",
    "section",
    "part",
    "parts",
    "grade",
    "year",
    "years",
    "week",
    "day",
    "key",
    "article",
    "no",
    "number",
    "numbers",
    "type",
    "tier",
    "wave",
    "round",
    "question",
    "appendix",
    "annex",
    "schedule",
    "category",
    "group",
    "scope",
    "class",
    "priority",
    "recommendation",
    "goal",
    "charity",
    "company",
    "aged",
    "age",
    "ages",
];
/// With these a number is measured, not counted.
const MEASURES: [&str; 19] =
    ["per", "percent", "per-cent", "percentage", "million", "billion", "bn", "pence", "am", "pm", "km", "kg", "mg", "ml", "cm", "mm", "miles", "points", "out"];

/// Counts small numbers of things in words against those in digits, large ones in digits against those in words, and numbers of
/// four digits with a comma against those without.
pub(super) fn habits(plain: &str, words: &[Word<'_>], house: &mut House) {
    for (at, word) in words.iter().enumerate() {
        match () {
            () if (small(word.text).is_some_and(|number| number > 1) || is_small(word.text)) && counts_something(plain, words, at) => {
                let habit = if is_compared(plain, words, at) { &mut house.small_beside_large } else { &mut house.small_in_words };
                habit.count(!is_small(word.text));
            }
            () if is_large(word.text) && counts_something(plain, words, at) => house.large_in_digits.count(false),
            () if word.text.len() >= 2 && word.text.bytes().all(|b| b.is_ascii_digit()) && counts_something(plain, words, at) => {
                house.large_in_digits.count(true)
            }
            () if word.text.len() == 5 && word.text.as_bytes()[1] == b',' => house.commas.count(true),
            () => {}
        }
    }
}

pub(super) fn ask(copy: &Copy<'_>, house: &House) -> Vec<Query> {
    let mut queries = Vec::new();
    let beside_large = house.small_beside_large.is_this(6);
    let (words_below_ten, digits_above) = (house.small_in_words.is_this(6), house.large_in_digits.is_this(6));
    for line in copy.prose() {
        let words = line.words();
        for (at, word) in words.iter().enumerate() {
            let range = word.start..word.end();
            if line.is_foreign(&range) {
                continue;
            }
            if let Some(new) = with_commas(line, &words, at) {
                queries.push(line.fixable(Rule::NUMBER_STYLE, range, new, "A number this long takes commas."));
            } else if words_below_ten
                && is_small(word.text)
                && counts_something(&line.plain, &words, at)
                && (beside_large || !is_compared(&line.plain, &words, at))
            {
                let new = in_words(word.text, begins_sentence(&line.plain, word.start));
                queries.push(line.fixable(Rule::NUMBER_STYLE, range, new, "The digest writes numbers below ten in words."));
            } else if digits_above && is_large_word(line, &words, at) {
                queries.push(line.query(Rule::NUMBER_STYLE, range, "The digest writes numbers above ten in digits."));
            }
        }
    }
    queries
}

fn is_small(word: &str) -> bool {
    word.len() == 1 && matches!(word.as_bytes().first(), Some(b'2'..=b'9'))
}

fn in_words(digit: &str, begins: bool) -> String {
    let at = digit.parse::<usize>().unwrap_or(1);
    let word = TO_TWENTY[..9].get(at.wrapping_sub(1)).copied().unwrap_or(digit);
    if begins { word[..1].to_uppercase() + &word[1..] } else { word.to_owned() }
}

/// Whether a word of small letters follows that is counted, and nothing before says that the number is a name, money or part of a range.
fn counts_something(plain: &str, words: &[Word<'_>], at: usize) -> bool {
    let word = &words[at];
    let Some(next) = words.get(at + 1).filter(|next| &plain[word.end()..next.start] == " ") else { return false };
    let counted = next.text.chars().all(|c| c.is_lowercase() || matches!(c, '-' | '\'' | '\u{2019}')) && next.text.len() >= 3 && !MEASURES.contains(&next.text);
    // "3 times a week" is counted, "3 times as likely" measured.
    let is_factor = next.text == "times"
        && words
            .get(at + 2)
            .is_none_or(|third| !matches!(third.text, "a" | "in" | "each" | "every" | "by" | "and" | "over") && !third.text.starts_with(char::is_uppercase));
    let counted = counted && (!is_factor || plain[next.end()..].starts_with(['.', ',', ';']));
    // "1 in 5 may follow".
    let is_ratio = at >= 2 && matches!(words[at - 1].text, "in" | "of") && is_number_at(words, at.checked_sub(2));
    let joins =
        ["and", "but", "for", "were", "was", "are", "had", "the", "with", "when", "than", "from", "did", "who", "that", "have", "has", "would", "could"];
    let before = at.checked_sub(1).map(|before| &words[before]);
    let labelled = before.is_some_and(|before| {
        let apart = &plain[before.end()..word.start];
        let is_name = before.text.starts_with(char::is_uppercase) && !begins_sentence(plain, before.start);
        apart == " "
            && (is_name
                || LABELS.contains(&before.text.to_lowercase().as_str())
                || (matches!(before.text, "to" | "and" | "or") && is_number_at(words, at.checked_sub(2)))
                || before.text.ends_with(|c: char| c.is_ascii_digit()))
    });
    let marked = plain[..word.start].ends_with(['\u{a3}', '$', '\u{20ac}', '.', '\u{2013}', '-', '/', '+', '(', '=', '<', '>', '\u{b1}']);
    counted && !is_ratio && !joins.contains(&next.text) && !labelled && !marked
}

fn is_number_at(words: &[Word<'_>], at: Option<usize>) -> bool {
    at.and_then(|at| words.get(at)).is_some_and(|word| word.text.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether the sentence has larger numbers in digits: some digests then write all of them so, "5 of the 14".
fn is_compared(plain: &str, words: &[Word<'_>], at: usize) -> bool {
    let sentence = sentence_around(plain, words[at].start);
    words.iter().filter(|word| sentence.contains(&word.start)).any(|word| word.text.len() >= 2 && word.text.bytes().all(|b| b.is_ascii_digit() || b == b','))
}

/// A number above ten in words, inside a sentence of an entry.
fn is_large_word(line: &Line<'_>, words: &[Word<'_>], at: usize) -> bool {
    let word = &words[at];
    let (first, rest) = word.text.split_once('-').unwrap_or((word.text, "one"));
    let is_number = is_large(first) && small(rest).is_some();
    let is_ratio = at
        .checked_sub(1)
        .is_some_and(|before| words[before].text == "or" || (words[before].text == "in" && before > 0 && small(words[before - 1].text).is_some()));
    matches!(line.part, Part::Entry { .. }) && is_number && !is_ratio && !begins_sentence(&line.plain, word.start) && counts_something(&line.plain, words, at)
}

/// A long number with its commas, where it stands without. Telephone numbers, years and codes stay.
fn with_commas(line: &Line<'_>, words: &[Word<'_>], at: usize) -> Option<String> {
    let word = &words[at];
    let (whole, part) = word.text.split_once('.').map_or((word.text, ""), |(whole, part)| (whole, part));
    let is_long = whole.len() >= 4 && whole.len() <= 9 && whole.bytes().all(|b| b.is_ascii_digit()) && !whole.starts_with('0');
    if !is_long || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let before = line.plain[..word.start].chars().next_back().unwrap_or(' ');
    let is_money = matches!(before, '\u{a3}' | '$' | '\u{20ac}');
    let is_free = is_money || matches!(before, ' ' | '(');
    let near_digits = |text: &str, back: bool| {
        if back { text.trim_end().ends_with(|c: char| c.is_ascii_digit()) } else { text.trim_start().starts_with(|c: char| c.is_ascii_digit()) }
    };
    let after = &line.plain[word.end()..];
    let is_code =
        near_digits(&line.plain[..word.start], true) || near_digits(after, false) || after.starts_with(['/', '-', '\u{2013}', '_']) || after.starts_with("..");
    let labelled = at.checked_sub(1).is_some_and(|before| {
        let before = &words[before];
        let name = before.text.to_lowercase();
        let apart = &line.plain[before.end()..word.start];
        let is_label = LABELS.contains(&name.as_str()) && (matches!(apart, " " | ": ") || (name == "no" && apart == ". "));
        is_label || (before.text.contains(char::is_uppercase) && !begins_sentence(&line.plain, before.start))
    });
    // Four digits may be a year: only money, or a count that no year can be.
    let is_count = whole.len() >= 5 || is_money || (counts_something(&line.plain, words, at) && !matches!(whole.parse::<u32>(), Ok(1500..=2199)));
    if !is_free || is_code || (labelled && !is_money) || !is_count {
        return None;
    }
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    Some(if part.is_empty() { grouped } else { format!("{grouped}.{part}") })
}

/// A number below ten.
fn small(word: &str) -> Option<usize> {
    number_of(word).filter(|number| *number < 10)
}

/// Eleven to twenty, and the tens.
fn is_large(word: &str) -> bool {
    number_of(word).is_some_and(|number| number > 10) || TENS.contains(&word)
}
