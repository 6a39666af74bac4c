//! What a line is, told from what stays true when the markup does not: months, closings of letters, contact lines, how
//! sentences begin and end. Headings of entries are the business of [`super::publishers`].
//!
//! Pure functions of one line; what stands around it is the business of [`super::entries`].

use std::sync::LazyLock;

use pulse_model::Month;
use pulse_model::edition::{ContactKind, NewsKind};
use pulse_model::name::fold;
use regex::Regex;

use super::publishers::looks_like_name;
use crate::number_words::number_of;

/// Compiles a pattern of this file.
fn pattern(pattern: &'static str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant and compiles")
}

/// A line that names a month and nothing else, apart from the digest's name.
pub(super) fn month_title(line: &str, masthead: impl Fn(&str) -> bool) -> Option<Month> {
    let folded = fold(line);
    let words: Vec<&str> = folded.split(' ').collect();
    let [rest @ .., name, year] = words.as_slice() else { return None };
    let month = Month::from_words(name, year)?;
    const WORDS: &[&str] = &["edition", "issue", "no", "number", "vol", "volume", "monthly", "digest", "bulletin", "newsletter"];
    let is_number = |word: &str| word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    (rest.iter().all(|word| WORDS.contains(word) || is_number(word)) || masthead(&rest.join(" "))).then_some(month)
}

/// The month in a file's name: `…2023-05…`, `…may-2023…`.
pub(super) fn month_in_file_name(name: &str) -> Option<Month> {
    static NUMBERS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|\D)((?:19|20)\d\d)[-_. ]?(0[1-9]|1[0-2])(?:\D|$)"));
    if let Some(found) = NUMBERS.captures(name) {
        return format!("{}-{}", &found[1], &found[2]).parse().ok();
    }
    let folded = fold(name);
    let words: Vec<&str> = folded.split(' ').collect();
    words.windows(2).find_map(|pair| Month::from_words(pair[0], pair[1]).or_else(|| Month::from_words(pair[1], pair[0])))
}

/// "Best wishes," and its like: a line of nothing but the words that letters end with.
pub(super) fn is_closing(line: &str) -> bool {
    const WHOLE: &[&str] = &["best", "all the best", "until next time", "until next month", "take care"];
    const CORE: &[&str] = &["wishes", "regards", "yours", "sincerely", "faithfully", "truly", "thanks", "cheers", "warmly"];
    const BESIDE: &[&str] = &[
        "best", "good", "kind", "kindest", "warm", "warmest", "many", "very", "with", "our", "my", "and", "all", "the", "again", "for", "reading", "your",
        "support",
    ];
    let folded = fold(line);
    let words: Vec<&str> = folded.split(' ').collect();
    let has_core = words.len() <= 7 && words.iter().any(|word| CORE.contains(word));
    WHOLE.contains(&folded.as_str()) || (has_core && words.iter().all(|word| CORE.contains(word) || BESIDE.contains(word)))
}

/// "Best wishes, Dr Ada Quay": the closing, and the name behind it.
pub(super) fn closing_with_name(line: &str) -> Option<(&str, &str)> {
    let (closing, name) = line.split_once(", ")?;
    let is_signed = line.len() <= 100 && is_closing(closing) && looks_like_name(name) && name.split_whitespace().count() <= 6;
    is_signed.then(|| (&line[..=closing.len()], name.trim()))
}

/// "Dear colleague,": what a letter opens with.
pub(super) fn is_salutation(line: &str) -> bool {
    static OPENINGS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^(?:dear|hello|hi)\b(?:\s\S+){0,5},$"));
    OPENINGS.is_match(line.trim())
}

/// A line of the organisation's addresses: "Telephone: …", a postcode, an account.
pub(super) fn contact_kind(line: &str) -> Option<ContactKind> {
    static POSTCODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"));
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:(tel|telephone|phone|t|mobile|call us)|(e|e-?mail)|(w|web|website|site)|(address|registered office|post)|(twitter|x|linkedin|bluesky|mastodon|facebook|follow us))\s*[:.]\s",
        )
    });
    if line.split_whitespace().count() > 30 {
        return None;
    }
    if let Some(kind) = address_kind(line.trim()) {
        return Some(kind);
    }
    if let Some(found) = LABEL.captures(line) {
        let kinds = [ContactKind::Telephone, ContactKind::Email, ContactKind::Website, ContactKind::Address, ContactKind::Other];
        return kinds.into_iter().enumerate().find(|(at, _)| found.get(at + 1).is_some()).map(|(_, kind)| kind);
    }
    let has_postcode = POSTCODE.is_match(line) && line.contains(',');
    has_postcode.then_some(ContactKind::Address)
}

