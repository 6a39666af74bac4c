//! `pulse publication`: what was published, and what Pulse has of it.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use pulse_jobs::{JobError, publications};
use pulse_model::Version;
use pulse_model::publication::Change;
use pulse_store::{DocumentRow, PublicationFilter, PublicationRow, StoredPublication};

use super::{Call, day, moment, write_json};
use crate::console::{Align, count, size, table};
use crate::fault::Refusal;

/// Look at what was published
#[derive(Debug, Subcommand)]
pub(crate) enum PublicationCommand {
    List(List),
    Show(Show),
}

/// List the publications
///
/// The newest first: when each came out, its title, how often it changed, how many of its documents are here, and which sources told of it.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse publication list --since 2026-05-01\n  pulse publication list --source \"Quay Health Institute\" --json")]
pub(crate) struct List {
    /// Only what came out, or changed, since then
    #[arg(long, value_name = "DATE", value_parser = super::day_start)]
    since: Option<i64>,
    /// Only what this source told of
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// So many at the most
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    limit: u32,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Show a publication
///
/// What is known of it, what identifies it, its versions with what changed, and its documents.
#[derive(Args, Debug)]
#[command(
    after_long_help = "Examples:\n  pulse publication show https://quay.example/reports/waiting\n  pulse publication show https://quay.example/reports/waiting --text"
)]
pub(crate) struct Show {
    /// Its address, or its id as the list has it
    #[arg(value_name = "URL|ID")]
    which: String,
    /// The text of its documents, as Markdown
    #[arg(long)]
    text: bool,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(command: PublicationCommand, call: &mut Call) -> anyhow::Result<ExitCode> {
    match command {
        PublicationCommand::List(args) => list(&args, call).await?,
        PublicationCommand::Show(args) => show(&args, call).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(args: &List, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let source = match &args.source {
        Some(name) => Some(store.source(name).await?.ok_or_else(|| JobError::NoSuchSource { name: name.clone() })?.id),
        None => None,
    };
    let mut rows: Vec<PublicationRow> = Vec::new();
    while let Some(left) = args.limit.checked_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX)).filter(|left| *left > 0) {
        let before = rows.last().map(|row| (row.sorted_at, row.id));
        let page = store.publications(PublicationFilter { since: args.since, source }, before, left).await?;
        if page.is_empty() {
            break;
        }
        rows.extend(page);
    }
    if args.json {
        return write_json(&mut call.out, &rows.iter().map(row_json).collect::<Vec<_>>());
    }
    if rows.is_empty() {
        writeln!(call.out, "There is nothing. Bring in what the sources have: pulse harvest.")?;
    }
    let cells = |row: &PublicationRow| {
        let versions = if row.version_number > 1 { format!("version {}", row.version_number) } else { String::new() };
        let documents = count(usize::try_from(row.document_count).unwrap_or(usize::MAX), "document", "documents");
        vec![day(row.sorted_at), row.id.to_string(), documents, versions, row.sources.join(", "), row.facts.title.clone()]
    };
    let columns = [Align::Right, Align::Left, Align::Right, Align::Left, Align::Left, Align::Left];
    write!(call.out, "{}", table(&columns, &rows.iter().map(cells).collect::<Vec<_>>()))?;
    Ok(())
}

async fn show(args: &Show, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let found = publications::find(&store, &args.which).await?;
    let missing = || Refusal::new(format!("there is no publication {}", args.which), "See which there are: pulse publication list.");
    let stored = found.ok_or_else(missing)?;
    if args.json {
        return write_json(&mut call.out, &stored_json(&stored));
    }
    if args.text {
        for row in stored.documents.iter().filter(|row| row.newest.is_some()) {
            if let Some(document) = store.document(row.id, None).await? {
                writeln!(call.out, "<!-- {} -->\n\n{}", row.url, publications::markdown(&document))?;
            }
        }
        return Ok(());
    }
    tell(&stored, call)?;
    writeln!(call.out, "Identified by:")?;
    for identifier in &stored.identifiers {
        writeln!(call.out, "  {identifier}")?;
    }
    writeln!(call.out, "Told of by: {}", stored.row.sources.join(", "))?;
    writeln!(call.out, "Versions:")?;
    for version in &stored.versions {
        tell_version(version, call)?;
    }
    Ok(())
}

/// What is known of a publication, and its documents.
pub(super) fn tell(stored: &StoredPublication, call: &mut Call) -> anyhow::Result<()> {
    let facts = &stored.row.facts;
    writeln!(call.out, "{}", facts.title)?;
    let dates = [("published", facts.published_at), ("updated", facts.updated_at)];
    let dates = dates.iter().filter_map(|(what, at)| Some((*what, day((*at)?))));
    let known = [("by", facts.publishers.join(", ")), ("authors", facts.authors.join(", ")), ("type", facts.document_type.clone().unwrap_or_default())];
    let known = dates.chain(known).chain([("note", facts.change_note.clone().unwrap_or_default()), ("at", facts.link.clone().unwrap_or_default())]);
    let rows: Vec<Vec<String>> = known.filter(|(_, value)| !value.is_empty()).map(|(what, value)| vec![format!("  {what}"), value]).collect();
    write!(call.out, "{}", table(&[Align::Left, Align::Left], &rows))?;
    if facts.is_withdrawn {
        writeln!(call.out, "  Its publisher has withdrawn it.")?;
    }
    writeln!(call.out, "Documents:")?;
    let rows: Vec<Vec<String>> = stored.documents.iter().map(document_cells).collect();
    write!(call.out, "{}", table(&[Align::Left, Align::Right, Align::Left, Align::Left], &rows))?;
    Ok(())
}

fn document_cells(row: &DocumentRow) -> Vec<String> {
    let (form, bytes, version) = match &row.newest {
        Some(newest) => (name_of(&newest.form), size(usize::try_from(newest.size_bytes).unwrap_or(usize::MAX)), newest.number),
        None => ("none".to_owned(), String::new(), 0),
    };
    let mut said = row.url.clone();
    if version > 1 {
        said.push_str(&format!(" (version {version})"));
    }
    if !row.last_error.is_empty() {
        said.push_str(&format!(" ({})", row.last_error));
    }
    vec![format!("  {form}"), bytes, said]
}

fn tell_version(version: &Version, call: &mut Call) -> anyhow::Result<()> {
    writeln!(call.out, "  {}  version {}", moment(version.seen_at), version.number)?;
    for change in &version.changes {
        writeln!(call.out, "     {}", in_words(change))?;
        if let Change::Text { added, removed, .. } = change {
            for (sign, line) in removed.iter().map(|line| ('-', line)).chain(added.iter().map(|line| ('+', line))) {
                writeln!(call.out, "       {sign} {line}")?;
            }
        }
    }
    Ok(())
}

fn in_words(change: &Change) -> String {
    let at = |at: &Option<i64>| at.map_or_else(|| "no date".to_owned(), day);
    match change {
        Change::Title { from, to } => format!("title: \u{201c}{from}\u{201d} is now \u{201c}{to}\u{201d}"),
        Change::Published { from, to } => format!("published: {} is now {}", at(from), at(to)),
        Change::Updated { from, to } => format!("updated: {} is now {}", at(from), at(to)),
        Change::Note { text } => format!("note: {text}"),
        Change::Withdrawn { now: true } => "withdrawn".to_owned(),
        Change::Withdrawn { now: false } => "no longer withdrawn".to_owned(),
        Change::Text { document, .. } => format!("text of {document}:"),
        Change::DocumentAdded { document } => format!("new document: {document}"),
        Change::DocumentRemoved { document } => format!("document gone: {document}"),
    }
}

fn name_of(form: &impl serde::Serialize) -> String {
    serde_json::to_value(form).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

fn row_json(row: &PublicationRow) -> serde_json::Value {
    serde_json::json!({
        "id": row.id, "publication": row.facts, "first_seen_at": row.first_seen_at, "version": row.version_number, "sources": row.sources,
        "document_count": row.document_count,
    })
}

fn stored_json(stored: &StoredPublication) -> serde_json::Value {
    let document = |row: &DocumentRow| {
        serde_json::json!({
            "id": row.id, "url": row.url, "title": row.title, "error": row.last_error, "version": row.newest.as_ref().map(|newest| newest.number),
            "form": row.newest.as_ref().map(|newest| newest.form), "size_bytes": row.newest.as_ref().map(|newest| newest.size_bytes),
            "original_sha256": row.newest.as_ref().map(|newest| newest.original.to_string()),
        })
    };
    let mut json = row_json(&stored.row);
    json["identifiers"] = serde_json::json!(stored.identifiers);
    json["versions"] = serde_json::json!(stored.versions);
    json["records"] = stored.records.iter().map(|(source, record)| serde_json::json!({ "source": source, "record": record })).collect();
    json["documents"] = stored.documents.iter().map(document).collect();
    json
}
