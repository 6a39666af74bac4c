//! "%" or "per cent".

use std::sync::LazyLock;

use regex::Regex;

use super::copy::Copy;
use super::house::{Habit, House};
use super::query::Query;
use super::rule::Rule;

#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static PER_CENT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(\d[\d,]*(?:\.\d+)?)([ \u{a0}]?%|[ \u{a0}-]?(?i:per[ \u{a0}-]?cents?|pct)\b)").unwrap());

/// "Nine per cent".
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static IN_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-\w+)?)(?: per[ -]?cent\b| ?%)").unwrap()
});

/// " per cent", in two words with a space before.
fn is_british(written: &str) -> bool {
    matches!(written.replace('\u{a0}', " ").trim_end_matches('s'), " per cent" | " Per cent" | " Per Cent")
}

pub(super) fn habit(plain: &str, sign: &mut Habit) {
    for found in PER_CENT.find_iter(plain) {
        sign.count(found.as_str().ends_with('%'));
    }
}

pub(super) fn ask(copy: &Copy<'_>, house: &House) -> Vec<Query> {
    let (signs, words) = (house.sign.is_this(3), house.sign.is_that(3));
    let mut queries = Vec::new();
    for line in copy.prose() {
        for found in PER_CENT.captures_iter(&line.plain) {
            let (Some(whole), Some(number), Some(unit)) = (found.get(0), found.get(1), found.get(2)) else { continue };
            if line.is_foreign(&whole.range()) {
                continue;
            }
            let (written, number) = (unit.as_str(), number.as_str());
            let (is_sign, is_apart) = (written.ends_with('%'), written.starts_with([' ', '\u{a0}']));
            let (new, message) = if is_sign && words {
                (format!("{number} per cent"), "The digest writes \u{201c}per cent\u{201d}.")
            } else if !is_sign && signs {
                (format!("{number}%"), "The digest writes \u{201c}%\u{201d}.")
            } else if is_sign && is_apart {
                (format!("{number}%"), "No space belongs before \u{201c}%\u{201d}.")
            } else if !is_sign && !is_british(written) {
                (format!("{number} per cent"), "In British English \u{201c}per cent\u{201d} is two words.")
            } else {
                continue;
            };
            queries.push(line.fixable(Rule::PER_CENT, whole.range(), new, message));
        }
        for found in IN_WORDS.find_iter(&line.plain).filter(|found| !line.is_foreign(&found.range())) {
            let (written, range) = (found.as_str(), found.range());
            if signs {
                queries.push(line.query(Rule::PER_CENT, range, "The digest writes percentages in digits, with \u{201c}%\u{201d}."));
            } else if written.ends_with('%') {
                queries.push(line.query(Rule::PER_CENT, range, "\u{201c}%\u{201d} goes with digits, \u{201c}per cent\u{201d} with words."));
            } else if let Some(at) = [" percent", " per-cent"].iter().find_map(|unit| written.to_lowercase().find(unit)) {
                let new = format!("{} per cent", &written[..at]);
                queries.push(line.fixable(Rule::PER_CENT, range, new, "In British English \u{201c}per cent\u{201d} is two words."));
            }
        }
    }
    queries
}
