//! An edition as the rows it is kept in, and back.
//!
//! In: an [`Edition`]; out: its [`Rows`], a fact in each, and from what was [`Read`] the equal edition. Everything that
//! is a sequence of text blocks is JSON in the model's form.
//!
//! Invariant: `Read` of what `Rows` wrote gives back an edition equal to the first (`tests/round_trip.rs`).
//! Not here: SQL; who a publisher's printed name stands for.

use std::collections::{HashMap, HashSet};

use pulse_model::edition::{Category, Sector, SetAside};
use pulse_model::{Edition, Entry, Figure, Link, NewsItem, NewsKind, Problem, Slug};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::StoreError;
use crate::error::Cause;
use crate::ids::Ids;

/// The columns of `edition` that hold text of the edition.
pub(crate) struct Head {
    pub(crate) schema_version: i64,
    pub(crate) month: String,
    pub(crate) day: Option<String>,
    pub(crate) welcome: String,
    pub(crate) highlights: String,
    pub(crate) call_for_contact: String,
    pub(crate) notices: String,
    pub(crate) sign_off: Option<String>,
    pub(crate) contacts: String,
}

/// What goes into the tables below `edition`. Positions are those of the schema.
#[derive(Default)]
pub(crate) struct Rows<'a> {
    pub(crate) sectors: Vec<(i64, &'a str)>,
    pub(crate) categories: Vec<(i64, i64, &'a str)>,
    pub(crate) news: Vec<NewsRow<'a>>,
    pub(crate) news_links: Vec<LinkRow<'a>>,
    pub(crate) entries: Vec<EntryRow<'a>>,
    pub(crate) publishers: Vec<PublisherRow<'a>>,
    pub(crate) links: Vec<LinkRow<'a>>,
    pub(crate) figures: Vec<FigureRow<'a>>,
    pub(crate) problems: Vec<ProblemRow<'a>>,
    pub(crate) set_aside: Vec<(i64, &'a SetAside)>,
}

pub(crate) struct NewsRow<'a> {
    pub(crate) id: Uuid,
    pub(crate) position: i64,
    pub(crate) kind: &'static str,
    pub(crate) title: &'a str,
    pub(crate) body: String,
}

pub(crate) struct EntryRow<'a> {
    pub(crate) id: Uuid,
    pub(crate) position: i64,
    pub(crate) sector_position: i64,
    pub(crate) category_position: i64,
    pub(crate) slug: &'a str,
    pub(crate) title: &'a str,
    pub(crate) summary: String,
}

pub(crate) struct PublisherRow<'a> {
    pub(crate) entry: Uuid,
    pub(crate) position: i64,
    pub(crate) printed: &'a str,
}

pub(crate) struct LinkRow<'a> {
    /// The entry or news item it belongs to.
    pub(crate) owner: Uuid,
    pub(crate) position: i64,
    pub(crate) link: &'a Link,
}

pub(crate) struct FigureRow<'a> {
    pub(crate) entry: Uuid,
    pub(crate) position: i64,
    pub(crate) figure: &'a Figure,
    pub(crate) value: String,
}

pub(crate) struct ProblemRow<'a> {
    pub(crate) position: i64,
    pub(crate) place: &'static str,
    pub(crate) place_position: i64,
    pub(crate) kind: String,
    pub(crate) problem: &'a Problem,
}

/// What came out of the tables below `edition`, each in the order of its positions.
#[derive(Default)]
pub(crate) struct Read {
    pub(crate) sectors: Vec<(String,)>,
    /// Sector, name.
    pub(crate) categories: Vec<(i64, String)>,
    /// Kind, title, body.
    pub(crate) news: Vec<(String, String, String)>,
    /// News item, address, label.
    pub(crate) news_links: Vec<(i64, String, String)>,
    /// Sector, category, slug, title, summary.
    pub(crate) entries: Vec<(i64, i64, String, String, String)>,
    /// Entry, name as printed.
    pub(crate) publishers: Vec<(i64, String)>,
    /// Entry, address, label.
    pub(crate) links: Vec<(i64, String, String)>,
    /// Entry, wording, value, unit.
    pub(crate) figures: Vec<(i64, String, String, String)>,
    /// Place, its position, kind, message, line.
    pub(crate) problems: Vec<(String, i64, String, String, Option<i64>)>,
    /// Line, what it said, why it is set aside.
    pub(crate) set_aside: Vec<(i64, String, String)>,
}

/// The whole edition as JSON, and the SHA-256 of it in hexadecimal.
pub(crate) fn content(edition: &Edition) -> Result<(String, String), StoreError> {
    let json = json("the edition", edition)?;
    let sha256 = Sha256::digest(&json).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((json, sha256))
}

/// The JSON of `value`; `thing` names it in an error.
pub(crate) fn json(thing: &str, value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|cause| StoreError::Unwritable { thing: thing.to_owned(), cause: cause.into() })
}

/// Reads the JSON of a column.
pub(crate) fn from_json<T: DeserializeOwned>(table: &'static str, column: &'static str, row: &str, json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|cause| impossible(table, column, row, cause))
}

