//! Which words belong to which link: title, summary, what has changed.
//!
//! In: the blocks of one writer. Out: a [`Card`] for each publication, in the order of the message. A link is called what it is
//! called where that says something; else what stands over it. Links that stand under one title are of one publication.

mod lines;

use std::collections::{BTreeMap, HashMap, HashSet};

use pulse_model::{LinkRole, Record, RecordLink};
use url::Url;

use self::lines::{Label, MAX_TITLE_CHARS, byline, is_greeting, is_like_a_title, word_count};
use super::furniture::{Around, is_furniture_name, is_furniture_text};
use super::layout::{Block, Mention, SIGNATURE};
use super::sender::Sender;
use super::words::{first_sentence, is_generic, last_sentence, shortened, title};
use super::{MAX_RECORDS, target};

/// A title stands so many blocks over its link, at most.
const MAX_BLOCKS_UP: usize = 12;
/// A summary has so many blocks, at most.
const MAX_BLOCKS_DOWN: usize = 8;
/// The most of a summary, in characters.
const MAX_SUMMARY_CHARS: usize = 600;
/// What stands behind the line before a signature is one if it is no longer.
const MAX_SIGNATURE_BLOCKS: usize = 15;

/// What a message says of one publication.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Card {
    pub(super) title: String,
    pub(super) links: Vec<RecordLink>,
    summary: String,
    change_note: Option<String>,
    authors: Vec<String>,
}

/// A link, and everywhere it stands.
struct Group {
    url: Url,
    seats: Vec<(usize, usize)>,
}

impl Card {
    /// The record of it. `sites` are those of all cards of the message: where they are one, a mailer has sent it for its publisher.
    pub(super) fn record(self, sender: &Sender, sites: &[String]) -> Record {
        let site = self.links.first().map(|link| target::site(&link.url)).unwrap_or_default();
        let is_one_publishers = sites.len() > 1 && sites.iter().all(|other| *other == site);
        let is_theirs = !sender.name.is_empty() && (site == sender.site || is_one_publishers);
        let is_update = self.change_note.is_some();
        Record {
            title: self.title,
            links: self.links,
            publishers: if is_theirs { vec![sender.name.clone()] } else { Vec::new() },
            authors: self.authors,
            published_at: sender.sent_at.filter(|_| !is_update),
            updated_at: sender.sent_at.filter(|_| is_update),
            summary: self.summary,
            change_note: self.change_note,
            ..Record::default()
        }
    }
}

/// The publications that blocks speak of.
pub(super) fn cards(blocks: &[Block], sender: &Sender, header: &HashSet<String>) -> Vec<Card> {
    let groups = groups(blocks, Around { header, site: &sender.site });
    let mut page =
        Page { blocks, titles: groups.iter().map(|group| named(blocks, group)).collect(), owners: HashMap::new(), sections: sections(blocks, &groups) };
    for (number, title) in page.titles.iter().enumerate() {
        if let Some((block, _)) = title {
            page.owners.entry(*block).or_insert(number);
        }
    }
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for (number, group) in groups.iter().enumerate().filter(|(number, _)| named(blocks, &groups[*number]).is_none()) {
        match page.over(group) {
            Over::Group(other) => joined.push((number, other)),
            Over::Title(block, words) => {
                page.owners.entry(block).or_insert(number);
                page.titles[number] = Some((block, words));
            }
            Over::Nothing => {}
        }
    }
    let mut cards: BTreeMap<usize, Card> = BTreeMap::new();
    for (number, group) in groups.iter().enumerate().filter(|(number, _)| !joined.iter().any(|(joins, _)| joins == number)) {
        let mut card = Card { links: vec![link_to(&group.url)], ..Card::default() };
        if let Some((block, words)) = &page.titles[number] {
            card.title.clone_from(words);
            page.describe(&mut card, *block, group);
        }
        cards.insert(number, card);
    }
    for (number, other) in joined {
        let link = link_to(&groups[number].url);
        if let Some(card) = cards.get_mut(&other) {
            let is_another = link.role == LinkRole::File || card.links.first().is_some_and(|first| target::site(&first.url) != target::site(&link.url));
            if is_another {
                card.links.push(link);
            }
        }
    }
    cards.into_values().collect()
}

