//! HTML to pieces: what a mailing service or a web archive kept of an edition.
//!
//! Layout tables, divisions and line breaks carry no meaning; headings and list items are hints, as in Markdown. The
//! parser keeps no line numbers, so each piece is looked up in the source again, from where the last one was found.

use html5ever::tendril::TendrilSink;
use html5ever::{Attribute, ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use pulse_model::markdown::write_text;
use pulse_model::{Href, Problem, ProblemKind, Run, Style, Text};

use super::ledger::Ledger;
use super::piece::{Mark, Piece, References};
use super::scan::{Scanned, split_mark};

/// Whether a file is HTML: it says so, or is full of block tags.
pub(super) fn is_html(text: &str) -> bool {
    let mut at = text.len().min(4096);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let start = text[..at].to_ascii_lowercase();
    let opens = start.trim_start();
    let tags = ["<p>", "<p ", "<div", "<td", "<h1", "<h2", "<h3", "<li", "<ul", "<table", "<body", "<br"];
    opens.starts_with("<!doctype html")
        || opens.starts_with("<html")
        || (opens.starts_with('<') && tags.iter().filter(|tag| start.contains(**tag)).count() >= 2)
}

/// Elements whose words nobody reads.
const SILENT: &[&str] = &["script", "style", "head", "template", "noscript", "svg", "iframe", "object", "title", "button", "form", "nav"];

/// Elements that begin and end a paragraph.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "td",
    "th",
    "tr",
    "table",
    "tbody",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "aside",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "hr",
    "dl",
    "dt",
    "dd",
    "figure",
    "figcaption",
    "address",
    "body",
    "center",
    "br",
];

/// How deep elements are followed; below, only their words count. Layout tables in tables reach some dozens.
const MAX_DEPTH: usize = 400;

pub(super) fn scan(text: &str, ledger: &mut Ledger) -> Scanned {
    let document = parse_document(RcDom::default(), ParseOpts::default()).one(text);
    let mut walk = Walk { pieces: Vec::new(), runs: Vec::new(), mark: Mark::Plain, indent: 0, gap: 1, problems: Vec::new() };
    walk.children(&document.document, &Context::default(), None, 0);
    walk.finish();
    let mut pieces = walk.pieces;
    locate(&mut pieces, text, ledger);
    Scanned { pieces, front: Vec::new(), references: References::new() }
}

/// What the elements around a text make of it.
#[derive(Clone, Default)]
struct Context {
    style: Style,
    /// How many lists are open.
    list_depth: usize,
}

struct Walk {
    pieces: Vec<Piece>,
    runs: Vec<Run>,
    mark: Mark,
    indent: usize,
    gap: u32,
    problems: Vec<Problem>,
}

impl Walk {
    /// `number` is that of a numbered list's first item.
    fn children(&mut self, parent: &Handle, context: &Context, mut number: Option<u32>, depth: usize) {
        for child in parent.children.borrow().iter() {
            match &child.data {
                NodeData::Text { contents } => self.push(&contents.borrow(), context),
                NodeData::Element { name, attrs, .. } => {
                    self.element(child, &name.local, &attrs.borrow(), context, number, depth);
                    if &*name.local == "li" {
                        number = number.map(|number| number + 1);
                    }
                }
                _ => {}
            }
        }
    }

