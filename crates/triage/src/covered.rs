//! Whether a digest has covered a work before, and where.
//!
//! In: editions, once, to an [`Archive`]; then works. Out: the places in editions that cover a work ([`Covered`]), the surest first,
//! and the work that it follows ([`Follows`]).
//!
//! A work is recognised by its identifiers in the links of an edition, those in summaries included; by title and publisher; by a
//! text that is nearly that of a work an edition covered, where sketches of those are kept ([`Archive::remember`]). Addresses are
//! compared in their canonical form ([`address`]): a fragment, a tracking parameter, `http` or `www.` make no difference, any
//! other parameter does. The next of a series is not covered: it follows.
//!
//! Invariants: the order of editions changes no answer; an answer does not take longer for a larger archive, but for what is found.
//! A home page covers a work only where an entry's heading led to it. Not here: candidates among themselves ([`crate::alike`]).

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use jiff::tz::TimeZone;
use pulse_model::{Edition, EditionKey, Entry, Identifier, Register};
use url::Url;

use crate::Subject;
use crate::identity::{address, is_same_work, of_address};
use crate::series::{Follows, Known, Place, Serial, is_namesake};
use crate::similar::{Sketch, similarity};
use crate::titles::{Title, publisher_keys};

/// A place in an edition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mention {
    /// The edition.
    pub edition: EditionKey,
    /// Which part of it.
    pub part: Part,
    /// The slug of the entry; empty elsewhere.
    pub slug: String,
    /// The title of the entry or news item; empty in the letter.
    pub title: String,
}

/// The parts of an edition that lead somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// An entry's heading.
    Heading,
    /// An entry's summary.
    Summary,
    /// An item of the team's news.
    News,
    /// The letter.
    Letter,
}

/// That an edition covered a work.
#[derive(Clone, Debug, PartialEq)]
pub struct Covered {
    /// Where.
    pub mention: Mention,
    /// How the work was recognised.
    pub how: How,
}

/// How a work was recognised in an edition.
#[derive(Clone, Debug, PartialEq)]
pub enum How {
    /// A link of the edition leads to it.
    Link(String),
    /// An entry has its title and its publisher.
    Title,
    /// The entry's publication has so much of its text, from 0 to 1.
    Text(f64),
}

impl How {
    fn rank(&self) -> u32 {
        match self {
            Self::Link(_) => 0,
            Self::Title => 1,
            Self::Text(share) => 1002 - (share.clamp(0.0, 1.0) * 1000.0) as u32,
        }
    }
}

/// "same link", "same title and publisher", "93 % of the text is the same".
impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(_) => f.write_str("same link"),
            Self::Title => f.write_str("same title and publisher"),
            Self::Text(share) => write!(f, "{:.0} % of the text is the same", share * 100.0),
        }
    }
}

/// "covered in May 2023: Survey of Carers (same link)".
impl fmt::Display for Covered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = if self.mention.part == Part::Heading { "covered" } else { "linked" };
        let place = match (self.mention.title.as_str(), self.mention.part) {
            ("", Part::Letter) => "in the letter",
            ("", _) => "without a title",
            (title, _) => title,
        };
        write!(f, "{verb} in {}: {place} ({})", self.mention.edition.title(), self.how)
    }
}

/// What editions covered, to be asked about works.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    mentions: Vec<Mention>,
    by_slug: HashMap<(EditionKey, String), usize>,
    links: Vec<Linked>,
    /// Links by what they lead to. A home page, which identifies no work, is here too.
    by_identifier: HashMap<Identifier, Vec<usize>>,
    entries: Vec<Titled>,
    by_title: HashMap<String, Vec<usize>>,
    by_main_title: HashMap<String, Vec<usize>>,
    texts: Vec<(usize, Sketch)>,
    by_band: HashMap<(usize, Vec<u16>), Vec<usize>>,
    series: Known,
}

#[derive(Clone, Debug)]
struct Linked {
    mention: usize,
    url: String,
    identifiers: Vec<Identifier>,
}

#[derive(Clone, Debug)]
struct Titled {
    mention: usize,
    publishers: Vec<String>,
    place: Place,
    came_out_at: Option<i64>,
}

