//! Pieces to lines in reading order: columns one after another, tables row by row.
//!
//! A gutter is an upright strip that no piece crosses over several lines, with running text on both sides. What lies above it is
//! read first, then its left side, its right side, and what lies below, each in the same way.

use super::page::Rule;
use super::pieces::Piece;
use super::tables;

/// What stands together on a page.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// Lines of one column, from the top.
    Lines(Vec<Piece>),
    /// A table, row by row.
    Table(Vec<Vec<String>>),
}

/// A gutter is at least so many heights of the font wide.
const GUTTER: f32 = 0.9;
/// So many lines on each side make a column.
const COLUMN_LINES: usize = 3;
/// Columns in columns in columns, and no more.
const DEEPEST: u8 = 8;

/// The parts of a sheet, in reading order.
pub(super) fn parts(mut pieces: Vec<Piece>, rules: &[Rule]) -> Vec<Part> {
    let grids = tables::grids(&mut pieces, rules);
    let mut parts = Vec::new();
    let mut rest = pieces;
    for (top, rows) in grids {
        let (above, below) = rest.into_iter().partition(|piece| piece.base < top);
        split(above, 0, &mut parts);
        parts.push(Part::Table(rows));
        rest = below;
    }
    split(rest, 0, &mut parts);
    parts
}

fn split(pieces: Vec<Piece>, depth: u8, parts: &mut Vec<Part>) {
    if pieces.is_empty() {
        return;
    }
    let gutter = (depth < DEEPEST).then(|| gutter(&pieces)).flatten();
    let Some(Gutter { at, top, bottom, .. }) = gutter else {
        tables::leaf(rows(pieces), parts);
        return;
    };
    let (above, rest): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|piece| piece.base < top);
    let (inside, below): (Vec<_>, Vec<_>) = rest.into_iter().partition(|piece| piece.base <= bottom);
    let (left, right) = inside.into_iter().partition(|piece| piece.left < at);
    for pieces in [above, left, right, below] {
        split(pieces, depth + 1, parts);
    }
}

/// Pieces on common base lines, from the top, each row from left to right.
pub(super) fn rows(mut pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    pieces.sort_by(|a, b| a.base.total_cmp(&b.base));
    let mut rows: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        match rows.last_mut() {
            Some(row) if row.first().is_some_and(|first| piece.base - first.base < 0.35 * first.size.min(piece.size)) => row.push(piece),
            _ => rows.push(vec![piece]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.left.total_cmp(&b.left));
    }
    rows
}

struct Gutter {
    /// The left edge of what is right of it.
    at: f32,
    top: f32,
    bottom: f32,
    letters: usize,
}

/// The gutter with the most text beside it.
fn gutter(pieces: &[Piece]) -> Option<Gutter> {
    if pieces.len() < 2 * COLUMN_LINES {
        return None;
    }
    let mut sorted: Vec<&Piece> = pieces.iter().collect();
    sorted.sort_by(|a, b| a.base.total_cmp(&b.base));
    let mut edges: Vec<f32> = pieces.iter().map(|piece| piece.left).collect();
    edges.sort_by(f32::total_cmp);
    let leftmost = edges.first().copied()?;
    let mut best: Option<Gutter> = None;
    let mut from = 0;
    while let Some(edge) = edges.get(from).copied() {
        let count = edges.iter().skip(from).take_while(|other| **other - edge < 3.0).count();
        from += count;
        if count < 2 || edge - leftmost < 50.0 {
            continue;
        }
        for found in stretches(&sorted, edge) {
            if best.as_ref().is_none_or(|best| found.letters > best.letters) {
                best = Some(found);
            }
        }
    }
    best
}

