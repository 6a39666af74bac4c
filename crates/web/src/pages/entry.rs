//! `/{digest}/{key}/{entry}`: an entry on a page of its own, to be cited and sent on.

use axum::extract::{Path, State};
use pulse_jobs::output;
use pulse_model::Status;

use super::{digest_at, key_at};
use crate::Desk;
use crate::answer::Answer;
use crate::failure::Failure;

pub(crate) async fn show(State(desk): State<Desk>, Path((slug, key, entry)): Path<(String, String, String)>) -> Result<Answer, Failure> {
    let key = key_at(&key)?;
    let digest = digest_at(&desk, &slug).await?;
    let stored = pulse_jobs::edition(&desk.store, &digest.slug, key).await?;
    if stored.status != Status::Published {
        return Err(Failure::NotFound);
    }
    let page = output::render_entry(&digest, &stored.edition, &desk.site, &entry)?.ok_or(Failure::NotFound)?;
    Ok(Answer::page(page))
}
