//! One module per page: what it asks the store, its template, and what it says.

pub(crate) mod accessibility;
pub(crate) mod change_address;
pub(crate) mod colleague;
pub(crate) mod complaint;
pub(crate) mod confirm;
pub(crate) mod digest;
pub(crate) mod edition;
pub(crate) mod entry;
pub(crate) mod feed;
pub(crate) mod go;
pub(crate) mod healthz;
pub(crate) mod home;
pub(crate) mod leave;
pub(crate) mod logo;
pub(crate) mod outbox;
pub(crate) mod preferences;
pub(crate) mod privacy;
pub(crate) mod robots;
pub(crate) mod subscribe;

use askama::Template;
use axum::http::StatusCode;
use pulse_jobs::reader;
use pulse_model::{Digest, EditionKey, Slug};

use crate::Desk;
use crate::answer::Answer;
use crate::failure::Failure;
use crate::shell::{self, Content};

/// The digest of an address. What cannot be a slug is the slug of nothing.
async fn digest_at(desk: &Desk, slug: &str) -> Result<Digest, Failure> {
    let slug: Slug = slug.parse().map_err(|_| Failure::NotFound)?;
    desk.store.digest(&slug).await?.ok_or(Failure::NotFound)
}

/// The key of an address, in the one form it has: `2023-05` or `2023-05-17`.
fn key_at(text: &str) -> Result<EditionKey, Failure> {
    let key: EditionKey = text.parse().map_err(|_| Failure::NotFound)?;
    if key.to_string() == text { Ok(key) } else { Err(Failure::NotFound) }
}

/// A page with a form, in a digest's colours.
fn of_digest(desk: &Desk, digest: &Digest, title: &str, main: String) -> Result<String, Failure> {
    let title = format!("{title}: {}", digest.name);
    let home = format!("{}/{}", desk.site.base_path(), digest.slug);
    shell::page(digest, &desk.site.footer(&digest.slug), Content { title: &title, heading: None, home: &home, head: shell::form_head(), main })
}

/// Where one subscribes to a digest, where one can.
fn subscribe_path(desk: &Desk, digest: &Digest) -> Option<String> {
    reader::subscribe::is_open(digest, &desk.site).then(|| format!("{}/{}/subscribe", desk.site.base_path(), digest.slug))
}

/// The one answer to every token that is not good, whatever is wrong with it.
fn no_such_link(desk: &Desk) -> Result<Answer, Failure> {
    let main = NoSuchLink.render()?;
    let home = format!("{}/", desk.site.base_path());
    let content = Content { title: "This link does not work", heading: None, home: &home, head: shell::form_head(), main };
    Ok(Answer::own(StatusCode::OK, shell::plain_page(content)?))
}

#[derive(Template)]
#[template(path = "no-such-link.html")]
struct NoSuchLink;
