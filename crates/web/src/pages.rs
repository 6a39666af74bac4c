//! One module per page: what it asks the store, its template, and what it says.

pub(crate) mod digest;
pub(crate) mod edition;
pub(crate) mod entry;
pub(crate) mod feed;
pub(crate) mod healthz;
pub(crate) mod home;
pub(crate) mod logo;
pub(crate) mod robots;

use pulse_model::{Digest, EditionKey, Slug};

use crate::Desk;
use crate::failure::Failure;

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