/// Where the strip left of an edge is free and has running text on both sides.
fn stretches(sorted: &[&Piece], edge: f32) -> Vec<Gutter> {
    let crosses = |piece: &&Piece| piece.left < edge - 0.5 && piece.right > edge - GUTTER * piece.size.min(14.0);
    let free = sorted.split(crosses).filter(|stretch| stretch.len() >= 2 * COLUMN_LINES);
    let gutters = free.filter_map(|stretch| {
        let (left, right): (Vec<&Piece>, Vec<&Piece>) = stretch.iter().copied().partition(|piece| piece.left < edge - 0.5);
        // The sides stand beside each other: what one has above or below the other is of no account.
        let span = |side: &[&Piece]| Some((side.first()?.base, side.last()?.base));
        let ((left_top, left_bottom), (right_top, right_bottom)) = (span(&left)?, span(&right)?);
        let shared = left_bottom.min(right_bottom) - left_top.max(right_top);
        let size = stretch.first()?.size;
        let are_columns = match (is_running(&left), is_running(&right)) {
            (true, true) => true,
            // A picture beside a column: its words do not stand on the lines of the text, as cells of a table would.
            (true, false) => stand_apart(&left, &right),
            (false, true) => stand_apart(&right, &left),
            (false, false) => false,
        };
        if shared < 2.0 * size || !are_columns {
            return None;
        }
        let bottom = if is_last(stretch, sorted) { stretch.last()?.base } else { left_end(&left, right_bottom) };
        let letters = stretch.iter().map(|piece| piece.text.len()).sum();
        Some(Gutter { at: edge - 0.5, top: stretch.first()?.base, bottom, letters })
    });
    gutters.collect()
}

/// Nothing stands below a stretch.
fn is_last(stretch: &[&Piece], sorted: &[&Piece]) -> bool {
    stretch.last().zip(sorted.last()).is_some_and(|(end, last)| end.base >= last.base)
}

/// Where two columns end: what stands below the right one, parted from the left one by a gap, is a heading of what comes below.
fn left_end(left: &[&Piece], right_bottom: f32) -> f32 {
    let below = left
        .iter()
        .zip(left.iter().skip(1))
        .find(|(above, line)| line.base > right_bottom + 0.5 * line.size && line.base - above.base > 1.6 * line.size.max(above.size));
    below.map_or(f32::MAX, |(above, _)| above.base.max(right_bottom))
}

/// Few words of a side stand on the lines of a long column.
fn stand_apart(column: &[&Piece], other: &[&Piece]) -> bool {
    let on_line = |piece: &&&Piece| {
        let from = column.partition_point(|line| line.base < piece.base - 0.12 * piece.size);
        column.get(from).is_some_and(|line| line.base < piece.base + 0.12 * piece.size)
    };
    column.len() >= 2 * COLUMN_LINES && other.iter().filter(on_line).count() * 2 < other.len()
}

/// Lines that fill their column, as text does and the cells of a table do not.
fn is_running(side: &[&Piece]) -> bool {
    let Some(first) = side.first() else { return false };
    let (left, right) = side.iter().fold((first.left, first.right), |(left, right), piece| (left.min(piece.left), right.max(piece.right)));
    let mut lines: Vec<(f32, f32, usize)> = Vec::new();
    for piece in side {
        match lines.last_mut() {
            Some((base, width, letters)) if piece.base - *base < 0.35 * piece.size => {
                *width += piece.width();
                *letters += piece.text.len();
            }
            _ => lines.push((piece.base, piece.width(), piece.text.len())),
        }
    }
    let size = first.size.max(4.0);
    let width = right - left;
    if lines.len() < COLUMN_LINES || width < 7.0 * size {
        return false;
    }
    let full = lines.iter().filter(|(_, line, _)| *line > 0.6 * width).count();
    let letters: usize = lines.iter().map(|line| line.2).sum();
    let words = side.iter().flat_map(|piece| piece.text.chars()).filter(|letter| letter.is_alphabetic()).count();
    full * 2 >= lines.len() && letters >= 12 * lines.len() && words * 2 > letters
}
