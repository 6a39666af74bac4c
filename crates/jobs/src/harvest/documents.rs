//! The documents of one publication: fetched, kept, read, compared, kept.
//!
//! Bounds: 20 documents of a publication, its page first; a page has up to 20 MiB, a file up to 100.

use bytes::Bytes;
use pulse_harvest::door::Found as Fetched;
use pulse_harvest::{Answer, Door, FetchError, Get, Validators};
use pulse_model::document::{Document, Form, Metadata};
use pulse_model::publication::Change;
use pulse_model::{ContentHash, Identifier, LinkRole, ProblemKind, Publication, Record};
use pulse_store::originals::OriginalsError;
use pulse_store::{Check, CheckEnd, CheckReason, DocumentBrief, DocumentRow, PublicationId, ReadDocument, SourceId, Tried, TryEnd};
use pulse_triage::similar::Sketch;
use pulse_triage::{identity, publications, subject, version};
use url::Url;

use super::rhythm::{DAY_MS, next_check};
use super::{Harvester, Reader, add, plan};
use crate::error::JobError;

/// The most documents of one publication.
const MAX_DOCUMENTS: usize = 20;
/// The most bytes of a file.
const MAX_FILE_BYTES: u64 = 100 << 20;
/// The longest address that is fetched, in bytes.
const MAX_URL_BYTES: usize = 2_000;
/// A longer text is no press notice, of which alone it is asked what it mentions.
const MAX_NOTICE_WORDS: u64 = 2_000;
const ACCEPT: &str = "text/html, application/xhtml+xml, application/pdf, */*;q=0.8";

/// What a check came to.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// Documents that were read.
    pub(super) read_count: u64,
    /// Whether a text was changed in silence.
    pub(super) is_changed: bool,
    /// What was wrong, a sentence for each.
    pub(super) problems: Vec<String>,
}

/// Where a document is.
struct Place {
    url: Url,
    title: String,
    is_file: bool,
    /// Its text, where the record brings it.
    body: Option<Bytes>,
}

/// What a document says of itself.
struct Said {
    metadata: Metadata,
    url: Url,
    original: ContentHash,
}

/// What came of one document.
struct Outcome {
    end: TryEnd,
    /// What it says of itself, now or when it was read.
    said: Option<Said>,
    /// Files that it says belong to it.
    attachments: Vec<Place>,
    /// Whether it may be there another time.
    is_passing: bool,
}

/// Fetches and keeps the documents of a publication, and lets it go.
pub(super) async fn check<D: Door, R: Reader>(harvester: &Harvester<D, R>, source: SourceId, check: &Check) -> Result<Checked, JobError> {
    let mut checked = Checked::default();
    let mut places = places(check);
    let (mut metadata, mut identifiers): (Vec<Document>, Vec<Identifier>) = (Vec::new(), Vec::new());
    let (mut is_fetched, mut is_passing) = (false, false);
    let mut at = 0;
    while at < places.len() {
        let Some(place) = places.get(at) else { break };
        let outcome = try_one(harvester, check, place).await?;
        is_passing |= outcome.is_passing;
        if let Some(said) = outcome.said {
            if at == 0 {
                let file = (said.metadata.form != Form::Html).then_some(said.original);
                identifiers = identity::of_document(&said.url, &said.metadata, file);
            }
            metadata.push(Document::new(said.metadata, [], None, Vec::new()));
        }
        match &outcome.end {
            TryEnd::Failed(why) => checked.problems.push(why.clone()),
            TryEnd::Unchanged { .. } => is_fetched = true,
            TryEnd::Read(read) => {
                is_fetched = true;
                checked.read_count += 1;
                checked.is_changed |= check.reason == CheckReason::Again && !read.changes.is_empty();
                checked.problems.extend(read.document.problems.iter().map(|problem| format!("{}: {problem}", place.url)));
            }
        }
        let tried = Tried { url: place.url.to_string(), position: u32::try_from(at).unwrap_or(u32::MAX), title: place.title.clone(), end: outcome.end };
        if !harvester.store.save_document(check.publication, harvester.lease(), &tried, harvester.now()).await? {
            return Ok(checked);
        }
        // Whether the source is still ours is asked when the publication is done.
        harvester.store.renew_source(source, harvester.lease()).await?;
        add_places(&mut places, outcome.attachments);
        at += 1;
    }
    end(harvester, check, &metadata, &identifiers, Ended { is_fetched, is_passing, is_changed: checked.is_changed }).await?;
    Ok(checked)
}

