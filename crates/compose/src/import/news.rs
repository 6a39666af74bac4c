//! The team's own news: titles told from subheadings, and a kind for each.
//!
//! A title stands between a complete paragraph and prose, often tells a kind of news, and is not led in by a sentence;
//! a subheading is led in, or runs in step with one that is. Levels only help where two titles differ.

use pulse_model::edition::{Link, NewsItem};
use pulse_model::name::fold;

use super::blocks::blocks;
use super::ledger::Ledger;
use super::mend::{Joining, is_lead_in, mend};
use super::piece::{Mark, Piece, References};
use super::recognise::{ends_complete, is_call_for_contact, news_kind, tells_news_kind};

/// From this score on, a line is the title of a news item.
const TITLE_SCORE: i32 = 2;

pub(super) fn read(pieces: Vec<Piece>, references: &References, ledger: &mut Ledger) -> Vec<NewsItem> {
    let titles = titles(&pieces);
    let mut items: Vec<(Piece, Vec<Piece>)> = Vec::new();
    for (piece, is_title) in pieces.into_iter().zip(titles) {
        match items.last_mut() {
            _ if is_title => items.push((piece, Vec::new())),
            Some((_, body)) => body.push(piece),
            // Text right under the heading of the news has no title of its own.
            None => items.push((piece, Vec::new())),
        }
    }
    items.into_iter().enumerate().map(|(at, (title, body))| item(at + 1, title, body, references, ledger)).collect()
}

fn item(number: usize, title: Piece, mut body: Vec<Piece>, references: &References, ledger: &mut Ledger) -> NewsItem {
    ledger.place(&title.lines, &format!("news {number}: title"));
    for piece in body.iter_mut().filter(|piece| piece.is_heading()) {
        piece.mark = Mark::Plain;
        if !piece.is_bold() {
            piece.raw = format!("**{}**", piece.raw);
            piece.read(references);
        }
    }
    let body = mend(body, Joining::AsPrinted, references);
    let mut problems = title.problems;
    for piece in &body {
        ledger.place(&piece.lines, &format!("news {number}"));
        problems.extend(piece.problems.iter().cloned());
    }
    let opening = body.first().map(|piece| piece.plain.as_str()).unwrap_or_default();
    let name = title.plain.strip_suffix('.').unwrap_or(&title.plain).to_owned();
    let is_title = |label: &str| fold(label) == fold(&name);
    let links = title.text.links().into_iter().map(|(url, label)| Link { url, text: if is_title(&label) { String::new() } else { label } }).collect();
    NewsItem { kind: news_kind(&name, opening), title: name, links, body: blocks(&body, &mut problems), problems }
}

/// Which pieces are titles.
fn titles(pieces: &[Piece]) -> Vec<bool> {
    let mut flags = vec![false; pieces.len()];
    let mut first_level = None;
    // The marks of subheadings under way, and how many pieces of text have come since the last one.
    let mut sub: Option<(Mark, bool, usize)> = None;
    for (at, piece) in pieces.iter().enumerate() {
        let style = (piece.mark, piece.is_bold());
        let in_step = sub.is_some_and(|(mark, bold, since)| (mark, bold) == style && since <= 1);
        flags[at] = at == 0 || (is_title_like(piece) && score(pieces, at, first_level, in_step) >= TITLE_SCORE);
        if flags[at] {
            sub = None;
            if let Mark::Heading(level) = piece.mark {
                first_level = first_level.or(Some(level));
            }
        } else if is_title_like(piece) && (at > 0 && is_lead_in(&pieces[at - 1]) || in_step) {
            sub = Some((style.0, style.1, 0));
        } else if let Some((_, _, since)) = &mut sub {
            *since += 1;
        }
    }
    flags
}

fn is_title_like(piece: &Piece) -> bool {
    let ends = piece.plain.trim_end();
    let starts = piece.plain.starts_with(|c: char| c.is_uppercase() || c.is_numeric() || matches!(c, '\'' | '"' | '\u{2018}' | '\u{201c}'));
    !piece.is_item() && piece.words() <= 18 && starts && !ends.ends_with([':', ';', ',', '.']) && !ends.contains('@')
}

fn score(pieces: &[Piece], at: usize, first_level: Option<u8>, in_step: bool) -> i32 {
    let (piece, before, next) = (&pieces[at], &pieces[at - 1], pieces.get(at + 1));
    let mut score = i32::from(tells_news_kind(&piece.plain)) * 2;
    let is_deeper = matches!((piece.mark, first_level), (Mark::Heading(level), Some(first)) if level > first);
    score += match piece.mark {
        Mark::Heading(_) => i32::from(!is_deeper) * 3,
        _ => i32::from(piece.is_bold()),
    };
    let prose_follows = next.is_some_and(|next| !next.is_item() && next.words() >= 12);
    let between = prose_follows && ends_complete(&before.plain) && ends_complete(&next.map(|next| next.plain.clone()).unwrap_or_default());
    // Standing between prose is all there is to see where titles have no mark, or marks of any level.
    score += i32::from(between) * if is_deeper || (piece.mark == Mark::Plain && !piece.is_bold()) { 2 } else { 1 };
    score += i32::from(piece.gap >= 2);
    score += i32::from(is_call_for_contact(&before.plain));
    score -= i32::from(is_lead_in(before)) * 4;
    score -= i32::from(in_step && !tells_news_kind(&piece.plain)) * 3;
    // The rest of a sentence that a page broke.
    score -= i32::from(!ends_complete(&before.plain) && !before.is_item() && before.words() >= 12 && piece.mark == Mark::Plain) * 3;
    score
}
