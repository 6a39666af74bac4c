//! The editor's introduction: what stands before the news, told apart by what it says.

use pulse_model::block::Block;
use pulse_model::edition::{Contact, ContactKind, Letter, SignOff};
use pulse_model::{Blocks, Problem};

use super::blocks::blocks;
use super::ledger::Ledger;
use super::mend::{Joining, is_lead_in, mend};
use super::piece::{Mark, Piece, References};
use super::publishers::looks_like_name;
use super::recognise::{closing_with_name, contact_kind, ends_complete, is_call_for_contact, is_closing, is_notice, tells_news_kind};

/// A letter, and what follows it where the news have no heading of their own.
pub(super) struct Read {
    pub(super) letter: Letter,
    pub(super) rest: Vec<Piece>,
}

/// Reads the letter. `news_follow` says that the news have their own heading, so all of this is letter.
pub(super) fn read(pieces: Vec<Piece>, news_follow: bool, references: &References, ledger: &mut Ledger, problems: &mut Vec<Problem>) -> Read {
    let mut letter = Letter::default();
    let (before, mut after) = split_at_closing(pieces, &mut letter, ledger);
    let rest = if news_follow { Vec::new() } else { split_at_news(&mut after, letter.sign_off.is_some()) };
    let after = take_contacts(after, &mut letter, ledger);
    for pieces in [before, after] {
        file(mend(pieces, Joining::AsPrinted, references), &mut letter, ledger, problems);
    }
    Read { letter, rest }
}

/// Takes the closing and the name and role under it out; returns what stands before and behind. Without a closing, all
/// of it stands behind: addresses may be anywhere then.
fn split_at_closing(mut pieces: Vec<Piece>, letter: &mut Letter, ledger: &mut Ledger) -> (Vec<Piece>, Vec<Piece>) {
    let closes = |piece: &Piece| is_closing(&piece.plain) || closing_with_name(&piece.plain).is_some();
    let Some(at) = pieces.iter().position(closes) else { return (Vec::new(), pieces) };
    let mut after = pieces.split_off(at);
    let is_name = |piece: &Piece| {
        let ends = !ends_complete(&piece.plain) || looks_like_name(&piece.plain);
        piece.words() <= 8 && ends && !piece.is_item() && contact_kind(&piece.plain).is_none() && !piece.plain.contains('@')
    };
    let most = if is_closing(&after[0].plain) { 3 } else { 2 };
    let mut names = after[1..].iter().take(most).take_while(|piece| is_name(piece)).count();
    // A third line over an address is the firm's, which the address begins with.
    if names == most && after.get(names + 1).is_some_and(|next| contact_kind(&next.plain) == Some(ContactKind::Address)) {
        names -= 1;
    }
    let signed: Vec<Piece> = after.drain(..=names).collect();
    for piece in &signed {
        ledger.place(&piece.lines, "letter, sign-off");
    }
    let mut lines = signed.iter().map(|piece| piece.plain.clone());
    let first = lines.next().unwrap_or_default();
    let (closing, name) = match closing_with_name(&first) {
        Some((closing, name)) => (closing.to_owned(), name.to_owned()),
        None => (first, lines.next().unwrap_or_default()),
    };
    letter.sign_off = Some(SignOff { closing, name, role: lines.collect::<Vec<_>>().join(", ") });
    (pieces, after)
}

/// Without a heading over the news, the first title that tells a kind of news opens them: a marked line, or behind the
/// sign-off one with prose under it.
fn split_at_news(pieces: &mut Vec<Piece>, is_signed: bool) -> Vec<Piece> {
    let tells_below = |at: usize| pieces.get(at + 1).is_some_and(|next| !next.is_item() && next.words() >= 12);
    let is_title = |at: &usize| {
        let piece = &pieces[*at];
        let stands_out = piece.is_heading() || piece.is_bold() || (is_signed && !piece.is_item() && tells_below(*at));
        stands_out && piece.words() <= 16 && !ends_complete(&piece.plain) && contact_kind(&piece.plain).is_none() && tells_news_kind(&piece.plain)
    };
    match (0..pieces.len()).find(is_title) {
        Some(at) => pieces.split_off(at),
        None => Vec::new(),
    }
}

/// Takes the organisation's addresses out of what stands behind the sign-off.
fn take_contacts(pieces: Vec<Piece>, letter: &mut Letter, ledger: &mut Ledger) -> Vec<Piece> {
    let mut rest = Vec::new();
    let mut waiting = pieces.into_iter().peekable();
    while let Some(piece) = waiting.next() {
        let before_contact = waiting.peek().is_some_and(|next| contact_kind(&next.plain).is_some()) && looks_like_name(&piece.plain);
        match contact_kind(&piece.plain).filter(|_| !piece.is_item()) {
            Some(kind) => {
                ledger.place(&piece.lines, "letter, contacts");
                letter.contacts.push(Contact { kind, text: piece.text });
            }
            // A name or an account among the addresses.
            None if piece.words() <= 8 && !ends_complete(&piece.plain) && (!letter.contacts.is_empty() || before_contact) => {
                ledger.place(&piece.lines, "letter, contacts");
                letter.contacts.push(Contact { kind: ContactKind::Other, text: piece.text });
            }
            None => rest.push(piece),
        }
    }
    rest
}

/// Files paragraphs and lists by what they say. A list goes where the sentence before it went.
fn file(pieces: Vec<Piece>, letter: &mut Letter, ledger: &mut Ledger, problems: &mut Vec<Problem>) {
    let mut groups: Vec<(&'static str, Vec<Piece>)> = Vec::new();
    let mut led_in = false;
    for (at, mut piece) in pieces.iter().cloned().enumerate() {
        let told = part_of(&piece, pieces.get(at + 1));
        let part = match groups.last() {
            Some((part, _)) if piece.is_item() || (led_in && told == "welcome") => part,
            _ => told,
        };
        ledger.place(&piece.lines, &format!("letter, {part}"));
        problems.append(&mut piece.problems);
        if piece.is_heading() {
            piece.mark = Mark::Plain;
        }
        // Points without marks may be sentences; then what comes next shows that it is none of them.
        led_in = is_lead_in(&piece) || (led_in && !piece.is_item() && part == "highlights" && told == "welcome");
        match groups.last_mut() {
            Some((last, pieces)) if *last == part => pieces.push(piece),
            _ => groups.push((part, vec![piece])),
        }
    }
    for (part, pieces) in groups {
        let target = match part {
            "highlights" => &mut letter.highlights,
            "call for contact" => &mut letter.call_for_contact,
            "notices" => &mut letter.notices,
            _ => &mut letter.welcome,
        };
        extend(target, blocks(&pieces, problems));
    }
}

fn part_of(piece: &Piece, next: Option<&Piece>) -> &'static str {
    let leads_list = is_lead_in(piece) && next.is_some_and(|next| next.is_item() || next.mark == Mark::Plain);
    if is_notice(&piece.plain) {
        "notices"
    } else if leads_list {
        "highlights"
    } else if is_call_for_contact(&piece.plain) {
        "call for contact"
    } else {
        "welcome"
    }
}

fn extend(blocks: &mut Blocks, more: Blocks) {
    let all: Vec<Block> = std::mem::take(blocks).into_vec().into_iter().chain(more.into_vec()).collect();
    *blocks = Blocks::new(all);
}
