//! The inbox of a digest: what came in, filed, compared and in order; decisions about it; the team's rules.
//!
//! Candidates are worked out anew each time ([`pulse_triage::inbox`]); what is kept are decisions and rules.

use std::collections::HashMap;

use pulse_model::decision::{Decision, Verdict};
use pulse_model::ids::{DecisionId, PublicationId, RuleId};
use pulse_model::{Digest, Edition, EditionKey, Identifier, Register, Rule};
use pulse_store::{InboxRow, NewDecision, Store, StoredRule};
use pulse_triage::Subject;
use pulse_triage::inbox::{self, Incoming};
use pulse_triage::rules::{Refused, Rules, check, moves};

pub use pulse_triage::alike::Why;
pub use pulse_triage::covered::Covered;
pub use pulse_triage::filing::{Choice, Filing};
pub use pulse_triage::inbox::{Candidate, Inbox, State};
pub use pulse_triage::rules::{Move, Moves, Ruled};

use crate::drafting::{self, Wishes};
use crate::error::JobError;
use crate::harvest::rhythm::DAY_MS;

/// An inbox reaches so far back where nobody says otherwise: a quarter.
pub const WINDOW_MS: i64 = 92 * DAY_MS;
/// The fewest characters of the end of an id by which a candidate can be named.
const MIN_SHORT_CHARS: usize = 4;

/// What a digest knows, loaded.
pub(crate) struct Material {
    pub(crate) register: Register,
    pub(crate) rules: Vec<StoredRule>,
    /// Each with the time it stands for.
    pub(crate) editions: Vec<(Edition, i64)>,
    /// By what they are about.
    decisions: HashMap<PublicationId, Vec<Decision>>,
    /// The sectors that sources were added for, by the name of the source.
    sectors: HashMap<String, Vec<String>>,
}

impl Material {
    /// All that is known of a digest, but for one of its editions.
    pub(crate) async fn load(store: &Store, digest: &Digest, without: Option<EditionKey>) -> Result<Self, JobError> {
        let mut editions = Vec::new();
        for row in store.editions(Some(&digest.slug), None).await?.iter().filter(|row| Some(row.key) != without) {
            if let Some(stored) = store.edition(&digest.slug, row.key).await? {
                editions.push((stored.edition, inbox::time_of(row.key)));
            }
        }
        let mut decisions: HashMap<PublicationId, Vec<Decision>> = HashMap::new();
        for decision in store.decisions(&digest.slug).await? {
            decisions.entry(decision.publication).or_default().push(decision);
        }
        Ok(Self {
            register: store.register().await?,
            rules: store.rules(&digest.slug).await?,
            editions,
            decisions,
            sectors: store.sources().await?.into_iter().map(|row| (row.source.name, row.source.sectors)).collect(),
        })
    }

    fn incoming(&self, row: InboxRow) -> Incoming {
        let mut sectors: Vec<String> = row.sources.iter().filter_map(|name| self.sectors.get(name)).flatten().cloned().collect();
        sectors.sort();
        sectors.dedup();
        let longest = row.documents.iter().max_by_key(|document| document.word_count);
        let beginning = row.documents.iter().map(|document| document.beginning.as_str()).find(|beginning| !beginning.is_empty());
        Incoming {
            publication: row.id,
            subject: Subject::of_publication(&row.facts, &row.sources, beginning.unwrap_or_default()),
            identifiers: row.identifiers.iter().filter_map(|text| text.parse::<Identifier>().ok()).collect(),
            sketch: longest.and_then(|document| document.sketch.parse().ok()),
            mentions: row.documents.iter().flat_map(|document| &document.mentions).filter_map(|text| text.parse().ok()).collect(),
            came_out_at: row.sorted_at,
            first_seen_at: row.first_seen_at,
            sectors,
            decisions: self.decisions.get(&row.id).cloned().unwrap_or_default(),
        }
    }
}

/// The inbox of a digest, with what came out or was first seen since a moment (Unix milliseconds) and all about which somebody decided.
///
/// # Errors
/// What the database says.
pub async fn inbox(store: &Store, digest: &Digest, since: i64) -> Result<Inbox, JobError> {
    let material = Material::load(store, digest, None).await?;
    inbox_of(store, digest, &material, since).await
}

pub(crate) async fn inbox_of(store: &Store, digest: &Digest, material: &Material, since: i64) -> Result<Inbox, JobError> {
    let rows = store.inbox(&digest.slug, since).await?;
    let incoming = rows.into_iter().map(|row| material.incoming(row)).collect();
    let rules: Vec<(RuleId, Rule)> = material.rules.iter().map(|stored| (stored.id, stored.rule.clone())).collect();
    let used = material.decisions.values().flatten().filter(|decision| decision.verdict == Verdict::Used && decision.undone.is_none());
    let known = inbox::Known {
        taxonomy: digest.taxonomy(),
        register: &material.register,
        rules: &rules,
        editions: &material.editions,
        passed_over_before: used.map(|decision| decision.at).max(),
    };
    Ok(inbox::inbox(incoming, known))
}

