//! Dates and periods: when, rather than how many.
//!
//! In: a text. Out: the days, months, years and periods it names, in order, as far as they hold a year. A figure is never a
//! period and a period never a figure ([`crate::figure`] passes over both).
//!
//! Not here: "last year", "the past three months" (the first means nothing without today's date, the second is a count).

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A date or a stretch of time that a text names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// As the text has it: "April 2021 to March 2022", "2019/20", "31 March 2013".
    pub wording: String,
    /// Its beginning.
    pub from: Moment,
    /// Its end; the same as the beginning for a single day, month or year.
    pub to: Moment,
}

/// A year, or a month or a day of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Moment {
    /// From 1500 to 2099.
    pub year: u16,
    /// From 1, where it is said.
    pub month: Option<u8>,
    /// From 1, where it is said.
    pub day: Option<u8>,
}

impl Moment {
    /// The other says the same, or the same more exactly.
    pub fn holds(self, other: Self) -> bool {
        self.year == other.year && self.month.is_none_or(|month| other.month == Some(month)) && self.day.is_none_or(|day| other.day == Some(day))
    }
}

impl Period {
    /// The first and last month of a financial year, "2022/23".
    pub(super) fn in_months(&self) -> Option<(Moment, Moment)> {
        let is_financial = self.from.month.is_none() && self.to.month.is_none() && self.from.year + 1 == self.to.year;
        let month = |year, month| Moment { year, month: Some(month), day: None };
        is_financial.then(|| (month(self.from.year, 4), month(self.to.year, 3)))
    }

    /// How long it is and when it ends is said: "year ending March 2023".
    pub(super) fn is_up_to(&self) -> bool {
        ["year", "months"].iter().any(|length| self.wording.to_lowercase().starts_with(length))
    }
}

/// The dates and periods of a text, with the bytes of each.
///
/// ```
/// use pulse_model::trace::periods;
/// let found = periods("Between April 2021 and March 2022, and on 5 May 2023.");
/// let wordings: Vec<&str> = found.iter().map(|(_, period)| period.wording.as_str()).collect();
/// assert_eq!(wordings, ["April 2021 and March 2022", "5 May 2023"]);
/// assert_eq!(found[0].1.to.month, Some(3));
/// ```
pub fn periods(text: &str) -> Vec<(Range<usize>, Period)> {
    let pieces = pieces(text);
    let mut periods = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let found = up_to(&pieces, at).or_else(|| pair(&pieces, at)).or_else(|| one(&pieces, at));
        let Some((end, from, to)) = found else {
            at += 1;
            continue;
        };
        if let (Some(first), Some(last)) = (pieces.get(at), pieces.get(end - 1)) {
            let bytes = first.start..last.start + last.text.len();
            let wording = text.get(bytes.clone()).unwrap_or_default().to_owned();
            periods.push((bytes, Period { wording, from, to }));
        }
        at = end;
    }
    periods
}

/// A word, a number or a sign.
struct Piece<'a> {
    start: usize,
    text: &'a str,
    /// White space stands before it.
    spaced: bool,
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = 0;
    let mut spaced = true;
    while let Some(first) = text.get(rest..).and_then(|rest| rest.chars().next()) {
        let is_digit = first.is_ascii_digit();
        let is_same = |c: char| if is_digit { c.is_ascii_digit() } else { c.is_alphabetic() };
        let length = if is_digit || first.is_alphabetic() { text[rest..].find(|c| !is_same(c)).unwrap_or(text.len() - rest) } else { first.len_utf8() };
        if !first.is_whitespace() {
            pieces.push(Piece { start: rest, text: &text[rest..rest + length], spaced });
        }
        spaced = first.is_whitespace();
        rest += length;
    }
    pieces
}

