//! What a page says of itself in JSON-LD: the first thing in it that is a work.

use dom_query::Document as Page;
use serde_json::Value;

use crate::html::tree;

/// More than this is no description of one page.
const MOST_BYTES: usize = 1 << 20;

/// Types that are the page's own work rather than its site, its trail of links or its search box.
const WORKS: [&str; 14] = [
    "Article",
    "Report",
    "NewsArticle",
    "ScholarlyArticle",
    "TechArticle",
    "BlogPosting",
    "Dataset",
    "DigitalDocument",
    "Book",
    "Legislation",
    "WebPage",
    "MedicalWebPage",
    "CreativeWork",
    "Chapter",
];

/// The work, and everything else that was said, for names that are given elsewhere by `@id`.
#[derive(Default)]
pub(super) struct JsonLd {
    work: Value,
    all: Vec<Value>,
}

impl JsonLd {
    pub(super) fn of(page: &Page) -> Self {
        let mut all = Vec::new();
        for script in tree::all(page, &["script"]).iter().filter(|script| tree::attr(script, "type").eq_ignore_ascii_case("application/ld+json")) {
            let text = script.text();
            if text.len() <= MOST_BYTES
                && let Ok(value) = serde_json::from_str::<Value>(text.trim().trim_end_matches(';'))
            {
                gather(value, &mut all);
            }
        }
        // A page may come before the article on it.
        let rank = |value: &Value| WORKS.iter().position(|work| types(value).any(|kind| kind == *work)).map(|at| at >= 10);
        let work = all.iter().filter(|value| rank(value).is_some()).min_by_key(|value| rank(value)).cloned().unwrap_or_default();
        Self { work, all }
    }

    /// A text of the work.
    pub(super) fn text(&self, key: &str) -> String {
        self.work.get(key).and_then(first_text).map(tree::single_spaced).unwrap_or_default()
    }

    pub(super) fn name_of(&self, key: &str) -> String {
        self.names_of(key).into_iter().next().unwrap_or_default()
    }

    /// The names of the people or bodies that the work gives under a key.
    pub(super) fn names_of(&self, key: &str) -> Vec<String> {
        let values = match self.work.get(key) {
            Some(Value::Array(values)) => values.iter().collect(),
            Some(value) => vec![value],
            None => Vec::new(),
        };
        values.into_iter().filter_map(|value| self.name(value)).map(|name| tree::single_spaced(&name)).filter(|name| !name.is_empty()).collect()
    }

    fn name(&self, value: &Value) -> Option<String> {
        if let Some(name) = value.as_str().or_else(|| value.get("name").and_then(first_text)) {
            return Some(name.to_owned());
        }
        let id = value.get("@id")?;
        self.all.iter().filter(|other| other.get("@id") == Some(id)).find_map(|other| other.get("name").and_then(first_text).map(str::to_owned))
    }

    /// Its type, where that says more than that it is a page.
    pub(super) fn kind(&self) -> String {
        types(&self.work).find(|kind| !matches!(*kind, "WebPage" | "CreativeWork" | "Article")).unwrap_or_default().to_owned()
    }

    pub(super) fn identifiers(&self) -> Vec<String> {
        let texts = ["identifier", "@id", "sameAs"].iter().filter_map(|key| self.work.get(*key));
        texts.filter_map(|value| value.get("value").unwrap_or(value).as_str()).map(str::to_owned).collect()
    }
}

fn gather(value: Value, all: &mut Vec<Value>) {
    match value {
        Value::Array(values) => values.into_iter().for_each(|value| gather(value, all)),
        Value::Object(mut object) => {
            let graph = object.remove("@graph");
            let main = object.get("mainEntity").cloned();
            all.push(Value::Object(object));
            graph.into_iter().chain(main).for_each(|value| gather(value, all));
        }
        _ => {}
    }
}

fn types(value: &Value) -> impl Iterator<Item = &str> {
    let kind = value.get("@type");
    let many = kind.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    kind.and_then(Value::as_str).into_iter().chain(many)
}

fn first_text(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| value.as_array()?.iter().find_map(Value::as_str))
}
