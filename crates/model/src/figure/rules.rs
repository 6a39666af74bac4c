//! What numbers and the words around them make together: ranges, ratios, multiples, rates, counts, sample sizes.
//!
//! In: a [`Reading`], a place in it, and the end of the figure before. Out: a [`Step`], which always leads further on.
//! At each place the longest construction is tried first, so that "one in five providers" is one ratio and not two counts.
//!
//! Not here: the number itself ([`super::amount`]); shares and multiples without a number ([`super::share`]); which numbers are no figures ([`super::noise`]).

use rust_decimal::Decimal;

use super::amount::{Amount, Measure};
use super::share::{self, comparator_end, ratio, ratio_of};
use super::token::{Kind, Reading};
use super::{Figure, Value, noise, phrase, words};

/// What stands at a place.
pub(super) enum Step {
    Figure(Found),
    /// Nothing up to this token.
    Nothing(usize),
}

/// A figure by its tokens.
pub(super) struct Found {
    first: usize,
    /// The token after its last.
    pub(super) end: usize,
    value: Value,
    unit: String,
}

impl Found {
    pub(super) fn into_figure(self, reading: &Reading<'_>) -> Figure {
        Figure { wording: reading.slice(self.first, self.end).to_owned(), value: self.value, unit: self.unit }
    }

    pub(super) fn bytes(&self, reading: &Reading<'_>) -> std::ops::Range<usize> {
        reading.bytes(self.first, self.end)
    }

    pub(super) fn new(reading: &Reading<'_>, tokens: std::ops::Range<usize>, value: Value, unit_from: usize) -> Self {
        Self { first: tokens.start, end: tokens.end, value, unit: reading.slice(unit_from, tokens.end).to_owned() }
    }
}

/// The figure whose number begins at this token. `floor` is the end of the figure before.
pub(super) fn step(reading: &Reading<'_>, at: usize, floor: usize) -> Step {
    let opens = match reading.kind(at) {
        Some(Kind::Number) => true,
        Some(Kind::Word) => words::opens_figure(reading.word(at)) || words::among(reading.word(at), &["EUR", "GBP", "USD", "US"]),
        Some(Kind::Sign) => {
            reading.sign(at).is_some_and(|sign| words::currency_sign(sign).is_some() || words::is_vulgar_fraction(sign) || words::is_dash(sign))
        }
        Some(Kind::Address) | None => false,
    };
    if !opens {
        return Step::Nothing(at + 1);
    }
    if let Some(end) = noise::end(reading, at) {
        return Step::Nothing(end.max(at + 1));
    }
    let found = share::at(reading, at, floor).or_else(|| Numbered::at(reading, at, floor)?.found());
    match found {
        Some(mut found) => {
            found.first = phrase::lead(reading, found.first, floor);
            Step::Figure(found)
        }
        None => Step::Nothing(past(reading, at)),
    }
}

/// A number that made no figure is passed as a whole: what is left of "one-to-one" or "7330-9170" is none either.
fn past(reading: &Reading<'_>, at: usize) -> usize {
    let end = Amount::at(reading, at).map_or(at + 1, |amount| amount.end);
    if reading.is_joint(end) { end + 2 } else { end }
}

/// A number and its surroundings.
struct Numbered<'r, 'a> {
    reading: &'r Reading<'a>,
    amount: Amount,
    floor: usize,
}

impl<'r, 'a> Numbered<'r, 'a> {
    fn at(reading: &'r Reading<'a>, at: usize, floor: usize) -> Option<Self> {
        // "a hundred", "a million": the article is the number.
        let article = at.wrapping_sub(1);
        let has_article = words::scale(reading.word(at)).is_some() && reading.is(article, &["a"]) && article >= floor && reading.spaced(at);
        let amount = Amount::at(reading, if has_article { article } else { at })?;
        Some(Self { reading, amount, floor })
    }

