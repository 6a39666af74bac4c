//! What a line is, told from what stays true when the markup does not: names of the taxonomy, months, the shape
//! `Publisher. Title.`, the register, closings of letters, contact lines.
//!
//! Pure functions of one line; what stands around it is the business of [`super::entries`].

use std::collections::HashSet;
use std::sync::LazyLock;

use pulse_model::edition::{ContactKind, NewsKind};
use pulse_model::name::fold;
use pulse_model::{Month, Register};
use regex::Regex;

use super::piece::{Mark, Piece};

/// Compiles a pattern of this file.
fn pattern(pattern: &'static str) -> Regex {
    Regex::new(pattern).expect("the pattern is a constant and compiles")
}

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
        let starts_well = title.starts_with(|c: char| c.is_uppercase() || c.is_numeric() || matches!(c, '\u{2018}' | '\u{201c}' | '\'' | '"' | '#'));
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

/// A line that names a month and nothing else, apart from the digest's name.
pub(super) fn month_title(line: &str, masthead: impl Fn(&str) -> bool) -> Option<Month> {
    let folded = fold(line);
    let words: Vec<&str> = folded.split(' ').collect();
    let [rest @ .., name, year] = words.as_slice() else { return None };
    let month = Month::from_words(name, year)?;
    const WORDS: &[&str] = &["edition", "issue", "no", "number", "vol", "volume", "monthly", "digest", "bulletin", "newsletter"];
    let is_number = |word: &str| word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    (rest.iter().all(|word| WORDS.contains(word) || is_number(word)) || masthead(&rest.join(" "))).then_some(month)
}

/// The month in a file's name: `…2023-05…`, `…may-2023…`.
pub(super) fn month_in_file_name(name: &str) -> Option<Month> {
    static NUMBERS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|\D)((?:19|20)\d\d)[-_. ]?(0[1-9]|1[0-2])(?:\D|$)"));
    if let Some(found) = NUMBERS.captures(name) {
        return format!("{}-{}", &found[1], &found[2]).parse().ok();
    }
    let folded = fold(name);
    let words: Vec<&str> = folded.split(' ').collect();
    words.windows(2).find_map(|pair| Month::from_words(pair[0], pair[1]).or_else(|| Month::from_words(pair[1], pair[0])))
}

/// "Best wishes," and its like: a line of nothing but the words that letters end with.
pub(super) fn is_closing(line: &str) -> bool {
    const WHOLE: &[&str] = &["best", "all the best", "until next time", "until next month", "take care"];
    const CORE: &[&str] = &["wishes", "regards", "yours", "sincerely", "faithfully", "truly", "thanks", "cheers", "warmly"];
    const BESIDE: &[&str] = &[
        "best", "good", "kind", "kindest", "warm", "warmest", "many", "very", "with", "our", "my", "and", "all", "the", "again", "for", "reading", "your",
        "support",
    ];
    let folded = fold(line);
    let words: Vec<&str> = folded.split(' ').collect();
    let has_core = words.len() <= 7 && words.iter().any(|word| CORE.contains(word));
    WHOLE.contains(&folded.as_str()) || (has_core && words.iter().all(|word| CORE.contains(word) || BESIDE.contains(word)))
}

/// "Best wishes, Dr Ada Quay": the closing, and the name behind it.
pub(super) fn closing_with_name(line: &str) -> Option<(&str, &str)> {
    let (closing, name) = line.split_once(", ")?;
    let is_signed = line.len() <= 100 && is_closing(closing) && looks_like_name(name) && name.split_whitespace().count() <= 6;
    is_signed.then(|| (&line[..=closing.len()], name.trim()))
}

/// "Dear colleague,": what a letter opens with.
pub(super) fn is_salutation(line: &str) -> bool {
    static OPENINGS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^(?:dear|hello|hi)\b(?:\s\S+){0,5},$"));
    OPENINGS.is_match(line.trim())
}

/// A line of the organisation's addresses: "Telephone: …", a postcode, an account.
pub(super) fn contact_kind(line: &str) -> Option<ContactKind> {
    static POSTCODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"));
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)^(?:(tel|telephone|phone|t|mobile|call us)|(e|e-?mail)|(w|web|website|site)|(address|registered office|post)|(twitter|x|linkedin|bluesky|mastodon|facebook|follow us))\s*[:.]\s",
        )
    });
    if line.split_whitespace().count() > 30 {
        return None;
    }
    if let Some(kind) = address_kind(line.trim()) {
        return Some(kind);
    }
    if let Some(found) = LABEL.captures(line) {
        let kinds = [ContactKind::Telephone, ContactKind::Email, ContactKind::Website, ContactKind::Address, ContactKind::Other];
        return kinds.into_iter().enumerate().find(|(at, _)| found.get(at + 1).is_some()).map(|(_, kind)| kind);
    }
    let has_postcode = POSTCODE.is_match(line) && line.contains(',');
    has_postcode.then_some(ContactKind::Address)
}

