//! Letters to pieces: words that stand on one line, near enough to belong together.
//!
//! A wide gap or an upright rule ends a piece, so that columns and cells come apart; what was one line of justified text is put
//! together again later. A small raised number comes as raised digits (`2023⁴`), because "20234" would be another number.

use super::page::{Letter, Rule, Sheet};
use crate::raised::raised;

/// A gap of so many heights of the font parts two pieces.
const PIECE_GAP: f32 = 0.85;
/// Numbers stand nearer to each other in tables than words do, and seldom beside each other elsewhere.
const NUMBER_GAP: f32 = 0.42;
/// A gap of so many heights of the font parts two words.
const WORD_GAP: f32 = 0.12;

/// Words on one line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) left: f32,
    pub(super) right: f32,
    pub(super) base: f32,
    pub(super) size: f32,
    pub(super) bold: bool,
    pub(super) artifact: bool,
}

impl Piece {
    pub(super) fn width(&self) -> f32 {
        self.right - self.left
    }
}

/// Letters drawn one after another on one line.
struct Run {
    letters: Vec<Letter>,
    /// Spaces were drawn before the letter of this place.
    spaced: Vec<bool>,
    raised: bool,
    base: f32,
    size: f32,
}

impl Run {
    fn left(&self) -> f32 {
        self.letters.first().map_or(0.0, |letter| letter.left)
    }

    fn right(&self) -> f32 {
        self.letters.last().map_or(0.0, |letter| letter.right)
    }

    fn text(&self) -> impl Iterator<Item = char> + '_ {
        self.letters.iter().map(|letter| letter.text)
    }
}

/// The pieces of a sheet, by their base line and then from left to right.
pub(super) fn pieces(sheet: &Sheet) -> Vec<Piece> {
    let mut runs = runs(&sheet.letters);
    lower_raised(&mut runs);
    runs.sort_by(|a, b| a.base.total_cmp(&b.base));
    let mut pieces = Vec::new();
    let mut rest = runs.into_iter().peekable();
    while let Some(first) = rest.next() {
        let (base, mut size) = (first.base, first.size);
        let mut row = vec![first];
        while let Some(next) = rest.next_if(|next| next.base - base < 0.3 * size.min(next.size).max(4.0)) {
            size = size.max(next.size);
            row.push(next);
        }
        row.sort_by(|a, b| a.left().total_cmp(&b.left()));
        join(row, &sheet.rules, &mut pieces);
    }
    pieces
}

fn runs(letters: &[Letter]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut is_spaced = false;
    for letter in letters {
        if letter.text == ' ' {
            is_spaced = true;
            continue;
        }
        let open = runs.last_mut().filter(|run| {
            run.letters.last().is_some_and(|last| {
                let gap = letter.left - last.right;
                (letter.base - last.base).abs() < 0.08 * last.size
                    && (letter.size - last.size).abs() < 0.2 * last.size
                    && gap > -0.4 * last.size
                    && gap < 1.5 * last.size
            })
        });
        match open {
            Some(run) => {
                let is_again = run.letters.last().is_some_and(|last| last.text == letter.text && (last.left - letter.left).abs() < 0.1 * letter.size);
                if !is_again {
                    run.letters.push(*letter);
                    run.spaced.push(is_spaced);
                }
            }
            None => {
                let is_again = runs.last().and_then(|run| run.letters.last()).is_some_and(|last| {
                    last.text == letter.text && (last.left - letter.left).abs() < 0.1 * letter.size && (last.base - letter.base).abs() < 0.1 * letter.size
                });
                if !is_again {
                    runs.push(Run { letters: vec![*letter], spaced: vec![is_spaced], raised: false, base: letter.base, size: letter.size });
                }
            }
        }
        is_spaced = false;
    }
    runs
}

/// Puts raised marks onto the line of the word they stand at.
fn lower_raised(runs: &mut [Run]) {
    let mut places: Vec<(f32, f32, f32, f32)> = runs.iter().map(|run| (run.base, run.left(), run.right(), run.size)).collect();
    places.sort_by(|a, b| a.0.total_cmp(&b.0));
    let largest = places.iter().map(|place| place.3).fold(0.0, f32::max).min(60.0);
    for run in runs.iter_mut().filter(|run| run.letters.len() <= 6) {
        let from = places.partition_point(|place| place.0 < run.base + 0.1 * run.size);
        let near = places.iter().skip(from).take_while(|place| place.0 < run.base + 0.75 * largest);
        let host = near.copied().find(|(base, left, right, size)| {
            run.size < 0.82 * size && base - run.base < 0.65 * size && run.left() > left - 2.0 * size && run.left() < right + 0.35 * size
        });
        if let Some((base, ..)) = host {
            run.base = base;
            run.raised = true;
        }
    }
}

