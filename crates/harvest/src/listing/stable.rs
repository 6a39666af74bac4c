//! CSS selectors that will still fit next month: names that people gave, not those that a build or a counter made.
//!
//! In: elements. Out: forms of them in CSS, the best first; and of rows, the form that finds them and nothing else on their page.

use std::collections::HashSet;

use scraper::{ElementRef, Html, Selector};

use super::rows::LINK;
use crate::page::MOST_ANCESTORS;

/// Words that say how something looks or where it stands, not what it is.
const LOOKS: [&str; 34] = [
    "active",
    "align",
    "alternate",
    "block",
    "border",
    "center",
    "clearfix",
    "col",
    "column",
    "current",
    "even",
    "fade",
    "first",
    "flex",
    "float",
    "grid",
    "hidden",
    "inline",
    "last",
    "left",
    "margin",
    "middle",
    "odd",
    "padding",
    "relative",
    "right",
    "row",
    "rounded",
    "selected",
    "shadow",
    "show",
    "sticky",
    "text",
    "visible",
];

/// Whether people gave this name, so that it will be there next month.
pub(super) fn is_name(name: &str) -> bool {
    let is_plain = name.len() >= 2 && name.len() <= 60 && name.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_'));
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic());
    is_plain
        && starts_well
        && !LOOKS.contains(&name)
        && !["css-", "sc-", "jsx-", "emotion-", "svelte-", "is-", "has-", "ng-"].iter().any(|made| name.starts_with(made))
        && !words(name).any(is_made)
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(['-', '_']).filter(|word| !word.is_empty())
}

/// Whether a word looks like a hash: capitals where no word of a name begins, or no vowel anywhere.
fn is_made(word: &str) -> bool {
    let bytes = word.as_bytes();
    let rises = bytes.windows(2).filter(|pair| pair.first().is_some_and(u8::is_ascii_lowercase) && pair.get(1).is_some_and(u8::is_ascii_uppercase)).count();
    let has_vowel = bytes.iter().any(|byte| b"aeiouyAEIOUY".contains(byte));
    let ends_high = bytes.len() >= 4 && bytes.last().is_some_and(u8::is_ascii_uppercase) && bytes.iter().any(u8::is_ascii_lowercase);
    rises * 3 >= bytes.len().max(4) || (rises > 0 && ends_high) || (bytes.len() >= 5 && !has_vowel)
}

/// The steady part of a class that a build made of a name and a hash: `Card_title__` of `Card_title__x3kR9`.
fn prefix(class: &str) -> Option<&str> {
    let (name, hash) = class.rsplit_once("__")?;
    let is_built = name.contains('_') && !hash.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_'));
    is_built.then(|| &class[..name.len() + 2])
}

/// How elements can be told from others by what all of them share: `li.document`, `li`. The best first, the bare tag last; nothing
/// when their tags differ.
pub(super) fn forms(elements: &[ElementRef<'_>]) -> Vec<String> {
    let Some(first) = elements.first() else { return Vec::new() };
    let tag = first.value().name();
    if elements.iter().any(|element| element.value().name() != tag) || !tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Vec::new();
    }
    let mut forms = Vec::new();
    if let Some(id) = first.value().id().filter(|id| is_name(id))
        && elements.iter().all(|element| element.value().id() == Some(id))
    {
        forms.push(format!("{tag}#{id}"));
    }
    let shared = |class: &&str| elements.iter().all(|element| element.value().classes().any(|other| other == *class));
    forms.extend(first.value().classes().filter(|class| is_name(class)).filter(shared).take(4).map(|class| format!("{tag}.{class}")));
    for prefix in first.value().classes().filter_map(prefix).take(2) {
        if elements.iter().all(|element| element.value().classes().any(|other| other.starts_with(prefix))) {
            forms.push(format!("{tag}[class*=\"{prefix}\"]"));
        }
    }
    forms.push(tag.to_owned());
    forms
}

/// How one element can be told from its siblings when nothing else does: `td:nth-of-type(2)`.
pub(super) fn by_place(element: ElementRef<'_>) -> String {
    let tag = element.value().name();
    let before = element.prev_siblings().filter_map(ElementRef::wrap).filter(|other| other.value().name() == tag).count();
    format!("{tag}:nth-of-type({})", before + 1)
}

