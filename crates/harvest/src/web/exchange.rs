//! One request and its answer, within limits of time and size, tried again where the reason may pass in a moment.
//!
//! Sizes count what is decompressed, piece by piece, so that a small answer that unfolds without end is left early.
//! Not here: redirects and turns ([`super`]).

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RETRY_AFTER};
use reqwest::{Client, Response};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use super::address::Way;
use super::pace::{Turn, WORTH_WAITING};
use super::resolve::{Checked, NotPublic, Resolver};
use super::settings::{WebSettings, WebSettingsError};
use super::{Clock, Purpose};
use crate::door::{FetchError, Get, Validators};

/// No server is left alone for longer than a day at its word.
const LONGEST_RETRY_AFTER_S: u64 = 24 * 60 * 60;

/// Longer ones recognise nothing.
const LONGEST_VALIDATOR: usize = 1024;

/// A body that nobody reads is read up to here, for so long, so that the connection can serve again.
const DRAINED_BYTES: usize = 64 << 10;
const DRAINED_FOR: Duration = Duration::from_millis(500);

/// An answer of one address.
pub(super) enum Reply {
    Unchanged,
    Redirect { to: Url, is_permanent: bool },
    Found { media_type: Option<String>, bytes: Bytes, validators: Validators },
}

/// Whatever sends requests.
pub(super) struct Exchange {
    public: Clients,
    named: Clients,
    clock: Clock,
    timeout: Duration,
    silence: Duration,
    retries: u32,
    retry_wait: Duration,
}

/// The clients of one way. A connection that is kept is an open file, and thousands of hosts are asked for one feed each.
struct Clients {
    keeping: Client,
    closing: Client,
}

impl Exchange {
    pub(super) fn new(settings: &WebSettings, clock: Clock, resolver: Arc<dyn Resolver>) -> Result<Self, WebSettingsError> {
        let silence = Duration::from_secs(settings.silence_s.max(1));
        let client = |way, kept| {
            Client::builder()
                .user_agent(settings.user_agent()?)
                // A proxy would resolve names by itself, and nothing would have been checked.
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .referer(false)
                .dns_resolver(Arc::new(Checked { resolver: Arc::clone(&resolver), way }))
                .connect_timeout(silence)
                .pool_idle_timeout(Duration::from_secs(10))
                .pool_max_idle_per_host(kept)
                .build()
                .map_err(WebSettingsError::Client)
        };
        let clients = |way| Ok(Clients { keeping: client(way, 1)?, closing: client(way, 0)? });
        Ok(Self {
            public: clients(Way::Public)?,
            named: clients(Way::Named)?,
            clock,
            timeout: Duration::from_secs(settings.timeout_s.max(1)),
            silence,
            retries: settings.retries,
            retry_wait: Duration::from_millis(settings.retry_wait_ms),
        })
    }

    /// Asks one address, and again after a moment where that may help.
    pub(super) async fn ask(&self, url: &Url, way: Way, request: Get<'_>, purpose: Purpose, turn: &Turn, in_all: &Semaphore) -> Result<Reply, FetchError> {
        let most = if turn.is_worth_retrying() { self.retries } else { 0 };
        let clients = if way == Way::Public { &self.public } else { &self.named };
        let client = if turn.is_one_of_many() { &clients.keeping } else { &clients.closing };
        let mut retries = 0;
        loop {
            let permit = in_all.acquire().await;
            let reply = self.once(client, url, request, purpose).await;
            drop(permit);
            let wait = reply.as_ref().err().filter(|_| retries < most).and_then(|error| self.wait(error, url, retries));
            let Some(wait) = wait else { return reply };
            tokio::time::sleep(wait).await;
            retries += 1;
        }
    }

    /// How long to wait before another try, if another makes sense so soon.
    fn wait(&self, error: &FetchError, url: &Url, retries: u32) -> Option<Duration> {
        match error {
            FetchError::Status { status: 429 | 503, retry_after_s: Some(s), .. } => return Some(Duration::from_secs(*s)).filter(|wait| *wait <= WORTH_WAITING),
            FetchError::Unreachable { .. } | FetchError::Status { status: 408 | 425 | 500 | 502..=504, .. } => {}
            _ => return None,
        }
        // Spread by host and moment, so that what failed together is not tried again together.
        let mut hasher = DefaultHasher::new();
        (url.host_str(), retries, (self.clock)()).hash(&mut hasher);
        let spread = 50 + u32::try_from(hasher.finish() % 101).unwrap_or_default();
        Some(self.retry_wait * 3_u32.saturating_pow(retries.min(5)) * spread / 100)
    }

