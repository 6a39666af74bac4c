//! The same recommendation from a summary, a chapter and a list at the end is one.

use std::collections::{BTreeSet, HashMap};

use super::numbers::Numbered;
use crate::candidates::recommends;
use crate::extract::Extract;
use crate::sections::leads_in;

/// Those of the same number once: the fuller, unless it is an answer's. Reports that number by hand or anew in each part give some numbers
/// twice, so that they have to say the same too.
pub(super) fn once_by_number(found: Vec<Numbered<'_>>) -> Vec<Extract<'_>> {
    let mut once: Vec<Numbered<'_>> = Vec::new();
    let mut known: HashMap<String, Vec<usize>> = HashMap::new();
    for next in found {
        let key = next.number.clone().unwrap_or_else(|| first_words(&next.extract));
        let same = known.entry(key).or_default();
        let advises = |one: &Numbered<'_>| recommends(&one.extract.text());
        let is_same = |kept: &Numbered<'_>| {
            let shared = shared_words(&kept.extract, &next.extract);
            shared > 0.6 || ((kept.is_labelled || next.is_labelled) && (shared > 0.25 || !advises(kept) || !advises(&next)))
        };
        match same.iter().copied().find(|&at| once.get(at).is_some_and(is_same)).and_then(|at| once.get_mut(at)) {
            Some(kept) => {
                let is_fuller = next.extract.word_count() > kept.extract.word_count() && next.extract.text().starts_with(&kept.extract.text());
                if is_fuller || (advises(&next) && !advises(kept)) {
                    kept.extract = next.extract;
                }
            }
            None => {
                same.push(once.len());
                once.push(next);
            }
        }
    }
    once.sort_by_key(|one| one.at);
    once.into_iter().map(|one| one.extract).collect()
}

/// Those that begin with the same words once, the fuller kept where the first of them stands.
pub(super) fn once_by_words(found: Vec<Extract<'_>>) -> Vec<Extract<'_>> {
    let mut once: Vec<Extract<'_>> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for next in found {
        let key = first_words(&next);
        match known.get(&key).and_then(|&at| once.get_mut(at)) {
            Some(kept) if kept.word_count() >= next.word_count() => {}
            Some(kept) => *kept = next,
            None => {
                known.insert(key, once.len());
                once.push(next);
            }
        }
    }
    once
}

/// The share of the words of the shorter that the longer has.
#[expect(clippy::cast_precision_loss, reason = "counts of words")]
pub(super) fn shared_words(a: &Extract<'_>, b: &Extract<'_>) -> f64 {
    let words =
        |extract: &Extract<'_>| extract.text().to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3).map(str::to_owned).collect();
    let (a, b): (BTreeSet<String>, BTreeSet<String>) = (words(a), words(b));
    a.intersection(&b).count() as f64 / a.len().min(b.len()).max(1) as f64
}

/// Its first words, without those that lead in a list of several.
pub(super) fn first_words(extract: &Extract<'_>) -> String {
    let leads = extract.parts.iter().take_while(|(line, quote)| !line.role.is_item() && leads_in(quote)).count();
    let own = Extract { parts: extract.parts.iter().skip(leads % extract.parts.len().max(1)).copied().collect() };
    own.text().to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(12).collect::<Vec<_>>().join(" ")
}
