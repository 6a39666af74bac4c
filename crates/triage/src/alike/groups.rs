//! Pairs of candidates that seem one publication, joined to groups as long as nothing speaks against it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use pulse_model::Identifier;

use super::{DAY_MS, Group, Known, NEAR_DAYS, Other, Why};
use crate::series::Place;
use crate::similar::{Near, similarity};
use crate::titles::telling_words;

/// A pair, by places in the order of content.
#[derive(Clone, Copy)]
pub(super) struct Edge {
    pub(super) one: usize,
    pub(super) other: usize,
    /// How much of the text is the same, in thousandths; none where the titles agree.
    pub(super) text: Option<u32>,
    /// How many days apart the members of one group may be.
    most_days: i64,
}

/// Each candidate is compared with so many that have its title and come after it.
const WINDOW: usize = 24;
/// How many days apart two may have come out that have nearly the same text, or a title that says which of a series they are. A text that
/// comes again a year later is a new edition.
const SURE_DAYS: i64 = 92;

/// Pairs whose titles, publishers and dates agree.
pub(super) fn by_title(known: &[&Known]) -> Vec<Edge> {
    let mut of_title: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, one) in known.iter().enumerate().filter(|(_, one)| !one.title.full.is_empty()) {
        of_title.entry(&one.title.full).or_default().push(at);
    }
    let mut edges = Vec::new();
    for members in of_title.values_mut() {
        members.sort_by_key(|at| known.get(*at).map(|one| (&one.publishers, one.candidate.subject.published_at, *at)));
        for (from, one) in members.iter().enumerate() {
            edges.extend(members.iter().skip(from + 1).take(WINDOW).filter_map(|other| edge(known, *one, *other)));
        }
    }
    // A title without its subtitle.
    for (at, one) in known.iter().enumerate() {
        let bare = one.title.main.as_deref().and_then(|main| of_title.get(main)).into_iter().flatten();
        edges.extend(bare.take(WINDOW).filter_map(|other| edge(known, at, *other)));
    }
    edges
}

fn edge(known: &[&Known], one: usize, other: usize) -> Option<Edge> {
    let (a, b) = (known.get(one)?, known.get(other)?);
    let says_which = a.title.serial.place.until.is_some() && a.title.serial.place == b.title.serial.place;
    let most_days = if says_which { SURE_DAYS } else { NEAR_DAYS };
    let days = a.days_from(b);
    let is_one_works = a.title.is_one_works() && b.title.is_one_works();
    let of_one_publisher = a.shares_publisher(b);
    let is_unknown = a.publishers.is_empty() || b.publishers.is_empty();
    let agree = match days {
        Some(days) if of_one_publisher => days <= most_days,
        // Without a date, a title that many works have says too little.
        None if of_one_publisher => a.title.is_distinctive() || !a.title.serial.place.is_empty(),
        Some(days) if is_unknown => days <= NEAR_DAYS && a.title.is_distinctive(),
        None if is_unknown => is_one_works,
        Some(days) => days <= NEAR_DAYS / 2 && is_one_works,
        None => false,
    };
    agree.then_some(Edge { one: one.min(other), other: one.max(other), text: None, most_days })
}

/// Whether two that have nearly the same text may be one publication. Forms that one publisher fills in have nearly the same
/// text too: their titles differ.
pub(super) fn by_text(known: &[&Known], near: &Near) -> Option<Edge> {
    let (a, b) = (known.get(near.one)?, known.get(near.other)?);
    let numbers =
        |one: &Known| one.title.full.split(' ').filter(|word| word.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned).collect::<BTreeSet<_>>();
    let (of_one, of_other) = (numbers(a), numbers(b));
    let numbers_agree = of_one.is_empty() || of_other.is_empty() || of_one == of_other;
    let words: [BTreeSet<&str>; 2] = [a, b].map(|one| telling_words(&one.title.full).collect());
    let [one, other] = &words;
    let titles_agree = one.is_subset(other) || other.is_subset(one);
    let agree = numbers_agree && (titles_agree || !a.publishers.is_empty() && !b.publishers.is_empty() && !a.shares_publisher(b));
    agree.then_some(Edge { one: near.one, other: near.other, text: Some((near.similarity * 1000.0) as u32), most_days: SURE_DAYS })
}

/// Candidates joined so far.
pub(super) struct Groups<'a> {
    known: &'a [&'a Known<'a>],
    /// For each candidate, the group it is in.
    group_of: Vec<usize>,
    groups: Vec<Members>,
}

/// A group, and what its members say that must not be contradicted.
#[derive(Default)]
struct Members {
    members: Vec<usize>,
    is_notice: bool,
    identifiers: BTreeMap<&'static str, BTreeSet<Identifier>>,
    places: BTreeMap<String, Place>,
    first_at: Option<i64>,
    last_at: Option<i64>,
}

