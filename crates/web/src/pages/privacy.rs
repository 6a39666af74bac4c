//! `/{digest}/privacy`: what is kept about readers, for digests whose footer names no notice of their own. It says what Pulse does.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use pulse_jobs::reader::colleague::ONCE_IN_DAYS;
use pulse_jobs::retention::Periods;
use pulse_model::Digest;

use super::{digest_at, of_digest};
use crate::Desk;
use crate::answer::Answer;
use crate::failure::Failure;

#[derive(Template)]
#[template(path = "privacy.html")]
struct Main<'a> {
    digest: &'a Digest,
    controller: &'a str,
    /// Where somebody complains.
    complaint: String,
    once_in_days: u32,
    kept: Periods,
}

pub(crate) async fn show(State(desk): State<Desk>, Path(slug): Path<String>) -> Result<Answer, Failure> {
    let digest = digest_at(&desk, &slug).await?;
    let complaint = format!("{}/{}/complaint", desk.site.base_path(), digest.slug);
    let main = Main { digest: &digest, controller: controller(&digest), complaint, once_in_days: ONCE_IN_DAYS, kept: desk.readers.retention }.render()?;
    Ok(Answer::own(StatusCode::OK, of_digest(&desk, &digest, "What is kept about readers", main)?))
}

/// Where the notice of a digest is: its own, or the one here.
pub(crate) fn address(desk: &Desk, digest: &Digest) -> String {
    digest.footer.privacy.as_ref().map_or_else(|| format!("{}/{}/privacy", desk.site.base_path(), digest.slug), ToString::to_string)
}

/// Who is responsible for readers' data.
pub(super) fn controller(digest: &Digest) -> &str {
    if digest.organisation.is_empty() { &digest.name } else { &digest.organisation }
}
