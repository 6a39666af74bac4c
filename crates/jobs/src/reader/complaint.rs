//! Complaints about what is done with personal data (Data Protection Act 2018 section 164A): kept with the moment they came in, from
//! which the 30 days run in which a person has to acknowledge them.
//!
//! Not here: acknowledging and answering, which people do; words of pages (web).

use pulse_model::Digest;
use pulse_model::subscriber::clean_name;
use pulse_store::{NewComplaint, Store};

use crate::error::JobError;

/// Within so many days the person is told that the complaint came in.
pub const ACKNOWLEDGED_WITHIN_DAYS: i64 = 30;

/// Keeps a complaint; nothing of it need be known but `text`. Answers the moment by which it has to be acknowledged, in Unix
/// milliseconds.
///
/// # Errors
/// What the store says; it refuses an empty text.
pub async fn complain(store: &Store, digest: &Digest, name: &str, address: &str, text: &str, now: i64) -> Result<i64, JobError> {
    let complaint = NewComplaint { name: clean_name(name), address: clean_name(address), text: format!("About {}:\n{}", digest.name, text.trim()) };
    store.add_complaint(&complaint, now).await?;
    Ok(due(now))
}

/// By when a complaint of this moment has to be acknowledged.
pub fn due(now: i64) -> i64 {
    now.saturating_add(ACKNOWLEDGED_WITHIN_DAYS * 24 * 3_600_000)
}
