//! One module per command: its arguments and what it does.

mod add;
mod bounce;
mod completions;
mod demo;
mod digest;
mod dkim;
mod doctor;
mod edition;
mod export;
mod harvest;
mod import;
mod inbox;
mod init;
mod man;
mod publication;
mod publisher;
mod read_document;
mod retention;
mod rule;
mod send;
mod sender;
mod serve;
mod source;
mod subscriber;
mod work;

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use pulse_model::text::is_forbidden;
use pulse_model::{EmailAddress, Slug};

use crate::data_folder::DataFolder;

pub(crate) use read_document::NAME as READ_DOCUMENT;

/// One call of the command line.
pub(crate) struct Call {
    /// When it was made, in Unix milliseconds.
    pub(crate) now: i64,
    /// Where everything is.
    pub(crate) folder: DataFolder,
    /// Where the answer goes; what is said about the work goes to the standard error.
    pub(crate) out: Box<dyn Write>,
}

/// What Pulse can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(init::Init),
    #[command(subcommand)]
    Digest(digest::DigestCommand),
    Import(import::Import),
    #[command(subcommand)]
    Edition(edition::EditionCommand),
    #[command(subcommand)]
    Source(source::SourceCommand),
    Harvest(harvest::Harvest),
    Add(add::Add),
    #[command(subcommand)]
    Publication(publication::PublicationCommand),
    #[command(subcommand)]
    Inbox(Box<inbox::InboxCommand>),
    #[command(subcommand)]
    Rule(rule::RuleCommand),
    #[command(subcommand)]
    Export(export::ExportCommand),
    #[command(subcommand)]
    Publisher(publisher::PublisherCommand),
    #[command(subcommand)]
    Subscriber(Box<subscriber::SubscriberCommand>),
    #[command(subcommand)]
    Send(send::SendCommand),
    #[command(subcommand)]
    Sender(sender::SenderCommand),
    #[command(subcommand)]
    Bounce(bounce::BounceCommand),
    #[command(subcommand)]
    Retention(retention::RetentionCommand),
    #[command(subcommand)]
    Dkim(dkim::DkimCommand),
    Serve(serve::Serve),
    Work(work::Work),
    Doctor(doctor::Doctor),
    Demo(demo::Demo),
    Completions(completions::Completions),
    Man(man::Man),
    #[command(hide = true)]
    ReadDocument(read_document::ReadDocument),
}

/// Runs one command, to the last byte of its answer.
pub(crate) async fn run(command: Command, call: &mut Call) -> anyhow::Result<ExitCode> {
    let code = match command {
        Command::Init(args) => init::run(args, call).await,
        Command::Digest(args) => digest::run(args, call).await,
        Command::Import(args) => import::run(args, call).await,
        Command::Edition(args) => edition::run(args, call).await,
        Command::Source(args) => source::run(args, call).await,
        Command::Harvest(args) => harvest::run(args, call).await,
        Command::Add(args) => add::run(args, call).await,
        Command::Publication(args) => publication::run(args, call).await,
        Command::Inbox(args) => inbox::run(*args, call).await,
        Command::Rule(args) => rule::run(args, call).await,
        Command::Export(args) => export::run(args, call).await,
        Command::Publisher(args) => publisher::run(args, call).await,
        Command::Send(args) => send::run(args, call).await,
        Command::Sender(args) => sender::run(args, call).await,
        Command::Bounce(args) => bounce::run(args, call).await,
        Command::Retention(args) => retention::run(args, call).await,
        Command::Dkim(args) => dkim::run(args, call).await,
        Command::Subscriber(args) => subscriber::run(*args, call).await,
        Command::Serve(args) => serve::run(args, call).await,
        Command::Work(args) => work::run(args, call).await,
        Command::Doctor(args) => doctor::run(args, call).await,
        Command::Demo(args) => demo::run(args, call).await,
        Command::Completions(args) => completions::run(&args, call),
        Command::Man(args) => man::run(&args, call),
        Command::ReadDocument(args) => read_document::run(&args),
    }?;
    call.out.flush().context("the answer could not be written")?;
    Ok(code)
}

/// Writes a value as JSON, for machines.
fn write_json(out: &mut dyn Write, value: &impl serde::Serialize) -> anyhow::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(())
}

/// A name of a person or an organisation on the command line: on one line, with single spaces.
fn name(text: &str) -> Result<String, String> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err("a name needs at least one character".to_owned());
    }
    if name.contains(|c: char| c.is_control() || is_forbidden(c)) {
        return Err("a name cannot hold control characters or characters that turn the direction of writing".to_owned());
    }
    Ok(name)
}

/// A slug on the command line.
fn slug(text: &str) -> Result<Slug, String> {
    text.parse().map_err(|error: pulse_model::digest::SlugError| error.to_string())
}

/// An e-mail address on the command line.
fn address(text: &str) -> Result<EmailAddress, String> {
    EmailAddress::parse(text).map_err(|error| error.to_string())
}

/// A day on the command line, as the moment it begins, in UTC.
fn day_start(text: &str) -> Result<i64, String> {
    let day: jiff::civil::Date = text.parse().map_err(|_| format!("\u{201c}{text}\u{201d} is not a day; write it as 2026-05-17"))?;
    let start = day.to_zoned(jiff::tz::TimeZone::UTC).map_err(|error| error.to_string())?;
    Ok(start.timestamp().as_millisecond())
}

/// "1 March 2026, 09:30 UTC".
fn moment(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map(|at| at.strftime("%-d %B %Y, %H:%M UTC").to_string()).unwrap_or_default()
}

/// "1 March 2026"; the day in UTC.
fn day(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map(|at| at.strftime("%-d %B %Y").to_string()).unwrap_or_default()
}
