//! `pulse rule`: what is to become of candidates without anybody looking.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use pulse_jobs::inbox::{self, Move, Proposed, WINDOW_MS};
use pulse_model::{Rule, Slug};

use super::inbox::By;
use super::{Call, moment, write_json};
use crate::console::{Align, count, table};
use crate::fault::Refusal;

/// File and reject candidates by rule
#[derive(Debug, Subcommand)]
pub(crate) enum RuleCommand {
    List(List),
    Add(Add),
    Remove(Remove),
}

/// List the rules
///
/// In the order they are asked: of two that say different things of one candidate, the first counts.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse rule list")]
pub(crate) struct List {
    #[command(flatten)]
    whose: Whose,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Add a rule
///
/// Says first what it would do to what is in the inbox. It counts at once, for what is there and for what comes. A rule has conditions
/// (publisher, title, text, type, source, host), joined by and, and what is to be done: sector, category, or reject. Titles and texts are
/// looked through with a regular expression.
#[derive(Args, Debug)]
#[command(after_long_help = "Examples:
  pulse rule add 'publisher \"Harbour Trust\" -> sector \"Criminal justice\"' --by \"Ada Okafor\"
  pulse rule add 'title \"vacancy|job advert\" -> reject' --by \"Ada Okafor\" --try")]
pub(crate) struct Add {
    /// The rule
    rule: String,
    #[command(flatten)]
    by: By,
    /// Only say what it would do
    #[arg(long = "try")]
    is_trial: bool,
    #[command(flatten)]
    whose: Whose,
}

/// Remove a rule
///
/// What it filed or rejected stands again where it would without it.
#[derive(Args, Debug)]
#[command(after_long_help = "Example:\n  pulse rule remove 2 --by \"Ada Okafor\"")]
pub(crate) struct Remove {
    /// Its number, as the list has it
    number: usize,
    #[command(flatten)]
    by: By,
    #[command(flatten)]
    whose: Whose,
}

// Whose rules. (As a doc comment, clap would take this for what the command is about.)
#[derive(Args, Debug)]
struct Whose {
    /// The digest; may be left out where there is only one
    #[arg(long, value_name = "SLUG", value_parser = super::slug)]
    digest: Option<Slug>,
}

pub(crate) async fn run(command: RuleCommand, call: &mut Call) -> anyhow::Result<ExitCode> {
    match command {
        RuleCommand::List(args) => list(&args, call).await?,
        RuleCommand::Add(args) => add(&args, call).await?,
        RuleCommand::Remove(args) => remove(&args, call).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(args: &List, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let digest = pulse_jobs::digest_or_only(&store, args.whose.digest.as_ref()).await?;
    let rules = store.rules(&digest.slug).await?;
    if args.json {
        let json = |stored: &pulse_store::StoredRule| serde_json::json!({ "id": stored.id, "rule": stored.rule.to_string(), "made_by": stored.made_by, "made_at": stored.made_at });
        return write_json(&mut call.out, &rules.iter().map(json).collect::<Vec<_>>());
    }
    if rules.is_empty() {
        writeln!(call.out, "There is no rule yet. Add one: pulse rule add.")?;
    }
    let cells = |(at, stored): (usize, &pulse_store::StoredRule)| {
        vec![(at + 1).to_string(), stored.rule.to_string(), format!("{}, {}", stored.made_by, moment(stored.made_at))]
    };
    let rows: Vec<Vec<String>> = rules.iter().enumerate().map(cells).collect();
    write!(call.out, "{}", table(&[Align::Right, Align::Left, Align::Left], &rows))?;
    for refused in inbox::refused(&store, &digest).await? {
        writeln!(call.out, "{refused}")?;
    }
    Ok(())
}

async fn add(args: &Add, call: &mut Call) -> anyhow::Result<()> {
    let rule: Rule =
        args.rule.parse().map_err(|error: pulse_model::rule::RuleError| Refusal::wrong_use(error.to_string(), "See examples: pulse rule add --help."))?;
    let store = call.folder.open().await?;
    let digest = pulse_jobs::digest_or_only(&store, args.whose.digest.as_ref()).await?;
    let Proposed { wrong, moves } = inbox::propose(&store, &digest, &rule, call.now - WINDOW_MS).await?;
    if !wrong.is_empty() {
        return Err(Refusal::new(wrong.join("; "), "Nothing was kept. Correct the rule and try again.").into());
    }
    writeln!(call.out, "{rule}\n{moves}")?;
    for example in &moves.examples {
        writeln!(call.out, "  {}", in_words(example))?;
    }
    if moves.count > moves.examples.len() {
        writeln!(call.out, "  and {} more", moves.count - moves.examples.len())?;
    }
    if args.is_trial {
        return Ok(());
    }
    store.add_rule(&digest.slug, &rule, &args.by.by, call.now).await?;
    let number = store.rules(&digest.slug).await?.len();
    writeln!(call.out, "It is rule {number} of {}", count(number, "rule", "rules"))?;
    Ok(())
}

fn in_words(example: &Move) -> String {
    let place = |ruled: &pulse_jobs::inbox::Ruled| match (&ruled.reject, &ruled.sector, &ruled.category) {
        (Some(_), ..) => "rejected".to_owned(),
        (None, None, None) => "as learned".to_owned(),
        (None, sector, category) => [sector, category].into_iter().flatten().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" / "),
    };
    format!("{}: {} -> {}", example.title, place(&example.before), place(&example.after))
}

async fn remove(args: &Remove, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let digest = pulse_jobs::digest_or_only(&store, args.whose.digest.as_ref()).await?;
    let rules = store.rules(&digest.slug).await?;
    let missing = || Refusal::new(format!("there is no rule {}", args.number), "See which there are: pulse rule list.");
    let stored = args.number.checked_sub(1).and_then(|at| rules.get(at)).ok_or_else(missing)?;
    store.retire_rule(stored.id, &args.by.by, call.now).await?;
    writeln!(call.out, "removed: {}", stored.rule)?;
    Ok(())
}
