//! The places of a digest: its sectors, and for each the categories it can have.

use std::collections::{BTreeMap, BTreeSet};

use pulse_model::digest::Taxonomy;
use pulse_model::name::fold;

use super::Filed;

#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) sectors: Vec<Place>,
    categories: Vec<String>,
    /// Where a folded name leads; of sectors, other names that old editions print too.
    by_sector: BTreeMap<String, usize>,
    by_category: BTreeMap<String, usize>,
}

#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) name: String,
    /// Numbers of categories, in the taxonomy's order.
    pub(super) categories: Vec<usize>,
}

impl Places {
    /// Those of the taxonomy; without one, those where the archive has entries, in the order of the alphabet.
    pub(super) fn of(taxonomy: &Taxonomy<'_>, archive: &[Filed]) -> Self {
        let mut places = Self::default();
        for sector in taxonomy.0 {
            let at = places.add(&sector.name);
            for also in &sector.also {
                places.by_sector.entry(fold(also)).or_insert(at);
            }
            for category in &sector.categories {
                places.add_category(at, category);
            }
        }
        if taxonomy.0.is_empty() {
            let printed: BTreeSet<(&str, &str)> = archive.iter().map(|filed| (filed.sector.as_str(), filed.category.as_str())).collect();
            for (sector, category) in printed {
                let at = places.add(sector);
                places.add_category(at, category);
            }
        }
        places
    }

    fn add(&mut self, name: &str) -> usize {
        let next = self.sectors.len();
        let at = *self.by_sector.entry(fold(name)).or_insert(next);
        if at == next {
            self.sectors.push(Place { name: name.to_owned(), categories: Vec::new() });
        }
        at
    }

    fn add_category(&mut self, sector: usize, name: &str) {
        let next = self.categories.len();
        let at = *self.by_category.entry(fold(name)).or_insert(next);
        if at == next {
            self.categories.push(name.to_owned());
        }
        if let Some(place) = self.sectors.get_mut(sector).filter(|place| !place.categories.contains(&at)) {
            place.categories.push(at);
        }
    }

    pub(super) fn sector(&self, name: &str) -> Option<usize> {
        self.by_sector.get(&fold(name)).copied()
    }

    /// The sector, and the category where the sector has it.
    pub(super) fn find(&self, sector: &str, category: &str) -> Option<(usize, Option<usize>)> {
        let at = self.sector(sector)?;
        let category = self.by_category.get(&fold(category)).copied();
        Some((at, category.filter(|category| self.sectors[at].categories.contains(category))))
    }

    pub(super) fn sector_names(&self) -> Vec<String> {
        self.sectors.iter().map(|place| place.name.clone()).collect()
    }

    pub(super) fn category_names(&self) -> &[String] {
        &self.categories
    }
}
