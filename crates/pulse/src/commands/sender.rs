//! `pulse sender`: the address that a digest's messages come from, and its change.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use pulse_jobs::sender::{Address, NewAddress, announce, notice};
use pulse_model::{Digest, EmailAddress, Month, Slug};
use pulse_store::SenderChange;

use super::{Call, write_json};
use crate::fault::Refusal;

/// Change the address that messages come from
#[derive(Debug, Subcommand)]
pub(crate) enum SenderCommand {
    Announce(Announce),
    Show(Show),
    Cancel(Cancel),
}

/// Announce a new address to readers
///
/// Each edition before the stated month carries a notice of the new address; from that month's edition on, messages come from it.
/// Meanwhile, pulse doctor mail looks at the new domain too. The List-Id stays, so that readers' filters go on working.
#[derive(Args, Debug)]
#[command(
    after_long_help = "Examples:\n  pulse sender announce tidemark tidemark@post.example.org --from 2026-09 --by \"Ada Okafor\"\n  pulse sender announce tidemark tidemark@post.example.org --return-domain bounce.post.example.org --from 2026-09 --by \"Ada Okafor\""
)]
pub(crate) struct Announce {
    /// The digest
    #[arg(value_parser = super::slug)]
    digest: Slug,
    /// The new address
    #[arg(value_parser = super::address)]
    address: EmailAddress,
    /// The month of the first edition that comes from it
    #[arg(long, value_name = "MONTH")]
    from: Month,
    /// The domain that bounces come back to from then on; by default that of the new address
    #[arg(long, value_name = "DOMAIN", value_parser = super::dkim::domain)]
    return_domain: Option<String>,
    /// Who announces it
    #[arg(long, value_name = "NAME", value_parser = super::name)]
    by: String,
}

/// Show where messages come from
///
/// The address of the digest, and the one that is announced: from which month on, by whom, and what readers are told.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse sender show\n  pulse sender show tidemark --json")]
pub(crate) struct Show {
    /// The digest; may be left out where there is only one
    #[arg(value_parser = super::slug)]
    digest: Option<Slug>,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Take back a new address
///
/// Editions carry no notice of it any more, and messages come from the address in the digest's file. What was sent stays sent.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse sender cancel tidemark --by \"Ada Okafor\"")]
pub(crate) struct Cancel {
    /// The digest
    #[arg(value_parser = super::slug)]
    digest: Slug,
    /// Who takes it back
    #[arg(long, value_name = "NAME", value_parser = super::name)]
    by: String,
}

pub(crate) async fn run(command: SenderCommand, call: &mut Call) -> anyhow::Result<ExitCode> {
    match command {
        SenderCommand::Announce(args) => announce_address(args, call).await?,
        SenderCommand::Show(args) => show(&args, call).await?,
        SenderCommand::Cancel(args) => cancel(&args, call).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn announce_address(args: Announce, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let digest = pulse_jobs::digest(&store, &args.digest).await?;
    let post = call.folder.post(call.now)?;
    let domain = args.address.domain().to_owned();
    let new = NewAddress { address: args.address, return_domain: args.return_domain.unwrap_or_default(), from: args.from };
    let change = announce(&store, &digest, new, &args.by, call.now).await?;
    writeln!(call.out, "Announced by {}.", args.by)?;
    tell(&digest, &change, call)?;
    writeln!(call.out, "\nNext:")?;
    if post.keys.signer(&domain).is_none() {
        writeln!(call.out, "  pulse dkim new {domain}    make keys that sign for the new domain, and publish them")?;
    }
    writeln!(call.out, "  pulse doctor mail {}    see what else to publish for it", digest.slug)?;
    writeln!(call.out, "  after the {} edition, write the new address into the digest's file", change.from.title())?;
    Ok(())
}

async fn show(args: &Show, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let digest = pulse_jobs::digest_or_only(&store, args.digest.as_ref()).await?;
    let change = store.sender_change(&digest.slug).await?.filter(|change| digest.sender.address.as_ref() == Some(&change.old_address));
    if args.json {
        return write_json(&mut call.out, &as_json(&digest, change.as_ref()));
    }
    match &digest.sender.address {
        Some(address) => writeln!(call.out, "{} comes from {address}.", digest.name)?,
        None => writeln!(call.out, "{} has no sender. Add [sender] with an address to its file.", digest.name)?,
    }
    if let Some(change) = &change {
        writeln!(call.out, "A change was announced by {} on {}.", change.announced_by, super::day(change.announced_at))?;
        tell(&digest, change, call)?;
    }
    Ok(())
}

async fn cancel(args: &Cancel, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let digest = pulse_jobs::digest(&store, &args.digest).await?;
    if Address::of(&store, &digest).await?.next(&digest).is_none() {
        let advice = format!("See where its messages come from: pulse sender show {}.", digest.slug);
        return Err(Refusal::new(format!("no change of the address of {} is announced", digest.slug), advice).into());
    }
    store.cancel_sender(&digest.slug, &args.by, call.now).await?;
    let address = digest.sender.address.map(|address| address.to_string()).unwrap_or_default();
    writeln!(call.out, "Taken back by {}: {} comes from {address}, as before.", args.by, digest.name)?;
    Ok(())
}

fn tell(digest: &Digest, change: &SenderChange, call: &mut Call) -> anyhow::Result<()> {
    writeln!(call.out, "From the {} edition on, messages come from {}. Each edition sent before it says:\n", change.from.title(), change.new_address)?;
    for paragraph in notice(&digest.name, change) {
        writeln!(call.out, "  {paragraph}")?;
    }
    Ok(())
}

fn as_json(digest: &Digest, change: Option<&SenderChange>) -> serde_json::Value {
    let change = change.map(|change| {
        serde_json::json!({
            "address": change.new_address, "return_domain": change.return_domain, "from": change.from, "announced_by": change.announced_by,
            "announced_at": change.announced_at, "notice": notice(&digest.name, change),
        })
    });
    serde_json::json!({ "digest": digest.slug, "address": digest.sender.address, "change": change })
}
