//! `/confirm/{token}`: a reader says yes. GET shows a button and changes nothing, because link scanners follow every link.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use pulse_jobs::reader::subscribe;
use pulse_model::Digest;

use super::{no_such_link, of_digest};
use crate::Desk;
use crate::answer::Answer;
use crate::failure::Failure;

#[derive(Template)]
#[template(path = "confirm.html")]
struct Main<'a> {
    digest: &'a Digest,
    /// Where the reader's choices are, once confirmed.
    choices: Option<String>,
}

pub(crate) async fn ask(State(desk): State<Desk>, Path(token): Path<String>) -> Result<Answer, Failure> {
    match subscribe::confirming(&desk.store, &desk.readers.post.keys, &token, desk.now()).await? {
        Some(door) => page(&desk, &door.digest, None),
        None => no_such_link(&desk),
    }
}

pub(crate) async fn act(State(desk): State<Desk>, Path(token): Path<String>) -> Result<Answer, Failure> {
    match subscribe::confirm(&desk.store, &desk.readers.post.keys, &desk.site, &token, desk.now()).await? {
        Some((door, token)) => page(&desk, &door.digest, Some(format!("{}/preferences/{token}", desk.site.base_path()))),
        None => no_such_link(&desk),
    }
}

fn page(desk: &Desk, digest: &Digest, choices: Option<String>) -> Result<Answer, Failure> {
    let title = if choices.is_some() { "You are subscribed" } else { "Confirm your subscription" };
    let main = Main { digest, choices }.render()?;
    Ok(Answer::own(StatusCode::OK, of_digest(desk, digest, title, main)?))
}
