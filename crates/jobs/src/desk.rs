//! The copy desk: an edition with all that is known about it -> queries, the answers people gave, and fixes that are safe.
//!
//! What is known: the documents of the publications its entries lead to, where the digest would file them, where they were covered, how
//! the digest writes, and, where somebody asks for it, whether links answer. Not here: the rules (compose).

use std::collections::{BTreeSet, HashMap};

use futures_util::stream::{self, StreamExt as _};
use pulse_compose::desk::{self, EntryKnowledge, Known, LinkState};
use pulse_harvest::{Answer, Door, FetchError, Get};
use pulse_model::digest::Severity;
use pulse_model::document::Content;
use pulse_model::trace::{self, Copied, Traced, TracedPeriod};
use pulse_model::{ContentHash, Digest, Document, Edition, EditionKey, Entry, Evidence, Identifier, Register, Sourced};
use pulse_store::{Conflict, DeskAnswer, LinkOutcome, Store, StoreError, StoredEdition};
use pulse_triage::Subject;
use pulse_triage::covered::Archive;
use pulse_triage::filing::{self, Filer};
use url::Url;

pub use pulse_compose::desk::{Dictionary, Part, Query, Rule};

use crate::drafting::Read;
use crate::error::JobError;
use crate::harvest::rhythm::DAY_MS;
use crate::harvest::sentence;
use crate::inbox::Material;
use crate::publications::identified;

/// The characters of the key of a query: the first of a hash.
pub const KEY_CHARS: usize = 8;
/// So many links are asked at the same time; the door keeps hosts apart.
const LINKS_AT_ONCE: usize = 16;
/// What became of a link is known for so long: a week.
pub const LINKS_KNOWN_MS: i64 = 7 * DAY_MS;
/// More of a page is not needed to know that it is there.
const MAX_LINK_BYTES: u64 = 64 << 10;

/// A query, what it is recognised by, and the answer somebody gave.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Eight letters and digits, the same for the same words in the same place.
    pub key: String,
    /// What the desk asks.
    pub query: Query,
    /// What somebody answered.
    pub answer: Option<DeskAnswer>,
}

impl Asked {
    /// Whether it stands in the way of sign-off.
    pub fn blocks(&self) -> bool {
        self.query.severity == Severity::Error && self.answer.is_none()
    }
}

/// An edition that was checked.
#[derive(Clone, Debug)]
pub struct Checked {
    /// As it is, after all fixes.
    pub stored: StoredEdition,
    /// What the desk asks, in the order of the text.
    pub asked: Vec<Asked>,
    /// How many changes were made.
    pub fixed: usize,
}

/// Checks an edition. Links are asked through `door`, if there is one; without it, what became of them in the last [`LINKS_KNOWN_MS`] is known.
/// With `fix`, the changes that are safe are made until none is left; the text before them stays as a revision, and what somebody else saved
/// meanwhile stays as it is. `now` is Unix milliseconds.
///
/// # Errors
/// [`JobError::NoSuchEdition`]; [`JobError::DeskLocked`] where there is something to change and the edition is signed off; what the database says.
pub async fn check<D: Door>(
    store: &Store,
    digest: &Digest,
    key: EditionKey,
    (dictionary, door): (Option<&Dictionary>, Option<&D>),
    fix: bool,
    now: i64,
) -> Result<Checked, JobError> {
    let links = links(store, &crate::edition(store, &digest.slug, key).await?.edition, door, now).await?;
    // Asking took its time, in which somebody may have saved.
    let mut stored = crate::edition(store, &digest.slug, key).await?;
    let material = Material::load(store, digest, Some(key)).await?;
    let evidence = evidence(store, &stored.edition).await?;
    let known = AllKnown::of(digest, material, &stored.edition, (evidence, dictionary, links));
    let (fixed, queries) = if fix { desk::fix_all(&mut stored.edition, |edition| known.queries(edition)) } else { (0, known.queries(&stored.edition)) };
    if fixed > 0 {
        save(store, digest, &mut stored, now).await?;
        tracing::info!(edition = %stored.id, fixes = fixed, "fixed");
    }
    let answers: HashMap<String, DeskAnswer> = store.query_answers(stored.id).await?.into_iter().map(|answer| (answer.query.clone(), answer)).collect();
    let asked = queries.into_iter().map(|query| {
        let key = key_of(&query);
        Asked { answer: answers.get(&key).cloned(), key, query }
    });
    Ok(Checked { asked: asked.collect(), stored, fixed })
}

