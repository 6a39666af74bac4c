//! One answer of the server: its status, headers and bytes, and the way they come.

use std::io::Write as _;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream::{self, BoxStream, StreamExt as _};
use http_body_util::StreamBody;
use hyper::Response;
use hyper::body::Frame;

use super::Request;

/// Bytes on their way.
pub(super) type Body = StreamBody<BoxStream<'static, Result<Frame<Bytes>, Dropped>>>;

/// The connection is to be closed at once.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the script drops this connection")]
pub(super) struct Dropped;

/// An answer.
#[derive(Clone, Debug)]
pub struct Page {
    status: u16,
    headers: Vec<(String, String)>,
    bytes: Bytes,
    wait: Duration,
    flow: Flow,
}

/// How the bytes come.
#[derive(Clone, Copy, Debug)]
enum Flow {
    /// In one piece, with their length said before.
    AtOnce,
    /// One by one.
    OneByOne(Duration),
    /// So many, then the connection is dropped; without any, not even a status.
    Cut(usize),
    /// Again and again, without end.
    Endless,
}

impl Page {
    /// A good answer.
    pub fn new(media_type: &str, bytes: impl Into<Bytes>) -> Self {
        Self::status(200).header("content-type", media_type).bytes(bytes)
    }

    /// A web page.
    pub fn html(text: impl Into<Bytes>) -> Self {
        Self::new("text/html; charset=utf-8", text)
    }

    /// Plain text, such as a `robots.txt`.
    pub fn text(text: impl Into<Bytes>) -> Self {
        Self::new("text/plain; charset=utf-8", text)
    }

    /// An answer with nothing but a status.
    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), bytes: Bytes::new(), wait: Duration::ZERO, flow: Flow::AtOnce }
    }

    /// A redirect.
    pub fn redirect(status: u16, to: &str) -> Self {
        Self::status(status).header("location", to)
    }

    /// The same with these bytes.
    #[must_use]
    pub fn bytes(mut self, bytes: impl Into<Bytes>) -> Self {
        self.bytes = bytes.into();
        self
    }

    /// The same with one header more.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    /// The same with an `ETag`, quotes included; a request that has it is answered with 304.
    #[must_use]
    pub fn etag(self, tag: &str) -> Self {
        self.header("etag", tag)
    }

    /// The same with a `Last-Modified`; a request that has it, and no tag, is answered with 304.
    #[must_use]
    pub fn last_modified(self, date: &str) -> Self {
        self.header("last-modified", date)
    }

    /// The same, compressed.
    #[must_use]
    pub fn gzip(mut self) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        if encoder.write_all(&self.bytes).is_ok()
            && let Ok(bytes) = encoder.finish()
        {
            self.bytes = bytes.into();
        }
        self.header("content-encoding", "gzip")
    }

    /// The same, after a while.
    #[must_use]
    pub fn after(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// The same, one byte at a time.
    #[must_use]
    pub fn one_by_one(mut self, each: Duration) -> Self {
        self.flow = Flow::OneByOne(each);
        self
    }

    /// The same, but the connection breaks after so many bytes; with 0, before anything is said.
    #[must_use]
    pub fn cut(mut self, after: usize) -> Self {
        self.flow = Flow::Cut(after);
        self
    }

    /// The same, its bytes again and again.
    #[must_use]
    pub fn endless(mut self) -> Self {
        self.flow = Flow::Endless;
        self
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
    }

    /// Whether the request has what this can be recognised by.
    fn is_known_to(&self, request: &Request) -> bool {
        match (request.header("if-none-match"), self.value("etag")) {
            (Some(theirs), Some(ours)) => theirs.split(',').any(|tag| tag.trim() == ours),
            (Some(_), None) => false,
            (None, _) => request.header("if-modified-since").is_some_and(|theirs| self.value("last-modified") == Some(theirs)),
        }
    }

    pub(super) async fn respond(self, request: &Request) -> Result<Response<Body>, Dropped> {
        if !self.wait.is_zero() {
            tokio::time::sleep(self.wait).await;
        }
        if matches!(self.flow, Flow::Cut(0)) {
            return Err(Dropped);
        }
        let is_known = self.status == 200 && self.is_known_to(request);
        let mut response = Response::builder().status(if is_known { 304 } else { self.status });
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        if matches!(self.flow, Flow::AtOnce | Flow::Cut(_)) && !is_known {
            response = response.header("content-length", self.bytes.len());
        }
        let bytes = if is_known || request.method == "HEAD" { Bytes::new() } else { self.bytes };
        response.body(StreamBody::new(flow(bytes, self.flow))).map_err(|_| Dropped)
    }
}

fn flow(bytes: Bytes, flow: Flow) -> BoxStream<'static, Result<Frame<Bytes>, Dropped>> {
    let frame = |bytes: Bytes| Ok(Frame::data(bytes));
    if bytes.is_empty() {
        return stream::empty().boxed();
    }
    match flow {
        Flow::AtOnce => stream::iter([frame(bytes)]).boxed(),
        Flow::Cut(after) => {
            // The first bytes have to be on their way before the connection breaks.
            let broken = stream::once(async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Err(Dropped)
            });
            stream::iter([frame(bytes.slice(..after.min(bytes.len())))]).chain(broken).boxed()
        }
        Flow::OneByOne(each) => stream::unfold(bytes, move |mut rest| async move {
            if rest.is_empty() {
                return None;
            }
            tokio::time::sleep(each).await;
            Some((frame(rest.split_to(1)), rest))
        })
        .boxed(),
        Flow::Endless => stream::repeat_with(move || frame(bytes.clone())).boxed(),
    }
}