/// "year ending March 2023", "year to 31 March 2023", "three months to June 2021" from its "months" on.
fn up_to(pieces: &[Piece<'_>], at: usize) -> Option<(usize, Moment, Moment)> {
    let text = |place: usize| pieces.get(place).map_or("", |piece| piece.text);
    let months = match text(at).to_lowercase().as_str() {
        "year" => 12,
        "months" => number(text(at.checked_sub(1)?)).filter(|months| (2..=12).contains(months))?,
        _ => return None,
    };
    let joint = text(at + 1).to_lowercase();
    let is_joint = ["to", "ending", "ended"].contains(&joint.as_str());
    let (end, to) = is_joint.then(|| moment(pieces, at + 2))??;
    // The month after the end, as many months before.
    let before = to.year * 12 + u16::from(to.month?) - months;
    Some((end, Moment { year: before / 12, month: u8::try_from(before % 12 + 1).ok(), day: None }, Moment { day: None, ..to }))
}

/// A small number in digits or words.
fn number(text: &str) -> Option<u16> {
    const WORDS: [&str; 12] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let in_words = || WORDS.iter().position(|word| word.eq_ignore_ascii_case(text)).and_then(|place| u16::try_from(place + 1).ok());
    text.parse().ok().or_else(in_words)
}

/// "April 2021 to March 2022", "2011 to 2017", "April to June 2014", "2019/20", "2019-20".
fn pair(pieces: &[Piece<'_>], at: usize) -> Option<(usize, Moment, Moment)> {
    let is_between = at.checked_sub(1).and_then(|before| pieces.get(before)).is_some_and(|before| before.text.eq_ignore_ascii_case("between"));
    if let Some((end, from)) = moment(pieces, at) {
        let joint = pieces.get(end)?.text;
        if let Some(to) = short_year(pieces, end).filter(|_| from.month.is_none()) {
            let to = from.year / 100 * 100 + to + if to <= from.year % 100 { 100 } else { 0 };
            // "2013/14", not "2013/6".
            return Some((end + 2, from, Moment { year: to, month: None, day: None }));
        }
        let (next, to) = joins(joint, is_between).then(|| moment(pieces, end + 1))??;
        return (from < to).then_some((next, from, to));
    }
    // The year stands behind the second month alone.
    let month = month(pieces.get(at)?.text)?;
    let (next, to) = joins(pieces.get(at + 1)?.text, is_between).then(|| moment(pieces, at + 2))??;
    let from = Moment { year: to.year, month: Some(month), day: None };
    (to.day.is_none() && to.month.is_some_and(|last| month < last)).then_some((next, from, to))
}

fn joins(joint: &str, is_between: bool) -> bool {
    matches!(joint, "to" | "until" | "-" | "\u{2013}" | "\u{2014}") || is_between && joint == "and"
}

/// The last two digits of a year behind a stroke or dash, glued.
fn short_year(pieces: &[Piece<'_>], joint: usize) -> Option<u16> {
    let (joint, digits) = (pieces.get(joint)?, pieces.get(joint + 1)?);
    let is_glued = !joint.spaced && !digits.spaced && matches!(joint.text, "/" | "-" | "\u{2013}");
    digits.text.parse().ok().filter(|_| is_glued && digits.text.len() == 2)
}

fn one(pieces: &[Piece<'_>], at: usize) -> Option<(usize, Moment, Moment)> {
    if let Some((end, from, to)) = quarter(pieces, at) {
        return Some((end, from, to));
    }
    moment(pieces, at).map(|(end, moment)| (end, moment, moment))
}

/// "Q1 2015", "quarter 1 2015", "first quarter of 2015". "Quarter 1 (Jan to Mar) 2015" is left to its months.
fn quarter(pieces: &[Piece<'_>], at: usize) -> Option<(usize, Moment, Moment)> {
    let (first, second) = (pieces.get(at)?.text, pieces.get(at + 1)?.text);
    let ordinal = ["first", "second", "third", "fourth"].iter().position(|ordinal| ordinal.eq_ignore_ascii_case(first));
    let number = match ordinal {
        Some(place) if second.eq_ignore_ascii_case("quarter") => u8::try_from(place + 1).ok()?,
        _ if first == "Q" || first.eq_ignore_ascii_case("quarter") => second.parse().ok().filter(|number| (1..=4).contains(number))?,
        _ => return None,
    };
    let of = usize::from(pieces.get(at + 2)?.text == "of");
    let year = year(pieces.get(at + 2 + of)?.text)?;
    let moment = |month| Moment { year, month: Some(month), day: None };
    Some((at + 3 + of, moment(number * 3 - 2), moment(number * 3)))
}

/// "31 March 2013", "31st March 2013", "March 31, 2013", "March 2013", "2013", "2013-03-31", "31/03/2013".
fn moment(pieces: &[Piece<'_>], at: usize) -> Option<(usize, Moment)> {
    let text = |place: usize| pieces.get(place).map_or("", |piece| piece.text);
    let day = |place: usize| text(place).parse::<u8>().ok().filter(|day| (1..=31).contains(day) && text(place).len() <= 2);
    let glued = |place: usize| pieces.get(place).is_some_and(|piece| !piece.spaced);
    let ordinal = usize::from(glued(at + 1) && ["st", "nd", "rd", "th"].contains(&text(at + 1)));
    if let (Some(day), Some(month), Some(year)) = (day(at), month(text(at + 1 + ordinal)), year(text(at + 2 + ordinal))) {
        return Some((at + 3 + ordinal, Moment { year, month: Some(month), day: Some(day) }));
    }
    let is_numeric = text(at + 1) == "/" && text(at + 3) == "/" && (at + 1..at + 5).all(glued);
    if let (true, Some(first), Some(month), Some(year)) = (is_numeric, day(at), day(at + 2).filter(|month| *month <= 12), year(text(at + 4))) {
        return Some((at + 5, Moment { year, month: Some(month), day: Some(first) }));
    }
    if let Some(month) = month(text(at)) {
        let comma = usize::from(text(at + 2) == ",");
        if let (Some(day), Some(year)) = (day(at + 1), year(text(at + 2 + comma))) {
            return Some((at + 3 + comma, Moment { year, month: Some(month), day: Some(day) }));
        }
        return year(text(at + 1)).map(|year| (at + 2, Moment { year, month: Some(month), day: None }));
    }
    let year = year(text(at)).filter(|_| is_year_alone(pieces, at))?;
    if text(at + 1) == "-" && text(at + 3) == "-" && (at + 1..at + 5).all(glued) {
        return Some((at + 5, Moment { year, month: day(at + 2).filter(|month| *month <= 12), day: day(at + 4) }));
    }
    Some((at + 1, Moment { year, month: None, day: None }))
}

/// "2013", but not "2013.5", "£2013", "2013%", "2,013" or "A2013".
fn is_year_alone(pieces: &[Piece<'_>], at: usize) -> bool {
    let glued_before = at.checked_sub(1).and_then(|before| pieces.get(before)).filter(|_| pieces.get(at).is_some_and(|piece| !piece.spaced));
    let glued_after = pieces.get(at + 1).filter(|after| !after.spaced);
    let follows = pieces.get(at + 2).is_some_and(|after| !after.spaced && after.text.starts_with(|c: char| c.is_ascii_digit()));
    let is_part =
        |piece: &Piece<'_>| matches!(piece.text, "." | "," | "\u{a3}" | "$" | "\u{20ac}" | "%" | "#") || piece.text.starts_with(char::is_alphanumeric);
    !glued_before.is_some_and(is_part) && !glued_after.is_some_and(|after| if matches!(after.text, "." | ",") { follows } else { is_part(after) })
}

fn year(text: &str) -> Option<u16> {
    text.parse().ok().filter(|year| text.len() == 4 && (1500..2100).contains(year))
}

/// The month of a name, whole or cut short, with its capital letter.
fn month(text: &str) -> Option<u8> {
    const NAMES: [&str; 12] = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    let is_month = |name: &str| name == text || text.len() == 3 && name.starts_with(text) || text == "Sept" && name == "September";
    let place = NAMES.iter().position(|name| is_month(name))?;
    u8::try_from(place + 1).ok()
}
