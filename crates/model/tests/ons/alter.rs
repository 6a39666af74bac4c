//! Slips: a sentence with one of its figures, dates or names made wrong.

use std::ops::Range;

use pulse_model::figure::{Figure, Value, find_in_place};
use pulse_model::trace::periods;

use super::rephrase::grouped;

/// Numbers that follow from a seed (SplitMix64).
pub(crate) struct Seeded(pub(crate) u64);

impl Seeded {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap() % bound
    }
}

/// Ways in which a figure goes wrong.
pub(crate) const KINDS: [&str; 12] = [
    "digit changed",
    "digits swapped",
    "unit swapped",
    "unit of the same kind",
    "per cent for percentage points",
    "million for billion",
    "ten times as much",
    "end of a range",
    "another share",
    "another figure of the page",
    "another nation or sex",
    "rise for fall",
];

/// A figure and where it stands.
pub(crate) struct Spot<'a> {
    pub(crate) text: &'a str,
    pub(crate) range: Range<usize>,
    pub(crate) figure: &'a Figure,
    /// Other figures of the document.
    pub(crate) others: &'a [Figure],
}

/// The text with the figure altered in a way of [`KINDS`], where it can be, and the altered wording.
pub(crate) fn altered(kind: &str, spot: &Spot<'_>, seeded: &mut Seeded) -> Option<(String, Range<usize>)> {
    let other_words = match kind {
        "another nation or sex" => Some(renamed(spot)),
        "rise for fall" => Some(turned(spot)),
        _ => None,
    };
    if let Some(other_words) = other_words {
        return other_words;
    }
    let wording = other_wording(kind, spot, seeded).filter(|wording| *wording != spot.figure.wording)?;
    let (before, after) = (&spot.text[..spot.range.start], &spot.text[spot.range.end..]);
    Some((format!("{before}{wording}{after}"), spot.range.start..spot.range.start + wording.len()))
}

fn other_wording(kind: &str, spot: &Spot<'_>, seeded: &mut Seeded) -> Option<String> {
    let (figure, wording) = (spot.figure, &spot.figure.wording);
    match kind {
        "digit changed" => digit_changed(wording, &digits(wording), seeded),
        "digits swapped" => {
            let pairs = digits(wording).windows(2).filter(|pair| pair[1] == pair[0] + 1).map(|pair| pair[0]).collect::<Vec<_>>();
            let at = *pairs.get(seeded.below(pairs.len().max(1)))?;
            let (one, other) = (&wording[at..=at], &wording[at + 1..at + 2]);
            (other != "0").then(|| format!("{}{other}{one}{}", &wording[..at], &wording[at + 2..]))
        }
        "unit swapped" => unit_swapped(figure, seeded),
        "unit of the same kind" => unit_of_the_kind(figure),
        "per cent for percentage points" => match &figure.value {
            Value::Percentage { .. } if figure.unit.contains("point") => Some(wording.replace(&figure.unit, "per cent")),
            Value::Percentage { .. } => Some(wording.replace(&figure.unit, " percentage points").replace("  ", " ")),
            _ => None,
        },
        "million for billion" if wording.contains("million") => Some(wording.replace("million", "billion")),
        "million for billion" if wording.contains("billion") => Some(wording.replace("billion", "million")),
        "ten times as much" => ten_times(figure),
        "end of a range" => {
            let Value::Range { .. } = figure.value else { return None };
            let digits = digits(wording);
            let last = digits.iter().rev().take_while(|at| digits.last().is_some_and(|last| last - **at < 3)).copied().collect::<Vec<_>>();
            digit_changed(wording, &last, seeded)
        }
        "another share" => another_share(figure),
        "another figure of the page" => {
            let is_like = |other: &&Figure| {
                std::mem::discriminant(&other.value) == std::mem::discriminant(&figure.value) && other.value != figure.value && other.unit == figure.unit
            };
            let others: Vec<&Figure> = spot.others.iter().filter(is_like).collect();
            others.get(seeded.below(others.len().max(1))).map(|other| other.wording.clone())
        }
        _ => None,
    }
}

/// The places of the digits of numbers. Those of a name, "NUTS2 regions", are no number.
fn digits(wording: &str) -> Vec<usize> {
    let is_number = |at: usize| !wording[..at].trim_end_matches(|c: char| c.is_ascii_digit()).ends_with(char::is_alphabetic);
    wording.char_indices().filter(|(at, c)| c.is_ascii_digit() && is_number(*at)).map(|(at, _)| at).collect()
}

