//! `/leave/{token}`: a reader leaves a digest.
//!
//! GET shows a button, because link scanners and previews fetch every link of a message. POST acts (RFC 8058 section 3.1), whatever
//! its body says and however that is encoded: the token says all there is to know. It asks for no cookie, no page it came from and
//! no other token, never redirects, and does the same the second time. A mailbox provider may send it years later.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use pulse_jobs::reader::{self, Door};
use pulse_model::Digest;

use super::{no_such_link, of_digest, subscribe_path};
use crate::Desk;
use crate::answer::Answer;
use crate::failure::Failure;

#[derive(Template)]
#[template(path = "leave.html")]
struct Main<'a> {
    digest: &'a Digest,
    has_left: bool,
    /// Where to subscribe anew, where one can.
    subscribe: Option<String>,
}

pub(crate) async fn ask(State(desk): State<Desk>, Path(token): Path<String>) -> Result<Answer, Failure> {
    page(&desk, reader::leaving(&desk.store, &desk.readers.post.keys, &token, desk.now()).await?, false)
}

pub(crate) async fn act(State(desk): State<Desk>, Path(token): Path<String>) -> Result<Answer, Failure> {
    page(&desk, reader::leave(&desk.store, &desk.readers.post.keys, &desk.site, &token, desk.now()).await?, true)
}

fn page(desk: &Desk, door: Option<Door>, has_left: bool) -> Result<Answer, Failure> {
    let Some(Door { digest, .. }) = door else { return no_such_link(desk) };
    if has_left {
        return self::has_left(desk, &digest);
    }
    let main = Main { digest: &digest, has_left, subscribe: None }.render()?;
    Ok(Answer::own(StatusCode::OK, of_digest(desk, &digest, "Leave", main)?))
}

/// What a reader is told who has left, by whichever page.
pub(super) fn has_left(desk: &Desk, digest: &Digest) -> Result<Answer, Failure> {
    let main = Main { digest, has_left: true, subscribe: subscribe_path(desk, digest) }.render()?;
    Ok(Answer::own(StatusCode::OK, of_digest(desk, digest, "You have left", main)?))
}
