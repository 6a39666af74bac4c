//! Numbers that are no figures: dates, years, times, telephone numbers, labels, list numbers, house numbers.
//!
//! In: the place of a number in a [`Reading`]. Out: where to read on, if the number says when, where or which rather than
//! how many. The classes come from reading a year of British report prose: what an editor would not ask a source for.
//!
//! "Year 6" and "Key Stage 2" are names of school years and are not figures; "6 years" is one.
//!
//! Not here: idioms of "one" ([`super::phrase`]), ordinals (no rule reads them).

use super::token::{Kind, Reading};
use super::{phrase, words};

/// The longest list of numbers that shares one label or month: "Phases 1, 2 and 3", "28, 29 and 30 June".
const LONGEST_CHAIN: usize = 6;

/// The end of the number that begins at `at` and is no figure.
pub(super) fn end(reading: &Reading<'_>, at: usize) -> Option<usize> {
    if reading.kind(at) == Some(Kind::Number) {
        let rules = [mark_before, telephone, compound, list_number, time, file_size, date, label, year, house_number, glued_letters];
        rules.iter().find_map(|rule| rule(reading, at))
    } else if reading.kind(at) == Some(Kind::Word) {
        label(reading, at).or_else(|| title(reading, at))
    } else {
        None
    }
}

/// The number's digits, if it is whole and short enough to count days, sections or streets.
fn short_whole(reading: &Reading<'_>, at: usize) -> Option<u32> {
    let text = reading.text(at);
    if reading.kind(at) == Some(Kind::Number) && text.len() <= 4 { text.parse().ok() } else { None }
}

/// A year of our time or the recent past.
pub(super) fn is_year(reading: &Reading<'_>, at: usize) -> bool {
    reading.text(at).len() == 4 && short_whole(reading, at).is_some_and(|year| (1500..2100).contains(&year))
}

/// "#12", "file_12", "item=12", "and/12", "[12]", and a footnote's number glued to a word's or sentence's end: "9.3%2".
fn mark_before(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let before = at.wrapping_sub(1);
    if !reading.glued(at) {
        return None;
    }
    let is_sample_size = reading.is(at.wrapping_sub(2), &["n", "p"]);
    let is_mark = match reading.sign(before)? {
        '#' | '_' | '/' | '\\' | '^' => true,
        // A reference, "[12]"; "[95% CI ...]" is a parenthesis.
        '[' => matches!(reading.sign(at + 1), Some(']' | ',' | '/' | '-' | '\u{2013}')),
        ')' | '%' | '\u{201d}' | '\u{2019}' => !reading.text(at.wrapping_sub(2)).starts_with('0'),
        '=' => !is_sample_size,
        '.' => reading.glued(before),
        // The number of a name: "Covid\u{2013}19". "over-65s" is an age, and "two-12" is left to the rules.
        sign if words::is_dash(sign) => {
            let name = reading.word(at.wrapping_sub(2));
            reading.is_joint(before) && name.len() > 1 && !words::opens_figure(name) && !phrase::is_over_or_under(reading, at)
        }
        _ => false,
    };
    is_mark.then_some(at + 1)
}

/// "020 7330 9170", "+44 20 7330 9170", "(0191) 498 0000". A whole number does not begin with a nought.
fn telephone(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let text = reading.text(at);
    let is_code = text.len() > 1 && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    let goes_on = reading.kind(at + 1) == Some(Kind::Number) || reading.sign(at + 1) == Some('(') && reading.text(at + 2).starts_with('0');
    let is_international = reading.sign(at.wrapping_sub(1)) == Some('+') && reading.glued(at) && goes_on;
    let is_sign = |place: usize| reading.sign(place).is_some_and(|sign| matches!(sign, ')' | '(' | '-'));
    if !is_code && !is_international {
        return None;
    }
    let mut end = at + 1;
    while reading.kind(end) == Some(Kind::Number) || is_sign(end) && (reading.kind(end + 1) == Some(Kind::Number) || is_sign(end + 1)) {
        end += 1;
    }
    Some(end)
}

/// Numbers joined by "/", ":", "." or several dashes: "24/7", "2015/26", "10:30", "1.2.3", "2023-05-12", "2020-21".
fn compound(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let (mut end, mut joints, mut only_dashes) = (at + 1, 0, true);
    while reading.glued(end) && reading.glued(end + 1) && reading.kind(end + 1) == Some(Kind::Number) {
        match reading.sign(end) {
            Some(sign) if words::is_dash(sign) => {}
            Some('/' | ':' | '.') => only_dashes = false,
            _ => break,
        }
        (end, joints) = (end + 2, joints + 1);
    }
    let is_year_range = joints == 1 && is_year(reading, at) && matches!(reading.text(at + 2).len(), 2 | 4) && !reading.text(at + 2).contains('.');
    let is_fraction_or_ratio = joints == 1 && (is_share(reading, at) || is_ratio(reading, at));
    match joints {
        0 => None,
        1 if only_dashes && !is_year_range => None,
        _ if is_fraction_or_ratio => None,
        _ => Some(end),
    }
}

