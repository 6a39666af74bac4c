//! The same figure in other words, as an editor would write it.

use pulse_model::figure::{Figure, Value};
use rust_decimal::Decimal;

/// Ways of saying a figure otherwise.
pub(crate) const WAYS: [&str; 8] =
    ["per cent and %", "number in words", "whole per cent", "about so many", "more than so many", "share in words", "million in full", "other dash"];

/// The figure in another wording, where it has one.
pub(crate) fn rephrased(way: &str, figure: &Figure) -> Option<String> {
    let wording = &figure.wording;
    let is_bare = wording.starts_with(|c: char| c.is_ascii_digit() || c == '\u{a3}');
    match (way, &figure.value) {
        ("per cent and %", Value::Percentage { .. }) if figure.unit == "%" => Some(wording.replace('%', " per cent")),
        ("per cent and %", Value::Percentage { .. }) if figure.unit == "per cent" => Some(wording.replace(" per cent", "%")),
        ("number in words", Value::Count { .. }) if is_bare => {
            let (number, rest) = wording.split_once(' ')?;
            let words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
            Some(format!("{} {rest}", words.get(number.parse::<usize>().ok()?.checked_sub(2)? + 1)?))
        }
        ("whole per cent", Value::Percentage { percent }) if is_bare && !percent.fract().is_zero() && percent.abs() > 1.into() => {
            Some(format!("{}%", percent.round())).filter(|_| !figure.unit.contains("point"))
        }
        ("about so many", Value::Count { number }) if is_bare && number.abs() > 1_000.into() && !has_scale(wording) => {
            Some(format!("around {} {}", grouped(&rounded(&number.to_string(), 2, true)?), figure.unit).trim_end().to_owned())
        }
        ("more than so many", Value::Count { number }) if is_bare && number.abs() > 1_000.into() && !has_scale(wording) => {
            Some(format!("more than {} {}", grouped(&rounded(&number.to_string(), 2, false)?), figure.unit).trim_end().to_owned())
        }
        ("share in words", Value::Percentage { percent }) if is_bare && figure.unit.ends_with(['%', 't']) && !figure.unit.contains("point") => {
            let shares =
                [("one in ten", 100), ("one in five", 200), ("a quarter", 250), ("a third", 333), ("half", 500), ("two thirds", 667), ("three quarters", 750)];
            let tenths: i64 = (percent * Decimal::TEN).round().try_into().ok()?;
            let near = shares.iter().find(|(_, share)| (share - tenths).abs() <= 12)?;
            let hedge = if near.1 > tenths + 3 {
                "nearly "
            } else if near.1 < tenths - 3 {
                "just over "
            } else {
                ""
            };
            Some(format!("{hedge}{}", near.0))
        }
        ("million in full", Value::Count { number }) if is_bare && has_scale(wording) => {
            Some(format!("{} {}", grouped(&number.normalize().to_string()), figure.unit).trim_end().to_owned())
        }
        ("million in full", Value::Money { amount, .. }) if is_bare && wording.contains(" million") && figure.unit.is_empty() => {
            Some(format!("\u{a3}{}", grouped(&amount.normalize().to_string())))
        }
        ("other dash", Value::Range { .. }) if wording.contains(" to ") && is_bare => Some(wording.replace(" to ", "\u{2013}")),
        _ => None,
    }
}

fn has_scale(wording: &str) -> bool {
    ["thousand", "million", "billion"].iter().any(|scale| wording.contains(scale))
}

/// With so many digits that are not noughts, up or down; nothing if it has no more.
fn rounded(number: &str, digits: usize, is_nearest: bool) -> Option<String> {
    let whole: u64 = number.trim_start_matches('-').split('.').next()?.parse().ok()?;
    let unit = 10_u64.pow(u32::try_from(whole.to_string().len().checked_sub(digits)?).ok()?);
    let rounded = if is_nearest { (whole + unit / 2) / unit * unit } else { whole / unit * unit };
    (rounded != whole).then(|| rounded.to_string())
}

/// With a comma before each three digits.
pub(crate) fn grouped(digits: &str) -> String {
    let places = digits.len();
    digits
        .chars()
        .enumerate()
        .fold(String::new(), |text, (at, digit)| text + if at > 0 && (places - at).is_multiple_of(3) { "," } else { "" } + &digit.to_string())
}
