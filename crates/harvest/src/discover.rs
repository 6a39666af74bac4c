//! What kind of source an address is: what `pulse source add` and `pulse source try` ask.
//!
//! In: an address that a person pasted. Out: the sources it may be, the best first, each with what a look at it brings. Asked in this
//! order: GOV.UK; a feed or sitemap itself; feeds that the page offers; feeds where sites usually have them; the page as a listing,
//! with selectors proposed; the site's sitemap; by hand.
//!
//! Always: a candidate was looked at, and nothing is a candidate that brought nothing; few requests, one after the other. What a page
//! offers and does not work is a problem; what was only guessed is passed over.
//! Not here: adding a source.

mod page_says;

use pulse_model::{Channel, Problem, ProblemKind, Record, doi};
use url::Url;

use crate::door::{Answer, Door, FetchError, Found, Get};
use crate::error::HarvestError;
use crate::listing::propose::propose;
use crate::look::{Memory, Window};
use crate::{kind, manual, page};
use page_says::PageSays;

/// Where sites have their feed when they do not say: below the root, the usual first.
const USUAL_FEEDS: [&str; 6] = ["feed", "rss", "feed.xml", "rss.xml", "atom.xml", "index.xml"];
/// So many feeds of one page are tried.
const MOST_FEEDS: usize = 5;
/// So many ways to read a page as a listing are shown.
const MOST_LISTINGS: usize = 3;
/// So many sitemaps of a site are tried.
const MOST_SITEMAPS: usize = 2;

/// What an address may be.
#[derive(Clone, Debug)]
pub struct Discovery {
    /// Where it leads in the end.
    pub url: Url,
    /// The sources it may be, the best first.
    pub candidates: Vec<Candidate>,
    /// What was offered and did not work.
    pub problems: Vec<Problem>,
}

/// A source that an address may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Where to look, and how.
    pub channel: Channel,
    /// What it may be called; the team may know better.
    pub name: String,
    /// Whose it seems to be.
    pub publisher: Option<String>,
    /// What a look at it brings now.
    pub records: Vec<Record>,
    /// What was wrong in that look.
    pub problems: Vec<Problem>,
}

/// Finds out what an address is.
///
/// # Errors
///
/// When it cannot be fetched.
pub async fn discover<D: Door>(url: &Url, door: &D, window: Window) -> Result<Discovery, HarvestError> {
    let mut search = Search { door, window, found: Discovery { url: url.clone(), candidates: Vec::new(), problems: Vec::new() } };
    if doi::is_resolver(url) && doi::of_url(url).is_some() {
        search.by_hand(url, "");
        return Ok(search.found);
    }
    if is_govuk_address(url) && search.offered(Channel::Govuk { url: url.clone() }, &PageSays::default()).await {
        return Ok(search.found);
    }
    let found = match door.get(Get::new(url)).await? {
        Answer::Found(found) => found,
        Answer::Unchanged => return Err(HarvestError::NotThis { url: url.clone(), expected: "a page", found: "an answer without content".to_owned() }),
    };
    search.found.url = found.url.clone();
    let at = found.moved_to.clone().unwrap_or_else(|| url.clone());
    match page::what_it_is(&found.bytes) {
        "a PDF" | "a file that is not text" if !found.bytes.starts_with(&[0x1f, 0x8b]) => search.by_hand(&at, ""),
        _ if page::file_type(&found.url).is_some() => search.by_hand(&at, ""),
        "a feed" | "JSON" => search.itself(Channel::Feed { url: at }, url, found).await,
        "a sitemap" | "a file that is not text" => search.itself(Channel::Sitemap { url: at, below: String::new() }, url, found).await,
        _ => search.page(&at, &found).await,
    }
    Ok(search.found)
}

fn is_govuk_address(url: &Url) -> bool {
    matches!(url.host_str(), Some("www.gov.uk" | "gov.uk")) && is_govuk_path(url)
}

fn is_govuk_path(url: &Url) -> bool {
    let path = url.path();
    path.starts_with("/government/organisations/") || path.starts_with("/search/") || path.starts_with("/government/feed") || path.ends_with(".atom")
}

struct Search<'a, D> {
    door: &'a D,
    window: Window,
    found: Discovery,
}

