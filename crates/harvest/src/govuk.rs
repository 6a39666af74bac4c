//! GOV.UK: every publication of an organisation or a finder, with its text, and every change of it.
//!
//! In: an organisation page, a finder or one of their feeds. Out: a record for each page that is new or was updated since the last
//! look, and for each known page that was edited in silence.
//!
//! A look asks, in this order: the feed, as a cheap sign that something moved; when it did, or a day after the last time, the
//! search API, which has all updates where the feed has the last 20; the content API for each page that is new or moved, for its
//! text, files and change note; and the content API for known pages that were not asked for within a day, because a minor edit
//! shows nowhere else. When the search fails, the feed's entries are taken and a problem says so; when the content API fails for
//! a page, what search or feed say of it is the record, and the rest is asked for next time.
//!
//! An HTML attachment is a page of its own on the site; here it is a file of its publication, and its edits are the
//! publication's ([`Record::edited_at`](pulse_model::Record::edited_at) moves). A page that is gone, or that leads to another publication, gives a record that says
//! it is withdrawn. A page that only changed its address gives one with both addresses.
//!
//! Bounds of one look: 25 pages of 200 search results; 400 questions to the content API, of which 100 to known pages; after 3 failures
//! in a row no more are asked. Pages are asked for again for 90 days, the latest 500 of them. The door keeps the pace.
//! Not here: what is the same work (triage), fetching files, reading HTML.

mod content;
mod cursor;
mod entries;
mod pages;
mod place;
mod search;

use std::collections::{BTreeMap, BTreeSet};

use pulse_model::{Problem, ProblemKind};
use url::Url;

pub use content::{Item, Page, read};

use crate::door::{Answer, Door, Get, Validators};
use crate::error::HarvestError;
use crate::look::{Look, Memory, Window};
use cursor::Cursor;
use entries::Entries;
use place::Place;
use search::{Hit, sentence};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Updates are looked for from so long before the latest one: pages come out with a date of some days ago.
const OVERLAP_MS: i64 = 7 * DAY_MS;
/// A known page is asked for again after so long.
const AGAIN_AFTER_MS: i64 = DAY_MS;
/// The search is asked after so long even when the feed has not moved.
const SEARCH_AFTER_MS: i64 = DAY_MS;
/// A page is asked for again so long after its last update.
const KEPT_FOR_MS: i64 = 90 * DAY_MS;
/// The most pages that are asked for again.
const KEPT_MOST: usize = 500;
/// The most questions to the content API in one look.
const ASKED_MOST: usize = 400;
/// The most known pages asked for again in one look, those not asked for the longest first.
const AGAIN_MOST: usize = 100;
/// The most HTML attachments of one publication that are asked for.
const PARTS_MOST: usize = 30;
/// After so many failures in a row the site is left alone.
const FAILURES_MOST: usize = 3;

/// Looks at a place on GOV.UK, or on a site with the same feeds and APIs: they are asked for at the address's own host.
pub async fn look(url: &Url, door: &impl Door, memory: &Memory, window: Window) -> Result<Look, HarvestError> {
    let Some(place) = Place::of(url) else {
        return Err(HarvestError::Settings { what: format!("{url} is no address of the web") });
    };
    let cursor = Cursor::read(memory.cursor.as_deref());
    let from = cursor.from(window.since);
    let round = Round {
        door,
        place: &place,
        now: window.now,
        from,
        cursor,
        validators: memory.validators.clone(),
        look: Look::default(),
        asked: 0,
        failures: 0,
        seen: BTreeSet::new(),
    };
    round.look(url, window.since).await
}

/// One look while it is going on.
struct Round<'a, D> {
    door: &'a D,
    place: &'a Place,
    now: i64,
    /// Updates from before are not looked for.
    from: i64,
    cursor: Cursor,
    validators: BTreeMap<String, Validators>,
    look: Look,
    /// Questions to the content API so far.
    asked: usize,
    failures: usize,
    /// Paths that this look has dealt with.
    seen: BTreeSet<String>,
}

