//! Titles and publishers in the forms in which they are compared.

use pulse_model::name::fold;
use pulse_model::publisher::split_abbreviation;

use crate::series::{Serial, serial_of_words};

/// A title for comparing.
#[derive(Clone, Debug)]
pub(crate) struct Title {
    /// All its words, folded, without articles and without the publisher's name at either end.
    pub(crate) full: String,
    /// What stands before the subtitle, likewise; none where there is no subtitle, little before it, or one that makes another work of it.
    pub(crate) main: Option<String>,
    /// Its place in a series.
    pub(crate) serial: Serial,
    /// How many words it has that tell it from others.
    pub(crate) telling: usize,
}

/// Words that many titles have; they tell nothing apart. In alphabetical order.
const COMMON: [&str; 76] = [
    "a",
    "accounts",
    "an",
    "analysis",
    "and",
    "annual",
    "are",
    "at",
    "blog",
    "briefing",
    "bulletin",
    "business",
    "by",
    "consultation",
    "corporate",
    "daily",
    "data",
    "draft",
    "evaluation",
    "evidence",
    "executive",
    "findings",
    "for",
    "framework",
    "from",
    "government",
    "guidance",
    "guide",
    "how",
    "in",
    "introduction",
    "is",
    "its",
    "key",
    "meeting",
    "minutes",
    "monthly",
    "new",
    "news",
    "newsletter",
    "notice",
    "of",
    "on",
    "or",
    "our",
    "paper",
    "performance",
    "plan",
    "policy",
    "press",
    "publication",
    "quarterly",
    "release",
    "report",
    "reports",
    "research",
    "response",
    "results",
    "review",
    "statement",
    "statistical",
    "statistics",
    "strategy",
    "summary",
    "survey",
    "tables",
    "the",
    "to",
    "toolkit",
    "update",
    "updates",
    "weekly",
    "what",
    "why",
    "with",
    "your",
];
/// Words of a subtitle that make another work of it: an annex, a protocol, a response.
const PARTS: [&str; 24] = [
    "annex",
    "annexe",
    "annexes",
    "appendix",
    "appendices",
    "tables",
    "methods",
    "methodology",
    "protocol",
    "economic",
    "impact",
    "equality",
    "technical",
    "supplement",
    "supplementary",
    "response",
    "responds",
    "commentary",
    "minister",
    "webinar",
    "launch",
    "slides",
    "background",
    "costs",
];
/// What stands before a title and is not part of it.
const DRESS: [&str; 8] = ["press release", "news story", "news release", "press notice", "media release", "new report", "pdf", "new"];

impl Title {
    pub(crate) fn of(title: &str, publishers: &[String]) -> Self {
        let publishers = publisher_keys(publishers);
        let mut parts: Vec<String> = parts(title).iter().map(|part| without_articles(&fold(part))).filter(|part| !part.is_empty()).collect();
        let is_dress = |part: &String| DRESS.contains(&part.as_str()) || publishers.contains(part);
        if parts.len() > 1 && parts.last().is_some_and(|part| publishers.contains(part)) {
            parts.pop();
        }
        while parts.len() > 1 && parts.first().is_some_and(is_dress) {
            parts.remove(0);
        }
        let full = parts.join(" ");
        let words: Vec<&str> = full.split(' ').filter(|word| !word.is_empty()).collect();
        let serial = serial_of_words(&words);
        let is_part = parts.iter().skip(1).any(|part| part.split(' ').any(|word| PARTS.contains(&word)));
        let main = parts.first().filter(|main| parts.len() > 1 && !is_part && telling_words(main).count() >= 2).cloned();
        Self { main, telling: telling_words(&serial.name).count(), serial, full }
    }

    /// Whether the title is a name of its own, which a publisher would not give to two works of one time.
    pub(crate) fn is_distinctive(&self) -> bool {
        self.telling >= 4
    }

    /// Whether it is so long that it is one work's, whoever is said to have published it.
    pub(crate) fn is_one_works(&self) -> bool {
        self.telling >= 6
    }
}

/// The words that tell a folded title from others.
pub(crate) fn telling_words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(' ').filter(|word| COMMON.binary_search(word).is_err() && !word.is_empty() && !word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Title and subtitle, where a mark says so: a colon, a dash between spaces, a bar.
fn parts(title: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut from = 0;
    for (at, mark) in title.match_indices([':', '|', '-', '\u{2013}', '\u{2014}', '?']) {
        let (before, after) = (title.get(..at).unwrap_or_default(), title.get(at + mark.len()..).unwrap_or_default());
        let ends = |text: &str| text.ends_with(char::is_whitespace);
        let begins = |text: &str| text.starts_with(char::is_whitespace);
        let parts_here = match mark {
            "|" => true,
            ":" | "?" => begins(after),
            _ => ends(before) && begins(after),
        };
        if parts_here {
            parts.push(title.get(from..at).unwrap_or_default());
            from = at + mark.len();
        }
    }
    parts.push(title.get(from..).unwrap_or_default());
    parts
}

fn without_articles(folded: &str) -> String {
    let words: Vec<&str> = folded.split(' ').filter(|word| !matches!(*word, "the" | "a" | "an")).collect();
    if words.is_empty() { folded.to_owned() } else { words.join(" ") }
}

/// Publishers by folded name, sorted, without abbreviations in brackets.
pub(crate) fn publisher_keys(publishers: &[String]) -> Vec<String> {
    let mut keys: Vec<String> = publishers.iter().map(|name| without_articles(&fold(split_abbreviation(name).0))).filter(|key| !key.is_empty()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

#[cfg(test)]
mod tests {
    #[test]
    fn common_words_are_in_order() {
        assert!(super::COMMON.is_sorted());
    }
}
