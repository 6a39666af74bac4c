//! An edition: letter, news, and sectors of categories of entries.
//!
//! Names of sectors, categories and publishers are kept as the edition prints them, because an archive says what was
//! printed; the taxonomy and the register give them their identity by [`crate::name::fold`]. An entry's heading is
//! built from its fields ([`Entry::heading`]), never typed.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::block::Blocks;
use crate::digest::{Slug, Taxonomy};
use crate::figure::Figure;
use crate::month::{EditionKey, Month};
use crate::problem::Problem;
use crate::text::{Href, Text};

/// Version of the JSON form (`docs/edition-schema.json`). It rises when a field changes its meaning or goes.
pub const SCHEMA_VERSION: u32 = 1;

/// One number of a digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// See [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Which digest.
    pub digest: Slug,
    /// The month it is of.
    pub month: Month,
    /// The day, for digests that appear more often than monthly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<jiff::civil::Date>,
    /// The editor's introduction.
    #[serde(default)]
    pub letter: Letter,
    /// The team's own news.
    #[serde(default)]
    pub news: Vec<NewsItem>,
    /// The body. A sector or category without entries is not here.
    #[serde(default)]
    pub sectors: Vec<Sector>,
    /// What was wrong with the edition as a whole; entries have their own.
    #[serde(default)]
    pub problems: Vec<Problem>,
    /// Lines of an imported file that are not part of the edition, and why.
    #[serde(default)]
    pub set_aside: Vec<SetAside>,
}

/// The editor's introduction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Letter {
    /// What the edition is, and what else opens it.
    pub welcome: Blocks,
    /// What stands out this month.
    pub highlights: Blocks,
    /// How to talk to the team.
    pub call_for_contact: Blocks,
    /// What readers should know about the digest itself: a new address, a summer break, how to unsubscribe.
    pub notices: Blocks,
    /// Who signs.
    pub sign_off: Option<SignOff>,
    /// Addresses and numbers of the organisation, as printed.
    pub contacts: Vec<Contact>,
}

/// "Best wishes," and who says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SignOff {
    /// "Best wishes,".
    pub closing: String,
    /// Who signs.
    pub name: String,
    /// In what role; may be empty.
    pub role: String,
}

/// One line of the organisation's addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// What the line is.
    pub kind: ContactKind,
    /// The line, as printed.
    pub text: Text,
}

/// The kinds of contact line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContactKind {
    /// A postal address.
    Address,
    /// A telephone number.
    Telephone,
    /// An e-mail address.
    Email,
    /// A web page.
    Website,
    /// An account elsewhere, or anything else.
    Other,
}

/// The team's own news.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsItem {
    /// What kind of news.
    pub kind: NewsKind,
    /// Its heading.
    pub title: String,
    /// Links the heading carries.
    #[serde(default)]
    pub links: Vec<Link>,
    /// What it says.
    #[serde(default)]
    pub body: Blocks,
    /// What was wrong with it.
    #[serde(default)]
    pub problems: Vec<Problem>,
}

/// The kinds of news item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NewsKind {
    /// A person, often new in the team.
    Profile,
    /// Work the team carries out for others.
    Evaluation,
    /// An event, or its recording.
    Webinar,
    /// A job.
    Vacancy,
    /// Something the team published.
    Publication,
    /// Anything else.
    Notice,
}

impl NewsKind {
    /// Every kind, in the order of product documents.
    pub const ALL: [Self; 6] = [Self::Profile, Self::Evaluation, Self::Webinar, Self::Vacancy, Self::Publication, Self::Notice];

    /// The name in files, in the store and on pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Evaluation => "evaluation",
            Self::Webinar => "webinar",
            Self::Vacancy => "vacancy",
            Self::Publication => "publication",
            Self::Notice => "notice",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A sector of the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sector {
    /// As printed.
    pub name: String,
    /// In the order printed.
    pub categories: Vec<Category>,
}

/// A category of a sector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// As printed; empty for entries that stand directly below the sector's name.
    pub name: String,
    /// In the order printed.
    pub entries: Vec<Entry>,
}

