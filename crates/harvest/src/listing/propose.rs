//! Selectors for a page, from its repeated structure.
//!
//! Links that stand at the same place of the tree are a group; the largest element around each that has no other link of the group is
//! its row. Each group becomes selectors, the page is read with them, and the score says how much what was read looks like a list
//! of publications: many rows, titles of several words, dates beside them, in the main part of the page and not in its navigation.
//!
//! Out: the best first. Always: each proposal was tried; its records are what its selectors find on the page.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use pulse_model::Record;
use pulse_model::source::Selectors;
use scraper::{ElementRef, Html};
use url::Url;

use super::fields;
use super::rows::{self, Compiled, LINK};
use super::stable;
use super::zones::Zones;
use crate::page::{self, MOST_ANCESTORS};

/// Selectors and what they find.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// For [`pulse_model::Channel::Listing`].
    pub selectors: Selectors,
    /// What they find on the page.
    pub records: Vec<Record>,
    /// How much that looks like a list of publications: from 0; a good one is above 1.
    pub score: f64,
}

/// No more links of a page are weighed.
const MOST_LINKS: usize = 5000;
/// So many groups become selectors; each is tried on the whole page.
const MOST_GROUPS: usize = 16;
/// A file's link stands so near to that of its title.
const FIRST_WITHIN: usize = 3;
/// So many proposals are made.
const MOST_PROPOSALS: usize = 5;
/// What scores less is no list of publications.
const LEAST_SCORE: f64 = 0.6;

/// Proposes selectors for a page, the best first; none when nothing on it looks like a list of publications.
pub fn propose(html: &Html, url: &Url, now: i64) -> Vec<Proposal> {
    let links = links(html, url);
    let zones = Zones::of(html);
    let mut groups: Vec<(f64, Vec<&Link<'_>>)> = groups(&links).into_iter().map(|group| (promise(&group, &zones), group)).collect();
    groups.retain(|(promise, _)| *promise > 0.0);
    groups.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut proposals: Vec<Proposal> = Vec::new();
    for (_, group) in groups.into_iter().take(MOST_GROUPS) {
        let Some(rows) = rows_of(&group) else { continue };
        let elements: Vec<ElementRef<'_>> = rows.iter().map(|(row, _)| *row).collect();
        let Some(row) = stable::row_selector(html, &elements) else { continue };
        let selectors = fields::selectors(row, &rows);
        let Ok(compiled) = Compiled::new(&selectors) else { continue };
        let records = rows::read(html, url, &compiled, now).records;
        let score = score(&records, url) * zones.weight(&elements) * (1.0 - 0.9 * mean(rows.iter().map(|(row, _)| f64::from(u8::from(is_in_text(*row))))));
        if score >= LEAST_SCORE && proposals.iter().all(|other| !is_same(other, &records)) {
            proposals.push(Proposal { selectors, records, score });
        }
    }
    proposals.sort_by(|a, b| b.score.total_cmp(&a.score));
    proposals.truncate(MOST_PROPOSALS);
    proposals
}

fn is_same(proposal: &Proposal, records: &[Record]) -> bool {
    proposal.records.len() == records.len() && proposal.records.iter().zip(records).all(|(one, other)| one.key == other.key && one.title == other.title)
}

/// A link of the page that leads elsewhere.
pub(super) struct Link<'a> {
    pub(super) element: ElementRef<'a>,
    pub(super) words: String,
    url: Url,
    /// The elements above it, the nearest first.
    above: Vec<ElementRef<'a>>,
}

fn links<'a>(html: &'a Html, url: &Url) -> Vec<Link<'a>> {
    let base = page::base(html, url);
    let leads_away = |to: &Url| to.path() != url.path() || to.host_str() != url.host_str() || to.query() != url.query();
    let link = |element: ElementRef<'a>| {
        let to = page::absolute(&base, element.attr("href")?).filter(leads_away)?;
        let above = element.ancestors().filter_map(ElementRef::wrap).take(MOST_ANCESTORS).collect();
        Some(Link { element, words: rows::words_of_link(element), url: to, above })
    };
    html.select(&LINK).filter_map(link).take(MOST_LINKS).collect()
}

/// Links at the same place of the tree: by tags alone (sections of months side by side), by tags and names (two lists of one
/// build), and the first within each element above (a title, and its file beside it).
fn groups<'a, 'b>(links: &'b [Link<'a>]) -> Vec<Vec<&'b Link<'a>>> {
    let mut groups: HashMap<u64, Vec<&Link<'a>>> = HashMap::new();
    let mut order = Vec::new();
    let mut firsts = HashSet::new();
    for link in links {
        let mut tags = DefaultHasher::new();
        let mut names = DefaultHasher::new();
        "names".hash(&mut names);
        for element in std::iter::once(&link.element).chain(&link.above) {
            element.value().name().hash(&mut tags);
            element.value().name().hash(&mut names);
            let own = element.value().id().into_iter().chain(element.value().classes());
            own.filter(|name| stable::is_name(name)).for_each(|name| name.hash(&mut names));
        }
        let (tags, names) = (tags.finish(), names.finish());
        let mut keys = vec![tags, names];
        for (turn, above) in (1..).zip(link.above.iter().take(FIRST_WITHIN)) {
            if firsts.insert((above.id(), tags)) {
                keys.push(tags.rotate_left(turn));
            }
        }
        for key in keys {
            groups.entry(key).or_insert_with(|| {
                order.push(key);
                Vec::new()
            });
            if let Some(group) = groups.get_mut(&key) {
                group.push(link);
            }
        }
    }
    order.iter().filter_map(|key| groups.remove(key)).filter(|group| group.len() > 1).collect()
}

