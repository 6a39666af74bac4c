//! What a page says to search engines and reference managers: schema.org in JSON-LD.
//!
//! An edition is a `PublicationIssue` of a `Periodical`; its entries are `Article`s, each about a `Report` that somebody
//! else published.

use pulse_model::{Digest, EditionKey};
use serde_json::{Map, Value, json};

use crate::Addresses;
use crate::html::Markup;
use crate::outline::{Entry, Outline};

/// An edition with its entries.
pub(super) fn edition(digest: &Digest, key: EditionKey, outline: &Outline<'_>, addresses: &Addresses) -> Markup {
    let mut issue = issue(digest, key, addresses);
    issue.insert("hasPart".to_owned(), outline.entries().map(|entry| Value::Object(article(entry))).collect());
    block(issue)
}

/// One entry, as part of its edition.
pub(super) fn entry(digest: &Digest, key: EditionKey, entry: &Entry<'_>, addresses: &Addresses) -> Markup {
    let mut article = article(entry);
    article.insert("isPartOf".to_owned(), Value::Object(issue(digest, key, addresses)));
    block(article)
}

fn issue(digest: &Digest, key: EditionKey, addresses: &Addresses) -> Map<String, Value> {
    let publisher = (!digest.organisation.is_empty()).then(|| organisation(&digest.organisation));
    object(json!({
        "@type": "PublicationIssue",
        "name": format!("{}, {}", digest.name, key.title()),
        "issueNumber": key.to_string(),
        "datePublished": key.to_string(),
        "inLanguage": digest.language,
        "url": addresses.edition_page,
        "isPartOf": { "@type": "Periodical", "name": digest.name },
        "publisher": publisher,
    }))
}

fn article(entry: &Entry<'_>) -> Map<String, Value> {
    let publishers: Vec<_> = entry.publishers.iter().map(|name| organisation(name)).collect();
    let report = object(json!({ "@type": "Report", "name": entry.name, "url": entry.links.first, "publisher": publishers }));
    object(json!({ "@type": "Article", "headline": entry.heading(), "url": entry.page, "about": report }))
}

fn organisation(name: &str) -> Value {
    json!({ "@type": "Organization", "name": name })
}

/// The members of an object that say something.
fn object(value: Value) -> Map<String, Value> {
    let Value::Object(members) = value else { return Map::new() };
    members.into_iter().filter(|(_, value)| !(value.is_null() || value == "" || value == &json!([]))).collect()
}

/// Inside `script`, HTML knows no entities, and `</script` or `<!--` would end or change the element whatever the JSON
/// means. JSON can write every one of these characters as an escape.
fn block(mut members: Map<String, Value>) -> Markup {
    members.insert("@context".to_owned(), json!("https://schema.org"));
    let json = Value::Object(members).to_string();
    let safe = json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    Markup::trusted(safe)
}
