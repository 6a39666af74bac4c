//! One choice among several names: what their words lead one to expect, and what examples have taught.

use std::collections::BTreeMap;

use pulse_model::name::fold;

use super::{Choice, Source, lexicon};
use crate::learn::line::{self, probability};
use crate::learn::words;
use crate::learn::{Feature, Field, Line, Vocabulary};

/// Where words that a name leads one to expect are looked for, and how much they speak there.
pub(super) type Fields = &'static [(Field, f32)];
/// What a work is about, all of it says.
pub(super) const SECTOR_FIELDS: Fields = &[(Field::Text, 4.0), (Field::Title, 4.0), (Field::By, 4.0)];
/// What kind of thing a work is, its title says; texts speak of reports and guidance everywhere.
pub(super) const CATEGORY_FIELDS: Fields = &[(Field::Text, 1.5), (Field::Title, 6.0)];

/// How far one example may move the weights.
const PULL: f64 = 3.0;

/// A work in numbers, and where it was printed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Example<'a> {
    pub(super) vector: &'a [(u32, f32)],
    /// Which of the names.
    pub(super) place: usize,
    /// From 0 to 1: older ones less.
    pub(super) weight: f64,
}

/// A line for each name.
#[derive(Clone, Debug)]
pub(super) struct Model {
    lines: Vec<Line>,
    examples: usize,
}

/// What the names alone lead one to expect: words of a name, and those the lexicon has for it, speak for it and half as much against the
/// others. Words that speak for all speak for none.
pub(super) fn expected(names: &[String], lexicon: &[lexicon::Line], vocabulary: &mut Vocabulary, fields: Fields) -> Vec<Line> {
    let words: Vec<BTreeMap<u64, String>> = names.iter().map(|name| words_for(name, lexicon)).collect();
    let mut weights: Vec<Vec<(u32, f32)>> = vec![Vec::new(); names.len()];
    let all: BTreeMap<&u64, &String> = words.iter().flatten().collect();
    for (key, word) in all {
        let speaks: Vec<bool> = words.iter().map(|of_name| of_name.contains_key(key)).collect();
        let against = speaks.iter().filter(|speaks| !**speaks).count() as f32 / names.len() as f32;
        for &(field, strength) in fields {
            let Some(number) = vocabulary.number_of_word(field, word) else { continue };
            for (weights, speaks) in weights.iter_mut().zip(&speaks) {
                weights.push((number, if *speaks { strength * against } else { strength * (against - 1.0) / 2.0 }));
            }
        }
    }
    let bias = -((names.len().max(2) - 1) as f32).ln();
    weights.into_iter().map(|weights| Line::expected(dense(&weights, vocabulary.features().len()), bias)).collect()
}

/// Words of one name and of the lines that it calls up, by their keys.
fn words_for(name: &str, lexicon: &[lexicon::Line]) -> BTreeMap<u64, String> {
    let folded = format!(" {} ", fold(name));
    let called = lexicon.iter().filter(|(names, _)| names.split(',').any(|called| folded.contains(&format!(" {} ", called.trim()))));
    let own = words::folded(name);
    let own: Vec<&str> = words::words(&own).filter(|word| !word.is_small).map(|word| word.shown).filter(|word| !lexicon::OF_ANY_NAME.contains(word)).collect();
    let all = called.flat_map(|(_, words)| words.split(',').map(str::trim)).chain(own);
    all.filter_map(|word| Some((words::key_of(word)?, word.to_owned()))).collect()
}

fn dense(weights: &[(u32, f32)], features: usize) -> Vec<f32> {
    let mut dense = vec![0.0; features];
    for &(number, weight) in weights {
        if let Some(slot) = dense.get_mut(number as usize) {
            *slot = weight;
        }
    }
    dense
}

impl Model {
    /// What was expected, moved by examples.
    pub(super) fn after(expected: Vec<Line>, examples: &[Example<'_>], features: usize) -> Self {
        let learn = |(at, line): (usize, Line)| {
            let on_its_side = examples.iter().map(|one| line::Example { vector: one.vector, is_positive: one.place == at, weight: PULL * one.weight });
            let examples: Vec<line::Example<'_>> = on_its_side.collect();
            line.after(&examples, features)
        };
        Self { lines: expected.into_iter().enumerate().map(learn).collect(), examples: examples.len() }
    }

    /// How likely each of these names is; together 1.
    pub(super) fn probabilities(&self, vector: &[(u32, f32)], among: &[usize]) -> Vec<f64> {
        let each: Vec<f64> = among.iter().map(|&at| self.lines.get(at).map_or(0.0, |line| probability(line.score(vector)))).collect();
        let all: f64 = each.iter().sum();
        each.into_iter().map(|one| if all > 0.0 { one / all } else { 1.0 / among.len() as f64 }).collect()
    }

    /// The likeliest of these names; of equals the first.
    pub(super) fn choose(&self, vocabulary: &Vocabulary, vector: &[(u32, f32)], among: &[usize], names: &[String]) -> (Option<usize>, Choice) {
        let probabilities = self.probabilities(vector, among);
        let best = (0..among.len()).reduce(|best, at| if probabilities[at] > probabilities[best] { at } else { best });
        let Some(best) = best else { return (None, Choice { probability: 1.0, ..Choice::default() }) };
        let second = (0..among.len()).filter(|at| *at != best).reduce(|second, at| if probabilities[at] > probabilities[second] { at } else { second });
        let because = self.because(vocabulary, vector, among[best], second.map(|at| among[at]));
        let source = match (because.is_empty(), self.examples) {
            (true, _) => Source::Nothing,
            (_, 0) => Source::Names,
            _ => Source::Archive,
        };
        let name = names.get(among[best]).cloned().unwrap_or_default();
        (Some(among[best]), Choice { name, probability: probabilities[best], because, source })
    }

    /// What spoke for one name rather than the second likeliest.
    pub(super) fn because(&self, vocabulary: &Vocabulary, vector: &[(u32, f32)], best: usize, second: Option<usize>) -> Vec<String> {
        let weight = |at: usize, number: u32| self.lines.get(at).map_or(0.0, |line| line.weight(number));
        let parts = vector.iter().map(|&(number, value)| (value * (weight(best, number) - second.map_or(0.0, |second| weight(second, number))), number));
        let mut parts: Vec<(f32, Feature<'_>)> = parts
            .filter(|(part, _)| *part > 0.0)
            .filter_map(|(part, number)| Some((part, vocabulary.feature(number).filter(|feature| feature.field != Field::Small)?)))
            .collect();
        parts.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| (one.field, one.shown).cmp(&(other.field, other.shown))));
        let mut shown: Vec<Feature<'_>> = Vec::new();
        for (_, feature) in parts {
            if shown.len() < 3 && !shown.iter().any(|other| other.repeats(&feature)) {
                shown.push(feature);
            }
        }
        shown.into_iter().map(|feature| feature.phrase()).collect()
    }
}
