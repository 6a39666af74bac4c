//! What this digest would pick: candidates in the order of how likely that is, each with its strongest reasons.
//!
//! In: what was judged until now, each work with whether it was picked and when; candidates. Out: a [`Ranker`], learned once, and
//! [`Ranked`] candidates. Entries of an archive are picks; candidates that were rejected, and those that were passed over when an
//! edition was made, are not.
//!
//! - A judgement counts half as much for every [`HALF_LIFE_DAYS`] that it is older than the newest.
//! - Picks are few among many, and say more: they pull harder, and the probability is put right for that afterwards.
//! - Where all were judged alike, a work without words stands for the other side: the order then says how much a candidate is like
//!   what was judged, and [`Ranker::note`] says so.
//! - Every [`EXPLORE_EVERY`]th place goes to the candidate least like anything judged, so that a new topic can appear.
//!
//! Invariant: judgements in another order give the same scores and reasons; candidates of the same score stay in the order they came
//! in. No clock and no randomness. Not here: who decides, and keeping it ([`pulse_model::decision`]).

mod explore;
mod reasons;

use crate::learn::line::probability;
use crate::learn::scale::Vector;
use crate::learn::{Example, Features, Field, Line, Scale, Vocabulary};

/// After so many days a judgement counts half.
pub const HALF_LIFE_DAYS: f64 = 365.0;
/// Every so-many-th place is for what is new.
pub const EXPLORE_EVERY: usize = 10;

/// How far a judgement may move the weights, on average.
const PULL: f64 = 1.0;
/// So many times as hard as all that was passed over, all picks pull. Found best over two dozen systematic reviews by the makers of
/// ASReview (its model "ELAS u4"): what was picked says what is looked for, what was passed over may be anything.
const PICKS_PULL: f64 = 9.8;
const MS_PER_DAY: f64 = 86_400_000.0;

/// A work about which the team, or its archive, has spoken.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// What it is like.
    pub features: &'a Features,
    /// Whether it was taken.
    pub picked: bool,
    /// When, in Unix milliseconds, UTC: of an entry, the time of its edition.
    pub at: i64,
}

/// What is known of what a digest picks.
#[derive(Clone, Debug)]
pub struct Ranker {
    scale: Scale,
    line: Line,
    /// Added to a score, because the two sides did not pull by their numbers.
    shift: f64,
    /// For each feature, how many works with it were picked, and how many were judged.
    counts: Vec<Count>,
    judged: Count,
}

/// How many were picked, of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Of these, picked.
    pub picked: u32,
    /// Judged.
    pub of: u32,
}

/// A candidate in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// Which: its number among the candidates as they were given.
    pub candidate: usize,
    /// How likely it is to be picked, from 0 to 1; only an order where [`Ranker::note`] says so.
    pub score: f64,
    /// Whether it has its place because it is new, and not for its score.
    pub explores: bool,
}

/// Why a candidate stands where it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// A lower-case fragment: "from Northmoor Institute, picked 4 times of 5".
    pub text: String,
    /// What it adds to the score, in log odds; below nought it speaks against.
    pub weight: f64,
}

