//! Statistical bulletins on a page as such sites make them, with menus, contents, sidebars and footers around: title, release date, headings of sections and
//! lists come out exactly. The bulletins are read in place; the page around them is made here.

use std::fs;
use std::path::{Path, PathBuf};

use pulse_extract::{Input, dates, extract, html, markdown};
use pulse_model::document::{Block, Content};
use serde_json::Value;

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[test]
fn bulletins_come_out_exactly() -> Outcome {
    let Some(folder) = pulse_testkit::corpus::folder("ons") else { return Ok(()) };
    let mut files: Vec<PathBuf> = Vec::new();
    for part in ["articles", "bulletins"] {
        for file in fs::read_dir(folder.join(part))? {
            files.push(file?.path());
        }
    }
    let wrong: Vec<String> = files.iter().filter_map(|file| check(file).err().map(|why| format!("{}: {why}", file.display()))).collect();
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), files.len(), wrong.join("\n"));
    assert!(files.len() >= 31);
    Ok(())
}

fn check(file: &Path) -> Outcome {
    let bulletin: Value = serde_json::from_slice(&fs::read(file)?)?;
    let page = Page::of(&bulletin)?;
    let document = extract(&Input { bytes: page.html.as_bytes(), url: None, media_type: Some("text/html; charset=utf-8") });
    let title = text(&bulletin["description"]["title"]);
    if document.metadata.title != squeezed(&title) {
        return Err(format!("title {:?}", document.metadata.title).into());
    }
    if document.metadata.published_at != dates::moment(&release_day(&bulletin)?).ok() {
        return Err(format!("released {:?}", document.metadata.published_at).into());
    }
    let found: Vec<Content> = document.blocks().iter().map(|block| block.content.clone()).filter(is_heading_or_list).collect();
    match found.iter().zip(&page.expected).find(|(found, expected)| found != expected) {
        Some((found, expected)) => Err(format!("expected {expected:?}\n   found {found:?}").into()),
        None if found.len() != page.expected.len() => Err(format!("{} headings and lists, not {}", found.len(), page.expected.len()).into()),
        None => Ok(()),
    }
}

fn is_heading_or_list(content: &Content) -> bool {
    matches!(content, Content::Heading { .. } | Content::List { .. })
}

/// A bulletin as a page, and the headings and lists that it has.
struct Page {
    html: String,
    expected: Vec<Content>,
}

impl Page {
    fn of(bulletin: &Value) -> Result<Self, Box<dyn std::error::Error>> {
        let title = escaped(&text(&bulletin["description"]["title"]));
        let day = release_day(bulletin)?;
        let (mut body, mut contents, mut expected) = (String::new(), String::new(), Vec::new());
        let sections = ["sections", "accordion"].iter().flat_map(|part| bulletin[*part].as_array().into_iter().flatten());
        for (number, section) in sections.enumerate() {
            let name = squeezed(&text(&section["title"]));
            contents += &format!("<li><a href=\"#s{number}\">{}</a></li>", escaped(&name));
            let words = rendered(&text(&section["markdown"]));
            body += &format!("<section id=\"s{number}\"><h2>{}</h2>{words}</section>", escaped(&name));
            if !name.is_empty() {
                expected.push(Content::Heading { level: 2, text: name });
            }
            expected.extend(html::fragment(&words, None).into_iter().map(|(_, content)| content).filter(is_heading_or_list));
        }
        let links: String = (1..12).map(|n| format!("<li><a href=\"/topic/{n}\">Topic of statistics {n}</a></li>")).collect();
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title} - Office of Figures</title><meta property=\"og:site_name\" content=\"Office of Figures\"></head>\
             <body><header role=\"banner\"><a href=\"/\">Office of Figures</a><form><input name=q></form></header><nav><ul>{links}</ul></nav>\
             <div class=\"intro\"><nav class=\"breadcrumb\"><ol><li><a href=\"/\">Home</a></li></ol></nav><h1>{title}</h1>\
             <ul class=\"meta-list\"><li>Contact: <a href=\"mailto:a@figures.example\">Statistics desk</a></li><li>Release date: {day}</li><li>Next release: To be announced</li></ul></div>\
             <div class=\"page\"><div class=\"toc sidebar\"><h2>Table of contents</h2><ol>{contents}</ol></div><main role=\"main\"><article>{body}</article></main>\
             <aside><h2>Related statistics</h2><ul>{links}</ul></aside></div><footer><h2>About us</h2><ul>{links}</ul></footer></body></html>"
        );
        // What a reader sees of a block depends on nothing around it: the same normal form on both sides.
        let document = pulse_model::Document::new(Default::default(), expected.into_iter().map(|content| (None, content)), None, Vec::new());
        Ok(Self { html, expected: document.blocks().iter().map(|block: &Block| block.content.clone()).collect() })
    }
}

/// The day of release as a reader in London sees it: in summer it begins at 23:00 UTC of the day before.
fn release_day(bulletin: &Value) -> Result<String, jiff::Error> {
    let released: jiff::Timestamp = text(&bulletin["description"]["releaseDate"]).parse()?;
    Ok((released + jiff::SignedDuration::from_hours(1)).to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
}

/// Markdown as the site renders it: charts and tables are pictures of their own.
fn rendered(text: &str) -> String {
    let without: String = text.lines().filter(|line| !line.trim_start().starts_with("<ons-")).collect::<Vec<_>>().join("\n");
    markdown::to_html(&without)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
