//! Finds for each date and period of a text the passage that says it.
//!
//! In: a [`Reading`] of documents and a text. Out: for each period of the text a [`Tracing`]: the same period; one within it
//! ("31 March 2013" says "March 2013"); one of its kind in other words ("2022/23" and "year ending March 2023"); an end of one; or
//! both of its ends in one sentence. As with figures, the words around it have to agree, and where another date stands in a
//! much better place, that was meant.

use std::collections::{BTreeMap, BTreeSet};

use super::context::Context;
use super::period::Period;
use super::quantity::{Dimension, Quantity};
use super::reading::{Dated, Reading};
use super::search::{self, Fit};
use super::spoken::{Spoken, of_sentence};
use super::{Tracing, words};

/// Places with the same year that are compared.
const COMPARED: usize = 400;

/// The score from which another date stands in the way.
const RIVAL: f64 = 0.5;

/// What share of the score of another date is enough to stand against it.
const ENOUGH: f64 = 0.6;

/// The score from which another date stands in the very place, and what share of it is enough.
const SAME_PLACE: f64 = 0.95;
const SAME_PLACE_SHARE: f64 = 0.85;

/// The same within one sentence, where the order of words says less.
const SAME_SENTENCE: f64 = 0.6;

/// Words on either side that are looked at.
const AROUND: usize = 30;

/// How much of its words a place must share.
const NEEDED: f64 = 0.1;

/// A period of a text and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedPeriod {
    /// The period as the text has it.
    pub period: Period,
    /// Whether the documents say it.
    pub tracing: Tracing,
}

/// The periods of a text in order.
pub(super) fn trace(reading: &Reading, text: &str) -> Vec<TracedPeriod> {
    let spoken = Spoken::of(text, &words::sentences(text));
    let known: Vec<(Option<u32>, u32)> = spoken.words.iter().map(|(stem, sentence)| (reading.vocabulary.get(stem).copied(), *sentence)).collect();
    let mut traced = Vec::new();
    for dates in spoken.dates.chunk_by(|one, other| one.sentence == other.sentence) {
        let Some(sentence) = dates.first().map(|date| date.sentence) else { continue };
        let stems = of_sentence(&known, sentence, |word| word.1).iter().filter_map(|(stem, _)| *stem).collect();
        let asked = dates.iter().map(|date| {
            // Its own words say nothing of what it is about.
            let from = date.at.saturating_sub(AROUND);
            let before = known.get(from..date.at).unwrap_or_default();
            let after = known.iter().skip(date.at + date.length).take(AROUND);
            let around: Vec<(Option<u32>, u32)> = before.iter().chain(after).copied().collect();
            Asked { period: &date.period, context: Context::around(reading, &around, date.at - from, sentence) }
        });
        let figures = of_sentence(&spoken.figures, sentence, |figure| figure.2).iter().map(|(figure, _, _)| Quantity::of(figure));
        let lines = search::likest(reading, stems, |line| !line.dates.is_empty());
        let sentence = Sentence { reading, asked: asked.collect(), lines, company: company(reading, figures) };
        traced.extend(sentence.answers());
    }
    traced
}

/// By group: how many figures of a sentence it states.
fn company(reading: &Reading, figures: impl Iterator<Item = Quantity>) -> BTreeMap<u32, usize> {
    let mut company = BTreeMap::new();
    for quantity in figures {
        let numbers = [quantity.dimension, Dimension::Unstated].into_iter().flat_map(|dimension| reading.between(dimension, quantity.value, quantity.value));
        let groups: BTreeSet<u32> = numbers.take(COMPARED).filter_map(|number| reading.group(reading.figure(number)?.line)).collect();
        groups.into_iter().for_each(|group| *company.entry(group).or_default() += 1);
    }
    company
}

/// A period of the text.
struct Asked<'a> {
    period: &'a Period,
    context: Context,
}

/// The periods of one sentence and the lines most like it.
struct Sentence<'a> {
    reading: &'a Reading,
    asked: Vec<Asked<'a>>,
    lines: Vec<u32>,
    company: BTreeMap<u32, usize>,
}