impl<D: Door> Search<'_, D> {
    /// Looks at a channel; whether it brought something, or else why it did not.
    async fn look(&mut self, channel: Channel, door: &impl Door, says: &PageSays) -> Result<bool, HarvestError> {
        let look = kind::look(&channel, door, &Memory::default(), self.window).await?;
        if look.records.is_empty() || self.found.candidates.iter().any(|other| other.channel == channel) {
            return Ok(false);
        }
        let title = look.title.as_deref().map(page_says::undecorated);
        let name = says.name(title.as_deref(), channel.address());
        let publisher = says.publisher.clone().or_else(|| page_says::whose(&title?));
        self.found.candidates.push(Candidate { channel, name, publisher, records: look.records, problems: look.problems });
        Ok(true)
    }

    /// Looks at what was offered: it is a problem when that does not work.
    async fn offered(&mut self, channel: Channel, says: &PageSays) -> bool {
        let (kind, address) = (channel.kind(), channel.address().to_owned());
        match self.look(channel, self.door, says).await {
            Ok(true) => true,
            Ok(false) => false,
            Err(error) => {
                self.found.problems.push(Problem::new(ProblemKind::NotThisForm, format!("the {kind} {address} cannot be read: {error}")));
                false
            }
        }
    }

    /// The address is a source by itself; what was fetched of it is not fetched again.
    async fn itself(&mut self, channel: Channel, asked: &Url, found: Found) {
        let address = channel.address().to_owned();
        let kind = channel.kind();
        let seen = Seen { door: self.door, asked: asked.clone(), found };
        match self.look(channel, &seen, &PageSays::default()).await {
            Ok(true) => {}
            Ok(false) => self.found.problems.push(Problem::new(ProblemKind::NoLink, format!("the {kind} {address} has nothing in it now"))),
            Err(error) => {
                self.found.problems.push(Problem::new(ProblemKind::NotThisForm, format!("{address} looks like a {kind} and cannot be read: {error}")))
            }
        }
    }

    async fn page(&mut self, url: &Url, found: &Found) {
        let (says, proposals) = {
            // The tree of a page does not cross a wait.
            let (html, _) = page::parse(&found.bytes, found.media_type.as_deref());
            (PageSays::of(&html, &found.url), propose(&html, &found.url, self.window.now))
        };
        if says.is_govuk && is_govuk_path(&found.url) && self.offered(Channel::Govuk { url: url.clone() }, &says).await {
            return;
        }
        for feed in says.feeds.iter().take(MOST_FEEDS) {
            self.offered(Channel::Feed { url: feed.clone() }, &says).await;
        }
        if self.found.candidates.is_empty() {
            self.usual_feed(&found.url, &says).await;
        }
        for proposal in proposals.into_iter().take(MOST_LISTINGS) {
            let channel = Channel::Listing { url: url.clone(), selectors: proposal.selectors };
            let name = says.name(None, url.as_str());
            let candidate = Candidate { channel, name, publisher: says.publisher.clone(), records: proposal.records, problems: Vec::new() };
            self.found.candidates.push(candidate);
        }
        if self.found.candidates.is_empty() {
            self.sitemaps(&found.url, &says).await;
        }
        if self.found.candidates.is_empty() {
            for feed in says.comments.iter().take(1) {
                self.offered(Channel::Feed { url: feed.clone() }, &says).await;
            }
        }
        if self.found.candidates.is_empty() {
            self.by_hand(url, &says.heading);
        }
    }

    async fn usual_feed(&mut self, page: &Url, says: &PageSays) {
        for path in USUAL_FEEDS {
            let Ok(url) = page.join(&format!("/{path}")) else { continue };
            match self.look(Channel::Feed { url }, self.door, says).await {
                Ok(true) => return,
                // A site that does not answer is not asked five times more.
                Err(HarvestError::Fetch(error))
                    if !matches!(error, FetchError::Status { .. } | FetchError::Robots { .. } | FetchError::TooManyRedirects { .. }) =>
                {
                    return;
                }
                Ok(false) | Err(_) => {}
            }
        }
    }

    async fn sitemaps(&mut self, page: &Url, says: &PageSays) {
        let Ok(robots) = page.join("/robots.txt") else { return };
        let mut named = match self.door.get(Get::new(&robots)).await {
            Ok(Answer::Found(found)) => sitemaps_of(&String::from_utf8_lossy(&found.bytes), &robots),
            _ => Vec::new(),
        };
        if named.is_empty() {
            named.extend(page.join("/sitemap.xml"));
        }
        let below = if page.path() == "/" { String::new() } else { page.path().to_owned() };
        for url in named.into_iter().take(MOST_SITEMAPS) {
            if matches!(self.look(Channel::Sitemap { url, below: below.clone() }, self.door, says).await, Ok(true)) {
                return;
            }
        }
    }

    fn by_hand(&mut self, url: &Url, title: &str) {
        let record = manual::record_of_url(url, title);
        let last = || url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned();
        let name = [record.title.clone(), record.dois.join(", "), last()].into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| url.to_string());
        self.found.candidates.push(Candidate { channel: Channel::Manual, name, publisher: None, records: vec![record], problems: Vec::new() });
    }
}

/// The sitemaps that a `robots.txt` names, in its order.
fn sitemaps_of(robots: &str, at: &Url) -> Vec<Url> {
    let named = robots.lines().filter_map(|line| line.split_once(':')).filter(|(field, _)| field.trim().eq_ignore_ascii_case("sitemap"));
    named.filter_map(|(_, address)| page::absolute(at, address)).take(MOST_SITEMAPS).collect()
}

/// A door that has one answer already.
struct Seen<'a, D> {
    door: &'a D,
    asked: Url,
    found: Found,
}

impl<D: Door> Door for Seen<'_, D> {
    async fn get(&self, request: Get<'_>) -> Result<Answer, FetchError> {
        if *request.url == self.asked || Some(request.url) == self.found.moved_to.as_ref() {
            return Ok(Answer::Found(self.found.clone()));
        }
        self.door.get(request).await
    }
}
