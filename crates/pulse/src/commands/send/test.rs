//! `pulse send test`: an edition to named people, before its readers get it.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use pulse_jobs::send::{Trial, Tried, trial};
use pulse_model::EmailAddress;

use super::{Which, no_site};
use crate::commands::{Call, address, write_json};
use crate::config::SiteOption;
use crate::console::{Align, count, table};

/// Send an edition to named people, to see how it arrives
///
/// Works in any state of the edition, also as a draft, and goes where all messages go. The subject begins with [Test]. It is no send:
/// nothing is counted, nobody becomes a reader, and the links to leave and to choose belong to nobody.
#[derive(Args, Debug)]
#[command(
    allow_missing_positional = true,
    after_long_help = "Examples:\n  pulse send test 2026-05 --to ada@example.org\n  pulse send test 2026-05 --to ada@example.org --to bo@example.org --sectors \"Health,Justice\" --sectors Health"
)]
pub(crate) struct Test {
    #[command(flatten)]
    which: Which,
    /// Who gets it; may be given several times
    #[arg(long, value_name = "EMAIL", required = true, value_parser = address)]
    to: Vec<EmailAddress>,
    /// The sectors it has, with commas between them; given several times, each person gets a message for each. By default all
    #[arg(long, value_name = "NAMES")]
    sectors: Vec<String>,
    #[command(flatten)]
    site: SiteOption,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: Test, call: &mut Call) -> anyhow::Result<ExitCode> {
    let site = args.site.site.or(call.folder.config()?.site).ok_or_else(no_site)?;
    let store = call.folder.open().await?;
    let post = call.folder.post(call.now)?;
    let digest = pulse_jobs::digest_of_edition(&store, args.which.digest.as_ref(), args.which.key).await?;
    let names = |list: &String| list.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    let choices: Vec<Vec<String>> = args.sectors.iter().map(names).collect();
    let what = Trial { digest: &digest, key: args.which.key, to: &args.to, choices: &choices };
    let tried = trial(&store, &post, &site, what, call.now).await?;
    if args.json {
        write_json(&mut call.out, &tried.iter().map(as_json).collect::<Vec<_>>())?;
    } else {
        let rows: Vec<Vec<String>> = tried.iter().map(row).collect();
        write!(call.out, "{}", table(&[Align::Left, Align::Left, Align::Left], &rows))?;
        let sent = tried.iter().filter(|one| one.is_sent).count();
        writeln!(call.out, "\n{} went to {}.", count(sent, "message", "messages"), post.goes_to())?;
    }
    Ok(if tried.iter().all(|one| one.is_sent) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn row(one: &Tried) -> Vec<String> {
    let sectors = if one.sectors.is_empty() { "the letter".to_owned() } else { one.sectors.join(", ") };
    let said = match (one.is_sent, one.reply.code) {
        (true, _) => "sent".to_owned(),
        (false, Some(code)) => format!("refused: {code} {}", one.reply.text),
        (false, None) => format!("not sent: {}", one.reply.text),
    };
    vec![one.to.to_string(), sectors, said]
}

fn as_json(one: &Tried) -> serde_json::Value {
    serde_json::json!({
        "to": one.to.to_string(), "sectors": one.sectors, "is_sent": one.is_sent, "code": one.reply.code, "said": one.reply.text, "relay": one.reply.relay,
    })
}
