//! Which lines of a document are new and which are gone.

use std::collections::HashMap;

use pulse_model::Document;
use pulse_model::publication::Change;
use similar::{Algorithm, DiffTag, capture_diff_slices};

use crate::words::{is_counter, plain, without_ends};

/// The most lines that a change lists on each side; the last one says how many more there are.
const MOST_LINES: usize = 200;
/// The most characters of a line that a change keeps.
const MOST_CHARS: usize = 600;
/// Above so many lines, order is not asked: lines are only counted, which takes the same time for every input.
const MOST_COMPARED: usize = 5_000;

/// What is different between two readings of one document, in its words; `None` when they say the same.
///
/// Not a difference: spaces, how quotes and dashes are drawn, punctuation at the ends of lines, where a paragraph is parted, lines
/// that moved, and lines that count visits. At most 200 lines are listed on each side.
pub fn text_change(address: &str, before: &Document, after: &Document) -> Option<Change> {
    if before.text_hash() == after.text_hash() {
        return None;
    }
    let (before, after) = (lines(before), lines(after));
    if joined(&before) == joined(&after) {
        return None;
    }
    let (mut removed, mut added) =
        if before.len().max(after.len()) > MOST_COMPARED { (indexes(&before), indexes(&after)) } else { difference(&before, &after) };
    without_moved(&before, &mut removed, &after, &mut added);
    if removed.is_empty() && added.is_empty() {
        return None;
    }
    Some(Change::Text { document: address.to_owned(), added: listed(&after, &added), removed: listed(&before, &removed) })
}

/// A line as it is compared, and as it stands.
struct Line {
    plain: String,
    text: String,
}

fn lines(document: &Document) -> Vec<Line> {
    let lines = document.blocks().iter().flat_map(|block| block.content.lines());
    let lines = lines.map(|text| Line { plain: plain(&text), text });
    lines.filter(|line| !line.plain.is_empty() && !is_counter(&line.plain)).collect()
}

/// All words in one line, without the marks at the ends of lines, which move with the ends.
fn joined(lines: &[Line]) -> String {
    lines.iter().flat_map(|line| line.plain.split(' ')).map(without_ends).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn indexes(lines: &[Line]) -> Vec<usize> {
    (0..lines.len()).collect()
}

fn difference(before: &[Line], after: &[Line]) -> (Vec<usize>, Vec<usize>) {
    let plain = |lines: &[Line]| lines.iter().map(|line| line.plain.clone()).collect::<Vec<_>>();
    let (old, new) = (plain(before), plain(after));
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    for operation in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if operation.tag() != DiffTag::Equal {
            removed.extend(operation.old_range());
            added.extend(operation.new_range());
        }
    }
    (removed, added)
}

/// Takes out lines that are on both sides: they are elsewhere now, and say the same.
fn without_moved(before: &[Line], removed: &mut Vec<usize>, after: &[Line], added: &mut Vec<usize>) {
    let mut moved: HashMap<&str, usize> = HashMap::new();
    for at in removed.iter() {
        *moved.entry(&before[*at].plain).or_default() += 1;
    }
    let mut back: HashMap<&str, usize> = HashMap::new();
    added.retain(|at| match moved.get_mut(after[*at].plain.as_str()).filter(|count| **count > 0) {
        Some(count) => {
            *count -= 1;
            *back.entry(&after[*at].plain).or_default() += 1;
            false
        }
        None => true,
    });
    removed.retain(|at| match back.get_mut(before[*at].plain.as_str()).filter(|count| **count > 0) {
        Some(count) => {
            *count -= 1;
            false
        }
        None => true,
    });
}

fn listed(lines: &[Line], at: &[usize]) -> Vec<String> {
    let cut = |text: &str| match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    };
    let mut listed: Vec<String> = at.iter().take(MOST_LINES).map(|at| cut(&lines[*at].text)).collect();
    if at.len() > MOST_LINES {
        listed.push(format!("… and {} more lines", at.len() - MOST_LINES));
    }
    listed
}
