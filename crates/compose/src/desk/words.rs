//! Words that stand twice, and words that are missing.

use std::collections::HashSet;
use std::ops::Range;

use super::copy::{Copy, Line, Word, is_english, sentence_around};
use super::phrases::gaps;
use super::query::{Query, Within};
use super::rule::Rule;

/// Words that may rightly follow themselves.
const TWICE: [&str; 4] = ["had", "very", "so", "bye"];

/// Behind "that that" these begin a clause, which needs one "that" only.
const OPENERS: [&str; 19] =
    ["the", "a", "an", "they", "it", "he", "she", "we", "you", "there", "these", "those", "this", "their", "its", "many", "most", "some", "people"];

/// Small words that stand twice in pairs: "in the in the".
const SMALL: [&str; 29] = [
    "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "has", "in", "is", "it", "of", "on", "or", "that", "the", "their", "to", "was", "were",
    "with", "they", "we", "this", "these", "which",
];

/// Pairs that need a word between them. Verbs and prepositions that can end a clause are not first: "cared for and", "what they have is".
const GAPS: [(&str, &[&str]); 9] = [
    (
        "the",
        &[
            "a", "an", "of", "to", "and", "is", "are", "was", "were", "for", "with", "by", "from", "has", "have", "had", "be", "been", "that", "which", "they",
            "we", "these", "their", "when", "who", "because", "if", "at", "on", "in", "as", "than",
        ],
    ),
    (
        "a",
        &[
            "the", "an", "of", "to", "and", "is", "are", "was", "for", "with", "by", "from", "had", "be", "been", "they", "we", "these", "their", "when",
            "who", "because", "if", "at", "on", "in", "as", "than",
        ],
    ),
    ("an", &["the", "a", "of", "to", "and", "is", "are", "was", "for", "with", "by", "from"]),
    ("of", &["to", "for", "from", "with"]),
    ("to", &["of"]),
    ("is", &["are", "was", "were", "has", "have"]),
    ("are", &["is", "was", "were", "has", "have"]),
    ("their", &["the", "a", "of", "is", "are"]),
    ("and", &["or"]),
];

/// Verbs that need another form behind them: "will been".
const BEFORE_BE: [&str; 9] = ["can", "cannot", "could", "will", "would", "should", "must", "might", "may"];
const NOT_BE: [&str; 6] = ["been", "was", "is", "were", "are", "had"];

/// A text that ends in one of these breaks off.
const DANGLING: [&str; 22] = [
    "the", "a", "an", "of", "and", "or", "to", "with", "for", "by", "from", "that", "which", "than", "their", "its", "is", "are", "was", "were", "but",
    "because",
];

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    let alone = alone(copy);
    for line in &copy.lines {
        let words = line.words();
        if !is_english(&words) {
            continue;
        }
        let twice = repeated(line, &words, &alone);
        if matches!(line.within, Within::Text(_)) {
            // One query for one slip.
            let mut gaps: Vec<Query> = Vec::new();
            for query in missing(line, &words).into_iter().chain(dropped(line)).chain(breaks_off(line, &words)) {
                let overlaps = |other: &Query| other.place.range.start < query.place.range.end && query.place.range.start < other.place.range.end;
                if !twice.iter().chain(&gaps).any(overlaps) {
                    gaps.push(query);
                }
            }
            queries.extend(gaps);
        }
        queries.extend(twice);
    }
    queries
}

/// Words that stand somewhere without following or preceding themselves, in small letters.
fn alone(copy: &Copy<'_>) -> HashSet<String> {
    let mut alone = HashSet::new();
    for line in &copy.lines {
        let words: Vec<String> = line.words().iter().map(|word| word.text.to_lowercase()).collect();
        for (at, word) in words.iter().enumerate() {
            let is_twice = words.get(at + 1) == Some(word) || at.checked_sub(1).is_some_and(|before| words[before] == *word);
            if !is_twice && !alone.contains(word) {
                alone.insert(word.clone());
            }
        }
    }
    alone
}

/// Set phrases without one of their words.
fn dropped(line: &Line<'_>) -> Vec<Query> {
    let gaps = gaps(&line.plain).into_iter().filter(|(range, _)| !line.is_foreign(range));
    gaps.map(|(range, lacks)| {
        let message = format!("A word is missing in \u{201c}{}\u{201d}: {lacks}.", &line.plain[range.clone()]);
        line.query(Rule::MISSING_WORD, range, message)
    })
    .collect()
}

