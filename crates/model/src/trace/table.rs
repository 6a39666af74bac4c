//! Tables: each number with the words above it, beside it and over the whole.
//!
//! In: a table. Out: its rows, each cell that holds figures with its context. A plain number takes its scale and its kind
//! from the head of its column, else from its row's label, else from the caption: "£ million", "%", "thousands". Where
//! none of them says, the kind stays open.

use rust_decimal::Decimal;

use super::quantity::{Dimension, Hedge, Quantity};
use super::spoken::Spoken;
use crate::figure;

/// Labels of rows that are read into a heading.
const LABELS: usize = 200;

/// A row that states something.
pub(super) struct Row {
    /// As [`crate::document::Content::lines`] gives it.
    pub(super) text: String,
    pub(super) cells: Vec<Cell>,
}

/// A cell that states something.
pub(super) struct Cell {
    /// The words of caption, label and head, in this order.
    pub(super) context: Spoken,
    pub(super) quantities: Vec<Quantity>,
}

/// The rows below the heading.
pub(super) fn rows(caption: &str, header_rows: usize, rows: &[Vec<String>]) -> Vec<Row> {
    let header_rows = header_rows.max(usize::from(rows.first().is_some_and(|row| row.iter().all(|cell| number(cell).is_none() || is_year(cell)))));
    let (head, body) = rows.split_at(header_rows.min(rows.len()));
    body.iter().map(|row| Row { text: row.join(" | "), cells: cells(caption, head, row) }).filter(|row| !row.cells.is_empty()).collect()
}

fn cells(caption: &str, head: &[Vec<String>], row: &[String]) -> Vec<Cell> {
    let has_label = row.iter().skip(1).any(|cell| number(cell).is_some());
    let label = row.first().filter(|_| has_label).map_or("", String::as_str);
    let cells = row.iter().enumerate().skip(usize::from(has_label)).filter_map(|(column, text)| {
        let heads = head.iter().filter_map(|cells| cells.get(column)).map(String::as_str);
        let above = heads.collect::<Vec<_>>().join(" ");
        let quantities = match number(text) {
            Some(quantity) => vec![in_context(quantity, &[&above, label, caption])],
            None => figure::find(text).iter().map(Quantity::of).collect(),
        };
        if quantities.is_empty() {
            return None;
        }
        let own = if number(text).is_none() { text.as_str() } else { "" };
        let mut context = Spoken::default();
        [caption, label, &above, own].into_iter().for_each(|part| context.add_words(part));
        Some(Cell { context, quantities })
    });
    cells.collect()
}

/// The rows that hold dates, with the words of the whole around them: those of a heading say when for every label.
pub(super) fn dated_rows(caption: &str, header_rows: usize, rows: &[Vec<String>]) -> Vec<(String, Spoken)> {
    let labels = rows.iter().take(LABELS).filter_map(|row| row.first()).map(String::as_str).collect::<Vec<_>>().join(" \u{b7} ");
    let dated = rows.iter().enumerate().filter_map(|(place, row)| {
        let text = row.join(" | ");
        let mut spoken = Spoken::of(&text, &[]);
        spoken.figures.clear();
        spoken.add_words(caption);
        if place < header_rows.max(1) {
            spoken.add_words(&labels);
        }
        (!spoken.dates.is_empty()).then_some((text, spoken))
    });
    dated.collect()
}

fn is_year(cell: &str) -> bool {
    cell.trim().parse::<u32>().is_ok_and(|year| (1500..2100).contains(&year))
}

/// A cell that is a number and nothing else.
fn number(cell: &str) -> Option<Quantity> {
    let bare = cell.trim().trim_start_matches(['-', '\u{2212}', '\u{2013}', '+', '(', ' ']).trim_end_matches([')', '*', ' ']);
    let (dimension, bare) = match bare.chars().next()? {
        '\u{a3}' => (Dimension::Money(*b"GBP"), &bare['\u{a3}'.len_utf8()..]),
        '\u{20ac}' => (Dimension::Money(*b"EUR"), &bare['\u{20ac}'.len_utf8()..]),
        '$' => (Dimension::Money(*b"USD"), &bare[1..]),
        _ => (Dimension::Unstated, bare),
    };
    let (dimension, bare) = bare.strip_suffix('%').map_or((dimension, bare), |bare| (Dimension::Percent, bare.trim_end()));
    let is_number =
        bare.starts_with(|c: char| c.is_ascii_digit()) && bare.len() < 30 && bare.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | ' '));
    let value = Decimal::from_str_exact(&bare.replace([',', ' '], "")).ok().filter(|_| is_number)?;
    let step = Decimal::new(1, value.scale());
    let value = value.normalize();
    Some(Quantity { dimension, value, to: None, step, coarse_step: step, hedge: Hedge::None, nouns: Vec::new(), wording: cell.trim().to_owned() })
}

/// The number with what the texts around it say of all such numbers, the nearest first.
fn in_context(mut quantity: Quantity, texts: &[&str]) -> Quantity {
    let lower: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    if quantity.dimension == Dimension::Unstated
        && let Some(dimension) = lower.iter().find_map(|text| dimension_in(text))
    {
        quantity.dimension = dimension;
    }
    if !matches!(quantity.dimension, Dimension::Percent | Dimension::PercentagePoints)
        && let Some(scale) = lower.iter().find_map(|text| scale_in(text))
    {
        quantity.scale_by(Decimal::from(scale));
    }
    quantity
}

/// What a heading says its numbers are, where it says one thing.
fn dimension_in(text: &str) -> Option<Dimension> {
    let mut said = Vec::new();
    if text.contains("percentage point") {
        said.push(Dimension::PercentagePoints);
    } else if text.contains('%') || text.contains("per cent") || text.contains("percent") {
        said.push(Dimension::Percent);
    }
    for (sign, code) in [('\u{a3}', *b"GBP"), ('\u{20ac}', *b"EUR"), ('$', *b"USD")] {
        if text.contains(sign) {
            said.push(Dimension::Money(code));
        }
    }
    if said.len() == 1 { said.pop() } else { None }
}

fn scale_in(text: &str) -> Option<u64> {
    let has = |words: &[&str]| text.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word));
    if has(&["billion", "billions", "bn"]) {
        Some(1_000_000_000)
    } else if has(&["million", "millions", "m", "mn"]) {
        Some(1_000_000)
    } else if has(&["thousand", "thousands", "000s", "k"]) || text.contains("'000") || text.contains("\u{2019}000") {
        Some(1_000)
    } else {
        None
    }
}
