//! `pulse send`: who gets an edition, and its way to them.

mod report;
mod test;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use pulse_jobs::send::{Clock, Ending, Node, Worker, prepare};
use pulse_model::delivery::{DeliveryStatus, SendStatus, SendStep};
use pulse_model::{EditionKey, Slug};
use pulse_store::{SendId, SendRow, Store};
use tokio::sync::watch;

use self::report::{number, people, report_json, row_json, tell};
use super::{Call, moment, write_json};
use crate::config::SiteOption;
use crate::console::{Align, count, progress, size, table};
use crate::fault::Refusal;

/// Send an edition to its readers
///
/// A send is prepared, which freezes and counts its audience; then a person releases it; then it is worked through.
#[derive(Debug, Subcommand)]
pub(crate) enum SendCommand {
    Test(test::Test),
    Prepare(Prepare),
    Release(Release),
    Run(Run),
    /// Halt a send for now
    ///
    /// Messages that have begun are ended, none begins. Resume lets it go on where it was.
    #[command(allow_missing_positional = true, after_long_help = "Examples:\n  pulse send pause 2026-05 --by \"Bo Tarn\"")]
    Pause(StepArgs),
    /// Let a paused or stopped send go on
    ///
    /// Everyone who has not got the edition yet is sent it.
    #[command(allow_missing_positional = true, after_long_help = "Examples:\n  pulse send resume 2026-05 --by \"Bo Tarn\"")]
    Resume(StepArgs),
    /// End a send for good
    ///
    /// Rows that had not gone never will; the edition can be prepared anew, and nobody gets the same text twice.
    #[command(allow_missing_positional = true, after_long_help = "Examples:\n  pulse send cancel 2026-05 --by \"Bo Tarn\" --reason \"a figure is wrong\"")]
    Cancel(StepArgs),
    /// Say how a send is going
    ///
    /// How many rows are where, what servers answered, how fast it goes and who took which step.
    #[command(allow_missing_positional = true, after_long_help = "Examples:\n  pulse send status 2026-05\n  pulse send status tidemark 2026-05 --json")]
    Status(StatusArgs),
    List(List),
}

/// Freeze and count an edition's audience
///
/// Looks at every subscription of the digest, and says who gets what and who gets nothing for which reason. Nothing is sent.
#[derive(Args, Debug)]
#[command(allow_missing_positional = true, after_long_help = "Examples:\n  pulse send prepare 2026-05 --by \"Ada Okafor\"")]
pub(crate) struct Prepare {
    #[command(flatten)]
    which: Which,
    /// Who answers for it
    #[arg(long, value_name = "NAME", value_parser = super::name)]
    by: String,
    #[command(flatten)]
    site: SiteOption,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Let a prepared send go
///
/// Messages go out from then on, as soon as pulse send run works through them.
#[derive(Args, Debug)]
#[command(
    allow_missing_positional = true,
    after_long_help = "Examples:\n  pulse send release 2026-05 --by \"Bo Tarn\"\n  pulse send release 2026-05 --by \"Bo Tarn\" --at 2026-06-01T07:30:00Z"
)]
pub(crate) struct Release {
    #[command(flatten)]
    which: Which,
    /// Who releases it
    #[arg(long, value_name = "NAME", value_parser = super::name)]
    by: String,
    /// Not before this moment
    #[arg(long, value_name = "TIME")]
    at: Option<jiff::Timestamp>,
}

