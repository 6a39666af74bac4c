//! `/{digest}/accessibility`: how well everybody can read a digest, for those whose footer names no statement of their own. It says
//! what Pulse does; the form follows the model of the UK Government for the Accessibility Regulations 2018.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use pulse_model::Digest;

use super::{digest_at, of_digest, privacy};
use crate::Desk;
use crate::answer::Answer;
use crate::failure::Failure;

#[derive(Template)]
#[template(path = "accessibility.html")]
struct Main<'a> {
    digest: &'a Digest,
    /// Who answers.
    publisher: &'a str,
    /// When it was last read against what Pulse does.
    reviewed: &'a str,
}

/// Changes with the page.
const REVIEWED: &str = "26 November 2026";

pub(crate) async fn show(State(desk): State<Desk>, Path(slug): Path<String>) -> Result<Answer, Failure> {
    let digest = digest_at(&desk, &slug).await?;
    let main = Main { digest: &digest, publisher: privacy::controller(&digest), reviewed: REVIEWED }.render()?;
    Ok(Answer::own(StatusCode::OK, of_digest(&desk, &digest, "Accessibility", main)?))
}
