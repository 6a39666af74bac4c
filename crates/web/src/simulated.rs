//! A small web of publishers who do not exist: files from memory, so that a demo can harvest something.
//!
//! In: files by path. Out: the same over HTTP, each with an `ETag`, so that a second look is told what has not changed. A query is passed
//! over: an answer of an API is a file here. Not here: what the files say (pulse).

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use pulse_model::ContentHash;
use tokio::net::TcpListener;

/// Files by path, which can be changed while they are served.
#[derive(Clone, Debug, Default)]
pub struct SimulatedWeb(Arc<RwLock<HashMap<String, File>>>);

#[derive(Clone, Debug)]
struct File {
    media_type: &'static str,
    etag: String,
    bytes: Bytes,
}

impl SimulatedWeb {
    /// Puts a file at a path, which begins with a slash; what was there before is gone.
    pub fn put(&self, path: impl Into<String>, media_type: &'static str, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        let file = File { media_type, etag: format!("\"{}\"", ContentHash::of(&bytes)), bytes };
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(path.into(), file);
    }

    /// Answers until `stop`; a server that cannot go on ends without a word, as the files of a demo are nobody's.
    pub async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()> + Send + 'static) {
        let files = Router::new().fallback(answer).with_state(self);
        if let Err(error) = axum::serve(listener, files).with_graceful_shutdown(stop).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the simulated web ended");
        }
    }
}

async fn answer(State(web): State<SimulatedWeb>, request: Request) -> Response {
    let file = web.0.read().unwrap_or_else(PoisonError::into_inner).get(request.uri().path()).cloned();
    let Some(File { media_type, etag, bytes }) = file else { return StatusCode::NOT_FOUND.into_response() };
    let is_known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let headers = [(header::CONTENT_TYPE, media_type.to_owned()), (header::ETAG, etag)];
    if is_known { (StatusCode::NOT_MODIFIED, headers).into_response() } else { (headers, bytes).into_response() }
}