/// What the digest says of one publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name in addresses: unique within the edition, and never changed once readers have it. Empty until
    /// [`Edition::settle_slugs`].
    #[serde(default)]
    pub slug: String,
    /// By the names the edition prints.
    pub publishers: Vec<String>,
    /// Without the full stop it is printed with.
    pub title: String,
    /// Where the publication is; the first is the one the heading leads to.
    pub links: Vec<Link>,
    /// A description, then lists led in by a sentence.
    pub summary: Blocks,
    /// The figures the summary states, in order.
    #[serde(default)]
    pub figures: Vec<Figure>,
    /// What was wrong with it.
    #[serde(default)]
    pub problems: Vec<Problem>,
}

/// A link beside the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Where it leads.
    pub url: Href,
    /// What it is called; may be empty.
    #[serde(default)]
    pub text: String,
}

/// A line of an imported file that is not part of the edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// From 1.
    pub line: u32,
    /// What it said.
    pub text: String,
    /// Why it is no part of the edition: a lower-case fragment.
    pub reason: String,
}

impl Edition {
    /// An edition with nothing in it.
    pub fn new(digest: Slug, key: EditionKey) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            digest,
            month: key.month(),
            date: key.date(),
            letter: Letter::default(),
            news: Vec::new(),
            sectors: Vec::new(),
            problems: Vec::new(),
            set_aside: Vec::new(),
        }
    }

    /// Which edition of its digest.
    pub fn key(&self) -> EditionKey {
        self.date.and_then(EditionKey::daily).unwrap_or(EditionKey::monthly(self.month))
    }

    /// Every entry, in the order printed.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.sectors.iter().flat_map(|sector| &sector.categories).flat_map(|category| &category.entries)
    }

    /// Every entry, to be changed.
    pub fn entries_mut(&mut self) -> impl Iterator<Item = &mut Entry> {
        self.sectors.iter_mut().flat_map(|sector| &mut sector.categories).flat_map(|category| &mut category.entries)
    }

    /// Gives every entry without a slug one from its heading. Slugs that are there stay.
    pub fn settle_slugs(&mut self) {
        let mut taken: HashSet<String> = self.entries().map(|entry| entry.slug.clone()).filter(|slug| !slug.is_empty()).collect();
        // The last number given to a stem, so that a thousand entries of one heading are not counted from 1 each.
        let mut numbers: HashMap<String, usize> = HashMap::new();
        for entry in self.entries_mut().filter(|entry| entry.slug.is_empty()) {
            let stem = Slug::from_words(&entry.heading()).to_string();
            let number = numbers.entry(stem.clone()).or_insert(1);
            let mut slug = stem.clone();
            while !taken.insert(slug.clone()) {
                *number += 1;
                slug = format!("{stem}-{number}");
            }
            entry.slug = slug;
        }
    }

    /// Finds the figures of every entry anew, from its summary.
    pub fn find_figures(&mut self) {
        for entry in self.entries_mut() {
            entry.figures = entry.summary.texts().iter().flat_map(|(_, text)| crate::figure::find(&text.plain())).collect();
        }
    }

    /// Brings every name and title into the form that [`Text`] has: single spaces, no control characters and no
    /// bidirectional overrides. Texts are in it already.
    pub fn clean_names(&mut self) {
        let names =
            self.sectors.iter_mut().flat_map(|sector| std::iter::once(&mut sector.name).chain(sector.categories.iter_mut().map(|category| &mut category.name)));
        names.for_each(clean);
        self.news.iter_mut().for_each(|item| clean(&mut item.title));
        for entry in self.entries_mut() {
            clean(&mut entry.title);
            entry.publishers.iter_mut().for_each(clean);
            entry.links.iter_mut().for_each(|link| clean(&mut link.text));
        }
        if let Some(sign_off) = &mut self.letter.sign_off {
            [&mut sign_off.closing, &mut sign_off.name, &mut sign_off.role].into_iter().for_each(clean);
        }
    }

    /// Puts sectors and categories into the taxonomy's order, those it does not know behind; takes out what is empty.
    /// Neighbours that become the same stay apart: merging is an editor's decision.
    pub fn order_by(&mut self, taxonomy: &Taxonomy) {
        for sector in &mut self.sectors {
            sector.categories.retain(|category| !category.entries.is_empty());
            let known = taxonomy.sector(&sector.name);
            sector.categories.sort_by_key(|category| known.and_then(|known| known.position(&category.name)).unwrap_or(usize::MAX));
        }
        self.sectors.retain(|sector| !sector.categories.is_empty());
        self.sectors.sort_by_key(|sector| taxonomy.position(&sector.name).unwrap_or(usize::MAX));
    }

    /// Whether another edition prints the same. Problems and lines set aside are about the file an edition was read from, not
    /// part of its text: its own Markdown does not hold them.
    pub fn prints_the_same(&self, other: &Self) -> bool {
        self.printed() == other.printed()
    }

    fn printed(&self) -> Self {
        let mut printed = Self { problems: Vec::new(), set_aside: Vec::new(), ..self.clone() };
        printed.news.iter_mut().for_each(|item| item.problems.clear());
        printed.entries_mut().for_each(|entry| entry.problems.clear());
        printed
    }

    /// Everything that was wrong, the edition's own first.
    pub fn all_problems(&self) -> impl Iterator<Item = &Problem> {
        let news = self.news.iter().flat_map(|item| &item.problems);
        self.problems.iter().chain(news).chain(self.entries().flat_map(|entry| &entry.problems))
    }
}

