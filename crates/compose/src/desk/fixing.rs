//! Makes the changes that queries offer.
//!
//! A change is made only where the words it is about still stand; of two that touch each other the first in the text is made.
//! Styles and links of the text around stay as they are.

use std::collections::BTreeMap;
use std::ops::Range;

use pulse_model::{Block, Blocks, Edition, Href, Run, Text};

use super::query::{Fix, Part, Query, Section, Within};

/// Words to put in the place of others.
pub(super) struct Change<'q> {
    pub(super) range: Range<usize>,
    pub(super) old: &'q str,
    pub(super) new: &'q str,
}

/// Makes every change that the queries offer, and says how many were made.
pub(super) fn fix(edition: &mut Edition, queries: &[Query]) -> usize {
    let mut made = 0;
    // By part and text, so that the changes of one text are made together and offsets stay true.
    let mut texts: BTreeMap<(usize, usize, Within), Vec<Change<'_>>> = BTreeMap::new();
    for query in queries {
        match &query.fix {
            Some(Fix::Words { old, new }) => {
                let (kind, number) = query.place.part.order();
                texts.entry((kind, number, query.place.within)).or_default().push(Change { range: query.place.range.clone(), old, new });
            }
            Some(Fix::Address { old, new }) => made += usize::from(Href::parse(new).is_ok_and(|to| move_links(edition, &query.place.part, old, &to))),
            None => {}
        }
    }
    for ((kind, number, within), mut changes) in texts {
        changes.sort_by_key(|change| (change.range.start, change.range.end));
        made += change_part(edition, kind, number, within, &changes);
    }
    made
}

