//! Which blocks of a page are its main text.
//!
//! Two crates read the page, one after the other. `dom_smoothie` finds the region (it leaves out little that belongs there, but keeps captions,
//! bylines and lines of links); `trafilatura`, in its strict setting, cleans that region (it takes out lists and tables too readily). Where it leaves less than
//! half, or where there is nothing to clean, the region stands as it is. The answer is then read back onto the page's own blocks: a block belongs when
//! its words are in the cleaned text; lists, tables and pictures of the region stay although the cleaning lost them, and headings stay with what they head.
//!
//! Measured on the 181 pages of the article extraction benchmark (docs/benchmarks.md): either crate alone 0.957 and 0.951, one after the
//! other 0.975.

use std::collections::HashSet;

use dom_query::{Document as Page, NodeId, NodeRef};
use pulse_model::document::Content;

use super::tree::{self, Kind};
use super::walk::{self, Piece};

/// What is cleaned away is believed as long as this part of the region is left. Between 0.2 and 0.6 the choice hardly matters.
const LEAST_LEFT: f64 = 0.5;

/// A block of four words and more belongs when this share of its runs of four words does.
const COVERED: f64 = 0.5;

/// Lists with a greater share in links lead elsewhere.
const LINKED_LIST: f32 = 0.7;

/// The fewest words of a line that needs no cleaning, half as many where it ends like a sentence; and less than which share of it lies in links.
const LEAST_SENTENCE: usize = 12;
const LINKED_SENTENCE: f32 = 0.3;

/// So many elements up, two blocks that meet stand beside one another.
const BESIDE: usize = 2;

/// A picture that is at most so many blocks before the text belongs to it.
const BEFORE: usize = 3;

/// A first try that finds as many bytes is not tried again, as in the region finder itself.
const ENOUGH: usize = 500;

/// Where each element has its number, so that it is known again in what the region finder gives back.
const MARK: &str = "data-n";

/// The blocks of the main text, in document order; empty where none was found.
pub(super) fn choose(page: &Page) -> Vec<Content> {
    let Some(region) = Region::of(page) else { return Vec::new() };
    let pieces = walk::pieces(&page.root());
    let is_in_region: Vec<bool> = pieces.iter().map(|piece| region.has(piece)).collect();
    let is_clean = is_clean(pieces.iter().zip(&is_in_region).filter(|(_, is_in)| **is_in).map(|(piece, _)| piece));
    let cleaned = if is_clean { None } else { region.cleaned() };
    let mut is_kept: Vec<bool> = match &cleaned {
        Some(words) => pieces.iter().zip(&is_in_region).map(|(piece, is_in)| *is_in && words.have(piece)).collect(),
        None => is_in_region.clone(),
    };
    add_what_cleaning_loses(&pieces, &is_in_region, &mut is_kept);
    add_what_the_region_loses(page, &pieces, &mut is_kept);
    pieces.into_iter().zip(is_kept).filter(|(_, is_kept)| *is_kept).map(|(piece, _)| piece.content).collect()
}

/// Whether a region is nothing but sentences, pictures, and headings with sentences below them: there is nothing to clean in it.
fn is_clean<'a>(region: impl Iterator<Item = &'a Piece>) -> bool {
    let mut is_below_heading = false;
    for piece in region {
        is_below_heading = match &piece.content {
            Content::Heading { .. } if !is_below_heading => true,
            Content::Paragraph { text } | Content::Quote { text } if piece.linked < LINKED_SENTENCE && is_sentence(text) => false,
            Content::Figure { .. } => is_below_heading,
            _ => return false,
        };
    }
    !is_below_heading
}

/// Whether a line says something. Lines that say when, by whom or where else to read are short, and no sentences.
fn is_sentence(line: &str) -> bool {
    let least = if line.ends_with(['.', '!', '?', '…', '"', '”', '»', ':']) { LEAST_SENTENCE / 2 } else { LEAST_SENTENCE };
    line.split(' ').nth(least - 1).is_some()
}

/// Lists, tables and pictures between kept blocks, and headings of kept blocks.
fn add_what_cleaning_loses(pieces: &[Piece], is_in_region: &[bool], is_kept: &mut [bool]) {
    let Some(first) = is_kept.iter().position(|kept| *kept) else { return };
    let last = is_kept.iter().rposition(|kept| *kept).unwrap_or(first);
    let homes: HashSet<NodeId> = pieces.iter().zip(&*is_kept).filter(|(_, kept)| **kept).map(|(piece, _)| piece.parent).collect();
    for (at, piece) in pieces.iter().enumerate() {
        let is_between = first <= at && at <= last;
        let is_near = is_between || at > last && homes.contains(&piece.parent) || at < first && at + 3 > first;
        is_kept[at] |= is_in_region[at]
            && match &piece.content {
                Content::List { .. } => is_near && piece.linked < LINKED_LIST && homes.contains(&piece.parent),
                Content::Table { .. } | Content::Figure { .. } | Content::Footnote { .. } => is_near,
                _ => false,
            };
    }
    // From the end, so that a heading of headings stays as well.
    let mut heads: [bool; 7] = [false; 7];
    for at in (0..pieces.len()).rev() {
        match pieces[at].content {
            Content::Heading { level, .. } => {
                let level = usize::from(level.min(6));
                is_kept[at] |= is_in_region[at] && heads[level] && (at > first || level > 1 && at + 1 == first);
                heads[level..].fill(false);
                if is_kept[at] {
                    heads[..level].fill(true);
                }
            }
            _ if is_kept[at] => heads.fill(true),
            _ => {}
        }
    }
}

