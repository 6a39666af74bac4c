//! Reads one number where it stands: in digits or words, with scale, sign, currency or per cent.
//!
//! In: a place in a [`Reading`]. Out: an [`Amount`] that begins there, or nothing. A number beyond what [`Decimal`] holds
//! (28 digits) is nothing: no report states one.
//!
//! Not here: what two numbers make together, and what is counted ([`super::rules`]); whether the number is a date or the
//! name of something ([`super::noise`]).

use rust_decimal::Decimal;

use super::token::{Kind, Reading};
use super::words;

/// A number and how it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amount {
    pub(super) value: Decimal,
    pub(super) measure: Measure,
    /// Its first token.
    pub(super) first: usize,
    /// The token after its last.
    pub(super) end: usize,
    /// "seven", not "7".
    pub(super) in_words: bool,
    /// It has its own "million" or "bn".
    pub(super) scale: Option<u64>,
}

/// What the number itself says it measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    Plain,
    /// The words or sign from this token to the end of the amount.
    Percent {
        from: usize,
    },
    Money {
        currency: &'static str,
    },
}

impl Measure {
    /// Both measure the same, so that they can be the ends of one range.
    pub(super) fn is_like(self, other: Self) -> bool {
        match (self, other) {
            (Self::Money { currency: one }, Self::Money { currency: other }) => one == other,
            (one, other) => std::mem::discriminant(&one) == std::mem::discriminant(&other),
        }
    }
}

impl Amount {
    /// The amount that begins at this token.
    pub(super) fn at(reading: &Reading<'_>, first: usize) -> Option<Self> {
        let is_minus = reading.sign(first).is_some_and(|sign| matches!(sign, '-' | '\u{2212}')) && reading.glued(first + 1) && !reading.is_joint(first);
        let start = if is_minus { first + 1 } else { first };
        let (currency, number_at) = currency_before(reading, start);
        let mut amount = if reading.kind(number_at) == Some(Kind::Number) || reading.sign(number_at).is_some_and(words::is_vulgar_fraction) {
            digits(reading, number_at)?
        } else if currency.is_none() && !is_minus {
            in_words(reading, number_at)?
        } else {
            return None;
        };
        amount.first = first;
        if is_minus {
            amount.value = -amount.value;
        }
        match currency {
            Some(currency) => {
                amount.measure = Measure::Money { currency };
                amount.read_loose_scale(reading)?;
            }
            None => amount.read_measure(reading),
        }
        amount.value = amount.value.normalize();
        Some(amount)
    }

    /// The value as a whole number, for those that must be one.
    pub(super) fn whole(&self) -> Option<u32> {
        u32::try_from(self.value).ok().filter(|_| self.value.fract().is_zero())
    }

    /// "£3 m", "£1.2 bn": only a sum of money has its letter apart.
    fn read_loose_scale(&mut self, reading: &Reading<'_>) -> Option<()> {
        let scale = words::glued_scale(reading.word(self.end)).filter(|_| self.scale.is_none() && reading.is(self.end, &["m", "mn", "bn", "tn"]));
        if let Some(scale) = scale {
            self.value = self.value.checked_mul(Decimal::from(scale))?;
            (self.scale, self.end) = (Some(scale), self.end + 1);
        }
        Some(())
    }

    /// "%", "per cent", "percentage points", "pounds", "pence" after the number.
    fn read_measure(&mut self, reading: &Reading<'_>) {
        let at = self.end;
        let percent_end = percent_end(reading, at);
        if let Some(end) = percent_end {
            (self.measure, self.end) = (Measure::Percent { from: at }, end);
        } else if let Some((currency, parts)) = words::currency_name(reading.word(at)).or_else(|| pence(reading, at)) {
            (self.measure, self.end) = (Measure::Money { currency }, at + 1);
            self.value /= Decimal::from(parts);
        }
    }
}

fn pence(reading: &Reading<'_>, at: usize) -> Option<(&'static str, u32)> {
    (reading.glued(at) && reading.text(at) == "p").then_some(("GBP", 100))
}

/// Where the words or sign for "per cent" that begin at `at` end.
fn percent_end(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let at = if reading.is_joint(at) { at + 1 } else { at };
    if matches!(reading.sign(at), Some('%' | '\u{ff05}')) {
        // "5% points" is how some write percentage points.
        return Some(if reading.is(at + 1, &["point", "points"]) { at + 2 } else { at + 1 });
    }
    if reading.is(at, &["percent", "pp", "ppts", "ppt"]) {
        return Some(at + 1);
    }
    let is_pair = reading.is(at, &["per"]) && reading.is(at + 1, &["cent"]) || reading.is(at, &["percentage"]) && reading.is(at + 1, &["point", "points"]);
    is_pair.then_some(at + 2)
}

/// A currency sign ("£", "US$") or code ("EUR 5 million") and the place of the number after it.
fn currency_before(reading: &Reading<'_>, at: usize) -> (Option<&'static str>, usize) {
    if let Some(currency) = reading.sign(at).and_then(words::currency_sign) {
        return (Some(currency), at + 1);
    }
    let codes = [("GBP", "GBP"), ("EUR", "EUR"), ("USD", "USD"), ("US", "USD")];
    let code = codes.iter().find(|(code, _)| *code == reading.word(at)).map(|(_, currency)| *currency);
    match code {
        Some("USD") if reading.sign(at + 1) == Some('$') && reading.glued(at + 1) => (Some("USD"), at + 2),
        Some(currency) if reading.word(at) != "US" && reading.kind(at + 1) == Some(Kind::Number) => (Some(currency), at + 1),
        _ => (None, at),
    }
}

