//! Entries' headings: the shape `Publisher. Title.`, told by the register, by the look of a name, by marks, and by what
//! stands around.
//!
//! Takes a line and its neighbours; returns publisher, title and how sure that is. What the file teaches is learned once
//! ([`KnownPublishers::learn`], [`KnownPublishers::learn_separator`]). Joining lines is not done here.

use std::collections::HashSet;

use pulse_model::Register;
use pulse_model::name::fold;

use super::piece::{Mark, Piece};
use super::recognise::{contact_kind, ends_complete, ends_dangling, starts_small};

/// Publishers by folded name: the register's, and those whose headings in this file leave no doubt.
pub(super) struct KnownPublishers<'a> {
    register: &'a Register,
    in_file: HashSet<String>,
    /// What stands between publisher and title in this file instead of a full stop.
    separator: Option<&'static str>,
}

/// `Publisher. Title.`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    pub(super) publisher: String,
    pub(super) title: String,
    /// How sure we are, see [`KnownPublishers::heading`].
    pub(super) score: i32,
}

/// From this score on, a line is an entry's heading.
pub(super) const HEADING_SCORE: i32 = 4;

/// Headings of more words than this have to show that they are headings.
const SHORT_WORDS: usize = 30;

/// What may stand between publisher and title besides a full stop.
const SEPARATORS: [&str; 5] = [" \u{2013} ", " \u{2014} ", " - ", " | ", ": "];

/// What stands around a line.
#[derive(Clone, Copy, Default)]
pub(super) struct Around<'a> {
    pub(super) before: Option<&'a Piece>,
    pub(super) next: Option<&'a Piece>,
}

impl<'a> Around<'a> {
    pub(super) fn of(pieces: &'a [Piece], at: usize) -> Self {
        Self { before: at.checked_sub(1).map(|at| &pieces[at]), next: pieces.get(at + 1) }
    }

    /// Whether nothing that goes on stands before `piece`: in a file without blank lines that is all there is to see.
    fn sets_apart(&self, piece: &Piece) -> bool {
        let ended = |before: &Piece| before.is_item() || before.is_heading() || ends_complete(&before.plain) || before.words() <= 8;
        // A point without mark and full stop may end anywhere; then prose under the line shows that the line is none.
        piece.gap > 0 || self.before.is_none_or(|before| ended(before) || (self.next.is_some_and(tells) && !ends_dangling(&before.plain)))
    }
}

/// How a publisher's name is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    /// From the register, or from a heading elsewhere in the file.
    Known,
    /// By its capitals.
    Looks,
    /// By where it stands alone.
    Likely,
}

/// A line taken apart.
struct Split<'t> {
    publisher: &'t str,
    title: &'t str,
    name: Name,
}

impl<'a> KnownPublishers<'a> {
    pub(super) fn new(register: &'a Register) -> Self {
        Self { register, in_file: HashSet::new(), separator: None }
    }

    pub(super) fn learn(&mut self, publisher: &str) {
        self.in_file.insert(fold(publisher));
    }

