//! `sitemap`: what a site tells search engines, as a source of last resort.
//!
//! In: a sitemap, an index of them, or a plain list of addresses; each may be compressed. Out: a record for each page below the
//! path asked for whose `lastmod` is not older than asked for, the latest first, and for each page without one. A sitemap of news
//! brings titles and dates of its own; in any other a record has only its address.
//!
//! Always: a file is read as it comes in and never held in memory decompressed; no more than [`MOST_FILES`] files, [`MOST_BYTES`]
//! of one, and [`MOST_RECORDS`] records; entities are not expanded. What is broken off is a problem, and what came before it counts.

mod xml;

use std::cmp::Reverse;
use std::collections::{HashSet, VecDeque};
use std::io::{BufReader, Read};

use flate2::read::MultiGzDecoder;
use pulse_model::{Problem, ProblemKind, Record};
use url::Url;

use crate::door::{Answer, Door, Found, Get};
use crate::error::HarvestError;
use crate::kind::Kind;
use crate::look::{Look, MOST_RECORDS, Memory, Window};
use crate::page;
use xml::{Entry, Item};

/// So many files of an index are read in one look.
pub const MOST_FILES: usize = 100;
/// An index of indexes of indexes goes no further.
pub const DEEPEST: usize = 3;
/// 64 MiB of one file, decompressed; the protocol allows 50 MB.
pub const MOST_BYTES: u64 = 64 << 20;

/// A sitemap and the part of it that counts.
#[derive(Clone, Copy, Debug)]
pub struct Sitemap<'a> {
    /// The sitemap itself, or an index of them.
    pub url: &'a Url,
    /// Only pages whose path begins so; empty for all of them.
    pub below: &'a str,
}

impl Kind for Sitemap<'_> {
    async fn look<D: Door>(&self, door: &D, memory: &Memory, window: Window) -> Result<Look, HarvestError> {
        let window = window.with_owed(memory);
        let mut look = Look::default();
        let mut gathering = Gathering::new(self.below, window);
        let mut waiting = VecDeque::from([(self.url.clone(), 0)]);
        let mut seen = HashSet::from([self.url.as_str().to_owned()]);
        let (mut read_files, mut has_changed) = (0, false);
        while let Some((url, depth)) = waiting.pop_front() {
            if read_files == MOST_FILES {
                let message = format!("the index names more than {MOST_FILES} sitemaps; {} of them are not read", waiting.len() + 1);
                look.problems.push(Problem::new(ProblemKind::TooLarge, message));
                break;
            }
            read_files += 1;
            let validators = memory.validators.get(url.as_str());
            let answer = match door.get(Get { validators, accept: "application/xml, text/xml, */*;q=0.5", ..Get::new(&url) }).await {
                Ok(answer) => answer,
                Err(error) if depth == 0 => return Err(error.into()),
                Err(error) => {
                    look.problems.push(Problem::new(ProblemKind::Damaged, format!("a sitemap of the index could not be read: {error}")));
                    look.memory.cursor = window.owed();
                    continue;
                }
            };
            let found = match answer {
                // Only files of pages are remembered: an index that is as it was may name sitemaps that are not.
                Answer::Unchanged => {
                    if let Some(validators) = validators {
                        look.memory.validators.insert(url.as_str().to_owned(), validators.clone());
                    }
                    continue;
                }
                Answer::Found(found) => found,
            };
            has_changed = true;
            if depth == 0 {
                look.moved_to = found.moved_to.clone();
            }
            let File { files, is_whole, is_broken } = match gathering.read(&found, &mut look.problems) {
                Ok(files) => files,
                Err(error) if depth == 0 => return Err(error),
                Err(error) => {
                    look.problems.push(Problem::new(ProblemKind::NotThisForm, error.to_string()));
                    look.memory.cursor = window.owed();
                    continue;
                }
            };
            if is_broken {
                look.memory.cursor = window.owed();
            }
            if files.is_empty() && !is_whole {
                continue;
            }
            if files.is_empty() {
                look.memory.validators.insert(url.as_str().to_owned(), found.validators.clone());
            } else if depth == DEEPEST {
                look.problems.push(Problem::new(ProblemKind::TooLarge, format!("{url} is an index within indexes, deeper than {DEEPEST}; it is not followed")));
            } else {
                for file in files.into_iter().filter(|file| seen.insert(file.as_str().to_owned())) {
                    waiting.push_back((file, depth + 1));
                }
            }
        }
        look.is_unchanged = !has_changed;
        look.records = gathering.records(&mut look.problems);
        Ok(look)
    }
}

/// One file as it was read.
struct File {
    /// The files it names, when it is an index.
    files: Vec<Url>,
    /// Whether nothing of it is missing.
    is_whole: bool,
    /// Whether it broke off; another time it may be whole.
    is_broken: bool,
}

