//! Tables: caption, heading rows, cells; a cell over several columns or rows leaves empty ones beside and below it, so that columns stay in line.
//!
//! A table that lays out a page is none: `None`, and its cells are read as blocks of their own.

use dom_query::NodeRef;
use pulse_model::document::Content;

use super::tree;

/// The widest span that is believed: a cell over more columns or rows than this lays out a page or is an attack.
const MOST_SPANNED: usize = 50;

/// A table, and what share of it lies in links.
pub(super) fn read(table: &NodeRef<'_>) -> Option<(Content, f32)> {
    if lays_out(table) {
        return None;
    }
    let caption = tree::topmost(table, &["caption"]).first().map(tree::text_of).unwrap_or_default();
    let mut grid = Grid::default();
    let (mut linked, mut length, mut header_rows, mut in_header) = (0, 0, 0, true);
    for row in tree::topmost(table, &["tr"]) {
        if tree::is_hidden(&row) {
            continue;
        }
        let cells: Vec<_> = row.children_it(false).filter(|cell| cell.has_name("td") || cell.has_name("th")).collect();
        let is_header = row.parent().is_some_and(|parent| parent.has_name("thead")) || cells.len() > 1 && cells.iter().all(|cell| cell.has_name("th"));
        grid.next_row();
        for cell in &cells {
            let mut text = String::new();
            linked += tree::add_text(cell, &mut text);
            length += tree::letters(&text);
            grid.put(text, span(cell, "colspan"), span(cell, "rowspan"));
        }
        in_header &= is_header;
        header_rows += usize::from(in_header);
    }
    let has_words = grid.rows.iter().flatten().any(|cell| !cell.trim().is_empty());
    has_words.then(|| (Content::Table { caption, header_rows, rows: grid.rows }, linked as f32 / length.max(1) as f32))
}

fn span(cell: &NodeRef<'_>, key: &str) -> usize {
    tree::attr(cell, key).trim().parse().unwrap_or(1).clamp(1, MOST_SPANNED)
}

/// Pages are laid out in tables of one column or one row, and in tables of tables, headings and articles.
fn lays_out(table: &NodeRef<'_>) -> bool {
    if matches!(tree::attr(table, "role").as_str(), "presentation" | "none") {
        return true;
    }
    if tree::has_below(table, &["table", "article", "main", "nav", "form"]) {
        return true;
    }
    if tree::has_below(table, &["caption", "th"]) {
        return false;
    }
    let rows = tree::topmost(table, &["tr"]);
    let columns = rows.iter().map(|row| row.children_it(false).filter(|cell| cell.has_name("td")).count()).max().unwrap_or(0);
    columns < 2 || rows.len() < 2 || tree::has_below(table, &["h1", "h2", "h3", "figure", "blockquote"])
}

/// Rows of cells, and the cells above that reach into the row that is being filled.
#[derive(Default)]
struct Grid {
    rows: Vec<Vec<String>>,
    /// For each column, how many more rows it is taken from above.
    taken: Vec<usize>,
}

impl Grid {
    fn next_row(&mut self) {
        let width = self.rows.last().map_or(0, Vec::len);
        self.taken.iter_mut().skip(width).for_each(|left| *left = left.saturating_sub(1));
        self.rows.push(Vec::new());
    }

    fn put(&mut self, text: String, columns: usize, rows: usize) {
        let Some(row) = self.rows.last_mut() else { return };
        // Columns that a cell above reaches down into.
        while let Some(left) = self.taken.get_mut(row.len()).filter(|left| **left > 0) {
            *left -= 1;
            row.push(String::new());
        }
        let at = row.len();
        row.push(text);
        row.resize(at + columns, String::new());
        if self.taken.len() < row.len() {
            self.taken.resize(row.len(), 0);
        }
        self.taken[at..at + columns].fill(rows - 1);
    }
}
