//! The edition as the desk reads it: one [`Line`] for each text, with what is no prose in it marked once for all rules.

use std::ops::Range;
use std::sync::LazyLock;

use pulse_model::{Blocks, Edition, Entry, Text};
use regex::Regex;

use super::fixing::{Change, keeps_links};
use super::known::Known;
use super::query::{Fix, Part, Place, Query, Section, Within};
use super::rule::Rule;

/// An edition, taken apart.
pub(super) struct Copy<'a> {
    pub(super) edition: &'a Edition,
    pub(super) known: &'a Known<'a>,
    /// Every text, in the order printed.
    pub(super) lines: Vec<Line<'a>>,
    /// Every entry with its place.
    pub(super) entries: Vec<Item<'a>>,
}

/// An entry and what stands around it.
pub(super) struct Item<'a> {
    pub(super) entry: &'a Entry,
    pub(super) part: Part,
    pub(super) sector: &'a str,
    pub(super) category: &'a str,
}

/// One text.
pub(super) struct Line<'a> {
    pub(super) part: Part,
    pub(super) within: Within,
    pub(super) plain: String,
    /// Its runs; none for a title or a publisher.
    pub(super) text: Option<&'a Text>,
    /// 0 for a paragraph, 1 for a point, 2 for a point below one.
    pub(super) depth: usize,
    /// Addresses and code: no prose.
    literal: Vec<Range<usize>>,
    code: Vec<Range<usize>>,
    /// Between quotation marks: somebody else's words.
    quoted: Vec<Range<usize>>,
}

/// Letters or digits, joined by apostrophes and hyphens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'t> {
    pub(super) text: &'t str,
    pub(super) start: usize,
}

impl Word<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

impl<'a> Copy<'a> {
    pub(super) fn new(edition: &'a Edition, known: &'a Known<'a>) -> Self {
        let mut entries = Vec::new();
        for sector in &edition.sectors {
            for category in &sector.categories {
                for entry in &category.entries {
                    let part = Part::Entry { number: entries.len() + 1, slug: entry.slug.clone() };
                    entries.push(Item { entry, part, sector: &sector.name, category: &category.name });
                }
            }
        }
        let mut lines = Vec::new();
        let letter = &edition.letter;
        let sections = [
            (Section::Welcome, &letter.welcome),
            (Section::Highlights, &letter.highlights),
            (Section::CallForContact, &letter.call_for_contact),
            (Section::Notices, &letter.notices),
        ];
        for (section, blocks) in sections {
            add_blocks(&mut lines, &Part::Letter { section }, blocks);
        }
        for (number, item) in (1..).zip(&edition.news) {
            let part = Part::News { number };
            lines.push(Line::heading(&part, Within::Title, &item.title));
            add_blocks(&mut lines, &part, &item.body);
        }
        for item in &entries {
            for (number, name) in (1..).zip(&item.entry.publishers) {
                lines.push(Line::heading(&item.part, Within::Publisher(number), name));
            }
            lines.push(Line::heading(&item.part, Within::Title, &item.entry.title));
            add_blocks(&mut lines, &item.part, &item.entry.summary);
        }
        Self { edition, known, lines, entries }
    }

    /// Every paragraph and point: what the team wrote, without names and titles that others gave.
    pub(super) fn prose(&self) -> impl Iterator<Item = &Line<'a>> {
        self.lines.iter().filter(|line| matches!(line.within, Within::Text(_)))
    }

    /// The paragraphs and points of a part.
    pub(super) fn texts_of(&self, part: &Part) -> impl Iterator<Item = &Line<'a>> {
        self.prose().filter(move |line| line.part == *part)
    }

    /// The title of a part, where it has one.
    pub(super) fn title_of(&self, part: &Part) -> Option<&Line<'a>> {
        self.lines.iter().find(|line| line.part == *part && line.within == Within::Title)
    }
}

