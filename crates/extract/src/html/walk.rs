//! From a tree to blocks, in document order, each with where it stands.
//!
//! In: a node of a parsed page. Out: its [`Piece`]s. Nothing is judged here: what of a page is its main text is [`super::main_text`]'s.

use dom_query::{NodeId, NodeRef};
use pulse_model::document::Content;

use super::tree::{self, Kind};
use super::{list, table};

/// The fewest words with which a picture without a caption counts as content.
const LEAST_ALT_WORDS: usize = 8;

/// A block and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub content: Content,
    /// The element that is the block, or that has it as a run of bare text.
    pub node: NodeId,
    /// The element around that.
    pub parent: NodeId,
    /// A run of bare text among other blocks.
    pub is_bare: bool,
    /// The share of its characters that lie in links, 0 to 1.
    pub linked: f32,
    /// A link dressed as a button: "View this dataset", "Download the report".
    pub is_call: bool,
}

/// The blocks in a node.
pub(super) fn pieces(node: &NodeRef<'_>) -> Vec<Piece> {
    let mut walk = Walk::default();
    walk.children(node);
    walk.pieces
}

#[derive(Default)]
struct Walk {
    pieces: Vec<Piece>,
    /// The line that is being gathered.
    run: String,
    linked: usize,
    breaks: u8,
    in_quote: bool,
}

impl Walk {
    fn children(&mut self, node: &NodeRef<'_>) {
        for child in node.children_it(false) {
            self.child(&child, node);
        }
        self.flush(node);
    }

    fn child(&mut self, child: &NodeRef<'_>, node: &NodeRef<'_>) {
        if let Some(text) = tree::own_text(child) {
            if !text.trim().is_empty() {
                self.breaks = 0;
            }
            self.run.push_str(&text);
            return;
        }
        let name = tree::name(child);
        if name.is_empty() || tree::is_hidden(child) {
            return;
        }
        match tree::kind(&name) {
            Kind::Skipped => {}
            Kind::Break => {
                self.breaks += 1;
                self.run.push(' ');
                if self.breaks > 1 {
                    self.flush(node);
                }
            }
            Kind::Inline if !holds_blocks(child) => {
                self.breaks = 0;
                self.linked += tree::add_text(child, &mut self.run);
            }
            Kind::Inline => {
                for grandchild in child.children_it(false) {
                    self.child(&grandchild, child);
                }
            }
            Kind::Block => {
                self.flush(node);
                self.block(child, &name);
            }
        }
    }

    fn block(&mut self, node: &NodeRef<'_>, name: &str) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = name.as_bytes().last().map_or(2, |digit| digit - b'0');
                self.whole(node, |text| Content::Heading { level, text });
            }
            "p" | "summary" | "pre" if !holds_blocks(node) && !self.in_quote => self.paragraphs(node),
            "ul" | "ol" | "menu" | "dir" => match list::notes(node) {
                Some(notes) => notes.into_iter().for_each(|note| self.push(note, node, false, 0.0)),
                None => match list::read(node).filter(|(content, _)| is_whole(content, node)) {
                    Some((content, linked)) => self.push(content, node, false, linked),
                    None => self.children(node),
                },
            },
            "dl" => match list::read_definitions(node).filter(|(content, _)| is_whole(content, node)) {
                Some((content, linked)) => self.push(content, node, false, linked),
                None => self.children(node),
            },
            "table" => match table::read(node) {
                Some((content, linked)) => self.push(content, node, false, linked),
                None => self.children(node),
            },
            "blockquote" => {
                let outer = std::mem::replace(&mut self.in_quote, true);
                self.children(node);
                self.in_quote = outer;
            }
            "figcaption" => self.whole(node, |caption| Content::Figure { caption }),
            "img" => self.image(node),
            "hr" => {}
            _ if tree::attr(node, "role") == "heading" && !holds_blocks(node) => {
                let level = tree::attr(node, "aria-level").parse().unwrap_or(2);
                self.whole(node, |text| Content::Heading { level, text });
            }
            _ => self.children(node),
        }
    }

    /// A paragraph, or several where empty lines are made of breaks.
    fn paragraphs(&mut self, node: &NodeRef<'_>) {
        let before = self.pieces.len();
        self.children(node);
        for piece in self.pieces.iter_mut().skip(before) {
            piece.is_bare = false;
        }
    }

    fn whole(&mut self, node: &NodeRef<'_>, content: impl FnOnce(String) -> Content) {
        let mut text = String::new();
        let linked: usize = node.children_it(false).map(|child| tree::add_text(&child, &mut text)).sum();
        let linked = share(linked, &text);
        if !text.trim().is_empty() {
            self.push(content(tree::single_spaced(&text)), node, false, linked);
        }
    }

    /// What a picture says to those who do not see it. Few words name what is in it; a caption below it says more.
    fn image(&mut self, node: &NodeRef<'_>) {
        let caption = tree::single_spaced(&tree::attr(node, "alt"));
        let figure = node.ancestors_it(Some(4)).find(|around| around.has_name("figure"));
        let has_caption = figure.is_some_and(|figure| tree::has_below(&figure, &["figcaption"]));
        if !has_caption && caption.split(' ').count() >= LEAST_ALT_WORDS {
            self.push(Content::Figure { caption }, node, false, 0.0);
        }
    }

    fn flush(&mut self, node: &NodeRef<'_>) {
        self.breaks = 0;
        let run = std::mem::take(&mut self.run);
        let linked = share(std::mem::take(&mut self.linked), &run);
        let text = tree::single_spaced(&run);
        if !text.is_empty() {
            let content = if self.in_quote { Content::Quote { text } } else { Content::Paragraph { text } };
            self.push(content, node, true, linked);
        }
    }

    fn push(&mut self, content: Content, node: &NodeRef<'_>, is_bare: bool, linked: f32) {
        let is_call = linked > 0.9 && tree::topmost(node, &["a"]).iter().any(is_button);
        let parent = node.parent().map_or(node.id, |parent| parent.id);
        self.pieces.push(Piece { content, node: node.id, parent, is_bare, linked, is_call });
    }
}

fn is_button(link: &NodeRef<'_>) -> bool {
    let class = tree::attr(link, "class").to_ascii_lowercase();
    tree::attr(link, "role") == "button" || class.split_ascii_whitespace().any(|class| class == "btn" || class.contains("button") || class.contains("download"))
}

/// Whether a list has all the words of its element: broken markup puts some beside the points.
fn is_whole(content: &Content, node: &NodeRef<'_>) -> bool {
    let found: usize = content.lines().iter().map(|line| tree::letters(line)).sum();
    found >= tree::letters(&tree::text_of(node))
}

/// Whether anything below ends the line. A picture alone does not.
fn holds_blocks(node: &NodeRef<'_>) -> bool {
    node.descendants_it().any(|below| {
        let name = tree::name(&below);
        tree::kind(&name) == Kind::Block
    })
}

/// What part of a text is so many bytes, white space apart.
pub(super) fn share(linked: usize, text: &str) -> f32 {
    linked as f32 / tree::letters(text).max(1) as f32
}