    fn found(&self) -> Option<Found> {
        self.colon_or_slash()
            .or_else(|| self.range())
            .or_else(|| self.sample_size())
            .or_else(|| self.one_in())
            .or_else(|| self.out_of())
            .or_else(|| self.parts())
            .or_else(|| self.multiple())
            .or_else(|| self.measured())
            .or_else(|| self.age_group())
            .or_else(|| self.count())
            .or_else(|| self.bare())
    }

    fn is_plain(&self) -> bool {
        self.amount.measure == Measure::Plain
    }

    fn found_to(&self, end: usize, value: Value, unit_from: usize) -> Found {
        Found::new(self.reading, self.amount.first..end, value, unit_from)
    }

    /// "2/3 of", "1:5".
    fn colon_or_slash(&self) -> Option<Found> {
        let at = self.amount.first;
        let is_written = noise::is_share(self.reading, at) || noise::is_ratio(self.reading, at);
        let lower = if is_written { Amount::at(self.reading, at + 2)? } else { return None };
        Some(self.found_to(at + 3, ratio_of(self.amount.value, lower.value)?, at + 3))
    }

    /// "10-15%", "between 5 and 9 per cent", "£3-4 million", "two or three registers", "ratio of three to one".
    fn range(&self) -> Option<Found> {
        let (reading, from) = (self.reading, &self.amount);
        let before = from.first.wrapping_sub(1);
        let is_before_floor = from.first <= self.floor;
        let is_between = reading.is(before, &["between"]) && !is_before_floor;
        let is_from = reading.is(before, &["from"]) && !is_before_floor;
        let joint = self.range_joint(is_between)?;
        let to = Amount::at(reading, joint)
            .filter(|to| noise::end(reading, to.first).is_none_or(|_| reading.is_joint(to.first - 1) && !noise::is_year(reading, to.first)))?;
        if is_ratio_of(reading, before) && reading.is(from.end, &["to"]) {
            return Some(self.found_to(to.end, ratio_of(from.value, to.value)?, to.end));
        }
        // A change is two figures: "from 24% to 19%", "fell by 50 to 300", "fell by around 50 to 300".
        let is_by = reading.is(phrase::lead(reading, from.first, self.floor).wrapping_sub(1), &["by"]);
        let is_change = is_from && from.measure != Measure::Plain || is_by && reading.is(from.end, &["to"]);
        if is_change {
            return None;
        }
        let low = scaled_like(from, &to)?;
        let fits =
            (from.measure.is_like(to.measure) || from.measure == Measure::Plain && matches!(to.measure, Measure::Percent { .. }) || self.is_money_before(&to))
                && (low <= to.value || self.is_slip(&to));
        if !fits || (from.whole() == Some(1) && from.in_words && reading.is_joint(from.end)) {
            return None;
        }
        let measure = if to.measure == Measure::Plain { from.measure } else { to.measure };
        let (end, unit) = self.range_unit(&to, measure);
        let first = if (is_between || is_from) && !reading.is_joint(joint - 1) { before } else { from.first };
        Some(Found { first, end, value: Value::Range { from: low, to: to.value }, unit })
    }

    /// "16-14 years": no range, but meant as one; whoever checks it should see it.
    fn is_slip(&self, to: &Amount) -> bool {
        let is_joined = self.reading.is_joint(self.amount.end) && self.is_plain() && to.measure == Measure::Plain;
        let is_age = self.reading.is(self.amount.first.wrapping_sub(1), &["aged", "ages"]);
        is_joined && (is_age || phrase::end(self.reading, to.end, false).is_some())
    }

    /// "£3-4 million": the second number leaves out the sign.
    fn is_money_before(&self, to: &Amount) -> bool {
        matches!(self.amount.measure, Measure::Money { .. }) && to.measure == Measure::Plain && (to.scale.is_some() || self.reading.is_joint(to.first - 1))
    }

