//! DOCX, the form of Word since 2007 (ECMA-376): `word/document.xml` and what it refers to.

use std::collections::HashMap;

use pulse_model::document::{Content, ListItem, Metadata};

use super::package::{Package, PackageError};
use super::xml::Node;
use super::{Read, moment, push_point, raised};

/// A cell that reaches over more columns is a mistake.
const WIDEST_SPAN: usize = 64;

pub(super) fn read(package: &mut Package<'_>) -> Result<Read, PackageError> {
    let document = package.part("word/document.xml")?;
    let mut notes = HashMap::new();
    for (part, kind, name) in [("word/footnotes.xml", "footnoteReference", "footnote"), ("word/endnotes.xml", "endnoteReference", "endnote")] {
        if let Some(root) = package.part_if_any(part) {
            let texts = root.all(name).filter_map(|note| Some(((kind, note.attribute("id")?.to_owned()), note_text(note))));
            notes.extend(texts);
        }
    }
    let styles = package.part_if_any("word/styles.xml").map(|root| Styles::of(&root)).unwrap_or_default();
    let lists = package.part_if_any("word/numbering.xml").map(|root| Lists::of(&root)).unwrap_or_default();
    let metadata = package.part_if_any("docProps/core.xml").map(|root| metadata(&root)).unwrap_or_default();
    let mut writer = Writer { styles, lists, notes, blocks: Vec::new(), note_count: 0, pending: Vec::new(), caption: String::new() };
    if let Some(body) = document.child("body") {
        writer.body(body);
    }
    Ok(Read { metadata, blocks: writer.blocks })
}

fn metadata(root: &Node) -> Metadata {
    let text = |name: &str| root.child(name).map(|node| node.words().trim().to_owned()).unwrap_or_default();
    let authors = text("creator").split([';', ',']).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Metadata {
        title: text("title"),
        authors,
        published_at: moment(&text("created")),
        updated_at: moment(&text("modified")),
        language: text("language"),
        description: text("description"),
        ..Metadata::default()
    }
}

fn note_text(note: &Node) -> String {
    let mut text = String::new();
    for paragraph in note.all("p") {
        runs(paragraph, &mut text, &mut Vec::new());
        text.push(' ');
    }
    text
}

/// What a style makes of a paragraph.
#[derive(Clone, Debug, Default)]
struct Style {
    name: String,
    parent: Option<String>,
    level: Option<u8>,
    list: Option<(String, u8)>,
}

#[derive(Default)]
struct Styles(HashMap<String, Style>);

impl Styles {
    fn of(root: &Node) -> Self {
        let style = |node: &Node| {
            let value = |path: &[&str]| node.at(path).and_then(|found| found.attribute("val")).map(str::to_owned);
            let properties = node.child("pPr");
            Some((
                node.attribute("styleId")?.to_owned(),
                Style {
                    name: value(&["name"]).unwrap_or_default().to_lowercase(),
                    parent: value(&["basedOn"]),
                    level: value(&["pPr", "outlineLvl"]).and_then(|level| level.parse().ok()).filter(|level| *level < 9),
                    list: properties.and_then(list_of),
                },
            ))
        };
        Self(root.all("style").filter_map(style).collect())
    }

    /// A style and those it is based on.
    fn chain(&self, id: &str) -> impl Iterator<Item = &Style> {
        std::iter::successors(self.0.get(id), |style| self.0.get(style.parent.as_ref()?)).take(12)
    }
}

/// The list a paragraph belongs to, and how deep. List "0" is none.
fn list_of(properties: &Node) -> Option<(String, u8)> {
    let numbering = properties.child("numPr")?;
    let value = |name: &str| numbering.child(name).and_then(|node| node.attribute("val"));
    Some((value("numId")?.to_owned(), value("ilvl").and_then(|level| level.parse().ok()).unwrap_or_default()))
}

/// Which levels of which lists are counted.
#[derive(Default)]
struct Lists(HashMap<String, Vec<bool>>);

