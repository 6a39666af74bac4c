//! `pulse inbox`: what came in, in the order in which a digest would pick it, and what people decide about it.

mod decide;
pub(super) mod draft;
pub(super) mod list;
mod why;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use pulse_jobs::inbox::{self, Candidate, Inbox, State};
use pulse_model::{Digest, Entry, Slug};
use pulse_store::Store;

use super::Call;

/// Go through what was published
#[derive(Debug, Subcommand)]
pub(crate) enum InboxCommand {
    List(list::List),
    Why(why::Why),
    Shortlist(decide::Shortlist),
    Reject(decide::Reject),
    Undo(decide::Undo),
    Draft(draft::Draft),
    Prompts(draft::Prompts),
}

// Whose inbox. (As a doc comment, clap would take this for what the command is about.)
#[derive(Args, Debug)]
struct Whose {
    /// The digest; may be left out where there is only one
    #[arg(long, value_name = "SLUG", value_parser = super::slug)]
    digest: Option<Slug>,
    /// Only what came out, or was first seen, since then; without it, in the last 92 days. Decisions bring older ones in
    #[arg(long, value_name = "DATE", value_parser = super::day_start)]
    since: Option<i64>,
}

// Who decides.
#[derive(Args, Debug)]
pub(super) struct By {
    /// Who does it; every decision keeps the name
    #[arg(long, env = "PULSE_BY", value_name = "NAME", value_parser = super::name, hide_env_values = true)]
    pub(super) by: String,
}

/// An inbox that was opened.
struct Opened {
    store: Store,
    digest: Digest,
    inbox: Inbox,
}

impl Whose {
    async fn open(&self, call: &Call) -> anyhow::Result<Opened> {
        let store = call.folder.open().await?;
        let digest = pulse_jobs::digest_or_only(&store, self.digest.as_ref()).await?;
        let since = self.since.unwrap_or(call.now - inbox::WINDOW_MS);
        let inbox = inbox::inbox(&store, &digest, since).await?;
        Ok(Opened { store, digest, inbox })
    }
}

pub(crate) async fn run(command: InboxCommand, call: &mut Call) -> anyhow::Result<ExitCode> {
    match command {
        InboxCommand::List(args) => list::list(&args, call).await?,
        InboxCommand::Why(args) => why::why(&args, call).await?,
        InboxCommand::Shortlist(args) => decide::shortlist(&args, call).await?,
        InboxCommand::Reject(args) => decide::reject(&args, call).await?,
        InboxCommand::Undo(args) => decide::undo(&args, call).await?,
        InboxCommand::Draft(args) => draft::draft(&args, call).await?,
        InboxCommand::Prompts(args) => draft::prompts(&args, call).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// "Harbour Trust. Who cares?", as an entry would print it.
pub(super) fn heading(candidate: &Candidate) -> String {
    Entry::titled(candidate.subject.publishers.clone(), candidate.subject.title.clone()).heading()
}

/// "Criminal justice / Reports".
pub(super) fn place(candidate: &Candidate) -> String {
    let (sector, category) = (&candidate.filing.sector.name, &candidate.filing.category.name);
    [sector, category].into_iter().filter(|name| !name.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" / ")
}

fn state_name(state: State) -> &'static str {
    match state {
        State::Waiting => "waiting",
        State::Decided(verdict) => verdict.as_str(),
        State::Differing => "differing",
        State::RejectedByRule => "rejected by rule",
    }
}
