//! A text as tracing reads it: its words, figures and dates, each where it stands.
//!
//! In: a text, cut into sentences. Out: [`Spoken`]. Places are counted in words that say something ([`super::words`]).

use std::ops::Range;

use super::contrast::Side;
use super::period::{self, Period};
use super::words;
use crate::figure;

/// The words, figures and dates of a text.
#[derive(Default)]
pub(super) struct Spoken {
    /// Stems, and the sentence of each.
    pub(super) words: Vec<(String, u32)>,
    pub(super) sides: Vec<Side>,
    /// The places of the words that have a capital letter and do not begin a sentence.
    pub(super) names: Vec<usize>,
    /// Each with the number of words before it and its sentence.
    pub(super) figures: Vec<(figure::Figure, usize, u32)>,
    /// Of each figure whether it stands in brackets alone.
    pub(super) enclosed: Vec<bool>,
    pub(super) dates: Vec<Date>,
}

/// A date or period of a text.
pub(super) struct Date {
    pub(super) period: Period,
    /// So many words stand before it.
    pub(super) at: usize,
    /// So many words are its own.
    pub(super) length: usize,
    pub(super) sentence: u32,
}

impl Spoken {
    pub(super) fn of(text: &str, sentences: &[Range<usize>]) -> Self {
        let mut spoken = Self::default();
        let mut starts = Vec::new();
        for (at, stem) in words::content_words(text) {
            let sentence = sentence_at(sentences, at);
            spoken.sides.extend(Side::of(text, at, starts.len(), sentence));
            let is_name = text[at..].starts_with(char::is_uppercase) && sentences.get(sentence as usize).is_some_and(|sentence| sentence.start < at);
            spoken.names.extend(is_name.then_some(starts.len()));
            spoken.words.push((stem, sentence));
            starts.push(at);
        }
        let before = |at: usize| starts.partition_point(|start| *start < at);
        for (range, figure) in figure::find_in_place(text) {
            spoken.enclosed.push(text[..range.start].ends_with('(') && text[range.end..].starts_with(')'));
            spoken.figures.push((figure, before(range.start), sentence_at(sentences, range.start)));
        }
        let dates = period::periods(text).into_iter().map(|(range, period)| {
            let at = before(range.start);
            Date { period, at, length: before(range.end) - at, sentence: sentence_at(sentences, range.start) }
        });
        spoken.dates = dates.collect();
        spoken
    }

    /// The words alone, behind those that are there.
    pub(super) fn add_words(&mut self, text: &str) {
        for (at, stem) in words::content_words(text) {
            self.sides.extend(Side::of(text, at, self.words.len(), 0));
            self.words.push((stem, 0));
        }
    }
}

/// Those of a list in order that are of one sentence.
pub(super) fn of_sentence<T>(list: &[T], sentence: u32, spoken_in: impl Fn(&T) -> u32) -> &[T] {
    let (from, to) = (list.partition_point(|one| spoken_in(one) < sentence), list.partition_point(|one| spoken_in(one) <= sentence));
    list.get(from..to).unwrap_or_default()
}

/// The sentence that holds a byte.
fn sentence_at(sentences: &[Range<usize>], at: usize) -> u32 {
    super::reading::index(sentences.partition_point(|sentence| sentence.start <= at).saturating_sub(1))
}
