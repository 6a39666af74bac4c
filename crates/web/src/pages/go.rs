//! `/{digest}/go/{key}/{entry}/{number}`: leads on to a link of an entry, as the text that was signed off has it. No other address
//! can be asked for (ASVS 3.7.2). Where the digest counts clicks, a person's [counts](crate::clicks).

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use pulse_jobs::clicks;

use super::{digest_at, key_at};
use crate::Desk;
use crate::client::Client;
use crate::failure::Failure;

pub(crate) async fn lead(
    State(desk): State<Desk>,
    Path((slug, key, entry, number)): Path<(String, String, String, usize)>,
    client: Client,
) -> Result<Response, Failure> {
    let key = key_at(&key)?;
    let digest = digest_at(&desk, &slug).await?;
    let way_out = clicks::way_out(&desk.store, &digest.slug, key, &entry, number).await?.ok_or(Failure::NotFound)?;
    let location = HeaderValue::from_str(way_out.href.as_str()).map_err(|_| Failure::NotFound)?;
    if let Some(entry) = way_out.entry
        && clicks::are_counted(&desk.store, &digest, desk.now()).await?
    {
        desk.clicks.follow(client, (way_out.edition, entry), desk.now());
    }
    desk.settle_clicks().await;
    let headers = [(LOCATION, location), (CACHE_CONTROL, HeaderValue::from_static("no-store")), (REFERRER_POLICY, HeaderValue::from_static("no-referrer"))];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}
