//! `pulse add`: a publication that a person found.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use pulse_jobs::harvest::{self, Brought};
use tokio::sync::watch;

use super::Call;
use crate::fault::Refusal;

/// Add a publication by hand
///
/// An address is fetched, with the files that its page names; a file is taken as it is. What is known already stays as it is.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse add https://quay.example/reports/waiting\n  pulse add waiting.pdf")]
pub(crate) struct Add {
    /// The address of a page or a file, or a file on this machine
    #[arg(value_name = "URL|FILE")]
    what: String,
}

pub(crate) async fn run(args: Add, call: &mut Call) -> anyhow::Result<ExitCode> {
    let brought = brought(&args.what)?;
    let store = call.folder.open().await?;
    let harvester = call.folder.harvester(&store, call.now).await?;
    let (_halt, halted) = watch::channel(false);
    let added = harvest::add(&harvester, brought, halted).await?;
    for problem in &added.report.looked.problems {
        writeln!(call.out, "  {problem}")?;
    }
    let stored = match added.publication {
        Some(id) => store.publication(id).await?,
        None => None,
    };
    let Some(stored) = stored else {
        return Err(Refusal::new(format!("{} could not be added", args.what), "Name the page or the file of the publication itself, not a home page.").into());
    };
    let what = if added.report.looked.counts.new > 0 { "added" } else { "known already" };
    super::publication::tell(&stored, call)?;
    writeln!(call.out, "{what}: pulse publication show {}", stored.row.id)?;
    let is_read = stored.documents.iter().any(|document| document.newest.is_some());
    Ok(if is_read { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn brought(what: &str) -> anyhow::Result<Brought> {
    if what.starts_with("http://") || what.starts_with("https://") {
        let url =
            what.parse().map_err(|_| Refusal::wrong_use(format!("\u{201c}{what}\u{201d} is not an address"), "Copy it from the browser's address bar."))?;
        return Ok(Brought::Address(url));
    }
    let path = Path::new(what);
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_else(|| what.to_owned());
    let bytes = std::fs::read(path).with_context(|| format!("{what} could not be read"))?;
    Ok(Brought::File { name, bytes: bytes.into() })
}
