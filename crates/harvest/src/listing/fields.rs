//! Where in a row its link, title, date and summary are: the second half of a proposal.

use pulse_model::source::Selectors;
use scraper::{ElementRef, Selector};

use super::propose::{RowLink, mean, title_quality};
use super::rows::{self, HEADING, LINK, TIME};
use super::stable;
use crate::page;

/// So many rows are asked; they are alike.
const MOST_ASKED: usize = 40;

/// Selectors for the fields of rows, beside that of the row.
pub(super) fn selectors(row: String, rows: &[RowLink<'_, '_>]) -> Selectors {
    let row_css = Selector::parse(&row).ok();
    let is_row = |element: ElementRef<'_>| row_css.as_ref().is_some_and(|css| css.matches(&element));
    let asked: Vec<Asked<'_>> =
        rows.iter().take(MOST_ASKED).map(|(row, link)| Asked { parts: rows::extent(*row, is_row), link: link.element, words: link.words.clone() }).collect();
    let title = title(&asked);
    let date = date(&asked);
    let summary = summary(&asked, &title, &date);
    Selectors { row, link: link(&asked), title, date, summary }
}

struct Asked<'a> {
    parts: Vec<ElementRef<'a>>,
    link: ElementRef<'a>,
    words: String,
}

impl<'a> Asked<'a> {
    /// The elements of the row, the row itself left out unless it is the link.
    fn elements(&self) -> impl Iterator<Item = ElementRef<'a>> + '_ {
        self.parts.iter().enumerate().flat_map(|(at, part)| part.descendent_elements().skip(usize::from(at == 0)))
    }

    fn first(&self, selector: &Selector) -> Option<ElementRef<'a>> {
        rows::inside(&self.parts, selector).next()
    }
}

/// Whether most rows say yes, so many of a hundred.
fn most(asked: &[Asked<'_>], percent: usize, is: impl Fn(&Asked<'_>) -> bool) -> bool {
    asked.iter().filter(|row| is(row)).count() * 100 >= asked.len() * percent
}

/// A selector whose first match in a row is the element that `of` gives, in most rows that have one.
fn pointing_at<'a>(asked: &[Asked<'a>], of: impl Fn(&Asked<'a>) -> Option<ElementRef<'a>>) -> Option<String> {
    let pairs: Vec<(&Asked<'a>, ElementRef<'a>)> = asked.iter().filter_map(|row| Some((row, of(row)?))).collect();
    let targets: Vec<ElementRef<'a>> = pairs.iter().map(|(_, target)| *target).collect();
    let first = targets.first()?;
    let parents: Vec<ElementRef<'a>> = targets.iter().filter_map(|target| target.parent().and_then(ElementRef::wrap)).collect();
    let mut candidates = stable::forms(&targets);
    if candidates.is_empty() {
        candidates.push(first.value().name().to_owned());
    }
    let tag = candidates.last()?.clone();
    candidates.extend(stable::forms(&parents).into_iter().map(|parent| format!("{parent} > {tag}")));
    let before: Vec<ElementRef<'a>> = targets.iter().filter_map(|target| target.prev_siblings().find_map(ElementRef::wrap)).collect();
    if before.len() == targets.len() {
        candidates.extend(stable::forms(&before).into_iter().map(|before| format!("{before} + {tag}")));
    }
    candidates.push(stable::by_place(*first));
    candidates.extend(parents.first().map(|parent| format!("{} > {}", stable::by_place(*parent), stable::by_place(*first))));
    let fits = |candidate: &String| {
        let Ok(selector) = Selector::parse(candidate) else { return 0 };
        pairs.iter().filter(|(row, target)| row.first(&selector).is_some_and(|found| found.id() == target.id())).count()
    };
    let counted: Vec<(usize, String)> = candidates.into_iter().map(|candidate| (fits(&candidate), candidate)).collect();
    let (count, best) = counted.into_iter().rev().max_by_key(|(count, _)| *count)?;
    (count * 10 >= pairs.len() * 8).then_some(best)
}

fn link(asked: &[Asked<'_>]) -> String {
    let is_first = |row: &Asked<'_>| {
        let mut links = row.parts.iter().flat_map(|part| std::iter::once(*part).filter(|part| LINK.matches(part)).chain(part.select(&LINK)));
        links.find(|link| !rows::words_of_link(*link).is_empty()).is_none_or(|first| first.id() == row.link.id())
    };
    if most(asked, 90, is_first) {
        return String::new();
    }
    pointing_at(asked, |row| Some(row.link)).unwrap_or_default()
}

