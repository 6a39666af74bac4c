//! `pulse source import`, `export` and `catalogue`: lists of sources.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use pulse_jobs::sources;

use crate::commands::Call;
use crate::console::{Align, count, note, table};
use crate::files;

/// Add the feeds of an OPML file
///
/// As other feed readers export it. Folders become sectors; what is watched already is left as it is.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse source import feeds.opml")]
pub(crate) struct Import {
    /// The file
    file: PathBuf,
}

/// Write the feeds as OPML
///
/// For another feed reader. Sources of other kinds are named, because OPML has no words for them.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse source export > feeds.opml\n  pulse source export --out feeds.opml")]
pub(crate) struct Export {
    /// The file; without it, the standard output
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// List publishers to start from
///
/// Names and pages of publishers that teams of the field follow. None counts as right until a first look at it: pulse source add NAME
/// --from-catalogue takes one.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse source catalogue --sector \"Criminal justice\"\n  pulse source add \"Ministry of Justice\" --from-catalogue")]
pub(crate) struct Catalogue {
    /// Only those of this sector
    #[arg(long, value_name = "NAME")]
    sector: Option<String>,
}

pub(super) fn catalogue(args: &Catalogue, call: &mut Call) -> anyhow::Result<()> {
    let entries = sources::catalogue(args.sector.as_deref())?;
    if entries.is_empty() {
        writeln!(call.out, "The catalogue has nothing for that sector.")?;
    }
    let rows: Vec<Vec<String>> =
        entries.into_iter().map(|entry| vec![entry.publisher, entry.govuk.unwrap_or(entry.home).to_string(), entry.sectors.join(", ")]).collect();
    write!(call.out, "{}", table(&[Align::Left, Align::Left, Align::Left], &rows))?;
    Ok(())
}

pub(super) async fn import(args: &Import, call: &mut Call) -> anyhow::Result<()> {
    let name = args.file.display().to_string();
    let bytes = std::fs::read(&args.file).with_context(|| format!("{name} could not be read"))?;
    let store = call.folder.open().await?;
    let imported = sources::import(&store, &name, &bytes, call.now).await?;
    for problem in &imported.problems {
        writeln!(call.out, "  {problem}")?;
    }
    writeln!(call.out, "{name}: {} added, {} watched already", count(imported.added.len(), "source", "sources"), imported.known.len())?;
    Ok(())
}

pub(super) async fn export(args: &Export, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let (text, others) = sources::export(&store).await?;
    match &args.out {
        Some(path) => files::write(path, text.as_bytes())?,
        None => write!(call.out, "{text}")?,
    }
    if !others.is_empty() {
        note(&format!("left out, because they are no feeds: {}", others.join(", ")));
    }
    Ok(())
}
