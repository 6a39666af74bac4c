//! `pulse subscriber add`, `show`, `erase` and `suppress`.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use pulse_jobs::readers::{self, Intake, Row, Taken};
use pulse_model::subscriber::Sectors;
use pulse_model::{EmailAddress, Slug};
use pulse_store::{Known, StoredSubscription};

use super::{GroundOptions, of};
use crate::commands::{Call, address, day, name, slug, write_json};
use crate::fault::Refusal;

/// Add a reader
///
/// For somebody who agreed elsewhere, on a form or a list; readers who find the page themselves subscribe there.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:
  pulse subscriber add ada@quay.example --name \"Ada Lorne\" --basis consent --wording \"Send me the digest.\" --consented-at 2026-03-01 --by \"Bo Tarn\"")]
pub(crate) struct Add {
    /// Where mail goes
    #[arg(value_parser = address)]
    address: EmailAddress,
    /// What to call the reader
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    name: String,
    /// The language of the reader's pages and mails, as in cy-GB
    #[arg(long, value_name = "TAG", default_value = "", hide_default_value = true)]
    language: String,
    /// Only these sectors; with ; between them
    #[arg(long, value_name = "NAMES", default_value = "", hide_default_value = true)]
    sectors: String,
    /// every-edition, or quarterly
    #[arg(long, value_name = "HOW-OFTEN", default_value = "", hide_default_value = true)]
    frequency: String,
    /// Which digest; may be left out when there is just one
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    digest: Option<Slug>,
    #[command(flatten)]
    ground: GroundOptions,
    /// Where the reader comes from; without it, who adds the reader
    #[arg(long, value_name = "TEXT", value_parser = name)]
    source: Option<String>,
    /// Who adds the reader
    #[arg(long, value_name = "NAME", value_parser = name)]
    by: String,
}

/// Show a reader
///
/// Everything that is kept about a reader: name, subscriptions, the ground of each, and how it came to be.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse subscriber show ada@quay.example")]
pub(crate) struct Show {
    /// The reader's address
    #[arg(value_parser = address)]
    address: EmailAddress,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Erase a reader
///
/// Takes the reader out of every digest and list at once. A keyed hash of the address is kept on the suppression list, from
/// which nobody can read the address, so that no later list brings the reader back.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse subscriber erase ada@quay.example --by \"Bo Tarn\"")]
pub(crate) struct Erase {
    /// The reader's address
    #[arg(value_parser = address)]
    address: EmailAddress,
    /// Who erases the reader; goes into the audit log
    #[arg(long, value_name = "NAME", value_parser = name)]
    by: String,
}

/// Never write to an address, or take that back
///
/// Puts a keyed hash of the address on the suppression list, of one digest or all, and ends the subscriptions it covers. With
/// --remove, takes it off again; the reader then comes back by subscribing, not by itself.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:
  pulse subscriber suppress ada@quay.example --reason \"asked by phone\" --by \"Bo Tarn\"
  pulse subscriber suppress ada@quay.example --remove --reason \"asked to come back\" --by \"Bo Tarn\"")]
pub(crate) struct Suppress {
    /// The address
    #[arg(value_parser = address)]
    address: EmailAddress,
    /// Only for this digest; without it, for every one
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    digest: Option<Slug>,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = name)]
    reason: String,
    /// Take it off the list
    #[arg(long)]
    remove: bool,
    /// Who decides it; goes into the audit log
    #[arg(long, value_name = "NAME", value_parser = name)]
    by: String,
}

