//! The Markdown form of text and blocks: one parser, one writer.
//!
//! The dialect is CommonMark (through `pulldown-cmark`) cut down to what a summary can hold: paragraphs, lists, bold,
//! emphasis, code and links. The parser never fails: what the model has no place for becomes plain words, or is left
//! out and listed as a [`Problem`]. The writer's promise is that `parse(write(x)) == x` for every normal `x`
//! (`tests/markdown.rs`); it writes the form a person would, reads it back, and only where that form is ambiguous (bold
//! that ends inside emphasis, say) falls back to explicit tags.

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::block::{Block, Blocks, Item, List};
use crate::problem::{Problem, ProblemKind};
use crate::text::{Href, HrefError, Run, Style, Text};

/// A text and what was wrong with its Markdown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedText {
    /// In normal form.
    pub text: Text,
    /// Links without a target, markup without a place.
    pub problems: Vec<Problem>,
}

/// Blocks and what was wrong with their Markdown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParsedBlocks {
    /// In normal form.
    pub blocks: Blocks,
    /// Links without a target, markup without a place.
    pub problems: Vec<Problem>,
}

/// Reads inline Markdown. Line breaks are spaces; marks that would open a block (`#`, `-`, `1.`) are plain characters.
///
/// ```
/// use pulse_model::markdown::parse_text;
/// let parsed = parse_text("**Half** of [all carers](https://example.org/carers)");
/// assert_eq!(parsed.text.plain(), "Half of all carers");
/// assert_eq!(parsed.text.links().len(), 1);
/// ```
pub fn parse_text(markdown: &str) -> ParsedText {
    parse_text_with(markdown, &|_| None)
}

/// [`parse_text`], with the targets of reference links (`[label][name]`) looked up by `reference`.
pub fn parse_text_with(markdown: &str, reference: &dyn Fn(&str) -> Option<String>) -> ParsedText {
    // Nothing here can be a mark: the common case of plain prose needs no parser.
    if !markdown.contains(['\\', '`', '*', '_', '[', '<', '&', '!']) {
        return ParsedText { text: Text::from_plain(markdown), problems: Vec::new() };
    }
    // The full stop in front keeps every mark at the start from opening a block, and is punctuation, so emphasis may
    // begin right after it. It is taken off again below.
    let mut line = String::with_capacity(markdown.len() + 1);
    line.push('.');
    line.extend(markdown.trim_ascii().chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }));
    let mut inline = InlineReader::default();
    let mut lookup = |link: pulldown_cmark::BrokenLink<'_>| reference(&link.reference).map(|to| (to.into(), "".into()));
    for event in Parser::new_with_broken_link_callback(&line, Options::empty(), Some(&mut lookup)) {
        inline.read(event);
    }
    if let Some(first) = inline.runs.first_mut() {
        first.text = first.text.strip_prefix('.').unwrap_or(&first.text).to_owned();
    }
    ParsedText { text: Text::new(inline.runs), problems: inline.problems }
}

/// Reads block Markdown. Headings become bold paragraphs, quotations and code blocks paragraphs.
///
/// ```
/// use pulse_model::markdown::parse_blocks;
/// let parsed = parse_blocks("The report finds that:\n\n- costs rose\n  - by 4%\n- staff left");
/// assert_eq!(parsed.blocks.texts().len(), 4);
/// ```
pub fn parse_blocks(markdown: &str) -> ParsedBlocks {
    let mut reader = BlockReader::default();
    for event in Parser::new_ext(markdown, Options::empty()) {
        reader.read(event);
    }
    reader.finish()
}

/// Turns the parser's inline events into runs.
#[derive(Default)]
struct InlineReader {
    runs: Vec<Run>,
    problems: Vec<Problem>,
    strong: usize,
    emphasis: usize,
    /// Of the tag, not of backquotes.
    code: usize,
    /// The innermost link is last; one that was refused is `None`, its words stay.
    links: Vec<Option<Href>>,
    images: usize,
}