/// The kind of an address that stands alone on its line.
fn address_kind(line: &str) -> Option<ContactKind> {
    let is_one_word = !line.is_empty() && !line.contains(char::is_whitespace);
    match line {
        _ if !is_one_word => None,
        _ if line.starts_with('@') => Some(ContactKind::Other),
        _ if line.contains('@') => Some(ContactKind::Email),
        _ if line.starts_with("www.") || line.starts_with("http://") || line.starts_with("https://") => Some(ContactKind::Website),
        _ => None,
    }
}

/// A heading over the team's own news: "News", "Our news", "Harbour Trust News".
pub(super) fn is_news_heading(line: &str, own: &str) -> bool {
    let folded = fold(line);
    let words = folded.split(' ').count();
    folded == fold(own)
        || (words <= 6 && (folded.ends_with(" news") || folded == "news" || folded.starts_with("news from ") || folded.starts_with("latest from ")))
}

/// The kind of a news item, from its title and, where that says nothing, its opening.
pub(super) fn news_kind(title: &str, opening: &str) -> NewsKind {
    static RULES: LazyLock<Vec<(NewsKind, Regex)>> = LazyLock::new(|| {
        let rule = |kind, words: &'static str| (kind, pattern(words));
        [
            rule(NewsKind::Vacancy, r"\b(vacanc\w*|hiring|recruit\w*|jobs?|careers?|wanted|join (us|our|the)|work (with|for) us|apply)\b"),
            rule(NewsKind::Webinar, r"\b(webinars?|seminars?|conference|workshops?|events?|podcast|recordings?)\b"),
            rule(
                NewsKind::Profile,
                r"(^welcom\w*|\b(to|we|warmly) welcom\w*|\bwelcom\w+ (our|back|a|an|the|new|dr|prof\w*)\b)|\b(welcoming|meet|introducing|joins|joined|new (team )?(members?|colleagues?|starters?)|profile|appoint\w*|promot\w*|congratulations|farewell)\b",
            ),
            rule(
                NewsKind::Publication,
                r"\b(publish\w*|publications?|(new|our) (report|guide|paper|briefing|toolkit)s?|articles?|blogs?|journal|resources?)\b",
            ),
            rule(NewsKind::Evaluation, r"\b(evaluat\w*|assess\w*|review of|study|studies|research|project|commissioned|programme)\b"),
        ]
        .into()
    });
    let find = |words: &str| RULES.iter().find(|(_, rule)| rule.is_match(words)).map(|(kind, _)| *kind);
    // The opening says everything about everything; only its first words are asked.
    let opening: String = fold(opening).chars().take(160).collect();
    find(&fold(title)).or_else(|| find(&opening)).unwrap_or(NewsKind::Notice)
}

/// Whether a title itself tells a kind of news.
pub(super) fn tells_news_kind(title: &str) -> bool {
    news_kind(title, "") != NewsKind::Notice
}

/// A sentence that asks readers to get in touch.
pub(super) fn is_call_for_contact(plain: &str) -> bool {
    static CUES: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"\b(contact|get in touch|e ?mail|call|phone|telephone|write to|talk to|speak to|reach|hear from you)\b"));
    let folded = fold(plain);
    let cue = CUES.is_match(&folded);
    let reachable =
        plain.contains('@') || plain.chars().filter(char::is_ascii_digit).count() >= 9 || folded.contains("contact us") || folded.contains("get in touch");
    cue && reachable
}

/// A line that was a button or a bare link: "Read more", "Download the report", "View this email in your browser".
pub(super) fn is_button(plain: &str) -> bool {
    static BUTTONS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(concat!(
            r"^(?:(?:read|find out|learn|see) more(?: here| online)?",
            r"|click here(?: to .*| for .*)?",
            r"|(?:read|download|view|access|see|open) (?:the |this |our )?(?:full |whole |executive )?(?:report|review|guidance|guide|briefing|paper|publication|document|pdf|toolkit|resource|summary|framework|statistics|article)(?: pdf)?(?: here| online)?",
            r"|(?:view|open|read) (?:this |the )?(?:e ?mail |edition |it )?(?:in|on) (?:your|a|the) (?:web )?browser",
            r"|forward (?:this |it )?(?:e ?mail )?to a (?:friend|colleague)",
            r"|unsubscribe(?: (?:here|from this list))?(?: update .*)?|(?:update|manage|change) (?:your |my )?(?:subscription |e ?mail )?preferences)$",
        ))
    });
    let is_address = || !plain.contains(char::is_whitespace) && (plain.starts_with("http://") || plain.starts_with("https://"));
    is_address() || (plain.len() <= 100 && BUTTONS.is_match(&fold(plain)))
}

/// "… for commissioners. Read more": a paragraph whose last words were a button.
fn ends_in_button(plain: &str) -> bool {
    // Only the end is looked at: a paragraph may grow by a hundred thousand lines.
    const LONGEST: usize = 60;
    let stop = plain.char_indices().rev().take(LONGEST).find(|(_, c)| matches!(c, '.' | '?' | '!')).map(|(at, _)| at + 1);
    stop.is_some_and(|stop| stop < plain.len() && is_button(plain[stop..].trim()))
}

