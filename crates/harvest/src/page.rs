//! Web pages as kinds of source read them: bytes to characters, elements to words, attributes to addresses.
//!
//! Always: words are in one line and without control characters; an address is absolute, `http` or `https`, and has a host.
//! Not here: the main text of a page (extract).

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;
use pulse_model::text::{is_bidi_control, is_forbidden};
use pulse_model::{LinkRole, RecordLink};
use scraper::{ElementRef, Html, Node, Selector};
use url::Url;

/// Longer addresses are no addresses.
const LONGEST_HREF: usize = 4096;
/// So many bytes are searched for a `<meta charset>`, as browsers do.
const HEAD_BYTES: usize = 1024;

/// Characters of a page: by its byte order mark, the server's word, its own word, or else by what they look like.
pub(crate) fn decode(bytes: &[u8], media_type: Option<&str>) -> String {
    let encoding = Encoding::for_bom(bytes).map(|(encoding, _)| encoding).or_else(|| label(media_type?.as_bytes())).or_else(|| declared(bytes));
    let encoding = encoding.filter(|encoding| *encoding != encoding_rs::UTF_8 || std::str::from_utf8(bytes).is_ok()).unwrap_or_else(|| {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        detector.feed(bytes, true);
        detector.guess(None, Utf8Detection::Allow)
    });
    encoding.decode(bytes).0.into_owned()
}

fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    label(&bytes[..bytes.len().min(HEAD_BYTES)])
}

/// The encoding named behind `charset=` or `encoding=`.
fn label(bytes: &[u8]) -> Option<&'static Encoding> {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let (_, rest) = text.split_once("charset=").or_else(|| text.split_once("encoding="))?;
    let name = rest.trim_start_matches(['"', '\'', ' ']);
    Encoding::for_label(name.split(['"', '\'', ' ', ';', '>', '/', '?']).next()?.as_bytes())
}

/// The tree of a page, and whether some of the page was left out because its tree would be too large.
pub(crate) fn parse(bytes: &[u8], media_type: Option<&str>) -> (Html, bool) {
    let text = decode(bytes, media_type);
    let harmless = harmless(&text);
    (Html::parse_document(harmless), harmless.len() < text.len())
}

/// The beginning of a page up to where building its tree would take too long: a parser looks through all open elements at every
/// tag, and opens all bold and italic ones again in every paragraph, so that a page of a few megabytes can ask for hours.
fn harmless(text: &str) -> &str {
    /// So many steps through open elements; a page of 20,000 tags, 50 deep, takes a million.
    const MOST_STEPS: usize = 20_000_000;
    /// So many elements, those that are opened again counted again.
    const MOST_ELEMENTS: usize = 2_000_000;
    const EMPTY: [&str; 14] = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
    const CLOSED_BY_THE_NEXT: [&str; 13] = ["p", "li", "dt", "dd", "tr", "td", "th", "option", "thead", "tbody", "html", "body", "head"];
    const OPENED_AGAIN: [&str; 14] = ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
    /// An end tag closes what was opened this near; one that closes nothing is ignored, as by a parser.
    const NEAR: usize = 64;
    let mut open: Vec<String> = Vec::new();
    let (mut running, mut steps, mut elements) = (0_usize, 0_usize, 0_usize);
    for (at, _) in text.match_indices('<') {
        let rest = text.get(at + 1..).unwrap_or_default();
        let (is_end, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
        let length = rest.bytes().take(12).take_while(u8::is_ascii_alphanumeric).count();
        let name = rest.get(..length).unwrap_or_default().to_ascii_lowercase();
        if name.is_empty() {
            continue;
        }
        (steps, elements) = (steps + 1 + open.len(), elements + 1 + running);
        if steps > MOST_STEPS || elements > MOST_ELEMENTS {
            return text.get(..at).unwrap_or_default();
        }
        if is_end {
            let near = open.len().saturating_sub(NEAR);
            if let Some(behind) = open.iter().skip(near).rposition(|other| *other == name) {
                running -= open.drain(near + behind..).filter(|closed| OPENED_AGAIN.contains(&closed.as_str())).count();
            }
        } else if !EMPTY.contains(&name.as_str()) && !CLOSED_BY_THE_NEXT.contains(&name.as_str()) {
            running += usize::from(OPENED_AGAIN.contains(&name.as_str()));
            open.push(name);
        }
    }
    text
}

/// A text in one line, without what no text may hold.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len().min(1024));
    for word in text.split_whitespace() {
        let start = line.len();
        if !line.is_empty() {
            line.push(' ');
        }
        let before = line.len();
        line.extend(word.chars().filter(|&c| !is_forbidden(c) && !is_bidi_control(c)));
        if line.len() == before {
            line.truncate(start);
        }
    }
    line
}

