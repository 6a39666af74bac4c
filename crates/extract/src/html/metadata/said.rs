//! What `meta` elements and marked-up elements say, by name.

use std::collections::HashMap;
use std::sync::LazyLock;

use dom_query::Document as Page;
use pulse_model::{Problem, ProblemKind, doi};
use regex::Regex;

use super::json_ld::JsonLd;
use crate::dates::{self, NoDate};
use crate::html::tree;

/// Names under which pages say when they came out.
pub(super) const PUBLISHED: &[&str] = &[
    "article:published_time",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "dcterms.issued",
    "dc.date.issued",
    "govuk:first-published-at",
    "datepublished",
    "dcterms.date",
    "dcterms.created",
    "dc.date.created",
    "dc.date",
    "publication_date",
    "date",
];

/// Names under which pages say when they last changed.
pub(super) const UPDATED: &[&str] = &[
    "article:modified_time",
    "og:updated_time",
    "dcterms.modified",
    "dc.date.modified",
    "govuk:public-updated-at",
    "govuk:updated-at",
    "datemodified",
    "last-modified",
    "lastmod",
];

/// What a page says, by lower-case name.
pub(super) struct Said {
    names: HashMap<String, Vec<String>>,
    pub(super) json_ld: JsonLd,
    /// Dates that cannot be true.
    pub(super) problems: Vec<Problem>,
}

impl Said {
    pub(super) fn of(page: &Page) -> Self {
        let mut names: HashMap<String, Vec<String>> = HashMap::new();
        for node in page.root().descendants_it().filter(|node| node.has_name("meta") || node.has_attr("itemprop")).collect::<Vec<_>>().iter() {
            let content = [tree::attr(node, "content"), tree::attr(node, "datetime")].into_iter().find(|value| !value.trim().is_empty());
            let content = content.unwrap_or_else(|| if node.has_name("meta") { String::new() } else { short_text(node) });
            let content = tree::single_spaced(&content);
            for key in ["name", "property", "itemprop", "http-equiv"] {
                let name = tree::attr(node, key).trim().to_ascii_lowercase().replace("dc:", "dc.").replace("dcterms:", "dcterms.");
                if !name.is_empty() && !content.is_empty() {
                    names.entry(name).or_default().push(content.clone());
                }
            }
        }
        Self { names, json_ld: JsonLd::of(page), problems: Vec::new() }
    }

    /// The first thing said under the first of the names that says anything.
    pub(super) fn first(&self, names: &[&str]) -> String {
        names.iter().find_map(|name| self.names.get(*name)?.first().cloned()).unwrap_or_default()
    }

    fn all(&self, names: &[&str]) -> Vec<String> {
        names.iter().filter_map(|name| self.names.get(*name)).next().cloned().unwrap_or_default()
    }

    pub(super) fn publisher(&self) -> String {
        let said = self.first(&["citation_publisher", "citation_technical_report_institution", "govuk:primary-publishing-organisation"]);
        let said = if said.is_empty() { self.json_ld.name_of("publisher") } else { said };
        if said.is_empty() { self.first(&["dcterms.publisher", "dc.publisher", "publisher"]) } else { said }
    }

    pub(super) fn authors(&self, page: &Page) -> Vec<String> {
        let mut authors = self.all(&["citation_author", "citation_authors"]);
        if authors.is_empty() {
            authors = self.json_ld.names_of("author");
        }
        if authors.is_empty() {
            authors = self.all(&["dcterms.creator", "dc.creator", "author", "article:author", "parsely-author"]);
        }
        if authors.is_empty() {
            authors = tree::all(page, &["a"]).iter().filter(|link| tree::attr(link, "rel") == "author").map(tree::text_of).collect();
        }
        let mut one_by_one: Vec<String> = Vec::new();
        for author in authors.iter().flat_map(|names| names.split(';')).map(str::trim) {
            let is_name = (2..=120).contains(&author.len()) && !author.contains("://") && !author.contains('@');
            if is_name && !one_by_one.iter().any(|known| known == author) {
                one_by_one.push(author.to_owned());
            }
        }
        one_by_one
    }

