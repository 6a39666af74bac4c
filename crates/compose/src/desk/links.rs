//! Links: where they lead, whether they are there, and what their words say.

use std::sync::LazyLock;

use pulse_model::digest::Shape;
use pulse_model::name::fold;
use pulse_model::{Problem, ProblemKind};
use regex::Regex;

use super::LinkState;
use super::copy::{Copy, Line, about, addresses};
use super::query::{Fix, Part, Query, Within};
use super::rule::Rule;

/// Words of which a link can be made that says nothing of where it leads, folded: "click here", "find out more on this page".
const EMPTY: [&str; 49] = [
    "a",
    "access",
    "also",
    "and",
    "at",
    "available",
    "below",
    "click",
    "details",
    "download",
    "find",
    "following",
    "follow",
    "for",
    "from",
    "full",
    "further",
    "go",
    "here",
    "in",
    "information",
    "it",
    "learn",
    "link",
    "links",
    "more",
    "now",
    "of",
    "on",
    "online",
    "out",
    "page",
    "pdf",
    "please",
    "read",
    "see",
    "site",
    "that",
    "the",
    "these",
    "this",
    "to",
    "us",
    "view",
    "visit",
    "web",
    "webpage",
    "website",
    "you",
];

/// Words that promise a link and are none.
#[expect(clippy::unwrap_used, reason = "a fixed pattern")]
static PROMISE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:click (?:here|on the link)|(?:available|downloaded|download(?: it)?|read(?: it| more)?|found|accessed|viewed) here|(?:see|follow|use|using|via|through|from) (?:the|this)(?: attached| following)? link(?: below| above)?|at the link (?:below|above))\b|\b(?:book|register|download|read|apply|subscribe|sign up|order)\b[^.;:]{0,40} here(?:[.!]|$)|\]\(").unwrap()
});

pub(super) fn ask(copy: &Copy<'_>) -> Vec<Query> {
    let mut queries = without_link(copy);
    queries.extend(lost(copy));
    queries.extend(beside(copy));
    for line in copy.prose() {
        let Some(text) = line.text else { continue };
        let mut at = 0;
        let mut labels: Vec<(std::ops::Range<usize>, &str)> = Vec::new();
        for run in text.runs() {
            let range = at..at + run.text.len();
            at = range.end;
            match (&run.style.link, labels.last_mut()) {
                (Some(href), Some((label, address))) if label.end == range.start && *address == href.as_str() => label.end = range.end,
                (Some(href), _) => labels.push((range, href.as_str())),
                (None, _) => {}
            }
        }
        for (range, address) in &labels {
            if let Some((rule, message)) = state(copy, address) {
                queries.push(moved(copy, address, line.query(rule, range.clone(), message)));
            }
            if let Some(message) = says_nothing(&line.plain[range.clone()], address) {
                queries.push(line.query(Rule::LINK_TEXT, range.clone(), message));
            }
        }
        queries.extend(bare(line, &labels));
        for found in PROMISE.find_iter(&line.plain) {
            let is_likeness = [" between", " to", " with"].iter().any(|word| line.plain[found.end()..].starts_with(word));
            if !is_likeness && !labels.iter().any(|(label, _)| label.start < found.end() && found.start() < label.end) {
                queries.push(line.query(Rule::LINK_MISSING, found.range(), "These words promise a link, and there is none. Add it, or change the words."));
            }
        }
    }
    queries
}

/// Entries without any link, unless the file lost it ([`lost`]). Where most have none, the file they came from had lost them: one query says so.
fn without_link(copy: &Copy<'_>) -> Vec<Query> {
    // In a list of links, what has none is a heading's own text.
    if copy.known.digest.import.shape == Shape::Links {
        return Vec::new();
    }
    let bare: Vec<_> = copy.entries.iter().filter(|item| item.entry.links.is_empty() && lost_link(&item.entry.problems).is_none()).collect();
    if bare.len() > 3 && bare.len() * 2 > copy.entries.len() {
        let message = format!("{} of {} entries have no link. Add the addresses of their publications.", bare.len(), copy.entries.len());
        return vec![about(&Part::Edition, Rule::LINK_MISSING, "", message)];
    }
    bare.iter().map(|item| about(&item.part, Rule::LINK_MISSING, &item.entry.heading(), "The entry has no link. Add the address of its publication.")).collect()
}

fn lost_link(problems: &[Problem]) -> Option<&Problem> {
    problems.iter().find(|problem| matches!(problem.kind, ProblemKind::LinkLost | ProblemKind::LinkRefused))
}

/// Links whose address was empty or none when the file was read. Where many were lost, one query says so.
fn lost(copy: &Copy<'_>) -> Vec<Query> {
    const MANY: usize = 5;
    let news = copy.edition.news.iter().zip(1..).map(|(item, number)| (Part::News { number }, item.title.clone(), &item.problems));
    let entries = copy.entries.iter().map(|item| (item.part.clone(), item.entry.heading(), &item.entry.problems));
    let found = news.chain(entries).filter_map(|(part, heading, problems)| Some((part, heading, lost_link(problems)?)));
    let queries: Vec<Query> = found
        .map(|(part, heading, problem)| {
            let line = problem.line.map(|line| format!(" on line {line} of the file")).unwrap_or_default();
            let message = format!("A link{line} leads nowhere: {}. Add its address, or take the link out.", problem.message);
            about(&part, Rule::LINK_MISSING, &heading, message)
        })
        .collect();
    if queries.len() <= MANY {
        return queries;
    }
    let message = format!("Links of {} entries and news items had no address in the file. Add the ones that readers need.", queries.len());
    vec![about(&Part::Edition, Rule::LINK_MISSING, "", message)]
}