    /// The place of the second number.
    fn range_joint(&self, is_between: bool) -> Option<usize> {
        let (reading, end) = (self.reading, self.amount.end);
        // "16- to 24-year-olds"
        let end = if reading.sign(end) == Some('-') && reading.glued(end) && reading.spaced(end + 1) && reading.is(end + 1, &["to", "and", "or"]) {
            end + 1
        } else {
            end
        };
        let is_dash = reading.sign(end).is_some_and(words::is_dash)
            && (reading.spaced(end) == reading.spaced(end + 1))
            && (reading.kind(end + 1) == Some(Kind::Number) || reading.sign(end + 1).is_some_and(|sign| words::currency_sign(sign).is_some()));
        let is_word = reading.is(end, &["to"]) && reading.spaced(end + 1)
            || is_between && reading.is(end, &["and"])
            || self.is_plain() && self.amount.whole().is_some_and(|number| number < 20) && reading.is(end, &["or"]);
        (is_dash || is_word).then_some(end + 1)
    }

    fn range_unit(&self, to: &Amount, measure: Measure) -> (usize, String) {
        let reading = self.reading;
        match measure {
            Measure::Percent { from } => (to.end, reading.slice(from, to.end).to_owned()),
            Measure::Money { .. } => {
                let end = phrase::rate_end(reading, to.end);
                let sign = self.reading.text(self.amount.first);
                let rate = reading.slice(to.end, end);
                (end, if rate.is_empty() { sign.to_owned() } else { format!("{sign} {rate}") })
            }
            Measure::Plain => {
                let from =
                    if reading.is(to.end, &["times"]) { comparator_end(reading, to.end + 1).or(Some(to.end + 1)) } else { phrase::end(reading, to.end, false) };
                let end = from.map_or_else(|| phrase::or_more_end(reading, to.end), |end| phrase::rate_end(reading, end));
                let unit_from = if reading.is_joint(to.end) { to.end + 1 } else { to.end };
                (end, if from.is_some() { reading.slice(unit_from, end).to_owned() } else { String::new() })
            }
        }
    }

    /// "n = 123".
    fn sample_size(&self) -> Option<Found> {
        let first = self.amount.first.checked_sub(2).filter(|first| *first >= self.floor)?;
        let is_written = self.reading.sign(first + 1) == Some('=') && self.reading.is(first, &["n"]) && self.is_plain();
        is_written.then(|| Found::new(self.reading, first..self.amount.end, Value::SampleSize { number: self.amount.value }, self.amount.end))
    }

    /// "one in five providers", "1 in 5", "seven out of ten", "one carer in eight".
    fn one_in(&self) -> Option<Found> {
        let (reading, upper) = (self.reading, &self.amount);
        let numerator = upper.whole().filter(|number| (1..100).contains(number) && self.is_plain())?;
        let mut at = reading.after(upper.end - 1);
        let noun = if numerator == 1 && !reading.is(at, &["in", "out"]) { phrase::end(reading, at, true) } else { None };
        let unit_before = noun.map(|end| (at, end));
        at = noun.unwrap_or(at);
        let of = match reading.word(at) {
            "in" => reading.after(at),
            "out" if reading.is(at + 1, &["of"]) => at + 2,
            _ => return None,
        };
        let lower_at = if reading.is(of, &["every"]) { of + 1 } else { of };
        let lower = Amount::at(reading, lower_at)
            .filter(|lower| lower.measure == Measure::Plain && !noise::is_year(reading, lower.first) && lower.value > upper.value)?;
        let is_round = lower.whole().is_some_and(|number| number <= 20 || number % 5 == 0);
        let is_share = reading.is(of - 1, &["of"]) || is_round && numerator < 10;
        let unit_after = if unit_before.is_some() { None } else { phrase::end(reading, lower.end, false) };
        // "one project in 12 areas" is two counts.
        let counts_apart = unit_before.is_some() && phrase::end(reading, lower.end, false).is_some();
        if !is_share || counts_apart {
            return None;
        }
        let mut found = self.found_to(unit_after.unwrap_or(lower.end), ratio_of(upper.value, lower.value)?, lower.end);
        if let Some((from, to)) = unit_before {
            found.unit = reading.slice(from, to).to_owned();
        }
        Some(found)
    }

