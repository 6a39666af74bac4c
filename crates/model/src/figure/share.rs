//! Shares and multiples that are said without a number: half, a third, twice, doubled, threefold.
//!
//! In: the place of such a word in a [`Reading`]. Out: the figure it makes. Most of these words have another life ("half an
//! hour", "the third quarter", "a third report"), so each is taken only where its neighbours show that it is a share.
//!
//! Not here: "two thirds", "three times higher", which begin with a number ([`super::rules`]).

use rust_decimal::Decimal;

use super::rules::Found;
use super::token::Reading;
use super::{Value, phrase, words};

/// "half the victims", "a third", "twice as high", "doubled", "threefold".
pub(super) fn at(reading: &Reading<'_>, at: usize, floor: usize) -> Option<Found> {
    let word = reading.word(at);
    if let Some((numerator, denominator)) = words::multiplied(word).filter(|_| !reading.is(at + 1, &["up", "down", "over"])) {
        return Some(Found::new(reading, at..at + 1, ratio(numerator, denominator)?, at + 1));
    }
    if let Some(factor) = words::fold(word) {
        return Some(Found::new(reading, at..at + 1, ratio(factor, 1)?, at + 1));
    }
    if reading.is(at, &["twice", "double"]) {
        let end = comparator_end(reading, at + 1).filter(|_| !reading.is_joint(at + 1))?;
        return Some(Found::new(reading, at..end, ratio(2, 1)?, at + 1));
    }
    if reading.is(at, &["half"]) {
        return half(reading, at, floor);
    }
    let (denominator, is_plural) = words::fraction(word)?;
    let article = at.wrapping_sub(1);
    let is_part = article >= floor && reading.is(article, &["a"]) && reading.spaced(at) && !is_plural && is_share_of(reading, article, at + 1, floor);
    if is_part { Some(Found::new(reading, article..at + 1, ratio(1, denominator)?, at + 1)) } else { None }
}

/// "half" is a share before a determiner or verb or after a qualifier; "half an hour", "half-term", "the first half" are none.
fn half(reading: &Reading<'_>, at: usize, floor: usize) -> Option<Found> {
    let before = at.wrapping_sub(1);
    let is_other = reading
        .is(before, &["first", "second", "other", "latter", "final", "last", "this", "that", "the", "former", "top", "bottom", "next", "and", "a"])
        && reading.spaced(at);
    if is_other && !reading.is(before, &["and"]) || reading.is_joint(at + 1) || reading.is(at + 1, &["a", "an"]) {
        return None;
    }
    let next = at + 1;
    if reading.is(next, &["the", "their", "these", "those", "all", "our", "its", "as"]) {
        let end = if reading.is(next, &["as"]) { comparator_end(reading, next)? } else { phrase::end(reading, next + 1, false).unwrap_or(next) };
        let unit_from = if reading.is(next, &["as"]) { next } else { next + 1 };
        return Some(Found::new(reading, at..end, ratio(1, 2)?, unit_from));
    }
    is_share_of(reading, at, next, floor).then_some(())?;
    Some(Found::new(reading, at..next, ratio(1, 2)?, next))
}

/// The fraction from `first` to `next` is a share: "of" or a verb follows, or it is qualified. "a third report" is none.
fn is_share_of(reading: &Reading<'_>, first: usize, next: usize, floor: usize) -> bool {
    let before = first.wrapping_sub(1);
    let leads_in = before >= floor && first > floor && reading.is(before, words::APPROXIMATE) || reading.is(before, &["by"]);
    reading.is(next, &["of", "as", "more", "less", "fewer", "higher", "lower"])
        || reading.is(next, words::AUXILIARIES)
        || reading.sign(next) == Some('(')
        || leads_in && !(phrase::end(reading, next, false).is_some() && reading.is(before, &["to", "only", "just", "about"]))
}

/// So many to so many.
pub(super) fn ratio(numerator: u32, denominator: u32) -> Option<Value> {
    ratio_of(Decimal::from(numerator), Decimal::from(denominator))
}

/// The same for numbers that need not be whole; nothing where the lower is zero.
pub(super) fn ratio_of(numerator: Decimal, denominator: Decimal) -> Option<Value> {
    (!denominator.is_zero()).then_some(Value::Ratio { numerator, denominator })
}

/// "higher", "more likely", "as high", "the rate": what a multiple compares.
pub(super) fn comparator_end(reading: &Reading<'_>, at: usize) -> Option<usize> {
    let next = reading.spaced_word(at + 1);
    let is_open = !next.is_empty() && !words::ends_phrase(next);
    if reading.is(at, &["as"]) {
        (!next.is_empty()).then_some(at + 2)
    } else if reading.is(at, &["more", "less", "fewer", "the", "their", "its", "our", "that", "those", "this"]) {
        Some(if is_open { at + 2 } else { at + 1 })
    } else {
        let is_comparative = reading.is(at, &["worse", "better"]) || (reading.spaced_word(at).ends_with("er") && !words::ends_phrase(reading.word(at)));
        is_comparative.then_some(at + 1)
    }
}
