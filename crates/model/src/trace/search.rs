//! Finds for each figure of a text the passage that says it.
//!
//! In: a [`Reading`] of documents and a text. Out: for each figure of the text a [`Tracing`]. A number alone proves little:
//! reports are full of numbers. So three things are asked of a passage: that it states the same quantity, that it is about
//! the same thing (the shorter the number, the more of its words must agree), and that no other passage fits the sentence
//! better and says another number there. The last is what tells a slip of the pen from a figure.
//!
//! Not here: what follows from what ([`super::derive`]).

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::agree::{agree, are_alike};
use super::context::{Context, rarity};
use super::contrast::{self, Side};
use super::derive::Cues;
use super::quantity::{Dimension, Quantity};
use super::reading::{Line, Reading, Spoken, Stated};
use super::{Traced, Tracing, derive, words};
use crate::figure::Figure;

/// Lines that are looked through for figures of the same thing.
const LINES: usize = 40;

/// Lines whose figures are added up and compared.
const DERIVING_LINES: usize = 8;

/// Figures of one line that are looked at.
const FIGURES_OF_LINE: usize = 120;

/// Figures of one row or paragraph that are added up and compared.
const FIGURES_OF_SUM: usize = 14;

/// Words on either side of a figure that can say it is a change or a sum.
const CUE: usize = 5;

/// Places with the same number that are compared.
const SAME: usize = 200;

/// A word that more lines have says too little to look them all through.
const COMMON: usize = 1_000;

/// The score from which another figure stands in the way.
const RIVAL: f64 = 0.6;

/// The score from which two figures are about what the entry says.
const DERIVED: f64 = 0.5;

/// The score from which a figure stands in the very place: another number was written for it.
const SAME_PLACE: f64 = 0.95;

/// The same without its company.
const VERY_PLACE: f64 = 0.8;

/// What share of the score of a cell is enough for another cell of its table: all have the same caption.
const SAME_TABLE: f64 = 0.9;

/// The same for a figure elsewhere, against one that stands in the very place.
const SAME_PLACE_SHARE: f64 = 0.8;

/// What another figure of the sentence in the same passage counts for, up to three of them.
const COMPANY: f64 = 0.12;

/// A figure of the text.
struct Asked {
    figure: Figure,
    quantity: Quantity,
    context: Context,
    sentence: u32,
    stems: Vec<u32>,
    cues: Cues,
    sides: Vec<Side>,
}

/// A figure of a document, and how well its place fits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    pub(super) number: u32,
    /// How near its place is, with what its company counts for.
    pub(super) score: f64,
    /// Without its company.
    pub(super) near: f64,
}

/// The figures of a text in order.
pub(super) fn trace(reading: &Reading, text: &str) -> Vec<Traced> {
    let asked = asked(reading, text);
    let mut traced = Vec::with_capacity(asked.len());
    for sentence in asked.chunk_by(|one, other| one.sentence == other.sentence) {
        traced.extend(Sentence::of(reading, sentence).answers());
    }
    traced
}

fn asked(reading: &Reading, text: &str) -> Vec<Asked> {
    let spoken = Spoken::of(text, &words::sentences(text));
    let known: Vec<(Option<u32>, u32)> = spoken.words.iter().map(|(stem, sentence)| (reading.vocabulary.get(stem).copied(), *sentence)).collect();
    let asked = spoken.figures.iter().cloned().map(|(figure, at, sentence)| {
        let around = known.get(at.saturating_sub(30)..known.len().min(at + 30)).unwrap_or_default();
        let quantity = Quantity::of(&figure);
        Asked {
            context: Context::around(reading, &known, at, sentence),
            cues: cues(&spoken.words, at, sentence),
            sides: if quantity.defines() { Vec::new() } else { contrast::taken(&spoken.sides, at, sentence) },
            quantity,
            stems: around.iter().filter_map(|(stem, _)| *stem).collect(),
            figure,
            sentence,
        }
    });
    asked.collect()
}

/// What the words near a figure say that it is.
fn cues(words: &[(String, u32)], at: usize, sentence: u32) -> Cues {
    let near = words.get(at.saturating_sub(CUE)..words.len().min(at + CUE)).unwrap_or_default();
    let has = |says: fn(&str) -> bool| near.iter().any(|(stem, spoken_in)| *spoken_in == sentence && says(stem));
    Cues { change: has(words::says_change), sum: has(words::says_sum) }
}

/// The figures of one sentence and the lines most like it.
struct Sentence<'a> {
    reading: &'a Reading,
    asked: &'a [Asked],
    lines: Vec<u32>,
    /// Of each figure the places that say the same.
    same: Vec<Vec<u32>>,
    /// All of these.
    stated: BTreeSet<u32>,
    /// By group: how many figures of the sentence it states.
    company: BTreeMap<u32, usize>,
}

