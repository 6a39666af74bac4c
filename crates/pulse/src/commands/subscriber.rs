//! `pulse subscriber`: the readers of a digest.

mod import;
mod many;
mod one;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use pulse_jobs::post::Keys;
use pulse_jobs::readers::{Ground, moment};
use pulse_model::Slug;
use pulse_model::subscriber::Basis;

use super::Call;

/// Import, export, find and erase readers
#[derive(Debug, Subcommand)]
pub(crate) enum SubscriberCommand {
    List(many::List),
    Find(many::Find),
    Show(one::Show),
    Import(import::Import),
    Export(many::Export),
    Add(one::Add),
    Erase(one::Erase),
    Suppress(one::Suppress),
}

// On what ground readers are written to. (As a doc comment, clap would take this for what the command is about.)
#[derive(Args, Debug)]
struct GroundOptions {
    /// On what ground the readers are written to
    #[arg(long, value_name = "GROUND", value_parser = basis_values())]
    basis: String,
    /// The exact words the readers agreed to; consent needs them
    #[arg(long, value_name = "TEXT", conflicts_with = "wording_file")]
    wording: Option<String>,
    /// A file with the words
    #[arg(long, value_name = "FILE")]
    wording_file: Option<PathBuf>,
    /// When they agreed, where their row does not say so: 2026-03-01, or a date with a time in UTC
    #[arg(long, value_name = "DATE", value_parser = date)]
    consented_at: Option<i64>,
}

impl GroundOptions {
    fn ground(&self) -> anyhow::Result<Ground> {
        let from_file = |path: &PathBuf| std::fs::read_to_string(path).with_context(|| format!("the words in {} could not be read", path.display()));
        let wording = match &self.wording_file {
            Some(path) => Some(from_file(path)?),
            None => self.wording.clone(),
        };
        let basis = Basis::from_name(&self.basis).context("there is no such ground")?;
        Ok(Ground { basis, wording, at: self.consented_at })
    }
}

pub(crate) async fn run(command: SubscriberCommand, call: &mut Call) -> anyhow::Result<ExitCode> {
    match command {
        SubscriberCommand::List(args) => many::list(&args, call).await,
        SubscriberCommand::Find(args) => many::find(&args, call).await,
        SubscriberCommand::Show(args) => one::show(&args, call).await,
        SubscriberCommand::Import(args) => import::run(args, call).await,
        SubscriberCommand::Export(args) => many::export(&args, call).await,
        SubscriberCommand::Add(args) => one::add(args, call).await,
        SubscriberCommand::Erase(args) => one::erase(&args, call).await,
        SubscriberCommand::Suppress(args) => one::suppress(&args, call).await,
    }
}

/// The keys of the installation; made where they are missing.
fn keys(call: &Call) -> anyhow::Result<Keys> {
    Ok(Keys::open(&call.folder.keys(), call.now)?)
}

fn basis_values() -> Vec<&'static str> {
    Basis::ALL.iter().map(|basis| basis.as_str()).collect()
}

fn date(text: &str) -> Result<i64, String> {
    moment(text).ok_or_else(|| "a date is written as 2026-03-01, or with a time in UTC as 2026-03-01T09:30:00Z".to_owned())
}

/// "tidemark", or "every digest".
fn of(digest: Option<&Slug>) -> &str {
    digest.map_or("every digest", Slug::as_str)
}

/// By custom, a hyphen is the standard input or output.
fn is_standard(path: &Path) -> bool {
    path == Path::new("-")
}