/// How the documents of a publication ended.
#[derive(Clone, Copy)]
struct Ended {
    is_fetched: bool,
    is_passing: bool,
    is_changed: bool,
}

async fn end<D, R>(harvester: &Harvester<D, R>, check: &Check, read: &[Document], identifiers: &[Identifier], ended: Ended) -> Result<(), JobError> {
    let now = harvester.now();
    let read: Vec<&Document> = read.iter().collect();
    let from_documents = publications::publication_of(&[], &read);
    let fill = move |facts: &mut Publication| {
        let updated_at = facts.updated_at;
        if facts.link.as_deref().is_some_and(|link| link.starts_with(add::SCHEME)) {
            // A file that somebody brought leads nowhere, and is called by its name only until it says a better one.
            facts.link = None;
            if !from_documents.title.is_empty() {
                facts.title.clear();
            }
        }
        *facts = publications::keeping(&from_documents, std::mem::take(facts));
        // A page may give its last change some seconds later than its source, which would hide the next one.
        facts.updated_at = updated_at.or(facts.updated_at);
    };
    let seen_for = now.saturating_sub(check.first_seen_at);
    let changed_at = check.facts.updated_at.max(check.facts.published_at).unwrap_or(check.first_seen_at);
    let news_at = check.facts.updated_at.filter(|at| *at <= now).max(Some(check.first_seen_at)).unwrap_or(now);
    let is_awaited = ended.is_passing && now.saturating_sub(news_at) < 14 * DAY_MS;
    let next_at = match ended {
        _ if is_awaited => Some(now.saturating_add(DAY_MS / 4)),
        Ended { is_fetched: true, is_changed, .. } => next_check(if is_changed { now } else { changed_at }, now),
        _ if seen_for < 30 * DAY_MS => Some(now.saturating_add(7 * DAY_MS)),
        _ => None,
    };
    let end = CheckEnd { fill: &fill, identifiers, next_at, is_complete: ended.is_fetched && !is_awaited };
    let run = harvester.node.run();
    // Ids carry their time: the older one stays. Until they are one, the check is not over.
    match twin(harvester, check, identifiers).await? {
        Some(older) if older < check.publication => {
            harvester.store.end_check(check, run, &CheckEnd { next_at: Some(now), is_complete: false, ..end }).await?;
            harvester.store.merge_publications(check.publication, older, &of_both, now).await?;
        }
        Some(younger) => {
            harvester.store.merge_publications(younger, check.publication, &of_both, now).await?;
            harvester.store.end_check(check, run, &end).await?;
        }
        None => {
            harvester.store.end_check(check, run, &end).await?;
        }
    }
    Ok(())
}

/// What is known of a publication when the records of another have come to it.
fn of_both(before: Publication, records: &[(SourceId, Record)]) -> Publication {
    let mut said = plan::said_now(records);
    // A file that somebody brought leads nowhere, and is called by its name.
    said.retain(|record| record.link().is_none_or(|link| link.scheme() != add::SCHEME));
    if said.is_empty() { before } else { publications::keeping(&before, publications::publication_of(&said, &[])) }
}

/// A publication that turns out to be the same by what the documents of this one say.
async fn twin<D, R>(harvester: &Harvester<D, R>, check: &Check, identifiers: &[Identifier]) -> Result<Option<PublicationId>, JobError> {
    let told = check.records.iter().flat_map(identity::identifiers);
    let all: Vec<Identifier> = identifiers.iter().cloned().chain(told).collect();
    let known = harvester.store.known_publications(&all).await?;
    let Some(own) = known.values().find(|known| known.id == check.publication) else { return Ok(None) };
    let ours: Vec<Identifier> = own.identifiers.iter().chain(identifiers).cloned().collect();
    let mut others = identifiers.iter().filter_map(|identifier| known.get(&identifier.to_string())).filter(|other| other.id != own.id);
    Ok(others.find(|other| identity::is_same_work(&ours, &other.identifiers)).map(|other| other.id))
}

