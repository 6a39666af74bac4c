//! `pulse inbox list`.

use std::io::Write as _;

use clap::Args;
use pulse_jobs::inbox::{Candidate, Inbox, State, short};
use pulse_model::decision::Verdict;

use super::super::{Call, write_json};
use super::{Whose, heading, place, state_name};
use crate::console::{Align, count, table};

/// List what came in
///
/// In the order in which the digest would pick it, learned from its archive and its decisions: the end of the id, how likely it is to be
/// picked, where it would be filed, and what it is; below it whether it is a new topic, was covered before, follows something, or stands
/// for the same publication from other sources. pulse inbox why says why it stands where it does.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:
  pulse inbox list
  pulse inbox list --sector \"Criminal justice\" --limit 20
  pulse inbox list --state shortlisted --json")]
pub(crate) struct List {
    #[command(flatten)]
    whose: Whose,
    /// Only what would be filed in this sector
    #[arg(long, value_name = "NAME")]
    sector: Option<String>,
    /// Only what stands so
    #[arg(long, value_name = "STATE", default_value = "waiting", value_parser = ["waiting", "shortlisted", "rejected", "used", "differing", "by-rule", "all"])]
    state: String,
    /// So many at the most
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    limit: usize,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

pub(super) async fn list(args: &List, call: &mut Call) -> anyhow::Result<()> {
    let opened = args.whose.open(call).await?;
    let inbox = &opened.inbox;
    let is_asked = |candidate: &&Candidate| {
        is_state(&args.state, candidate.state()) && args.sector.as_ref().is_none_or(|name| is_same(name, &candidate.filing.sector.name))
    };
    let found: Vec<&Candidate> = inbox.candidates.iter().filter(is_asked).collect();
    let shown = found.get(..args.limit.min(found.len())).unwrap_or_default();
    if args.json {
        return write_json(&mut call.out, &shown.iter().map(|candidate| as_json(candidate)).collect::<Vec<_>>());
    }
    writeln!(call.out, "{}: {}", opened.digest.name, in_numbers(inbox))?;
    for note in &inbox.notes {
        writeln!(call.out, "{note}")?;
    }
    if inbox.candidates.is_empty() {
        writeln!(call.out, "Nothing came in. Bring in what the sources have: pulse harvest.")?;
    } else if shown.is_empty() {
        writeln!(call.out, "There is nothing of this kind.")?;
    } else {
        write!(call.out, "\n{}", lines(shown))?;
        let left = found.len() - shown.len();
        if left > 0 {
            writeln!(call.out, "and {left} more: --limit {}", found.len())?;
        }
    }
    Ok(())
}

fn is_state(name: &str, state: State) -> bool {
    match name {
        "all" => true,
        "by-rule" => state == State::RejectedByRule,
        name => name == state_name(state),
    }
}

fn is_same(one: &str, other: &str) -> bool {
    pulse_model::name::fold(one) == pulse_model::name::fold(other)
}

/// "12 waiting, 3 shortlisted".
pub(crate) fn in_numbers(inbox: &Inbox) -> String {
    let states = [
        State::Waiting,
        State::Decided(Verdict::Shortlisted),
        State::Decided(Verdict::Rejected),
        State::Decided(Verdict::Used),
        State::Differing,
        State::RejectedByRule,
    ];
    let of = |state: State| (inbox.candidates.iter().filter(|candidate| candidate.state() == state).count(), state_name(state));
    let parts: Vec<String> = states.into_iter().map(of).filter(|(number, _)| *number > 0).map(|(number, name)| format!("{number} {name}")).collect();
    if parts.is_empty() { count(0, "publication", "publications") } else { parts.join(", ") }
}

/// A line for each, and under it what else a person should see at once.
pub(crate) fn lines(candidates: &[&Candidate]) -> String {
    let cells = |candidate: &&Candidate| {
        let score = format!("{:.0} %", candidate.score * 100.0);
        vec![short(candidate.publication), score, place(candidate), heading(candidate)]
    };
    let rows = table(&[Align::Left, Align::Right, Align::Left, Align::Left], &candidates.iter().map(cells).collect::<Vec<_>>());
    let mut text = String::new();
    for (line, candidate) in rows.lines().zip(candidates) {
        text.push_str(line);
        text.push('\n');
        for remark in remarks(candidate) {
            text.push_str(&format!("          {remark}\n"));
        }
    }
    text
}

fn remarks(candidate: &Candidate) -> Vec<String> {
    let mut remarks = Vec::new();
    if candidate.explores {
        remarks.push("here because it is unlike what was judged so far".to_owned());
    }
    remarks.extend(candidate.covered.first().map(ToString::to_string));
    remarks.extend(candidate.follows.as_ref().map(ToString::to_string));
    if !candidate.others.is_empty() {
        remarks.push(format!("stands for {} besides", count(candidate.others.len(), "publication", "publications")));
    }
    if let State::Differing = candidate.state() {
        let said: Vec<String> = candidate.decisions.iter().map(|decision| format!("{}: {}", decision.who, decision.verdict)).collect();
        remarks.push(said.join(", "));
    }
    remarks
}

pub(super) fn as_json(candidate: &Candidate) -> serde_json::Value {
    let choice = |choice: &pulse_jobs::inbox::Choice| serde_json::json!({ "name": choice.name, "probability": choice.probability, "because": choice.because });
    serde_json::json!({
        "id": candidate.publication, "title": candidate.subject.title, "publishers": candidate.subject.publishers, "links": candidate.subject.links,
        "came_out_at": candidate.came_out_at, "state": state_name(candidate.state()), "score": candidate.score, "explores": candidate.explores,
        "reasons": candidate.reasons.iter().map(|reason| serde_json::json!({ "text": reason.text, "weight": reason.weight })).collect::<Vec<_>>(),
        "sector": choice(&candidate.filing.sector), "category": choice(&candidate.filing.category),
        "others": candidate.others.iter().map(|(id, why)| serde_json::json!({ "id": id, "why": why.to_string() })).collect::<Vec<_>>(),
        "follows": candidate.follows.as_ref().map(ToString::to_string), "covered": candidate.covered.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "rejected_by_rule": candidate.rejected_by.map(|rule| rule.number), "decisions": candidate.decisions,
    })
}
