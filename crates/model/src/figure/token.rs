//! Cuts a text into words, numbers and signs, so that the rules can look a few tokens ahead and back.
//!
//! In: any text. Out: a [`Reading`], whose tokens are in order, do not overlap and lie on character boundaries.
//!
//! - A number is ASCII digits with British thousands separators and a decimal point: `16,000`, `9.5`, `0·4`.
//! - A word may hold digits, apostrophes, ampersands and hyphens (`COVID-19`, `A&E`, `children's`, `care-experienced`). A
//!   compound that begins with a number word comes apart (`two-thirds`), so that the rules read it as they read `two thirds`.
//! - A web or e-mail address or a DOI is one token, whatever digits it holds.
//!
//! Every look at a neighbour costs the same however long the text is; this is what keeps the search linear.
//!
//! Not here: what a token means ([`super::words`]).

use std::ops::Range;

use super::words;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    /// One character that is neither part of a word nor of a number; a line break is one.
    Sign,
    /// An address of the web or of a mailbox, or a DOI.
    Address,
}

/// A piece of the text, by byte offsets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// White space stands before it.
    pub(super) spaced: bool,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// A text and its tokens. Positions outside of it may be asked for: they hold nothing.
pub(super) struct Reading<'a> {
    text: &'a str,
    tokens: Vec<Token>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, tokens: Cutter { text, at: 0, tokens: Vec::with_capacity(text.len() / 6 + 1) }.cut() }
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn kind(&self, at: usize) -> Option<Kind> {
        self.tokens.get(at).map(|token| token.kind)
    }

    /// The characters of a token.
    pub(super) fn text(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| &self.text[token.start..token.end])
    }

    /// The bytes from the token `first` up to but not including the token `end`; none where that is no stretch of the text.
    pub(super) fn bytes(&self, first: usize, end: usize) -> Range<usize> {
        match (self.tokens.get(first), self.tokens.get(end.wrapping_sub(1))) {
            (Some(from), Some(to)) if from.start <= to.end => from.start..to.end,
            _ => 0..0,
        }
    }

    /// The characters of the same.
    pub(super) fn slice(&self, first: usize, end: usize) -> &'a str {
        &self.text[self.bytes(first, end)]
    }

    /// The word at this place; empty if it is none.
    pub(super) fn word(&self, at: usize) -> &'a str {
        if self.kind(at) == Some(Kind::Word) { self.text(at) } else { "" }
    }

    /// Whether the token is one of these words, in any case.
    pub(super) fn is(&self, at: usize, list: &[&str]) -> bool {
        words::among(self.word(at), list)
    }

    /// The sign at this place.
    pub(super) fn sign(&self, at: usize) -> Option<char> {
        if self.kind(at) == Some(Kind::Sign) { self.text(at).chars().next() } else { None }
    }

    /// White space stands before the token.
    pub(super) fn spaced(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.spaced)
    }

    /// The token follows the one before it without white space.
    pub(super) fn glued(&self, at: usize) -> bool {
        at > 0 && self.tokens.get(at).is_some_and(|token| !token.spaced)
    }

    /// A word after white space.
    pub(super) fn spaced_word(&self, at: usize) -> &'a str {
        if self.spaced(at) { self.word(at) } else { "" }
    }

    /// A hyphen or dash that joins the tokens on its two sides.
    pub(super) fn is_joint(&self, at: usize) -> bool {
        self.sign(at).is_some_and(words::is_dash) && self.glued(at) && self.glued(at + 1)
    }

    /// The place after the token, past a joining hyphen: in `two-thirds` that of `thirds`, as in `two thirds`.
    pub(super) fn after(&self, at: usize) -> usize {
        if self.is_joint(at + 1) { at + 2 } else { at + 1 }
    }

    /// The token begins a sentence, a line or something in brackets or quotation marks.
    pub(super) fn opens_sentence(&self, at: usize) -> bool {
        let before = at.wrapping_sub(1);
        at == 0 || self.sign(before).is_some_and(|sign| !matches!(sign, ',' | '&' | '/' | '-' | '\u{2013}' | ')' | '%'))
    }

    /// The word begins with a capital letter.
    pub(super) fn is_capitalised(&self, at: usize) -> bool {
        self.word(at).starts_with(char::is_uppercase)
    }
}