fn heading<'a>(row: &Asked<'a>) -> Option<ElementRef<'a>> {
    row.first(&HEADING)
}

fn title(asked: &[Asked<'_>]) -> String {
    let has_heading = |row: &Asked<'_>| row.link.select(&HEADING).next().is_some();
    let reads_well = mean(asked.iter().map(|row| title_quality(&row.words))) > 0.4;
    let holds_more = |row: &Asked<'_>| row.link.descendent_elements().skip(1).filter(|inner| !page::words(*inner).is_empty()).nth(1).is_some();
    if reads_well && (most(asked, 80, has_heading) || !most(asked, 60, holds_more)) {
        return String::new();
    }
    if most(asked, 80, |row| heading(row).is_some_and(|heading| !page::words(heading).is_empty())) {
        // Headings alone are found without being told.
        return if reads_well { pointing_at(asked, heading).unwrap_or_default() } else { String::new() };
    }
    // Else the first part, by its place, that reads like titles throughout.
    let leaves = |row: &Asked<'_>| -> Vec<String> {
        row.elements().filter(|element| element.child_elements().next().is_none()).filter_map(|leaf| stable::forms(&[leaf]).into_iter().next()).collect()
    };
    let Some(first) = asked.first() else { return String::new() };
    let named = |form: &String| ["title", "head", "name"].iter().any(|word| form.to_ascii_lowercase().contains(word));
    let (mut forms, others): (Vec<String>, Vec<String>) = leaves(first).into_iter().partition(named);
    forms.extend(others);
    let own = mean(asked.iter().map(|row| title_quality(&row.words)));
    let reads_like_titles = |form: &String| {
        let Ok(selector) = Selector::parse(form) else { return false };
        let words: Vec<String> = asked.iter().filter_map(|row| row.first(&selector)).map(page::words).filter(|words| !words.is_empty()).collect();
        words.len() * 10 >= asked.len() * 8 && mean(words.iter().map(|words| title_quality(words))) >= own.min(0.6)
    };
    forms.into_iter().find(reads_like_titles).unwrap_or_default()
}

fn date(asked: &[Asked<'_>]) -> String {
    if most(asked, 50, |row| row.first(&TIME).is_some()) {
        return "time".to_owned();
    }
    if !most(asked, 50, |row| dated(row).is_some()) {
        return String::new();
    }
    pointing_at(asked, dated).unwrap_or_default()
}

/// The smallest element whose words are a date, outside the title.
fn dated<'a>(row: &Asked<'a>) -> Option<ElementRef<'a>> {
    let is_outside = |element: &ElementRef<'_>| element.id() != row.link.id() && !HEADING.matches(element) && is_beside_link(element, row);
    let mut dates = row.elements().filter(is_outside).filter(|element| rows::looks_like_date(&page::words(*element)));
    let first = dates.next()?;
    let inner = dates.take_while(|inner| inner.ancestors().any(|above| above.id() == first.id())).last();
    Some(inner.unwrap_or(first))
}

/// Whether an element does not hold the link of its row.
fn is_beside_link(element: &ElementRef<'_>, row: &Asked<'_>) -> bool {
    !element.select(&LINK).any(|link| link.id() == row.link.id())
}

/// The words of an element that are no links.
fn own_words(element: ElementRef<'_>) -> String {
    page::words_without(element, &element.select(&LINK).collect::<Vec<_>>())
}

fn summary(asked: &[Asked<'_>], title: &str, date: &str) -> String {
    const LEAST_WORDS: usize = 6;
    let skip: Vec<Selector> = [title, date].into_iter().filter(|css| !css.is_empty()).filter_map(|css| Selector::parse(css).ok()).collect();
    fn tells<'a>(row: &Asked<'a>, skip: &[Selector]) -> Option<ElementRef<'a>> {
        let told: Vec<ElementRef<'_>> = skip.iter().filter_map(|css| row.first(css)).collect();
        let holds = |element: &ElementRef<'_>| {
            let is_paragraph = matches!(element.value().name(), "p" | "dd" | "td" | "div" | "span" | "blockquote");
            is_paragraph
                && element.id() != row.link.id()
                && !told.iter().any(|other| other.id() == element.id() || other.ancestors().any(|above| above.id() == element.id()))
                && is_beside_link(element, row)
                && element.select(&HEADING).next().is_none()
                && own_words(*element).split(' ').count() >= LEAST_WORDS
        };
        row.elements().find(holds)
    }
    if !most(asked, 50, |row| tells(row, &skip).is_some()) {
        return String::new();
    }
    pointing_at(asked, |row| tells(row, &skip)).unwrap_or_default()
}
