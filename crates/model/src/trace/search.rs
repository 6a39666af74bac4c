//! Finds for each figure of a text the passage that says it.
//!
//! In: a [`Reading`] of documents and a text. Out: for each figure of the text a [`Tracing`]. A number alone proves little:
//! reports are full of numbers. So three things are asked of a passage: that it states the same quantity, that it is about
//! the same thing (the shorter the number, the more of its words must agree), and that no other passage fits the sentence
//! better and says another number there. The last is what tells a slip of the pen from a figure.
//!
//! Not here: what follows from other figures ([`super::follows`]).

use std::collections::{BTreeMap, BTreeSet};

use super::agree::agree;
use super::context::{Context, rarity};
use super::contrast::{self, Side};
use super::derive::Cues;
use super::quantity::{Dimension, Quantity};
use super::reading::{Line, Reading, Stated, Word};
use super::spoken::{Spoken, of_sentence};
use super::{Traced, Tracing, words};
use crate::figure::Figure;

/// Lines that are looked through for figures of the same thing.
const LINES: usize = 40;

/// Figures of one line that are looked at.
pub(super) const FIGURES_OF_LINE: usize = 120;

/// Words on either side of a figure that can say it is a change or a sum.
const CUE: usize = 5;

/// Names of a sentence that are looked at.
const NAMES: usize = 20;

/// Places with the same number that are compared.
pub(super) const SAME: usize = 200;

/// A word that more lines have says too little to look them all through.
const COMMON: usize = 1_000;

/// Other figures that can stand in the way of one, the best first.
const MOST_RIVALS: usize = 60;

/// The score from which another figure stands in the way.
pub(super) const RIVAL: f64 = 0.6;

/// How near another figure is, without its company, that stands in the very place: another number was written for it.
const VERY_PLACE: f64 = 0.8;

/// What share of the score of another figure of the sentence is enough: the order of words says less. The same of its paragraph,
/// if the sentence has a word of the entry's that the other's lacks.
const SAME_SENTENCE: f64 = 0.6;
const SAME_LINE: f64 = 0.5;

/// What share of the score of a cell is enough for another cell of its table: all have the same caption.
const SAME_TABLE: f64 = 0.9;

/// The same for a figure elsewhere, against one that stands in the very place.
const SAME_PLACE_SHARE: f64 = 0.8;

/// What another figure of the sentence in the same passage counts for, up to three of them.
const COMPANY: f64 = 0.12;

/// A figure of the text.
pub(super) struct Asked {
    figure: Figure,
    pub(super) quantity: Quantity,
    context: Context,
    sentence: u32,
    stems: Vec<u32>,
    pub(super) cues: Cues,
    pub(super) sides: Vec<Side>,
    /// Stems of the names in its sentence.
    names: Vec<u32>,
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
    let is_rare = |stem: u32| reading.lines_with.get(stem as usize).is_some_and(|lines| lines.len() <= reading.lines.len() / 10 + 1);
    let names: Vec<(u32, u32)> = spoken
        .names
        .iter()
        .filter_map(|place| known.get(*place))
        .filter_map(|(stem, sentence)| Some(((*stem)?, *sentence)))
        .filter(|(stem, _)| is_rare(*stem))
        .collect();
    let asked = spoken.figures.iter().cloned().map(|(figure, at, sentence)| {
        let around = known.get(at.saturating_sub(30)..known.len().min(at + 30)).unwrap_or_default();
        let quantity = Quantity::of(&figure);
        Asked {
            context: Context::around(reading, &known, at, sentence),
            cues: cues(&spoken.words, at, sentence),
            sides: if quantity.defines() { Vec::new() } else { contrast::taken(&spoken.sides, at, sentence) },
            quantity,
            names: of_sentence(&names, sentence, |name| name.1).iter().map(|(stem, _)| *stem).take(NAMES).collect(),
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
    let (rises, falls) = (has(|stem| stem == "rise"), has(|stem| stem == "fall"));
    Cues { change: has(words::says_change), rise: rises && !falls, fall: falls && !rises, sum: has(words::says_sum) }
}

/// The figures of one sentence and the lines most like it.
pub(super) struct Sentence<'a> {
    pub(super) reading: &'a Reading,
    asked: &'a [Asked],
    pub(super) lines: Vec<u32>,
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

    pub(super) fn group(&self, number: u32) -> Option<u32> {
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
    pub(super) fn is_about(&self, asked: &Asked, stated: &Stated) -> bool {
        agree(self.reading, &asked.quantity, stated) && !contrast::is_other(self.reading, &asked.sides, stated)
    }

    pub(super) fn score(&self, asked: &Asked, number: u32, own: usize) -> Fit {
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
            pairs.extend(fits.filter(|fit| !self.is_outdone(asked, *fit, rivals.iter())).map(|fit| (place, fit)));
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

    /// Another figure, of which the best come first, stands where this one should, and fits much better.
    pub(super) fn is_outdone<'r>(&self, asked: &Asked, fit: Fit, rivals: impl Iterator<Item = &'r Fit>) -> bool {
        let sentence = |number: u32| self.reading.figure(number).map(|stated| (stated.line, stated.sentence));
        let (own, own_table) = (sentence(fit.number), self.reading.table(fit.number));
        let enough = |rival: &Fit| match (sentence(rival.number), own) {
            (Some(other), Some(own)) if other == own => SAME_SENTENCE,
            (Some(other), Some(own)) if other.0 == own.0 && self.says_more(asked, own, other) => SAME_LINE,
            (Some(other), Some(own)) if self.is_of_other_name(asked, own.0, other.0) => 1.0,
            _ if own_table.is_some() && self.reading.table(rival.number) == own_table => SAME_TABLE,
            _ if rival.near >= VERY_PLACE => much_better(&asked.quantity).max(SAME_PLACE_SHARE),
            _ => much_better(&asked.quantity),
        };
        let mut better = rivals.take_while(|rival| rival.score >= RIVAL && fit.score < rival.score).take(MOST_RIVALS);
        better.any(|rival| fit.score < rival.score * enough(rival))
    }

    /// The sentence has a word of the entry's that the other lacks.
    fn says_more(&self, asked: &Asked, own: (u32, u32), other: (u32, u32)) -> bool {
        let [own, other] = [own, other].map(|(line, sentence)| self.reading.words_of(line, sentence));
        let has = |words: &[Word], stem: u32| words.iter().any(|word| word.stem == stem);
        asked.stems.iter().any(|stem| has(own, *stem) && !has(other, *stem))
    }

    /// The other line has a name of the entry's sentence, and this one has none that the other lacks.
    fn is_of_other_name(&self, asked: &Asked, own: u32, other: u32) -> bool {
        let has = |line: u32, name: &u32| self.reading.mentions(line, *name);
        asked.names.iter().any(|name| has(other, name) && !has(own, name)) && asked.names.iter().all(|name| has(other, name) || !has(own, name))
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
pub(super) fn needed(quantity: &Quantity) -> f64 {
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