/// A number in digits with what is glued to it or scales it.
fn digits(reading: &Reading<'_>, at: usize) -> Option<Amount> {
    let mut value = Decimal::ZERO;
    let mut end = at;
    if reading.kind(at) == Some(Kind::Number) {
        end += 1 + spaced_groups(reading, at);
        value = decimal(reading.slice(at, end))?;
    }
    if let Some(hundredths) = reading.sign(end).and_then(words::vulgar_fraction).filter(|_| end == at || reading.glued(end)) {
        value = value.checked_add(Decimal::new(hundredths, 2))?;
        end += 1;
    }
    let word = reading.word(end);
    let scale = if reading.glued(end) { words::glued_scale(word) } else { words::scale(word).filter(|scale| *scale != 12) };
    if let Some(scale) = scale {
        value = value.checked_mul(Decimal::from(scale))?;
        end += 1;
    }
    Some(Amount { value, measure: Measure::Plain, first: at, end, in_words: false, scale })
}

/// How many groups of three digits follow after a space: "12 000", "1 250 000" where the spaces do not break.
fn spaced_groups(reading: &Reading<'_>, at: usize) -> usize {
    let is_digits = |place: usize| reading.text(place).bytes().all(|byte| byte.is_ascii_digit());
    let belongs = |place: usize| {
        let text = reading.text(place);
        let joined = reading.slice(place - 1, place + 1);
        let is_group = reading.kind(place) == Some(Kind::Number) && text.len() == 3 && is_digits(place) && reading.spaced(place);
        is_group && (text.starts_with('0') || joined.contains(['\u{a0}', '\u{202f}', '\u{2009}']))
    };
    if reading.text(at).len() > 3 || !is_digits(at) || reading.text(at).starts_with('0') {
        return 0;
    }
    // Decimals hold nine such groups.
    (at + 1..at + 9).take_while(|place| belongs(*place)).count()
}

fn decimal(digits: &str) -> Option<Decimal> {
    // Longer runs cannot be held; they are turned away before they are copied.
    if digits.len() > 40 {
        return None;
    }
    Decimal::from_str_exact(&digits.replace(|c: char| c == ',' || c.is_whitespace(), "").replace('\u{b7}', ".")).ok()
}

/// "seven", "twenty-five", "two hundred and fifty thousand", "a million", "half a million", "two and a half".
fn in_words(reading: &Reading<'_>, first: usize) -> Option<Amount> {
    let (mut at, mut total, mut group) = (first, 0_u64, 0_u64);
    let mut scaled = None;
    if reading.is(first, &["half"]) {
        let scale = words::scale(reading.word(first + 2)).filter(|_| reading.is(first + 1, &["a"]))?;
        return Some(Amount { value: Decimal::from(scale / 2), measure: Measure::Plain, first, end: first + 3, in_words: true, scale: Some(scale) });
    }
    if reading.is(first, &["a"]) {
        words::scale(reading.word(first + 1))?;
        (at, group) = (first + 1, 1);
    }
    let mut end = first;
    // Ten words are more than any number written out has.
    for _ in 0..10 {
        let word = reading.word(at);
        if let Some(small) = words::cardinal(word).map(u64::from) {
            let fits = group % 100 == 0 || (group % 10 == 0 && small < 10 && group % 100 > 10);
            if !fits || (group > 0 && group % 100 == 0 && end + 1 == at && !reading.is(at - 1, &["and", "hundred"])) {
                break;
            }
            group += small;
        } else if let Some(scale) = words::scale(word).filter(|_| group > 0) {
            scaled = Some(scale);
            group = group.checked_mul(scale)?;
            if scale >= 1000 {
                total = total.checked_add(group)?;
                group = 0;
            }
        } else {
            break;
        }
        end = at + 1;
        at = reading.after(at);
        if scaled.is_some() && reading.is(at, &["and"]) && words::cardinal(reading.word(at + 1)).is_some() {
            at += 1;
        }
    }
    let value = Decimal::from(total.checked_add(group)?);
    if end == first {
        return None;
    }
    let amount = Amount { value, measure: Measure::Plain, first, end, in_words: true, scale: scaled };
    Some(and_a_half(reading, amount))
}

/// Adds "and a half", which some write "and half".
fn and_a_half(reading: &Reading<'_>, amount: Amount) -> Amount {
    let and = reading.after(amount.end - 1);
    if !reading.is(and, &["and"]) {
        return amount;
    }
    let mut half = reading.after(and);
    if reading.is(half, &["a"]) {
        half = reading.after(half);
    }
    // "two and half the victims" are two numbers.
    if !reading.is(half, &["half"]) || reading.is(half + 1, &["of", "the", "as"]) {
        return amount;
    }
    let value = amount.value + Decimal::new(5, 1);
    // "two and a half million"
    match words::scale(reading.word(half + 1)).filter(|scale| *scale != 12 && amount.scale.is_none()) {
        Some(scale) => Amount { value: value * Decimal::from(scale), end: half + 2, scale: Some(scale), ..amount },
        None => Amount { value, end: half + 1, ..amount },
    }
}
