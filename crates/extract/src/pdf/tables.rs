//! Tables: by their rules where they have a grid, else by pieces that stand under each other.

use super::order::Part;
use super::page::Rule;
use super::pieces::Piece;

/// So many rows with several cells make a table.
const TABLE_ROWS: usize = 3;

/// Takes the pieces that stand in grids of rules, and gives the grids from the top: where each begins, and its rows.
pub(super) fn grids(pieces: &mut Vec<Piece>, rules: &[Rule]) -> Vec<(f32, Vec<Vec<String>>)> {
    let mut found = Vec::new();
    for group in groups(rules) {
        let edges = |is_flat: bool| {
            let along = group.iter().filter(|rule| rule.is_flat() == is_flat);
            let mut edges: Vec<f32> =
                along.map(|rule| if is_flat { f32::midpoint(rule.top, rule.bottom) } else { f32::midpoint(rule.left, rule.right) }).collect();
            edges.sort_by(f32::total_cmp);
            edges.dedup_by(|a, b| *a - *b < 4.0);
            edges
        };
        let (mut columns, lines) = (edges(false), edges(true));
        // Rules that reach beyond the uprights have a column there too.
        let flat = || group.iter().filter(|rule| rule.is_flat());
        let (reach_left, reach_right) = (flat().map(|rule| rule.left).fold(f32::MAX, f32::min), flat().map(|rule| rule.right).fold(0.0, f32::max));
        if columns.first().is_some_and(|left| reach_left < left - 12.0) {
            columns.insert(0, reach_left);
        }
        if columns.last().is_some_and(|right| reach_right > right + 12.0) {
            columns.push(reach_right);
        }
        let (Some(left), Some(right), Some(top), Some(bottom)) = (columns.first(), columns.last(), lines.first(), lines.last()) else { continue };
        if columns.len() < 3 || lines.len() < 3 {
            continue;
        }
        let is_inside = |piece: &Piece| {
            let (x, y) = (f32::midpoint(piece.left, piece.right), piece.base - 0.3 * piece.size);
            x > *left && x < *right && y > *top && y < *bottom
        };
        let (inside, outside): (Vec<_>, Vec<_>) = std::mem::take(pieces).into_iter().partition(|piece| is_inside(piece));
        *pieces = outside;
        let lines = with_number_rows(&inside, lines.clone());
        let mut rows = vec![vec![String::new(); columns.len() - 1]; lines.len() - 1];
        let filled = inside.len();
        for piece in &inside {
            let at = |edges: &[f32], place: f32| edges.partition_point(|edge| *edge <= place).saturating_sub(1);
            // The left edge tells the cell: a piece that runs over several begins in its own.
            let (column, row) = (at(&columns, piece.left + 0.5 * piece.size.min(piece.width())), at(&lines, piece.base - 0.3 * piece.size));
            if let Some(cell) = rows.get_mut(row).and_then(|row| row.get_mut(column)) {
                append(cell, without_leader(&piece.text));
            }
        }
        let several = rows.iter().filter(|row| row.iter().filter(|cell| !cell.is_empty()).count() > 1).count();
        if several * 3 >= rows.len() && several >= 2 && filled >= 4 {
            found.push((*top, rows));
        } else {
            pieces.extend(inside);
        }
    }
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found
}

/// Between two rules can be many rows of numbers: each of them is a row.
fn with_number_rows(inside: &[Piece], lines: Vec<f32>) -> Vec<f32> {
    let mut all = lines.clone();
    for band in lines.windows(2) {
        let [top, bottom] = band else { continue };
        let in_band: Vec<&Piece> = inside.iter().filter(|piece| piece.base > *top && piece.base - 0.3 * piece.size < *bottom).collect();
        let numbers = in_band.iter().filter(|piece| !piece.text.chars().any(char::is_alphabetic)).count();
        let mut bases: Vec<(f32, usize)> = Vec::new();
        for piece in &in_band {
            match bases.last_mut() {
                Some((base, count)) if piece.base - *base < 0.4 * piece.size => *count += 1,
                _ => bases.push((piece.base - 0.05 * piece.size, 1)),
            }
        }
        if bases.len() > 2 && numbers * 2 > in_band.len() && bases.iter().filter(|(_, count)| *count > 1).count() * 2 > bases.len() {
            let size = in_band.first().map_or(8.0, |piece| piece.size);
            all.extend(bases.iter().skip(1).map(|(base, _)| base - 0.8 * size));
        }
    }
    all.sort_by(f32::total_cmp);
    all
}

/// Rules that touch each other.
fn groups(rules: &[Rule]) -> Vec<Vec<Rule>> {
    let touch = |a: &Rule, b: &Rule| a.left < b.right + 3.0 && b.left < a.right + 3.0 && a.top < b.bottom + 3.0 && b.top < a.bottom + 3.0;
    // A page with so many rules is a drawing.
    if rules.len() > 3_000 {
        return Vec::new();
    }
    let mut groups: Vec<Vec<Rule>> = Vec::new();
    for rule in rules {
        let (near, far): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.iter().any(|other| touch(rule, other)));
        groups = far;
        groups.push(near.into_iter().flatten().chain([*rule]).collect());
    }
    groups
}

