//! `pulse edition trace`: where each figure of an edition comes from.

use std::io::Write as _;

use clap::Args;
use pulse_jobs::desk::{self, Origins};
use pulse_model::Passage;
use pulse_model::trace::Tracing;

use super::super::{Call, write_json};
use super::Which;

/// Say where figures come from
///
/// For every figure, date and period of each entry: the passage of a document that says it, how it follows from one, or that nothing says
/// it. Below them, words that an entry has in common with a document in a long run, so that quotation is a choice.
#[derive(Args, Debug)]
#[command(allow_missing_positional = true, after_long_help = "Examples:\n  pulse edition trace 2026-06\n  pulse edition trace tidemark 2026-06 --json")]
pub(crate) struct Trace {
    #[command(flatten)]
    which: Which,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

pub(super) async fn trace(args: &Trace, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let digest = pulse_jobs::digest_of_edition(&store, args.which.digest.as_ref(), args.which.key).await?;
    let all = desk::origins(&store, &digest, args.which.key).await?;
    if args.json {
        let copied = |of: &Origins| -> Vec<serde_json::Value> {
            let runs = of.copied.iter().flat_map(|(text, runs)| runs.iter().map(move |run| (text.get(run.bytes.clone()), run)));
            runs.map(|(words, run)| serde_json::json!({ "words": words, "is_quoted": run.is_quoted, "passage": run.passage })).collect()
        };
        let periods = |of: &Origins| -> Vec<serde_json::Value> {
            of.periods.iter().map(|traced| serde_json::json!({ "wording": traced.period.wording, "tracing": traced.tracing })).collect()
        };
        let json = |of: &Origins| serde_json::json!({ "heading": of.heading, "has_documents": of.is_known, "figures": of.figures, "periods": periods(of), "copied": copied(of) });
        return write_json(&mut call.out, &all.iter().map(json).collect::<Vec<_>>());
    }
    for origins in &all {
        write!(call.out, "{}", in_words(origins))?;
    }
    Ok(())
}

fn in_words(origins: &Origins) -> String {
    let mut text = format!("{}\n", origins.heading);
    if !origins.is_known {
        text.push_str("  no document of it is kept: nothing could be traced\n");
        return text;
    }
    let figures = origins.figures.iter().map(|traced| (&traced.figure.wording, &traced.tracing));
    let periods = origins.periods.iter().map(|traced| (&traced.period.wording, &traced.tracing));
    for (wording, tracing) in figures.chain(periods) {
        text.push_str(&format!("  {wording}: {}\n", how(tracing)));
    }
    for (said, runs) in &origins.copied {
        for run in runs {
            let what = if run.is_quoted { "quoted" } else { "word for word, and not marked as a quotation" };
            text.push_str(&format!("  {what}, {}: \u{201c}{}\u{201d}\n", place(&run.passage), said.get(run.bytes.clone()).unwrap_or_default()));
        }
    }
    text
}

fn how(tracing: &Tracing) -> String {
    match tracing {
        Tracing::Traced { passage } => format!("{}: \u{201c}{}\u{201d}", place(passage), passage.quote),
        Tracing::Derived { how, passages } => format!("{how}, {}", passages.iter().map(place).collect::<Vec<_>>().join(" and ")),
        Tracing::Untraced { nearest: Some(passage) } => format!("NOT FOUND; the nearest is {}: \u{201c}{}\u{201d}", place(passage), passage.quote),
        Tracing::Untraced { nearest: None } => "NOT FOUND".to_owned(),
    }
}

fn place(passage: &Passage) -> String {
    let page = passage.page.map(|page| format!(", page {page}")).unwrap_or_default();
    format!("{}#{}{page}", passage.document, passage.anchor)
}
