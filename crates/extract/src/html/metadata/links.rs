//! Where a page's links lead: its own address, and the files that belong to it.

use dom_query::Document as Page;
use pulse_model::document::Attachment;
use url::Url;

use super::said::Said;
use crate::html::tree;

/// What names of files tell of their form.
const FORMS: [(&str, &str); 14] = [
    ("pdf", "application/pdf"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("doc", "application/msword"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("xls", "application/vnd.ms-excel"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("csv", "text/csv"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("rtf", "application/rtf"),
    ("epub", "application/epub+zip"),
    ("zip", "application/zip"),
];

/// More files than this are a catalogue.
const MOST_ATTACHMENTS: usize = 200;

/// What relative links are read against.
pub(super) fn base(page: &Page, url: Option<&Url>) -> Option<Url> {
    let said = tree::first(page, "base").map(|base| tree::attr(&base, "href")).unwrap_or_default();
    let said = match url {
        Some(url) => url.join(&said).ok(),
        None => Url::parse(&said).ok(),
    };
    said.filter(is_web).or_else(|| url.cloned())
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.host().is_some()
}

/// The address the page wants to be known by; only one of the web.
pub(super) fn canonical(page: &Page, base: Option<&Url>, said: &Said) -> Option<Url> {
    let linked = tree::all(page, &["link"]).iter().find(|link| tree::attr(link, "rel").eq_ignore_ascii_case("canonical")).map(|link| tree::attr(link, "href"));
    linked.into_iter().chain([said.first(&["og:url"])]).filter(|href| !href.trim().is_empty()).find_map(|href| absolute(&href, base))
}

fn absolute(href: &str, base: Option<&Url>) -> Option<Url> {
    let href = href.trim();
    let url = base.map_or_else(|| Url::parse(href), |base| base.join(href)).ok()?;
    is_web(&url).then_some(url)
}

/// Files that the main part of the page links to, each once.
pub(super) fn attachments(page: &Page, base: Option<&Url>) -> Vec<Attachment> {
    let main = page.root().descendants_it().find(|node| node.has_name("main") || tree::attr(node, "role") == "main");
    let root = main.unwrap_or_else(|| page.root());
    let mut attachments: Vec<Attachment> = Vec::new();
    for link in tree::topmost(&root, &["a"]) {
        let Some(mut url) = absolute(&tree::attr(&link, "href"), base) else { continue };
        let claimed = tree::attr(&link, "type").trim().to_ascii_lowercase();
        let by_name = by_name(url.path());
        let is_claimed = FORMS.iter().any(|(_, media_type)| *media_type == claimed);
        if !is_claimed && by_name.is_none() || attachments.len() >= MOST_ATTACHMENTS {
            continue;
        }
        url.set_fragment(None);
        let title = Some(tree::text_of(&link)).filter(|text| !text.is_empty()).unwrap_or_else(|| tree::single_spaced(&tree::attr(&link, "title")));
        let media_type = if is_claimed { Some(claimed) } else { by_name.map(str::to_owned) };
        match attachments.iter_mut().find(|known| known.url == url) {
            Some(known) if known.title.is_empty() => known.title = title,
            Some(_) => {}
            None => attachments.push(Attachment { url, title, media_type }),
        }
    }
    attachments
}

fn by_name(path: &str) -> Option<&'static str> {
    let (_, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
    FORMS.iter().find(|(form, _)| ending.eq_ignore_ascii_case(form)).map(|(_, media_type)| *media_type)
}
