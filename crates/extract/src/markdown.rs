//! Markdown to documents: CommonMark with tables, footnotes and front matter. HTML in it is read as HTML.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use pulse_model::document::{Content, Document, Form};

use crate::Input;
use crate::html as pages;

/// Reads a Markdown file. Its title is its first heading.
pub fn read(input: &Input<'_>) -> Document {
    let (text, problems) = crate::text::characters(input);
    let rendered = to_html(&text);
    let mut blocks = pages::fragment(&rendered, input.url);
    let title = blocks.iter().find_map(|(_, block)| if let Content::Heading { text, .. } = block { Some(text.clone()) } else { None }).unwrap_or_default();
    if matches!(blocks.first(), Some((_, Content::Heading { level: 1, text })) if *text == title) {
        blocks.remove(0);
    }
    crate::text::document(Form::Markdown, title, blocks, problems)
}

/// Markdown as HTML: only what [`pages::fragment`] reads.
pub fn to_html(text: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut rendered = String::with_capacity(text.len() * 2);
    let mut is_passed_over = false;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::MetadataBlock(_)) => is_passed_over = true,
            Event::End(TagEnd::MetadataBlock(_)) => is_passed_over = false,
            event if !is_passed_over => add_html(event, &mut rendered),
            _ => {}
        }
    }
    rendered
}

/// One event as HTML.
fn add_html(event: Event<'_>, into: &mut String) {
    match event {
        Event::Start(tag) => match tag {
            Tag::List(Some(start)) => into.push_str(&format!("<ol start={start}>")),
            Tag::FootnoteDefinition(mark) if mark.bytes().all(|byte| byte.is_ascii_digit()) => into.push_str(&format!("<ol class=footnotes start={mark}><li>")),
            Tag::FootnoteDefinition(_) => into.push_str("<ol class=footnotes><li>"),
            Tag::Image { .. } => into.push_str("<figcaption>"),
            tag => element(&tag.to_end()).into_iter().for_each(|name| into.push_str(&format!("<{name}>"))),
        },
        Event::End(TagEnd::FootnoteDefinition) => into.push_str("</li></ol>"),
        Event::End(TagEnd::Image) => into.push_str("</figcaption>"),
        Event::End(end) => element(&end).into_iter().for_each(|name| into.push_str(&format!("</{name}>"))),
        Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
            into.push_str(&text.replace('&', "&amp;").replace('<', "&lt;"));
        }
        Event::Html(html) | Event::InlineHtml(html) => into.push_str(&html),
        Event::FootnoteReference(mark) => into.push_str(&format!("<sup><a href=#n>{mark}</a></sup>")),
        Event::SoftBreak => into.push(' '),
        Event::HardBreak => into.push_str("<br>"),
        Event::Rule | Event::TaskListMarker(_) => {}
    }
}

/// The element of a block; none for what is only the look of a line.
fn element(end: &TagEnd) -> Option<String> {
    let name = match end {
        TagEnd::Paragraph => "p",
        TagEnd::Heading(level) => return Some(level.to_string()),
        TagEnd::BlockQuote(_) => "blockquote",
        TagEnd::CodeBlock => "pre",
        TagEnd::List(true) => "ol",
        TagEnd::List(false) => "ul",
        TagEnd::Item => "li",
        TagEnd::Table => "table",
        TagEnd::TableHead => return Some("thead".into()),
        TagEnd::TableRow => "tr",
        TagEnd::TableCell => "td",
        _ => return None,
    };
    Some(name.into())
}
