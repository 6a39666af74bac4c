//! What a page answers: bytes with their type, how long they may be kept, and a name for this form of them (`ETag`).
//!
//! Invariant: an answer allows exactly the styles that stand in it, and nothing else that a browser could run or load.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, REFERRER_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

/// A finished answer; cheap to clone, so that it can be kept.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: StatusCode,
    kind: &'static str,
    cache: &'static str,
    policy: Option<HeaderValue>,
    etag: Option<HeaderValue>,
    referrer: Option<&'static str>,
    bytes: Bytes,
}

/// Marks a response that says all it has to say; a failure without it gets a page in words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finished;

/// Long enough to spare the database a rush, short enough that a correction is seen soon.
const A_MINUTE: &str = "public, max-age=60";

impl Answer {
    /// A page.
    pub(crate) fn page(html: String) -> Self {
        let policy = HeaderValue::from_str(&policy_of(&html, "'none'")).ok();
        Self { policy, ..Self::file("text/html; charset=utf-8", html.into_bytes()) }
    }

    /// A page of one reader, or one with a form: nobody keeps it, and no other site learns its address, because that has a token.
    pub(crate) fn own(status: StatusCode, html: String) -> Self {
        let policy = HeaderValue::from_str(&policy_of(&html, "'self'")).ok();
        Self { policy, referrer: Some("no-referrer"), ..Self::failure(status, html) }
    }

    /// The page may show others of this site in a frame.
    pub(crate) fn with_frames(mut self) -> Self {
        let policy = self.policy.as_ref().and_then(|policy| HeaderValue::from_str(&format!("{}; frame-src 'self'", policy.to_str().ok()?)).ok());
        self.policy = policy.or(self.policy);
        self
    }

    /// A file of one reader.
    pub(crate) fn own_file(kind: &'static str, bytes: Vec<u8>) -> Self {
        Self { cache: "no-store", etag: None, referrer: Some("no-referrer"), ..Self::file(kind, bytes) }
    }

    /// Anything else that is public.
    pub(crate) fn file(kind: &'static str, bytes: Vec<u8>) -> Self {
        // Weak, because the same page is also sent compressed.
        let name = format!("W/\"{}\"", BASE64.encode(&Sha256::digest(&bytes)[..15]));
        Self { status: StatusCode::OK, kind, cache: A_MINUTE, policy: None, etag: HeaderValue::from_str(&name).ok(), referrer: None, bytes: bytes.into() }
    }

    /// A page that says what went wrong; nobody keeps it.
    pub(crate) fn failure(status: StatusCode, html: String) -> Self {
        Self { status, cache: "no-store", etag: None, ..Self::page(html) }
    }

    /// An answer that is true only now.
    pub(crate) fn momentary(status: StatusCode, text: &'static str) -> Self {
        Self { status, cache: "no-store", etag: None, ..Self::file("text/plain; charset=utf-8", text.into()) }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.bytes));
        *response.status_mut() = self.status;
        response.extensions_mut().insert(Finished);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.kind));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(self.cache));
        if let Some(policy) = self.policy {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        if let Some(referrer) = self.referrer {
            headers.insert(REFERRER_POLICY, HeaderValue::from_static(referrer));
        }
        if let Some(etag) = self.etag {
            headers.insert(ETAG, etag);
        }
        response
    }
}

/// Only the style sheets that stand in the page, and pictures from here or in the page itself. `forms` is where its forms may lead.
fn policy_of(html: &str, forms: &str) -> String {
    let hashes: Vec<String> = styles(html).map(|style| format!("'sha256-{}'", BASE64.encode(Sha256::digest(style)))).collect();
    let styles = if hashes.is_empty() { "'none'".to_owned() } else { hashes.join(" ") };
    format!("default-src 'none'; style-src {styles}; img-src 'self' data:; base-uri 'none'; form-action {forms}; frame-ancestors 'none'")
}

/// The text of each `<style>` element. Words of an edition cannot make one: they stand escaped in a page.
fn styles(html: &str) -> impl Iterator<Item = &str> {
    html.split("<style").skip(1).filter_map(|rest| {
        let (_attributes, rest) = rest.split_once('>')?;
        rest.split_once("</style>").map(|(style, _)| style)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_allows_the_styles_that_stand_in_it() {
        let policy = policy_of("<head><style media=\"all\">p { color: red }</style></head>", "'none'");
        let hash = BASE64.encode(Sha256::digest("p { color: red }"));
        assert!(policy.contains(&format!("style-src 'sha256-{hash}';")), "{policy}");
        assert!(policy_of("<p>&lt;style&gt;</p>", "'none'").contains("style-src 'none';"));
    }
}
