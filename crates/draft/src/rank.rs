//! The best sentences of documents that do not list their findings.
//!
//! A sentence is good when it is about what the documents are about (its words are theirs), states figures, compares, is about the
//! title, and stands early, in a summary and first under its heading; less good when it explains methods. Of sentences that say the same, one is
//! taken. The weights were set on half of a collection of statistical bulletins and checked on the other (`benches/findings`).
//! Time is linear in the length of the documents.

use std::collections::BTreeSet;

use pulse_model::figure;

use crate::candidates::{Candidate, candidates};
use crate::extract::Extract;
use crate::reading::{Line, Reading, bare};
use crate::sections::{Kind, Section, kinds};
use crate::words::Words;

/// What each sign is worth. Every sign is between 0 and 1.
mod weight {
    pub(super) const CENTRAL: f64 = 1.6;
    pub(super) const FIGURES: f64 = 1.0;
    pub(super) const PER_CENT: f64 = 0.2;
    pub(super) const CHANGE: f64 = 0.3;
    pub(super) const COMPARISON: f64 = 0.2;
    pub(super) const LENGTH: f64 = 0.4;
    pub(super) const TITLE: f64 = 0.3;
    pub(super) const HEADINGS: f64 = 0.2;
    pub(super) const EARLY: f64 = 0.2;
    pub(super) const FIRST: f64 = 0.2;
    pub(super) const SUMMARY: f64 = 0.2;
    pub(super) const INTRODUCTION: f64 = -0.3;
    pub(super) const METHOD: f64 = -0.6;
    /// For words shared with one that is chosen already.
    pub(super) const REPETITION: f64 = -0.6;
}

/// Among so many of the best, repetitions are looked for.
const SHORTLIST: usize = 300;

/// The `wanted` best sentences that are not among those `said` already, in their order in the documents.
pub(crate) fn best<'a>(reading: &Reading<'a>, sections: &[Section], title: &str, said: &[&str], wanted: usize) -> Vec<Extract<'a>> {
    let lines = &reading.lines;
    let mut candidates = candidates(lines, &kinds(lines, sections));
    candidates.retain(|candidate| !said.contains(&candidate.quote));
    let mut words = Words::default();
    let bags: Vec<Vec<u32>> = candidates.iter().map(|candidate| words.of(bare(candidate.quote))).collect();
    let subject = Subject::new(&bags, &mut words, title, lines);
    let mut rated: Vec<(f64, usize)> = candidates
        .iter()
        .zip(&bags)
        .enumerate()
        .map(|(at, (candidate, bag))| {
            let early = 1.0 - share(at, candidates.len());
            (subject.rate(bag) + rate(candidate) + weight::EARLY * early, at)
        })
        .collect();
    rated.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    rated.truncate(SHORTLIST);
    let mut chosen = without_repetitions(&rated, &bags, wanted);
    chosen.sort_unstable();
    chosen.into_iter().filter_map(|at| candidates.get(at)).map(|candidate| Extract { parts: vec![(candidate.line, candidate.quote)] }).collect()
}

/// The best first, each the less the more of its words one before it has.
fn without_repetitions(rated: &[(f64, usize)], bags: &[Vec<u32>], wanted: usize) -> Vec<usize> {
    let sets: Vec<BTreeSet<u32>> = rated.iter().map(|&(_, at)| bags.get(at).into_iter().flatten().copied().collect()).collect();
    let mut left: Vec<(usize, f64)> = (0..rated.len()).map(|at| (at, 0.0)).collect();
    let mut chosen = Vec::new();
    while chosen.len() < wanted {
        let worth = |&(at, repeated): &(usize, f64)| rated[at].0 + weight::REPETITION * repeated;
        // The first of equals, which is the earlier sentence.
        let Some(best) = (0..left.len()).reduce(|best, next| if worth(&left[next]) > worth(&left[best]) { next } else { best }) else { break };
        let (taken, repeated) = left.remove(best);
        // Hardly a word of its own: the same sentence again, in a summary or on the page.
        if repeated < 0.6 {
            chosen.push(rated[taken].1);
            for (at, repeated) in &mut left {
                *repeated = repeated.max(shared(&sets[*at], &sets[taken]));
            }
        }
    }
    chosen
}

/// The share of the words of two sentences that both have.
fn shared(a: &BTreeSet<u32>, b: &BTreeSet<u32>) -> f64 {
    let both = a.intersection(b).count();
    share(both, a.len() + b.len() - both)
}

