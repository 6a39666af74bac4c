//! A text with a date in it as words, numbers and a time of day.

/// A piece of the text before, or around, its time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Word(&'a str),
    /// Up to nine digits.
    Number {
        value: u32,
        digits: usize,
    },
}

/// A time of day, and its distance from UTC where it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) hour: i8,
    pub(super) minute: i8,
    pub(super) second: i8,
    pub(super) millis: i16,
    pub(super) offset_s: Option<i32>,
}

impl Token<'_> {
    /// A number and how many digits it has.
    pub(super) fn number(&self) -> Option<(u32, usize)> {
        match *self {
            Self::Number { value, digits } => Some((value, digits)),
            Self::Word(_) => None,
        }
    }
}

/// Words and numbers in order, the first time of day taken out.
pub(super) fn tokens(text: &str) -> (Vec<Token<'_>>, Option<Clock>) {
    let (mut tokens, mut found) = (Vec::new(), None);
    let mut rest = text;
    let mut half = None;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '0'..='9' => match found.is_none().then(|| time_of_day(rest)).flatten() {
                Some((mut time, length)) => {
                    if let Some(is_afternoon) = half {
                        time.hour = twelve(time.hour, is_afternoon);
                    }
                    found = Some(time);
                    length
                }
                None => {
                    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
                    // "4 pm" is an hour; nothing else of a date is.
                    if let (None, Some((is_afternoon, behind))) = (found, half_day(&rest[length..]))
                        && let Some(hour) = rest[..length].parse::<i8>().ok().filter(|hour| (1..=12).contains(hour))
                    {
                        found = Some(Clock { hour: twelve(hour, is_afternoon), ..Clock::default() });
                        length + behind
                    } else {
                        if let Some(value) = (length <= 9).then(|| rest[..length].parse().ok()).flatten() {
                            tokens.push(Token::Number { value, digits: length });
                        }
                        length
                    }
                }
            },
            letter if is_letter(letter) => {
                let length = rest.find(|c| !is_letter(c)).unwrap_or(rest.len());
                let word = &rest[..length];
                match word {
                    "오전" | "上午" | "午前" => half = Some(false),
                    "오후" | "下午" | "午後" => half = Some(true),
                    // The zone of `asctime` stands before the year: "Thu Jan  1 19:48:21 EST 2004".
                    _ => match found.as_mut().filter(|_| !word.eq_ignore_ascii_case("at")).and_then(|time| Some((time, named_zone(word)?))) {
                        Some((time, offset_s)) if time.offset_s.is_none() => time.offset_s = Some(offset_s),
                        _ => tokens.push(Token::Word(word)),
                    },
                }
                length
            }
            other => other.len_utf8(),
        };
        rest = &rest[length..];
    }
    (tokens, found)
}

/// The time of day behind an ISO date: `T10:14:55.3+01:00`, `T101455Z`, ` 10:14`, ` 오후 01:31`, or nothing.
pub(super) fn clock(rest: &str) -> Option<Clock> {
    clock_alone(rest).or_else(|| tokens(rest).1)
}

fn clock_alone(rest: &str) -> Option<Clock> {
    let rest = rest.trim_start_matches([' ', 'T', 't', ',']);
    if let Some((time, _)) = time_of_day(rest) {
        return Some(time);
    }
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let two = |at: usize| rest.get(at..at + 2)?.parse::<i8>().ok();
    match digits {
        4 | 6 => {
            let second = if digits == 6 { two(4)? } else { 0 };
            let offset_s = offset(&rest[digits..]).map(|(offset_s, _)| offset_s);
            Some(Clock { hour: two(0)?, minute: two(2)?, second, millis: 0, offset_s })
        }
        _ => None,
    }
}

