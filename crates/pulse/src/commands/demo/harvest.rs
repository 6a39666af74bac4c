//! The first leg of the demo: publications come in from a small web of publishers who do not exist, and once more a few days later.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use pulse_jobs::harvest::{self, Asked, Guard, Harvested, Harvester, Web, WebSettings};
use pulse_jobs::sources::{self, Wishes};
use pulse_model::publication::Change;
use pulse_model::{Channel, Version};
use pulse_store::{PublicationFilter, PublicationRow, Store};
use pulse_web::SimulatedWeb;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use url::Url;

use super::publishers::{self, Round, SOURCES};
use crate::commands::{Call, serve};
use crate::console::{Align, count, table};
use crate::data_folder::DataFolder;

/// When the demo looks: 18 and 25 May 2026, 08:00 UTC. Its publishers have put out what they have by then, and changed it in between.
const LOOKS_AT: [i64; 2] = [1_779_091_200_000, 1_779_696_000_000];
/// Whatever its age, everything there is comes in.
const SINCE_ALWAYS: i64 = 0;
/// More than the demo has.
const ALL: u32 = 100;

/// Harvests twice, and says what came in.
pub(super) async fn harvest(call: &mut Call, folder: &DataFolder, store: &Store) -> anyhow::Result<()> {
    if !store.sources().await?.is_empty() {
        // Its publishers were at another address then.
        writeln!(call.out, "Publications came in when the demo was run here before: pulse publication list.\n")?;
        return Ok(());
    }
    let listener = serve::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let host = listener.local_addr()?.to_string();
    let web = SimulatedWeb::default();
    let (stop, served) = serve_beside(&web, listener);
    let harvested = both_rounds(call, folder, store, &web, &host).await;
    _ = stop.send(());
    _ = served.await;
    harvested
}

fn serve_beside(web: &SimulatedWeb, listener: TcpListener) -> (oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let (stop, stopped) = oneshot::channel::<()>();
    let until_stopped = async {
        _ = stopped.await;
    };
    (stop, tokio::spawn(web.clone().serve(listener, until_stopped)))
}

async fn both_rounds(call: &mut Call, folder: &DataFolder, store: &Store, web: &SimulatedWeb, host: &str) -> anyhow::Result<()> {
    let time = Arc::new(AtomicI64::new(LOOKS_AT[0]));
    let clock: pulse_jobs::send::Clock = {
        let time = Arc::clone(&time);
        Arc::new(move || time.load(Ordering::Relaxed))
    };
    // The publishers are all on this machine, and do not mind haste.
    let settings = WebSettings { private_hosts: vec![host.to_owned()], gap_ms: 0, api_gap_ms: 0, ..WebSettings::default() };
    let door = Web::new(&settings, clock.clone())?;
    let harvester = Harvester { door, clock, ..folder.harvester(store, LOOKS_AT[0]).await? };

    publishers::publish(web, host, Round::First)?;
    add_sources(&harvester, host).await?;
    let first = run(&harvester).await?;
    writeln!(call.out, "Harvested from {}, found out by their addresses:\n\n{}", count(first.sources.len(), "source", "sources"), counts(&first))?;

    time.store(LOOKS_AT[1], Ordering::Relaxed);
    publishers::publish(web, host, Round::Second)?;
    let second = run(&harvester).await?;
    writeln!(call.out, "A week later:\n\n{}", counts(&second))?;
    let publications = store.publications(PublicationFilter { since: None, source: None }, None, ALL).await?;
    writeln!(call.out, "What came in, each once, the newest first:\n\n{}", list(&publications))?;
    writeln!(call.out, "What was changed in between:\n\n{}", changes(store, &publications).await?)?;
    Ok(())
}

async fn add_sources(harvester: &Harvester<Web, Guard>, host: &str) -> anyhow::Result<()> {
    for (name, path) in SOURCES {
        let url: Url = format!("http://{host}{path}").parse()?;
        let channel = if path.starts_with("/government/") {
            // Only the real site is known by its name.
            Channel::Govuk { url }
        } else {
            let found = sources::discover(&harvester.door, &url, LOOKS_AT[0]).await?;
            let best = found.candidates.into_iter().next();
            best.map(|candidate| candidate.channel).ok_or_else(|| anyhow::anyhow!("nothing was found at {url}"))?
        };
        // A feed says whose each thing is, and may tell of somebody else's; a list of links says nothing.
        let publisher = matches!(channel, Channel::Listing { .. }).then(|| name.to_owned());
        let wishes = Wishes { name: Some(name.to_owned()), publisher, sectors: Vec::new() };
        sources::add(&harvester.store, channel, &wishes, ("", None), LOOKS_AT[0]).await?;
    }
    Ok(())
}

async fn run(harvester: &Harvester<Web, Guard>) -> anyhow::Result<Harvested> {
    let (_go_on, halt) = watch::channel(false);
    let sources = harvester.store.sources().await?;
    Ok(harvest::run(harvester, Asked { sources, since: Some(SINCE_ALWAYS), halt, tell: &|_| {} }).await?)
}

fn counts(harvested: &Harvested) -> String {
    let mut rows = vec![["  source", "new", "updated", "unchanged", "documents", "problems"].map(str::to_owned).to_vec()];
    rows.extend(harvested.sources.iter().map(|source| {
        let of = &source.looked.counts;
        let numbers = [of.new, of.updated, of.unchanged, of.documents, of.problems];
        std::iter::once(format!("  {}", source.name)).chain(numbers.iter().map(u64::to_string)).collect()
    }));
    table(&[Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right], &rows)
}

fn list(publications: &[PublicationRow]) -> String {
    let cells = |row: &PublicationRow| {
        let documents = count(usize::try_from(row.document_count).unwrap_or(usize::MAX), "document", "documents");
        vec![format!("  {}", crate::commands::day(row.sorted_at)), documents, row.facts.title.clone()]
    };
    table(&[Align::Left, Align::Right, Align::Left], &publications.iter().map(cells).collect::<Vec<_>>())
}

async fn changes(store: &Store, publications: &[PublicationRow]) -> anyhow::Result<String> {
    let mut rows = Vec::new();
    for row in publications.iter().filter(|row| row.version_number > 1) {
        let Some(stored) = store.publication(row.id).await? else { continue };
        rows.push(vec![format!("  {}", row.facts.title)]);
        rows.extend(stored.versions.iter().skip(1).flat_map(lines).map(|line| vec![format!("    {line}")]));
    }
    Ok(table(&[Align::Left], &rows))
}

/// What a version says that a person did not know: the publisher's words, and the words that are other ones.
fn lines(version: &Version) -> Vec<String> {
    let mut lines = Vec::new();
    for change in &version.changes {
        match change {
            Change::Note { text } => lines.push(format!("its publisher says: {text}")),
            Change::Text { added, removed, .. } => {
                lines.extend(removed.iter().map(|line| format!("- {line}")));
                lines.extend(added.iter().map(|line| format!("+ {line}")));
            }
            Change::DocumentAdded { document } => lines.push(format!("with {document}")),
            Change::DocumentRemoved { document } => lines.push(format!("without {document}")),
            Change::Title { to, .. } => lines.push(format!("now called {to}")),
            Change::Withdrawn { now: true } => lines.push("withdrawn".to_owned()),
            Change::Withdrawn { now: false } | Change::Published { .. } | Change::Updated { .. } => {}
        }
    }
    lines
}
