//! The middle of the demo: what came in is judged, the next edition begun from it, and the copy desk asked.

use std::io::Write as _;

use pulse_jobs::desk::{self, Checked};
use pulse_jobs::harvest::Web;
use pulse_jobs::inbox::{self, Candidate, Inbox, State};
use pulse_jobs::new_edition;
use pulse_model::decision::Verdict;
use pulse_model::{Digest, Draft, EditionKey};
use pulse_store::{NewDecision, Store};

use super::EDITOR;
use crate::commands::Call;
use crate::commands::edition::desk::{found, in_words as queries};
use crate::commands::inbox::draft::in_words as draft_in_words;
use crate::commands::inbox::heading;
use crate::commands::inbox::list::lines;
use crate::data_folder::DataFolder;

/// When the editor sits down to it: 1 June 2026, 09:00 UTC.
const NOW: i64 = 1_780_304_400_000;
/// The edition that is begun.
const NEXT: &str = "2026-06";
/// Who is asked about the same publication, and differs.
const RESEARCHER: &str = "Researcher (demo)";
/// So many are shortlisted.
const PICKED: usize = 3;

/// Judges, drafts and checks, and says what became of it.
pub(super) async fn triage(call: &mut Call, folder: &DataFolder, store: &Store, digest: &Digest) -> anyhow::Result<()> {
    let key: EditionKey = NEXT.parse()?;
    if store.edition(&digest.slug, key).await?.is_some() {
        writeln!(call.out, "The next edition was begun when the demo was run here before: pulse edition show {NEXT}.\n")?;
        return Ok(());
    }
    let inbox = inbox::inbox(store, digest, 0).await?;
    let waiting: Vec<&Candidate> = inbox.candidates.iter().filter(|candidate| candidate.state() == State::Waiting).collect();
    writeln!(call.out, "The inbox, in the order in which {} would pick:\n\n{}", digest.name, lines(&waiting))?;
    judge(call, store, digest, &inbox).await?;

    let asked = new_edition::Asked { key, who: EDITOR, per_sector: None, model: None, tell: &|_, _, _| {} };
    let made = new_edition::make(store, digest, asked, NOW).await?;
    writeln!(call.out, "The {} edition begins with what is shortlisted. One of its entries as it was drafted:\n", key.title())?;
    if let Some(draft) = fullest(store, digest).await? {
        writeln!(call.out, "{}", draft_in_words(&draft))?;
    }
    for note in &made.notes {
        writeln!(call.out, "  {note}")?;
    }
    let dictionary = folder.dictionary()?;
    let Checked { stored, asked, .. } = desk::check::<Web>(store, digest, key, (dictionary.as_ref(), None), false, NOW).await?;
    writeln!(call.out, "\nThe copy desk reads it: {}\n{}", found(&asked), queries(&stored.edition, &asked))?;
    Ok(())
}

/// Of the drafts of what is used, the one with most points.
async fn fullest(store: &Store, digest: &Digest) -> anyhow::Result<Option<Draft>> {
    let mut fullest: Option<Draft> = None;
    for used in store.decisions(&digest.slug).await?.iter().filter(|decision| decision.verdict == Verdict::Used) {
        let stored = store.stored_draft(&digest.slug, used.publication).await?;
        fullest = fullest.into_iter().chain(stored.map(|stored| stored.draft)).max_by_key(|draft| draft.points.len());
    }
    Ok(fullest)
}

/// The editor picks the likeliest and rejects the last; the researcher differs about one, and thinks again.
async fn judge(call: &mut Call, store: &Store, digest: &Digest, inbox: &Inbox) -> anyhow::Result<()> {
    let fresh: Vec<&Candidate> = inbox.candidates.iter().filter(|one| one.state() == State::Waiting && one.covered.is_empty()).collect();
    let picked = fresh.get(..PICKED.min(fresh.len())).unwrap_or_default();
    let decision = |candidate: &Candidate, verdict, who| NewDecision { publication: candidate.publication, verdict, who, note: "" };
    for candidate in picked {
        inbox::decide(store, digest, decision(candidate, Verdict::Shortlisted, EDITOR), NOW).await?;
        writeln!(call.out, "  shortlisted  {}", heading(candidate))?;
        if let Some(reason) = candidate.reasons.first() {
            writeln!(call.out, "               {}", reason.text)?;
        }
    }
    if let Some(last) = fresh.get(PICKED..).and_then(<[&Candidate]>::last) {
        inbox::decide(store, digest, decision(last, Verdict::Rejected, EDITOR), NOW).await?;
        writeln!(call.out, "  rejected     {}", heading(last))?;
    }
    if let Some(second) = picked.get(1) {
        let id = inbox::decide(store, digest, decision(second, Verdict::Rejected, RESEARCHER), NOW).await?;
        store.undo_decision(id, RESEARCHER, NOW).await?;
        writeln!(call.out, "  rejected and taken back by the researcher: {}", heading(second))?;
    }
    writeln!(call.out)?;
    Ok(())
}
