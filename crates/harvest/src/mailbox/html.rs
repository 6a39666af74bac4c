//! HTML of a message to blocks.

use std::borrow::Cow;

use scraper::Html;
use scraper::node::{Element, Node};

use super::layout::{Block, MAX_BLOCKS, Mention};

/// The most of a part that is read, in bytes. Mail programs show far less.
const MAX_HTML_BYTES: usize = 1 << 20;

/// The deepest page that is read, in elements that need an end. Newsletters of nested tables have some 50.
const MAX_DEPTH: usize = 500;
/// A line in strong letters is a heading; a longer one is a paragraph that shouts.
const MAX_STRONG_HEADING_BYTES: usize = 200;

/// The blocks of a page, without what is hidden.
pub(super) fn blocks(html: &str) -> Vec<Block> {
    let document = Html::parse_document(shallow(cut(html, MAX_HTML_BYTES)));
    let mut page = Page::default();
    let mut node = document.tree.root();
    // Not by calling itself: a page can be deeper than the stack.
    'walk: while page.blocks.len() < MAX_BLOCKS {
        match node.value() {
            Node::Element(element) => page.open(element),
            Node::Text(text) => page.text(text),
            _ => {}
        }
        if let Some(child) = node.first_child() {
            node = child;
            continue;
        }
        loop {
            if let Node::Element(element) = node.value() {
                page.close(element);
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            match node.parent() {
                Some(parent) => node = parent,
                None => break 'walk,
            }
        }
    }
    page.flush();
    page.blocks
}

/// The beginning of a page, to where it becomes deeper than [`MAX_DEPTH`]: what a parser does for each tag grows with what is open.
fn shallow(html: &str) -> &str {
    // Closed by what follows, or never open.
    const ENDED: [&str; 28] = [
        "p", "li", "td", "th", "tr", "dt", "dd", "option", "tbody", "thead", "tfoot", "html", "head", "body", "area", "base", "br", "col", "embed", "hr",
        "img", "input", "link", "meta", "param", "source", "track", "wbr",
    ];
    let mut depth = 0_usize;
    for (at, _) in html.match_indices('<') {
        let tag = &html[at + 1..];
        let name = tag.strip_prefix('/').unwrap_or(tag);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        if end == 0 || ENDED.iter().any(|ended| name[..end].eq_ignore_ascii_case(ended)) {
            continue;
        }
        depth = if tag.starts_with('/') { depth.saturating_sub(1) } else { depth + 1 };
        if depth > MAX_DEPTH {
            return &html[..at];
        }
    }
    html
}

/// The beginning of a text.
pub(super) fn cut(text: &str, most_bytes: usize) -> &str {
    let mut end = text.len().min(most_bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[derive(Default)]
struct Page {
    blocks: Vec<Block>,
    block: Block,
    hidden: usize,
    headings: usize,
    strong: usize,
    /// Whether the block has text that is strong, and text that is not.
    has_strong: bool,
    has_plain: bool,
    link: Option<Link>,
}

/// A link that is open, perhaps over several blocks.
struct Link {
    href: String,
    start: usize,
    alt: String,
}

impl Page {
    fn open(&mut self, element: &Element) {
        if is_hidden(element) {
            self.hidden += 1;
        }
        let name = element.name();
        if self.hidden > 0 {
            return;
        }
        if is_block(name) {
            self.flush();
        }
        match name {
            name if is_heading(name) => self.headings += 1,
            "b" | "strong" => self.strong += 1,
            "br" if self.link.is_some() => self.block.push(" "),
            "br" => self.flush(),
            "a" => {
                self.end_link();
                self.link = element.attr("href").map(|href| Link { href: href.trim().to_owned(), start: self.block.text.len(), alt: String::new() });
            }
            "img" => {
                let alt = element.attr("alt").unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
                if let Some(link) = self.link.as_mut().filter(|link| link.alt.is_empty()) {
                    link.alt = alt;
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, element: &Element) {
        let name = element.name();
        if self.hidden == 0 {
            if name == "a" {
                self.end_link();
            }
            if is_block(name) {
                self.flush();
            }
            match name {
                "b" | "strong" => self.strong = self.strong.saturating_sub(1),
                name if is_heading(name) => self.headings = self.headings.saturating_sub(1),
                _ => {}
            }
        }
        if is_hidden(element) {
            self.hidden = self.hidden.saturating_sub(1);
        }
    }

    fn text(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        if text.contains(|c: char| c.is_alphanumeric()) {
            *(if self.strong > 0 { &mut self.has_strong } else { &mut self.has_plain }) = true;
        }
        self.block.push(text);
    }

    fn end_link(&mut self) {
        self.mention();
        self.link = None;
    }

    /// Writes down the open link, as far as it came in this block.
    fn mention(&mut self) {
        let Some(link) = &mut self.link else { return };
        let end = self.block.text.len();
        let start = link.start.min(end);
        if end > start || !link.alt.is_empty() {
            self.block.mentions.push(Mention { href: link.href.clone(), start, end, alt: std::mem::take(&mut link.alt) });
        }
        link.start = end;
    }

    fn flush(&mut self) {
        self.mention();
        if let Some(link) = &mut self.link {
            link.start = 0;
        }
        let mut block = std::mem::take(&mut self.block);
        let is_strong = std::mem::take(&mut self.has_strong) & !std::mem::take(&mut self.has_plain);
        block.is_heading = self.headings > 0 || is_strong && block.text.len() <= MAX_STRONG_HEADING_BYTES;
        let end = block.text.trim_end().len();
        block.text.truncate(end);
        for mention in &mut block.mentions {
            mention.start = mention.start.min(end);
            mention.end = mention.end.min(end);
        }
        if !block.is_empty() {
            self.blocks.push(block);
        }
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

fn is_block(name: &str) -> bool {
    is_heading(name)
        || matches!(
            name,
            "address"
                | "article"
                | "aside"
                | "blockquote"
                | "center"
                | "dd"
                | "div"
                | "dl"
                | "dt"
                | "figure"
                | "footer"
                | "header"
                | "hr"
                | "li"
                | "main"
                | "nav"
                | "ol"
                | "p"
                | "pre"
                | "section"
                | "table"
                | "tbody"
                | "td"
                | "th"
                | "thead"
                | "tr"
                | "ul"
                | "body"
        )
}

/// Whether nobody sees it. What mailers put before the first line for lists of messages is hidden by its style.
fn is_hidden(element: &Element) -> bool {
    let style =
        || -> Cow<'_, str> { element.attr("style").unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase().into() };
    matches!(element.name(), "head" | "script" | "style" | "template" | "noscript" | "title")
        || element.attr("hidden").is_some()
        || element.attr("style").is_some() && ["display:none", "visibility:hidden", "mso-hide:all"].iter().any(|hides| style().contains(hides))
}
