//! Summaries much longer or shorter than the digest's own.
//!
//! Lengths spread by factors, not by differences, so logarithms are compared: with their median, by their median distance from it.

use pulse_model::Entry;
use pulse_model::digest::Shape;

use super::copy::{Copy, about};
use super::query::Query;
use super::rule::Rule;

/// So many entries of earlier editions show a habit.
const LEAST_ENTRIES: usize = 20;
/// How far from the median is far, as a factor: the least with an archive, and where the edition has only itself.
const FACTOR: f64 = 2.5;
const FACTOR_ALONE: f64 = 3.5;
/// So many median distances are far (for a bell curve, about four standard deviations).
const DISTANCES: f64 = 6.0;

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    // A list of links sums nothing up.
    if copy.known.digest.import.shape == Shape::Links {
        return queries;
    }
    let bare: Vec<_> = copy.entries.iter().filter(|item| item.entry.summary.is_empty()).collect();
    for item in bare {
        queries.push(about(&item.part, Rule::SUMMARY_LENGTH, &item.entry.heading(), "The entry has no summary. Write one, or leave the entry out."));
    }
    let archive: Vec<f64> = logs(copy.known.archive.iter().flat_map(|edition| edition.entries()));
    let (habit, factor, whose) = match archive.len() >= LEAST_ENTRIES {
        true => (archive, FACTOR, "the digest's earlier editions"),
        false => (logs(copy.entries.iter().map(|item| item.entry)), FACTOR_ALONE, "this edition"),
    };
    if habit.len() < LEAST_ENTRIES {
        return queries;
    }
    let middle = median(habit.clone());
    let distance = median(habit.iter().map(|log| (log - middle).abs()).collect());
    let far = (distance * DISTANCES).max(factor.ln());
    for item in &copy.entries {
        let count = words(item.entry);
        if count == 0 || ((count as f64).ln() - middle).abs() <= far {
            continue;
        }
        let (how, what) = if (count as f64).ln() > middle { ("long", "Shorten it") } else { ("short", "Say what was done and found") };
        let usual = middle.exp().round();
        let message = format!("The summary is {how}: {count} words, where half the summaries of {whose} have fewer than {usual}. {what}, or leave it.");
        queries.push(about(&item.part, Rule::SUMMARY_LENGTH, &item.entry.heading(), message));
    }
    queries
}

fn words(entry: &Entry) -> usize {
    entry.summary.plain().split_whitespace().count()
}

/// Logarithms of lengths in words; what has no summary has none.
fn logs<'a>(entries: impl Iterator<Item = &'a Entry>) -> Vec<f64> {
    entries.map(words).filter(|count| *count > 0).map(|count| (count as f64).ln()).collect()
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}
