//! Long runs of words that a text shares with documents, so that quotation is a choice.
//!
//! In: a text and documents. Out: each longest run of at least [`SHORTEST_RUN`] words that stands in both, in order, with where
//! it stands and whether it is in quotation marks already. Case, punctuation and the marks of quotation make no difference;
//! a run ends with the line of the document. The time is linear in the length of both, but for runs that come again
//! ([`PLACES`]).

use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::document::Block;
use crate::passage::{Passage, Sourced};

/// In words. Twelve in a row are rarely one's own: names, titles and phrases of the trade are shorter.
pub const SHORTEST_RUN: usize = 12;

/// Places of a document that are compared where the same words begin.
const PLACES: usize = 16;

/// A run of words that stands in a document too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// The bytes of the text.
    pub bytes: Range<usize>,
    /// How many words it has.
    pub words: usize,
    /// Quotation marks are around it.
    pub is_quoted: bool,
    /// Where the words stand; the quote is as the document has them.
    pub passage: Passage,
}

/// The runs of a text that documents have too.
///
/// Of two runs that overlap the longer is marked, of two places with the same run the earlier.
pub fn copied(text: &str, documents: &[Sourced<'_>]) -> Vec<Copied> {
    let spoken = words(text);
    if spoken.len() < SHORTEST_RUN {
        return Vec::new();
    }
    let sources: Vec<Source> = documents.iter().flat_map(Source::of).collect();
    let runs = Runs::of(&spoken, &sources);
    let mut copied = Vec::new();
    let mut at = 0;
    while at + SHORTEST_RUN <= spoken.len() {
        let Some((length, source, place)) = runs.longest(at) else {
            at += 1;
            continue;
        };
        copied.extend(found(text, &spoken, at, length, source, place));
        at += length;
    }
    copied
}

fn found(text: &str, spoken: &[(Range<usize>, String)], at: usize, length: usize, source: &Source, place: usize) -> Option<Copied> {
    let bytes = spoken.get(at)?.0.start..spoken.get(at + length - 1)?.0.end;
    let quote = source.words.get(place)?.0.start..source.words.get(place + length - 1)?.0.end;
    let passage = Passage::new(source.address, source.block, source.text.get(quote)?);
    Some(Copied { is_quoted: is_quoted(text, &bytes), words: length, passage, bytes })
}

/// At its middle an opening mark is not closed yet: a word or two before the quotation may agree as well.
fn is_quoted(text: &str, bytes: &Range<usize>) -> bool {
    let middle = text.floor_char_boundary(bytes.start.midpoint(bytes.end));
    let before = text.get(..middle).unwrap_or_default();
    let opened = before.rfind(['\u{201c}', '\u{2018}']).map(|at| before.get(at..).unwrap_or_default());
    let is_open = opened.is_some_and(|rest| {
        let closing = if rest.starts_with('\u{201c}') { '\u{201d}' } else { '\u{2019}' };
        // An apostrophe within a word closes nothing.
        !rest.match_indices(closing).any(|(at, mark)| !rest.get(at + mark.len()..).unwrap_or_default().starts_with(char::is_alphanumeric))
    });
    is_open || before.matches('"').count() % 2 == 1
}

/// A line of a document.
struct Source<'a> {
    address: &'a str,
    block: &'a Block,
    text: String,
    words: Vec<(Range<usize>, String)>,
}

impl<'a> Source<'a> {
    fn of(sourced: &Sourced<'a>) -> Vec<Self> {
        let address = sourced.address;
        let lines = sourced.document.blocks().iter().flat_map(|block| block.content.lines().into_iter().map(move |text| (block, text)));
        lines.map(|(block, text)| Self { address, block, words: words(&text), text }).filter(|source| source.words.len() >= SHORTEST_RUN).collect()
    }
}

/// Where the runs of a text can begin in its sources.
struct Runs<'a> {
    spoken: &'a [(Range<usize>, String)],
    sources: &'a [Source<'a>],
    /// By the first words of a run: its places.
    places: HashMap<u64, Vec<(usize, usize)>>,
}

impl<'a> Runs<'a> {
    fn of(spoken: &'a [(Range<usize>, String)], sources: &'a [Source<'a>]) -> Self {
        let mut places: HashMap<u64, Vec<(usize, usize)>> = starts(spoken).map(|start| (start, Vec::new())).collect();
        for (number, source) in sources.iter().enumerate() {
            for (place, start) in starts(&source.words).enumerate() {
                if let Some(places) = places.get_mut(&start).filter(|places| places.len() < PLACES) {
                    places.push((number, place));
                }
            }
        }
        Self { spoken, sources, places }
    }

    /// The longest run that begins at this word: its length, the line it stands in, and where.
    fn longest(&self, at: usize) -> Option<(usize, &'a Source<'a>, usize)> {
        let start = starts(self.spoken.get(at..at + SHORTEST_RUN)?).next()?;
        let mut longest: Option<(usize, &Source<'_>, usize)> = None;
        for (number, place) in self.places.get(&start)? {
            let source = self.sources.get(*number)?;
            let pairs = self.spoken.iter().skip(at).zip(source.words.iter().skip(*place));
            let length = pairs.take_while(|((_, one), (_, other))| one == other).count();
            if length >= SHORTEST_RUN && longest.is_none_or(|(longest, _, _)| length > longest) {
                longest = Some((length, source, *place));
            }
        }
        longest
    }
}

/// For each word the hash of it and the words after it that make a run.
fn starts(words: &[(Range<usize>, String)]) -> impl Iterator<Item = u64> {
    words.windows(SHORTEST_RUN).map(|run| {
        let letters = run.iter().flat_map(|(_, word)| word.bytes().chain([b' ']));
        // FNV-1a: the same on every machine, and equal hashes are compared word by word.
        letters.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    })
}

/// Words in lower case, with their bytes. A number keeps its separators.
fn words(text: &str) -> Vec<(Range<usize>, String)> {
    let mut words = Vec::new();
    let mut start = None;
    let mut previous = ' ';
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let next = || text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next()).is_some_and(|next| next.is_ascii_digit());
        let belongs = c.is_alphanumeric() || matches!(c, ',' | '.') && previous.is_ascii_digit() && next();
        match (start, belongs) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                words.push((from..at, text.get(from..at).unwrap_or_default().to_lowercase()));
                start = None;
            }
            _ => {}
        }
        previous = c;
    }
    words
}