impl InlineReader {
    fn read(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) => self.push(&text, self.code > 0),
            Event::Code(text) => self.push(&text, true),
            Event::SoftBreak | Event::HardBreak => self.push(" ", false),
            Event::Start(Tag::Strong) => self.strong += 1,
            Event::End(TagEnd::Strong) => self.strong = self.strong.saturating_sub(1),
            Event::Start(Tag::Emphasis) => self.emphasis += 1,
            Event::End(TagEnd::Emphasis) => self.emphasis = self.emphasis.saturating_sub(1),
            Event::Start(Tag::Link { link_type: LinkType::Email, dest_url, .. }) => self.open_link(&format!("mailto:{dest_url}")),
            Event::Start(Tag::Link { dest_url, .. }) => self.open_link(&dest_url),
            Event::End(TagEnd::Link) => {
                self.links.pop();
            }
            Event::Start(Tag::Image { .. }) => {
                self.images += 1;
                self.problems.push(Problem::new(ProblemKind::MarkupDropped, "a picture was left out of the text"));
            }
            Event::End(TagEnd::Image) => self.images = self.images.saturating_sub(1),
            Event::InlineHtml(tag) | Event::Html(tag) => self.read_tag(&tag),
            _ => {}
        }
    }

    fn open_link(&mut self, target: &str) {
        let href = Href::parse(target);
        if let Err(cause) = &href {
            let kind = if *cause == HrefError::Empty { ProblemKind::LinkLost } else { ProblemKind::LinkRefused };
            self.problems.push(Problem::new(kind, cause.to_string()));
        }
        self.links.push(href.ok());
    }

    /// The tags that the writer uses, and their everyday synonyms. Comments vanish; other tags go and their words stay.
    fn read_tag(&mut self, tag: &str) {
        let inner = tag.trim().trim_start_matches('<').trim_end_matches('>');
        let name: String = inner.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect::<String>().to_lowercase();
        match name.as_str() {
            "strong" | "b" => self.strong += 1,
            "/strong" | "/b" => self.strong = self.strong.saturating_sub(1),
            "em" | "i" => self.emphasis += 1,
            "/em" | "/i" => self.emphasis = self.emphasis.saturating_sub(1),
            "code" => self.code += 1,
            "/code" => self.code = self.code.saturating_sub(1),
            "br" | "br/" | "wbr" => self.push(" ", false),
            _ if inner.starts_with('!') => {}
            _ => {
                let shown: String = inner.chars().take(40).collect();
                self.problems.push(Problem::new(ProblemKind::MarkupDropped, format!("the tag <{shown}> was left out")));
            }
        }
    }

    fn push(&mut self, text: &str, code: bool) {
        // A picture's stand-in text is not the author's sentence.
        if self.images == 0 && !text.is_empty() {
            let link = self.links.iter().rev().flatten().next().cloned();
            let style = Style { strong: self.strong > 0, emphasis: self.emphasis > 0, code, link };
            self.runs.push(Run { text: text.to_owned(), style });
        }
    }

    fn take(&mut self) -> Text {
        Text::new(std::mem::take(&mut self.runs))
    }
}

/// An open list item or the document itself: where finished blocks go.
#[derive(Default)]
struct Frame {
    /// Words of an item whose list is written without blank lines.
    text: Option<Text>,
    blocks: Vec<Block>,
}

#[derive(Default)]
struct BlockReader {
    inline: InlineReader,
    document: Frame,
    /// Open lists with their finished items, and between them the open items.
    lists: Vec<(bool, Vec<Item>)>,
    items: Vec<Frame>,
    html: String,
    in_html: bool,
}