async fn save(store: &Store, digest: &Digest, stored: &mut StoredEdition, now: i64) -> Result<(), JobError> {
    stored.edition.find_figures();
    let unless_changed = Conflict::ReplaceSavedAt(stored.text_saved_at);
    store.save_edition(&stored.edition, &stored.source, unless_changed, now).await.map_err(|cause| match cause {
        StoreError::EditionLocked { status, key, .. } => JobError::DeskLocked { digest: digest.slug.clone(), title: key.title(), status },
        StoreError::EditionDiffers { key, .. } => JobError::DeskOvertaken { digest: digest.slug.clone(), title: key.title() },
        other => other.into(),
    })?;
    Ok(())
}

/// Where the figures, dates and words of an entry come from.
#[derive(Clone, Debug)]
pub struct Origins {
    /// Its heading.
    pub heading: String,
    /// Whether documents of its publication are kept; without them nothing could be traced.
    pub is_known: bool,
    /// Its figures, in order.
    pub figures: Vec<Traced>,
    /// Its dates and periods, in order.
    pub periods: Vec<TracedPeriod>,
    /// Words it has in common with a document, in a long run: each text with its runs.
    pub copied: Vec<(String, Vec<Copied>)>,
}

/// Where what an edition says comes from, entry by entry.
///
/// # Errors
/// [`JobError::NoSuchEdition`], or what the database says.
pub async fn origins(store: &Store, digest: &Digest, key: EditionKey) -> Result<Vec<Origins>, JobError> {
    let edition = crate::edition(store, &digest.slug, key).await?.edition;
    let documents = documents(store, &edition).await?;
    let mut origins = Vec::new();
    for entry in edition.entries() {
        let none = Vec::new();
        let documents = documents.get(&entry.slug).unwrap_or(&none);
        let sourced: Vec<Sourced<'_>> = documents.iter().map(|(address, document)| Sourced { address, document }).collect();
        let evidence = Evidence::of(&sourced);
        let texts: Vec<String> = entry.summary.texts().iter().map(|(_, text)| text.plain()).collect();
        let copied = |text: &String| Some((text.clone(), trace::copied(text, &sourced))).filter(|(_, runs)| !runs.is_empty());
        origins.push(Origins {
            heading: entry.heading(),
            is_known: !documents.is_empty(),
            figures: texts.iter().flat_map(|text| evidence.trace(text)).collect(),
            periods: texts.iter().flat_map(|text| evidence.trace_periods(text)).collect(),
            copied: texts.iter().filter_map(copied).collect(),
        });
    }
    Ok(origins)
}

/// What a query is recognised by when the edition is checked again: its rule, the text it stands in and the words it is about. What else the
/// desk says of it may change with the archive.
fn key_of(query: &Query) -> String {
    let part = match &query.place.part {
        Part::Edition => "edition".to_owned(),
        Part::Letter { section } => format!("letter {section:?}"),
        Part::News { number } => format!("news {number}"),
        Part::Entry { slug, .. } => format!("entry {slug}"),
    };
    let text = format!("{}\n{part}\n{:?}\n{}", query.rule.name(), query.place.within, query.place.excerpt);
    ContentHash::of(text.as_bytes()).to_string().chars().take(KEY_CHARS).collect()
}

/// Everything that is known when an edition is checked.
struct AllKnown<'a> {
    digest: &'a Digest,
    register: Register,
    /// Earlier editions, and what they covered.
    archive: Vec<Edition>,
    covered: Archive,
    /// Learned from all other editions.
    filer: Filer,
    /// By the slug of the entry.
    evidence: HashMap<String, Evidence>,
    dictionary: Option<&'a Dictionary>,
    links: HashMap<String, LinkState>,
}

