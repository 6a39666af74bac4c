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

/// Made by more than one: what stands behind is another publisher.
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static TOGETHER: LazyLock<Regex> = LazyLock::new(|| {
    let made = "(?:published|produced|written|developed|prepared|authored|created|designed|launched|released|issued|compiled|drafted|commissioned)";
    let work = "(?:report|guide|guidance|toolkit|briefing|paper|study|review|survey|framework|publication|resource|tool)";
    let with = "(?:jointly (?:by|with)|together with|in (?:partnership|collaboration|conjunction|association|cooperation|co-operation) with)";
    Regex::new(&[
        format!(r"(?i)\b{made}\b[^.;:]{{0,60}}?\b{with}\s"),
        r"\b(?:produced|written|developed|prepared|authored|created|designed) alongside\s".to_owned(),
        r"\b(?:published|produced|written|developed) with\s".to_owned(),
        format!(r"\bco-?{made} (?:with|by)\s"),
        format!(r"\bjointly {made} (?:by|with)\s"),
        format!(r"\b{work},? in (?:partnership|collaboration|conjunction|association) with\s"),
        format!(r"\bjoint {work} (?:with|by|from|of|between)\s"),
        format!(r"\b(?:work(?:ed|ing)|team(?:ed|ing) up|join(?:ed|ing) forces) with [^.;:]{{0,60}}? to (?:produce|write|publish|prepare|author|develop|create) (?:this|the) {work}\b"),
    ].join("|")).unwrap()
});

/// A work and the two who made it, or one who has made it with another. Asked about only where one of them stands in the heading.
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static BY_TWO: LazyLock<Regex> = LazyLock::new(|| {
    let work = "(?:report|guide|guidance|toolkit|briefing|paper|study|review|survey|framework|publication|resource|tool)";
    Regex::new(&format!(r"(?i)\b(?:{work}|published|produced|written|developed|prepared|authored|created|designed|issued|launched),? (?:by|from)\s|\b(?:collaboration|partnership) between\s|\bjoint effort (?:by|of|between)\s")).unwrap()
});

/// "X, together with Y, has published".
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static ALONG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r", (?:(?:together|along|working|jointly|in partnership|in collaboration) )?with (?P<name>[^,.;:]{3,60}), (?:has|have) (?:published|produced|written|developed|prepared|launched|released|issued|created)\b").unwrap()
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
fn is_organisation(copy: &Copy<'_>, name: &str) -> bool {
    copy.known.register.find(name).is_some() || fold(name).split(' ').any(|word| ORGANISATIONS.contains(&word))
}

/// A co-publisher that the text names and the heading does not.
fn missing(copy: &Copy<'_>, item: &Item<'_>) -> Option<Query> {
    for line in copy.texts_of(&item.part).filter(|line| line.depth == 0) {
        let mut names: Vec<(usize, &str)> = Vec::new();
        for found in TOGETHER.find_iter(&line.plain) {
            // "Worked with X to produce this": the name stands within.
            let at = found
                .as_str()
                .to_lowercase()
                .find(" with ")
                .filter(|_| {
                    ["work", "team", "join"]
                        .iter()
                        .any(|verb| found.as_str().to_lowercase().starts_with(verb) && !found.as_str().to_lowercase().starts_with("jointly"))
                })
                .map_or(found.end(), |at| found.start() + at + 6);
            names.extend(both(&line.plain, at));
        }
        for found in ALONG.captures_iter(&line.plain).filter_map(|found| found.name("name")) {
            names.extend(both(&line.plain, found.start()));
        }
        for found in BY_TWO.find_iter(&line.plain) {
            let two = both(&line.plain, found.end());
            let is_own = |name: &str| item.entry.publishers.iter().any(|publisher| is_same(copy, publisher, name));
            if two.len() > 1 && two.iter().any(|(_, name)| is_own(name)) {
                names.extend(two);
            }
        }
        // "Q4 2025" and "the department's plan" are no publishers.
        names.retain(|(_, name)| !name.contains(|c: char| c.is_ascii_digit()));
        names.retain(|(start, name)| !line.plain[start + name.len()..].trim_start_matches(['\'', '\u{2019}']).starts_with("s "));
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
    let is_in_heading = |name: &str| !name.is_empty() && item.entry.publishers.iter().any(|publisher| is_same(copy, publisher, name));
    let (one, other) = (name_at(first), name_at(rest));
    let is_subject = first.split_whitespace().count() <= 10 && one.len() + 4 >= first.len();
    let is_own = is_subject && (is_in_heading(one) || (is_in_heading(other) && is_organisation(copy, one)));
    let name = if is_in_heading(one) { other } else { one };
    let start = name.as_ptr() as usize - plain.as_ptr() as usize;
    let rest = plain.get(other.as_ptr() as usize - plain.as_ptr() as usize + other.len()..)?;
    let has_made = ["developed", "published", "produced", "launched", "written", "released", "issued", "created"]
        .iter()
        .any(|verb| rest.split_whitespace().take(16).any(|word| word == *verb))
        || rest.trim_start().starts_with("have ") && rest.split_whitespace().nth(1).is_some_and(|word| word.ends_with("ed"));
    let joint =
        rest.trim_start_matches(['\'', '\u{2019}', 's']).split_whitespace().take(16).any(|word| word == "have") || sentence_of(rest).contains("jointly");
    (is_own && !name.is_empty() && has_made && joint).then_some((start, name))
}

/// What is left of a sentence.
fn sentence_of(rest: &str) -> &str {
    rest.split(". ").next().unwrap_or(rest)
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
