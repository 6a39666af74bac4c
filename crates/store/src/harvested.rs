//! Operations on what looks bring: records with their publications, and the documents of these.
//!
//! What a node must keep to: what is to be remembered of a look is kept with its last records ([`Store::keep_records`]), and the bytes of a
//! document before it is saved ([`Store::save_document`]). Then a node that dies anywhere leaves nothing out: the next one sees the
//! same records again, which change nothing, and publications whose documents are still due.

use std::collections::HashMap;

use pulse_model::{ContentHash, Identifier};

use crate::{Check, CheckEnd, Facts, Keeping, KeptRecord, KnownPublication, KnownRecord, Lease, PublicationId, SourceId, Store, StoreError, Tried, Work};

impl Store {
    /// The publications that have any of these identifiers, each by the identifier as it is printed.
    ///
    /// # Errors
    /// When the database fails, or holds what Pulse did not write.
    pub async fn known_publications(&self, identifiers: &[Identifier]) -> Result<HashMap<String, KnownPublication>, StoreError> {
        ask!(self, harvested::known(identifiers), "look for known publications")
    }

    /// The records of a source with these keys, by key; there are several where it uses one for different things.
    ///
    /// # Errors
    /// As [`Store::known_publications`].
    pub async fn known_records(&self, source: SourceId, keys: &[&str]) -> Result<HashMap<String, Vec<KnownRecord>>, StoreError> {
        ask!(self, harvested::records(source, keys), "look for known records of source {source}")
    }

    /// Keeps up to 500 records of a source with their publications, and with the last of them what is to be remembered of the look, as
    /// JSON; all of it or nothing.
    ///
    /// # Errors
    /// [`StoreError::TooMany`]; or the database fails.
    pub async fn keep_records(
        &self,
        source: SourceId,
        lease: Lease<'_>,
        batch: (&[Work], &[KeptRecord]),
        memory: Option<&str>,
        now: i64,
    ) -> Result<Keeping, StoreError> {
        ask!(self, harvested::keep(source, lease, batch, memory, now), "keep records of source {source}")
    }

    /// Makes one publication of two: what is kept of `from` becomes part of `into`, and what is known of `into` is said anew. `false` where
    /// one of them is gone already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn merge_publications(&self, from: PublicationId, into: PublicationId, facts: &Facts<'_>, now: i64) -> Result<bool, StoreError> {
        ask!(self, merge::merge(from, into, facts, now), "merge publication {from} into {into}")
    }

    /// Gives a node up to `limit` publications whose documents are to be fetched, of one source or all. They are given to nobody else
    /// until the lease is over, which each [`Store::save_document`] puts off.
    ///
    /// # Errors
    /// As [`Store::known_publications`].
    pub async fn claim_checks(&self, source: Option<SourceId>, lease: Lease<'_>, limit: u32, now: i64) -> Result<Vec<Check>, StoreError> {
        ask!(self, document::claim(source, lease, limit, now), "claim publications")
    }

    /// Writes what became of fetching one document. A new text makes a new version of it; what changed belongs to the newest version of
    /// its publication where its publisher announced that one, and makes one where not. `false` where the publication is another
    /// node's by now, and nothing is written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_document(&self, publication: PublicationId, lease: Lease<'_>, tried: &Tried, now: i64) -> Result<bool, StoreError> {
        ask!(self, document::save(publication, lease, tried, now), "save a document of publication {publication}")
    }

    /// Ends a check and lets the publication go; `false` where it is another node's by now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_check(&self, check: &Check, node: &str, end: &CheckEnd<'_>) -> Result<bool, StoreError> {
        ask!(self, document::end(check, node, end), "end the check of publication {}", check.publication)
    }

    /// The first other publication of which a document has these bytes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn publication_with_file(&self, original: ContentHash, other_than: PublicationId) -> Result<Option<PublicationId>, StoreError> {
        ask!(self, document::same_file(original, other_than), "look for the file {original}")
    }
}
