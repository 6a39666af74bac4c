//! Whether two figures count the same thing.
//!
//! In: what an entry counts, and a figure of a document with its line. Out: yes or no. Nouns agree when they are one, or one of
//! a few pairs that reports use for each other. A figure that leaves its noun out takes any its line or heading mentions.

use super::quantity::Quantity;
use super::reading::{Reading, Stated};
use super::words;

/// The figure of the document can be of what the entry counts.
pub(super) fn agree(reading: &Reading, asked: &Quantity, stated: &Stated) -> bool {
    let Some(noun) = asked.nouns.last() else { return true };
    if let Some(other) = stated.quantity.nouns.last() {
        return are_one(noun, other);
    }
    let mentioned = |noun: &str| words::stem(noun).and_then(|stem| reading.vocabulary.get(&stem)).is_some_and(|stem| reading.mentions(stated.line, *stem));
    mentioned(noun) || likes(noun).any(mentioned)
}

/// Two figures of documents can be added up and compared.
pub(super) fn are_alike(one: &Quantity, other: &Quantity) -> bool {
    match (one.nouns.last(), other.nouns.last()) {
        (Some(one), Some(other)) => are_one(one, other),
        _ => true,
    }
}

fn are_one(noun: &str, other: &str) -> bool {
    noun == other || likes(noun).any(|like| like == other)
}

/// Nouns that can stand for this one.
fn likes(noun: &str) -> impl Iterator<Item = &'static str> {
    let of_people = if PEOPLE.contains(&noun) { PERSONS } else { &[] };
    let anybody = if PERSONS.contains(&noun) { PEOPLE } else { &[] };
    let group = GROUPS.iter().find(|group| group.contains(&noun)).copied().unwrap_or(&[]);
    [of_people, anybody, group].into_iter().flatten().copied()
}

/// Anybody.
const PEOPLE: &[&str] = &["person", "individual", "population"];

/// Somebody in particular; as a number of them is a number of people.
#[rustfmt::skip]
const PERSONS: &[&str] = &[
    "person", "individual", "population", "resident", "adult", "respondent", "participant", "interviewee", "employee", "staff", "worker", "servant",
    "member", "child", "pupil", "student", "learner", "patient", "carer", "parent", "man", "woman", "boy", "girl", "user", "offender", "prisoner", "victim",
    "claimant", "tenant", "refugee", "migrant", "teacher", "nurse", "doctor",
];

/// Words that reports use for each other.
#[rustfmt::skip]
const GROUPS: &[&[&str]] = &[
    &["employee", "staff", "worker", "servant", "workforce", "job", "fte"],
    &["respondent", "participant", "interviewee", "response"],
    &["pupil", "student", "learner", "schoolchild"],
    &["business", "company", "firm", "enterprise", "employer"],
    &["council", "authority"],
    &["home", "dwelling", "house", "property"],
    &["household", "family"],
    &["hour", "hr"], &["minute", "min"], &["kilometre", "km"], &["kilogram", "kg"], &["tonne", "ton"],
    &["year", "annum"],
];
