//! `pulse inbox draft` and `pulse inbox prompts`.

use std::io::Write as _;

use clap::Args;
use pulse_jobs::drafting::{self, Model};
use pulse_jobs::inbox;
use pulse_model::draft::Point;
use pulse_model::{Draft as Drafted, Slug};

use super::super::{Call, moment, write_json};
use super::Whose;

/// Draft the entry of a candidate
///
/// From the documents of the publication: a description, findings and recommendations, each with the words it rests on and where they
/// stand. It is an extract, and the beginning of an entry: nobody has checked it. Where the settings name a language model for the digest,
/// its words are checked against the documents, and what these do not say is marked.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse inbox draft 8d41c07e")]
pub(crate) struct Draft {
    /// The end of its id, as the list has it, or its address
    id: String,
    #[command(flatten)]
    whose: Whose,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// List what a language model was asked
///
/// The newest first: when, about which publication, what it cost, and what came back. With --json, every word of question and answer.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse inbox prompts --limit 5 --json")]
pub(crate) struct Prompts {
    /// The digest; may be left out where there is only one
    #[arg(long, value_name = "SLUG", value_parser = super::super::slug)]
    digest: Option<Slug>,
    /// So many at the most
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    limit: u32,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

pub(super) async fn draft(args: &Draft, call: &mut Call) -> anyhow::Result<()> {
    let opened = args.whose.open(call).await?;
    let candidate = inbox::named(&opened.store, &opened.inbox, &args.id).await?;
    let model = Model::of(&opened.digest.slug, &call.folder.config()?.language_models)?;
    let wishes = inbox::wishes(&opened.store, &opened.digest).await?;
    let made = drafting::draft(&opened.store, &opened.digest, candidate, (&wishes, model.as_ref()), call.now).await?;
    if args.json {
        return write_json(&mut call.out, &made.draft);
    }
    write!(call.out, "{}", in_words(&made.draft))?;
    Ok(())
}

/// A draft with its passages.
pub(crate) fn in_words(draft: &Drafted) -> String {
    let mut text = format!("DRAFT, to be checked\n{}\n", draft.entry.heading());
    for (point, (depth, _)) in draft.points.iter().zip(draft.entry.summary.texts()) {
        let mark = if depth > 0 { "- " } else { "" };
        text.push_str(&format!("\n{mark}{}\n", point.text.plain()));
        text.push_str(&sources(point));
    }
    if !draft.notes.is_empty() {
        text.push_str("\nNotes:\n");
        draft.notes.iter().for_each(|note| text.push_str(&format!("  {note}\n")));
    }
    text
}

/// Where a point comes from, and what in it does not.
fn sources(point: &Point) -> String {
    let mut text = String::new();
    for passage in &point.passages {
        let page = passage.page.map(|page| format!(", page {page}")).unwrap_or_default();
        text.push_str(&format!("    from {}#{}{page}\n", passage.document, passage.anchor));
    }
    if !point.untraced.is_empty() {
        text.push_str(&format!("    !! NOT IN THE DOCUMENTS: {}\n", point.untraced.join(", ")));
    }
    text
}

pub(super) async fn prompts(args: &Prompts, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let digest = pulse_jobs::digest_or_only(&store, args.digest.as_ref()).await?;
    let rows = store.prompts(&digest.slug, args.limit).await?;
    if args.json {
        let json = |row: &pulse_store::PromptRow| {
            serde_json::json!({
                "publication": row.publication, "model": row.model, "question": row.question, "asked_at": row.asked_at, "answer": row.answer,
                "error": row.error, "cost": row.cost_micros as f64 / 1e6,
            })
        };
        return write_json(&mut call.out, &rows.iter().map(json).collect::<Vec<_>>());
    }
    if rows.is_empty() {
        writeln!(call.out, "No language model was asked.")?;
    }
    for row in rows {
        let about = row.publication.map(inbox::short).unwrap_or_default();
        let came = if row.error.is_empty() { format!("{} characters came back", row.answer.chars().count()) } else { row.error };
        writeln!(call.out, "{}  {}  {about}  {:.4}  {came}", moment(row.asked_at), row.model, row.cost_micros as f64 / 1e6)?;
    }
    Ok(())
}
