//! What a reader of the tree asks again and again: what kind of element this is, what its words are, whether it is meant to be seen.
//!
//! Everything here goes down the tree by recursion: [`super::nesting`] has seen to it that the tree is not deep.

use dom_query::{Document as Page, LocalName, NodeData, NodeRef};

/// What an element does to the text in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Not part of the text: scripts, form controls, pictures drawn by code.
    Skipped,
    /// Part of a line.
    Inline,
    /// `br`.
    Break,
    /// Ends the line before it and after it.
    Block,
}

/// What kind of element has this name. Unknown names are in the line, as in browsers.
pub(super) fn kind(name: &str) -> Kind {
    match name {
        "script" | "style" | "noscript" | "template" | "svg" | "iframe" | "object" | "embed" | "video" | "audio" | "canvas" | "select" | "button" | "input"
        | "textarea" | "datalist" | "head" | "title" | "meta" | "link" | "rp" | "rt" | "dialog" | "frameset" | "map" => Kind::Skipped,
        "br" => Kind::Break,
        "address" | "article" | "aside" | "blockquote" | "body" | "caption" | "center" | "dd" | "details" | "dir" | "div" | "dl" | "dt" | "fieldset"
        | "figcaption" | "figure" | "footer" | "form" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "header" | "hgroup" | "hr" | "html" | "legend" | "li"
        | "main" | "menu" | "nav" | "ol" | "p" | "pre" | "search" | "section" | "summary" | "table" | "tbody" | "td" | "tfoot" | "th" | "thead" | "tr"
        | "ul" | "img" | "picture" => Kind::Block,
        _ => Kind::Inline,
    }
}

/// The name of an element; empty for anything else.
pub(super) fn name(node: &NodeRef<'_>) -> LocalName {
    node.qual_name_ref().map(|name| name.local.clone()).unwrap_or_default()
}

/// An attribute; empty where there is none.
pub(super) fn attr(node: &NodeRef<'_>, key: &str) -> String {
    node.query_or(String::new(), |node| {
        let attrs = node.as_element().map(|element| element.attrs.as_slice()).unwrap_or_default();
        attrs.iter().find(|attr| &*attr.name.local == key).map(|attr| attr.value.to_string()).unwrap_or_default()
    })
}

/// The text of a text node.
pub(super) fn own_text(node: &NodeRef<'_>) -> Option<String> {
    node.query(|node| match &node.data {
        NodeData::Text { contents } => Some(contents.to_string()),
        _ => None,
    })?
}

/// Whether the page itself hides it from those who read with their eyes.
pub(super) fn is_hidden(node: &NodeRef<'_>) -> bool {
    node.query_or(false, |node| {
        let Some(element) = node.as_element() else { return false };
        element.attrs.iter().any(|attr| match &*attr.name.local {
            "hidden" => &*attr.value != "until-found",
            "style" => {
                let style = attr.value.to_ascii_lowercase().replace(' ', "");
                style.contains("display:none") || style.contains("visibility:hidden")
            }
            "class" => attr.value.split_ascii_whitespace().any(|class| {
                matches!(class, "visually-hidden" | "visuallyhidden" | "sr-only" | "screen-reader-text" | "element-invisible" | "element-hidden")
                    || class.ends_with("-visually-hidden")
            }),
            _ => false,
        })
    })
}

/// The words of a subtree, as one line, added to `into`; the number of its bytes that lie in links, white space apart.
pub(super) fn add_text(node: &NodeRef<'_>, into: &mut String) -> usize {
    if let Some(text) = own_text(node) {
        into.push_str(&text);
        return 0;
    }
    let name = name(node);
    if name.is_empty() || kind(&name) == Kind::Skipped || is_hidden(node) {
        return 0;
    }
    if let Some(mark) = note_mark(node, &name) {
        into.push_str(&format!(" [{mark}]"));
        return 0;
    }
    let kind = kind(&name);
    if kind != Kind::Inline {
        into.push(' ');
    }
    let before = into.len();
    let linked = node.children_it(false).map(|child| add_text(&child, into)).sum();
    let linked = if &*name == "a" { letters(&into[before..]) } else { linked };
    if kind == Kind::Block {
        into.push(' ');
    }
    linked
}

/// How many bytes of a text are not white space.
pub(super) fn letters(text: &str) -> usize {
    text.bytes().filter(|byte| !byte.is_ascii_whitespace()).count()
}

/// The words of a subtree, with single spaces.
pub(super) fn text_of(node: &NodeRef<'_>) -> String {
    let mut text = String::new();
    for child in node.children_it(false) {
        add_text(&child, &mut text);
    }
    single_spaced(&text)
}

/// Words with single spaces between them.
pub(super) fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The mark of a reference to a note: a raised link within the page. It is set apart, so that "4 %" with note 1 is not 4 %1.
fn note_mark(node: &NodeRef<'_>, name: &str) -> Option<String> {
    let link = match name {
        "sup" => node.children_it(false).find(|child| child.has_name("a"))?,
        "a" => node.children_it(false).find(|child| child.has_name("sup")).map(|_| *node)?,
        _ => return None,
    };
    let mark: String = node.text().trim().trim_matches(['[', ']', '(', ')']).into();
    (attr(&link, "href").contains('#') && !mark.is_empty() && mark.chars().count() <= 4).then_some(mark)
}

/// Elements below a node with one of these names, in document order; none inside one that was found.
pub(super) fn topmost<'a>(node: &NodeRef<'a>, names: &[&str]) -> Vec<NodeRef<'a>> {
    let mut found = Vec::new();
    for child in node.children_it(false) {
        if names.contains(&&*name(&child)) {
            found.push(child);
        } else {
            found.extend(topmost(&child, names));
        }
    }
    found
}

/// The first element with this name.
pub(super) fn first<'a>(page: &'a Page, name: &str) -> Option<NodeRef<'a>> {
    page.root().descendants_it().find(|node| node.has_name(name))
}

/// Every element with one of these names, in document order.
pub(super) fn all<'a>(page: &'a Page, names: &[&str]) -> Vec<NodeRef<'a>> {
    page.root().descendants_it().filter(|node| names.contains(&&*name(node))).collect()
}

/// Whether there is an element with one of these names below a node.
pub(super) fn has_below(node: &NodeRef<'_>, names: &[&str]) -> bool {
    node.descendants_it().any(|below| names.contains(&&*name(&below)))
}
