//! `pulse dkim`: keys that sign messages, and the DNS records that let receivers check them.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use pulse_jobs::post::Keys;

use super::Call;

/// Make keys that sign messages
#[derive(Debug, Subcommand)]
pub(crate) enum DkimCommand {
    New(New),
}

/// Make a pair of keys and print the DNS records to publish
///
/// RSA with 2,048 bits, which every receiver knows, and Ed25519 beside it. Publish both records before you send: messages are
/// signed with the new keys from now on. Old keys stay, so that messages on their way can still be checked.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse dkim new example.org\n  pulse dkim new example.org --selector s2027")]
pub(crate) struct New {
    /// The domain of the sender's address
    #[arg(value_parser = domain)]
    domain: String,
    /// What tells these keys from others; by default the month
    #[arg(long, value_name = "NAME", value_parser = selector)]
    selector: Option<String>,
}

pub(crate) async fn run(command: DkimCommand, call: &mut Call) -> anyhow::Result<ExitCode> {
    let DkimCommand::New(args) = command;
    call.folder.open().await?;
    let selector = args.selector.unwrap_or_else(|| selector_of(call.now));
    let records = Keys::make_signing(&call.folder.keys(), &args.domain, &selector).map_err(pulse_jobs::JobError::from)?;
    writeln!(call.out, "Publish these records in the DNS of {}, then send:\n", args.domain)?;
    for record in records {
        writeln!(call.out, "{record}\n")?;
    }
    writeln!(call.out, "The keys are in {}; they belong in the backup.", call.folder.keys().join("dkim").display())?;
    Ok(ExitCode::SUCCESS)
}

/// "p202611": keys are usually changed a few times a year.
fn selector_of(now: i64) -> String {
    jiff::Timestamp::from_millisecond(now).map(|at| at.strftime("p%Y%m").to_string()).unwrap_or_else(|_| "pulse".to_owned())
}

pub(super) fn domain(text: &str) -> Result<String, String> {
    let address = pulse_model::EmailAddress::parse(&format!("a@{text}")).map_err(|error| error.to_string())?;
    Ok(address.domain().to_owned())
}

fn selector(text: &str) -> Result<String, String> {
    let is_label = (1..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if is_label { Ok(text.to_owned()) } else { Err("a selector is up to 40 lower-case letters and digits".to_owned()) }
}
