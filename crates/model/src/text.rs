//! Running text: what stands in one paragraph, list item or link, without line breaks.
//!
//! A [`Text`] is a flat list of [`Run`]s, each with a [`Style`]. It is always in normal form, so two texts that read
//! the same are equal, and every output can write a run without looking at its neighbours:
//!
//! - white space is single spaces, with none at either end of the text;
//! - no run is empty, and neighbours differ in style;
//! - a space between two runs has only the styles that both have, so no styled run begins or ends with a space
//!   unless its neighbour shares the style;
//! - no control characters and no bidirectional overrides (they can make a page read differently from its source).
//!
//! Not here: the Markdown form ([`crate::markdown`]); paragraphs and lists ([`crate::block`]).

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a run is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Style {
    /// Bold.
    pub strong: bool,
    /// Italic.
    pub emphasis: bool,
    /// A fragment of code or another literal, set in a fixed-width face.
    pub code: bool,
    /// Where the run leads.
    pub link: Option<Href>,
}

impl Style {
    /// What both styles share; a space between two runs is set in it.
    fn shared(&self, other: &Self) -> Self {
        Self {
            strong: self.strong && other.strong,
            emphasis: self.emphasis && other.emphasis,
            code: self.code && other.code,
            link: if self.link == other.link { self.link.clone() } else { None },
        }
    }
}

/// A stretch of characters in one style.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Run {
    /// The characters, never empty.
    pub text: String,
    /// How they are set.
    pub style: Style,
}

/// Running text in normal form (see the module).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Text(Vec<Run>);

impl Text {
    /// Brings any runs into normal form.
    ///
    /// ```
    /// use pulse_model::{Run, Style, Text};
    /// let bold = Style { strong: true, ..Style::default() };
    /// let text = Text::new([
    ///     Run { text: "  One in five ".into(), style: bold },
    ///     Run { text: "carers".into(), style: Style::default() },
    /// ]);
    /// assert_eq!(text.plain(), "One in five carers");
    /// assert_eq!(text.runs()[0].text, "One in five");
    /// ```
    pub fn new(runs: impl IntoIterator<Item = Run>) -> Self {
        let mut normal: Vec<Run> = Vec::new();
        // The style of the characters on the left of white space that was met and not written yet.
        let mut gap: Option<Style> = None;
        for run in runs {
            for c in run.text.chars() {
                if is_space(c) {
                    if gap.is_none() {
                        gap = normal.last().map(|last| last.style.clone());
                    }
                } else if !is_forbidden(c) {
                    if let Some(left) = gap.take() {
                        push(&mut normal, ' ', left.shared(&run.style));
                    }
                    push(&mut normal, c, run.style.clone());
                }
            }
        }
        Self(normal)
    }

    /// Text without any style.
    pub fn from_plain(text: &str) -> Self {
        Self::new([Run { text: text.to_owned(), style: Style::default() }])
    }

    /// The runs, in order.
    pub fn runs(&self) -> &[Run] {
        &self.0
    }

    /// The characters alone.
    pub fn plain(&self) -> String {
        self.0.iter().map(|run| run.text.as_str()).collect()
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each link with its label, in order. A label in several styles is one link.
    pub fn links(&self) -> Vec<(Href, String)> {
        let mut links: Vec<(Href, String)> = Vec::new();
        let mut previous: Option<&Href> = None;
        for run in &self.0 {
            if let Some(href) = &run.style.link {
                match links.last_mut() {
                    Some((_, label)) if previous == Some(href) => label.push_str(&run.text),
                    _ => links.push((href.clone(), run.text.clone())),
                }
            }
            previous = run.style.link.as_ref();
        }
        links
    }

    /// This text followed by a space and `other`.
    pub fn joined(self, other: Self) -> Self {
        let space = Run { text: " ".to_owned(), style: Style::default() };
        Self::new(self.0.into_iter().chain([space]).chain(other.0))
    }

    /// The runs from the character offset `start` to `end` of [`Text::plain`], in bytes. Offsets inside a character are
    /// moved to its start; offsets past the end stand for the end.
    pub fn slice(&self, start: usize, end: usize) -> Self {
        let mut at = 0;
        let mut runs = Vec::new();
        for run in &self.0 {
            let from = floor_char(&run.text, start.saturating_sub(at));
            let to = floor_char(&run.text, end.saturating_sub(at));
            if from < to {
                runs.push(Run { text: run.text[from..to].to_owned(), style: run.style.clone() });
            }
            at += run.text.len();
        }
        Self::new(runs)
    }

    /// The same characters with every style taken off.
    pub fn unstyled(&self) -> Self {
        Self::from_plain(&self.plain())
    }
}

fn floor_char(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn push(runs: &mut Vec<Run>, c: char, style: Style) {
    match runs.last_mut() {
        Some(last) if last.style == style => last.text.push(c),
        _ => runs.push(Run { text: c.to_string(), style }),
    }
}

/// White space that folds into one space. The no-break space does not: whoever wrote it meant it.
fn is_space(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}' | '\u{2007}')
}

/// Characters that no text may hold: controls, bidirectional overrides and isolates, the byte order mark, the
/// zero-width space and the characters Unicode reserves as "not a character".
pub fn is_forbidden(c: char) -> bool {
    is_bidi_control(c) || (c.is_control() && !c.is_whitespace()) || matches!(c, '\u{feff}' | '\u{200b}' | '\u{fffe}' | '\u{ffff}')
}

/// Characters that change the direction of what follows (Unicode TR36 section 3.4 warns of them).
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.plain())
    }
}

