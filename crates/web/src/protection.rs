//! What holds for every answer: security headers, time limits, compression, and 304 for a page the reader has already.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use pulse_jobs::Site;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::failure::{self, Failure};

/// How long one answer may take. The slowest page takes a fraction of a second.
const LONGEST_ANSWER: Duration = Duration::from_secs(20);
/// Forms are short: the longest has 5,000 characters of a complaint.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// Pages whose addresses have a token.
const OF_READERS: [&str; 4] = ["/change-address", "/confirm", "/leave", "/preferences"];

/// What an answer allows when it does not say so itself.
const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const ALWAYS: [(HeaderName, &str); 6] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "strict-origin-when-cross-origin"),
    // Browsers heed this only where the page came by TLS.
    (STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// Puts the protection around pages.
pub(crate) fn around(pages: Router, site: Site) -> Router {
    pages
        .layer(middleware::from_fn(not_modified))
        .layer(CatchPanicLayer::custom(page_after_panic))
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST_ANSWER))
        .layer(middleware::from_fn_with_state(site, failure::in_words))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(secure))
}

async fn secure(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), without_token(request.uri().path()).to_owned());
    let mut response = next.run(request).await;
    tracing::info!(%method, path, status = response.status().as_u16(), "answered");
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(NOTHING));
    }
    response
}

/// A path as it may stand in the log: a token in it would let whoever reads the log act for its reader.
fn without_token(path: &str) -> &str {
    of_reader(path).unwrap_or(path)
}

/// Whether a path has a token.
pub(crate) fn is_of_reader(path: &str) -> bool {
    of_reader(path).is_some()
}

fn of_reader(path: &str) -> Option<&'static str> {
    OF_READERS.into_iter().find(|page| path.strip_prefix(page).is_some_and(|rest| rest.starts_with('/')))
}

/// RFC 9110, 13.1.2: the reader names the forms it has; where ours is among them, it need not be sent again.
async fn not_modified(request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = if is_read { request.headers().get(IF_NONE_MATCH).cloned() } else { None };
    let mut response = next.run(request).await;
    if response.status() == StatusCode::OK && known.is_some_and(|known| is_among(&known, response.headers())) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(CONTENT_TYPE);
        response.headers_mut().remove(CONTENT_LENGTH);
    }
    response
}

fn is_among(known: &HeaderValue, headers: &HeaderMap) -> bool {
    let (Ok(known), Some(Ok(ours))) = (known.to_str(), headers.get(ETAG).map(HeaderValue::to_str)) else { return false };
    let opaque = |name: &str| name.trim().trim_start_matches("W/").to_owned();
    known.trim() == "*" || known.split(',').any(|name| opaque(name) == opaque(ours))
}

fn page_after_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    Failure::Broken.into_response()
}
