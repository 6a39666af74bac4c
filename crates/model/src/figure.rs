//! Figures: what an entry states in numbers, as typed values with their exact wording.
//!
//! In: the characters of a sentence or paragraph of British report prose; a line break ends a paragraph. Out: the figures in
//! it, in order. [`find`] reads as a careful editor does who asks of each number "where does the source say so?": years,
//! dates, times, telephone numbers, ordinals, numbers of sections and names that hold a number are no figures.
//!
//! Invariants: every wording is a slice of the text, wordings do not overlap, a ratio's denominator is not zero; the time is
//! linear in the length of the text, whatever it holds (`tests/figures.rs`).
//!
//! | step | module |
//! |---|---|
//! | text to words, numbers and signs | `token` |
//! | what words mean | `words` |
//! | one number with its sign, scale, currency or per cent | `amount` |
//! | numbers that are no figures | `noise` |
//! | what is counted, and the qualifiers before a number | `phrase` |
//! | half, a third, twice, doubled | `share` |
//! | ranges, ratios, multiples, rates, counts, sample sizes | `rules` |
//!
//! Not here: whether a source states the figure, numbers in tables, dates and periods ([`crate::trace`]).

use std::ops::Range;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use self::rules::Step;
use self::token::Reading;

mod amount;
mod noise;
mod phrase;
mod rules;
mod share;
mod token;
mod words;

/// A number, percentage, ratio, sum of money or sample size with its unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// As the text has it, character for character: "£700 million", "one in five providers".
    pub wording: String,
    /// What it amounts to.
    pub value: Value,
    /// What is counted or measured, as printed: "providers", "years", "%", "percentage points", "times higher"; for money
    /// what it is reckoned by ("an hour"), for a range of money its sign. Empty where the wording has none.
    #[serde(default)]
    pub unit: String,
}

/// What a figure amounts to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Value {
    /// So many of something.
    Count {
        /// How many.
        number: Decimal,
    },
    /// Per cent.
    Percentage {
        /// 9.5 for "9.5%".
        percent: Decimal,
    },
    /// A share or a multiple: "one in five" is 1/5, "twice as high" 2/1.
    Ratio {
        /// The upper number.
        numerator: Decimal,
        /// The lower number, never zero.
        denominator: Decimal,
    },
    /// A sum of money.
    Money {
        /// In the currency's main unit: 700000000 for "£700 million".
        amount: Decimal,
        /// ISO 4217: GBP, EUR, USD.
        currency: String,
    },
    /// How many took part or answered.
    SampleSize {
        /// How many.
        number: Decimal,
    },
    /// From one number to another: "19-24 years".
    Range {
        /// The lower end; the upper one where the text has them the wrong way round.
        from: Decimal,
        /// The upper end.
        to: Decimal,
    },
}

/// The figures of a sentence or paragraph, in order; they do not overlap.
///
/// ```
/// use pulse_model::figure::{find, Value};
/// let figures = find("In 2021 more than a third of the 140 organisations spent over \u{a3}1.2bn.");
/// let wordings: Vec<&str> = figures.iter().map(|figure| figure.wording.as_str()).collect();
/// assert_eq!(wordings, ["more than a third", "140 organisations", "over \u{a3}1.2bn"]);
/// assert_eq!(figures[2].value, Value::Money { amount: 1_200_000_000.into(), currency: "GBP".into() });
/// ```
pub fn find(text: &str) -> Vec<Figure> {
    find_in_place(text).into_iter().map(|(_, figure)| figure).collect()
}

/// The same, each with the bytes of its wording in the text.
pub fn find_in_place(text: &str) -> Vec<(Range<usize>, Figure)> {
    let reading = Reading::new(text);
    let mut figures = Vec::new();
    let (mut at, mut floor) = (0, 0);
    while at < reading.len() {
        match rules::step(&reading, at, floor) {
            Step::Figure(found) => {
                (at, floor) = (found.end.max(at + 1), found.end);
                figures.push((found.bytes(&reading), found.into_figure(&reading)));
            }
            Step::Nothing(end) => at = end,
        }
    }
    figures
}
