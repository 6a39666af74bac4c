//! Words that rule each other out: what is said of Wales is not said of England, and what rose did not fall.
//!
//! In: the words around a figure of an entry and those around a figure of a document. Out: whether they speak of different
//! things. Of nations, sexes and the like an entry has to name one alone in the sentence, and the passage another and not that one. Of
//! two directions the one nearer to the figure counts.
//!
//! Not here: what is counted ([`super::agree`]).

use super::reading::{Line, Reading, Stated};

/// Words on either side of a figure that say which way it moved.
const DIRECTION: usize = 4;

/// Words on either side of a figure that are looked at.
const REACH: usize = 60;

/// A word of one of the [`CLASSES`], where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Side {
    class: usize,
    side: usize,
    /// So many words of the line stand before it.
    pub(super) at: usize,
    pub(super) sentence: u32,
}

/// Words in lower case, side by side. The first class says which way a figure moved.
#[rustfmt::skip]
const CLASSES: &[&[&[&str]]] = &[
    &[
        &["rise", "rises", "rose", "risen", "rising", "increase", "increases", "increased", "increasing", "grow", "grows", "grew", "grown", "growing",
          "growth", "up", "higher"],
        &["fall", "falls", "fell", "fallen", "falling", "decrease", "decreases", "decreased", "decreasing", "decline", "declines", "declined", "drop",
          "drops", "dropped", "reduced", "reduction", "shrank", "shrunk", "contracted", "down", "lower"],
    ],
    &[&["england", "english"], &["wales", "welsh"], &["scotland", "scottish"], &["ireland", "irish"]],
    &[&["men", "man", "male", "males", "boys", "boy"], &["women", "woman", "female", "females", "girls", "girl"]],
    &[&["highest", "largest"], &["lowest", "smallest"]],
    &[&["urban"], &["rural"]],
];

impl Side {
    /// The side that the word takes which begins at this byte.
    pub(super) fn of(text: &str, byte: usize, at: usize, sentence: u32) -> Option<Self> {
        let rest = text.get(byte..)?;
        let (word, rest) = rest.split_at(rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len()));
        // No member is shorter than "up" or longer than "decreasing".
        if !(2..=10).contains(&word.len()) {
            return None;
        }
        let word = word.to_lowercase();
        let in_class = |sides: &&[&[&str]]| sides.iter().position(|words| words.contains(&word.as_str()));
        let (class, side) = CLASSES.iter().enumerate().find_map(|(class, sides)| Some((class, in_class(sides)?)))?;
        // "made up", "higher education"
        let is_meant = match word.as_str() {
            "up" | "down" => {
                rest.starts_with(" by ") || rest.starts_with(" from ") || rest.trim_start_matches([' ', '\u{a3}']).starts_with(|c: char| c.is_ascii_digit())
            }
            "higher" | "lower" => rest.starts_with(" than "),
            _ => true,
        };
        is_meant.then_some(Self { class, side, at, sentence })
    }

    fn is_direction(self) -> bool {
        self.class == 0
    }

    fn is_like(self, other: Self) -> bool {
        self.class == other.class && self.side == other.side
    }

    /// How near it stands to a figure; a word behind it a little less.
    fn distance(self, at: usize) -> usize {
        if self.at < at { 2 * (at - self.at) } else { 2 * (self.at - at) + 3 }
    }
}

/// The sides that a sentence takes around a figure: which way it moved, and of the other classes all.
fn around(sides: &[Side], at: usize, sentence: u32) -> Vec<Side> {
    let (from, to) = (sides.partition_point(|side| side.at + REACH < at), sides.partition_point(|side| side.at < at + REACH));
    let said = sides.get(from..to).unwrap_or_default().iter().copied().filter(|side| side.sentence == sentence);
    let direction = said.clone().filter(|side| side.is_direction() && side.distance(at) <= 2 * DIRECTION).min_by_key(|side| side.distance(at));
    direction.into_iter().chain(said.filter(|side| !side.is_direction())).collect()
}

/// Those that a sentence of an entry takes around a figure, of each class the only one it names.
pub(super) fn taken(sides: &[Side], at: usize, sentence: u32) -> Vec<Side> {
    let around = around(sides, at, sentence);
    around.iter().copied().filter(|side| around.iter().all(|other| other.class != side.class || other.is_like(*side))).collect()
}

/// The figure of the document is about another side than the entry's.
pub(super) fn is_other(reading: &Reading, taken: &[Side], stated: &Stated) -> bool {
    let Some(line) = reading.line(stated.line).filter(|_| !taken.is_empty()) else { return false };
    let around = around(&line.sides, stated.at, stated.sentence);
    taken.iter().any(|side| {
        let of_class: Vec<Side> = around.iter().copied().filter(|other| other.class == side.class).collect();
        !of_class.is_empty() && !of_class.iter().any(|other| other.is_like(*side)) && !is_over(reading, line, *side)
    })
}

/// A heading names the side.
fn is_over(reading: &Reading, line: &Line, side: Side) -> bool {
    let words = CLASSES.get(side.class).and_then(|sides| sides.get(side.side)).copied().unwrap_or_default();
    let mut stems = words.iter().filter_map(|word| reading.vocabulary.get(&super::words::stem(word)?));
    !side.is_direction() && stems.any(|stem| reading.heading(line).contains(stem))
}
