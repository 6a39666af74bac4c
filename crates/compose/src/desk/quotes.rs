//! Quotation marks and apostrophes: of one shape, of one kind, and with their other half.

use std::ops::Range;

use super::copy::{Copy, Line};
use super::house::House;
use super::query::{Query, Within};
use super::rule::Rule;

const CURLY: [char; 4] = ['\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}'];
const STRAIGHT: [char; 2] = ['\'', '"'];

/// Counts curly marks against straight ones, and quotations in single marks against those in double ones.
pub(super) fn habits(plain: &str, quotations: &[Range<usize>], is_address: &dyn Fn(usize) -> bool, house: &mut House) {
    for (_, c) in plain.char_indices().filter(|(at, _)| !is_address(*at)) {
        if CURLY.contains(&c) || STRAIGHT.contains(&c) {
            house.curly.count(CURLY.contains(&c));
        }
    }
    for range in quotations {
        house.single.count(plain[range.start..].starts_with(['\'', '\u{2018}']));
    }
}

pub(super) fn ask(copy: &Copy<'_>, house: &House) -> Vec<Query> {
    let mut queries = Vec::new();
    let prose: Vec<&Line<'_>> = copy.prose().collect();
    for (at, line) in prose.iter().enumerate() {
        queries.extend(shape(line, house));
        queries.extend(stand_ins(line, house));
        queries.extend(kind(line, house));
        let next = prose.get(at + 1).filter(|next| next.part == line.part);
        let before = at.checked_sub(1).and_then(|at| prose.get(at)).filter(|before| before.part == line.part);
        queries.extend(half(line, before.copied(), next.copied()));
    }
    for line in copy.lines.iter().filter(|line| !matches!(line.within, Within::Text(_))) {
        queries.extend(shape(line, house));
    }
    queries
}

/// Marks of the shape that the digest does not use; one query for a text.
fn shape(line: &Line<'_>, house: &House) -> Option<Query> {
    let (wrong, message): (&[char], _) = if house.curly.is_this(5) {
        (&STRAIGHT, "The digest writes curly quotation marks and apostrophes; these are straight.")
    } else if house.curly.is_that(5) {
        (&CURLY, "The digest writes straight quotation marks and apostrophes; these are curly.")
    } else {
        return None;
    };
    // A straight mark behind a number is feet or minutes.
    let is_wrong = |at: usize, c: char| {
        wrong.contains(&c) && !line.is_literal(&(at..at + 1)) && !(STRAIGHT.contains(&c) && line.plain[..at].ends_with(|c: char| c.is_ascii_digit()))
    };
    let marks: Vec<usize> = line.plain.char_indices().filter(|(at, c)| is_wrong(*at, *c)).map(|(at, _)| at).collect();
    let (first, last) = (*marks.first()?, *marks.last()?);
    let end = last + line.plain[last..].chars().next().map_or(0, char::len_utf8);
    let mut new = String::new();
    for (at, c) in line.plain[first..end].char_indices() {
        let at = first + at;
        let opens = line.plain[..at].chars().next_back().is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '\u{2018}' | '\u{201c}'));
        new.push(match c {
            c if !is_wrong(at, c) => c,
            '\'' if opens => '\u{2018}',
            '\'' => '\u{2019}',
            '"' if opens => '\u{201c}',
            '"' => '\u{201d}',
            '\u{2018}' | '\u{2019}' => '\'',
            _ => '"',
        });
    }
    Some(line.fixable(Rule::QUOTES, first..end, new, message))
}

/// Accents and doubled apostrophes in the place of marks, and an apostrophe before a decade that is turned the wrong way.
fn stand_ins(line: &Line<'_>, house: &House) -> Vec<Query> {
    let plain = line.plain.as_str();
    let apostrophe = if house.curly.is_this(5) { "\u{2019}" } else { "'" };
    let mut queries = Vec::new();
    for (at, c) in plain.char_indices() {
        let after = &plain[at + c.len_utf8()..];
        let (before_letter, behind_letter) = (after.starts_with(char::is_alphabetic), plain[..at].ends_with(char::is_alphabetic));
        let range = at..at + c.len_utf8();
        if line.is_literal(&range) {
            continue;
        }
        match c {
            '\u{b4}' | '`' if behind_letter => queries.push(line.fixable(Rule::QUOTES, range, apostrophe, "An accent stands in the place of an apostrophe.")),
            '\u{b4}' | '`' if before_letter => {
                queries.push(line.query(Rule::QUOTES, range, "An accent stands in the place of a quotation mark. Put the digest's own."));
            }
            '\'' if after.starts_with('\'') && !plain[..at].ends_with(|c: char| c.is_ascii_digit() || c == '\'') => {
                queries.push(line.query(Rule::QUOTES, at..at + 2, "Two apostrophes stand in the place of a quotation mark. Put one mark."));
            }
            '\u{2018}' if after.len() >= 3 && after.as_bytes()[..2].iter().all(u8::is_ascii_digit) && after[2..].starts_with('s') => {
                queries.push(line.fixable(Rule::QUOTES, range, "\u{2019}", "An apostrophe before a decade is turned like a closing mark."));
            }
            _ => {}
        }
    }
    queries
}

