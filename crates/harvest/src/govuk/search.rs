//! The search API: every page that was updated since a moment, however many there are.

use pulse_model::{LinkRole, Problem, ProblemKind, Record, RecordLink};
use serde_json::Value;
use url::Url;
use uuid::Uuid;

use super::content::{path_on, text, time, titles};
use super::place::Place;
use crate::door::{Answer, Door, FetchError, Get};
use crate::error::HarvestError;

/// Results asked for at once; the API gives 1,500 at most.
const PAGE: usize = 200;
/// So many results are asked for again with the next page, because one that is updated meanwhile moves to the top and pulls up the
/// others.
const AGAIN: usize = 5;
/// The most pages of one look.
const PAGES: usize = 25;

const FIELDS: &str =
    "title,link,description,content_id,content_store_document_type,organisations,public_timestamp,first_published_at,latest_change_note,is_withdrawn";

/// Types of pages that lead to publications and are none, as they are called in `content_store_document_type`.
const NO_PUBLICATIONS: [&str; 17] = [
    "organisation",
    "worldwide_organisation",
    "person",
    "role",
    "ministerial_role",
    "contact",
    "finder",
    "search",
    "homepage",
    "taxon",
    "topic",
    "mainstream_browse_page",
    "services_and_information",
    "service_manual_homepage",
    "redirect",
    "gone",
    "email_alert_signup",
];

/// What one source of news says of one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// Its path; none when it is elsewhere.
    pub(super) path: Option<String>,
    /// What is said of it.
    pub(super) record: Record,
}

/// What a search brought.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) hits: Vec<Hit>,
    /// Why the end was not reached, if it was not.
    pub(super) problem: Option<Problem>,
}

/// Every page updated since `from`, the latest first. An error only when nothing was found at all.
pub(super) async fn search(door: &impl Door, place: &Place, filters: &[(String, String)], from: i64) -> Result<Found, HarvestError> {
    let mut found = Found::default();
    let mut fields = Some(FIELDS);
    let mut page = 0;
    while page < PAGES {
        let start = page * (PAGE - AGAIN);
        let answer = match ask(door, &address(&place.origin, filters, fields, start), &place.origin).await {
            // A field that the API no longer knows: without naming any, it sends the common ones.
            Err(HarvestError::Fetch(FetchError::Status { status: 422, .. })) if fields.is_some() => {
                fields = None;
                continue;
            }
            Err(error) if page > 0 => {
                let message = format!("the search stopped after {start} results: {}", sentence(&error));
                found.problem = Some(Problem::new(ProblemKind::Damaged, message));
                return Ok(found);
            }
            answer => answer?,
        };
        let is_last = answer.len() < PAGE || answer.iter().any(|hit| hit.record.updated_at.is_some_and(|at| at < from));
        found.hits.extend(answer.into_iter().filter(|hit| hit.record.updated_at.is_none_or(|at| at >= from)));
        if is_last {
            return Ok(found);
        }
        page += 1;
    }
    let message = format!("the search has more than {} results for the time asked for; ask for less at once", PAGES * (PAGE - AGAIN));
    found.problem = Some(Problem::new(ProblemKind::TooLarge, message));
    Ok(found)
}

/// An error with its cause, in one line.
pub(super) fn sentence(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source()).map(|cause| format!(": {cause}"));
    error.to_string() + &causes.collect::<String>()
}

fn address(origin: &Url, filters: &[(String, String)], fields: Option<&str>, start: usize) -> Url {
    let mut url = origin.clone();
    url.set_path("/api/search.json");
    let mut query = url.query_pairs_mut();
    query.extend_pairs(filters).append_pair("order", "-public_timestamp").append_pair("count", &PAGE.to_string()).append_pair("start", &start.to_string());
    fields.into_iter().for_each(|fields| {
        query.append_pair("fields", fields);
    });
    drop(query);
    url
}

async fn ask(door: &impl Door, url: &Url, origin: &Url) -> Result<Vec<Hit>, HarvestError> {
    match door.get(Get { accept: "application/json", is_api: true, ..Get::new(url) }).await? {
        Answer::Found(found) => read(&found.bytes, origin).map_err(|instead| not_this(url, instead)),
        Answer::Unchanged => Err(not_this(url, "not sent".to_owned())),
    }
}