/// `10:14`, `10:14:55`, `10:14:55.302`, each with a zone or "pm" behind it; and how long that is.
fn time_of_day(text: &str) -> Option<(Clock, usize)> {
    let two = |at: usize| {
        let part = text.get(at..at + 2)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<i8>().ok()).flatten()
    };
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=2).contains(&digits) || text.as_bytes().get(digits) != Some(&b':') {
        return None;
    }
    let mut time = Clock { hour: text[..digits].parse().ok()?, minute: two(digits + 1)?, ..Clock::default() };
    let mut end = digits + 3;
    if text.as_bytes().get(end) == Some(&b':')
        && let Some(second) = two(end + 1)
    {
        time.second = second;
        end += 3;
        if matches!(text.as_bytes().get(end), Some(b'.' | b',')) {
            let fraction = text[end + 1..].bytes().take_while(u8::is_ascii_digit).count();
            let shown = text.get(end + 1..end + 1 + fraction.min(3))?;
            time.millis = shown.parse::<i16>().unwrap_or(0) * [0, 100, 10, 1][shown.len()];
            end += 1 + fraction;
        }
    }
    if let Some((is_afternoon, length)) = half_day(&text[end..]) {
        time.hour = twelve(time.hour, is_afternoon);
        end += length;
    }
    if let Some((offset_s, length)) = offset(&text[end..]) {
        time.offset_s = Some(offset_s);
        end += length;
    }
    Some((time, end))
}

/// A zone at the beginning of a text, as seconds and bytes: `Z`, `+01:00`, ` +0100`, ` GMT`, ` GMT+1`, ` (CET)`.
fn offset(text: &str) -> Option<(i32, usize)> {
    let start = text.len() - text.trim_start_matches([' ', '(']).len();
    let rest = &text[start..];
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (mut offset_s, mut end) = (0, start);
    if letters > 0 {
        offset_s = named_zone(&rest[..letters])?;
        end += letters;
    }
    let Some(sign @ (b'+' | b'-')) = text.as_bytes().get(end) else {
        return (letters > 0).then_some((offset_s, end));
    };
    let digits = &text[end + 1..];
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let number = |range: std::ops::Range<usize>| digits.get(range).and_then(|part| part.parse::<i32>().ok());
    let (hours, minutes, length) = match (count, digits.as_bytes().get(count)) {
        (1 | 2, Some(b':')) if number(count + 1..count + 3).is_some() => (number(0..count)?, number(count + 1..count + 3)?, count + 3),
        (1 | 2, _) => (number(0..count)?, 0, count),
        (3, _) => (number(0..1)?, number(1..3)?, 3),
        (4, _) => (number(0..2)?, number(2..4)?, 4),
        _ => return (letters > 0).then_some((offset_s, end)),
    };
    let by_number = (hours * 60 + minutes) * 60;
    Some((offset_s + if *sign == b'-' { -by_number } else { by_number }, end + 1 + length))
}

/// RFC 822's names, and those that European and other publishers use. A name with two meanings is not here.
fn named_zone(name: &str) -> Option<i32> {
    let half_hours = match name.to_ascii_uppercase().as_str() {
        "Z" | "UT" | "UTC" | "GMT" | "WET" => 0,
        "BST" | "CET" | "MEZ" | "WEST" => 2,
        "CEST" | "MESZ" | "EET" => 4,
        "EEST" | "MSK" => 6,
        "JST" | "KST" => 18,
        "AEST" => 20,
        "AEDT" => 22,
        "NZST" => 24,
        "NZDT" => 26,
        "AT" | "AST" | "EDT" => -8,
        "ADT" => -6,
        "ET" | "EST" | "CDT" => -10,
        "CT" | "CST" | "MDT" => -12,
        "MT" | "MST" | "PDT" => -14,
        "PT" | "PST" => -16,
        _ => return None,
    };
    Some(half_hours * 30 * 60)
}

/// "am", "p.m." at the beginning of a text, and its length.
fn half_day(text: &str) -> Option<(bool, usize)> {
    let start = text.len() - text.trim_start_matches(' ').len();
    let rest = text.get(start..)?;
    let length = [4, 3, 2].into_iter().find(|length| {
        let Some(part) = rest.get(..*length) else { return false };
        let is_whole = rest[*length..].chars().next().is_none_or(|next| !is_letter(next));
        is_whole && matches!(part.to_ascii_lowercase().as_str(), "am" | "pm" | "a.m" | "p.m" | "a.m." | "p.m.")
    })?;
    Some((rest.starts_with(['p', 'P']), start + length))
}

fn twelve(hour: i8, is_afternoon: bool) -> i8 {
    match (hour, is_afternoon) {
        (12, false) => 0,
        (1..=11, true) => hour + 12,
        _ => hour,
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphabetic() || unicode_normalization::char::is_combining_mark(c)
}
