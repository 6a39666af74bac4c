//! Publishers of entries against the register and against what the summary says of who made the work.

use std::collections::HashSet;
use std::sync::LazyLock;

use pulse_model::Publisher;
use pulse_model::name::fold;
use pulse_model::publisher::split_abbreviation;
use regex::Regex;

use super::copy::{Copy, Item, Line, about};
use super::names::name_at;
use super::query::{Part, Query, Within};
use super::rule::Rule;

/// Words in the names of those who report what others found.
const OUTLETS: [&str; 19] = [
    "magazine",
    "news",
    "newspaper",
    "times",
    "gazette",
    "herald",
    "telegraph",
    "guardian",
    "chronicle",
    "tribune",
    "observer",
    "weekly",
    "daily",
    "today",
    "journalist",
    "journal",
    "bbc",
    "newsletter",
    "blog",
];

/// A work and who made it: "a study by …", "according to research from …".
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static MADE_BY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:study|stud(?:y|ies)|report|research|survey|analysis|review|paper|poll|figures|data|findings|inquiry|audit)(?: (?:published|carried out|conducted|commissioned|released|produced|led|undertaken))? (?:by|from) |\b(?:researchers|academics|scientists|a team|analysts|experts) (?:at|from) |\baccording to |\b(?:study|report|research|survey|analysis|review|paper|poll|inquiry|audit)\b[^.;:]{0,40}? (?:carried out|conducted|commissioned|published|produced|undertaken|run|led) by ").unwrap()
});

/// An organisation and its work: "a University of Calderby study", "the Trust's survey", "the Trust has found".
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static MAKERS_WORK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?P<name>\p{Lu}[\p{L}\u{2019}'-]*(?: (?:(?:of|for|and|the|in|on) )*\p{Lu}[\p{L}\u{2019}'-]*)+)(?: (?:new |latest |recent |annual )?(?:study|survey|report|analysis|poll|inquiry|audit|researchers)\b| (?:has |have )?(?:found|finds|surveyed|analysed|interviewed)\b)").unwrap()
});

/// Words by which a name is known for an organisation's.
const ORGANISATIONS: [&str; 27] = [
    "university",
    "trust",
    "institute",
    "council",
    "centre",
    "foundation",
    "commission",
    "office",
    "department",
    "society",
    "association",
    "agency",
    "unit",
    "board",
    "college",
    "group",
    "observatory",
    "charity",
    "partnership",
    "network",
    "alliance",
    "forum",
    "collaborative",
    "panel",
    "committee",
    "ministry",
    "inspectorate",
];

/// A page that tells of somebody else's work.
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static TELLS_OF: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:this|the) (?:article|news story|news item|press release|blog(?: post)?|feature) (?:reports|describes|summarises|covers|discusses|looks at)\b").unwrap()
});

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = registered(copy);
    for item in &copy.entries {
        queries.extend(reports_others(copy, item));
    }
    queries
}

/// Names that the register does not have or no longer prints.
fn registered(copy: &Copy<'_>) -> Vec<Query> {
    let register = copy.known.register;
    if register.publishers().is_empty() {
        return Vec::new();
    }
    let mut queries = Vec::new();
    let mut unknown: Vec<Query> = Vec::new();
    let mut known = 0;
    let mut asked = HashSet::new();
    for line in copy.lines.iter().filter(|line| matches!(line.within, Within::Publisher(_))) {
        match find(copy, &line.plain) {
            Some(publisher) => {
                known += 1;
                queries.extend(former(copy, line, publisher));
            }
            None if asked.insert(fold(&line.plain)) => {
                let message = format!("The register does not have \u{201c}{}\u{201d}. Add it, or print the name it has.", line.plain);
                unknown.push(line.query(Rule::PUBLISHER_UNKNOWN, 0..line.plain.len(), message));
            }
            None => {}
        }
    }
    // A register that has hardly anyone is not kept yet: one query says so.
    if unknown.len() > 5 && unknown.len() > known {
        let names: Vec<&str> = unknown.iter().take(3).map(|query| query.place.excerpt.as_str()).collect();
        let message = format!("The register does not have {} of this edition's publishers. Add them.", unknown.len());
        unknown = vec![about(&Part::Edition, Rule::PUBLISHER_UNKNOWN, &format!("{}\u{2026}", names.join("; ")), message)];
    }
    queries.extend(unknown);
    queries
}

