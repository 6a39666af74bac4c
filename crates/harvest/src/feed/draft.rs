//! The feed while it is read: which of its entries is open, and what its elements fill.
//!
//! Takes fields with their texts, and tags that are links; the entries are in [`Draft::feed`] once they are finished. Where an element
//! comes twice, texts keep the first and dates the last, as feed readers have always done.

use url::Url;

use super::fields::Field;
use super::tags::Tag;
use super::{Entry, Feed, Link, MAX_ENTRIES, Person, Text};

/// A feed while it is read. What is filled is the open entry, or the feed where none is open.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) feed: Feed,
    entry: Option<Entry>,
    person: Option<Person>,
    /// Whether the id of the entry may be an address.
    is_permalink: bool,
    /// What a link of words is of.
    rel: String,
    weak: Weak,
    /// Whether there are more entries than may be.
    pub(super) is_full: bool,
}

/// What of the entry, or the feed before its entries, is in the words of another vocabulary and gives way to its own.
#[derive(Default)]
struct Weak {
    title: bool,
    summary: bool,
    authors: bool,
}

impl Draft {
    pub(super) fn start_entry(&mut self, tag: &Tag<'_>, language: Option<&str>, base: Option<&Url>) {
        self.finish_entry();
        self.is_permalink = true;
        self.weak = Weak::default();
        let about = tag.attributes.iter().find(|(name, _)| name.ends_with(":about")).map(|(_, value)| resolve(value, base));
        self.entry = Some(Entry { id: about.filter(|id| !id.is_empty()), language: language.map(str::to_owned), ..Entry::default() });
        self.fill_from_attributes(tag, base);
    }

    pub(super) fn finish_entry(&mut self) {
        let Some(mut entry) = self.entry.take() else { return };
        if entry.link.is_none() && self.is_permalink {
            // Without any other page, an id that is an address is one.
            entry.link = entry.id.clone().filter(|id| is_address(id));
        }
        if self.feed.entries.len() == MAX_ENTRIES {
            self.is_full = true;
            return;
        }
        self.feed.entries.push(entry);
    }

    /// Whether an entry is open.
    pub(super) fn has_entry(&self) -> bool {
        self.entry.is_some()
    }

    pub(super) fn start_person(&mut self) {
        self.person = Some(Person::default());
    }

    pub(super) fn finish_person(&mut self) {
        let person = self.person.take().filter(|person| *person != Person::default());
        match &mut self.entry {
            Some(entry) => entry.authors.extend(person),
            None => self.feed.authors.extend(person),
        }
    }

    /// CDF puts into attributes what others put into elements.
    pub(super) fn fill_from_attributes(&mut self, tag: &Tag<'_>, base: Option<&Url>) {
        if let Some(updated) = tag.attribute("lastmod") {
            *self.slots().1 = Some(updated.to_owned());
        }
        if tag.attribute("href").is_some() {
            self.add_link(tag, "href", "alternate", base);
        }
    }

    /// What the start of an element says of the text that follows.
    pub(super) fn start_field(&mut self, field: Field, tag: &Tag<'_>) {
        match field {
            Field::Id => self.is_permalink = tag.attribute("ispermalink").is_none_or(|value| value.eq_ignore_ascii_case("true")),
            Field::Link => self.rel = rel_of(tag, "alternate"),
            _ => {}
        }
    }

    /// The dates of the entry, or of the feed: published, updated, created.
    fn slots(&mut self) -> (&mut Option<String>, &mut Option<String>, &mut Option<String>) {
        match &mut self.entry {
            Some(entry) => (&mut entry.published, &mut entry.updated, &mut entry.created),
            None => (&mut self.feed.published, &mut self.feed.updated, &mut self.feed.created),
        }
    }

    fn links(&mut self) -> (&mut Option<String>, &mut Vec<Link>) {
        match &mut self.entry {
            Some(entry) => (&mut entry.link, &mut entry.links),
            None => (&mut self.feed.home, &mut self.feed.links),
        }
    }

    pub(super) fn add_link(&mut self, tag: &Tag<'_>, attribute: &str, default_rel: &str, base: Option<&Url>) {
        let Some(href) = tag.attribute(attribute).map(|href| resolve(href, base)) else { return };
        let rel = rel_of(tag, default_rel);
        let media_type = tag.attribute("type").map(str::to_owned);
        let is_page = rel == "alternate" && media_type.as_deref().is_none_or(|kind| matches!(kind, "text/html" | "application/xhtml+xml" | "html"));
        let link = Link { href: href.clone(), rel, media_type, title: tag.attribute("title").map(str::to_owned) };
        let (page, links) = self.links();
        links.push(link);
        if is_page {
            *page = Some(href);
        }
    }

    /// A category of the open entry, by the name that Atom gives it.
    pub(super) fn add_category(&mut self, tag: &Tag<'_>) {
        let name = tag.attribute("label").or_else(|| tag.attribute("term"));
        if let (Some(entry), Some(name)) = (&mut self.entry, name) {
            entry.categories.push(name.to_owned());
        }
    }

