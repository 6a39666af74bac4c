//! The headline figures of statistical bulletins are traced in the bulletins, also in other words, and are flagged when they
//! are altered.
//!
//! A bulletin's own section of main points is the entry. It is traced three times: in the whole bulletin; in the bulletin
//! without that section, where the figures stand in other words or follow from others, and some do not stand at all: their
//! tables are files of their own; and in all bulletins at once, where nearly every number stands somewhere. Each figure is then
//! altered and put otherwise in several ways, and its sentence traced again. The constants
//! were chosen on every second bulletin, and faults that the others showed were mended afterwards; `--nocapture` shows all
//! that was missed.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "what fails here fails a test; the lists are for reading")]

use std::collections::BTreeSet;

use ons::alter::{self, Seeded, Spot, altered, misdated, place_of, sentence_around};
use ons::rephrase::{WAYS, rephrased};
use ons::{Bulletin, Part, bulletins};
use pulse_model::Sourced;
use pulse_model::document::Document;
use pulse_model::figure::{Figure, find, find_in_place};
use pulse_model::trace::{Evidence, Tracing, periods};

mod ons;

/// How many of how many, and those that are not.
#[derive(Default)]
struct Tally {
    all: usize,
    missed: Vec<String>,
}

impl Tally {
    fn count(&mut self, is_right: bool, missed: impl FnOnce() -> String) {
        self.all += 1;
        if !is_right {
            self.missed.push(missed());
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    fn share(&self) -> f64 {
        if self.all == 0 { 1.0 } else { (self.all - self.missed.len()) as f64 / self.all as f64 }
    }

    fn add(&mut self, other: Self) {
        self.all += other.all;
        self.missed.extend(other.missed);
    }

    fn print(&self, what: &str) {
        println!("== {what}: {} of {}, {:.3}", self.all - self.missed.len(), self.all, self.share());
        self.missed.iter().for_each(|missed| println!("  {missed}"));
    }
}

fn is_traced(tracing: &Tracing) -> bool {
    !matches!(tracing, Tracing::Untraced { .. })
}

fn nearest(tracing: &Tracing) -> String {
    match tracing {
        Tracing::Traced { passage } => format!("traced: {}", passage.quote),
        Tracing::Derived { how, passages } => format!("{how}: {}", passages.first().map_or("", |passage| &passage.quote)),
        Tracing::Untraced { nearest } => format!("nearest: {}", nearest.as_ref().map_or("", |passage| &passage.quote)),
    }
}

/// A bulletin and what it is traced in.
struct Traced<'a> {
    bulletin: &'a Bulletin,
    evidence: &'a Evidence,
    documents: Vec<&'a Document>,
}

impl Traced<'_> {
    fn tracing(&self, text: &str, place: Option<usize>) -> Option<Tracing> {
        self.evidence.trace(text).into_iter().nth(place?).map(|traced| traced.tracing)
    }

    fn missed(&self, was: &str, is: &str, text: &str, tracing: Option<&Tracing>) -> String {
        format!("{}: {was} as {is}\n    in: {text}\n    {}", self.bulletin.name, tracing.map_or_else(|| "no figure".to_owned(), nearest))
    }

    fn figures(&self) -> Tally {
        let mut tally = Tally::default();
        for point in &self.bulletin.points {
            for traced in self.evidence.trace(point) {
                let wording = &traced.figure.wording;
                tally.count(is_traced(&traced.tracing), || self.missed(wording, wording, point, Some(&traced.tracing)));
            }
        }
        tally
    }

    /// Each figure that is traced in the points, with its place.
    fn spots(&self) -> Vec<(&str, std::ops::Range<usize>, Figure)> {
        let spots = self.bulletin.points.iter().flat_map(|point| {
            let answers = self.evidence.trace(point);
            let found = find_in_place(point).into_iter().zip(answers).filter(|(_, answer)| is_traced(&answer.tracing));
            found.map(|((range, figure), _)| (point.as_str(), range, figure)).collect::<Vec<_>>()
        });
        spots.collect()
    }

    fn flagged(&self, kind: &str, seed: u64) -> Tally {
        let (mut tally, mut seeded) = (Tally::default(), Seeded(seed));
        let others: Vec<Figure> = self.bulletin.whole.blocks().iter().flat_map(|block| block.content.lines()).flat_map(|line| find(&line)).collect();
        for (text, range, figure) in self.spots() {
            let spot = Spot { text, range: range.clone(), figure: &figure, others: &others };
            let Some((altered, bytes)) = altered(kind, &spot, &mut seeded) else { continue };
            if self.is_said(&altered[sentence_around(&altered, &bytes)], &altered[bytes.clone()]) {
                continue;
            }
            let tracing = self.tracing(&altered, place_of(&altered, &bytes));
            let is_flagged = tracing.as_ref().is_some_and(|tracing| !is_traced(tracing));
            tally.count(is_flagged, || self.missed(&figure.wording, &altered[bytes], &altered, tracing.as_ref()));
        }
        tally
    }

    /// A document says the altered words, all of them, in one of its lines: the alteration made another true statement.
    fn is_said(&self, sentence: &str, altered: &str) -> bool {
        let asked = words(sentence);
        let lines = self.documents.iter().flat_map(|document| document.blocks()).flat_map(|block| block.content.lines());
        lines.filter(|line| line.contains(altered)).any(|line| words(&line).is_superset(&asked))
    }

