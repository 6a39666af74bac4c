//! The rows of one page, by selectors.

use std::collections::HashMap;

use pulse_model::source::Selectors;
use pulse_model::{LinkRole, Problem, ProblemKind, Record};
use regex::Regex;
use scraper::{ElementRef, Html, Selector};
use std::sync::LazyLock;
use url::Url;

use super::next;
use crate::dates;
use crate::error::HarvestError;
use crate::look::MOST_RECORDS;
use crate::page;

/// Selectors that can be used.
#[derive(Debug)]
pub struct Compiled {
    row: Selector,
    link: Option<Selector>,
    title: Option<Selector>,
    date: Option<Selector>,
    summary: Option<Selector>,
}

impl Compiled {
    /// # Errors
    ///
    /// When one of them is no CSS selector, or there is none for the row.
    pub fn new(selectors: &Selectors) -> Result<Self, HarvestError> {
        let parse = |name: &str, text: &str| {
            Selector::parse(text)
                .map_err(|error| HarvestError::Settings { what: format!("the selector of the {name}, `{text}`, is none that CSS knows: {error}") })
        };
        let optional = |name: &str, text: &str| if text.trim().is_empty() { Ok(None) } else { parse(name, text).map(Some) };
        if selectors.row.trim().is_empty() {
            return Err(HarvestError::Settings { what: "a listing needs a selector for its rows; `pulse source try` proposes one".to_owned() });
        }
        Ok(Self {
            row: parse("row", &selectors.row)?,
            link: optional("link", &selectors.link)?,
            title: optional("title", &selectors.title)?,
            date: optional("date", &selectors.date)?,
            summary: optional("summary", &selectors.summary)?,
        })
    }
}

/// What one page has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Its rows that link to something, in order; each address once.
    pub records: Vec<Record>,
    /// The next page of the listing.
    pub next: Option<Url>,
    /// What the page calls itself.
    pub title: Option<String>,
    /// What was wrong.
    pub problems: Vec<Problem>,
}

/// The longest summary that is kept, in characters.
const LONGEST_SUMMARY: usize = 2000;
/// A date with what stands around it, in characters.
const LONGEST_DATE: usize = 80;
/// A row has no more files than this.
const MOST_FILES: usize = 20;

/// Reads the rows of a page. `now` tells dates that cannot be true.
pub fn read(html: &Html, url: &Url, selectors: &Compiled, now: i64) -> Page {
    let base = page::base(html, url);
    let mut page = Page { next: next::page(html, &base, url), title: title(html), ..Page::default() };
    let mut seen: HashMap<String, usize> = HashMap::new();
    let (mut without_link, mut without_title) = (0, 0);
    for row in html.select(&selectors.row) {
        if page.records.len() >= MOST_RECORDS {
            let message = format!("the page has more than {MOST_RECORDS} rows; the first of them are read");
            page.problems.push(Problem::new(ProblemKind::TooLarge, message));
            break;
        }
        let row = Row::of(row, selectors);
        let Some(mut record) = row.record(&base, selectors, now, &mut page.problems) else {
            // A row of headings has no link at all and says nothing.
            without_link += usize::from(row.links().next().is_some());
            continue;
        };
        without_title += usize::from(record.title.is_empty());
        if let Some(&at) = seen.get(&record.key) {
            let Some(first) = page.records.get_mut(at) else { continue };
            if first.title.is_empty() {
                first.title = record.title;
                continue;
            }
            if first.title == record.title || record.title.is_empty() {
                continue;
            }
            page.problems.push(Problem::new(ProblemKind::SharedId, format!("\"{}\" and \"{}\" link to the same address", first.title, record.title)));
            record.key = format!("{} {}", record.key, record.title);
            if seen.contains_key(&record.key) {
                continue;
            }
        }
        seen.insert(record.key.clone(), page.records.len());
        page.records.push(record);
    }
    if without_link > 0 {
        page.problems.push(Problem::new(ProblemKind::NoLink, format!("rows of the listing whose link leads to no page: {without_link}")));
    }
    if without_title > 0 {
        page.problems.push(Problem::new(ProblemKind::NoTitle, format!("rows of the listing without a title: {without_title}")));
    }
    page
}

/// A row: an element, and behind a heading or a term what stands under it.
struct Row<'a> {
    parts: Vec<ElementRef<'a>>,
}

impl<'a> Row<'a> {
    fn of(row: ElementRef<'a>, selectors: &Compiled) -> Self {
        Self { parts: extent(row, |element| selectors.row.matches(&element)) }
    }