impl Sentence<'_> {
    fn answers(&self) -> Vec<TracedPeriod> {
        let same: Vec<Vec<u32>> = self.asked.iter().map(|asked| self.saying(asked)).collect();
        let stated: BTreeSet<u32> = same.iter().flatten().copied().collect();
        let rivals: Vec<Vec<Fit>> = self.asked.iter().map(|asked| self.rivals(asked, &stated)).collect();
        let mut pairs: Vec<(usize, Fit)> = Vec::new();
        for (place, ((asked, same), rivals)) in self.asked.iter().zip(&same).zip(&rivals).enumerate() {
            let fits = same.iter().map(|number| self.score(asked, *number));
            pairs.extend(fits.filter(|fit| fit.score >= NEEDED && !self.is_outdone(*fit, rivals)).map(|fit| (place, fit)));
        }
        // What says it as it is goes before what says it in other words.
        let is_exact = |place: usize, fit: &Fit| {
            self.asked.get(place).zip(self.reading.date(fit.number)).is_some_and(|(asked, dated)| is_same(asked.period, &dated.period))
        };
        pairs.sort_by(|(place, one), (other_place, other)| {
            is_exact(*other_place, other).cmp(&is_exact(*place, one)).then(other.score.total_cmp(&one.score)).then(one.number.cmp(&other.number))
        });
        let given = self.given(&pairs, &stated);
        let answers = self.asked.iter().zip(&given).zip(&rivals).map(|((asked, given), rivals)| TracedPeriod {
            period: asked.period.clone(),
            tracing: given.and_then(|fit| self.said(asked, fit)).or_else(|| self.ends(asked, rivals)).unwrap_or_else(|| self.untraced(asked, rivals)),
        });
        answers.collect()
    }

    fn score(&self, asked: &Asked<'_>, number: u32) -> Fit {
        let Some(dated) = self.reading.date(number) else { return Fit { number, score: 0.0, near: 0.0 } };
        let company = self.reading.group(dated.line).and_then(|group| self.company.get(&group)).map_or(0, |company| *company);
        let near = asked.context.nearness(self.reading, dated.line, dated.at, dated.sentence);
        Fit { number, score: near + search::company(company), near }
    }

    /// The places that say the period, those in the likest lines first.
    fn saying(&self, asked: &Asked<'_>) -> Vec<u32> {
        let says = |number: &u32| self.reading.date(*number).is_some_and(|dated| how(asked.period, &dated.period).is_some());
        let mut saying: Vec<u32> = self.reading.of_years(asked.period).take(20 * COMPARED).filter(says).collect();
        saying.sort_by_cached_key(|number| {
            let line = self.reading.date(*number).map_or(0, |dated| dated.line);
            (self.lines.iter().position(|like| *like == line).unwrap_or(usize::MAX), *number)
        });
        saying.dedup();
        saying.truncate(COMPARED);
        saying
    }

    /// Other dates where this one could stand.
    fn rivals(&self, asked: &Asked<'_>, stated: &BTreeSet<u32>) -> Vec<Fit> {
        let dates = self.lines.iter().filter_map(|line| self.reading.line(*line)).flat_map(|line| line.dates.clone().take(COMPARED));
        search::best_first(dates.filter(|number| !stated.contains(number)).map(|number| self.score(asked, number)).collect())
    }

    fn is_outdone(&self, fit: Fit, rivals: &[Fit]) -> bool {
        let sentence = |number: u32| self.reading.date(number).map(|dated| (dated.line, dated.sentence));
        let own = sentence(fit.number);
        let enough = |rival: &Fit| {
            if sentence(rival.number) == own {
                SAME_SENTENCE
            } else if rival.score >= SAME_PLACE {
                SAME_PLACE_SHARE
            } else {
                ENOUGH
            }
        };
        rivals.iter().any(|rival| rival.score >= RIVAL && fit.score < rival.score * enough(rival))
    }

    /// Each period gets the best place that no other has. One that is left over is a repetition: it shares the place of
    /// another, unless the sentence there names one more date.
    fn given(&self, pairs: &[(usize, Fit)], stated: &BTreeSet<u32>) -> Vec<Option<Fit>> {
        let mut given: Vec<Option<Fit>> = vec![None; self.asked.len()];
        let mut taken: BTreeSet<u32> = BTreeSet::new();
        for (place, fit) in pairs {
            if let Some(free) = given.get_mut(*place).filter(|given| given.is_none())
                && taken.insert(fit.number)
            {
                *free = Some(*fit);
            }
        }
        let is_alone = |number: u32| {
            let dates = self.reading.date(number).and_then(|dated| self.reading.line(dated.line)).map_or(0..0, |line| line.dates.clone());
            let sentence = |number: u32| self.reading.date(number).map(|dated| dated.sentence);
            dates.take(COMPARED).all(|other| stated.contains(&other) || sentence(other) != sentence(number))
        };
        for (place, fit) in pairs {
            if let Some(free) = given.get_mut(*place).filter(|given| given.is_none() && is_alone(fit.number)) {
                *free = Some(*fit);
            }
        }
        given
    }

    fn said(&self, asked: &Asked<'_>, fit: Fit) -> Option<Tracing> {
        let dated = self.reading.date(fit.number)?;
        let passage = self.reading.sentence(dated.line, dated.sentence)?;
        Some(match how(asked.period, &dated.period)? {
            how if how.is_empty() => Tracing::Traced { passage },
            how => Tracing::Derived { how, passages: vec![passage] },
        })
    }

    /// A sentence with both ends of a period.
    fn ends(&self, asked: &Asked<'_>, rivals: &[Fit]) -> Option<Tracing> {
        let Period { wording, from, to } = asked.period;
        if from == to {
            return None;
        }
        let is_end = |moment: super::Moment, dated: &Dated| moment.holds(dated.period.from) || moment.holds(dated.period.to);
        let is_both = |number: &u32| {
            let Some(dated) = self.reading.date(*number).filter(|dated| is_end(*from, dated)) else { return false };
            let line = self.reading.line(dated.line).map_or(0..0, |line| line.dates.clone());
            line.take(COMPARED).filter_map(|other| self.reading.date(other)).any(|other| other.sentence == dated.sentence && is_end(*to, other))
        };
        let both = self.reading.of_years(asked.period).take(COMPARED).filter(is_both).map(|number| self.score(asked, number));
        let best = search::best_first(both.collect()).into_iter().next().filter(|fit| fit.score >= NEEDED && !self.is_outdone(*fit, rivals))?;
        let dated = self.reading.date(best.number)?;
        Some(Tracing::Derived { how: format!("both ends of {wording}"), passages: self.reading.sentence(dated.line, dated.sentence).into_iter().collect() })
    }

    /// Another date in its place, else another of its year.
    fn untraced(&self, asked: &Asked<'_>, rivals: &[Fit]) -> Tracing {
        let near = rivals.first().filter(|rival| rival.score >= RIVAL).copied();
        let of_year =
            || search::best_first(self.reading.of_years(asked.period).take(COMPARED).map(|number| self.score(asked, number)).collect()).into_iter().next();
        let nearest = near.or_else(of_year).and_then(|fit| self.reading.date(fit.number));
        Tracing::Untraced { nearest: nearest.and_then(|dated| self.reading.sentence(dated.line, dated.sentence)) }
    }
}

fn is_same(asked: &Period, stated: &Period) -> bool {
    stated.from == asked.from && stated.to == asked.to
}

/// How a period of a document says one of an entry: in no words if it is the same.
fn how(asked: &Period, stated: &Period) -> Option<String> {
    if is_same(asked, stated) {
        return Some(String::new());
    }
    let in_months = |period: &Period| period.in_months().unwrap_or((period.from, period.to));
    if in_months(asked) == in_months(stated) {
        return Some(format!("{} is {}", stated.wording, asked.wording));
    }
    let is_within = asked.from.holds(stated.from) && asked.to.holds(stated.to);
    if is_within {
        return Some(format!("{} is in {}", stated.wording, asked.wording));
    }
    let is_end = asked.from == asked.to && stated.from != stated.to && (asked.from.holds(stated.from) || asked.to.holds(stated.to));
    let is_ended = asked.is_up_to() && stated.from == stated.to && asked.to.holds(stated.to);
    (is_end || is_ended)
        .then(|| format!("{} is an end of {}", if is_end { &asked.wording } else { &stated.wording }, if is_end { &stated.wording } else { &asked.wording }))
}
