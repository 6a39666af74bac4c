//! What a team's rules make of a work.
//!
//! In: rules in their order, once, to [`Rules`]; then works. Out: where each is filed and whether it is rejected, by which rule, and
//! which rules contradict each other ([`Ruled`]).
//!
//! The first rule that holds decides whether a work is filed or rejected. Of those that file it, the first that says something of a part
//! (sector, category) counts for it; a category counts only beside the sector that its rule names, if it names one. A rule that cannot
//! be used is left out and said ([`Refused`]): the others go on.
//!
//! Invariants: patterns are bounded in what they unroll to, and matched in a time that is linear in the text, of which the first
//! [`READ_BYTES`] are read; the same rules make the same of a work each time. Not here: keeping rules; a taxonomy's own words.

mod check;
mod moves;

use std::collections::BTreeSet;
use std::fmt;

use pulse_model::ids::RuleId;
use pulse_model::name::fold;
use pulse_model::publisher::split_abbreviation;
use pulse_model::rule::{Action, Condition};
use pulse_model::{Register, Rule};
use regex::{Regex, RegexBuilder, bytes};
use url::Url;

use crate::Subject;
pub use check::check;
pub use moves::{Move, Moves, moves};

/// A pattern has at most so many bytes.
pub const MOST_PATTERN_BYTES: usize = 1_000;
/// Its counted repetitions, unrolled, take so many, about 120 places; each place may be one to look at for every letter of a text.
const MOST_UNROLLED_BYTES: usize = 16 * 1024;
/// What it has written out takes so many for each byte.
const WRITTEN_OUT_BYTES: usize = 100;
/// So many times as many are taken by the letters of all languages, of which "\w" has 700 ranges.
const ALL_LETTERS: usize = 64;
/// And so many times as many by a place for any letter of any language.
const ANY_LETTER: usize = 8;
/// So many bytes of a text are looked at.
pub const READ_BYTES: usize = 2_000;

/// A rule, by its id and its number in the list, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleRef {
    /// Its number in the list that people see.
    pub number: usize,
    /// Its id.
    pub id: RuleId,
}

impl fmt::Display for RuleRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {}", self.number)
    }
}

/// A rule that is not applied, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Which.
    pub rule: RuleRef,
    /// A lower-case fragment.
    pub why: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not applied: {}", self.rule, self.why)
    }
}

/// Rules, made ready.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: Vec<Ready>,
}

#[derive(Clone, Debug)]
struct Ready {
    rule: RuleRef,
    when: Vec<Test>,
    then: Action,
}

/// A condition, made ready. Names are folded.
#[derive(Clone, Debug)]
enum Test {
    Publisher(BTreeSet<String>),
    Title(Regex),
    Text(Regex),
    Type(String),
    Source(String),
    Host(String),
}

/// What rules make of a work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ruled {
    /// The sector, and the rule that says so.
    pub sector: Option<(String, RuleRef)>,
    /// The category of the sector, and the rule that says so.
    pub category: Option<(String, RuleRef)>,
    /// The rule that rejects it.
    pub reject: Option<RuleRef>,
    /// Rules that say otherwise, in their order.
    pub contradictions: Vec<Contradiction>,
}

/// Two rules that say different things of one work. The first counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The rule that counts, and what it says.
    pub first: (RuleRef, Said),
    /// The rule that does not.
    pub other: (RuleRef, Said),
}

/// What a rule says of a work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// That it stands in this sector or category.
    Filed(String),
    /// That it is rejected.
    Rejected,
}

/// "rule 2 files this under “X”, rule 5 under “Y”; the first counts", "rule 1 rejects this, rule 3 files it under “X”; the first counts".
impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((first, said), (other, other_said)) = (&self.first, &self.other);
        match said {
            Said::Filed(place) => write!(f, "{first} files this under \u{201c}{place}\u{201d}, {other} ")?,
            Said::Rejected => write!(f, "{first} rejects this, {other} ")?,
        }
        match (said, other_said) {
            (Said::Filed(_), Said::Filed(place)) => write!(f, "under \u{201c}{place}\u{201d}")?,
            (Said::Rejected, Said::Filed(place)) => write!(f, "files it under \u{201c}{place}\u{201d}")?,
            (_, Said::Rejected) => f.write_str("rejects it")?,
        }
        f.write_str("; the first counts")
    }
}

