//! `pulse bounce`: messages that came back.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use pulse_jobs::intake::{self, Desk};
use pulse_jobs::returns::{Done, take};

use super::{Call, write_json};
use crate::fault::Refusal;

/// Read messages that came back
#[derive(Debug, Subcommand)]
pub(crate) enum BounceCommand {
    Feed(Feed),
    Read(Read),
    List(List),
}

/// Read a message that came back
///
/// A bounce, a complaint or a wish to leave, from the standard input or from files, for example out of a maildir. Only messages
/// with a token that Pulse signed change anything; others are left for people.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse bounce feed < message\n  pulse bounce feed Maildir/new/*")]
pub(crate) struct Feed {
    /// The files; without any, the standard input
    files: Vec<PathBuf>,
    /// The address it came to, where the mail server knows it
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
}

/// Read all that waits in a mailbox
///
/// Reads the maildir and the IMAP account of `[mail.returns]` once, or the maildir that is named. What was read goes into the
/// folder Done, what cannot be read into the folder Aside; mail for people stays where it is, flagged. `pulse serve` does the same
/// by itself every minute.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse bounce read\n  pulse bounce read /var/mail/bounces")]
pub(crate) struct Read {
    /// A maildir; without one, what pulse.toml names
    maildir: Option<PathBuf>,
}

/// List what came back
///
/// The newest first: what it means, the status, and the other server's words.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse bounce list")]
pub(crate) struct List {
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Larger ones are some attachment's; a report is a few kilobytes.
const MOST_BYTES: u64 = 2 * 1024 * 1024;

/// How many are listed.
const LISTED: u32 = 100;

pub(crate) async fn run(command: BounceCommand, call: &mut Call) -> anyhow::Result<ExitCode> {
    match command {
        BounceCommand::Feed(args) => feed(args, call).await?,
        BounceCommand::Read(args) => return read(&args, call).await,
        BounceCommand::List(args) => list(&args, call).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn read(args: &Read, call: &mut Call) -> anyhow::Result<ExitCode> {
    let settings = call.folder.config()?.mail.returns;
    let (maildir, imap) = match &args.maildir {
        Some(named) => (Some(named.clone()), None),
        None => (settings.maildir, settings.imap),
    };
    if maildir.is_none() && imap.is_none() {
        let advice = "Name a maildir, or write maildir or imap under [mail.returns] in pulse.toml; docs/sending.md explains them.";
        return Err(Refusal::new("there is no mailbox to read".to_owned(), advice).into());
    }
    let desk = Desk { store: call.folder.open().await?, post: Arc::new(call.folder.post(call.now)?), clock: Arc::new(crate::clock) };
    let mut outcomes = Vec::new();
    if let Some(maildir) = maildir {
        outcomes.push((maildir.display().to_string(), intake::read_maildir(&desk, &maildir).await));
    }
    if let Some(imap) = imap {
        outcomes.push((imap.host.clone(), intake::read_imap(&desk, &imap).await));
    }
    let mut code = ExitCode::SUCCESS;
    for (name, outcome) in outcomes {
        match outcome {
            Ok(tally) => writeln!(call.out, "{name}: {tally}")?,
            Err(error) => {
                code = ExitCode::FAILURE;
                writeln!(call.out, "{name}: {:#}", anyhow::Error::from(error))?;
            }
        }
    }
    Ok(code)
}

async fn feed(args: Feed, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let post = call.folder.post(call.now)?;
    let mut messages = Vec::new();
    if args.files.is_empty() {
        let mut bytes = Vec::new();
        std::io::stdin().take(MOST_BYTES).read_to_end(&mut bytes).context("the standard input could not be read")?;
        messages.push(("the message".to_owned(), bytes));
    }
    for file in &args.files {
        let name = file.display().to_string();
        let mut bytes = Vec::new();
        let opened = std::fs::File::open(file).with_context(|| format!("{name} could not be read"))?;
        opened.take(MOST_BYTES).read_to_end(&mut bytes).with_context(|| format!("{name} could not be read"))?;
        messages.push((name, bytes));
    }
    for (name, bytes) in messages {
        let said = match take(&store, &post, &bytes, args.to.as_deref(), call.now).await? {
            Done::Noted(why) => format!("noted: {why}"),
            Done::GivenUp(why) => format!("the address is written to no more: {why}"),
            Done::Left(why) => format!("the reader has left: {why}"),
            Done::Known => "was read before; nothing changes".to_owned(),
            Done::Automatic => "an automatic reply; nothing changes".to_owned(),
            Done::ForPeople(why) => format!("left for people: {why}"),
        };
        writeln!(call.out, "{name}: {said}")?;
    }
    Ok(())
}

async fn list(args: &List, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let bounces = store.bounces(None, LISTED).await?;
    if args.json {
        let rows: Vec<_> = bounces.iter().map(|bounce| serde_json::json!({ "at": bounce.at, "class": bounce.class, "status": bounce.status, "reason": bounce.reason, "words": bounce.words, "delivery": bounce.delivery })).collect();
        return write_json(&mut call.out, &rows);
    }
    if bounces.is_empty() {
        writeln!(call.out, "Nothing has come back.")?;
    }
    for bounce in bounces {
        let when = jiff::Timestamp::from_millisecond(bounce.at).map(|at| at.strftime("%-d %B %Y, %H:%M UTC").to_string()).unwrap_or_default();
        writeln!(call.out, "{when}  {}, {} {}: {}", bounce.class, bounce.reason.replace('-', " "), bounce.status, bounce.words)?;
    }
    Ok(())
}
