//! A step in an edition's life, with the name and the reason that go with it.
//!
//! Not here: which step leads where (`pulse_model::life`).

use pulse_model::life::Step;
use pulse_model::{EditionKey, Slug, Status};
use pulse_store::{Store, StoreError};

use crate::error::JobError;

/// Takes a step, by `who` and for `reason`, and says where it led. `now` is when this happens, in
/// Unix milliseconds.
///
/// # Errors
/// [`JobError::NoSuchEdition`], [`JobError::Step`] when the step does not start here, or what the store says.
pub async fn step(store: &Store, digest: &Slug, key: EditionKey, step: Step, who: &str, reason: &str, now: i64) -> Result<Status, JobError> {
    let stored = crate::edition(store, digest, key).await?;
    let status = store.step(stored.id, step, who, reason, now).await.map_err(|cause| match cause {
        StoreError::Step { cause, .. } => JobError::Step { digest: digest.clone(), title: key.title(), status: stored.status, cause },
        other => JobError::Store(other),
    })?;
    tracing::info!(edition = %stored.id, %digest, %key, step = step.as_str(), %status, "step taken");
    Ok(status)
}
