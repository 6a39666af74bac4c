//! A site with the feeds and APIs of GOV.UK, made of items of the content API.
//!
//! In: items as the content API sends them, put and put again when they change. Out: what a request for a path gets: both families of
//! feeds, the search API, the content API. It keeps no clock and no socket: a test asks it directly, a server can stand before it.
//! As on the real site, feeds and search know only the date of the last major update (`public_updated_at`), feeds end after a few
//! entries, and the search refuses parameters that it does not know.

use std::collections::BTreeMap;

use jiff::Timestamp;
use pulse_model::ContentHash;
use serde_json::{Value, json};

/// A site and its pages.
#[derive(Clone, Debug)]
pub struct GovukSite {
    origin: String,
    pages: BTreeMap<String, Value>,
    /// How many entries its feeds have; 20 on the real site.
    pub feed_entries: usize,
    /// Requests whose path and query have this in them get this status instead.
    pub failing: Vec<(String, u16)>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// 200, 304, 404, 410, 422, or what the site was told to fail with.
    pub status: u16,
    /// Of the body; empty without one.
    pub media_type: &'static str,
    /// Of the body; empty without one.
    pub etag: String,
    /// What is there.
    pub body: String,
}

impl GovukSite {
    /// An empty site; `origin` is how it calls itself: `https://www.gov.uk`.
    pub fn new(origin: &str) -> Self {
        Self { origin: origin.to_owned(), pages: BTreeMap::new(), feed_entries: 20, failing: Vec::new() }
    }

    /// Puts an item at its `base_path`, in the place of what was there.
    pub fn put(&mut self, item: Value) {
        if let Some(path) = item["base_path"].as_str() {
            self.pages.insert(path.to_owned(), item);
        }
    }

    /// The item at a path, to be changed.
    pub fn page(&mut self, path: &str) -> Option<&mut Value> {
        self.pages.get_mut(path)
    }

    /// Takes a page away without a trace.
    pub fn remove(&mut self, path: &str) {
        self.pages.remove(path);
    }

    /// What a request for a path, with its query, gets. The `ETag` of an earlier answer may be given.
    pub fn answer(&self, target: &str, if_none_match: Option<&str>) -> Reply {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if let Some((_, status)) = self.failing.iter().find(|(part, _)| target.contains(part.as_str())) {
            return refusal(*status);
        }
        let query: Vec<(String, String)> = url_pairs(query);
        let reply = if path == "/api/search.json" {
            self.search(&query)
        } else if let Some(page) = path.strip_prefix("/api/content") {
            self.content(page)
        } else if let Some(slug) = path.strip_prefix("/government/organisations/").and_then(|slug| slug.strip_suffix(".atom")) {
            self.feed(&[("filter_organisations".to_owned(), slug.to_owned())], false)
        } else if path == "/government/feed" {
            self.feed(&[], false)
        } else if path.starts_with("/search/") && path.ends_with(".atom") {
            let filters: Vec<_> =
                query.into_iter().filter(|(name, _)| name == "organisations[]").map(|(_, slug)| ("filter_organisations".to_owned(), slug)).collect();
            self.feed(&filters, true)
        } else {
            refusal(404)
        };
        if reply.status == 200 && if_none_match == Some(reply.etag.as_str()) { refusal(304) } else { reply }
    }

    fn content(&self, path: &str) -> Reply {
        match self.pages.get(path) {
            None => refusal(404),
            Some(item) if item["schema_name"] == "gone" && item["details"]["explanation"].is_null() => refusal(410),
            Some(item) => found("application/json; charset=utf-8", item.to_string()),
        }
    }

    fn search(&self, query: &[(String, String)]) -> Reply {
        let known = ["order", "count", "start", "fields", "q"];
        if query.iter().any(|(name, _)| !known.contains(&name.as_str()) && !name.starts_with("filter_")) {
            return refusal(422);
        }
        let number = |name: &str, otherwise: usize| query.iter().find(|(known, _)| known == name).map_or(Some(otherwise), |(_, value)| value.parse().ok());
        let (Some(count), Some(start)) = (number("count", 10).filter(|count| *count <= 1500), number("start", 0)) else { return refusal(422) };
        let listed = self.listed(query);
        let results: Vec<Value> = listed.iter().skip(start).take(count).map(|item| self.result(item)).collect();
        found("application/json", json!({ "results": results, "total": listed.len(), "start": start }).to_string())
    }

