//! The inbox of a digest: what came in, each publication once, filed, compared with what was covered, and in the order in which this
//! digest would pick it.
//!
//! In: publications in short with the decisions about them, the digest's taxonomy, rules and earlier editions. Out: [`Candidate`]s, and
//! notes on what could not be done. Candidates are worked out each time and never kept, so that a new rule, a decision and another
//! edition count at once for all of them; only decisions are facts.
//!
//! Learned from: entries of earlier editions (picks), decisions as they stand, and what was passed over when the last edition was made.
//! Invariant: the order of the input does not change the result. Not here: who may decide, and keeping it.

use std::cmp::Reverse;

use pulse_model::decision::{self, Decision, Verdict};
use pulse_model::digest::Taxonomy;
use pulse_model::ids::{PublicationId, RuleId};
use pulse_model::{Edition, EditionKey, Identifier, Register, Rule};

use crate::Subject;
use crate::alike::{self, Why};
use crate::covered::{Archive, Covered};
use crate::filing::{self, Filer, Filing};
use crate::learn::{Features, Vocabulary};
use crate::rank::{Judged, Ranked, Ranker, Reason};
use crate::rules::{Contradiction, RuleRef, Ruled, Rules};
use crate::series::Follows;
use crate::similar::Sketch;

/// A publication that came in.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Which.
    pub publication: PublicationId,
    /// What it is; publishers by whatever names its sources print.
    pub subject: Subject,
    /// What identifies it.
    pub identifiers: Vec<Identifier>,
    /// The sketch of its longest document.
    pub sketch: Option<Sketch>,
    /// What its page links to.
    pub mentions: Vec<Identifier>,
    /// When it came out, or was first seen where nobody says. Unix milliseconds, UTC, as the next.
    pub came_out_at: i64,
    /// When it was first seen.
    pub first_seen_at: i64,
    /// The sectors its sources were added for.
    pub sectors: Vec<String>,
    /// Every decision about it, also those that were taken back.
    pub decisions: Vec<Decision>,
}

/// What a digest knows.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Its sectors and categories.
    pub taxonomy: Taxonomy<'a>,
    /// Publishers by all their names.
    pub register: &'a Register,
    /// Its rules, in the order they are asked.
    pub rules: &'a [(RuleId, Rule)],
    /// Its earlier editions, each with the time it stands for.
    pub editions: &'a [(Edition, i64)],
    /// What was first seen before then and about which nobody decided was passed over, unless it was covered or a rule rejects it; none
    /// where no edition was made yet.
    pub passed_over_before: Option<i64>,
}

/// A publication in the inbox.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The publication.
    pub publication: PublicationId,
    /// What was looked at, publishers by their names in the register.
    pub subject: Subject,
    /// When it came out, or was first seen where nobody says. Unix milliseconds, UTC.
    pub came_out_at: i64,
    /// How likely it is to be picked, from 0 to 1.
    pub score: f64,
    /// It has its place because it is new.
    pub explores: bool,
    /// Why it stands where it does, the strongest first, three at most.
    pub reasons: Vec<Reason>,
    /// Where it would stand.
    pub filing: Filing,
    /// Publications that are the same or about it, and why.
    pub others: Vec<(PublicationId, Why)>,
    /// What it follows.
    pub follows: Option<Follows>,
    /// Where it was covered, the surest first.
    pub covered: Vec<Covered>,
    /// The rule that rejects it.
    pub rejected_by: Option<RuleRef>,
    /// Rules that contradict each other about it.
    pub contradictions: Vec<Contradiction>,
    /// The decisions that stand, about it or those it stands for, in the order they were made.
    pub decisions: Vec<Decision>,
}

/// How a candidate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Nobody decided.
    Waiting,
    /// All who decided say so.
    Decided(Verdict),
    /// People differ.
    Differing,
    /// Nobody decided, and a rule rejects it.
    RejectedByRule,
}

/// An inbox.
#[derive(Clone, Debug, Default)]
pub struct Inbox {
    /// The likeliest first; what rules reject stands behind all others.
    pub candidates: Vec<Candidate>,
    /// What the order does not say, and which rules are not applied: sentences.
    pub notes: Vec<String>,
}

impl Candidate {
    /// How it stands. Something that is in an edition is used, whatever was said before.
    pub fn state(&self) -> State {
        let verdicts: Vec<Verdict> = self.decisions.iter().map(|decision| decision.verdict).collect();
        match verdicts.as_slice() {
            [] if self.rejected_by.is_some() => State::RejectedByRule,
            [] => State::Waiting,
            all if all.contains(&Verdict::Used) => State::Decided(Verdict::Used),
            [first, rest @ ..] if rest.iter().all(|verdict| verdict == first) => State::Decided(*first),
            _ => State::Differing,
        }
    }
}

