//! `pulse read-document`: reads one file in a process of its own, for `pulse harvest`. Nobody else calls it.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

/// Read one file for another run of the program
///
/// Question and answer are the program's own form.
#[derive(Args, Debug)]
pub(crate) struct ReadDocument {}

/// Its name on the command line.
pub(crate) const NAME: &str = "read-document";

pub(crate) fn run(_: &ReadDocument) -> anyhow::Result<ExitCode> {
    pulse_jobs::harvest::answer().context("nobody asked what to read")?;
    Ok(ExitCode::SUCCESS)
}
