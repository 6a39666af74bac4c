//! Why a source gave nothing this time.

use url::Url;

use crate::door::FetchError;

/// Why one source gave nothing this time. The run goes on with the next source.
#[derive(Debug, thiserror::Error)]
pub enum HarvestError {
    /// What the source is made of could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// What was fetched is not what the source should be.
    #[error("{url} is not {expected}: {found}")]
    NotThis {
        /// Where it was fetched from.
        url: Url,
        /// "a feed", "a sitemap".
        expected: &'static str,
        /// What it is instead.
        found: String,
    },
    /// The source's own settings cannot work.
    #[error("{what}")]
    Settings {
        /// What is wrong with them and what to do.
        what: String,
    },
}

impl HarvestError {
    /// A passing fault is tried again by the schedule; any other waits for a person.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Fetch(error) if error.is_passing())
    }
}
