//! ODT, the OpenDocument text (ISO/IEC 26300): `content.xml`, with styles and metadata beside it.

use std::collections::HashMap;

use pulse_model::document::{Content, ListItem, Metadata};

use super::package::{Package, PackageError};
use super::xml::Node;
use super::{Read, moment, push_point, raised};

/// A cell that is repeated more often fills a sheet and says nothing.
const MOST_REPEATS: usize = 64;

pub(super) fn read(package: &mut Package<'_>) -> Result<Read, PackageError> {
    let is_locked =
        package.part_if_any("META-INF/manifest.xml").is_some_and(|manifest| manifest.all("file-entry").any(|file| file.child("encryption-data").is_some()));
    if is_locked {
        return Err(PackageError::Locked);
    }
    let content = package.part("content.xml")?;
    let styles = package.part_if_any("styles.xml");
    let metadata = package.part_if_any("meta.xml").and_then(|root| root.child("meta").map(metadata)).unwrap_or_default();
    let mut writer = Writer { counted: HashMap::new(), parents: HashMap::new(), blocks: Vec::new(), pending: Vec::new() };
    for root in styles.iter().chain([&content]) {
        for styles in root.all("styles").chain(root.all("automatic-styles")) {
            writer.learn(styles);
        }
    }
    if let Some(text) = content.at(&["body", "text"]) {
        writer.body(text);
    }
    Ok(Read { metadata, blocks: writer.blocks })
}

fn metadata(meta: &Node) -> Metadata {
    let text = |name: &str| meta.child(name).map(|node| node.words().trim().to_owned()).unwrap_or_default();
    let author = [text("initial-creator"), text("creator")].into_iter().find(|name| !name.is_empty());
    Metadata {
        title: text("title"),
        authors: author.into_iter().collect(),
        published_at: moment(&text("creation-date")),
        updated_at: moment(&text("date")),
        language: text("language"),
        description: text("description"),
        ..Metadata::default()
    }
}

struct Writer {
    /// For each style of lists, which levels are counted.
    counted: HashMap<String, Vec<bool>>,
    /// For each style of paragraphs, the one it is made of.
    parents: HashMap<String, String>,
    blocks: Vec<Content>,
    pending: Vec<Content>,
}

impl Writer {
    fn learn(&mut self, styles: &Node) {
        for style in &styles.children {
            let Some(name) = style.attribute("name") else { continue };
            if style.name == "list-style" {
                let levels = style.children.iter().filter(|level| !level.name.is_empty()).map(|level| level.name == "list-level-style-number");
                self.counted.insert(name.to_owned(), levels.collect());
            } else if let Some(parent) = style.attribute("parent-style-name") {
                self.parents.insert(name.to_owned(), parent.to_owned());
            }
        }
    }

    fn body(&mut self, node: &Node) {
        for child in &node.children {
            match child.name.as_str() {
                "h" => {
                    let text = self.text(child);
                    let level = child.attribute("outline-level").and_then(|level| level.parse().ok()).unwrap_or(1);
                    self.push(Content::Heading { level, text });
                }
                "p" => self.paragraph(child),
                "list" => self.list(child, None, 0),
                "table" => self.table(child),
                "section" | "text-box" | "table-of-content" | "index-body" | "index-title" | "numbered-paragraph" => self.body(child),
                _ => {}
            }
        }
    }

    fn push(&mut self, content: Content) {
        self.blocks.push(content);
        self.blocks.append(&mut self.pending);
    }

    fn paragraph(&mut self, paragraph: &Node) {
        let text = self.text(paragraph);
        let style = paragraph.attribute("style-name").unwrap_or_default();
        let chain: Vec<&str> = std::iter::successors(Some(style), |name| self.parents.get(*name).map(String::as_str)).take(12).collect();
        let content = match () {
            () if chain.contains(&"Title") => Content::Heading { level: 1, text },
            () if chain.contains(&"Quotations") => Content::Quote { text },
            () if chain.iter().any(|name| ["Caption", "Illustration", "Figure"].contains(name)) => Content::Figure { caption: text },
            () => Content::Paragraph { text },
        };
        self.push(content);
        for frame in paragraph.all("frame") {
            frame.all("text-box").for_each(|content| self.body(content));
        }
    }

    fn list(&mut self, list: &Node, outer: Option<&str>, depth: u8) {
        let style = list.attribute("style-name").or(outer);
        let is_ordered = style.and_then(|style| self.counted.get(style)?.get(usize::from(depth))).copied().unwrap_or_default();
        for item in list.all("list-header").chain(list.all("list-item")) {
            let mut text = String::new();
            for paragraph in item.children.iter().filter(|child| child.name == "p" || child.name == "h") {
                text.push_str(&self.text(paragraph));
                text.push(' ');
            }
            if !text.trim().is_empty() {
                push_point(&mut self.blocks, is_ordered, ListItem { depth, text });
            }
            for inner in item.all("list") {
                self.list(inner, style, depth.saturating_add(1));
            }
        }
        self.blocks.append(&mut self.pending);
    }

    fn table(&mut self, table: &Node) {
        let mut rows = Vec::new();
        let mut header_rows = 0;
        for part in &table.children {
            match part.name.as_str() {
                "table-header-rows" => {
                    part.all("table-row").for_each(|row| self.row(row, &mut rows));
                    header_rows = rows.len();
                }
                "table-row" => self.row(part, &mut rows),
                "table-rows" | "table-row-group" => part.all("table-row").for_each(|row| self.row(row, &mut rows)),
                _ => {}
            }
        }
        self.push(Content::Table { caption: String::new(), header_rows, rows });
    }

    fn row(&mut self, row: &Node, rows: &mut Vec<Vec<String>>) {
        let mut cells = Vec::new();
        for cell in row.children.iter().filter(|cell| cell.name == "table-cell" || cell.name == "covered-table-cell") {
            let text = cell.children.iter().map(|child| self.words(child)).collect::<Vec<_>>().join(" ");
            let repeats = cell.attribute("number-columns-repeated").and_then(|count| count.parse::<usize>().ok()).unwrap_or(1);
            cells.resize(cells.len() + if repeats > MOST_REPEATS { 1 } else { repeats }, text);
        }
        rows.push(cells);
    }

    /// The words of a cell's paragraph, list or table.
    fn words(&mut self, node: &Node) -> String {
        match node.name.as_str() {
            "p" | "h" => self.text(node),
            "" => String::new(),
            _ => node.children.iter().map(|child| self.words(child)).collect::<Vec<_>>().join(" "),
        }
    }

    fn text(&mut self, node: &Node) -> String {
        let mut text = String::new();
        self.collect(node, &mut text);
        text
    }

    fn collect(&mut self, node: &Node, text: &mut String) {
        for child in &node.children {
            match child.name.as_str() {
                "" => text.push_str(&child.text),
                "s" | "tab" | "line-break" => text.push(' '),
                "note" => {
                    let mark = child.child("note-citation").map(Node::words).unwrap_or_default();
                    text.push_str(&raised(mark.trim()));
                    if let Some(body) = child.child("note-body") {
                        let note = body.children.iter().map(|part| self.words(part)).collect::<Vec<_>>().join(" ");
                        self.pending.push(Content::Footnote { mark, text: note });
                    }
                }
                // Comments, what was deleted, and boxes, which come behind the paragraph.
                "annotation" | "tracked-changes" | "frame" => {}
                _ => self.collect(child, text),
            }
        }
    }
}
