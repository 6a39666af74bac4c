//! Figures made comparable: what a number measures, how exactly it is printed, how it is hedged, what it counts.
//!
//! In: a [`Figure`]. Out: a [`Quantity`]. Signs are dropped: "fell by 1.9%" and "-1.9%" state the same change.
//!
//! Not here: which of two quantities follows from the other ([`super::derive`]).

use rust_decimal::Decimal;

use super::words;
use crate::figure::{Figure, Value};

/// A figure that can be compared with others.
#[derive(Clone, Debug)]
pub(super) struct Quantity {
    pub(super) dimension: Dimension,
    /// Never negative; of a range the lower end.
    pub(super) value: Decimal,
    /// The upper end of a range.
    pub(super) to: Option<Decimal>,
    /// The unit of its last printed digit: 0.1 for "5.3", 1,000 for "5.372 million".
    pub(super) step: Decimal,
    /// The unit of its last printed digit that is not nought: 1,000 for "15,000".
    pub(super) coarse_step: Decimal,
    pub(super) hedge: Hedge,
    /// What it counts or is reckoned by, word by word in the singular, the noun last.
    pub(super) nouns: Vec<String>,
    /// As printed.
    pub(super) wording: String,
}

/// What a number measures. Different dimensions never say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Dimension {
    Percent,
    PercentagePoints,
    /// ISO 4217.
    Money([u8; 3]),
    /// A share or a multiple.
    Ratio,
    Count,
    /// A cell of a table that says neither in itself nor above or beside it.
    Unstated,
}

/// On which side of the printed number the real one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hedge {
    None,
    About,
    Over,
    Under,
}

impl Quantity {
    pub(super) fn of(figure: &Figure) -> Self {
        let (dimension, value, to) = match &figure.value {
            Value::Count { number } | Value::SampleSize { number } => (Dimension::Count, *number, None),
            Value::Percentage { percent } => (percent_or_points(&figure.unit), *percent, None),
            Value::Ratio { numerator, denominator } => (Dimension::Ratio, numerator.checked_div(*denominator).unwrap_or_default(), None),
            Value::Money { amount, currency } => (money(currency), *amount, None),
            Value::Range { from, to } => (dimension_of_range(&figure.unit), *from, Some(*to)),
        };
        let nouns = if matches!(dimension, Dimension::Percent | Dimension::PercentagePoints | Dimension::Ratio) { Vec::new() } else { nouns(&figure.unit) };
        let mut quantity = Self {
            dimension,
            value: value.abs().normalize(),
            to: to.map(|to| to.abs().normalize()),
            step: Decimal::ONE,
            coarse_step: Decimal::ONE,
            hedge: Hedge::of(&figure.wording),
            nouns,
            wording: figure.wording.clone(),
        };
        (quantity.step, quantity.coarse_step) = steps(&figure.wording, quantity.value);
        quantity.in_base_units();
        quantity
    }

    /// Megatonnes are million tonnes.
    fn in_base_units(&mut self) {
        let scales = [
            ("mt", 1_000_000, "tonne"),
            ("mtco2e", 1_000_000, "tonne"),
            ("kt", 1_000, "tonne"),
            ("kg", 1, "kilogram"),
            ("km", 1, "kilometre"),
            ("hr", 1, "hour"),
            ("min", 1, "minute"),
        ];
        let scale = self.nouns.first().and_then(|noun| scales.iter().find(|(name, _, _)| name == noun));
        if let Some((_, scale, name)) = scale {
            self.scale_by(Decimal::from(*scale));
            self.nouns = vec![(*name).to_owned()];
        }
    }

    /// What a heading says in general, "thousands", holds for the number. One too large to hold stays as it is.
    pub(super) fn scale_by(&mut self, scale: Decimal) {
        let scaled = |number: Decimal| number.checked_mul(scale).map_or(number, |number| number.normalize());
        (self.value, self.to, self.step, self.coarse_step) = (scaled(self.value), self.to.map(scaled), scaled(self.step), scaled(self.coarse_step));
    }

    /// The two ends of a range as quantities of their own.
    pub(super) fn ends(&self) -> Option<(Self, Self)> {
        let to = self.to?;
        let end = |value: Decimal| Self { value, to: None, wording: value.to_string(), ..self.clone() };
        Some((end(self.value), end(to)))
    }

    /// An age group or a limit in time, "16 to 64", "less than 30 hours": it defines who is counted, and is one for all.
    pub(super) fn defines(&self) -> bool {
        let is_time = self.nouns.first().is_some_and(|noun| ["hour", "day", "week", "month", "year"].contains(&noun.as_str()));
        self.dimension == Dimension::Count && (self.to.is_some() || is_time && self.hedge != Hedge::None)
    }