/// Reads a column of text that has a type in the model.
pub(crate) fn parsed<T: std::str::FromStr<Err: Into<Cause>>>(table: &'static str, column: &'static str, row: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|cause| impossible(table, column, row, cause))
}

/// A row that holds what is never written.
pub(crate) fn impossible(table: &'static str, column: &'static str, row: &str, cause: impl Into<Cause>) -> StoreError {
    StoreError::Impossible { table, column, row: row.to_owned(), cause: cause.into() }
}

impl Head {
    pub(crate) fn of(edition: &Edition) -> Result<Self, StoreError> {
        let letter = &edition.letter;
        Ok(Self {
            schema_version: edition.schema_version.into(),
            month: edition.month.to_string(),
            day: edition.date.map(|date| date.to_string()),
            welcome: json("the letter", &letter.welcome)?,
            highlights: json("the letter", &letter.highlights)?,
            call_for_contact: json("the letter", &letter.call_for_contact)?,
            notices: json("the letter", &letter.notices)?,
            sign_off: letter.sign_off.as_ref().map(|sign_off| json("the letter", sign_off)).transpose()?,
            contacts: json("the letter", &letter.contacts)?,
        })
    }
}

impl<'a> Rows<'a> {
    /// Entries whose slug is in `known` keep that id; everything else gets one from `ids`.
    pub(crate) fn of(edition: &'a Edition, known: &HashMap<String, Uuid>, ids: &mut Ids) -> Result<Self, StoreError> {
        let mut rows = Self::default();
        rows.add_problems("edition", 0, &edition.problems);
        for (position, item) in (0..).zip(&edition.news) {
            rows.add_news_item(position, item, ids)?;
        }
        for (at, sector) in (0..).zip(&edition.sectors) {
            rows.sectors.push((at, &sector.name));
            for (below, category) in (0..).zip(&sector.categories) {
                rows.categories.push((at, below, &category.name));
                for entry in &category.entries {
                    let id = known.get(&entry.slug).copied().unwrap_or_else(|| ids.make());
                    rows.add_entry(id, (at, below), entry)?;
                }
            }
        }
        rows.set_aside.extend((0..).zip(&edition.set_aside));
        Ok(rows)
    }

    fn add_news_item(&mut self, position: i64, item: &'a NewsItem, ids: &mut Ids) -> Result<(), StoreError> {
        let id = ids.make();
        self.news.push(NewsRow { id, position, kind: item.kind.as_str(), title: &item.title, body: json("a news item", &item.body)? });
        self.news_links.extend((0..).zip(&item.links).map(|(position, link)| LinkRow { owner: id, position, link }));
        self.add_problems("news", position, &item.problems);
        Ok(())
    }

    fn add_entry(&mut self, id: Uuid, (sector_position, category_position): (i64, i64), entry: &'a Entry) -> Result<(), StoreError> {
        let position = self.entries.len() as i64;
        let summary = json("a summary", &entry.summary)?;
        self.entries.push(EntryRow { id, position, sector_position, category_position, slug: &entry.slug, title: &entry.title, summary });
        self.publishers.extend((0..).zip(&entry.publishers).map(|(position, printed)| PublisherRow { entry: id, position, printed }));
        self.links.extend((0..).zip(&entry.links).map(|(position, link)| LinkRow { owner: id, position, link }));
        for (position, figure) in (0..).zip(&entry.figures) {
            self.figures.push(FigureRow { entry: id, position, figure, value: json("a figure", &figure.value)? });
        }
        self.add_problems("entry", position, &entry.problems);
        Ok(())
    }

    fn add_problems(&mut self, place: &'static str, place_position: i64, problems: &'a [Problem]) {
        for problem in problems {
            let position = self.problems.len() as i64;
            self.problems.push(ProblemRow { position, place, place_position, kind: name_of(&problem.kind), problem });
        }
    }
}

impl Read {
    /// The edition these rows make. `row` is its id, for errors.
    pub(crate) fn edition(self, row: &str, digest: Slug, head: &Head) -> Result<Edition, StoreError> {
        let mut edition = head.edition(row, digest)?;
        edition.sectors = self.sectors.into_iter().map(|(name,)| Sector { name, categories: Vec::new() }).collect();
        for (at, name) in self.categories {
            let sector = at_position(&mut edition.sectors, at, "edition_category", row)?;
            sector.categories.push(Category { name, entries: Vec::new() });
        }
        let mut news = read_news(row, self.news)?;
        add_links(&mut news, self.news_links, "news_link", row, |item| &mut item.links)?;
        let mut entries = read_entries(row, self.entries)?;
        for (at, printed) in self.publishers {
            at_position(&mut entries, at, "entry_publisher", row)?.2.publishers.push(printed);
        }
        add_links(&mut entries, self.links, "entry_link", row, |(_, _, entry)| &mut entry.links)?;
        for (at, wording, value, unit) in self.figures {
            let value = from_json("entry_figure", "value", row, &value)?;
            at_position(&mut entries, at, "entry_figure", row)?.2.figures.push(Figure { wording, value, unit });
        }
        for (place, at, kind, message, line) in self.problems {
            let problem = Problem { kind: named("problem", "kind", row, &kind)?, message, line: line_number(row, line)? };
            match place.as_str() {
                "news" => at_position(&mut news, at, "problem", row)?.problems.push(problem),
                "entry" => at_position(&mut entries, at, "problem", row)?.2.problems.push(problem),
                _ => edition.problems.push(problem),
            }
        }
        edition.news = news;
        for (sector, category, entry) in entries {
            let categories = &mut at_position(&mut edition.sectors, sector, "entry", row)?.categories;
            at_position(categories, category, "entry", row)?.entries.push(entry);
        }
        edition.set_aside = read_set_aside(row, self.set_aside)?;
        Ok(edition)
    }
}