impl Lists {
    fn of(root: &Node) -> Self {
        let is_counted =
            |level: &Node| level.child("numFmt").and_then(|format| format.attribute("val")).is_some_and(|format| format != "bullet" && format != "none");
        let kinds: HashMap<&str, Vec<bool>> =
            root.all("abstractNum").filter_map(|kind| Some((kind.attribute("abstractNumId")?, kind.all("lvl").map(is_counted).collect()))).collect();
        let lists = root.all("num").filter_map(|list| {
            let kind = list.child("abstractNumId")?.attribute("val")?;
            Some((list.attribute("numId")?.to_owned(), kinds.get(kind)?.clone()))
        });
        Self(lists.collect())
    }

    fn is_counted(&self, list: &str, depth: u8) -> bool {
        self.0.get(list).and_then(|levels| levels.get(usize::from(depth))).copied().unwrap_or_default()
    }
}

struct Writer {
    styles: Styles,
    lists: Lists,
    /// By kind of reference and id.
    notes: HashMap<(&'static str, String), String>,
    blocks: Vec<Content>,
    note_count: u32,
    /// Notes that the open block refers to.
    pending: Vec<Content>,
    /// The title of a table that comes next.
    caption: String,
}

impl Writer {
    fn body(&mut self, body: &Node) {
        for child in &body.children {
            match child.name.as_str() {
                "p" => self.paragraph(child),
                "tbl" => self.table(child),
                "sdt" => child.child("sdtContent").into_iter().for_each(|content| self.body(content)),
                "customXml" | "ins" | "moveTo" => self.body(child),
                _ => {}
            }
        }
    }

    fn paragraph(&mut self, paragraph: &Node) {
        let (text, boxes) = self.text(paragraph);
        let properties = paragraph.child("pPr");
        let id = properties.and_then(|properties| properties.child("pStyle")).and_then(|style| style.attribute("val")).unwrap_or_default();
        let chain: Vec<Style> = self.styles.chain(id).cloned().collect();
        let direct = properties
            .and_then(|properties| properties.child("outlineLvl"))
            .and_then(|level| level.attribute("val")?.parse::<u8>().ok())
            .filter(|level| *level < 9);
        let named = |part: &str| chain.iter().any(|style| style.name.contains(part)) || id.to_lowercase().contains(part);
        let level = direct.or_else(|| chain.iter().find_map(|style| style.level)).map(|level| level + 1).or_else(|| heading_name(&chain, id));
        let list = properties.and_then(list_of).or_else(|| chain.iter().find_map(|style| style.list.clone())).filter(|(list, _)| list != "0");
        if text.trim().is_empty() {
            // An empty paragraph is space.
        } else if let Some(level) = level {
            self.blocks.push(Content::Heading { level, text });
        } else if let Some((list, depth)) = list {
            let is_ordered = self.lists.is_counted(&list, depth);
            push_point(&mut self.blocks, is_ordered, ListItem { depth, text });
        } else if named("list bullet") || named("list number") {
            push_point(&mut self.blocks, named("list number"), ListItem { depth: 0, text });
        } else if named("caption") && text.trim_start().to_lowercase().starts_with("table") {
            self.caption = text;
        } else if named("caption") {
            self.blocks.push(Content::Figure { caption: text });
        } else if named("quote") {
            self.blocks.push(Content::Quote { text });
        } else {
            self.blocks.push(Content::Paragraph { text });
        }
        self.blocks.append(&mut self.pending);
        for content in boxes {
            self.body(content);
        }
    }