    fn all<'b>(&'b self, selector: &'b Selector) -> impl Iterator<Item = ElementRef<'a>> + 'b {
        inside(&self.parts, selector)
    }

    /// The same, the row itself among them: a row may be a link or a heading.
    fn with_row<'b>(&'b self, selector: &'b Selector) -> impl Iterator<Item = ElementRef<'a>> + 'b {
        self.parts.first().copied().filter(|row| selector.matches(row)).into_iter().chain(self.all(selector))
    }

    fn links(&self) -> impl Iterator<Item = ElementRef<'a>> + '_ {
        self.with_row(&LINK)
    }

    fn record(&self, base: &Url, selectors: &Compiled, now: i64, problems: &mut Vec<Problem>) -> Option<Record> {
        let leads = |element: &ElementRef<'_>| page::absolute(base, element.attr("href")?);
        let chosen = match &selectors.link {
            Some(selector) => self.all(selector).find_map(|found| {
                leads(&found).map(|url| (found, url)).or_else(|| {
                    let inner = found.select(&LINK).find(|link| leads(link).is_some())?;
                    leads(&inner).map(|url| (inner, url))
                })
            }),
            None => {
                let mut links = self.links().filter_map(|link| leads(&link).map(|url| (link, url)));
                let first = links.next();
                // The first link is often a picture; the one with words beside it is the same place.
                match first {
                    Some((link, _)) if words_of_link(link).is_empty() => links.find(|(link, _)| !words_of_link(*link).is_empty()).or(first),
                    first => first,
                }
            }
        };
        let (link, url) = chosen?;
        let title = self.title(Some(link), selectors).unwrap_or_default();
        let mut record = Record { key: url.as_str().to_owned(), title, ..Record::default() };
        let files = self.links().filter(|other| other.id() != link.id()).filter_map(|other| Some((other, leads(&other)?)));
        let mut files: Vec<_> =
            files.map(|(other, url)| page::link(url, &page::words(other))).filter(|link| link.role == LinkRole::File).take(MOST_FILES).collect();
        files.retain(|file| file.url != url);
        record.links.push(page::link(url, ""));
        for file in files {
            if record.links.iter().all(|known| known.url != file.url) {
                record.links.push(file);
            }
        }
        self.date(&mut record, link, selectors, now, problems);
        let summary =
            selectors.summary.as_ref().and_then(|selector| self.all(selector).map(page::words).find(|words| !words.is_empty() && *words != record.title));
        record.summary = summary.unwrap_or_default().chars().take(LONGEST_SUMMARY).collect();
        Some(record)
    }

    /// What a row calls its publication: the words of its title, or else of its link, or else of a heading in it.
    fn title(&self, link: Option<ElementRef<'a>>, selectors: &Compiled) -> Option<String> {
        let own = selectors.title.as_ref().and_then(|selector| self.all(selector).map(page::words).find(|words| !words.is_empty()));
        let own = own.or_else(|| link.map(words_of_link)).map(|title| undecorated(&title)).filter(|title| !title.is_empty());
        match own {
            Some(title) if !is_invitation(&title) => Some(title),
            other => self.with_row(&HEADING).map(|heading| undecorated(&page::words(heading))).find(|words| !words.is_empty()).or(other),
        }
    }

    fn date(&self, record: &mut Record, link: ElementRef<'a>, selectors: &Compiled, now: i64, problems: &mut Vec<Problem>) {
        let whose = format!("the row \"{}\"", record.title);
        let given: Vec<String> = match &selectors.date {
            Some(selector) => self.all(selector).map(date_text).collect(),
            None => self.all(&TIME).map(date_text).collect(),
        };
        let is_update = |text: &str| UPDATED.is_match(text) && text.chars().count() <= LONGEST_DATE;
        let readable = |update: bool| given.iter().find(|text| is_update(text) == update && dates::parse(text).is_some()).cloned();
        let (mut published, updated) = (readable(false), readable(true));
        if published.is_none() && updated.is_none() {
            published = given.iter().find(|text| !text.is_empty()).cloned();
        }
        if given.is_empty() && selectors.date.is_none() {
            // "Title, 3 May 2023": what is left of a short row without its link.
            let rest: Vec<String> = self.parts.iter().map(|part| page::words_without(*part, &[link])).collect();
            published = Some(rest.join(" ")).filter(|text| looks_like_date(text));
        }
        let mut moment = |text: Option<String>| dates::parse_plausible(&text?, now, &whose, problems);
        record.published_at = moment(published);
        record.updated_at = moment(updated);
    }
}

