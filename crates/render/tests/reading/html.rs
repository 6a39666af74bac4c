//! What every HTML output promises, whatever went in.

use std::collections::HashSet;

use scraper::{Html, Selector};

/// The document, once it keeps the promises that can be told from its elements alone.
pub(crate) fn checked(html: &str) -> Html {
    let document = Html::parse_document(html);
    one_h1_and_no_level_skipped(&document);
    ids_are_unique_and_lead_somewhere(&document);
    nothing_runs(&document);
    document
}

/// The first element that a selector finds.
pub(crate) fn text_of(document: &Html, selector: &str) -> String {
    let selector = Selector::parse(selector).unwrap();
    document.select(&selector).next().map(|element| element.text().collect()).unwrap_or_default()
}

/// The words of the body that a reader meets, without white space: lines break where they like.
pub(crate) fn words(document: &Html) -> String {
    let body = Selector::parse("body").unwrap();
    document.select(&body).flat_map(|body| body.text()).flat_map(str::chars).filter(|c| !c.is_whitespace()).collect()
}

fn one_h1_and_no_level_skipped(document: &Html) {
    let headings = Selector::parse("h1, h2, h3, h4, h5, h6").unwrap();
    let levels: Vec<u32> = document.select(&headings).map(|heading| heading.value().name()[1..].parse().unwrap()).collect();
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "headings of level 1 in {levels:?}");
    assert_eq!(levels[0], 1, "the first heading in {levels:?}");
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "a level is skipped in {levels:?}");
    for heading in document.select(&headings) {
        assert!(heading.text().any(|text| !text.trim().is_empty()), "an empty heading: {}", heading.html());
    }
}

fn ids_are_unique_and_lead_somewhere(document: &Html) {
    let mut ids = HashSet::new();
    for element in document.select(&Selector::parse("[id]").unwrap()) {
        let id = element.attr("id").unwrap();
        assert!(!id.is_empty() && !id.contains(char::is_whitespace) && ids.insert(id), "the id {id:?} is taken or no id");
    }
    for link in document.select(&Selector::parse("a[href^='#']").unwrap()) {
        let target = &link.attr("href").unwrap()[1..];
        assert!(ids.contains(target), "nothing has the id {target:?}");
    }
}

fn nothing_runs(document: &Html) {
    for element in document.select(&Selector::parse("*").unwrap()) {
        let name = element.value().name();
        assert!(!matches!(name, "iframe" | "form" | "object" | "embed" | "base"), "<{name}>");
        assert!(name != "script" || element.attr("type") == Some("application/ld+json"), "a script: {}", element.html());
        for (attribute, value) in element.value().attrs() {
            assert!(!attribute.starts_with("on"), "{attribute} on <{name}>");
            if matches!(attribute, "href" | "src") {
                assert!(["https://", "http://", "mailto:", "#", "data:image/"].iter().any(|start| value.starts_with(start)), "{attribute}={value:?}");
            }
        }
    }
}
