//! Makes headings whole before anything is labelled: lines that a page's width broke are joined, headings that run into
//! their summary are split off.

use pulse_model::Text;
use pulse_model::markdown::write_text;

use super::piece::{Mark, Piece, References};
use super::recognise::{self, HEADING_SCORE, Heading, KnownPublishers};

/// Publishers of headings that leave no doubt are known in the rest of the file.
pub(super) fn learn_publishers(pieces: &[Piece], publishers: &mut KnownPublishers<'_>) {
    let found = (0..pieces.len()).filter_map(|at| publishers.heading(&pieces[at], before(pieces, at)));
    let sure: Vec<Heading> = found.filter(|heading| heading.score > HEADING_SCORE).collect();
    for heading in sure {
        publishers.learn(&heading.publisher);
    }
}

pub(super) fn before(pieces: &[Piece], at: usize) -> Option<&Piece> {
    at.checked_sub(1).map(|at| &pieces[at])
}

/// Joins lines that a line end broke inside bold or a link: the mark that the one opens, the other closes.
pub(super) fn join_open_markup(pieces: &mut Vec<Piece>, references: &References) {
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    let is_half_bold = |piece: &Piece| piece.raw.matches("**").count() % 2 == 1;
    let opens_link = |piece: &Piece| piece.raw.rfind('[').is_some_and(|at| !piece.raw[at..].contains(')'));
    for piece in pieces.drain(..) {
        let follows = piece.gap == 0 && piece.mark == Mark::Plain;
        match joined.last_mut() {
            Some(before)
                if follows
                    && ((is_half_bold(before) && is_half_bold(&piece)) || (opens_link(before) && piece.raw.contains("](") && !piece.raw.starts_with('['))) =>
            {
                before.absorb(piece);
                before.refresh(references);
            }
            _ => joined.push(piece),
        }
    }
    *pieces = joined;
}

/// A heading too long for its line goes on in the next.
pub(super) fn join_headings(pieces: &mut Vec<Piece>, publishers: &KnownPublishers<'_>, references: &References) {
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    let mut waiting = pieces.drain(..).peekable();
    while let Some(piece) = waiting.next() {
        let ends_block = waiting.peek().is_none_or(|next| next.gap > 0);
        if !goes_on(&joined, &piece, ends_block, publishers) {
            joined.push(piece);
        } else if let Some(before) = joined.last_mut() {
            before.absorb(piece);
            before.refresh(references);
        }
    }
    drop(waiting);
    *pieces = joined;
}

/// Whether a line is the rest of the entry's heading before it. `ends_block` says that a blank line follows.
fn goes_on(pieces: &[Piece], next: &Piece, ends_block: bool, publishers: &KnownPublishers<'_>) -> bool {
    let Some(at) = pieces.len().checked_sub(1) else { return false };
    let piece = &pieces[at];
    let small = recognise::starts_small(&next.plain);
    // Two lines between blank lines that have no full stop are one heading, whatever letter the second begins with.
    let alone = piece.gap > 0 && ends_block && !recognise::ends_complete(&next.plain);
    let alike = match next.gap {
        0 => small || (piece.is_bold() && next.is_bold()) || (alone && !next.is_bold()),
        _ => small && recognise::ends_dangling(&piece.plain),
    };
    let open = !next.is_item() && next.words() <= 20 && !next.plain.ends_with(':') && !recognise::ends_complete(&piece.plain);
    alike
        && open
        && publishers.heading(piece, before(pieces, at)).is_some_and(|heading| heading.score >= HEADING_SCORE)
        && !publishers.heading(next, Some(piece)).is_some_and(|heading| next.is_bold() || heading.score >= HEADING_SCORE)
}

/// A heading in bold or in a link, and its summary in the same paragraph, are two.
pub(super) fn split_run_in_headings(pieces: &mut Vec<Piece>, publishers: &KnownPublishers<'_>, references: &References) {
    let mut split: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces.drain(..) {
        let runs = piece.text.runs();
        let end = runs.iter().take_while(|run| run.style.strong || run.style.link.is_some()).count();
        let halves = [&runs[..end], &runs[end..]].map(|runs| Text::new(runs.iter().cloned()));
        let [heading, mut summary] = halves.map(|text| {
            let mut half = Piece::new(piece.line(), piece.mark, piece.indent, piece.gap, &write_text(&text));
            half.lines.clone_from(&piece.lines);
            half.read(references);
            half
        });
        let is_sentence = summary.words() >= 4 && summary.plain.starts_with(char::is_uppercase) && recognise::ends_complete(&heading.plain);
        if is_sentence && publishers.heading(&heading, split.last()).is_some_and(|heading| heading.score >= HEADING_SCORE) {
            summary.mark = Mark::Plain;
            split.extend([heading, summary]);
        } else {
            split.push(piece);
        }
    }
    *pieces = split;
}