    fn result(&self, item: &Value) -> Value {
        let organisations = item["links"]["organisations"].as_array().into_iter().flatten();
        let organisations: Vec<Value> = organisations.map(|one| json!({ "title": one["title"], "link": one["base_path"], "slug": slug(one) })).collect();
        let newest = item["details"]["change_history"].as_array().into_iter().flatten().max_by_key(|change| moment(&change["public_timestamp"]));
        json!({
            "title": item["title"], "link": item["base_path"], "description": item["description"], "content_id": item["content_id"],
            "content_store_document_type": item["document_type"], "organisations": organisations,
            "public_timestamp": item["public_updated_at"], "first_published_at": item["first_published_at"],
            "latest_change_note": newest.map(|change| &change["note"]), "is_withdrawn": item["withdrawn_notice"]["withdrawn_at"].is_string(),
            "_id": item["base_path"], "index": "govuk", "elasticsearch_type": "edition",
        })
    }

    /// What search and feeds show, the latest first: pages with a date that are no part of another.
    fn listed(&self, filters: &[(String, String)]) -> Vec<&Value> {
        let is_listed = |item: &&Value| {
            let wanted: Vec<&str> = filters.iter().filter(|(name, _)| name == "filter_organisations").map(|(_, slug)| slug.as_str()).collect();
            let mut organisations = item["links"]["organisations"].as_array().into_iter().flatten().map(slug);
            !matches!(item["schema_name"].as_str(), Some("gone" | "redirect" | "html_publication"))
                && moment(&item["public_updated_at"]).is_some()
                && (wanted.is_empty() || organisations.any(|slug| wanted.contains(&slug)))
        };
        let mut listed: Vec<&Value> = self.pages.values().filter(is_listed).collect();
        listed.sort_by_key(|item| std::cmp::Reverse(moment(&item["public_updated_at"])));
        listed
    }

    fn feed(&self, filters: &[(String, String)], is_finder: bool) -> Reply {
        let mut feed = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>Updates</title>\n");
        feed.push_str(&format!("<id>{}/feed</id>\n", self.origin));
        for item in self.listed(filters).into_iter().take(self.feed_entries) {
            let path = item["base_path"].as_str().unwrap_or_default();
            let updated = moment(&item["public_updated_at"]).map(|at| at.to_string()).unwrap_or_default();
            let printed = printed_type(item["document_type"].as_str().unwrap_or_default());
            let title = item["title"].as_str().unwrap_or_default();
            let (id, title) = match is_finder {
                true => (format!("tag:www.gov.uk,{}:{path}", &updated[..updated.len().min(10)]), title.to_owned()),
                false => (format!("{}{path}#{updated}", self.origin), format!("{printed}: {title}")),
            };
            let summary = escaped(item["description"].as_str().unwrap_or_default());
            feed.push_str(&format!(
                "<entry><id>{}</id><updated>{updated}</updated><link rel=\"alternate\" type=\"text/html\" href=\"{}{}\"/><title>{}</title><category term=\"{printed}\" label=\"{printed}\"/><summary type=\"html\">{summary}</summary></entry>\n",
                escaped(&id),
                self.origin,
                escaped(path),
                escaped(&title),
            ));
        }
        feed.push_str("</feed>\n");
        found("application/atom+xml; charset=utf-8", feed)
    }
}

fn found(media_type: &'static str, body: String) -> Reply {
    Reply { status: 200, media_type, etag: format!("\"{}\"", ContentHash::of(body.as_bytes())), body }
}

fn refusal(status: u16) -> Reply {
    Reply { status, media_type: "", etag: String::new(), body: String::new() }
}

fn moment(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

/// The last word of an organisation's path, by which the search knows it.
fn slug(organisation: &Value) -> &str {
    organisation["base_path"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default()
}

/// `policy_paper` as feeds print it: "Policy paper".
fn printed_type(document_type: &str) -> String {
    let words = document_type.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn url_pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}