fn add_blocks<'a>(lines: &mut Vec<Line<'a>>, part: &Part, blocks: &'a Blocks) {
    for (number, (depth, text)) in (1..).zip(blocks.texts()) {
        let plain = text.plain();
        let mut code = Vec::new();
        let mut at = 0;
        for run in text.runs() {
            if run.style.code {
                code.push(at..at + run.text.len());
            }
            at += run.text.len();
        }
        let literal = [addresses(&plain), code.clone()].concat();
        let quoted = quoted(&plain);
        lines.push(Line { part: part.clone(), within: Within::Text(number), plain, text: Some(text), depth, literal, code, quoted });
    }
}

/// Web and mail addresses, handles and file names.
pub(super) fn addresses(plain: &str) -> Vec<Range<usize>> {
    #[expect(clippy::unwrap_used, reason = "a fixed pattern")]
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?i)(?:\b(?:https?|mailto|doi):\S+|\bwww\.\S+|\S+@\S+|\b10\.\d{4,9}/\S+|[@#]\w+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|uk|gov|eu|example)\b\S*)",
        )
        .unwrap()
    });
    if !plain.contains(['.', '@', '#', ':']) {
        return Vec::new();
    }
    ADDRESS.find_iter(plain).map(|found| found.range()).collect()
}

/// What stands between a quotation mark that opens and the next that closes.
pub(super) fn quoted(plain: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, c) in plain.char_indices() {
        let before = plain[..at].chars().next_back();
        let after = plain[at + c.len_utf8()..].chars().next();
        let opens = before.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '\u{2013}' | '\u{2014}')) && after.is_some_and(|c| !c.is_whitespace());
        let closes = before.is_some_and(|c| !c.is_whitespace()) && after.is_none_or(|c| !c.is_alphanumeric());
        let closing = match c {
            '\u{2018}' => '\u{2019}',
            '\u{201c}' => '\u{201d}',
            other => other,
        };
        match open {
            Some((start, wanted)) if c == wanted && closes && at > start => {
                ranges.push(start..at + c.len_utf8());
                open = None;
            }
            None if matches!(c, '\'' | '"' | '\u{2018}' | '\u{201c}') && opens => open = Some((at, closing)),
            _ => {}
        }
    }
    ranges
}

impl<'a> Line<'a> {
    fn heading(part: &Part, within: Within, words: &str) -> Self {
        Self { part: part.clone(), within, plain: words.to_owned(), text: None, depth: 0, literal: addresses(words), code: Vec::new(), quoted: quoted(words) }
    }

    /// Whether a range touches an address or code.
    pub(super) fn is_literal(&self, range: &Range<usize>) -> bool {
        touches(&self.literal, range)
    }

    /// Whether a range touches code.
    pub(super) fn is_code(&self, range: &Range<usize>) -> bool {
        touches(&self.code, range)
    }

    /// Whether a range touches somebody else's words: a quotation, an address, code.
    pub(super) fn is_foreign(&self, range: &Range<usize>) -> bool {
        self.is_literal(range) || touches(&self.quoted, range)
    }

    /// Quotations, with their marks.
    pub(super) fn quotations(&self) -> &[Range<usize>] {
        &self.quoted
    }

    /// Its words, in order.
    pub(super) fn words(&self) -> Vec<Word<'_>> {
        words(&self.plain)
    }

    /// A query about a range of this text.
    pub(super) fn query(&self, rule: Rule, range: Range<usize>, message: impl Into<String>) -> Query {
        let place = Place { part: self.part.clone(), within: self.within, excerpt: excerpt(&self.plain, &range), range };
        Query { rule, severity: rule.default_severity(), place, message: message.into(), fix: None }
    }

    /// A query about a range of this text that is safe to change. No change is offered that would take a link away.
    pub(super) fn fixable(&self, rule: Rule, range: Range<usize>, new: impl Into<String>, message: impl Into<String>) -> Query {
        let (old, new) = (self.plain.get(range.clone()), new.into());
        let old = old.filter(|old| self.text.is_none_or(|text| keeps_links(text, &Change { range: range.clone(), old, new: &new })));
        Query { fix: old.map(|old| Fix::Words { old: old.to_owned(), new }), ..self.query(rule, range, message) }
    }
}

