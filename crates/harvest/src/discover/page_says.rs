//! What a page says of itself and of its site: feeds, heading, whose it is.

use scraper::{ElementRef, Html, Selector};
use url::Url;

use crate::page;

/// What a page says.
#[derive(Clone, Debug, Default)]
pub(super) struct PageSays {
    /// Feeds it offers: those below its own path first.
    pub(super) feeds: Vec<Url>,
    /// Feeds it offers of what others say of its pages.
    pub(super) comments: Vec<Url>,
    /// Its main heading, or else its title without the site's name; empty where there is none.
    pub(super) heading: String,
    /// The name of its site.
    pub(super) publisher: Option<String>,
    /// Whether it comes from the publishing platform of GOV.UK.
    pub(super) is_govuk: bool,
}

/// The media types that feeds are offered as.
const FEED_TYPES: [&str; 5] = ["application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json", "application/json"];
/// How the names of feeds end where they are linked and not offered.
const FEED_ENDINGS: [&str; 8] = [".rss", ".atom", "/rss", "/feed", "/atom", "rss.xml", "feed.xml", "atom.xml"];

impl PageSays {
    pub(super) fn of(html: &Html, url: &Url) -> Self {
        let meta = |name: &str| attribute(html, &format!("meta[property=\"{name}\"], meta[name=\"{name}\"]"), "content");
        let title = words(html, "head > title");
        let publisher = meta("og:site_name").or_else(|| meta("application-name")).or_else(|| parts(&title).nth(1).and_then(|_| whose(&title)));
        let heading = Some(words(html, "h1")).filter(|heading| !heading.is_empty()).or_else(|| parts(&title).next().map(str::to_owned)).unwrap_or_default();
        let (comments, feeds) = feeds(html, url);
        Self { feeds, comments, heading, publisher, is_govuk: meta("govuk:content-id").is_some() || meta("govuk:rendering-app").is_some() }
    }

    /// What a source of this page may be called: the title of its feed, or the site and the page, or its host.
    pub(super) fn name(&self, feed_title: Option<&str>, address: &str) -> String {
        let feed_title = feed_title.unwrap_or_default();
        let publisher = self.publisher.as_deref().unwrap_or_default();
        let named = match (feed_title, publisher, self.heading.as_str()) {
            ("", "", heading) | ("", heading, "") => heading.to_owned(),
            ("", publisher, heading) if heading.contains(publisher) => heading.to_owned(),
            ("", publisher, heading) => format!("{publisher}: {heading}"),
            (title, _, _) => title.to_owned(),
        };
        let host = || Url::parse(address).ok().and_then(|url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned()));
        Some(named).filter(|name| !name.is_empty()).or_else(host).unwrap_or_else(|| address.to_owned())
    }
}

/// The title of a feed without what platforms write around the name of its owner.
pub(super) fn undecorated(title: &str) -> String {
    let title = page::one_line(title);
    let bare = title.strip_prefix("Activity on GOV.UK by: ").unwrap_or(&title);
    ["\u{bb} Feed", "RSS Feed", "RSS feed", "Atom feed"]
        .iter()
        .find_map(|end| bare.strip_suffix(end))
        .unwrap_or(bare)
        .trim_end_matches([' ', '-', '|', ':', '\u{2013}'])
        .to_owned()
}

/// Whose a title says that it is: "Publications | Tidewater Trust" is the trust's, as is "Tidewater Trust" alone.
pub(super) fn whose(title: &str) -> Option<String> {
    parts(title).last().map(page::one_line).filter(|name| !name.is_empty())
}

fn parts(title: &str) -> impl Iterator<Item = &str> {
    const BETWEEN: [&str; 6] = [" | ", " - ", " \u{2013} ", " \u{2014} ", " :: ", " \u{bb} "];
    let between = BETWEEN.iter().copied().find(|between| title.contains(between)).unwrap_or(" | ");
    title.split(between).map(str::trim).filter(|part| !part.is_empty())
}

fn words(html: &Html, css: &str) -> String {
    Selector::parse(css).ok().and_then(|selector| html.select(&selector).map(text_of).find(|words| !words.is_empty())).unwrap_or_default()
}

fn text_of(element: ElementRef<'_>) -> String {
    if element.value().name() == "title" { page::one_line(&element.text().collect::<String>()) } else { page::words(element) }
}

fn attribute(html: &Html, css: &str, name: &str) -> Option<String> {
    let selector = Selector::parse(css).ok()?;
    let found = html.select(&selector).find_map(|element| element.attr(name)).map(page::one_line);
    found.filter(|text| !text.is_empty())
}

/// The feeds of comments that a page offers, and all others.
fn feeds(html: &Html, url: &Url) -> (Vec<Url>, Vec<Url>) {
    let base = page::base(html, url);
    let mut ranked: Vec<(bool, bool, bool, Url)> = Vec::new();
    let Ok(selector) = Selector::parse("link[rel~=alternate][href], a[href]") else { return (Vec::new(), Vec::new()) };
    for element in html.select(&selector) {
        let Some(feed) = element.attr("href").and_then(|href| page::absolute(&base, href)) else { continue };
        let media_type = element.attr("type").unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_offered = element.value().name() == "link"
            && FEED_TYPES.contains(&media_type.as_str())
            && !feed.path().contains("wp-json")
            && !feed.path().contains("oembed");
        let path = feed.path().trim_end_matches('/').to_ascii_lowercase();
        let is_linked = element.value().name() == "a" && FEED_ENDINGS.iter().any(|ending| path.ends_with(ending)) && feed.host_str() == url.host_str();
        if !(is_offered || is_linked) || ranked.iter().any(|(.., known)| *known == feed) {
            continue;
        }
        let title = element.attr("title").unwrap_or_default().to_ascii_lowercase();
        let is_comments = title.contains("comment") || path.contains("comment");
        let section = url.path().trim_end_matches('/');
        ranked.push((is_comments, !is_offered, !feed.path().starts_with(section), feed));
    }
    ranked.sort_by_key(|(_, linked, elsewhere, _)| (*linked, *elsewhere));
    let (comments, others): (Vec<_>, Vec<_>) = ranked.into_iter().partition(|(is_comments, ..)| *is_comments);
    let urls = |ranked: Vec<(bool, bool, bool, Url)>| ranked.into_iter().map(|(.., feed)| feed).collect();
    (urls(comments), urls(others))
}
