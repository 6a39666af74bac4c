//! `crossref`: works that publishers registered a DOI for.
//!
//! In: the parameters of `/works` of the Crossref REST API, as in `query.bibliographic=falls+prevention&filter=type:report`; what is no
//! list of parameters is looked for in titles, authors and journals. With `mailto=you@example.org` among them, requests go to the pool
//! of those who say who they are. Out: a record for each work whose registration is new or changed since the day asked for, the latest
//! first.
//!
//! Always: what pages the results (`rows`, `cursor`, `sort`) is set here, whatever the query says. A date without a day is the first of
//! its month. A new registration of an old work is no update of it: only a correction or retraction is.

use pulse_model::{LinkRole, Problem, Record, doi};
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::door::Door;
use crate::error::HarvestError;
use crate::kind::Kind;
use crate::look::{Look, Memory, Window};
use crate::works::{self, Works};

/// The API, unless a mirror is used.
pub const API: &str = "https://api.crossref.org";

/// A query of Crossref.
#[derive(Clone, Copy, Debug)]
pub struct Crossref<'a> {
    /// Parameters of `/works`, or words to look for.
    pub query: &'a str,
    /// A mirror of the API.
    pub api: Option<&'a Url>,
}

impl Kind for Crossref<'_> {
    async fn look<D: Door>(&self, door: &D, memory: &Memory, window: Window) -> Result<Look, HarvestError> {
        let window = window.with_owed(memory);
        if self.query.trim().is_empty() {
            return Err(HarvestError::Settings { what: "a source of Crossref needs a query, as in `query.bibliographic=falls+prevention`".to_owned() });
        }
        let works_url = works::below(self.api, API, "works")?;
        let address = |cursor: &str| self.address(&works_url, window, cursor);
        works::gather(door, "an answer of Crossref", window, address, works, |work, problems| record(work, window.now, problems)).await
    }
}

impl Crossref<'_> {
    fn address(&self, works: &Url, window: Window, cursor: &str) -> Url {
        let mut url = works.clone();
        let mut filters = vec![format!("from-update-date:{}", works::day(window.since))];
        let mut query = url.query_pairs_mut();
        if self.query.contains('=') {
            for (name, value) in form_urlencoded::parse(self.query.trim_start_matches('?').as_bytes()) {
                match &*name {
                    // Who asks for other days than those since the last look has said so.
                    "filter" if value.contains("from-update-date:") || value.contains("from-index-date:") => filters = vec![value.into_owned()],
                    "filter" => filters.push(value.into_owned()),
                    "rows" | "cursor" | "offset" | "sort" | "order" | "select" | "facet" | "sample" => {}
                    _ => {
                        query.append_pair(&name, &value);
                    }
                }
            }
        } else {
            query.append_pair("query.bibliographic", self.query.trim());
        }
        query.append_pair("filter", &filters.join(","));
        query.append_pair("sort", "updated").append_pair("order", "desc");
        query.append_pair("rows", &works::ROWS.to_string()).append_pair("cursor", cursor);
        drop(query);
        url
    }
}

fn works(answer: &Value) -> Option<Works<'_>> {
    let works = answer.pointer("/message/items")?.as_array()?;
    Some(Works { works, cursor: answer.pointer("/message/next-cursor").and_then(Value::as_str) })
}

fn record(work: &Value, now: i64, problems: &mut Vec<Problem>) -> Option<Record> {
    let doi = work.get("DOI").and_then(Value::as_str).and_then(doi::normal);
    let page = works::web_address(work.pointer("/resource/primary/URL").or_else(|| work.get("URL")).and_then(Value::as_str));
    let key = doi.clone().or_else(|| page.as_ref().map(Url::to_string))?;
    let title = [works::text(work, "/title"), works::text(work, "/subtitle")].into_iter().flatten().collect::<Vec<_>>().join(": ");
    let whose = format!("the work {key}");
    let dates = ["/published", "/published-online", "/published-print", "/issued", "/posted"];
    let published_at = works::earliest(dates.iter().filter_map(|pointer| date(work.pointer(pointer)?)), now, &whose, problems)
        .or_else(|| works::text(work, "/created/date-time").and_then(|text| crate::dates::parse(&text)));
    let mut record = Record {
        key,
        title,
        dois: doi.iter().cloned().collect(),
        publishers: works::text(work, "/publisher").into_iter().collect(),
        authors: works::list(work, "/author").iter().filter_map(author).collect(),
        published_at,
        document_type: works::text(work, "/type"),
        summary: work.get("abstract").and_then(Value::as_str).map(works::abstract_text).unwrap_or_default(),
        language: works::text(work, "/language"),
        ..Record::default()
    };
    record.links.extend(doi.as_deref().and_then(works::doi_link));
    works::add_link(&mut record, page.filter(|page| page.host_str() != Some("doi.org") && page.host_str() != Some("dx.doi.org")), LinkRole::Page, None);
    for link in works::list(work, "/link") {
        let media_type = link.get("content-type").and_then(Value::as_str);
        let is_for_readers = link.get("intended-application").and_then(Value::as_str) != Some("similarity-checking");
        if media_type == Some("application/pdf") && is_for_readers {
            works::add_link(&mut record, works::web_address(link.get("URL").and_then(Value::as_str)), LinkRole::File, media_type);
        }
    }
    for update in works::list(work, "/updated-by") {
        let kind = works::text(update, "/type").unwrap_or_default();
        record.is_withdrawn |= matches!(kind.as_str(), "retraction" | "withdrawal" | "removal");
        let at = update.get("updated").and_then(date).and_then(|text| crate::dates::parse_plausible(&text, now, &whose, problems));
        if at > record.updated_at {
            record.updated_at = at;
            record.change_note = works::text(update, "/label").or(Some(kind)).filter(|note| !note.is_empty());
        }
    }
    Some(record)
}

fn author(author: &Value) -> Option<String> {
    let part = |name: &str| works::text(author, name);
    let person = [part("/given"), part("/family")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    Some(person).filter(|name| !name.is_empty()).or_else(|| part("/name"))
}

/// `{"date-parts": [[2023, 5]]}` as `2023-05`.
fn date(value: &Value) -> Option<String> {
    let parts = value.pointer("/date-parts/0")?.as_array()?;
    let number = |at: usize| parts.get(at).and_then(|part| part.as_u64().or_else(|| part.as_str()?.parse().ok()));
    let mut text = format!("{:04}", number(0)?);
    for at in 1..3 {
        let Some(part) = number(at) else { break };
        text.push_str(&format!("-{part:02}"));
    }
    Some(text)
}
