//! One look at a feed: its entries as records.

use std::collections::{HashMap, HashSet};

use pulse_model::{LinkRole, Problem, ProblemKind, Record, RecordLink, doi};
use url::Url;

use super::{Entry, Feed, Text, TextForm, read, text};
use crate::dates;
use crate::door::{Answer, Door, Get};
use crate::error::HarvestError;
use crate::look::{Look, Memory, Window};
use crate::page;

const ACCEPT: &str = "application/atom+xml, application/rss+xml, application/feed+json;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5";
/// What is wrong with single entries is told so often; a feed without any dates should not fill a page.
const MOST_PROBLEMS: usize = 20;
/// More links than any entry has.
const MOST_LINKS: usize = 200;
/// A summary of so many characters is the text itself.
const WHOLE_TEXT: usize = 1_000;

/// Looks at the feed at `url`. What it says now are the records, in its order; the same entry twice is one of them.
///
/// # Errors
/// When it cannot be fetched, or is no feed: "a web page" where it is one, in which a link to a feed may be found.
pub async fn look(url: &Url, door: &impl Door, memory: &Memory, window: Window) -> Result<Look, HarvestError> {
    let request = Get { validators: memory.validators.get(url.as_str()), accept: ACCEPT, is_api: true, ..Get::new(url) };
    let found = match door.get(request).await? {
        Answer::Unchanged => return Ok(Look { memory: memory.clone(), is_unchanged: true, ..Look::default() }),
        Answer::Found(found) => found,
    };
    let mut feed = read(&found.bytes, found.media_type.as_deref(), &found.url)?;
    let mut problems = std::mem::take(&mut feed.problems);
    let records = records(&feed, window.now, &mut problems);
    let memory = Memory { validators: [(url.to_string(), found.validators)].into(), cursor: None };
    let title = feed.title.as_ref().map(Text::plain).filter(|title| !title.is_empty());
    Ok(Look { records, memory, is_unchanged: false, moved_to: found.moved_to, title, problems })
}

/// The entries of a feed as records. `now` is the moment of the look, in Unix milliseconds: what is dated after it is not believed.
pub fn records(feed: &Feed, now: i64, problems: &mut Vec<Problem>) -> Vec<Record> {
    let mut of_entries = Vec::new();
    let mut records: Vec<Record> = feed.entries.iter().filter_map(|entry| record(entry, feed, now, &mut of_entries)).collect();
    tell_apart(&mut records, &mut of_entries);
    if of_entries.len() > MOST_PROBLEMS {
        let rest = of_entries.len() - MOST_PROBLEMS;
        let kind = of_entries[MOST_PROBLEMS].kind;
        of_entries.truncate(MOST_PROBLEMS);
        of_entries.push(Problem::new(kind, format!("and {rest} more like these")));
    }
    problems.append(&mut of_entries);
    records
}

fn record(entry: &Entry, feed: &Feed, now: i64, problems: &mut Vec<Problem>) -> Option<Record> {
    let title = entry.title.as_ref().map(Text::plain).unwrap_or_default();
    let links = links(entry);
    let place = links.iter().find(|link| link.role != LinkRole::Other).map(|link| link.url.as_str());
    let key = entry.id.as_deref().or(place).unwrap_or(&title).trim().to_owned();
    if key.is_empty() {
        problems.push(Problem::new(ProblemKind::NoLink, "an entry has no id, no link and no title; it is left out"));
        return None;
    }
    let shown: String = if title.is_empty() { &key } else { &title }.chars().take(80).collect();
    if title.is_empty() {
        problems.push(Problem::new(ProblemKind::NoTitle, format!("the entry {shown} has no title")));
    }
    if place.is_none() {
        problems.push(Problem::new(ProblemKind::NoLink, format!("the entry \"{shown}\" leads nowhere")));
    }
    let whose = format!("the date of \"{shown}\"");
    let mut date = |text: &Option<String>| text.as_ref().and_then(|text| dates::parse_plausible(text, now, &whose, problems));
    let published_at = date(&entry.published).or_else(|| date(&entry.created)).or_else(|| date(&entry.dated));
    let updated_at = date(&entry.updated);
    let summary = entry.summary.as_ref().map(Text::plain).unwrap_or_default();
    let dois = entry.identifiers.iter().chain(&entry.id).filter_map(|text| doi::normal(text));
    let mut dois: Vec<_> = dois.chain(links.iter().filter_map(|link| doi::of_url(&link.url))).collect();
    let mut seen = HashSet::new();
    dois.retain(|doi| seen.insert(doi.clone()));
    Some(Record {
        key,
        title,
        links,
        dois,
        publishers: entry.publishers.clone(),
        authors: entry.authors.iter().filter_map(|person| person.name.clone().or_else(|| person.email.clone())).collect(),
        published_at,
        updated_at,
        document_type: entry.document_type.clone(),
        body: body(entry, &summary),
        summary,
        language: entry.language.as_ref().or(feed.language.as_ref()).and_then(|language| tag(language)),
        ..Record::default()
    })
}

