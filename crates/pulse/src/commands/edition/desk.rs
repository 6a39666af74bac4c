//! `pulse edition new`, `check` and `answer`: an edition begun from what was picked, and the copy desk's queries about it.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use pulse_jobs::desk::{self, Asked, Checked, Part, Rule};
use pulse_jobs::drafting::Model;
use pulse_jobs::harvest::Web;
use pulse_jobs::new_edition;
use pulse_model::digest::Severity;
use pulse_model::{Edition, Entry};

use super::super::inbox::By;
use super::super::{Call, write_json};
use super::Which;
use crate::console::{Align, count, note, progress, table};
use crate::fault::Refusal;

/// Begin an edition
///
/// Drafts an entry for each shortlisted candidate, and files it; where nothing is shortlisted, for the likeliest of each sector that came
/// out in the month before. Begins the letter from the digest's template, and carries over notices of the last edition that are still
/// true. Says what came out outside the month before, and what a person should look at.
#[derive(Args, Debug)]
#[command(
    allow_missing_positional = true,
    after_long_help = "Examples:\n  pulse edition new 2026-06 --by \"Ada Okafor\"\n  pulse edition new tidemark 2026-06 --by \"Ada Okafor\" --per-sector 5"
)]
pub(crate) struct New {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    by: By,
    /// So many entries of each sector where nothing is shortlisted
    #[arg(long, value_name = "NUMBER")]
    per_sector: Option<usize>,
}

/// Ask the copy desk about an edition
///
/// Every query has a place, a rule, what is wrong and what to do. An error blocks sign-off until it is corrected or answered; a warning
/// wants an answer. With --fix, changes that are safe are made, and the text before them is kept. Links are asked over the network; with
/// --no-links, what became of them in the last week counts. Ends with 1 where there are errors.
#[derive(Args, Debug)]
#[command(
    allow_missing_positional = true,
    after_long_help = "Examples:\n  pulse edition check 2026-06\n  pulse edition check 2026-06 --fix --no-links\n  pulse edition check 2026-06 --rules"
)]
pub(crate) struct Check {
    #[command(flatten)]
    which: Which,
    /// Make the changes that are safe
    #[arg(long)]
    fix: bool,
    /// Do not ask whether links lead anywhere
    #[arg(long)]
    no_links: bool,
    /// List the rules, with what each weighs in this digest
    #[arg(long, conflicts_with_all = ["fix", "json"])]
    rules: bool,
    /// As JSON, for machines
    #[arg(long)]
    json: bool,
}

/// Answer a query of the copy desk
///
/// Where the text is right as it stands, says why, for whoever signs it off. The answer holds as long as the words do.
#[derive(Args, Debug)]
#[command(
    allow_missing_positional = true,
    after_long_help = "Examples:
  pulse edition answer 2026-06 --query 4c1f09aa --text \"the report itself says so\" --by \"Ada Okafor\"
  pulse edition answer 2023-05 --all --text \"as it was printed\" --by \"Ada Okafor\""
)]
pub(crate) struct Answer {
    #[command(flatten)]
    which: Which,
    /// Which query, as the check names it; can be given several times
    #[arg(long, value_name = "QUERY", required_unless_present = "all", conflicts_with = "all")]
    query: Vec<String>,
    /// Every query that has no answer
    #[arg(long)]
    all: bool,
    /// The answer
    #[arg(long, value_name = "TEXT")]
    text: String,
    #[command(flatten)]
    by: By,
}

pub(super) async fn new(args: &New, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let digest = pulse_jobs::digest_or_only(&store, args.which.digest.as_ref()).await?;
    let key = args.which.key;
    // A model that cannot be asked is no reason to have no drafts.
    let model = Model::of(&digest.slug, &call.folder.config()?.language_models).unwrap_or_else(|error| {
        note(&format!("{}; entries are extracts", pulse_jobs::harvest::sentence(&error)));
        None
    });
    let bar = progress(0, "drafting");
    let tell = |at: usize, of: usize, title: &str| {
        bar.set_length(of as u64);
        bar.set_position(at as u64);
        bar.set_message(title.to_owned());
    };
    let asked = new_edition::Asked { key, who: &args.by.by, per_sector: args.per_sector, model: model.as_ref(), tell: &tell };
    let made = new_edition::make(&store, &digest, asked, call.now).await;
    bar.finish_and_clear();
    let made = made?;
    writeln!(call.out, "{} of {}: a draft with {}", digest.name, key.title(), in_numbers(&made.edition))?;
    for said in &made.notes {
        writeln!(call.out, "  {said}")?;
    }
    writeln!(call.out, "Read it with pulse edition show {key}, ask the copy desk with pulse edition check {key}")?;
    Ok(())
}

fn in_numbers(edition: &Edition) -> String {
    format!("{} in {}", count(edition.entries().count(), "entry", "entries"), count(edition.sectors.len(), "sector", "sectors"))
}

