//! HTML to plain words.

use std::cell::{Cell, RefCell};

use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

/// The words of a piece of HTML, in one line: without what scripts and styles say, with spaces where browsers break lines.
pub fn plain(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return single_spaced(html);
    }
    let tokenizer = Tokenizer::new(Words::default(), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    while matches!(tokenizer.feed(&input), TokenizerResult::Script(())) {}
    tokenizer.end();
    single_spaced(&tokenizer.sink.text.borrow())
}

/// Whether a text that does not say so is HTML: it has a tag or a reference of HTML in it.
pub(super) fn looks_like_html(text: &str) -> bool {
    let last_end = text.rfind('>').unwrap_or(0);
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        let is_tag = rest.as_bytes()[at] == b'<';
        rest = &rest[at + 1..];
        let name = rest.trim_start_matches(['/', '!', '#']);
        let letters = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let end = name.as_bytes().get(letters);
        let is_it = if is_tag {
            name.starts_with(|c: char| c.is_ascii_alphabetic())
                && matches!(end, Some(b'>' | b'/' | b' ' | b'\n' | b'\t' | b'\r'))
                && text.len() - rest.len() <= last_end
        } else {
            letters > 0 && end == Some(&b';')
        };
        if is_it {
            return true;
        }
    }
    false
}

/// Words with single spaces between them.
pub(super) fn single_spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    spaced
}

#[derive(Default)]
struct Words {
    text: RefCell<String>,
    /// Inside a script or a style.
    is_hidden: Cell<bool>,
}

impl TokenSink for Words {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(characters) if !self.is_hidden.get() => self.text.borrow_mut().push_str(&characters),
            Token::TagToken(tag) => return self.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Words {
    fn tag(&self, tag: &Tag) -> TokenSinkResult<()> {
        let name = &*tag.name;
        if is_line_of_its_own(name) {
            self.text.borrow_mut().push(' ');
        }
        // Not frames, though browsers do: in XHTML they are often closed by their own slash.
        let raw = match name {
            "script" => RawKind::ScriptData,
            "style" => RawKind::Rawtext,
            _ => return TokenSinkResult::Continue,
        };
        self.is_hidden.set(tag.kind == TagKind::StartTag);
        if tag.kind == TagKind::StartTag { TokenSinkResult::RawData(raw) } else { TokenSinkResult::Continue }
    }
}

fn is_line_of_its_own(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "br"
            | "dd"
            | "div"
            | "dl"
            | "dt"
            | "figcaption"
            | "figure"
            | "footer"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "table"
            | "td"
            | "th"
            | "tr"
            | "ul"
    )
}
