//! What parts of a page things stand in: its main part, or a margin that is beside the matter.

use scraper::{ElementRef, Html, Selector};

use super::propose::mean;
use crate::page::MOST_ANCESTORS;

/// What parts of the page things stand in.
pub(super) struct Zones<'a> {
    /// Elements above the page's heading or its main part: they are no margin, whatever they are called.
    central: Vec<ElementRef<'a>>,
}

impl<'a> Zones<'a> {
    pub(super) fn of(html: &'a Html) -> Self {
        let Ok(selector) = Selector::parse("h1, main, [role=main]") else { return Self { central: Vec::new() } };
        let mut central = Vec::new();
        for element in html.select(&selector).take(20).flat_map(|element| element.ancestors().filter_map(ElementRef::wrap).take(MOST_ANCESTORS)) {
            if !central.contains(&element) {
                central.push(element);
            }
        }
        Self { central }
    }

    /// 1 for what stands in the body of the page, more in its main part, less in its margins.
    pub(super) fn weight(&self, elements: &[ElementRef<'_>]) -> f64 {
        mean(elements.iter().map(|element| self.weight_of(*element)))
    }

    fn weight_of(&self, element: ElementRef<'_>) -> f64 {
        let mut weight: f64 = 1.0;
        for above in std::iter::once(element).chain(element.ancestors().filter_map(ElementRef::wrap)).take(MOST_ANCESTORS) {
            let role = above.attr("role").unwrap_or_default();
            weight = match above.value().name() {
                "main" => return weight * 1.5,
                _ if role == "main" => return weight * 1.5,
                "nav" | "footer" | "menu" | "dialog" => weight * 0.1,
                "aside" | "header" => weight * 0.25,
                "html" | "body" => break,
                _ if matches!(role, "navigation" | "contentinfo" | "banner" | "search" | "menu" | "menubar") => weight * 0.1,
                _ if self.central.contains(&above) => weight,
                _ if is_margin(above) => weight * 0.2,
                _ => weight,
            };
        }
        weight
    }
}

/// Whether an element's names say that it is beside the matter.
fn is_margin(element: ElementRef<'_>) -> bool {
    const MARGINS: [&str; 32] = [
        "nav",
        "navbar",
        "navigation",
        "menu",
        "submenu",
        "footer",
        "breadcrumb",
        "breadcrumbs",
        "pagination",
        "pager",
        "paging",
        "sidebar",
        "related",
        "tags",
        "tagcloud",
        "tag",
        "cookie",
        "cookies",
        "social",
        "share",
        "sharing",
        "skip",
        "filters",
        "filter",
        "facets",
        "facet",
        "toolbar",
        "masthead",
        "banner",
        "topics",
        "categories",
        "promo",
    ];
    let names = element.value().id().into_iter().chain(element.value().classes());
    names.flat_map(|name| name.split(['-', '_'])).any(|word| MARGINS.iter().any(|margin| word.eq_ignore_ascii_case(margin)))
}