/// Makes the inbox of a digest.
pub fn inbox(mut incoming: Vec<Incoming>, digest: Known<'_>) -> Inbox {
    // Of candidates that are as likely as each other, the newest comes first.
    incoming.sort_by_key(|one| Reverse(one.publication));
    for one in &mut incoming {
        registered(&mut one.subject, digest.register);
    }
    let (rules, refused) = Rules::new(digest.rules, digest.register);
    let mut notes: Vec<String> = refused.iter().map(|refused| sentence(&refused.to_string())).collect();
    let groups = groups(&incoming);
    let ruled: Vec<Ruled> = groups.iter().map(|group| rules.apply(&incoming[group.first].subject)).collect();
    // Filing and ranking take longest, and need nothing of each other.
    let (mut filings, (archive, mut covered, (ranks, note))) = std::thread::scope(|scope| {
        let filing = scope.spawn(|| filings(&incoming, &groups, &ruled, digest));
        let archive = archive(&incoming, digest);
        let covered: Vec<Vec<Covered>> = groups.iter().map(|group| covered(&archive, &incoming, group)).collect();
        let ranked = ranked(&incoming, &groups, &ruled, &covered, digest);
        let filings = filing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (filings, (archive, covered, ranked))
    });
    notes.extend(note);
    let mut candidates: Vec<Candidate> = Vec::with_capacity(groups.len());
    for Place { group, rank, reasons } in ranks {
        let (of, ruled) = (&groups[group], &ruled[group]);
        let first = &incoming[of.first];
        let covered = std::mem::take(&mut covered[group]);
        candidates.push(Candidate {
            publication: first.publication,
            came_out_at: first.came_out_at,
            score: rank.score,
            explores: rank.explores,
            reasons,
            filing: std::mem::take(&mut filings[group]),
            others: of.others.iter().map(|other| (incoming[other.at].publication, other.why)).collect(),
            follows: archive.follows(&first.subject, &covered),
            covered,
            rejected_by: ruled.reject,
            contradictions: ruled.contradictions.clone(),
            decisions: standing(members(of).map(|at| &incoming[at])),
            subject: first.subject.clone(),
        });
    }
    // A stable sort: what rules reject goes behind, and the order stays otherwise.
    candidates.sort_by_key(|candidate| candidate.rejected_by.is_some());
    Inbox { candidates, notes }
}

/// What is covered by its link or title lends its text to the archive, so that the same text is recognised under another title elsewhere.
fn remember_texts(archive: &mut Archive, incoming: &[Incoming]) {
    let mut texts = Vec::new();
    for one in incoming {
        let Some(sketch) = &one.sketch else { continue };
        let mentions = archive.covered(&one.subject, &one.identifiers, None).into_iter().map(|covered| covered.mention);
        texts.extend(mentions.map(|mention| (mention.edition, mention.slug, sketch.clone())));
    }
    texts.into_iter().for_each(|(edition, slug, sketch)| archive.remember(edition, &slug, sketch));
}

/// Publishers by the names the register prefers, each once.
fn registered(subject: &mut Subject, register: &Register) {
    let mut names: Vec<String> = Vec::new();
    for name in &subject.publishers {
        let name = register.find(name).map_or(name, |publisher| &publisher.name);
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    subject.publishers = names;
}

fn groups(incoming: &[Incoming]) -> Vec<alike::Group> {
    let candidates: Vec<alike::Candidate<'_>> = incoming
        .iter()
        .map(|one| alike::Candidate { subject: &one.subject, identifiers: &one.identifiers, sketch: one.sketch.as_ref(), mentions: &one.mentions })
        .collect();
    alike::groups(&candidates)
}

/// The places of a group's publications.
fn members(group: &alike::Group) -> impl Iterator<Item = usize> {
    std::iter::once(group.first).chain(group.others.iter().map(|other| other.at))
}

/// Where the publication of a group was covered.
fn covered(archive: &Archive, incoming: &[Incoming], group: &alike::Group) -> Vec<Covered> {
    let identifiers: Vec<Identifier> = members(group).flat_map(|at| incoming[at].identifiers.clone()).collect();
    let first = &incoming[group.first];
    archive.covered(&first.subject, &identifiers, first.sketch.as_ref())
}

/// The decisions that stand about any of several publications.
fn standing<'a>(members: impl Iterator<Item = &'a Incoming>) -> Vec<Decision> {
    let all: Vec<Decision> = members.flat_map(|one| one.decisions.clone()).collect();
    decision::standing(&all).into_iter().cloned().collect()
}

/// A group in its place, and why.
struct Place {
    group: usize,
    rank: Ranked,
    reasons: Vec<Reason>,
}

