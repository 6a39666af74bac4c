//! What each piece is for the edition as a whole: masthead, month, sector, category, heading of an entry, or text.
//!
//! A piece gets its [`Role`] from what it says ([`label`]); then roles are settled by what stands around them ([`settle`]):
//! contents lists, running headers, sectors and categories the taxonomy does not have.

use std::collections::{HashMap, HashSet};

use pulse_model::name::fold;
use pulse_model::{Digest, Month};
use regex::Regex;

use super::ImportError;
use super::noise::repeated_lines;
use super::piece::Piece;
use super::publishers::{Around, HEADING_SCORE, Heading, KnownPublishers};
use super::recognise;

/// What a piece is for the edition as a whole.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Role {
    Masthead,
    Month(Month),
    News,
    Sector,
    Category,
    Entry(Heading),
    /// Text of whatever it stands in.
    Text,
    Noise(&'static str),
}

/// The names that structure an edition, folded.
pub(super) struct Names {
    sectors: HashSet<String>,
    categories: HashSet<String>,
    /// The digest's, also the one that this file prints over its month.
    masthead: HashSet<String>,
}

impl Names {
    pub(super) fn new(pieces: &[Piece], digest: &Digest) -> Self {
        let sectors = digest.sectors.iter().flat_map(|sector| std::iter::once(&sector.name).chain(&sector.also)).map(|name| fold(name)).collect();
        let categories = digest.sectors.iter().flat_map(|sector| &sector.categories).map(|name| fold(name)).collect();
        let masthead = std::iter::once(&digest.name).chain(&digest.import.also_called).map(|name| fold(name)).collect();
        let mut names = Self { sectors, categories, masthead };
        let printed: Vec<String> =
            names.printed_masthead(pieces).iter().filter(|piece| !recognise::is_button(&piece.plain)).map(|piece| fold(&piece.plain)).collect();
        names.masthead.extend(printed);
        names
    }

    /// Short lines above the month are the masthead, by whatever name the digest went then.
    fn printed_masthead<'p>(&self, pieces: &'p [Piece]) -> &'p [Piece] {
        let month = pieces.iter().take(6).position(|piece| recognise::month_title(&piece.plain, |name| self.masthead.contains(name)).is_some());
        let above = &pieces[..month.unwrap_or(0)];
        let short = |piece: &Piece| piece.words() <= 10 && !piece.is_item() && !recognise::ends_complete(&piece.plain) && !self.has(&fold(&piece.plain));
        if above.iter().all(short) { above } else { &[] }
    }

    /// Whether a folded line is the name of a sector or category.
    pub(super) fn has(&self, folded: &str) -> bool {
        self.sectors.contains(folded) || self.categories.contains(folded)
    }

    /// The name of the sector or category that a line says, without what stands around it in contents lists and on top of pages.
    pub(super) fn without_surroundings<'t>(&self, line: &'t str) -> &'t str {
        let name = without_continued(line);
        let bare = without_page_number(name);
        if bare != name && !self.has(&fold(name)) && self.has(&fold(bare)) { bare } else { name }
    }

    /// Whether a folded line says the digest's name or the month, a page number, and nothing else.
    fn is_running_header(&self, folded: &str, month: Option<&str>) -> bool {
        let mut rest = folded.to_owned();
        for name in self.masthead.iter().map(String::as_str).chain(month).filter(|name| !name.is_empty()) {
            rest = rest.replace(name, "");
        }
        let is_of_page = |word: &str| matches!(word, "page" | "p" | "of") || (word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit()));
        rest.len() < folded.len() && rest.split_whitespace().all(is_of_page)
    }
}

/// A line of a contents list without the number of the page and the dots before it.
fn without_page_number(line: &str) -> &str {
    let bare = line.trim_end().trim_end_matches(|c: char| c.is_ascii_digit());
    let name = bare.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '\u{2026}' | '_' | '|'));
    if (1..=3).contains(&(line.trim_end().len() - bare.len())) && name.len() < bare.len() { name } else { line }
}