/// "2/3 of", "319/396 (81%)", "(319/396)". What could be a day and month, or two years, needs the "of".
pub(super) fn is_share(reading: &Reading<'_>, at: usize) -> bool {
    let (upper, lower) = (short_whole(reading, at), short_whole(reading, at + 2));
    let is_written = reading.sign(at + 1) == Some('/') && reading.glued(at + 1) && reading.glued(at + 2);
    let is_enclosed = reading.sign(at.wrapping_sub(1)) == Some('(') && matches!(reading.sign(at + 3), Some(')' | ';' | ','));
    let is_ratio = match (upper, lower) {
        (Some(upper), Some(lower)) => lower > 31 && upper <= lower && upper + 1 != lower && (is_enclosed || reading.sign(at + 3) == Some('(')),
        _ => false,
    };
    is_written && (is_ratio || reading.is(at + 3, &["of"]))
}

/// "1:5", "a ratio of 1:10"; "1:10" alone may be a time.
pub(super) fn is_ratio(reading: &Reading<'_>, at: usize) -> bool {
    let is_written = reading.sign(at + 1) == Some(':') && reading.glued(at + 1) && reading.glued(at + 2) && reading.kind(at + 2) == Some(Kind::Number);
    is_written && (reading.text(at + 2).len() == 1 || reading.is(at.wrapping_sub(2), &["ratio"]))
}

/// "1. Test the call", "2) Plan", "(3)", "4.171. If claimants", and the number of a heading: "2.2 Smoking prevalence".
fn list_number(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let before = at.wrapping_sub(1);
    let (text, mark) = (reading.text(at), reading.sign(at + 1).filter(|_| reading.glued(at + 1)));
    let starts_line = at == 0 || reading.sign(before) == Some('\n');
    let starts_sentence = reading.spaced(at)
        && reading.sign(before).is_some_and(|sign| matches!(sign, '.' | '?' | '!' | '\u{201d}'))
        && mark == Some('.')
        && reading.is_capitalised(at + 2);
    let starts_point = starts_line && matches!(mark, Some('.' | ')')) || reading.sign(before) == Some(';') && mark == Some(')') && text.len() == 1;
    let is_heading = starts_line && text.contains('.') && reading.spaced(at + 1) && reading.is_capitalised(at + 1);
    let is_bracketed = text.len() == 1 && reading.sign(before) == Some('(') && mark == Some(')');
    let is_marked = (starts_sentence || starts_point) && text.len() <= 5 && reading.spaced(at + 2);
    (is_marked || is_heading || is_bracketed).then_some(at + 1)
}

/// "9am", "12.30 pm", "10 o'clock". Times with a colon are compounds.
fn time(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let is_hour = reading.is(at + 1, &["am", "pm", "o'clock", "o\u{2019}clock", "noon", "midnight"])
        || (reading.sign(at + 2) == Some('.') && reading.is(at + 1, &["a", "p"]) && reading.is(at + 3, &["m"]));
    is_hour.then_some(at + 2)
}

/// "(300 Kb Pdf)" beside a link says nothing about the world.
fn file_size(reading: &Reading<'_>, at: usize) -> Option<usize> {
    reading.is(at + 1, &["kb", "mb", "gb", "kilobytes", "megabytes"]).then_some(at + 2)
}

fn is_month(reading: &Reading<'_>, at: usize) -> bool {
    reading.is_capitalised(at) && reading.is(at, words::MONTHS)
}

/// "1 June 2026", "30 April", "28 and 29 June", "June 18", "Monday 8".
fn date(reading: &Reading<'_>, at: usize) -> Option<usize> {
    short_whole(reading, at).filter(|day| (1..=31).contains(day))?;
    let end = chain_end(reading, at);
    let before = at.wrapping_sub(1);
    let follows =
        (is_month(reading, before) || reading.is_capitalised(before) && reading.is(before, words::WEEKDAYS)) && reading.kind(at + 1) != Some(Kind::Word);
    (is_month(reading, end) || follows).then_some(end)
}

/// Where a list or range of short numbers ends: "1, 2 and 3", "1-3", "1 to 3".
fn chain_end(reading: &Reading<'_>, at: usize) -> usize {
    let mut end = at + 1;
    for _ in 0..LONGEST_CHAIN {
        let comma = usize::from(reading.sign(end) == Some(','));
        let joins = comma == 1 || reading.is(end, &["and", "or", "to"]) || reading.sign(end).is_some_and(|sign| words::is_dash(sign) || sign == '&');
        let next = if joins && comma == 1 && reading.is(end + 1, &["and", "or"]) { end + 2 } else { end + 1 };
        let is_number = short_whole(reading, next).is_some_and(|number| number < 1000) || words::cardinal(reading.word(next)).is_some();
        if !joins || !is_number {
            break;
        }
        end = next + 1;
    }
    end
}