    /// Learns what stands between publisher and title from the first lines of categories, where entries begin.
    pub(super) fn learn_separator<'t>(&mut self, first_lines: impl Iterator<Item = &'t str>) {
        let lines: Vec<&str> = first_lines.collect();
        let heads = |separator: &str| lines.iter().filter(|line| line.split_once(separator).is_some_and(|(name, _)| looks_like_name(name))).count();
        let best = SEPARATORS.iter().map(|separator| (heads(separator), *separator)).max_by_key(|(count, _)| *count);
        let stops = lines.iter().filter(|line| self.split(line, false).is_some()).count();
        self.separator = best.filter(|(count, _)| *count >= 2 && *count > stops * 2).map(|(_, separator)| separator);
    }

    fn knows(&self, name: &str) -> bool {
        self.register.find(name).is_some() || self.in_file.contains(&fold(name))
    }

    /// Takes a line apart as an entry's heading and says how sure that is. A known publisher counts most; then the look
    /// of a name, marks, and a title of one sentence.
    pub(super) fn heading(&self, piece: &Piece, around: Around<'_>) -> Option<Heading> {
        let plain = piece.plain.trim();
        let marked = piece.is_heading() || piece.is_bold();
        // A summary's first sentence is longer than titles are; a marked line may be any length and is reported.
        if piece.is_item() || plain.ends_with(':') || (!marked && plain.len() > 400) {
            return None;
        }
        let is_label = is_label(piece, around);
        let Split { publisher, title, name } = self.split(plain, is_label)?;
        let is_foot = plain.matches(['\u{b7}', '|', '\u{2022}']).count() >= 2;
        if name != Name::Known && (is_foot || contact_kind(plain).is_some()) {
            return None;
        }
        let mut score = match name {
            Name::Known => 4,
            Name::Looks | Name::Likely => 2,
        };
        score += i32::from(marked) * 2 + i32::from(is_all_link(piece)) * 2;
        score += i32::from(around.sets_apart(piece));
        let words = plain.split_whitespace().count();
        score += match sentences(title) {
            1 => 1,
            // Subtitles, editions and numbers stand behind a full stop too.
            _ if is_label => 1,
            2 if name == Name::Known && words <= SHORT_WORDS => 0,
            _ => -3,
        };
        // Not every writing has capitals.
        let is_capital = |c: char| c.is_alphabetic() && !c.is_lowercase();
        let starts_well = title.starts_with(|c: char| is_capital(c) || c.is_numeric() || matches!(c, '\u{2018}' | '\u{201c}' | '\'' | '"' | '#'));
        score -= i32::from(!starts_well) * 3;
        score -= i32::from(!marked && title.split_whitespace().count() > 40) * 4;
        // "Written with the Carers Group. It has …" under a heading is that entry's summary.
        score -= i32::from(name != Name::Known && goes_on_telling(title) && around.before.is_some_and(|before| self.is_heading(before))) * 2;
        let title = title.strip_suffix('.').unwrap_or(title).trim_end();
        Some(Heading { publisher: publisher.to_owned(), title: title.to_owned(), score })
    }

    /// Whether a line is an entry's heading, wherever it stands.
    fn is_heading(&self, piece: &Piece) -> bool {
        self.heading(piece, Around::default()).is_some_and(|heading| heading.score >= HEADING_SCORE)
    }

    /// Publisher, title, and how the publisher is told. The longest known name wins, else the first that looks like one;
    /// in a label, a name may have words in small letters.
    fn split<'t>(&self, line: &'t str, is_label: bool) -> Option<Split<'t>> {
        let stops: Vec<usize> = line.match_indices(". ").map(|(at, _)| at).filter(|&at| ends_name(line, at)).take(6).collect();
        let at = |at: usize, width: usize, name: Name| Split { publisher: line[..at].trim(), title: line[at + width..].trim(), name };
        if let Some(&stop) = stops.iter().rev().find(|&&stop| self.knows(&line[..stop])) {
            return Some(at(stop, 2, Name::Known));
        }
        if let Some(separator) = self.separator
            && let Some(stop) = line.find(separator).filter(|&stop| looks_like_name(&line[..stop]))
        {
            return Some(at(stop, separator.len(), Name::Looks));
        }
        for separator in SEPARATORS {
            if let Some(stop) = line.find(separator).filter(|&stop| self.knows(&line[..stop])) {
                return Some(at(stop, separator.len(), Name::Known));
            }
        }
        let Some(&stop) = stops.first() else { return split_otherwise(line).filter(|_| is_label) };
        let name = match &line[..stop] {
            name if looks_like_name(name) => Name::Looks,
            name if is_label && may_be_name(name) => Name::Likely,
            _ => return None,
        };
        Some(at(stop, 2, name))
    }

    /// The publishers a heading names. "A and B" are two only where both are known, or one is and the other is plainly an
    /// organisation: many a publisher has an "and" in its name.
    pub(super) fn separate(&self, publisher: &str) -> Vec<String> {
        if self.register.find(publisher).is_some() {
            return vec![publisher.to_owned()];
        }
        for separator in ["; ", " / "] {
            if publisher.contains(separator) {
                return publisher.split(separator).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
            }
        }
        for separator in [" and ", " & ", " with "] {
            for (at, _) in publisher.match_indices(separator) {
                let (left, right) = (&publisher[..at], &publisher[at + separator.len()..]);
                let (left_known, right_known) = (self.knows_all(left), self.knows(right));
                let one_known = (left_known && is_organisation(right)) || (right_known && is_organisation(left));
                if one_known || (left_known && right_known) {
                    let mut names: Vec<String> = left.split(", ").map(|name| name.trim().to_owned()).collect();
                    names.push(right.trim().to_owned());
                    return names;
                }
            }
        }
        vec![publisher.to_owned()]
    }

    /// Whether a name, or every name of a list with commas, is known.
    fn knows_all(&self, names: &str) -> bool {
        self.knows(names) || names.split(", ").all(|name| self.knows(name))
    }
}