/// A picture right before the text, and buttons within it that stand beside kept blocks: they are what the text presents.
fn add_what_the_region_loses(page: &Page, pieces: &[Piece], is_kept: &mut [bool]) {
    let Some(first) = is_kept.iter().position(|kept| *kept) else { return };
    let around = |piece: &Piece| {
        let node = page.tree.get(&piece.node);
        node.into_iter().flat_map(|node| node.ancestors_it(Some(BESIDE)).map(|node| node.id).collect::<Vec<_>>())
    };
    let homes: HashSet<NodeId> = pieces.iter().zip(&*is_kept).filter(|(_, kept)| **kept).flat_map(|(piece, _)| around(piece)).collect();
    for (at, piece) in pieces.iter().enumerate() {
        let is_lead = at < first && at + BEFORE >= first && matches!(piece.content, Content::Figure { .. });
        let is_button = at > first && piece.is_call && around(piece).any(|node| homes.contains(&node));
        is_kept[at] |= is_lead || is_button;
    }
}

/// What the region finder gives back.
struct Region {
    html: String,
    length: usize,
    marks: HashSet<NodeId>,
}

impl Region {
    fn of(page: &Page) -> Option<Self> {
        let blocks: Vec<NodeRef<'_>> = page.root().descendants_it().filter(|node| tree::kind(&tree::name(node)) == Kind::Block).collect();
        for (number, node) in blocks.iter().enumerate() {
            node.set_attr(MARK, &number.to_string());
        }
        let config = dom_smoothie::Config { keep_classes: true, disable_json_ld: true, ..dom_smoothie::Config::default() };
        let finder = || dom_smoothie::Readability::with_document(page.clone(), None, Some(config.clone())).ok();
        // The first try is nearly always the last one, and this way the tree is not copied for another.
        let first = finder()?.parse_with_policy(dom_smoothie::ParsePolicy::Strict).ok();
        let is_enough = |article: &dom_smoothie::Article| article.text_content.split_whitespace().map(|word| word.len() + 1).sum::<usize>() > ENOUGH;
        let article = match first.filter(is_enough) {
            Some(article) => article,
            None => finder()?.parse().ok()?,
        };
        let html = article.content.to_string();
        let mark = format!("{MARK}=\"");
        let numbers = html.split(mark.as_str()).skip(1).filter_map(|rest| rest.split_once('"')?.0.parse::<usize>().ok());
        let marks = numbers.filter_map(|number| Some(blocks.get(number)?.id)).collect();
        let length = article.text_content.split_whitespace().map(|word| word.len() + 1).sum();
        Some(Self { html, length, marks })
    }

    fn has(&self, piece: &Piece) -> bool {
        self.marks.contains(&piece.node) || piece.is_bare && self.marks.contains(&piece.parent)
    }

    /// The words that cleaning leaves; none where it leaves too little to be believed.
    fn cleaned(&self) -> Option<Words> {
        let options = trafilatura::Options::default()
            .with_focus(trafilatura::ExtractionFocus::FavorPrecision)
            .with_exclude_comments(true)
            .with_html_date_mode(trafilatura::HtmlDateMode::Disabled);
        let html = format!("<html><body><article>{}</article></body></html>", self.html);
        let cleaned = trafilatura::extract(&html, &options).ok()?;
        let length: usize = cleaned.content_text.split_whitespace().map(|word| word.len() + 1).sum();
        (length as f64 >= LEAST_LEFT * self.length as f64).then(|| Words::of(&cleaned))
    }
}

/// The words of a text: its runs of four, and its short lines.
struct Words {
    runs: HashSet<u64>,
    lines: HashSet<String>,
}

impl Words {
    fn of(cleaned: &trafilatura::ExtractResult) -> Self {
        let runs = runs(&cleaned.content_text).into_iter().collect();
        let fragment = Page::fragment(cleaned.content_html.as_str());
        let lines = walk::pieces(&fragment.root()).into_iter().flat_map(|piece| piece.content.lines()).map(|line| tree::single_spaced(&line)).collect();
        Self { runs, lines }
    }

    /// Whether a block is in the text.
    fn have(&self, piece: &Piece) -> bool {
        let lines = piece.content.lines();
        let runs = runs(&lines.join(" "));
        if runs.is_empty() {
            return lines.iter().any(|line| self.lines.contains(line));
        }
        let found = runs.iter().filter(|run| self.runs.contains(run)).count();
        found as f64 >= COVERED * runs.len() as f64
    }
}

/// The runs of four words of a text, each as a number.
fn runs(text: &str) -> Vec<u64> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words
        .windows(4)
        .map(|four| four.iter().flat_map(|word| word.bytes().chain([b' '])).fold(FNV_BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME)))
        .collect()
}

/// FNV-1a, 64 bits.
const FNV_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;
