//! Which work something is about, by what tells one work from another.
//!
//! In: records as sources bring them, documents as read. Out: their [`Identifier`]s, the surest first, and groups of those that are of
//! one work.
//!
//! Invariants: the order of the input changes nothing; what names nothing in particular (a home page, a link that different
//! things share) is no identifier. Where identifiers disagree, the surer kind decides: two records with different DOIs stay
//! apart whatever address they share, because a chapter and its book, a preprint and its article often share a page; and two
//! with one DOI are one whatever their addresses. Not here: comparing titles; that is for people.

pub mod address;
pub mod govuk;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use pulse_model::document::Metadata;
use pulse_model::{ContentHash, Identifier, LinkRole, Record, doi};
use url::Url;

/// What a record says it is about, the surest first. Empty where it names nothing: no DOI, no page, no file.
pub fn identifiers(record: &Record) -> Vec<Identifier> {
    let mut found = BTreeSet::new();
    found.extend(record.dois.iter().filter_map(|text| doi::normal(text)).map(Identifier::Doi));
    // The id of an HTML attachment is not that of its publication.
    let is_part = record.document_type.as_deref() == Some("html_publication");
    found.extend(record.content_id.filter(|_| !is_part).map(Identifier::ContentId));
    for link in record.links.iter().filter(|link| link.role != LinkRole::Other) {
        found.extend(of_address(&link.url));
    }
    found.extend(govuk::path_of_tag(&record.key).map(Identifier::GovukPath));
    if let Ok(url) = record.key.parse::<Url>() {
        found.extend(doi::of_url(&url).map(Identifier::Doi));
        // GOV.UK's organisations name an entry by its page and the time of the update. Keys of other feeds are not asked: nothing
        // keeps a feed from naming all its entries alike.
        found.extend(govuk::path(&url).map(Identifier::GovukPath));
    }
    found.into_iter().collect()
}

/// What a file is about: where it was found, what it says of itself, and its bytes.
pub fn of_document(url: &Url, metadata: &Metadata, file: Option<ContentHash>) -> Vec<Identifier> {
    let mut found: BTreeSet<_> = of_address(url).into_iter().collect();
    found.extend(metadata.dois.iter().filter_map(|text| doi::normal(text)).map(Identifier::Doi));
    // A page may name another of its own site as the one to be known by. One that names a home page is set up wrongly.
    found.extend(metadata.canonical.iter().filter(|canonical| host_of(canonical) == host_of(url)).flat_map(of_address));
    found.extend(file.map(Identifier::File));
    found.into_iter().collect()
}

/// The identifiers of each record of one look, without those that different things share: a link that is the same for every entry
/// of a feed, a page that two entries with keys and titles of their own lead to, an id used twice and once more. Such a record keeps
/// a name of its own, made of the shared link and its key.
pub fn of_look(records: &[Record]) -> Vec<Vec<Identifier>> {
    let each: Vec<_> = records.iter().map(identifiers).collect();
    let mut bearers: BTreeMap<&Identifier, Bearers> = BTreeMap::new();
    for (record, identifiers) in records.iter().zip(&each) {
        let key = hash(&record.key);
        for identifier in identifiers {
            let bearers = bearers.entry(identifier).or_default();
            bearers.things.insert(hash(&thing(identifier, record, identifiers)));
            bearers.keys.insert(key);
        }
    }
    let is_shared = |(identifier, bearers): (_, Bearers)| bearers.are_different(identifier).then_some(identifier);
    let shared: BTreeSet<&Identifier> = bearers.into_iter().filter_map(is_shared).collect();
    let of_one = |(record, identifiers): (&Record, &Vec<Identifier>)| -> Vec<Identifier> {
        let own: Vec<_> = identifiers.iter().filter(|identifier| !shared.contains(identifier)).cloned().collect();
        let link = record.link().and_then(address::canonical);
        match link.filter(|_| own.is_empty() && !record.key.is_empty()) {
            Some(link) => vec![Identifier::Url(format!("{link}#{}", record.key))],
            None => own,
        }
    };
    records.iter().zip(&each).map(of_one).collect()
}

/// What the records of one look that have an identifier in common are, as hashes: a look may have thousands of long titles.
#[derive(Default)]
struct Bearers {
    things: BTreeSet<u64>,
    keys: BTreeSet<u64>,
}