pub(super) fn label(pieces: &[Piece], digest: &Digest, names: &Names, publishers: &KnownPublishers<'_>) -> Result<Vec<Role>, ImportError> {
    let set_aside = patterns(digest)?;
    let repeated = repeated_lines(pieces);
    let is_masthead = |name: &str| names.masthead.contains(name);
    let printed_month = pieces.iter().find_map(|piece| recognise::month_title(&piece.plain, is_masthead)).map(|month| fold(&month.title()));
    let unmarked: HashSet<String> = pieces.iter().filter(|piece| !piece.is_item()).map(|piece| fold(names.without_surroundings(&piece.plain))).collect();
    let mut first_month = None;
    let role = |at: usize| {
        let piece = &pieces[at];
        let plain = names.without_surroundings(&piece.plain);
        if set_aside.iter().any(|pattern| pattern.is_match(&piece.plain)) {
            return Role::Noise("the digest's profile sets it aside");
        }
        let folded = fold(plain);
        // "1. Housing" heads a sector where no line without a number does.
        if piece.is_item() && (!names.has(&folded) || unmarked.contains(&folded)) {
            return Role::Text;
        }
        if recognise::is_page_number(plain) {
            Role::Noise("a page number")
        } else if recognise::is_button(plain) && piece.text.links().is_empty() && !plain.starts_with("http") {
            Role::Noise("a button whose link is lost")
        } else if is_masthead(&folded) {
            Role::Masthead
        } else if let Some(month) = recognise::month_title(plain, is_masthead) {
            Role::Month(month)
        } else if names.is_running_header(&folded, printed_month.as_deref()) {
            Role::Noise("a header or footer of the page")
        } else if names.sectors.contains(&folded) {
            Role::Sector
        } else if names.categories.contains(&folded) {
            Role::Category
        } else if recognise::is_news_heading(plain, digest.news_heading()) {
            Role::News
        } else if repeated.contains(&folded) && !piece.is_heading() && !recognise::is_button(plain) {
            Role::Noise("a header or footer of the page")
        } else {
            publishers.heading(piece, Around::of(pieces, at)).filter(|heading| heading.score >= HEADING_SCORE).map_or(Role::Text, Role::Entry)
        }
    };
    let mut roles: Vec<Role> = (0..pieces.len()).map(role).collect();
    for at in 0..roles.len() {
        let Role::Month(month) = roles[at] else { continue };
        let follows_masthead = roles[at.saturating_sub(2)..at].contains(&Role::Masthead);
        match first_month {
            None => first_month = Some((month, pieces[at].line())),
            Some((first, _)) if first == month => roles[at] = Role::Noise("the month again, on top of a page"),
            Some((first, line)) if follows_masthead => {
                return Err(ImportError::TwoMonths { first: first.title(), first_line: line, second: month.title(), second_line: pieces[at].line() });
            }
            Some(_) => roles[at] = Role::Text,
        }
    }
    Ok(roles)
}

fn patterns(digest: &Digest) -> Result<Vec<Regex>, ImportError> {
    let compile = |pattern: &String| {
        Regex::new(&format!("^(?:{pattern})$")).map_err(|cause| ImportError::Pattern {
            digest: digest.slug.to_string(),
            pattern: pattern.clone(),
            cause: Box::new(cause),
        })
    };
    digest.import.set_aside.iter().map(compile).collect()
}

/// A name without "(continued)" behind it.
fn without_continued(line: &str) -> &str {
    let line = line.trim();
    let lower = line.to_ascii_lowercase();
    let cut = ["(continued)", "(cont.)", "(cont)", "(cont'd)", "continued"]
        .iter()
        .find(|suffix| lower.ends_with(**suffix))
        .map_or(line.len(), |suffix| line.len() - suffix.len());
    line[..cut].trim_end_matches([' ', '-', '\u{2013}', ','])
}

/// Settles roles that depend on what stands around: contents lists, repeated headings, sectors the taxonomy lacks,
/// headings of entries before the body.
pub(super) fn settle(pieces: &[Piece], names: &Names, roles: &mut [Role]) {
    set_contents_aside(pieces, names, roles);
    name_unknown_sectors(pieces, roles);
    let body = roles.iter().position(|role| *role == Role::Sector).unwrap_or(0);
    let has_sector = roles.contains(&Role::Sector);
    for at in 0..roles.len() {
        let before_body = has_sector && at < body;
        match roles[at] {
            // Letters and news have no entries, and a team's name may end in "News" anywhere.
            Role::Entry(_) | Role::Category if before_body => roles[at] = Role::Text,
            Role::News if !before_body => roles[at] = Role::Text,
            Role::News if roles[..at].contains(&Role::News) => roles[at] = Role::Text,
            Role::Masthead if roles[..at].contains(&Role::Masthead) => roles[at] = Role::Noise("the masthead again, on top of a page"),
            _ => {}
        }
    }
    set_repeated_aside(pieces, names, roles);
    name_unknown_categories(pieces, roles);
    open_with_first_lines(pieces, roles);
}