/// Where the documents of a publication are, as far as its records and earlier checks know: its page, then its files.
fn places(check: &Check) -> Vec<Place> {
    let mut places = Vec::new();
    let links = |role| check.records.iter().flat_map(move |record| record.links.iter().filter(move |link| link.role == role).map(move |link| (record, link)));
    for (record, link) in links(LinkRole::Page).take(1).chain(links(LinkRole::File)) {
        // An interface that gives the text of a page gives it better than the page.
        let body = record.body.as_ref().filter(|_| record.content_id.is_some() && link.role == LinkRole::Page);
        let body = body.map(|body| Bytes::from(body.clone()));
        add_places(&mut places, [Place { url: link.url.clone(), title: link.title.clone(), is_file: link.role == LinkRole::File, body }]);
    }
    let known = check.documents.iter().filter_map(|row| Some(Place { url: row.url.parse().ok()?, title: row.title.clone(), is_file: true, body: None }));
    add_places(&mut places, known);
    places
}

fn add_places(places: &mut Vec<Place>, more: impl IntoIterator<Item = Place>) {
    for mut place in more {
        place.url.set_fragment(None);
        let is_there = places.iter().any(|there| there.url == place.url);
        if !is_there && places.len() < MAX_DOCUMENTS && place.url.as_str().len() <= MAX_URL_BYTES {
            places.push(place);
        }
    }
}

async fn try_one<D: Door, R: Reader>(harvester: &Harvester<D, R>, check: &Check, place: &Place) -> Result<Outcome, JobError> {
    let row = check.documents.iter().find(|row| row.url == place.url.as_str());
    let newest = row.and_then(|row| row.newest.as_ref());
    let brought = match add::original_of(&place.url) {
        Some(hash) if newest.is_some_and(|newest| newest.original == hash) => return as_before(harvester, place, row, Validators::default()).await,
        Some(hash) => match harvester.originals.read(hash).await {
            Ok(bytes) => Some(bytes),
            Err(error @ (OriginalsError::Missing { .. } | OriginalsError::Damaged { .. })) => return Ok(Outcome::failed(sentence(&error), false)),
            Err(error) => return Err(error.into()),
        },
        None => place.body.clone(),
    };
    let fetched = match fetch(&harvester.door, place, brought, row).await {
        Ok(Some(fetched)) => fetched,
        Ok(None) => return as_before(harvester, place, row, Validators::default()).await,
        Err(error) => return Ok(Outcome::failed(sentence(&error), error.is_passing())),
    };
    let original = ContentHash::of(&fetched.bytes);
    if newest.is_some_and(|newest| newest.original == original) {
        return as_before(harvester, place, row, fetched.validators).await;
    }
    let document = harvester.reader.read(fetched.bytes.clone(), &fetched.url, fetched.media_type.as_deref()).await;
    if let Some((why, is_passing)) = unread(&document) {
        return Ok(Outcome::failed(format!("{}: {why}", place.url), is_passing));
    }
    let attachments = if place.is_file { Vec::new() } else { attachments(&document.metadata) };
    let said = Some(Said { metadata: document.metadata.clone(), url: fetched.url.clone(), original });
    let Validators { etag, last_modified } = fetched.validators;
    let mut changes = Vec::new();
    if let (Some(row), Some(newest)) = (row, newest) {
        let before = harvester.store.document(row.id, Some(newest.number)).await?;
        match before.and_then(|before| version::text_change(place.url.as_str(), &before, &document)) {
            Some(change) => changes.push(change),
            None => return Ok(Outcome { end: TryEnd::Unchanged { etag, last_modified }, said, attachments, is_passing: false }),
        }
    } else if row.is_none() && check.reason != CheckReason::New {
        changes.push(Change::DocumentAdded { document: place.url.to_string() });
    }
    let size_bytes = fetched.bytes.len() as u64;
    let (final_url, media_type) = (fetched.url.to_string(), fetched.media_type);
    harvester.originals.keep(fetched.bytes).await?;
    let brief = brief(&document);
    let read = ReadDocument { etag, last_modified, final_url, media_type, original, size_bytes, document, brief, changes };
    Ok(Outcome { end: TryEnd::Read(Box::new(read)), said, attachments, is_passing: false })
}

