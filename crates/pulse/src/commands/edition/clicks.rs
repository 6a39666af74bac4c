//! `pulse edition clicks`: how often links of entries were followed.

use std::io::Write as _;

use clap::Args;

use super::Which;
use crate::commands::{Call, write_json};
use crate::console::{Align, count, note, table};

/// Show how often links of entries were followed
///
/// For digests that count clicks (clicks = true, where its sender stands in the digest's file). Each link of a message is the same for every
/// reader, so a count says how often an entry was looked at, and never by whom. Programs that follow every link are left out as
/// well as can be.
#[derive(Args, Debug)]
#[command(allow_missing_positional = true, after_long_help = "Examples:\n  pulse edition clicks 2023-05\n  pulse edition clicks tidemark 2023-05 --json")]
pub(crate) struct Clicks {
    #[command(flatten)]
    which: Which,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &Clicks, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let (digest, stored) = args.which.find(&store).await?;
    let key = stored.edition.key();
    let tally = pulse_jobs::clicks::tally(&store, &digest.slug, key).await?;
    if args.json {
        let entries: Vec<_> = tally.iter().map(|(heading, number)| serde_json::json!({ "entry": heading, "clicks": number })).collect();
        return write_json(&mut call.out, &serde_json::json!({ "digest": digest.slug, "key": key, "counts": digest.sender.clicks, "entries": entries }));
    }
    if !digest.sender.clicks {
        note(&format!("{} does not count clicks; clicks = true under [sender] in its file makes it count in the next send", digest.name));
    }
    let total: u64 = tally.iter().map(|(_, number)| number).sum();
    let total = usize::try_from(total).unwrap_or(usize::MAX);
    writeln!(call.out, "{}, {}: {}", digest.name, key.title(), count(total, "click", "clicks"))?;
    let row = |(heading, number): (Option<String>, u64)| vec![number.to_string(), heading.unwrap_or_else(|| "(no longer in the edition)".to_owned())];
    let rows: Vec<Vec<String>> = tally.into_iter().map(row).collect();
    write!(call.out, "{}", table(&[Align::Right, Align::Left], &rows))?;
    Ok(())
}
