//! JSON Feed, versions 1 and 1.1.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;
use url::Url;

use super::draft::resolve;
use super::{Entry, Feed, Link, MAX_ENTRIES, Person, Text, TextForm, too_many_entries};

#[derive(Deserialize)]
struct JsonFeed {
    version: Option<Value>,
    title: Option<Value>,
    description: Option<Value>,
    home_page_url: Option<Value>,
    feed_url: Option<Value>,
    language: Option<Value>,
    author: Option<Value>,
    authors: Option<Value>,
    #[serde(default)]
    items: Items,
}

#[derive(Deserialize)]
struct Item {
    id: Option<Value>,
    url: Option<Value>,
    external_url: Option<Value>,
    title: Option<Value>,
    content_html: Option<Value>,
    content_text: Option<Value>,
    summary: Option<Value>,
    date_published: Option<Value>,
    date_modified: Option<Value>,
    language: Option<Value>,
    author: Option<Value>,
    authors: Option<Value>,
    attachments: Option<Value>,
}

/// The first items; what stands behind them is counted and left.
#[derive(Default)]
struct Items {
    items: Vec<Item>,
    has_more: bool,
}

impl<'de> Deserialize<'de> for Items {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct First;
        impl<'de> Visitor<'de> for First {
            type Value = Items;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of items")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Items, A::Error> {
                let mut first = Items::default();
                while first.items.len() < MAX_ENTRIES {
                    let Some(item) = list.next_element()? else { return Ok(first) };
                    first.items.push(item);
                }
                while list.next_element::<IgnoredAny>()?.is_some() {
                    first.has_more = true;
                }
                Ok(first)
            }
        }
        deserializer.deserialize_seq(First)
    }
}

/// Reads a feed in JSON.
///
/// # Errors
/// What there is instead of a feed.
pub(super) fn read(text: &str, base: &Url) -> Result<Feed, String> {
    let read: JsonFeed = serde_json::from_str(text).map_err(|error| format!("JSON that is no feed: {error}"))?;
    if !string(read.version).is_some_and(|version| version.contains("jsonfeed.org")) && read.items.items.is_empty() {
        return Err("JSON that is no feed".to_owned());
    }
    let home = string(read.home_page_url).map(|home| resolve(&home, Some(base)));
    let language = string(read.language);
    let entries = read.items.items.into_iter().map(|item| entry(item, base)).collect();
    Ok(Feed {
        title: plain(read.title),
        subtitle: plain(read.description),
        id: string(read.feed_url),
        links: home.iter().map(|href| Link { href: href.clone(), rel: "alternate".to_owned(), ..Link::default() }).collect(),
        home,
        language,
        authors: people(read.authors, read.author),
        entries,
        problems: read.items.has_more.then(too_many_entries).into_iter().collect(),
        ..Feed::default()
    })
}

fn entry(item: Item, base: &Url) -> Entry {
    let resolved = |address: Option<Value>| string(address).map(|address| resolve(&address, Some(base)));
    let (page, other) = (resolved(item.url), resolved(item.external_url));
    let link = page.clone().or_else(|| other.clone());
    let mut links: Vec<_> = page.into_iter().map(|href| Link { href, rel: "alternate".to_owned(), ..Link::default() }).collect();
    // A link blog: the entry is about what stands elsewhere.
    let rel = if links.is_empty() { "alternate" } else { "related" };
    links.extend(other.map(|href| Link { href, rel: rel.to_owned(), ..Link::default() }));
    for attachment in list(item.attachments) {
        let field = |name: &str| attachment.get(name).and_then(Value::as_str).map(str::to_owned);
        if let Some(href) = field("url") {
            links.push(Link { href: resolve(&href, Some(base)), rel: "enclosure".to_owned(), media_type: field("mime_type"), title: field("title") });
        }
    }
    let html = string(item.content_html).map(|value| Text { value, form: TextForm::Html });
    Entry {
        id: string(item.id),
        title: plain(item.title),
        link,
        links,
        published: string(item.date_published),
        updated: string(item.date_modified),
        summary: plain(item.summary),
        content: html.into_iter().chain(plain(item.content_text)).collect(),
        authors: people(item.authors, item.author),
        language: string(item.language),
        ..Entry::default()
    }
}

/// Some feeds number what should be named.
fn string(value: Option<Value>) -> Option<String> {
    let text = match value? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn plain(value: Option<Value>) -> Option<Text> {
    string(value).map(|value| Text { value, form: TextForm::Plain })
}

fn list(value: Option<Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(list)) => list,
        Some(one @ Value::Object(_)) => vec![one],
        _ => Vec::new(),
    }
}

/// Version 1.1 has a list, version 1 one author.
fn people(several: Option<Value>, one: Option<Value>) -> Vec<Person> {
    let field = |person: &Value, name: &str| person.get(name).and_then(Value::as_str).map(str::to_owned);
    let person = |person: Value| Person { name: field(&person, "name"), email: None, uri: field(&person, "url") };
    list(several.or(one)).into_iter().map(person).filter(|person| *person != Person::default()).collect()
}