impl Head {
    fn edition(&self, row: &str, digest: Slug) -> Result<Edition, StoreError> {
        let month = parsed("edition", "month", row, &self.month)?;
        let mut edition = Edition::new(digest, pulse_model::EditionKey::monthly(month));
        edition.schema_version = u32::try_from(self.schema_version).map_err(|cause| impossible("edition", "schema_version", row, cause))?;
        edition.date = self.day.as_deref().map(|day| parsed("edition", "day", row, day)).transpose()?;
        let letter = &mut edition.letter;
        letter.welcome = from_json("edition", "welcome", row, &self.welcome)?;
        letter.highlights = from_json("edition", "highlights", row, &self.highlights)?;
        letter.call_for_contact = from_json("edition", "call_for_contact", row, &self.call_for_contact)?;
        letter.notices = from_json("edition", "notices", row, &self.notices)?;
        letter.sign_off = self.sign_off.as_deref().map(|json| from_json("edition", "sign_off", row, json)).transpose()?;
        letter.contacts = from_json("edition", "contacts", row, &self.contacts)?;
        Ok(edition)
    }
}

/// A slug that two entries share, if there is one.
pub(crate) fn slug_twice(edition: &Edition) -> Option<&str> {
    let mut taken = HashSet::new();
    edition.entries().map(|entry| entry.slug.as_str()).find(|slug| !slug.is_empty() && !taken.insert(*slug))
}

fn read_news(row: &str, rows: Vec<(String, String, String)>) -> Result<Vec<NewsItem>, StoreError> {
    let item = |(kind, title, body): (String, String, String)| {
        let kind = NewsKind::from_name(&kind).ok_or_else(|| impossible("news_item", "kind", row, kind))?;
        Ok(NewsItem { kind, title, links: Vec::new(), body: from_json("news_item", "body", row, &body)?, problems: Vec::new() })
    };
    rows.into_iter().map(item).collect()
}

/// Each with the positions of its sector and category.
fn read_entries(row: &str, rows: Vec<(i64, i64, String, String, String)>) -> Result<Vec<(i64, i64, Entry)>, StoreError> {
    let entry = |(sector, category, slug, title, summary): (i64, i64, String, String, String)| {
        let summary = from_json("entry", "summary", row, &summary)?;
        Ok((sector, category, Entry { slug, summary, ..Entry::titled::<String>([], title) }))
    };
    rows.into_iter().map(entry).collect()
}

fn add_links<T>(
    owners: &mut [T],
    rows: Vec<(i64, String, String)>,
    table: &'static str,
    row: &str,
    links: impl Fn(&mut T) -> &mut Vec<Link>,
) -> Result<(), StoreError> {
    for (at, url, text) in rows {
        let url = pulse_model::Href::parse(&url).map_err(|cause| impossible(table, "url", row, cause))?;
        links(at_position(owners, at, table, row)?).push(Link { url, text });
    }
    Ok(())
}

fn read_set_aside(row: &str, rows: Vec<(i64, String, String)>) -> Result<Vec<SetAside>, StoreError> {
    let line = |(line, text, reason)| {
        let line = u32::try_from(line).map_err(|cause| impossible("set_aside", "line", row, cause))?;
        Ok(SetAside { line, text, reason })
    };
    rows.into_iter().map(line).collect()
}

fn line_number(row: &str, line: Option<i64>) -> Result<Option<u32>, StoreError> {
    line.map(u32::try_from).transpose().map_err(|cause| impossible("problem", "line", row, cause))
}

fn at_position<'a, T>(list: &'a mut [T], position: i64, table: &'static str, row: &str) -> Result<&'a mut T, StoreError> {
    let at = usize::try_from(position).ok();
    at.and_then(|at| list.get_mut(at)).ok_or_else(|| impossible(table, "position", row, format!("there is nothing at position {position} above it")))
}

/// The name a plain enum of the model has in files.
pub(crate) fn name_of(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// The value of a plain enum of the model that has this name in files.
pub(crate) fn named<T: DeserializeOwned>(table: &'static str, column: &'static str, row: &str, name: &str) -> Result<T, StoreError> {
    serde_json::from_value(serde_json::Value::String(name.to_owned())).map_err(|cause| impossible(table, column, row, cause))
}
