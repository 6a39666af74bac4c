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
const OUTLETS: [&str; 17] = [
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
];

/// A work and who made it: "a study by …", "according to research from …".
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static MADE_BY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:study|stud(?:y|ies)|report|research|survey|analysis|review|paper|poll|figures|data|findings|inquiry|audit)(?: (?:published|carried out|conducted|commissioned|released|produced|led|undertaken))? (?:by|from) |\b(?:researchers|academics|scientists|a team|analysts|experts) (?:at|from) ").unwrap()
});

/// A page that tells of somebody else's work.
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static TELLS_OF: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:this|the) (?:article|news story|news item|press release|blog(?: post)?|feature) (?:reports|describes|summarises|covers|discusses|looks at)\b").unwrap()
});

/// Made by more than one.
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static TOGETHER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:published|produced|written|developed|prepared|authored|created|launched|released|issued|compiled|drafted)\b[^.;:]{0,60}?\b(?:jointly (?:by|with)|together with|in partnership with|in collaboration with|in association with|alongside)\s|\b(?:co-)?(?:published|produced|written|developed) with\s|\b(?:report|guide|guidance|toolkit|briefing|paper|study|review|survey|framework|publication),? in (?:partnership|collaboration|association) with\s").unwrap()
});

#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static JOINTLY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:jointly (?:published|produced|written|developed|prepared|authored|commissioned|issued)|(?:published|produced|written|developed|prepared|authored|commissioned|issued) jointly) (?:by|with)\s").unwrap()
});

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = registered(copy);
    for item in &copy.entries {
        queries.extend(reports_others(copy, item));
        queries.extend(missing(copy, item));
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
        match register.find(&line.plain) {
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

fn former(copy: &Copy<'_>, line: &Line<'_>, publisher: &Publisher) -> Option<Query> {
    let (long, short) = split_abbreviation(&line.plain);
    if fold(long) == fold(&publisher.name) || fold(&line.plain) == fold(&publisher.name) {
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
        for found in MADE_BY.find_iter(&line.plain) {
            let name = name_at(&line.plain[found.end()..]);
            if !name.is_empty() && !item.entry.publishers.iter().any(|publisher| is_same(copy, publisher, name)) {
                let message = format!("{publisher} reports on a work by {name}. Credit {name}, and link to the work.");
                return Some(line.query(Rule::PUBLISHER_REPORTS_OTHERS, found.start()..found.end() + name.len(), message));
            }
        }
    }
    None
}

/// A co-publisher that the text names and the heading does not.
fn missing(copy: &Copy<'_>, item: &Item<'_>) -> Option<Query> {
    for line in copy.texts_of(&item.part).filter(|line| line.depth == 0) {
        let mut names: Vec<(usize, &str)> = Vec::new();
        for found in TOGETHER.find_iter(&line.plain).chain(JOINTLY.find_iter(&line.plain)) {
            names.extend(both(&line.plain, found.end()));
        }
        names.extend(subject(copy, item, line));
        for (start, name) in names {
            if !item.entry.publishers.iter().any(|publisher| is_same(copy, publisher, name)) {
                let message = format!("The text names {name} as a publisher too, and the heading does not. Add it to the heading, or change the text.");
                return Some(line.query(Rule::PUBLISHER_MISSING, start..start + name.len(), message));
            }
        }
    }
    None
}

/// The names behind "published jointly by": one, or two with "and" between them.
fn both(plain: &str, at: usize) -> Vec<(usize, &str)> {
    let start = |name: &str| name.as_ptr() as usize - plain.as_ptr() as usize;
    let name = name_at(&plain[at..]);
    if name.is_empty() {
        return Vec::new();
    }
    let mut names = vec![(start(name), name)];
    let end = start(name) + name.len();
    if let Some(rest) = plain[end..].strip_prefix(" and ") {
        let second = name_at(rest);
        if !second.is_empty() {
            names.push((start(second), second));
        }
    } else if let Some((first, second)) = name.split_once(" and ") {
        // "Lorne Trust and Averly Unit" reads as one name.
        names = vec![(start(first), first), (start(name_at(second)), name_at(second))];
    }
    names
}

/// "Harbour Trust and the University of Calderby have developed …", where Harbour Trust stands in the heading.
fn subject<'p>(copy: &Copy<'_>, item: &Item<'_>, line: &'p Line<'_>) -> Option<(usize, &'p str)> {
    let plain = &line.plain;
    let (first, rest) = plain.split_once(" and ")?;
    let is_own = first.split_whitespace().count() <= 10
        && item.entry.publishers.iter().any(|publisher| is_same(copy, publisher, name_at(first)) && name_at(first).len() + 4 >= first.len());
    let name = name_at(rest);
    let start = name.as_ptr() as usize - plain.as_ptr() as usize;
    let rest = plain.get(start + name.len()..)?;
    let has_made = ["developed", "published", "produced", "launched", "written", "released", "issued", "created"]
        .iter()
        .any(|verb| rest.split_whitespace().take(16).any(|word| word == *verb))
        || rest.trim_start().starts_with("have ") && rest.split_whitespace().nth(1).is_some_and(|word| word.ends_with("ed"));
    let joint = rest.trim_start_matches(['\'', '\u{2019}', 's']).split_whitespace().take(16).any(|word| word == "have");
    (is_own && !name.is_empty() && has_made && joint).then_some((start, name))
}

/// Whether two names are of one organisation: the same, one inside the other, one the other's initials, or one in the register.
fn is_same(copy: &Copy<'_>, publisher: &str, name: &str) -> bool {
    let (long, short) = split_abbreviation(publisher);
    let (a, b) = (fold(long), fold(name));
    let initials: String = long.split_whitespace().filter(|word| word.starts_with(char::is_uppercase)).filter_map(|word| word.chars().next()).collect();
    let in_register = match (copy.known.register.find(publisher), copy.known.register.find(name)) {
        (Some(one), Some(other)) => one.name == other.name,
        _ => false,
    };
    a == b || a.contains(&b) || b.contains(&a) || short == Some(name) || initials == name || in_register
}
