//! A run over several sources at the same time.

use futures_util::stream::{self, StreamExt as _};
use pulse_harvest::Door;
use pulse_store::{LookCounts, Looked, SourceHealth, SourceId, SourceRow, WhichSources};
use tokio::sync::watch;

use super::documents::sentence;
use super::rhythm::FIRST_WAIT_MS;
use super::turn::{Ask, turn};
use super::{Harvester, Reader};
use crate::error::JobError;

/// What is asked of a run.
pub struct Asked<'a> {
    /// Which sources, each once.
    pub sources: Vec<SourceRow>,
    /// From when on; as each source's last look says if not given.
    pub since: Option<i64>,
    /// Ends what is under way when it turns `true`; what is not done is done by the next run.
    pub halt: watch::Receiver<bool>,
    /// Told how far it is.
    pub tell: &'a (dyn Fn(Step<'_>) + Sync),
}

/// A step of a run.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// A source is being worked on, and has come to this so far.
    Going(&'a SourceRow, &'a LookCounts),
    /// A source is done.
    Done(SourceId, &'a SourceReport),
}

/// How one source went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceReport {
    /// Its name.
    pub name: String,
    /// What the look brought.
    pub looked: Looked,
    /// How it is now.
    pub health: SourceHealth,
}

/// How a run went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Harvested {
    /// Each source that was looked at, by name.
    pub sources: Vec<SourceReport>,
    /// Names of those that another run is at.
    pub busy: Vec<String>,
    /// Names of those whose server asks to be left alone, and until when.
    pub resting: Vec<(String, i64)>,
}

/// Works through sources, several at the same time.
///
/// # Errors
/// What the database or the store of originals says. What is wrong with a source alone is in its report.
pub async fn run<D: Door, R: Reader>(harvester: &Harvester<D, R>, asked: Asked<'_>) -> Result<Harvested, JobError> {
    let Asked { sources, since, halt, tell } = asked;
    let mut harvested = Harvested::default();
    let now = harvester.now();
    let mut ready = Vec::new();
    for row in sources {
        match row.health.not_before_at.filter(|at| *at > now) {
            Some(until) => harvested.resting.push((row.source.name, until)),
            None => ready.push(row),
        }
    }
    let one = |row: SourceRow| {
        let halt = halt.clone();
        async move {
            if *halt.borrow() {
                return Ok::<_, JobError>(One::Left);
            }
            let mut turns = harvester.store.claim_sources(WhichSources::These(&[row.id]), harvester.lease(), 1, harvester.now()).await?;
            let Some(claimed) = turns.pop() else { return Ok(One::Busy(row.source.name)) };
            let (claimed_row, began_at) = (claimed.row.clone(), harvester.now());
            let ask = Ask { since, records: None, halt, tell };
            let report = match turn(harvester, claimed, ask).await {
                Ok(report) => report,
                Err(error) => failed(harvester, claimed_row, began_at, error).await?,
            };
            tell(Step::Done(row.id, &report));
            Ok(One::Done(Box::new(report)))
        }
    };
    let mut running = stream::iter(ready).map(one).buffer_unordered(harvester.at_once.max(1));
    while let Some(ended) = running.next().await {
        match ended {
            Ok(One::Done(report)) => harvested.sources.push(*report),
            Ok(One::Busy(name)) => harvested.busy.push(name),
            Ok(One::Left) => {}
            Err(error) => return Err(error),
        }
    }
    harvested.sources.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(harvested)
}

/// What went wrong with one source is said of it, and stops no other, unless the database is away.
async fn failed<D, R>(harvester: &Harvester<D, R>, row: SourceRow, began_at: i64, error: JobError) -> Result<SourceReport, JobError> {
    let now = harvester.now();
    if harvester.store.give_back_source(row.id, harvester.node.run(), now.saturating_add(FIRST_WAIT_MS)).await.is_err() {
        return Err(error);
    }
    tracing::error!(source = row.source.name, error = &error as &dyn std::error::Error, "a source cannot be looked at for now");
    let looked = Looked { began_at, ended_at: now, counts: LookCounts::default(), error: sentence(&error), problems: Vec::new() };
    Ok(SourceReport { name: row.source.name, looked, health: row.health })
}

/// What became of one source.
enum One {
    Done(Box<SourceReport>),
    Busy(String),
    Left,
}
