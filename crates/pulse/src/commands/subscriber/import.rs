//! `pulse subscriber import`: a list of readers into a digest.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use pulse_jobs::JobError;
use pulse_jobs::readers::{Counts, Field, Intake, Refused, Report};
use pulse_model::Slug;
use pulse_store::Known;

use super::GroundOptions;
use crate::commands::{Call, name, slug};
use crate::console::{count, progress_of_bytes};
use crate::fault::Refusal;

/// Read a list of readers from a CSV file
///
/// The first line names the columns; those with usual names are found, others are given with --map. Every row that is not
/// taken is told with its line and the reason. Who left, complained, or is suppressed does not come back by a list. The same
/// file again changes nothing.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:
  pulse subscriber import list.csv --basis consent --wording-file words.txt --consented-at 2026-03-01 --dry-run
  pulse subscriber import list.csv --basis consent --wording-file words.txt --consented-at 2026-03-01 --by \"Ada Okafor\"
  pulse subscriber import councils.csv --digest tidemark --basis public-task --map address=Mail --map sectors=Topics --by \"Ada Okafor\"")]
pub(crate) struct Import {
    /// The file; - is the standard input
    file: PathBuf,
    /// Which digest; may be left out when there is just one
    #[arg(long, value_name = "SLUG", value_parser = slug)]
    digest: Option<Slug>,
    #[command(flatten)]
    ground: GroundOptions,
    /// Where the readers come from, where their row does not say so; without it, the name of the file
    #[arg(long, value_name = "TEXT", value_parser = name)]
    source: Option<String>,
    /// Which column holds what; can be given several times
    ///
    /// A reader has address, name, language, sectors (with ; or | between them), frequency, consented_at and source. A name that
    /// stands in two columns is mapped twice, in the order it is read.
    #[arg(long, value_name = "FIELD=COLUMN", value_parser = mapping)]
    map: Vec<(Field, String)>,
    /// Give readers who are here already the name, sectors, frequency and ground of their row
    ///
    /// Without it, they only gain a name or language they lacked.
    #[arg(long)]
    update: bool,
    /// Write nothing, only say what would become of each row
    #[arg(long)]
    dry_run: bool,
    /// As JSON, for machines: an object on each line for a refused row, and a last one with the counts
    #[arg(long)]
    json: bool,
    /// Who imports the list; goes into the audit log
    #[arg(long, value_name = "NAME", value_parser = name, required_unless_present = "dry_run")]
    by: Option<String>,
}

pub(super) async fn run(args: Import, call: &mut Call) -> anyhow::Result<ExitCode> {
    let store = call.folder.open().await?;
    let digest = pulse_jobs::digest_or_only(&store, args.digest.as_ref()).await?;
    let (file, size_bytes) = open(&args.file)?;
    let keys = super::keys(call)?;
    let shown = args.file.file_name().map_or_else(|| "standard input".to_owned(), |name| name.to_string_lossy().into_owned());
    let intake = Intake {
        digest: &digest,
        ground: args.ground.ground()?,
        known: if args.update { Known::Update } else { Known::Keep },
        source: args.source.clone().unwrap_or(shown.clone()),
        who: args.by.clone().unwrap_or_default(),
        is_dry: args.dry_run,
        now: call.now,
    };
    let bar = progress_of_bytes(size_bytes, "importing");
    let out = &mut call.out;
    let mut tell = |refused: &Refused| bar.suspend(|| tell_refused(out, refused, args.json));
    let report = pulse_jobs::readers::import(&store, &keys, bar.wrap_read(file), &args.map, &intake, &mut tell).await;
    bar.finish_and_clear();
    tell_report(&args, &shown, &digest.slug, &report?, call)?;
    Ok(ExitCode::SUCCESS)
}

/// The file and its size. The standard input can be read only once, and a list is looked at twice.
fn open(path: &Path) -> anyhow::Result<(File, u64)> {
    let shown = path.display().to_string();
    let unreadable = |cause| JobError::Unreadable { file: shown.clone(), cause };
    let file = if super::is_standard(path) {
        let mut file = tempfile::tempfile().map_err(unreadable)?;
        io::copy(&mut io::stdin(), &mut file).map_err(unreadable)?;
        io::Seek::rewind(&mut file).map_err(unreadable)?;
        file
    } else {
        File::open(path).map_err(|cause| match cause.kind() {
            io::ErrorKind::NotFound => JobError::Missing { file: shown.clone() },
            _ => unreadable(cause),
        })?
    };
    let size_bytes = file.metadata().map_err(unreadable)?.len();
    Ok((file, size_bytes))
}

fn tell_refused(out: &mut dyn io::Write, refused: &Refused, as_json: bool) -> io::Result<()> {
    if !as_json {
        return writeln!(out, "{refused}");
    }
    let object = serde_json::json!({
        "line": refused.line, "address": refused.address, "reason": refused.reason.as_str(), "message": refused.reason.to_string(),
    });
    writeln!(out, "{object}")
}

fn tell_report(args: &Import, file: &str, digest: &Slug, report: &Report, call: &mut Call) -> anyhow::Result<()> {
    let Counts { read, added, updated, unchanged, refused } = report.counts;
    if args.json {
        let columns: serde_json::Map<String, serde_json::Value> =
            report.columns.used().into_iter().map(|(field, names)| (field.as_str().to_owned(), serde_json::json!(names))).collect();
        let object = serde_json::json!({
            "digest": digest, "dry_run": args.dry_run, "columns": columns, "unused_columns": report.columns.unused(),
            "rows": read, "added": added, "updated": updated, "unchanged": unchanged, "refused": refused,
        });
        writeln!(call.out, "{object}")?;
        return Ok(());
    }
    let rows = count(usize::try_from(read).unwrap_or(usize::MAX), "row", "rows");
    let dry = if args.dry_run { "; nothing written" } else { "" };
    writeln!(call.out, "{file} into {digest}: {rows}, {added} added, {updated} updated, {unchanged} unchanged, {refused} refused{dry}")?;
    for (field, names) in report.columns.used() {
        writeln!(call.out, "  {field}: {}", names.join(", "))?;
    }
    let unused = report.columns.unused();
    if !unused.is_empty() {
        writeln!(call.out, "  not taken: {}", unused.join(", "))?;
    }
    Ok(())
}

fn mapping(text: &str) -> Result<(Field, String), String> {
    let (field, column) = text.split_once('=').ok_or("a mapping is written as address=Mail")?;
    Ok((field.parse()?, column.trim().to_owned()))
}

impl From<pulse_jobs::readers::Reason> for Refusal {
    fn from(reason: pulse_jobs::readers::Reason) -> Self {
        Self::new(format!("the reader was not added: {reason}"), "Correct it, or ask the reader to subscribe.")
    }
}
