//! Pieces to an edition of links: headings are sections, each item of their lists is an entry.
//!
//! How deep a section is follows from the headings above it, not from its own level: editions differ in where they
//! start counting. First depth is a sector, second a category; deeper sections are entries of their own, titled by their
//! heading, whose lists are their summary. Prose of a section is an entry titled by the section.

use pulse_model::edition::{Category, Entry, Link, Sector};
use pulse_model::{Digest, Edition, EditionKey, Month, Problem, ProblemKind};

use super::ImportError;
use super::blocks::blocks;
use super::ledger::Ledger;
use super::mend::{Joining, mend};
use super::piece::{Mark, Piece};
use super::recognise::{is_page_number, month_in_file_name, month_title};
use super::scan::Scanned;

pub(super) fn read(scanned: Scanned, digest: &Digest, file_name: &str, ledger: &mut Ledger) -> Result<Edition, ImportError> {
    let key = key(&scanned, file_name).ok_or(ImportError::NoMonth)?;
    let mut edition = Edition::new(digest.slug.clone(), key);
    let pieces = mend(scanned.pieces, Joining::AsMarkdown, &scanned.references);
    let mut reader = LinksReader { ledger, edition: &mut edition, open: Vec::new(), is_deep: false };
    let mut at = 0;
    let body = pieces.iter().position(Piece::is_heading).unwrap_or(pieces.len());
    reader.opening(&pieces[..body]);
    at += body;
    while at < pieces.len() {
        let end = at + 1 + pieces[at + 1..].iter().take_while(|piece| !piece.is_heading()).count();
        reader.section(&pieces[at], &pieces[at + 1..end]);
        at = end;
    }
    Ok(edition)
}

fn key(scanned: &Scanned, file_name: &str) -> Option<EditionKey> {
    let from_front = scanned.front.iter().find(|(key, _)| key == "date").and_then(|(_, value)| value.get(..10)?.parse().ok());
    let from_lines = || scanned.pieces.iter().take(5).find_map(|piece| month_title(&piece.plain, |_| true)).map(EditionKey::monthly);
    from_front
        .and_then(EditionKey::daily)
        .or_else(|| date_in_file_name(file_name))
        .or_else(from_lines)
        .or_else(|| month_in_file_name(file_name).map(EditionKey::monthly))
}

/// `2023-03-08` or `2020-11-4` at the start of a file's name.
fn date_in_file_name(name: &str) -> Option<EditionKey> {
    let mut numbers = name.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let year: i16 = numbers.next().filter(|year| year.len() == 4)?.parse().ok()?;
    let (month, day) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    Month::new(year, month)?;
    EditionKey::daily(jiff::civil::Date::new(year, month, day).ok()?)
}

struct LinksReader<'a> {
    ledger: &'a mut Ledger,
    edition: &'a mut Edition,
    /// Levels of the headings we are under.
    open: Vec<u8>,
    /// Whether the last entry is a section deeper than a category.
    is_deep: bool,
}

