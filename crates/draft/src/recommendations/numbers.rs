//! Recommendations with a number or letter and no label: points of a section of recommendations, and paragraphs that a response quotes.

use std::sync::LazyLock;

use regex::Regex;

use super::labels::{answers, label_of_line};
use crate::candidates::recommends;
use crate::extract::Extract;
use crate::reading::{Line, Role, bare, ends};
use crate::sections::{Section, is_mixed};

/// A recommendation with the number its report gives it, and where it begins.
pub(super) struct Numbered<'a> {
    /// None where each is only called a recommendation.
    pub(super) number: Option<String>,
    pub(super) at: usize,
    /// Whether it calls itself a recommendation.
    pub(super) is_labelled: bool,
    pub(super) extract: Extract<'a>,
}

/// The numbered points of a section of recommendations; of one that holds more than these, those that recommend.
pub(super) fn numbered<'a>(lines: &[Line<'a>], section: &Section) -> Vec<Numbered<'a>> {
    let is_mixed = is_mixed(lines.get(section.heading).map_or("", |line| line.text));
    let body = lines.get(section.body.clone()).unwrap_or_default();
    // Where each has its label, numbers within are those of steps.
    if body.iter().filter(|line| label_of_line(line).is_some()).count() >= 2 {
        return Vec::new();
    }
    let marks: Vec<Option<Mark<'_>>> = body.iter().map(|line| mark_of(line.text).filter(|_| !matches!(line.role, Role::Heading(1..=6) | Role::Rest))).collect();
    let is_counted = |line: &Line<'_>| matches!(line.role, Role::Item { depth: 0, is_numbered: true });
    let of = |count: Count| marks.iter().flatten().filter(|mark| mark.count == count).count();
    let own = match () {
        () if of(Count::Number) > 0 || body.iter().any(is_counted) => Count::Number,
        () if of(Count::Bare) >= 2 => Count::Bare,
        () if of(Count::Letter) >= 2 => Count::Letter,
        () => return Vec::new(),
    };
    let mut found: Vec<Numbered<'a>> = Vec::new();
    let mut counted = 0;
    let mut is_open = false;
    for ((at, &line), mark) in (section.body.start..).zip(body).zip(marks) {
        let before = found.last().and_then(|last| last.extract.parts.last()).map_or("", |(_, quote)| *quote);
        let is_counted = own == Count::Number && is_counted(&line);
        let is_under = mark.as_ref().is_some_and(|mark| mark.count == Count::Letter) && own != Count::Letter;
        let may_go_on = if is_counted {
            line.text.starts_with(char::is_lowercase) && !ends(before)
        } else {
            line.role.is_item() || line.role == Role::Rest || is_under || !ends(before)
        };
        let goes_on = is_open && !line.role.is_heading() && may_go_on;
        let number = mark.filter(|mark| mark.count == own).map(|mark| (mark.number.to_owned(), mark.from));
        let number = number.or_else(|| {
            counted += usize::from(is_counted && !goes_on);
            (is_counted && !goes_on).then(|| (counted.to_string(), 0))
        });
        if let Some((number, from)) = number {
            found.push(Numbered { number: Some(number), at, is_labelled: false, extract: Extract { parts: vec![(line, &line.text[from..])] } });
            is_open = true;
        } else if let Some(last) = found.last_mut().filter(|_| goes_on) {
            last.extract.parts.push((line, line.text));
        } else {
            is_open = false;
        }
    }
    let advises = |one: &Numbered<'_>| recommends(&one.extract.text());
    let do_most = found.iter().filter(|one| advises(one)).count() * 2 > found.len();
    // A paragraph that only says what is in the section.
    if found.first().is_some_and(|first| do_most && !advises(first) && INTRODUCES.is_match(&first.extract.text())) {
        found.remove(0);
    }
    found.retain(|one| !is_mixed || advises(one));
    found
}

/// The numbered paragraphs that recommend and that an answer follows, as responses quote them.
pub(super) fn answered<'a>(lines: &[Line<'a>]) -> Vec<Numbered<'a>> {
    let is_answered = |at: usize| lines.get(at + 1).is_some_and(|next| !next.role.is_item() && answers(next.text)) && !answers(bare(lines[at].text));
    let of = |at: usize| {
        let line = lines[at];
        let mark = mark_of(line.text).filter(|mark| mark.count == Count::Number).map(|mark| (mark.number.to_owned(), mark.from));
        // The number of a list's point is not among its words.
        let (number, from) = mark.or_else(|| matches!(line.role, Role::Item { is_numbered: true, .. }).then(|| (format!("#{at}"), 0)))?;
        let extract = Extract { parts: vec![(line, &line.text[from..])] };
        recommends(line.text).then_some(Numbered { number: Some(number), at, is_labelled: false, extract })
    };
    (0..lines.len()).filter(|&at| is_answered(at)).filter_map(of).collect()
}

#[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
static INTRODUCES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)\b(?:recommendations?|chapter|section|report|review|below|following)\b").unwrap());

/// Those numbered in the way that most are, "12", "4.12" or not at all: numbers of paragraphs and those of recommendations are different things.
pub(super) fn of_one_style(found: Vec<Numbered<'_>>) -> Vec<Numbered<'_>> {
    let style = |one: &Numbered<'_>| one.number.as_ref().map(|number| number.contains('.'));
    let count = |wanted: Option<bool>| found.iter().filter(|one| style(one) == wanted).count();
    let styles = [Some(false), Some(true), None];
    let Some(most) = styles.into_iter().rev().max_by_key(|&style| count(style)) else { return found };
    found.into_iter().filter(|one| style(one) == most).collect()
}

/// The ways in which points are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// "12." and "8.6".
    Number,
    /// "12".
    Bare,
    /// "(b)", "iv." and "b".
    Letter,
}

/// The number or letter that begins a line.
pub(super) struct Mark<'a> {
    pub(super) count: Count,
    pub(super) number: &'a str,
    /// Where the point begins.
    pub(super) from: usize,
}

/// The mark of a line: "12.", "8.6", or "8.6. We recommend" behind a title that became one with its paragraph; "12", "(b)", "b".
pub(super) fn mark_of(text: &str) -> Option<Mark<'_>> {
    #[expect(clippy::unwrap_used, reason = "a constant pattern that a test compiles")]
    static MARK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:\(?(\d{1,3})[.)]\s+\S|(?:[A-Z][\w’' -]{2,60} )?(\d{1,3}(?:\.\d{1,3})+)[.)]?\s+[A-Z“]|(\d{1,3})\s+[A-Z“]|\(?([a-z]|[ivx]{1,5})[.)]\s+\S|([a-z])\s+[A-Z“])").unwrap()
    });
    let found = MARK.captures(text)?;
    let of = |group: usize, count: Count| found.get(group).map(|number| (number, count));
    let (number, count) = of(1, Count::Number).or(of(2, Count::Number)).or(of(3, Count::Bare)).or(of(4, Count::Letter)).or(of(5, Count::Letter))?;
    let is_bare = found.get(3).or(found.get(5)).is_some();
    let from = if is_bare {
        text.len() - text[number.end()..].trim_start().len()
    } else if found.get(2).is_some() {
        number.start()
    } else {
        0
    };
    Some(Mark { count, number: number.as_str(), from })
}