impl Members {
    fn of(at: usize, known: &Known) -> Self {
        let mut identifiers: BTreeMap<&'static str, BTreeSet<Identifier>> = BTreeMap::new();
        for identifier in known.candidate.identifiers.iter().filter(|identifier| !matches!(identifier, Identifier::Url(_) | Identifier::File(_))) {
            identifiers.entry(identifier.kind()).or_default().insert(identifier.clone());
        }
        let published_at = known.candidate.subject.published_at;
        Self {
            members: vec![at],
            is_notice: known.is_notice,
            identifiers,
            places: BTreeMap::from([(known.title.serial.name.clone(), known.title.serial.place.clone())]),
            first_at: published_at,
            last_at: published_at,
        }
    }

    fn contradicts(&self, other: &Self, most_days: i64) -> bool {
        let ids_differ = self.identifiers.iter().any(|(kind, own)| other.identifiers.get(kind).is_some_and(|others| own.is_disjoint(others)));
        let places_differ = self.places.iter().any(|(name, own)| other.places.get(name).is_some_and(|place| own.is_other(place)));
        let first = self.first_at.into_iter().chain(other.first_at).min();
        let spread = first.zip(self.last_at.max(other.last_at)).map_or(0, |(first, last)| last.saturating_sub(first));
        self.is_notice != other.is_notice || ids_differ || places_differ || spread / DAY_MS > most_days
    }

    fn take(&mut self, other: Self) {
        self.members.extend(other.members);
        for (kind, identifiers) in other.identifiers {
            self.identifiers.entry(kind).or_default().extend(identifiers);
        }
        for (name, place) in other.places {
            let own = self.places.entry(name).or_default();
            // One that names its period says more than one that does not.
            *own = own.clone().max(place);
        }
        self.first_at = self.first_at.into_iter().chain(other.first_at).min();
        self.last_at = self.last_at.max(other.last_at);
    }
}

impl<'a> Groups<'a> {
    pub(super) fn new(known: &'a [&'a Known<'a>]) -> Self {
        let groups = known.iter().enumerate().map(|(at, known)| Members::of(at, known)).collect();
        Self { known, group_of: (0..known.len()).collect(), groups }
    }

    /// Joins the groups of a pair, unless they contradict each other.
    pub(super) fn join(&mut self, edge: &Edge) {
        let Some((one, other)) = self.groups_of(edge.one, edge.other) else { return };
        let contradict = self.groups.get(one).zip(self.groups.get(other)).is_none_or(|(one, other)| one.contradicts(other, edge.most_days));
        if !contradict {
            self.merge(one, other);
        }
    }

    /// Puts the group of a notice to the group of what it is about.
    pub(super) fn tie(&mut self, notice: usize, report: usize) {
        let Some((notice, report)) = self.groups_of(notice, report) else { return };
        if self.groups.get(notice).is_some_and(|group| group.is_notice) {
            self.merge(report, notice);
        }
    }

    /// The groups of two candidates, where they differ.
    fn groups_of(&self, one: usize, other: usize) -> Option<(usize, usize)> {
        let groups = (*self.group_of.get(one)?, *self.group_of.get(other)?);
        (groups.0 != groups.1).then_some(groups)
    }

    fn merge(&mut self, into: usize, from: usize) {
        // The smaller one moves. What the larger is about stays: a report with notices is a report.
        let len = |at: usize| self.groups.get(at).map_or(0, |group| group.members.len());
        let is_notice = self.groups.get(into).is_some_and(|group| group.is_notice);
        let (into, from) = if len(into) < len(from) { (from, into) } else { (into, from) };
        let Some(moved) = self.groups.get_mut(from).map(std::mem::take) else { return };
        for member in &moved.members {
            if let Some(group) = self.group_of.get_mut(*member) {
                *group = into;
            }
        }
        if let Some(group) = self.groups.get_mut(into) {
            group.take(moved);
            group.is_notice = is_notice;
        }
    }

    /// The groups, by places in the input.
    pub(super) fn into_groups(self, order: &[usize]) -> Vec<Group> {
        let place = |at: usize| order.get(at).copied().unwrap_or_default();
        let group = |members: &Members| {
            let first = *members.members.iter().min()?;
            let others = members.members.iter().filter(|at| **at != first);
            let mut others: Vec<Other> = others.map(|at| Other { at: place(*at), why: self.why(first, *at) }).collect();
            others.sort_by_key(|other| other.at);
            Some(Group { first: place(first), others })
        };
        let mut groups: Vec<Group> = self.groups.iter().filter_map(group).collect();
        groups.sort_by_key(|group| group.first);
        groups
    }

    /// Why one belongs to the first of its group.
    fn why(&self, first: usize, at: usize) -> Why {
        let Some((first, one)) = self.known.get(first).zip(self.known.get(at)) else { return Why::Title };
        let titles = |known: &Known| [Some(known.title.full.clone()), known.title.main.clone()];
        let titles_agree = titles(first).iter().flatten().any(|title| titles(one).iter().flatten().any(|other| other == title));
        match first.candidate.sketch.zip(one.candidate.sketch) {
            _ if one.is_notice && !first.is_notice => Why::About,
            Some((a, b)) if !titles_agree => Why::Text(similarity(a, b)),
            _ => Why::Title,
        }
    }
}
