//! A step in an edition's life, with the name and the reason that go with it.
//!
//! What the copy desk calls an error stands in the way of sign-off until it is corrected or answered.
//!
//! Not here: which step leads where (`pulse_model::life`).

use pulse_model::life::Step;
use pulse_model::{Edition, EditionKey, Slug, Status};
use pulse_store::{Store, StoreError};

use crate::desk;
use crate::error::JobError;
use crate::harvest::Web;

/// Takes a step, by `who` and for `reason`, and says where it led. `now` is when this happens, in
/// Unix milliseconds.
///
/// # Errors
/// [`JobError::NoSuchEdition`], [`JobError::Step`] when the step does not start here, [`JobError::DeskErrors`] where an edition is to be signed off of
/// which the copy desk has errors without an answer, or what the store says.
pub async fn step(store: &Store, digest: &Slug, key: EditionKey, step: Step, who: &str, reason: &str, now: i64) -> Result<Status, JobError> {
    let stored = crate::edition(store, digest, key).await?;
    let taken = if step == Step::SignOff && stored.status == Status::InReview {
        let checked = without_errors(store, digest, key, now).await?;
        store.sign_off(stored.id, &checked, who, reason, now).await
    } else {
        store.step(stored.id, step, who, reason, now).await
    };
    let status = taken.map_err(|cause| match cause {
        StoreError::Step { cause, .. } => JobError::Step { digest: digest.clone(), title: key.title(), status: stored.status, cause },
        StoreError::EditionDiffers { .. } => JobError::DeskOvertaken { digest: digest.clone(), title: key.title() },
        other => JobError::Store(other),
    })?;
    tracing::info!(edition = %stored.id, %digest, %key, step = step.as_str(), %status, "step taken");
    Ok(status)
}

/// The text of an edition that the desk has no open errors about.
async fn without_errors(store: &Store, slug: &Slug, key: EditionKey, now: i64) -> Result<Edition, JobError> {
    let digest = crate::digest(store, slug).await?;
    let checked = desk::check::<Web>(store, &digest, key, (None, None), false, now).await?;
    let mut errors = checked.asked.iter().filter(|asked| asked.blocks());
    let Some(first) = errors.next() else { return Ok(checked.stored.edition) };
    let (place, message) = (first.query.place.to_string(), first.query.message.clone());
    Err(JobError::DeskErrors { digest: slug.clone(), title: key.title(), count: 1 + errors.count(), place, first: message })
}
