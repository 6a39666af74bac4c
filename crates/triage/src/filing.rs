//! Where in a digest a work would stand: its sector and category, how likely each is, and the words that spoke for it.
//!
//! In: the digest's taxonomy and what its archive printed where. Out: a [`Filer`], learned once, and a [`Filing`] for each work. What
//! decides, in this order: a rule of the team, for what it says; for the category, the type that GOV.UK or a register of articles gives a
//! work ([`crate::types`]); what was learned from the archive, which starts from what the names of sectors and categories mean
//! (`filing/lexicon.rs`) and moves away from it entry by entry. A digest without a taxonomy is filed by the names that it printed.
//!
//! A weekly list of links is filed by its sections: its categories may be empty names.
//!
//! Invariant: editions in another order give the same filing. Always an answer, also for a work without a word: the probabilities then say how little is known.
//! Not here: the team's rules and whether they apply.

mod doubt;
mod lexicon;
mod model;
mod places;

pub use doubt::Doubt;

use pulse_model::digest::Taxonomy;
use pulse_model::name::fold;
use pulse_model::{Edition, Month};

use crate::Subject;
use crate::learn::scale::Vector;
use crate::learn::{Features, Field, Scale, Vocabulary};
use crate::types;
use model::Model;
use places::Places;

/// A work of the archive, and where it was printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// What it is.
    pub subject: Subject,
    /// Its sector, as printed.
    pub sector: String,
    /// Its category, as printed; may be empty.
    pub category: String,
    /// Of the edition.
    pub month: Month,
}

/// Every entry of these editions, with its place.
pub fn archive<'a>(editions: impl IntoIterator<Item = &'a Edition>) -> Vec<Filed> {
    let mut filed = Vec::new();
    for edition in editions {
        for sector in &edition.sectors {
            for category in &sector.categories {
                filed.extend(category.entries.iter().map(|entry| Filed {
                    subject: Subject::of_entry(entry, None),
                    sector: sector.name.clone(),
                    category: category.name.clone(),
                    month: edition.month,
                }));
            }
        }
    }
    filed
}

/// What is known of where a digest puts things.
#[derive(Clone, Debug)]
pub struct Filer {
    vocabulary: Vocabulary,
    scale: Scale,
    places: Places,
    sectors: Model,
    categories: Model,
}

/// Where a work would stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filing {
    /// Its sector.
    pub sector: Choice,
    /// Its category, one of the sector's.
    pub category: Choice,
}

/// One sector or category, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// As the taxonomy spells it, or else as it was printed; empty where there is none to choose.
    pub name: String,
    /// How likely it is, from 0 to 1.
    pub probability: f64,
    /// What spoke for it, the strongest first, three at most: lower-case fragments.
    pub because: Vec<String>,
    /// What decided.
    pub source: Source,
}

/// What decided about a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Source {
    /// A rule of the team.
    Rule,
    /// The work's type.
    Type,
    /// What was learned from the archive.
    Archive,
    /// What the names of sectors and categories mean; there is no archive yet.
    Names,
    /// Nothing spoke for any place: this one is the commonest, or the first.
    #[default]
    Nothing,
}

/// How likely the category is that a type stands for: what a publisher calls a work is not always what an editor does.
const TYPE_PROBABILITY: f64 = 0.9;

/// After so many months an entry of the archive teaches half as much: what a section is for drifts.
const HALF_LIFE_MONTHS: f64 = 12.0;

/// An entry of the archive as it is learned from.
struct Read {
    features: Features,
    sector: usize,
    category: Option<usize>,
    weight: f64,
}

