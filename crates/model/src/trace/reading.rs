//! What the documents of a publication state in figures, read once: every figure with the words around it.
//!
//! In: documents. Out: [`Reading`], in which lines are looked up by their words and figures by what they amount to. A line is a
//! paragraph, a point of a list, or one cell of a table with the words above, beside and over it. The order of the documents
//! decides between passages that fit equally and nothing else.
//!
//! Not here: cells ([`super::table`]); how near two contexts are ([`super::context`]).

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use rust_decimal::Decimal;

use super::quantity::{Dimension, Quantity};
use super::{table, words};
use crate::document::{Anchor, Block, Content};
use crate::figure;
use crate::passage::{Passage, Sourced};

/// Documents as read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    blocks: Vec<Place>,
    groups: Vec<Group>,
    pub(super) lines: Vec<Line>,
    pub(super) figures: Vec<Stated>,
    headings: Vec<Vec<u32>>,
    pub(super) vocabulary: HashMap<String, u32>,
    /// By stem: the lines that have it, in order.
    pub(super) lines_with: Vec<Vec<u32>>,
    by_value: BTreeMap<Dimension, Vec<(Decimal, u32)>>,
}

#[derive(Debug)]
struct Place {
    address: String,
    anchor: Anchor,
    page: Option<u32>,
}

/// A line as the document has it; a row of a table is one.
#[derive(Debug)]
struct Group {
    block: u32,
    text: String,
    sentences: Vec<Range<usize>>,
}

/// Words and figures that stand together.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) group: u32,
    pub(super) words: Vec<Word>,
    /// Its heading's words, and those of the sentence that leads in its list.
    heading: u32,
    pub(super) figures: Range<u32>,
}

/// A word that says something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub(super) stem: u32,
    pub(super) sentence: u32,
}

/// A figure of a document.
#[derive(Debug)]
pub(super) struct Stated {
    pub(super) quantity: Quantity,
    pub(super) line: u32,
    /// So many words of the line stand before it.
    pub(super) at: usize,
    pub(super) sentence: u32,
}

