//! Co-publishers that a summary names and its heading does not: "published jointly with", "a report by X and Y".

use std::sync::LazyLock;

use regex::Regex;

use super::copy::{Copy, Item, Line};
use super::names::name_at;
use super::publishers::{is_organisation, is_same};
use super::query::Query;
use super::rule::Rule;

/// What publishers make.
const WORK: &str = "(?:report|guide|guidance|toolkit|briefing|paper|study|review|survey|framework|publication|resource|tool)";

/// Made by more than one: what stands behind, or at the group `within`, is another publisher.
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static TOGETHER: LazyLock<Regex> = LazyLock::new(|| {
    let made = "(?:published|produced|written|developed|prepared|authored|created|designed|launched|released|issued|compiled|drafted|commissioned)";
    let with = "(?:jointly (?:by|with)|together with|in (?:partnership|collaboration|conjunction|association|cooperation|co-operation) with)";
    Regex::new(&[
        format!(r"(?i)\b{made}\b[^.;:]{{0,60}}?\b{with}\s"),
        r"\b(?:produced|written|developed|prepared|authored|created|designed) alongside\s".to_owned(),
        r"\b(?:published|produced|written|developed) with\s".to_owned(),
        format!(r"\bco-?{made} (?:with|by)\s"),
        format!(r"\bjointly {made} (?:by|with)\s"),
        format!(r"\b{WORK},? in (?:partnership|collaboration|conjunction|association) with\s"),
        format!(r"\bjoint {WORK} (?:with|by|from|of|between)\s"),
        format!(r"\b(?:work(?:ed|ing)|team(?:ed|ing) up|join(?:ed|ing) forces) with (?P<within>)[^.;:]{{0,60}}? to (?:produce|write|publish|prepare|author|develop|create) (?:this|the) {WORK}\b"),
    ].join("|")).unwrap()
});

/// A work and the two who made it, or one who has made it with another. Asked about only where one of them stands in the heading.
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static BY_TWO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)\b(?:{WORK}|published|produced|written|developed|prepared|authored|created|designed|issued|launched),? (?:by|from)\s|\b(?:collaboration|partnership) between\s|\bjoint effort (?:by|of|between)\s")).unwrap()
});

/// "X, together with Y, has published", "In partnership with Y, X has published".
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static ALONG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:, (?:(?:together|along|working|jointly|in partnership|in collaboration) )?|\b(?:In (?:partnership|collaboration|association)|Together|Working|Along) )with (?P<name>[^,.;:]{3,60}),[^,.;:]{0,60}? (?:has|have) (?:published|produced|written|developed|prepared|launched|released|issued|created)\b").unwrap()
});

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    copy.entries.iter().filter_map(|item| missing(copy, item)).collect()
}

/// A co-publisher that the text names and the heading does not.
fn missing(copy: &Copy<'_>, item: &Item<'_>) -> Option<Query> {
    for line in copy.texts_of(&item.part).filter(|line| line.depth == 0) {
        let mut names: Vec<(usize, &str)> = Vec::new();
        for found in TOGETHER.captures_iter(&line.plain) {
            // "Worked with X to produce this": the name stands within.
            names.extend(
                found.name("within").map(|name| name.start()).or(found.get(0).map(|found| found.end())).into_iter().flat_map(|at| both(&line.plain, at)),
            );
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
