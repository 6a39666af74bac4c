//! Sending a digest to a colleague. `/preferences/{token}/colleague` mails one invitation in a reader's name; `/{digest}/colleague`,
//! for everybody else, says how to pass a digest on without us.
//!
//! The answer to a form that is filled in is the same for every address, whether anything is sent or not; one client may ask
//! [so often](crate::client).

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use pulse_jobs::reader::choices::{self, Chooser};
use pulse_jobs::reader::colleague::{self, MAX_NOTE_CHARS, MOST_A_DAY, Note, ONCE_IN_DAYS};
use pulse_model::{Digest, EmailAddress};

use super::{digest_at, no_such_link, of_digest, privacy, subscribe_path};
use crate::Desk;
use crate::answer::Answer;
use crate::client::{Client, too_often};
use crate::failure::Failure;
use crate::form::{Form, Problems};

#[derive(Template)]
#[template(path = "colleague.html")]
struct Main<'a> {
    digest: &'a Digest,
    problems: Problems,
    /// Whether an invitation was asked for.
    is_done: bool,
    to: String,
    note: String,
    /// Who the message says asked for it.
    from: String,
    may_invite: bool,
    choices: String,
    privacy: String,
    most_note_chars: usize,
    most_a_day: u32,
    once_in_days: u32,
}

#[derive(Template)]
#[template(path = "pass-on.html")]
struct PassOn<'a> {
    digest: &'a Digest,
    /// Of the digest's page.
    page: String,
    /// Opens a letter in the visitor's own mail program.
    letter: String,
    /// Where one subscribes, where one can.
    subscribe: Option<String>,
}

/// For those who come without a link of their own.
pub(crate) async fn pass_on(State(desk): State<Desk>, Path(slug): Path<String>) -> Result<Answer, Failure> {
    let digest = digest_at(&desk, &slug).await?;
    let page = desk.site.digest(&digest.slug);
    let encoded = |text: &str| percent_encoded(text);
    let letter = format!("mailto:?subject={}&body={}", encoded(&digest.name), encoded(&format!("{}:\r\n{page}\r\n", digest.name)));
    let main = PassOn { digest: &digest, page, letter, subscribe: subscribe_path(&desk, &digest) }.render()?;
    Ok(Answer::own(StatusCode::OK, of_digest(&desk, &digest, "Send to a colleague", main)?))
}

/// As in a `mailto:` (RFC 6068 section 2), where `+` is no space.
fn percent_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

pub(crate) async fn show(State(desk): State<Desk>, Path(token): Path<String>) -> Result<Answer, Failure> {
    let Some(chooser) = choices::chooser(&desk.store, &desk.readers.post.keys, &token, desk.now()).await? else { return no_such_link(&desk) };
    page(&desk, &token, &chooser, &Form::read(&Bytes::new()), Problems::default(), false)
}

pub(crate) async fn act(State(desk): State<Desk>, Path(token): Path<String>, client: Client, body: Bytes) -> Result<Response, Failure> {
    let keys = &desk.readers.post.keys;
    let Some(chooser) = choices::chooser(&desk.store, keys, &token, desk.now()).await? else { return Ok(no_such_link(&desk)?.into_response()) };
    if !desk.clients.may_ask(client, desk.now()) {
        return Ok(too_often());
    }
    let form = Form::read(&body);
    let mut problems = Problems::default();
    let to = EmailAddress::parse(form.get("to")).ok();
    if to.is_none() {
        problems.add("to", "Enter your colleague’s e-mail address, like name@example.org");
    }
    let note = Note::parse(form.get("note")).map_err(|error| problems.add("note", error.to_string())).ok();
    let (Some(to), Some(note)) = (to, note) else {
        return Ok(page(&desk, &token, &chooser, &form, problems, false)?.into_response());
    };
    if colleague::may_invite(&chooser, &desk.site) {
        colleague::invite(&desk.store, keys, &desk.site, &chooser, &to, &note, desk.now()).await?;
    }
    Ok(page(&desk, &token, &chooser, &form, problems, true)?.into_response())
}

fn page(desk: &Desk, token: &str, chooser: &Chooser, form: &Form, problems: Problems, is_done: bool) -> Result<Answer, Failure> {
    let digest = chooser.digest();
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let main = Main {
        digest,
        is_done,
        to: form.shown("to"),
        note: form.shown("note"),
        from: colleague::in_whose_name(&chooser.reader.subscriber),
        may_invite: colleague::may_invite(chooser, &desk.site),
        choices: format!("{}/preferences/{token}", desk.site.base_path()),
        privacy: privacy::address(desk, digest),
        most_note_chars: MAX_NOTE_CHARS,
        most_a_day: MOST_A_DAY,
        once_in_days: ONCE_IN_DAYS,
        problems,
    };
    let title = match (status.is_success(), is_done) {
        (true, true) => "Thank you",
        (true, false) => "Send to a colleague",
        (false, _) => "Error: send to a colleague",
    };
    Ok(Answer::own(status, of_digest(desk, digest, title, main.render()?)?))
}
