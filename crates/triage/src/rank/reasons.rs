//! What speaks for a candidate or against it, in words that a researcher can check.

use super::{Count, Ranker, Reason};
use crate::learn::scale::Vector;
use crate::learn::{Feature, Field, Vocabulary};

/// So many are shown.
pub(super) const SHOWN: usize = 3;

pub(super) fn strongest(ranker: &Ranker, vocabulary: &Vocabulary, vector: &Vector) -> Vec<Reason> {
    let mut parts: Vec<(f64, u32)> =
        vector.iter().map(|&(number, value)| (f64::from(ranker.line.weight(number) * value), number)).filter(|(weight, _)| *weight != 0.0).collect();
    let by_strength = |a: &(f64, u32), b: &(f64, u32)| b.0.abs().total_cmp(&a.0.abs());
    // Words of one phrase repeat each other, so that more are looked at than shown.
    if parts.len() > 12 * SHOWN {
        parts.select_nth_unstable_by(12 * SHOWN, by_strength);
        parts.truncate(12 * SHOWN);
    }
    let mut parts: Vec<(f64, u32, Feature<'_>)> = parts
        .into_iter()
        .filter_map(|(weight, number)| Some((weight, number, vocabulary.feature(number).filter(|feature| feature.field != Field::Small)?)))
        .collect();
    parts.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then_with(|| (a.2.field, a.2.shown).cmp(&(b.2.field, b.2.shown))));
    let mut shown: Vec<Feature<'_>> = Vec::new();
    let mut reasons = Vec::new();
    for (weight, number, feature) in parts {
        if reasons.len() == SHOWN {
            break;
        }
        if shown.iter().all(|other| !other.repeats(&feature)) {
            let count = ranker.counts.get(number as usize).copied().unwrap_or_default();
            reasons.push(Reason { text: text(&feature, count, ranker.judged), weight });
            shown.push(feature);
        }
    }
    if reasons.is_empty() {
        let text = match (ranker.judged.of, vector.is_empty()) {
            (0, _) => "nothing has been judged yet",
            (_, true) => "there are no words to judge it by",
            (_, false) => "nothing it says was in what has been judged",
        };
        reasons.push(Reason { text: text.to_owned(), weight: 0.0 });
    }
    reasons
}

fn text(feature: &Feature<'_>, count: Count, judged: Count) -> String {
    let what = feature.phrase();
    let Count { picked, of } = count;
    if judged.picked == judged.of {
        return format!("{what}, as {picked} of the {} picked", judged.picked);
    }
    match (picked, of) {
        (0, 1) => format!("{what}, passed over the one time before"),
        (1, 1) => format!("{what}, picked the one time before"),
        _ => format!("{what}, picked {picked} times of {of}"),
    }
}