/// Its page first, then its files and other places, each once.
fn links(entry: &Entry) -> Vec<RecordLink> {
    let page = entry.link.iter().map(|href| (href, LinkRole::Page, None, None));
    let rest = entry.links.iter().map(|link| {
        let kind = link.media_type.as_deref().unwrap_or_default();
        let role = match link.rel.as_str() {
            "alternate" if kind.is_empty() || kind.contains("html") => LinkRole::Page,
            "alternate" | "enclosure" | "content" if !kind.starts_with("image/") => LinkRole::File,
            _ => LinkRole::Other,
        };
        (&link.href, role, link.title.clone(), link.media_type.clone())
    });
    let mut links: Vec<RecordLink> = Vec::new();
    for (href, role, title, media_type) in page.chain(rest).take(MOST_LINKS) {
        let Some(url) = page::web_address(href) else { continue };
        let title = title.unwrap_or_default();
        match links.iter_mut().find(|link| link.url == url) {
            Some(known) => {
                known.media_type = known.media_type.take().or(media_type);
                if known.title.is_empty() {
                    known.title = title;
                }
            }
            None => links.push(RecordLink { url, role, title, media_type }),
        }
    }
    links.sort_by_key(|link| link.role);
    links
}

/// The longest of its contents, or a summary that is as long as a text.
fn body(entry: &Entry, summary: &str) -> Option<String> {
    let longest = entry.content.iter().max_by_key(|text| text.value.len());
    let text = longest.or_else(|| entry.summary.as_ref().filter(|_| summary.chars().count() >= WHOLE_TEXT))?;
    let is_html = text.form == TextForm::Html || text.form == TextForm::Unsaid && text::looks_like_html(&text.value);
    Some(if is_html { text.value.clone() } else { format!("<p>{}</p>", quick_xml::escape::escape(&text.value)) })
}

/// `en_GB` is `en-GB`; what is no tag at all is nothing.
fn tag(language: &str) -> Option<String> {
    let tag = language.trim().replace('_', "-");
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_tag = tag.split('-').all(is_part) && tag.split('-').next().is_some_and(|first| (2..=3).contains(&first.len()));
    (is_tag && tag.len() <= 35).then_some(tag)
}

/// The same entry twice is one record, that of the later update. One id for different things is a problem, and each of them gets a
/// key of its own that does not depend on their order.
fn tell_apart(records: &mut Vec<Record>, problems: &mut Vec<Problem>) {
    let thing = |record: &Record| record.link().map_or_else(|| record.title.clone(), Url::to_string);
    let mut seen: HashMap<(String, String), usize> = HashMap::new();
    let mut kept: Vec<Record> = Vec::with_capacity(records.len());
    for record in records.drain(..) {
        match seen.get(&(record.key.clone(), thing(&record))) {
            Some(at) if kept[*at].updated_at >= record.updated_at => {}
            Some(at) => kept[*at] = record,
            None => {
                seen.insert((record.key.clone(), thing(&record)), kept.len());
                kept.push(record);
            }
        }
    }
    let mut uses: HashMap<String, usize> = HashMap::new();
    for record in &kept {
        *uses.entry(record.key.clone()).or_default() += 1;
    }
    let mut told = HashSet::new();
    for record in &mut kept {
        if uses.get(&record.key).is_some_and(|uses| *uses > 1) {
            if told.insert(record.key.clone()) {
                let shown: String = record.key.chars().take(80).collect();
                problems.push(Problem::new(ProblemKind::SharedId, format!("{} entries have the id {shown}", uses[&record.key])));
            }
            record.key = format!("{} {}", record.key, thing(record));
        }
    }
    *records = kept;
}
