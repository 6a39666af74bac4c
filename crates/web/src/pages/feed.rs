//! `/{digest}/feed.atom`: what is published, for feed readers.

use axum::extract::{Path, State};
use pulse_jobs::output;

use super::digest_at;
use crate::Desk;
use crate::answer::Answer;
use crate::failure::Failure;

pub(crate) async fn show(State(desk): State<Desk>, Path(slug): Path<String>) -> Result<Answer, Failure> {
    let digest = digest_at(&desk, &slug).await?;
    let feed = output::feed(&desk.store, &digest, &desk.site).await?;
    Ok(Answer::file("application/atom+xml; charset=utf-8", feed.into_bytes()))
}