impl<D: Door> Round<'_, D> {
    async fn look(mut self, url: &Url, since: i64) -> Result<Look, HarvestError> {
        let sign = self.ask_feed(url).await;
        let hits = self.news(sign).await?;
        if self.cursor.searched_at.is_some() {
            self.cursor.reached = Some(self.cursor.reached.map_or(since, |reached| reached.min(since)));
        }
        for hit in hits {
            self.take(hit).await;
        }
        self.ask_again().await;
        self.cursor.forget_old(self.now);
        let known = &self.cursor.known;
        let feed = self.place.feed.as_str();
        let is_known = |address: &str| address == feed || address.split_once("/api/content").is_some_and(|(_, path)| known.contains_key(path));
        self.validators.retain(|address, _| is_known(address));
        let is_unchanged = self.look.records.is_empty() && self.look.problems.is_empty();
        Ok(Look { memory: Memory { validators: self.validators, cursor: self.cursor.write() }, is_unchanged, ..self.look })
    }

    /// The feed; `None` when it is as it was.
    async fn ask_feed(&mut self, url: &Url) -> Result<Option<Entries>, HarvestError> {
        let feed = &self.place.feed;
        // Without a complete search the feed is wanted even when it has not changed.
        let validators = self.validators.get(feed.as_str()).filter(|_| self.cursor.searched_at.is_some()).cloned();
        let answer = self
            .door
            .get(Get { accept: "application/atom+xml, application/xml;q=0.9", validators: validators.as_ref(), is_api: true, ..Get::new(feed) })
            .await?;
        let Answer::Found(found) = answer else { return Ok(None) };
        let entries = entries::read(&found.bytes, &found.url, &self.place.origin)?;
        self.look.title.clone_from(&entries.title);
        self.look.moved_to = found.moved_to.map(|to| as_given(to, url)).filter(|to| to != url);
        self.validators.insert(feed.to_string(), found.validators);
        Ok(Some(entries))
    }

    /// What is new or updated: by the search where it can be asked and there is a reason to, and by the feed.
    async fn news(&mut self, sign: Result<Option<Entries>, HarvestError>) -> Result<Vec<Hit>, HarvestError> {
        let is_due = self.cursor.searched_at.is_none_or(|at| self.now.saturating_sub(at) >= SEARCH_AFTER_MS);
        let is_news = |hit: &Hit| hit.record.updated_at.is_none_or(|at| at >= self.from) && self.is_wanted(hit);
        let has_moved = sign.as_ref().map_or(true, |entries| entries.as_ref().is_some_and(|entries| entries.hits.iter().any(is_news)));
        let Some(filters) = &self.place.filters else {
            let entries = sign?;
            self.cursor.searched_at = Some(self.now);
            let mut hits = entries.map(|entries| entries.hits).unwrap_or_default();
            hits.retain(|hit| hit.record.updated_at.is_none_or(|at| at >= self.from) && self.is_wanted(hit));
            self.note_newest(&hits);
            return Ok(hits);
        };
        // The earliest moment asked for may be earlier than ever before.
        let is_deeper = self
            .cursor
            .reached
            .is_none_or(|reached| self.from < reached && self.cursor.newest.is_none_or(|newest| self.from < newest.saturating_sub(OVERLAP_MS)));
        if !(is_due || has_moved || is_deeper) {
            return Ok(Vec::new());
        }
        let mut hits = match (search::search(self.door, self.place, filters, self.from).await, &sign) {
            (Ok(found), _) => {
                // A search that has too much to tell has told what it can.
                if found.problem.as_ref().is_none_or(|problem| problem.kind == ProblemKind::TooLarge) {
                    self.note_newest(&found.hits);
                    self.cursor.searched_at = Some(self.now);
                } else {
                    self.cursor.searched_at = None;
                }
                self.look.problems.extend(found.problem);
                found.hits
            }
            (Err(error), Ok(_)) => {
                self.cursor.searched_at = None;
                let message = format!("{}; only the feed was read, which shows the latest few updates", sentence(&error));
                self.look.problems.push(Problem::new(ProblemKind::Damaged, message));
                Vec::new()
            }
            (Err(error), Err(_)) => return Err(error),
        };
        // The feed may be ahead of the search, and the search of the feed.
        let found: BTreeSet<String> = hits.iter().filter_map(|hit| hit.path.clone()).collect();
        let entries = sign.ok().flatten().map(|entries| entries.hits).unwrap_or_default();
        let further = entries.into_iter().filter(|hit| hit.record.updated_at.is_none_or(|at| at >= self.from));
        hits.extend(
            further.filter(|hit| {
                hit.path.as_ref().is_none_or(|path| !found.contains(path) || self.cursor.is_new(path, hit.record.updated_at.unwrap_or_default()))
            }),
        );
        hits.retain(|hit| self.is_wanted(hit));
        Ok(hits)
    }

    fn note_newest(&mut self, hits: &[Hit]) {
        // A date to come would hide what comes before it.
        let newest = hits.iter().filter_map(|hit| hit.record.updated_at).filter(|at| *at <= self.now).max();
        self.cursor.newest = self.cursor.newest.max(newest);
    }

    fn is_wanted(&self, hit: &Hit) -> bool {
        self.cursor.is_new(&hit.record.key, hit.record.updated_at.unwrap_or_default())
    }
}

/// The address a feed moved to, as the source was given: with `.atom` or without.
fn as_given(mut feed: Url, given: &Url) -> Url {
    if !given.path().ends_with(".atom")
        && let Some(path) = feed.path().strip_suffix(".atom").map(str::to_owned)
    {
        feed.set_path(&path);
    }
    feed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_moves_in_the_form_it_was_given() {
        let moved = |given: &str| as_given("https://www.gov.uk/government/organisations/b.atom".parse().unwrap(), &given.parse().unwrap()).to_string();
        assert_eq!(moved("https://www.gov.uk/government/organisations/a"), "https://www.gov.uk/government/organisations/b");
        assert_eq!(moved("https://www.gov.uk/government/organisations/a.atom"), "https://www.gov.uk/government/organisations/b.atom");
    }
}