    /// "118 of the 168", "three of the 12 councils", "30 per 100,000 population".
    fn out_of(&self) -> Option<Found> {
        let (reading, upper) = (self.reading, &self.amount);
        let is_per = reading.is(upper.end, &["per"]) && reading.kind(upper.end + 1) == Some(Kind::Number);
        let is_of = reading.is(upper.end, &["of"]) && upper.value > Decimal::ONE;
        if !self.is_plain() || !(is_per || is_of) {
            return None;
        }
        let lower_at = if reading.is(upper.end + 1, &["the", "these", "those", "all"]) { upper.end + 2 } else { upper.end + 1 };
        let lower = Amount::at(reading, lower_at).filter(|lower| lower.measure == Measure::Plain && noise::end(reading, lower.first).is_none())?;
        let fits = is_per || upper.value <= lower.value;
        let end = phrase::end(reading, lower.end, false).unwrap_or(lower.end);
        if fits { Some(self.found_to(end, ratio_of(upper.value, lower.value)?, lower.end)) } else { None }
    }

    /// "two thirds", "three-quarters", "one fifth of".
    fn parts(&self) -> Option<Found> {
        let at = self.reading.after(self.amount.end - 1);
        let (denominator, is_plural) = words::fraction(self.reading.word(at))?;
        let numerator = self.amount.whole().filter(|number| (1..100).contains(number) && self.is_plain())?;
        let is_ordinal = !is_plural && self.reading.is(at + 1, &["party", "parties", "sector", "person", "world", "country"]);
        let is_one = numerator == 1;
        // Two or five quarters are a stretch of time.
        if numerator >= denominator || (numerator, denominator) == (2, 4) {
            return None;
        }
        (is_plural != is_one && !is_ordinal).then_some(())?;
        Some(self.found_to(at + 1, ratio(numerator, denominator)?, at + 1))
    }

    /// "three times higher", "2.5 times more likely", "3x", "ten-fold"; "three times a week" is a count.
    fn multiple(&self) -> Option<Found> {
        let at = self.reading.after(self.amount.end - 1);
        let is_sign = self.reading.glued(at) && self.reading.is(at, &["x", "fold"]);
        if !self.is_plain() || !(is_sign || self.reading.is(at, &["times"])) {
            return None;
        }
        let value = ratio_of(self.amount.value, Decimal::ONE)?;
        match comparator_end(self.reading, at + 1) {
            Some(end) => Some(self.found_to(end, value, at)),
            None if is_sign => Some(self.found_to(at + 1, value, at)),
            None => Some(self.found_to(phrase::rate_end(self.reading, at + 1), Value::Count { number: self.amount.value }, at)),
        }
    }

    /// Percentages and sums of money.
    fn measured(&self) -> Option<Found> {
        let amount = &self.amount;
        match amount.measure {
            Measure::Plain => None,
            Measure::Percent { from } => Some(self.found_to(amount.end, Value::Percentage { percent: amount.value }, from)),
            Measure::Money { currency } => {
                let value = Value::Money { amount: amount.value, currency: currency.to_owned() };
                Some(self.found_to(phrase::rate_end(self.reading, amount.end), value, amount.end))
            }
        }
    }

    /// "under 25s", "over-65s".
    fn age_group(&self) -> Option<Found> {
        let is_group =
            self.reading.glued(self.amount.end) && self.reading.text(self.amount.end) == "s" && phrase::is_over_or_under(self.reading, self.amount.first);
        is_group.then(|| self.found_to(self.amount.end + 1, Value::Count { number: self.amount.value }, self.amount.end + 1))
    }

