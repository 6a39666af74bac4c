//! `pulse subscriber list`, `find` and `export`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use pulse_jobs::readers::{ExportFormat, export as export_readers};
use pulse_model::Slug;
use pulse_model::subscriber::State;
use pulse_store::SubscriberRow;

use crate::commands::{Call, name, slug, write_json};
use crate::console::{Align, count, note, progress, table};
use crate::files;

/// How many readers a search shows.
const MAX_FOUND: u32 = 100;

/// Count the readers
///
/// One line for each digest and state: unconfirmed, active, left, bounced, complained.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse subscriber list\n  pulse subscriber list --digest tidemark --json")]
pub(crate) struct List {
    /// Only those of this digest
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    digest: Option<Slug>,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Find readers
///
/// Those with a text in their address or name, of every digest; the first hundred.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse subscriber find okafor\n  pulse subscriber find @quay.example --json")]
pub(crate) struct Find {
    /// A part of the address or the name
    #[arg(value_parser = name)]
    text: String,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Write out the readers of a digest
///
/// As CSV, a cell that a spreadsheet would calculate begins with an apostrophe, which an import takes off again. As JSON,
/// everything is as it is. The file is readable by you alone, because it holds personal data.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:
  pulse subscriber export --out readers.csv --by \"Ada Okafor\"
  pulse subscriber export --digest tidemark --format json --state active --by \"Ada Okafor\" > readers.json")]
pub(crate) struct Export {
    /// Which digest; may be left out when there is just one
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    digest: Option<Slug>,
    /// How
    #[arg(long, value_name = "FORMAT", value_parser = ["csv", "json"], default_value = "csv")]
    format: String,
    /// Only those in this state
    #[arg(long, value_name = "STATE", value_parser = state_values())]
    state: Option<String>,
    /// The file; without it, the standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Who exports them; goes into the audit log
    #[arg(long, value_name = "NAME", value_parser = name)]
    by: String,
}

pub(super) async fn list(args: &List, call: &mut Call) -> anyhow::Result<ExitCode> {
    let store = call.folder.open().await?;
    let digests = match &args.digest {
        Some(slug) => vec![pulse_jobs::digest(&store, slug).await?],
        None => store.digests().await?,
    };
    let mut counts = Vec::new();
    for digest in digests {
        let states = store.count_readers(&digest.slug).await?;
        counts.push((digest.slug, states));
    }
    if args.json {
        let object = |(digest, states): &(Slug, Vec<(State, u64)>)| {
            let of = |state: State| states.iter().find(|(one, _)| *one == state).map_or(0, |(_, count)| *count);
            let states: serde_json::Map<_, _> = State::ALL.iter().map(|state| (state.to_string(), of(*state).into())).collect();
            serde_json::json!({ "digest": digest, "readers": states })
        };
        write_json(&mut call.out, &counts.iter().map(object).collect::<Vec<_>>())?;
        return Ok(ExitCode::SUCCESS);
    }
    if counts.iter().all(|(_, states)| states.is_empty()) {
        writeln!(call.out, "There is no reader yet. Read a list in with pulse subscriber import FILE.")?;
    }
    let line = |digest: &Slug, (state, count): &(State, u64)| vec![digest.to_string(), state.to_string(), count.to_string()];
    let rows: Vec<_> = counts.iter().flat_map(|(digest, states)| states.iter().map(move |count| line(digest, count))).collect();
    write!(call.out, "{}", table(&[Align::Left, Align::Left, Align::Right], &rows))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn find(args: &Find, call: &mut Call) -> anyhow::Result<ExitCode> {
    let store = call.folder.open().await?;
    let found = store.search_subscribers(&args.text, None, MAX_FOUND).await?;
    if args.json {
        let object = |row: &SubscriberRow| {
            let states: serde_json::Map<_, _> = row.states.iter().map(|(digest, state)| (digest.to_string(), state.as_str().into())).collect();
            serde_json::json!({ "address": row.subscriber.address, "name": row.subscriber.name, "states": states })
        };
        write_json(&mut call.out, &found.iter().map(object).collect::<Vec<_>>())?;
        return Ok(ExitCode::SUCCESS);
    }
    if found.is_empty() {
        writeln!(call.out, "No reader has this in address or name.")?;
    }
    let states = |row: &SubscriberRow| row.states.iter().map(|(digest, state)| format!("{digest}: {state}")).collect::<Vec<_>>().join(", ");
    let rows: Vec<_> = found.iter().map(|row| vec![row.subscriber.address.to_string(), row.subscriber.name.clone(), states(row)]).collect();
    write!(call.out, "{}", table(&[Align::Left; 3], &rows))?;
    if found.len() == MAX_FOUND as usize {
        note("These are the first hundred; write more of the address or name to see others.");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn export(args: &Export, call: &mut Call) -> anyhow::Result<ExitCode> {
    let store = call.folder.open().await?;
    let digest = pulse_jobs::digest_or_only(&store, args.digest.as_ref()).await?;
    let format = if args.format == "json" { ExportFormat::Json } else { ExportFormat::Csv };
    let state = args.state.as_deref().and_then(State::from_name);
    let bar = progress(0, "exporting");
    let mut tell = |written: u64, total: u64| {
        bar.set_length(total);
        bar.set_position(written);
    };
    let written = match &args.out {
        Some(path) => {
            let mut file = files::Draft::begin(path)?;
            let written = export_readers(&store, &digest.slug, (format, state), &args.by, call.now, &mut file, &mut tell).await?;
            file.finish()?;
            writeln!(call.out, "{} of {} in {}", count(usize::try_from(written).unwrap_or(usize::MAX), "reader", "readers"), digest.slug, path.display())?;
            written
        }
        None => export_readers(&store, &digest.slug, (format, state), &args.by, call.now, &mut call.out, &mut tell).await?,
    };
    bar.finish_and_clear();
    if written == 0 {
        note("There is no such reader.");
    }
    Ok(ExitCode::SUCCESS)
}

fn state_values() -> Vec<&'static str> {
    State::ALL.iter().map(|state| state.as_str()).collect()
}
