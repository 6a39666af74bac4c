//! What can be written after `pulse`.

use std::path::PathBuf;

use clap::Parser;

use crate::commands::Command;
use crate::config::DatabaseOption;

/// The newsroom for evidence digests
///
/// Pulse takes a digest the whole way: it reads old editions into an archive, keeps every edition from draft to
/// published, and makes the e-mail, the web page, the PDF and the Word document from the same text.
#[derive(Debug, Parser)]
#[command(name = "pulse", version, arg_required_else_help = true, max_term_width = 100, propagate_version = true, after_long_help = EXAMPLE)]
pub(crate) struct Arguments {
    /// The data folder
    ///
    /// Holds pulse.toml, the database and the digests' files. `pulse init` makes it.
    #[arg(long, env = "PULSE_DATA", value_name = "DIR", default_value = "./pulse-data", global = true, hide_env_values = true)]
    pub(crate) data: PathBuf,
    #[command(flatten)]
    pub(crate) database: DatabaseOption,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLE: &str = "Examples:
  pulse demo                         see an edition go the whole way, in a folder of its own
  pulse init                         make a data folder here
  pulse import may-2023.md           read an old edition into it
  pulse edition render 2023-05 --format all --out may
  pulse serve                        show what is published";