pub(super) async fn add(args: Add, call: &mut Call) -> anyhow::Result<ExitCode> {
    let store = call.folder.open().await?;
    let digest = pulse_jobs::digest_or_only(&store, args.digest.as_ref()).await?;
    let keys = super::keys(call)?;
    let source = args.source.clone().unwrap_or_else(|| format!("added by {}", args.by));
    let ground = args.ground.ground()?;
    let intake = Intake { digest: &digest, ground, known: Known::Update, source, who: args.by, is_dry: false, now: call.now };
    let (name, language, sectors, frequency) = (args.name, args.language, args.sectors, args.frequency);
    let row = Row { address: args.address.to_string(), name, language, sectors, frequency, ..Row::default() };
    let taken = readers::add(&store, &keys, &row, &intake).await?.map_err(Refusal::from)?;
    let said = match taken {
        Taken::Added => "now reads",
        Taken::Updated => "read this before, and what was new is kept:",
        Taken::Unchanged => "reads this already:",
    };
    writeln!(call.out, "{} {said} {}", args.address, digest.name)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn show(args: &Show, call: &mut Call) -> anyhow::Result<ExitCode> {
    let store = call.folder.open().await?;
    let reader = readers::find(&store, &args.address).await?;
    if args.json {
        let object = |there: &StoredSubscription| {
            serde_json::json!({
                "subscription": there.subscription, "state_at": there.state_at, "basis": there.basis.map(|(basis, _)| basis),
                "basis_at": there.basis.map(|(_, at)| at), "events": there.events,
            })
        };
        let subscriptions: Vec<_> = reader.subscriptions.iter().map(object).collect();
        write_json(&mut call.out, &serde_json::json!({ "reader": reader.subscriber, "created_at": reader.created_at, "subscriptions": subscriptions }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let subscriber = &reader.subscriber;
    let parts = [subscriber.address.as_str(), &subscriber.name, &subscriber.language];
    writeln!(call.out, "{}", parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(", "))?;
    for there in &reader.subscriptions {
        write!(call.out, "{}", in_words(there))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn in_words(there: &StoredSubscription) -> String {
    let subscription = &there.subscription;
    let sectors = match &subscription.sectors {
        Sectors::All => "all sectors".to_owned(),
        Sectors::Only(names) => names.join(", "),
    };
    let pause = subscription.paused_until.map(|until| format!("; paused until {}", day(until))).unwrap_or_default();
    let mut text = format!("{}: {}; {sectors}; {}{pause}\n", subscription.digest, subscription.state, subscription.frequency);
    if let Some((basis, at)) = there.basis {
        text.push_str(&format!("  on {basis}, since {}\n", day(at)));
    }
    for event in &there.events {
        let reason = if event.reason.is_empty() { String::new() } else { format!(", {}", event.reason) };
        text.push_str(&format!("  {}  {}, {}{reason}\n", day(event.at), event.step, event.source));
        if let Some(wording) = &event.wording {
            text.push_str(&format!("    to the words, version {}: {}\n", wording.version, wording.text.trim().replace('\n', "\n      ")));
        }
    }
    text
}

pub(super) async fn erase(args: &Erase, call: &mut Call) -> anyhow::Result<ExitCode> {
    let store = call.folder.open().await?;
    let keys = super::keys(call)?;
    readers::erase(&store, &keys, &args.address, &args.by, call.now).await?;
    writeln!(call.out, "The reader is erased. A hash of the address stays suppressed, so that no list brings it back.")?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn suppress(args: &Suppress, call: &mut Call) -> anyhow::Result<ExitCode> {
    let store = call.folder.open().await?;
    if let Some(slug) = &args.digest {
        pulse_jobs::digest(&store, slug).await?;
    }
    let keys = super::keys(call)?;
    let (digest, who) = (args.digest.as_ref(), (args.by.as_str(), args.reason.as_str()));
    if args.remove {
        readers::restore(&store, &keys, &args.address, digest, who, call.now).await?;
        writeln!(call.out, "{} may be written to again by {}, once the reader subscribes", args.address, of(digest))?;
        return Ok(ExitCode::SUCCESS);
    }
    let is_new = readers::suppress(&store, &keys, &args.address, digest, who, call.now).await?;
    let already = if is_new { "" } else { "; it was so already" };
    writeln!(call.out, "{} is suppressed for {}{already}", args.address, of(digest))?;
    Ok(ExitCode::SUCCESS)
}
