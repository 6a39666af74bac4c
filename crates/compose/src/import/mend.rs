//! Joins what page breaks and line ends cut in two.
//!
//! Takes pieces in order, noise already gone; returns fewer. Only a piece without a mark is ever joined to the one before
//! it: two list items are two points, however they read.

use super::piece::{Mark, Piece, References};
use super::recognise::{ends_complete, ends_dangling, is_salutation, starts_small};

/// What a line without a mark right under another one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joining {
    /// The rest of it, as Markdown has it.
    AsMarkdown,
    /// The rest of it only if the words say so: conversions put every paragraph, and every heading, on a line.
    AsPrinted,
}

/// No page sets wider lines by hand or by machine, in characters.
const WIDEST_LINE: usize = 130;

/// Joins the lines of a file whose paragraphs run over several lines. Such a file shows itself: where a line is followed
/// by another, the next word would not have fitted. `stands_apart` knows lines that are not the rest of the one before.
pub(super) fn unwrap_lines(pieces: &mut Vec<Piece>, references: &References, stands_apart: impl Fn(&Piece, &Piece) -> bool) {
    let Some(width) = wrapped_at(pieces) else { return };
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    let mut last_line = String::new();
    for piece in pieces.drain(..) {
        let line = piece.raw.clone();
        match joined.last_mut() {
            Some(before) if piece.gap == 0 && piece.mark == Mark::Plain && was_wrapped(&last_line, &line, width) && !stands_apart(before, &piece) => {
                before.absorb(piece)
            }
            _ => joined.push(piece),
        }
        last_line = line;
    }
    joined.iter_mut().for_each(|piece| piece.refresh(references));
    *pieces = joined;
}

fn wrapped_at(pieces: &[Piece]) -> Option<usize> {
    let mut lengths: Vec<usize> = pieces.iter().map(|piece| piece.raw.chars().count()).collect();
    lengths.sort_unstable();
    // A few longer lines are addresses that nothing could break.
    let width = *lengths.get(lengths.len().checked_mul(98)? / 100)?;
    let follow = |pair: &&[Piece]| pair[1].gap == 0 && pair[1].mark == Mark::Plain;
    let pairs: Vec<_> = pieces.windows(2).filter(follow).collect();
    let wrapped = pairs.iter().filter(|pair| was_wrapped(&pair[0].raw, &pair[1].raw, width)).count();
    (width <= WIDEST_LINE && pairs.len() >= 3 && wrapped * 10 >= pairs.len() * 6).then_some(width)
}

/// Whether `next`'s first word would not have fitted behind `line`. Marks of list items count towards a line's width.
fn was_wrapped(line: &str, next: &str, width: usize) -> bool {
    const MARK: usize = 6;
    let first = next.split_whitespace().next().unwrap_or("").chars().count();
    line.chars().count() + 1 + first + MARK > width
}

/// Joins the pieces that were one.
pub(super) fn mend(pieces: Vec<Piece>, joining: Joining, references: &References) -> Vec<Piece> {
    let mut mended: Vec<Piece> = Vec::with_capacity(pieces.len());
    // After a lead-in, how far apart the lines stand that may be points of a list without marks.
    let mut points: Option<u32> = None;
    for piece in pieces {
        let is_point = joining == Joining::AsPrinted && mended.last().is_some_and(|before| is_next_point(before, &piece, points));
        match mended.last_mut() {
            Some(before) if !is_point && continues(before, &piece, joining) => before.absorb(piece),
            before => {
                points = match before {
                    Some(before) if is_lead_in(before) => Some(piece.gap),
                    _ => points.filter(|_| piece.mark == Mark::Plain),
                };
                mended.push(piece);
            }
        }
    }
    mended.iter_mut().for_each(|piece| piece.refresh(references));
    mended
}

/// A sentence that leads in a list.
pub(super) fn is_lead_in(piece: &Piece) -> bool {
    piece.plain.trim_end().ends_with(':')
}

/// Whether a line is the next point of a list that lost its marks, not the rest of the point before.
fn is_next_point(before: &Piece, piece: &Piece, points: Option<u32>) -> bool {
    let Some(gap) = points.filter(|_| piece.mark == Mark::Plain) else { return false };
    // Points that end in a comma or a semicolon go on with the next point, over a page break too.
    let separated = before.plain.ends_with([',', ';']);
    separated || (piece.gap <= gap && !ends_dangling(&before.plain))
}

fn continues(before: &Piece, piece: &Piece, joining: Joining) -> bool {
    if piece.mark != Mark::Plain || before.is_heading() || is_salutation(&before.plain) {
        return false;
    }
    let broken = !ends_complete(&before.plain);
    let small = starts_small(&piece.plain);
    if piece.gap == 0 {
        // An indented line under an item is the item's; under a lead-in it is a point of its own.
        let hangs = before.is_item() && piece.indent >= 2;
        return joining == Joining::AsMarkdown || hangs || (broken && small) || ends_dangling(&before.plain);
    }
    // An indented paragraph under an item is a paragraph of it.
    if joining == Joining::AsMarkdown || (before.is_item() && piece.indent >= 2 && !broken) {
        return false;
    }
    if broken && (small || ends_dangling(&before.plain)) {
        return true;
    }
    // A page broke in mid-sentence before a name: only between paragraphs, and only where the first is prose.
    broken && piece.gap >= 2 && !before.is_item() && before.words() >= 12 && !piece.is_bold() && piece.words() >= 4
}
