//! One source's turn: look, keep, fetch, and say how it went.

use std::time::Duration;

use pulse_harvest::{Door, HarvestError, Look, Memory, Window, kind};
use pulse_model::{Channel, ContentHash, Identifier, Record};
use pulse_store::{Keeping, LookCounts, Looked, SourceId, SourceRow, SourceTurn};
use pulse_triage::identity;
use tokio::sync::watch;
use url::Url;

use super::documents::{self, sentence};
use super::plan::{Found, plan};
use super::rhythm::{self, DAY_MS, LEARN_FROM, Rhythm, Went};
use super::run::{SourceReport, Step};
use super::{Harvester, Reader, add, alerts};
use crate::error::JobError;

/// How often a lease is put off while a source is waited for.
const RENEW_EVERY: Duration = Duration::from_secs(120);
/// A first look asks for what came out in the last month.
const FIRST_WINDOW_MS: i64 = 31 * DAY_MS;
/// Later ones ask from so long before the last: publications come out with a date of some days ago.
const OVERLAP_MS: i64 = 7 * DAY_MS;
/// Records of one transaction.
const BATCH: usize = 100;
/// How often a batch is planned again because other nodes change the same publications.
const MOST_PLANS: u32 = 10;
/// Problems that are told of one source.
const MAX_PROBLEMS: usize = 100;

/// What is asked of a turn.
pub(super) struct Ask<'a> {
    /// From when on; as the source's last look says if not given.
    pub(super) since: Option<i64>,
    /// Records that somebody brings, in place of a look.
    pub(super) records: Option<Vec<Record>>,
    /// Turns `true` when what is under way is to end.
    pub(super) halt: watch::Receiver<bool>,
    /// Told how far it is.
    pub(super) tell: &'a (dyn Fn(Step<'_>) + Sync),
}

/// What a turn has come to so far.
#[derive(Default)]
pub(super) struct Tally {
    counts: LookCounts,
    problems: Vec<String>,
}

impl Tally {
    pub(super) fn problem(&mut self, text: String) {
        self.counts.problems += 1;
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(text);
        }
    }
}

/// Does it all. An error is the database's or the originals'; what is wrong with the source is in the report.
pub(super) async fn turn<D: Door, R: Reader>(harvester: &Harvester<D, R>, turn: SourceTurn, ask: Ask<'_>) -> Result<SourceReport, JobError> {
    let began_at = harvester.now();
    let row = turn.row;
    let mut tally = Tally::default();
    (ask.tell)(Step::Going(&row, &tally.counts));
    let before = memory(&turn.memory);
    let looked = match (ask.records, &row.source.channel) {
        (Some(records), _) => Ok(Look { records, memory: before.clone(), ..Look::default() }),
        (None, Channel::Mailbox { at }) => {
            let (went, error) = alerts::read(harvester, &row, at, &before, &ask.halt, &mut tally).await?;
            return end(harvester, row, began_at, (went, error), tally).await;
        }
        (None, _) => {
            let since = ask.since.unwrap_or_else(|| row.health.succeeded_at.map_or(began_at - FIRST_WINDOW_MS, |at| at - OVERLAP_MS));
            look(harvester, &row, &before, Window { now: began_at, since }).await
        }
    };
    let (went, error) = match looked {
        Ok(look) => {
            let old_before = row.health.succeeded_at.is_none().then(|| ask.since.unwrap_or(began_at - FIRST_WINDOW_MS));
            let old_before = old_before.filter(|_| row.source.channel != Channel::Manual);
            keep(harvester, &row, look, &before, old_before, &mut tally).await?;
            (Went::Well, String::new())
        }
        Err(error) => (went(&error), sentence(&error)),
    };
    (ask.tell)(Step::Going(&row, &tally.counts));
    fetch(harvester, &row, &ask.halt, ask.tell, &mut tally).await?;
    end(harvester, row, began_at, (went, error), tally).await
}