/// A selector that finds these elements and, where that can be, nothing else that has a link.
pub(super) fn row_selector(html: &Html, rows: &[ElementRef<'_>]) -> Option<String> {
    let wanted: HashSet<_> = rows.iter().map(|row| row.id()).collect();
    let own = forms(rows);
    let parents: Vec<ElementRef<'_>> = rows.iter().filter_map(|row| row.parent().and_then(ElementRef::wrap)).collect();
    let parent_forms = forms(&parents);
    let tag = own.last()?.clone();
    let is_named = |form: &&String| form.contains(['.', '#', '[']);
    let mut candidates: Vec<String> = own.iter().filter(is_named).cloned().collect();
    candidates.extend(parent_forms.iter().filter(is_named).map(|parent| format!("{parent} > {tag}")));
    let shared = shared_ancestors(rows);
    let is_main = |element: &ElementRef<'_>| element.value().name() == "main" || element.attr("role") == Some("main");
    for above in &shared {
        let names = forms(std::slice::from_ref(above));
        let main = is_main(above).then(|| if above.value().name() == "main" { "main".to_owned() } else { "[role=main]".to_owned() });
        for name in main.iter().chain(names.iter().filter(is_named)) {
            candidates.extend(own.iter().filter(is_named).map(|form| format!("{name} {form}")));
            candidates.extend(parent_forms.iter().map(|parent| format!("{name} {parent} > {tag}")));
            candidates.extend(parent_forms.iter().map(|parent| format!("{name} > {parent} > {tag}")));
            candidates.push(format!("{name} > {tag}"));
            candidates.push(format!("{name} {tag}"));
        }
    }
    candidates.extend(parent_forms.iter().map(|parent| format!("{parent} > {tag}")));
    candidates.push(tag.clone());
    if let Some(lowest) = shared.first() {
        candidates.push(by_places(*lowest, rows, &tag));
    }
    const MOST_TRIED: usize = 60;
    let mut best: Option<(usize, String)> = None;
    for candidate in candidates.into_iter().take(MOST_TRIED) {
        let Ok(selector) = Selector::parse(&candidate) else { continue };
        let (mut hits, mut extra) = (0, 0);
        for found in html.select(&selector) {
            if wanted.contains(&found.id()) {
                hits += 1;
            } else if LINK.matches(&found) || found.select(&LINK).next().is_some() {
                extra += 1;
            }
        }
        let wrong = (rows.len() - hits) * 2 + extra;
        if wrong == 0 {
            return Some(candidate);
        }
        if best.as_ref().is_none_or(|(least, _)| wrong < *least) {
            best = Some((wrong, candidate));
        }
    }
    best.filter(|(wrong, _)| *wrong * 2 <= rows.len()).map(|(_, candidate)| candidate)
}

/// The elements above all of these, the nearest first.
fn shared_ancestors<'a>(rows: &[ElementRef<'a>]) -> Vec<ElementRef<'a>> {
    let Some((first, others)) = rows.split_first() else { return Vec::new() };
    let mut shared: Vec<ElementRef<'a>> = first.ancestors().filter_map(ElementRef::wrap).take(MOST_ANCESTORS).collect();
    for other in others {
        let above: HashSet<_> = other.ancestors().take(MOST_ANCESTORS).map(|above| above.id()).collect();
        let is_shared = |element: &ElementRef<'_>| above.contains(&element.id());
        let keep = shared.iter().position(is_shared).unwrap_or(shared.len());
        shared.drain(..keep);
    }
    shared
}

/// The way from the top of the page down to the rows, by places: for a page without any names.
fn by_places(lowest: ElementRef<'_>, rows: &[ElementRef<'_>], tag: &str) -> String {
    let mut steps: Vec<String> = lowest
        .ancestors()
        .filter_map(ElementRef::wrap)
        .take(MOST_ANCESTORS)
        .filter(|above| !matches!(above.value().name(), "html" | "body"))
        .map(by_place)
        .collect();
    steps.reverse();
    steps.push(by_place(lowest));
    let between = rows.first().map(|row| {
        row.ancestors()
            .filter_map(ElementRef::wrap)
            .take_while(|above| above.id() != lowest.id())
            .map(|above| above.value().name().to_owned())
            .collect::<Vec<_>>()
    });
    steps.extend(between.unwrap_or_default().into_iter().rev());
    steps.push(tag.to_owned());
    steps.join(" > ")
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn names_of_people_and_of_builds() {
        for name in ["docs", "publication-list", "publicationListItem", "listing__item", "gem-c-document-list__item", "views-row", "newsItem", "Teaser"] {
            assert!(is_name(name), "{name}");
        }
        for made in ["css-xkqzrt", "sc-bdVaJa", "bdVaJa", "node-1234", "kXyZaB", "row", "md:flex", "is-active", "bdjkfgh", "post-17", "w-1/2", ""] {
            assert!(!is_name(made), "{made}");
        }
    }
}