    /// How many digits the number has that somebody had to know: 2 for "15,000".
    pub(super) fn significant_digits(&self) -> u32 {
        let digits = self.value.normalize().mantissa().to_string();
        u32::try_from(digits.trim_end_matches('0').len()).unwrap_or(u32::MAX).max(1)
    }
}

impl Hedge {
    /// "over" and "nearly" rule each other out.
    pub(super) fn is_opposite(self, other: Self) -> bool {
        matches!((self, other), (Self::Over, Self::Under) | (Self::Under, Self::Over))
    }

    fn of(wording: &str) -> Self {
        let lower = wording.to_lowercase();
        let before = lower.split(|c: char| c.is_ascii_digit()).next().unwrap_or_default();
        let has = |words: &[&str]| before.split_whitespace().any(|word| words.contains(&word));
        if has(&["over", "more", "above", "least", "past", "greater", "exceeding", "excess"]) || before.contains(['>', '\u{2265}']) {
            Self::Over
        } else if has(&["under", "less", "fewer", "below", "nearly", "almost", "most", "virtually", "barely"]) || before.contains(['<', '\u{2264}']) {
            Self::Under
        } else if has(&["around", "about", "approximately", "approx", "roughly", "some", "circa", "estimated", "close"]) || before.contains(['~', '\u{2248}']) {
            Self::About
        } else {
            Self::None
        }
    }
}

fn percent_or_points(unit: &str) -> Dimension {
    let unit = unit.to_lowercase();
    if unit.contains("point") || matches!(unit.trim(), "pp" | "ppt" | "ppts") { Dimension::PercentagePoints } else { Dimension::Percent }
}

fn money(currency: &str) -> Dimension {
    Dimension::Money(currency.as_bytes().try_into().unwrap_or(*b"XXX"))
}

fn dimension_of_range(unit: &str) -> Dimension {
    let lower = unit.to_lowercase();
    let sign = [('\u{a3}', "GBP"), ('\u{20ac}', "EUR"), ('$', "USD"), ('\u{a5}', "JPY")].into_iter().find(|(sign, _)| unit.contains(*sign));
    match sign {
        Some((_, currency)) => money(currency),
        None if lower.contains('%') || lower.contains("cent") || lower.trim_start().starts_with("pp") => percent_or_points(unit),
        None if lower.starts_with("times") => Dimension::Ratio,
        None => Dimension::Count,
    }
}

/// What is counted, without by what it is reckoned; of money the latter. The age of somebody counts nobody, and is in years
/// where it does not say so.
fn nouns(unit: &str) -> Vec<String> {
    let words: Vec<&str> = unit.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let rate = words.iter().skip(1).position(|word| ["a", "an", "per", "each"].contains(word)).map_or(words.len(), |rate| rate + 1);
    let counted = words.get(..rate).unwrap_or_default();
    if counted.iter().any(|word| word.starts_with("old")) {
        let time = counted.iter().map(|word| words::singular(word)).find(|word| ["month", "week", "day"].contains(&word.as_str()));
        return time.into_iter().collect();
    }
    counted.iter().filter(|word| !["a", "an", "per", "or", "more", "and", "over", "of", "the", "s"].contains(word)).map(|word| words::singular(word)).collect()
}

/// The units of the last printed digit and of the last that is not nought.
fn steps(wording: &str, value: Decimal) -> (Decimal, Decimal) {
    let from = wording.find(|c: char| c.is_ascii_digit()).unwrap_or(wording.len());
    let printed = wording[from..].chars().take_while(|c| c.is_ascii_digit() || matches!(c, ',' | '.') || c.is_whitespace());
    let digits: String = printed.filter(|c| *c != ',' && !c.is_whitespace()).collect();
    let digits = digits.trim_end_matches('.');
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let printed = if digits.is_empty() { value } else { Decimal::from_str_exact(digits).unwrap_or(value) };
    let scale = value.checked_div(printed).unwrap_or(Decimal::ONE);
    let last = Decimal::new(1, u32::try_from(decimals).unwrap_or(0).min(28)).checked_mul(scale).unwrap_or(Decimal::ONE);
    let mut coarse = last;
    let mut rest = if decimals == 0 { printed } else { Decimal::ONE };
    for _ in 0..20 {
        match coarse.checked_mul(Decimal::TEN) {
            Some(next) if rest >= Decimal::TEN && (rest % Decimal::TEN).is_zero() => (coarse, rest) = (next, rest / Decimal::TEN),
            _ => break,
        }
    }
    (last.normalize(), coarse.normalize())
}