/// The runs of one line, from left to right, to pieces.
fn join(row: Vec<Run>, rules: &[Rule], pieces: &mut Vec<Piece>) {
    let mut open: Option<Open> = None;
    for run in row {
        let threshold = word_gap(&run);
        let is_again = open.as_ref().is_some_and(|open| {
            let last = &open.last_run;
            (last.0 - run.left()).abs() < 0.2 * run.size && last.1.chars().eq(run.text())
        });
        if is_again {
            continue;
        }
        let place = (run.left(), run.text().collect::<String>());
        for (letter, spaced) in run.letters.iter().zip(&run.spaced) {
            let gap = open.as_ref().map_or(0.0, |open| letter.left - open.right);
            let size = open.as_ref().map_or(letter.size, |open| open.size.min(letter.size).max(1.0));
            let are_numbers =
                letter.text.is_ascii_digit() && open.as_ref().is_some_and(|open| open.piece.text.ends_with(|last: char| last.is_ascii_digit() || last == '%'));
            let widest = if are_numbers { NUMBER_GAP } else { PIECE_GAP };
            let is_far = gap > widest * size.max(6.0) || gap < -3.0 * size;
            let is_parted = || gap > 0.1 * size && rules.iter().any(|rule| parts(rule, open.as_ref().map_or(0.0, |open| open.right), letter));
            if open.is_some() && (is_far || is_parted()) {
                pieces.extend(open.take().and_then(Open::close));
            }
            let is_new_word = *spaced || gap > threshold * size;
            open.get_or_insert_with(|| Open::at(letter)).push(letter, is_new_word, run.raised);
        }
        if let Some(open) = &mut open {
            open.last_run = place;
        }
    }
    pieces.extend(open.and_then(Open::close));
}

/// An upright rule between two letters.
fn parts(rule: &Rule, right: f32, next: &Letter) -> bool {
    let middle = f32::midpoint(rule.left, rule.right);
    !rule.is_flat() && middle > right - 1.0 && middle < next.left + 1.0 && rule.top < next.base - 0.3 * next.size && rule.bottom > next.base - 0.3 * next.size
}

/// Letters that are set apart have gaps that part no words.
fn word_gap(run: &Run) -> f32 {
    if run.letters.len() < 6 || run.spaced.iter().skip(1).filter(|spaced| **spaced).count() * 12 > run.letters.len() {
        return WORD_GAP;
    }
    let mut gaps: Vec<f32> = run.letters.iter().zip(run.letters.iter().skip(1)).map(|(a, b)| (b.left - a.right) / a.size.max(1.0)).collect();
    gaps.sort_by(f32::total_cmp);
    let middle = gaps.get(gaps.len() / 2).copied().unwrap_or_default();
    if middle > 0.06 { middle + 0.15 } else { WORD_GAP }
}

struct Open {
    piece: Piece,
    size: f32,
    right: f32,
    last_run: (f32, String),
    letters: usize,
    bold: usize,
    artifacts: usize,
    /// How many letters each size has.
    sizes: Vec<(f32, usize)>,
}

impl Open {
    fn at(letter: &Letter) -> Self {
        let piece = Piece { text: String::new(), left: letter.left, right: letter.right, base: letter.base, size: letter.size, bold: false, artifact: false };
        Self { piece, size: letter.size, right: letter.left, last_run: (f32::MIN, String::new()), letters: 0, bold: 0, artifacts: 0, sizes: Vec::new() }
    }

    fn push(&mut self, letter: &Letter, is_new_word: bool, is_raised: bool) {
        if is_new_word && !self.piece.text.is_empty() && !self.piece.text.ends_with(' ') {
            self.piece.text.push(' ');
        }
        self.piece.text.push(if is_raised { raised(letter.text) } else { letter.text });
        self.right = self.right.max(letter.right);
        self.letters += 1;
        self.bold += usize::from(letter.bold);
        self.artifacts += usize::from(letter.artifact);
        match self.sizes.iter_mut().find(|(size, _)| (size - letter.size).abs() < 0.25) {
            Some((_, count)) => *count += 1,
            None => self.sizes.push((letter.size, 1)),
        }
        if !is_raised {
            self.size = letter.size;
            self.piece.base = letter.base;
        }
    }

    fn close(self) -> Option<Piece> {
        let size = self.sizes.iter().max_by_key(|(_, count)| *count).map_or(self.size, |(size, _)| *size);
        let (bold, artifact) = (self.bold * 5 > self.letters * 4, self.artifacts == self.letters);
        let text = self.piece.text.trim().to_owned();
        (!text.is_empty()).then_some(Piece { text, right: self.right, size, bold, artifact, ..self.piece })
    }
}