/// How much a group may turn out to be, before its rows are known.
fn promise(group: &[&Link<'_>], zones: &Zones<'_>) -> f64 {
    let places: HashSet<&str> = group.iter().map(|link| link.url.as_str()).collect();
    if places.len() < 2 {
        return 0.0;
    }
    let titles = mean(group.iter().map(|link| if rows::is_invitation(&link.words) { 0.5 } else { 0.1 + title_quality(&link.words) }));
    let elements: Vec<ElementRef<'_>> = group.iter().map(|link| link.element).collect();
    many(places.len()) * titles * zones.weight(&elements)
}

/// The row of each link, and the link itself.
pub(super) type RowLink<'a, 'b> = (ElementRef<'a>, &'b Link<'a>);

fn rows_of<'a, 'b>(group: &[&'b Link<'a>]) -> Option<Vec<RowLink<'a, 'b>>> {
    // Above how many places of the group an element is: the first, and whether there is another.
    let mut over: HashMap<_, (&str, bool)> = HashMap::new();
    for link in group {
        for element in &link.above {
            let (first, is_shared) = over.entry(element.id()).or_insert((link.url.as_str(), false));
            *is_shared |= *first != link.url.as_str();
        }
    }
    let climb = |link: &Link<'a>| link.above.iter().take_while(|element| over.get(&element.id()).is_some_and(|(_, is_shared)| !is_shared)).count();
    let climbs: Vec<usize> = group.iter().map(|link| climb(link)).collect();
    // The one row of a section would climb up to the section: what most rows do is right.
    let mut counts: HashMap<usize, usize> = HashMap::new();
    climbs.iter().for_each(|climb| *counts.entry(*climb).or_default() += 1);
    let usual = counts.into_iter().max_by_key(|&(climb, count)| (count, std::cmp::Reverse(climb)))?.0;
    let mut seen = HashSet::new();
    let mut rows = Vec::new();
    for (link, climb) in group.iter().zip(&climbs) {
        let row = if usual == 0 { Some(link.element) } else { link.above.get(usual - 1).copied() };
        if let Some(row) = row.filter(|row| *climb >= usual && !matches!(row.value().name(), "html" | "body" | "main"))
            && seen.insert(row.id())
        {
            rows.push((row, *link));
        }
    }
    // The box around a row is as good a row; the box that has a name is the better one.
    while let Some(inner) = rows.iter().map(|(row, link)| only_child(*row, link)).collect::<Option<Vec<_>>>()
        && !is_named(&rows)
    {
        rows.iter_mut().zip(inner).for_each(|((row, _), inner)| *row = inner);
    }
    (rows.len() > 1).then_some(rows)
}

/// The element that is all that another one holds, where it still holds the link.
fn only_child<'a>(row: ElementRef<'a>, link: &Link<'a>) -> Option<ElementRef<'a>> {
    let mut children = row.children().filter(|child| !child.value().as_text().is_some_and(|text| text.trim().is_empty()));
    let inner =
        ElementRef::wrap(children.next()?).filter(|inner| inner.id() != link.element.id() && inner.descendants().any(|node| node.id() == link.element.id()))?;
    children.next().is_none().then_some(inner)
}

/// Whether a row is nothing but a link in running text.
fn is_in_text(row: ElementRef<'_>) -> bool {
    let Some(above) = row.parent().and_then(ElementRef::wrap).filter(|_| LINK.matches(&row)) else { return false };
    let links: Vec<ElementRef<'_>> = above.select(&LINK).collect();
    let linked: usize = links.iter().map(|link| page::words(*link).len()).sum();
    page::words_without(above, &links).len() > linked
}

fn is_named(rows: &[RowLink<'_, '_>]) -> bool {
    let elements: Vec<ElementRef<'_>> = rows.iter().map(|(row, _)| *row).collect();
    matches!(elements.first().map(|row| row.value().name()), Some("li" | "tr" | "article" | "dt")) || stable::forms(&elements).len() > 1
}

fn score(records: &[Record], url: &Url) -> f64 {
    let share = |is: &dyn Fn(&Record) -> bool| mean(records.iter().map(|record| f64::from(u8::from(is(record)))));
    let titles: HashSet<&str> = records.iter().map(|record| record.title.as_str()).collect();
    let distinct = mean_of(titles.len(), records.len());
    let dated = share(&|record| record.published_at.or(record.updated_at).is_some());
    // Two links in a text are no list, unless each has its date.
    if records.len() < 2 || (records.len() == 2 && dated < 1.0) {
        return 0.0;
    }
    let described = share(&|record| !record.summary.is_empty());
    // Pages of the same list, and the list by subject, lead to the page itself with other parameters.
    let to_itself = share(&|record| record.link().is_some_and(|link| link.path() == url.path() && link.host_str() == url.host_str()));
    let quality = mean(records.iter().map(|record| title_quality(&record.title)));
    many(records.len()) * quality * distinct * (1.0 + 0.8 * dated + 0.3 * described) * (1.0 - 0.9 * to_itself)
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn many(rows: usize) -> f64 {
    (1.0 + rows as f64).ln()
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows")]
fn mean_of(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

pub(super) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    if count > 0.0 { sum / count } else { 0.0 }
}

/// How much a text looks like the title of a publication, from 0 to 1.
pub(super) fn title_quality(text: &str) -> f64 {
    if rows::is_invitation(text) || rows::looks_like_date(text) && text.chars().count() < 30 {
        return 0.0;
    }
    if text.chars().count() > 300 {
        return 0.3;
    }
    match text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count() {
        0 => 0.0,
        1 => 0.15,
        2 => 0.45,
        3 => 0.8,
        _ => 1.0,
    }
}