fn change_part(edition: &mut Edition, kind: usize, number: usize, within: Within, changes: &[Change<'_>]) -> usize {
    match (kind, within) {
        (1, Within::Text(text)) => {
            let letter = &mut edition.letter;
            let sections = [
                (Section::Welcome, &mut letter.welcome),
                (Section::Highlights, &mut letter.highlights),
                (Section::CallForContact, &mut letter.call_for_contact),
                (Section::Notices, &mut letter.notices),
            ];
            sections.into_iter().find(|(section, _)| *section as usize == number).map_or(0, |(_, blocks)| change_blocks(blocks, text, changes))
        }
        (2, within) => edition.news.get_mut(number.wrapping_sub(1)).map_or(0, |item| match within {
            Within::Title => change_name(&mut item.title, changes),
            Within::Text(text) => change_blocks(&mut item.body, text, changes),
            _ => 0,
        }),
        (3, within) => edition.entries_mut().nth(number.wrapping_sub(1)).map_or(0, |entry| match within {
            Within::Publisher(at) => entry.publishers.get_mut(at.wrapping_sub(1)).map_or(0, |name| change_name(name, changes)),
            Within::Title => change_name(&mut entry.title, changes),
            Within::Link(at) => entry.links.get_mut(at.wrapping_sub(1)).map_or(0, |link| change_name(&mut link.text, changes)),
            Within::Text(text) => change_blocks(&mut entry.summary, text, changes),
            Within::Whole => 0,
        }),
        _ => 0,
    }
}

fn change_name(name: &mut String, changes: &[Change<'_>]) -> usize {
    let (text, made) = changed(&Text::from_plain(name), changes);
    if made > 0 {
        *name = text.plain();
    }
    made
}

/// Changes the text with this number, from 1 in the order of [`Blocks::texts`].
fn change_blocks(blocks: &mut Blocks, number: usize, changes: &[Change<'_>]) -> usize {
    let mut made = 0;
    let mut at = 0;
    each_text(blocks, &mut |text| {
        at += 1;
        if at == number {
            let (new, count) = changed(text, changes);
            (*text, made) = (new, count);
        }
    });
    made
}

/// Calls a function with every text, in the order of [`Blocks::texts`].
fn each_text(blocks: &mut Blocks, change: &mut impl FnMut(&mut Text)) {
    let mut list = std::mem::take(blocks).into_vec();
    for block in &mut list {
        match block {
            Block::Paragraph { text } => change(text),
            Block::List(list) => {
                for item in &mut list.items {
                    change(&mut item.text);
                    each_text(&mut item.blocks, change);
                }
            }
        }
    }
    *blocks = Blocks::new(list);
}

/// A text with its changes made, and how many were. Every character that stays keeps its style; new ones have that of the first
/// they stand for or before.
fn changed(text: &Text, changes: &[Change<'_>]) -> (Text, usize) {
    let plain = text.plain();
    let mut pieces: Vec<(Range<usize>, &str)> = Vec::new();
    let mut made: Vec<Range<usize>> = Vec::new();
    for change in changes.iter().filter(|change| plain.get(change.range.clone()) == Some(change.old)) {
        if made.last().is_none_or(|last| last.end <= change.range.start && last.start != change.range.start) {
            pieces.extend(pieces_of(change));
            made.push(change.range.clone());
        }
    }

    let mut runs: Vec<Run> = text.runs().iter().map(|run| Run { text: String::new(), style: run.style.clone() }).collect();
    let mut pieces = pieces.into_iter().peekable();
    let (mut at, mut skip_to) = (0, 0);
    for (run, out) in text.runs().iter().zip(&mut runs) {
        for c in run.text.chars() {
            while let Some((range, new)) = pieces.next_if(|(range, _)| range.start == at) {
                out.text.push_str(new);
                skip_to = range.end;
            }
            if at >= skip_to {
                out.text.push(c);
            }
            at += c.len_utf8();
        }
    }
    // What is added behind the last character.
    if let Some(last) = runs.last_mut() {
        pieces.for_each(|(_, new)| last.text.push_str(new));
    }
    (Text::new(runs), made.len())
}

/// Whether every link of a text is there behind a change.
pub(super) fn keeps_links(text: &Text, change: &Change<'_>) -> bool {
    changed(text, std::slice::from_ref(change)).0.links().len() == text.links().len()
}

/// What a change really changes: "a quotation" in other marks leaves the words between them, and a link on them, alone. Where one
/// character stands for each, these are compared one by one; else all is new between the like words at both ends.
fn pieces_of<'q>(change: &Change<'q>) -> Vec<(Range<usize>, &'q str)> {
    let Change { range, old, new } = change;
    let place = |from: usize, to: usize| range.start + from..range.start + to;
    if old.chars().count() == new.chars().count() {
        let pairs = old.char_indices().zip(new.char_indices()).filter(|((_, old), (_, new))| old != new);
        return pairs.map(|((from, old), (to, other))| (place(from, from + old.len_utf8()), &new[to..to + other.len_utf8()])).collect();
    }
    let like = |pairs: &mut dyn Iterator<Item = (char, char)>| pairs.take_while(|(old, new)| old == new).map(|(old, _)| old.len_utf8()).sum::<usize>();
    let front = like(&mut old.chars().zip(new.chars()));
    let back = like(&mut old[front..].chars().rev().zip(new[front..].chars().rev()));
    vec![(place(front, old.len() - back), &new[front..new.len() - back])]
}

/// Lets the links of a part that lead to one address lead to another.
fn move_links(edition: &mut Edition, part: &Part, old: &str, to: &Href) -> bool {
    let mut moved = false;
    let mut in_text = |text: &mut Text| {
        if text.runs().iter().any(|run| run.style.link.as_ref().is_some_and(|href| href.as_str() == old)) {
            let runs = text.runs().iter().cloned().map(|mut run| {
                if run.style.link.as_ref().is_some_and(|href| href.as_str() == old) {
                    run.style.link = Some(to.clone());
                }
                run
            });
            *text = Text::new(runs.collect::<Vec<_>>());
            moved = true;
        }
    };
    let beside = match part {
        Part::Edition => return false,
        Part::Letter { .. } => {
            let letter = &mut edition.letter;
            for blocks in [&mut letter.welcome, &mut letter.highlights, &mut letter.call_for_contact, &mut letter.notices] {
                each_text(blocks, &mut in_text);
            }
            return moved;
        }
        Part::News { number } => edition.news.get_mut(number.wrapping_sub(1)).map(|item| (&mut item.links, &mut item.body)),
        Part::Entry { number, .. } => edition.entries_mut().nth(number.wrapping_sub(1)).map(|entry| (&mut entry.links, &mut entry.summary)),
    };
    let Some((links, blocks)) = beside else { return false };
    each_text(blocks, &mut in_text);
    for link in links.iter_mut().filter(|link| link.url.as_str() == old) {
        link.url = to.clone();
        moved = true;
    }
    moved
}
