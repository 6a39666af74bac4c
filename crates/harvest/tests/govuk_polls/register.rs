//! A register of publications in memory: what jobs and store do with records, as small as it can be.

use std::collections::BTreeMap;

use pulse_model::document::{Content, Metadata};
use pulse_model::publication::Change;
use pulse_model::{Document, Identifier, Publication, Record, Version};
use pulse_triage::{State, identity, next_version, publication_of, publications};

/// What a register keeps of a work.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) publication: Publication,
    pub(crate) versions: Vec<Version>,
    identifiers: Vec<Identifier>,
    records: BTreeMap<String, Record>,
    documents: BTreeMap<String, Document>,
}

#[derive(Default)]
pub(crate) struct Register {
    pub(crate) kept: Vec<Kept>,
}

/// What a look brought to the register.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Brought {
    /// Titles of new publications.
    pub(crate) new: Vec<String>,
    /// Titles and changes of those with a new version.
    pub(crate) updated: Vec<(String, Vec<Change>)>,
    /// How many records changed nothing.
    pub(crate) same: usize,
}

impl Register {
    pub(crate) fn take(&mut self, records: &[Record], now: i64) -> Brought {
        let mut brought = Brought::default();
        for (record, identifiers) in records.iter().zip(identity::of_look(records)) {
            match self.kept.iter_mut().find(|kept| identity::is_same_work(&kept.identifiers, &identifiers)) {
                Some(kept) => match kept.renew(record, identifiers, now) {
                    Some(version) => brought.updated.push((kept.publication.title.clone(), version.changes)),
                    None => brought.same += 1,
                },
                None => {
                    let mut kept = Kept::default();
                    kept.set(record, identifiers);
                    kept.publication = kept.put_together();
                    kept.versions.push(Version { number: 1, seen_at: now, changes: Vec::new() });
                    brought.new.push(kept.publication.title.clone());
                    self.kept.push(kept);
                }
            }
        }
        brought
    }
}

impl Kept {
    fn renew(&mut self, record: &Record, identifiers: Vec<Identifier>, now: i64) -> Option<Version> {
        let documents = self.documents.clone();
        self.set(record, identifiers);
        let publication = publications::keeping(&self.publication, self.put_together());
        let number = self.versions.last().map(|version| version.number).unwrap_or_default();
        let before = State { number, publication: &self.publication, documents: by_address(&documents) };
        let after = State { number, publication: &publication, documents: by_address(&self.documents) };
        let version = next_version(&before, &after, now);
        self.publication = publication;
        self.versions.extend(version.clone());
        version
    }

    fn set(&mut self, record: &Record, identifiers: Vec<Identifier>) {
        self.identifiers.extend(identifiers);
        if let (Some(body), Some(link)) = (&record.body, record.link()) {
            self.documents.insert(link.to_string(), read(body));
        }
        self.records.insert(record.key.clone(), record.clone());
    }

    fn put_together(&self) -> Publication {
        publication_of(&self.records.values().collect::<Vec<_>>(), &[])
    }
}

fn by_address(documents: &BTreeMap<String, Document>) -> BTreeMap<&str, &Document> {
    documents.iter().map(|(address, document)| (address.as_str(), document)).collect()
}

/// The words between tags, a paragraph for each piece: enough to see that words changed.
fn read(html: &str) -> Document {
    let html = scraper::Html::parse_fragment(html);
    let pieces = html.root_element().text().map(|text| (None, Content::Paragraph { text: text.to_owned() }));
    Document::new(Metadata::default(), pieces.collect::<Vec<_>>(), None, Vec::new())
}
