//! What an edition has in which sector, and when an edition is the quarter's.

use pulse_model::digest::Taxonomy;
use pulse_model::name::fold;
use pulse_model::subscriber::Sectors;
use pulse_model::{Digest, Edition, EditionKey};

/// The most sectors an edition may have that a cut can tell apart.
pub const MAX_SECTORS: usize = 64;

/// The months whose edition closes a quarter, where a digest does not say otherwise.
pub const QUARTER_MONTHS: [i8; 4] = [3, 6, 9, 12];

/// The sectors of an edition in their order, each by every name the taxonomy has for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    language: String,
    /// Folded names, and whether the sector has an entry. A sector that stands without a name is everybody's.
    sectors: Vec<(Vec<String>, bool)>,
}

/// Why an edition has no outline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutlineError {
    /// [`MAX_SECTORS`].
    #[error("the edition has {0} sectors; a message can be cut from {MAX_SECTORS} at most")]
    TooManySectors(usize),
}

impl Outline {
    /// `sectors` has the names and the number of entries of each, in the edition's order. `language` is the digest's, and `en-GB` where
    /// that is no tag.
    ///
    /// # Errors
    /// [`OutlineError::TooManySectors`].
    pub fn new<'a>(language: &str, sectors: impl IntoIterator<Item = (Vec<&'a str>, usize)>) -> Result<Self, OutlineError> {
        let sectors: Vec<_> = sectors.into_iter().map(|(names, entries)| (names.into_iter().map(fold).collect(), entries > 0)).collect();
        if sectors.len() > MAX_SECTORS {
            return Err(OutlineError::TooManySectors(sectors.len()));
        }
        Ok(Self { language: super::clean_language(language).unwrap_or_else(|| "en-gb".to_owned()), sectors })
    }

    /// The outline of an edition, its sectors by the names they are printed with and those of the digest's taxonomy.
    ///
    /// # Errors
    /// [`OutlineError::TooManySectors`].
    pub fn of(digest: &Digest, edition: &Edition) -> Result<Self, OutlineError> {
        let taxonomy = Taxonomy(&digest.sectors);
        let sectors = edition.sectors.iter().map(|sector| {
            let known = taxonomy.sector(&sector.name).into_iter().flat_map(|known| std::iter::once(&known.name).chain(&known.also));
            let names = std::iter::once(sector.name.as_str()).chain(known.map(String::as_str)).collect();
            (names, sector.categories.iter().map(|category| category.entries.len()).sum())
        });
        Self::new(&digest.language, sectors)
    }

    /// BCP 47 tag in lower case.
    pub(super) fn language(&self) -> &str {
        &self.language
    }

    /// A bit for each sector that was chosen and has something; `None` when a reader who chose would receive nothing of the
    /// choice. A reader of the whole digest receives the letter alone where there is nothing else.
    pub(super) fn chosen(&self, wanted: &Sectors) -> Option<u64> {
        let wanted: Option<Vec<String>> = match wanted {
            Sectors::All => None,
            Sectors::Only(names) => Some(names.iter().map(|name| fold(name)).collect()),
        };
        let mut bits = 0;
        let mut has_any = wanted.is_none();
        for (place, (names, _)) in self.sectors.iter().enumerate().filter(|(_, (_, has_entries))| *has_entries) {
            let is_everybodys = names.iter().all(String::is_empty);
            let is_wanted = wanted.as_ref().is_none_or(|wanted| wanted.iter().any(|name| names.contains(name)));
            has_any |= is_wanted && !is_everybodys;
            bits |= u64::from(is_wanted || is_everybodys) << place;
        }
        has_any.then_some(bits)
    }
}

/// Whether an edition closes a quarter: it is of one of these months (from 1), and where a digest appears more often than
/// monthly, of their last seven days. That is one edition for a digest that appears on the same day of each week; one that
/// appears daily decides for itself.
///
/// ```
/// use pulse_deliver::audience::{QUARTER_MONTHS, is_quarters};
/// assert!(is_quarters("2026-06".parse().unwrap(), &QUARTER_MONTHS));
/// assert!(!is_quarters("2026-05".parse().unwrap(), &QUARTER_MONTHS));
/// assert!(is_quarters("2026-06-24".parse().unwrap(), &QUARTER_MONTHS));
/// assert!(!is_quarters("2026-06-23".parse().unwrap(), &QUARTER_MONTHS));
/// ```
pub fn is_quarters(key: EditionKey, months: &[i8]) -> bool {
    months.contains(&key.month().month()) && key.date().is_none_or(|date| date.day() > date.days_in_month() - 7)
}

#[cfg(test)]
mod tests {
    use pulse_model::edition::{Category, Entry, Sector};

    use super::*;

    #[test]
    fn a_sector_without_a_name_is_everybodys_and_nobodys_reason() {
        let outline = Outline::new("en-GB", [(vec![""], 1), (vec!["Health"], 1)]).unwrap();
        let only = |name: &str| outline.chosen(&Sectors::Only(vec![name.to_owned()]));
        assert_eq!((only("Health"), only("Gone"), only("")), (Some(0b11), None, None));
        assert_eq!(outline.chosen(&Sectors::All), Some(0b11));
    }

    #[test]
    fn a_cut_is_made_of_sixty_four_sectors_at_most() {
        let many = |count: usize| Outline::new("en-GB", (0..count).map(|_| (vec!["Health"], 1)));
        assert_eq!(many(64).unwrap().chosen(&Sectors::All), Some(u64::MAX));
        assert_eq!(many(65), Err(OutlineError::TooManySectors(65)));
    }

    #[test]
    fn an_edition_is_outlined_by_every_name_of_its_sectors() {
        let mut digest = pulse_testkit::digests::evidence();
        digest.sectors[2].also.push("Justice".to_owned());
        let mut edition = Edition::new(digest.slug.clone(), "2026-05".parse().unwrap());
        let category = |entries| Category { name: "Reports".to_owned(), entries };
        edition.sectors.push(Sector {
            name: "Justice".to_owned(),
            categories: vec![category(vec![Entry::titled(["Harbour Trust"], "Who cares?")]), category(Vec::new())],
        });
        edition.sectors.push(Sector { name: "Unknown to the taxonomy".to_owned(), categories: vec![category(Vec::new())] });
        let names = vec!["Justice", "Criminal justice", "Justice"];
        assert_eq!(Outline::of(&digest, &edition), Outline::new("en-GB", [(names, 1), (vec!["Unknown to the taxonomy"], 0)]));
    }
}
