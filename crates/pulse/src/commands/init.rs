//! `pulse init`: the data folder and what it starts with.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;

use super::Call;
use crate::data_folder::ProfileFile;

/// Make the data folder
///
/// Makes the data folder with pulse.toml, the database and a digest to begin with. Run again, it adds what is missing and
/// changes nothing.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:
  pulse init
  pulse init --digest tidemark.toml
  pulse --data /srv/pulse init --digest weekly-links")]
pub(crate) struct Init {
    /// A digest's file, or a digest that comes with Pulse: evidence-digest, weekly-links
    ///
    /// Can be given several times. Without it, the data folder starts with evidence-digest, to be made your own.
    #[arg(long, value_name = "FILE.toml")]
    digest: Vec<String>,
}

pub(crate) async fn run(args: Init, call: &mut Call) -> anyhow::Result<ExitCode> {
    let profiles = args.digest.iter().map(|name| ProfileFile::read(name)).collect::<anyhow::Result<Vec<_>>>()?;
    let (store, mut made) = call.folder.make(call.now, &profiles).await?;
    // Asked of the database, because it may be another than the data folder's own, or have been left without by an earlier try.
    if store.digests().await?.is_empty() {
        call.folder.add(&store, call.now, &ProfileFile::to_begin_with()?, &mut made).await?;
    }
    let shown = call.folder.path.display();
    if made.is_empty() {
        writeln!(call.out, "Nothing to make: the data folder {shown} is there already.")?;
    } else {
        writeln!(call.out, "Made:")?;
        for line in &made {
            writeln!(call.out, "  {line}")?;
        }
    }
    for weakness in profiles.iter().flat_map(|file| &file.profile.weaknesses) {
        writeln!(call.out, "\nwarning: {}\n  {}", weakness.message, weakness.advice)?;
    }
    writeln!(
        call.out,
        "\nNext:\n  pulse import FILE    read an old edition (Markdown, HTML or JSON)\n  pulse doctor         see whether everything is in order"
    )?;
    Ok(ExitCode::SUCCESS)
}
