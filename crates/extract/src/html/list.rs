//! Lists: points with their depth, definitions, and lists that are notes.
//!
//! A list that lays out a page (cards with headings, tables, articles) is none: `None`, and its points are read as blocks of their own.

use dom_query::NodeRef;
use pulse_model::document::{Content, ListItem};

use super::tree;

const LISTS: [&str; 4] = ["ul", "ol", "menu", "dir"];

/// A list with the lists in it, and what share of it lies in links.
pub(super) fn read(list: &NodeRef<'_>) -> Option<(Content, f32)> {
    if tree::has_below(list, &["h1", "h2", "h3", "h4", "h5", "h6", "table", "article", "section", "figure", "blockquote"]) {
        return None;
    }
    let mut points = Points::default();
    points.list(list, 0);
    let text_len: usize = points.items.iter().map(|item| tree::letters(&item.text)).sum();
    if text_len == 0 {
        return None;
    }
    let linked = points.linked as f32 / text_len as f32;
    Some((Content::List { ordered: list.has_name("ol"), items: points.items }, linked))
}

/// Terms with what they mean below them.
pub(super) fn read_definitions(list: &NodeRef<'_>) -> Option<(Content, f32)> {
    if tree::has_below(list, &["h1", "h2", "h3", "h4", "h5", "h6", "table", "article", "section", "dl"]) {
        return None;
    }
    let (mut items, mut linked, mut length) = (Vec::new(), 0, 0);
    for entry in tree::topmost(list, &["dt", "dd"]) {
        let mut text = String::new();
        linked += tree::add_text(&entry, &mut text);
        length += tree::letters(&text);
        items.push(ListItem { depth: u8::from(entry.has_name("dd")), text });
    }
    let text = items.iter().any(|item| !item.text.trim().is_empty());
    text.then(|| (Content::List { ordered: false, items }, linked as f32 / length.max(1) as f32))
}

/// The points of a list of notes: one that says so, or whose points lead back to the text.
pub(super) fn notes(list: &NodeRef<'_>) -> Option<Vec<Content>> {
    let around = list.ancestors_it(Some(2)).chain([*list]);
    let said = around.into_iter().any(|node| {
        let words = format!("{} {} {}", tree::attr(&node, "class"), tree::attr(&node, "id"), tree::attr(&node, "role")).to_ascii_lowercase();
        words.contains("footnote") || words.contains("endnote")
    });
    let points: Vec<_> = list.children_it(false).filter(|child| child.has_name("li")).collect();
    if !said || points.is_empty() {
        return None;
    }
    let start: usize = tree::attr(list, "start").parse().unwrap_or(1);
    let notes = points.iter().zip(start..).map(|(point, number)| {
        let text = tree::text_of(point);
        let text = text.trim_end_matches(['↩', '\u{fe0e}', '^', ' ']).to_owned();
        Content::Footnote { mark: if list.has_name("ol") { number.to_string() } else { String::new() }, text }
    });
    Some(notes.collect())
}

#[derive(Default)]
struct Points {
    items: Vec<ListItem>,
    linked: usize,
}

impl Points {
    fn list(&mut self, list: &NodeRef<'_>, depth: u8) {
        for child in list.children_it(false) {
            let name = tree::name(&child);
            if LISTS.contains(&&*name) {
                self.list(&child, depth.saturating_add(1));
            } else if &*name == "li" {
                self.point(&child, depth);
            } else if !name.is_empty() && !tree::is_hidden(&child) {
                // Some pages wrap points in other elements.
                let points = tree::topmost(&child, &["li"]);
                if points.is_empty() { self.point(&child, depth) } else { points.iter().for_each(|point| self.point(point, depth)) }
            } else if let Some(text) = tree::own_text(&child).filter(|text| !text.trim().is_empty()) {
                self.items.push(ListItem { depth, text });
            }
        }
    }

    /// The words of a point without those of the lists in it, which follow it one step deeper.
    fn point(&mut self, point: &NodeRef<'_>, depth: u8) {
        if tree::is_hidden(point) {
            return;
        }
        let at = self.items.len();
        let (mut text, mut linked) = (String::new(), 0);
        self.words(point, depth, &mut text, &mut linked);
        self.linked += linked;
        self.items.insert(at, ListItem { depth, text });
    }

    fn words(&mut self, node: &NodeRef<'_>, depth: u8, text: &mut String, linked: &mut usize) {
        for child in node.children_it(false) {
            let name = tree::name(&child);
            if LISTS.contains(&&*name) {
                self.list(&child, depth.saturating_add(1));
            } else if !name.is_empty() && tree::has_below(&child, &LISTS) {
                self.words(&child, depth, text, linked);
                text.push(' ');
            } else {
                *linked += tree::add_text(&child, text);
            }
        }
    }
}