/// Links beside the text: of headings.
fn beside(copy: &Copy<'_>) -> Vec<Query> {
    let news = copy.edition.news.iter().zip(1..).map(|(item, number)| (Part::News { number }, &item.links, &item.title));
    let entries = copy.entries.iter().map(|item| (item.part.clone(), &item.entry.links, &item.entry.title));
    let mut queries = Vec::new();
    for (part, links, title) in news.chain(entries) {
        for (number, link) in (1..).zip(links) {
            let words = if link.text.is_empty() { title } else { &link.text };
            if let Some((rule, message)) = state(copy, link.url.as_str()) {
                let mut query = about(&part, rule, words, message);
                query.place.within = Within::Link(number);
                queries.push(moved(copy, link.url.as_str(), query));
            }
            if number > 1
                && !link.text.is_empty()
                && let Some(message) = says_nothing(&link.text, link.url.as_str())
            {
                let mut query = about(&part, Rule::LINK_TEXT, words, message);
                query.place.within = Within::Link(number);
                queries.push(query);
            }
        }
    }
    queries
}

/// Addresses of pages that stand in the text as they are, linked or not.
fn bare(line: &Line<'_>, labels: &[(std::ops::Range<usize>, &str)]) -> Vec<Query> {
    let is_page = |words: &str| words.contains("://") || (words.contains('/') && words.starts_with("www."));
    let is_linked = |range: &std::ops::Range<usize>| labels.iter().any(|(label, _)| label.start < range.end && range.start < label.end);
    let found = addresses(&line.plain).into_iter().filter(|range| is_page(&line.plain[range.clone()]) && !is_linked(range) && !line.is_code(range));
    found.map(|range| line.query(Rule::LINK_TEXT, range, "An address stands in the text. Link words that say where it leads.")).collect()
}

/// What is wrong with an address, if it was asked and something is.
fn state(copy: &Copy<'_>, address: &str) -> Option<(Rule, String)> {
    match copy.known.links.get(address)? {
        LinkState::Fine => None,
        LinkState::Moved { to } => moved_to(address, to).map(|message| (Rule::LINK_MOVED, message)),
        LinkState::Dead { why } => Some((Rule::LINK_DEAD, format!("{address} leads nowhere: {why}. Correct it, or take the link out."))),
    }
}

/// What to say of an address that has moved. Nothing where it only leads to itself.
fn moved_to(address: &str, to: &str) -> Option<String> {
    let ((host, path), (new_host, new_path)) = (place(address), place(to));
    Some(match () {
        () if (&host, &path) == (&new_host, &new_path) => {
            let to = with_fragment(address, to);
            return (to != address).then(|| format!("{address} has moved to {to}. Link there."));
        }
        () if new_path.is_empty() && !path.is_empty() => {
            format!("{address} leads to a home page now, {to}. What was linked may be gone: find its new address, or take the link out.")
        }
        () => format!("{address} leads to {to} now. See that it is the same page, and link there."),
    })
}

/// The fix of a moved address: only where it is the same page under another scheme, with or without "www." or a slash.
fn moved(copy: &Copy<'_>, address: &str, query: Query) -> Query {
    let fix = match copy.known.links.get(address) {
        Some(LinkState::Moved { to }) if place(address) == place(to) => Some(Fix::Address { old: address.to_owned(), new: with_fragment(address, to) }),
        _ => None,
    };
    Query { fix, ..query }
}

/// Where an address has moved, at the same place of the page.
fn with_fragment(address: &str, to: &str) -> String {
    match address.split_once('#') {
        Some((_, fragment)) if !to.contains('#') => format!("{to}#{fragment}"),
        _ => to.to_owned(),
    }
}

/// The host without "www.", and the path and query without a last slash of the path.
fn place(address: &str) -> (String, String) {
    let page = address.split('#').next().unwrap_or_default();
    let rest = page.split_once("://").map_or(page, |(_, rest)| rest);
    let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let host = host.to_lowercase();
    let (path, query) = path.split_at(path.find('?').unwrap_or(path.len()));
    (host.strip_prefix("www.").unwrap_or(&host).to_owned(), format!("{}{query}", path.trim_end_matches('/')))
}

fn says_nothing(label: &str, address: &str) -> Option<String> {
    let is_address = addresses(label).contains(&(0..label.len())) && label.contains('/');
    if is_address && !address.starts_with("mailto:") {
        return Some("The words of this link are its address. Say in words where it leads.".to_owned());
    }
    let folded = fold(label);
    // A small number alone is a mark of a footnote; "#2011" names something.
    let is_empty = |word: &str| EMPTY.contains(&word) || (word.len() <= 3 && !label.contains('#') && word.chars().all(|c| c.is_ascii_digit()));
    (folded.split(' ').all(is_empty) || !label.chars().any(char::is_alphanumeric))
        .then(|| format!("\u{201c}{label}\u{201d} does not say where the link leads. Link words that do."))
}
