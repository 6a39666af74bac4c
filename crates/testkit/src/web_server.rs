//! A web server for tests that answers as it is told, with the faults it is told, and remembers what it was asked.
//!
//! In: a [`Site`]. Out: an address on this machine, and afterwards [`WebServer::requests`]. Without faults it is a good server: it
//! knows `ETag` and `Last-Modified`, and keeps connections open.
//! Not here: TLS, and whatever else a real server has.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use std::time::Duration;
//! use pulse_testkit::web_server::{Page, Site, WebServer};
//!
//! let site = Site::new()
//!     .page("/feed.xml", Page::new("application/atom+xml", "<feed/>").etag("\"1\""))
//!     .page("/slow", Page::html("<p>late</p>").after(Duration::from_millis(300)))
//!     .steps("/flaky", [Page::status(503).header("retry-after", "1"), Page::html("<p>well again</p>")])
//!     .page("/old", Page::redirect(301, "/feed.xml"));
//! let server = WebServer::start(site).await?;
//! println!("{} is asked", server.url("/feed.xml"));
//! assert_eq!(server.count("/feed.xml"), 0);
//! # Ok(())
//! # }
//! ```

pub mod farm;
mod page;
mod site;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use hyper::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use page::Page;
pub use site::Site;

/// What the server was asked.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`.
    pub method: String,
    /// The `Host` header.
    pub host: String,
    /// The path with its query: `/search?q=falls`.
    pub path: String,
    /// The other headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// When it came.
    pub at: Instant,
}

impl Request {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(of, _)| of == name).map(|(_, value)| value.as_str())
    }
}

/// A running server. It stops when this is dropped.
pub struct WebServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

/// What all connections share.
struct Shared {
    site: Mutex<Site>,
    requests: Mutex<Vec<Request>>,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl WebServer {
    /// Starts a server on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn start(site: Site) -> io::Result<Self> {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), site).await
    }

    /// Starts a server at an address. With `0.0.0.0` it also answers as `127.1.2.3`, so that one server can be many hosts.
    ///
    /// # Errors
    /// When the port is taken.
    pub async fn start_at(address: SocketAddr, site: Site) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { site: Mutex::new(site), requests: Mutex::default() });
        let task = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Ok(Self { address, shared, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of a page: `http://127.0.0.1:PORT/path`.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.address.port())
    }

    /// Its name for settings that allow private hosts: `127.0.0.1:PORT`.
    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.address.port())
    }

    /// Changes what it answers from now on.
    pub fn change(&self, change: impl FnOnce(Site) -> Site) {
        let mut site = lock(&self.shared.site);
        *site = change(std::mem::take(&mut *site));
    }

    /// What it was asked, in order.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared.requests).clone()
    }

    /// How often it was asked for a path, its query counted as part of it.
    pub fn count(&self, path: &str) -> usize {
        lock(&self.shared.requests).iter().filter(|request| request.path == path).count()
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    // Dropped with this task, and every connection with it.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            _ = stream.set_nodelay(true);
            let service = service_fn(|request| answer(request, &shared));
            // A connection that ends badly is what many tests want.
            _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn answer(request: hyper::Request<Incoming>, shared: &Shared) -> Result<Response<page::Body>, page::Dropped> {
    let text = |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = Request {
        method: request.method().to_string(),
        host: request.headers().get("host").map(text).unwrap_or_default(),
        path: request.uri().path_and_query().map_or_else(String::new, ToString::to_string),
        headers: request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        at: Instant::now(),
    };
    let page = lock(&shared.site).answer(&request);
    lock(&shared.requests).push(request.clone());
    page.respond(&request).await
}