    fn element(&mut self, node: &Handle, name: &str, attributes: &[Attribute], context: &Context, number: Option<u32>, depth: usize) {
        if SILENT.contains(&name) || is_hidden(attributes) {
            return;
        }
        if depth >= MAX_DEPTH {
            return self.push(&words_below(node), context);
        }
        if name == "img" {
            return self.picture(attributes);
        }
        let is_block = BLOCKS.contains(&name);
        if is_block {
            self.finish();
        }
        let mut inside = context.clone();
        match name {
            "strong" | "b" => inside.style.strong = true,
            "em" | "i" => inside.style.emphasis = true,
            "code" | "kbd" | "samp" => inside.style.code = true,
            "a" => inside.style.link = self.link(attributes),
            "ul" | "ol" => inside.list_depth += 1,
            "li" => {
                self.mark = number.map_or(Mark::Bullet('-'), Mark::Number);
                self.indent = 2 * inside.list_depth.saturating_sub(1);
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.mark = Mark::Heading(name.as_bytes()[1] - b'0'),
            "hr" => self.gap += 2,
            _ => {}
        }
        self.children(node, &inside, if name == "ol" { Some(1) } else { None }, depth + 1);
        if is_block {
            self.finish();
        }
        if name == "li" {
            // What follows is text of the item around the list, if there is one.
            (self.mark, self.indent) = (Mark::Plain, 2 * context.list_depth.saturating_sub(1));
        }
    }

    fn link(&mut self, attributes: &[Attribute]) -> Option<Href> {
        let target = attribute(attributes, "href")?;
        match Href::parse(&target) {
            Ok(href) => Some(href),
            Err(cause) => {
                let kind = if cause == pulse_model::text::HrefError::Empty { ProblemKind::LinkLost } else { ProblemKind::LinkRefused };
                self.problems.push(Problem::new(kind, cause.to_string()));
                None
            }
        }
    }

    fn picture(&mut self, attributes: &[Attribute]) {
        if attribute(attributes, "alt").is_none() {
            self.problems.push(Problem::new(ProblemKind::PictureWithoutAlt, "a picture has no alternative text"));
        }
    }

    fn push(&mut self, text: &str, context: &Context) {
        self.runs.push(Run { text: text.to_owned(), style: context.style.clone() });
    }

    /// Ends the paragraph under way.
    fn finish(&mut self) {
        let text = Text::new(std::mem::take(&mut self.runs));
        if text.is_empty() {
            return;
        }
        let mut piece = Piece::new(1, self.mark, self.indent, self.gap, &write_text(&text));
        if self.mark == Mark::Plain {
            // Bullets typed by hand, as word processors paste them.
            let (mark, _, rest) = split_mark(&piece.raw);
            if matches!(mark, Mark::Bullet(_) | Mark::Number(_)) && !rest.is_empty() {
                (piece.mark, piece.raw) = (mark, rest.to_owned());
            }
        }
        piece.read(&References::new());
        piece.problems.append(&mut self.problems);
        self.pieces.push(piece);
        if self.mark != Mark::Plain && !matches!(self.mark, Mark::Heading(_)) {
            // Further paragraphs of an item stand under it.
            self.indent += 2;
        }
        (self.mark, self.gap) = (Mark::Plain, 1);
    }
}

/// The words under a node, without recursion: a hostile file nests deeper than a stack is.
fn words_below(node: &Handle) -> String {
    let mut words = String::new();
    let mut open = vec![node.clone()];
    while let Some(node) = open.pop() {
        match &node.data {
            NodeData::Text { contents } => words.push_str(&contents.borrow()),
            NodeData::Element { name, .. } if SILENT.contains(&&*name.local) => {}
            _ => {
                words.push(' ');
                open.extend(node.children.borrow().iter().rev().cloned());
            }
        }
    }
    words
}

fn attribute(attributes: &[Attribute], name: &str) -> Option<String> {
    attributes.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| attribute.value.to_string())
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    let style = attribute(attributes, "style").unwrap_or_default().replace(' ', "").to_ascii_lowercase();
    attribute(attributes, "hidden").is_some() || style.contains("display:none")
}

/// Finds the lines of each piece: from the first of its words that stands behind the piece before to its last one.
fn locate(pieces: &mut Vec<Piece>, text: &str, ledger: &mut Ledger) {
    ledger.set_aside(&(1..).take(ledger.rows.len()).collect::<Vec<u32>>(), "markup without words");
    let starts: Vec<usize> = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let line_of = |at: usize| u32::try_from(starts.partition_point(|&start| start <= at)).unwrap_or(u32::MAX);
    let mut from = text.find("<body").unwrap_or(0);
    for piece in pieces {
        let (mut first, mut last) = (None, from);
        for word in piece.plain.split_whitespace().map(plain_part).filter(|word| word.len() >= 2) {
            // Words near by only: one that is written as an entity must not carry the search away.
            let mut end = (last + 4000).min(text.len());
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            if let Some(found) = text[last..end].find(word) {
                first = first.or(Some(last + found));
                last += found + word.len();
            }
        }
        let (first, last_line) = (line_of(first.unwrap_or(from)), line_of(last));
        piece.lines = (first..=last_line.max(first)).collect();
        for problem in &mut piece.problems {
            problem.line = Some(first);
        }
        from = last;
    }
}

/// The longest stretch of a word that no entity can stand in.
fn plain_part(word: &str) -> &str {
    word.split(|c: char| !c.is_ascii_alphanumeric()).max_by_key(|part| part.len()).unwrap_or("")
}
