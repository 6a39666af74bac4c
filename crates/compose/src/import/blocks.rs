//! Pieces to blocks: paragraphs, and lists with their nested level.

use pulse_model::block::{Block, Blocks, Item, List, MAX_LIST_DEPTH};
use pulse_model::{Problem, ProblemKind};

use super::mend::{is_lead_in, without_joining_word};
use super::piece::{Mark, Piece};
use super::recognise::{announced, ends_complete, resumes_telling, starts_small};

/// The blocks that mended pieces make. Headings among them are paragraphs; lists nested too deep are noted in `problems`.
pub(super) fn blocks(pieces: &[Piece], problems: &mut Vec<Problem>) -> Blocks {
    blocks_with(pieces, 1, problems, unmarked_items)
}

/// The blocks of an entry's summary. In one without a single list mark, what a sentence leads in is a list, up to where
/// the summary goes back to telling.
pub(super) fn summary_blocks(pieces: &[Piece], problems: &mut Vec<Problem>) -> Blocks {
    if pieces.iter().any(Piece::is_item) {
        return blocks(pieces, problems);
    }
    blocks_with(pieces, 1, problems, |lead_in, pieces| match unmarked_items(lead_in, pieces) {
        0 => Some(pieces.iter().take_while(|piece| !is_lead_in(piece) && !resumes_telling(&piece.plain)).count()).filter(|&count| count >= 2).unwrap_or(0),
        count => count,
    })
}

fn blocks_with(pieces: &[Piece], depth: usize, problems: &mut Vec<Problem>, unmarked: impl Fn(&Piece, &[Piece]) -> usize) -> Blocks {
    let mut out: Vec<Block> = Vec::new();
    let mut at = 0;
    while at < pieces.len() {
        let rest = &pieces[at..];
        let (block, taken) = if rest[0].is_item() { list(rest, depth, problems) } else { (Block::paragraph(rest[0].text.clone()), 1) };
        at += taken;
        out.push(block);
        if at > 0 && !pieces[at - 1].is_item() && is_lead_in(&pieces[at - 1]) {
            let count = unmarked(&pieces[at - 1], &pieces[at..]);
            if count > 0 {
                let items = pieces[at..at + count].iter().map(|piece| Item::new(piece.text.clone())).collect();
                out.push(Block::List(List { ordered: false, items }));
                at += count;
            }
        }
    }
    Blocks::new(out)
}

/// How far ahead the next number of a list is looked for.
const MOST_BETWEEN: usize = 200;

/// From this many blank lines on, a gap is a page's and not a paragraph's.
const PAGE_GAP: u32 = 3;

/// How many pieces after a lead-in are points of a list that lost its marks; 0 where there is no such list.
fn unmarked_items(lead_in: &Piece, pieces: &[Piece]) -> usize {
    let is_tight = lead_in.gap == 0 && pieces.first().is_some_and(|first| first.gap == 0);
    // Where blank lines part paragraphs, a line close under a point is one too, even if it leads in points of its own.
    let is_point = |at: usize, piece: &Piece| piece.mark == Mark::Plain && (!is_lead_in(piece) || (at > 0 && piece.gap == 0 && !is_tight));
    let plain: Vec<&Piece> = pieces.iter().enumerate().take_while(|(at, piece)| is_point(*at, piece)).map(|(_, piece)| piece).collect();
    let close = close_items(is_tight, &plain);
    let has_close_pair = close >= 2 && plain[1..close].iter().any(|piece| piece.gap == 0);
    // What stands further apart than points that stand close goes on with them only if it says so.
    let is_apart = |at: usize, piece: &Piece| has_close_pair && at >= close && !starts_small(&piece.plain);
    let open = |piece: &Piece| starts_small(&piece.plain) || !ends_complete(&piece.plain) || is_separated(piece);
    let mut alike = plain.iter().enumerate().take_while(|(at, piece)| open(piece) && !is_apart(*at, piece)).count();
    // The last point of such a list ends with the sentence.
    if alike >= 2
        && plain.get(alike).is_some_and(|last| is_separated(plain[alike - 1]) || plain[alike - 1].plain.ends_with(" and") || last.plain.starts_with("and "))
    {
        alike += 1;
    }
    if has_close_pair || alike >= 2 {
        return alike.max(if has_close_pair { close } else { 0 });
    }
    announced(&lead_in.plain).filter(|&count| plain.len() >= count).unwrap_or(0)
}

fn is_separated(point: &Piece) -> bool {
    without_joining_word(&point.plain).ends_with([';', ','])
}

