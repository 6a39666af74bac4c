//! Makes headings whole before anything is labelled: lines that a page's width broke are joined, headings that run into
//! their summary are split off.

use std::collections::HashSet;

use pulse_model::Text;
use pulse_model::markdown::write_text;
use pulse_model::name::fold;

use super::piece::{Mark, Piece, References};
use super::publishers::{Around, HEADING_SCORE, Heading, KnownPublishers, is_organisation, looks_like_name, opens_with_pronoun};
use super::recognise;
use super::roles::Names;

/// Publishers of headings that leave no doubt, that are plainly organisations, or that head two entries are known in the
/// rest of the file; so is what stands behind them instead of a full stop.
pub(super) fn learn_publishers(pieces: &[Piece], names: &Names, publishers: &mut KnownPublishers<'_>) {
    let first_lines = pieces.windows(2).filter(|pair| names.has(&fold(&pair[0].plain)) && !names.has(&fold(&pair[1].plain)) && !pair[1].is_item());
    publishers.learn_separator(first_lines.map(|pair| pair[1].plain.as_str()));
    let found: Vec<Heading> = (0..pieces.len()).filter_map(|at| publishers.heading(&pieces[at], Around::of(pieces, at))).collect();
    let headings: Vec<&Heading> = found.iter().filter(|heading| heading.score >= HEADING_SCORE).collect();
    let mut seen: HashSet<&str> = HashSet::new();
    for heading in headings {
        let again = !seen.insert(&heading.publisher);
        let is_named = is_organisation(&heading.publisher) && !opens_with_pronoun(&heading.title);
        if heading.score > HEADING_SCORE || again || is_named {
            publishers.learn(&heading.publisher);
        }
    }
}

