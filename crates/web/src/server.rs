//! Connections: takes them, gives each its requests' answers, and ends well.
//!
//! In: a listener and the pages. Invariant: a visitor who says nothing holds a connection for [`LONGEST_SILENCE`] at the
//! most, and nobody holds up the end for longer than [`LONGEST_FAREWELL`].

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use pulse_jobs::Site;
use pulse_store::Store;
use tokio::net::TcpListener;

use crate::client::Peer;
use crate::{Desk, Readers};

/// How long a visitor may take to ask; browsers ask at once, or keep a connection for the next page.
const LONGEST_SILENCE: Duration = Duration::from_secs(20);
/// How often clicks are counted that have waited long enough.
const BETWEEN_CLICKS: Duration = Duration::from_secs(5);
/// How long the requests under way may take when the server is to stop.
const LONGEST_FAREWELL: Duration = Duration::from_secs(30);

/// Serves the pages until `stop` is ready, then lets the requests under way finish.
pub async fn serve(listener: TcpListener, store: Store, site: Site, readers: Readers, stop: impl Future<Output = ()> + Send) {
    let desk = Desk::new(store, site, readers);
    run(listener, crate::routes(desk.clone()), desk, stop).await;
}

/// [`serve`], and shows what is in the outbox to whoever sits at this machine. Where the listener can be asked from elsewhere, the
/// pages of the outbox do not exist.
pub async fn serve_with_outbox(listener: TcpListener, store: Store, site: Site, readers: Readers, stop: impl Future<Output = ()> + Send) {
    let is_alone = listener.local_addr().is_ok_and(|address| address.ip().is_loopback());
    let desk = Desk::new(store, site, readers);
    let routes = if is_alone { crate::routes_with_outbox(desk.clone()) } else { crate::routes(desk.clone()) };
    run(listener, routes, desk, stop).await;
}

async fn run(mut listener: TcpListener, routes: Router, desk: Desk, stop: impl Future<Output = ()> + Send) {
    let pages = TowerToHyperService::new(routes);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(LONGEST_SILENCE);
    let open = GracefulShutdown::new();
    let mut stop = pin!(stop);
    let mut clicks = tokio::time::interval(BETWEEN_CLICKS);
    loop {
        let (stream, address) = tokio::select! {
            // Faults of the network are the listener's own to wait out.
            accepted = axum::serve::Listener::accept(&mut listener) => accepted,
            _ = clicks.tick() => {
                let desk = desk.clone();
                tokio::spawn(async move { desk.settle_clicks().await });
                continue;
            }
            () = &mut stop => break,
        };
        let (pages, peer) = (pages.clone(), Peer(address.ip()));
        let told_who_asks = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            pages.call(request)
        });
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), told_who_asks));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(LONGEST_FAREWELL, open.shutdown()).await.is_err() {
        tracing::warn!("some visitors had not taken their pages when the server stopped");
    }
    desk.settle_clicks().await;
}
