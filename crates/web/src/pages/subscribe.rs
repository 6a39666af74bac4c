//! `/{digest}/subscribe`: asks for a digest. The answer to a form that is filled in is the same for every address, and for
//! programs that fill in the field people do not see; one client may ask [so often](crate::client).

use askama::Template;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use pulse_jobs::reader::subscribe::{self, Request};
use pulse_model::subscriber::{Frequency, Sectors};
use pulse_model::{Digest, EmailAddress};

use super::preferences::{frequencies, frequency_in, sectors, sectors_in};
use super::{digest_at, of_digest, privacy};
use crate::Desk;
use crate::answer::Answer;
use crate::client::{Client, too_often};
use crate::failure::Failure;
use crate::form::{Form, Offer, Problems};

#[derive(Template)]
#[template(path = "subscribe.html")]
struct Main<'a> {
    digest: &'a Digest,
    problems: Problems,
    address: String,
    name: String,
    sectors: Vec<Offer>,
    frequencies: Vec<Offer>,
    consent: String,
    /// Where the privacy notice is.
    privacy: String,
}

#[derive(Template)]
#[template(path = "subscribed.html")]
struct Asked<'a> {
    digest: &'a Digest,
    address: &'a str,
}

pub(crate) async fn show(State(desk): State<Desk>, Path(slug): Path<String>) -> Result<Answer, Failure> {
    let digest = open_digest(&desk, &slug).await?;
    page(&desk, &digest, &Form::read(&Bytes::new()), Problems::default())
}

pub(crate) async fn act(State(desk): State<Desk>, Path(slug): Path<String>, client: Client, body: Bytes) -> Result<Response, Failure> {
    let digest = open_digest(&desk, &slug).await?;
    if !desk.clients.may_ask(client, desk.now()) {
        return Ok(too_often());
    }
    let form = Form::read(&body);
    let mut problems = Problems::default();
    let address = EmailAddress::parse(form.get("address")).ok();
    if address.is_none() {
        problems.add("address", "Enter an e-mail address, like name@example.org");
    }
    let sectors = sectors_in(&form, &digest, &mut problems);
    let frequency = frequency_in(&form, &mut problems);
    if form.get("consent") != "yes" {
        problems.add("consent", "Tick the box to agree");
    }
    let (Some(address), Some(sectors), Some(frequency), true) = (address, sectors, frequency, problems.is_empty()) else {
        return Ok(page(&desk, &digest, &form, problems)?.into_response());
    };
    let asked = Asked { digest: &digest, address: address.as_str() }.render()?;
    if form.get("website").is_empty() {
        let request = Request { address: address.clone(), name: form.get("name").to_owned(), sectors, frequency };
        subscribe::subscribe(&desk.store, &desk.readers.post.keys, &desk.site, &digest, &request, desk.now()).await?;
    }
    Ok(Answer::own(StatusCode::OK, of_digest(&desk, &digest, "Please look into your inbox", asked)?).into_response())
}

/// A digest that readers can subscribe to by themselves.
async fn open_digest(desk: &Desk, slug: &str) -> Result<Digest, Failure> {
    let digest = digest_at(desk, slug).await?;
    if subscribe::is_open(&digest, &desk.site) { Ok(digest) } else { Err(Failure::NotFound) }
}

/// The form, with what was filled in before. A box to agree is never ticked for anybody.
fn page(desk: &Desk, digest: &Digest, form: &Form, problems: Problems) -> Result<Answer, Failure> {
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let chosen = if problems.is_empty() { Sectors::All } else { Sectors::Only(form.all("sector").map(str::to_owned).collect()) };
    let main = Main {
        digest,
        address: form.shown("address"),
        name: form.shown("name"),
        sectors: sectors(digest, &chosen),
        frequencies: frequencies(Frequency::from_name(form.get("frequency")).unwrap_or_default()),
        consent: subscribe::consent(digest),
        privacy: privacy::address(desk, digest),
        problems,
    };
    let title = if status.is_success() { "Subscribe" } else { "Error: subscribe" };
    Ok(Answer::own(status, of_digest(desk, digest, title, main.render()?)?))
}