impl BlockReader {
    fn read(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::List(first)) => {
                self.finish_paragraph();
                self.lists.push((first.is_some(), Vec::new()));
            }
            Event::End(TagEnd::List(_)) => {
                if let Some((ordered, items)) = self.lists.pop() {
                    self.frame().blocks.push(Block::List(List { ordered, items }));
                }
            }
            Event::Start(Tag::Item) => self.items.push(Frame::default()),
            Event::End(TagEnd::Item) => {
                self.finish_paragraph();
                let frame = self.items.pop().unwrap_or_default();
                if let Some((_, items)) = self.lists.last_mut() {
                    // Nested lists come in one Blocks each, so depth never grows past what Blocks allows.
                    items.push(Item { text: frame.text.unwrap_or_default(), blocks: Blocks::new(frame.blocks) });
                }
            }
            Event::Start(Tag::Heading { .. }) => {
                self.finish_paragraph();
                self.inline.strong += 1;
                self.problem("a heading inside the text became a bold paragraph");
            }
            Event::End(TagEnd::Heading(_)) => {
                self.inline.strong = self.inline.strong.saturating_sub(1);
                self.finish_paragraph();
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented)) => {
                self.finish_paragraph();
                self.problem("a code block became a paragraph");
            }
            Event::Start(Tag::Paragraph | Tag::BlockQuote(_)) | Event::End(TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::BlockQuote(_)) => {
                self.finish_paragraph();
            }
            Event::Start(Tag::HtmlBlock) => {
                self.finish_paragraph();
                self.in_html = true;
            }
            Event::End(TagEnd::HtmlBlock) => {
                self.in_html = false;
                let html = std::mem::take(&mut self.html);
                if !html.trim_start().starts_with("<!--") {
                    let shown: String = html.trim().chars().take(40).collect();
                    self.problem(&format!("markup was left out: {shown}"));
                }
            }
            Event::Html(html) if self.in_html => self.html.push_str(&html),
            event => self.inline.read(event),
        }
    }

    fn problem(&mut self, message: &str) {
        self.inline.problems.push(Problem::new(ProblemKind::MarkupDropped, message));
    }

    fn frame(&mut self) -> &mut Frame {
        self.items.last_mut().unwrap_or(&mut self.document)
    }

    fn finish_paragraph(&mut self) {
        let text = self.inline.take();
        if text.is_empty() {
            return;
        }
        let in_item = !self.items.is_empty();
        let frame = self.frame();
        if in_item && frame.text.is_none() && frame.blocks.is_empty() {
            frame.text = Some(text);
        } else {
            frame.blocks.push(Block::Paragraph { text });
        }
    }

    fn finish(mut self) -> ParsedBlocks {
        self.finish_paragraph();
        ParsedBlocks { blocks: Blocks::new(self.document.blocks), problems: self.inline.problems }
    }
}

/// Writes inline Markdown that [`parse_text`] reads as the same text.
pub fn write_text(text: &Text) -> String {
    let light = write_runs(text, Escape::Light);
    if parse_text(&light).text == *text { light } else { write_runs(text, Escape::Full) }
}

/// Writes block Markdown that [`parse_blocks`] reads as the same blocks.
pub fn write_blocks(blocks: &Blocks) -> String {
    let light = write_block_list(blocks, Escape::Light);
    if parse_blocks(&light).blocks == *blocks { light } else { write_block_list(blocks, Escape::Full) }
}

/// How much is escaped, and how styles are marked.
#[derive(Clone, Copy, PartialEq)]
enum Escape {
    /// As a person would: only what is likely to be read as a mark.
    Light,
    /// All ASCII punctuation, and tags instead of asterisks: ugly, and never ambiguous.
    Full,
}

fn write_runs(text: &Text, escape: Escape) -> String {
    let mut out = String::new();
    let runs = text.runs();
    let mut at = 0;
    while at < runs.len() {
        let link = &runs[at].style.link;
        let end = at + runs[at..].iter().take_while(|run| run.style.link == *link).count();
        match link {
            Some(href) => {
                out.push('[');
                write_styled(&runs[at..end], escape, &mut out);
                out.push_str("](");
                write_target(href, escape, &mut out);
                out.push(')');
            }
            None => write_styled(&runs[at..end], escape, &mut out),
        }
        at = end;
    }
    out
}

/// Writes runs that share a link: bold outside, emphasis inside.
fn write_styled(runs: &[Run], escape: Escape, out: &mut String) {
    let (strong, emphasis) = match escape {
        Escape::Light => (["**", "**"], ["*", "*"]),
        Escape::Full => (["<strong>", "</strong>"], ["<em>", "</em>"]),
    };
    let (mut in_strong, mut in_emphasis) = (false, false);
    for run in runs {
        let (to_strong, to_emphasis) = (run.style.strong, run.style.emphasis);
        if in_emphasis && (!to_emphasis || to_strong != in_strong) {
            out.push_str(emphasis[1]);
            in_emphasis = false;
        }
        if in_strong != to_strong {
            out.push_str(strong[usize::from(in_strong)]);
            in_strong = to_strong;
        }
        if to_emphasis && !in_emphasis {
            out.push_str(emphasis[0]);
            in_emphasis = true;
        }
        if run.style.code { write_code(&run.text, escape, out) } else { write_plain(&run.text, escape, out) }
    }
    if in_emphasis {
        out.push_str(emphasis[1]);
    }
    if in_strong {
        out.push_str(strong[1]);
    }
}

