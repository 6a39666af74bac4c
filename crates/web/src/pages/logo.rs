//! `/{digest}/logo.png`: the logo as a file, for e-mail, where pictures inside the message are often blocked.
//!
//! The address ends in `.png` whatever the picture is; what counts is the type that goes with it.

use axum::extract::{Path, State};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::digest_at;
use crate::Desk;
use crate::answer::Answer;
use crate::failure::Failure;

pub(crate) async fn show(State(desk): State<Desk>, Path(slug): Path<String>) -> Result<Answer, Failure> {
    let digest = digest_at(&desk, &slug).await?;
    let logo = digest.masthead.logo.filter(|logo| !logo.data.is_empty()).ok_or(Failure::NotFound)?;
    let bytes = BASE64.decode(logo.data).map_err(|_| Failure::NotFound)?;
    let kind = if bytes.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" };
    Ok(Answer::file(kind, bytes))
}
