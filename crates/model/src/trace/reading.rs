//! What the documents of a publication state in figures and dates, read once: each with the words around it.
//!
//! In: documents. Out: [`Reading`], in which lines are looked up by their words, figures by what they amount to and dates by
//! their years. A line is a paragraph, a point of a list, one cell of a table with the words above, beside and over it, or a row
//! with dates. The order of the documents
//! decides between passages that fit equally and nothing else.
//!
//! Not here: cells ([`super::table`]); how near two contexts are ([`super::context`]).

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use rust_decimal::Decimal;

use super::contrast::Side;
use super::period::Period;
use super::quantity::{Dimension, Quantity};
use super::spoken::{Spoken, of_sentence};
use super::{table, words};
use crate::document::{Anchor, Block, Content};
use crate::passage::{Passage, Sourced};

/// Words of a sentence that are looked at one by one.
const LONGEST_SENTENCE: usize = 100;

/// Documents as read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    blocks: Vec<Place>,
    groups: Vec<Group>,
    pub(super) lines: Vec<Line>,
    pub(super) figures: Vec<Stated>,
    pub(super) dates: Vec<Dated>,
    headings: Vec<Vec<u32>>,
    pub(super) vocabulary: HashMap<String, u32>,
    /// By stem: the lines that have it, in order.
    pub(super) lines_with: Vec<Vec<u32>>,
    by_value: BTreeMap<Dimension, Vec<(Decimal, u32)>>,
    /// Dates and periods that begin or end in a year.
    by_year: BTreeMap<u16, Vec<u32>>,
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
    pub(super) sides: Vec<Side>,
    pub(super) figures: Range<u32>,
    pub(super) dates: Range<u32>,
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

/// A date or period of a document.
#[derive(Debug)]
pub(super) struct Dated {
    pub(super) period: Period,
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
        for (number, Dated { period, .. }) in (0..).zip(&reading.dates) {
            let years = [Some(period.from.year), Some(period.to.year).filter(|year| *year != period.from.year)];
            years.into_iter().flatten().for_each(|year| reading.by_year.entry(year).or_default().push(number));
        }
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
                for (text, spoken) in table::dated_rows(caption, *header_rows, rows) {
                    self.push(spoken, Vec::new());
                    self.groups.push(Group { block: place, sentences: Vec::new(), text });
                }
            }
            content => content.lines().iter().for_each(|line| self.add_line(place, line)),
        }
        lead.follow(block, self);
    }

    fn add_line(&mut self, block: u32, text: &str) {
        let sentences = words::sentences(text);
        let mut spoken = Spoken::of(text, &sentences);
        let mut figures: Vec<(Quantity, usize, u32)> = spoken.figures.drain(..).map(|(figure, at, sentence)| (Quantity::of(&figure), at, sentence)).collect();
        share_percent(&mut figures, &spoken.enclosed);
        self.push(spoken, figures);
        self.groups.push(Group { block, text: text.to_owned(), sentences });
    }

    fn add_row(&mut self, block: u32, row: table::Row) {
        for cell in row.cells {
            let at = cell.context.words.len();
            self.push(cell.context, cell.quantities.into_iter().map(|quantity| (quantity, at, 0)).collect());
        }
        self.groups.push(Group { block, sentences: Vec::new(), text: row.text });
    }

    /// A line of the group that is pushed next.
    fn push(&mut self, spoken: Spoken, figures: Vec<(Quantity, usize, u32)>) {
        let (line, first, first_date) = (index(self.lines.len()), index(self.figures.len()), index(self.dates.len()));
        let words = spoken.words.into_iter().map(|(stem, sentence)| Word { stem: self.stem(stem), sentence }).collect();
        self.figures.extend(figures.into_iter().map(|(quantity, at, sentence)| Stated { quantity, line, at, sentence }));
        self.dates.extend(spoken.dates.into_iter().map(|date| Dated { period: date.period, line, at: date.at, sentence: date.sentence }));
        let (group, heading) = (index(self.groups.len()), index(self.headings.len()).saturating_sub(1));
        let (figures, dates) = (first..index(self.figures.len()), first_date..index(self.dates.len()));
        self.lines.push(Line { group, words, heading, sides: spoken.sides, figures, dates });
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

    /// The row or paragraph that a line is of.
    pub(super) fn group(&self, line: u32) -> Option<u32> {
        self.line(line).map(|line| line.group)
    }

    /// The word stands in the line or over it.
    pub(super) fn mentions(&self, line: u32, stem: u32) -> bool {
        let lines = self.lines_with.get(stem as usize).map_or(&[][..], Vec::as_slice);
        lines.binary_search(&line).is_ok() || self.line(line).is_some_and(|line| self.heading(line).contains(&stem))
    }

    /// The words of a sentence of a line, as far as a figure's context reaches.
    pub(super) fn words_of(&self, line: u32, sentence: u32) -> &[Word] {
        let words = of_sentence(self.line(line).map_or(&[][..], |line| &line.words), sentence, |word| word.sentence);
        words.get(..LONGEST_SENTENCE).unwrap_or(words)
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

    /// The dates and periods that begin or end in the first or last year of a period.
    pub(super) fn of_years(&self, period: &Period) -> impl Iterator<Item = u32> {
        let years = [Some(period.from.year), Some(period.to.year).filter(|year| *year != period.from.year)];
        years.into_iter().flatten().flat_map(|year| self.by_year.get(&year).map_or(&[][..], Vec::as_slice)).copied()
    }

    pub(super) fn date(&self, number: u32) -> Option<&Dated> {
        self.dates.get(number as usize)
    }

    pub(super) fn dimensions(&self) -> impl Iterator<Item = Dimension> {
        self.by_value.keys().copied()
    }

    /// The table whose cell states a figure.
    pub(super) fn table(&self, number: u32) -> Option<u32> {
        let group = self.groups.get(self.line(self.figure(number)?.line)?.group as usize)?;
        group.sentences.is_empty().then_some(group.block)
    }

    /// The sentence or row that states a figure.
    pub(super) fn passage(&self, number: u32) -> Option<Passage> {
        let stated = self.figure(number)?;
        self.sentence(stated.line, stated.sentence)
    }

    /// A sentence of a line, or the row that it is of.
    pub(super) fn sentence(&self, line: u32, sentence: u32) -> Option<Passage> {
        let group = self.groups.get(self.line(line)?.group as usize)?;
        let place = self.blocks.get(group.block as usize)?;
        let quote = group.sentences.get(sentence as usize).and_then(|sentence| group.text.get(sentence.clone())).unwrap_or(&group.text);
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

/// "London (2.4%), the South (2.1) and the East (1.8%)": a number between others can be of their kind.
fn share_percent(figures: &mut [(Quantity, usize, u32)], enclosed: &[bool]) {
    let is_percent = |(quantity, _, _): &(Quantity, usize, u32)| quantity.dimension == Dimension::Percent;
    let sentences: Vec<u32> = figures.iter().zip(enclosed).filter(|(figure, enclosed)| **enclosed && is_percent(figure)).map(|(figure, _)| figure.2).collect();
    for ((quantity, _, sentence), _) in figures.iter_mut().zip(enclosed).filter(|(_, enclosed)| **enclosed) {
        if quantity.dimension == Dimension::Count && quantity.nouns.is_empty() && !quantity.value.fract().is_zero() && sentences.binary_search(sentence).is_ok()
        {
            quantity.dimension = Dimension::Unstated;
        }
    }
}

/// No document has four thousand million words.
pub(super) fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
