//! Texts without what is no difference to a reader: how quotes and dashes are drawn, how spaces are set, how often a page was seen.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization as _;

/// A text for comparing: one form for each character, quote and dash, single spaces, nothing invisible, no mark at the ends.
pub(crate) fn plain(text: &str) -> String {
    let folded = text.nfkc().filter_map(|letter| match letter {
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2032}' | '`' | '\u{b4}' => Some('\''),
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => Some('"'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => None,
        letter => Some(letter),
    });
    let folded: String = folded.collect();
    let spaced = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    without_ends(&spaced).to_owned()
}

/// A word or line without the marks at its ends.
pub(crate) fn without_ends(text: &str) -> &str {
    text.trim_matches(|letter: char| letter.is_whitespace() || ".,;:!|*\u{2022}\u{b7}".contains(letter))
}

#[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
static COUNTER: LazyLock<Regex> = LazyLock::new(|| {
    let counted = "(?:page ?)?(?:views?|reads?|hits?|visits?|visitors?|downloads?|shares?|likes?|comments?|replies|tweets|followers|citations?)";
    let number = r"[\d.,]+ ?[km]?\+?";
    let ago = r"(?:\w+ )?\d+ (?:second|minute|hour|day|week|month|year)s? ago";
    // The clock of a page, with the day of the week.
    let today = r"(?:today is )?(?:mon|tues|wednes|thurs|fri|satur|sun)day,? [\w ,]{3,20}\d{4}";
    Regex::new(&format!(r"(?i)^(?:{number} {counted}(?: so far)?|(?:number of |total )?{counted} ?:? ?\(?{number}\)?|{ago}|{today})$")).unwrap()
});

/// Whether a line only counts something, or tells the time, and so differs from one visit to the next: "1,204 views", "3 days ago".
pub(crate) fn is_counter(plain: &str) -> bool {
    let mut parts = plain.split(['/', '|', '\u{b7}', '\u{2022}']).map(without_ends).filter(|part| !part.is_empty()).peekable();
    parts.peek().is_some() && parts.all(|part| COUNTER.is_match(part))
}