impl Bearers {
    /// Whether they are of different things. Two with one key are an old title and a new one, and two with one DOI or content id are one
    /// thing under two names; a third name is another thing. An address says less: two with keys and titles of their own differ.
    fn are_different(&self, identifier: &Identifier) -> bool {
        let is_address = matches!(identifier, Identifier::Url(_) | Identifier::File(_));
        self.things.len() > 2 || is_address && self.things.len() > 1 && self.keys.len() > 1
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// What an identifier stands for in a record, as far as it can be told: titles tell things apart, but not on GOV.UK, where
/// translations and attachments have titles of their own.
fn thing(identifier: &Identifier, record: &Record, identifiers: &[Identifier]) -> String {
    match identifier {
        Identifier::GovukPath(path) => path.clone(),
        Identifier::ContentId(_) => identifiers.iter().filter(|other| other.kind() == "govuk-path").map(ToString::to_string).collect(),
        Identifier::Doi(_) | Identifier::Url(_) | Identifier::File(_) => crate::words::plain(&record.title),
    }
}

/// Whether two sets of identifiers are of one work: they share one, and no surer kind contradicts it.
pub fn is_same_work(one: &[Identifier], other: &[Identifier]) -> bool {
    let shared = one.iter().filter(|identifier| other.contains(identifier)).min();
    shared.is_some_and(|shared| !is_contradicted(shared, one, other))
}

/// Which of these are of one work, by their places in the input; each group in order, the groups by their first.
pub fn group(identified: &[Vec<Identifier>]) -> Vec<Vec<usize>> {
    // Groups are joined in an order that is that of their content, so that the order of the input does not matter.
    let mut order: Vec<usize> = (0..identified.len()).collect();
    order.sort_by(|a, b| identified[*a].cmp(&identified[*b]));
    let mut group_of: Vec<usize> = (0..identified.len()).collect();
    let mut groups: Vec<(Vec<usize>, Vec<Identifier>)> = identified.iter().enumerate().map(|(at, identifiers)| (vec![at], identifiers.clone())).collect();
    let mut bearers: BTreeMap<&Identifier, Vec<usize>> = BTreeMap::new();
    for at in order {
        for identifier in &identified[at] {
            bearers.entry(identifier).or_default().push(at);
        }
    }
    for (identifier, bearers) in bearers {
        // One that contradicts the first group may still agree with the next.
        let mut heads: Vec<usize> = Vec::new();
        for at in bearers {
            let own = group_of[at];
            match heads.iter().copied().find(|head| *head == own || !is_contradicted(identifier, &groups[*head].1, &groups[own].1)) {
                Some(head) if head == own => {}
                Some(head) => {
                    let (members, identifiers) = std::mem::take(&mut groups[own]);
                    members.iter().for_each(|member| group_of[*member] = head);
                    groups[head].0.extend(members);
                    groups[head].1.extend(identifiers);
                }
                None => heads.push(own),
            }
        }
    }
    let mut groups: Vec<Vec<usize>> = groups.into_iter().map(|(members, _)| members).filter(|members| !members.is_empty()).collect();
    groups.iter_mut().for_each(|members| members.sort_unstable());
    groups.sort_unstable();
    groups
}

/// Whether two that share an identifier differ in a surer kind: both have one of that kind, and none in common. Addresses do not
/// count: one work has many.
fn is_contradicted(shared: &Identifier, one: &[Identifier], other: &[Identifier]) -> bool {
    ["doi", "content-id", "govuk-path"].into_iter().take_while(|kind| *kind != shared.kind()).any(|kind| {
        let of_kind = |all: &'_ [Identifier]| all.iter().filter(|identifier| identifier.kind() == kind).cloned().collect::<BTreeSet<_>>();
        let (one, other) = (of_kind(one), of_kind(other));
        !one.is_empty() && !other.is_empty() && one.is_disjoint(&other)
    })
}

/// What an address alone tells; nothing for a home page.
pub fn of_address(url: &Url) -> Vec<Identifier> {
    if let Some(path) = govuk::path(url) {
        return vec![Identifier::GovukPath(path)];
    }
    let doi = doi::of_url(url).map(Identifier::Doi);
    let is_resolver = doi.is_some() && doi::is_resolver(url);
    let form = address::canonical(url).filter(|form| !is_resolver && !address::is_home(form)).map(Identifier::Url);
    doi.into_iter().chain(form).collect()
}

fn host_of(url: &Url) -> Option<String> {
    address::canonical(url).map(|form| form.split(['/', '?', '#']).next().unwrap_or_default().to_owned())
}