/// A publisher by its name, with or without an article.
fn find<'a>(copy: &Copy<'a>, name: &str) -> Option<&'a Publisher> {
    let register = copy.known.register;
    register.find(name).or_else(|| register.find(name.strip_prefix("The ")?)).or_else(|| register.find(&format!("The {name}")))
}

fn former(copy: &Copy<'_>, line: &Line<'_>, publisher: &Publisher) -> Option<Query> {
    let (long, short) = split_abbreviation(&line.plain);
    let long = long.strip_prefix("The ").filter(|_| !publisher.name.starts_with("The ")).unwrap_or(long);
    if fold(long) == fold(&publisher.name)
        || fold(&line.plain) == fold(&publisher.name)
        || publisher.name.strip_prefix("The ").is_some_and(|name| fold(name) == fold(long))
    {
        return None;
    }
    let former = publisher.former_names.iter().find(|former| fold(&former.name) == fold(long));
    // Until its last day, a name is the name.
    if former.and_then(|former| former.until).is_some_and(|until| pulse_model::Month::of(until).is_some_and(|until| until >= copy.edition.month)) {
        return None;
    }
    let how = if former.is_some() { "a former or other name" } else { "a short form" };
    let new = match short.filter(|short| publisher.abbreviations.iter().any(|own| own == short)) {
        Some(short) => format!("{} ({short})", publisher.name),
        None => publisher.name.clone(),
    };
    let message = format!("This is {how} of {}.", publisher.name);
    Some(line.fixable(Rule::PUBLISHER_FORMER_NAME, 0..line.plain.len(), new, message))
}

/// A magazine credited for the study it writes about.
fn reports_others(copy: &Copy<'_>, item: &Item<'_>) -> Option<Query> {
    let publisher = item.entry.publishers.first()?;
    let folded = fold(publisher);
    let words: Vec<&str> = folded.split(' ').collect();
    // "National Statistics Journal of …" may be an academic journal, which publishes what it prints.
    let is_outlet = words.iter().any(|word| OUTLETS.contains(word)) && !words.contains(&"research");
    for line in copy.texts_of(&item.part) {
        if let Some(found) = TELLS_OF.find(&line.plain) {
            let message = format!("The text tells of an article about the work. Credit who did the work instead of {publisher}, and link to it.");
            return Some(line.query(Rule::PUBLISHER_REPORTS_OTHERS, found.range(), message));
        }
        if !is_outlet {
            continue;
        }
        let behind = MADE_BY.find_iter(&line.plain).map(|found| (found.range(), name_at(&line.plain[found.end()..])));
        let before = MAKERS_WORK.captures_iter(&line.plain).filter_map(|found| {
            let (name, whole) = (found.name("name")?, found.get(0)?);
            let bare = name.as_str().trim_end_matches(['\'', '\u{2019}']).trim_end_matches("'s").trim_end_matches("\u{2019}s");
            let bare = bare.strip_prefix("The ").or_else(|| bare.strip_prefix("A ")).unwrap_or(bare);
            is_organisation(copy, bare).then_some((name.start()..whole.end(), bare))
        });
        for (found, name) in behind.chain(before) {
            if !name.is_empty() && !item.entry.publishers.iter().any(|publisher| is_same(copy, publisher, name)) {
                let message = format!("{publisher} reports on a work by {name}. Credit {name}, and link to the work.");
                let start = name.as_ptr() as usize - line.plain.as_ptr() as usize;
                return Some(line.query(Rule::PUBLISHER_REPORTS_OTHERS, found.start.min(start)..start + name.len(), message));
            }
        }
    }
    None
}

/// A name that the register has, or that says what it is.
pub(super) fn is_organisation(copy: &Copy<'_>, name: &str) -> bool {
    copy.known.register.find(name).is_some() || fold(name).split(' ').any(|word| ORGANISATIONS.contains(&word))
}

/// Whether two names are of one organisation: the same, one inside the other, one the other's initials, or one in the register.
pub(super) fn is_same(copy: &Copy<'_>, publisher: &str, name: &str) -> bool {
    let (long, short) = split_abbreviation(publisher);
    let (a, b) = (fold(long), fold(name));
    let initials: String = long.split_whitespace().filter(|word| word.starts_with(char::is_uppercase)).filter_map(|word| word.chars().next()).collect();
    let in_register = match (copy.known.register.find(publisher), copy.known.register.find(name)) {
        (Some(one), Some(other)) => one.name == other.name,
        _ => false,
    };
    a == b || a.contains(&b) || b.contains(&a) || short == Some(name) || initials == name || in_register
}