/// What is kept of many files.
struct Gathering<'a> {
    below: &'a str,
    window: Window,
    records: Vec<Record>,
    keys: HashSet<String>,
    left_out: usize,
    bad_dates: usize,
}

impl<'a> Gathering<'a> {
    fn new(below: &'a str, window: Window) -> Self {
        Self { below, window, records: Vec::new(), keys: HashSet::new(), left_out: 0, bad_dates: 0 }
    }

    /// Reads one file.
    fn read(&mut self, found: &Found, problems: &mut Vec<Problem>) -> Result<File, HarvestError> {
        let refuse = |what: String| HarvestError::NotThis { url: found.url.clone(), expected: "a sitemap", found: what };
        let is_packed = found.bytes.starts_with(&[0x1f, 0x8b]);
        let source: Box<dyn Read + '_> = if is_packed { Box::new(MultiGzDecoder::new(&found.bytes[..])) } else { Box::new(&found.bytes[..]) };
        let mut input = BufReader::with_capacity(64 << 10, source.take(MOST_BYTES));
        let mut files = Vec::new();
        let end = xml::read(&mut input, |entry| match entry {
            Item::Page(entry) => self.page(entry, &found.url),
            Item::File(entry) => {
                // A sitemap that has not changed since then has nothing new; without a date it may have.
                let is_old = entry.changed.as_deref().and_then(xml::last_moment).is_some_and(|at| at < self.window.since);
                if let Some(url) = page::absolute(&found.url, &entry.address).filter(|_| !is_old && files.len() <= MOST_FILES) {
                    files.push(url);
                }
            }
        });
        if !end.is_sitemap {
            return Err(refuse(if is_packed { "compressed, and something else inside".to_owned() } else { page::what_it_is(&found.bytes).to_owned() }));
        }
        let is_cut = input.into_inner().limit() == 0;
        let is_broken = !is_cut && end.broken.is_some();
        if is_cut {
            problems.push(Problem::new(ProblemKind::TooLarge, format!("{} is larger than {MOST_BYTES} bytes; what lies within is read", found.url)));
        } else if let Some(broken) = end.broken {
            problems.push(Problem::new(ProblemKind::Damaged, format!("{} breaks off: {broken}", found.url)));
        }
        Ok(File { files, is_whole: !is_cut && !is_broken, is_broken })
    }

    fn page(&mut self, entry: Entry, from: &Url) {
        let Some(url) = page::absolute(from, &entry.address).filter(|url| url.path().starts_with(self.below)) else { return };
        let mut ignored = Vec::new();
        let mut moment = |text: Option<String>| {
            let text = text?;
            let at = crate::dates::parse_plausible(&text, self.window.now, "a page", &mut ignored)?;
            Some((at, xml::last_moment(&text).unwrap_or(at)))
        };
        let (changed, published) = (moment(entry.changed), moment(entry.published));
        self.bad_dates += ignored.len();
        if changed.or(published).is_some_and(|(_, last)| last < self.window.since) {
            return;
        }
        if !self.keys.insert(url.as_str().to_owned()) {
            return;
        }
        self.records.push(Record {
            key: url.as_str().to_owned(),
            title: page::one_line(&entry.title),
            links: vec![page::link(url, "")],
            publishers: Some(page::one_line(&entry.publication)).filter(|name| !name.is_empty()).into_iter().collect(),
            published_at: published.map(|(at, _)| at),
            updated_at: changed.map(|(at, _)| at),
            language: Some(entry.language).filter(|language| !language.is_empty()),
            ..Record::default()
        });
        // Twice as many may wait before the older half goes: memory stays bounded however many there are.
        if self.records.len() >= 2 * MOST_RECORDS {
            self.drop_older();
        }
    }

    fn drop_older(&mut self) {
        self.records.sort_by_key(|record| Reverse(record.updated_at.max(record.published_at)));
        for record in self.records.drain(MOST_RECORDS.min(self.records.len())..) {
            self.keys.remove(&record.key);
            self.left_out += 1;
        }
    }

    fn records(mut self, problems: &mut Vec<Problem>) -> Vec<Record> {
        self.drop_older();
        if self.left_out > 0 {
            let message =
                format!("the sitemap has {} more pages than the {MOST_RECORDS} that are read; `below` narrows it to a part of the site", self.left_out);
            problems.push(Problem::new(ProblemKind::TooLarge, message));
        }
        if self.bad_dates > 0 {
            problems.push(Problem::new(ProblemKind::BadDate, format!("pages whose date cannot be read or cannot be true: {}", self.bad_dates)));
        }
        self.records
    }
}
