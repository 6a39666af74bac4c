//! Several editions as one, for readers who hear once a quarter.
//!
//! In: earlier editions, the oldest first, and the last. Out: an edition with the last one's month, letter and news, and the
//! entries of all: sectors and categories that go by the same name are one, in the order in which they first appear.
//! Invariant: every entry of every edition is in it once, and addresses of entries are unique.

use std::collections::HashSet;

use pulse_model::Edition;
use pulse_model::edition::{Category, Sector};
use pulse_model::name::fold;

/// Makes one edition of several.
///
/// ```
/// use pulse_compose::round_up::round_up;
/// use pulse_model::{Edition, Slug};
/// let edition = |key: &str| Edition::new(Slug::from_words("tide"), key.parse().unwrap());
/// assert_eq!(round_up(&[edition("2026-04"), edition("2026-05")], &edition("2026-06")).key(), "2026-06".parse().unwrap());
/// ```
pub fn round_up(earlier: &[Edition], last: &Edition) -> Edition {
    let mut whole = Edition { sectors: Vec::new(), problems: Vec::new(), set_aside: Vec::new(), ..last.clone() };
    for sector in earlier.iter().chain([last]).flat_map(|edition| &edition.sectors) {
        let own = one_of(&mut whole.sectors, &sector.name, |sector| &sector.name, |name| Sector { name, categories: Vec::new() });
        for category in &sector.categories {
            let own = one_of(&mut own.categories, &category.name, |category| &category.name, |name| Category { name, entries: Vec::new() });
            own.entries.extend(category.entries.iter().cloned());
        }
    }
    // Two editions may each have an entry by one name.
    let mut taken = HashSet::new();
    for entry in whole.entries_mut() {
        if !taken.insert(entry.slug.clone()) {
            entry.slug.clear();
        }
    }
    whole.settle_slugs();
    whole
}

/// The one that goes by this name, which is made where there is none.
fn one_of<'a, T>(all: &'a mut Vec<T>, name: &str, name_of: impl Fn(&T) -> &String, make: impl Fn(String) -> T) -> &'a mut T {
    let at = all.iter().position(|one| fold(name_of(one)) == fold(name)).unwrap_or_else(|| {
        all.push(make(name.to_owned()));
        all.len() - 1
    });
    &mut all[at]
}

#[cfg(test)]
mod tests {
    use pulse_model::{Entry, Slug};

    use super::*;

    fn edition(key: &str, sectors: &[(&str, &str, &str)]) -> Edition {
        let mut edition = Edition::new(Slug::from_words("tide"), key.parse().unwrap());
        let sector = |(sector, category, title): &(&str, &str, &str)| Sector {
            name: (*sector).into(),
            categories: vec![Category { name: (*category).into(), entries: vec![Entry::titled(["Quay"], *title)] }],
        };
        edition.sectors = sectors.iter().map(sector).collect();
        edition.settle_slugs();
        edition
    }

    #[test]
    fn sectors_of_one_name_are_one_and_every_entry_is_there_once() {
        let april = edition("2026-04", &[("Health & care", "Reports", "Who waits?")]);
        let may = edition("2026-05", &[("Justice", "Reports", "Bail"), ("Health and care", "Briefings", "Beds")]);
        let june = edition("2026-06", &[("health and care", "reports", "Who waits?")]);
        let whole = round_up(&[april, may], &june);
        let shape: Vec<_> = whole
            .sectors
            .iter()
            .map(|sector| (sector.name.as_str(), sector.categories.iter().map(|category| category.entries.len()).collect::<Vec<_>>()))
            .collect();
        assert_eq!(shape, [("Health & care", vec![2, 1]), ("Justice", vec![1])]);
        let slugs: HashSet<_> = whole.entries().map(|entry| entry.slug.clone()).collect();
        assert_eq!((slugs.len(), whole.key()), (4, june.key()));
    }
}
