//! Records and what is known -> what is to be kept: which work each record is about, and what has changed.
//!
//! Invariants: the same records again give nothing to keep but themselves; one update told by several sources is one version. Not here:
//! what identifies a work and what a difference is (triage), rows (store).

use std::collections::{HashMap, HashSet};

use pulse_model::publication::Change;
use pulse_model::{ContentHash, Identifier, Publication, Record};
use pulse_store::{KeptRecord, KnownPublication, PublicationId, SourceId, Work};
use pulse_triage::{identity, publications, version};

/// A record that says something new.
pub(super) struct Found<'a> {
    pub(super) record: &'a Record,
    pub(super) hash: ContentHash,
    pub(super) identifiers: &'a [Identifier],
}

/// What is to be kept of a batch, and what that means.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) works: Vec<Work>,
    pub(super) records: Vec<KeptRecord>,
    pub(super) new: u64,
    pub(super) updated: u64,
    pub(super) unchanged: u64,
}

/// A work while its records come together.
struct Draft {
    id: Option<PublicationId>,
    from_version: u32,
    before: Option<Publication>,
    records: Vec<(SourceId, Record)>,
    identifiers: Vec<Identifier>,
    absorbs: Vec<PublicationId>,
    /// Whether the source told of it before.
    was_told: bool,
    /// Whether the source brings other text than it did.
    is_rewritten: bool,
}

impl Draft {
    fn of(known: &KnownPublication, source: SourceId) -> Self {
        Self {
            id: Some(known.id),
            from_version: known.version_number,
            before: Some(known.facts.clone()),
            records: known.records.clone(),
            identifiers: known.identifiers.clone(),
            absorbs: Vec::new(),
            was_told: known.records.iter().any(|(of, _)| *of == source),
            is_rewritten: false,
        }
    }

    fn new() -> Self {
        Self {
            id: None,
            from_version: 0,
            before: None,
            records: Vec::new(),
            identifiers: Vec::new(),
            absorbs: Vec::new(),
            was_told: false,
            is_rewritten: false,
        }
    }

    fn add(&mut self, source: SourceId, found: &Found<'_>) {
        let record = found.record;
        let mut bodies = self.records.iter().filter(|(of, earlier)| *of == source && earlier.body.is_some()).peekable();
        self.is_rewritten |= record.body.is_some() && bodies.peek().is_some() && bodies.all(|(_, earlier)| earlier.body != record.body);
        let edited_at = self.records.iter().filter(|(of, _)| *of == source).filter_map(|(_, earlier)| earlier.edited_at).max();
        self.is_rewritten |= edited_at.is_some() && record.edited_at > edited_at;
        self.records.retain(|(of, earlier)| *of != source || earlier.key != record.key);
        self.records.push((source, record.clone()));
        self.identifiers.extend_from_slice(found.identifiers);
        self.identifiers.sort();
        self.identifiers.dedup();
    }

    fn join(&mut self, other: Self) {
        self.absorbs.extend(other.id);
        self.absorbs.extend(other.absorbs);
        self.records.extend(other.records);
        self.identifiers.extend(other.identifiers);
        self.was_told |= other.was_told;
        self.is_rewritten |= other.is_rewritten;
    }

    /// `old_before`: what came out before is kept and not fetched.
    fn work(self, old_before: Option<i64>) -> Work {
        let said = publications::publication_of(&said_now(&self.records), &[]);
        let at = said.updated_at.max(said.published_at);
        let is_old = at.zip(old_before).is_some_and(|(at, before)| at < before);
        let (mut changes, mut amends) = (Vec::new(), false);
        let facts = match &self.before {
            None => said,
            Some(before) => {
                let facts = publications::keeping(before, said);
                changes = version::changes(before, &facts);
                // What another source calls it, or knows besides, is no change of the work.
                changes.retain(|change| self.was_told || matches!(change, Change::Updated { .. } | Change::Note { .. } | Change::Withdrawn { .. }));
                if matches!(changes.as_slice(), [Change::Note { .. }]) {
                    amends = self.from_version > 1;
                    changes.retain(|_| amends);
                }
                facts
            }
        };
        let is_due = if self.id.is_none() { !is_old } else { (!changes.is_empty() && !amends) || self.is_rewritten };
        let Self { id, from_version, identifiers, absorbs, .. } = self;
        Work { id, from_version, facts, changes, amends, is_due, identifiers, absorbs }
    }
}

/// What each source says now: of several records of one, the one that was changed last.
pub(super) fn said_now(records: &[(SourceId, Record)]) -> Vec<&Record> {
    let mut newest: HashMap<SourceId, &Record> = HashMap::new();
    for (source, record) in records {
        let place = newest.entry(*source).or_insert(record);
        if record.updated_at >= place.updated_at {
            *place = record;
        }
    }
    newest.into_values().collect()
}

