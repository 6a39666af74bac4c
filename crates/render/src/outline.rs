//! The edition as a reader meets it: what stands under which heading, at which level, and what leads where.
//!
//! In: a tidy digest and edition. Out: an [`Outline`] that the e-mail, the text and the page print, each in its own way,
//! so that all of them have the same parts in the same order.
//!
//! Invariants: heading levels never skip, whatever has no name; an id is given once, and never to a slug that could
//! not be one; what is empty has no heading.
//! Not here: any mark-up.

use std::collections::HashSet;
use std::str::FromStr;

use pulse_model::edition::{Entry as ModelEntry, Link};
use pulse_model::name::fold;
use pulse_model::{Blocks, Digest, Edition, Href, Letter, Slug};

use crate::Addresses;

/// What is printed between the masthead and the footer.
#[derive(Debug)]
pub(crate) struct Outline<'a> {
    pub(crate) letter: &'a Letter,
    pub(crate) news: Option<News<'a>>,
    pub(crate) sectors: Vec<Sector<'a>>,
}

/// The team's news.
#[derive(Debug)]
pub(crate) struct News<'a> {
    pub(crate) heading: &'a str,
    pub(crate) items: Vec<Item<'a>>,
}

/// One item of news; its heading is of level 3.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    /// May be empty: then it has no heading.
    pub(crate) title: &'a str,
    pub(crate) links: Links<'a>,
    pub(crate) body: &'a Blocks,
}

/// A sector. One without a name has no heading, and everything in it moves up a level.
#[derive(Debug)]
pub(crate) struct Sector<'a> {
    /// From 1, its place in the edition.
    pub(crate) number: usize,
    pub(crate) name: &'a str,
    pub(crate) categories: Vec<Category<'a>>,
}

/// A category. One without a name has no heading, and its entries move up a level.
#[derive(Debug)]
pub(crate) struct Category<'a> {
    /// From 1, its place in the sector.
    pub(crate) number: usize,
    pub(crate) name: &'a str,
    /// Of its heading.
    pub(crate) level: usize,
    pub(crate) entries: Vec<Entry<'a>>,
}

/// An entry.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// Its id on a page and the end of its own address. An entry whose slug cannot be one, or is taken, has none.
    pub(crate) slug: Option<&'a str>,
    /// Its own page, where there is a web edition.
    pub(crate) page: Option<String>,
    /// Of its heading.
    pub(crate) level: usize,
    /// Each publisher by name.
    pub(crate) publishers: &'a [String],
    /// The title without the full stop it is printed with.
    pub(crate) name: &'a str,
    /// "A and B." or nothing.
    pub(crate) publisher: String,
    /// "Title.", never empty.
    pub(crate) title: String,
    pub(crate) links: Links<'a>,
    pub(crate) summary: &'a Blocks,
}

/// Where a heading leads, and what stands beside it.
#[derive(Debug)]
pub(crate) struct Links<'a> {
    pub(crate) first: Option<&'a Href>,
    /// Each with words to print. The first link is here again when its label says what the heading does not.
    pub(crate) further: Vec<(String, &'a Href)>,
}

/// A line of the table of contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contents<'a> {
    pub(crate) id: String,
    pub(crate) name: &'a str,
    pub(crate) count: usize,
    /// Ids and names of the categories that have one.
    pub(crate) categories: Vec<(String, &'a str)>,
}

impl<'a> Outline<'a> {
    /// The outline of a digest and an edition from [`crate::tidy`].
    pub(crate) fn of(digest: &'a Digest, edition: &'a Edition, addresses: &'a Addresses) -> Self {
        let mut taken = HashSet::new();
        let mut entry = |entry: &'a ModelEntry, level| Entry::of(entry, level, addresses, &mut taken);
        let sectors = edition.sectors.iter().zip(1..).map(|(sector, number)| {
            let above = if sector.name.is_empty() { 1 } else { 2 };
            let categories = sector.categories.iter().zip(1..).map(|(category, number)| {
                let level = above + 1;
                let entry_level = if category.name.is_empty() { level } else { level + 1 };
                let entries = category.entries.iter().map(|one| entry(one, entry_level)).collect();
                Category { number, name: &category.name, level, entries }
            });
            Sector { number, name: &sector.name, categories: categories.collect() }
        });
        let sectors = sectors.collect();
        let items: Vec<_> = edition.news.iter().map(|item| Item { title: &item.title, links: Links::of(&item.links, &item.title), body: &item.body }).collect();
        let news = (!items.is_empty()).then(|| News { heading: digest.news_heading(), items });
        Self { letter: &edition.letter, news, sectors }
    }

    /// The table of contents: the news, then every sector that has a name.
    pub(crate) fn contents(&self) -> Vec<Contents<'a>> {
        let news = self.news.iter().map(|news| Contents { id: NEWS_ID.to_owned(), name: news.heading, count: news.items.len(), categories: Vec::new() });
        let sectors = self.sectors.iter().filter(|sector| !sector.name.is_empty()).map(|sector| Contents {
            id: sector.id(),
            name: sector.name,
            count: sector.count(),
            categories: sector.named().map(|category| (sector.category_id(category), category.name)).collect(),
        });
        news.chain(sectors).collect()
    }

    /// Every entry, in order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.sectors.iter().flat_map(|sector| &sector.categories).flat_map(|category| &category.entries)
    }
}