/// A row's elements: itself, and behind a term its definitions, behind a heading what stands under it.
pub(super) fn extent<'a>(row: ElementRef<'a>, is_row: impl Fn(ElementRef<'a>) -> bool) -> Vec<ElementRef<'a>> {
    const MOST_PARTS: usize = 20;
    let level = |name: &str| name.strip_prefix('h').filter(|level| level.len() == 1).and_then(|level| level.parse::<u8>().ok());
    let mut parts = vec![row];
    let name = row.value().name();
    let following = row.next_siblings().filter_map(ElementRef::wrap).take(MOST_PARTS).take_while(|next| !is_row(*next));
    if name == "dt" {
        parts.extend(following.take_while(|next| next.value().name() == "dd"));
    } else if let Some(own) = level(name) {
        parts.extend(following.take_while(|next| level(next.value().name()).is_none_or(|other| other > own)));
    }
    parts
}

/// What a selector finds inside a row, and among the elements that belong to it.
pub(super) fn inside<'a, 'b>(parts: &'b [ElementRef<'a>], selector: &'b Selector) -> impl Iterator<Item = ElementRef<'a>> + 'b {
    parts.iter().enumerate().flat_map(move |(at, part)| Some(*part).filter(|part| at > 0 && selector.matches(part)).into_iter().chain(part.select(selector)))
}

/// The words of a link, or those for who does not see it. A whole card may be a link: its heading is the title then.
pub(super) fn words_of_link(link: ElementRef<'_>) -> String {
    let seen = link.select(&HEADING).map(page::words).find(|words| !words.is_empty()).unwrap_or_else(|| page::words(link));
    if !seen.is_empty() {
        return seen;
    }
    let picture = || link.select(&PICTURE).find_map(|picture| picture.attr("alt"));
    let unseen = link.attr("aria-label").or_else(|| link.attr("title")).or_else(picture);
    page::one_line(unseen.unwrap_or_default())
}

/// The words of a date: those for programs where they can be read, else those for people.
fn date_text(element: ElementRef<'_>) -> String {
    let time = element.select(&TIME).next().unwrap_or(element);
    let for_programs = time.attr("datetime").or_else(|| time.attr("content")).filter(|text| dates::parse(text).is_some());
    let words = page::words(element);
    match for_programs {
        Some(text) if UPDATED.is_match(&words) => format!("{text} updated"),
        Some(text) => text.to_owned(),
        None => words,
    }
}

/// Whether a few words are a date and little else.
pub(super) fn looks_like_date(text: &str) -> bool {
    text.len() >= 6
        && text.chars().count() <= LONGEST_DATE
        && YEAR.is_match(text)
        && text.trim_end_matches('.').len() > 4
        && dates::parse(text).is_some()
        && DAY_OR_MONTH.is_match(text)
}

/// Words that invite to follow a link and say nothing of what is there.
pub(super) fn is_invitation(text: &str) -> bool {
    INVITATION.is_match(text)
}

/// A title without what sites write behind it: "(PDF, 1.2 MB)", "(opens in a new window)".
pub(super) fn undecorated(title: &str) -> String {
    let mut title = title.trim();
    while let Some(found) = DECORATION.find(title) {
        if found.start() == 0 {
            break;
        }
        title = title[..found.start()].trim_end();
    }
    title.to_owned()
}

fn title(html: &Html) -> Option<String> {
    let selector = Selector::parse("title").ok()?;
    // Pictures have titles of their own.
    let found = html.select(&selector).find(|title| title.parent().and_then(ElementRef::wrap).is_some_and(|above| above.value().name() == "head"))?;
    Some(page::one_line(&found.text().collect::<String>())).filter(|title| !title.is_empty())
}

#[expect(clippy::unwrap_used, reason = "fixed selectors, used by every test")]
pub(super) fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap()
}

#[expect(clippy::unwrap_used, reason = "fixed patterns, used by every test")]
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap()
}

pub(super) static LINK: LazyLock<Selector> = LazyLock::new(|| selector("a[href]"));
pub(super) static TIME: LazyLock<Selector> = LazyLock::new(|| selector("time"));
pub(super) static HEADING: LazyLock<Selector> = LazyLock::new(|| selector("h1, h2, h3, h4, h5, h6"));
static PICTURE: LazyLock<Selector> = LazyLock::new(|| selector("img[alt]"));
static INVITATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^\W*((read|find out|see|view|learn|show|discover)( the)?( more| full| report| publication| details| article| all)+|more|read|view|details|continue reading|download( (now|pdf|report|the report|file|here))?|click here|here|pdf|full (report|text)|darllen mwy)\W*$",
    )
});
static DECORATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\s*[(\[]\s*(opens|open|link opens|external link)?[^()\[\]]*(\b(pdf|word|docx?|odt|xlsx?|excel|csv|html|[kmg]b|kib|mib)\b|\bin (a )?new (window|tab)\b|external link)[^()\[\]]*[)\]]\s*$",
    )
});
static UPDATED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(updated|diweddarwyd)\b"));
static YEAR: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(19|20)\d\d\b|\b\d{1,2}[/.]\d{1,2}[/.]\d\d\b"));
static DAY_OR_MONTH: LazyLock<Regex> = LazyLock::new(|| pattern(r"\p{L}{3,}|\d\D+\d"));