pub(super) async fn check(args: &Check, call: &mut Call) -> anyhow::Result<ExitCode> {
    let store = call.folder.open().await?;
    let digest = pulse_jobs::digest_of_edition(&store, args.which.digest.as_ref(), args.which.key).await?;
    let key = args.which.key;
    if args.rules {
        let cells = |rule: &Rule| vec![rule.name().to_owned(), weight(rule.severity(&digest.desk)).to_owned(), rule.description().to_owned()];
        write!(call.out, "{}", table(&[Align::Left, Align::Left, Align::Left], &Rule::ALL.iter().map(cells).collect::<Vec<_>>()))?;
        return Ok(ExitCode::SUCCESS);
    }
    let dictionary = call.folder.dictionary()?;
    let door: Option<Web> = if args.no_links { None } else { Some(call.folder.door()?) };
    let Checked { stored, asked, fixed } = desk::check(&store, &digest, key, (dictionary.as_ref(), door.as_ref()), args.fix, call.now).await?;
    if args.json {
        let json = |asked: &Asked| serde_json::json!({ "key": asked.key, "query": asked.query, "answer": asked.answer.as_ref().map(|answer| &answer.answer) });
        write_json(&mut call.out, &asked.iter().map(json).collect::<Vec<_>>())?;
    } else {
        writeln!(call.out, "{} of {}: {}", digest.name, key.title(), found(&asked))?;
        if args.fix {
            let made = if fixed == 0 {
                "There was nothing to correct safely".to_owned()
            } else {
                format!("{} made; the text before is kept", count(fixed, "change was", "changes were"))
            };
            writeln!(call.out, "{made}")?;
        }
        if dictionary.is_none() {
            writeln!(call.out, "There is no list of words on this machine: only words known to be misspelt were found. docs/copy-desk.md says what helps.")?;
        }
        write!(call.out, "{}", in_words(&stored.edition, &asked))?;
    }
    Ok(if asked.iter().any(Asked::blocks) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// "2 errors, 3 warnings".
pub(crate) fn found(asked: &[Asked]) -> String {
    let of = |severity: Severity| asked.iter().filter(|asked| asked.query.severity == severity && asked.answer.is_none()).count();
    let answered = asked.iter().filter(|asked| asked.answer.is_some()).count();
    let parts = [(of(Severity::Error), "error", "errors"), (of(Severity::Warning), "warning", "warnings"), (answered, "answered", "answered")];
    let parts: Vec<String> = parts.into_iter().filter(|(number, ..)| *number > 0).map(|(number, one, many)| count(number, one, many)).collect();
    if parts.is_empty() { "the desk has nothing to ask".to_owned() } else { parts.join(", ") }
}

/// The queries, under what they are about.
pub(crate) fn in_words(edition: &Edition, asked: &[Asked]) -> String {
    let mut text = String::new();
    let mut last = String::new();
    for asked in asked {
        let query = &asked.query;
        let heading = heading(edition, &query.place.part);
        if heading != last {
            text.push_str(&format!("\n{heading}\n"));
            last = heading;
        }
        let fix = if query.fix.is_some() { " (--fix corrects it)" } else { "" };
        text.push_str(&format!("  {}  {} {}: {}{fix}\n", asked.key, weight(query.severity), query.rule.name(), query.message));
        if !query.place.excerpt.is_empty() {
            text.push_str(&format!("            \u{201c}{}\u{201d}\n", query.place.excerpt));
        }
        if let Some(answer) = &asked.answer {
            text.push_str(&format!("            {} answered: {}\n", answer.who, answer.answer));
        }
    }
    text
}

fn heading(edition: &Edition, part: &Part) -> String {
    let nth = |number: &usize| number.checked_sub(1);
    match part {
        Part::Edition => "The edition".to_owned(),
        Part::Letter { .. } => "The letter".to_owned(),
        Part::News { number } => nth(number).and_then(|at| edition.news.get(at)).map(|item| item.title.clone()).unwrap_or_default(),
        Part::Entry { number, .. } => nth(number).and_then(|at| edition.entries().nth(at)).map(Entry::heading).unwrap_or_default(),
    }
}

fn weight(severity: Severity) -> &'static str {
    match severity {
        Severity::Off => "off",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

pub(super) async fn answer(args: &Answer, call: &mut Call) -> anyhow::Result<()> {
    let store = call.folder.open().await?;
    let digest = pulse_jobs::digest_of_edition(&store, args.which.digest.as_ref(), args.which.key).await?;
    let dictionary = call.folder.dictionary()?;
    let Checked { stored, asked, .. } = desk::check::<Web>(&store, &digest, args.which.key, (dictionary.as_ref(), None), false, call.now).await?;
    let open = asked.iter().filter(|asked| args.all && asked.answer.is_none()).map(|asked| asked.key.as_str());
    let keys: Vec<&str> = args.query.iter().map(String::as_str).chain(open).collect();
    // A link's query is known only while links are asked, so that its key is taken as it is.
    if let Some(key) = keys.iter().find(|key| key.len() != desk::KEY_CHARS || !key.chars().all(|c| c.is_ascii_hexdigit())) {
        return Err(Refusal::new(format!("there is no query {key}"), "See which there are: pulse edition check.").into());
    }
    for key in &keys {
        store.answer_query(stored.id, key, &args.text, &args.by.by, call.now).await?;
    }
    writeln!(call.out, "{} answered", count(keys.len(), "query is", "queries are"))?;
    Ok(())
}
