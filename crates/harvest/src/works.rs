//! What the APIs of scholarly works have in common: JSON page by page behind a cursor, identifiers, abstracts with markup in them.
//!
//! Always: no more than [`MOST_RECORDS`] works; an answer that is no JSON ends the look, unless pages before it could be read. The next
//! look then begins where this one began.

use pulse_model::{LinkRole, Problem, ProblemKind, Record, RecordLink};
use serde_json::Value;
use url::Url;

use crate::dates;
use crate::door::{Answer, Door, Get};
use crate::error::HarvestError;
use crate::look::{Look, MOST_RECORDS, Window};
use crate::page;

/// So many works are asked for at once.
pub(crate) const ROWS: usize = 100;
/// A cursor that always leads on is followed no further.
const MOST_PAGES: usize = MOST_RECORDS / ROWS + 1;

/// What an answer of an API has.
pub(crate) struct Works<'a> {
    pub(crate) works: &'a [Value],
    /// Where the next answer begins.
    pub(crate) cursor: Option<&'a str>,
}

/// Follows the cursor from `*` to its end. `address` makes the address of an answer, `works` finds the works in it (none when it is
/// not this API's), `record` reads one.
pub(crate) async fn gather<D: Door>(
    door: &D,
    expected: &'static str,
    window: Window,
    address: impl Fn(&str) -> Url + Sync,
    works: impl Fn(&Value) -> Option<Works<'_>> + Sync,
    record: impl Fn(&Value, &mut Vec<Problem>) -> Option<Record> + Sync,
) -> Result<Look, HarvestError> {
    let mut look = Look::default();
    let mut keys = std::collections::HashSet::new();
    let mut cursor = "*".to_owned();
    for _ in 0..MOST_PAGES {
        let url = address(&cursor);
        let answer = match answer(door, &url, expected).await {
            Ok(answer) => answer,
            Err(error) if look.records.is_empty() => return Err(error),
            Err(error) => {
                look.problems.push(Problem::new(ProblemKind::Damaged, format!("a further page of results could not be read: {error}")));
                look.memory.cursor = window.owed();
                return Ok(look);
            }
        };
        let Some(found) = works(&answer) else {
            let error = HarvestError::NotThis { url, expected, found: "JSON of another kind".to_owned() };
            if look.records.is_empty() {
                return Err(error);
            }
            look.problems.push(Problem::new(ProblemKind::Damaged, error.to_string()));
            look.memory.cursor = window.owed();
            return Ok(look);
        };
        for work in found.works {
            if look.records.len() >= MOST_RECORDS {
                let message = format!("the query finds more than {MOST_RECORDS} works; the latest of them are read, and a narrower query finds them all");
                look.problems.push(Problem::new(ProblemKind::TooLarge, message));
                return Ok(look);
            }
            let Some(record) = record(work, &mut look.problems) else {
                look.problems.push(Problem::new(ProblemKind::NoLink, "a work has neither an identifier nor an address"));
                continue;
            };
            if keys.insert(record.key.clone()) {
                look.records.push(record);
            }
        }
        match found.cursor {
            Some(next) if !found.works.is_empty() && next != cursor => next.clone_into(&mut cursor),
            _ => return Ok(look),
        }
    }
    look.problems.push(Problem::new(ProblemKind::TooLarge, "the results go on without end; what was read until then is here"));
    Ok(look)
}

async fn answer<D: Door>(door: &D, url: &Url, expected: &'static str) -> Result<Value, HarvestError> {
    let refuse = |found: String| HarvestError::NotThis { url: url.clone(), expected, found };
    match door.get(Get { accept: "application/json", is_api: true, ..Get::new(url) }).await? {
        Answer::Unchanged => Err(refuse("an answer without content".to_owned())),
        Answer::Found(found) => serde_json::from_slice(&found.bytes).map_err(|error| match page::what_it_is(&found.bytes) {
            "JSON" => refuse(format!("JSON that is broken: {error}")),
            other => refuse(other.to_owned()),
        }),
    }
}

/// The text at a JSON pointer, in one line and without markup; the first of several.
pub(crate) fn text(value: &Value, pointer: &str) -> Option<String> {
    let found = value.pointer(pointer)?;
    let found = found.as_array().map_or(Some(found), |several| several.first())?.as_str()?;
    Some(without_markup(found)).filter(|text| !text.is_empty())
}

/// The list at a JSON pointer; empty where there is none.
pub(crate) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A text with the markup of JATS or HTML in it, once or twice escaped, as plain words.
pub(crate) fn without_markup(text: &str) -> String {
    let once = page::words_of(text);
    if once.contains("</") { page::words_of(&once) } else { once }
}

/// The same of an abstract, whose heading says what everybody sees.
pub(crate) fn abstract_text(text: &str) -> String {
    let words = without_markup(text);
    match words.split_once(' ') {
        Some((first, rest)) if first.trim_end_matches(':').eq_ignore_ascii_case("abstract") => rest.to_owned(),
        _ => words,
    }
}

/// The earliest of several dates that can be true; a problem when there are some and none can. A year gives way to a day in it.
pub(crate) fn earliest(given: impl IntoIterator<Item = String>, now: i64, whose: &str, problems: &mut Vec<Problem>) -> Option<i64> {
    let mut wrong = Vec::new();
    let given: Vec<String> = given.into_iter().collect();
    let is_exact = |text: &String| !given.iter().any(|other| other.len() > text.len() && other.starts_with(text.as_str()));
    let earliest = given.iter().filter(|text| is_exact(text)).filter_map(|text| dates::parse_plausible(text, now, whose, &mut wrong)).min();
    if earliest.is_none() {
        problems.extend(wrong.into_iter().next());
    }
    earliest
}

/// Where a DOI leads.
pub(crate) fn doi_link(doi: &str) -> Option<RecordLink> {
    let mut url = Url::parse("https://doi.org/").ok()?;
    url.set_path(doi);
    Some(RecordLink { url, role: LinkRole::Page, title: String::new(), media_type: None })
}

/// Adds a link once.
pub(crate) fn add_link(record: &mut Record, url: Option<Url>, role: LinkRole, media_type: Option<&str>) {
    if let Some(url) = url
        && record.links.iter().all(|known| known.url != url)
    {
        record.links.push(RecordLink { url, role, title: String::new(), media_type: media_type.map(str::to_owned) });
    }
}

/// An address in JSON, if it is one of the web.
pub(crate) fn web_address(text: Option<&str>) -> Option<Url> {
    page::web_address(text?)
}

/// The address of an API's resource below the API's own.
pub(crate) fn below(api: Option<&Url>, usual: &str, resource: &str) -> Result<Url, HarvestError> {
    let mut url = match api {
        Some(url) => url.clone(),
        None => Url::parse(usual).map_err(|error| HarvestError::Settings { what: format!("{usual} is no address: {error}") })?,
    };
    let path = format!("{}/{resource}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url.set_query(None);
    Ok(url)
}

/// The day of a moment, as APIs take it: `2023-05-03`. What no calendar has is the first day there is.
pub(crate) fn day(at: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at.max(0)).unwrap_or_default();
    at.strftime("%Y-%m-%d").to_string()
}