impl<'a> Sentence<'a> {
    fn of(reading: &'a Reading, asked: &'a [Asked]) -> Self {
        let stems = asked.iter().take(FIGURES_OF_LINE).flat_map(|asked| asked.stems.iter().copied()).collect();
        let lines = likest(reading, stems, |line| !line.figures.is_empty());
        let mut sentence = Self { reading, asked, lines, same: Vec::new(), stated: BTreeSet::new(), company: BTreeMap::new() };
        sentence.same = asked.iter().map(|asked| sentence.same_as(asked)).collect();
        sentence.stated = sentence.same.iter().flatten().copied().collect();
        for same in &sentence.same {
            let mut groups: Vec<u32> = same.iter().filter_map(|number| sentence.group(*number)).collect();
            groups.sort_unstable();
            groups.dedup();
            groups.into_iter().for_each(|group| *sentence.company.entry(group).or_default() += 1);
        }
        sentence
    }

    fn answers(&self) -> Vec<Traced> {
        let rivals: Vec<Vec<Fit>> = self.asked.iter().map(|asked| self.rivals(asked)).collect();
        let stated = self.stated(&rivals);
        let answers = self.asked.iter().zip(&rivals).zip(&stated).map(|((asked, rivals), fit)| {
            let passage = fit.and_then(|fit| self.reading.passage(fit.number));
            let tracing = match passage {
                Some(passage) => Tracing::Traced { passage },
                None => self.derived(asked, rivals, &stated).unwrap_or_else(|| self.untraced(asked, rivals)),
            };
            Traced { figure: asked.figure.clone(), tracing }
        });
        answers.collect()
    }

    fn group(&self, number: u32) -> Option<u32> {
        self.reading.group(self.reading.figure(number)?.line)
    }

    /// The places that state the quantity, those in the likest lines first.
    fn same_as(&self, asked: &Asked) -> Vec<u32> {
        let quantity = &asked.quantity;
        let numbers =
            [quantity.dimension, Dimension::Unstated].into_iter().flat_map(|dimension| self.reading.between(dimension, quantity.value, quantity.value));
        let mut same: Vec<u32> = numbers.take(20 * SAME).filter(|number| self.is_same(asked, *number)).collect();
        let rank = |number: &u32| {
            let line = self.reading.figure(*number).map_or(0, |stated| stated.line);
            (self.lines.iter().position(|like| *like == line).unwrap_or(LINES), *number)
        };
        same.sort_by_cached_key(rank);
        same.truncate(SAME);
        same
    }

    fn is_same(&self, asked: &Asked, number: u32) -> bool {
        self.reading.figure(number).is_some_and(|stated| {
            let (own, other) = (&asked.quantity, &stated.quantity);
            other.to == own.to && !own.hedge.is_opposite(other.hedge) && self.is_about(asked, stated)
        })
    }

    /// It counts the same, of the same side.
    fn is_about(&self, asked: &Asked, stated: &Stated) -> bool {
        agree(self.reading, &asked.quantity, stated) && !contrast::is_other(self.reading, &asked.sides, stated)
    }

    fn score(&self, asked: &Asked, number: u32, own: usize) -> Fit {
        let Some(stated) = self.reading.figure(number) else { return Fit { number, score: 0.0, near: 0.0 } };
        let company = self.group(number).and_then(|group| self.company.get(&group)).map_or(0, |company| company.saturating_sub(own));
        let near = asked.context.nearness(self.reading, stated.line, stated.at, stated.sentence);
        Fit { number, score: near + self::company(company), near }
    }

    /// Other figures where this one could stand: of the same kind, or the same number of another kind; the best first. Those
    /// that the sentence states as well are not in its way.
    fn rivals(&self, asked: &Asked) -> Vec<Fit> {
        let is_rival = |number: u32, stated: &Stated| {
            let (own, other) = (&asked.quantity, &stated.quantity);
            let is_alike = own.dimension == other.dimension && own.to.is_some() == other.to.is_some() && agree(self.reading, own, stated);
            (is_alike || own.value == other.value && other.dimension != Dimension::Unstated) && !self.stated.contains(&number)
        };
        let figures = self.lines.iter().filter_map(|line| self.reading.line(*line)).flat_map(|line| line.figures.clone().take(FIGURES_OF_LINE));
        let rivals = figures.filter(|number| self.reading.figure(*number).is_some_and(|stated| is_rival(*number, stated)));
        best_first(rivals.map(|number| self.score(asked, number, 0)).collect())
    }

    /// The places that state the figures. One place states one of them: those that fit best are given first.
    fn stated(&self, rivals: &[Vec<Fit>]) -> Vec<Option<Fit>> {
        let mut pairs: Vec<(usize, Fit)> = Vec::new();
        for (place, ((asked, same), rivals)) in self.asked.iter().zip(&self.same).zip(rivals).enumerate() {
            let fits = same.iter().map(|number| self.score(asked, *number, 1)).filter(|fit| fit.score >= needed(&asked.quantity));
            pairs.extend(fits.filter(|fit| !self.is_outdone(&asked.quantity, *fit, rivals.iter())).map(|fit| (place, fit)));
        }
        pairs.sort_by(|(_, one), (_, other)| other.score.total_cmp(&one.score));
        let mut stated: Vec<Option<Fit>> = vec![None; self.asked.len()];
        let mut taken: BTreeSet<u32> = BTreeSet::new();
        for (place, fit) in pairs {
            if let Some(free) = stated.get_mut(place).filter(|stated| stated.is_none())
                && taken.insert(fit.number)
            {
                *free = Some(fit);
            }
        }
        stated
    }