impl Rules {
    /// Makes rules ready, in the order in which they count, and says which cannot be used. Publishers go by any name the register knows.
    pub fn new(rules: &[(RuleId, Rule)], register: &Register) -> (Self, Vec<Refused>) {
        let (mut ready, mut refused) = (Vec::new(), Vec::new());
        for (at, (id, rule)) in rules.iter().enumerate() {
            let reference = RuleRef { number: at + 1, id: *id };
            match tests(rule, register) {
                Ok(when) => ready.push(Ready { rule: reference, when, then: rule.then.clone() }),
                Err(why) => refused.push(Refused { rule: reference, why }),
            }
        }
        (Self { rules: ready }, refused)
    }

    /// What becomes of a work.
    pub fn apply(&self, work: &Subject) -> Ruled {
        let seen = Seen::of(work);
        let mut ruled = Ruled::default();
        for ready in self.rules.iter().filter(|ready| ready.when.iter().all(|test| test.holds(&seen))) {
            match &ready.then {
                Action::Reject => ruled.reject(ready.rule),
                Action::File { sector, category } => ruled.file(ready.rule, sector, category),
            }
        }
        ruled
    }
}

impl Ruled {
    fn reject(&mut self, rule: RuleRef) {
        match self.sector.as_ref().or(self.category.as_ref()) {
            Some((name, by)) => self.contradictions.push(Contradiction { first: (*by, Said::Filed(name.clone())), other: (rule, Said::Rejected) }),
            None => self.reject = self.reject.or(Some(rule)),
        }
    }

    fn file(&mut self, rule: RuleRef, sector: &str, category: &str) {
        let is_named = |name: &str| !name.is_empty();
        if let Some(by) = self.reject {
            let place = if is_named(sector) { sector } else { category };
            self.contradictions.push(Contradiction { first: (by, Said::Rejected), other: (rule, Said::Filed(place.to_owned())) });
            return;
        }
        let mut is_elsewhere = false;
        if is_named(sector) {
            is_elsewhere = self.sector.as_ref().is_some_and(|(first, _)| fold(first) != fold(sector));
            Self::set(&mut self.sector, &mut self.contradictions, rule, sector);
        }
        if is_named(category) && !is_elsewhere {
            Self::set(&mut self.category, &mut self.contradictions, rule, category);
        }
    }

    fn set(part: &mut Option<(String, RuleRef)>, contradictions: &mut Vec<Contradiction>, rule: RuleRef, name: &str) {
        match part {
            None => *part = Some((name.to_owned(), rule)),
            Some((first, _)) if fold(first) == fold(name) => {}
            Some((first, by)) => {
                contradictions.push(Contradiction { first: (*by, Said::Filed(first.clone())), other: (rule, Said::Filed(name.to_owned())) });
            }
        }
    }
}

/// A work as conditions look at it.
struct Seen<'a> {
    work: &'a Subject,
    text: &'a str,
    publishers: Vec<String>,
    sources: Vec<String>,
    document_type: String,
    host: String,
}

impl<'a> Seen<'a> {
    fn of(work: &'a Subject) -> Self {
        let host = work.links.first().and_then(|link| link.parse::<Url>().ok()).and_then(|url| url.host_str().map(str::to_lowercase));
        let names = |name: &String| {
            let (long, short) = split_abbreviation(name);
            [Some(name.as_str()), Some(long), short].into_iter().flatten().map(fold).collect::<Vec<_>>()
        };
        Self {
            work,
            text: beginning(&work.text),
            publishers: work.publishers.iter().flat_map(names).collect(),
            sources: work.sources.iter().map(|name| fold(name)).collect(),
            document_type: work.document_type.as_deref().map(fold).unwrap_or_default(),
            host: host.unwrap_or_default(),
        }
    }
}

impl Test {
    fn holds(&self, seen: &Seen) -> bool {
        match self {
            Self::Publisher(names) => seen.publishers.iter().any(|name| names.contains(name)),
            Self::Title(pattern) => pattern.is_match(beginning(&seen.work.title)),
            Self::Text(pattern) => pattern.is_match(beginning(&seen.work.title)) || pattern.is_match(seen.text),
            Self::Type(name) => seen.document_type == *name,
            Self::Source(name) => seen.sources.contains(name),
            Self::Host(host) => seen.host == *host || seen.host.strip_suffix(host.as_str()).is_some_and(|rest| rest.ends_with('.')),
        }
    }
}