    fn rephrased(&self, way: &str) -> Tally {
        let mut tally = Tally::default();
        for (text, range, figure) in self.spots() {
            let Some(wording) = rephrased(way, &figure) else { continue };
            let other = format!("{}{wording}{}", &text[..range.start], &text[range.end..]);
            let tracing = self.tracing(&other, place_of(&other, &(range.start..range.start + wording.len())));
            tally.count(tracing.as_ref().is_some_and(is_traced), || self.missed(&figure.wording, &wording, &other, tracing.as_ref()));
        }
        tally
    }

    /// The dates that are traced, and of these the altered ones that are flagged.
    fn dates(&self, seed: u64) -> (Tally, Tally) {
        let (mut right, mut wrong, mut seeded) = (Tally::default(), Tally::default(), Seeded(seed));
        for point in &self.bulletin.points {
            for ((bytes, period), traced) in periods(point).into_iter().zip(self.evidence.trace_periods(point)) {
                right.count(is_traced(&traced.tracing), || self.missed(&period.wording, &period.wording, point, Some(&traced.tracing)));
                let Some((text, place)) = misdated(point, &bytes, &mut seeded).filter(|_| is_traced(&traced.tracing)) else { continue };
                let Some(other) = self.evidence.trace_periods(&text).into_iter().nth(place) else { continue };
                wrong.count(!is_traced(&other.tracing), || self.missed(&period.wording, &other.period.wording, &text, Some(&other.tracing)));
            }
        }
        (right, wrong)
    }
}

fn words(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | ',' | '%' | '\u{a3}'))
        .map(|word| word.trim_matches(['.', ',']).to_lowercase())
        .filter(|word| !word.is_empty())
        .collect()
}

fn sum(tallies: impl Iterator<Item = Tally>) -> Tally {
    tallies.fold(Tally::default(), |mut sum, tally| {
        sum.add(tally);
        sum
    })
}

/// The shares traced, flagged, traced in other words; of dates traced and flagged.
type Shares = [f64; 5];

fn measure(name: &str, traced: &[Traced<'_>]) -> Shares {
    let figures = sum(traced.iter().map(Traced::figures));
    figures.print(&format!("{name}, traced"));
    let flagged = alter::KINDS.iter().zip(7..).map(|(kind, seed)| {
        let flagged = sum(traced.iter().map(|traced| traced.flagged(kind, seed)));
        flagged.print(&format!("{name}, {kind}, flagged"));
        flagged
    });
    let flagged = sum(flagged);
    let rephrased = WAYS.iter().map(|way| {
        let rephrased = sum(traced.iter().map(|traced| traced.rephrased(way)));
        rephrased.print(&format!("{name}, {way}, traced"));
        rephrased
    });
    let rephrased = sum(rephrased);
    let (right, wrong): (Vec<Tally>, Vec<Tally>) = traced.iter().map(|traced| traced.dates(3)).unzip();
    let (right, wrong) = (sum(right.into_iter()), sum(wrong.into_iter()));
    right.print(&format!("{name}, dates traced"));
    wrong.print(&format!("{name}, dates flagged"));
    [figures, flagged, rephrased, right, wrong].map(|tally| tally.share())
}

fn assert_at_least(name: &str, found: &Shares, least: Shares) {
    println!("== {name}: {found:.3?}");
    assert!(found.iter().zip(&least).all(|(found, least)| found >= least), "{name}: {found:.3?}, and not {least:.3?}");
}

#[test]
fn headline_figures_are_traced_and_altered_ones_are_flagged() {
    let Some(bulletins) = bulletins() else { return };
    assert!(bulletins.len() >= 27, "{} bulletins have main points", bulletins.len());
    let every = Evidence::of(&bulletins.iter().map(|bulletin| Sourced { address: &bulletin.name, document: &bulletin.whole }).collect::<Vec<_>>());
    let half = |rest: usize| bulletins.iter().skip(rest).step_by(2).collect::<Vec<_>>();
    for (name, half) in [("open half", half(0)), ("held-out half", half(1))] {
        let parts: [(&str, Part); 2] = [("whole", |bulletin| &bulletin.whole), ("main points hidden", |bulletin| &bulletin.body)];
        for (part, choose) in parts {
            let evidence: Vec<Evidence> =
                half.iter().map(|bulletin| Evidence::of(&[Sourced { address: &bulletin.name, document: choose(bulletin) }])).collect();
            let traced = half.iter().zip(&evidence).map(|(bulletin, evidence)| Traced { bulletin, evidence, documents: vec![choose(bulletin)] });
            let found = measure(&format!("{name}, {part}"), &traced.collect::<Vec<_>>());
            // What the main points say stands in the whole bulletin. Of the rest of it the tables are missing.
            assert_at_least(&format!("{name}, {part}"), &found, if part == "whole" { [0.99, 0.98, 0.97, 0.95, 0.9] } else { [0.73, 0.93, 0.95, 0.88, 0.8] });
        }
        let documents: Vec<&Document> = bulletins.iter().map(|bulletin| &bulletin.whole).collect();
        let traced = half.iter().map(|bulletin| Traced { bulletin, evidence: &every, documents: documents.clone() });
        let found = measure(&format!("{name}, all at once"), &traced.collect::<Vec<_>>());
        assert_at_least(&format!("{name}, all at once"), &found, [0.99, 0.97, 0.97, 0.95, 0.88]);
    }
}