/// Whether a line is prose, or leads something in.
fn tells(piece: &Piece) -> bool {
    piece.mark == Mark::Plain && piece.words() >= 4 && ends_complete(&piece.plain) && !starts_small(&piece.plain)
}

/// Whether a line stands alone and is no prose: short, without a full stop, and neither the rest of what stands before nor
/// cut off.
fn is_label(piece: &Piece, around: Around<'_>) -> bool {
    let plain = &piece.plain;
    if piece.words() > SHORT_WORDS || (ends_sentence(plain) && !plain.ends_with(['?', '!'])) {
        return false;
    }
    let cut = ends_dangling(plain) || around.next.is_some_and(|next| !next.is_item() && starts_small(&next.plain));
    let follows = around.before.is_some_and(|before| !before.is_item() && !before.is_heading() && before.words() > 8 && !ends_complete(&before.plain));
    let stands_apart = piece.gap > 0 || around.next.is_some_and(tells);
    stands_apart && !cut && !follows
}

/// An organisation and a title with something else than a full stop between them.
fn split_otherwise(line: &str) -> Option<Split<'_>> {
    let (stop, width) = SEPARATORS.iter().find_map(|separator| Some((line.find(separator)?, separator.len())))?;
    let is_publisher = is_organisation(&line[..stop]);
    is_publisher.then(|| Split { publisher: line[..stop].trim(), title: line[stop + width..].trim(), name: Name::Likely })
}

/// Whether a full stop at `at` can stand behind a publisher.
fn ends_name(line: &str, at: usize) -> bool {
    // "Harper et al. Title": authors end here where a title begins.
    let is_authors = line[..at].ends_with(" et al") && line[at + 2..].starts_with(char::is_uppercase);
    is_authors || !is_abbreviation(&line[..at])
}

/// A sentence that says "it" or "they" of what was named before it.
fn goes_on_telling(title: &str) -> bool {
    ends_sentence(title) && opens_with_pronoun(title)
}

/// Whether a title begins like a sentence about what was named before it.
pub(super) fn opens_with_pronoun(title: &str) -> bool {
    const WORDS: &[&str] = &["It", "They", "This", "These", "He", "She", "We"];
    title.split(' ').next().is_some_and(|first| WORDS.contains(&first))
}

