//! Words and sentences, as tracing compares them.
//!
//! In: a text. Out: its words by their stems, without those that say nothing of the matter, each with the sentence it stands
//! in. A stem is the word in lower case without its plural, cut to its first six letters: "employees" and "employment" are
//! one, as a summary's words rarely are the source's to the letter. Years and other numbers with letters stay whole.
//!
//! Not here: figures ([`crate::figure`]).

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

/// Letters that a stem keeps.
const STEM: usize = 6;

/// The sentences of a paragraph. A full stop ends one before a space and what is not in lower case, unless it closes an
/// initial or one of a few abbreviations.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, mark) in text.char_indices() {
        let end = at + mark.len_utf8();
        let is_end =
            mark == '\n' || matches!(mark, '.' | '?' | '!') && text[end..].starts_with(' ') && !is_abbreviation(&text[start..at]) && opens(&text[end + 1..]);
        if is_end {
            sentences.push(start..end);
            start = end + usize::from(mark != '\n');
        }
    }
    if start < text.len() {
        sentences.push(start..text.len());
    }
    sentences
}

fn opens(rest: &str) -> bool {
    rest.chars().next().is_some_and(|first| !first.is_lowercase())
}

fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit([' ', '(', '.']).next().unwrap_or_default();
    word.chars().count() == 1 && !word.bytes().all(|byte| byte.is_ascii_digit())
        || ["dr", "mr", "mrs", "ms", "st", "no", "vs", "eg", "ie", "etc", "cf", "al", "approx", "fig", "vol", "pp"].contains(&word.to_lowercase().as_str())
}

/// The words of a text that say something, with the bytes where each begins.
pub(super) fn content_words(text: &str) -> impl Iterator<Item = (usize, String)> {
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '\u{2019}');
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(is_letter)?;
        let end = text[start..].find(|c| !is_letter(c)).map_or(text.len(), |length| start + length);
        rest = end;
        Some((start, &text[start..end]))
    })
    .filter_map(|(start, word)| Some((start, stem(word)?)))
}

/// Words around a number that say it is a change or a comparison.
pub(super) fn says_change(stem: &str) -> bool {
    ["rise", "fall", "differ", "gap", "change", "compar", "half", "double", "twice", "times", "fold", "longer", "shorte"]
        .iter()
        .any(|cue| stem.starts_with(cue))
}

/// Words around a number that say it is a sum.
pub(super) fn says_sum(stem: &str) -> bool {
    ["togeth", "total", "combin", "sum", "overal", "altoge", "joint"].iter().any(|cue| stem.starts_with(cue))
}

/// The stem of a word; none of one that says nothing of the matter.
pub(super) fn stem(word: &str) -> Option<String> {
    let singular = singular(word);
    let is_number = singular.bytes().all(|byte| byte.is_ascii_digit());
    // A short number is a figure or the label of something; a year says when.
    if is_number && singular.len() != 4 || !is_number && singular.chars().count() < 2 || SILENT_WORDS.contains(singular.as_str()) {
        return None;
    }
    Some(if is_number { singular } else { singular.chars().take(STEM).collect() })
}

/// A word in lower case, without its plural and its possessive.
pub(super) fn singular(word: &str) -> String {
    let mut word = word.to_lowercase().replace('\u{2019}', "'");
    for ending in ["'s", "s'", "'"] {
        if let Some(bare) = word.strip_suffix(ending) {
            word.truncate(bare.len());
        }
    }
    if let Some(singular) = IRREGULAR_FORMS.get(word.as_str()) {
        return (*singular).to_owned();
    }
    let length = word.len();
    if length > 4 && word.ends_with("ies") {
        word.replace_range(length - 3.., "y");
    } else if length > 4 && ["sses", "ches", "shes", "xes"].iter().any(|ending| word.ends_with(ending)) {
        word.truncate(length - 2);
    } else if length > 3 && word.ends_with('s') && !["ss", "us", "is"].iter().any(|ending| word.ends_with(ending)) {
        word.truncate(length - 1);
    }
    word
}

/// Plurals that spelling does not show, and words for which reports use each other.
const IRREGULAR: &[(&[&str], &str)] = &[
    (&["people", "persons"], "person"),
    (&["children"], "child"),
    (&["men", "male", "males"], "man"),
    (&["women", "female", "females"], "woman"),
    (RISING, "rise"),
    (FALLING, "fall"),
];

/// Every word of a document is looked up in these two.
static IRREGULAR_FORMS: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| IRREGULAR.iter().flat_map(|(forms, singular)| forms.iter().map(|form| (*form, *singular))).collect());
static SILENT_WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| SILENT.iter().copied().collect());

/// What goes up.
#[rustfmt::skip]
const RISING: &[&str] = &[
    "rise", "rises", "rose", "risen", "rising", "increase", "increases", "increased", "increasing", "grow", "grows", "grew", "grown", "growing", "growth",
    "up", "higher", "gain", "gains", "gained", "upward", "upwards", "more", "greater",
];

/// What goes down.
#[rustfmt::skip]
const FALLING: &[&str] = &[
    "fall", "falls", "fell", "fallen", "falling", "decrease", "decreases", "decreased", "decreasing", "decline", "declines", "declined", "drop", "drops",
    "dropped", "reduce", "reduced", "reduction", "reductions", "down", "lower", "loss", "losses", "downward", "downwards", "fewer", "less",
];

/// In the singular, as all are compared.
#[rustfmt::skip]
const SILENT: &[&str] = &[
    "the", "an", "this", "that", "these", "those", "it", "their", "our", "your", "he", "she", "we", "they", "you", "who", "whom", "whose", "which",
    "what", "where", "when", "while", "why", "how", "if", "although", "though", "than", "as", "and", "or", "but", "nor", "so", "of", "in", "on", "at",
    "by", "for", "from", "to", "with", "without", "within", "into", "onto", "between", "among", "across", "through", "during", "about", "around", "per",
    "via", "such", "there", "here", "then", "also", "just", "even", "however", "therefore", "respectively", "be", "is", "are", "wa", "was", "were", "been",
    "being", "ha", "has", "have", "had", "do", "does", "did", "can", "could", "will", "would", "shall", "should", "may", "might", "must", "not", "no",
    "cent", "percent", "percentage", "point", "pp", "million", "billion", "thousand", "hundred", "bn", "mn", "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "over", "under", "nearly", "almost", "approximately", "roughly", "circa", "its", "it", "thi", "hi", "her", "both",
    "each", "any", "some", "other", "figure", "table", "see", "half", "third", "quarter", "fifth", "out",
];
