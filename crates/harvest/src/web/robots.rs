//! `robots.txt` by RFC 9309: fetched before the first page of an origin, remembered for a day.
//!
//! A file that is not there (4xx, or too many redirects) allows everything; one that cannot be had (5xx, 429, no answer) allows
//! nothing until it can, unless an older one is known. What is meant for programs, an API or a feed that a person has added, is bound
//! only by a group that names Pulse: the other groups speak of crawling.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use texting_robots::Robot;
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use super::kept::Kept;
use super::{Purpose, Web};
use crate::door::{Answer, FetchError, Get};

/// What the file calls this program.
const AGENT: &str = "pulse";

/// RFC 9309 section 2.5 wants at least so much to be read. Bytes.
const MOST_BYTES: u64 = 500 << 10;

/// A longer line has no path that anybody asks for, only work for the matcher. Bytes.
const LONGEST_LINE: usize = 2048;

/// A pattern with an end (`$`) costs the matcher some 10 KB and half a millisecond. No site has so many; a file that does is closed.
const MOST_ENDS: usize = 500;
const END_WEIGHT: usize = 10 << 10;

/// RFC 9309 section 2.4: not longer than a day.
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);

/// An older file holds when there is no answer.
const STALE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// After no answer, nobody is asked again for so long.
const FAILED: Duration = Duration::from_secs(60);

/// All files together, roughly. Bytes.
const MOST_KEPT: usize = 16 << 20;

/// The files of all origins.
pub(super) struct Robots(Kept<Mutex<Known>>);

impl Default for Robots {
    fn default() -> Self {
        Self(Kept::new(MOST_KEPT))
    }
}

/// What is known of one origin. Locked while its file is fetched, so that it is fetched once.
#[derive(Default)]
struct Known {
    rules: Option<(Instant, Arc<Rules>)>,
    /// When there was none, and with which status, if that was the answer.
    failed: Option<(Instant, Option<u16>)>,
}

/// What one file says.
pub(super) enum Rules {
    /// Everything is allowed.
    Open,
    /// Nothing is: it cannot be understood.
    Closed,
    /// What is in it.
    Read { robot: Box<Robot>, names_us: bool },
}

impl Rules {
    fn read(bytes: &[u8]) -> Self {
        let mut text = Vec::with_capacity(bytes.len());
        let mut names_us = false;
        let mut ends = 0;
        for line in bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).split(|byte| matches!(byte, b'\n' | b'\r' | 0)) {
            if line.len() > LONGEST_LINE {
                continue;
            }
            ends += usize::from(line.contains(&b'$'));
            if agent(line).is_some_and(|agent| agent.eq_ignore_ascii_case(AGENT.as_bytes())) {
                names_us = true;
                // The reader takes `Pulse/1.0` for the name of another.
                text.extend_from_slice(b"User-agent: pulse\n");
            } else {
                text.extend_from_slice(line);
                text.push(b'\n');
            }
        }
        if ends > MOST_ENDS {
            return Self::Closed;
        }
        match Robot::new(AGENT, &text) {
            Ok(mut robot) => {
                robot.sitemaps = Vec::new();
                Self::Read { robot: Box::new(robot), names_us }
            }
            Err(_) => Self::Closed,
        }
    }

    /// Whether an address may be fetched.
    pub(super) fn allow(&self, url: &Url, is_api: bool) -> bool {
        match self {
            Self::Open => true,
            Self::Closed => is_api,
            Self::Read { robot, names_us } => (is_api && !names_us) || robot.allowed(url.as_str()),
        }
    }

    /// The time it asks for between two requests.
    pub(super) fn delay(&self, is_api: bool) -> Option<Duration> {
        match self {
            Self::Read { robot, names_us } if *names_us || !is_api => robot.delay.and_then(|seconds| Duration::try_from_secs_f32(seconds).ok()),
            _ => None,
        }
    }
}

/// The agent that a line names, if it is such a line: of `Pulse/1.0 (beta)` what RFC 9309 calls the product token.
fn agent(line: &[u8]) -> Option<&[u8]> {
    let at = line.iter().position(|byte| *byte == b':')?;
    let agent = line[at + 1..].trim_ascii_start();
    let end = agent.iter().position(|byte| !byte.is_ascii_alphabetic() && !b"_-".contains(byte)).unwrap_or(agent.len());
    line[..at].trim_ascii().eq_ignore_ascii_case(b"user-agent").then(|| &agent[..end])
}

/// Rules on their way, with their weight.
type Fetching<'a> = Pin<Box<dyn Future<Output = Result<(Rules, usize), FetchError>> + Send + 'a>>;

impl Web {
    /// The rules for an address, fetched if need be.
    pub(super) async fn rules(&self, url: &Url, is_api: bool) -> Result<Arc<Rules>, FetchError> {
        let Ok(at) = url.join("/robots.txt") else { return Ok(Arc::new(Rules::Closed)) };
        let known = self.0.robots.0.get(at.as_str());
        let mut known = known.lock().await;
        let age = known.rules.as_ref().map(|(since, _)| since.elapsed());
        if let Some((_, rules)) = known.rules.as_ref().filter(|_| age.is_some_and(|age| age < FRESH)) {
            return Ok(Arc::clone(rules));
        }
        let failed = known.failed.filter(|(since, _)| since.elapsed() < FAILED);
        let error = match failed {
            Some((_, Some(status))) => FetchError::Status { url: at, status, retry_after_s: None },
            Some((_, None)) => FetchError::Unreachable { url: at, cause: "it gave no answer a moment ago".into() },
            None => match self.fetch_rules(&at).await {
                Ok((rules, weight)) => {
                    self.0.robots.0.weigh(at.as_str(), weight);
                    let rules = Arc::new(rules);
                    *known = Known { rules: Some((Instant::now(), Arc::clone(&rules))), failed: None };
                    return Ok(rules);
                }
                // The person asked for the page, not for this.
                Err(FetchError::Forbidden { why, .. }) => return Err(FetchError::Forbidden { url: url.to_string(), why }),
                Err(error) => {
                    let status = if let FetchError::Status { status, .. } = error { Some(status) } else { None };
                    known.failed = Some((Instant::now(), status));
                    error
                }
            },
        };
        match &known.rules {
            Some((_, rules)) if age.is_some_and(|age| age < STALE) => Ok(Arc::clone(rules)),
            // The server is there; what it says of crawling is no matter.
            _ if is_api && matches!(error, FetchError::Status { .. }) => Ok(Arc::new(Rules::Open)),
            _ => Err(error),
        }
    }

    /// The rules, and roughly their weight in bytes. Boxed, because fetching a page is what asks for this.
    fn fetch_rules<'a>(&'a self, at: &'a Url) -> Fetching<'a> {
        Box::pin(async move {
            let request = Get { accept: "text/plain, */*;q=0.5", max_bytes: MOST_BYTES, ..Get::new(at) };
            let bytes = match self.follow(request, Purpose::Rules).await {
                Ok(Answer::Found(found)) => found.bytes,
                Ok(Answer::Unchanged) | Err(FetchError::TooManyRedirects { .. }) => Bytes::new(),
                Err(FetchError::Status { status, .. }) if (400..500).contains(&status) && status != 429 => Bytes::new(),
                Err(error) => return Err(error),
            };
            let rules = if bytes.is_empty() { Rules::Open } else { Rules::read(&bytes) };
            Ok((rules, 256 + 2 * bytes.len() + END_WEIGHT * bytes.iter().filter(|byte| **byte == b'$').count().min(MOST_ENDS)))
        })
    }
}

#[cfg(test)]
mod tests;
