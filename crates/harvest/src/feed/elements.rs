//! The elements of RSS, RDF, Atom and CDF feeds.
//!
//! Takes tags and words, finds out where in the feed each stands, and fills a [`Draft`] with those that mean something there.

use pulse_model::{Problem, ProblemKind};
use url::Url;

use super::draft::{Draft, is_address};
use super::fields::{Field, Words};
use super::tags::{Event, Tag, Tags};
use super::vocabulary::Vocabulary;
use super::{Feed, too_many_entries};

/// Where in a feed an open element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Around the feed.
    Outside,
    Feed,
    Entry,
    /// Around elements of the entry that belong together.
    Group,
    Person,
    /// The feed an entry was taken from.
    Source,
    /// Pictures, search boxes and whatever else is not read.
    Aside,
}

/// Reads a feed in XML.
///
/// # Errors
/// What there is instead of a feed.
pub(super) fn read(text: &str, base: &Url) -> Result<Feed, String> {
    let mut reading =
        Reading { tags: Tags::new(text, base), draft: Draft::default(), places: Vec::new(), words: None, names: Vec::new(), root: None, is_feed: false };
    reading.run()?;
    let mut feed = reading.draft.feed;
    feed.home = feed.home.or_else(|| feed.id.clone().filter(|id| is_address(id)));
    if reading.tags.has_refused_entities() {
        feed.problems.push(Problem::new(ProblemKind::Damaged, "the feed declares entities that are not put in"));
    }
    if reading.tags.is_broken {
        feed.problems.push(Problem::new(ProblemKind::Damaged, "the feed breaks off inside its markup; what stands before is read"));
    }
    Ok(feed)
}

struct Reading<'a> {
    tags: Tags<'a>,
    draft: Draft,
    /// One for each open element.
    places: Vec<Place>,
    words: Option<Words>,
    /// Names of tags inside the words.
    names: Vec<String>,
    /// The first element.
    root: Option<String>,
    is_feed: bool,
}

