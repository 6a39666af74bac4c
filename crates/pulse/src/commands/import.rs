//! `pulse import`: files of old editions into the archive.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use pulse_compose::import::Imported;
use pulse_jobs::JobError;
use pulse_jobs::import::{Candidates, SourceFile, read, save};
use pulse_jobs::profile::say_the_same;
use pulse_model::edition::{Edition, Letter};
use pulse_model::{Digest, Slug};
use pulse_store::{Conflict, Saved, Store};

use super::{Call, write_json};
use crate::console::{count, note, progress};
use crate::data_folder::ProfileFile;
use crate::fault::{self, Refusal};

/// Read old editions into the archive
///
/// Reads files of old editions (Markdown, HTML or JSON) and keeps each as a draft, with every line accounted for. The
/// same file again changes nothing. Where there is no data folder yet, it is made. With several files, one that fails does
/// not keep the others back.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:
  pulse import may-2023.md
  pulse import archive/*.md --digest tidemark
  pulse import may-2023.md --dry-run --explain     what became of every line; nothing is written
  pulse import may-2023.md --dry-run --json        the edition, for machines; nothing is written")]
pub(crate) struct Import {
    /// The files; - is the standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// The digest they belong to: its slug, or its file
    ///
    /// Without it, the digest whose name stands in the file, or the only one there is.
    #[arg(long, value_name = "SLUG|FILE.toml")]
    digest: Option<String>,
    /// Write nothing, not even a data folder
    #[arg(long)]
    dry_run: bool,
    /// The editions as JSON: one file pretty-printed, several one to a line
    #[arg(long)]
    json: bool,
    /// What became of every line: where it was placed, or why it was set aside
    #[arg(long, conflicts_with = "json")]
    explain: bool,
    /// Keep the file's text as a new revision where an edition is here already with another text
    #[arg(long)]
    replace: bool,
}

/// What became of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Read,
    Imported,
    Replaced,
    Unchanged,
    Refused,
    Failed,
    NotTried,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read, nothing written",
            Self::Imported => "imported",
            Self::Replaced => "replaced",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::NotTried => "not tried",
        }
    }
}

pub(crate) async fn run(args: Import, call: &mut Call) -> anyhow::Result<ExitCode> {
    let (store, candidates) = prepare(&args, call).await?;
    let bar = progress(args.files.len(), "importing");
    let mut outcomes: BTreeMap<Outcome, usize> = BTreeMap::new();
    let mut files = args.files.iter();
    while let Some(path) = files.next() {
        bar.set_prefix(path.display().to_string());
        let outcome = match import(&args, path, store.as_ref(), &candidates, call).await {
            Ok(outcome) => outcome,
            Err(error) if fault::is_closed_pipe(&error) => return Err(error),
            Err(error) => {
                bar.suspend(|| fault::print(&error));
                if concerns_every_file(&error) {
                    // The rest would wait, and fail, in the same way.
                    outcomes.insert(Outcome::NotTried, files.by_ref().count());
                }
                outcome_of(&error)
            }
        };
        *outcomes.entry(outcome).or_default() += 1;
        bar.inc(1);
    }
    bar.finish_and_clear();
    if args.files.len() > 1 {
        let parts: Vec<String> = outcomes.iter().filter(|(_, number)| **number > 0).map(|(outcome, number)| format!("{number} {}", outcome.as_str())).collect();
        note(&format!("{}: {}", count(args.files.len(), "file", "files"), parts.join(", ")));
    }
    let all_well = !outcomes.contains_key(&Outcome::Refused) && !outcomes.contains_key(&Outcome::Failed);
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Another text for an edition that is here is refused; everything else that goes wrong has failed.
fn outcome_of(error: &anyhow::Error) -> Outcome {
    match error.downcast_ref::<JobError>() {
        Some(JobError::Differs { .. } | JobError::Locked { .. }) => Outcome::Refused,
        _ => Outcome::Failed,
    }
}

fn concerns_every_file(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref::<JobError>(), Some(JobError::Store(cause)) if cause.concerns_every_call())
}

async fn import(args: &Import, path: &Path, store: Option<&Store>, candidates: &Candidates, call: &mut Call) -> anyhow::Result<Outcome> {
    let file = if is_stdin(path) { SourceFile::read_from(io::stdin(), "standard input".to_owned())? } else { SourceFile::read(path)? };
    let imported = read(&file, candidates)?;
    let conflict = if args.replace { Conflict::Replace } else { Conflict::Refuse };
    let outcome = match store {
        None => Outcome::Read,
        Some(store) => match save(store, &file, &imported, conflict, call.now).await? {
            Saved::Created(_) => Outcome::Imported,
            Saved::Unchanged(_) => Outcome::Unchanged,
            Saved::Replaced { .. } => Outcome::Replaced,
        },
    };
    tell(args, &file, &imported, outcome, candidates, call)?;
    Ok(outcome)
}

/// By custom, a hyphen.
fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

fn tell(args: &Import, file: &SourceFile, imported: &Imported, outcome: Outcome, candidates: &Candidates, call: &mut Call) -> anyhow::Result<()> {
    if args.json && args.files.len() == 1 {
        write_json(&mut call.out, &imported.edition)?;
    } else if args.json {
        writeln!(call.out, "{}", serde_json::to_string(&imported.edition)?)?;
    } else if args.explain {
        write!(call.out, "{}", imported.ledger)?;
    } else {
        let digest = candidates.digests.iter().find(|digest| digest.slug == imported.edition.digest);
        write!(call.out, "{}", in_words(&file.name, &imported.edition, digest, outcome))?;
    }
    call.out.flush()?;
    Ok(())
}

/// The store to write to, unless nothing is to be written, and the digests the files may belong to.
async fn prepare(args: &Import, call: &Call) -> anyhow::Result<(Option<Store>, Candidates)> {
    let named_file = args.digest.as_deref().filter(|name| name.ends_with(".toml")).map(ProfileFile::read).transpose()?;
    let slug: Option<Slug> = match (&named_file, &args.digest) {
        (Some(file), _) => Some(file.profile.digest.slug.clone()),
        (None, Some(name)) => {
            Some(super::slug(name).map_err(|message| Refusal::wrong_use(message, "Name a digest by its slug, or a file that ends in .toml."))?)
        }
        (None, None) => None,
    };
    if !call.folder.exists() {
        let profiles = to_begin_with(named_file, slug.as_ref())?;
        if args.dry_run {
            return Ok((None, Candidates::unstored(profiles.into_iter().map(|file| file.profile.digest).collect())));
        }
        // A slip in a name should not leave a data folder behind.
        if let Some(missing) = args.files.first().filter(|_| args.files.iter().all(|file| !is_stdin(file) && !file.exists())) {
            return Err(JobError::Missing { file: missing.display().to_string() }.into());
        }
        let (store, _) = call.folder.make(call.now, &profiles).await?;
        note(&format!("There was no data folder yet; made {}.", call.folder.path.display()));
        let candidates = Candidates::stored(&store, slug.as_ref()).await?;
        return Ok((Some(store), candidates));
    }
    let store = call.folder.open().await?;
    if let Some(file) = named_file {
        let candidates = with_profile(&store, &file.profile.digest, args.dry_run, call.now).await?;
        return Ok(((!args.dry_run).then_some(store), candidates));
    }
    let candidates = Candidates::stored(&store, slug.as_ref()).await?;
    Ok(((!args.dry_run).then_some(store), candidates))
}

/// The digests of a data folder that is not there yet.
fn to_begin_with(named_file: Option<ProfileFile>, slug: Option<&Slug>) -> anyhow::Result<Vec<ProfileFile>> {
    match (named_file, slug) {
        (Some(file), _) => Ok(vec![file]),
        (None, Some(slug)) => {
            let known = ProfileFile::all_built_in()?;
            let slugs = known.iter().map(|file| file.profile.digest.slug.clone()).collect();
            let file = known.into_iter().find(|file| file.profile.digest.slug == *slug);
            Ok(vec![file.ok_or(JobError::NoSuchDigest { slug: slug.clone(), known: slugs })?])
        }
        (None, None) => Ok(vec![ProfileFile::to_begin_with()?]),
    }
}

/// A digest's file named for an import adds the digest where it is new; it does not change one behind the editor's back.
async fn with_profile(store: &Store, digest: &Digest, dry_run: bool, now: i64) -> anyhow::Result<Candidates> {
    match store.digest(&digest.slug).await? {
        Some(stored) if !dry_run && !say_the_same(&stored, digest) => {
            let message = format!("the digest {} is here already and differs from its file", digest.slug);
            Err(Refusal::new(message, format!("Take on the file with pulse digest add FILE.toml, or import with --digest {}.", digest.slug)).into())
        }
        None if !dry_run => {
            store.put_digest(digest, now).await?;
            Ok(Candidates::stored(store, Some(&digest.slug)).await?)
        }
        _ => Ok(Candidates::unstored(vec![digest.clone()])),
    }
}

/// What was found in a file.
fn in_words(file: &str, edition: &Edition, digest: Option<&Digest>, outcome: Outcome) -> String {
    let name = digest.map_or(edition.digest.as_str(), |digest| digest.name.as_str());
    let mut text = format!("{file}: {name}, {} ({} {}): {}\n", edition.key().title(), edition.digest, edition.key(), outcome.as_str());
    push_line(&mut text, "  ", "letter", &letter_parts(&edition.letter));
    push_line(&mut text, "  ", "news", &news_parts(edition));
    for sector in &edition.sectors {
        let entries = sector.categories.iter().map(|category| category.entries.len()).sum();
        let _ = writeln!(text, "  {}: {}", sector.name, count(entries, "entry", "entries"));
        for category in sector.categories.iter().filter(|category| !category.name.is_empty()) {
            let _ = writeln!(text, "    {}: {}", category.name, category.entries.len());
        }
    }
    if !edition.set_aside.is_empty() {
        let _ = writeln!(text, "  set aside: {} (--explain says why)", count(edition.set_aside.len(), "line", "lines"));
    }
    push_problems(&mut text, edition);
    text
}

fn push_line(text: &mut String, indent: &str, name: &str, parts: &[String]) {
    let said = if parts.is_empty() { "none".to_owned() } else { parts.join(", ") };
    let _ = writeln!(text, "{indent}{name}: {said}");
}

fn letter_parts(letter: &Letter) -> Vec<String> {
    let parts = [
        ("welcome", !letter.welcome.is_empty()),
        ("highlights", !letter.highlights.is_empty()),
        ("call for contact", !letter.call_for_contact.is_empty()),
        ("notices", !letter.notices.is_empty()),
        ("sign-off", letter.sign_off.is_some()),
    ];
    let contacts = (!letter.contacts.is_empty()).then(|| count(letter.contacts.len(), "contact", "contacts"));
    parts.into_iter().filter(|(_, there)| *there).map(|(name, _)| name.to_owned()).chain(contacts).collect()
}

fn news_parts(edition: &Edition) -> Vec<String> {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for item in &edition.news {
        match kinds.iter_mut().find(|(kind, _)| *kind == item.kind.as_str()) {
            Some((_, number)) => *number += 1,
            None => kinds.push((item.kind.as_str(), 1)),
        }
    }
    kinds.into_iter().map(|(kind, number)| format!("{number} {kind}")).collect()
}

/// Each kind of problem once, with how often and on which lines.
fn push_problems(text: &mut String, edition: &Edition) {
    let mut kinds: Vec<(&str, usize, Vec<u32>)> = Vec::new();
    for problem in edition.all_problems() {
        let at = kinds.iter().position(|(message, ..)| *message == problem.message).unwrap_or_else(|| {
            kinds.push((&problem.message, 0, Vec::new()));
            kinds.len() - 1
        });
        kinds[at].1 += 1;
        kinds[at].2.extend(problem.line);
    }
    let total: usize = kinds.iter().map(|(_, number, _)| number).sum();
    if total > 0 {
        let _ = writeln!(text, "  {}:", count(total, "problem", "problems"));
    }
    for (message, number, mut lines) in kinds {
        lines.sort_unstable();
        lines.dedup();
        let times = if number > 1 { format!("{number} times: ") } else { String::new() };
        let _ = writeln!(text, "    {times}{message}{}", in_lines(&lines));
    }
}

fn in_lines(lines: &[u32]) -> String {
    let shown: Vec<String> = lines.iter().take(12).map(ToString::to_string).collect();
    let more = if lines.len() > shown.len() { format!(" and {} more", lines.len() - shown.len()) } else { String::new() };
    match lines {
        [] => String::new(),
        [one] => format!(" (line {one})"),
        _ => format!(" (lines {}{more})", shown.join(", ")),
    }
}
