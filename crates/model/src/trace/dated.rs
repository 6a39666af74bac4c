//! Finds for each date and period of a text the passage that says it.
//!
//! In: the sentences of documents that name dates, and a text. Out: for each period of the text a [`Tracing`]: the same period;
//! one within it ("31 March 2013" says "March 2013"); or both of its ends in one sentence. The sentence that shares the most
//! words is given; one that shares none does not count.

use std::collections::BTreeSet;

use super::period::{Moment, Period, periods};
use super::{Tracing, words};
use crate::document::{Block, Content};
use crate::passage::{Passage, Sourced};

/// Sentences that are compared by their words.
const COMPARED: usize = 200;

/// A period of a text and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedPeriod {
    /// The period as the text has it.
    pub period: Period,
    /// Whether the documents say it.
    pub tracing: Tracing,
}

/// The sentences of documents that name dates.
#[derive(Debug, Default)]
pub(super) struct Dated {
    sentences: Vec<Sentence>,
}

#[derive(Debug)]
struct Sentence {
    passage: Passage,
    periods: Vec<Period>,
    /// Of the sentence; of a row those of its table's caption and labels too.
    words: BTreeSet<String>,
}

impl Dated {
    pub(super) fn of(documents: &[Sourced<'_>]) -> Self {
        let blocks = documents.iter().flat_map(|sourced| sourced.document.blocks().iter().map(|block| (sourced.address, block)));
        Self { sentences: blocks.flat_map(|(address, block)| sentences(address, block)).collect() }
    }

    pub(super) fn trace(&self, text: &str) -> Vec<TracedPeriod> {
        let sentences = words::sentences(text);
        let periods = periods(text).into_iter().map(|(bytes, period)| {
            let around = sentences.iter().find(|sentence| sentence.contains(&bytes.start)).and_then(|sentence| text.get(sentence.clone()));
            let tracing = self.tracing(&period, &stems(around.unwrap_or(text)));
            TracedPeriod { period, tracing }
        });
        periods.collect()
    }

    fn tracing(&self, asked: &Period, around: &BTreeSet<String>) -> Tracing {
        if let Some((passage, _)) = self.likest(around, |stated| (stated.from == asked.from && stated.to == asked.to).then(String::new)) {
            return Tracing::Traced { passage };
        }
        let within = |stated: &Period| {
            let is_within = asked.from.holds(stated.from) && asked.to.holds(stated.to);
            is_within.then(|| format!("{} is in {}", stated.wording, asked.wording))
        };
        if let Some((passage, how)) = self.likest(around, within).or_else(|| self.ends(asked, around)) {
            return Tracing::Derived { how, passages: vec![passage] };
        }
        let nearest = self.likest(around, |stated| (stated.from.year == asked.from.year || stated.to.year == asked.to.year).then(String::new));
        Tracing::Untraced { nearest: nearest.map(|(passage, _)| passage) }
    }

    /// A sentence with both ends of a period.
    fn ends(&self, asked: &Period, around: &BTreeSet<String>) -> Option<(Passage, String)> {
        if asked.from == asked.to {
            return None;
        }
        let names = |sentence: &Sentence, moment: Moment| sentence.periods.iter().any(|stated| moment.holds(stated.from) || moment.holds(stated.to));
        let both = self.sentences.iter().filter(|sentence| names(sentence, asked.from) && names(sentence, asked.to));
        let passage = likest(both.take(COMPARED), around)?;
        Some((passage, format!("both ends of {}", asked.wording)))
    }

    fn likest(&self, around: &BTreeSet<String>, says: impl Fn(&Period) -> Option<String>) -> Option<(Passage, String)> {
        let how = |sentence: &Sentence| sentence.periods.iter().find_map(&says);
        let saying: Vec<(&Sentence, String)> = self.sentences.iter().filter_map(|sentence| Some((sentence, how(sentence)?))).take(COMPARED).collect();
        let passage = likest(saying.iter().map(|(sentence, _)| *sentence), around)?;
        let how = saying.into_iter().find(|(sentence, _)| sentence.passage == passage)?.1;
        Some((passage, how))
    }
}

/// The sentence that shares the most words, the first of equals.
fn likest<'a>(sentences: impl Iterator<Item = &'a Sentence>, around: &BTreeSet<String>) -> Option<Passage> {
    let mut best: Option<(usize, &Sentence)> = None;
    for sentence in sentences {
        let shared = sentence.words.intersection(around).count();
        if (shared > 0 || around.is_empty()) && best.is_none_or(|(most, _)| shared > most) {
            best = Some((shared, sentence));
        }
    }
    best.map(|(_, sentence)| sentence.passage.clone())
}

/// Words, without those that say when.
fn stems(text: &str) -> BTreeSet<String> {
    let periods = periods(text);
    let is_dated = |at: usize| periods.iter().any(|(bytes, _)| bytes.contains(&at));
    words::content_words(text).filter(|(at, _)| !is_dated(*at)).map(|(_, stem)| stem).collect()
}

fn sentences(address: &str, block: &Block) -> Vec<Sentence> {
    let mut found = Vec::new();
    let over = match &block.content {
        Content::Table { caption, rows, .. } => {
            let labels = rows.iter().take(COMPARED).filter_map(|row| row.first());
            labels.chain([caption]).flat_map(|text| stems(text)).collect()
        }
        _ => BTreeSet::new(),
    };
    for line in block.content.lines() {
        for bytes in words::sentences(&line) {
            let quote = line.get(bytes).unwrap_or_default();
            let periods: Vec<Period> = periods(quote).into_iter().map(|(_, period)| period).collect();
            if !periods.is_empty() {
                let words = stems(quote).union(&over).cloned().collect();
                found.push(Sentence { passage: Passage::new(address, block, quote), periods, words });
            }
        }
    }
    found
}