impl Archive {
    /// What these editions covered. Publishers are compared by their names in the register.
    pub fn new<'a>(editions: impl IntoIterator<Item = &'a Edition>, register: &Register) -> Self {
        let mut archive = Self::default();
        for edition in editions {
            let key = edition.key();
            for entry in edition.entries() {
                archive.add_entry(key, entry, register);
            }
            for item in &edition.news {
                let links = item.links.iter().map(|link| link.url.as_str().to_owned()).chain(item.body.links().into_iter().map(|(href, _)| href.to_string()));
                archive.add_links(Mention { edition: key, part: Part::News, slug: String::new(), title: item.title.clone() }, links);
            }
            let letter = &edition.letter;
            for blocks in [&letter.welcome, &letter.highlights, &letter.call_for_contact, &letter.notices] {
                let links = blocks.links().into_iter().map(|(href, _)| href.to_string());
                archive.add_links(Mention { edition: key, part: Part::Letter, slug: String::new(), title: String::new() }, links);
            }
        }
        archive
    }

    fn add_entry(&mut self, key: EditionKey, entry: &Entry, register: &Register) {
        let came_out_at = end_of(key);
        let mut subject = Subject::of_entry(entry, came_out_at);
        for name in &mut subject.publishers {
            if let Some(publisher) = register.find(name) {
                name.clone_from(&publisher.name);
            }
        }
        self.series.add(&subject, Some(key));
        let heading = Mention { edition: key, part: Part::Heading, slug: entry.slug.clone(), title: entry.title.clone() };
        let summary = Mention { part: Part::Summary, ..heading.clone() };
        let mention = self.add_links(heading, entry.links.iter().map(|link| link.url.as_str().to_owned()));
        self.add_links(summary, entry.summary.links().into_iter().map(|(href, _)| href.to_string()));
        self.by_slug.insert((key, entry.slug.clone()), mention);
        let title = Title::of(&subject.title, &subject.publishers);
        if !title.full.is_empty() {
            let at = self.entries.len();
            self.entries.push(Titled { mention, publishers: publisher_keys(&subject.publishers), place: title.serial.place, came_out_at });
            self.by_title.entry(title.full).or_default().push(at);
            if let Some(main) = title.main {
                self.by_main_title.entry(main).or_default().push(at);
            }
        }
    }

    /// Returns the place of the mention.
    fn add_links(&mut self, mention: Mention, links: impl Iterator<Item = String>) -> usize {
        let at = self.mentions.len();
        self.mentions.push(mention);
        for link in links {
            let identifiers = of_link(&link);
            for identifier in &identifiers {
                self.by_identifier.entry(identifier.clone()).or_default().push(self.links.len());
            }
            self.links.push(Linked { mention: at, url: link, identifiers });
        }
        at
    }

    /// Keeps the sketch of a document of the publication that an entry covered, so that its text is recognised elsewhere.
    pub fn remember(&mut self, edition: EditionKey, slug: &str, sketch: Sketch) {
        if let Some(at) = self.by_slug.get(&(edition, slug.to_owned())).copied() {
            for (number, band) in sketch.bands() {
                self.by_band.entry((number, band.to_vec())).or_default().push(self.texts.len());
            }
            self.texts.push((at, sketch));
        }
    }

    /// A work that no edition covered, so that others can follow it.
    pub fn know(&mut self, work: &Subject) {
        self.series.add(work, None);
    }

    /// Every place of the editions that leads where this address leads, the latest edition first.
    pub fn linked(&self, address: &str) -> Vec<&Mention> {
        let found = self.leading_to(&of_link(address)).into_iter();
        let mut mentions: Vec<&Mention> = found.filter_map(|link| self.mentions.get(link.mention)).collect();
        mentions.sort_by(|a, b| b.edition.cmp(&a.edition).then(a.cmp(b)));
        mentions.dedup();
        mentions
    }

    fn leading_to(&self, identifiers: &[Identifier]) -> Vec<&Linked> {
        let mut found: Vec<usize> = identifiers.iter().filter_map(|identifier| self.by_identifier.get(identifier)).flatten().copied().collect();
        found.sort_unstable();
        found.dedup();
        let links = found.into_iter().filter_map(|at| self.links.get(at));
        links.filter(|link| is_same_work(&link.identifiers, identifiers)).collect()
    }

    /// Where a work was covered, once for each entry, the surest first and of equals the latest. `identifiers` are those of its records and
    /// documents, `sketch` that of its main document; its own first link is looked at as well.
    pub fn covered(&self, work: &Subject, identifiers: &[Identifier], sketch: Option<&Sketch>) -> Vec<Covered> {
        let mut found = self.by_link(work, identifiers);
        found.extend(self.by_title_of(work));
        found.extend(sketch.into_iter().flat_map(|sketch| self.by_text(work, sketch)));
        let mut best: BTreeMap<(EditionKey, String, String), Covered> = BTreeMap::new();
        for covered in found {
            let mention = &covered.mention;
            let key = (mention.edition, mention.slug.clone(), mention.title.clone());
            let order = |covered: &Covered| (covered.mention.part, covered.how.rank());
            if best.get(&key).is_none_or(|other| order(&covered) < order(other)) {
                best.insert(key, covered);
            }
        }
        let mut found: Vec<Covered> = best.into_values().collect();
        let order = |covered: &Covered| (covered.mention.part, covered.how.rank(), std::cmp::Reverse(covered.mention.edition), covered.mention.clone());
        found.sort_by_cached_key(order);
        found
    }

    /// The work that this one follows: that of the year, phase or quarter before, which an edition covered or which is known
    /// ([`Archive::know`]). None where that is what covered it ([`Archive::covered`]) under a shorter title.
    pub fn follows(&self, work: &Subject, covered: &[Covered]) -> Option<Follows> {
        let is_it = |follows: &Follows| {
            let is_of = |mention: &Mention| Some(mention.edition) == follows.covered && mention.part == Part::Heading && mention.title == follows.title;
            covered.iter().any(|covered| is_of(&covered.mention))
        };
        self.series.before(work).filter(|follows| !is_it(follows))
    }

    fn by_link(&self, work: &Subject, identifiers: &[Identifier]) -> Vec<Covered> {
        let mut all: Vec<Identifier> = identifiers.to_vec();
        all.extend(work.links.first().into_iter().flat_map(|link| of_link(link)));
        all.sort_unstable();
        all.dedup();
        let leads_home = |link: &Linked| link.identifiers.iter().all(|identifier| matches!(identifier, Identifier::Url(form) if address::is_home(form)));
        let found = self.leading_to(&all).into_iter().filter_map(|link| Some((link, self.mentions.get(link.mention)?)));
        let found = found.filter(|(link, mention)| mention.part == Part::Heading || !leads_home(link));
        // A page that shows each year's edition in turn is the same page, but not the same work.
        let own = Title::of(&work.title, &work.publishers).serial;
        let found = found.filter(|(_, mention)| mention.part != Part::Heading || !is_next(&own, mention));
        found.map(|(link, mention)| Covered { mention: mention.clone(), how: How::Link(link.url.clone()) }).collect()
    }

    fn by_title_of(&self, work: &Subject) -> Vec<Covered> {
        let title = Title::of(&work.title, &work.publishers);
        let publishers = publisher_keys(&work.publishers);
        let whole = self.by_title.get(&title.full);
        let without_theirs = self.by_main_title.get(&title.full);
        let without_own = title.main.as_ref().and_then(|main| self.by_title.get(main));
        let entries = [(whole, true), (without_theirs, false), (without_own, false)];
        let entries = entries.into_iter().flat_map(|(found, is_whole)| found.into_iter().flatten().map(move |at| (*at, is_whole)));
        let entries = entries.filter_map(|(at, is_whole)| Some((self.entries.get(at)?, is_whole)));
        let agrees = |(entry, is_whole): &(&Titled, bool)| {
            let names_agree = match publishers.is_empty() || entry.publishers.is_empty() {
                true => *is_whole && title.is_one_works(),
                false => publishers.iter().any(|name| entry.publishers.contains(name)),
            };
            // What came out well after the edition is a namesake of what it covered, unless the title says which of its series it is.
            let gap = work.published_at.zip(entry.came_out_at).map(|(own, edition)| own.saturating_sub(edition));
            let is_later = title.serial.place.is_empty() && gap.is_some_and(|gap| is_namesake(gap, title.is_distinctive()));
            names_agree && !is_later && !title.serial.place.is_other(&entry.place)
        };
        entries.filter(agrees).filter_map(|(entry, _)| Some(Covered { mention: self.mentions.get(entry.mention)?.clone(), how: How::Title })).collect()
    }

    fn by_text(&self, work: &Subject, sketch: &Sketch) -> Vec<Covered> {
        let mut near: Vec<usize> = sketch.bands().filter_map(|(number, band)| self.by_band.get(&(number, band.to_vec()))).flatten().copied().collect();
        near.sort_unstable();
        near.dedup();
        let own = Title::of(&work.title, &work.publishers).serial;
        let covered = |at: usize| {
            let (mention, other) = self.texts.get(at)?;
            let mention = self.mentions.get(*mention)?;
            let share = similarity(sketch, other);
            (share >= crate::alike::NEAR_TEXT && !is_next(&own, mention)).then(|| Covered { mention: mention.clone(), how: How::Text(share) })
        };
        near.into_iter().filter_map(covered).collect()
    }
}

/// Whether a work and what is mentioned are of one series, but not the same of it. Editors shorten titles: both must say their place.
fn is_next(own: &Serial, mention: &Mention) -> bool {
    let theirs = Title::of(&mention.title, &[]).serial;
    own.name == theirs.name && own.place.contradicts(&theirs.place)
}

/// What an address leads to; a home page's own form, too.
fn of_link(address: &str) -> Vec<Identifier> {
    let Ok(url) = address.parse::<Url>() else { return Vec::new() };
    let found = of_address(&url);
    if !found.is_empty() {
        return found;
    }
    address::canonical(&url).map(Identifier::Url).into_iter().collect()
}

/// The last moment of an edition's day or month.
fn end_of(key: EditionKey) -> Option<i64> {
    let day = match key.date() {
        Some(day) => day,
        None => jiff::civil::Date::new(key.month().year(), key.month().month(), 1).ok()?.last_of_month(),
    };
    Some(day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond() - 1)
}