/// A category begins with an entry: a line under its name with prose below is a heading, also without a publisher.
/// Otherwise all of it would be set aside.
fn open_with_first_lines(pieces: &[Piece], roles: &mut [Role]) {
    const MOST_WORDS: usize = 30;
    for at in 1..roles.len() {
        let piece = &pieces[at];
        let is_title = !piece.is_item() && piece.words() <= MOST_WORDS && !recognise::ends_complete(&piece.plain) && !recognise::ends_dangling(&piece.plain);
        let told_below = roles.get(at + 1) == Some(&Role::Text) && pieces[at + 1].words() >= 8 && !recognise::starts_small(&pieces[at + 1].plain);
        if roles[at] == Role::Text && roles[at - 1] == Role::Category && is_title && told_below {
            roles[at] = Role::Entry(Heading { publisher: String::new(), title: piece.plain.clone(), score: HEADING_SCORE });
        }
    }
}

/// A sector that comes again later, and whose entries do too, is one of a contents list; so are the lines below it.
fn set_contents_aside(pieces: &[Piece], names: &Names, roles: &mut [Role]) {
    let line = |at: usize| match &roles[at] {
        Role::Entry(_) => fold(without_page_number(&pieces[at].plain)),
        _ => fold(names.without_surroundings(&pieces[at].plain)),
    };
    let is_structure = |role: &Role| matches!(role, Role::Sector | Role::Category | Role::Entry(_));
    let lines: Vec<(usize, String)> = (0..roles.len()).filter(|&at| is_structure(&roles[at])).map(|at| (at, line(at))).collect();
    let last: HashMap<&str, usize> = lines.iter().map(|(at, line)| (line.as_str(), *at)).collect();
    let comes_again = |(at, line): &(usize, String)| last.get(line.as_str()).is_some_and(|last| last > at);
    let mut contents: Vec<usize> = Vec::new();
    for stretch in lines.chunk_by(|_, (next, _)| roles[*next] != Role::Sector) {
        let repeats = stretch.iter().all(|line| !matches!(roles[line.0], Role::Entry(_)) || comes_again(line));
        if roles[stretch[0].0] == Role::Sector && comes_again(&stretch[0]) && repeats {
            contents.extend(stretch.iter().map(|(at, _)| at));
        }
    }
    let heading = contents.first().and_then(|first| first.checked_sub(1));
    if let Some(at) = heading.filter(|&at| roles[at] == Role::Text && pieces[at].words() <= 4 && !pieces[at].plain.ends_with(['.', '!', '?', ','])) {
        roles[at] = Role::Noise("the heading of the contents list");
    }
    for at in contents {
        roles[at] = Role::Noise("a line of the contents list");
    }
}

/// A marked line right before a category is a sector, known or not; so is an unmarked one where the category begins anew.
fn name_unknown_sectors(pieces: &[Piece], roles: &mut [Role]) {
    let mut seen: HashSet<String> = HashSet::new();
    for at in 0..roles.len() {
        match roles[at] {
            Role::Sector => seen.clear(),
            Role::Category => {
                let again = seen.contains(&fold(&pieces[at].plain));
                let before = at.checked_sub(1).filter(|&before| matches!(roles[before], Role::Text | Role::News));
                if let Some(before) =
                    before.filter(|&before| is_sector_like(&pieces[before]) && (again || pieces[before].is_heading() || pieces[before].is_bold()))
                {
                    roles[before] = Role::Sector;
                    seen.clear();
                }
                seen.insert(fold(&pieces[at].plain));
            }
            _ => {}
        }
    }
}

fn is_sector_like(piece: &Piece) -> bool {
    let short = piece.words() <= 8 && !piece.is_item();
    short && !recognise::ends_complete(&piece.plain) && piece.plain.starts_with(char::is_uppercase)
}

/// A sector or category that is already open stands again on top of a page.
fn set_repeated_aside(pieces: &[Piece], names: &Names, roles: &mut [Role]) {
    let (mut sector, mut category) = (String::new(), String::new());
    for at in 0..roles.len() {
        let folded = fold(names.without_surroundings(&pieces[at].plain));
        match roles[at] {
            Role::Sector if folded == sector => roles[at] = Role::Noise("the sector again, on top of a page"),
            Role::Sector => (sector, category) = (folded, String::new()),
            Role::Category if folded == category => roles[at] = Role::Noise("the category again, on top of a page"),
            Role::Category => category = folded,
            _ => {}
        }
    }
}

/// A short line between a sector and its first entry is a category, known or not; so is a marked one right before an entry.
fn name_unknown_categories(pieces: &[Piece], roles: &mut [Role]) {
    for at in 0..roles.len() {
        let next_is_entry = matches!(roles.get(at + 1), Some(Role::Entry(_)));
        let after_sector = at > 0 && roles[at - 1] == Role::Sector;
        let marked = pieces[at].is_heading() || pieces[at].is_bold();
        let in_body = roles[..at].contains(&Role::Sector);
        if roles[at] == Role::Text && in_body && next_is_entry && is_sector_like(&pieces[at]) && (after_sector || marked) {
            roles[at] = Role::Category;
        }
    }
}
