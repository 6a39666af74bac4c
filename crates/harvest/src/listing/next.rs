//! Where a listing goes on.

use std::sync::LazyLock;

use regex::Regex;
use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::rows::{LINK, pattern, selector};
use crate::page;

/// The next page of a listing, by what its link says of itself.
pub(super) fn page(html: &Html, base: &Url, url: &Url) -> Option<Url> {
    let leads = |element: ElementRef<'_>| page::absolute(base, element.attr("href")?).filter(|to| to.host_str() == url.host_str() && to != url);
    let by = |selector: &Selector| html.select(selector).find_map(leads);
    by(&NEXT)
        .or_else(|| {
            let is_next = |link: &ElementRef<'_>| {
                let label = link.attr("aria-label").map(page::one_line);
                [Some(page::words(*link)), label].into_iter().flatten().any(|words| NEXT_WORDS.is_match(&words))
            };
            html.select(&LINK).filter(is_next).find_map(leads)
        })
        .or_else(|| by(&NEXT_CLASS))
}

static NEXT: LazyLock<Selector> = LazyLock::new(|| selector("link[rel~=next][href], a[rel~=next][href]"));
static NEXT_CLASS: LazyLock<Selector> =
    LazyLock::new(|| selector("a.next[href], .next > a[href], .pagination-next a[href], .pager-next a[href], .pager__item--next a[href]"));
static NEXT_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*(next( page| \d+)?( results)?|older( posts| entries| articles)?|(load|show|see) more( results| publications)?|nesaf|tudalen nesaf)\W*$|^\s*[›»→]\s*$",
    )
});
