//! `pulse`, the command line: reads the clock and the arguments, runs one command, says how it went.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong use. A reader of the output who leaves early (`| head`) is no failure.
//! Not here: any rule of the field; commands ask [`pulse_jobs`].

mod arguments;
mod commands;
mod config;
mod console;
mod data_folder;
mod fault;
mod files;
#[cfg(test)]
mod reference;

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use crate::arguments::Arguments;
use crate::commands::Call;
use crate::data_folder::DataFolder;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    keep_log();
    match run(arguments) {
        Ok(code) => code,
        Err(error) if fault::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            fault::print(&error);
            if fault::is_wrong_use(&error) { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// Unix milliseconds.
#[expect(clippy::disallowed_methods, reason = "this is the one place where the clock is read")]
pub(crate) fn clock() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let now = clock();
    let folder = DataFolder::new(arguments.data, arguments.database.database);
    let mut call = Call { now, folder, out: Box::new(io::BufWriter::new(io::stdout())) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let done = commands::run(arguments.command, &mut call).await;
        call.folder.close().await;
        done
    })
}

/// Quiet unless `PULSE_LOG` asks for more, for example `PULSE_LOG=info`.
fn keep_log() {
    let filter = EnvFilter::try_from_env("PULSE_LOG").unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
}