    async fn once(&self, client: &Client, url: &Url, request: Get<'_>, purpose: Purpose) -> Result<Reply, FetchError> {
        let deadline = Instant::now() + self.timeout;
        let mut builder = client.get(url.clone()).header(ACCEPT, request.accept);
        let sent = request.validators.cloned().unwrap_or_default();
        for (name, value) in [(IF_NONE_MATCH, &sent.etag), (IF_MODIFIED_SINCE, &sent.last_modified)] {
            // What cannot stand in a header was not in one.
            if let Some(value) = value.as_deref().and_then(|value| reqwest::header::HeaderValue::from_str(value).ok()) {
                builder = builder.header(name, value);
            }
        }
        // Silence until connected, and again until the first byte.
        let limit = deadline.min(Instant::now() + 2 * self.silence);
        let mut response = match timeout_at(limit, builder.send()).await {
            Ok(response) => response.map_err(|error| self.fault(url, error))?,
            Err(_) => return Err(self.too_slow(url, deadline)),
        };
        let status = response.status().as_u16();
        match status {
            200 | 203 => {
                let (media_type, validators) = (text(response.headers(), CONTENT_TYPE), validators(response.headers()));
                let bytes = self.body(url, &mut response, request.max_bytes, purpose, deadline).await?;
                return Ok(Reply::Found { media_type, bytes, validators });
            }
            304 if sent != Validators::default() => return Ok(Reply::Unchanged),
            _ => {}
        }
        // Whether this comes to an end changes nothing.
        _ = timeout(DRAINED_FOR, drain(&mut response)).await;
        if let 301 | 302 | 303 | 307 | 308 = status
            && let Some(to) = text(response.headers(), LOCATION).and_then(|location| url.join(location.trim()).ok())
        {
            let mut to = to;
            to.set_fragment(None);
            return Ok(Reply::Redirect { to, is_permanent: matches!(status, 301 | 308) });
        }
        let retry_after_s = text(response.headers(), RETRY_AFTER).and_then(|value| retry_after_s(&value, (self.clock)()));
        Err(FetchError::Status { url: url.clone(), status, retry_after_s })
    }

    async fn body(&self, url: &Url, response: &mut Response, most: u64, purpose: Purpose, deadline: Instant) -> Result<Bytes, FetchError> {
        let too_large = || FetchError::TooLarge { url: url.clone(), limit: most };
        if purpose == Purpose::Thing && response.content_length().is_some_and(|length| length > most) {
            return Err(too_large());
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut bytes = BytesMut::new();
        loop {
            let piece = timeout_at(deadline.min(Instant::now() + self.silence), response.chunk()).await;
            let Some(piece) = piece.map_err(|_| self.too_slow(url, deadline))?.map_err(|error| self.fault(url, error))? else { break };
            if bytes.len().saturating_add(piece.len()) > most {
                if purpose == Purpose::Thing {
                    return Err(too_large());
                }
                bytes.extend_from_slice(&piece[..most - bytes.len()]);
                break;
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes.freeze())
    }

    /// Names the limit that was passed.
    fn too_slow(&self, url: &Url, deadline: Instant) -> FetchError {
        let limit = if Instant::now() >= deadline { self.timeout } else { self.silence };
        FetchError::TooSlow { url: url.clone(), seconds: limit.as_secs() }
    }

    fn fault(&self, url: &Url, error: reqwest::Error) -> FetchError {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(this) = cause {
            if let Some(NotPublic(why)) = this.downcast_ref() {
                return FetchError::Forbidden { url: url.to_string(), why: why.clone() };
            }
            cause = this.source();
        }
        if error.is_timeout() {
            return FetchError::TooSlow { url: url.clone(), seconds: self.silence.as_secs() };
        }
        FetchError::Unreachable { url: url.clone(), cause: error.without_url().into() }
    }
}

async fn drain(response: &mut Response) {
    let mut left = DRAINED_BYTES;
    while let Ok(Some(piece)) = response.chunk().await {
        let Some(rest) = left.checked_sub(piece.len()) else { return };
        left = rest;
    }
}

/// A header's text, whatever bytes are in it.
fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn validators(headers: &HeaderMap) -> Validators {
    let value = |name| headers.get(name)?.to_str().ok().filter(|value| !value.is_empty() && value.len() <= LONGEST_VALIDATOR).map(str::to_owned);
    Validators { etag: value(ETAG), last_modified: value(LAST_MODIFIED) }
}

/// Seconds, or a date (RFC 9110 section 10.2.3). At most a day; a date that is past is now.
fn retry_after_s(value: &str, now: i64) -> Option<u64> {
    let value = value.trim();
    let seconds = match value.parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => {
            let at = httpdate::parse_http_date(value).ok()?.duration_since(UNIX_EPOCH).ok()?;
            at.saturating_sub(Duration::from_millis(u64::try_from(now).unwrap_or_default())).as_millis().div_ceil(1000).try_into().ok()?
        }
    };
    Some(seconds.min(LONGEST_RETRY_AFTER_S))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_seconds_or_a_date() {
        // 784_111_777 is Sun, 06 Nov 1994 08:49:37 GMT.
        let now = 784_111_777_000;
        for (value, seconds) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("99999999999", Some(LONGEST_RETRY_AFTER_S)),
            ("Sun, 06 Nov 1994 08:51:37 GMT", Some(120)),
            ("Sunday, 06-Nov-94 08:51:37 GMT", Some(120)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
            ("99999999999999999999999", None),
        ] {
            assert_eq!(retry_after_s(value, now), seconds, "{value}");
        }
        assert_eq!(retry_after_s("Sun, 06 Nov 1994 08:49:38 GMT", now + 1), Some(1), "rounded up");
    }
}
