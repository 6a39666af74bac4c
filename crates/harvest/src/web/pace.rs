//! When a host may be asked: one request at a time, a gap between two, and not while it asks to be left alone.
//!
//! Not here: `robots.txt` ([`super::robots`]), trying again ([`super::exchange`]).

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;
use url::Url;

use super::kept::Kept;
use super::settings::WebSettings;
use crate::door::FetchError;

/// A host is remembered in some 200 bytes.
const MOST_HOSTS: usize = 1 << 16;

/// A host that asks to be left alone for so long is waited for; beyond it the request fails at once, and says for how long.
pub(super) const WORTH_WAITING: Duration = Duration::from_secs(5);

/// For so long a host is left alone that is overloaded and does not say for how long.
const HOLD: Duration = Duration::from_secs(60);

/// Requests that are further apart have nothing to do with each other.
const REST: Duration = Duration::from_secs(1);

/// The largest gap that a host may ask for.
const LARGEST_GAP: Duration = Duration::from_secs(30);

/// The pace of all hosts.
pub(super) struct Pace {
    page_gap: Duration,
    api_gap: Duration,
    hosts: Kept<Host>,
}

/// Which gap follows a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// That of pages.
    Page,
    /// That of addresses for programs.
    Api,
    /// That of pages, but no less than this.
    AtLeast(Duration),
}

impl Gap {
    /// Not less than a host asks for.
    pub(super) fn at_least(self, least: Duration) -> Self {
        Self::AtLeast(least.min(LARGEST_GAP))
    }
}

#[derive(Default)]
struct Host {
    /// When the next request may begin. Locked while one is under way; whoever waits for it is served in order.
    next: Arc<tokio::sync::Mutex<Option<Instant>>>,
    /// Until when it asks to be left alone, and with which status it did.
    hold: Mutex<Option<(Instant, u16)>>,
    /// Whether its last answer was a fault that may pass.
    is_failing: AtomicBool,
    /// How many requests there were before this one without a rest in between.
    run: AtomicU32,
}

/// The right to ask a host now. The gap begins when it is dropped.
pub(super) struct Turn {
    next: OwnedMutexGuard<Option<Instant>>,
    host: Arc<Host>,
    gap: Duration,
}

impl Pace {
    pub(super) fn new(settings: &WebSettings) -> Self {
        Self { page_gap: Duration::from_millis(settings.gap_ms), api_gap: Duration::from_millis(settings.api_gap_ms), hosts: Kept::new(MOST_HOSTS) }
    }

    /// One try is enough at this host until it answers.
    pub(super) fn doubt(&self, url: &Url) {
        self.hosts.get(&name(url)).is_failing.store(true, Relaxed);
    }

    /// Waits until it is a request's turn.
    ///
    /// # Errors
    /// When the host has asked to be left alone for longer than is worth waiting.
    pub(super) async fn turn(&self, url: &Url, gap: Gap) -> Result<Turn, FetchError> {
        let host = self.hosts.get(&name(url));
        host.held(url)?;
        let next = Arc::clone(&host.next).lock_owned().await;
        // While this one waited, another may have been sent away.
        let until = (*next).max(host.held(url)?);
        let run = if next.is_some_and(|since| since.elapsed() < REST) { host.run.load(Relaxed).saturating_add(1) } else { 0 };
        host.run.store(run, Relaxed);
        if let Some(until) = until {
            tokio::time::sleep_until(until).await;
        }
        let gap = match gap {
            Gap::Page => self.page_gap,
            Gap::Api => self.api_gap,
            Gap::AtLeast(least) => self.page_gap.max(least),
        };
        Ok(Turn { next, host, gap })
    }
}

impl Turn {
    /// The next request is a part of the same visit.
    pub(super) fn end_without_gap(&mut self) {
        self.gap = Duration::ZERO;
    }

    /// Whether a fault is worth another try within the same look. Not where all tries were in vain the last time.
    pub(super) fn is_worth_retrying(&self) -> bool {
        !self.host.is_failing.load(Relaxed)
    }

    /// Whether the connection is worth keeping: the host is asked one thing after the other, and not only for its `robots.txt` and a feed.
    pub(super) fn is_one_of_many(&self) -> bool {
        self.host.run.load(Relaxed) >= 2
    }

    /// Remembers how it went, and leaves the host alone for as long as its answer asks for.
    pub(super) fn remember(&self, error: Option<&FetchError>) {
        self.host.is_failing.store(error.is_some_and(FetchError::is_passing), Relaxed);
        let Some(FetchError::Status { status: status @ (429 | 503), retry_after_s, .. }) = error else { return };
        let hold = retry_after_s.map_or(HOLD, Duration::from_secs);
        *self.host.hold.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now() + hold, *status));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *self.next = Some(Instant::now() + self.gap);
    }
}

impl Host {
    /// Until when to wait, if that is soon.
    fn held(&self, url: &Url) -> Result<Option<Instant>, FetchError> {
        let mut hold = self.hold.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((until, status)) = *hold else { return Ok(None) };
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            *hold = None;
        } else if left > WORTH_WAITING {
            return Err(FetchError::Status { url: url.clone(), status, retry_after_s: Some(left.as_secs().saturating_add(1)) });
        }
        Ok(Some(until))
    }
}

/// What counts as one host: its name, with the port where that is not the usual one.
fn name(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port_or_known_default() {
        None | Some(80 | 443) => host.to_owned(),
        Some(port) => format!("{host}:{port}"),
    }
}

#[cfg(test)]
mod tests;