#[expect(clippy::cast_precision_loss, reason = "counts of words and sentences")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// What the documents are about.
struct Subject {
    /// How telling each word is: the fewer sentences have it, the more.
    telling: Vec<f64>,
    /// How much of all the documents each word is, of length 1 altogether.
    centre: Vec<f64>,
    title: BTreeSet<u32>,
    headings: BTreeSet<u32>,
}

impl Subject {
    fn new(bags: &[Vec<u32>], words: &mut Words, title: &str, lines: &[Line<'_>]) -> Self {
        let title = words.of(title).into_iter().collect();
        let headings = lines.iter().filter(|line| line.role.is_heading()).flat_map(|line| words.of(line.text)).collect();
        let mut sentences_with = vec![0_usize; words.count()];
        for word in bags.iter().flat_map(|bag| bag.iter().copied().collect::<BTreeSet<_>>()) {
            sentences_with[word as usize] += 1;
        }
        let telling: Vec<f64> = sentences_with.iter().map(|&count| (1.0 / share(2 * count + 1, 2 * (bags.len() + 1))).ln().max(0.0)).collect();
        let mut centre = vec![0.0; words.count()];
        for bag in bags {
            for (word, size) in vector(bag, &telling) {
                centre[word as usize] += size;
            }
        }
        let length = centre.iter().map(|size| size * size).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        centre.iter_mut().for_each(|size| *size /= length);
        Self { telling, centre, title, headings }
    }

    fn rate(&self, bag: &[u32]) -> f64 {
        let central: f64 = vector(bag, &self.telling).into_iter().map(|(word, size)| size * self.centre[word as usize]).sum();
        let set: BTreeSet<u32> = bag.iter().copied().collect();
        let telling = |words: &mut dyn Iterator<Item = &u32>| words.map(|&word| self.telling[word as usize]).sum::<f64>();
        let of_title = telling(&mut self.title.intersection(&set)) / telling(&mut self.title.iter()).max(f64::MIN_POSITIVE);
        weight::CENTRAL * central + weight::TITLE * of_title + weight::HEADINGS * share(self.headings.intersection(&set).count(), set.len())
    }
}

/// Words with how telling and frequent they are in a sentence, of length 1 altogether.
fn vector(bag: &[u32], telling: &[f64]) -> Vec<(u32, f64)> {
    let mut sorted = bag.to_vec();
    sorted.sort_unstable();
    let mut vector: Vec<(u32, f64)> = Vec::new();
    for word in sorted {
        let size = telling[word as usize];
        match vector.last_mut() {
            Some((last, sum)) if *last == word => *sum += size,
            _ => vector.push((word, size)),
        }
    }
    let length = vector.iter().map(|(_, size)| size * size).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    vector.iter_mut().for_each(|(_, size)| *size /= length);
    vector
}

/// What a sentence is worth by its own words and place.
fn rate(candidate: &Candidate<'_>) -> f64 {
    const CHANGE: &[&str] = &[
        "increase",
        "decrease",
        "rose",
        "fell",
        "risen",
        "fallen",
        "grew",
        "decline",
        "higher",
        "lower",
        "highest",
        "lowest",
        "largest",
        "smallest",
        "most",
        "majority",
        "change",
        "more likely",
        "less likely",
        "significant",
        "we found",
        "found that",
        "suggest",
    ];
    const COMPARISON: &[&str] = &["compared with", "compared to", "than", "year earlier", "previous", "since", "between"];
    const METHOD: &[&str] = &[
        "defin",
        "refers to",
        "background note",
        "methodolog",
        "for more information",
        "available",
        "published",
        "dataset",
        "data ",
        "estimates are",
        "please",
        "website",
        "spreadsheet",
        "is based on",
        "are based on",
        "note that",
    ];
    let lower = candidate.quote.to_lowercase();
    let count = |words: &[&str], most: usize| share(words.iter().filter(|word| lower.contains(**word)).count().min(most), most);
    let if_so = |is_so: bool, weight: f64| if is_so { weight } else { 0.0 };
    weight::FIGURES * share(figure::find(candidate.quote).len().min(4), 4)
        + if_so(lower.contains('%') || lower.contains("per cent"), weight::PER_CENT)
        + weight::CHANGE * count(CHANGE, 3)
        + weight::COMPARISON * count(COMPARISON, 2)
        + weight::METHOD * count(METHOD, 3)
        + weight::LENGTH * share(candidate.quote.split(' ').count().min(50), 50)
        + if_so(candidate.in_section == 0, weight::FIRST)
        + if_so(matches!(candidate.kind, Some(Kind::Findings | Kind::Summary | Kind::Conclusions)), weight::SUMMARY)
        + if_so(candidate.kind == Some(Kind::About), weight::INTRODUCTION)
}