/// What a digest is used to find in a draft.
///
/// # Errors
/// What the database says.
pub async fn wishes(store: &Store, digest: &Digest) -> Result<Wishes, JobError> {
    Ok(drafting::wishes(digest, &Material::load(store, digest, None).await?.editions))
}

/// The end of an id, by which people name a candidate.
pub fn short(publication: PublicationId) -> String {
    let id = publication.0.simple().to_string();
    id.get(id.len() - 8..).unwrap_or_default().to_owned()
}

/// The candidate that somebody names: by its id or the end of it, four characters at least, or by its address.
///
/// # Errors
/// [`JobError::NoSuchCandidate`], [`JobError::WhichCandidate`], or what the database says.
pub async fn named<'a>(store: &Store, inbox: &'a Inbox, name: &str) -> Result<&'a Candidate, JobError> {
    let by_id = |id: PublicationId| inbox.candidates.iter().find(|one| one.publication == id || one.others.iter().any(|(other, _)| *other == id));
    let missing = || JobError::NoSuchCandidate { name: name.to_owned() };
    if name.contains("://") {
        let found = crate::publications::find(store, name).await?.ok_or_else(missing)?;
        return by_id(found.row.id).ok_or_else(missing);
    }
    let end = name.replace('-', "").to_lowercase();
    if end.len() < MIN_SHORT_CHARS {
        return Err(missing());
    }
    let found: Vec<&Candidate> = inbox.candidates.iter().filter(|one| one.publication.0.simple().to_string().ends_with(&end)).collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => name.parse().ok().and_then(by_id).ok_or_else(missing),
        several => Err(JobError::WhichCandidate { name: name.to_owned(), known: several.iter().map(|one| one.subject.title.clone()).collect() }),
    }
}

/// Writes down what somebody decided about a candidate.
///
/// # Errors
/// What the database says; a decision needs a name.
pub async fn decide(store: &Store, digest: &Digest, decision: NewDecision<'_>, now: i64) -> Result<DecisionId, JobError> {
    let id = store.decide(&digest.slug, decision, now).await?;
    tracing::info!(decision = %id, publication = %decision.publication, digest = %digest.slug, verdict = %decision.verdict, "decided");
    Ok(id)
}

/// Takes back the latest decision about a candidate that stands, of one person or of anybody; none where none stands.
///
/// # Errors
/// What the database says; it needs a name.
pub async fn undo(store: &Store, candidate: &Candidate, of: Option<&str>, who: &str, now: i64) -> Result<Option<Decision>, JobError> {
    let last = candidate.decisions.iter().rev().find(|decision| of.is_none_or(|of| decision.who == of));
    let Some(decision) = last else { return Ok(None) };
    let is_undone = store.undo_decision(decision.id, who, now).await?;
    Ok(is_undone.then(|| decision.clone()))
}

/// Every decision about a candidate and those it stands for, in the order made, also those that were taken back.
///
/// # Errors
/// What the database says.
pub async fn history(store: &Store, digest: &Digest, candidate: &Candidate) -> Result<Vec<Decision>, JobError> {
    let is_of = |decision: &Decision| {
        decision.publication == candidate.publication || candidate.others.iter().any(|(publication, _)| *publication == decision.publication)
    };
    Ok(store.decisions(&digest.slug).await?.into_iter().filter(is_of).collect())
}

/// A rule that could be kept.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// What is wrong with it: lower-case fragments. It is kept only where nothing is.
    pub wrong: Vec<String>,
    /// What it would change of what is in the inbox now.
    pub moves: Moves,
}

/// Says what a rule would do to what is in the inbox, and keeps nothing.
///
/// # Errors
/// What the database says.
pub async fn propose(store: &Store, digest: &Digest, rule: &Rule, since: i64) -> Result<Proposed, JobError> {
    let material = Material::load(store, digest, None).await?;
    let wrong = check(rule, &digest.taxonomy(), &material.register);
    let mut rules: Vec<(RuleId, Rule)> = material.rules.iter().map(|stored| (stored.id, stored.rule.clone())).collect();
    let before = Rules::new(&rules, &material.register).0;
    rules.push((RuleId(uuid::Uuid::nil()), rule.clone()));
    let after = Rules::new(&rules, &material.register).0;
    let works: Vec<Subject> = inbox_of(store, digest, &material, since).await?.candidates.into_iter().map(|candidate| candidate.subject).collect();
    Ok(Proposed { wrong, moves: moves(&before, &after, &works) })
}

/// The rules of a digest that cannot be applied, and why.
///
/// # Errors
/// What the database says.
pub async fn refused(store: &Store, digest: &Digest) -> Result<Vec<Refused>, JobError> {
    let rules: Vec<(RuleId, Rule)> = store.rules(&digest.slug).await?.into_iter().map(|stored| (stored.id, stored.rule)).collect();
    Ok(Rules::new(&rules, &store.register().await?).1)
}
