//! What a person sees of a message: blocks of text, and the links in them.

/// The most blocks of a message.
pub(super) const MAX_BLOCKS: usize = 20_000;
/// The most characters of one block.
const MAX_BLOCK_CHARS: usize = 20_000;

/// The line before a signature (RFC 3676 section 4.3), without the space behind it.
pub(super) const SIGNATURE: &str = "--";

/// A heading, a paragraph, an item or a line. White space is single.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) text: String,
    pub(super) is_heading: bool,
    pub(super) mentions: Vec<Mention>,
}

/// A link, where it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) href: String,
    /// Its words, as bytes of the block's text.
    pub(super) start: usize,
    pub(super) end: usize,
    /// What stands for a picture in it.
    pub(super) alt: String,
}

impl Block {
    /// The words of a link.
    pub(super) fn words(&self, mention: &Mention) -> &str {
        self.text.get(mention.start..mention.end).unwrap_or_default().trim()
    }

    /// The text before a link.
    pub(super) fn before(&self, mention: &Mention) -> &str {
        self.text.get(..mention.start).unwrap_or_default().trim()
    }

    /// The text behind a link.
    pub(super) fn after(&self, mention: &Mention) -> &str {
        self.text.get(mention.end..).unwrap_or_default().trim()
    }

    /// What is no link's, in one line.
    pub(super) fn own_text(&self) -> String {
        let mut own = String::new();
        let mut from = 0;
        for mention in &self.mentions {
            own.push_str(self.text.get(from..mention.start.max(from)).unwrap_or_default());
            from = from.max(mention.end);
        }
        own.push_str(self.text.get(from..).unwrap_or_default());
        own.trim().to_owned()
    }

    /// Appends text with its white space made single, and without what nobody sees (mailers pad their first line with it).
    pub(super) fn push(&mut self, text: &str) {
        if self.text.len() > MAX_BLOCK_CHARS {
            return;
        }
        for c in text.chars() {
            match c {
                '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {}
                c if c.is_whitespace() || c.is_control() => {
                    if !self.text.is_empty() && !self.text.ends_with(' ') {
                        self.text.push(' ');
                    }
                }
                c => self.text.push(c),
            }
        }
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.text.trim().is_empty() && self.mentions.is_empty()
    }
}