/// The kind of an address that stands alone on its line.
fn address_kind(line: &str) -> Option<ContactKind> {
    let is_one_word = !line.is_empty() && !line.contains(char::is_whitespace);
    match line {
        _ if !is_one_word => None,
        _ if line.starts_with('@') => Some(ContactKind::Other),
        _ if line.contains('@') => Some(ContactKind::Email),
        _ if line.starts_with("www.") || line.starts_with("http://") || line.starts_with("https://") => Some(ContactKind::Website),
        _ => None,
    }
}

/// A heading over the team's own news: "News", "Our news", "Harbour Trust News".
pub(super) fn is_news_heading(line: &str, own: &str) -> bool {
    let folded = fold(line);
    let words = folded.split(' ').count();
    folded == fold(own)
        || (words <= 6 && (folded.ends_with(" news") || folded == "news" || folded.starts_with("news from ") || folded.starts_with("latest from ")))
}

/// The kind of a news item, from its title and, where that says nothing, its opening.
pub(super) fn news_kind(title: &str, opening: &str) -> NewsKind {
    static RULES: LazyLock<Vec<(NewsKind, Regex)>> = LazyLock::new(|| {
        let rule = |kind, words: &'static str| (kind, pattern(words));
        [
            rule(NewsKind::Vacancy, r"\b(vacanc\w*|hiring|recruit\w*|jobs?|careers?|wanted|join (us|our|the)|work (with|for) us|apply)\b"),
            rule(NewsKind::Webinar, r"\b(webinars?|seminars?|conference|workshops?|events?|podcast|recordings?)\b"),
            rule(
                NewsKind::Profile,
                r"(^welcom\w*|\b(to|we|warmly) welcom\w*|\bwelcom\w+ (our|back|a|an|the|new|dr|prof\w*)\b)|\b(welcoming|meet|introducing|joins|joined|new (team )?(members?|colleagues?|starters?)|profile|appoint\w*|promot\w*|congratulations|farewell)\b",
            ),
            rule(
                NewsKind::Publication,
                r"\b(publish\w*|publications?|(new|our) (report|guide|paper|briefing|toolkit)s?|articles?|blogs?|journal|resources?)\b",
            ),
            rule(NewsKind::Evaluation, r"\b(evaluat\w*|assess\w*|review of|study|studies|research|project|commissioned|programme)\b"),
        ]
        .into()
    });
    let find = |words: &str| RULES.iter().find(|(_, rule)| rule.is_match(words)).map(|(kind, _)| *kind);
    // The opening says everything about everything; only its first words are asked.
    let opening: String = fold(opening).chars().take(160).collect();
    find(&fold(title)).or_else(|| find(&opening)).unwrap_or(NewsKind::Notice)
}

/// Whether a title itself tells a kind of news.
pub(super) fn tells_news_kind(title: &str) -> bool {
    news_kind(title, "") != NewsKind::Notice
}

/// A sentence that asks readers to get in touch.
pub(super) fn is_call_for_contact(plain: &str) -> bool {
    static CUES: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"\b(contact|get in touch|e ?mail|call|phone|telephone|write to|talk to|speak to|reach|hear from you)\b"));
    let folded = fold(plain);
    let cue = CUES.is_match(&folded);
    let reachable =
        plain.contains('@') || plain.chars().filter(char::is_ascii_digit).count() >= 9 || folded.contains("contact us") || folded.contains("get in touch");
    cue && reachable
}

/// A line that was a button or a bare link: "Read more", "Download the report", "View this email in your browser".
pub(super) fn is_button(plain: &str) -> bool {
    static BUTTONS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"^(?:(?:read|find out|learn|see) more(?: here| online)?",
            r"|click here(?: to .*| for .*)?",
            r"|(?:read|download|view|access|see|open) (?:the |this |our )?(?:full |whole |executive )?(?:report|review|guidance|guide|briefing|paper|publication|document|pdf|toolkit|resource|summary|framework|statistics|article)(?: pdf)?(?: here| online)?",
            r"|(?:view|open|read) (?:this |the )?(?:e ?mail |edition |it )?(?:in|on) (?:your|a|the) (?:web )?browser",
            r"|forward (?:this |it )?(?:e ?mail )?to a (?:friend|colleague)",
            r"|unsubscribe(?: (?:here|from this list))?(?: update .*)?|(?:update|manage|change) (?:your |my )?(?:subscription |e ?mail )?preferences)$",
        ))
    });
    let is_address = || !plain.contains(char::is_whitespace) && (plain.starts_with("http://") || plain.starts_with("https://"));
    is_address() || (plain.len() <= 100 && BUTTONS.is_match(&fold(plain)))
}

