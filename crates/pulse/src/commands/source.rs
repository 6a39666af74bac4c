//! `pulse source`: the channels of publishers that are watched.

mod add;
mod list;
mod lists;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use pulse_jobs::JobError;
use pulse_store::{SourceRow, Store};

use super::Call;

/// Watch the channels of publishers
#[derive(Debug, Subcommand)]
pub(crate) enum SourceCommand {
    Add(add::Add),
    Try(add::Try),
    List(list::List),
    Show(list::Show),
    Check(list::Check),
    Pause(Pause),
    Resume(Resume),
    Remove(Remove),
    Import(lists::Import),
    Export(lists::Export),
    Catalogue(lists::Catalogue),
}

/// Pass over a source
///
/// The schedule and pulse harvest leave it out until it is resumed; what it brought stays.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse source pause \"Quay Health Institute\"")]
pub(crate) struct Pause {
    /// Its name
    name: String,
}

/// Watch a source again
///
/// The schedule looks at it at once.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse source resume \"Quay Health Institute\"")]
pub(crate) struct Resume {
    /// Its name
    name: String,
}

/// Remove a source
///
/// Its records go with it; the publications it told of, with their documents, stay.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse source remove \"Quay Health Institute\"")]
pub(crate) struct Remove {
    /// Its name
    name: String,
}

pub(crate) async fn run(command: SourceCommand, call: &mut Call) -> anyhow::Result<ExitCode> {
    match command {
        SourceCommand::Add(args) => add::add(args, call).await?,
        SourceCommand::Try(args) => return add::try_it(args, call).await,
        SourceCommand::List(args) => list::list(&args, call).await?,
        SourceCommand::Show(args) => list::show(&args, call).await?,
        SourceCommand::Check(args) => return list::check(&args, call).await,
        SourceCommand::Pause(Pause { name }) => pause(&name, true, call).await?,
        SourceCommand::Resume(Resume { name }) => pause(&name, false, call).await?,
        SourceCommand::Remove(Remove { name }) => {
            let store = call.folder.open().await?;
            let row = named(&store, &name).await?;
            store.remove_source(row.id).await?;
            writeln!(call.out, "{} is removed; what it brought stays", row.source.name)?;
        }
        SourceCommand::Import(args) => lists::import(&args, call).await?,
        SourceCommand::Export(args) => lists::export(&args, call).await?,
        SourceCommand::Catalogue(args) => lists::catalogue(&args, call)?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn pause(name: &str, is_paused: bool, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let row = named(&store, name).await?;
    store.pause_source(row.id, is_paused, call.now).await?;
    writeln!(call.out, "{} is {}", row.source.name, if is_paused { "paused" } else { "watched again" })?;
    Ok(())
}

async fn named(store: &Store, name: &str) -> anyhow::Result<SourceRow> {
    Ok(store.source(name).await?.ok_or_else(|| JobError::NoSuchSource { name: name.to_owned() })?)
}