/// How many lines are set close together under a lead-in; a page may break between them.
fn close_items(is_tight: bool, plain: &[&Piece]) -> usize {
    let is_close = |at: usize| {
        let piece = plain[at];
        let goes_on_below = plain.get(at + 1).is_some_and(|next| next.gap == 0);
        match piece.gap {
            // Without blank lines, all lines are close: then the way they are written must be that of points.
            0 => !is_tight || !tells_on(piece, &plain[..at]),
            // Between paragraphs stand blank lines, so what has a line right under it is a point, behind a page too.
            _ if goes_on_below && !is_tight => true,
            gap => gap >= PAGE_GAP && !resumes_telling(&piece.plain),
        }
    };
    (0..plain.len()).take_while(|&at| at == 0 || is_close(at)).count()
}

/// Whether a line right under points is a sentence that goes back to telling.
fn tells_on(piece: &Piece, points: &[&Piece]) -> bool {
    const SENTENCE_WORDS: usize = 10;
    let points = &points[points.len().saturating_sub(MOST_BETWEEN)..];
    let is_fragment = |point: &&&Piece| !ends_complete(&point.plain) || is_separated(point);
    let fragments = points.iter().filter(is_fragment).count();
    // The last of the points before may end the sentence that they are part of.
    let are_fragments = points.len() >= 2 && fragments + 1 >= points.len() && !is_separated(points[points.len() - 1]);
    let is_sentence = ends_complete(&piece.plain) && !starts_small(&piece.plain) && piece.words() >= SENTENCE_WORDS;
    resumes_telling(&piece.plain) || (are_fragments && is_sentence)
}

/// The list that begins `pieces`, and how many pieces it takes.
fn list(pieces: &[Piece], depth: usize, problems: &mut Vec<Problem>) -> (Block, usize) {
    let ordered = matches!(pieces[0].mark, Mark::Number(_));
    let base = pieces[0].indent;
    let mut items: Vec<Item> = Vec::new();
    let mut nested: Vec<Piece> = Vec::new();
    let mut taken = 0;
    for (at, piece) in pieces.iter().enumerate() {
        match place(piece, &pieces[0], base, ordered, &pieces[at + 1..]) {
            _ if at == 0 => items.push(Item::new(piece.text.clone())),
            Place::Under if depth == MAX_LIST_DEPTH && piece.is_item() => {
                if !problems.iter().any(|problem| problem.kind == ProblemKind::NestedTooDeep) {
                    problems.push(Problem::new(ProblemKind::NestedTooDeep, "a list nested deeper than two levels was moved up").at_line(piece.line()));
                }
                close(&mut items, &mut nested, depth, problems);
                items.push(Item::new(piece.text.clone()));
            }
            Place::SameLevel => {
                close(&mut items, &mut nested, depth, problems);
                items.push(Item::new(piece.text.clone()));
            }
            Place::Under => nested.push(piece.clone()),
            Place::Behind => break,
        }
        taken = at + 1;
    }
    close(&mut items, &mut nested, depth, problems);
    (Block::List(List { ordered, items }), taken)
}

enum Place {
    SameLevel,
    Under,
    Behind,
}

fn place(piece: &Piece, first: &Piece, base: usize, ordered: bool, rest: &[Piece]) -> Place {
    let deeper = piece.indent >= base + 2;
    match piece.mark {
        Mark::Heading(_) => Place::Behind,
        Mark::Plain if deeper => Place::Under,
        Mark::Plain => Place::Behind,
        _ if deeper => Place::Under,
        Mark::Bullet(bullet) if is_second_level(bullet) && first.mark != Mark::Bullet(bullet) => Place::Under,
        // Bullets between numbers that go on counting belong to the numbered points.
        Mark::Bullet(_) if ordered => {
            let goes_on = rest.iter().take(MOST_BETWEEN).take_while(|next| next.is_item()).any(|next| matches!(next.mark, Mark::Number(number) if number > 1));
            if goes_on { Place::Under } else { Place::Behind }
        }
        Mark::Number(_) if !ordered => Place::Behind,
        _ => Place::SameLevel,
    }
}

/// Bullets that word processors use below the first level.
fn is_second_level(bullet: char) -> bool {
    matches!(bullet, 'o' | '◦' | '○' | '▫' | '□' | '⁃')
}

/// Gives what was gathered under the last item to it.
fn close(items: &mut [Item], nested: &mut Vec<Piece>, depth: usize, problems: &mut Vec<Problem>) {
    if nested.is_empty() {
        return;
    }
    let under = blocks_with(&std::mem::take(nested), depth + 1, problems, unmarked_items);
    if let Some(last) = items.last_mut() {
        last.blocks = Blocks::new(std::mem::take(&mut last.blocks).into_vec().into_iter().chain(under.into_vec()));
    }
}
