//! `pulse source list`, `show` and `check`: how sources go.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use pulse_jobs::harvest::rhythm::{DAY_MS, is_silent};
use pulse_store::{Looked, SourceRow};

use crate::commands::{Call, moment, write_json};
use crate::console::{Align, count, table};

/// List the sources
///
/// One line for each: its kind, how many publications it told of, when it answered last, and what is to be looked after: failures in a row, or a
/// silence that is longer than its rhythm explains.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse source list\n  pulse source list --json")]
pub(crate) struct List {
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Show a source
///
/// Where it is looked for, its rhythm, and its last looks with their problems.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse source show \"Quay Health Institute\"")]
pub(crate) struct Show {
    /// Its name
    name: String,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Name the sources that need a person
///
/// Those that failed three times in a row or more, and those that have been silent for longer than their rhythm explains. Exits with 1 when
/// there are any.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse source check")]
pub(crate) struct Check {
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Failures in a row that a person should know of: fewer are a server's bad day.
const FAILURES_TO_TELL: u32 = 3;
/// Looks that are shown.
const LOOKS: u32 = 10;

pub(super) async fn list(args: &List, call: &mut Call) -> anyhow::Result<()> {
    let rows = call.folder.open().await?.sources().await?;
    let now = call.now;
    if args.json {
        return write_json(&mut call.out, &rows.iter().map(|row| json(row, now)).collect::<Vec<_>>());
    }
    if rows.is_empty() {
        writeln!(call.out, "There is no source yet. Add one: pulse source add URL.")?;
    }
    write!(call.out, "{}", lines(&rows, now))?;
    Ok(())
}

pub(super) async fn check(args: &Check, call: &mut Call) -> anyhow::Result<ExitCode> {
    let now = call.now;
    let mut rows = call.folder.open().await?.sources().await?;
    rows.retain(|row| !row.is_paused && (row.health.failure_count >= FAILURES_TO_TELL || is_silent(&row.health, now)));
    if args.json {
        write_json(&mut call.out, &rows.iter().map(|row| json(row, now)).collect::<Vec<_>>())?;
    } else if rows.is_empty() {
        writeln!(call.out, "Every source answers, and none is silent for longer than its rhythm explains.")?;
    } else {
        write!(call.out, "{}", lines(&rows, now))?;
    }
    Ok(if rows.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn lines(rows: &[SourceRow], now: i64) -> String {
    let cells = |row: &SourceRow| {
        let publications = count(usize::try_from(row.publication_count).unwrap_or(usize::MAX), "publication", "publications");
        vec![row.source.name.clone(), row.source.channel.kind().to_string(), publications, state(row, now)]
    };
    table(&[Align::Left, Align::Left, Align::Right, Align::Left], &rows.iter().map(cells).collect::<Vec<_>>())
}

/// How it goes, in words.
fn state(row: &SourceRow, now: i64) -> String {
    let health = &row.health;
    let mut said = Vec::new();
    if row.is_paused {
        said.push("paused".to_owned());
    }
    if health.failure_count > 0 {
        said.push(format!("{} in a row: {}", count(usize::try_from(health.failure_count).unwrap_or(usize::MAX), "failure", "failures"), health.last_error));
    }
    if is_silent(health, now) {
        said.push("silent for longer than its rhythm explains".to_owned());
    }
    match (said.is_empty(), health.succeeded_at) {
        (true, Some(at)) => format!("answered {}", moment(at)),
        (true, None) => "not looked at yet".to_owned(),
        (false, _) => said.join("; "),
    }
}

pub(super) async fn show(args: &Show, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let row = super::named(&store, &args.name).await?;
    let looks = store.looks(row.id, LOOKS).await?;
    if args.json {
        let mut value = json(&row, call.now);
        value["looks"] = looks.iter().map(look_json).collect();
        return write_json(&mut call.out, &value);
    }
    let source = &row.source;
    writeln!(call.out, "{}: {} {}", source.name, source.channel.kind(), source.channel.address())?;
    let health = &row.health;
    let facts = [
        ("publisher", source.publisher.clone()),
        ("sectors", (!source.sectors.is_empty()).then(|| source.sectors.join(", "))),
        ("publications", Some(row.publication_count.to_string())),
        ("state", Some(state(&row, call.now))),
        ("rhythm", health.rhythm_ms.map(|rhythm| format!("every {}", count(usize::try_from(rhythm / DAY_MS).unwrap_or(0), "day", "days")))),
        ("next look", (!row.is_paused).then(|| moment(health.next_due_at))),
    ];
    let rows: Vec<Vec<String>> = facts.into_iter().filter_map(|(what, value)| Some(vec![format!("  {what}"), value?])).collect();
    write!(call.out, "{}", table(&[Align::Left, Align::Left], &rows))?;
    if !looks.is_empty() {
        writeln!(call.out, "Looks:")?;
    }
    for look in &looks {
        let counts = &look.counts;
        let problems = count(usize::try_from(counts.problems).unwrap_or(usize::MAX), "problem", "problems");
        let brought = format!("{} new, {} updated, {} unchanged, {problems}", counts.new, counts.updated, counts.unchanged);
        writeln!(call.out, "  {}  {}", moment(look.ended_at), if look.error.is_empty() { &brought } else { &look.error })?;
        for problem in &look.problems {
            writeln!(call.out, "    {problem}")?;
        }
    }
    Ok(())
}

fn json(row: &SourceRow, now: i64) -> serde_json::Value {
    let health = &row.health;
    serde_json::json!({
        "id": row.id, "source": row.source, "is_paused": row.is_paused, "publication_count": row.publication_count, "tried_at": health.tried_at,
        "succeeded_at": health.succeeded_at, "failures_in_a_row": health.failure_count, "last_error": health.last_error,
        "rhythm_ms": health.rhythm_ms, "is_silent": is_silent(health, now), "next_due_at": health.next_due_at,
    })
}

fn look_json(look: &Looked) -> serde_json::Value {
    serde_json::json!({
        "began_at": look.began_at, "ended_at": look.ended_at, "new": look.counts.new, "updated": look.counts.updated,
        "unchanged": look.counts.unchanged, "documents": look.counts.documents, "problem_count": look.counts.problems, "error": look.error,
        "problems": look.problems,
    })
}