/// "… for commissioners. Read more": a paragraph whose last words were a button.
fn ends_in_button(plain: &str) -> bool {
    // Only the end is looked at: a paragraph may grow by a hundred thousand lines.
    const LONGEST: usize = 60;
    let stop = plain.char_indices().rev().take(LONGEST).find(|(_, c)| matches!(c, '.' | '?' | '!')).map(|(at, _)| at + 1);
    stop.is_some_and(|stop| stop < plain.len() && is_button(plain[stop..].trim()))
}

/// A sentence about the digest itself: where it comes from, how to leave, when it pauses.
pub(super) fn is_notice(plain: &str) -> bool {
    static CUES: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\b(unsubscribe|safe senders?|will be sent from|e ?mail address|prefer not to receive|would rather not|no longer wish|mailing list|privacy|(?:take|taking|have|having) a break|(?:summer|winter|christmas|easter) break|next edition|not be an? edition|you receive|receiving this|this e ?mail was sent|(?:update|manage) your (?:e ?mail |subscription )?preferences|registered in (?:england|scotland|wales|northern ireland)|all rights reserved|mailing address)\b",
        )
    });
    let folded = fold(plain);
    CUES.is_match(&folded) && !folded.starts_with("welcome")
}

/// Whether a text ends like a sentence, a lead-in, or a point of a list.
pub(super) fn ends_complete(plain: &str) -> bool {
    let bare = plain.trim_end_matches(|c: char| matches!(c, '"' | '\'' | '\u{2019}' | '\u{201d}' | ')' | ']' | '*' | '_' | '\u{bb}') || c.is_whitespace());
    let last = bare.rsplit(char::is_whitespace).next().unwrap_or("");
    let is_address = last.contains('@') || last.starts_with("http") || last.starts_with("www.");
    bare.is_empty() || is_address || ends_in_button(bare) || bare.ends_with(['.', '!', '?', ':', ';', '\u{2026}'])
}

/// Whether a text breaks off where no sentence can end.
pub(super) fn ends_dangling(plain: &str) -> bool {
    const WORDS: &[&str] = &[
        "the",
        "a",
        "an",
        "of",
        "and",
        "or",
        "to",
        "in",
        "for",
        "with",
        "on",
        "by",
        "from",
        "as",
        "at",
        "that",
        "which",
        "who",
        "their",
        "its",
        "his",
        "her",
        "our",
        "these",
        "those",
        "this",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "not",
        "but",
        "than",
        "including",
        "between",
        "into",
        "through",
        "such",
        "more",
        "most",
        "has",
        "have",
        "had",
        "will",
        "can",
        "could",
        "should",
        "would",
        "may",
        "might",
        "when",
        "where",
        "while",
        "if",
        "because",
        "about",
        "both",
        "also",
        "per",
    ];
    let plain = plain.trim_end();
    let last = plain.rsplit(char::is_whitespace).next().unwrap_or("");
    if ends_in_button(plain) {
        return false;
    }
    plain.ends_with([',', '(', '\u{2013}', '\u{2014}', '-', '/']) || WORDS.contains(&last)
}

/// Whether a sentence goes back to telling after a list: "The report also …", "Overall, …".
pub(super) fn resumes_telling(plain: &str) -> bool {
    static STARTS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:(?:the|this|these|both) (?:\w+ )?(?:report|review|paper|research|study|guide|guidance|document|briefing|toolkit|resource|authors?|commission|framework|survey|analysis|dashboard|publication|findings|evaluation|programme|former|latter|recommendations|actions|inquiry|page|website|data|results)s?|it (?:also|is|was|sets|includes|calls|has)|(?:these|they|those) (?:were|are|have)|in addition|overall|finally|however|given|as a result|alongside)\b",
        )
    });
    STARTS.is_match(&fold(plain))
}

/// Whether the first letter is a small one.
pub(super) fn starts_small(plain: &str) -> bool {
    plain.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_lowercase)
}

/// Page numbers: "12", "Page 3 of 9", "- 4 -".
pub(super) fn is_page_number(plain: &str) -> bool {
    static PAGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^[-\u{2013}\s|]*(?:page\s*)?\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?[-\u{2013}\s|]*(?:page)?$"));
    PAGE.is_match(plain.trim())
}

/// How many points a lead-in announces: "the following six principles:" announces 6.
pub(super) fn announced(lead_in: &str) -> Option<usize> {
    // The last sentence announces; what is counted before it is something else.
    let last = lead_in.rsplit(". ").next().unwrap_or(lead_in);
    let folded = fold(last);
    let mut counts = folded.split(' ').filter_map(|word| number_of(word).or_else(|| word.parse().ok()).filter(|count| (2..=20).contains(count)));
    let count = counts.next()?;
    counts.next().is_none().then_some(count)
}