fn not_this(url: &Url, found: String) -> HarvestError {
    HarvestError::NotThis { url: url.clone(), expected: "an answer of the search API", found }
}

/// Reads one page of results; the error says what it is instead.
pub(super) fn read(bytes: &[u8], origin: &Url) -> Result<Vec<Hit>, String> {
    let answer: Value = serde_json::from_slice(bytes).map_err(|error| format!("no JSON: {error}"))?;
    let results = answer["results"].as_array().ok_or("JSON without results")?;
    Ok(results.iter().filter_map(|result| hit(result, origin)).collect())
}

/// Whether a type of page is one of a publication.
fn is_publication(document_type: &str) -> bool {
    !NO_PUBLICATIONS.contains(&document_type)
}

fn hit(result: &Value, origin: &Url) -> Option<Hit> {
    let url = origin.join(result["link"].as_str().filter(|link| !link.is_empty())?).ok()?;
    let document_type = Some(text(&result["content_store_document_type"])).filter(|name| !name.is_empty());
    if document_type.as_deref().is_some_and(|name| !is_publication(name)) {
        return None;
    }
    let path = path_on(origin, &url);
    let record = Record {
        key: path.clone().unwrap_or_else(|| url.to_string()),
        title: text(&result["title"]),
        links: vec![RecordLink { url, role: LinkRole::Page, title: String::new(), media_type: None }],
        content_id: result["content_id"].as_str().and_then(|id| Uuid::try_parse(id).ok()),
        publishers: titles(&result["organisations"]),
        published_at: time(&result["first_published_at"]),
        updated_at: time(&result["public_timestamp"]),
        document_type,
        summary: text(&result["description"]),
        change_note: Some(text(&result["latest_change_note"])).filter(|note| !note.is_empty()),
        is_withdrawn: result["is_withdrawn"].as_bool().unwrap_or_default(),
        ..Record::default()
    };
    Some(Hit { path, record })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read_text(answer: &str) -> Result<Vec<Hit>, String> {
        read(answer.as_bytes(), &"https://www.gov.uk".parse().unwrap())
    }

    #[test]
    fn results_are_read_as_far_as_they_go() {
        let hits = read_text(
            r#"{"results":[{"link":"/a-plan","title":" A  plan ","public_timestamp":"2024-05-01T09:30:00Z","organisations":[{"title":"Office for Fiction"}, 7],
            "content_id":"no id","is_withdrawn":true}, {"link":"https://example.org/elsewhere"}, {"title":"no link"}, 7, {"link":""},
            {"link":"/office","content_store_document_type":"organisation"}]}"#,
        );
        let hits = hits.unwrap();
        assert_eq!(hits.len(), 2);
        assert_eq!((hits[0].path.as_deref(), hits[0].record.title.as_str(), hits[0].record.is_withdrawn), (Some("/a-plan"), "A plan", true));
        assert_eq!(hits[0].record.publishers, ["Office for Fiction"]);
        assert_eq!((hits[1].path.as_deref(), hits[1].record.key.as_str()), (None, "https://example.org/elsewhere"));
    }

    #[test]
    fn answers_that_are_cut_or_others_are_refused() {
        for answer in ["", "<html>", r#"{"results":[{"link":"/a"#, r#"{"results":7}"#, "[]"] {
            assert!(read_text(answer).unwrap_err().contains("JSON"), "{answer}");
        }
    }

    /// What may stand where something else should.
    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,20}".prop_map(Value::from),
            Just(json!("/a-plan")),
            Just(json!("2024-05-01T09:30:00Z")),
            Just(json!("//")),
            Just(json!("https://["))
        ];
        leaf.prop_recursive(2, 8, 3, |inner| {
            prop_oneof![prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from), inner.prop_map(|one| json!({ "title": one }))]
        })
    }

    proptest! {
        #[test]
        fn any_result_is_read_or_left_out(link in anything(), title in anything(), date in anything(), organisations in anything(), id in anything()) {
            let answer = json!({ "results": [{ "link": link, "title": title, "public_timestamp": date, "organisations": organisations, "content_id": id }, { "link": "/b" }] });
            let hits = read_text(&answer.to_string()).unwrap();
            prop_assert_eq!(hits.last().and_then(|hit| hit.path.as_deref()), Some("/b"));
            prop_assert!(hits.iter().all(|hit| !hit.record.key.is_empty()));
        }
    }
}
