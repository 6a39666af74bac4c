//! `pulse doctor mail`: do receivers believe our messages?

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;

use clap::Args;
use pulse_jobs::checkup::mail::{Finding, Resolver, Severity, relays, sender, senders};
use pulse_model::{Digest, Month, Slug};
use serde::Serialize;

use crate::commands::{Call, slug, write_json};
use crate::console::count;
use crate::fault::Refusal;

/// Check that receivers can believe our messages
///
/// Asks DNS what receivers ask it: SPF, DKIM, DMARC, MX and the names of addresses (PTR); tries the relays, without sending
/// anything; and says which records to publish, as lines of a zone file. Exits with 1 when something that must hold does not.
#[derive(Args, Debug)]
#[command(
    after_long_help = "Examples:\n  pulse doctor mail\n  pulse doctor mail tidemark --ip 192.0.2.10\n  pulse doctor mail --resolver 127.0.0.1:5353 --json"
)]
pub(crate) struct Mail {
    /// The digest; without it, every one that has a sender
    #[arg(value_parser = slug)]
    digest: Option<Slug>,
    /// The resolver to ask; by default that of the system
    #[arg(long, value_name = "ADDRESS", value_parser = resolver)]
    resolver: Option<SocketAddr>,
    /// An address that messages come from, as the world sees it; by default those of the relays
    #[arg(long, value_name = "ADDRESS")]
    ip: Vec<IpAddr>,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// What was found about one sender.
#[derive(Serialize)]
struct Of {
    digest: Slug,
    address: String,
    /// The month of the first edition that comes from it, where that is announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Month>,
    findings: Vec<Finding>,
}

/// What was found.
#[derive(Serialize)]
struct Found {
    relays: Vec<Finding>,
    senders: Vec<Of>,
}

pub(crate) async fn run(args: Mail, call: &mut Call) -> anyhow::Result<ExitCode> {
    let store = call.folder.open().await?;
    let digests = match &args.digest {
        Some(slug) => vec![pulse_jobs::digest(&store, slug).await?],
        None => with_sender(store.digests().await?)?,
    };
    let settings = call.folder.config()?.mail;
    let post = call.folder.post(call.now)?;
    let resolver = match args.resolver {
        Some(server) => Resolver::at(server),
        None => Resolver::of_system().map_err(|cause| anyhow::Error::new(cause).context(no_resolver()))?,
    };
    let mut found = Found { relays: relays(&post).await, senders: Vec::new() };
    for digest in digests {
        for (digest, from) in senders(&store, digest).await? {
            let findings = sender(&post, &settings, &digest, &resolver, &args.ip).await?;
            let address = digest.sender.address.as_ref().map(ToString::to_string).unwrap_or_default();
            found.senders.push(Of { digest: digest.slug, address, from, findings });
        }
    }
    if args.json {
        write_json(&mut call.out, &found)?;
    } else {
        write!(call.out, "{}", in_words(&found, &post.goes_to()))?;
    }
    let worst = found.all().map(|finding| finding.severity).max();
    Ok(if worst == Some(Severity::Fail) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Found {
    fn all(&self) -> impl Iterator<Item = &Finding> {
        self.relays.iter().chain(self.senders.iter().flat_map(|of| &of.findings))
    }
}

fn with_sender(digests: Vec<Digest>) -> Result<Vec<Digest>, Refusal> {
    let digests: Vec<Digest> = digests.into_iter().filter(|digest| digest.sender.address.is_some()).collect();
    if digests.is_empty() {
        return Err(Refusal::new("no digest has a sender", "Add [sender] with an address to a digest's file, then: pulse digest add FILE.toml."));
    }
    Ok(digests)
}

fn in_words(found: &Found, goes_to: &str) -> String {
    let mut text = format!("Messages go to {goes_to}.\n");
    write_findings(&found.relays, &mut text);
    for of in &found.senders {
        let when = of.from.map(|from| format!(", as announced for {}", from.title())).unwrap_or_default();
        let _ = writeln!(text, "\n{}, from {}{when}", of.digest, of.address);
        write_findings(&of.findings, &mut text);
    }
    let number = |severity| found.all().filter(|finding| finding.severity == severity).count();
    let summary = match (number(Severity::Fail), number(Severity::Warn)) {
        (0, 0) => "Receivers can believe these messages.".to_owned(),
        (0, warnings) => format!("Receivers can believe these messages; {} to look at.", count(warnings, "thing", "things")),
        (failures, _) => format!("{} must hold and {} not.", count(failures, "thing", "things"), if failures == 1 { "does" } else { "do" }),
    };
    let _ = writeln!(text, "\n{summary}");
    text
}

fn write_findings(findings: &[Finding], text: &mut String) {
    for Finding { about, severity, message, advice, publish } in findings {
        let mark = match severity {
            Severity::Ok => "ok  ",
            Severity::Advice => "note",
            Severity::Warn => "warn",
            Severity::Fail => "FAIL",
        };
        let _ = writeln!(text, "{mark}  {about}: {message}");
        if let Some(advice) = advice {
            let _ = writeln!(text, "      {advice}");
        }
        for record in publish {
            let _ = writeln!(text, "        {record}");
        }
    }
}

/// With port 53 where none is given.
fn resolver(text: &str) -> Result<SocketAddr, String> {
    let wrong = |_| format!("\u{201c}{text}\u{201d} is not an address in numbers; write it as 192.0.2.53 or 127.0.0.1:5353");
    text.parse::<IpAddr>().map(|address| SocketAddr::new(address, 53)).or_else(|_| text.parse()).map_err(wrong)
}

fn no_resolver() -> Refusal {
    Refusal::new("the system does not say who looks names up", "Name a resolver: --resolver 192.0.2.53.")
}