fn write_code(text: &str, escape: Escape, out: &mut String) {
    // Nothing between backquotes can be escaped, and "[`]:`](" at the start of a line would be the target of a link.
    if escape == Escape::Full {
        out.push_str("<code>");
        write_plain(text, escape, out);
        return out.push_str("</code>");
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    // CommonMark strips one space from either end when both are there.
    let pad = if text.starts_with('`') || text.ends_with('`') || (text.starts_with(' ') && text.ends_with(' ')) { " " } else { "" };
    for part in [fence.as_str(), pad, text, pad, fence.as_str()] {
        out.push_str(part);
    }
}

fn write_target(href: &Href, escape: Escape, out: &mut String) {
    let address = href.as_str();
    if escape == Escape::Light && !address.contains(['(', ')', '&', '*', '_']) {
        out.push_str(address);
    } else {
        out.push('<');
        out.push_str(&if escape == Escape::Full { address.replace('&', "&amp;") } else { address.to_owned() });
        out.push('>');
    }
}

fn write_plain(text: &str, escape: Escape, out: &mut String) {
    let mut previous = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        let special = match escape {
            Escape::Full => c.is_ascii_punctuation(),
            Escape::Light => match c {
                '\\' | '`' | '*' | '[' | ']' => true,
                '<' => !next.is_whitespace() && !next.is_ascii_digit(),
                '&' => next == '#' || next.is_ascii_alphabetic() && text.contains(';'),
                '!' => next == '[' || next == ' ',
                '_' => !(previous.is_alphanumeric() && next.is_alphanumeric()),
                _ => false,
            },
        };
        if c == '\u{a0}' && escape == Escape::Full {
            out.push_str("&nbsp;");
            continue;
        }
        // "!" only matters right before a link's bracket, which may stand in the next run.
        if special && !(c == '!' && escape == Escape::Light && (next == ' ' && chars.peek().is_some())) {
            out.push('\\');
        }
        out.push(c);
        previous = c;
    }
}

fn write_block_list(blocks: &Blocks, escape: Escape) -> String {
    let mut out = String::new();
    write_nested(blocks, escape, "", &mut out);
    out
}

/// Writes blocks, each line after the first of a block behind `indent`; ends without a line break.
fn write_nested(blocks: &Blocks, escape: Escape, indent: &str, out: &mut String) {
    // Two lists in a row are told apart by their marks.
    let mut second = false;
    let mut previous: Option<bool> = None;
    for (at, block) in blocks.iter().enumerate() {
        if at > 0 {
            out.push_str("\n\n");
            out.push_str(indent);
        }
        match block {
            Block::Paragraph { text } => {
                out.push_str(&line(text, escape));
                previous = None;
            }
            Block::List(list) => {
                second = previous == Some(list.ordered) && !second;
                write_list(list, escape, indent, second, out);
                previous = Some(list.ordered);
            }
        }
    }
}

fn write_list(list: &List, escape: Escape, indent: &str, second: bool, out: &mut String) {
    for (at, item) in list.items.iter().enumerate() {
        if at > 0 {
            out.push('\n');
            out.push_str(indent);
        }
        let mark = match (list.ordered, second) {
            (false, false) => "- ".to_owned(),
            (false, true) => "* ".to_owned(),
            (true, false) => format!("{}. ", at + 1),
            (true, true) => format!("{}) ", at + 1),
        };
        out.push_str(&mark);
        out.push_str(&line(&item.text, escape));
        if !item.blocks.is_empty() {
            let inner = format!("{indent}{}", " ".repeat(mark.len()));
            // A list may follow at once; a paragraph needs the blank line.
            let starts_with_list = matches!(item.blocks.as_slice().first(), Some(Block::List(_)));
            out.push_str(if starts_with_list { "\n" } else { "\n\n" });
            out.push_str(&inner);
            write_nested(&item.blocks, escape, &inner, out);
        }
    }
}

/// A text as the start of a block: what would open another kind of block there is escaped.
fn line(text: &Text, escape: Escape) -> String {
    let inline = match escape {
        Escape::Light => write_text(text),
        Escape::Full => write_runs(text, Escape::Full),
    };
    let digits = inline.chars().take_while(char::is_ascii_digit).count();
    if digits > 0 && digits < 10 && inline[digits..].starts_with(['.', ')']) {
        return format!("{}\\{}", &inline[..digits], &inline[digits..]);
    }
    if inline.starts_with(['#', '-', '+', '>', '=', '|', '~', ':']) {
        return format!("\\{inline}");
    }
    inline
}
