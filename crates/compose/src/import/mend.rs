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
/// by another, the next word would not have fitted. `stands_apart` knows lines that are not the rest of the one before; it
/// is given that one, the line, and whether the line begins prose of its own, which only files without blank lines need.
pub(super) fn unwrap_lines(pieces: &mut Vec<Piece>, references: &References, stands_apart: impl Fn(&Piece, &Piece, bool) -> bool) {
    let Some(width) = wrapped_at(pieces) else { return };
    let has_blank_lines = pieces.iter().filter(|piece| piece.gap > 0).count() * 10 >= pieces.len();
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    for (at, piece) in pieces.iter().enumerate() {
        let is_wrapped = at > 0 && goes_on_in(&pieces[at - 1], piece, width);
        match joined.last_mut() {
            Some(before) if is_wrapped && !stands_apart(before, piece, !has_blank_lines && begins_prose(&pieces[at..], width)) => before.absorb(piece.clone()),
            _ => joined.push(piece.clone()),
        }
    }
    joined.iter_mut().for_each(|piece| piece.refresh(references));
    *pieces = joined;
}

/// Whether the next line can be the rest of a line that was full.
fn goes_on_in(line: &Piece, next: &Piece, width: usize) -> bool {
    next.gap == 0 && next.mark == Mark::Plain && was_wrapped(&line.raw, &next.raw, width)
}

/// Whether the paragraph that begins with the first of these lines is a sentence, not the rest of a title.
fn begins_prose(lines: &[Piece], width: usize) -> bool {
    const MOST_LINES: usize = 12;
    const SENTENCE_WORDS: usize = 8;
    let lines = &lines[..lines.len().min(MOST_LINES)];
    let end = lines.windows(2).take_while(|pair| goes_on_in(&pair[0], &pair[1], width)).count();
    let words: usize = lines[..=end].iter().map(Piece::words).sum();
    !starts_small(&lines[0].plain) && words >= SENTENCE_WORDS && (end + 1 == MOST_LINES || ends_complete(&lines[end].plain))
}

fn wrapped_at(pieces: &[Piece]) -> Option<usize> {
    let mut lengths: Vec<usize> = pieces.iter().map(|piece| piece.raw.chars().count()).collect();
    lengths.sort_unstable();
    // A few longer lines are addresses that nothing could break.
    let width = *lengths.get(lengths.len().checked_mul(98)? / 100)?;
    let follow = |pair: &&[Piece]| pair[1].gap == 0 && pair[1].mark == Mark::Plain;
    let pairs: Vec<_> = pieces.windows(2).filter(follow).collect();
    let wrapped = pairs.iter().filter(|pair| goes_on_in(&pair[0], &pair[1], width)).count();
    // Without blank lines, ends of paragraphs are among the pairs. Where lines were not broken, one in ten is as long.
    (width <= WIDEST_LINE && pairs.len() >= 3 && wrapped * 3 >= pairs.len()).then_some(width)
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
    let mut points: Option<Points> = None;
    for piece in pieces {
        let is_point = joining == Joining::AsPrinted && piece.mark == Mark::Plain && points.is_some_and(|points| points.go_on(&mended, &piece));
        match mended.last_mut() {
            Some(before) if !is_point && continues(before, &piece, joining) => before.absorb(piece),
            before => {
                points = match before {
                    Some(before) if is_lead_in(before) => Some(Points { gap: piece.gap, first: mended.len() }),
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

/// Lines after a lead-in that may be points of a list without marks.
#[derive(Clone, Copy)]
struct Points {
    /// How far apart they stand.
    gap: u32,
    /// Where the first of them is.
    first: usize,
}

impl Points {
    /// Whether `piece` is the next point, not the rest of the last one.
    fn go_on(self, mended: &[Piece], piece: &Piece) -> bool {
        let [.., before] = &mended[self.first.min(mended.len())..] else { return false };
        let is_close = piece.gap <= self.gap;
        let plain = without_joining_word(&before.plain);
        let small = starts_small(&piece.plain) && !piece.plain.starts_with("and ");
        // In a list whose points begin with capitals, small letters go on with a point that has not ended.
        let has_capital = |point: &Piece| point.plain.starts_with(char::is_uppercase);
        let is_cut = small && !ends_complete(plain) && before.words() >= 6 && has_capital(&mended[self.first]) && has_capital(before);
        if is_cut {
            return false;
        }
        // Points that end in a semicolon go on with the next point, over a page break too; those that end in a comma do
        // where others do.
        let has_commas = mended[self.first..mended.len() - 1].iter().rev().take(3).any(|point| without_joining_word(&point.plain).ends_with([',', ';']));
        let separated = plain.ends_with(';') || (plain.ends_with(',') && (is_close || has_commas || piece.plain.starts_with("and ")));
        // Few words are no line that a page broke: "someone to talk to".
        separated || (is_close && (!ends_dangling(&before.plain) || (before.words() <= 5 && may_end_point(&before.plain))))
    }
}

/// A point without the "and" before the last one.
pub(super) fn without_joining_word(plain: &str) -> &str {
    let plain = plain.trim_end();
    plain.strip_suffix(" and").or_else(|| plain.strip_suffix(" or")).filter(|rest| rest.ends_with([',', ';'])).unwrap_or(plain)
}

/// Whether a point of few words can end with its last word.
fn may_end_point(plain: &str) -> bool {
    const NEVER: &str = "the a an of and or their its his her our these those than such that which who whose is are was were has have had will not but if because while including";
    plain.ends_with(char::is_alphanumeric) && !NEVER.split(' ').any(|word| Some(word) == plain.rsplit(' ').next())
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
