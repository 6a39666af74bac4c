//! Room for what is new: a digest that only shows what is like its past never meets a new topic.

use super::{EXPLORE_EVERY, Ranked};
use crate::learn::scale::Vector;

/// A work with fewer words and pairs cannot be told to be new.
const FEWEST_FEATURES: usize = 8;
/// A word is familiar when so many judged works had it; with fewer, it is so in part.
const FAMILIAR: f64 = 3.0;

/// The part of a work, by the weight of its words, that judged works did not have.
pub(super) fn novelty(vector: &Vector, judged_with: impl Fn(u32) -> u32) -> Option<f64> {
    let square = |value: f32| f64::from(value) * f64::from(value);
    let all: f64 = vector.iter().map(|(_, value)| square(*value)).sum();
    let familiar: f64 = vector.iter().map(|(number, value)| square(*value) * (f64::from(judged_with(*number)) / FAMILIAR).min(1.0)).sum();
    (vector.len() >= FEWEST_FEATURES).then(|| 1.0 - familiar / all)
}

/// Every so-many-th place goes to the one of those behind it that is newest; the others keep their order.
pub(super) fn make_room(ranked: &mut Vec<Ranked>, novelty: &[Option<f64>]) {
    let mut newest: Vec<(f64, usize)> = ranked.iter().enumerate().filter_map(|(at, one)| Some((novelty.get(one.candidate).copied()??, at))).collect();
    newest.sort_by(|(a, at_a), (b, at_b)| b.total_cmp(a).then(at_a.cmp(at_b)));
    let mut newest = newest.into_iter().map(|(_, at)| at);
    let mut waiting: Vec<Option<Ranked>> = std::mem::take(ranked).into_iter().map(Some).collect();
    let mut next = 0;
    while ranked.len() < waiting.len() {
        let explores = (ranked.len() + 1).is_multiple_of(EXPLORE_EVERY);
        let new = if explores { newest.by_ref().find(|&at| waiting[at].is_some()).and_then(|at| waiting[at].take()) } else { None };
        if let Some(mut new) = new {
            new.explores = true;
            ranked.push(new);
            continue;
        }
        while waiting.get(next).is_some_and(Option::is_none) {
            next += 1;
        }
        match waiting.get_mut(next).and_then(Option::take) {
            Some(one) => ranked.push(one),
            None => break,
        }
    }
}