/// The id of the team's news. Like all ids of our own it has an underscore, which no slug has, so that none can be an entry's.
pub(crate) const NEWS_ID: &str = "the_news";

impl<'a> Sector<'a> {
    /// The categories that have a name.
    fn named(&self) -> impl Iterator<Item = &Category<'a>> {
        self.categories.iter().filter(|category| !category.name.is_empty())
    }

    /// Its id on a page.
    pub(crate) fn id(&self) -> String {
        format!("sector_{}", self.number)
    }

    /// The id on a page of one of its categories.
    pub(crate) fn category_id(&self, category: &Category<'_>) -> String {
        format!("sector_{}_{}", self.number, category.number)
    }

    /// How many entries it has.
    pub(crate) fn count(&self) -> usize {
        self.categories.iter().map(|category| category.entries.len()).sum()
    }
}

impl<'a> Entry<'a> {
    fn of(entry: &'a ModelEntry, level: usize, addresses: &Addresses, taken: &mut HashSet<&'a str>) -> Self {
        let slug = Some(entry.slug.as_str()).filter(|slug| Slug::from_str(slug).is_ok() && taken.insert(slug));
        let (publisher, title) = heading_parts(entry);
        Self {
            slug,
            page: slug.and_then(|slug| addresses.entry_page(slug)),
            level,
            publishers: &entry.publishers,
            name: &entry.title,
            links: Links::of(&entry.links, &format!("{publisher} {title}")),
            publisher,
            title,
            summary: &entry.summary,
        }
    }

    /// Whether it is a heading and nothing else.
    pub(crate) fn is_bare(&self) -> bool {
        self.summary.is_empty() && self.links.further.is_empty()
    }

    /// The heading as one line.
    pub(crate) fn heading(&self) -> String {
        [self.publisher.as_str(), self.title.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// Splits [`ModelEntry::heading`] into its two sentences, the publisher's and the title's. Where one is missing, the other
/// is the title, so that there is always something for the link to stand on.
fn heading_parts(entry: &ModelEntry) -> (String, String) {
    let publisher = if entry.publishers.is_empty() { String::new() } else { format!("{}.", entry.publisher()) };
    let title = match entry.title.as_str() {
        "" if publisher.is_empty() => "Untitled.".to_owned(),
        "" => return (String::new(), publisher),
        _ => entry.heading()[publisher.len()..].trim_start().to_owned(),
    };
    (publisher, title)
}

impl<'a> Links<'a> {
    fn of(links: &'a [Link], heading: &str) -> Self {
        let heading = fold(heading);
        let further = links.iter().enumerate().filter_map(|(at, link)| match (at, link.text.as_str()) {
            (0, label) if heading.contains(&fold(label)) => None,
            (_, "") => Some((place(&link.url), &link.url)),
            (_, label) => Some((label.to_owned(), &link.url)),
        });
        Self { first: links.first().map(|link| &link.url), further: further.collect() }
    }
}

/// What a link without a label is called: where it leads, without what only machines read.
pub(crate) fn place(url: &Href) -> String {
    let address = url.as_str();
    let address = ["https://www.", "http://www.", "https://", "http://", "mailto:"].iter().find_map(|start| address.strip_prefix(start)).unwrap_or(address);
    let address = address.split(['?', '#']).next().unwrap_or(address).trim_end_matches('/');
    match address.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &address[..end]),
        None => address.to_owned(),
    }
}

/// "1 entry", "12 entries".
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The first sentence of the letter, or of whatever the edition has, for previews and descriptions; at most 160 characters.
pub(crate) fn opening(outline: &Outline<'_>, digest: &Digest) -> String {
    let letter = [&outline.letter.welcome, &outline.letter.highlights].into_iter().find_map(|blocks| blocks.texts().first().map(|(_, text)| text.plain()));
    let words = letter.unwrap_or_else(|| digest.tagline.clone());
    let end = words.match_indices(['.', '?', '!']).map(|(at, mark)| at + mark.len()).find(|&end| words[end..].starts_with(' ') && end > 20);
    shortened(&words[..end.unwrap_or(words.len())], 160)
}

/// At most `max` characters, cut between words where there are any.
pub(crate) fn shortened(words: &str, max: usize) -> String {
    let Some((end, _)) = words.char_indices().nth(max) else { return words.to_owned() };
    let cut = words[..end].rfind(' ').unwrap_or(end);
    format!("{}…", words[..cut].trim_end_matches([',', ';', ':', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stands_in_for_a_missing_label() {
        let place = |address| place(&Href::parse(address).unwrap());
        assert_eq!(place("https://www.example.org/reports/carers/?utm=1#top"), "example.org/reports/carers");
        assert_eq!(place("mailto:a@example.org"), "a@example.org");
        assert_eq!(place(&format!("https://example.org/{}", "x".repeat(80))).chars().count(), 61);
    }

    #[test]
    fn words_are_cut_between_words() {
        assert_eq!(shortened("one two, three", 10), "one two…");
        assert_eq!(shortened("short", 10), "short");
    }
}
