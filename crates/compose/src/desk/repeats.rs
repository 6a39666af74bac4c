//! Paragraphs that stand twice.

use std::collections::{BTreeSet, HashMap};

use pulse_model::name::fold;

use super::copy::{Copy, Line};
use super::query::{Part, Query};
use super::rule::Rule;

/// Shorter ones may well be said twice: "The main findings are:".
const LEAST_WORDS: usize = 8;
/// So many words a paragraph needs before another is near it, and this share of its three-word runs they have in common.
const LEAST_WORDS_NEAR: usize = 15;
const NEAR: f64 = 0.7;

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = Vec::new();
    let mut same: HashMap<String, &Line<'_>> = HashMap::new();
    let mut runs: Vec<(&Line<'_>, BTreeSet<[String; 3]>)> = Vec::new();
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
        if words.len() >= LEAST_WORDS_NEAR && matches!(line.part, Part::Entry { .. }) {
            let own: BTreeSet<[String; 3]> = words.windows(3).map(|run| [run[0].to_owned(), run[1].to_owned(), run[2].to_owned()]).collect();
            if let Some((first, _)) = runs.iter().find(|(_, other)| is_near(&own, other)) {
                queries.push(query(line, first, "nearly the same"));
            }
            runs.push((line, own));
        }
        same.insert(folded, line);
    }
    queries
}

fn is_near(a: &BTreeSet<[String; 3]>, b: &BTreeSet<[String; 3]>) -> bool {
    let (few, many) = (a.len().min(b.len()) as f64, a.len().max(b.len()) as f64);
    if few / many < NEAR {
        return false;
    }
    let shared = a.intersection(b).count() as f64;
    shared / (few + many - shared) >= NEAR
}

fn query(line: &Line<'_>, first: &Line<'_>, how: &str) -> Query {
    let place = super::copy::about(&first.part, Rule::REPEATED_PARAGRAPH, "", "").place;
    let message = format!("This is {how} as a paragraph of {place}. Take one out.");
    line.query(Rule::REPEATED_PARAGRAPH, 0..line.plain.len(), message)
}
