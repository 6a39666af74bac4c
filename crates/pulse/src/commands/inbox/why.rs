//! `pulse inbox why`.

use std::io::Write as _;

use clap::Args;
use pulse_jobs::inbox::{self, Candidate, Choice};
use pulse_model::Decision;

use super::super::{Call, moment, write_json};
use super::{Whose, heading, state_name};

/// Say why a candidate stands where it does
///
/// Its three strongest reasons, the words that spoke for its sector and category, what it repeats or follows, where it was covered, and
/// everything anybody decided about it.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:\n  pulse inbox why 8d41c07e\n  pulse inbox why https://quay.example/reports/waiting --json")]
pub(crate) struct Why {
    /// The end of its id, as the list has it, or its address
    id: String,
    #[command(flatten)]
    whose: Whose,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

pub(super) async fn why(args: &Why, call: &mut Call) -> anyhow::Result<()> {
    let opened = args.whose.open(call).await?;
    let candidate = inbox::named(&opened.store, &opened.inbox, &args.id).await?;
    let history = inbox::history(&opened.store, &opened.digest, candidate).await?;
    if args.json {
        let mut json = super::list::as_json(candidate);
        json["decisions"] = serde_json::json!(history);
        return write_json(&mut call.out, &json);
    }
    writeln!(call.out, "{}", heading(candidate))?;
    let rank = opened.inbox.candidates.iter().position(|one| one.publication == candidate.publication).map_or(0, |at| at + 1);
    let of = opened.inbox.candidates.len();
    writeln!(call.out, "Place {rank} of {of}, {:.0} %, {}", candidate.score * 100.0, state_name(candidate.state()))?;
    for note in &opened.inbox.notes {
        writeln!(call.out, "{note}")?;
    }
    tell_rank(candidate, call)?;
    for (what, choice) in [("Sector", &candidate.filing.sector), ("Category", &candidate.filing.category)] {
        tell_choice(what, choice, call)?;
    }
    tell_relatives(candidate, &opened.inbox, call)?;
    tell_history(&history, call)
}

fn tell_rank(candidate: &Candidate, call: &mut Call) -> anyhow::Result<()> {
    if candidate.explores {
        writeln!(call.out, "It has its place because it is unlike what was judged so far, and not for its score.")?;
    }
    writeln!(call.out, "Reasons:")?;
    for reason in &candidate.reasons {
        let sign = if reason.weight < 0.0 { '-' } else { '+' };
        writeln!(call.out, "  {sign} {}", reason.text)?;
    }
    Ok(())
}

fn tell_choice(what: &str, choice: &Choice, call: &mut Call) -> anyhow::Result<()> {
    if choice.name.is_empty() {
        return Ok(());
    }
    let because = if choice.because.is_empty() { String::new() } else { format!(": {}", choice.because.join(", ")) };
    writeln!(call.out, "{what}: {}, {:.0} %{because}", choice.name, choice.probability * 100.0)?;
    Ok(())
}

fn tell_relatives(candidate: &Candidate, inbox: &inbox::Inbox, call: &mut Call) -> anyhow::Result<()> {
    for contradiction in &candidate.contradictions {
        writeln!(call.out, "Rules contradict each other: {contradiction}")?;
    }
    if let Some(rule) = candidate.rejected_by {
        writeln!(call.out, "Rejected by {rule}; pulse rule list says what it is.")?;
    }
    for (publication, why) in &candidate.others {
        writeln!(call.out, "Stands for {}: {why}", inbox::short(*publication))?;
    }
    if let Some(follows) = &candidate.follows {
        writeln!(call.out, "It {follows}")?;
    }
    for covered in &candidate.covered {
        writeln!(call.out, "It was {covered}")?;
    }
    // What shares a title with another in the inbox and was not joined is worth a look.
    let same = |one: &&Candidate| one.publication != candidate.publication && one.subject.title == candidate.subject.title;
    for other in inbox.candidates.iter().filter(same) {
        writeln!(call.out, "Has the title of {}", inbox::short(other.publication))?;
    }
    Ok(())
}

fn tell_history(history: &[Decision], call: &mut Call) -> anyhow::Result<()> {
    if !history.is_empty() {
        writeln!(call.out, "Decisions:")?;
    }
    for decision in history {
        let note = if decision.note.is_empty() { String::new() } else { format!(": {}", decision.note) };
        let undone = decision.undone.as_ref().map(|undone| format!(" (taken back by {} on {})", undone.who, moment(undone.at))).unwrap_or_default();
        writeln!(call.out, "  {}  {} by {}{note}{undone}", moment(decision.at), decision.verdict, decision.who)?;
    }
    Ok(())
}