    pub(super) fn fill(&mut self, field: Field, text: Text, base: Option<&Url>) {
        match field {
            Field::Published => *self.slots().0 = Some(text.value),
            Field::Updated => *self.slots().1 = Some(text.value),
            Field::Created => *self.slots().2 = Some(text.value),
            Field::Name | Field::Email | Field::Uri => {
                let address = (field == Field::Uri).then(|| resolve(&text.value, base));
                let Some(person) = &mut self.person else { return };
                match field {
                    Field::Name => person.name = Some(text.plain()),
                    Field::Email => person.email = Some(text.value),
                    _ => person.uri = address,
                }
            }
            Field::Link | Field::OriginalLink => {
                let href = resolve(&text.value, base);
                let rel = if field == Field::Link { std::mem::take(&mut self.rel) } else { "alternate".to_owned() };
                let is_page = rel == "alternate";
                let link = Link { href: href.clone(), rel, ..Link::default() };
                let (page, links) = self.links();
                if field == Field::OriginalLink {
                    // The others count their readers and lead to it.
                    links.iter_mut().filter(|link| link.rel == "alternate").for_each(|link| link.rel = "related".to_owned());
                }
                links.push(link);
                if is_page {
                    *page = Some(href);
                }
            }
            _ => match &mut self.entry {
                Some(_) => self.fill_entry(field, text, base),
                None => match field {
                    Field::Title | Field::MediaTitle => set_own(&mut self.feed.title, &mut self.weak.title, field == Field::MediaTitle, text),
                    Field::Summary | Field::SecondSummary => set_own(&mut self.feed.subtitle, &mut self.weak.summary, field == Field::SecondSummary, text),
                    Field::Id => self.feed.id = Some(self.resolved_id(text.value, base)),
                    Field::Language => self.feed.language = Some(text.value),
                    Field::Dated => self.feed.updated = Some(text.value),
                    Field::Author | Field::SecondAuthor => add_author(&mut self.feed.authors, &mut self.weak.authors, field == Field::SecondAuthor, &text),
                    _ => {}
                },
            },
        }
    }

    fn fill_entry(&mut self, field: Field, text: Text, base: Option<&Url>) {
        let id = (field == Field::Id).then(|| self.resolved_id(text.value.clone(), base));
        let Some(entry) = &mut self.entry else { return };
        match field {
            Field::Title | Field::MediaTitle => set_own(&mut entry.title, &mut self.weak.title, field == Field::MediaTitle, text),
            Field::Summary if entry.summary.is_some() && !self.weak.summary => entry.content.push(text),
            Field::Summary | Field::SecondSummary => set_own(&mut entry.summary, &mut self.weak.summary, field == Field::SecondSummary, text),
            Field::Content => entry.content.push(text),
            Field::Id => entry.id = id,
            Field::Dated => entry.dated = Some(text.value),
            Field::Expired => entry.expired = Some(text.value),
            Field::Author | Field::SecondAuthor => add_author(&mut entry.authors, &mut self.weak.authors, field == Field::SecondAuthor, &text),
            Field::Publisher | Field::Source | Field::SourceTitle => entry.publishers.push(text.plain()),
            Field::Language => entry.language = Some(text.value),
            Field::Identifier => entry.identifiers.push(text.value),
            Field::DocumentType => entry.document_type = Some(text.plain()),
            _ => {}
        }
    }

    /// An id is an address only where it looks like one.
    fn resolved_id(&self, id: String, base: Option<&Url>) -> String {
        if self.is_permalink && id.starts_with('/') { resolve(&id, base) } else { id }
    }
}

/// The first keeps its place, unless it is in the words of another vocabulary.
fn set_own(slot: &mut Option<Text>, is_weak: &mut bool, is_second: bool, text: Text) {
    if slot.is_none() || *is_weak && !is_second {
        *slot = Some(text);
        *is_weak = is_second;
    }
}

fn add_author(authors: &mut Vec<Person>, is_weak: &mut bool, is_second: bool, text: &Text) {
    if *is_weak && !is_second {
        authors.clear();
    }
    if authors.is_empty() || !is_second {
        authors.push(person_of(&text.plain()));
        *is_weak = is_second;
    }
}

/// What a link is of; the registry's own addresses of such words are the words.
fn rel_of(tag: &Tag<'_>, default: &str) -> String {
    let rel = tag.attribute("rel").unwrap_or(default).to_ascii_lowercase();
    ["http://www.iana.org/assignments/relation/", "http://www.iana.org/assignments/link-relations/"]
        .iter()
        .find_map(|start| rel.strip_prefix(start))
        .map(str::to_owned)
        .unwrap_or(rel)
}

pub(super) fn is_address(id: &str) -> bool {
    Url::parse(id).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

/// An address as it stands where it is whole, else what it means beside `base`.
pub(super) fn resolve(address: &str, base: Option<&Url>) -> String {
    let address = address.trim();
    match (Url::parse(address), base) {
        (Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => base.join(address).map_or_else(|_| address.to_owned(), String::from),
        _ => address.to_owned(),
    }
}

/// "a.writer@example.org (A. Writer)", "A. Writer <a.writer@example.org>", and either alone.
pub(super) fn person_of(text: &str) -> Person {
    let is_address = |word: &str| word.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.'));
    let trimmed =
        |word: &str| word.trim_matches(|c: char| matches!(c, '(' | ')' | '<' | '>' | '[' | ']' | ',' | ';' | '"')).trim_start_matches("mailto:").to_owned();
    let email = text.split_whitespace().map(trimmed).find(|word| is_address(word));
    let name = match &email {
        Some(email) => text.replacen(email.as_str(), "", 1).replace("()", "").replace("<>", "").replace("mailto:", ""),
        None => text.to_owned(),
    };
    let name = name.trim().trim_matches(['(', ')', '<', '>', ',', '"']).trim();
    Person { name: (!name.is_empty()).then(|| name.to_owned()), email, uri: None }
}