fn digit_changed(wording: &str, places: &[usize], seeded: &mut Seeded) -> Option<String> {
    let at = *places.get(seeded.below(places.len().max(1)))?;
    let was = wording[at..].chars().next()?.to_digit(10)?;
    let digit = (was + 1 + u32::try_from(seeded.below(9)).unwrap()) % 10;
    // No number begins with a nought, and "05" is not "15" misprinted.
    let digit = if digit == 0 && places.iter().min() == Some(&at) { if was == 1 { 2 } else { 1 } } else { digit };
    Some(format!("{}{digit}{}", &wording[..at], &wording[at + 1..]))
}

fn unit_swapped(figure: &Figure, seeded: &mut Seeded) -> Option<String> {
    let wording = &figure.wording;
    let other = ["vehicles", "hospitals", "hours", "dwellings", "schools"][seeded.below(5)];
    match &figure.value {
        Value::Money { .. } => Some(wording.replace('\u{a3}', "\u{20ac}")),
        Value::Percentage { .. } => Some(format!("{} {other}", wording.strip_suffix(&figure.unit)?.trim_end())),
        Value::Count { .. } | Value::SampleSize { .. } | Value::Range { .. } if !figure.unit.is_empty() => {
            let at = wording.rfind(&figure.unit)?;
            (!figure.unit.contains(other)).then(|| format!("{}{other}", &wording[..at]))
        }
        Value::Count { .. } => {
            let at = wording.find(|c: char| c.is_ascii_digit())?;
            Some(format!("{}\u{a3}{}", &wording[..at], &wording[at..]))
        }
        _ => None,
    }
}

/// People for per cent and pounds, weeks for months, and the like.
fn unit_of_the_kind(figure: &Figure) -> Option<String> {
    let wording = &figure.wording;
    match &figure.value {
        Value::Money { .. } => Some(wording.replace('\u{a3}', "") + " people").filter(|other| other.trim_end_matches(" people") != wording),
        Value::Percentage { .. } => Some(format!("{} people", wording.strip_suffix(&figure.unit)?.trim_end())),
        _ => {
            let times = [("year", "month"), ("month", "week"), ("week", "day"), ("day", "hour"), ("hour", "minute")];
            let (from, to) = times.iter().find(|(from, _)| figure.unit.starts_with(from))?;
            Some(wording.replace(from, to))
        }
    }
}

fn ten_times(figure: &Figure) -> Option<String> {
    let wording = &figure.wording;
    let first = wording.find(|c: char| c.is_ascii_digit())?;
    let number: String = wording[first..].chars().take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',')).collect();
    let number = number.trim_end_matches(['.', ',']);
    if matches!(figure.value, Value::Range { .. } | Value::Ratio { .. }) || number.contains(',') && number.contains('.') {
        return None;
    }
    let other = match number.split_once('.') {
        Some((whole, decimals)) => {
            let shifted = format!("{whole}{}.{}", &decimals[..1], &decimals[1..]);
            shifted.trim_end_matches('.').trim_start_matches('0').to_owned()
        }
        None if number.contains(',') => grouped(&(number.replace(',', "") + "0")),
        None => format!("{number}0"),
    };
    Some(wording.replacen(number, &other, 1))
}

fn another_share(figure: &Figure) -> Option<String> {
    let Value::Ratio { .. } = figure.value else { return None };
    let lower = figure.wording.to_lowercase();
    let pairs = [
        ("in five", "in four"),
        ("in 5", "in 4"),
        ("in four", "in three"),
        ("in 4", "in 3"),
        ("in three", "in five"),
        ("in 3", "in 5"),
        ("in ten", "in eight"),
        ("in 10", "in 8"),
        ("quarter", "third"),
        ("third", "quarter"),
        ("half", "a third"),
        ("fifth", "quarter"),
        ("doubled", "tripled"),
        ("twice", "four times"),
    ];
    pairs.iter().find(|(from, _)| lower.contains(from)).map(|(from, to)| lower.replacen(from, to, 1))
}

