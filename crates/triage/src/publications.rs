//! Records and documents of one work put together to its publication.
//!
//! Invariant: the order of the input does not change the result. Each field comes from the record that is best described; what no
//! record says is taken from the documents.

use std::cmp::Reverse;

use pulse_model::{Document, Publication, Record};

/// The publication that records of one work and its documents describe. With nothing to describe it, an empty one.
///
/// A record with a content id, then one that brings the text, then one with a DOI speaks before others, and says whether the work is
/// withdrawn: a translation that is gone takes nothing back. The date of the last change is the latest that any of them gives,
/// with the note of that change.
pub fn publication_of(records: &[&Record], documents: &[&Document]) -> Publication {
    let mut records = records.to_vec();
    records.sort_by_cached_key(|record| rank(record));
    let mut documents = documents.to_vec();
    documents.sort_by_cached_key(|document| (document.metadata.form, document.text_hash(), format!("{:?}", document.metadata)));
    let metadata: Vec<_> = documents.iter().map(|document| &document.metadata).collect();

    let text = |of: fn(&Record) -> &str| records.iter().map(|record| of(record)).find(|text| !text.is_empty()).map(str::to_owned);
    let names = |of: fn(&Record) -> &Vec<String>| records.iter().map(|record| of(record)).find(|names| !names.is_empty()).cloned();
    let of_file = |of: fn(&pulse_model::document::Metadata) -> &str| metadata.iter().map(|file| of(file)).find(|text| !text.is_empty()).map(str::to_owned);
    let latest = records.iter().filter(|record| record.updated_at.is_some()).max_by_key(|record| (record.updated_at, record.change_note.is_some()));
    Publication {
        title: text(|record| &record.title).or_else(|| of_file(|file| &file.title)).unwrap_or_default(),
        publishers: names(|record| &record.publishers).or_else(|| of_file(|file| &file.publisher).map(|name| vec![name])).unwrap_or_default(),
        authors: names(|record| &record.authors)
            .or_else(|| metadata.iter().map(|file| &file.authors).find(|names| !names.is_empty()).cloned())
            .unwrap_or_default(),
        link: records.iter().find_map(|record| record.link()).map(ToString::to_string),
        summary: text(|record| &record.summary).or_else(|| of_file(|file| &file.description)).unwrap_or_default(),
        document_type: records.iter().find_map(|record| record.document_type.clone()).or_else(|| of_file(|file| &file.document_type)),
        language: records.iter().find_map(|record| record.language.clone()).or_else(|| of_file(|file| &file.language)),
        published_at: records.iter().find_map(|record| record.published_at).or_else(|| metadata.iter().find_map(|file| file.published_at)),
        updated_at: records.iter().filter_map(|record| record.updated_at).max().or_else(|| metadata.iter().filter_map(|file| file.updated_at).max()),
        change_note: latest.or(records.first()).and_then(|record| record.change_note.clone()),
        is_withdrawn: records.first().is_some_and(|record| record.is_withdrawn),
    }
}

/// A new state of a publication, with what the state before knew and this one does not say: a page that is gone has no title, and
/// stays the publication it was. Dates of the last change do not go back.
pub fn keeping(before: &Publication, after: Publication) -> Publication {
    let text = |before: &String, after: String| if after.is_empty() { before.clone() } else { after };
    let names = |before: &Vec<String>, after: Vec<String>| if after.is_empty() { before.clone() } else { after };
    Publication {
        title: text(&before.title, after.title),
        publishers: names(&before.publishers, after.publishers),
        authors: names(&before.authors, after.authors),
        link: after.link.or_else(|| before.link.clone()),
        summary: text(&before.summary, after.summary),
        document_type: after.document_type.or_else(|| before.document_type.clone()),
        language: after.language.or_else(|| before.language.clone()),
        published_at: after.published_at.or(before.published_at),
        updated_at: after.updated_at.max(before.updated_at),
        change_note: after.change_note.or_else(|| before.change_note.clone().filter(|_| after.updated_at <= before.updated_at)),
        is_withdrawn: after.is_withdrawn,
    }
}

/// The best-described first; of equals the one with the shorter address (a translation's is longer); then any order that is an order.
fn rank(record: &Record) -> impl Ord + use<> {
    let link = record.link().map(ToString::to_string).unwrap_or_default();
    (
        Reverse((record.content_id.is_some(), record.body.is_some(), !record.dois.is_empty(), record.link().is_some(), record.published_at.is_some())),
        (link.len(), link, Reverse(record.updated_at)),
        (record.title.clone(), record.key.clone(), format!("{record:?}")),
    )
}