/// A quotation in the marks that the digest keeps for quotations within quotations.
fn kind(line: &Line<'_>, house: &House) -> Vec<Query> {
    let (single, double) = (house.single.is_this(4), house.single.is_that(4));
    let mut queries = Vec::new();
    for range in line.quotations() {
        let words = &line.plain[range.clone()];
        let (Some(open), Some(close)) = (words.chars().next(), words.chars().next_back()) else { continue };
        let inner = &words[open.len_utf8()..words.len() - close.len_utf8()];
        let is_double = matches!(open, '"' | '\u{201c}');
        let message = match is_double {
            true if single => "The digest quotes in single marks.",
            false if double => "The digest quotes in double marks.",
            _ => continue,
        };
        let other = |mark: char| match mark {
            '"' => '\'',
            '\'' => '"',
            '\u{201c}' => '\u{2018}',
            '\u{201d}' => '\u{2019}',
            '\u{2018}' => '\u{201c}',
            _ => '\u{201d}',
        };
        // Marks within would have to change too, and an apostrophe looks like one.
        let is_plain = !inner.contains(['"', '\'', '\u{201c}', '\u{201d}', '\u{2018}', '\u{2019}']);
        queries.push(match is_plain {
            true => line.fixable(Rule::QUOTES, range.clone(), format!("{}{inner}{}", other(open), other(close)), message),
            false => line.query(Rule::QUOTES, range.clone(), message),
        });
    }
    queries
}

/// A mark that opens and does not close, or closes what did not open. A quotation may go on over paragraphs.
fn half(line: &Line<'_>, before: Option<&Line<'_>>, next: Option<&Line<'_>>) -> Option<Query> {
    let lone = lone_marks(line);
    let (at, opens) = *lone.first()?;
    let goes_on = opens && next.is_some_and(|next| lone_marks(next).iter().any(|(_, opens)| !opens) || next.plain.starts_with(['\u{201c}', '\u{2018}', '"']));
    let went_on = !opens && before.is_some_and(|before| lone_marks(before).iter().any(|(_, opens)| *opens));
    if goes_on || went_on {
        return None;
    }
    let mark = line.plain[at..].chars().next()?;
    let (what, half) = if opens { ("opens and does not close", "closing") } else { ("closes and did not open", "opening") };
    Some(line.query(Rule::QUOTES, at..at + mark.len_utf8(), format!("A quotation {what}. Add the {half} mark, or take this one out.")))
}

/// Marks outside quotations that can be nothing else than half of one, and whether they open. A single mark that closes looks like
/// an apostrophe and is let be.
fn lone_marks(line: &Line<'_>) -> Vec<(usize, bool)> {
    let within = |at: usize| line.quotations().iter().any(|range| range.contains(&at));
    let mut marks = Vec::new();
    for (at, c) in line.plain.char_indices() {
        let before = line.plain[..at].chars().next_back();
        let after = line.plain[at + c.len_utf8()..].chars().next();
        let starts = before.is_none_or(|c| c.is_whitespace() || c == '(') && after.is_some_and(char::is_alphabetic);
        let opens = match c {
            '\u{201c}' => true,
            '"' => starts,
            '\u{2018}' | '\'' => starts,
            '\u{201d}' => false,
            _ => continue,
        };
        let is_half = matches!(c, '\u{201c}' | '\u{201d}') || starts || (c == '"' && !before.is_some_and(|c| c.is_ascii_digit()));
        if is_half && !within(at) && !line.is_literal(&(at..at + 1)) {
            marks.push((at, opens));
        }
    }
    marks
}