    /// The first date that can be read. One that cannot be true is a problem, and the next one counts.
    pub(super) fn date(&mut self, names: &[&str], in_json_ld: &str) -> Option<i64> {
        let said = names.iter().filter_map(|name| self.names.get(*name)).flatten().cloned();
        let texts: Vec<String> = [self.json_ld.text(in_json_ld)].into_iter().chain(said).filter(|text| !text.is_empty()).collect();
        for text in texts {
            match dates::moment(&text) {
                Ok(moment) => return Some(moment),
                Err(why) => {
                    let short: String = text.chars().take(40).collect();
                    let message = match why {
                        NoDate::Implausible => format!("the date \"{short}\" cannot be true"),
                        NoDate::Unreadable => format!("\"{short}\" is no date"),
                    };
                    self.problems.push(Problem::new(ProblemKind::BadDate, message));
                }
            }
        }
        None
    }

    pub(super) fn document_type(&self) -> String {
        let said = self.first(&["govuk:format", "dcterms.type", "dc.type", "citation_article_type", "article:content_tier"]);
        let said = if said.is_empty() { self.json_ld.kind() } else { said };
        let shared = self.first(&["og:type"]);
        if said.is_empty() && shared != "website" { shared } else { said }
    }

    /// Identifiers that it gives as its own.
    pub(super) fn dois(&self) -> Vec<String> {
        let names = ["citation_doi", "dc.identifier", "dcterms.identifier", "prism.doi", "bepress_citation_doi", "dc.identifier.doi"];
        let said = names.iter().filter_map(|name| self.names.get(*name)).flatten().cloned().chain(self.json_ld.identifiers());
        let mut dois: Vec<String> = Vec::new();
        for text in said {
            let Some(doi) = doi::normal(&text) else { continue };
            if !dois.contains(&doi) {
                dois.push(doi);
            }
        }
        dois
    }
}

/// The words of an element, where they are few: a microdata property can be a whole article.
fn short_text(node: &dom_query::NodeRef<'_>) -> String {
    if node.descendants_it().take(20).count() == 20 { String::new() } else { tree::text_of(node) }
}

/// When the page shows that it came out, and last changed: a `time` element, or a date behind a word that says so.
pub(super) fn shown_dates(page: &Page) -> (Option<i64>, Option<i64>) {
    static SHOWN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let published = "published(?: on| date)?|date published|first published|publication date|release date|released(?: on)?|date of publication|issued|posted on|cyhoeddwyd(?: ar)?";
        let updated = "last updated(?: on)?|updated(?: on)?|last modified(?: on)?|date modified|diweddarwyd(?: ddiwethaf)?(?: ar)?";
        Regex::new(&format!(r"(?i-u:\b(?:(?P<updated>{updated})|(?P<published>{published})))\s*:?\s*(?P<date>(?:\p{{L}}+,?\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s+\p{{L}}+,?\s+\d{{4}}|\p{{L}}+\s+\d{{1,2}},?\s+\d{{4}}|\d{{4}}-\d\d-\d\d|\d{{1,2}}/\d{{1,2}}/\d{{4}}))")).ok()
    });
    let mut text = String::new();
    for child in page.root().children_it(false) {
        tree::add_text(&child, &mut text);
    }
    let text = tree::single_spaced(&text);
    let (mut published, mut updated) = (None, None);
    for found in SHOWN.as_ref().into_iter().flat_map(|shown| shown.captures_iter(&text)) {
        let slot = if found.name("updated").is_some() { &mut updated } else { &mut published };
        *slot = slot.or_else(|| dates::moment(&found["date"]).ok());
    }
    let time = || tree::all(page, &["time"]).iter().find_map(|time| dates::moment(&tree::attr(time, "datetime")).ok());
    (published.or_else(time), updated)
}
