//! Pieces to an edition of entries: letter, news, sectors, categories, entries headed `Publisher. Title.`.
//!
//! Headings are made whole ([`super::headings`]), every piece gets a role ([`super::roles`]), then each stretch between
//! structural lines is mended and becomes blocks. Every piece ends in the ledger exactly once.

use pulse_model::edition::{Category, Entry, Link, Sector};
use pulse_model::name::fold;
use pulse_model::{Digest, Edition, EditionKey, Href, Month, Problem, ProblemKind, Register};

use super::blocks::summary_blocks;
use super::headings::{join_headings, join_open_markup, learn_publishers, split_run_in_headings};
use super::ledger::Ledger;
use super::mend::{Joining, mend, unwrap_lines};
use super::noise::Covers;
use super::piece::{Piece, References};
use super::publishers::{Around, HEADING_SCORE, Heading, KnownPublishers};
use super::recognise;
use super::roles::{Names, Role, label, settle};
use super::scan::Scanned;
use super::{ImportError, letter, news};

/// Where lines of the digest's name are placed.
pub(super) const MASTHEAD: &str = "masthead";

/// A title longer than this is kept and reported.
const LONG_TITLE_CHARS: usize = 300;

/// What reading needs besides the pieces.
pub(super) struct Reading<'a> {
    pub(super) digest: &'a Digest,
    pub(super) register: &'a Register,
    pub(super) file_name: &'a str,
    pub(super) ledger: &'a mut Ledger,
}

/// Reads an edition of the shape [`pulse_model::digest::Shape::Entries`].
pub(super) fn read(scanned: Scanned, reading: Reading<'_>) -> Result<Edition, ImportError> {
    let Reading { digest, register, file_name, ledger } = reading;
    let Scanned { mut pieces, front, references } = scanned;
    let mut publishers = KnownPublishers::new(register);
    let names = Names::new(&pieces, digest);
    unwrap_lines(&mut pieces, &references, |before, piece, is_prose| {
        let heading = |piece, before| publishers.heading(piece, Around { before, next: None }).is_some_and(|heading| heading.score >= HEADING_SCORE);
        names.has(&fold(&piece.plain))
            || recognise::is_closing(&piece.plain)
            || recognise::contact_kind(&piece.plain).is_some()
            || (recognise::ends_complete(&before.plain) && heading(piece, Some(before)))
            || (is_prose && heading(before, None))
    });
    join_open_markup(&mut pieces, &references);
    split_run_in_headings(&mut pieces, &publishers, &references);
    learn_publishers(&pieces, &names, &mut publishers);
    join_headings(&mut pieces, &names, &publishers, &references);
    let mut roles = label(&pieces, digest, &names, &publishers)?;
    settle(&pieces, &names, &mut roles);
    let month = month(&pieces, &roles, &front, file_name)?;

    let mut edition = Edition::new(digest.slug.clone(), EditionKey::monthly(month));
    let body = roles.iter().position(|role| matches!(role, Role::Sector | Role::Category | Role::Entry(_))).unwrap_or(roles.len());
    let news_at = roles[..body].iter().position(|role| *role == Role::News).unwrap_or(body);
    note_structure(&pieces, &roles, ledger);
    let text_of = |range: std::ops::Range<usize>| -> Vec<Piece> { range.filter(|&at| roles[at] == Role::Text).map(|at| pieces[at].clone()).collect() };

    let front_text = text_of(0..news_at);
    let mut news_text = text_of(news_at..body);
    let letter = letter::read(front_text, news_at < body, &references, ledger, &mut edition.problems);
    edition.letter = letter.letter;
    news_text.splice(0..0, letter.rest);
    edition.news = news::read(news_text, &references, ledger);

    let mut reader = BodyReader { publishers: &publishers, digest, names: &names, references: &references, ledger, edition: &mut edition };
    reader.read(&pieces[body..], &roles[body..]);
    Ok(edition)
}

fn month(pieces: &[Piece], roles: &[Role], front: &[(String, String)], file_name: &str) -> Result<Month, ImportError> {
    let from_date = || front.iter().find(|(key, _)| key == "date").and_then(|(_, value)| value.get(..7)?.parse().ok());
    let titled = roles.iter().find_map(|role| if let Role::Month(month) = role { Some(*month) } else { None });
    let opening = || pieces.iter().take(12).find_map(|piece| month_in_words(&piece.plain));
    titled.or_else(from_date).or_else(|| recognise::month_in_file_name(file_name)).or_else(opening).ok_or(ImportError::NoMonth)
}

/// The first "May 2023" of a sentence.
fn month_in_words(plain: &str) -> Option<Month> {
    let folded = fold(plain);
    let words: Vec<&str> = folded.split(' ').collect();
    words.windows(2).find_map(|pair| Month::from_words(pair[0], pair[1]))
}