/// Whether a name that is not all capitals can be a publisher's: half of its words have one, or one is a kind of organisation.
fn may_be_name(words: &str) -> bool {
    let own: Vec<&str> = words.split_whitespace().filter(|word| !JOINING_WORDS.contains(word)).collect();
    let capitals = own.iter().filter(|word| word.contains(char::is_uppercase)).count();
    let says_so = fold(words).split(' ').any(|word| ORGANISATION_WORDS.contains(&word));
    let starts = words.starts_with(char::is_uppercase) && !words.contains(['?', '!', ':', '"', '\u{201c}']);
    let appositive = words.split_once(", the ").is_some_and(|(name, _)| looks_like_name(name));
    starts && own.len() <= 12 && (capitals * 2 >= own.len() || says_so || appositive)
}

/// Whether a link covers all its letters.
fn is_all_link(piece: &Piece) -> bool {
    piece.text.runs().iter().all(|run| run.style.link.is_some() || !run.text.contains(char::is_alphanumeric))
}

/// How many sentences a title would have. A part of the publisher, such as a committee, may open it and is none.
fn sentences(title: &str) -> usize {
    let title = match title.split_once(". ") {
        Some((part, rest)) if is_organisation(part) => rest,
        _ => title,
    };
    let ends = title.match_indices(". ").filter(|(at, _)| title[at + 2..].starts_with(char::is_uppercase) && !is_abbreviation(&title[..*at]));
    1 + ends.count()
}

/// Whether a full stop after `before` belongs to an abbreviation.
fn is_abbreviation(before: &str) -> bool {
    let word = before.rsplit([' ', '(']).next().unwrap_or(before);
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    is_initial
        || matches!(
            word,
            "Dr" | "Mr" | "Mrs" | "Ms" | "Prof" | "St" | "No" | "no" | "Vol" | "vs" | "e.g" | "i.e" | "eg" | "ie" | "cf" | "al" | "Rev" | "Sir" | "U.S" | "U.K"
        )
}

const JOINING_WORDS: &[&str] = &[
    "of", "for", "and", "the", "in", "on", "to", "at", "with", "by", "de", "la", "le", "du", "des", "und", "y", "a", "an", "into", "from", "against", "&", "/",
    "-", "\u{2013}", "+", "et", "al",
];

/// Whether every word has a capital, joining words apart, as names of organisations do.
pub(super) fn looks_like_name(words: &str) -> bool {
    let words = words.trim();
    let count = words.split_whitespace().count();
    let starts = words.starts_with(|c: char| c.is_uppercase() || c.is_numeric());
    if !(1..=16).contains(&count) || words.len() > 160 || !starts || words.contains(['?', '!', '"', '\u{201c}', ':']) {
        return false;
    }
    words.split_whitespace().all(|word| {
        let bare = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        JOINING_WORDS.contains(&word)
            || bare.is_empty()
            || bare.starts_with(|c: char| c.is_uppercase() || c.is_numeric())
            || bare.chars().any(char::is_uppercase)
    })
}

const ORGANISATION_WORDS: &[&str] = &[
    "agency",
    "alliance",
    "association",
    "authority",
    "board",
    "bureau",
    "campaign",
    "centre",
    "center",
    "charity",
    "coalition",
    "college",
    "commission",
    "commissioner",
    "committee",
    "confederation",
    "council",
    "department",
    "federation",
    "forum",
    "foundation",
    "fund",
    "group",
    "hospital",
    "inspectorate",
    "institute",
    "league",
    "ministry",
    "network",
    "observatory",
    "office",
    "partnership",
    "police",
    "project",
    "school",
    "service",
    "services",
    "society",
    "trust",
    "union",
    "unit",
    "university",
];

pub(super) fn is_organisation(name: &str) -> bool {
    looks_like_name(name) && name.split_whitespace().count() >= 2 && fold(name).split(' ').any(|word| ORGANISATION_WORDS.contains(&word))
}

/// Whether a text ends with the full stop of a sentence, or a question's or an exclamation's mark.
fn ends_sentence(plain: &str) -> bool {
    plain.trim_end_matches(['"', '\'', '\u{2019}', '\u{201d}', ')']).ends_with(['.', '!', '?', ':', ';'])
}