impl Ranker {
    /// Learns. The vocabulary is the one that read the works, best after it read the candidates too: it tells common words from rare ones.
    pub fn learn(vocabulary: &Vocabulary, judged: &[Judged<'_>]) -> Self {
        let scale = Scale::of(vocabulary, weight);
        let mut judged = judged.to_vec();
        judged.sort_by_key(|one| (one.at, one.picked, one.features.key()));
        let vectors: Vec<Vector> = judged.iter().map(|one| scale.vector(one.features)).collect();
        let counts = counts(&judged, &vectors, scale.len());
        let of_all = Count { picked: judged.iter().map(|one| u32::from(one.picked)).sum(), of: u32::try_from(judged.len()).unwrap_or(u32::MAX) };
        let mut examples = weighed(&judged, &vectors);
        let ages: Vec<Example<'_>> = examples.clone();
        balance(&mut examples, of_all.of);
        let line = Line::default().after(&examples, scale.len());
        let shift = shift(&line, &ages);
        Self { scale, line, shift, counts, judged: of_all }
    }

    /// How likely a work is to be picked, from 0 to 1.
    pub fn score(&self, features: &Features) -> f64 {
        self.score_of(&self.scale.vector(features))
    }

    fn score_of(&self, vector: &Vector) -> f64 {
        match self.judged.of {
            0 => 0.5,
            _ => probability(self.line.score(vector) + self.shift),
        }
    }

    /// Candidates, the likeliest first, with every [`EXPLORE_EVERY`]th place for what is new.
    pub fn rank(&self, candidates: &[&Features]) -> Vec<Ranked> {
        let vectors: Vec<Vector> = candidates.iter().map(|features| self.scale.vector(features)).collect();
        let mut ranked = self.in_order(&vectors);
        if self.judged.of > 0 {
            let judged_with = |number: u32| self.counts.get(number as usize).map_or(0, |count| count.of);
            explore::make_room(&mut ranked, &vectors.iter().map(|vector| explore::novelty(vector, judged_with)).collect::<Vec<_>>());
        }
        ranked
    }

    /// Candidates, the likeliest first, without exploration.
    pub fn by_score(&self, candidates: &[&Features]) -> Vec<Ranked> {
        self.in_order(&candidates.iter().map(|features| self.scale.vector(features)).collect::<Vec<_>>())
    }

    fn in_order(&self, vectors: &[Vector]) -> Vec<Ranked> {
        let ranked = vectors.iter().enumerate().map(|(candidate, vector)| Ranked { candidate, score: self.score_of(vector), explores: false });
        let mut ranked: Vec<Ranked> = ranked.collect();
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
        ranked
    }

    /// Why a candidate stands where it does: the strongest reason first, three at most and one at least.
    pub fn reasons(&self, vocabulary: &Vocabulary, features: &Features, explores: bool) -> Vec<Reason> {
        let mut reasons = reasons::strongest(self, vocabulary, &self.scale.vector(features));
        if explores {
            reasons.insert(0, Reason { text: "new: less like anything judged so far than the others".to_owned(), weight: 0.0 });
            reasons.truncate(reasons::SHOWN);
        }
        reasons
    }

    /// What the scores do not say, where too little was judged; a sentence.
    pub fn note(&self) -> Option<String> {
        match self.judged {
            Count { of: 0, .. } => Some("Nothing has been judged yet, so the order says nothing.".to_owned()),
            Count { picked: 0, .. } => Some("Nothing has been picked yet: the order says how little a publication is like those passed over.".to_owned()),
            Count { picked, of } if picked == of => Some(
                "Everything judged so far was picked: the order says how much a publication is like those, and not how likely it is to be picked.".to_owned(),
            ),
            Count { picked, of } if picked < FEW || of - picked < FEW => {
                Some(format!("Learned from {picked} picked and {} passed over: the order will change with every decision.", of - picked))
            }
            Count { .. } => None,
        }
    }
}

/// Words of the title are among those of the text; who published a work says as much as half its text.
fn weight(field: Field) -> f32 {
    match field {
        Field::Text | Field::Small => 1.0,
        Field::Publisher => 0.5,
        Field::Host | Field::Type => 0.3,
        Field::Source => 0.2,
        Field::Title | Field::By | Field::Path => 0.0,
    }
}

/// With fewer on one side, the order is said to be unsettled.
const FEW: u32 = 5;

fn counts(judged: &[Judged<'_>], vectors: &[Vector], features: usize) -> Vec<Count> {
    let mut counts = vec![Count::default(); features];
    for (one, vector) in judged.iter().zip(vectors) {
        for &(number, _) in vector {
            if let Some(count) = counts.get_mut(number as usize) {
                count.picked += u32::from(one.picked);
                count.of += 1;
            }
        }
    }
    counts
}

/// Each judgement by its age.
fn weighed<'a>(judged: &[Judged<'_>], vectors: &'a [Vector]) -> Vec<Example<'a>> {
    let newest = judged.iter().map(|one| one.at).max().unwrap_or_default();
    let age_days = |at: i64| newest.saturating_sub(at) as f64 / MS_PER_DAY;
    let weight = |at: i64| (-age_days(at) / HALF_LIFE_DAYS).exp2();
    judged.iter().zip(vectors).map(|(one, vector)| Example { vector, is_positive: one.picked, weight: weight(one.at) }).collect()
}

/// Sets how hard each side pulls; a side without judgements is a work without words.
fn balance(examples: &mut Vec<Example<'_>>, judged: u32) {
    let total = |examples: &[Example<'_>], side: bool| examples.iter().filter(|example| example.is_positive == side).map(|example| example.weight).sum::<f64>();
    let (picked, passed) = (total(examples, true), total(examples, false));
    if picked == 0.0 || passed == 0.0 {
        examples.extend(
            [true, false]
                .into_iter()
                .filter(|&side| total(examples, side) == 0.0)
                .map(|side| Example { vector: &[], is_positive: side, weight: 1.0 })
                .collect::<Vec<_>>(),
        );
    }
    let (yes, no) = (total(examples, true), total(examples, false));
    let all = PULL * f64::from(judged.max(1)) / (PICKS_PULL + 1.0);
    for example in examples.iter_mut() {
        example.weight *= if example.is_positive { all * PICKS_PULL / yes } else { all / no };
    }
}

/// What is added to every score so that judged works are together as likely as they were picked, by their ages. Where all were judged
/// alike, a work without words has even odds.
fn shift(line: &Line, judged: &[Example<'_>]) -> f64 {
    let all: f64 = judged.iter().map(|one| one.weight).sum();
    let picked: f64 = judged.iter().filter(|one| one.is_positive).map(|one| one.weight).sum();
    if picked == 0.0 || picked == all {
        return -line.score(&[]);
    }
    let scores: Vec<(f64, f64)> = judged.iter().map(|one| (line.score(one.vector), one.weight)).collect();
    let (mut low, mut high) = (-50.0, 50.0);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        let expected: f64 = scores.iter().map(|(score, weight)| weight * probability(score + middle)).sum();
        if expected < picked { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}
