//! What a line of an alert is: a label, authors, a title, a greeting.

use crate::mailbox::furniture::is_furniture_text;
use crate::mailbox::words::{folded, is_generic};

/// The longest line that can be a title, in characters.
pub(super) const MAX_TITLE_CHARS: usize = 200;

/// What alerts of GOV.UK write before their parts.
#[derive(Clone, Copy)]
pub(super) enum Label {
    Summary,
    ChangeNote,
    Other,
}

impl Label {
    /// The label at the start of a text, and what follows it.
    pub(super) fn of(text: &str) -> Option<(Self, &str)> {
        const LABELS: [(&str, Label); 6] = [
            ("page summary:", Label::Summary),
            ("summary:", Label::Summary),
            ("description:", Label::Summary),
            ("change made:", Label::ChangeNote),
            ("what has changed:", Label::ChangeNote),
            ("time updated:", Label::Other),
        ];
        LABELS.iter().find_map(|(name, label)| {
            let start = text.get(..name.len()).filter(|start| start.eq_ignore_ascii_case(name))?;
            Some((*label, text[start.len()..].trim()))
        })
    }
}

/// The authors in a line such as `A Lorne, BC Mill - Journal of Falls, 2026 - quay.example`.
pub(super) fn byline(text: &str) -> Option<Vec<String>> {
    let (names, place) = text.split_once(" - ")?;
    let has_year = place.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20")));
    let names: Vec<&str> = names.split(',').map(|name| name.trim().trim_end_matches('\u{2026}').trim()).filter(|name| !name.is_empty()).collect();
    let is_name = |name: &&str| {
        let mut parts = name.split(' ');
        let initials = parts.next().unwrap_or_default();
        (1..=4).contains(&initials.chars().count()) && initials.chars().all(char::is_uppercase) && parts.next().is_some()
    };
    (has_year && !names.is_empty() && names.iter().all(is_name)).then(|| names.into_iter().map(str::to_owned).collect())
}

/// Whether a line without a link reads as a title: short, with a capital, and no sentence.
pub(super) fn is_like_a_title(text: &str) -> bool {
    let starts = text.chars().next().is_some_and(|c| c.is_uppercase() || c.is_numeric() || matches!(c, '\u{2018}' | '\u{201c}' | '"'));
    let count = text.chars().count();
    starts
        && (8..=MAX_TITLE_CHARS).contains(&count)
        && !text.ends_with(['.', ',', ';', ':'])
        && word_count(text) >= 2
        && !is_generic(text)
        && !is_furniture_text(text)
        && !is_greeting(text)
}

pub(super) fn is_greeting(text: &str) -> bool {
    const GREETINGS: [&str; 12] = [
        "dear",
        "hi",
        "hello",
        "good morning",
        "good afternoon",
        "kind regards",
        "best wishes",
        "best regards",
        "many thanks",
        "thanks",
        "yours",
        "welcome to",
    ];
    let text = folded(text);
    GREETINGS.iter().any(|greeting| text.strip_prefix(greeting).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ','])))
}

pub(super) fn word_count(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
}