/// Groups in the order of how likely they are to be picked, and what the order does not say.
fn ranked(incoming: &[Incoming], groups: &[alike::Group], ruled: &[Ruled], covered: &[Vec<Covered>], digest: Known<'_>) -> (Vec<Place>, Option<String>) {
    let mut vocabulary = Vocabulary::default();
    let mut judged: Vec<(Features, bool, i64)> = Vec::new();
    for (edition, at) in digest.editions {
        for entry in edition.entries() {
            let mut subject = Subject::of_entry(entry, Some(*at));
            registered(&mut subject, digest.register);
            judged.push((vocabulary.read(&subject), true, *at));
        }
    }
    let features: Vec<Features> = groups.iter().map(|group| vocabulary.read(&incoming[group.first].subject)).collect();
    for (at, (group, features)) in groups.iter().zip(&features).enumerate() {
        let first = &incoming[group.first];
        let decisions = standing(members(group).map(|at| &incoming[at]));
        judged.extend(decisions.iter().map(|decision| (features.clone(), decision.verdict != Verdict::Rejected, decision.at)));
        // Nobody passed over what was in an edition already, or what a rule kept from being seen.
        let was_offered = covered[at].is_empty() && ruled[at].reject.is_none();
        if let Some(before) = digest.passed_over_before.filter(|before| was_offered && decisions.is_empty() && first.first_seen_at < *before) {
            judged.push((features.clone(), false, before));
        }
    }
    let judged: Vec<Judged<'_>> = judged.iter().map(|(features, picked, at)| Judged { features, picked: *picked, at: *at }).collect();
    let ranker = Ranker::learn(&vocabulary, &judged);
    // Exploration is for what a person will see: what rules reject must not take its places.
    let (shown, hidden): (Vec<usize>, Vec<usize>) = (0..groups.len()).partition(|at| ruled[*at].reject.is_none());
    let of = |which: &[usize]| -> Vec<&Features> { which.iter().map(|at| &features[*at]).collect() };
    let shown_ranks = ranker.rank(&of(&shown)).into_iter().map(|rank| (shown[rank.candidate], rank));
    let hidden_ranks = ranker.by_score(&of(&hidden)).into_iter().map(|rank| (hidden[rank.candidate], rank));
    let place = |(group, rank): (usize, Ranked)| {
        let reasons = ranker.reasons(&vocabulary, &features[group], rank.explores);
        Place { group, rank, reasons }
    };
    (shown_ranks.chain(hidden_ranks).map(place).collect(), ranker.note())
}

/// What the digest covered, and what came in besides.
fn archive(incoming: &[Incoming], digest: Known<'_>) -> Archive {
    let mut archive = Archive::new(digest.editions.iter().map(|(edition, _)| edition), digest.register);
    incoming.iter().for_each(|one| archive.know(&one.subject));
    remember_texts(&mut archive, incoming);
    archive
}

/// Where each group would stand.
fn filings(incoming: &[Incoming], groups: &[alike::Group], ruled: &[Ruled], digest: Known<'_>) -> Vec<Filing> {
    let filer = Filer::learn(&digest.taxonomy, &filing::archive(digest.editions.iter().map(|(edition, _)| edition)));
    groups.iter().zip(ruled).map(|(group, ruled)| filed(&filer, &incoming[group.first], ruled)).collect()
}

/// Where a publication would stand: by rule, else by what its source was added for where nothing else is known, else as learned.
fn filed(filer: &Filer, one: &Incoming, ruled: &Ruled) -> Filing {
    let by_rule = |part: &Option<(String, RuleRef)>| part.as_ref().map(|(name, _)| name.clone()).unwrap_or_default();
    let (sector, category) = (by_rule(&ruled.sector), by_rule(&ruled.category));
    let mut filing = filer.file(&one.subject, Some((&sector, &category)));
    for (choice, rule) in [(&mut filing.sector, &ruled.sector), (&mut filing.category, &ruled.category)] {
        if let Some((_, rule)) = rule {
            choice.because = vec![rule.to_string()];
        }
    }
    let is_unsure = !matches!(filing.sector.source, filing::Source::Rule | filing::Source::Archive);
    if let ([hint], true) = (one.sectors.as_slice(), is_unsure) {
        let mut hinted = filer.file(&one.subject, Some((hint, &category)));
        if hinted.sector.source == filing::Source::Rule {
            hinted.sector.because = vec!["its source was added for it".to_owned()];
            if !category.is_empty() {
                hinted.category.because = filing.category.because;
            }
            filing = hinted;
        }
    }
    filing
}

/// The time an edition stands for: the end of its month, or its day. Unix milliseconds, UTC.
pub fn time_of(key: EditionKey) -> i64 {
    let month = key.month();
    let first = jiff::civil::Date::new(month.year(), month.month(), 1).ok();
    let day = key.date().or_else(|| first.map(jiff::civil::Date::last_of_month));
    let at = day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok());
    at.map_or(0, |at| at.timestamp().as_millisecond())
}

fn sentence(fragment: &str) -> String {
    let mut chars = fragment.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).chain(['.']).collect()).unwrap_or_default()
}
