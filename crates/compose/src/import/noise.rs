//! Tells what a conversion left behind from what the edition says: repeated headers, words of pictures.

use std::collections::{HashMap, HashSet};

use pulse_model::name::fold;

use super::piece::{Mark, Piece};
use super::recognise::{ends_complete, looks_like_name, starts_small};

/// Short lines that stand three times or more, folded: headers and footers of pages.
pub(super) fn repeated_lines(pieces: &[Piece]) -> HashSet<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for piece in pieces.iter().filter(|piece| !piece.is_item() && piece.words() <= 12 && !ends_complete(&piece.plain)) {
        *counts.entry(fold(&piece.plain)).or_default() += 1;
    }
    counts.into_iter().filter(|(line, count)| *count >= 3 && !line.is_empty()).map(|(line, _)| line).collect()
}

/// The words of every entry's heading, to know a report's cover by.
pub(super) struct Covers {
    headings: Vec<HashSet<String>>,
    /// Titles, folded.
    titles: HashSet<String>,
}

impl Covers {
    /// From publishers and titles.
    pub(super) fn new<'a>(headings: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut covers = Self { headings: Vec::new(), titles: HashSet::new() };
        for (publisher, title) in headings {
            covers.headings.push(content_words(&format!("{publisher} {title}")));
            covers.titles.insert(fold(title));
        }
        covers
    }

    /// Which of the pieces of an entry are words of a picture: the cover of a report, usually of this entry, sometimes
    /// of another. A cover's line is short, has no full stop, is neither led in nor the rest of a sentence, and says what
    /// some heading says; lines right under it belong to it.
    pub(super) fn of_pictures(&self, pieces: &[Piece]) -> Vec<bool> {
        let mut flags = vec![false; pieces.len()];
        let mut led_in = false;
        for (at, piece) in pieces.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| &pieces[at]);
            let follows_cover = at > 0 && flags[at - 1];
            let last = at + 1 == pieces.len();
            // A title that ends in a question mark does so on the cover too.
            let is_open = !ends_complete(&piece.plain) || self.titles.contains(&fold(&piece.plain));
            let fits = piece.mark == Mark::Plain && piece.words() <= 18 && is_open && !piece.plain.ends_with(',') && !starts_small(&piece.plain);
            flags[at] = fits && !led_in && (self.names(piece) || (follows_cover && piece.words() <= 8) || (last && is_cover_phrase(piece)));
            // Points without marks follow their lead-in; none of them is a cover.
            led_in = !flags[at] && (piece.plain.ends_with(':') || (led_in && piece.mark == Mark::Plain && before.is_some()));
        }
        flags
    }

    fn names(&self, piece: &Piece) -> bool {
        let words = content_words(&piece.plain);
        let shares = |heading: &HashSet<String>| words.intersection(heading).count() * 10 >= words.len() * 6;
        words.len() >= 2 && !piece.is_bold() && self.headings.iter().any(shares)
    }
}

/// "Final Report", "May 2023", "Executive Summary": what covers say besides the title.
fn is_cover_phrase(piece: &Piece) -> bool {
    const WORDS: &[&str] = &["report", "summary", "cover", "edition", "volume", "paper", "briefing", "guidance", "review"];
    let folded = fold(&piece.plain);
    let words: Vec<&str> = folded.split(' ').collect();
    let is_month = pulse_model::Month::from_title(&piece.plain).is_some();
    let is_number = words.len() == 1 && words[0].len() == 4 && words[0].bytes().all(|byte| byte.is_ascii_digit());
    is_month || is_number || (words.len() <= 4 && looks_like_name(&piece.plain) && words.last().is_some_and(|last| WORDS.contains(last)))
}

fn content_words(line: &str) -> HashSet<String> {
    fold(line).split(' ').filter(|word| word.len() > 3).map(str::to_owned).collect()
}
