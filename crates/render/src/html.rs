//! Mark-up from text and blocks: the one place where words become HTML outside a template.
//!
//! In: [`Text`] and [`Blocks`]. Out: [`Markup`], in which every character of the input stands escaped, and every line
//! ends in a line break, so that a part's size in an e-mail does not depend on what stands around it.

use std::fmt;

use pulse_model::block::{Item, List};
use pulse_model::{Block, Blocks, Href, Run, Text};

/// Finished HTML, which templates print as it is. Everything else they escape.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markup(String);

impl Markup {
    /// Takes a template's output, or other HTML that is known to be safe.
    pub fn trusted(html: String) -> Self {
        Self(html)
    }

    /// The HTML.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for Markup {}

/// The attributes each element carries, with a space in front or empty. A page leaves looks to its style sheet; an
/// e-mail has to say them on the spot.
#[derive(Clone, Debug, Default)]
pub(crate) struct Look {
    pub(crate) paragraph: String,
    pub(crate) list: String,
    pub(crate) nested_list: String,
    pub(crate) item: String,
    pub(crate) link: String,
}

impl Look {
    /// Running text.
    pub(crate) fn text(&self, text: &Text) -> Markup {
        let mut html = String::new();
        self.write_text(text, &mut html);
        Markup(html)
    }

    /// Paragraphs and lists, a line for each element.
    pub(crate) fn blocks(&self, blocks: &Blocks) -> Markup {
        let mut html = String::new();
        blocks.iter().for_each(|block| self.write_block(block, false, &mut html));
        Markup(html)
    }

    /// One paragraph or list.
    pub(crate) fn block(&self, block: &Block) -> Markup {
        let mut html = String::new();
        self.write_block(block, false, &mut html);
        Markup(html)
    }

    fn write_block(&self, block: &Block, nested: bool, html: &mut String) {
        match block {
            Block::Paragraph { text } => {
                html.extend(["<p", &self.paragraph, ">"]);
                self.write_text(text, html);
                html.push_str("</p>\n");
            }
            Block::List(list) => self.write_list(list, nested, html),
        }
    }

    fn write_list(&self, list: &List, nested: bool, html: &mut String) {
        let name = if list.ordered { "ol" } else { "ul" };
        html.extend(["<", name, if nested { &self.nested_list } else { &self.list }, ">\n"]);
        list.items.iter().for_each(|item| self.write_item(item, html));
        html.extend(["</", name, ">\n"]);
    }

    fn write_item(&self, item: &Item, html: &mut String) {
        html.extend(["<li", &self.item, ">"]);
        self.write_text(&item.text, html);
        if !item.blocks.is_empty() {
            html.push('\n');
            item.blocks.iter().for_each(|block| self.write_block(block, true, html));
        }
        html.push_str("</li>\n");
    }

    /// Neighbouring runs with one target are one link, however they are styled.
    fn write_text(&self, text: &Text, html: &mut String) {
        for part in text.runs().chunk_by(|left, right| left.style.link == right.style.link) {
            let link = part.first().and_then(|run| run.style.link.as_ref());
            if let Some(href) = link {
                self.open_link(href, html);
            }
            part.iter().for_each(|run| write_run(run, html));
            if link.is_some() {
                html.push_str("</a>");
            }
        }
    }

    fn open_link(&self, href: &Href, html: &mut String) {
        html.push_str("<a href=\"");
        escape(href.as_str(), html);
        html.extend(["\"", &self.link, ">"]);
    }
}

fn write_run(run: &Run, html: &mut String) {
    let style = &run.style;
    let tags = [(style.strong, "strong"), (style.emphasis, "em"), (style.code, "code")];
    for (_, name) in tags.iter().filter(|(is_set, _)| *is_set) {
        html.extend(["<", name, ">"]);
    }
    escape(&run.text, html);
    for (_, name) in tags.iter().rev().filter(|(is_set, _)| *is_set) {
        html.extend(["</", name, ">"]);
    }
}

/// Writes text so that no character of it can be mark-up, in an element or in an attribute between double quotes.
fn escape(text: &str, html: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"']) {
        let entity = match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        };
        html.extend([&rest[..at], entity]);
        rest = &rest[at + 1..];
    }
    html.push_str(rest);
}

/// Which way a language is written, for `dir`. The list is of the primary subtags in use whose script runs from the right.
pub(crate) fn direction(language: &str) -> &'static str {
    let primary = language.split('-').next().unwrap_or_default().to_ascii_lowercase();
    match primary.as_str() {
        "ar" | "arc" | "ckb" | "dv" | "fa" | "he" | "ks" | "nqo" | "ps" | "sd" | "syr" | "ug" | "ur" | "yi" => "rtl",
        _ => "ltr",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pulse_model::markdown::{parse_blocks, parse_text};

    #[test]
    fn runs_with_one_target_are_one_link() {
        let text = parse_text("[one **two**](https://example.org/?a=1&b=2) & *three*").text;
        let html = Look::default().text(&text).to_string();
        assert_eq!(html, "<a href=\"https://example.org/?a=1&amp;b=2\">one <strong>two</strong></a> &amp; <em>three</em>");
    }

    #[test]
    fn lists_nest_in_their_item() {
        let blocks = parse_blocks("1. one\n   - two \\<b>\n2. three").blocks;
        let html = Look::default().blocks(&blocks).to_string();
        assert_eq!(html, "<ol>\n<li>one\n<ul>\n<li>two &lt;b&gt;</li>\n</ul>\n</li>\n<li>three</li>\n</ol>\n");
    }

    #[test]
    fn direction_follows_the_language() {
        assert_eq!([direction("en-GB"), direction("ar"), direction("HE-IL"), direction("")], ["ltr", "rtl", "rtl", "ltr"]);
    }
}
