//! `/change-address/{token}`: a reader says yes from a new address. GET shows a button and changes nothing, because link scanners
//! follow every link.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use pulse_jobs::reader::address::{self, Move};
use pulse_model::Digest;

use super::{no_such_link, of_digest};
use crate::Desk;
use crate::answer::Answer;
use crate::failure::Failure;

#[derive(Template)]
#[template(path = "change-address.html")]
struct Main<'a> {
    digest: &'a Digest,
    address: &'a str,
    /// Where the reader's choices are, once moved.
    choices: Option<String>,
}

pub(crate) async fn ask(State(desk): State<Desk>, Path(token): Path<String>) -> Result<Answer, Failure> {
    match address::moving(&desk.store, &desk.readers.post.keys, &token, desk.now()).await? {
        Some(moving) => page(&desk, &moving, None),
        None => no_such_link(&desk),
    }
}

pub(crate) async fn act(State(desk): State<Desk>, Path(token): Path<String>) -> Result<Answer, Failure> {
    match address::make(&desk.store, &desk.readers.post.keys, &desk.site, &token, desk.now()).await? {
        Some((moving, token)) => page(&desk, &moving, Some(format!("{}/preferences/{token}", desk.site.base_path()))),
        None => no_such_link(&desk),
    }
}

fn page(desk: &Desk, moving: &Move, choices: Option<String>) -> Result<Answer, Failure> {
    let title = if choices.is_some() { "Your address has changed" } else { "Use this address?" };
    let main = Main { digest: &moving.digest, address: moving.address.as_str(), choices }.render()?;
    Ok(Answer::own(StatusCode::OK, of_digest(desk, &moving.digest, title, main)?))
}
