//! Dates as files write them, to Unix milliseconds, UTC. A date without a time is its first moment; a time without a zone is taken as UTC.
//!
//! Read are ISO 8601 and its short forms, the dates of mail headers, and days with the month in words, English or Welsh. Of dates in slashes the day comes first,
//! as British publishers write them, unless it cannot.

use std::sync::LazyLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use regex::Regex;

/// Years outside are typing errors or placeholders: the works that digests are about are neither older nor from so far ahead.
pub const PLAUSIBLE_YEARS: std::ops::RangeInclusive<i16> = 1950..=2050;

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDate {
    /// It is written in no form that is read.
    Unreadable,
    /// Its year is outside of [`PLAUSIBLE_YEARS`].
    Implausible,
}

/// The moment that a text names.
///
/// ```
/// use pulse_extract::dates::{NoDate, moment};
/// assert_eq!(moment("2023-05-03"), Ok(1_683_072_000_000));
/// assert_eq!(moment("3rd May 2023"), moment("3 Mai 2023"));
/// assert_eq!(moment("2023-05-03T10:00:00+01:00"), Ok(1_683_104_400_000));
/// assert_eq!(moment("1 January 1900"), Err(NoDate::Implausible));
/// ```
pub fn moment(text: &str) -> Result<i64, NoDate> {
    let text = text.trim();
    let timestamp = with_time(text).or_else(|| first_day(text)?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())).ok_or(NoDate::Unreadable)?;
    let year = timestamp.to_zoned(TimeZone::UTC).year();
    if PLAUSIBLE_YEARS.contains(&year) { Ok(timestamp.as_millisecond()) } else { Err(NoDate::Implausible) }
}

/// Whether a text has a day in it, written with the month in words; that day.
pub fn day_within(text: &str) -> Option<Date> {
    static DAY_FIRST: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?i)\b(\d{1,2})(?:st|nd|rd|th|ain|fed|eg|af|il)?\s+(?:of\s+)?(\p{L}{3,10})\.?,?\s+(\d{4})\b").ok());
    static MONTH_FIRST: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)\b(\p{L}{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b").ok());
    let of = |regex: &LazyLock<Option<Regex>>, day: usize, month: usize| {
        let found = regex.as_ref()?.captures(text)?;
        Date::new(found[3].parse().ok()?, month_of(&found[month])?, found[day].parse().ok()?).ok()
    };
    of(&DAY_FIRST, 1, 2).or_else(|| of(&MONTH_FIRST, 2, 1))
}

fn with_time(text: &str) -> Option<Timestamp> {
    // Some write "2023-05-03 10:00:00 +0100" or end in "Z[UTC]".
    let iso = text.replacen(' ', "T", 1).replace(' ', "");
    let civil = |text: &str| text.parse::<jiff::civil::DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    (text.parse().ok())
        .or_else(|| iso.parse().ok())
        .or_else(|| text.parse::<Zoned>().ok().map(|zoned| zoned.timestamp()))
        .or_else(|| jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp()))
        .or_else(|| if text.contains(':') { civil(text).or_else(|| civil(&iso)) } else { None })
}

/// The first day of what a text names: a day, a month, a year.
fn first_day(text: &str) -> Option<Date> {
    if let Some(day) = day_within(text) {
        return Some(day);
    }
    let parts: Vec<&str> = text.split(['-', '/', '.']).map(str::trim).collect();
    let number = |part: &str| part.parse::<i16>().ok();
    match *parts.as_slice() {
        [year] if year.len() == 8 => Date::new(number(&year[..4])?, small(&year[4..6])?, small(&year[6..])?).ok(),
        [year] if year.len() == 4 => Date::new(number(year)?, 1, 1).ok(),
        [year, month] if year.len() == 4 => Date::new(number(year)?, small(month)?, 1).ok(),
        [year, month, day] if year.len() == 4 => Date::new(number(year)?, small(month)?, small(day.split(['T', ' ']).next()?)?).ok(),
        [first, second, year] if year.len() == 4 => {
            let (first, second, year) = (small(first)?, small(second)?, number(year)?);
            Date::new(year, second, first).or_else(|_| Date::new(year, first, second)).ok()
        }
        _ => month_and_year(text),
    }
}

fn small(text: &str) -> Option<i8> {
    text.parse().ok()
}

fn month_and_year(text: &str) -> Option<Date> {
    let (month, year) = text.split_once(char::is_whitespace)?;
    let year = year.trim();
    (year.len() == 4).then(|| Date::new(year.parse().ok()?, month_of(month)?, 1).ok())?
}

/// The month of a name or its first letters, English or Welsh.
fn month_of(name: &str) -> Option<i8> {
    const ENGLISH: [&str; 12] = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
    const WELSH: [&str; 12] = ["ionawr", "chwefror", "mawrth", "ebrill", "mai", "mehefin", "gorffennaf", "awst", "medi", "hydref", "tachwedd", "rhagfyr"];
    let name = name.to_lowercase();
    let name = if name == "sept" { "sep" } else { &name };
    let of = |months: &[&str; 12]| months.iter().position(|month| month == &name || name.len() == 3 && month.starts_with(name));
    of(&ENGLISH).or_else(|| of(&WELSH)).and_then(|month| i8::try_from(month + 1).ok())
}
