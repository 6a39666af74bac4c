//! A statistical bulletin as its publisher keeps it, in JSON, made a document with or without its own list of points.

use std::error::Error;
use std::path::{Path, PathBuf};

use pulse_extract::{html, markdown};
use pulse_model::Document;
use pulse_model::document::{Content, Metadata};
use serde_json::Value;

pub(crate) struct Bulletin {
    pub(crate) title: String,
    /// The points of its own list, in order; empty where it has none.
    pub(crate) points: Vec<String>,
    /// With its list or without.
    pub(crate) document: Document,
}

/// The bulletins of a folder, in the order of their names.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for part in ["articles", "bulletins"] {
        for file in std::fs::read_dir(folder.join(part))? {
            files.push(file?.path());
        }
    }
    files.sort();
    Ok(files)
}

/// Reads a bulletin, and takes its list out where `is_hidden`.
pub(crate) fn read(file: &Path, is_hidden: bool) -> Result<Bulletin, Box<dyn Error>> {
    let bulletin: Value = serde_json::from_slice(&std::fs::read(file)?)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let parts = ["sections", "accordion"].iter().flat_map(|part| bulletin[*part].as_array().into_iter().flatten());
    let sections: Vec<(String, Vec<Content>)> = parts.map(|section| (text(&section["title"]), contents(&text(&section["markdown"])))).collect();
    let own = sections.iter().position(|(title, contents)| is_own_list(title, contents));
    let points = own
        .and_then(|at| sections.get(at))
        .into_iter()
        .flat_map(|(_, contents)| contents)
        .flat_map(Content::lines)
        .map(|point| point.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    let kept = sections.iter().enumerate().filter(|(at, _)| !is_hidden || Some(*at) != own).map(|(_, section)| section);
    let blocks = kept.flat_map(|(title, contents)| {
        let heading = Content::Heading { level: 2, text: title.clone() };
        std::iter::once(heading).chain(contents.iter().cloned()).map(|content| (None, content))
    });
    let document = Document::new(Metadata::default(), blocks, None, Vec::new());
    Ok(Bulletin { title: text(&bulletin["description"]["title"]), points, document })
}

/// Whether a person would call this section the list of points: by its title, or because it is a list that opens with a period.
fn is_own_list(title: &str, contents: &[Content]) -> bool {
    let title = title.to_lowercase();
    let says_so = ["main points", "key points", "key findings", "headline figures", "headline statistics"].iter().any(|words| title.starts_with(words));
    let is_period = title.starts_with("in ") || title.starts_with("for ");
    (says_so && !contents.is_empty()) || (is_period && !title.starts_with("in this") && matches!(contents.first(), Some(Content::List { .. })))
}

/// Charts and tables are pictures of their own on the page.
fn contents(text: &str) -> Vec<Content> {
    let without: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("<ons-")).collect();
    html::fragment(&markdown::to_html(&without.join("\n")), None).into_iter().map(|(_, content)| content).collect()
}
