//! The pages of one look: asked for, given as records, put off, taken away.
//!
//! Here a page's state is kept in the cursor, together with its record being given: a look that fails keeps neither.

use pulse_model::{LinkRole, Problem, ProblemKind, Record, RecordLink};
use url::Url;

use super::content::{self, Item, Page};
use super::cursor::{Known, print};
use super::search::{Hit, sentence};
use super::{AGAIN_AFTER_MS, AGAIN_MOST, ASKED_MOST, FAILURES_MOST, PARTS_MOST, Round};
use crate::door::{Answer, Door, FetchError, Get};

/// What the content API said of a page.
enum Asked {
    Unchanged,
    Item(Item),
    /// There is no such page, or it may not be seen.
    Missing(String),
    /// There is one, but it cannot be read.
    Refused(String),
    /// No answer this time.
    Failed(String),
    /// Not asked: enough was asked already, or the site does not answer.
    Not,
}

impl<D: Door> Round<'_, D> {
    /// A page that is new or was updated.
    pub(super) async fn take(&mut self, hit: Hit) {
        let at = hit.record.updated_at.unwrap_or_default();
        let Some(path) = hit.path.clone() else {
            // It is elsewhere, and the content API does not know it.
            self.cursor.known.insert(hit.record.key.clone(), Known { at, asked: self.now, is_gone: true, ..Known::default() });
            self.look.records.push(hit.record);
            return;
        };
        if self.seen.contains(&path) {
            return self.note(&path, at);
        }
        match self.ask(&path, false).await {
            Asked::Item(Item::Page(page)) => match page.parent.clone().filter(|parent| *parent != path) {
                Some(parent) => {
                    self.keep_part(&path, &parent, &page);
                    self.note(&path, at);
                    self.take_parent(&parent, &page.record).await;
                }
                None => {
                    self.note(&path, at);
                    self.give(&path, *page, None, true).await;
                }
            },
            Asked::Item(Item::Gone) => self.take_away(&path, Some(&hit.record), None),
            Asked::Item(Item::Moved { to }) => self.follow(&path, Some(&hit.record), to).await,
            // Asked without validators, a page has no reason to be as it was.
            Asked::Unchanged | Asked::Not => self.put_off(&path, at, hit.record, None),
            Asked::Failed(why) => self.put_off(&path, at, hit.record, Some(why)),
            Asked::Missing(why) | Asked::Refused(why) => {
                self.put_off(&path, at, hit.record, Some(why));
                self.cursor.known.entry(path).or_default().asked = self.now;
            }
        }
    }

    /// The publication of an HTML attachment that is new or was edited. When it cannot be read, the attachment speaks for itself.
    async fn take_parent(&mut self, parent: &str, part: &Record) {
        if self.seen.contains(parent) {
            return;
        }
        match self.ask(parent, false).await {
            Asked::Item(Item::Page(page)) => {
                self.note(parent, page.record.updated_at.unwrap_or_default());
                self.give(parent, *page, None, true).await;
            }
            Asked::Item(Item::Gone) => self.take_away(parent, None, None),
            Asked::Item(Item::Moved { to }) => self.follow(parent, None, to).await,
            Asked::Failed(why) | Asked::Missing(why) | Asked::Refused(why) => self.put_off(parent, 0, part.clone(), Some(why)),
            Asked::Unchanged | Asked::Not => self.put_off(parent, 0, part.clone(), None),
        }
    }

    /// Known pages, to see whether they were edited in silence.
    pub(super) async fn ask_again(&mut self) {
        let due = |known: &Known| !known.is_gone && (known.asked == 0 || self.now.saturating_sub(known.asked) >= AGAIN_AFTER_MS);
        let mut paths: Vec<(i64, String)> = self.cursor.known.iter().filter(|(_, known)| due(known)).map(|(path, known)| (known.asked, path.clone())).collect();
        paths.sort_unstable();
        let put_off = paths.iter().filter(|(asked, _)| *asked == 0).count();
        for (_, path) in paths.into_iter().take(put_off + AGAIN_MOST) {
            if !self.seen.contains(&path) {
                self.look_again(&path).await;
            }
        }
    }

    async fn look_again(&mut self, path: &str) {
        let Some(known) = self.cursor.known.get(path).cloned() else { return };
        match self.ask(path, !known.print.is_empty()).await {
            Asked::Unchanged => self.mark_asked(path),
            Asked::Item(Item::Page(page)) => match page.parent.clone().filter(|parent| *parent != path) {
                Some(parent) => {
                    if self.keep_part(path, &parent, &page) {
                        self.take_parent(&parent, &page.record).await;
                    }
                }
                None => self.give(path, *page, None, false).await,
            },
            Asked::Item(Item::Gone) => match known.parent {
                Some(_) => drop(self.cursor.known.remove(path)),
                None => self.take_away(path, None, None),
            },
            Asked::Item(Item::Moved { to }) => match known.parent {
                Some(_) => drop(self.cursor.known.remove(path)),
                None => self.follow(path, None, to).await,
            },
            Asked::Failed(why) => self.problem(path, &why),
            Asked::Refused(why) => {
                self.problem(path, &why);
                self.mark_asked(path);
            }
            Asked::Missing(why) => {
                self.problem(path, &why);
                self.mark_asked(path);
                self.cursor.known.entry(path.to_owned()).or_default().is_gone = true;
            }
            Asked::Not => {}
        }
    }

    /// The record of a page, once the parts of it have been read; not given when it is as it was, unless it must be.
    async fn give(&mut self, path: &str, page: Page, old_address: Option<Url>, must: bool) {
        self.seen.insert(path.to_owned());
        let mut record = page.record;
        for part in page.children.iter().take(PARTS_MOST) {
            if (must || !self.cursor.known.contains_key(part)) && !self.seen.contains(part) {
                match self.ask(part, false).await {
                    Asked::Item(Item::Page(page)) => drop(self.keep_part(part, path, &page)),
                    // Asked again with the known pages.
                    _ => drop(self.cursor.known.entry(part.clone()).or_insert_with(|| Known { parent: Some(path.to_owned()), ..Known::default() })),
                }
            }
            record.edited_at = record.edited_at.max(self.cursor.known.get(part).map(|known| known.edited).filter(|at| *at != 0));
        }
        record.links.extend(old_address.map(|url| RecordLink { url, role: LinkRole::Page, title: String::new(), media_type: None }));
        let print = print(&record);
        let known = self.cursor.known.entry(path.to_owned()).or_default();
        let is_other = known.print != print;
        known.asked = self.now;
        known.edited = record.edited_at.unwrap_or_default();
        known.id = record.content_id;
        known.print = print;
        known.is_gone = false;
        known.parent = None;
        known.at = known.at.max(record.updated_at.unwrap_or_default());
        if must || is_other {
            self.look.records.push(record);
        }
    }

    /// Keeps the state of an HTML attachment; says whether it is another than before.
    fn keep_part(&mut self, path: &str, parent: &str, page: &Page) -> bool {
        self.seen.insert(path.to_owned());
        let print = print(&page.record);
        let known = self.cursor.known.entry(path.to_owned()).or_default();
        let is_other = known.print != print;
        // An edit that moves no date is dated by its discovery.
        let touched = page.record.edited_at.unwrap_or_default();
        let edited = if is_other && !known.print.is_empty() && touched <= known.edited { self.now } else { touched.max(known.edited) };
        *known = Known { at: known.at, asked: self.now, edited, print, id: page.record.content_id, parent: Some(parent.to_owned()), is_gone: false };
        is_other
    }

    /// A page that is gone: its record says so. `to` is where its address leads now.
    fn take_away(&mut self, path: &str, hit: Option<&Record>, to: Option<Url>) {
        self.seen.insert(path.to_owned());
        let known = self.cursor.known.entry(path.to_owned()).or_default();
        let at = known.at.max(hit.and_then(|hit| hit.updated_at).unwrap_or_default());
        *known = Known { at, asked: self.now, is_gone: true, id: known.id, ..Known::default() };
        let mut record = hit.cloned().unwrap_or_else(|| Record { key: path.to_owned(), content_id: known.id, ..Record::default() });
        if record.links.is_empty() {
            let page = self.place.origin.join(path).ok();
            record.links.extend(page.map(|url| RecordLink { url, role: LinkRole::Page, title: String::new(), media_type: None }));
        }
        record.links.extend(to.map(|url| RecordLink { url, role: LinkRole::Other, title: String::new(), media_type: None }));
        record.is_withdrawn = true;
        self.look.records.push(record);
    }

    /// A page that leads elsewhere. It has only moved when the page there has its content id; else it is gone, and what is there now
    /// is another publication, which may take the place of many.
    async fn follow(&mut self, path: &str, hit: Option<&Record>, to: Option<Url>) {
        self.seen.insert(path.to_owned());
        let id = self.cursor.known.get(path).and_then(|known| known.id).or_else(|| hit.and_then(|hit| hit.content_id));
        let there = to.as_ref().and_then(|to| content::path_on(&self.place.origin, to)).filter(|there| there != path);
        if let (Some(id), Some(there)) = (id, there) {
            // Search or feed may have told of the new address already.
            let is_known = self.cursor.known.get(&there).is_some_and(|known| known.id == Some(id));
            if is_known {
                drop(self.cursor.known.remove(path));
                return;
            }
            if !self.seen.contains(&there)
                && let Asked::Item(Item::Page(page)) = self.ask(&there, false).await
                && page.record.content_id == Some(id)
            {
                let known = self.cursor.known.remove(path).unwrap_or_default();
                self.note(&there, known.at.max(page.record.updated_at.unwrap_or_default()));
                let old_address = self.place.origin.join(path).ok();
                return self.give(&there, *page, old_address, true).await;
            }
        }
        self.take_away(path, hit, to);
    }

    /// A page that could not be read: what is said of it is its record, and it is asked for next time.
    fn put_off(&mut self, path: &str, at: i64, said: Record, why: Option<String>) {
        self.seen.insert(path.to_owned());
        if let Some(why) = why {
            self.problem(path, &why);
        }
        self.note(path, at);
        let known = self.cursor.known.entry(path.to_owned()).or_default();
        known.asked = 0;
        known.print.clear();
        known.id = known.id.or(said.content_id);
        self.look.records.push(said);
    }

    /// Notes the update of a page, so that it is no news the next time.
    fn note(&mut self, path: &str, at: i64) {
        let known = self.cursor.known.entry(path.to_owned()).or_default();
        known.at = known.at.max(at);
    }

    fn mark_asked(&mut self, path: &str) {
        if let Some(known) = self.cursor.known.get_mut(path) {
            known.asked = self.now;
        }
    }

    fn problem(&mut self, path: &str, why: &str) {
        self.look.problems.push(Problem::new(ProblemKind::Damaged, format!("{path} could not be read: {why}")));
    }

    /// Asks the content API for a page; with validators only when it is all the same whether it is sent.
    async fn ask(&mut self, path: &str, is_conditional: bool) -> Asked {
        if self.asked >= ASKED_MOST || self.failures >= FAILURES_MOST {
            return Asked::Not;
        }
        let mut url = self.place.origin.clone();
        url.set_path(&format!("/api/content{path}"));
        let validators = self.validators.get(url.as_str()).filter(|_| is_conditional).cloned();
        self.asked += 1;
        let answer = self.door.get(Get { accept: "application/json", is_api: true, validators: validators.as_ref(), ..Get::new(&url) }).await;
        self.failures = if answer.as_ref().is_err_and(FetchError::is_passing) { self.failures + 1 } else { 0 };
        match answer {
            Ok(Answer::Unchanged) => Asked::Unchanged,
            Ok(Answer::Found(found)) => match content::read(&found.bytes, &self.place.origin, path) {
                Ok(item) => {
                    self.validators.insert(url.to_string(), found.validators);
                    Asked::Item(item)
                }
                Err(instead) => Asked::Refused(format!("{url} is not an answer of the content API: {instead}")),
            },
            Err(FetchError::Status { status: 410, .. }) => Asked::Item(Item::Gone),
            Err(error) if error.is_passing() => Asked::Failed(sentence(&error)),
            Err(error @ FetchError::Status { .. }) => Asked::Missing(sentence(&error)),
            Err(error) => Asked::Refused(sentence(&error)),
        }
    }
}
