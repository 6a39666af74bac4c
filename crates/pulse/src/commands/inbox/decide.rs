//! `pulse inbox shortlist`, `reject` and `undo`.

use std::io::Write as _;

use clap::Args;
use pulse_jobs::inbox;
use pulse_model::decision::Verdict;
use pulse_store::NewDecision;

use super::super::Call;
use super::{By, Whose, heading};

/// Pick candidates for the next edition
///
/// The order of the inbox learns from it at once. What others decided stays beside it; where people differ, the list says so.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse inbox shortlist 8d41c07e 02bb5f19 --by \"Ada Okafor\"")]
pub(crate) struct Shortlist {
    #[command(flatten)]
    what: What,
}

/// Say that candidates are not for this digest
///
/// They leave the list of what is waiting, and the order of the rest learns from it.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse inbox reject 8d41c07e --by \"Ada Okafor\" --note \"no method given\"")]
pub(crate) struct Reject {
    #[command(flatten)]
    what: What,
}

// Which candidates, by whom and why.
#[derive(Args, Debug)]
struct What {
    /// The ends of their ids, as the list has them, or their addresses
    #[arg(required = true)]
    ids: Vec<String>,
    #[command(flatten)]
    by: By,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    note: String,
    #[command(flatten)]
    whose: Whose,
}

/// Take a decision back
///
/// Your own latest that stands about this candidate, or somebody else's. Both the decision and that it was taken back stay in its history.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse inbox undo 8d41c07e --by \"Ada Okafor\"\n  pulse inbox undo 8d41c07e --of \"Bo Tarn\" --by \"Ada Okafor\"")]
pub(crate) struct Undo {
    /// The end of its id, as the list has it, or its address
    id: String,
    #[command(flatten)]
    by: By,
    /// The latest of this person, instead of your own
    #[arg(long, value_name = "NAME")]
    of: Option<String>,
    #[command(flatten)]
    whose: Whose,
}

pub(super) async fn shortlist(args: &Shortlist, call: &mut Call) -> anyhow::Result<()> {
    decide(&args.what, Verdict::Shortlisted, call).await
}

pub(super) async fn reject(args: &Reject, call: &mut Call) -> anyhow::Result<()> {
    decide(&args.what, Verdict::Rejected, call).await
}

async fn decide(what: &What, verdict: Verdict, call: &mut Call) -> anyhow::Result<()> {
    let opened = what.whose.open(call).await?;
    let mut candidates = Vec::with_capacity(what.ids.len());
    // All are found before anything is written.
    for id in &what.ids {
        candidates.push(inbox::named(&opened.store, &opened.inbox, id).await?);
    }
    for candidate in candidates {
        let decision = NewDecision { publication: candidate.publication, verdict, who: &what.by.by, note: &what.note };
        inbox::decide(&opened.store, &opened.digest, decision, call.now).await?;
        writeln!(call.out, "{verdict}: {}", heading(candidate))?;
        for covered in candidate.covered.iter().filter(|_| verdict == Verdict::Shortlisted) {
            writeln!(call.out, "  it was {covered}")?;
        }
        for other in candidate.decisions.iter().filter(|other| other.who != what.by.by && other.verdict != verdict) {
            writeln!(call.out, "  {} decided otherwise: {}", other.who, other.verdict)?;
        }
    }
    Ok(())
}

pub(super) async fn undo(args: &Undo, call: &mut Call) -> anyhow::Result<()> {
    let opened = args.whose.open(call).await?;
    let candidate = inbox::named(&opened.store, &opened.inbox, &args.id).await?;
    match inbox::undo(&opened.store, candidate, Some(args.of.as_deref().unwrap_or(&args.by.by)), &args.by.by, call.now).await? {
        Some(decision) => writeln!(call.out, "taken back: {} by {}: {}", decision.verdict, decision.who, heading(candidate))?,
        None => writeln!(call.out, "There is no decision of {} to take back about {}", args.of.as_deref().unwrap_or(&args.by.by), heading(candidate))?,
    }
    Ok(())
}
