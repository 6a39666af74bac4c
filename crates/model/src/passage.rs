//! Passages: the place in a publication's documents that a point rests on.

use serde::{Deserialize, Serialize};

use crate::document::{Anchor, Block, Document};

/// A document of a publication, and the address it is known by.
#[derive(Clone, Copy, Debug)]
pub struct Sourced<'a> {
    /// Its address, which no other document of its publication has.
    pub address: &'a str,
    /// What it says.
    pub document: &'a Document,
}

/// Words of a document, and where they stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The address of the document.
    pub document: String,
    /// The block that holds the words.
    pub anchor: Anchor,
    /// The page it begins on, from 1, where the document has pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// The words, character for character as the block has them.
    pub quote: String,
}

impl Passage {
    /// Words of a block of a document.
    pub fn new(address: &str, block: &Block, quote: impl Into<String>) -> Self {
        Self { document: address.to_owned(), anchor: block.anchor.clone(), page: block.page, quote: quote.into() }
    }
}
