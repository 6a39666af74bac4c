//! Finds for a figure that no passage says those it follows from.
//!
//! In: a figure of a [`Sentence`] and what stands in its way. Out: a [`Tracing`] that says how, or nothing. Two figures are
//! reckoned together only where they stand together, in lines that are most like the sentence.
//!
//! Not here: which number follows from which ([`super::derive`]).

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::agree::{agree, are_alike};
use super::quantity::Dimension;
use super::reading::Stated;
use super::search::{Asked, FIGURES_OF_LINE, Fit, RIVAL, SAME, Sentence, best_first, needed};
use super::{Tracing, contrast, derive};

/// Lines whose figures are added up and compared.
const DERIVING_LINES: usize = 8;

/// Figures of one row or paragraph that are added up and compared.
const FIGURES_OF_SUM: usize = 14;

/// The score from which two figures are about what the entry says.
const DERIVED: f64 = 0.5;

/// The score from which a figure stands in the very place: another number was written for it.
const SAME_PLACE: f64 = 0.95;

impl Sentence<'_> {
    pub(super) fn derived(&self, asked: &Asked, rivals: &[Fit], stated: &[Option<Fit>]) -> Option<Tracing> {
        self.another_form(asked, rivals).or_else(|| self.reckoned(asked, rivals, stated))
    }

    /// Another form of one figure.
    fn another_form(&self, asked: &Asked, rivals: &[Fit]) -> Option<Tracing> {
        let (own, percent) = (&asked.quantity, Decimal::ONE_HUNDRED);
        let around = |dimension, value: Decimal, by: Decimal| self.reading.between(dimension, value - by, value.checked_add(by).unwrap_or(value));
        let mut numbers: Vec<u32> =
            [own.dimension, Dimension::Unstated].into_iter().flat_map(|dimension| around(dimension, own.value, own.coarse_step)).take(20 * SAME).collect();
        match own.dimension {
            Dimension::Percent => numbers.extend(around(Dimension::Ratio, own.value / percent, own.step / percent).take(SAME)),
            Dimension::Ratio if own.value <= Decimal::ONE => numbers.extend(around(Dimension::Percent, own.value * percent, Decimal::TEN).take(20 * SAME)),
            _ => {}
        }
        // Ends of ranges stand anywhere in the likest lines.
        numbers.extend(self.lines.iter().filter_map(|line| self.reading.line(*line)).flat_map(|line| line.figures.clone().take(FIGURES_OF_LINE)));
        numbers.sort_unstable();
        numbers.dedup();
        let follows = |number: &u32| {
            let stated = self.reading.figure(*number)?;
            self.is_about(asked, stated).then(|| derive::from_one(own, &stated.quantity)).flatten()
        };
        let ways: BTreeMap<u32, String> = numbers.iter().filter_map(|number| Some((*number, follows(number)?))).collect();
        let best = best_first(ways.keys().take(20 * SAME).map(|number| self.score(asked, *number, 0)).collect()).into_iter().next()?;
        if best.score < needed(own).max(0.2) || self.is_outdone(asked, best, rivals.iter().filter(|rival| !ways.contains_key(&rival.number))) {
            return None;
        }
        Some(Tracing::Derived { how: ways.get(&best.number)?.clone(), passages: self.reading.passage(best.number).into_iter().collect() })
    }

    /// A sum, a difference, a change, a multiple of two figures that stand together.
    fn reckoned(&self, asked: &Asked, rivals: &[Fit], stated: &[Option<Fit>]) -> Option<Tracing> {
        let siblings: Vec<u32> = stated.iter().flatten().map(|fit| fit.number).collect();
        let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let lines = self.lines.iter().take(DERIVING_LINES).filter_map(|line| self.reading.line(*line));
        let nearby = lines.flat_map(|line| line.figures.clone().take(FIGURES_OF_SUM)).chain(siblings.iter().copied());
        for number in nearby {
            let Some(group) = self.group(number) else { continue };
            let numbers = groups.entry(group).or_default();
            if numbers.len() < FIGURES_OF_SUM && !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        let mut best: Option<(f64, String, u32, u32)> = None;
        for numbers in groups.values().chain([&siblings]) {
            for (place, one) in numbers.iter().enumerate() {
                // A range says both of its ends: "from 12,000 to 15,000".
                for other in numbers.iter().skip(place) {
                    let (Some(first), Some(second)) = (self.reading.figure(*one), self.reading.figure(*other)) else { continue };
                    let known = [one, other].iter().filter(|number| siblings.contains(number)).count();
                    let is_about = |stated: &Stated| {
                        let is_alike = asked.quantity.dimension != stated.quantity.dimension || agree(self.reading, &asked.quantity, stated);
                        is_alike && !contrast::is_other(self.reading, &asked.sides, stated)
                    };
                    let is_close = first.line == second.line && first.sentence == second.sentence || known == 2;
                    if !is_close || !are_alike(&first.quantity, &second.quantity) || !is_about(first) || !is_about(second) {
                        continue;
                    }
                    let ends = if one == other {
                        first.quantity.ends().filter(|_| derive::has_ends(&first.quantity))
                    } else {
                        Some((first.quantity.clone(), second.quantity.clone()))
                    };
                    let Some(how) = ends.and_then(|(low, high)| derive::from_two(&asked.quantity, asked.cues, &low, &high)) else { continue };
                    let bonus = [0.0, 0.1, 0.3].get(known).copied().unwrap_or_default();
                    let score = (self.score(asked, *one, 0).score + self.score(asked, *other, 0).score) / 2.0 + bonus;
                    if best.as_ref().is_none_or(|best| score > best.0) {
                        best = Some((score, how, *one, *other));
                    }
                }
            }
        }
        let (score, how, one, other) = best?;
        if score < DERIVED || self.is_written_otherwise(asked, score, [one, other], rivals) {
            return None;
        }
        let mut passages: Vec<_> = [one, other].into_iter().filter_map(|number| self.reading.passage(number)).collect();
        passages.dedup();
        Some(Tracing::Derived { how, passages })
    }

    /// Where the reckoned figure should stand, another one does.
    fn is_written_otherwise(&self, asked: &Asked, score: f64, from: [u32; 2], rivals: &[Fit]) -> bool {
        let [one, other] = from.map(|number| self.score(asked, number, 0).score);
        // "rose from 12,000 to 15,000": both stand as near as the change does.
        let are_both_near = one.min(other) >= 0.7 * one.max(other);
        rivals.iter().filter(|rival| rival.score >= RIVAL).any(|rival| {
            // The same number of another kind: it was copied, not reckoned.
            let is_same_number = |stated: &Stated| stated.quantity.value == asked.quantity.value && stated.quantity.dimension != asked.quantity.dimension;
            let is_in_place = if from.contains(&rival.number) { !are_both_near } else { rival.score > one.max(other) };
            score < 0.75 * rival.score || rival.score >= SAME_PLACE && is_in_place || self.reading.figure(rival.number).is_some_and(is_same_number)
        })
    }
}