impl LinksReader<'_> {
    /// What stands before the first section is the letter.
    fn opening(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            self.ledger.place(&piece.lines, "letter, welcome");
            self.edition.problems.extend(piece.problems.iter().cloned());
        }
        self.edition.letter.welcome = blocks(pieces, &mut self.edition.problems);
    }

    fn section(&mut self, heading: &Piece, text: &[Piece]) {
        let Mark::Heading(level) = heading.mark else { return };
        self.open.retain(|&above| above < level);
        self.open.push(level);
        let name = heading.plain.trim_end_matches(':').trim().to_owned();
        let links: Vec<Link> = heading.text.links().into_iter().map(|(url, _)| Link { url, text: String::new() }).collect();
        self.edition.problems.extend(heading.problems.iter().cloned());
        self.is_deep = false;
        let place = match self.open.len() {
            1 => {
                self.edition.sectors.push(Sector { name: name.clone(), categories: Vec::new() });
                format!("sector {name}")
            }
            2 => {
                self.category(name.clone());
                format!("category {name}")
            }
            _ => {
                self.is_deep = true;
                self.entry(Entry { links: links.clone(), ..Entry::titled(Vec::<String>::new(), name.clone()) });
                format!("entry {name}: heading")
            }
        };
        self.ledger.place(&heading.lines, &place);
        // A section's own link is kept by an entry of its name.
        if self.open.len() <= 2 && !links.is_empty() {
            self.entry(Entry { links, ..Entry::titled(Vec::<String>::new(), name.clone()) });
        }
        self.text(&name, text);
    }

    fn category(&mut self, name: String) {
        if let Some(sector) = self.edition.sectors.last_mut() {
            sector.categories.push(Category { name, entries: Vec::new() });
        }
    }

    fn entry(&mut self, entry: Entry) {
        let Some(sector) = self.edition.sectors.last_mut() else { return };
        if sector.categories.is_empty() {
            sector.categories.push(Category { name: String::new(), entries: Vec::new() });
        }
        if let Some(category) = sector.categories.last_mut() {
            category.entries.push(entry);
        }
    }

    fn last_entry(&mut self) -> Option<&mut Entry> {
        self.edition.sectors.last_mut()?.categories.last_mut()?.entries.last_mut()
    }

    fn text(&mut self, section: &str, pieces: &[Piece]) {
        let pieces: Vec<&Piece> = pieces.iter().filter(|piece| !self.is_noise(piece)).collect();
        if self.is_deep {
            let all: Vec<Piece> = pieces.into_iter().cloned().collect();
            return self.add_to_last(&all, section);
        }
        let mut at = 0;
        let mut prose_open = false;
        while at < pieces.len() {
            let first = pieces[at];
            let end = at + 1 + pieces[at + 1..].iter().take_while(|piece| belongs_under(first, piece)).count();
            let group: Vec<Piece> = pieces[at..end].iter().map(|piece| (*piece).clone()).collect();
            if first.is_item() {
                self.item(&group, section);
                prose_open = false;
            } else {
                if !prose_open && !self.last_entry().is_some_and(|entry| entry.title == section && entry.summary.is_empty()) {
                    self.entry(Entry::titled(Vec::<String>::new(), section));
                }
                prose_open = true;
                self.add_to_last(&group, section);
            }
            at = end;
        }
    }

    fn is_noise(&mut self, piece: &Piece) -> bool {
        let noise = !piece.is_item() && is_page_number(&piece.plain);
        if noise {
            self.ledger.set_aside(&piece.lines, "a page number");
        }
        noise
    }

    /// An item and what is nested in it: one entry.
    fn item(&mut self, group: &[Piece], section: &str) {
        let item = &group[0];
        let label_is_title = |label: &str| label == item.plain;
        let links = item.text.links().into_iter().map(|(url, label)| Link { url, text: if label_is_title(&label) { String::new() } else { label } }).collect();
        self.entry(Entry { links, problems: item.problems.clone(), ..Entry::titled(Vec::<String>::new(), item.plain.clone()) });
        self.ledger.place(&item.lines, &format!("entry in {section}: heading"));
        self.add_to_last(&group[1..], section);
    }

    fn add_to_last(&mut self, pieces: &[Piece], section: &str) {
        for piece in pieces {
            self.ledger.place(&piece.lines, &format!("entry in {section}: summary"));
        }
        let mut problems = Vec::new();
        let more = blocks(pieces, &mut problems).into_vec();
        if let Some(entry) = self.last_entry() {
            entry.problems.append(&mut problems);
            entry.problems.extend(pieces.iter().flat_map(|piece| piece.problems.iter().cloned()));
            entry.summary = std::mem::take(&mut entry.summary).into_vec().into_iter().chain(more).collect();
        } else if !pieces.is_empty() {
            self.edition.problems.push(Problem::new(ProblemKind::Incomplete, "text before any section"));
        }
    }
}

/// Whether a piece is nested in the item that opened a group.
fn belongs_under(first: &Piece, piece: &Piece) -> bool {
    first.is_item() && piece.indent >= first.indent + 2
}
