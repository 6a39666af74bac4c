//! Documents: one file of a publication as read, in blocks that can be pointed at.
//!
//! `extract` makes them of bytes; summaries are written from them, and every figure of an entry is traced to a block of one.
//! Invariants, kept by [`Document::new`]: no block is empty, white space is single spaces, and each block has an [`Anchor`]
//! that is its own within the document. An anchor is made of the block's words, so that it stays when the document changes
//! elsewhere.

use std::collections::HashMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::problem::Problem;

/// One file of a publication as read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// What it says of itself.
    pub metadata: Metadata,
    /// Its text, in reading order.
    blocks: Vec<Block>,
    /// How many pages it has, where it has any: a PDF.
    pub page_count: Option<u32>,
    /// What was wrong with it; the blocks hold what could be read all the same.
    pub problems: Vec<Problem>,
}

/// What a file says of itself. Empty where it says nothing; times are Unix milliseconds, UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The form its content was found to have, whatever name and server said.
    pub form: Form,
    /// Its title, without the name of the site.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// When it came out.
    pub published_at: Option<i64>,
    /// When it last changed.
    pub updated_at: Option<i64>,
    /// Its own word for what it is: "Statistical bulletin", `policy_paper`.
    pub document_type: String,
    /// A BCP 47 tag: declared, or told from the words.
    pub language: String,
    /// A few words about it, as it says itself.
    pub description: String,
    /// The address it wants to be known by.
    pub canonical: Option<Url>,
    /// Digital object identifiers it gives as its own, in lower case.
    pub dois: Vec<String>,
    /// Files that belong to it.
    pub attachments: Vec<Attachment>,
    /// Other pages that its main part links to, each once, in their order; the first hundred.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Url>,
    /// Its outline, where it brings one beside its headings: a PDF's bookmarks.
    pub outline: Vec<OutlineItem>,
}

/// The forms that are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// A web page.
    Html,
    /// PDF.
    Pdf,
    /// Word, since 2007.
    Docx,
    /// OpenDocument text.
    Odt,
    /// Markdown.
    Markdown,
    /// Plain text.
    Text,
    /// Anything else: not read.
    #[default]
    Other,
}

/// A file that belongs to a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Where it is.
    pub url: Url,
    /// What it is called; often empty.
    pub title: String,
    /// The media type that the page claims, or that its name suggests.
    pub media_type: Option<String>,
}

/// A line of an outline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutlineItem {
    /// From 1, the highest.
    pub level: u8,
    /// Its words.
    pub title: String,
    /// From 1.
    pub page: Option<u32>,
}

/// One block of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// How it is pointed at.
    pub anchor: Anchor,
    /// The page it begins on, from 1; none where there are no pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// What it says.
    pub content: Content,
}

/// What a block says. Texts are plain, with single spaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Content {
    /// A heading.
    Heading {
        /// 1 to 6, the highest first.
        level: u8,
        /// Its words.
        text: String,
    },
    /// Running text.
    Paragraph {
        /// Its words.
        text: String,
    },
    /// A list, with the lists in it.
    List {
        /// Numbered or lettered; else bulleted.
        ordered: bool,
        /// At least one.
        items: Vec<ListItem>,
    },
    /// A table, row by row. Rows may be of different lengths.
    Table {
        /// Its title; often empty.
        caption: String,
        /// So many rows at the top are its heading.
        header_rows: usize,
        /// At least one, with at least one cell that is not empty.
        rows: Vec<Vec<String>>,
    },
    /// The words under a picture, or those for who does not see it.
    Figure {
        /// Its words.
        caption: String,
    },
    /// Words of somebody else, set apart.
    Quote {
        /// Its words.
        text: String,
    },
    /// A note at the foot of a page or at the end.
    Footnote {
        /// What it is referred to by: "1", "*"; may be empty.
        mark: String,
        /// Its words.
        text: String,
    },
}

/// A point of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListItem {
    /// From 0, the outermost.
    pub depth: u8,
    /// Its words, all of its paragraphs together.
    pub text: String,
}

/// How a block is pointed at within its document: 12 characters of base 32 made of its words, and `-2`, `-3`, … where the same
/// words come again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Anchor(String);

impl Anchor {
    /// As it stands behind the `#` of a link.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// SHA-256 of bytes or of a text: the name of content, whatever it is called and wherever it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Its 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

impl std::str::FromStr for ContentHash {
    type Err = NotAHash;
    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return Err(NotAHash);
        }
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| NotAHash)?;
        }
        Ok(Self(bytes))
    }
}

/// A text that is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a content hash has 64 hexadecimal digits")]
pub struct NotAHash;