/// Fetches the documents of what is due.
pub(super) async fn fetch<D: Door, R: Reader>(
    harvester: &Harvester<D, R>,
    row: &SourceRow,
    halt: &watch::Receiver<bool>,
    tell: &(dyn Fn(Step<'_>) + Sync),
    tally: &mut Tally,
) -> Result<(), JobError> {
    while !*halt.borrow() {
        let checks = harvester.store.claim_checks(Some(row.id), harvester.lease(), 1, harvester.now()).await?;
        let Some(check) = checks.first() else { break };
        let checked = documents::check(harvester, row.id, check).await?;
        tally.counts.documents += checked.read_count;
        tally.counts.updated += u64::from(checked.is_changed);
        checked.problems.into_iter().for_each(|problem| tally.problem(problem));
        tell(Step::Going(row, &tally.counts));
        // The source is another node's by now.
        if !harvester.store.renew_source(row.id, harvester.lease()).await? {
            break;
        }
    }
    Ok(())
}

fn memory(json: &str) -> Memory {
    // What an older version remembered may be forgotten: the next look is then a first one, and finds nothing new.
    serde_json::from_str(json).unwrap_or_default()
}

fn went(error: &HarvestError) -> Went {
    match error {
        HarvestError::Fetch(fetch) if error.is_passing() => Went::Passing { retry_after_s: fetch.retry_after_s() },
        _ if error.is_passing() => Went::Passing { retry_after_s: None },
        _ => Went::Broken,
    }
}

/// Looks at a source, and keeps its lease meanwhile.
async fn look<D: Door, R>(harvester: &Harvester<D, R>, row: &SourceRow, memory: &Memory, window: Window) -> Result<Look, HarvestError> {
    // A host that gave nothing the last time, in whatever run, is not waited for as if it were a surprise.
    if row.health.failure_count > 0
        && let Ok(url) = row.source.channel.address().parse()
    {
        harvester.door.doubt(&url);
    }
    let looking = async {
        match &row.source.channel {
            Channel::Manual => Ok(Look { memory: memory.clone(), is_unchanged: true, ..Look::default() }),
            channel => kind::look(channel, &harvester.door, memory, window).await,
        }
    };
    let mut looking = std::pin::pin!(looking);
    loop {
        tokio::select! {
            look = &mut looking => return look,
            () = tokio::time::sleep(RENEW_EVERY) => {
                // Whether the source is still ours is asked where something is kept.
                if let Err(error) = harvester.store.renew_source(row.id, harvester.lease()).await {
                    tracing::warn!(source = %row.id, error = &error as &dyn std::error::Error, "the lease of a source was not put off");
                }
            }
        }
    }
}

/// Keeps what a look brought, and with the last of it what it is remembered by. `false`: not all of it was kept.
pub(super) async fn keep<D, R>(
    harvester: &Harvester<D, R>,
    row: &SourceRow,
    mut look: Look,
    before: &Memory,
    old_before: Option<i64>,
    tally: &mut Tally,
) -> Result<bool, JobError> {
    look.problems.iter().for_each(|problem| tally.problem(problem.to_string()));
    if let (Some(publisher), Ok(at)) = (&row.source.publisher, row.source.channel.address().parse::<Url>()) {
        // A channel of one publisher need not say each time whose it is; what it tells of on other hosts is somebody else's.
        let is_own = |record: &&mut Record| record.publishers.is_empty() && record.link().is_none_or(|link| link.host() == at.host());
        look.records.iter_mut().filter(is_own).for_each(|record| record.publishers.push(publisher.clone()));
    }
    let memory = serde_json::to_string(&look.memory).unwrap_or_default();
    let identifiers: Vec<Vec<Identifier>> = match row.source.channel {
        Channel::Manual | Channel::Mailbox { .. } => look.records.iter().map(add::identifiers).collect(),
        _ => identity::of_look(&look.records),
    };
    let mut found = Vec::new();
    for (records, identifiers) in look.records.chunks(BATCH).zip(identifiers.chunks(BATCH)) {
        let keys: Vec<&str> = records.iter().map(|record| record.key.as_str()).collect();
        let known = harvester.store.known_records(row.id, &keys).await?;
        for (record, identifiers) in records.iter().zip(identifiers) {
            let hash = hash(record);
            if known.get(&record.key).is_some_and(|known| known.iter().any(|known| known.hash == hash)) {
                tally.counts.unchanged += 1;
            } else if identifiers.is_empty() {
                tally.problem(format!(
                    "\u{201c}{}\u{201d} leads to nothing by which it could be known",
                    if record.title.is_empty() { &record.key } else { &record.title }
                ));
            } else {
                found.push(Found { record, hash, identifiers });
            }
        }
    }
    let batches: Vec<&[Found<'_>]> = found.chunks(BATCH).collect();
    for (number, batch) in (1..).zip(&batches) {
        if !keep_batch(harvester, row.id, batch, (number == batches.len()).then_some(memory.as_str()), old_before, tally).await? {
            return Ok(false);
        }
    }
    if batches.is_empty() && look.memory != *before {
        harvester.store.keep_records(row.id, harvester.lease(), (&[], &[]), Some(&memory), harvester.now()).await?;
    }
    if let Some(url) = look.moved_to {
        let mut source = row.source.clone();
        if let Channel::Feed { url: at } | Channel::Govuk { url: at } | Channel::Listing { url: at, .. } | Channel::Sitemap { url: at, .. } =
            &mut source.channel
        {
            tracing::info!(source = %row.id, "the source has moved for good");
            *at = url;
            harvester.store.change_source(row.id, &source).await?;
        }
    }
    Ok(true)
}

/// `false`: the source is another node's by now, or others change the same publications again and again.
async fn keep_batch<D, R>(
    harvester: &Harvester<D, R>,
    source: SourceId,
    batch: &[Found<'_>],
    memory: Option<&str>,
    old_before: Option<i64>,
    tally: &mut Tally,
) -> Result<bool, JobError> {
    let identifiers: Vec<_> = batch.iter().flat_map(|found| found.identifiers).cloned().collect();
    for _ in 0..MOST_PLANS {
        let known = harvester.store.known_publications(&identifiers).await?;
        let plan = plan(source, batch, &known, old_before);
        match harvester.store.keep_records(source, harvester.lease(), (&plan.works, &plan.records), memory, harvester.now()).await? {
            Keeping::Kept(_) => {
                tally.counts.new += plan.new;
                tally.counts.updated += plan.updated;
                tally.counts.unchanged += plan.unchanged;
                return Ok(true);
            }
            Keeping::Overtaken => {}
            Keeping::NotOurs => return Ok(false),
        }
    }
    tally.problem("other nodes changed the same publications again and again; they are kept with the next look".to_owned());
    Ok(false)
}

/// The hash of all that a record says.
fn hash(record: &Record) -> ContentHash {
    ContentHash::of(&serde_json::to_vec(record).unwrap_or_default())
}

async fn end<D, R>(harvester: &Harvester<D, R>, row: SourceRow, began_at: i64, (went, error): (Went, String), tally: Tally) -> Result<SourceReport, JobError> {
    let now = harvester.now();
    let times = harvester.store.publication_times(row.id, LEARN_FROM).await?;
    let rhythm = Rhythm::of(&times, now).filter(|_| row.source.channel != Channel::Manual);
    let spread = u64::from(row.id.0.as_bytes().iter().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(*byte))));
    let health = rhythm::health(&row.health, went, &error, rhythm, spread, now);
    let looked = Looked { began_at, ended_at: now, counts: tally.counts, error, problems: tally.problems };
    harvester.store.end_look(row.id, harvester.node.run(), &looked, &health).await?;
    Ok(SourceReport { name: row.source.name, looked, health })
}