/// Walks through the text once.
struct Cutter<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
}

impl Cutter<'_> {
    fn cut(mut self) -> Vec<Token> {
        let mut spaced = false;
        let mut chunk_start = true;
        while let Some(c) = self.text[self.at..].chars().next() {
            if c.is_whitespace() && c != '\n' {
                self.at += c.len_utf8();
                (spaced, chunk_start) = (true, true);
                continue;
            }
            let address = if chunk_start { self.address_end() } else { None };
            let (kind, end) = match address {
                Some(end) => (Kind::Address, end),
                None if c.is_ascii_digit() => (Kind::Number, self.number_end()),
                None if c.is_alphanumeric() && !words::is_vulgar_fraction(c) => (Kind::Word, self.word_end()),
                None => (Kind::Sign, self.at + c.len_utf8()),
            };
            self.tokens.push(Token { kind, spaced, start: self.at, end });
            self.at = end;
            (spaced, chunk_start) = (false, c == '\n');
        }
        self.tokens
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn digits_end(&self, mut at: usize) -> usize {
        while self.byte(at).is_ascii_digit() {
            at += 1;
        }
        at
    }

    /// The end of the stretch without white space that begins here, if it is an address.
    fn address_end(&self) -> Option<usize> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = rest.iter().position(|byte| byte.is_ascii_whitespace()).unwrap_or(rest.len());
        let chunk = &rest[..length];
        let bare = chunk.strip_prefix(b"(").unwrap_or(chunk);
        let is_doi = bare.starts_with(b"10.") && bare.len() > 7 && bare[3..7].iter().all(u8::is_ascii_digit) && bare[7..].contains(&b'/');
        let is_address = is_doi
            || bare.starts_with(b"www.")
            || bare.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"doi:") && bare.len() > 4)
            || chunk.contains(&b'@')
            || (chunk.contains(&b':') && chunk.windows(3).any(|three| three == b"://"));
        is_address.then_some(self.at + length)
    }

    fn number_end(&self) -> usize {
        let mut end = self.digits_end(self.at);
        // Groups of exactly three: "16,000", but not the "4,5" or "1,2345" of a list without spaces.
        while end - self.at <= 3 || self.byte(end) == b',' {
            if self.byte(end) != b',' || self.digits_end(end + 1) != end + 4 {
                break;
            }
            end += 4;
        }
        // The raised point of medical journals is read as the decimal point it is.
        let point = if self.text[end..].starts_with('\u{b7}') { 2 } else { usize::from(self.byte(end) == b'.') };
        let decimals_end = self.digits_end(end + point);
        if point > 0 && decimals_end > end + point { decimals_end } else { end }
    }

    fn word_end(&self) -> usize {
        let in_compound = self.at > 0 && matches!(self.byte(self.at - 1), b'-') && self.tokens.last().is_some_and(|token| token.end == self.at);
        let mut end = self.at;
        let mut rest = self.text[self.at..].chars().peekable();
        while let Some(c) = rest.next() {
            let joins = match c {
                '-' | '\u{2010}' | '\u{2011}' => !in_compound && !self.comes_apart(end),
                '\'' | '\u{2019}' | '&' => true,
                _ => false,
            };
            let goes_on = (c.is_alphanumeric() && !words::is_vulgar_fraction(c)) || (joins && rest.peek().is_some_and(|next| next.is_alphanumeric()));
            if !goes_on {
                break;
            }
            end += c.len_utf8();
        }
        end
    }

    /// The compound whose first part ends here is read as separate words.
    fn comes_apart(&self, end: usize) -> bool {
        let part = &self.text[self.at..end];
        words::opens_figure(part) || words::among(part, words::FRACTIONS) || (words::among(part, &["over", "under"]) && self.byte(end + 1).is_ascii_digit())
    }
}
