//! `pulse edition`: list, show, begin, check, render, the steps of an edition's life, and how often its links were followed.

mod clicks;
pub(super) mod desk;
mod export;
mod trace;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use pulse_jobs::{Site, life, output};
use pulse_model::life::Step;
use pulse_model::{Digest, Edition, EditionKey, Slug, Status};
use pulse_render::Format;
use pulse_store::{EditionRow, Store, StoredEdition};

use super::{Call, write_json};
use crate::config::SiteOption;
use crate::console::{Align, count, note, progress, size, table};
use crate::fault::Refusal;
use crate::files;

/// Begin, check, render, hand over and sign off editions
#[derive(Debug, Subcommand)]
pub(crate) enum EditionCommand {
    List(List),
    Show(Show),
    New(desk::New),
    Check(desk::Check),
    Answer(desk::Answer),
    Trace(trace::Trace),
    Render(Render),
    Export(export::Export),
    HandOver(export::HandOver),
    Status(StatusArgs),
    Clicks(clicks::Clicks),
}

/// List the editions
///
/// One line for each edition: its digest, its key, where it is in its life, and how many entries, news items and problems it has.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse edition list\n  pulse edition list --status draft")]
pub(crate) struct List {
    /// Only those of this digest
    #[arg(long, value_name = "SLUG", value_parser = super::slug)]
    digest: Option<Slug>,
    /// Only those that are here in their life
    #[arg(long, value_name = "STATUS", value_parser = status_values())]
    status: Option<String>,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Show an edition
///
/// What is in it: the letter, the news, and every entry under its sector and category.
#[derive(Args, Debug)]
#[command(allow_missing_positional = true, after_long_help = "Examples:\n  pulse edition show 2023-05\n  pulse edition show tidemark 2023-05 --json")]
pub(crate) struct Show {
    #[command(flatten)]
    which: Which,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Make the outputs of an edition
///
/// Makes the e-mail (HTML and text), the web page, the PDF, the Word document, Markdown and JSON, all from the same text.
/// One format without --out goes to the standard output.
#[derive(Args, Debug)]
#[command(
    allow_missing_positional = true,
    after_long_help = "Examples:
  pulse edition render 2023-05 --format all --out may
  pulse edition render tidemark 2023-05 --format page > may.html
  pulse edition render 2023-05 --format mail-html --format mail-text --out may --site https://digest.example.org"
)]
pub(crate) struct Render {
    #[command(flatten)]
    which: Which,
    /// Which outputs; can be given several times
    #[arg(long, value_name = "NAME", num_args = 1.., default_value = "all", value_parser = format_values())]
    format: Vec<String>,
    /// The folder for the files; it is made where it is missing
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    site: SiteOption,
}

/// Show or change where an edition is in its life
///
/// draft -> in review -> signed off -> published. The text of a signed-off edition is locked; reopening it needs a name
/// and a reason. Without --set, says where the edition is and who took it there.
#[derive(Args, Debug)]
#[command(
    allow_missing_positional = true,
    after_long_help = "Examples:
  pulse edition status 2023-05
  pulse edition status 2023-05 --set submit --by \"Ada Okafor\"
  pulse edition status 2023-05 --set reopen --by \"Ada Okafor\" --reason \"a figure was wrong\""
)]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    which: Which,
    /// The step to take
    #[arg(long, value_enum, value_name = "STEP", requires = "by")]
    set: Option<StepName>,
    /// Who takes it
    #[arg(long, value_name = "NAME", requires = "set", value_parser = super::name)]
    by: Option<String>,
    /// Why; needed to return and to reopen
    #[arg(long, value_name = "TEXT", requires = "set", default_value = "", hide_default_value = true)]
    reason: String,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

