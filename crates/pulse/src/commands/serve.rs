//! `pulse serve`: the pages of what is published, and what goes on beside them.

mod beside;

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use pulse_jobs::intake::Intakes;
use pulse_jobs::retention::Periods;
use pulse_jobs::send::{Node, Worker};
use pulse_jobs::{JobError, Site};
use pulse_store::Store;
use pulse_web::Readers;
use tokio::net::TcpListener;

pub(super) use self::beside::Beside;
use super::Call;
use crate::config::{ListenOption, SiteOption};
use crate::data_folder::DataFolder;
use crate::fault::Refusal;

/// Show what is published
///
/// Serves the pages of published editions and the feeds, and the pages of readers; drafts are never shown. Sends that a person has
/// released are worked through, where the address that readers see is set, and sources are looked at when their time has come. Ctrl-C or SIGTERM stop it after the requests and
/// messages under way. Put a web server with TLS in front of it for the rest of the world.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse serve\n  pulse serve --listen 127.0.0.1:9000 --site https://digest.example.org")]
pub(crate) struct Serve {
    #[command(flatten)]
    listen: ListenOption,
    #[command(flatten)]
    site: SiteOption,
}

/// Where the pages are when nothing else is said.
pub(super) const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

pub(crate) async fn run(args: Serve, call: &mut Call) -> anyhow::Result<ExitCode> {
    let config = call.folder.config()?;
    let listen = args.listen.listen.or(config.listen).map_or(DEFAULT_LISTEN, SocketAddr::from);
    let store = call.folder.open().await?;
    let listener = bind(listen).await?;
    let asked = args.site.site.or(config.site);
    let is_guessed = asked.is_none();
    let site = asked.map_or_else(|| site_of(&listener), Ok)?;
    writeln!(call.out, "Serving {} on {} (Ctrl-C stops)", site.home(), listener.local_addr()?)?;
    call.out.flush()?;
    config.retention.check().map_err(JobError::from)?;
    let readers = Readers { retention: config.retention, ..readers(&call.folder, call.now)? };
    // Readers' links need an address of the world, not one of this machine that was only guessed.
    let node = Arc::new(Node::begin(&store, &call.folder.path, &readers.post.node, call.now).await?);
    let sending = if is_guessed { None } else { Some(worker(&store, &site, &readers, Arc::clone(&node))) };
    let harvester = Some(call.folder.harvester_of(&store, node)?);
    let metrics = match config.metrics.listen {
        Some(listen) => Some(bind(listen.into()).await?),
        None => None,
    };
    let (settings, name) = (config.mail.returns.clone(), config.mail.hello_name().to_owned());
    let intakes = Some(Intakes { settings, name, folder: call.folder.returns() });
    let beside = Beside { store: store.clone(), readers: readers.clone(), sending, intakes, harvester, metrics };
    beside.during(pulse_web::serve(listener, store, site, readers, asked_to_stop())).await;
    Ok(ExitCode::SUCCESS)
}

/// Takes a port, or says who to ask.
pub(super) async fn bind(listen: SocketAddr) -> anyhow::Result<TcpListener> {
    let refusal = |cause: std::io::Error| match cause.kind() {
        std::io::ErrorKind::AddrInUse => {
            Refusal::new(format!("another program listens on {listen} already"), "Choose another port with --listen 127.0.0.1:8081.")
        }
        std::io::ErrorKind::PermissionDenied => {
            Refusal::new(format!("this account may not listen on {listen}"), "Choose a port above 1023, for example with --listen 127.0.0.1:8080.")
        }
        _ => Refusal::new(format!("{listen} cannot be listened on: {cause}"), "Choose another address with --listen, for example 127.0.0.1:8080."),
    };
    Ok(TcpListener::bind(listen).await.map_err(refusal)?)
}

/// The address under which the listener itself can be asked.
pub(super) fn site_of(listener: &TcpListener) -> anyhow::Result<Site> {
    let mut address = listener.local_addr()?;
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    format!("http://{address}").parse().context("the listener has no address")
}

/// What works on sends.
pub(super) fn worker(store: &Store, site: &Site, readers: &Readers, node: Arc<Node>) -> Worker {
    Worker { store: store.clone(), post: readers.post.clone(), site: site.clone(), clock: readers.clock.clone(), node }
}

/// What the pages of single readers need, from the keys of a data folder.
pub(super) fn readers(folder: &DataFolder, now: i64) -> anyhow::Result<Readers> {
    Ok(Readers { post: Arc::new(folder.post(now)?), clock: Arc::new(crate::clock), retention: Periods::default() })
}

pub(super) async fn asked_to_stop() {
    let ctrl_c = async {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without a handler the signal ends the process anyway.
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = ctrl_c => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
