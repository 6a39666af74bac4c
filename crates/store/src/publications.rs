//! Operations to look at publications and their documents.

use pulse_model::Document;

use crate::{Captured, DocumentId, DocumentVersion, PublicationFilter, PublicationId, PublicationRow, Store, StoreError, StoredPublication};

impl Store {
    /// Publications, the newest first; a page has at most 1,000, and the next begins behind the `sorted_at` and the id of its last.
    ///
    /// # Errors
    /// When the database fails, or holds what Pulse did not write.
    pub async fn publications(&self, filter: PublicationFilter, before: Option<(i64, PublicationId)>, limit: u32) -> Result<Vec<PublicationRow>, StoreError> {
        ask!(self, publication::list(filter, before, limit), "list the publications")
    }

    /// All that is kept of a publication; asked for by the id of one that turned out to be the same as another, that other one.
    ///
    /// # Errors
    /// As [`Store::publications`].
    pub async fn publication(&self, id: PublicationId) -> Result<Option<StoredPublication>, StoreError> {
        ask!(self, publication::get(id), "read publication {id}")
    }

    /// What a version of a document says, or its newest one.
    ///
    /// # Errors
    /// As [`Store::publications`].
    pub async fn document(&self, id: DocumentId, number: Option<u32>) -> Result<Option<Document>, StoreError> {
        ask!(self, document::content(id, number), "read document {id}")
    }

    /// The versions of a document, the first one first.
    ///
    /// # Errors
    /// As [`Store::publications`].
    pub async fn document_versions(&self, id: DocumentId) -> Result<Vec<DocumentVersion>, StoreError> {
        ask!(self, document::versions(id), "list the versions of document {id}")
    }

    /// What was fetched since a moment, the oldest first; a page has at most 1,000, and the next begins behind the time and the document
    /// of its last.
    ///
    /// # Errors
    /// As [`Store::publications`].
    pub async fn captured(&self, since: i64, after: Option<(i64, DocumentId)>, limit: u32) -> Result<Vec<Captured>, StoreError> {
        ask!(self, document::captured(since, after, limit), "list what was fetched")
    }
}
