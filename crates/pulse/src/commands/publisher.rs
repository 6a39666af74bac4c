//! `pulse publisher`: the register of publishers.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use pulse_model::publisher::FormerName;
use pulse_model::{Href, Publisher};
use pulse_store::PublisherRow;

use super::{Call, write_json};
use crate::console::{Align, count, table};

/// List, add and merge publishers
#[derive(Debug, Subcommand)]
pub(crate) enum PublisherCommand {
    List(List),
    Add(Add),
    Merge(Merge),
}

/// List the publishers
///
/// One line for each publisher: its name, how many entries name it, its short forms and the names it had.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse publisher list\n  pulse publisher list harbour")]
pub(crate) struct List {
    /// Only those with this in one of their names
    search: Option<String>,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Add a publisher
///
/// Entries that print any of its names are then known to be its own.
#[derive(Args, Debug)]
#[command(
    after_long_help = "Example:\n  pulse publisher add \"Harbour Trust\" --abbreviation HT --former \"Harbour Endowment\" --homepage https://harbour.example"
)]
pub(crate) struct Add {
    /// The name to print
    #[arg(value_parser = super::name)]
    name: String,
    /// A short form; can be given several times
    #[arg(long, value_name = "SHORT", value_parser = super::name)]
    abbreviation: Vec<String>,
    /// A name it had; can be given several times
    #[arg(long, value_name = "NAME", value_parser = super::name)]
    former: Vec<String>,
    /// Where it publishes
    #[arg(long, value_name = "URL", value_parser = |text: &str| Href::parse(text))]
    homepage: Option<Href>,
}

/// Merge two publishers that are one
///
/// The first becomes part of the second: its names are kept as names the second had. Editions keep what they printed.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse publisher merge \"Harbour Fund\" \"Harbour Trust\"")]
pub(crate) struct Merge {
    /// The publisher that goes, by any of its names
    from: String,
    /// The publisher that stays, by any of its names
    into: String,
}

pub(crate) async fn run(command: PublisherCommand, call: &mut Call) -> anyhow::Result<ExitCode> {
    match command {
        PublisherCommand::List(args) => list(&args, call).await?,
        PublisherCommand::Add(args) => add(args, call).await?,
        PublisherCommand::Merge(args) => merge(&args, call).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(args: &List, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let publishers = store.publishers(args.search.as_deref()).await?;
    if args.json {
        let rows: Vec<_> = publishers.iter().map(|row| serde_json::json!({ "publisher": row.publisher, "entries": row.entry_count })).collect();
        return write_json(&mut call.out, &rows);
    }
    if publishers.is_empty() {
        let said = match args.search {
            Some(_) => "There is no such publisher.",
            None => "There is no publisher yet. Imports bring them in, and pulse publisher add.",
        };
        writeln!(call.out, "{said}")?;
    }
    let rows: Vec<Vec<String>> = publishers.iter().map(cells).collect();
    write!(call.out, "{}", table(&[Align::Left, Align::Right, Align::Left, Align::Left], &rows))?;
    Ok(())
}

async fn add(args: Add, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let former_names = args.former.into_iter().map(|name| FormerName { name, until: None }).collect();
    let publisher = Publisher { name: args.name, abbreviations: args.abbreviation, former_names, homepage: args.homepage };
    store.add_publisher(&publisher, call.now).await?;
    writeln!(call.out, "{} added", publisher.name)?;
    Ok(())
}

async fn merge(args: &Merge, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let one = store.merge_publishers(&args.from, &args.into, call.now).await?;
    writeln!(call.out, "{} is now part of {}", args.from, one.name)?;
    Ok(())
}

fn cells(row: &PublisherRow) -> Vec<String> {
    let publisher = &row.publisher;
    let former: Vec<&str> = publisher.former_names.iter().map(|former| former.name.as_str()).collect();
    let former = if former.is_empty() { String::new() } else { format!("also {}", former.join(", ")) };
    let entries = count(usize::try_from(row.entry_count).unwrap_or(usize::MAX), "entry", "entries");
    vec![publisher.name.clone(), entries, publisher.abbreviations.join(", "), former]
}
