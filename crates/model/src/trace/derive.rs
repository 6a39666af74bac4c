//! Which quantity follows from others.
//!
//! In: a quantity of an entry and one or two of a document. Out: how the first follows, in words, or nothing. Each rule is
//! exact to the last digit the entry prints. Numbers are compared with halves and tenths of others, never doubled: a document may print one
//! as large as a number can be.
//!
//! Not here: whether the document's quantities are about the same thing ([`super::search`]).

use rust_decimal::Decimal;

use super::quantity::{Dimension, Hedge, Quantity};

/// How far a percentage may be from "a third" or "1 in 10": so many points, and no more than such a share of the fraction.
const NEAR_FRACTION: (i64, i64) = (1, 16);

/// The same after "over" or "under".
const BEYOND_FRACTION: (i64, i64) = (9, 4);

/// The entry's figure is the document's in another form.
pub(super) fn from_one(asked: &Quantity, stated: &Quantity) -> Option<String> {
    if asked.to.is_some() || stated.to.is_some() {
        return from_range(asked, stated);
    }
    // "more than four in ten" is not 40%.
    let is_hedged = matches!(stated.hedge, Hedge::Over | Hedge::Under);
    let says_as_much = !is_hedged || stated.hedge == asked.hedge;
    match (asked.dimension, stated.dimension) {
        (Dimension::Percent | Dimension::Ratio, Dimension::Ratio) if !says_as_much => None,
        (Dimension::Percent, Dimension::Ratio) => {
            let percent = stated.value.checked_mul(Decimal::ONE_HUNDRED)?;
            is_rounded(asked.value, percent, asked.step).then(|| format!("{} is {}", stated.wording, asked.wording))
        }
        // "9 of the 18 councils" counts councils.
        (Dimension::Ratio, Dimension::Percent) if says_as_much && !asked.wording.contains(" of the ") => {
            let change = if is_change(asked) { Decimal::ONE } else { Decimal::ZERO };
            is_share(asked, change, stated.value.checked_div(Decimal::ONE_HUNDRED)?, is_hedged).then(|| format!("{} is {}", stated.wording, asked.wording))
        }
        // "89 per 1,000" is a rate, exact as it stands.
        (Dimension::Ratio, Dimension::Ratio) if asked.wording.contains(" per ") => None,
        (Dimension::Ratio, Dimension::Ratio) => {
            is_share(asked, Decimal::ZERO, stated.value, is_hedged).then(|| format!("{} is {}", stated.wording, asked.wording))
        }
        (one, other) if one == other || other == Dimension::Unstated => is_rounding(asked, stated).then(|| format!("rounded from {}", stated.wording)),
        _ => None,
    }
}

/// "doubled" says how much was added.
fn is_change(asked: &Quantity) -> bool {
    let lower = asked.wording.to_lowercase();
    asked.value > Decimal::ONE && ["doubled", "trebled", "tripled", "quadrupled"].iter().any(|verb| lower.ends_with(verb))
}

/// The document's share or multiple, less what it is compared with, is the entry's: near to it, or on the side its hedge says,
/// if that of the document does not say it already.
fn is_share(asked: &Quantity, base: Decimal, stated: Decimal, is_hedged: bool) -> bool {
    let bound = |(points, part): (i64, i64)| Decimal::new(points, 2).min(asked.value / Decimal::from(part));
    let (mut near, mut far) = (bound(NEAR_FRACTION), bound(BEYOND_FRACTION));
    if asked.value > Decimal::ONE {
        // "2.7 times" is exact to its last digit, "three times" to a twentieth.
        near = if asked.step < Decimal::ONE { asked.step / Decimal::TWO } else { asked.value / Decimal::from(20) };
        far = asked.value / Decimal::from(4);
    }
    let by = stated + base - asked.value;
    match asked.hedge {
        _ if is_hedged => by.abs() <= near,
        Hedge::None => by.abs() <= near,
        Hedge::About => by.abs() <= near + near,
        Hedge::Over => by > -near && by <= far,
        Hedge::Under => by < near && by >= -far,
    }
}

/// An end of the document's range. One of a count is said with "from" or "between": "16 to 64" is one age group.
fn from_range(asked: &Quantity, stated: &Quantity) -> Option<String> {
    let is_end =
        asked.to.is_none() && stated.to.is_some() && asked.dimension == stated.dimension && (asked.value == stated.value || Some(asked.value) == stated.to);
    (has_ends(stated) && is_end).then(|| format!("one end of \u{201c}{}\u{201d}", stated.wording))
}

/// Its ends are numbers of their own.
pub(super) fn has_ends(range: &Quantity) -> bool {
    let wording = range.wording.to_lowercase();
    range.dimension != Dimension::Count || wording.starts_with("from") || wording.starts_with("between")
}