    /// The words of a paragraph, with references to its notes, and the boxes that hang on it.
    fn text<'a>(&mut self, paragraph: &'a Node) -> (String, Vec<&'a Node>) {
        let mut text = String::new();
        let mut asides = Vec::new();
        runs(paragraph, &mut text, &mut asides);
        let mut boxes = Vec::new();
        for aside in asides {
            match aside {
                Aside::Box(content) => boxes.push(content),
                Aside::Note { kind, id, at } => {
                    let Some(note) = self.notes.get(&(kind, id.to_owned())) else { continue };
                    self.note_count += 1;
                    let mark = self.note_count.to_string();
                    self.pending.push(Content::Footnote { mark: mark.clone(), text: note.clone() });
                    text = text.replacen(&at, &raised(&mark), 1);
                }
            }
        }
        (text.replace(|letter| matches!(letter, '\u{f0000}'..='\u{f8fff}'), ""), boxes)
    }

    fn table(&mut self, table: &Node) {
        let mut rows = Vec::new();
        let mut header_rows = 0;
        for row in table.all("tr") {
            if row.at(&["trPr", "tblHeader"]).is_some() && header_rows == rows.len() {
                header_rows += 1;
            }
            let mut cells = Vec::new();
            for cell in row.all("tc").chain(row.all("sdt").filter_map(|content| content.at(&["sdtContent", "tc"]))) {
                let mut text = String::new();
                self.cell(cell, &mut text);
                cells.push(text);
                let span = cell.at(&["tcPr", "gridSpan"]).and_then(|span| span.attribute("val")?.parse::<usize>().ok()).unwrap_or(1);
                cells.resize(cells.len() + span.clamp(1, WIDEST_SPAN) - 1, String::new());
            }
            rows.push(cells);
        }
        let caption = std::mem::take(&mut self.caption);
        // One cell is a frame around text.
        if let [row] = rows.as_slice()
            && row.len() == 1
        {
            table.all("tr").flat_map(|row| row.all("tc")).for_each(|cell| self.body(cell));
            self.pending.clear();
            return;
        }
        self.blocks.push(Content::Table { caption, header_rows, rows });
        self.blocks.append(&mut self.pending);
    }

    fn cell(&mut self, cell: &Node, text: &mut String) {
        for child in &cell.children {
            match child.name.as_str() {
                "p" => {
                    text.push(' ');
                    text.push_str(&self.text(child).0);
                }
                "tbl" | "tr" | "tc" | "sdt" | "sdtContent" | "ins" => self.cell(child, text),
                _ => {}
            }
        }
    }
}

/// "heading 2" is level 2, "title" is 1.
fn heading_name(chain: &[Style], id: &str) -> Option<u8> {
    let names = chain.iter().map(|style| style.name.clone()).chain([id.to_lowercase()]);
    names.filter_map(|name| if name == "title" { Some(1) } else { name.strip_prefix("heading")?.trim().parse().ok() }).find(|level| (1..=9).contains(level))
}

/// What hangs on a paragraph.
enum Aside<'a> {
    Note { kind: &'static str, id: &'a str, at: String },
    Box(&'a Node),
}

fn runs<'a>(node: &'a Node, text: &mut String, asides: &mut Vec<Aside<'a>>) {
    for child in &node.children {
        match child.name.as_str() {
            "t" => text.push_str(&child.words()),
            "tab" | "br" | "cr" | "ptab" => text.push(' '),
            "noBreakHyphen" => text.push('-'),
            "footnoteReference" | "endnoteReference" => {
                let kind = if child.name == "footnoteReference" { "footnoteReference" } else { "endnoteReference" };
                // A place of no letter, until the note's number is known.
                let place = char::from_u32(0xf0000 + (asides.len() as u32 % 0x8000)).unwrap_or(' ').to_string();
                text.push_str(&place);
                asides.extend(child.attribute("id").map(|id| Aside::Note { kind, id, at: place }));
            }
            "txbxContent" => asides.push(Aside::Box(child)),
            // What is deleted, what a field computes from, the second form of the same, and properties.
            "del" | "moveFrom" | "instrText" | "delText" | "Fallback" | "pPr" | "rPr" | "" => {}
            _ => runs(child, text, asides),
        }
    }
}
