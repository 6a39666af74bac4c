//! Sentences that could be chosen: whole, understood where they stand alone, and about the subject.
//!
//! A sentence that points to one before it ("This rose", "However, they") is none: alone it would mean something else.

use std::sync::LazyLock;

use regex::Regex;

use crate::reading::{Line, bare};
use crate::sections::Kind;

/// A sentence, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate<'a> {
    /// Its line.
    pub(crate) line: Line<'a>,
    /// It, a slice of the line.
    pub(crate) quote: &'a str,
    /// The section it is in.
    pub(crate) kind: Option<Kind>,
    /// Which line under its heading, from 0.
    pub(crate) in_section: usize,
}

/// The candidates among lines, in order.
pub(crate) fn candidates<'a>(lines: &[Line<'a>], kinds: &[Option<Kind>]) -> Vec<Candidate<'a>> {
    let mut found = Vec::new();
    let mut in_section = 0;
    for (&line, &kind) in lines.iter().zip(kinds) {
        if line.role.is_heading() {
            in_section = 0;
            continue;
        }
        if !matches!(kind, Some(Kind::Aside | Kind::Recommendations | Kind::Earlier)) {
            let whole = line.sentences().filter(|quote| stands_alone(quote) && !recommends(quote) && !invites(quote));
            found.extend(whole.map(|quote| Candidate { line, quote, kind, in_section }));
        }
        in_section += 1;
    }
    found
}

/// Fewest and most words of a sentence that is chosen.
const WORDS: std::ops::RangeInclusive<usize> = 6..=70;

/// Whether a sentence is whole and says by itself what it is about.
pub(crate) fn stands_alone(sentence: &str) -> bool {
    let text = bare(sentence);
    let words = text.split(' ').count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let ends = text.trim_end_matches(|c: char| c.is_ascii_digit() || "¹²³⁴⁵⁶⁷⁸⁹⁰*†‡[])”’\"'".contains(c)).ends_with(['.', '!', '…']);
    let begins = text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || matches!(c, '“' | '‘' | '"' | '\'' | '£' | '€' | '$'));
    let is_balanced = text.matches('(').count() == text.matches(')').count() && text.matches('“').count() == text.matches('”').count();
    WORDS.contains(&words) && letters * 2 > text.chars().count() && ends && begins && is_balanced && !points_back(text)
}

/// Whether a sentence begins by pointing to what was said before it.
pub(crate) fn points_back(text: &str) -> bool {
    let start: String = text.trim_start_matches(|c: char| !c.is_alphanumeric()).chars().take(40).collect::<String>().to_lowercase();
    let is = |words: &str| start.strip_prefix(words).is_some_and(|rest| words.ends_with(' ') || !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-'));
    let points = include_str!("pointers.txt").lines().filter(|words| !words.starts_with('#')).any(is);
    points && !ITSELF.is_match(&start)
}

/// Whether words ask the reader to do something with the page.
fn invites(text: &str) -> bool {
    const INVITES: &[&str] =
        &["please", "click ", "download ", "see ", "visit ", "find out", "read ", "contact ", "to find out", "you can find", "you can read", "for more"];
    let lower = text.get(..20.min(text.len())).unwrap_or_default().to_lowercase();
    INVITES.iter().any(|words| lower.starts_with(words))
}

/// What a report says of itself points to nothing but the report.
#[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
static ITSELF: LazyLock<Regex> = LazyLock::new(|| {
    let work = "report|survey|study|review|paper|article|bulletin|statistical|research|publication|release|evaluation|briefing|analysis|year|response|volume|guide|guidance|document|story|consultation|strategy|framework|toolkit|project|index|dataset|inquiry|programme|trial";
    Regex::new(&format!(r"^(?:(?:in )?this (?:{work})|both (?:men|women|boys|girls)|it (?:is|was) estimated that)\b")).unwrap()
});

/// Whether words ask somebody to do something.
pub(crate) fn recommends(text: &str) -> bool {
    let lower = text.to_lowercase();
    let has = |word: &str| lower.split(|c: char| !c.is_alphanumeric()).any(|found| found == word);
    ["should", "must", "shall", "recommend", "recommends", "recommended", "urge", "urges"].into_iter().any(has)
        || ["call on ", "calls on ", "calling on "].into_iter().any(|words| lower.contains(words))
}
