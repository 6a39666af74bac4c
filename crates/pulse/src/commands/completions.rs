//! `pulse completions`: the shell completes what was begun.

use std::process::ExitCode;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::Call;
use crate::arguments::Arguments;

/// Print completions for a shell
///
/// The shell then completes commands and options when Tab is pressed.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:
  pulse completions bash > ~/.local/share/bash-completion/completions/pulse
  pulse completions zsh > ~/.zfunc/_pulse
  pulse completions fish > ~/.config/fish/completions/pulse.fish")]
pub(crate) struct Completions {
    /// Which shell
    shell: Shell,
}

pub(crate) fn run(args: &Completions, call: &mut Call) -> anyhow::Result<ExitCode> {
    // The generator panics where it cannot write, so it writes to memory.
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "pulse", &mut text);
    call.out.write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}
