//! Paragraphs and lists: the form of a summary, of the letter and of a news item.
//!
//! [`Blocks`] is always in normal form: no empty paragraph, list or item; a list nests one level and no deeper; an
//! item's own words come first, what belongs under it follows. The sentence that leads in a list is the paragraph before it.

use serde::{Deserialize, Serialize};

use crate::text::{Href, Text};

/// One paragraph or one list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Block {
    /// Running text.
    Paragraph {
        /// What it says.
        text: Text,
    },
    /// A bulleted or numbered list.
    List(List),
}

/// A bulleted or numbered list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct List {
    /// Numbered from 1, or bulleted.
    pub ordered: bool,
    /// At least one.
    pub items: Vec<Item>,
}

/// One point of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The point itself.
    pub text: Text,
    /// Further paragraphs and, in a list that is not itself nested, lists.
    #[serde(default)]
    pub blocks: Blocks,
}

/// A sequence of blocks in normal form (see the module).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Blocks(Vec<Block>);

/// How many levels of lists there can be: a list and the lists in its items.
pub const MAX_LIST_DEPTH: usize = 2;

impl Block {
    /// A paragraph.
    pub fn paragraph(text: Text) -> Self {
        Self::Paragraph { text }
    }
}

impl Item {
    /// A point with nothing under it.
    pub fn new(text: Text) -> Self {
        Self { text, blocks: Blocks::default() }
    }
}

impl Blocks {
    /// Brings blocks into normal form: what is empty goes, and what is nested deeper than [`MAX_LIST_DEPTH`] moves up
    /// to the deepest level there is, in the same order. No words are lost.
    pub fn new(blocks: impl IntoIterator<Item = Block>) -> Self {
        Self(normal(blocks, 1))
    }

    /// The blocks, in order.
    pub fn as_slice(&self) -> &[Block] {
        &self.0
    }

    /// The blocks, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Block> {
        self.0.iter()
    }

    /// The blocks themselves, to be changed and put through [`Blocks::new`] again.
    pub fn into_vec(self) -> Vec<Block> {
        self.0
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every text with its depth: 0 for paragraphs, 1 for items of a list, 2 for items of a nested list.
    pub fn texts(&self) -> Vec<(usize, &Text)> {
        let mut texts = Vec::new();
        collect(&self.0, 0, &mut texts);
        texts
    }

    /// Every link with its label, in order.
    pub fn links(&self) -> Vec<(Href, String)> {
        self.texts().into_iter().flat_map(|(_, text)| text.links()).collect()
    }

    /// The words alone, a line for each paragraph and item.
    pub fn plain(&self) -> String {
        self.texts().into_iter().map(|(_, text)| text.plain()).collect::<Vec<_>>().join("\n")
    }
}

impl<'a> IntoIterator for &'a Blocks {
    type Item = &'a Block;
    type IntoIter = std::slice::Iter<'a, Block>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl FromIterator<Block> for Blocks {
    fn from_iter<I: IntoIterator<Item = Block>>(blocks: I) -> Self {
        Self::new(blocks)
    }
}

impl<'de> Deserialize<'de> for Blocks {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(Vec::<Block>::deserialize(deserializer)?))
    }
}

fn collect<'a>(blocks: &'a [Block], depth: usize, texts: &mut Vec<(usize, &'a Text)>) {
    for block in blocks {
        match block {
            Block::Paragraph { text } => texts.push((depth, text)),
            Block::List(list) => {
                for item in &list.items {
                    texts.push((depth + 1, &item.text));
                    collect(&item.blocks.0, depth + 1, texts);
                }
            }
        }
    }
}

fn normal(blocks: impl IntoIterator<Item = Block>, depth: usize) -> Vec<Block> {
    let mut out = Vec::new();
    for block in blocks {
        match block {
            Block::Paragraph { text } if text.is_empty() => {}
            Block::Paragraph { text } => out.push(Block::Paragraph { text }),
            Block::List(list) => {
                let mut items = Vec::new();
                for item in list.items {
                    normal_item(item, depth, &mut items);
                }
                if !items.is_empty() {
                    out.push(Block::List(List { ordered: list.ordered, items }));
                }
            }
        }
    }
    out
}

/// Adds `item` to `items`; lists too deep for where it stands become items after it.
fn normal_item(item: Item, depth: usize, items: &mut Vec<Item>) {
    let mut text = item.text;
    let mut under = Vec::new();
    let mut after = Vec::new();
    for block in normal(item.blocks.0, depth + 1) {
        match block {
            // An item without words of its own takes those of its first paragraph.
            Block::Paragraph { text: first } if text.is_empty() && under.is_empty() && after.is_empty() => text = first,
            Block::List(list) if text.is_empty() || depth >= MAX_LIST_DEPTH => after.extend(list.items),
            // What follows a list that moved up moves up behind it, so that the order of the words stays.
            Block::Paragraph { text } if !after.is_empty() => after.push(Item::new(text)),
            Block::List(list) if !after.is_empty() => after.extend(list.items),
            block => under.push(block),
        }
    }
    if !text.is_empty() {
        items.push(Item { text, blocks: Blocks(under) });
    }
    items.extend(after);
}