/// The links that may be publications, each once, in the order of the message.
fn groups(blocks: &[Block], around: Around<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut is_below_furniture = false;
    let signature = blocks.iter().rposition(|block| block.text == SIGNATURE).filter(|at| blocks.len() - at <= MAX_SIGNATURE_BLOCKS);
    for (at, block) in blocks.iter().enumerate().take(signature.unwrap_or(blocks.len())) {
        if block.is_heading {
            is_below_furniture = is_furniture_text(&block.text);
        }
        for (number, mention) in block.mentions.iter().enumerate() {
            let Some(url) = target::parse(&mention.href) else { continue };
            let name = name_of(block, mention);
            let is_wrapped_furniture = around.is_furniture(&url, name, &block.text);
            let url = target::unwrapped(url);
            if is_below_furniture || is_wrapped_furniture || around.is_furniture(&url, name, &block.text) {
                continue;
            }
            let group = *known.entry(target::sameness(&url)).or_insert(groups.len());
            if group == groups.len() {
                if groups.len() > MAX_RECORDS {
                    return groups;
                }
                groups.push(Group { url, seats: Vec::new() });
            }
            groups[group].seats.push((at, number));
        }
    }
    groups
}

/// What a link is called: its words, or what stands for its picture.
fn name_of<'a>(block: &'a Block, mention: &'a Mention) -> &'a str {
    let words = block.words(mention);
    if words.is_empty() { &mention.alt } else { words }
}

/// The block where a link has a name that says something, and that name: a heading's before others', words before pictures'.
fn named(blocks: &[Block], group: &Group) -> Option<(usize, String)> {
    let seat = |&(block, number): &(usize, usize)| blocks.get(block).and_then(|there| Some((block, there, there.mentions.get(number)?)));
    let says = |words: &str| !is_generic(words) && !is_furniture_name(words);
    let seats = || group.seats.iter().filter_map(seat);
    let in_words = |is_heading: bool| {
        seats()
            .find(|(_, block, mention)| block.is_heading == is_heading && says(block.words(mention)))
            .map(|(at, block, mention)| (at, title(block.words(mention))))
    };
    let in_picture = || seats().find(|(_, _, mention)| says(&mention.alt)).map(|(at, _, mention)| (at, title(&mention.alt)));
    in_words(true).or_else(|| in_words(false)).or_else(in_picture)
}

/// Headings of lists: several links without a name stand below, each beside text of its own.
fn sections(blocks: &[Block], groups: &[Group]) -> HashSet<usize> {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    let mut seen = HashSet::new();
    for group in groups.iter().filter(|group| named(blocks, group).is_none()) {
        let Some(&(at, _)) = group.seats.first() else { continue };
        let has_text = blocks.get(at).is_some_and(|block| word_count(&block.own_text()) >= 3);
        if let Some(heading) = (at.saturating_sub(MAX_BLOCKS_UP)..at).rev().find(|heading| blocks[*heading].is_heading).filter(|_| has_text && seen.insert(at))
        {
            *counts.entry(heading).or_default() += 1;
        }
    }
    counts.into_iter().filter(|(_, count)| *count > 1).map(|(heading, _)| heading).collect()
}

/// What stands over a link without a name.
enum Over {
    /// The title of another link: both are of one publication.
    Group(usize),
    /// A title, and its block.
    Title(usize, String),
    Nothing,
}

struct Page<'a> {
    blocks: &'a [Block],
    /// By group, the block of its title, and the title.
    titles: Vec<Option<(usize, String)>>,
    /// By block, the first group that has its title there.
    owners: HashMap<usize, usize>,
    sections: HashSet<usize>,
}

