//! XML to a tree of nodes, names without their prefixes. Entities other than the five of XML itself are left out, never expanded.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// More nodes than any document has.
const MOST_NODES: usize = 3_000_000;
/// Deeper than any document goes.
const DEEPEST: usize = 200;

/// An element, or a text.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Empty for a text.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) children: Vec<Node>,
}

impl Node {
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn child(&self, name: &str) -> Option<&Node> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The child at the end of a path of names.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, name| node.child(name))
    }

    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The words directly within and below it.
    pub(super) fn words(&self) -> String {
        let mut words = self.text.clone();
        for child in &self.children {
            words.push_str(&child.words());
        }
        words
    }
}

/// The root, and whether the text was whole.
pub(super) fn read(text: &str) -> (Node, bool) {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut open = vec![Node::default()];
    let mut count = 0;
    // Elements below the deepest that is kept.
    let mut too_deep = 0_usize;
    let is_whole = loop {
        count += 1;
        if count > MOST_NODES {
            break false;
        }
        match reader.read_event() {
            Ok(Event::Start(start)) if open.len() < DEEPEST => open.push(element(&start)),
            Ok(Event::Start(_)) => too_deep += 1,
            Ok(Event::Empty(start)) => add(&mut open, element(&start)),
            Ok(Event::End(_)) if too_deep > 0 => too_deep -= 1,
            Ok(Event::End(_)) => close(&mut open),
            Ok(Event::Text(text)) => add_text(&mut open, &text),
            Ok(Event::CData(text)) => add_text(&mut open, &text),
            Ok(Event::GeneralRef(reference)) => {
                let letter = reference.resolve_char_ref().ok().flatten().map(String::from);
                let named = quick_xml::escape::resolve_predefined_entity(&reference).map(str::to_owned);
                add_text(&mut open, &letter.or(named).unwrap_or_default());
            }
            Ok(Event::Eof) => break open.len() == 1 && too_deep == 0,
            Ok(_) => {}
            Err(_) => break false,
        }
    };
    while open.len() > 1 {
        close(&mut open);
    }
    let root = open.pop().unwrap_or_default();
    (root.children.into_iter().find(|child| !child.name.is_empty()).unwrap_or_default(), is_whole)
}

fn element(start: &BytesStart<'_>) -> Node {
    let mut node = Node { name: start.local_name().as_ref().to_owned(), ..Node::default() };
    for attribute in start.attributes().with_checks(false).flatten() {
        let value = quick_xml::escape::unescape(&attribute.value).map_or_else(|_| attribute.value.to_string(), std::borrow::Cow::into_owned);
        node.attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
    }
    node
}

fn add(open: &mut [Node], node: Node) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(node);
    }
}

fn add_text(open: &mut [Node], text: &str) {
    if !text.is_empty() {
        add(open, Node { text: text.to_owned(), ..Node::default() });
    }
}

fn close(open: &mut Vec<Node>) {
    // An end without a beginning closes nothing.
    if open.len() > 1
        && let Some(node) = open.pop()
    {
        add(open, node);
    }
}
