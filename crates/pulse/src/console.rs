//! Words for people: tables with straight columns, counted nouns, sizes, and progress on a terminal.

use std::io::{self, Write as _};

use indicatif::{ProgressBar, ProgressStyle};

/// A column's edge to keep straight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// The widest column that is kept straight; a cell wider than this only moves its own line.
const WIDEST: usize = 60;

/// Says something about the work on the standard error. Where that cannot be written to, there is nobody to tell.
pub(crate) fn note(words: &str) {
    let _ = writeln!(io::stderr(), "{words}");
}

/// Rows as lines with straight columns, two spaces between them, none behind the last.
pub(crate) fn table(columns: &[Align], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> =
        (0..columns.len()).map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell).min(WIDEST)).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(columns).zip(&widths).map(|((cell, align), wide)| {
            let space = " ".repeat(wide.saturating_sub(width(cell)));
            match align {
                Align::Left => format!("{cell}{space}"),
                Align::Right => format!("{space}{cell}"),
            }
        });
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// "1 entry", "14 entries".
pub(crate) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// "37 kB"; a size that a person compares, not one that adds up.
pub(crate) fn size(bytes: usize) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{} kB", bytes.div_ceil(1000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

/// Progress over `steps`, on a terminal only; it goes when it is done.
pub(crate) fn progress(steps: usize, doing: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(steps as u64).with_message(doing);
    match ProgressStyle::with_template("{msg} {bar:30} {pos} of {len}  {prefix}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Progress through a file, on a terminal only.
pub(crate) fn progress_of_bytes(size_bytes: u64, doing: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(size_bytes).with_message(doing);
    match ProgressStyle::with_template("{msg} {bar:30} {bytes} of {total_bytes}, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_straight_and_nothing_trails() {
        let rows = vec![vec!["page".to_owned(), "9 kB".to_owned(), String::new()], vec!["é".to_owned(), "12 kB".to_owned(), "x".to_owned()]];
        assert_eq!(table(&[Align::Left, Align::Right, Align::Left], &rows), "page   9 kB\né     12 kB  x\n");
    }

    #[test]
    fn one_long_cell_does_not_push_the_other_lines_away() {
        let long = "x".repeat(500);
        let rows = vec![vec![long.clone(), "a".to_owned()], vec!["short".to_owned(), "b".to_owned()]];
        assert_eq!(table(&[Align::Left, Align::Left], &rows), format!("{long}  a\nshort{}b\n", " ".repeat(57)));
    }

    #[test]
    fn sizes_are_round() {
        assert_eq!([size(999), size(1000), size(37_131), size(2_340_000)], ["999 B", "1 kB", "38 kB", "2.3 MB"]);
    }
}
