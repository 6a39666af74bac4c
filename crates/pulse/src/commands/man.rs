//! `pulse man`: the manual pages.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, CommandFactory as _};

use super::Call;
use crate::arguments::Arguments;
use crate::files;

/// Print or write the manual pages
///
/// Without --out, prints the page of pulse itself; with it, writes one page for each command.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse man | man -l -\n  pulse man --out ~/.local/share/man/man1")]
pub(crate) struct Man {
    /// The folder for the pages; it is made where it is missing
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Man, call: &mut Call) -> anyhow::Result<ExitCode> {
    let command = Arguments::command();
    match &args.out {
        None => clap_mangen::Man::new(command).render(&mut call.out)?,
        Some(folder) => {
            files::make_folder(folder)?;
            clap_mangen::generate_to(command, folder).with_context(|| format!("the pages could not be written to {}", folder.display()))?;
            writeln!(call.out, "Wrote the manual pages to {}", folder.display())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
