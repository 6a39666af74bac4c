//! What a new state of a publication has changed.
//!
//! In: two states of one publication, as put together from its records, and its documents as read. Out: [`Change`]s, and the next
//! [`Version`] when there are any.
//!
//! Invariants: the same state twice is no change; other bytes with the same words are none; learning what was not known before
//! (a date that another source gives) is none. A page whose words changed without any date moving is a version like any other:
//! a silent edit. Not here: what a publication is ([`crate::publications`]), keeping versions.

mod text;

use std::collections::BTreeMap;

use pulse_model::publication::Change;
use pulse_model::{Document, Publication, Version};

pub use text::text_change;

use crate::words::plain;

/// One state of a publication: what is known of it, and its documents by their addresses.
#[derive(Clone, Debug)]
pub struct State<'a> {
    /// The number of the version it is, from 1.
    pub number: u32,
    /// What is known of it.
    pub publication: &'a Publication,
    /// Its documents as read; one that could not be read this time is left as it was, not left out.
    pub documents: BTreeMap<&'a str, &'a Document>,
}

/// The version that a new state is; `None` when nothing has changed. `now` is Unix milliseconds, UTC.
///
/// The number of `after` is not asked: it becomes that of `before` and one.
pub fn next_version(before: &State<'_>, after: &State<'_>, now: i64) -> Option<Version> {
    let mut found = changes(before.publication, after.publication);
    for (address, document) in &after.documents {
        match before.documents.get(address) {
            Some(earlier) => found.extend(text_change(address, earlier, document)),
            None => found.push(Change::DocumentAdded { document: (*address).to_owned() }),
        }
    }
    let gone = before.documents.keys().filter(|address| !after.documents.contains_key(*address));
    found.extend(gone.map(|address| Change::DocumentRemoved { document: (*address).to_owned() }));
    (!found.is_empty()).then(|| Version { number: before.number.saturating_add(1), seen_at: now, changes: found })
}

/// What is different in what is known of a publication. Empty fields are not known, and so no difference.
pub fn changes(before: &Publication, after: &Publication) -> Vec<Change> {
    let mut found = Vec::new();
    if !before.title.is_empty() && !after.title.is_empty() && plain(&before.title) != plain(&after.title) {
        found.push(Change::Title { from: before.title.clone(), to: after.title.clone() });
    }
    if before.published_at.is_some() && after.published_at.is_some() && before.published_at != after.published_at {
        found.push(Change::Published { from: before.published_at, to: after.published_at });
    }
    // A date that goes back is an old answer from some cache.
    let has_moved = before.updated_at.is_some() && after.updated_at > before.updated_at;
    if has_moved {
        found.push(Change::Updated { from: before.updated_at, to: after.updated_at });
    }
    // The same words with a later date are said anew.
    let is_said_anew = |note: &&String| has_moved || before.change_note.as_deref().map(plain) != Some(plain(note));
    if let Some(note) = after.change_note.as_ref().filter(|note| !note.is_empty()).filter(is_said_anew) {
        found.push(Change::Note { text: note.clone() });
    }
    if before.is_withdrawn != after.is_withdrawn {
        found.push(Change::Withdrawn { now: after.is_withdrawn });
    }
    found
}