/// What an inbox shows and compares of a document.
fn brief(document: &Document) -> DocumentBrief {
    let text = document.text();
    let sketch = Sketch::of(&text).map(|sketch| sketch.to_string()).unwrap_or_default();
    let word_count = text.split_whitespace().count() as u64;
    let mentioned = document.metadata.mentions.iter().filter(|_| word_count <= MAX_NOTICE_WORDS);
    let mentions = mentioned.flat_map(identity::of_address).map(|identifier| identifier.to_string()).collect();
    DocumentBrief { beginning: subject::beginning(document), word_count, sketch, mentions }
}

impl Outcome {
    fn failed(why: String, is_passing: bool) -> Self {
        Self { end: TryEnd::Failed(why), said: None, attachments: Vec::new(), is_passing }
    }
}

/// Why a file was not read at all, and whether it may be another time. A reader's failure says nothing about the text of the file.
fn unread(document: &Document) -> Option<(String, bool)> {
    let mut problems = document.problems.iter().filter(|_| document.blocks().is_empty());
    problems.find_map(|problem| match problem.kind {
        ProblemKind::NotRead | ProblemKind::TooSlow => Some((problem.to_string(), true)),
        ProblemKind::TooLarge => Some((problem.to_string(), false)),
        _ => None,
    })
}

/// A document that is as it was. What it says is told again: a run that was killed may have kept it, and neither what it says of its
/// publication nor its files.
async fn as_before<D, R>(harvester: &Harvester<D, R>, place: &Place, row: Option<&DocumentRow>, validators: Validators) -> Result<Outcome, JobError> {
    let mut said = None;
    if let Some((row, newest)) = row.and_then(|row| Some((row, row.newest.as_ref()?))) {
        let document = harvester.store.document(row.id, None).await?;
        let url = newest.final_url.parse().unwrap_or_else(|_| place.url.clone());
        said = document.map(|document| Said { metadata: document.metadata, url, original: newest.original });
    }
    let attachments = said.as_ref().filter(|_| !place.is_file).map(|said| attachments(&said.metadata)).unwrap_or_default();
    let Validators { etag, last_modified } = validators;
    Ok(Outcome { end: TryEnd::Unchanged { etag, last_modified }, said, attachments, is_passing: false })
}

/// Files of a page, in the forms that are read.
fn attachments(metadata: &Metadata) -> Vec<Place> {
    let is_read = |media_type: Option<&str>, url: &Url| {
        let form = media_type.unwrap_or_default();
        let path = url.path().to_ascii_lowercase();
        ["pdf", "wordprocessingml", "opendocument.text"].iter().any(|known| form.contains(known))
            || [".pdf", ".docx", ".odt"].iter().any(|ending| path.ends_with(ending))
    };
    let files = metadata.attachments.iter().filter(|file| is_read(file.media_type.as_deref(), &file.url));
    files.map(|file| Place { url: file.url.clone(), title: file.title.clone(), is_file: true, body: None }).collect()
}

/// `None`: it is as it was.
async fn fetch(door: &impl Door, place: &Place, brought: Option<Bytes>, row: Option<&DocumentRow>) -> Result<Option<Fetched>, FetchError> {
    if let Some(bytes) = brought {
        let url = place.url.clone();
        let media_type = (!place.is_file).then(|| "text/html".to_owned());
        return Ok(Some(Fetched { url, moved_to: None, media_type, bytes, validators: Validators::default() }));
    }
    let validators = row.filter(|row| row.newest.is_some()).map(|row| Validators { etag: row.etag.clone(), last_modified: row.last_modified.clone() });
    let max_bytes = if place.is_file { MAX_FILE_BYTES } else { Get::MAX_BYTES };
    match door.get(Get { validators: validators.as_ref(), accept: ACCEPT, max_bytes, ..Get::new(&place.url) }).await? {
        Answer::Unchanged => Ok(None),
        Answer::Found(found) => Ok(Some(found)),
    }
}

/// An error with its causes, in one line.
pub fn sentence(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = error.source();
    }
    text
}
