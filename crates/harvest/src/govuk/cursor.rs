//! What is remembered of GOV.UK between two looks: which pages are known, and in what state.

use std::collections::BTreeMap;

use pulse_model::{ContentHash, Record};
use serde::{Deserialize, Serialize};

use super::{KEPT_FOR_MS, KEPT_MOST, OVERLAP_MS};

/// Kept as JSON in [`crate::Memory::cursor`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Cursor {
    /// The latest update that was seen, so that what is older need not be paged through again.
    pub(super) newest: Option<i64>,
    /// The earliest moment that was ever asked for.
    pub(super) reached: Option<i64>,
    /// When the search API last answered in full.
    pub(super) searched_at: Option<i64>,
    /// Pages by their paths.
    pub(super) known: BTreeMap<String, Known>,
}

/// A page as it was last seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Known {
    /// Its update, as search or feed told it.
    pub(super) at: i64,
    /// When the content API was last asked for it; 0 when it has yet to be.
    pub(super) asked: i64,
    /// When it last changed in any way.
    pub(super) edited: i64,
    /// The print of its record; empty when it has yet to be read.
    pub(super) print: String,
    /// Its content id, which stays when its path does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<uuid::Uuid>,
    /// The publication it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent: Option<String>,
    /// Nothing is there any more, or it is on another site; it is not asked for until search or feed tell of it again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) is_gone: bool,
}

impl Cursor {
    /// As it was kept; an empty one where nothing was, or nothing that can be read.
    pub(super) fn read(kept: Option<&str>) -> Self {
        kept.and_then(|kept| serde_json::from_str(kept).ok()).unwrap_or_default()
    }

    /// As it is to be kept.
    pub(super) fn write(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// The moment from which updates are looked for.
    pub(super) fn from(&self, since: i64) -> i64 {
        match (self.newest, self.reached) {
            (Some(newest), Some(reached)) if since >= reached => newest.saturating_sub(OVERLAP_MS),
            _ => since,
        }
    }

    /// Whether an update of a page has yet to be seen. Moments are compared by the second: feeds have no smaller parts.
    pub(super) fn is_new(&self, path: &str, at: i64) -> bool {
        self.known.get(path).is_none_or(|known| at / 1000 > known.at / 1000)
    }

    /// Forgets what is no longer asked for: parts go with their publication. What a search would bring again, and what has yet to be
    /// read, is not forgotten.
    pub(super) fn forget_old(&mut self, now: i64) {
        let mut by_age: Vec<(i64, String)> =
            self.known.iter().filter(|(_, known)| known.parent.is_none() && known.asked != 0).map(|(path, known)| (known.at, path.clone())).collect();
        by_age.sort_unstable_by(|a, b| b.cmp(a));
        let searched = self.newest.unwrap_or(now).saturating_sub(OVERLAP_MS);
        let old = by_age.into_iter().enumerate().filter(|(place, (at, _))| *at < searched && (*place >= KEPT_MOST || *at < now.saturating_sub(KEPT_FOR_MS)));
        for (_, (_, path)) in old {
            self.known.remove(&path);
        }
        let parents: std::collections::BTreeSet<String> = self.known.keys().cloned().collect();
        self.known.retain(|_, known| known.parent.as_ref().is_none_or(|parent| parents.contains(parent)));
    }
}

/// What a record is recognised by: all it says but when it was last touched, which moves without any other difference.
pub(super) fn print(record: &Record) -> String {
    let untouched = Record { edited_at: None, ..record.clone() };
    let mut print = ContentHash::of(format!("{untouched:?}").as_bytes()).to_string();
    print.truncate(24);
    print
}
