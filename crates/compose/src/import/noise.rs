//! Tells what a conversion left behind from what the edition says: repeated headers, words of pictures.

use std::collections::{HashMap, HashSet};

use pulse_model::name::fold;

use super::piece::{Mark, Piece};
use super::publishers::looks_like_name;
use super::recognise::{ends_complete, ends_dangling, starts_small};

/// Short lines that stand three times or more, folded: headers and footers of pages. What stands over a list may be
/// "Key findings", each time.
pub(super) fn repeated_lines(pieces: &[Piece]) -> HashSet<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for (at, piece) in pieces.iter().enumerate() {
        let leads_list = pieces.get(at + 1).is_some_and(Piece::is_item);
        if !piece.is_item() && !leads_list && piece.words() <= 12 && !ends_complete(&piece.plain) {
            *counts.entry(fold(&piece.plain)).or_default() += 1;
        }
    }
    counts.into_iter().filter(|(line, count)| *count >= 3 && !line.is_empty()).map(|(line, _)| line).collect()
}

/// The words of every entry's heading, to know a report's cover by.
pub(super) struct Covers {
    headings: Vec<HashSet<String>>,
    /// Publishers, their short names, titles, and the parts of titles between colons and the like, folded: what stands on a
    /// cover as a line of its own.
    lines: HashSet<String>,
}

impl Covers {
    /// From publishers and titles.
    pub(super) fn new<'a>(headings: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut covers = Self { headings: Vec::new(), lines: HashSet::new() };
        for (publisher, title) in headings {
            covers.headings.push(content_words(&format!("{publisher} {title}")));
            let parts = title.split([':', '?', '\u{2013}', '\u{2014}', '(']).chain(title.split(". ")).filter(|part| part.split_whitespace().count() >= 2);
            let short_name = publisher.split_once('(').map(|(_, short)| short);
            covers.lines.extend([publisher, title].into_iter().chain(parts).chain(short_name).map(fold).filter(|line| !line.is_empty()));
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
            let is_line = self.has_line(piece, led_in);
            // A sentence that a line end cut goes on; no cover does.
            let is_cut = ends_dangling(&piece.plain) && pieces.get(at + 1).is_some_and(|next| starts_small(&next.plain));
            let is_open = !ends_complete(&piece.plain) && !piece.plain.ends_with(',') && !piece.plain.contains(". ") && !is_cut;
            let fits = piece.mark == Mark::Plain && piece.words() <= 18 && is_open && !starts_small(&piece.plain);
            let is_more = self.names(piece) || (follows_cover && piece.words() <= 8) || (last && is_cover_phrase(piece));
            flags[at] = is_line || (fits && if led_in { follows_cover && is_cover_phrase(piece) } else { is_more });
            // Points without marks follow their lead-in; a cover among them is one only if it says so plainly.
            led_in = (led_in && flags[at]) || (!flags[at] && (piece.plain.ends_with(':') || (led_in && piece.mark == Mark::Plain && before.is_some())));
        }
        flags
    }

    /// Whether a line is what a heading prints, no more and no less. A title that ends in a question mark does so on the
    /// cover too. Where points may stand, few words are a point.
    fn has_line(&self, piece: &Piece, led_in: bool) -> bool {
        let few = piece.words() < 3 && (led_in || starts_small(&piece.plain));
        piece.mark == Mark::Plain && !few && !piece.plain.ends_with([',', ';', ':']) && self.lines.contains(&fold(&piece.plain))
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
