//! `europepmc`: articles, preprints, reviews and guidelines of the health sciences.
//!
//! In: a query in the syntax of Europe PMC. Out: a record for each result that came out or was changed there since the day asked for.
//!
//! Always: the query is put in brackets, so that its own `OR` keeps its meaning; a date without a day is the first of its month.

use pulse_model::{LinkRole, Problem, Record, doi};
use serde_json::Value;
use url::Url;

use crate::door::Door;
use crate::error::HarvestError;
use crate::kind::Kind;
use crate::look::{Look, Memory, Window};
use crate::works::{self, Works};

/// The API, unless a mirror is used.
pub const API: &str = "https://www.ebi.ac.uk/europepmc/webservices/rest";

/// What an article is called that its journal took back.
const RETRACTED: &str = "retracted publication";

/// A query of Europe PMC.
#[derive(Clone, Copy, Debug)]
pub struct EuropePmc<'a> {
    /// In its syntax: `TITLE_ABS:"falls prevention" AND LANG:eng`.
    pub query: &'a str,
    /// A mirror of the API.
    pub api: Option<&'a Url>,
}

impl Kind for EuropePmc<'_> {
    async fn look<D: Door>(&self, door: &D, memory: &Memory, window: Window) -> Result<Look, HarvestError> {
        let window = window.with_owed(memory);
        if self.query.trim().is_empty() {
            return Err(HarvestError::Settings { what: "a source of Europe PMC needs a query, as in `TITLE_ABS:\"falls prevention\"`".to_owned() });
        }
        let search = works::below(self.api, API, "search")?;
        let from = works::day(window.since);
        let query = format!("({}) AND (FIRST_PDATE:[{from} TO 3000-12-31] OR UPDATE_DATE:[{from} TO 3000-12-31])", self.query.trim());
        let rows = works::ROWS.to_string();
        let address = |cursor: &str| {
            let mut url = search.clone();
            let parameters = [
                ("query", query.as_str()),
                ("resultType", "core"),
                ("format", "json"),
                ("sort", "P_PDATE_D desc"),
                ("pageSize", &rows),
                ("cursorMark", cursor),
            ];
            url.query_pairs_mut().extend_pairs(parameters);
            url
        };
        works::gather(door, "an answer of Europe PMC", window, address, works, |work, problems| record(work, window.now, problems)).await
    }
}

fn works(answer: &Value) -> Option<Works<'_>> {
    let works = answer.pointer("/resultList/result")?.as_array()?;
    Some(Works { works, cursor: answer.get("nextCursorMark").and_then(Value::as_str) })
}

fn record(work: &Value, now: i64, problems: &mut Vec<Problem>) -> Option<Record> {
    let text = |pointer: &str| works::text(work, pointer);
    let doi = text("/doi").and_then(|doi| doi::normal(&doi));
    let article = text("/source").zip(text("/id")).and_then(|(source, id)| {
        let mut url = Url::parse("https://europepmc.org/").ok()?;
        url.path_segments_mut().ok()?.extend(["article", &source, &id]);
        Some((format!("{source}/{id}"), url))
    });
    let key = article.as_ref().map(|(key, _)| key.clone()).or_else(|| doi.clone())?;
    let authors: Vec<String> = works::list(work, "/authorList/author")
        .iter()
        .filter_map(|author| works::text(author, "/fullName").or_else(|| works::text(author, "/collectiveName")))
        .collect();
    let types: Vec<&str> = works::list(work, "/pubTypeList/pubType").iter().filter_map(Value::as_str).collect();
    let given = ["/firstPublicationDate", "/journalInfo/printPublicationDate", "/pubYear"].iter().filter_map(|pointer| text(pointer));
    let title = text("/title").unwrap_or_default();
    let mut record = Record {
        // Titles of articles end with a full stop there, those of others may do so by themselves.
        title: title.strip_suffix('.').filter(|title| !title.contains(". ")).unwrap_or(&title).to_owned(),
        dois: doi.iter().cloned().collect(),
        publishers: text("/bookOrReportDetails/publisher").or_else(|| text("/journalInfo/journal/title")).into_iter().collect(),
        authors: if authors.is_empty() { split_authors(&text("/authorString").unwrap_or_default()) } else { authors },
        published_at: works::earliest(given.take(1), now, &format!("the article {key}"), problems),
        document_type: types
            .iter()
            .find(|kind| !["journal article", RETRACTED].iter().any(|usual| kind.eq_ignore_ascii_case(usual)))
            .or(types.first())
            .map(|kind| (*kind).to_owned()),
        summary: work.get("abstractText").and_then(Value::as_str).map(works::abstract_text).unwrap_or_default(),
        language: text("/language").map(|code| short_language(&code)),
        is_withdrawn: types.iter().any(|kind| kind.eq_ignore_ascii_case(RETRACTED)),
        key,
        ..Record::default()
    };
    record.links.extend(doi.as_deref().and_then(works::doi_link));
    let is_only_page = record.links.is_empty();
    works::add_link(&mut record, article.map(|(_, url)| url), if is_only_page { LinkRole::Page } else { LinkRole::Other }, None);
    for full in works::list(work, "/fullTextUrlList/fullTextUrl") {
        let is_open = full.get("availabilityCode").and_then(Value::as_str).is_none_or(|code| code != "S");
        if full.get("documentStyle").and_then(Value::as_str) == Some("pdf") && is_open {
            works::add_link(&mut record, works::web_address(full.get("url").and_then(Value::as_str)), LinkRole::File, Some("application/pdf"));
        }
    }
    Some(record)
}

/// "Marlow I, Okafor T." as two names.
fn split_authors(printed: &str) -> Vec<String> {
    printed.trim_end_matches('.').split(", ").filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The BCP 47 tag of a code of three letters, for the languages that have one of two and are met here.
fn short_language(code: &str) -> String {
    const SHORT: [(&str, &str); 9] =
        [("eng", "en"), ("cym", "cy"), ("wel", "cy"), ("fre", "fr"), ("ger", "de"), ("spa", "es"), ("ita", "it"), ("por", "pt"), ("dut", "nl")];
    SHORT.iter().find(|(long, _)| *long == code).map_or_else(|| code.to_owned(), |(_, short)| (*short).to_owned())
}
