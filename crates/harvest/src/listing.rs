//! `listing`: a web page that lists publications and has no feed.
//!
//! In: the page and the CSS selectors of its rows. Out: a record for each row, of the page and of those it leads to as the next ones.
//! [`propose`](propose::propose) finds the selectors in the first place, from the page's repeated structure.
//!
//! Always: a row's key is the address it links to; no more than [`MOST_PAGES`] pages and [`MOST_RECORDS`] rows are read, and what
//! lies beyond is a problem. A page on which every row is older than asked for, or known from an earlier page, is the last one.
//! Not here: the pages that rows link to.

mod fields;
mod next;
pub mod propose;
pub mod rows;
mod stable;
mod zones;

use std::collections::HashSet;

use pulse_model::source::Selectors;
use pulse_model::{Problem, ProblemKind};
use url::Url;

use crate::door::{Answer, Door, Found, Get};
use crate::error::HarvestError;
use crate::kind::Kind;
use crate::look::{Look, MOST_RECORDS, Memory, Window};
use crate::page;
use rows::{Compiled, Page};

/// So many pages of a listing are read in one look. A calendar goes on for ever.
pub const MOST_PAGES: usize = 20;
/// 8 MiB; a listing that is larger is not for readers.
pub const MOST_BYTES: u64 = 8 << 20;

/// A listing and where its rows are.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
    /// The page.
    pub url: &'a Url,
    /// Where on it the publications are.
    pub selectors: &'a Selectors,
}

impl Kind for Listing<'_> {
    async fn look<D: Door>(&self, door: &D, memory: &Memory, window: Window) -> Result<Look, HarvestError> {
        let compiled = Compiled::new(self.selectors)?;
        let window = window.with_owed(memory);
        let mut look = Look { memory: Memory { cursor: None, ..memory.clone() }, ..Look::default() };
        let validators = memory.validators.get(self.url.as_str());
        let accept = "text/html, application/xhtml+xml, */*;q=0.5";
        let found = match door.get(Get { validators, accept, max_bytes: MOST_BYTES, ..Get::new(self.url) }).await? {
            Answer::Unchanged => return Ok(Look { is_unchanged: true, ..look }),
            Answer::Found(found) => found,
        };
        look.moved_to = found.moved_to.clone();
        look.memory.validators.insert(self.url.as_str().to_owned(), found.validators.clone());
        let first = read(&found, &compiled, window.now)?;
        if first.records.is_empty() {
            let row = &self.selectors.row;
            let found = format!("nothing on it is a row `{row}` with a link; `pulse source try` proposes selectors for the page as it is now");
            return Err(HarvestError::NotThis { url: self.url.clone(), expected: "the listing it was", found });
        }
        look.title.clone_from(&first.title);
        let mut pages = HashSet::from([self.url.as_str().to_owned(), found.url.as_str().to_owned()]);
        let mut keys = HashSet::new();
        let mut next = take(first, &mut look, &mut keys, window);
        let mut read_pages = 1;
        while let Some(url) = next {
            if !pages.insert(url.as_str().to_owned()) {
                break;
            }
            if read_pages == MOST_PAGES {
                let message = format!("the listing goes on behind its page {MOST_PAGES}, at {url}; that is not read");
                look.problems.push(Problem::new(ProblemKind::TooLarge, message));
                break;
            }
            read_pages += 1;
            let page = match door.get(Get { accept, max_bytes: MOST_BYTES, ..Get::new(&url) }).await {
                Ok(Answer::Found(found)) => read(&found, &compiled, window.now),
                Ok(Answer::Unchanged) => break,
                Err(error) => Err(error.into()),
            };
            next = match page {
                Ok(page) => take(page, &mut look, &mut keys, window),
                Err(error) => {
                    // The first page is read again next time, though it be as it was: what stands behind it is still to come.
                    look.memory.validators.remove(self.url.as_str());
                    look.memory.cursor = window.owed();
                    look.problems.push(Problem::new(ProblemKind::Damaged, format!("a further page of the listing could not be read: {error}")));
                    None
                }
            };
        }
        Ok(look)
    }
}

/// The tree of a page for [`rows::read`] and [`propose::propose`], and whether a part of it was left out because it was made to harm.
pub fn parse(bytes: &[u8], media_type: Option<&str>) -> (scraper::Html, bool) {
    page::parse(bytes, media_type)
}

fn read(found: &Found, compiled: &Compiled, now: i64) -> Result<Page, HarvestError> {
    let what = page::what_it_is(&found.bytes);
    if matches!(what, "nothing" | "a PDF" | "JSON" | "a feed" | "a sitemap") {
        return Err(HarvestError::NotThis { url: found.url.clone(), expected: "a web page", found: what.to_owned() });
    }
    let (html, is_cut) = parse(&found.bytes, found.media_type.as_deref());
    let mut page = rows::read(&html, &found.url, compiled, now);
    if is_cut {
        let message = format!("{} has so many elements within elements that only its beginning is read", found.url);
        page.problems.push(Problem::new(ProblemKind::TooLarge, message));
    }
    Ok(page)
}

/// Adds what a page has to the look; the next page, where it is worth a look.
fn take(page: Page, look: &mut Look, keys: &mut HashSet<String>, window: Window) -> Option<Url> {
    for problem in page.problems {
        if !look.problems.contains(&problem) {
            look.problems.push(problem);
        }
    }
    let is_old = !page.records.is_empty() && page.records.iter().all(|record| record.published_at.or(record.updated_at).is_some_and(|at| at < window.since));
    let before = keys.len();
    for record in page.records {
        if look.records.len() >= MOST_RECORDS {
            look.problems.push(Problem::new(ProblemKind::TooLarge, format!("the listing has more than {MOST_RECORDS} rows; the first of them are read")));
            return None;
        }
        if keys.insert(record.key.clone()) {
            look.records.push(record);
        }
    }
    if is_old || keys.len() == before { None } else { page.next }
}