/// Plans a batch. `known` has the publications of all its identifiers, by the identifier as it is printed.
pub(super) fn plan(source: SourceId, found: &[Found<'_>], known: &HashMap<String, KnownPublication>, old_before: Option<i64>) -> Plan {
    let mut drafts: Vec<Option<Draft>> = Vec::new();
    let mut place_of_known: HashMap<PublicationId, usize> = HashMap::new();
    let mut place_of: HashMap<Identifier, usize> = HashMap::new();
    let mut places: Vec<usize> = Vec::with_capacity(found.len());
    // The newest last, so that what is kept of a source is what it says now.
    let mut order: Vec<&Found<'_>> = found.iter().collect();
    order.sort_by_key(|found| found.record.updated_at);
    for found in &order {
        let mut matches: Vec<usize> = Vec::new();
        for identifier in found.identifiers {
            let place = place_of.get(identifier).copied().or_else(|| {
                let known = known.get(&identifier.to_string())?;
                Some(*place_of_known.entry(known.id).or_insert_with(|| {
                    drafts.push(Some(Draft::of(known, source)));
                    drafts.len() - 1
                }))
            });
            let fits =
                |place: usize| drafts.get(place).and_then(Option::as_ref).is_some_and(|draft| identity::is_same_work(found.identifiers, &draft.identifiers));
            if let Some(place) = place.filter(|place| !matches.contains(place) && fits(*place)) {
                matches.push(place);
            }
        }
        // The one that has been there longest stays; ids carry their time.
        matches.sort_by_key(|place| drafts.get(*place).and_then(Option::as_ref).map(|draft| (draft.id.is_none(), draft.id)));
        let place = matches.first().copied().unwrap_or_else(|| {
            drafts.push(Some(Draft::new()));
            drafts.len() - 1
        });
        if let Some(draft) = drafts.get_mut(place).and_then(Option::as_mut) {
            draft.add(source, found);
        }
        for other in matches.into_iter().skip(1) {
            join(&mut drafts, place, other, &mut places, &mut place_of);
        }
        if let Some(draft) = drafts.get(place).and_then(Option::as_ref) {
            place_of.extend(draft.identifiers.iter().map(|identifier| (identifier.clone(), place)));
        }
        places.push(place);
    }
    settle(drafts, &order, &places, known, old_before)
}

/// Makes two works one, unless what they are known by says that they are two.
fn join(drafts: &mut [Option<Draft>], place: usize, other: usize, places: &mut [usize], place_of: &mut HashMap<Identifier, usize>) {
    let of = |place: usize| drafts.get(place).and_then(Option::as_ref);
    let is_one = of(place).zip(of(other)).is_some_and(|(one, other)| identity::is_same_work(&one.identifiers, &other.identifiers));
    if !is_one {
        return;
    }
    let joined = drafts.get_mut(other).and_then(Option::take);
    if let (Some(draft), Some(joined)) = (drafts.get_mut(place).and_then(Option::as_mut), joined) {
        draft.join(joined);
        places.iter_mut().chain(place_of.values_mut()).filter(|at| **at == other).for_each(|at| *at = place);
    }
}

fn settle(drafts: Vec<Option<Draft>>, order: &[&Found<'_>], places: &[usize], known: &HashMap<String, KnownPublication>, old_before: Option<i64>) -> Plan {
    let mut plan = Plan::default();
    let mut taken: HashSet<Identifier> = HashSet::new();
    let mut work_at: HashMap<usize, usize> = HashMap::new();
    for (place, draft) in drafts.into_iter().enumerate() {
        let Some(draft) = draft.filter(|_| places.contains(&place)) else { continue };
        let mut work = draft.work(old_before);
        if work.id.is_none() {
            // What two works share names the first of them; what tells them apart is surer, and stays.
            work.identifiers.retain(|identifier| !known.contains_key(&identifier.to_string()) && !taken.contains(identifier));
        }
        taken.extend(work.identifiers.iter().cloned());
        match work.id {
            None if work.is_due => plan.new += 1,
            Some(_) if !work.changes.is_empty() && !work.amends => plan.updated += 1,
            _ => plan.unchanged += 1,
        }
        work_at.insert(place, plan.works.len());
        plan.works.push(work);
    }
    for (found, place) in order.iter().zip(places) {
        if let Some(work) = work_at.get(place) {
            plan.records.push(KeptRecord { record: found.record.clone(), hash: found.hash, work: *work });
        }
    }
    plan
}

#[cfg(test)]
mod tests;