    /// Another figure stands where this one should, and fits much better. Within one sentence the order of words says less.
    fn is_outdone<'r>(&self, asked: &Quantity, fit: Fit, mut rivals: impl Iterator<Item = &'r Fit>) -> bool {
        let sentence = |number: u32| self.reading.figure(number).map(|stated| (stated.line, stated.sentence));
        let (own, own_table) = (sentence(fit.number), self.reading.table(fit.number));
        let enough = |rival: &Fit| {
            if sentence(rival.number) == own {
                0.6
            } else if own_table.is_some() && self.reading.table(rival.number) == own_table {
                SAME_TABLE
            } else if rival.near >= VERY_PLACE {
                much_better(asked).max(SAME_PLACE_SHARE)
            } else {
                much_better(asked)
            }
        };
        rivals.any(|rival| rival.score >= RIVAL && fit.score < rival.score * enough(rival))
    }

    fn derived(&self, asked: &Asked, rivals: &[Fit], stated: &[Option<Fit>]) -> Option<Tracing> {
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
        if best.score < needed(own).max(0.2) || self.is_outdone(own, best, rivals.iter().filter(|rival| !ways.contains_key(&rival.number))) {
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
                    let ends = if one == other { first.quantity.ends().filter(|_| derive::has_ends(&first.quantity)) } else { Some((first.quantity.clone(), second.quantity.clone())) };
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

    /// What comes nearest: the same number of something else, or another number of the same.
    fn untraced(&self, asked: &Asked, rivals: &[Fit]) -> Tracing {
        let near = rivals.first().filter(|rival| rival.score >= 0.3).copied();
        let elsewhere = || {
            let numbers =
                self.reading.dimensions().flat_map(|dimension| self.reading.between(dimension, asked.quantity.value, asked.quantity.value).take(SAME));
            best_first(numbers.map(|number| self.score(asked, number, 0)).collect()).into_iter().next()
        };
        let beside = || {
            let figures = self.lines.iter().filter_map(|line| self.reading.line(*line)).flat_map(|line| line.figures.clone().take(FIGURES_OF_LINE));
            let fits = best_first(figures.map(|number| self.score(asked, number, 0)).collect());
            fits.into_iter().next().filter(|fit| fit.score >= 0.5)
        };
        Tracing::Untraced { nearest: near.or_else(elsewhere).or_else(beside).and_then(|fit| self.reading.passage(fit.number)) }
    }
}

/// The lines that share the rarest words with a sentence, the likest first, of those that are of interest.
pub(super) fn likest(reading: &Reading, mut stems: Vec<u32>, is_of_interest: impl Fn(&Line) -> bool) -> Vec<u32> {
    stems.sort_unstable();
    stems.dedup();
    let mut scores: BTreeMap<u32, f64> = BTreeMap::new();
    for stem in stems {
        let lines = reading.lines_with.get(stem as usize).map_or(&[][..], Vec::as_slice);
        if lines.len() <= COMMON {
            let rarity = rarity(reading.lines.len(), lines.len());
            lines.iter().for_each(|line| *scores.entry(*line).or_default() += rarity);
        }
    }
    let of_interest = scores.into_iter().filter(|(line, _)| reading.line(*line).is_some_and(&is_of_interest));
    let mut fits: Vec<Fit> = of_interest.map(|(number, score)| Fit { number, score, near: score }).collect();
    fits = best_first(fits);
    fits.into_iter().take(LINES).map(|fit| fit.number).collect()
}

/// How much of its words a place must share: a long number is hardly there by chance.
fn needed(quantity: &Quantity) -> f64 {
    match quantity.significant_digits() {
        1 => 0.3,
        2 => 0.25,
        3 => 0.15,
        _ => 0.05,
    }
}

/// What share of the score of another figure is enough to stand against it.
fn much_better(quantity: &Quantity) -> f64 {
    match distinct_digits(quantity) {
        1 | 2 => 0.7,
        3 => 0.6,
        _ => 0.4,
    }
}

/// Percentages are so many and so alike that a third digit tells little.
fn distinct_digits(quantity: &Quantity) -> u32 {
    let digits = quantity.significant_digits();
    if matches!(quantity.dimension, Dimension::Percent | Dimension::PercentagePoints) { digits.min(2) } else { digits }
}

/// What so many other figures of the sentence in the same passage count for.
pub(super) fn company(others: usize) -> f64 {
    [0.0, COMPANY, 2.0 * COMPANY].get(others).copied().unwrap_or(3.0 * COMPANY)
}

/// The best first; of two that fit equally the earlier.
pub(super) fn best_first(mut fits: Vec<Fit>) -> Vec<Fit> {
    fits.sort_by(|one, other| other.score.total_cmp(&one.score).then(one.number.cmp(&other.number)));
    fits
}
