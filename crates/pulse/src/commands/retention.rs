//! `pulse retention`: what is kept how long, and clearing it.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use pulse_jobs::retention::{Counts, What, run as sweep};
use pulse_store::Clearing;

use super::{Call, write_json};
use crate::console::{Align, table};

/// Clear what has been kept long enough
///
/// How long is said by the retention part of pulse.toml. pulse serve clears once a day by itself.
#[derive(Debug, Subcommand)]
pub(crate) enum RetentionCommand {
    Show(Show),
    Run(Run),
}

/// Say what is kept how long
///
/// Each period, and how much has outlived it and goes with the next run.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse retention show")]
pub(crate) struct Show {
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Clear it now
///
/// Works in small steps, so that a send under way need not wait; the audit log says what was cleared. The suppression list stays.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse retention run --dry-run\n  pulse retention run --by \"Ada Okafor\"")]
pub(crate) struct Run {
    /// Who has it done
    #[arg(long, value_name = "NAME", value_parser = super::name, default_value = "pulse")]
    by: String,
    /// Only count what would be cleared
    #[arg(long)]
    dry_run: bool,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(command: RetentionCommand, call: &mut Call) -> anyhow::Result<ExitCode> {
    match command {
        RetentionCommand::Show(args) => show(&args, call).await?,
        RetentionCommand::Run(args) => clear(&args, call).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(args: &Show, call: &mut Call) -> anyhow::Result<()> {
    let periods = call.folder.config()?.retention;
    let counts = counted(call, "pulse", Clearing::Count).await?;
    if args.json {
        let rows: Vec<_> = What::ALL.iter().map(|what| line_json(*what, periods.of(*what).1, &counts)).collect();
        return write_json(&mut call.out, &rows);
    }
    let rows: Vec<Vec<String>> = What::ALL
        .iter()
        .map(|what| {
            let (field, days) = periods.of(*what);
            let over = counts.get(what).map_or_else(String::new, |count| format!("{count} to clear"));
            vec![format!("{days} days"), what.to_string(), field.to_owned(), over]
        })
        .collect();
    write!(call.out, "{}", table(&[Align::Right, Align::Left, Align::Left, Align::Right], &rows))?;
    writeln!(call.out, "for ever  the suppression list: hashes, and no addresses")?;
    Ok(())
}

async fn clear(args: &Run, call: &mut Call) -> anyhow::Result<()> {
    let clearing = if args.dry_run { Clearing::Count } else { Clearing::Clear };
    let counts = counted(call, &args.by, clearing).await?;
    if args.json {
        return write_json(&mut call.out, &counts);
    }
    let done = if args.dry_run { "would be cleared" } else { "cleared" };
    for (what, count) in &counts {
        writeln!(call.out, "{count} {what} {done}")?;
    }
    if counts.is_empty() {
        writeln!(call.out, "Nothing has been kept too long.")?;
    }
    Ok(())
}

async fn counted(call: &Call, who: &str, clearing: Clearing) -> anyhow::Result<Counts> {
    let periods = call.folder.config()?.retention;
    let store = call.folder.open().await?;
    let post = call.folder.post(call.now)?;
    Ok(sweep(&store, &post.keys, &periods, who, clearing, call.now).await?)
}

fn line_json(what: What, days: u32, counts: &Counts) -> serde_json::Value {
    serde_json::json!({ "what": what, "days": days, "to_clear": counts.get(&what).copied().unwrap_or_default() })
}
