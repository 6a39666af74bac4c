//! Words that stand twice, and words that are missing.

use super::copy::{Copy, Line, Word};
use super::query::{Query, Within};
use super::rule::Rule;

/// Words that may rightly follow themselves.
const TWICE: [&str; 5] = ["had", "that", "very", "so", "bye"];

/// Small words that stand twice in pairs: "in the in the".
const SMALL: [&str; 24] = [
    "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "has", "in", "is", "it", "of", "on", "or", "that", "the", "their", "to", "was", "were",
    "with",
];

/// Pairs that need a word between them. Verbs and prepositions that can end a clause are not first: "cared for and", "what they have is".
const GAPS: [(&str, &[&str]); 9] = [
    ("the", &["a", "an", "of", "to", "and", "is", "are", "was", "were", "for", "with", "by", "from", "has", "have", "that", "which"]),
    ("a", &["the", "an", "of", "to", "and", "is", "are", "was", "for", "with", "by", "from"]),
    ("an", &["the", "a", "of", "to", "and", "is", "are", "was", "for", "with", "by", "from"]),
    ("of", &["to", "for", "from", "with"]),
    ("to", &["of"]),
    ("is", &["are", "was", "were", "has", "have"]),
    ("are", &["is", "was", "were", "has", "have"]),
    ("their", &["the", "a", "of", "is", "are"]),
    ("and", &["or"]),
];

/// Pairs from which a word was dropped: "will been", "likely be", "some the", "according the".
const DROPPED: [(&str, &[&str]); 28] = [
    ("can", BE),
    ("cannot", BE),
    ("could", BE),
    ("will", BE),
    ("would", BE),
    ("should", BE),
    ("must", BE),
    ("might", BE),
    ("may", BE),
    ("likely", &["be"]),
    ("able", &["be"]),
    ("want", &["be"]),
    ("going", &["be"]),
    ("according", &["the", "a", "an", "research"]),
    ("due", &["the", "a", "an", "lack"]),
    ("some", &["the"]),
    ("many", &["the"]),
    ("several", &["the"]),
    ("most", &["the"]),
    ("each", &["the"]),
    ("majority", PEOPLE),
    ("proportion", PEOPLE),
    ("percentage", PEOPLE),
    ("variety", PEOPLE),
    ("thirds", PEOPLE),
    ("quarters", PEOPLE),
    ("hundreds", PEOPLE),
    ("thousands", PEOPLE),
];
const BE: &[&str] = &["been", "was", "is", "were", "are", "has", "had"];
const PEOPLE: &[&str] = &[
    "people",
    "children",
    "adults",
    "those",
    "the",
    "staff",
    "patients",
    "women",
    "men",
    "respondents",
    "participants",
    "families",
    "carers",
    "services",
    "councils",
];

/// A text that ends in one of these breaks off.
const DANGLING: [&str; 22] = [
    "the", "a", "an", "of", "and", "or", "to", "with", "for", "by", "from", "that", "which", "than", "their", "its", "is", "are", "was", "were", "but",
    "because",
];

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    for line in &copy.lines {
        let words = line.words();
        queries.extend(repeated(line, &words));
        if matches!(line.within, Within::Text(_)) {
            queries.extend(missing(line, &words));
            queries.extend(breaks_off(line, &words));
        }
    }
    queries
}

fn next_to(line: &Line<'_>, a: &Word<'_>, b: &Word<'_>) -> bool {
    line.plain[a.end()..b.start].chars().all(|c| matches!(c, ' ' | '\u{a0}')) && a.end() < b.start
}

fn repeated(line: &Line<'_>, words: &[Word<'_>]) -> Vec<Query> {
    let mut queries = Vec::new();
    for pair in words.windows(2) {
        let [a, b] = pair else { continue };
        let same = a.text.to_lowercase() == b.text.to_lowercase() && next_to(line, a, b);
        let is_word = a.text.chars().all(char::is_alphabetic) && !TWICE.contains(&a.text.to_lowercase().as_str());
        // "Wagga Wagga" is a place; at the start of a sentence the second word has a small letter.
        let is_name = b.text.starts_with(char::is_uppercase);
        if same && is_word && !is_name && !line.is_literal(&(a.start..b.end())) {
            let message = format!("\u{201c}{}\u{201d} stands twice.", b.text);
            queries.push(line.fixable(Rule::REPEATED_WORD, a.start..b.end(), a.text, message));
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
        if GAPS.iter().any(|(before, after)| *before == first && after.contains(&b.text))
            || DROPPED.iter().any(|(before, after)| *before == a.text && after.contains(&b.text))
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