/// A query about a part as a whole.
pub(super) fn about(part: &Part, rule: Rule, excerpt: &str, message: impl Into<String>) -> Query {
    let place = Place { part: part.clone(), within: Within::Whole, range: 0..0, excerpt: excerpt.to_owned() };
    Query { rule, severity: rule.default_severity(), place, message: message.into(), fix: None }
}

/// The words of a text. A word in the middle of which an apostrophe, hyphen or a number's comma or point stands is one.
pub(super) fn words(plain: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut start: Option<usize> = None;
    let mut chars = plain.char_indices().peekable();
    let mut before = ' ';
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, c)| *c);
        let joins = match c {
            '\'' | '\u{2019}' | '-' | '&' => before.is_alphanumeric() && next.is_alphanumeric(),
            ',' | '.' => before.is_ascii_digit() && next.is_ascii_digit(),
            _ => false,
        };
        match start {
            None if c.is_alphanumeric() => start = Some(at),
            Some(from) if !c.is_alphanumeric() && !joins => {
                words.push(Word { text: &plain[from..at], start: from });
                start = None;
            }
            _ => {}
        }
        before = c;
    }
    words.extend(start.map(|from| Word { text: &plain[from..], start: from }));
    words
}

/// Whether a text is in English: short, or with one of the small words that no English paragraph does without.
pub(super) fn is_english(words: &[Word<'_>]) -> bool {
    const SMALL: [&str; 32] = [
        "the", "of", "and", "to", "for", "is", "with", "that", "was", "are", "from", "by", "this", "on", "at", "as", "have", "has", "were", "be", "you", "we",
        "us", "our", "their", "who", "they", "or", "not", "more", "would", "will",
    ];
    words.len() < 8 || words.iter().any(|word| SMALL.iter().any(|small| word.text.eq_ignore_ascii_case(small)))
}

/// Whether the text before `at` is the start of a sentence: nothing, or an end mark behind the last word.
pub(super) fn begins_sentence(plain: &str, at: usize) -> bool {
    let before = plain[..at].trim_end_matches([' ', '\'', '"', '\u{2018}', '\u{201c}', '(']);
    before.is_empty() || before.ends_with(['.', '?', '!', ':', '\u{2022}'])
}

/// The sentence around a place.
pub(super) fn sentence_around(plain: &str, at: usize) -> Range<usize> {
    let ends = |from: usize| {
        let after = &plain[from..];
        after.chars().next().is_none_or(|c| c == ' ') && after.trim_start().chars().next().is_none_or(|c| !c.is_lowercase())
    };
    let marks = || plain.match_indices(['.', '?', '!']).filter(|(stop, mark)| ends(stop + mark.len())).map(|(stop, mark)| stop + mark.len());
    let start = marks().take_while(|end| *end <= at).last().unwrap_or(0);
    let end = marks().find(|end| *end > at).unwrap_or(plain.len());
    start..end
}

fn touches(ranges: &[Range<usize>], range: &Range<usize>) -> bool {
    ranges.iter().any(|other| other.start < range.end && range.start < other.end)
}

/// The words of a range, with a few around them where they are short.
fn excerpt(plain: &str, range: &Range<usize>) -> String {
    const ENOUGH: usize = 40;
    const MOST: usize = 200;
    let mut start = floor(plain, range.start);
    let mut end = floor(plain, range.end.max(range.start));
    if end - start < ENOUGH {
        let spare = (ENOUGH + 20 - (end - start)) / 2;
        start = plain[..floor(plain, start.saturating_sub(spare))].rfind(' ').map_or(0, |space| space + 1);
        let right = floor(plain, (end + spare).min(plain.len()));
        end = plain[right..].find(' ').map_or(plain.len(), |space| right + space);
    }
    let cut = floor(plain, end.min(start + MOST));
    let (front, back) = (if start > 0 { "\u{2026}" } else { "" }, if cut < plain.len() { "\u{2026}" } else { "" });
    format!("{front}{}{back}", plain[start..cut].trim())
}

fn floor(plain: &str, mut at: usize) -> usize {
    at = at.min(plain.len());
    while !plain.is_char_boundary(at) {
        at -= 1;
    }
    at
}
