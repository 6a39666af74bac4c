//! The client for everything: the only way in which Pulse fetches from the web.
//!
//! In: a [`Get`]. Out: an [`Answer`], or the reason why there is none. What always holds:
//!
//! - only http and https, only ports of the web, and only public addresses: every address a name leads to is checked, and the
//!   connection goes to the addresses that were checked (`address`, `resolve`); again for every redirect. Hosts that the
//!   settings name are exempt;
//! - a host is asked one thing at a time, with a gap in between, and is left alone when it asks for that (`pace`);
//! - `robots.txt` is obeyed (`robots`);
//! - no answer is larger, slower or leads further than it may (`exchange`).
//!
//! Not here: what an answer means; remembering validators from one look to the next; cookies, forms, proxies.

mod address;
mod exchange;
mod kept;
mod pace;
mod resolve;
mod robots;
mod settings;

use std::sync::Arc;

use tokio::sync::Semaphore;
use url::Url;

use crate::door::{Answer, Door, FetchError, Found, Get};
use address::Addresses;
pub use address::is_public;
use exchange::{Exchange, Reply};
use pace::{Gap, Pace};
pub use resolve::{Resolver, Resolving, SystemResolver};
use robots::Robots;
pub use settings::{WebSettings, WebSettingsError};

/// The time now. Unix milliseconds, UTC.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The client. A clone is the same client.
#[derive(Clone)]
pub struct Web(Arc<Inner>);

struct Inner {
    addresses: Addresses,
    exchange: Exchange,
    pace: Pace,
    robots: Robots,
    in_all: Semaphore,
    max_redirects: usize,
}

/// What a request needs beyond what is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// Somebody wants the thing.
    Thing,
    /// It is a `robots.txt`: nothing is asked before, as much as fits is taken, and the next request may follow at once.
    Rules,
}

impl Web {
    /// A client that asks the machine's resolver.
    ///
    /// # Errors
    /// When the settings cannot work, or TLS cannot be set up.
    pub fn new(settings: &WebSettings, clock: Clock) -> Result<Self, WebSettingsError> {
        Self::with_resolver(settings, clock, Arc::new(SystemResolver))
    }

    /// A client with a resolver of its own. Its answers are checked like any other's.
    ///
    /// # Errors
    /// When the settings cannot work, or TLS cannot be set up.
    pub fn with_resolver(settings: &WebSettings, clock: Clock, resolver: Arc<dyn Resolver>) -> Result<Self, WebSettingsError> {
        Ok(Self(Arc::new(Inner {
            addresses: Addresses::new(settings)?,
            exchange: Exchange::new(settings, Arc::clone(&clock), resolver)?,
            pace: Pace::new(settings),
            robots: Robots::default(),
            in_all: Semaphore::new(settings.concurrency.clamp(1, Semaphore::MAX_PERMITS)),
            max_redirects: settings.max_redirects,
        })))
    }

    /// Follows redirects from a request to its answer.
    async fn follow(&self, request: Get<'_>, purpose: Purpose) -> Result<Answer, FetchError> {
        let mut url = request.url.clone();
        url.set_fragment(None);
        let mut is_moved_for_good = true;
        for redirects in 0..=self.0.max_redirects {
            match self.hop(&url, request, purpose).await? {
                Reply::Unchanged => return Ok(Answer::Unchanged),
                Reply::Redirect { to, is_permanent } => {
                    is_moved_for_good &= is_permanent && !is_downgrade(&url, &to);
                    url = to;
                }
                Reply::Found { media_type, bytes, validators } => {
                    let moved_to = (redirects > 0 && is_moved_for_good).then(|| url.clone());
                    return Ok(Answer::Found(Found { url, moved_to, media_type, bytes, validators }));
                }
            }
        }
        Err(FetchError::TooManyRedirects { url: request.url.clone() })
    }

    /// One address, when it is its turn.
    async fn hop(&self, url: &Url, request: Get<'_>, purpose: Purpose) -> Result<Reply, FetchError> {
        let inner = &*self.0;
        let way = inner.addresses.check(url)?;
        let mut gap = if request.is_api { Gap::Api } else { Gap::Page };
        if purpose == Purpose::Thing {
            // Before the turn begins: to wait for another host while keeping one waiting could go round in a circle.
            let rules = self.rules(url, request.is_api).await?;
            if !rules.allow(url, request.is_api) {
                return Err(FetchError::Robots { url: url.clone() });
            }
            gap = rules.delay(request.is_api).map_or(gap, |delay| gap.at_least(delay));
        }
        let mut turn = inner.pace.turn(url, gap).await?;
        let reply = inner.exchange.ask(url, way, request, purpose, &turn, &inner.in_all).await;
        // A host that has a `robots.txt` has not answered what was asked of it.
        if purpose == Purpose::Thing || reply.is_err() {
            turn.remember(reply.as_ref().err());
        }
        if purpose == Purpose::Rules || matches!(reply, Ok(Reply::Redirect { .. })) {
            // The next request is a part of the same visit.
            turn.end_without_gap();
        }
        reply
    }
}

impl Door for Web {
    async fn get(&self, request: Get<'_>) -> Result<Answer, FetchError> {
        self.follow(request, Purpose::Thing).await
    }

    fn doubt(&self, url: &Url) {
        self.0.pace.doubt(url);
    }
}

/// Whether a redirect leads to where whoever stands in between can change what is sent. It is followed, but no source is moved there for
/// good.
fn is_downgrade(from: &Url, to: &Url) -> bool {
    from.scheme() == "https" && to.scheme() == "http"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_from_https_to_http_is_down() {
        let [plain, secure] = ["http://a.example/", "https://a.example/"].map(|url| Url::parse(url).unwrap());
        assert!(is_downgrade(&secure, &plain));
        assert!(!is_downgrade(&plain, &secure) && !is_downgrade(&secure, &secure) && !is_downgrade(&plain, &plain));
    }
}
