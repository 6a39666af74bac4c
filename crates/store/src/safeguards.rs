//! Operations on the audit log, on complaints about personal data, and on counts of clicks.

use pulse_model::ids::EntryId;

use crate::{Audit, AuditId, Complaint, ComplaintId, EditionId, NewComplaint, Store, StoreError};

impl Store {
    /// Notes what somebody did. Addresses are taken out of `thing` and `detail`.
    ///
    /// # Errors
    /// [`StoreError::Needs`] a name; or the database fails.
    pub async fn append_audit(&self, who: &str, action: &str, thing: &str, detail: &str, now: i64) -> Result<AuditId, StoreError> {
        ask!(self, audit::append(who, action, thing, detail, now), "write to the audit log")
    }

    /// The audit log of one thing, or of all; the newest first. A page has at most 1,000, the next is before its last id.
    ///
    /// # Errors
    /// When the database fails, or holds what Pulse did not write.
    pub async fn audit(&self, thing: Option<&str>, before: Option<AuditId>, limit: u32) -> Result<Vec<Audit>, StoreError> {
        ask!(self, audit::list(thing, before, limit), "read the audit log")
    }

    /// Keeps a complaint about personal data.
    ///
    /// # Errors
    /// [`StoreError::Needs`] a text; or the database fails.
    pub async fn add_complaint(&self, complaint: &NewComplaint, now: i64) -> Result<ComplaintId, StoreError> {
        ask!(self, complaint::add(complaint, now), "record a complaint")
    }

    /// Notes that the person was told that the complaint came in.
    ///
    /// # Errors
    /// [`StoreError::NoComplaint`]; or the database fails.
    pub async fn acknowledge_complaint(&self, id: ComplaintId, now: i64) -> Result<(), StoreError> {
        ask!(self, complaint::acknowledge(id, now), "acknowledge complaint {id}")
    }

    /// Notes what the person was told.
    ///
    /// # Errors
    /// [`StoreError::NoComplaint`]; [`StoreError::Needs`] an outcome; or the database fails.
    pub async fn answer_complaint(&self, id: ComplaintId, outcome: &str, now: i64) -> Result<(), StoreError> {
        ask!(self, complaint::answer(id, outcome, now), "answer complaint {id}")
    }

    /// Complaints, the newest first; pages as [`Store::audit`].
    ///
    /// # Errors
    /// As [`Store::audit`].
    pub async fn complaints(&self, before: Option<ComplaintId>, limit: u32) -> Result<Vec<Complaint>, StoreError> {
        ask!(self, complaint::list(before, limit), "list the complaints")
    }

    /// Complaints nobody has acknowledged whose 30 days (Data Protection Act 2018 section 164A) are over at `by`, the oldest first.
    ///
    /// # Errors
    /// As [`Store::audit`].
    pub async fn complaints_running_out(&self, by: i64) -> Result<Vec<Complaint>, StoreError> {
        ask!(self, complaint::running_out(by), "list the complaints that wait")
    }

    /// Counts up to 5,000 clicks on links of entries.
    ///
    /// # Errors
    /// [`StoreError::TooMany`]; or the database fails.
    pub async fn add_clicks(&self, clicks: &[(EditionId, EntryId)], now: i64) -> Result<(), StoreError> {
        ask!(self, click::add(clicks, now), "count clicks")
    }

    /// Clicks of an edition by entry, the most followed first.
    ///
    /// # Errors
    /// As [`Store::audit`].
    pub async fn clicks(&self, edition: EditionId) -> Result<Vec<(EntryId, u64)>, StoreError> {
        ask!(self, click::count(edition), "count the clicks of edition {edition}")
    }
}
