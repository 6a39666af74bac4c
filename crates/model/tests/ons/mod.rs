//! Statistical bulletins of the corpus, each with its main points line by line.

use std::path::PathBuf;

use pulse_model::document::{Content, Document, ListItem};
use pulse_testkit::corpus;
use serde_json::Value as Json;

pub(crate) mod alter;
pub(crate) mod rephrase;

/// What of a bulletin is traced in.
pub(crate) type Part = fn(&Bulletin) -> &Document;

/// A bulletin, and its main points line by line.
pub(crate) struct Bulletin {
    pub(crate) name: String,
    pub(crate) points: Vec<String>,
    pub(crate) whole: Document,
    pub(crate) body: Document,
}

/// Those with a section of main points.
pub(crate) fn bulletins() -> Option<Vec<Bulletin>> {
    let folder = corpus::folder("ons")?;
    let mut files: Vec<PathBuf> = Vec::new();
    for part in ["articles", "bulletins"] {
        files.extend(std::fs::read_dir(folder.join(part)).unwrap().map(|file| file.unwrap().path()));
    }
    files.sort();
    Some(files.iter().filter_map(Bulletin::read).collect())
}

impl Bulletin {
    fn read(file: &PathBuf) -> Option<Self> {
        let bulletin: Json = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let sections: Vec<(String, Vec<Content>)> = ["sections", "accordion"]
            .iter()
            .flat_map(|part| bulletin[*part].as_array().into_iter().flatten())
            .map(|section| (section["title"].as_str().unwrap_or_default().to_owned(), contents(section["markdown"].as_str().unwrap_or_default())))
            .collect();
        let headline = sections.iter().take(3).position(|(title, _)| is_headline(title))?;
        let document = |hidden: Option<usize>| {
            let shown = sections.iter().enumerate().filter(|(place, _)| Some(*place) != hidden);
            let blocks =
                shown.flat_map(|(_, (title, contents))| std::iter::once(Content::Heading { level: 2, text: title.clone() }).chain(contents.iter().cloned()));
            Document::new(Default::default(), blocks.map(|content| (None, content)), None, Vec::new())
        };
        Some(Self {
            name: file.file_stem().unwrap().to_string_lossy().into_owned(),
            points: sections[headline].1.iter().filter(|content| !matches!(content, Content::Heading { .. })).flat_map(Content::lines).collect(),
            whole: document(None),
            body: document(Some(headline)),
        })
    }
}

/// "Main points", "Key findings", "Headline figures", "In Q1 2015", "For July to September 2014".
fn is_headline(title: &str) -> bool {
    let lower = title.to_lowercase();
    let is_period = (lower.starts_with("in ") || lower.starts_with("for ")) && lower.contains("20");
    is_period || ["main point", "key point", "key finding", "headline"].iter().any(|name| lower.contains(name))
}

/// The blocks of a section. Charts and tables are references to other files.
fn contents(markdown: &str) -> Vec<Content> {
    let mut contents = Vec::new();
    for line in markdown.lines().map(plain).filter(|line| !line.is_empty()) {
        let item = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        match (item, contents.last_mut()) {
            (Some(item), Some(Content::List { items, .. })) => items.push(ListItem { depth: 0, text: item.to_owned() }),
            (Some(item), _) => contents.push(Content::List { ordered: false, items: vec![ListItem { depth: 0, text: item.to_owned() }] }),
            (None, _) if line.starts_with('#') => contents.push(Content::Heading { level: 3, text: line.trim_matches(['#', ' ']).to_owned() }),
            (None, _) => contents.push(Content::Paragraph { text: line }),
        }
    }
    contents
}

/// A line without tags, and links without their targets.
fn plain(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line.trim();
    while let Some(at) = rest.find(['<', ']']) {
        text += &rest[..at];
        let close = if rest[at..].starts_with("](") { ')' } else { '>' };
        rest = match rest[at..].find(close) {
            Some(end) if rest[at..].starts_with('<') || close == ')' => &rest[at + end + 1..],
            _ => &rest[at + 1..],
        };
    }
    (text + rest).replace(['[', '*'], "").trim().to_owned()
}
