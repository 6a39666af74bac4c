//! Running heads and page numbers: lines that come again at the same height of several pages.
//!
//! Only the outermost rows of a page are asked, from the edge inwards, and the first row that is text ends the asking.

use std::collections::{HashMap, HashSet};

use super::order;
use super::pieces::Piece;

/// So many rows at each edge can be running heads.
const ROWS: usize = 4;
/// They stand within this part of the page's height, at each edge.
const EDGE: f32 = 0.16;

/// A page's pieces and its height.
pub(super) struct Page {
    pub(super) pieces: Vec<Piece>,
    pub(super) height: f32,
}

/// Takes running heads and page numbers out.
pub(super) fn remove(pages: &mut [Page]) {
    let least = if pages.len() >= 5 { 3 } else { 2 };
    let mut seen: HashMap<(bool, String, i32), HashSet<usize>> = HashMap::new();
    for (number, page) in pages.iter().enumerate() {
        for (is_top, row) in edge_rows(page) {
            for piece in row {
                // In two neighbouring classes of height, so that half a point does not part what belongs together.
                let height = (piece.base / 4.0).floor() as i32;
                for height in [height, height + 1] {
                    seen.entry((is_top, shape(&piece.text), height)).or_default().insert(number);
                }
            }
        }
    }
    let runs = |is_top: bool, piece: &Piece| {
        let height = (piece.base / 4.0).floor() as i32;
        let text = shape(&piece.text);
        [height, height + 1].into_iter().any(|height| seen.get(&(is_top, text.clone(), height)).is_some_and(|pages| pages.len() >= least))
    };
    for page in pages.iter_mut() {
        let mut gone: Vec<(f32, f32)> = Vec::new();
        for is_top in [true, false] {
            let rows: Vec<Vec<Piece>> = edge_rows(page).into_iter().filter(|(at_top, _)| *at_top == is_top).map(|(_, row)| row).collect();
            let running = rows.iter().take_while(|row| row.iter().all(|piece| piece.artifact || runs(is_top, piece))).count();
            gone.extend(rows.iter().take(outermost(&rows, running)).flatten().map(|piece| (piece.base, piece.left)));
        }
        page.pieces.retain(|piece| !gone.contains(&(piece.base, piece.left)));
    }
}

/// How many of the rows that come again are running heads: those of the first block, and single rows behind it. A block of
/// several rows further in is text that several pages share.
fn outermost(rows: &[Vec<Piece>], running: usize) -> usize {
    let gap_behind = |at: usize| {
        let (here, next) = (rows.get(at)?.first()?, rows.get(at + 1)?.first()?);
        Some((here.base - next.base).abs() > 1.9 * here.size.max(next.size))
    };
    let is_parted = |at: usize| gap_behind(at).unwrap_or(true);
    let first = (0..running).find(|at| is_parted(*at)).map_or(running, |at| at + 1);
    (first..running).find(|at| !is_parted(*at)).unwrap_or(running)
}

/// The rows near the upper edge from above, then those near the lower edge from below.
fn edge_rows(page: &Page) -> Vec<(bool, Vec<Piece>)> {
    let (upper, lower) = (page.height * EDGE, page.height * (1.0 - EDGE));
    let near: Vec<Piece> = page.pieces.iter().filter(|piece| piece.base < upper || piece.base > lower).cloned().collect();
    let rows = order::rows(near);
    let is_in = |row: &Vec<Piece>, is_top: bool| row.first().is_some_and(|piece| (piece.base < upper) == is_top);
    let top = rows.iter().filter(|row| is_in(row, true)).take(ROWS).map(|row| (true, row.clone()));
    let bottom = rows.iter().rev().filter(|row| is_in(row, false)).take(ROWS).map(|row| (false, row.clone()));
    top.chain(bottom).collect()
}

/// A text with every number made the same, Roman page numbers too.
fn shape(text: &str) -> String {
    if super::marks::roman(text).is_some() {
        return "#".to_owned();
    }
    let mut shape = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '0'..='9' if shape.ends_with('#') => {}
            '0'..='9' => shape.push('#'),
            other => shape.push(other),
        }
    }
    shape
}
