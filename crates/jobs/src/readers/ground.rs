//! The ground on which a whole list is written to.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use pulse_model::subscriber::Basis;

use super::error::ReadersError;

/// On what ground readers are written to. `at` and the words hold for every row that does not say otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ground {
    /// Which.
    pub basis: Basis,
    /// The exact words agreed to; consent needs them, nothing else has them.
    pub wording: Option<String>,
    /// When the readers agreed, or the contact was gathered; Unix milliseconds.
    pub at: Option<i64>,
}

impl Ground {
    /// Whether it can be one.
    ///
    /// # Errors
    /// [`ReadersError::NeedsWording`], [`ReadersError::WordingOfNoConsent`], [`ReadersError::TooEarly`] and [`ReadersError::Future`].
    pub fn check(&self, now: i64) -> Result<(), ReadersError> {
        let has_words = self.wording.as_deref().is_some_and(|words| !words.trim().is_empty());
        match (self.basis, has_words, self.at) {
            (Basis::Consent, false, _) => Err(ReadersError::NeedsWording),
            (basis, true, _) if basis != Basis::Consent => Err(ReadersError::WordingOfNoConsent(basis)),
            (_, _, Some(at)) if at > now => Err(ReadersError::Future),
            (basis, _, Some(at)) if !basis.can_date_from(at) => Err(ReadersError::TooEarly(basis)),
            _ => Ok(()),
        }
    }

    /// Whether every reader needs a date: where somebody gave something at a certain moment. The tasks of a public body, and
    /// that an address belongs to an organisation, hold from the moment they are written down.
    pub(super) fn needs_date(&self) -> bool {
        matches!(self.basis, Basis::Consent | Basis::SoftOptIn | Basis::CharitableSoftOptIn)
    }
}

/// A date, or a date with a time, as Unix milliseconds. Without an offset it is UTC; a date alone is its first moment. Dates that
/// people read in two ways, such as 05/02/2026, are none.
///
/// ```
/// use pulse_jobs::readers::moment;
/// assert_eq!(moment("2026-02-05"), Some(1_770_249_600_000));
/// assert_eq!(moment("2026-02-05 01:00:00"), moment("2026-02-05T02:00:00+01:00"));
/// assert_eq!(moment("05/02/2026"), None);
/// ```
pub fn moment(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(at.as_millisecond());
    }
    // A date as text with more behind it would be read as the date alone.
    let moment =
        if text.len() > "2026-02-05".len() { text.parse::<DateTime>().ok()? } else { text.parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight()) };
    TimeZone::UTC.to_timestamp(moment).ok().map(|at| at.as_millisecond())
}
