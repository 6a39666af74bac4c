//! The catalogue: publishers that teams of the field follow, to start from.
//!
//! In: `catalogue.toml`, which is part of the program. Out: entries by sector. An entry has the publisher's page; where the site's
//! documentation says how its channels are addressed (organisations on GOV.UK), it has the channel too, else
//! [`discover`](crate::discover) finds it.
//!
//! Always: no address in it counts as right until a first look at it: [`Entry::is_verified`] is false for all of them, and the program
//! that adds a source says so until a look has brought something.

use pulse_model::{Channel, Source};
use serde::Deserialize;
use url::Url;

use crate::error::HarvestError;

const CATALOGUE: &str = include_str!("../catalogue.toml");

/// A publisher to start from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name.
    pub publisher: String,
    /// The page to begin at.
    pub home: Url,
    /// The sectors whose digests follow it, by their usual names.
    pub sectors: Vec<String>,
    /// Its channel, where documentation says how it is addressed; otherwise it is to be discovered.
    #[serde(default)]
    pub govuk: Option<Url>,
    /// Whether somebody has seen the address bring something. Said by a first look and not by the catalogue.
    #[serde(default)]
    pub is_verified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    entry: Vec<Entry>,
}

/// All entries, in the order of the catalogue.
///
/// # Errors
///
/// When the catalogue cannot be read, which a test rules out.
pub fn entries() -> Result<Vec<Entry>, HarvestError> {
    let catalogue: Catalogue = toml::from_str(CATALOGUE).map_err(|error| HarvestError::Settings { what: format!("the catalogue cannot be read: {error}") })?;
    Ok(catalogue.entry)
}

impl Entry {
    /// The source that it is, where its channel is known; otherwise its home page is to be discovered.
    pub fn source(&self) -> Option<Source> {
        let channel = Channel::Govuk { url: self.govuk.clone()? };
        Some(Source { name: self.publisher.clone(), publisher: Some(self.publisher.clone()), sectors: self.sectors.clone(), channel })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::entries;

    #[test]
    fn the_catalogue_holds_together() {
        let entries = entries().unwrap();
        let names: HashSet<&str> = entries.iter().map(|entry| entry.publisher.as_str()).collect();
        assert_eq!(names.len(), entries.len(), "each publisher is there once");
        for sector in ["Adult social care and health", "Children and young people's services", "Criminal justice"] {
            assert!(entries.iter().filter(|entry| entry.sectors.iter().any(|other| other == sector)).count() > 5, "{sector}");
        }
        for entry in &entries {
            assert!(!entry.is_verified && !entry.sectors.is_empty() && entry.home.scheme() == "https", "{}", entry.publisher);
            if let Some(govuk) = &entry.govuk {
                assert!(govuk.as_str().starts_with("https://www.gov.uk/government/organisations/"), "{govuk}");
                assert!(entry.source().is_some());
            }
        }
    }
}