impl Reading<'_> {
    fn run(&mut self) -> Result<(), String> {
        loop {
            match self.tags.next() {
                Event::Start(tag) => {
                    if self.root.is_none() {
                        self.root = Some(tag.name.to_string());
                        if tag.name == "html" {
                            return Err("a web page".to_owned());
                        }
                    }
                    self.start(&tag);
                }
                Event::Words(text) => {
                    if let Some(words) = &mut self.words {
                        words.push(&text);
                    }
                }
                Event::End => {
                    if !self.end() {
                        self.draft.feed.problems.push(too_many_entries());
                        return Ok(());
                    }
                }
                Event::Done => break,
            }
        }
        match &self.root {
            _ if self.is_feed => Ok(()),
            Some(root) if matches!(root.as_str(), "head" | "body" | "div" | "p" | "meta" | "title" | "script" | "table") => Err("a web page".to_owned()),
            Some(root) if matches!(root.as_str(), "urlset" | "sitemapindex") => Err("a sitemap".to_owned()),
            Some(root) if root == "opml" => Err("a list of feeds (OPML)".to_owned()),
            Some(root) => Err(format!("XML of another kind (<{}>)", root.chars().take(40).collect::<String>())),
            None => Err("a text without any markup".to_owned()),
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        let is_entry = matches!(tag.vocabulary, Vocabulary::Core | Vocabulary::Atom) && matches!(&*tag.name, "item" | "entry" | "product");
        if let Some(words) = &mut self.words {
            let is_person = matches!(words.field, Field::Author) && Field::of_person(&tag.name).is_some();
            let is_source = matches!(words.field, Field::Source);
            if is_person || is_source {
                let place = if is_person { Place::Person } else { Place::Source };
                if is_person {
                    self.draft.start_person();
                }
                self.words = None;
                if let Some(around) = self.places.last_mut() {
                    *around = place;
                }
            } else if is_entry {
                // The element before was never closed.
                self.finish_words();
            } else {
                words.start(tag);
                self.names.push(tag.name.to_string());
                self.places.push(Place::Aside);
                return;
            }
        }
        let around = self.places.last().copied().unwrap_or(Place::Outside);
        let place = if is_entry {
            self.is_feed = true;
            self.draft.start_entry(tag, self.tags.language(), self.tags.base());
            Place::Entry
        } else {
            self.start_other(around, tag)
        };
        self.places.push(place);
    }

    fn start_other(&mut self, around: Place, tag: &Tag<'_>) -> Place {
        if matches!(around, Place::Entry | Place::Group) && !self.draft.has_entry() {
            // Inside an entry that was never closed, behind the one that ended it.
            return Place::Aside;
        }
        match (tag.vocabulary, &*tag.name, around) {
            (Vocabulary::Core | Vocabulary::Atom | Vocabulary::Rdf, "rss" | "rdf", Place::Outside) => {
                self.is_feed = true;
                self.draft.feed.language = self.tags.language().map(str::to_owned);
                return Place::Outside;
            }
            (Vocabulary::Core | Vocabulary::Atom, "feed" | "channel", Place::Outside | Place::Feed) => {
                self.is_feed = true;
                if let Some(language) = self.tags.language() {
                    self.draft.feed.language = Some(language.to_owned());
                }
                self.draft.fill_from_attributes(tag, self.tags.base());
                return Place::Feed;
            }
            (Vocabulary::Media, "group", Place::Entry) => return Place::Group,
            (Vocabulary::Media, "content", Place::Entry | Place::Group) => {
                let rel = if tag.attribute("medium") == Some("image") || tag.attribute("type").is_some_and(|kind| kind.starts_with("image/")) {
                    "image"
                } else {
                    "enclosure"
                };
                self.draft.add_link(tag, "url", rel, self.tags.base());
                return Place::Group;
            }
            (Vocabulary::Core | Vocabulary::Atom, "enclosure", Place::Entry | Place::Feed) => self.draft.add_link(tag, "url", "enclosure", self.tags.base()),
            (Vocabulary::Core | Vocabulary::Atom, "category", Place::Entry) => self.draft.add_category(tag),
            (_, name, Place::Person) => {
                if let Some(field) = Field::of_person(name) {
                    self.words = Some(Words::new(field, self.tags.depth(), tag));
                }
            }
            (Vocabulary::Core | Vocabulary::Atom, "title", Place::Source) => self.words = Some(Words::new(Field::SourceTitle, self.tags.depth(), tag)),
            (vocabulary, name, Place::Feed | Place::Entry | Place::Group) => {
                let Some(field) = Field::of(vocabulary, name) else { return Place::Aside };
                if around == Place::Group && !matches!(field, Field::MediaTitle | Field::SecondSummary) {
                    return Place::Aside;
                }
                self.start_field(field, tag);
            }
            _ => {}
        }
        Place::Aside
    }

    fn start_field(&mut self, field: Field, tag: &Tag<'_>) {
        if field == Field::Link && tag.attribute("href").is_some() {
            return self.draft.add_link(tag, "href", "alternate", self.tags.base());
        }
        if field == Field::Content && tag.attribute("src").is_some() {
            self.draft.add_link(tag, "src", "content", self.tags.base());
        }
        self.draft.start_field(field, tag);
        self.words = Some(Words::new(field, self.tags.depth(), tag));
    }

    /// Whether there is more to read.
    fn end(&mut self) -> bool {
        let depth = self.places.len();
        let place = self.places.pop();
        match &mut self.words {
            Some(words) if words.depth < depth => {
                let name = self.names.pop().unwrap_or_default();
                words.end(&name);
                return true;
            }
            Some(_) => self.finish_words(),
            None => {}
        }
        match place {
            Some(Place::Person) => self.draft.finish_person(),
            Some(Place::Entry) => self.draft.finish_entry(),
            _ => {}
        }
        !self.draft.is_full
    }

    fn finish_words(&mut self) {
        self.names.clear();
        let Some(words) = self.words.take() else { return };
        let (field, text) = (words.field, words.finish());
        if !text.value.is_empty() {
            self.draft.fill(field, text, self.tags.base());
        }
    }
}