impl Filer {
    /// Learns. The archive may be empty; entries that stand in no place of the taxonomy teach nothing.
    pub fn learn(taxonomy: &Taxonomy<'_>, archive: &[Filed]) -> Self {
        let places = Places::of(taxonomy, archive);
        let mut vocabulary = Vocabulary::default();
        let mut read: Vec<Read> = Vec::new();
        let newest = archive.iter().map(|filed| filed.month.number()).max().unwrap_or_default();
        for filed in archive {
            if let Some((sector, category)) = places.find(&filed.sector, &filed.category) {
                let age_months = f64::from(newest - filed.month.number());
                read.push(Read { features: vocabulary.read(&filed.subject), sector, category, weight: (-age_months / HALF_LIFE_MONTHS).exp2() });
            }
        }
        read.sort_by(|a, b| (a.sector, a.category, a.features.key()).cmp(&(b.sector, b.category, b.features.key())).then(a.weight.total_cmp(&b.weight)));
        let expected_sectors = model::expected(&places.sector_names(), &lexicon::TOPICS, &mut vocabulary, model::SECTOR_FIELDS);
        let expected_categories = model::expected(places.category_names(), &lexicon::KINDS, &mut vocabulary, model::CATEGORY_FIELDS);
        let scale = Scale::of(&vocabulary, weight);
        let vectors: Vec<Vector> = read.iter().map(|one| scale.vector(&one.features)).collect();
        let of = |place: fn(&Read) -> Option<usize>| -> Vec<model::Example<'_>> {
            let all = read.iter().zip(&vectors);
            all.filter_map(|(one, vector)| Some(model::Example { vector, place: place(one)?, weight: one.weight })).collect()
        };
        let sectors = Model::after(expected_sectors, &of(|one| Some(one.sector)), scale.len());
        let categories = Model::after(expected_categories, &of(|one| one.category), scale.len());
        Self { vocabulary, scale, places, sectors, categories }
    }

    /// Files a work. A rule's sector and category go before all else; a part of it that is empty, or no place of this digest, leaves
    /// that part to the others.
    pub fn file(&self, subject: &Subject, rule: Option<(&str, &str)>) -> Filing {
        let vector = self.scale.vector(&self.vocabulary.look_up(subject));
        let (sector_rule, category_rule) = rule.unwrap_or_default();
        let all: Vec<usize> = (0..self.places.sectors.len()).collect();
        let (at, sector) = match self.places.sector(sector_rule) {
            Some(at) => (Some(at), by_rule(&self.places.sectors[at].name)),
            None => self.sectors.choose(&self.vocabulary, &vector, &all, &self.places.sector_names()),
        };
        let of_sector = at.map_or(&[][..], |at| &self.places.sectors[at].categories);
        let names = self.places.category_names();
        let named = |name: &str| of_sector.iter().copied().find(|&at| fold(&names[at]) == fold(name));
        let category = if let Some(at) = named(category_rule).filter(|_| !category_rule.is_empty()) {
            by_rule(&names[at])
        } else if let Some((at, kind)) = self.by_type(subject, &named) {
            Choice { name: names[at].clone(), probability: TYPE_PROBABILITY, because: vec![format!("is called \u{201c}{kind}\u{201d}")], source: Source::Type }
        } else {
            self.categories.choose(&self.vocabulary, &vector, of_sector, names).1
        };
        Filing { sector, category }
    }

    fn by_type<'a>(&self, subject: &'a Subject, named: &dyn Fn(&str) -> Option<usize>) -> Option<(usize, &'a str)> {
        let kind = subject.document_type.as_deref()?;
        Some((named(types::category(kind)?.name())?, kind))
    }
}

/// An address says much where entries are only links.
fn weight(field: Field) -> f32 {
    match field {
        Field::Text | Field::Small => 1.0,
        Field::Path => 0.8,
        Field::Title | Field::By | Field::Publisher => 0.5,
        Field::Host | Field::Type => 0.3,
        Field::Source => 0.2,
    }
}

fn by_rule(name: &str) -> Choice {
    Choice { name: name.to_owned(), probability: 1.0, because: vec!["a rule of the team says so".to_owned()], source: Source::Rule }
}