/// "Phase 1", "Part two", "section 4.2", "Phases 1 and 2", "No. 10", "Year 6", "Radio 4".
fn label(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let before = at.wrapping_sub(1);
    let is_full_stop =
        reading.sign(before) == Some('.') && reading.is(before.wrapping_sub(1), &["no", "nos", "para", "fig", "vol", "rev", "p", "pp", "s", "ss", "ch", "art"]);
    let is_joined = reading.spaced(at) || reading.is_joint(before);
    let name = if is_full_stop || reading.is_joint(before) { before.wrapping_sub(1) } else { before };
    let is_figure = reading.sign(at + 1).is_some_and(|sign| sign == '%') || words::scale(reading.word(at + 1)).is_some();
    if reading.word(name).is_empty() || !is_joined || is_figure || reading.is(at + 1, &["times", "per", "percentage"]) {
        return None;
    }
    // "At this stage 45 people had left."
    let is_determined = reading.is(name.wrapping_sub(1), &["this", "that", "each", "every", "any", "later", "early"]);
    let is_school_year = reading.is_capitalised(name) && reading.is(name, &["year", "years", "day", "week", "month"]);
    if is_full_stop || is_school_year || (reading.is(name, words::LABELS) && !(is_determined && counts_something(reading, at + 1))) {
        return Some(chain_end(reading, at));
    }
    let counts = counts_something(reading, at + 1);
    let is_number = reading.kind(at) == Some(Kind::Number);
    let is_name = reading.is_capitalised(name) && !reading.opens_sentence(name) && !reading.is(name, words::QUALIFIERS) && reading.text(at).len() <= 3;
    let is_loose =
        is_number && reading.is(name, words::LOOSE_LABELS) && !reading.is(before.wrapping_sub(1), &["the", "this", "that", "last", "each", "every", "a"]);
    let is_short = !reading.text(at).contains([',', '.']);
    let is_quarter = is_number && reading.is(name, &["quarter"]) && matches!(reading.text(at), "1" | "2" | "3" | "4");
    let is_named = is_quarter || is_name && (is_number || reading.is_capitalised(at)) || is_loose;
    // "quarter 1 (Jan to Mar) 2015"
    (is_named && is_short && (!counts || is_quarter && reading.sign(at + 1) == Some('('))).then_some(at + 1)
}

/// A noun that can be counted follows.
fn counts_something(reading: &Reading<'_>, at: usize) -> bool {
    phrase::end(reading, at, false).is_some()
        || reading.is_joint(at)
        || matches!(reading.sign(at), Some('(' | '+' | '/' | ':'))
        || reading.is(at, &["of", "in", "out", "to", "or"])
}

/// "2021", "2011 to 2017", but "more than 2000 people". In "November 2020.116" a footnote's number is glued to the year.
fn year(reading: &Reading<'_>, at: usize) -> Option<usize> {
    if is_month(reading, at.wrapping_sub(1)) && reading.text(at).get(4..5) == Some(".") {
        return Some(at + 1);
    }
    if !is_year(reading, at) || reading.glued(at + 1) && reading.sign(at + 1) == Some('%') {
        return None;
    }
    let before = at.wrapping_sub(1);
    // "2.0% lower than 2012 (656.5 Mt)", "higher than 2011 levels"
    let is_comparison = reading.is(before, &["than"]) && reading.is(before.wrapping_sub(1), &["lower", "higher", "larger", "smaller"]);
    let is_measured = !is_comparison && reading.is(before, &["than", "about", "around", "nearly", "almost", "approximately", "over", "some", "least"]);
    let is_sample = phrase::end(reading, at + 1, false)
        .is_some_and(|end| reading.is(end - 1, words::SAMPLED) || reading.is(end - 1, &["people", "children", "adults", "pupils"]));
    let is_time = reading.is(before, &["in", "since", "from", "during", "between", "until", "by", "and", "to", "of", "the", "before", "after"]);
    let has_measure = reading.is(at + 1, &["per", "percent", "percentage", "pounds", "euros"]) || words::scale(reading.word(at + 1)).is_some();
    let is_figure =
        has_measure || reading.sign(before).is_some_and(|sign| sign == '=') || (is_measured && counts_something(reading, at + 1)) || (is_sample && !is_time);
    (!is_figure).then_some(at + 1)
}

/// "4 Customs Row".
fn house_number(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let is_street = |end: usize| reading.is_capitalised(at + 1) && words::STREETS.contains(&reading.word(end));
    [at + 2, at + 3].into_iter().find(|end| is_street(*end)).map(|end| end + 1)
}

/// "4TB", "3D", "19th", "1990s"; but "£3m", "25km", "50p", and "25s" after "under".
fn glued_letters(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let letters = reading.word(at + 1);
    if !reading.glued(at + 1) || letters.is_empty() {
        return None;
    }
    let is_age = letters == "s" && phrase::is_over_or_under(reading, at);
    let is_unit = words::glued_scale(letters).is_some() && letters != "b" || matches!(letters, "p" | "x" | "pp") || words::among(letters, words::MEASURES);
    (!is_age && !is_unit).then_some(at + 2)
}

/// A number word inside a name: "Five Year Forward View" within a sentence.
fn title(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let is_name = reading.is_capitalised(at) && !reading.opens_sentence(at) && reading.is_capitalised(at + 1) && reading.spaced(at);
    is_name.then_some(at + 1)
}