impl Reading {
    pub(super) fn of(documents: &[Sourced<'_>]) -> Self {
        let mut reading = Self::default();
        for sourced in documents {
            let mut lead = Lead::default();
            reading.headings.push(Vec::new());
            for block in sourced.document.blocks() {
                reading.add(sourced.address, block, &mut lead);
            }
        }
        reading.lines_with = vec![Vec::new(); reading.vocabulary.len()];
        for (number, line) in (0..).zip(&reading.lines) {
            for word in &line.words {
                if let Some(lines) = reading.lines_with.get_mut(word.stem as usize).filter(|lines| lines.last() != Some(&number)) {
                    lines.push(number);
                }
            }
        }
        for (number, stated) in (0..).zip(&reading.figures) {
            reading.by_value.entry(stated.quantity.dimension).or_default().push((stated.quantity.value, number));
        }
        reading.by_value.values_mut().for_each(|figures| figures.sort_unstable());
        reading
    }

    fn add(&mut self, address: &str, block: &Block, lead: &mut Lead) {
        let place = index(self.blocks.len());
        self.blocks.push(Place { address: address.to_owned(), anchor: block.anchor.clone(), page: block.page });
        if let Content::Heading { text, .. } = &block.content {
            lead.heading = words::content_words(text).map(|(_, stem)| self.stem(stem)).collect();
        }
        let is_led = matches!(block.content, Content::List { .. } | Content::Table { .. });
        let context = lead.heading.iter().chain(lead.sentence.iter().filter(|_| is_led)).copied().collect();
        self.headings.push(context);
        match &block.content {
            Content::Table { caption, header_rows, rows } => {
                if !caption.is_empty() {
                    self.add_line(place, caption);
                }
                for row in table::rows(caption, *header_rows, rows) {
                    self.add_row(place, row);
                }
            }
            content => content.lines().iter().for_each(|line| self.add_line(place, line)),
        }
        lead.follow(block, self);
    }

    fn add_line(&mut self, block: u32, text: &str) {
        let sentences = words::sentences(text);
        let spoken = Spoken::of(text, &sentences);
        let words = spoken.words.into_iter().map(|(stem, sentence)| Word { stem: self.stem(stem), sentence }).collect();
        let figures = spoken.figures.into_iter().map(|(figure, at, sentence)| (Quantity::of(&figure), at, sentence));
        self.push(words, figures.collect());
        self.groups.push(Group { block, text: text.to_owned(), sentences });
    }

    fn add_row(&mut self, block: u32, row: table::Row) {
        for cell in row.cells {
            let words: Vec<Word> = cell.words.into_iter().map(|stem| Word { stem: self.stem(stem), sentence: 0 }).collect();
            let at = words.len();
            self.push(words, cell.quantities.into_iter().map(|quantity| (quantity, at, 0)).collect());
        }
        self.groups.push(Group { block, sentences: Vec::new(), text: row.text });
    }

    /// A line of the group that is pushed next.
    fn push(&mut self, words: Vec<Word>, figures: Vec<(Quantity, usize, u32)>) {
        let (line, first) = (index(self.lines.len()), index(self.figures.len()));
        self.figures.extend(figures.into_iter().map(|(quantity, at, sentence)| Stated { quantity, line, at, sentence }));
        let (group, heading) = (index(self.groups.len()), index(self.headings.len()).saturating_sub(1));
        self.lines.push(Line { group, words, heading, figures: first..index(self.figures.len()) });
    }

    fn stem(&mut self, stem: String) -> u32 {
        let next = index(self.vocabulary.len());
        *self.vocabulary.entry(stem).or_insert(next)
    }

    pub(super) fn figure(&self, number: u32) -> Option<&Stated> {
        self.figures.get(number as usize)
    }

    pub(super) fn line(&self, number: u32) -> Option<&Line> {
        self.lines.get(number as usize)
    }

    pub(super) fn heading(&self, line: &Line) -> &[u32] {
        self.headings.get(line.heading as usize).map_or(&[], Vec::as_slice)
    }

    /// The figures of a dimension from one value to another, by value.
    pub(super) fn between(&self, dimension: Dimension, from: Decimal, to: Decimal) -> impl Iterator<Item = u32> {
        let figures = self.by_value.get(&dimension).map_or(&[][..], Vec::as_slice);
        let first = figures.partition_point(|(value, _)| *value < from);
        figures.iter().skip(first).take_while(move |(value, _)| *value <= to).map(|(_, number)| *number)
    }

    pub(super) fn dimensions(&self) -> impl Iterator<Item = Dimension> {
        self.by_value.keys().copied()
    }

    /// The sentence or row that states a figure.
    pub(super) fn passage(&self, number: u32) -> Option<Passage> {
        let stated = self.figure(number)?;
        let group = self.groups.get(self.line(stated.line)?.group as usize)?;
        let place = self.blocks.get(group.block as usize)?;
        let quote = group.sentences.get(stated.sentence as usize).and_then(|sentence| group.text.get(sentence.clone())).unwrap_or(&group.text);
        Some(Passage { document: place.address.clone(), anchor: place.anchor.clone(), page: place.page, quote: quote.to_owned() })
    }
}

/// What leads in the blocks that follow.
#[derive(Default)]
struct Lead {
    heading: Vec<u32>,
    sentence: Vec<u32>,
}

impl Lead {
    fn follow(&mut self, block: &Block, reading: &mut Reading) {
        self.sentence = match &block.content {
            Content::Paragraph { text } if text.ends_with(':') => words::content_words(text).map(|(_, stem)| reading.stem(stem)).collect(),
            _ => Vec::new(),
        };
    }
}

/// The words and figures of a text.
pub(super) struct Spoken {
    /// Stems, and the sentence of each.
    pub(super) words: Vec<(String, u32)>,
    /// Each with the number of words before it and its sentence.
    pub(super) figures: Vec<(figure::Figure, usize, u32)>,
}

impl Spoken {
    pub(super) fn of(text: &str, sentences: &[Range<usize>]) -> Self {
        let mut words = Vec::new();
        let mut figures = figure::find_in_place(text).into_iter().peekable();
        let mut placed = Vec::new();
        let mut sentence = 0;
        let sentence_at = |at: usize, sentence: &mut usize| {
            while sentences.get(*sentence + 1).is_some_and(|next| next.start <= at) {
                *sentence += 1;
            }
            index(*sentence)
        };
        for (at, stem) in words::content_words(text) {
            while let Some((range, figure)) = figures.next_if(|(range, _)| range.start <= at) {
                placed.push((figure, words.len(), sentence_at(range.start, &mut sentence)));
            }
            words.push((stem, sentence_at(at, &mut sentence)));
        }
        for (range, figure) in figures {
            placed.push((figure, words.len(), sentence_at(range.start, &mut sentence)));
        }
        Self { words, figures: placed }
    }
}

/// No document has four thousand million words.
fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