    /// "16,000 responses", "six key principles", "five years or more", "three or more registers".
    fn count(&self) -> Option<Found> {
        let (reading, amount) = (self.reading, &self.amount);
        let is_one = amount.in_words && amount.value == Decimal::ONE;
        if is_one && !self.is_one_counted() {
            return None;
        }
        let bounded = phrase::or_more_end(reading, amount.end);
        let end = phrase::end(reading, bounded, is_one).filter(|_| !is_one || bounded == amount.end)?;
        let is_sample = self.is_sample(end);
        let number = amount.value;
        let value = if is_sample { Value::SampleSize { number } } else { Value::Count { number } };
        let unit_from = if reading.is_joint(bounded) { bounded + 1 } else { bounded };
        let unit_end = phrase::rate_end(reading, end);
        let mut found = self.found_to(phrase::or_more_end(reading, unit_end), value, unit_from);
        found.unit = reading.slice(unit_from, unit_end).to_owned();
        Some(found)
    }

    /// "one" counts something unless a determiner or an idiom makes it a pronoun: "no one", "each one", "one-off".
    fn is_one_counted(&self) -> bool {
        let before = self.amount.first.wrapping_sub(1);
        let is_pronoun = self.reading.is(before, &["no", "any", "every", "each", "this", "that", "the", "which", "another", "some", "to", "or"])
            || self.reading.is_joint(before);
        !is_pronoun && !self.reading.is_joint(self.amount.end)
    }

    /// The words around say that these are the people or answers of a survey.
    fn is_sample(&self, end: usize) -> bool {
        let before = phrase::lead(self.reading, self.amount.first, self.floor).wrapping_sub(1);
        let is_surveyed = self.reading.is(before, &["surveyed", "interviewed", "sampled", "polled", "questioned"]);
        let is_survey_of = self.reading.is(before, &["of", "with"]) && self.reading.is(before.wrapping_sub(1), words::SURVEYS);
        self.reading.is(end - 1, words::SAMPLED) || self.reading.is(end - 1, words::SAMPLING) || is_surveyed || is_survey_of
    }

    /// A number with nothing counted after it: in digits, or in words where the surroundings show that it is meant as one.
    fn bare(&self) -> Option<Found> {
        let (reading, amount) = (self.reading, &self.amount);
        if reading.is_joint(amount.end) || reading.glued(amount.end) && matches!(reading.kind(amount.end), Some(Kind::Word)) {
            return None;
        }
        let number = amount.value;
        let before = amount.first.wrapping_sub(1);
        let is_qualified = reading.is(before, words::APPROXIMATE) && amount.first > self.floor;
        let goes_on = self.floor > 0 && self.floor == before && (reading.is(before, &["to", "and", "or"]));
        let is_pronoun = reading.is(amount.end, &["of"]) || reading.is(amount.end, words::AUXILIARIES) && reading.opens_sentence(amount.first);
        let is_first_of_two = reading.is(amount.end, &["and", "or"]) && Amount::at(reading, amount.end + 1).is_some();
        let is_meant = is_qualified || goes_on || is_pronoun || is_first_of_two || amount.scale.is_some() || number >= Decimal::TEN;
        let is_figure = !amount.in_words || (is_meant && number > Decimal::ONE && !reading.is(before, &["these", "those", "other"]));
        let end = phrase::or_more_end(reading, amount.end);
        is_figure.then(|| self.found_to(end, self.bare_value(number), end))
    }

    fn bare_value(&self, number: Decimal) -> Value {
        if self.is_sample(self.amount.end) { Value::SampleSize { number } } else { Value::Count { number } }
    }
}

/// "a ratio of" ends at `at`.
fn is_ratio_of(reading: &Reading<'_>, at: usize) -> bool {
    reading.is(at, &["of"]) && reading.is(at.wrapping_sub(1), &["ratio"])
}

/// The lower end of a range, with the scale that only the upper end states: "£3-4 million".
fn scaled_like(from: &Amount, to: &Amount) -> Option<Decimal> {
    match to.scale {
        Some(scale) if from.scale.is_none() && from.value < Decimal::ONE_THOUSAND => from.value.checked_mul(Decimal::from(scale)),
        _ => Some(from.value),
    }
}