fn next_to(line: &Line<'_>, a: &Word<'_>, b: &Word<'_>) -> bool {
    line.plain[a.end()..b.start].chars().all(|c| matches!(c, ' ' | '\u{a0}')) && a.end() < b.start
}

/// Words that stand twice. A doubled name, "Wagga Wagga", is one where its word stands nowhere alone.
fn repeated(line: &Line<'_>, words: &[Word<'_>], alone: &HashSet<String>) -> Vec<Query> {
    let mut queries = Vec::new();
    let is_name = |word: &Word<'_>| word.text.starts_with(char::is_uppercase);
    let is_used = |word: &str| SMALL.contains(&word) || alone.contains(word);
    let is_number = |word: Option<&Word<'_>>| word.is_some_and(|word| word.text.chars().all(|c| c.is_ascii_digit()));
    let is_code = |before: Option<&Word<'_>>, after: Option<&Word<'_>>| is_number(before) || is_number(after);
    for (at, pair) in words.windows(2).enumerate() {
        let [a, b] = pair else { continue };
        let range = a.start..b.end();
        if !next_to(line, a, b) || line.is_literal(&range) || in_code(line, &range) {
            continue;
        }
        let (one, other) = (a.text.to_lowercase(), b.text.to_lowercase());
        let before = at.checked_sub(1).and_then(|at| words.get(at)).filter(|before| next_to(line, before, a));
        let after = words.get(at + 2).filter(|after| next_to(line, b, after));
        let is_possessive = other.strip_suffix("'s").or_else(|| other.strip_suffix("\u{2019}s")).is_some_and(|other| other == one);
        let is_digits = |word: &str| word.chars().all(|c| c.is_ascii_digit());
        let message = format!("\u{201c}{}\u{201d} stands twice.", b.text);
        if one == other && one.chars().all(char::is_alphabetic) {
            if !may_be_twice(line, before, a, b, after) && !(is_name(b) && (!is_used(&one) || line.within == Within::Title)) {
                queries.push(line.fixable(Rule::REPEATED_WORD, range, a.text, message));
            }
        } else if (is_possessive && one.len() > 2) || (one == other && one.len() > 1 && is_digits(&one) && !is_code(before, after)) {
            // Which of the two was meant, only a reader knows.
            queries.push(line.query(Rule::REPEATED_WORD, range, message));
        }
    }
    for four in words.windows(4) {
        let [a, b, c, d] = four else { continue };
        let lower = |word: &Word<'_>| word.text.to_lowercase();
        let same = lower(a) == lower(c) && lower(b) == lower(d) && lower(a) != lower(b);
        let together = next_to(line, a, b) && next_to(line, b, c) && next_to(line, c, d);
        if same && together && SMALL.contains(&lower(a).as_str()) && SMALL.contains(&lower(b).as_str()) {
            let message = format!("\u{201c}{} {}\u{201d} stands twice.", c.text, d.text);
            queries.push(line.fixable(Rule::REPEATED_WORD, a.start..d.end(), &line.plain[a.start..b.end()], message));
        }
    }
    queries
}

/// "Cargo.toml", "make_body": parts of a name that no writer chose.
fn in_code(line: &Line<'_>, range: &Range<usize>) -> bool {
    let (before, after) = (&line.plain[..range.start], &line.plain[range.end..]);
    let is_joint = |c: char| matches!(c, '_' | ':' | '/' | '.');
    let goes_on = after.starts_with(is_joint) && after[1..].starts_with(|c: char| c.is_alphanumeric() || c == ':');
    goes_on || (before.ends_with(is_joint) && !before.ends_with(". "))
}

/// Whether a word may rightly follow itself here: "had had", "knew that that plan", "those who wait wait long", "what it is is plain".
fn may_be_twice(line: &Line<'_>, before: Option<&Word<'_>>, a: &Word<'_>, b: &Word<'_>, after: Option<&Word<'_>>) -> bool {
    let word = a.text.to_lowercase();
    let after = after.map(|after| after.text.to_lowercase()).unwrap_or_default();
    let is_that = word == "that" && !OPENERS.contains(&after.as_str());
    let is_small = SMALL.contains(&word.as_str());
    let ends_clause = before.is_some_and(|before| before.text.eq_ignore_ascii_case("who")) && !is_small;
    let is_verb = matches!(word.as_str(), "is" | "are" | "was" | "were" | "does" | "do" | "did");
    let is_initial = word.len() == 1 && b.text != "a";
    is_that || TWICE.contains(&word.as_str()) || ends_clause || (is_verb && ends_question(line, a)) || is_initial
}