// Which edition. (As a doc comment, clap would take this for what the command is about.)
#[derive(Args, Debug)]
struct Which {
    /// The digest; may be left out where only one has such an edition
    #[arg(value_parser = super::slug)]
    digest: Option<Slug>,
    /// The edition: its month, 2023-05, or its day, 2023-05-17
    key: EditionKey,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StepName {
    /// A draft asks for sign-off
    Submit,
    /// A reviewed edition goes back to be changed
    Return,
    /// A reviewed edition is approved, and its text locked
    SignOff,
    /// A signed-off edition goes out
    Publish,
    /// A locked edition is opened again
    Reopen,
}

pub(crate) async fn run(command: EditionCommand, call: &mut Call) -> anyhow::Result<ExitCode> {
    match command {
        EditionCommand::List(args) => list(&args, call).await?,
        EditionCommand::New(args) => desk::new(&args, call).await?,
        EditionCommand::Check(args) => return desk::check(&args, call).await,
        EditionCommand::Answer(args) => desk::answer(&args, call).await?,
        EditionCommand::Trace(args) => trace::trace(&args, call).await?,
        EditionCommand::Show(args) => show(&args, call).await?,
        EditionCommand::Render(args) => render(args, call).await?,
        EditionCommand::Export(args) => export::export(args, call).await?,
        EditionCommand::HandOver(args) => export::hand_over(args, call).await?,
        EditionCommand::Status(args) => status(&args, call).await?,
        EditionCommand::Clicks(args) => clicks::run(&args, call).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Renders `formats` into `folder` and says what was made.
pub(super) fn render_into(folder: &Path, digest: &Digest, edition: &Edition, site: Option<&Site>, formats: &[Format]) -> anyhow::Result<Vec<Vec<String>>> {
    files::make_folder(folder)?;
    let bar = progress(formats.len(), "rendering");
    let mut rows = Vec::new();
    for format in formats {
        bar.set_prefix(format.name());
        let rendered = output::render(digest, edition, site, *format)?;
        let path = folder.join(format.file_name());
        files::write(&path, &rendered.bytes)?;
        bar.suspend(|| tell_problems(*format, &rendered.problems));
        rows.push(vec![format.file_name().to_owned(), size(rendered.bytes.len()), in_words(*format).to_owned()]);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(rows)
}

async fn list(args: &List, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    if let Some(slug) = &args.digest {
        pulse_jobs::digest(&store, slug).await?;
    }
    let rows = store.editions(args.digest.as_ref(), args.status.as_deref().and_then(Status::from_name)).await?;
    if args.json {
        return write_json(&mut call.out, &rows.iter().map(as_json).collect::<Vec<_>>());
    }
    if rows.is_empty() {
        let said = if args.digest.is_none() && args.status.is_none() { "There is no edition yet" } else { "There is no such edition" };
        writeln!(call.out, "{said}. Read one in with pulse import FILE.")?;
        return Ok(());
    }
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let [entries, news, problems] = [row.entry_count, row.news_count, row.problem_count].map(|number| usize::try_from(number).unwrap_or(usize::MAX));
            let counts = [count(entries, "entry", "entries"), count(news, "news item", "news items"), count(problems, "problem", "problems")];
            [vec![row.digest.to_string(), row.key.to_string(), row.status.to_string()], counts.to_vec()].concat()
        })
        .collect();
    write!(call.out, "{}", table(&[Align::Left, Align::Left, Align::Left, Align::Right, Align::Right, Align::Right], &cells))?;
    Ok(())
}

fn as_json(row: &EditionRow) -> serde_json::Value {
    serde_json::json!({
        "digest": row.digest, "key": row.key, "status": row.status, "entries": row.entry_count, "news": row.news_count,
        "problems": row.problem_count, "updated_at": row.updated_at,
    })
}

async fn show(args: &Show, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let (digest, stored) = args.which.find(&store).await?;
    if args.json {
        return write_json(&mut call.out, &stored.edition);
    }
    write!(call.out, "{}", contents(&digest, &stored))?;
    Ok(())
}

async fn render(args: Render, call: &mut Call) -> anyhow::Result<()> {
    let formats = formats(&args.format);
    let site = args.site.site.or(call.folder.config()?.site);
    let store = call.folder.open().await?;
    let (digest, stored) = args.which.find(&store).await?;
    match (&args.out, formats.as_slice()) {
        (Some(folder), formats) => {
            let rows = render_into(folder, &digest, &stored.edition, site.as_ref(), formats)?;
            writeln!(call.out, "{} of {} in {}:", digest.name, stored.edition.key().title(), folder.display())?;
            write!(call.out, "{}", table(&[Align::Left, Align::Right, Align::Left], &rows))?;
        }
        (None, [format]) => {
            let rendered = output::render(&digest, &stored.edition, site.as_ref(), *format)?;
            tell_problems(*format, &rendered.problems);
            call.out.write_all(&rendered.bytes).context("the output could not be written")?;
        }
        (None, _) => return Err(Refusal::wrong_use("several outputs need a folder", "Add --out DIR, or name one output with --format.").into()),
    }
    Ok(())
}

async fn status(args: &StatusArgs, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let (digest, stored) = args.which.find(&store).await?;
    let key = stored.edition.key();
    let status = match (args.set, &args.by) {
        (Some(step), Some(by)) => life::step(&store, &digest.slug, key, step.into(), by, &args.reason, call.now).await?,
        _ => stored.status,
    };
    let events = store.events(stored.id).await?;
    if args.json {
        return write_json(&mut call.out, &serde_json::json!({ "digest": digest.slug, "key": key, "status": status, "events": events }));
    }
    writeln!(call.out, "{}, {}: {status}", digest.name, key.title())?;
    for event in events {
        let when = jiff::Timestamp::from_millisecond(event.at).map(|at| at.strftime("%-d %B %Y, %H:%M UTC").to_string()).unwrap_or_default();
        let reason = if event.reason.is_empty() { String::new() } else { format!(": {}", event.reason) };
        writeln!(call.out, "  {when}  {} by {}{reason}", event.step.as_str(), event.who)?;
    }
    Ok(())
}

impl Which {
    async fn find(&self, store: &Store) -> anyhow::Result<(Digest, StoredEdition)> {
        let digest = pulse_jobs::digest_of_edition(store, self.digest.as_ref(), self.key).await?;
        let stored = pulse_jobs::edition(store, &digest.slug, self.key).await?;
        Ok((digest, stored))
    }
}

impl From<StepName> for Step {
    fn from(name: StepName) -> Self {
        match name {
            StepName::Submit => Self::Submit,
            StepName::Return => Self::Return,
            StepName::SignOff => Self::SignOff,
            StepName::Publish => Self::Publish,
            StepName::Reopen => Self::Reopen,
        }
    }
}

fn status_values() -> clap::builder::PossibleValuesParser {
    [Status::Draft, Status::InReview, Status::SignedOff, Status::Published].map(Status::as_str).into()
}

fn format_values() -> clap::builder::PossibleValuesParser {
    Format::ALL.map(Format::name).into_iter().chain(["all"]).into()
}

fn formats(names: &[String]) -> Vec<Format> {
    let is_asked = |format: &Format| names.iter().any(|name| name == "all" || name == format.name());
    Format::ALL.into_iter().filter(is_asked).collect()
}

fn in_words(format: Format) -> &'static str {
    match format {
        Format::MailHtml => "the e-mail, HTML part",
        Format::MailText => "the e-mail, text part",
        Format::Page => "the web page",
        Format::Pdf => "PDF, tagged for screen readers (PDF/UA-1)",
        Format::Docx => "Word document",
        Format::Markdown => "Markdown, reads in again as the same edition",
        Format::Json => "JSON, for machines",
    }
}

fn tell_problems(format: Format, problems: &[pulse_model::Problem]) {
    for problem in problems {
        note(&format!("warning: {}: {problem}", format.name()));
    }
}

fn contents(digest: &Digest, stored: &StoredEdition) -> String {
    let edition = &stored.edition;
    let mut text = format!("{}, {} ({} {}): {}\n", digest.name, edition.key().title(), edition.digest, edition.key(), stored.status);
    if !edition.letter.is_empty() {
        text.push_str("\nLetter\n");
        if let Some(sign_off) = &edition.letter.sign_off {
            let _ = writeln!(text, "  signed {}{}{}", sign_off.name, if sign_off.role.is_empty() { "" } else { ", " }, sign_off.role);
        }
    }
    if !edition.news.is_empty() {
        let _ = writeln!(text, "\n{}", digest.news_heading());
        for item in &edition.news {
            let _ = writeln!(text, "  {} ({})", item.title, item.kind.as_str());
        }
    }
    for sector in &edition.sectors {
        let _ = writeln!(text, "\n{}", sector.name);
        for category in &sector.categories {
            let indent = if category.name.is_empty() { "  " } else { "    " };
            if !category.name.is_empty() {
                let _ = writeln!(text, "  {}", category.name);
            }
            for entry in &category.entries {
                let _ = writeln!(text, "{indent}{}", entry.heading());
            }
        }
    }
    text
}
