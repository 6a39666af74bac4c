//! `pulse source add` and `try`: what an address is, and what it would bring.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use pulse_jobs::sources::{self, Wishes};
use pulse_model::{Record, SourceKind};
use url::Url;

use crate::commands::{Call, day, write_json};
use crate::console::{Align, count, table};
use crate::fault::Refusal;

/// Watch a channel of a publisher
///
/// Finds out by itself what an address is: a page of GOV.UK, a feed, a page that offers one, a page that lists publications, a sitemap. With
/// --kind it is taken as said: crossref and europepmc take a query, mailbox a maildir or imaps://user@host/FOLDER.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:
  pulse source add https://quay.example/reports --sector \"Health\"
  pulse source add \"query.bibliographic=falls+prevention\" --kind crossref --name \"Falls, Crossref\"")]
pub(crate) struct Add {
    /// The address of a page, a feed or a sitemap; a query; a mailbox
    #[arg(value_name = "URL")]
    address: String,
    /// What to call it; what it calls itself if not given
    #[arg(long, value_name = "NAME", value_parser = crate::commands::name)]
    name: Option<String>,
    /// Whose it is, as the register of publishers has it
    #[arg(long, value_name = "NAME", value_parser = crate::commands::name)]
    publisher: Option<String>,
    /// A sector it is added for; can be given several times
    #[arg(long, value_name = "NAME", value_parser = crate::commands::name)]
    sector: Vec<String>,
    /// Take it as this, without asking: feed, govuk, sitemap, crossref, europepmc or mailbox
    #[arg(long, value_name = "KIND")]
    kind: Option<SourceKind>,
    /// URL is the name of a publisher in the catalogue
    #[arg(long, conflicts_with = "kind")]
    from_catalogue: bool,
}

/// See what an address would bring
///
/// Asks as pulse source add does, and prints each way to watch it with the publications that it finds. Nothing is kept.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse source try https://quay.example/reports")]
pub(crate) struct Try {
    /// The address of a page, a feed or a sitemap
    #[arg(value_name = "URL")]
    address: String,
    /// So many publications of each at the most
    #[arg(long, value_name = "NUMBER", default_value_t = 5)]
    limit: usize,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

pub(super) async fn add(args: Add, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let mut wishes = Wishes { name: args.name, publisher: args.publisher, sectors: args.sector };
    if let Some(kind) = args.kind {
        let advice = "Listings are found out without --kind; crossref and europepmc take a query, the others an address.";
        let refusal = || Refusal::wrong_use(format!("\u{201c}{}\u{201d} cannot be a source of kind {kind}", args.address), advice);
        let channel = sources::channel(kind, &args.address).ok_or_else(refusal)?;
        let source = sources::add(&store, channel, &wishes, ("", None), call.now).await?;
        writeln!(call.out, "{} is watched: {} {}", source.name, source.channel.kind(), source.channel.address())?;
        return Ok(());
    }
    let url = if args.from_catalogue { of_catalogue(&args.address, &mut wishes)? } else { address(&args.address)? };
    let door = call.folder.door()?;
    let found = sources::discover(&door, &url, call.now).await?;
    for problem in &found.problems {
        writeln!(call.out, "  {problem}")?;
    }
    let Some(best) = found.candidates.first() else { return Err(nothing(&url).into()) };
    let source = sources::add(&store, best.channel.clone(), &wishes, (&best.name, best.publisher.as_deref()), call.now).await?;
    writeln!(call.out, "{} is watched: {} {}", source.name, source.channel.kind(), source.channel.address())?;
    write!(call.out, "{}", records(&best.records, 3))?;
    writeln!(call.out, "Bring in what it has: pulse harvest --source \"{}\"", source.name)?;
    Ok(())
}

pub(super) async fn try_it(args: Try, call: &mut Call) -> anyhow::Result<ExitCode> {
    let url = address(&args.address)?;
    let door = call.folder.door()?;
    let found = sources::discover(&door, &url, call.now).await?;
    if args.json {
        let candidates: Vec<_> = found
            .candidates
            .iter()
            .map(|one| serde_json::json!({ "name": one.name, "publisher": one.publisher, "channel": one.channel, "records": one.records, "problems": one.problems }))
            .collect();
        write_json(&mut call.out, &candidates)?;
        return Ok(if found.candidates.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS });
    }
    for problem in &found.problems {
        writeln!(call.out, "  {problem}")?;
    }
    if found.candidates.is_empty() {
        return Err(nothing(&url).into());
    }
    for candidate in &found.candidates {
        let brings = count(candidate.records.len(), "publication", "publications");
        writeln!(call.out, "{}: {} {}, {brings}", candidate.name, candidate.channel.kind(), candidate.channel.address())?;
        if let pulse_model::Channel::Listing { selectors, .. } = &candidate.channel {
            writeln!(call.out, "  rows at {}", selectors.row)?;
        }
        write!(call.out, "{}", records(&candidate.records, args.limit))?;
        for problem in &candidate.problems {
            writeln!(call.out, "  {problem}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Where the catalogue says that a publisher is; what it says besides is wished where the person wishes nothing else.
fn of_catalogue(publisher: &str, wishes: &mut Wishes) -> anyhow::Result<Url> {
    let entry = sources::catalogue(None)?.into_iter().find(|entry| entry.publisher.to_lowercase() == publisher.to_lowercase());
    let missing = || Refusal::new(format!("the catalogue has no publisher \u{201c}{publisher}\u{201d}"), "See which there are: pulse source catalogue.");
    let entry = entry.ok_or_else(missing)?;
    wishes.name.get_or_insert_with(|| entry.publisher.clone());
    wishes.publisher.get_or_insert(entry.publisher);
    if wishes.sectors.is_empty() {
        wishes.sectors = entry.sectors;
    }
    Ok(entry.govuk.unwrap_or(entry.home))
}

fn address(text: &str) -> Result<Url, Refusal> {
    let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let wrong = || Refusal::wrong_use(format!("\u{201c}{text}\u{201d} is not an address of the web"), "Copy it from the browser's address bar.");
    text.parse().ok().filter(|url: &Url| matches!(url.scheme(), "http" | "https")).ok_or_else(wrong)
}

fn nothing(url: &Url) -> Refusal {
    let advice = "Name the page that lists the publications, or their feed; single ones are added with pulse add URL.";
    Refusal::new(format!("nothing at {url} can be watched"), advice)
}

/// The first of the records, a line for each.
fn records(records: &[Record], limit: usize) -> String {
    let cells = |record: &Record| {
        let at = record.updated_at.or(record.published_at).map(day).unwrap_or_default();
        vec![format!("  {at}"), record.title.clone()]
    };
    table(&[Align::Left, Align::Left], &records.iter().take(limit).map(cells).collect::<Vec<_>>())
}