/// Whether a word ends a clause that "what" or the like began: "what the plan is is plain".
fn ends_question(line: &Line<'_>, word: &Word<'_>) -> bool {
    let sentence = sentence_around(&line.plain, word.start);
    let clause = line.plain[sentence.start..word.start].rsplit([',', ';', ':']).next().unwrap_or("").to_lowercase();
    clause.split(|c: char| !c.is_alphabetic()).any(|word| matches!(word, "what" | "whatever" | "who" | "where" | "how" | "which"))
}

fn missing(line: &Line<'_>, words: &[Word<'_>]) -> Vec<Query> {
    let mut queries = Vec::new();
    for (at, pair) in words.windows(2).enumerate() {
        let [a, b] = pair else { continue };
        if !next_to(line, a, b) || line.is_foreign(&(a.start..b.end())) {
            continue;
        }
        // "Category A and B": a capital A is an article at the start of a sentence only, and is let be.
        let first = if a.text == "A" { String::new() } else { a.text.to_lowercase() };
        // "the is" may be about the word itself only in quotation marks, which are passed over.
        if (GAPS.iter().any(|(before, after)| *before == first && after.contains(&b.text)) && !(matches!(a.text, "is" | "are") && ends_question(line, a)))
            || (BEFORE_BE.contains(&a.text) && NOT_BE.contains(&b.text) && (b.text == "been" || !ends_question(line, a)))
        {
            let message = format!("A word is missing between \u{201c}{}\u{201d} and \u{201c}{}\u{201d}, or one of them is too many.", a.text, b.text);
            queries.push(line.query(Rule::MISSING_WORD, a.start..b.end(), message));
        }
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let is_number = |word: &Word<'_>| matches!(word.text.to_lowercase().as_str(), "one" | "two" | "three" | "four" | "five" | "six" | "ten");
        if first == "and" && b.text == "half" && before.is_some_and(is_number) {
            queries.push(line.query(Rule::MISSING_WORD, a.start..b.end(), "A word is missing: \u{201c}and a half\u{201d}."));
        }
        let next = words.get(at + 2);
        let is_stray = b.text.len() == 1 && b.text.chars().all(char::is_lowercase) && !matches!(b.text, "a" | "i" | "o" | "n" | "x" | "c");
        let in_prose = |word: &Word<'_>| word.text.len() >= 3 && word.text.chars().all(char::is_lowercase);
        if is_stray && in_prose(a) && next.is_some_and(|next| next_to(line, b, next) && in_prose(next)) {
            queries.push(line.query(
                Rule::MISSING_WORD,
                a.start..next.map_or(b.end(), Word::end),
                format!("\u{201c}{}\u{201d} stands alone: letters of a word are missing, or it is too many.", b.text),
            ));
        }
    }
    queries
}

fn breaks_off(line: &Line<'_>, words: &[Word<'_>]) -> Option<Query> {
    let last = words.last()?;
    if in_code(line, &(last.start..last.end())) {
        return None;
    }
    let tail = &line.plain[last.end()..];
    let is_dangling = DANGLING.contains(&last.text) && !tail.contains([':', '\u{2026}', '?']);
    // "…; and" leads over to the next point of a list.
    let leads_over = line.depth > 0 && matches!(last.text, "and" | "or") && line.plain[..last.start].trim_end().ends_with([';', ',']);
    let is_comma = line.depth == 0 && tail.trim() == "," && words.len() >= 8;
    let ends = if tail.trim().is_empty() || tail.starts_with('.') { is_dangling && !leads_over } else { false };
    // Words that stand rightly at an end: "what it is", "where they are", "as good as it was", "whom it is for".
    let may_end = matches!(last.text, "is" | "are" | "was" | "were" | "for" | "with" | "to" | "from" | "by" | "of" | "that") && tail.starts_with('.');
    ((ends && !may_end) || is_comma).then(|| line.query(Rule::MISSING_WORD, last.start..line.plain.len(), "The text breaks off here. Finish the sentence."))
}
