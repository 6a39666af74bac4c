//! Pages that say what went wrong, in words a visitor can use. The cause goes to the log, never to the page.

use axum::extract::{Request, State};
use axum::http::header::{ALLOW, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use pulse_jobs::{JobError, Site};
use pulse_store::StoreError;

use crate::Desk;
use crate::answer::{Answer, Finished};
use crate::shell;

/// Why there is no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing is published at this address.
    NotFound,
    /// The database does not answer.
    Away,
    /// Our fault.
    Broken,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Away => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        };
        status.into_response()
    }
}

impl From<JobError> for Failure {
    fn from(error: JobError) -> Self {
        match &error {
            JobError::NoSuchDigest { .. } | JobError::NoSuchEdition { .. } => return Self::NotFound,
            JobError::Store(cause) if cause.is_passing() => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the store does not answer");
                return Self::Away;
            }
            _ => {}
        }
        tracing::error!(error = &error as &dyn std::error::Error, "a page failed");
        Self::Broken
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        JobError::from(error).into()
    }
}

impl From<askama::Error> for Failure {
    fn from(error: askama::Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "a template failed");
        Self::Broken
    }
}

/// An address no page has. One with a slash too many leads to the page without it.
pub(crate) async fn no_such_page(State(desk): State<Desk>, uri: Uri) -> Response {
    let path = uri.path().trim_end_matches('/');
    // Slashes in front are taken together, because "//example.org" would lead to another host.
    let own_path = path.trim_start_matches(['/', '\\']);
    if path.len() == uri.path().len() || own_path.is_empty() {
        return Failure::NotFound.into_response();
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    match HeaderValue::from_str(&format!("{}/{own_path}{query}", desk.site.base_path())) {
        Ok(location) => (StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response(),
        Err(_) => Failure::NotFound.into_response(),
    }
}

/// A page asked for in a way that would change it. What can be done with it (`Allow`), the router adds.
pub(crate) async fn read_only() -> Response {
    StatusCode::METHOD_NOT_ALLOWED.into_response()
}

/// Gives every failure its page, whether a page, a limit or a fault of ours brought it about.
pub(crate) async fn in_words(State(site): State<Site>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || response.extensions().get::<Finished>().is_some() {
        return response;
    }
    let (title, sentence) = words(status);
    let home = format!("{}/", site.base_path());
    let mut page = Answer::failure(status, shell::notice(title, sentence, &home)).into_response();
    for name in [ALLOW, RETRY_AFTER] {
        if let Some(value) = response.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}

fn words(status: StatusCode) -> (&'static str, &'static str) {
    match status {
        StatusCode::NOT_FOUND => ("Page not found", "Nothing is published at this address. Check it for a slip, or start from the home page."),
        StatusCode::METHOD_NOT_ALLOWED => ("This page can only be read", "Requests that send or change something are not answered here."),
        StatusCode::SERVICE_UNAVAILABLE => ("Back in a moment", "The archive does not answer just now. Please try again in a few minutes."),
        StatusCode::TOO_MANY_REQUESTS => ("Too many requests", "From your network, this was asked too often just now. Please try again in a few minutes."),
        status if status.is_client_error() => ("This request was not understood", "Check the address for a slip, or start from the home page."),
        _ => ("Something went wrong", "The fault is ours and has been noted. Please try again later, or start from the home page."),
    }
}
