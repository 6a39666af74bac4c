//! The words of links: which name what is behind them, and which only say that there is something.

/// The most of a title, in characters.
const MAX_TITLE_CHARS: usize = 300;
/// Words of which a name says nothing when it has no other.
const EMPTY_WORDS: [&str; 99] = [
    "a",
    "about",
    "access",
    "all",
    "also",
    "an",
    "and",
    "article",
    "at",
    "available",
    "been",
    "blog",
    "briefing",
    "briefings",
    "can",
    "click",
    "complete",
    "continue",
    "copy",
    "data",
    "details",
    "discover",
    "document",
    "download",
    "downloads",
    "entire",
    "executive",
    "explore",
    "find",
    "findings",
    "for",
    "free",
    "from",
    "full",
    "further",
    "get",
    "go",
    "guidance",
    "has",
    "here",
    "html",
    "in",
    "info",
    "information",
    "is",
    "it",
    "key",
    "latest",
    "learn",
    "link",
    "listen",
    "long",
    "main",
    "more",
    "new",
    "news",
    "now",
    "of",
    "on",
    "online",
    "open",
    "or",
    "our",
    "out",
    "page",
    "paper",
    "pdf",
    "please",
    "post",
    "press",
    "publication",
    "publications",
    "published",
    "read",
    "reading",
    "release",
    "releases",
    "report",
    "reports",
    "research",
    "resource",
    "resources",
    "see",
    "short",
    "site",
    "story",
    "summary",
    "tables",
    "the",
    "there",
    "this",
    "to",
    "tool",
    "via",
    "view",
    "visit",
    "watch",
    "web",
    "website",
];
/// The most words of a name that says nothing.
const MAX_EMPTY_WORDS: usize = 8;

/// In lower case, with single spaces, without arrows and punctuation at the ends.
pub(super) fn folded(text: &str) -> String {
    let text = text.to_lowercase().replace('\u{2019}', "'");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// Whether a name says no more than that something is there: `Read the full report (PDF)`, `here`, or an address.
pub(super) fn is_generic(name: &str) -> bool {
    let name = folded(name);
    let is_address = !name.contains(' ') && (name.contains("://") || name.starts_with("www.") || name.contains('/') && name.contains('.'));
    let words = || name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_size = |word: &str| matches!(word.trim_start_matches(|c: char| c.is_ascii_digit()), "" | "kb" | "mb" | "p" | "pp" | "pages" | "min" | "mins" | "s");
    let is_empty = |word: &str| EMPTY_WORDS.contains(&word) || is_size(word);
    is_address || words().count() <= MAX_EMPTY_WORDS && words().all(is_empty)
}

/// A title without the marks around it: `[PDF] Falls at night →` is `Falls at night`.
pub(super) fn title(text: &str) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let starts_with = |text: &str, mark: &str| text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    while let Some(mark) = ["fwd:", "fw:", "re:", "[pdf]", "[html]", "[book]", "(pdf)"].iter().find(|mark| starts_with(&text, mark)) {
        text = text[mark.len()..].trim_start().to_owned();
    }
    if let Some((before, inner)) = text.rsplit_once(['(', '[']).filter(|(before, inner)| !before.is_empty() && inner.ends_with([')', ']'])) {
        let is_mark = is_generic(inner) && inner.to_lowercase().contains(|c: char| c.is_alphabetic()) || inner.to_lowercase().contains("opens in");
        if is_mark {
            text = before.to_owned();
        }
    }
    let text = text.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{bb}' | '\u{203a}' | '\u{2192}' | '\u{2794}' | '>' | '<' | '|' | '\u{2022}' | '*' | ':' | '-' | '\u{2013}')
    });
    shortened(text, MAX_TITLE_CHARS)
}

/// The beginning of a text, to the last whole word.
pub(super) fn shortened(text: &str, most_chars: usize) -> String {
    match text.char_indices().nth(most_chars) {
        None => text.to_owned(),
        Some((end, _)) => {
            let start = &text[..end];
            let start = start.rsplit_once(' ').map_or(start, |(start, _)| start);
            format!("{}\u{2026}", start.trim_end_matches([',', ';', ':', ' ']))
        }
    }
}

/// The first sentence of a text.
pub(super) fn first_sentence(text: &str) -> &str {
    let ends = text.match_indices(['.', '!', '?']).map(|(at, _)| at + 1);
    let end = ends.into_iter().find(|end| *end > 20 && text[*end..].starts_with(' ')).unwrap_or(text.len());
    text[..end].trim_end_matches('.')
}

/// What stands behind the last sentence that has ended.
pub(super) fn last_sentence(text: &str) -> &str {
    let text = text.trim();
    text.rmatch_indices(['.', '!', '?']).map(|(at, _)| at + 1).find(|end| text[*end..].starts_with(' ')).map_or(text, |end| text[end..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_says_nothing_is_told_from_a_title() {
        for name in [
            "Read more",
            "Read the full report (PDF, 2.1MB) »",
            "here",
            "",
            "→",
            "https://quay.example/a",
            "www.quay.example",
            "Download",
            "View the data tables",
        ] {
            assert!(is_generic(name), "{name}");
        }
        for name in ["Falls at night", "Guidance for care homes", "Reading for pleasure", "State of care 2026"] {
            assert!(!is_generic(name), "{name}");
        }
    }

    #[test]
    fn marks_come_off_a_title() {
        assert_eq!(title("[PDF] Falls at night →"), "Falls at night");
        assert_eq!(title("Fwd: FW: Falls at night (PDF, 2MB)"), "Falls at night");
        assert_eq!(title("Falls at night (2nd edition)"), "Falls at night (2nd edition)");
        assert_eq!(title("Falls (opens in a new window)"), "Falls");
    }
}
