//! The copy desk: the checks before sign-off.
//!
//! In: an edition and what is known besides it ([`Known`]). Out: queries, each with a place in the text, a rule, a severity, what is
//! wrong and what to do, and a fix where one is safe ([`check`]); and the edition with those fixes made ([`fix()`]).
//!
//! Invariants: the same input gives the same queries, in the order of the edition; a query's range lies in its text; a fix changes
//! its words alone, and styles and links stay; an edition that was fixed with [`fix_all`] gives no query that offers a
//! fix, and fixing it again changes nothing (`tests/desk_properties.rs`).
//!
//! The rules follow the style of most of the digest's own text, not a book: where one digest writes "%" and another "per cent",
//! the odd one out is asked about. `docs/copy-desk.md` explains each rule to an editor.
//!
//! Not here: asking addresses, reading documents, training a model: whoever calls the desk does that and passes what came of it.

mod abbreviations;
mod announced;
mod co_publishers;
mod copy;
mod counts;
mod dashes;
mod dates;
mod dictionary;
mod figures;
mod fixing;
mod headings;
mod house;
mod known;
mod length;
mod links;
mod lists;
mod months;
mod names;
mod numbers;
mod order;
mod per_cent;
mod phrases;
mod pictures;
mod publishers;
mod query;
mod quotes;
mod ranges;
mod repeats;
mod rule;
mod settings;
mod spelling;
mod triaged;
mod words;

pub use dictionary::Dictionary;
pub use known::{Covered, EntryKnowledge, Filing, Known, LinkState};
pub use query::{Fix, Part, Place, Query, Section, Within};
pub use rule::Rule;

use pulse_model::Edition;
use pulse_model::digest::Severity;

use copy::Copy;
use house::House;

/// Every query about an edition, in the order of its text. Rules that the digest has switched off ask nothing.
pub fn check(edition: &Edition, known: &Known<'_>) -> Vec<Query> {
    let copy = Copy::new(edition, known);
    let house = House::of(&copy);
    let asked = [
        settings::ask(&copy),
        pictures::ask(&copy),
        order::ask(&copy),
        figures::ask(&copy),
        counts::ask(&copy),
        dates::ask(&copy),
        months::ask(&copy),
        publishers::ask(&copy),
        co_publishers::ask(&copy),
        abbreviations::ask(&copy),
        per_cent::ask(&copy, &house),
        numbers::ask(&copy, &house),
        quotes::ask(&copy, &house),
        dashes::ask(&copy, &house),
        ranges::ask(&copy, &house),
        lists::ask(&copy),
        words::ask(&copy),
        spelling::ask(&copy),
        triaged::ask(&copy),
        links::ask(&copy),
        headings::ask(&copy),
        length::ask(&copy),
        repeats::ask(&copy),
    ];
    let desk = &known.digest.desk;
    let weighed = asked.into_iter().flatten().map(|query| Query { severity: query.rule.severity(desk), ..query });
    let mut queries: Vec<Query> = weighed.filter(|query| query.severity != Severity::Off).collect();
    queries.sort_by_key(|query| (query.place.order(), query.place.range.start, query.rule));
    queries
}

/// Makes the changes that queries offer, and says how many were made. Queries of an older state of the edition do no harm: where other
/// words stand by now, nothing is changed. Of two changes that touch each other the first is made; checking again offers the other.
pub fn fix(edition: &mut Edition, queries: &[Query]) -> usize {
    fixing::fix(edition, queries)
}

/// Makes the changes that are offered, asks again, and goes on until none is; says how many were made, and what is still asked. `ask` is
/// [`check`] with what is known. Two of a digest's own settings or two moved addresses may contradict each other: after eight rounds it is
/// left at that.
pub fn fix_all(edition: &mut Edition, ask: impl Fn(&Edition) -> Vec<Query>) -> (usize, Vec<Query>) {
    let (mut made, mut queries) = (0, ask(edition));
    for _ in 0..MOST_ROUNDS {
        match fix(edition, &queries) {
            0 => break,
            some => made += some,
        }
        queries = ask(edition);
    }
    (made, queries)
}

/// So often an edition is looked at again.
const MOST_ROUNDS: usize = 8;
