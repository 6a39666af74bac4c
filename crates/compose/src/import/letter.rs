//! The editor's introduction: what stands before the news, told apart by what it says.

use pulse_model::block::Block;
use pulse_model::edition::{Contact, ContactKind, Letter, SignOff};
use pulse_model::{Blocks, Problem};

use super::blocks::blocks;
use super::ledger::Ledger;
use super::mend::{Joining, is_lead_in, mend};
use super::piece::{Mark, Piece, References};
use super::recognise::{contact_kind, ends_complete, is_call_for_contact, is_closing, is_notice, tells_news_kind};

/// A letter, and what follows it where the news have no heading of their own.
pub(super) struct Read {
    pub(super) letter: Letter,
    pub(super) rest: Vec<Piece>,
}

/// Reads the letter. `news_follow` says that the news have their own heading, so all of this is letter.
pub(super) fn read(pieces: Vec<Piece>, news_follow: bool, references: &References, ledger: &mut Ledger, problems: &mut Vec<Problem>) -> Read {
    let mut letter = Letter::default();
    let (mut before, mut after) = split_at_closing(pieces, &mut letter, ledger);
    let rest = if news_follow { Vec::new() } else { split_at_news(if letter.sign_off.is_some() { &mut after } else { &mut before }) };
    let after = take_contacts(after, &mut letter, ledger);
    for pieces in [before, after] {
        file(mend(pieces, Joining::AsPrinted, references), &mut letter, ledger, problems);
    }
    Read { letter, rest }
}

/// Takes the closing and the name and role under it out; returns what stands before and behind.
fn split_at_closing(mut pieces: Vec<Piece>, letter: &mut Letter, ledger: &mut Ledger) -> (Vec<Piece>, Vec<Piece>) {
    let Some(at) = pieces.iter().position(|piece| is_closing(&piece.plain)) else { return (pieces, Vec::new()) };
    let mut after = pieces.split_off(at);
    let is_name = |piece: &Piece| {
        piece.words() <= 8 && !ends_complete(&piece.plain) && !piece.is_item() && contact_kind(&piece.plain).is_none() && !piece.plain.contains('@')
    };
    let names = after[1..].iter().take(3).take_while(|piece| is_name(piece)).count();
    let signed: Vec<Piece> = after.drain(..=names).collect();
    for piece in &signed {
        ledger.place(&piece.lines, "letter, sign-off");
    }
    let line = |at: usize| signed.get(at).map(|piece| piece.plain.clone()).unwrap_or_default();
    let role: Vec<String> = (2..signed.len()).map(line).collect();
    letter.sign_off = Some(SignOff { closing: line(0), name: line(1), role: role.join(", ") });
    (pieces, after)
}

/// Without a heading over the news, the first title that tells a kind of news opens them.
fn split_at_news(pieces: &mut Vec<Piece>) -> Vec<Piece> {
    let is_title =
        |piece: &Piece| (piece.is_heading() || piece.is_bold()) && piece.words() <= 16 && !ends_complete(&piece.plain) && tells_news_kind(&piece.plain);
    match pieces.iter().position(is_title) {
        Some(at) => pieces.split_off(at),
        None => Vec::new(),
    }
}

/// Takes the organisation's addresses out of what stands behind the sign-off.
fn take_contacts(pieces: Vec<Piece>, letter: &mut Letter, ledger: &mut Ledger) -> Vec<Piece> {
    let mut rest = Vec::new();
    for piece in pieces {
        match contact_kind(&piece.plain).filter(|_| !piece.is_item()) {
            Some(kind) => {
                ledger.place(&piece.lines, "letter, contacts");
                letter.contacts.push(Contact { kind, text: piece.text });
            }
            // A name or an account among the addresses.
            None if !letter.contacts.is_empty() && piece.words() <= 8 && !ends_complete(&piece.plain) => {
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
        let part = match groups.last() {
            Some((part, _)) if led_in || piece.is_item() => part,
            _ => part_of(&piece, pieces.get(at + 1)),
        };
        ledger.place(&piece.lines, &format!("letter, {part}"));
        problems.append(&mut piece.problems);
        if piece.is_heading() {
            piece.mark = Mark::Plain;
        }
        led_in = is_lead_in(&piece) || (led_in && !piece.is_item() && !ends_complete(&piece.plain));
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