/// The entry's number is the document's with fewer digits, on the side its hedge says.
fn is_rounding(asked: &Quantity, stated: &Quantity) -> bool {
    let is_hedged = asked.hedge != Hedge::None;
    let is_large = asked.value >= Decimal::ONE_THOUSAND;
    let step = if is_hedged || is_large { asked.coarse_step } else { asked.step };
    let by = stated.value - asked.value;
    // What is hedged itself was rounded before; what is further away is another number, not a rounder one.
    let is_near = by.abs() <= asked.value / Decimal::from(if asked.hedge == Hedge::Over { 4 } else { 10 });
    // "1%" is not 0.5%.
    let is_far = by.abs() >= asked.value / Decimal::TWO;
    if stated.step >= step || by.is_zero() || is_far || is_hedged && (stated.hedge != Hedge::None || !is_near) {
        return false;
    }
    match asked.hedge {
        // With one digit left, a fortieth away is as far as two digits would be; "40,000" for 41,000 is a slip.
        Hedge::None => {
            let is_exact = step == asked.step || asked.significant_digits() > 1;
            is_rounded(asked.value, stated.value, step) && (is_exact || stated.significant_digits() > 2 && by.abs() <= asked.value / Decimal::from(40))
        }
        Hedge::About => by.abs() <= step / Decimal::TWO,
        Hedge::Over => by > Decimal::ZERO && by < step,
        Hedge::Under => by < Decimal::ZERO && -by < step,
    }
}

/// Both ends are in, as some round a half down.
fn is_rounded(rounded: Decimal, exact: Decimal, step: Decimal) -> bool {
    (exact - rounded).abs() <= step / Decimal::TWO
}

/// What the words of the entry say that its figure is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cues {
    /// "up", "fewer", "compared with".
    pub(super) change: bool,
    /// "up", and not down.
    pub(super) rise: bool,
    /// "fewer", and not more.
    pub(super) fall: bool,
    /// "together", "in total".
    pub(super) sum: bool,
}

/// The entry's figure follows from two of the document's that measure the same, in the way that its words say. Nothing follows
/// from its own number, and nothing from "less than 30".
pub(super) fn from_two(asked: &Quantity, cues: Cues, one: &Quantity, other: &Quantity) -> Option<String> {
    let is_apart = one.value != other.value && (asked.to.is_some() || one.value != asked.value && other.value != asked.value);
    let is_bound = |quantity: &Quantity| matches!(quantity.hedge, Hedge::Over | Hedge::Under);
    if is_bound(one) || is_bound(other) || one.dimension != other.dimension || one.to.is_some() || other.to.is_some() || !is_apart {
        return None;
    }
    let (low, high) = if one.value < other.value { (one, other) } else { (other, one) };
    if let Some(to) = asked.to {
        let is_range = asked.dimension == low.dimension && asked.value == low.value && to == high.value;
        return is_range.then(|| format!("from {} to {}", low.wording, high.wording));
    }
    let is_difference = cues.change && difference_of(one.dimension) == Some(asked.dimension) && fits(asked, high.value - low.value);
    if is_difference {
        return Some(format!("the difference between {} and {}", high.wording, low.wording));
    }
    let is_sum = cues.sum && asked.dimension == one.dimension && high.value.checked_add(low.value).is_some_and(|sum| fits(asked, sum));
    if is_sum && adds_up(one.dimension) {
        return Some(format!("{} and {} together", one.wording, other.wording));
    }
    if low.value.is_zero() || matches!(one.dimension, Dimension::PercentagePoints) {
        return None;
    }
    // What rose is reckoned from the lower number, what fell from the higher.
    let is_of_base = |is_change: &dyn Fn(&Quantity) -> bool| !cues.fall && is_change(low) || !cues.rise && is_change(high);
    match asked.dimension {
        Dimension::Percent if one.dimension != Dimension::Percent => {
            let change = |base: &Quantity| (high.value - low.value).checked_div(base.value)?.checked_mul(Decimal::ONE_HUNDRED);
            let is_change = |base: &Quantity| change(base).is_some_and(|change| fits(asked, change));
            (cues.change && is_of_base(&is_change)).then(|| format!("the change between {} and {}", high.wording, low.wording))
        }
        // "fell by a quarter"
        Dimension::Ratio if cues.change && asked.value < Decimal::ONE && adds_up(one.dimension) => {
            let is_change =
                |base: &Quantity| (high.value - low.value).checked_div(base.value).is_some_and(|change| is_share(asked, Decimal::ZERO, change, true));
            is_of_base(&is_change).then(|| format!("the change between {} and {}", high.wording, low.wording))
        }
        Dimension::Ratio if asked.value > Decimal::ONE => {
            let times = high.value.checked_div(low.value)?;
            let is_multiple = (times - asked.value).abs() <= asked.value / Decimal::from(20) && (asked.step < Decimal::ONE) <= fits(asked, times);
            is_multiple.then(|| format!("{} against {}", high.wording, low.wording))
        }
        _ => None,
    }
}

/// What the difference of two such figures is measured in; of shares and of changes none is taken.
fn difference_of(dimension: Dimension) -> Option<Dimension> {
    match dimension {
        Dimension::Percent => Some(Dimension::PercentagePoints),
        Dimension::Ratio | Dimension::PercentagePoints => None,
        other => Some(other),
    }
}

/// Two such figures can be parts of a third.
fn adds_up(dimension: Dimension) -> bool {
    !matches!(dimension, Dimension::Ratio | Dimension::PercentagePoints)
}

/// The number is what the entry prints, to its last digit, or on the side its hedge says.
fn fits(asked: &Quantity, exact: Decimal) -> bool {
    let by = exact - asked.value;
    match asked.hedge {
        Hedge::None => is_rounded(asked.value, exact, asked.step),
        Hedge::About => is_rounded(asked.value, exact, asked.coarse_step),
        Hedge::Over => by >= Decimal::ZERO && by < asked.coarse_step,
        Hedge::Under => by <= Decimal::ZERO && -by < asked.coarse_step,
    }
}