fn note_structure(pieces: &[Piece], roles: &[Role], ledger: &mut Ledger) {
    for (piece, role) in pieces.iter().zip(roles) {
        match role {
            Role::Masthead => ledger.place(&piece.lines, MASTHEAD),
            Role::Month(_) => ledger.place(&piece.lines, "month"),
            Role::News => ledger.place(&piece.lines, "heading of the news"),
            Role::Noise(reason) => ledger.set_aside(&piece.lines, reason),
            _ => {}
        }
    }
}

struct BodyReader<'a, 'b> {
    publishers: &'a KnownPublishers<'a>,
    digest: &'a Digest,
    names: &'a Names,
    references: &'a References,
    ledger: &'b mut Ledger,
    edition: &'b mut Edition,
}

impl BodyReader<'_, '_> {
    fn read(&mut self, pieces: &[Piece], roles: &[Role]) {
        let headings: Vec<&Heading> = roles.iter().filter_map(|role| if let Role::Entry(heading) = role { Some(heading) } else { None }).collect();
        let covers = Covers::new(headings.iter().map(|heading| (heading.publisher.as_str(), heading.title.as_str())));
        let stray = (0..pieces.len()).filter(|&at| roles[at] == Role::Text && pieces[at].is_heading()).count();
        let strays_are_entries = stray > headings.len();
        let mut at = 0;
        while at < pieces.len() {
            let end = at + 1 + roles[at + 1..].iter().take_while(|role| matches!(role, Role::Text | Role::Noise(_))).count();
            let text: Vec<Piece> = (at + 1..end).filter(|&at| roles[at] == Role::Text).map(|at| pieces[at].clone()).collect();
            match &roles[at] {
                Role::Sector => self.open_sector(&pieces[at]),
                Role::Category => self.open_category(&pieces[at]),
                Role::Entry(heading) => self.open_entry(&pieces[at], heading.publisher.as_str(), &heading.title),
                _ => {}
            }
            let text = if strays_are_entries { self.split_at_headings(text, &covers) } else { text };
            self.fill(text, &covers, end == pieces.len());
            at = end;
        }
    }

    fn open_sector(&mut self, piece: &Piece) {
        let name = self.names.without_surroundings(&piece.plain).to_owned();
        if self.digest.taxonomy().position(&name).is_none() {
            let message = format!("the digest has no sector \u{201c}{name}\u{201d}; add it to the taxonomy, or as another name of one that is there");
            self.edition.problems.push(Problem::new(ProblemKind::UnknownSector, message).at_line(piece.line()));
        }
        self.ledger.place(&piece.lines, &format!("sector {name}"));
        self.edition.problems.extend(piece.problems.clone());
        self.edition.sectors.push(Sector { name, categories: Vec::new() });
    }

    fn sector(&mut self) -> &mut Sector {
        if self.edition.sectors.is_empty() {
            let message = "entries before any sector's name; they are filed under \u{201c}Other\u{201d}";
            self.edition.problems.push(Problem::new(ProblemKind::UnknownSector, message));
            self.edition.sectors.push(Sector { name: "Other".to_owned(), categories: Vec::new() });
        }
        let last = self.edition.sectors.len() - 1;
        &mut self.edition.sectors[last]
    }

    fn open_category(&mut self, piece: &Piece) {
        let name = self.names.without_surroundings(&piece.plain).to_owned();
        let sector = self.sector();
        sector.categories.push(Category { name: name.clone(), entries: Vec::new() });
        let place = format!("category {}, {name}", sector.name);
        if !self.names.has(&fold(&name)) {
            let message = format!("the digest has no category \u{201c}{name}\u{201d}; add it to the taxonomy");
            self.edition.problems.push(Problem::new(ProblemKind::UnknownCategory, message).at_line(piece.line()));
        }
        self.edition.problems.extend(piece.problems.clone());
        self.ledger.place(&piece.lines, &place);
    }

    fn open_entry(&mut self, piece: &Piece, publisher: &str, title: &str) {
        let publishers = if publisher.is_empty() { Vec::new() } else { self.publishers.separate(publisher) };
        let mut entry = Entry::titled(publishers, title);
        let whole = fold(&piece.plain);
        let is_heading = |label: &str| fold(label) == whole || fold(label) == fold(title);
        entry.links = piece.text.links().into_iter().map(|(url, label)| Link { url, text: if is_heading(&label) { String::new() } else { label } }).collect();
        entry.problems.clone_from(&piece.problems);
        if title.chars().count() > LONG_TITLE_CHARS {
            entry.problems.push(Problem::new(ProblemKind::TooLong, format!("a title of {} characters", title.chars().count())).at_line(piece.line()));
        }
        if entry.publishers.is_empty() {
            entry.problems.push(Problem::new(ProblemKind::NoPublisher, "the heading names no publisher").at_line(piece.line()));
        }
        let sector = self.sector();
        if sector.categories.is_empty() {
            sector.categories.push(Category { name: String::new(), entries: Vec::new() });
        }
        let sector_name = sector.name.clone();
        if let Some(category) = sector.categories.last_mut() {
            category.entries.push(entry);
            let place = format!("{sector_name}, {}, entry {}: heading", category.name, category.entries.len());
            self.ledger.place(&piece.lines, &place);
        }
    }

