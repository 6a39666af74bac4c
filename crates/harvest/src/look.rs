//! One look at a source: what it needs and what it brings.

use std::collections::BTreeMap;

use pulse_model::{Problem, Record};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::door::Validators;

/// So many records one look brings at most; what lies beyond is a problem.
pub const MOST_RECORDS: usize = 5000;

/// What is asked of a look. Times are Unix milliseconds, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The moment of the look.
    pub now: i64,
    /// Nothing from before this is asked for, where the source can be asked so; records from before it may come all the same.
    pub since: i64,
}

/// How a memory says from where the next look has to begin again, because this one could not read all there was.
const OWED: &str = "owed since ";
/// What could not be read for 90 days is not waited for any longer.
const LONGEST_DEBT_MS: i64 = 90 * 24 * 3_600_000;

impl Window {
    /// The same, or from where a look began that could not read all there was.
    pub(crate) fn with_owed(self, memory: &Memory) -> Self {
        let owed = memory.cursor.as_deref().and_then(|cursor| cursor.strip_prefix(OWED)?.parse::<i64>().ok());
        let owed = owed.map(|owed| owed.max(self.now.saturating_sub(LONGEST_DEBT_MS)));
        Self { since: owed.map_or(self.since, |owed| owed.min(self.since)), ..self }
    }

    /// The cursor of a look that could not read all there was: the next one begins where it began.
    pub(crate) fn owed(self) -> Option<String> {
        Some(format!("{OWED}{}", self.since))
    }
}

/// What is remembered of a source from one look to the next. Kept as JSON; an unknown field is no error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// By address, what the last answer can be recognised by.
    pub validators: BTreeMap<String, Validators>,
    /// How far the last look got, in the kind's own words.
    pub cursor: Option<String>,
}

/// What a look brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// What the source says now, in its order. Those it said before are among them; telling is not its work.
    pub records: Vec<Record>,
    /// What to remember once the records are kept, and not before.
    pub memory: Memory,
    /// Whether the source said that nothing is different; there are no records then.
    pub is_unchanged: bool,
    /// Where the source is from now on.
    pub moved_to: Option<Url>,
    /// What the source calls itself: the title of a feed.
    pub title: Option<String>,
    /// What was wrong.
    pub problems: Vec<Problem>,
}
