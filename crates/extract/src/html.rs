//! Web pages to documents.
//!
//! In: the bytes of a page. Out: the blocks of its main text, with its lists and tables, and what it says of itself.
//! Steps, each a file: bytes to characters (`decode`), a limit to nesting (`nesting`), the tree and what it says of itself (`metadata`), the
//! blocks of the tree (`walk`, `list`, `table`), which of them are the main text (`main_text`), lines that say nothing (`noise`).
//!
//! Invariant: any bytes give a document, and the same bytes the same one. Not here: running scripts; fetching anything.

pub(crate) mod decode;
mod list;
mod main_text;
mod metadata;
mod nesting;
mod noise;
mod table;
mod tree;
mod walk;

use dom_query::{Document as Page, NodeRef};
use pulse_model::document::{Content, Document, Form};
use pulse_model::{Problem, ProblemKind};
use url::Url;

use crate::Input;

/// More than this of a page is not read. The largest pages of real publishers have about a fifth of it.
pub const MOST_BYTES: usize = 10 << 20;

/// Reads a web page: its main text and what it says of itself.
pub fn read(input: &Input<'_>) -> Document {
    let (html, mut problems) = characters(input);
    let page = Page::from(&*html);
    let (mut metadata, bad_dates, base) = metadata::read(&page, input.url);
    problems.extend(bad_dates);
    metadata.form = Form::Html;
    strip(&page);
    let mut blocks = main_text::choose(&page);
    if blocks.is_empty() {
        blocks = walk::pieces(&page.root()).into_iter().map(|piece| piece.content).collect();
    }
    blocks.retain(|block| !block.lines().iter().all(|line| noise::is_noise(line)));
    metadata::finish(&mut metadata, &page, &mut blocks, base.as_ref());
    if metadata.title.is_empty() {
        problems.push(Problem::new(ProblemKind::NoTitle, "the page has no title"));
    }
    if blocks.is_empty() {
        problems.push(Problem::new(ProblemKind::NoText, "the page has no text of its own; it may be made by a script"));
    }
    Document::new(metadata, blocks.into_iter().map(|block| (None, block)), None, problems)
}

/// Reads HTML that is all content: the body that an API or a feed gives. Pages are none.
///
/// ```
/// use pulse_model::document::Content;
/// let blocks = pulse_extract::html::fragment("<h2>Findings</h2><ul><li>Rents rose.</li></ul>", None);
/// assert!(matches!(&blocks[1].1, Content::List { items, .. } if items[0].text == "Rents rose."));
/// ```
pub fn fragment(html: &str, _base: Option<&Url>) -> Vec<(Option<u32>, Content)> {
    let (html, _) = nesting::limited(clip(html).0);
    let fragment = Page::fragment(&*html);
    walk::pieces(&fragment.root()).into_iter().map(|piece| (None, piece.content)).collect()
}

/// The characters of a page, within all limits.
fn characters(input: &Input<'_>) -> (String, Vec<Problem>) {
    let (bytes, is_cut) = match input.bytes.get(..MOST_BYTES) {
        Some(bytes) => (bytes, input.bytes.len() > MOST_BYTES),
        None => (input.bytes, false),
    };
    let (text, mut problems) = decode::decode(bytes, input.media_type);
    if is_cut {
        problems.push(Problem::new(ProblemKind::TooLarge, format!("only the first {} MB of the page are read", MOST_BYTES >> 20)));
    }
    let (html, is_limited) = nesting::limited(&text);
    if is_limited {
        problems.push(Problem::new(ProblemKind::Damaged, "the page nests elements too deep, or has too many; some tags are passed over"));
    }
    (html.into_owned(), problems)
}

/// A text cut to what is read, at the end of a character.
fn clip(text: &str) -> (&str, bool) {
    let end = text.floor_char_boundary(MOST_BYTES);
    (&text[..end], end < text.len())
}

/// Takes out of a page what is no text, what is not shown, and what its makers mark as standing on every page.
fn strip(page: &Page) {
    let mut next = page.root().first_child();
    while let Some(node) = next {
        let is_out = node.is_comment() || node.is_element() && is_out(&node);
        // What is below an element that goes, goes with it.
        next = if is_out { None } else { node.first_child() };
        let mut around = Some(node);
        while let Some(here) = around.filter(|_| next.is_none()) {
            next = here.next_sibling();
            around = here.parent();
        }
        if is_out {
            node.remove_from_parent();
        }
    }
}

fn is_out(node: &NodeRef<'_>) -> bool {
    let name = tree::name(node);
    matches!(&*name, "nav" | "footer")
        || tree::kind(&name) == tree::Kind::Skipped
        || node.query_or(false, |node| {
            node.as_element().is_some_and(|element| {
                element.attrs.iter().any(|attr| match &*attr.name.local {
                    "role" => matches!(&*attr.value, "banner" | "contentinfo" | "navigation" | "search"),
                    "aria-hidden" => &*attr.value == "true",
                    "hidden" => true,
                    _ => false,
                })
            })
        })
}
