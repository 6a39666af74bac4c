//! `/metrics`, on a listener of its own, so that nothing in front of the public pages can lead the world to it.

use std::future::Future;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use pulse_jobs::metrics;
use pulse_jobs::send::Clock;
use pulse_store::Store;
use tokio::net::TcpListener;

/// The form of the page (OpenMetrics 1.0), which Prometheus reads.
const FORM: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Answers whoever may reach the listener until `stop` is ready.
///
/// # Errors
/// When the listener breaks.
pub async fn serve_metrics(listener: TcpListener, store: Store, clock: Clock, stop: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
    let router = Router::new().route("/metrics", get(show)).with_state((store, clock));
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}

async fn show(State((store, clock)): State<(Store, Clock)>) -> Response {
    match metrics::page(&store, clock()).await {
        Ok(text) => ([(CONTENT_TYPE, FORM)], text).into_response(),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "the figures could not be read");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response()
        }
    }
}