/// Rows without columns of text in them, to lines and tables.
pub(super) fn leaf(rows: Vec<Vec<Piece>>, parts: &mut Vec<Part>) {
    let rows: Vec<Vec<Piece>> = rows.into_iter().map(with_marks).collect();
    let mut lines = Vec::new();
    let mut at = 0;
    while let Some(row) = rows.get(at) {
        match table(rows.get(at..).unwrap_or_default()) {
            Some((length, table)) => {
                if !lines.is_empty() {
                    parts.push(Part::Lines(std::mem::take(&mut lines)));
                }
                parts.push(Part::Table(table));
                at += length;
            }
            None => {
                lines.extend(line(row));
                at += 1;
            }
        }
    }
    if !lines.is_empty() {
        parts.push(Part::Lines(lines));
    }
}

/// A bullet or a number stands apart from its words: they are put together.
fn with_marks(row: Vec<Piece>) -> Vec<Piece> {
    let mut row = row.into_iter();
    let Some(mut first) = row.next() else { return Vec::new() };
    let mut rest: Vec<Piece> = row.collect();
    let is_small = |next: &Piece| first.size < 0.85 * next.size && first.text.len() <= 3 && first.text.bytes().all(|letter| letter.is_ascii_digit());
    let is_mark = super::marks::is_lone_mark(&first.text) || rest.first().is_some_and(is_small);
    if is_mark && rest.first().is_some_and(|next| next.left - first.right < 5.0 * next.size) {
        let next = rest.remove(0);
        append(&mut first.text, &next.text);
        first = Piece { right: next.right, size: next.size, bold: next.bold, base: next.base, ..first };
    }
    rest.insert(0, first);
    rest
}

/// The pieces of a row as one line.
pub(super) fn line(row: &[Piece]) -> Option<Piece> {
    let widest = row.iter().max_by(|a, b| a.width().total_cmp(&b.width()))?;
    let (first, last) = (row.first()?, row.last()?);
    let text = row.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" ");
    Some(Piece { text, left: first.left, right: last.right, bold: row.iter().all(|piece| piece.bold), ..widest.clone() })
}

/// A table at the beginning of these rows: how many of them it takes, and its rows.
fn table(rows: &[Vec<Piece>]) -> Option<(usize, Vec<Vec<String>>)> {
    rows.first().filter(|row| row.len() > 1)?;
    let rows = rows.get(..reach(rows))?;
    // The row with the most cells tells the columns; titles over several columns do not.
    let fullest = rows.iter().rev().max_by_key(|row| row.len())?;
    let mut columns: Vec<(f32, f32)> = fullest.iter().map(|piece| (piece.left, piece.right)).collect();
    let (mut taken, mut several, mut across, mut count) = (0, 0, 0, 0);
    for (at, row) in rows.iter().enumerate() {
        let over = |piece: &Piece| columns.iter().filter(|(left, right)| piece.left < *right && piece.right > *left).count();
        let spanning = row.iter().filter(|piece| over(piece) > 1).count();
        if spanning * 2 > row.len() && several >= TABLE_ROWS {
            break;
        }
        across += spanning;
        count += row.len();
        if spanning == 0 {
            for piece in row {
                match columns.iter_mut().find(|(left, right)| piece.left < *right && piece.right > *left) {
                    Some((left, right)) => (*left, *right) = (left.min(piece.left), right.max(piece.right)),
                    None => columns.push((piece.left, piece.right)),
                }
            }
            columns.sort_by(|a, b| a.0.total_cmp(&b.0));
        }
        if row.len() > 1 {
            several += 1;
            taken = at + 1;
        }
    }
    if several < TABLE_ROWS || across * 5 > count || columns.len() > 40 || several * 2 < taken {
        return None;
    }
    let mut table: Vec<Vec<String>> = Vec::new();
    for row in rows.iter().take(taken) {
        let cells = cells(row, &columns);
        match table.last_mut() {
            // Nothing in the first column: more words of the row above.
            Some(above) if cells.first().is_some_and(String::is_empty) && row.len() < above.iter().filter(|cell| !cell.is_empty()).count() => {
                for (cell, more) in above.iter_mut().zip(&cells) {
                    append(cell, more);
                }
            }
            _ => table.push(cells),
        }
    }
    Some((taken, table))
}

/// How many rows from the first may be a table: up to a wide gap, a line of text, or two lines that stand alone.
fn reach(rows: &[Vec<Piece>]) -> usize {
    let mut before: Option<&Piece> = None;
    let first_end = rows.first().and_then(|row| row.first()).map_or(0.0, |piece| piece.right);
    for (at, row) in rows.iter().enumerate() {
        let Some(begin) = row.first() else { return at };
        let is_far = before.is_some_and(|before| begin.base - before.base > 3.2 * begin.size.max(before.size));
        let is_text = row.len() == 1 && begin.width() > 28.0 * begin.size;
        let stand_alone = row.len() == 1 && begin.left < first_end && rows.get(at + 1).is_none_or(|next| next.len() == 1);
        if is_far || is_text || stand_alone {
            return at;
        }
        before = row.last();
    }
    rows.len()
}

fn cells(row: &[Piece], columns: &[(f32, f32)]) -> Vec<String> {
    let mut cells = vec![String::new(); columns.len()];
    for piece in row {
        let at = columns.iter().position(|(left, right)| piece.left < *right && piece.right > *left);
        if let Some(cell) = at.and_then(|at| cells.get_mut(at)) {
            append(cell, without_leader(&piece.text));
        }
    }
    cells
}

/// Without the dots that lead to the next cell.
fn without_leader(text: &str) -> &str {
    let words = text.trim_end_matches(['.', '…', ' ']);
    if text.len() - words.len() > 3 { words } else { text }
}

fn append(text: &mut String, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push(' ');
    }
    text.push_str(more);
}
