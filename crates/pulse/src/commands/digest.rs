//! `pulse digest`: the serial titles.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use pulse_model::{Digest, Slug};

use super::{Call, write_json};
use crate::console::{Align, count, table};
use crate::data_folder::ProfileFile;

/// List, add and show digests
#[derive(Debug, Subcommand)]
pub(crate) enum DigestCommand {
    List(List),
    Add(Add),
    Show(Show),
}

/// List the digests
///
/// One line for each digest: its slug, its name, its sectors and its editions.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse digest list")]
pub(crate) struct List {
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Add a digest, or change one
///
/// Reads a digest's file and the logo beside it. A digest that is here already takes on what the file says; its editions
/// stay as they are. docs/digest.md explains every field of the file.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse digest add tidemark.toml")]
pub(crate) struct Add {
    /// The digest's file, or a digest that comes with Pulse: evidence-digest, weekly-links
    #[arg(value_name = "FILE.toml")]
    file: String,
}

/// Show a digest
///
/// Its name, its taxonomy, and what its readers would suffer from.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse digest show tidemark")]
pub(crate) struct Show {
    /// Which digest; may be left out when there is just one
    #[arg(value_parser = super::slug)]
    digest: Option<Slug>,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(command: DigestCommand, call: &mut Call) -> anyhow::Result<ExitCode> {
    match command {
        DigestCommand::List(args) => list(&args, call).await?,
        DigestCommand::Add(args) => add(&args, call).await?,
        DigestCommand::Show(args) => show(&args, call).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(args: &List, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let digests = store.digests().await?;
    if args.json {
        return write_json(&mut call.out, &digests);
    }
    if digests.is_empty() {
        writeln!(call.out, "There is no digest yet. Add one: pulse digest add FILE.toml")?;
        return Ok(());
    }
    let mut rows = Vec::new();
    for digest in &digests {
        let editions = store.editions(Some(&digest.slug), None).await?.len();
        rows.push(vec![digest.slug.to_string(), digest.name.clone(), count(digest.sectors.len(), "sector", "sectors"), count(editions, "edition", "editions")]);
    }
    write!(call.out, "{}", table(&[Align::Left, Align::Left, Align::Right, Align::Right], &rows))?;
    Ok(())
}

async fn add(args: &Add, call: &mut Call) -> anyhow::Result<()> {
    let file = ProfileFile::read(&args.file)?;
    let store = call.folder.open().await?;
    let digest = &file.profile.digest;
    let before = store.digest(&digest.slug).await?;
    let said = match before {
        None => "added",
        Some(before) if pulse_jobs::profile::say_the_same(&before, digest) => "unchanged",
        Some(_) => "changed",
    };
    store.put_digest(digest, call.now).await?;
    writeln!(call.out, "{} ({}) {said}: {}", digest.name, digest.slug, count(digest.sectors.len(), "sector", "sectors"))?;
    for weakness in &file.profile.weaknesses {
        writeln!(call.out, "warning: {}\n  {}", weakness.message, weakness.advice)?;
    }
    Ok(())
}

async fn show(args: &Show, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let digest = pulse_jobs::digest_or_only(&store, args.digest.as_ref()).await?;
    if args.json { write_json(&mut call.out, &digest) } else { Ok(write!(call.out, "{}", in_words(&digest))?) }
}

fn in_words(digest: &Digest) -> String {
    let mut text = format!("{} ({})\n", digest.name, digest.slug);
    for line in [&digest.tagline, &digest.organisation].into_iter().filter(|line| !line.is_empty()) {
        text.push_str(&format!("{line}\n"));
    }
    for sector in &digest.sectors {
        text.push_str(&format!("\n{}\n", sector.name));
        for category in &sector.categories {
            text.push_str(&format!("  {category}\n"));
        }
    }
    for weakness in pulse_jobs::profile::weaknesses(digest) {
        text.push_str(&format!("\nwarning: {}\n  {}\n", weakness.message, weakness.advice));
    }
    text
}
