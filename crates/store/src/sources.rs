//! Operations on sources: adding them, taking turns, and how looks at them went.

use crate::{Lease, Looked, SourceHealth, SourceId, SourceRow, SourceTurn, Store, StoreError, WhichSources};

impl Store {
    /// Adds a source. The schedule looks at it from `due_at` on.
    ///
    /// # Errors
    /// [`StoreError::SourceThere`], also where only the case of its letters differs; [`StoreError::Needs`] a name; or the database fails.
    pub async fn add_source(&self, source: &pulse_model::Source, due_at: i64, now: i64) -> Result<SourceId, StoreError> {
        ask!(self, source::add(source, due_at, now), "add the source \u{201c}{}\u{201d}", source.name)
    }

    /// Keeps other settings for a source.
    ///
    /// # Errors
    /// When the database fails, also because another source has the name.
    pub async fn change_source(&self, id: SourceId, source: &pulse_model::Source) -> Result<(), StoreError> {
        ask!(self, source::change(id, source), "change the source \u{201c}{}\u{201d}", source.name)
    }

    /// Keeps the schedule from looking at a source, or lets it look again, at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pause_source(&self, id: SourceId, is_paused: bool, now: i64) -> Result<(), StoreError> {
        ask!(self, source::pause(id, is_paused, now), "pause source {id}")
    }

    /// Removes a source with what it said. The publications it told of stay.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_source(&self, id: SourceId) -> Result<(), StoreError> {
        ask!(self, source::remove(id), "remove source {id}")
    }

    /// Every source, by name.
    ///
    /// # Errors
    /// When the database fails, or holds what Pulse did not write.
    pub async fn sources(&self) -> Result<Vec<SourceRow>, StoreError> {
        ask!(self, source::list(), "list the sources")
    }

    /// The source of this name, whatever the case of its letters.
    ///
    /// # Errors
    /// As [`Store::sources`].
    pub async fn source(&self, name: &str) -> Result<Option<SourceRow>, StoreError> {
        ask!(self, source::by_name(name), "read the source \u{201c}{name}\u{201d}")
    }

    /// Gives a node up to `limit` sources that are nobody's. They are given to nobody else until the lease is over, which
    /// [`Store::renew_source`] puts off.
    ///
    /// # Errors
    /// [`StoreError::TooMany`]; as [`Store::sources`].
    pub async fn claim_sources(&self, which: WhichSources<'_>, lease: Lease<'_>, limit: u32, now: i64) -> Result<Vec<SourceTurn>, StoreError> {
        ask!(self, source::claim(which, lease, limit, now), "claim sources")
    }

    /// Puts the end of a lease off; `false` where the source is another node's by now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_source(&self, id: SourceId, lease: Lease<'_>) -> Result<bool, StoreError> {
        ask!(self, source::renew(id, lease), "keep source {id}")
    }

    /// Lets a source go without a look; it is not due before `due_at`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_back_source(&self, id: SourceId, node: &str, due_at: i64) -> Result<(), StoreError> {
        ask!(self, source::give_back(id, node, due_at), "give back source {id}")
    }

    /// Writes how a look went, and lets the source go; `false` where it is another node's by now, and nothing is written. The last 50 looks
    /// of a source are kept, with 100 problems each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_look(&self, id: SourceId, node: &str, looked: &Looked, health: &SourceHealth) -> Result<bool, StoreError> {
        ask!(self, source::end_look(id, node, looked, health), "record a look at source {id}")
    }

    /// The last looks at a source, the newest first.
    ///
    /// # Errors
    /// As [`Store::sources`].
    pub async fn looks(&self, id: SourceId, limit: u32) -> Result<Vec<Looked>, StoreError> {
        ask!(self, source::looks(id, limit), "list the looks at source {id}")
    }

    /// When the publications of a source came out, or were first seen where nobody says, the newest first; up to 1,000.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn publication_times(&self, id: SourceId, limit: u32) -> Result<Vec<i64>, StoreError> {
        ask!(self, source::publication_times(id, limit), "read when source {id} published")
    }
}