impl Entry {
    /// The publishers as one phrase: "A", "A and B", "A, B and C".
    pub fn publisher(&self) -> String {
        match self.publishers.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }

    /// The heading as printed: "Publisher. Title." A title that ends in its own mark keeps it.
    ///
    /// ```
    /// use pulse_model::Entry;
    /// let entry = Entry::titled(["Harbour Trust"], "Who cares?");
    /// assert_eq!(entry.heading(), "Harbour Trust. Who cares?");
    /// ```
    pub fn heading(&self) -> String {
        let end = if self.title.ends_with(['.', '?', '!', '\u{2026}']) { "" } else { "." };
        match self.publishers.is_empty() {
            true => format!("{}{end}", self.title),
            false => format!("{}. {}{end}", self.publisher(), self.title),
        }
    }

    /// Takes a heading apart as a reader does: the publisher up to the first full stop, and the title without its own.
    /// The inverse of [`Entry::heading`] for one publisher whose name holds no full stop before a space, and a title that
    /// does not end in one.
    ///
    /// ```
    /// use pulse_model::Entry;
    /// assert_eq!(Entry::split_heading("Harbour Trust. Who cares?"), (Some("Harbour Trust"), "Who cares?"));
    /// assert_eq!(Entry::split_heading("Who cares?"), (None, "Who cares?"));
    /// ```
    pub fn split_heading(heading: &str) -> (Option<&str>, &str) {
        let (publisher, title) = match heading.split_once(". ") {
            Some((publisher, title)) => (Some(publisher), title),
            None => (None, heading),
        };
        (publisher, title.strip_suffix('.').unwrap_or(title))
    }

    /// An entry of which only the heading is known.
    pub fn titled<S: Into<String>>(publishers: impl IntoIterator<Item = S>, title: impl Into<String>) -> Self {
        Self {
            slug: String::new(),
            publishers: publishers.into_iter().map(Into::into).collect(),
            title: title.into(),
            links: Vec::new(),
            summary: Blocks::default(),
            figures: Vec::new(),
            problems: Vec::new(),
        }
    }
}

fn clean(name: &mut String) {
    let text = Text::from_plain(name).plain();
    if *name != text {
        *name = text;
    }
}

impl Letter {
    /// Whether there is nothing to print.
    pub fn is_empty(&self) -> bool {
        let parts = [&self.welcome, &self.highlights, &self.call_for_contact, &self.notices];
        parts.iter().all(|part| part.is_empty()) && self.sign_off.is_none() && self.contacts.is_empty()
    }
}