/// Work through a released send
///
/// Sends what is due until nothing is left, and may be stopped and started again at any time: nobody is left out, and nobody
/// gets the edition twice.
#[derive(Args, Debug)]
#[command(allow_missing_positional = true, after_long_help = "Examples:\n  pulse send run 2026-05")]
pub(crate) struct Run {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    site: SiteOption,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

// What pause, resume and cancel take.
#[derive(Args, Debug)]
pub(crate) struct StepArgs {
    #[command(flatten)]
    which: Which,
    /// Who takes it
    #[arg(long, value_name = "NAME", value_parser = super::name)]
    by: String,
    /// Why; needed to cancel
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    reason: String,
}

// Which edition's send.
#[derive(Args, Debug)]
struct Which {
    /// The digest; may be left out where only one has such an edition
    #[arg(value_parser = super::slug)]
    digest: Option<Slug>,
    /// The edition: its month, 2026-05, or its day, 2026-05-17
    key: EditionKey,
}

// What status takes.
#[derive(Args, Debug)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    which: Which,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// List the sends
///
/// One line for each: its edition, where it is, how many readers it has, and when it was prepared.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse send list")]
pub(crate) struct List {
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(command: SendCommand, call: &mut Call) -> anyhow::Result<ExitCode> {
    match command {
        SendCommand::Test(args) => return test::run(args, call).await,
        SendCommand::Prepare(args) => prepare_send(args, call).await?,
        SendCommand::Release(args) => release(args, call).await?,
        SendCommand::Run(args) => return work(args, call).await,
        SendCommand::Pause(args) => step(args, SendStep::Pause, call).await?,
        SendCommand::Resume(args) => step(args, SendStep::Resume, call).await?,
        SendCommand::Cancel(args) => step(args, SendStep::Cancel, call).await?,
        SendCommand::Status(args) => status(&args, call).await?,
        SendCommand::List(args) => list(&args, call).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn prepare_send(args: Prepare, call: &mut Call) -> anyhow::Result<()> {
    let site = args.site.site.or(call.folder.config()?.site).ok_or_else(no_site)?;
    let store = call.folder.open().await?;
    let post = call.folder.post(call.now)?;
    let digest = pulse_jobs::digest_of_edition(&store, args.which.digest.as_ref(), args.which.key).await?;
    let prepared = prepare(&store, &post, &site, &digest, args.which.key, &args.by, call.now).await?;
    if args.json {
        return write_json(&mut call.out, &report_json(&store.send_report(prepared.id, call.now).await?));
    }
    let totals = &prepared.totals;
    writeln!(call.out, "{}, {}: {}", digest.name, args.which.key.title(), people(totals.candidates))?;
    let mut rows = vec![vec![totals.recipients.to_string(), "will get it".to_owned()]];
    rows.extend(totals.excluded.iter().map(|(why, number)| vec![number.to_string(), format!("will not: {}", why.to_string().replace('-', " "))]));
    write!(call.out, "{}\nWhat they get:\n", table(&[Align::Right, Align::Left], &rows))?;
    let rows: Vec<Vec<String>> = prepared
        .cuts
        .iter()
        .map(|cut| {
            let sectors = if cut.sectors.is_empty() { "the letter".to_owned() } else { cut.sectors.join(", ") };
            vec![people(cut.reader_count), count(cut.entry_count, "entry", "entries"), size(cut.html_bytes + cut.text_bytes), sectors]
        })
        .collect();
    write!(call.out, "{}", table(&[Align::Right, Align::Right, Align::Right, Align::Left], &rows))?;
    writeln!(call.out, "\nMessages go to {}. Release it: pulse send release {} {} --by NAME", post.goes_to(), digest.slug, args.which.key)?;
    Ok(())
}

async fn release(args: Release, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let row = args.which.find(&store).await?;
    let due_at = args.at.map_or(call.now, jiff::Timestamp::as_millisecond);
    store.release_send(row.id, due_at, &args.by, call.now).await?;
    let when = if due_at > call.now { format!("from {}", moment(due_at)) } else { "from now on".to_owned() };
    writeln!(call.out, "Released by {}: to {}, {when}. Work through it: pulse send run {} {}.", args.by, people(row.counts.recipients), row.digest, row.key)?;
    Ok(())
}

async fn work(args: Run, call: &mut Call) -> anyhow::Result<ExitCode> {
    let site = args.site.site.or(call.folder.config()?.site).ok_or_else(no_site)?;
    let store = call.folder.open().await?;
    let row = args.which.find(&store).await?;
    let post = Arc::new(call.folder.post(call.now)?);
    let node = Arc::new(Node::begin(&store, &call.folder.path, &post.node, call.now).await?);
    let worker = Worker { store: store.clone(), post, site, clock: Arc::new(crate::clock), node };
    let (halt, halted) = watch::channel(false);
    let bar = progress(usize::try_from(row.counts.recipients).unwrap_or(usize::MAX), "sending");
    let working = pulse_jobs::send::run(&worker, row.id, halted);
    let ending = tokio::select! {
        ending = working => ending?,
        never = show(&store, row.id, &bar, &worker.clock) => never,
        never = wait_for_the_end(halt) => never,
    };
    bar.finish_and_clear();
    let report = store.send_report(row.id, (worker.clock)()).await?;
    if args.json {
        write_json(&mut call.out, &report_json(&report))?;
    } else {
        tell(&report, call)?;
    }
    match ending {
        Ending::Finished => Ok(ExitCode::SUCCESS),
        Ending::Halted => {
            writeln!(call.out, "Stopped in between; it goes on with the same command.")?;
            Ok(ExitCode::FAILURE)
        }
        Ending::NotReleased(status) => Err(Refusal::new(format!("the send is {status}"), advice(status)).into()),
        Ending::Stopped(reason) => {
            Err(Refusal::new(format!("the send was stopped: {reason}"), "Mend the cause, then: pulse send resume. No reader was suppressed.").into())
        }
    }
}

/// Ctrl-C and SIGTERM end what is under way and begin nothing.
async fn wait_for_the_end(halt: watch::Sender<bool>) -> Ending {
    super::serve::asked_to_stop().await;
    _ = halt.send(true);
    std::future::pending().await
}

async fn show(store: &Store, send: SendId, bar: &ProgressBar, clock: &Clock) -> Ending {
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        // What cannot be read now is read in half a second.
        if let Ok(report) = store.send_report(send, (clock)()).await {
            bar.set_position(number(&report, DeliveryStatus::is_final));
            bar.set_prefix(format!("{} in the last minute", report.sent_last_minute));
        }
    }
}

async fn step(args: StepArgs, step: SendStep, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let row = args.which.find(&store).await?;
    let status = store.step_send(row.id, step, &args.by, &args.reason, call.now).await?;
    writeln!(call.out, "The send of {} {} is {status}.", row.digest, row.key)?;
    Ok(())
}

async fn status(args: &StatusArgs, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let row = args.which.find(&store).await?;
    let report = store.send_report(row.id, call.now).await?;
    if args.json {
        return write_json(&mut call.out, &report_json(&report));
    }
    tell(&report, call)?;
    for event in store.send_events(row.id).await? {
        let reason = if event.reason.is_empty() { String::new() } else { format!(": {}", event.reason) };
        writeln!(call.out, "  {}  {} by {}{reason}", moment(event.at), event.step, event.who)?;
    }
    Ok(())
}

async fn list(args: &List, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let rows = store.sends(None).await?;
    if args.json {
        return write_json(&mut call.out, &rows.iter().map(row_json).collect::<Vec<_>>());
    }
    if rows.is_empty() {
        writeln!(call.out, "Nothing has been sent yet. Begin with pulse send prepare EDITION --by NAME.")?;
        return Ok(());
    }
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| vec![row.digest.to_string(), row.key.to_string(), row.status.to_string(), people(row.counts.recipients), moment(row.created_at)])
        .collect();
    write!(call.out, "{}", table(&[Align::Left, Align::Left, Align::Left, Align::Right, Align::Left], &cells))?;
    Ok(())
}

impl Which {
    /// The newest send of the edition.
    async fn find(&self, store: &Store) -> anyhow::Result<SendRow> {
        let digest = pulse_jobs::digest_of_edition(store, self.digest.as_ref(), self.key).await?;
        let stored = pulse_jobs::edition(store, &digest.slug, self.key).await?;
        let rows = store.sends(Some(stored.id)).await?;
        let message = format!("edition {} of {} has no send", self.key, digest.slug);
        let advice = format!("Prepare one: pulse send prepare {} {} --by NAME.", digest.slug, self.key);
        rows.into_iter().next().ok_or_else(|| Refusal::new(message, &advice).into())
    }
}

fn advice(status: SendStatus) -> &'static str {
    match status {
        SendStatus::Prepared => "Release it first: pulse send release EDITION --by NAME.",
        SendStatus::Paused => "Let it go on: pulse send resume EDITION --by NAME.",
        _ => "See what became of it: pulse send status EDITION.",
    }
}

fn no_site() -> anyhow::Error {
    Refusal::new("there is no address for readers' links", "Add --site https://digest.example.org, or set site in pulse.toml.").into()
}
