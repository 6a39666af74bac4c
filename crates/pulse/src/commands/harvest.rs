//! `pulse harvest`: what the sources have put out since the last time.

use std::collections::HashMap;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use clap::Args;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use pulse_jobs::JobError;
use pulse_jobs::harvest::{self, Asked, Harvested, SourceReport, Step};
use pulse_store::{LookCounts, SourceId, SourceRow, Store};
use tokio::sync::watch;

use super::{Call, write_json};
use crate::console::{Align, count, progress, table};

/// Bring in what was published
///
/// Looks at every source that is not paused, or at those that are named, several at the same time; fetches the pages and files of what is
/// new or changed, and keeps them. It may be stopped and started again at any time: nothing is lost, and nothing is there twice. What is
/// wrong with a source is told at the end and keeps no other; the command fails only where every source failed.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse harvest\n  pulse harvest --source \"Quay Health Institute\" --since 2026-05-01")]
pub(crate) struct Harvest {
    /// Only this source; can be given several times
    #[arg(long, value_name = "NAME")]
    source: Vec<String>,
    /// Ask for what came out since then; without it, since the last look, or in the last 31 days
    #[arg(long, value_name = "DATE", value_parser = super::day_start)]
    since: Option<i64>,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: Harvest, call: &mut Call) -> anyhow::Result<ExitCode> {
    let store = call.folder.open().await?;
    let sources = sources(&store, &args.source).await?;
    if sources.is_empty() {
        writeln!(call.out, "There is no source to look at. Add one: pulse source add URL.")?;
        return Ok(ExitCode::SUCCESS);
    }
    let harvester = call.folder.harvester(&store, call.now).await?;
    let (halt, halted) = watch::channel(false);
    let display = Display::new(sources.len());
    let tell = |step: Step<'_>| display.show(step);
    let asked = Asked { sources, since: args.since, halt: halted.clone(), tell: &tell };
    let working = harvest::run(&harvester, asked);
    let harvested = tokio::select! {
        harvested = working => harvested,
        never = wait_for_the_end(halt) => never,
    };
    display.clear();
    let harvested = harvested?;
    if args.json {
        write_json(&mut call.out, &harvested.sources.iter().map(report_json).collect::<Vec<_>>())?;
    } else {
        tell_end(&harvested, call)?;
    }
    if *halted.borrow() {
        writeln!(call.out, "Stopped in between; the next run goes on.")?;
        return Ok(ExitCode::FAILURE);
    }
    let has_failed = !harvested.sources.is_empty() && harvested.sources.iter().all(|source| !source.looked.error.is_empty());
    Ok(if has_failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The named sources, each once, or all that are not paused.
async fn sources(store: &Store, names: &[String]) -> anyhow::Result<Vec<SourceRow>> {
    if names.is_empty() {
        return Ok(store.sources().await?.into_iter().filter(|row| !row.is_paused).collect());
    }
    let mut sources: Vec<SourceRow> = Vec::new();
    for name in names {
        let row = store.source(name).await?.ok_or_else(|| JobError::NoSuchSource { name: name.clone() })?;
        if sources.iter().all(|known| known.id != row.id) {
            sources.push(row);
        }
    }
    Ok(sources)
}

/// Ctrl-C and SIGTERM end what is under way and begin nothing.
async fn wait_for_the_end(halt: watch::Sender<bool>) -> Result<Harvested, JobError> {
    super::serve::asked_to_stop().await;
    _ = halt.send(true);
    std::future::pending().await
}

fn tell_end(harvested: &Harvested, call: &mut Call) -> anyhow::Result<()> {
    let mut rows = vec![["source", "new", "updated", "unchanged", "documents", "problems"].map(str::to_owned).to_vec()];
    let row = |name: &str, counts: &LookCounts| {
        let numbers = [counts.new, counts.updated, counts.unchanged, counts.documents, counts.problems];
        std::iter::once(name.to_owned()).chain(numbers.iter().map(u64::to_string)).collect::<Vec<_>>()
    };
    let mut total = LookCounts::default();
    for source in &harvested.sources {
        let counts = &source.looked.counts;
        rows.push(row(&source.name, counts));
        total.new += counts.new;
        total.updated += counts.updated;
        total.unchanged += counts.unchanged;
        total.documents += counts.documents;
        total.problems += counts.problems;
    }
    if harvested.sources.len() > 1 {
        rows.push(row("all", &total));
    }
    let columns = [Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right];
    write!(call.out, "{}", table(&columns, &rows))?;
    for source in &harvested.sources {
        if !source.looked.error.is_empty() {
            writeln!(call.out, "\n{} gave nothing: {}", source.name, source.looked.error)?;
        }
        if !source.looked.problems.is_empty() {
            writeln!(call.out, "\n{}, {}:", source.name, count(source.looked.problems.len(), "problem", "problems"))?;
            for problem in &source.looked.problems {
                writeln!(call.out, "  {problem}")?;
            }
        }
    }
    for name in &harvested.busy {
        writeln!(call.out, "\n{name} was left out: another run is at it.")?;
    }
    for (name, until) in &harvested.resting {
        writeln!(call.out, "\n{name} was left out: its server asks to be left alone until {}.", super::moment(*until))?;
    }
    Ok(())
}

fn report_json(report: &SourceReport) -> serde_json::Value {
    let looked = &report.looked;
    serde_json::json!({
        "source": report.name,
        "new": looked.counts.new,
        "updated": looked.counts.updated,
        "unchanged": looked.counts.unchanged,
        "documents": looked.counts.documents,
        "problem_count": looked.counts.problems,
        "error": looked.error,
        "problems": looked.problems,
    })
}

/// A line for each source that is worked on, and one for all of them; on a terminal only.
struct Display {
    lines: MultiProgress,
    all: ProgressBar,
    going: Mutex<HashMap<SourceId, ProgressBar>>,
}

impl Display {
    fn new(sources: usize) -> Self {
        let lines = MultiProgress::new();
        let all = lines.add(progress(sources, "harvesting"));
        Self { lines, all, going: Mutex::default() }
    }

    fn show(&self, step: Step<'_>) {
        let mut going = self.going.lock().unwrap_or_else(PoisonError::into_inner);
        match step {
            Step::Going(row, counts) => {
                let line = going.entry(row.id).or_insert_with(|| self.line(&row.source.name));
                line.set_message(format!("{} new, {} updated, {}", counts.new, counts.updated, count(number(counts.documents), "document", "documents")));
            }
            Step::Done(id, _) => {
                if let Some(line) = going.remove(&id) {
                    line.finish_and_clear();
                    self.lines.remove(&line);
                }
                self.all.inc(1);
            }
        }
    }

    fn line(&self, name: &str) -> ProgressBar {
        let line = self.lines.add(ProgressBar::new_spinner().with_prefix(name.to_owned()));
        line.enable_steady_tick(std::time::Duration::from_millis(200));
        match ProgressStyle::with_template("{spinner} {prefix}: {msg}") {
            Ok(style) => line.with_style(style),
            Err(_) => line,
        }
    }

    fn clear(&self) {
        self.all.finish_and_clear();
        _ = self.lines.clear();
    }
}

fn number(of: u64) -> usize {
    usize::try_from(of).unwrap_or(usize::MAX)
}
