//! Paragraphs that stand twice.

use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use pulse_model::digest::Shape;
use pulse_model::name::fold;

use super::copy::{Copy, Line};
use super::query::{Part, Query};
use super::rule::Rule;

/// Shorter ones may well be said twice: "The main findings are:".
const LEAST_WORDS: usize = 8;
/// So many words a paragraph needs before another is near it, and this share of its three-word runs they have in common.
const LEAST_WORDS_NEAR: usize = 12;
const NEAR: f64 = 0.7;
/// A paragraph stands within another that has this share of its runs.
const WITHIN: f64 = 0.85;

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    // A list of links has the same meeting in several places.
    if copy.known.digest.import.shape == Shape::Links {
        return queries;
    }
    let mut same: HashMap<String, &Line<'_>> = HashMap::new();
    let mut runs: Vec<(&Line<'_>, BTreeSet<u64>)> = Vec::new();
    for line in copy.prose() {
        let folded = fold(&line.plain);
        let words: Vec<&str> = folded.split(' ').collect();
        if words.len() < LEAST_WORDS {
            continue;
        }
        if let Some(first) = same.get(&folded) {
            queries.push(query(line, first, "the same"));
            continue;
        }
        // What the letter praises may be said again in nearly the same words where it stands.
        if words.len() >= LEAST_WORDS_NEAR && !matches!(line.part, Part::Letter { .. }) {
            let own: BTreeSet<u64> = words.windows(3).map(hash).collect();
            if let Some((first, how)) = runs.iter().find_map(|(first, other)| Some((*first, likeness(&own, other)?))) {
                queries.push(query(line, first, how));
            }
            runs.push((line, own));
        }
        same.insert(folded, line);
    }
    queries
}

/// The same for the same words on every machine; of two runs of words with one number, one more query is the worst that comes.
fn hash(words: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}

/// How alike two paragraphs are: nearly the same, or one within the other.
fn likeness(a: &BTreeSet<u64>, b: &BTreeSet<u64>) -> Option<&'static str> {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    // Of paragraphs that share nothing, most are told by a few of their words.
    if few.iter().step_by(few.len() / 8 + 1).filter(|run| many.contains(run)).count() < 3 {
        return None;
    }
    let (size, other) = (few.len() as f64, many.len() as f64);
    let shared = few.intersection(many).count() as f64;
    match () {
        () if shared / size >= WITHIN => Some("in the same words"),
        () if shared / (size + other - shared) >= NEAR => Some("nearly the same"),
        () => None,
    }
}

fn query(line: &Line<'_>, first: &Line<'_>, how: &str) -> Query {
    let place = super::copy::about(&first.part, Rule::REPEATED_PARAGRAPH, "", "").place;
    let message = format!("This is {how} as a paragraph of {place}. Take one out.");
    line.query(Rule::REPEATED_PARAGRAPH, 0..line.plain.len(), message)
}