/// Joins lines that a line end broke inside bold or a link: the mark that the one opens, the other closes.
pub(super) fn join_open_markup(pieces: &mut Vec<Piece>, references: &References) {
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    let is_half_bold = |piece: &Piece| piece.raw.matches("**").count() % 2 == 1;
    let opens_link = |piece: &Piece| piece.raw.rfind('[').is_some_and(|at| !piece.raw[at..].contains(']'));
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

/// How many lines a heading may take below its first.
const MOST_LINES: usize = 3;

/// A heading too long for its line goes on in the next.
pub(super) fn join_headings(pieces: &mut Vec<Piece>, names: &Names, publishers: &KnownPublishers<'_>, references: &References) {
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    let mut at = 0;
    while at < pieces.len() {
        let mut piece = pieces[at].clone();
        at += 1;
        // Names of the taxonomy and months are whole lines of their own.
        let is_own = |piece: &Piece| names.has(&fold(&piece.plain)) || recognise::month_title(&piece.plain, |_| false).is_some();
        let below = pieces[at..].iter().take(MOST_LINES + 2).take_while(|piece| !is_own(piece)).count();
        let rest = &pieces[at..at + below];
        let end =
            at + if is_own(&piece) { 0 } else { rest_of_name(&piece, rest, publishers, references).max(rest_of_block(&piece, rest, publishers, references)) };
        while at < end || (at < pieces.len() && !is_own(&pieces[at]) && goes_on(joined.last(), &piece, &pieces[at..], publishers, references)) {
            piece = with(&piece, &pieces[at..=at], references);
            at += 1;
        }
        joined.push(piece);
    }
    *pieces = joined;
}

/// A piece and the lines under it as one.
fn with(piece: &Piece, rest: &[Piece], references: &References) -> Piece {
    let mut whole = piece.clone();
    rest.iter().for_each(|rest| whole.absorb(rest.clone()));
    whole.refresh(references);
    whole
}

fn is_heading(piece: &Piece, around: Around<'_>, publishers: &KnownPublishers<'_>) -> bool {
    publishers.heading(piece, around).is_some_and(|heading| heading.score >= HEADING_SCORE)
}

/// How many lines under a line of capitals make it an entry's heading: the publisher's name is broken, or has a line of
/// its own.
fn rest_of_name(piece: &Piece, rest: &[Piece], publishers: &KnownPublishers<'_>, references: &References) -> usize {
    let name = piece.plain.strip_suffix('.').unwrap_or(&piece.plain);
    let is_name = looks_like_name(name) && recognise::contact_kind(&piece.plain).is_none();
    let opens_block = piece.gap > 0 && !piece.is_item() && is_name;
    if !opens_block || is_heading(piece, Around::default(), publishers) {
        return 0;
    }
    let follows = |next: &&Piece| next.gap == 0 && !next.is_item() && next.is_bold() == piece.is_bold() && recognise::contact_kind(&next.plain).is_none();
    let lines = rest.iter().take(MOST_LINES).take_while(follows).count();
    let is_whole = |count: &usize| is_heading(&with(piece, &rest[..*count], references), Around::default(), publishers);
    (1..=lines).find(is_whole).unwrap_or(0)
}

/// How many lines under a heading are the rest of it because they were broken at the same width: all up to the next blank
/// line, with text below that.
fn rest_of_block(piece: &Piece, rest: &[Piece], publishers: &KnownPublishers<'_>, references: &References) -> usize {
    let count = rest.iter().take_while(|next| next.gap == 0).take(MOST_LINES + 1).count();
    if count == 0 || count > MOST_LINES || piece.gap == 0 || rest.len() == count {
        return 0;
    }
    let lines: Vec<&Piece> = std::iter::once(piece).chain(&rest[..count]).collect();
    let length = |line: &Piece| line.raw.chars().count();
    let width = lines.iter().map(|line| length(line)).max().unwrap_or(0);
    let is_broken = |pair: &[&Piece]| {
        let first_word = pair[1].raw.split_whitespace().next().map_or(0, |word| word.chars().count());
        let goes_on = !recognise::ends_complete(&pair[0].plain) || pair[0].plain.ends_with(['?', ':']);
        goes_on && pair[1].mark == Mark::Plain && !is_heading(pair[1], Around::default(), publishers) && length(pair[0]) + 1 + first_word > width
    };
    let is_title =
        lines.windows(2).all(is_broken) && !is_summary(lines[count]) && is_heading(&with(piece, &rest[..count], references), Around::default(), publishers);
    if is_title { count } else { 0 }
}

/// Whether the first line of `rest` is the rest of the entry's heading above it.
fn goes_on(before: Option<&Piece>, piece: &Piece, rest: &[Piece], publishers: &KnownPublishers<'_>, references: &References) -> bool {
    let Some(next) = rest.first() else { return false };
    let is_title = !next.is_item() && next.words() <= 20 && !next.plain.ends_with(':') && is_alike(piece, next, rest.get(1));
    let opens = |heading: Heading| next.is_bold() || heading.score >= HEADING_SCORE;
    if !is_title || publishers.heading(next, Around { before: Some(piece), next: None }).is_some_and(opens) {
        return false;
    }
    // What a colon leads in may be the subtitle.
    let whole = if piece.plain.ends_with(':') { &with(piece, &rest[..1], references) } else { piece };
    is_heading(whole, Around { before, next: Some(next) }, publishers)
}

/// Fewer words than a summary has.
const FEW_WORDS: usize = 5;

fn is_summary(line: &Piece) -> bool {
    recognise::ends_complete(&line.plain) && line.words() > FEW_WORDS
}

/// Whether a line looks like the rest of a title, with `after` below it.
fn is_alike(piece: &Piece, next: &Piece, after: Option<&Piece>) -> bool {
    let small = recognise::starts_small(&next.plain);
    let dangles = recognise::ends_dangling(&piece.plain);
    if next.gap > 0 {
        return small && dangles;
    }
    let is_prose = |after: &Piece| !after.is_item() && after.words() >= 8 && !recognise::starts_small(&after.plain);
    let ends_block = piece.gap > 0 && after.is_none_or(|after| after.gap > 0);
    let told_below = after.is_some_and(is_prose);
    let is_open = !recognise::ends_complete(&next.plain) && !recognise::ends_dangling(&next.plain) && !next.plain.contains(". ");
    // Two lines between blank lines that have no full stop are one heading, whatever letter the second begins with; where
    // a summary follows, a few words with a full stop are no summary.
    let alone = ends_block && !next.is_bold() && (is_open || (told_below && next.words() <= FEW_WORDS));
    // So is a short line with prose, or its own rest, right under it.
    let goes_below = told_below || after.is_some_and(|after| after.gap == 0 && after.words() <= FEW_WORDS && recognise::starts_small(&after.plain));
    let is_short = (is_open && next.words() <= 12) || next.words() <= FEW_WORDS;
    let is_tail = is_short && next.plain.len() < piece.plain.len() && goes_below;
    let repeats = fold(&piece.plain).contains(&fold(&next.plain));
    match piece.plain.chars().last() {
        Some(':') => next.words() > 1,
        Some('?' | '!') => (alone || is_tail) && !repeats,
        _ if recognise::ends_complete(&piece.plain) => false,
        _ => small || (dangles && !is_summary(next)) || (piece.is_bold() && next.is_bold()) || alone || (is_tail && !repeats),
    }
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
        if is_sentence && is_heading(&heading, Around { before: split.last(), next: None }, publishers) {
            summary.mark = Mark::Plain;
            split.extend([heading, summary]);
        } else {
            split.push(piece);
        }
    }
    *pieces = split;
}
