//! Dates as publishers write them.
//!
//! In: a few words with a date in them: RFC 822 with any weekday, RFC 3339 and the other forms of ISO 8601, `asctime`, "3 Mai 2023",
//! "Sept. 5th, 2023 at 4 pm", "2004년 12월 31일". Out: Unix milliseconds, UTC, or nothing. Feeds and listings read their dates here.
//!
//! Always: the same words give the same moment. A date without a time is its midnight, a time without a zone is UTC (in Korean: Korea's),
//! a date without a day (or month) is the first. Numbers with slashes or points are day, month, year, as in Britain, unless they can only be the other way round.
//! Not here: what counts as the date of a publication.

mod months;
mod scan;

use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use pulse_model::{Problem, ProblemKind};

use scan::{Clock, Token};

/// 1 January 1970: nothing on the web is older, and what claims to be is a zero or a typing error.
const EARLIEST: i64 = 0;
/// Clocks differ, and some publishers date a thing by the day it is meant for.
const AHEAD_MS: i64 = 2 * 24 * 60 * 60 * 1000;
/// The most characters that are looked at; a date stands at the beginning or nowhere.
const LONGEST: usize = 160;

/// The moment a text tells, in Unix milliseconds, UTC.
///
/// ```
/// use pulse_harvest::dates::parse;
/// assert_eq!(parse("Wed, 31 Dec 2003 10:14:55 GMT"), Some(1_072_865_695_000));
/// assert_eq!(parse("2003-12-31T11:14:55+01:00"), parse("Wed, 31 Dec 2003 10:14:55 GMT"));
/// assert_eq!(parse("Cyhoeddwyd 3 Mai 2023"), parse("3/5/2023"));
/// assert_eq!(parse("31 February 2023"), None);
/// ```
pub fn parse(text: &str) -> Option<i64> {
    let text = head(text.trim());
    if let Some(at) = iso(text) {
        return at;
    }
    let (tokens, clock) = scan::tokens(text);
    let clock = clock.map(|clock| placed(clock, text));
    let (year, month, day) = named(&tokens).or_else(|| marked(&tokens)).or_else(|| numbered(&tokens))?;
    moment(year, month, day, clock)
}

/// The same, where the moment can be true: not before 1970, and not more than two days after `now`. What cannot be read or cannot
/// be true becomes a problem of `whose` date ("the update of \"Annual report\""), and nothing.
pub fn parse_plausible(text: &str, now: i64, whose: &str, problems: &mut Vec<Problem>) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let what = match parse(text) {
        Some(at) if (EARLIEST..=now.saturating_add(AHEAD_MS)).contains(&at) => return Some(at),
        Some(at) if at < EARLIEST => "is too early to be true",
        Some(_) => "is in the future",
        None => "is no date that can be read",
    };
    let shown: String = text.chars().take(60).collect();
    problems.push(Problem::new(ProblemKind::BadDate, format!("{whose}: \"{shown}\" {what}")));
    None
}

/// Feeds from Korea leave out the zone, of which the country has one.
fn placed(clock: Clock, text: &str) -> Clock {
    let is_korean = ["년", "오전", "오후"].iter().any(|word| text.contains(word));
    Clock { offset_s: clock.offset_s.or_else(|| is_korean.then_some(9 * 60 * 60)), ..clock }
}

fn head(text: &str) -> &str {
    text.char_indices().nth(LONGEST).map_or(text, |(end, _)| &text[..end])
}

fn moment(year: i16, month: i8, day: i8, clock: Option<Clock>) -> Option<i64> {
    let date = Date::new(year, month, day).ok()?;
    let clock = clock.unwrap_or_default();
    // Midnight at the end of a day is the beginning of the next one; a leap second is the one before it.
    let (date, hour) = if clock.hour == 24 && clock.minute == 0 { (date.tomorrow().ok()?, 0) } else { (date, clock.hour) };
    let second = if clock.second == 60 { 59 } else { clock.second };
    let time = Time::new(hour, clock.minute, second, 0).ok()?;
    let stamp = Offset::from_seconds(clock.offset_s.unwrap_or(0)).ok()?.to_timestamp(date.to_datetime(time)).ok()?;
    stamp.as_millisecond().checked_add(i64::from(clock.millis))
}