impl<'a> AllKnown<'a> {
    fn of(
        digest: &'a Digest,
        material: Material,
        edition: &Edition,
        (evidence, dictionary, links): (HashMap<String, Evidence>, Option<&'a Dictionary>, HashMap<String, LinkState>),
    ) -> Self {
        let Material { register, editions, .. } = material;
        let filer = Filer::learn(&digest.taxonomy(), &filing::archive(editions.iter().map(|(other, _)| other)));
        let archive: Vec<Edition> = editions.into_iter().map(|(other, _)| other).filter(|other| other.key() < edition.key()).collect();
        let covered = Archive::new(&archive, &register);
        Self { digest, register, archive, covered, filer, evidence, dictionary, links }
    }

    fn queries(&self, edition: &Edition) -> Vec<Query> {
        let entries = placed(edition).map(|(sector, category, entry)| {
            let subject = Subject::of_entry(entry, None);
            let knowledge = EntryKnowledge {
                evidence: self.evidence.get(&entry.slug),
                filing: doubt(&self.filer, &subject, sector, category),
                covered: self.covered.covered(&subject, &identifiers(entry), None).into_iter().map(said).collect(),
            };
            (entry.slug.as_str(), knowledge)
        });
        let links = self.links.iter().map(|(address, state)| (address.as_str(), state.clone())).collect();
        let Self { digest, register, archive, dictionary, .. } = self;
        desk::check(edition, &Known { digest, register, archive, entries: entries.collect(), links, dictionary: *dictionary })
    }
}

/// Each entry with the names of its sector and category.
fn placed(edition: &Edition) -> impl Iterator<Item = (&str, &str, &Entry)> {
    let categories = edition.sectors.iter().flat_map(|sector| sector.categories.iter().map(move |category| (sector, category)));
    categories.flat_map(|(sector, category)| category.entries.iter().map(move |entry| (sector.name.as_str(), category.name.as_str(), entry)))
}

fn doubt(filer: &Filer, subject: &Subject, sector: &str, category: &str) -> Option<desk::Filing> {
    let doubt = filer.doubt(subject, sector, category)?;
    let words = [&doubt.sector, &doubt.category].into_iter().flatten().flat_map(|choice| choice.because.clone()).collect();
    let of = |choice: Option<filing::Choice>| choice.map(|choice| (choice.name, choice.probability)).unwrap_or_default();
    // What is not doubted stands where it should, for sure.
    let (sector, sector_probability) = if doubt.sector.is_some() { of(doubt.sector) } else { (sector.to_owned(), 1.0) };
    let (category, category_probability) = of(doubt.category);
    Some(desk::Filing { sector, sector_probability, category, category_probability, words })
}

fn said(covered: pulse_triage::covered::Covered) -> desk::Covered {
    desk::Covered { edition: covered.mention.edition.title(), heading: covered.mention.title, how: covered.how.to_string() }
}

/// What an entry's links identify.
fn identifiers(entry: &Entry) -> Vec<Identifier> {
    entry.links.iter().flat_map(|link| identified(link.url.as_str())).collect()
}

/// What the documents of the publications that entries lead to state in figures, by the slug of the entry.
async fn evidence(store: &Store, edition: &Edition) -> Result<HashMap<String, Evidence>, JobError> {
    let evidence = |documents: Vec<(String, Document)>| {
        let sourced: Vec<Sourced<'_>> = documents.iter().map(|(address, document)| Sourced { address, document }).collect();
        Evidence::of(&sourced)
    };
    Ok(documents(store, edition).await?.into_iter().map(|(slug, documents)| (slug, evidence(documents))).collect())
}

/// The documents with words of the publications that entries lead to, with their addresses, by the slug of the entry.
async fn documents(store: &Store, edition: &Edition) -> Result<HashMap<String, Vec<(String, Document)>>, JobError> {
    let all: Vec<Identifier> = edition.entries().flat_map(identifiers).collect();
    let known = store.known_publications(&all).await?;
    let mut found = HashMap::new();
    for entry in edition.entries() {
        let ids: BTreeSet<_> = identifiers(entry).iter().filter_map(|identifier| known.get(&identifier.to_string())).map(|known| known.id).collect();
        let mut documents = Vec::new();
        for id in ids {
            documents.extend(Read::load(store, id).await?.documents);
        }
        // A scan that nobody could read says nothing, and is no reason to doubt a figure.
        documents.retain(|(_, document)| document.blocks().iter().any(|block| !matches!(block.content, Content::Figure { .. })));
        if !documents.is_empty() {
            found.insert(entry.slug.clone(), documents);
        }
    }
    Ok(found)
}

/// What is known of the links of an edition. Asked ones are remembered.
async fn links<D: Door>(store: &Store, edition: &Edition, door: Option<&D>, now: i64) -> Result<HashMap<String, LinkState>, JobError> {
    let addresses = addresses(edition);
    let Some(door) = door else {
        let known = store.link_states(&addresses, now.saturating_sub(LINKS_KNOWN_MS)).await?;
        return Ok(known.into_iter().map(|(address, state)| (address, of_outcome(state))).collect());
    };
    let asked: Vec<(String, LinkOutcome)> = ask_links(addresses, door).await;
    store.save_link_states(&asked, now).await?;
    Ok(asked.into_iter().map(|(address, state)| (address, of_outcome(state))).collect())
}

fn of_outcome(outcome: LinkOutcome) -> LinkState {
    match outcome {
        LinkOutcome::Fine => LinkState::Fine,
        LinkOutcome::Moved(to) => LinkState::Moved { to },
        LinkOutcome::Dead(why) => LinkState::Dead { why },
    }
}

/// Every address that an edition leads to, once.
fn addresses(edition: &Edition) -> Vec<String> {
    let texts = [&edition.letter.welcome, &edition.letter.highlights, &edition.letter.call_for_contact, &edition.letter.notices];
    let of_texts = texts.into_iter().chain(edition.news.iter().map(|item| &item.body)).chain(edition.entries().map(|entry| &entry.summary));
    let beside = edition.news.iter().flat_map(|item| &item.links).chain(edition.entries().flat_map(|entry| &entry.links)).map(|link| link.url.clone());
    let all: BTreeSet<String> = of_texts.flat_map(|blocks| blocks.links()).map(|(href, _)| href).chain(beside).map(|href| href.to_string()).collect();
    all.into_iter().collect()
}

/// Asks addresses. What only will not say, or not now, is left out; where nobody at all answers, it is the network that is gone.
async fn ask_links<D: Door>(addresses: Vec<String>, door: &D) -> Vec<(String, LinkOutcome)> {
    let asked = stream::iter(addresses).map(|address| async move {
        let said = ask_link(&address, door).await?;
        Some((address, said))
    });
    let mut asked: Vec<(String, Said)> = asked.buffer_unordered(LINKS_AT_ONCE).filter_map(std::future::ready).collect().await;
    asked.sort_by(|(a, _), (b, _)| a.cmp(b));
    let is_there = asked.iter().any(|(_, said)| matches!(said, Said::Answered(_)));
    let outcome = |said| match said {
        Said::Answered(outcome) => Some(outcome),
        Said::Nothing(why) => is_there.then_some(LinkOutcome::Dead(why)),
    };
    asked.into_iter().filter_map(|(address, said)| Some((address, outcome(said)?))).collect()
}

/// What came of asking an address.
enum Said {
    Answered(LinkOutcome),
    /// No answer, and why.
    Nothing(String),
}

async fn ask_link<D: Door>(address: &str, door: &D) -> Option<Said> {
    let url: Url = address.parse().ok().filter(|url: &Url| matches!(url.scheme(), "http" | "https"))?;
    match door.get(Get { max_bytes: MAX_LINK_BYTES, ..Get::new(&url) }).await {
        Ok(Answer::Found(found)) => Some(Said::Answered(found.moved_to.map_or(LinkOutcome::Fine, |to| LinkOutcome::Moved(to.to_string())))),
        Ok(Answer::Unchanged) | Err(FetchError::TooLarge { .. }) => Some(Said::Answered(LinkOutcome::Fine)),
        Err(error @ FetchError::Unreachable { .. }) => Some(Said::Nothing(sentence(&error))),
        // Who asks programs to stay away, or to log in, or is busy, may well answer a reader.
        Err(FetchError::Robots { .. } | FetchError::Forbidden { .. } | FetchError::Status { status: 401 | 403 | 405 | 406, .. }) => None,
        Err(error) if error.is_passing() => None,
        Err(error) => Some(Said::Answered(LinkOutcome::Dead(sentence(&error)))),
    }
}
