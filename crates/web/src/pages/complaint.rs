//! `/{digest}/complaint`: somebody complains about the use of personal data. One client may ask [so often](crate::client).

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use pulse_jobs::reader::choices::day;
use pulse_jobs::reader::complaint;
use pulse_model::{Digest, EmailAddress};

use super::privacy::controller;
use super::{digest_at, of_digest};
use crate::Desk;
use crate::answer::Answer;
use crate::client::{Client, too_often};
use crate::failure::Failure;
use crate::form::{Form, Problems};

#[derive(Template)]
#[template(path = "complaint.html")]
struct Main<'a> {
    digest: &'a Digest,
    controller: &'a str,
    problems: Problems,
    text: String,
    name: String,
    address: String,
    /// By when it is acknowledged, once it came in.
    due: Option<String>,
}

pub(crate) async fn show(State(desk): State<Desk>, Path(slug): Path<String>) -> Result<Answer, Failure> {
    let digest = digest_at(&desk, &slug).await?;
    page(&desk, &digest, &Form::read(&Bytes::new()), Problems::default(), None)
}

pub(crate) async fn act(State(desk): State<Desk>, Path(slug): Path<String>, client: Client, body: Bytes) -> Result<Response, Failure> {
    let digest = digest_at(&desk, &slug).await?;
    if !desk.clients.may_ask(client, desk.now()) {
        return Ok(too_often());
    }
    let form = Form::read(&body);
    let (text, address) = (form.get("text").trim(), form.get("address").trim());
    let mut problems = Problems::default();
    if text.is_empty() {
        problems.add("text", "Say what is wrong");
    }
    if !address.is_empty() && EmailAddress::parse(address).is_err() {
        problems.add("address", "Enter an e-mail address, like name@example.org, or leave it empty");
    }
    if !problems.is_empty() {
        return Ok(page(&desk, &digest, &form, problems, None)?.into_response());
    }
    let due = if form.get("website").is_empty() {
        complaint::complain(&desk.store, &digest, form.get("name"), address, text, desk.now()).await?
    } else {
        complaint::due(desk.now())
    };
    Ok(page(&desk, &digest, &form, problems, Some(due))?.into_response())
}

fn page(desk: &Desk, digest: &Digest, form: &Form, problems: Problems, due: Option<i64>) -> Result<Answer, Failure> {
    let (status, title) = match (problems.is_empty(), due) {
        (true, Some(_)) => (StatusCode::OK, "Your complaint came in"),
        (true, None) => (StatusCode::OK, "Complain about the use of your data"),
        (false, _) => (StatusCode::UNPROCESSABLE_ENTITY, "Error: complain about the use of your data"),
    };
    let main = Main {
        digest,
        controller: controller(digest),
        problems,
        text: form.shown("text"),
        name: form.shown("name"),
        address: form.shown("address"),
        due: due.map(day),
    };
    Ok(Answer::own(status, of_digest(desk, digest, title, main.render()?)?))
}
