//! What goes on beside the pages: sources whose time has come, messages to single persons, sends that are due, what comes back, and what
//! has been kept long enough.

use std::sync::Arc;
use std::time::Duration;

use pulse_jobs::harvest::{self, Guard, Harvester, Web};
use pulse_jobs::intake::{self, Desk, Intakes};
use pulse_jobs::send::{Clock, Worker, attend};
use pulse_jobs::{notices, reader, retention};
use pulse_store::{Clearing, Store};
use pulse_web::Readers;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// What goes on beside the pages.
pub(crate) struct Beside {
    pub(crate) store: Store,
    pub(crate) readers: Readers,
    /// What works on sends, if any is to be.
    pub(crate) sending: Option<Worker>,
    /// The ways in for what comes back.
    pub(crate) intakes: Option<Intakes>,
    /// What works on sources, if any is to be.
    pub(crate) harvester: Option<Harvester<Web, Guard>>,
    /// Where figures can be asked for, if anywhere.
    pub(crate) metrics: Option<TcpListener>,
}

/// How often it is looked whether a message to one person waits.
const BETWEEN_NOTICES: Duration = Duration::from_secs(5);
/// How long what is under way may take when the server is to stop.
const LONGEST_FAREWELL: Duration = Duration::from_secs(30);

impl Beside {
    /// Messages to single persons alone.
    pub(crate) fn notices(store: Store, readers: Readers) -> Self {
        Self { store, readers, sending: None, intakes: None, harvester: None, metrics: None }
    }

    /// Goes on for as long as the pages are served. What is under way then may end; what waits goes on after the next start.
    pub(crate) async fn during(self, pages: impl Future<Output = ()>) {
        let Self { store, readers, sending, intakes, harvester, metrics } = self;
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        if let Some(intakes) = intakes {
            let desk = Desk { store: store.clone(), post: Arc::clone(&readers.post), clock: Arc::clone(&readers.clock) };
            tasks.spawn(intake::watch(desk, intakes, stopped.clone()));
        }
        if let Some(worker) = sending {
            let stopped = stopped.clone();
            tasks.spawn(async move { attend(&worker, stopped).await });
        }
        if let Some(harvester) = harvester {
            let stopped = stopped.clone();
            tasks.spawn(async move { harvest::attend(&harvester, stopped).await });
        }
        if let Some(listener) = metrics {
            tasks.spawn(show_figures(listener, store.clone(), Arc::clone(&readers.clock), stopped.clone()));
        }
        tasks.spawn(clear_up(store.clone(), readers.clone(), stopped.clone()));
        tasks.spawn(send_notices(store, readers, stopped));
        pages.await;
        _ = stop.send(true);
        _ = tokio::time::timeout(LONGEST_FAREWELL, tasks.join_all()).await;
    }
}

/// Shows how sources go to whoever may reach the listener, until it is to stop.
async fn show_figures(listener: TcpListener, store: Store, clock: Clock, mut stopped: watch::Receiver<bool>) {
    let stop = async move { _ = stopped.wait_for(|stopped| *stopped).await };
    if let Err(error) = pulse_web::serve_metrics(listener, store, clock, stop).await {
        tracing::error!(error = &error as &dyn std::error::Error, "figures can no longer be asked for");
    }
}

/// Sends messages to single persons, such as confirmations, until it is to stop.
async fn send_notices(store: Store, readers: Readers, mut stopped: watch::Receiver<bool>) {
    loop {
        match notices::work(&store, &readers.post, (readers.clock)()).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "notices were dealt with"),
            Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "notices could not be sent"),
        }
        if tokio::time::timeout(BETWEEN_NOTICES, stopped.changed()).await.is_ok() {
            return;
        }
    }
}

/// How long after the start it is first cleared up; requests come first.
const BEFORE_CLEARING: Duration = Duration::from_secs(60);
/// How often what readers asked for and did not confirm is forgotten.
const BETWEEN_FORGETTING: Duration = Duration::from_secs(60 * 60);
/// How often what has been kept long enough is cleared. Unix milliseconds.
const BETWEEN_CLEARINGS_MS: i64 = 24 * 60 * 60 * 1000;

/// Forgets what readers did long ago each hour, and clears what has been kept long enough each day, until it is to stop. Every batch
/// is whole or not there; the next run goes on.
async fn clear_up(store: Store, readers: Readers, mut stopped: watch::Receiver<bool>) {
    let (mut wait, mut cleared_at) = (BEFORE_CLEARING, i64::MIN);
    while tokio::time::timeout(wait, stopped.changed()).await.is_err() {
        wait = BETWEEN_FORGETTING;
        let now = (readers.clock)();
        if let Err(error) = reader::forget_old(&store, now).await {
            tracing::error!(error = &error as &dyn std::error::Error, "what readers did long ago was not forgotten");
        }
        if now >= cleared_at.saturating_add(BETWEEN_CLEARINGS_MS) {
            cleared_at = now;
            match retention::run(&store, &readers.post.keys, &readers.retention, "pulse", Clearing::Clear, now).await {
                Ok(counts) => tracing::info!(rows = counts.values().sum::<u64>(), "what had been kept long enough was cleared"),
                Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "what had been kept long enough could not be cleared"),
            }
        }
    }
}