    /// Where headings name no publishers, each marked line opens an entry. Returns what follows the last of them.
    fn split_at_headings(&mut self, text: Vec<Piece>, covers: &Covers) -> Vec<Piece> {
        let mut waiting = Vec::new();
        for piece in text {
            if piece.is_heading() {
                self.fill(std::mem::take(&mut waiting), covers, false);
                let title = piece.plain.strip_suffix('.').unwrap_or(&piece.plain).to_owned();
                self.open_entry(&piece, "", &title);
            } else {
                waiting.push(piece);
            }
        }
        waiting
    }

    /// Gives the text behind a structural line to the entry that is open.
    fn fill(&mut self, text: Vec<Piece>, covers: &Covers, is_tail: bool) {
        let text = self.without_pictures(text, covers);
        let text = if is_tail { self.without_foot(text) } else { text };
        let (buttons, text): (Vec<_>, Vec<_>) = text.into_iter().partition(|piece| !piece.is_item() && recognise::is_button(&piece.plain));
        let mut pieces = mend(text, Joining::AsPrinted, self.references);
        let open = self.edition.sectors.last_mut().and_then(|sector| Some((sector.name.clone(), sector.categories.last_mut()?)));
        let entry = open.and_then(|(sector, category)| {
            let number = category.entries.len();
            let place = format!("{sector}, {}, entry {number}: summary", category.name);
            Some((place, category.entries.last_mut()?))
        });
        let Some((place, entry)) = entry else {
            if let Some(first) = pieces.first() {
                let message = "the text before the first entry was set aside; an entry begins with a line \u{201c}Publisher. Title.\u{201d}";
                self.edition.problems.push(Problem::new(ProblemKind::Incomplete, message).at_line(first.line()));
            }
            for piece in pieces.iter().chain(&buttons) {
                self.ledger.set_aside(&piece.lines, "text before the first entry of its category");
            }
            return;
        };
        for piece in &mut pieces {
            if piece.is_heading() {
                entry.problems.push(Problem::new(ProblemKind::NoPublisher, "a heading without a publisher was read as a paragraph").at_line(piece.line()));
                piece.mark = super::piece::Mark::Plain;
            }
            self.ledger.place(&piece.lines, &place);
            entry.problems.append(&mut piece.problems);
        }
        for piece in &buttons {
            let links = piece.text.links().into_iter().map(|(url, _)| url);
            let address = Href::parse(&piece.plain).ok().filter(|_| piece.text.links().is_empty());
            entry.links.extend(links.chain(address).map(|url| Link { url, text: String::new() }));
            self.ledger.set_aside(&piece.lines, "a button; its link is kept with the entry");
        }
        let more = summary_blocks(&pieces, &mut entry.problems).into_vec();
        entry.summary = std::mem::take(&mut entry.summary).into_vec().into_iter().chain(more).collect();
    }

    fn without_pictures(&mut self, text: Vec<Piece>, covers: &Covers) -> Vec<Piece> {
        let flags = covers.of_pictures(&text);
        let (pictures, rest): (Vec<_>, Vec<_>) = text.into_iter().zip(flags).partition(|(_, is_picture)| *is_picture);
        for (piece, _) in pictures {
            self.ledger.set_aside(&piece.lines, "words of a picture");
        }
        rest.into_iter().map(|(piece, _)| piece).collect()
    }

    /// The last entry is followed by the foot of the mail: how to leave, who sent it.
    fn without_foot(&mut self, mut text: Vec<Piece>) -> Vec<Piece> {
        const SHORT_WORDS: usize = 12;
        let is_foot = |piece: &Piece| {
            !piece.is_item()
                && (recognise::is_notice(&piece.plain)
                    || recognise::contact_kind(&piece.plain).is_some()
                    || piece.plain.contains('\u{a9}')
                    || piece.plain.matches(['\u{b7}', '|', '\u{2022}']).count() >= 2
                    || fold(&piece.plain).starts_with("copyright"))
        };
        // Names of streets and firms stand between lines that can be told.
        let may_be = |piece: &Piece| is_foot(piece) || (!piece.is_item() && piece.words() <= SHORT_WORDS && !recognise::ends_complete(&piece.plain));
        let tail = text.iter().rposition(|piece| !may_be(piece)).map_or(0, |last| last + 1);
        let foot = text[tail..].iter().position(is_foot).map_or(text.len(), |first| tail + first);
        for piece in text.drain(foot..) {
            self.ledger.set_aside(&piece.lines, "the foot of the mail");
        }
        text
    }
}
