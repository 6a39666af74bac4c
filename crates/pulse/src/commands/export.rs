//! `pulse export`: what Pulse keeps, in open formats.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use pulse_jobs::warc::{self, Packing};

use super::Call;
use crate::console::count;
use crate::files::Draft;

/// Write what is kept in open formats
#[derive(Debug, Subcommand)]
pub(crate) enum ExportCommand {
    Warc(Warc),
}

/// Write the fetched pages and files as WARC
///
/// An archive file of the web (WARC 1.1, ISO 28500), with a record for each version of each document: where it was, when it was fetched,
/// and its bytes. A name that ends in .gz makes it compressed, record by record.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse export warc --out pulse.warc.gz\n  pulse export warc --since 2026-05-01 --out may.warc")]
pub(crate) struct Warc {
    /// The file
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// Only what was fetched since then
    #[arg(long, value_name = "DATE", value_parser = super::day_start)]
    since: Option<i64>,
}

pub(crate) async fn run(command: ExportCommand, call: &mut Call) -> anyhow::Result<ExitCode> {
    let ExportCommand::Warc(args) = command;
    let store = call.folder.open().await?;
    let originals = call.folder.originals()?;
    let packing = if args.out.extension().is_some_and(|ending| ending == "gz") { Packing::Gzip } else { Packing::Plain };
    let mut draft = Draft::begin(&args.out)?;
    let software = concat!("Pulse/", env!("CARGO_PKG_VERSION"));
    let written = warc::write(&store, &originals, args.since.unwrap_or(i64::MIN), software, packing, &mut draft).await?;
    draft.finish()?;
    writeln!(call.out, "Wrote {} to {}", count(usize::try_from(written).unwrap_or(usize::MAX), "file", "files"), args.out.display())?;
    Ok(ExitCode::SUCCESS)
}