/// The words of markup that stands inside a text: an abstract with its tags.
pub(crate) fn words_of(markup: &str) -> String {
    if markup.contains(['<', '&']) { words(Html::parse_fragment(harmless(markup)).root_element()) } else { one_line(markup) }
}

/// The words of an element, as a reader sees them.
pub(crate) fn words(element: ElementRef<'_>) -> String {
    words_without(element, &[])
}

/// The words of an element, without those of some elements inside it.
pub(crate) fn words_without(element: ElementRef<'_>, left_out: &[ElementRef<'_>]) -> String {
    let mut text = String::new();
    let mut nodes = element.descendants();
    let mut skipping = None;
    for node in &mut nodes {
        // Inside a part that is left out, until a node comes that is not below it.
        if let Some(top) = skipping {
            if node.ancestors().take(MOST_ANCESTORS).any(|above| above.id() == top) {
                continue;
            }
            skipping = None;
        }
        if is_apart(node.value()) || node.prev_sibling().is_some_and(|before| is_apart(before.value())) {
            text.push(' ');
        }
        match node.value() {
            Node::Text(words) => text.push_str(words),
            Node::Element(here) if is_unseen(here) || left_out.iter().any(|out| out.id() == node.id()) => {
                text.push(' ');
                skipping = Some(node.id());
            }
            _ => {}
        }
    }
    one_line(&text)
}

/// So far up the tree is looked.
pub(crate) const MOST_ANCESTORS: usize = 100;

/// Elements whose words do not run on from what stands before them.
fn is_apart(node: &Node) -> bool {
    const RUNNING: [&str; 22] = [
        "a", "abbr", "b", "bdi", "bdo", "bold", "italic", "cite", "code", "em", "font", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup", "u",
        "wbr",
    ];
    // Abstracts come with the tags of JATS: `jats:italic`.
    matches!(node, Node::Element(element) if !RUNNING.contains(&element.name().trim_start_matches("jats:")))
}

fn is_unseen(element: &scraper::node::Element) -> bool {
    matches!(element.name(), "script" | "style" | "noscript" | "template" | "svg" | "head" | "select" | "button") || element.attr("hidden").is_some()
}

/// What relative addresses on a page are relative to.
pub(crate) fn base(html: &Html, url: &Url) -> Url {
    let declared = Selector::parse("base[href]").ok().and_then(|selector| html.select(&selector).next()?.attr("href").map(str::to_owned));
    declared.and_then(|href| absolute(url, &href)).unwrap_or_else(|| url.clone())
}

/// Where a link leads, if it leads to another page of the web.
pub(crate) fn absolute(base: &Url, href: &str) -> Option<Url> {
    let href = href.trim();
    if href.is_empty() || href.starts_with('#') || href.len() > LONGEST_HREF {
        return None;
    }
    base.join(href).ok().filter(is_of_web)
}

/// An address that is whole as it stands, if it is one of the web.
pub(crate) fn web_address(text: &str) -> Option<Url> {
    let text = text.trim();
    (text.len() <= LONGEST_HREF).then(|| Url::parse(text).ok())?.filter(is_of_web)
}

fn is_of_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

/// The file name endings of files that are publications.
const FILE_ENDINGS: [(&str, &str); 9] = [
    ("pdf", "application/pdf"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("doc", "application/msword"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("xls", "application/vnd.ms-excel"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("csv", "text/csv"),
];

/// The media type that a file's name suggests, where it is the name of a file and not of a page.
pub(crate) fn file_type(url: &Url) -> Option<&'static str> {
    let (_, ending) = url.path().rsplit_once('.')?;
    FILE_ENDINGS.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known)).map(|(_, media_type)| *media_type)
}

/// A link of a record: a file where its name says so, else a page.
pub(crate) fn link(url: Url, title: &str) -> RecordLink {
    let media_type = file_type(&url);
    let role = if media_type.is_some() { LinkRole::File } else { LinkRole::Page };
    RecordLink { url, role, title: title.to_owned(), media_type: media_type.map(str::to_owned) }
}

/// What bytes are that were taken for something else, for a sentence: "a web page".
pub(crate) fn what_it_is(bytes: &[u8]) -> &'static str {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD_BYTES)]).trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
    let starts = |with: &[&str]| with.iter().any(|start| head.starts_with(start));
    let has = |name: &str| head.contains(&format!("<{name}"));
    match () {
        () if head.is_empty() => "nothing",
        () if starts(&["%pdf"]) => "a PDF",
        () if starts(&["{", "["]) => "JSON",
        () if starts(&["<!doctype html", "<html"]) => "a web page",
        () if has("urlset") || has("sitemapindex") => "a sitemap",
        () if has("rss") || has("feed") || has("rdf:rdf") => "a feed",
        () if has("html") || has("body") => "a web page",
        () if starts(&["<"]) => "XML or HTML of another kind",
        () if starts(&["pk"]) || head.contains('\u{fffd}') => "a file that is not text",
        () => "plain text",
    }
}