/// A rule's conditions, made ready; or why it cannot be used.
fn tests(rule: &Rule, register: &Register) -> Result<Vec<Test>, String> {
    if rule.when.is_empty() {
        return Err("it has no condition, and would hold for everything; say when it applies".to_owned());
    }
    if matches!(&rule.then, Action::File { sector, category } if sector.is_empty() && category.is_empty()) {
        return Err("it does nothing; say which sector or category, or \u{201c}reject\u{201d}".to_owned());
    }
    let mut tests = rule.when.iter().map(|condition| test(condition, register)).collect::<Result<Vec<_>, _>>()?;
    // All must hold, so what is quickly asked is asked first.
    tests.sort_by_key(|test| match test {
        Test::Text(_) => 2,
        Test::Title(_) => 1,
        _ => 0,
    });
    Ok(tests)
}

fn test(condition: &Condition, register: &Register) -> Result<Test, String> {
    let name = |text: &String| match fold(text) {
        name if name.is_empty() => Err(format!("the {} has no letter or digit", condition.kind())),
        name => Ok(name),
    };
    match condition {
        Condition::Publisher(text) => {
            let mut names = BTreeSet::from([name(text)?]);
            names.extend(register.find(text).into_iter().flat_map(|publisher| publisher.names().map(fold).collect::<Vec<_>>()));
            Ok(Test::Publisher(names))
        }
        Condition::Title(text) => pattern("title", text).map(Test::Title),
        Condition::Text(text) => pattern("text", text).map(Test::Text),
        Condition::Type(text) => name(text).map(Test::Type),
        Condition::Source(text) => name(text).map(Test::Source),
        Condition::Host(text) => host(text).map(Test::Host),
    }
}

fn pattern(of: &str, text: &str) -> Result<Regex, String> {
    if text.trim().is_empty() {
        return Err(format!("the pattern for the {of} is empty, and would hold for everything"));
    }
    if text.len() > MOST_PATTERN_BYTES {
        return Err(format!("the pattern for the {of} has {} characters; {MOST_PATTERN_BYTES} are the most", text.len()));
    }
    let most_bytes = MOST_UNROLLED_BYTES + WRITTEN_OUT_BYTES * text.len();
    // How often it repeats shows best without the letters of all languages, which take more room than any repetition. A set of letters
    // beyond ASCII cannot be read so.
    let bare = bytes::RegexBuilder::new(text).unicode(false).case_insensitive(true).size_limit(most_bytes).nest_limit(50).build();
    let most_bytes = most_bytes * if bare.is_ok() { ALL_LETTERS } else { ANY_LETTER };
    let regex = match bare {
        Err(cause @ regex::Error::CompiledTooBig(_)) => Err(cause),
        _ => RegexBuilder::new(text).case_insensitive(true).size_limit(most_bytes).nest_limit(50).build(),
    };
    let shown: String = text.chars().take(60).collect();
    regex.map_err(|cause| match cause {
        regex::Error::CompiledTooBig(_) => {
            format!("the pattern \u{201c}{shown}\u{201d} for the {of} repeats too much; use smaller numbers in {{…}}, or * and +")
        }
        cause => {
            // The last line of the cause says what; those before it draw the pattern.
            let cause = cause.to_string();
            let what = cause.lines().last().unwrap_or_default().trim_start_matches("error: ");
            format!("the pattern \u{201c}{shown}\u{201d} for the {of} cannot be read: {what}; write a \\ before a mark that is meant as itself")
        }
    })
}

/// A host as people write it: with or without a scheme, `www.` and a path.
fn host(text: &str) -> Result<String, String> {
    let text = text.trim();
    let url = if text.contains("://") { text.parse::<Url>() } else { format!("https://{text}").parse::<Url>() };
    let host = url.ok().and_then(|url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned()));
    host.ok_or_else(|| format!("\u{201c}{}\u{201d} is not a host; write it as example.org", text.chars().take(60).collect::<String>()))
}

fn beginning(text: &str) -> &str {
    let mut end = READ_BYTES.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
