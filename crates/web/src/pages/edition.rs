//! `/{digest}/{key}`: a published edition, as `pulse_render` makes its page.
//!
//! Pages are kept while nothing of them changes, because an edition is read thousands of times and changes never or once.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use axum::extract::{Path, State};
use pulse_jobs::output;
use pulse_model::{Digest, Status};
use pulse_render::Format;
use pulse_store::EditionId;

use super::{digest_at, key_at};
use crate::Desk;
use crate::answer::Answer;
use crate::failure::Failure;

/// Pages made before, the most recently asked last. Each has about 0.1 MB.
#[derive(Debug, Default)]
pub(crate) struct RenderedPages(Mutex<VecDeque<(Ground, Answer)>>);

/// What a page depends on.
#[derive(Clone, Debug, PartialEq)]
struct Ground {
    edition: EditionId,
    updated_at: i64,
    digest: Digest,
}

/// How many pages are kept.
const MOST_PAGES: usize = 16;

impl RenderedPages {
    fn find(&self, ground: &Ground) -> Option<Answer> {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = pages.iter().position(|(kept, _)| kept == ground)?;
        let page = pages.remove(at)?;
        let answer = page.1.clone();
        pages.push_back(page);
        Some(answer)
    }

    /// An edition has one page here: the newest form takes the place of an older one.
    fn keep(&self, ground: Ground, answer: Answer) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.retain(|(kept, _)| kept.edition != ground.edition);
        if pages.len() >= MOST_PAGES {
            pages.pop_front();
        }
        pages.push_back((ground, answer));
    }
}

pub(crate) async fn show(State(desk): State<Desk>, Path((slug, key)): Path<(String, String)>) -> Result<Answer, Failure> {
    let key = key_at(&key)?;
    let digest = digest_at(&desk, &slug).await?;
    let rows = desk.store.editions(Some(&digest.slug), Some(Status::Published)).await?;
    let row = rows.into_iter().find(|row| row.key == key).ok_or(Failure::NotFound)?;
    let ground = Ground { edition: row.id, updated_at: row.updated_at, digest };
    if let Some(answer) = desk.rendered.find(&ground) {
        return Ok(answer);
    }
    let stored = pulse_jobs::edition(&desk.store, &ground.digest.slug, key).await?;
    // It may have been reopened since the list was read.
    if stored.status != Status::Published {
        return Err(Failure::NotFound);
    }
    let rendered = output::render(&ground.digest, &stored.edition, Some(&desk.site), Format::Page)?;
    let answer = Answer::page(String::from_utf8_lossy(&rendered.bytes).into_owned());
    desk.rendered.keep(Ground { updated_at: stored.updated_at, ..ground }, answer.clone());
    Ok(answer)
}
