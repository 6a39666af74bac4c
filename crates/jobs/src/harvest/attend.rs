//! Sees to it that every source whose time has come is looked at, as long as the program runs.

use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use pulse_harvest::Door;
use pulse_store::{SourceTurn, WhichSources};
use tokio::sync::watch;

use super::rhythm::FIRST_WAIT_MS;
use super::turn::{Ask, turn};
use super::{Harvester, Reader};

/// How often it is looked whether a source's time has come.
const BETWEEN_LOOKS: Duration = Duration::from_secs(15);

/// Works on sources when their time has come, until `halt` turns `true` and those under way have come to a halt. What goes wrong with one of
/// them is logged, and keeps no other.
pub async fn attend<D: Door, R: Reader>(harvester: &Harvester<D, R>, mut halt: watch::Receiver<bool>) {
    let mut working = FuturesUnordered::new();
    while !*halt.borrow() {
        let free = harvester.at_once.saturating_sub(working.len());
        match harvester.store.claim_sources(WhichSources::Due, harvester.lease(), u32::try_from(free).unwrap_or(u32::MAX), harvester.now()).await {
            Ok(turns) => working.extend(turns.into_iter().map(|claimed| one(harvester, claimed, halt.clone()))),
            Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "it is not known which sources are due"),
        }
        tokio::select! {
            Some(()) = working.next() => {}
            () = tokio::time::sleep(BETWEEN_LOOKS) => {}
            _ = halt.changed() => {}
        }
    }
    while working.next().await.is_some() {}
}

async fn one<D: Door, R: Reader>(harvester: &Harvester<D, R>, claimed: SourceTurn, halt: watch::Receiver<bool>) {
    let (id, name) = (claimed.row.id, claimed.row.source.name.clone());
    let ask = Ask { since: None, records: None, halt, tell: &|_| {} };
    match turn(harvester, claimed, ask).await {
        Ok(report) if report.looked.error.is_empty() => {
            let counts = report.looked.counts;
            tracing::info!(source = name, new = counts.new, updated = counts.updated, problems = counts.problems, "a source was looked at");
        }
        Ok(report) => tracing::warn!(source = name, error = report.looked.error, failures = report.health.failure_count, "a source gave nothing"),
        Err(error) => {
            tracing::error!(source = name, error = &error as &dyn std::error::Error, "a source cannot be looked at for now");
            // It is not asked again at once for what cannot be kept. Its lease is left to end where this fails too.
            _ = harvester.store.give_back_source(id, harvester.node.run(), harvester.now().saturating_add(FIRST_WAIT_MS)).await;
        }
    }
}