/// The sentence says "Wales" where it said "England", "men" where it said "women", if it says but one of them.
fn renamed(spot: &Spot<'_>) -> Option<(String, Range<usize>)> {
    let classes: [&[&str]; 2] = [&["England", "Wales", "Scotland", "Northern Ireland"], &["men", "women"]];
    let sentence = sentence_around(spot.text, &spot.range);
    for class in classes {
        let said: Vec<(usize, &str)> = class.iter().filter_map(|name| Some((word_at(&spot.text[sentence.clone()], name)? + sentence.start, *name))).collect();
        let [(at, name)] = said[..] else { continue };
        let place = class.iter().position(|other| *other == name)?;
        let other = class[(place + 1) % class.len()];
        if spot.range.contains(&at) {
            continue;
        }
        return Some(replaced(spot, at, name, other));
    }
    None
}

/// The figure rose where it fell: the last such word before it, close by.
fn turned(spot: &Spot<'_>) -> Option<(String, Range<usize>)> {
    const PAIRS: [(&str, &str); 12] = [
        ("rose", "fell"),
        ("increased", "decreased"),
        ("an increase", "a decrease"),
        ("a rise", "a fall"),
        ("higher", "lower"),
        ("grew", "shrank"),
        ("increase", "decrease"),
        ("fell", "rose"),
        ("decreased", "increased"),
        ("a decrease", "an increase"),
        ("a fall", "a rise"),
        ("lower", "higher"),
    ];
    let from = spot.text[..spot.range.start].char_indices().rev().nth(24).map_or(0, |(at, _)| at);
    let near = &spot.text[from..spot.range.start];
    let found = PAIRS.iter().filter_map(|(word, other)| Some((from + word_at(near, word)?, *word, *other)));
    let (at, word, other) = found.max_by_key(|(at, word, _)| at + word.len())?;
    (!near.contains(". ")).then(|| replaced(spot, at, word, other))
}

fn replaced(spot: &Spot<'_>, at: usize, word: &str, other: &str) -> (String, Range<usize>) {
    let text = format!("{}{other}{}", &spot.text[..at], &spot.text[at + word.len()..]);
    let moved = |place: usize| if place > at { place + other.len() - word.len() } else { place };
    (text, moved(spot.range.start)..moved(spot.range.end))
}

fn word_at(text: &str, word: &str) -> Option<usize> {
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    text.match_indices(word).map(|(at, _)| at).find(|at| is_edge(text[..*at].chars().next_back()) && is_edge(text[at + word.len()..].chars().next()))
}

/// The sentence around these bytes.
pub(crate) fn sentence_around(text: &str, bytes: &Range<usize>) -> Range<usize> {
    let from = text[..bytes.start].rfind(". ").map_or(0, |from| from + 2);
    let to = text[bytes.end..].find(". ").map_or(text.len(), |to| bytes.end + to);
    from..to
}

/// The figure that stands at these bytes.
pub(crate) fn place_of(text: &str, bytes: &Range<usize>) -> Option<usize> {
    find_in_place(text).iter().position(|(found, _)| found.start < bytes.end && bytes.start < found.end)
}

/// A text with one of its dates or periods a year, a month or a day off.
pub(crate) fn misdated(text: &str, bytes: &Range<usize>, seeded: &mut Seeded) -> Option<(String, usize)> {
    const MONTHS: [&str; 12] = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    let wording = &text[bytes.clone()];
    let month = MONTHS.iter().position(|month| wording.contains(month)).filter(|_| seeded.below(2) == 0);
    let other = match month {
        Some(month) => wording.replacen(MONTHS[month], MONTHS[(month + 1 + seeded.below(4)) % 12], 1),
        None => {
            let at = wording.char_indices().map(|(at, _)| at).find(|at| wording.get(*at..at + 4).is_some_and(|year| year.parse::<u16>().is_ok()))?;
            let (year, by) = (wording[at..at + 4].parse::<u16>().ok()?, [1, 2, 3][seeded.below(3)]);
            let year = if seeded.below(2) == 0 { year - by } else { year + by };
            // The second half of "2013/14" goes along.
            let rest = &wording[at + 4..];
            let rest = if rest.len() == 3 && rest.starts_with(['/', '-']) { format!("{}{:02}", &rest[..1], (year + 1) % 100) } else { rest.to_owned() };
            format!("{}{year}{rest}", &wording[..at])
        }
    };
    let text = format!("{}{other}{}", &text[..bytes.start], &text[bytes.end..]);
    let place = periods(&text).iter().position(|(found, _)| found.start < bytes.start + other.len() && bytes.start < found.end)?;
    Some((text, place))
}
