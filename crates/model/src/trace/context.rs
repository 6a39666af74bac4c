//! How near the words around one figure are to those around another.
//!
//! In: a figure's place among words. Out: a share from 0 to 1 of what stands around the one that stands as near to the other.
//! Rare words weigh more than common ones, near ones more than far ones. The same sentence gives 1.

use std::collections::BTreeSet;

use super::reading::{Reading, Word};

/// Words on either side that are looked at.
const WINDOW: usize = 30;

/// The most words that are compared.
const MOST: usize = 60;

/// What a heading's word counts for.
const HEADING: f64 = 0.35;

/// The words around a figure of an entry.
pub(super) struct Context {
    /// Each word once, by stem.
    words: Vec<Near>,
    total: f64,
}

/// A word near a figure.
struct Near {
    stem: u32,
    /// How near.
    weight: f64,
    rarity: f64,
}

impl Context {
    /// `words` have stems that no document has as [`None`].
    pub(super) fn around(reading: &Reading, words: &[(Option<u32>, u32)], at: usize, sentence: u32) -> Self {
        let mut context = Self { words: Vec::new(), total: 0.0 };
        let mut seen: BTreeSet<u32> = BTreeSet::new();
        let unknown = 0.5 * rarity(reading.lines.len(), 0);
        for (distance, place) in outwards(words.len(), at) {
            let Some((stem, spoken_in)) = words.get(place) else { continue };
            let weight = nearness(distance, *spoken_in == sentence);
            let Some(stem) = stem else {
                context.total += weight * unknown;
                continue;
            };
            if seen.len() < MOST && seen.insert(*stem) {
                let rarity = rarity(reading.lines.len(), reading.lines_with.get(*stem as usize).map_or(0, Vec::len));
                context.words.push(Near { stem: *stem, weight, rarity });
                context.total += weight * rarity;
            }
        }
        context.words.sort_unstable_by_key(|near| near.stem);
        context
    }

    /// How much of it stands around a place in a line of a document.
    pub(super) fn nearness(&self, reading: &Reading, line: u32, at: usize, spoken_in: u32) -> f64 {
        let Some(line) = reading.line(line) else { return 0.0 };
        if self.total <= 0.0 {
            return 1.0;
        }
        let mut shared = vec![0.0_f64; self.words.len()];
        for (distance, place) in outwards(line.words.len(), at) {
            let Some(Word { stem, sentence }) = line.words.get(place) else { continue };
            self.share(&mut shared, *stem, nearness(distance, *sentence == spoken_in));
        }
        for stem in reading.heading(line) {
            self.share(&mut shared, *stem, HEADING);
        }
        shared.iter().zip(&self.words).map(|(shared, near)| shared * near.rarity).sum::<f64>() / self.total
    }

    fn share(&self, shared: &mut [f64], stem: u32, weight: f64) {
        if let Ok(place) = self.words.binary_search_by_key(&stem, |near| near.stem)
            && let (Some(shared), Some(own)) = (shared.get_mut(place), self.words.get(place))
        {
            *shared = shared.max(weight.min(own.weight));
        }
    }
}

/// How much a word says that so many of so many lines have.
pub(super) fn rarity(lines: usize, with: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of lines")]
    let share = (lines as f64 + 1.0) / (with as f64 + 0.5);
    share.ln().max(0.2)
}

/// Places around `at`, the nearest first, with their distance from 1.
fn outwards(length: usize, at: usize) -> impl Iterator<Item = (usize, usize)> {
    (1..=WINDOW).flat_map(move |distance| {
        let before = at.checked_sub(distance);
        let after = Some(at + distance - 1).filter(|after| *after < length);
        before.into_iter().chain(after).map(move |place| (distance, place))
    })
}

fn nearness(distance: usize, same_sentence: bool) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "at most thirty")]
    let near = (4.0 / distance as f64).clamp(0.2, 1.0);
    if same_sentence { near } else { near * 0.5 }
}