/// A sentence about the digest itself: where it comes from, how to leave, when it pauses.
pub(super) fn is_notice(plain: &str) -> bool {
    static CUES: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\b(unsubscribe|safe senders?|will be sent from|e ?mail address|prefer not to receive|would rather not|no longer wish|mailing list|privacy|(?:take|taking|have|having) a break|(?:summer|winter|christmas|easter) break|next edition|not be an? edition|you receive|receiving this|this e ?mail was sent|(?:update|manage) your (?:e ?mail |subscription )?preferences|registered in (?:england|scotland|wales|northern ireland)|all rights reserved|mailing address)\b",
        )
    });
    let folded = fold(plain);
    CUES.is_match(&folded) && !folded.starts_with("welcome")
}

/// Whether a text ends like a sentence, a lead-in, or a point of a list.
pub(super) fn ends_complete(plain: &str) -> bool {
    let bare = plain.trim_end_matches(|c: char| matches!(c, '"' | '\'' | '\u{2019}' | '\u{201d}' | ')' | ']' | '*' | '_' | '\u{bb}') || c.is_whitespace());
    let last = bare.rsplit(char::is_whitespace).next().unwrap_or("");
    let is_address = last.contains('@') || last.starts_with("http") || last.starts_with("www.");
    bare.is_empty() || is_address || ends_in_button(bare) || bare.ends_with(['.', '!', '?', ':', ';', '\u{2026}'])
}

/// Whether a text ends with the full stop of a sentence, or a question's or an exclamation's mark.
fn ends_sentence(plain: &str) -> bool {
    plain.trim_end_matches(['"', '\'', '\u{2019}', '\u{201d}', ')']).ends_with(['.', '!', '?', ':', ';'])
}

/// Whether a text breaks off where no sentence can end.
pub(super) fn ends_dangling(plain: &str) -> bool {
    const WORDS: &[&str] = &[
        "the",
        "a",
        "an",
        "of",
        "and",
        "or",
        "to",
        "in",
        "for",
        "with",
        "on",
        "by",
        "from",
        "as",
        "at",
        "that",
        "which",
        "who",
        "their",
        "its",
        "his",
        "her",
        "our",
        "these",
        "those",
        "this",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "not",
        "but",
        "than",
        "including",
        "between",
        "into",
        "through",
        "such",
        "more",
        "most",
        "has",
        "have",
        "had",
        "will",
        "can",
        "could",
        "should",
        "would",
        "may",
        "might",
        "when",
        "where",
        "while",
        "if",
        "because",
        "about",
        "both",
        "also",
        "per",
    ];
    let plain = plain.trim_end();
    let last = plain.rsplit(char::is_whitespace).next().unwrap_or("");
    if ends_in_button(plain) {
        return false;
    }
    plain.ends_with([',', '(', '\u{2013}', '\u{2014}', '-', '/']) || WORDS.contains(&last)
}

/// Whether a sentence goes back to telling after a list: "The report also …", "Overall, …".
pub(super) fn resumes_telling(plain: &str) -> bool {
    static STARTS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"^(?:(?:the|this|these|both) (?:\w+ )?(?:report|review|paper|research|study|guide|guidance|document|briefing|toolkit|resource|authors?|commission|framework|survey|analysis|dashboard|publication|findings|evaluation|programme|former|latter|recommendations|actions|inquiry|page|website|data|results)s?|it (?:also|is|was|sets|includes|calls|has)|(?:these|they|those) (?:were|are|have)|in addition|overall|finally|however|given|as a result|alongside)\b",
        )
    });
    STARTS.is_match(&fold(plain))
}

/// Whether the first letter is a small one.
pub(super) fn starts_small(plain: &str) -> bool {
    plain.chars().find(|c| c.is_alphanumeric()).is_some_and(char::is_lowercase)
}

/// Page numbers: "12", "Page 3 of 9", "- 4 -".
pub(super) fn is_page_number(plain: &str) -> bool {
    static PAGE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^[-\u{2013}\s|]*(?:page\s*)?\d{1,3}(?:\s*(?:of|/)\s*\d{1,3})?[-\u{2013}\s|]*(?:page)?$"));
    PAGE.is_match(plain.trim())
}

/// How many points a lead-in announces: "the following six principles:" announces 6.
pub(super) fn announced(lead_in: &str) -> Option<usize> {
    const WORDS: [&str; 19] = [
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
        "twenty",
    ];
    // The last sentence announces; what is counted before it is something else.
    let last = lead_in.rsplit(". ").next().unwrap_or(lead_in);
    let folded = fold(last);
    let mut counts = folded
        .split(' ')
        .filter_map(|word| WORDS.iter().position(|name| *name == word).map(|at| at + 2).or_else(|| word.parse().ok().filter(|count| (2..=20).contains(count))));
    let count = counts.next()?;
    counts.next().is_none().then_some(count)
}
