//! The numbers of points that a text announces: "six principles", "half a dozen questions", "both recommendations".
//!
//! In: a text. Out: each number with what it counts and where it stands. Only a number of things that lists are made of counts.

use super::copy::{Line, Word, words};
use super::query::Part;
use crate::number_words::{TENS, number_of};

/// What lists are made of.
pub(super) const POINTS: [&str; 89] = [
    "actions",
    "aims",
    "ambitions",
    "answers",
    "approaches",
    "areas",
    "arguments",
    "aspects",
    "barriers",
    "benefits",
    "capabilities",
    "causes",
    "challenges",
    "changes",
    "chapters",
    "characteristics",
    "commitments",
    "components",
    "conclusions",
    "conditions",
    "considerations",
    "criteria",
    "demands",
    "dilemmas",
    "dimensions",
    "domains",
    "drivers",
    "elements",
    "enablers",
    "examples",
    "factors",
    "features",
    "findings",
    "gaps",
    "goals",
    "groups",
    "headings",
    "ideas",
    "insights",
    "issues",
    "items",
    "kinds",
    "lessons",
    "levers",
    "measures",
    "messages",
    "methods",
    "missions",
    "models",
    "objectives",
    "obstacles",
    "opportunities",
    "options",
    "outcomes",
    "parts",
    "phases",
    "pillars",
    "pledges",
    "points",
    "policies",
    "practices",
    "principles",
    "priorities",
    "problems",
    "proposals",
    "purposes",
    "questions",
    "reasons",
    "recommendations",
    "reforms",
    "requirements",
    "responses",
    "risks",
    "rules",
    "sections",
    "stages",
    "standards",
    "steps",
    "strands",
    "strategies",
    "suggestions",
    "tasks",
    "tests",
    "themes",
    "things",
    "tips",
    "topics",
    "types",
    "ways",
];

/// What the letter lists besides.
const PRINTED: [&str; 10] = ["publications", "reports", "studies", "papers", "guides", "entries", "events", "webinars", "briefings", "tools"];

/// Nouns that a number measures or surveys rather than announces.
const MEASURED: [&str; 24] = [
    "years",
    "months",
    "weeks",
    "days",
    "hours",
    "minutes",
    "times",
    "people",
    "carers",
    "children",
    "adults",
    "women",
    "men",
    "respondents",
    "participants",
    "interviews",
    "surveys",
    "councils",
    "authorities",
    "families",
    "patients",
    "pupils",
    "percent",
    "cases",
];

/// Words after which a number of things is all of them: "a list of five steps".
const WHOLES: [&str; 9] = ["list", "set", "series", "total", "framework", "package", "programme", "group", "checklist"];
const INEXACT: [&str; 12] = ["than", "least", "about", "around", "nearly", "almost", "over", "to", "of", "the", "other", "further"];

/// A number does not count what stands behind one of these.
const BREAKS: [&str; 24] = [
    "of", "in", "and", "for", "to", "from", "with", "by", "the", "these", "their", "its", "a", "an", "that", "which", "who", "was", "were", "are", "is", "had",
    "on", "at",
];

/// Behind these a number says where something was asked or how long, and announces nothing.
const SURVEYED: [&str; 16] =
    ["of", "in", "from", "across", "for", "between", "after", "by", "with", "at", "over", "on", "within", "during", "heard", "interviewed"];

/// A number of points that a text announces.
pub(super) struct Announced<'t> {
    pub(super) number: usize,
    pub(super) noun: &'t str,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The numbers of points that a text announces: a number, three words between at most, and what lists are made of; or, right before
/// the list, a small number of anything that is not measured.
pub(super) fn announced<'l>(line: &'l Line<'_>) -> Vec<Announced<'l>> {
    let plain = line.plain.as_str();
    let words = words(plain);
    let in_letter = matches!(line.part, Part::Letter { .. });
    let is_point = |word: &str| POINTS.contains(&word) || (in_letter && PRINTED.contains(&word));
    let is_last = |word: &Word<'_>| plain[word.end()..].trim() == ":" && word.text.ends_with('s') && !MEASURED.contains(&word.text);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((number, first, last)) = number_at(&words, &mut at) {
        let before = first.checked_sub(1).map(|before| words[before].text.to_lowercase());
        let of_whole = first.checked_sub(2).is_some_and(|whole| WHOLES.contains(&words[whole].text)) && before.as_deref() == Some("of");
        let is_inexact = before.is_some_and(|before| INEXACT.contains(&before.as_str()) && before != "the") || is_of_the(&words, first);
        let is_surveyed = first.checked_sub(1).is_some_and(|before| SURVEYED.contains(&words[before].text.to_lowercase().as_str()));
        // "Built around three themes".
        let is_built = first.checked_sub(2).is_some_and(|verb| words[verb].text.ends_with("ed") && words[verb + 1].text == "around");
        if is_inexact && !of_whole && !is_built {
            continue;
        }
        for noun in words.iter().skip(last + 1).take(4) {
            let gap = &plain[words[last].end()..noun.start];
            if gap.contains([',', ';', '.', ':', '(', ')']) || BREAKS.contains(&noun.text) || self::number(noun.text).is_some() {
                break;
            }
            if is_point(noun.text.to_lowercase().as_str()) || (number <= 10 && !is_surveyed && is_last(noun)) {
                found.push(Announced { number, noun: noun.text, start: words[first].start, end: noun.end() });
                break;
            }
        }
    }
    found
}

/// The next number from a word on: what it is, and its first and last words: "six", "half a dozen", "both".
fn number_at(words: &[Word<'_>], at: &mut usize) -> Option<(usize, usize, usize)> {
    let lower = |at: usize| words.get(at).map(|word| word.text.to_lowercase()).unwrap_or_default();
    while *at < words.len() {
        let first = *at;
        *at += 1;
        let (one, two, three) = (lower(first), lower(first + 1), lower(first + 2));
        let found = match (one.as_str(), two.as_str(), three.as_str()) {
            ("half", "a", "dozen") => Some((6, 3)),
            ("a", "dozen", _) => Some((12, 2)),
            ("two", "dozen", _) => Some((24, 2)),
            ("a", "pair", "of") => Some((2, 3)),
            ("both", _, _) => Some((2, 1)),
            _ => number(&one).map(|number| (number, 1)),
        };
        if let Some((number, length)) = found {
            *at = first + length;
            return Some((number, first, first + length - 1));
        }
    }
    None
}

/// "Three of the five", "from the two groups": what is spoken of as known is not announced.
fn is_of_the(words: &[Word<'_>], at: usize) -> bool {
    let word = |back: usize| at.checked_sub(back).map(|at| words[at].text.to_lowercase());
    let (one, two) = (word(1), word(2));
    let is_joint = |word: Option<&str>| matches!(word, Some("of" | "from" | "in" | "across" | "between" | "for" | "by" | "with" | "among" | "on" | "to"));
    one.as_deref() == Some("of") || (matches!(one.as_deref(), Some("the" | "these" | "its" | "those")) && is_joint(two.as_deref()))
}

pub(super) fn number(word: &str) -> Option<usize> {
    let lower = word.to_lowercase();
    let compound = || {
        let (tens, ones) = lower.split_once('-')?;
        let ten = if tens == "twenty" { 0 } else { TENS.iter().position(|ten| *ten == tens)? + 1 };
        Some((ten + 2) * 10 + number_of(ones).filter(|ones| *ones < 10)?)
    };
    let in_words = number_of(&lower).or_else(compound);
    in_words.or_else(|| lower.parse().ok()).filter(|number| (2..=40).contains(number))
}