/// In files and in the store a text is its inline Markdown.
impl Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&crate::markdown::write_text(self))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let markdown = String::deserialize(deserializer)?;
        Ok(crate::markdown::parse_text(&markdown).text)
    }
}

/// An address a reader may follow: absolute, `http`, `https` or `mailto`, free of white space and control characters.
///
/// The characters are kept as they were given wherever they are safe, so that a link that comes in goes out the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Href(String);

/// Why an address cannot be a link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HrefError {
    /// Nothing, or a bare `#`: the target was lost on the way.
    #[error("the link has no target")]
    Empty,
    /// A path or a fragment of a page we do not have.
    #[error("\u{201c}{0}\u{201d} is not a full address")]
    Relative(String),
    /// A scheme that can run something, or that readers' programs do not open.
    #[error("links with \u{201c}{0}:\u{201d} are not allowed; only http, https and mailto are")]
    Scheme(String),
    /// Longer than any browser follows.
    #[error("the address is longer than {max} characters", max = Href::MAX_LEN)]
    TooLong,
}

impl Href {
    /// In bytes. Browsers and mail programs vary; 8,000 is what RFC 9110 section 4.1 asks everyone to accept.
    pub const MAX_LEN: usize = 8000;

    /// Checks an address.
    ///
    /// ```
    /// use pulse_model::Href;
    /// assert_eq!(Href::parse(" https://example.org/a_(b) ").unwrap().as_str(), "https://example.org/a_(b)");
    /// assert!(Href::parse("javascript:alert(1)").is_err());
    /// ```
    ///
    /// # Errors
    /// [`HrefError`] says which of the conditions above does not hold.
    pub fn parse(address: &str) -> Result<Self, HrefError> {
        let address = address.trim();
        if address.is_empty() || address == "#" {
            return Err(HrefError::Empty);
        }
        if address.len() > Self::MAX_LEN {
            return Err(HrefError::TooLong);
        }
        let shown = || address.chars().take(60).collect();
        let parsed = match url::Url::parse(address) {
            Ok(parsed) => parsed,
            Err(_) => return Err(HrefError::Relative(shown())),
        };
        match parsed.scheme() {
            "http" | "https" if parsed.has_host() => {}
            "mailto" => {}
            "http" | "https" => return Err(HrefError::Relative(shown())),
            scheme => return Err(HrefError::Scheme(scheme.chars().take(30).collect())),
        }
        let plain = |c: char| !(c.is_whitespace() || is_forbidden(c) || matches!(c, '<' | '>' | '"' | '\\' | '`'));
        if address.chars().all(plain) {
            return Ok(Self(address.to_owned()));
        }
        // Percent-encoded by the standard's rules; `mailto:` paths may keep a quote, which no output needs.
        let encoded: String =
            parsed.as_str().chars().flat_map(|c| if plain(c) { vec![c] } else { format!("%{:02X}", c as u32 & 0xff).chars().collect() }).collect();
        Ok(Self(encoded))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Href {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Href {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let address = String::deserialize(deserializer)?;
        Self::parse(&address).map_err(serde::de::Error::custom)
    }
}
