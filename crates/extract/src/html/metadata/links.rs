//! Where a page's links lead: its own address, the files that belong to it, and the pages that it mentions.

use dom_query::{Document as Page, NodeRef};
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

/// Pages mentioned behind these are not kept.
const MOST_MENTIONS: usize = 100;

/// What holds links to other parts of a site, even within its main part.
const FURNITURE: [&str; 4] = ["nav", "header", "footer", "aside"];

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

fn main_part(page: &Page) -> NodeRef<'_> {
    let main = page.root().descendants_it().find(|node| node.has_name("main") || tree::attr(node, "role") == "main");
    main.unwrap_or_else(|| page.root())
}

/// The media type of a file that a link leads to, as it claims or as the name suggests; none for a page.
fn file_type(link: &NodeRef<'_>, url: &Url) -> Option<String> {
    let claimed = tree::attr(link, "type").trim().to_ascii_lowercase();
    let is_claimed = FORMS.iter().any(|(_, media_type)| *media_type == claimed);
    if is_claimed { Some(claimed) } else { by_name(url.path()).map(str::to_owned) }
}

/// Files that the main part of the page links to, each once.
pub(super) fn attachments(page: &Page, base: Option<&Url>) -> Vec<Attachment> {
    let mut attachments: Vec<Attachment> = Vec::new();
    for link in tree::topmost(&main_part(page), &["a"]) {
        let Some(mut url) = absolute(&tree::attr(&link, "href"), base) else { continue };
        let media_type = file_type(&link, &url).filter(|_| attachments.len() < MOST_ATTACHMENTS);
        if media_type.is_none() {
            continue;
        }
        url.set_fragment(None);
        let title = Some(tree::text_of(&link)).filter(|text| !text.is_empty()).unwrap_or_else(|| tree::single_spaced(&tree::attr(&link, "title")));
        match attachments.iter_mut().find(|known| known.url == url) {
            Some(known) if known.title.is_empty() => known.title = title,
            Some(_) => {}
            None => attachments.push(Attachment { url, title, media_type }),
        }
    }
    attachments
}

/// Other pages that the main part of the page links to, each once.
pub(super) fn mentions(page: &Page, base: Option<&Url>) -> Vec<Url> {
    let mut mentions: Vec<Url> = Vec::new();
    for link in tree::topmost(&main_part(page), &["a"]) {
        let Some(mut url) = absolute(&tree::attr(&link, "href"), base) else { continue };
        url.set_fragment(None);
        let is_furniture = link.ancestors_it(None).any(|node| FURNITURE.iter().any(|name| node.has_name(name)));
        let is_new = Some(&url) != base && !mentions.contains(&url);
        if is_new && !is_furniture && file_type(&link, &url).is_none() && mentions.len() < MOST_MENTIONS {
            mentions.push(url);
        }
    }
    mentions
}

fn by_name(path: &str) -> Option<&'static str> {
    let (_, ending) = path.rsplit('/').next()?.rsplit_once('.')?;
    FORMS.iter().find(|(form, _)| ending.eq_ignore_ascii_case(form)).map(|(_, media_type)| *media_type)
}