/// Digits first: `2003`, `2003-12`, `2003-12-31`, `20031231`, `2003-365`, each but the first two with a time behind it, and Unix seconds.
/// The outer `None` says that the text is of another form.
fn iso(text: &str) -> Option<Option<i64>> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = |at: usize, length: usize| text.get(at..at + length).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))?.parse::<i64>().ok();
    let is_end = |at: usize| text.as_bytes().get(at).is_none_or(|byte| !byte.is_ascii_digit());
    let dash = |at: usize| text.as_bytes().get(at) == Some(&b'-');
    let (year, month, day, end) = match digits {
        9 | 10 if text.len() == digits => return Some(number(0, digits)?.checked_mul(1000)),
        12 | 13 if text.len() == digits => return Some(number(0, digits)),
        8 | 14 => (number(0, 4)?, number(4, 2)?, number(6, 2)?, 8),
        4 if text.len() == 4 => (number(0, 4)?, 1, 1, 4),
        4 if dash(4) && number(5, 3).is_some() && is_end(8) => {
            let first = Date::new(i16::try_from(number(0, 4)?).ok()?, 1, 1).ok()?;
            let date = first.with().day_of_year(i16::try_from(number(5, 3)?).ok()?).build();
            return Some(date.ok().and_then(|date| moment(date.year(), date.month(), date.day(), scan::clock(&text[8..]))));
        }
        4 if dash(4) && dash(7) && number(8, 2).is_some() && is_end(10) => (number(0, 4)?, number(5, 2)?, number(8, 2)?, 10),
        4 if dash(4) && number(5, 2).is_some() && text.len() == 7 => (number(0, 4)?, number(5, 2)?, 1, 7),
        _ => return None,
    };
    let small = |number: i64| i8::try_from(number).ok();
    Some((|| moment(i16::try_from(year).ok()?, small(month)?, small(day)?, scan::clock(text.get(end..)?).map(|clock| placed(clock, text))))())
}

/// With the month in words: it has the day, or the year, or both beside it.
fn named(tokens: &[Token<'_>]) -> Option<(i16, i8, i8)> {
    // "1er mai", "3rd of May", "5 de mayo de 2023": short words may stand between.
    let is_short = |token: Option<&Token<'_>>| matches!(token, Some(Token::Word(word)) if word.chars().count() <= 3);
    let beside = |at: usize, step: fn(usize, usize) -> Option<usize>| {
        let near = |far: usize| step(at, far);
        let reach = (1..=3).find(|far| !is_short(near(*far).and_then(|next| tokens.get(next))))?;
        tokens.get(near(reach)?)?.number()
    };
    // The month that has the most numbers beside it: "mar. 1er août 2023" is a Tuesday in August.
    let mut best = None;
    let mut most = 0;
    for (at, token) in tokens.iter().enumerate() {
        let Token::Word(word) = token else { continue };
        let neighbours = usize::from(beside(at, usize::checked_sub).is_some()) + usize::from(beside(at, usize::checked_add).is_some());
        if neighbours > most
            && let Some(month) = months::number(word)
        {
            (best, most) = (Some((at, month)), neighbours);
        }
    }
    let (at, month) = best?;
    let (before, after) = (beside(at, usize::checked_sub), beside(at, usize::checked_add));
    let is_year = |(value, digits): (u32, usize)| digits == 4 || value > 31;
    // "May 3, 2023": the year is the number behind the day.
    let following = || tokens.iter().skip(at).filter_map(Token::number).nth(1);
    let (year, day) = match (before, after) {
        (Some(day), Some(year)) if !is_year(day) => (year, day),
        (Some(year), Some(day)) => (year, day),
        (None, Some(year)) if is_year(year) => (year, (1, 1)),
        (None, Some(day)) => (following()?, day),
        (Some(year), None) if is_year(year) => (year, (1, 1)),
        _ => return None,
    };
    Some((full_year(year)?, month, i8::try_from(day.0).ok()?))
}

/// With marks behind the numbers, as in China, Japan and Korea.
fn marked(tokens: &[Token<'_>]) -> Option<(i16, i8, i8)> {
    let with = |marks: &[&str]| {
        tokens.windows(2).find_map(|pair| match pair {
            [number, Token::Word(word)] if marks.iter().any(|mark| word.starts_with(mark)) => number.number(),
            _ => None,
        })
    };
    let (year, month) = (with(&["年", "년"])?, with(&["月", "월"])?);
    let day = with(&["日", "일"]).map_or(1, |(day, _)| day);
    Some((full_year(year)?, i8::try_from(month.0).ok()?, i8::try_from(day).ok()?))
}

/// Three numbers and no month in words.
fn numbered(tokens: &[Token<'_>]) -> Option<(i16, i8, i8)> {
    let at = tokens.windows(3).position(|three| three.iter().all(|token| token.number().is_some()))?;
    let numbers: Vec<_> = tokens[at..].iter().map_while(Token::number).collect();
    let &[first, second, third] = numbers.first_chunk::<3>()?;
    let (year, month, day) = if first.1 == 4 || first.0 > 31 {
        (first, second.0, third.0)
    } else if second.0 > 12 {
        (third, first.0, second.0)
    } else {
        (third, second.0, first.0)
    };
    Some((full_year(year)?, i8::try_from(month).ok()?, i8::try_from(day).ok()?))
}

/// RFC 2822, section 4.3: two digits are 2000 to 2049 and 1950 to 1999, three are years since 1900.
fn full_year((value, digits): (u32, usize)) -> Option<i16> {
    let year = match (digits, value) {
        (1 | 2, 0..50) => 2000 + value,
        (1..=3, _) => 1900 + value,
        (4, _) => value,
        _ => return None,
    };
    i16::try_from(year).ok()
}