impl Page<'_> {
    fn over(&self, group: &Group) -> Over {
        let Some(&(at, number)) = group.seats.first() else { return Over::Nothing };
        let Some(block) = self.blocks.get(at) else { return Over::Nothing };
        let before = block.mentions.get(number).map(|mention| block.before(mention)).unwrap_or_default();
        if let Some(other) = self.owners.get(&at) {
            return Over::Group(*other);
        }
        let own = title(last_sentence(before).trim_end_matches([':', '-', '\u{2013}']));
        let is_own = word_count(&own) >= 3 && own.chars().count() <= MAX_TITLE_CHARS && !is_generic(&own);
        for up in (at.saturating_sub(MAX_BLOCKS_UP)..at).rev() {
            let above = &self.blocks[up];
            let is_free = !self.sections.contains(&up) && !is_furniture_text(&above.text);
            if let Some(other) = self.owners.get(&up).filter(|_| !is_own) {
                return Over::Group(*other);
            }
            if above.is_heading && is_free && !is_generic(&above.text) && !self.owners.contains_key(&up) {
                return Over::Title(up, title(&above.text));
            }
            if above.is_heading || is_own && self.owners.contains_key(&up) {
                break;
            }
            if !is_own && above.mentions.is_empty() && is_like_a_title(&above.text) {
                return Over::Title(up, title(&above.text));
            }
        }
        if is_own {
            return Over::Title(at, own);
        }
        let own = block.own_text();
        let beside = if word_count(&own) >= 3 { Some((at, own)) } else { at.checked_sub(1).map(|up| (up, self.blocks[up].own_text())) };
        match beside.map(|(at, text)| (at, title(first_sentence(&text)))) {
            Some((at, words)) if word_count(&words) >= 3 && !is_furniture_text(&words) && !is_greeting(&words) => Over::Title(at, words),
            _ => Over::Nothing,
        }
    }

    /// Finds what is said about a publication whose title stands in a block.
    fn describe(&self, card: &mut Card, at: usize, group: &Group) {
        let mut parts: Vec<String> = Vec::new();
        let block = &self.blocks[at];
        if let Some(mention) = group.seats.iter().find(|(there, _)| *there == at).and_then(|(_, number)| block.mentions.get(*number)) {
            let is_within = word_count(block.before(mention)) >= 3 && !is_generic(block.words(mention)) && !block.is_heading;
            let own = || block.own_text();
            parts.push(if is_within {
                block.text.clone()
            } else if is_generic(block.words(mention)) {
                own().strip_prefix(&card.title).map_or_else(own, |rest| rest.trim_start_matches('.').trim().to_owned())
            } else {
                block.after(mention).trim_start_matches([':', '-', '\u{2013}', '.', ')', ' ']).to_owned()
            });
        }
        let mut label = Label::Summary;
        for (down, block) in self.blocks.iter().enumerate().skip(at + 1).take(MAX_BLOCKS_DOWN) {
            let own = block.own_text();
            let is_over = block.text == SIGNATURE
                || self.owners.contains_key(&down)
                || block.is_heading && Label::of(&block.text).is_none()
                || is_furniture_text(&block.text);
            if is_over || parts.iter().map(|part| part.chars().count()).sum::<usize>() > MAX_SUMMARY_CHARS {
                break;
            }
            let text = match Label::of(&own) {
                Some((next, rest)) => {
                    label = next;
                    rest.to_owned()
                }
                None => own,
            };
            if text.is_empty() || is_generic(&text) {
                continue;
            }
            match label {
                Label::Summary if card.authors.is_empty() && parts.iter().all(String::is_empty) && byline(&text).is_some() => {
                    card.authors = byline(&text).unwrap_or_default()
                }
                Label::Summary => parts.push(text),
                Label::ChangeNote => card.change_note = Some(card.change_note.take().map_or(text.clone(), |note| format!("{note} {text}"))),
                Label::Other => {}
            }
        }
        parts.retain(|part| !part.is_empty());
        card.summary = shortened(&parts.join(" "), MAX_SUMMARY_CHARS);
    }
}

/// A link to a page or a file, by how its path ends.
fn link_to(url: &Url) -> RecordLink {
    const FILES: [(&str, &str); 7] = [
        (".pdf", "application/pdf"),
        (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (".odt", "application/vnd.oasis.opendocument.text"),
        (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (".ods", "application/vnd.oasis.opendocument.spreadsheet"),
        (".csv", "text/csv"),
        (".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ];
    let path = url.path().to_ascii_lowercase();
    let file = FILES.iter().find(|(ending, _)| path.ends_with(ending));
    let role = if file.is_some() { LinkRole::File } else { LinkRole::Page };
    RecordLink { url: url.clone(), role, title: String::new(), media_type: file.map(|(_, media_type)| (*media_type).to_owned()) }
}