impl Document {
    /// Puts a document together: brings each block into normal form, leaves out what is empty, and gives each an anchor.
    ///
    /// ```
    /// use pulse_model::document::{Content, Document, Metadata};
    /// let of = |words: &[&str]| {
    ///     let blocks = words.iter().map(|text| (None, Content::Paragraph { text: (*text).into() }));
    ///     Document::new(Metadata::default(), blocks, None, Vec::new())
    /// };
    /// let (before, after) = (of(&["One.", " Two  and\nmore.", ""]), of(&["New.", "Two and more."]));
    /// assert_eq!(before.blocks().len(), 2);
    /// assert_eq!(before.blocks()[1], after.blocks()[1]);
    /// ```
    pub fn new(metadata: Metadata, blocks: impl IntoIterator<Item = (Option<u32>, Content)>, page_count: Option<u32>, problems: Vec<Problem>) -> Self {
        let mut seen: HashMap<String, u32> = HashMap::new();
        let anchored = blocks.into_iter().filter_map(|(page, content)| {
            let content = content.normal()?;
            let anchor = anchor_of(&content, &mut seen);
            Some(Block { anchor, page, content })
        });
        Self { metadata, blocks: anchored.collect(), page_count, problems }
    }

    /// Its text, in reading order.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The block an anchor points to.
    pub fn block(&self, anchor: &str) -> Option<&Block> {
        self.blocks.iter().find(|block| block.anchor.as_str() == anchor)
    }

    /// Its running words, one line for each paragraph, point or row. What is said of pictures stands in the blocks alone.
    pub fn text(&self) -> String {
        let is_running = |block: &&Block| !matches!(block.content, Content::Figure { .. });
        self.blocks.iter().filter(is_running).flat_map(|block| block.content.lines()).collect::<Vec<_>>().join("\n")
    }

    /// The hash of all its words, those of pictures too: two readings with the same hash say the same.
    pub fn text_hash(&self) -> ContentHash {
        ContentHash::of(self.blocks.iter().flat_map(|block| block.content.lines()).collect::<Vec<_>>().join("\n").as_bytes())
    }
}

impl Content {
    /// Its words, one line for each point or row; cells stand apart by ` | `.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Heading { text, .. } | Self::Paragraph { text } | Self::Quote { text } | Self::Figure { caption: text } => vec![text.clone()],
            Self::List { items, .. } => items.iter().map(|item| item.text.clone()).collect(),
            Self::Table { caption, rows, .. } => {
                let caption = (!caption.is_empty()).then(|| caption.clone());
                caption.into_iter().chain(rows.iter().map(|row| row.join(" | "))).collect()
            }
            Self::Footnote { mark, text } if mark.is_empty() => vec![text.clone()],
            Self::Footnote { mark, text } => vec![format!("{mark} {text}")],
        }
    }

    /// Single spaces, no empty points or rows; `None` when nothing is left.
    fn normal(self) -> Option<Self> {
        let whole = |text: String| Some(single_spaced(&text)).filter(|text| !text.is_empty());
        Some(match self {
            Self::Heading { level, text } => Self::Heading { level: level.clamp(1, 6), text: whole(text)? },
            Self::Paragraph { text } => Self::Paragraph { text: whole(text)? },
            Self::Quote { text } => Self::Quote { text: whole(text)? },
            Self::Figure { caption } => Self::Figure { caption: whole(caption)? },
            Self::Footnote { mark, text } => Self::Footnote { mark: single_spaced(&mark), text: whole(text)? },
            Self::List { ordered, items } => {
                let items: Vec<_> = items.into_iter().filter_map(|item| Some(ListItem { depth: item.depth, text: whole(item.text)? })).collect();
                (!items.is_empty()).then_some(Self::List { ordered, items })?
            }
            Self::Table { caption, header_rows, rows } => {
                let is_filled = |row: &Vec<String>| row.iter().any(|cell| !cell.is_empty());
                let rows: Vec<Vec<_>> = rows.into_iter().map(|row| row.iter().map(|cell| single_spaced(cell)).collect()).collect();
                let header_rows = rows.iter().take(header_rows).filter(|row| is_filled(row)).count();
                let rows: Vec<_> = rows.into_iter().filter(is_filled).collect();
                (!rows.is_empty()).then(|| Self::Table { caption: single_spaced(&caption), header_rows, rows })?
            }
        })
    }
}

/// The words of a text with single spaces between them.
fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn anchor_of(content: &Content, seen: &mut HashMap<String, u32>) -> Anchor {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let hash = ContentHash::of(content.lines().join("\n").as_bytes());
    let code: String = hash.0[..12].iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    let count = seen.entry(code.clone()).or_default();
    *count += 1;
    Anchor(if *count == 1 { code } else { format!("{code}-{count}") })
}
