//! The one door to the web: what a request asks, what comes back, and why nothing did.
//!
//! [`Door`] is what kinds of source see. Tests give them one that answers from a folder.

use std::future::Future;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use url::Url;

/// A way to fetch things.
pub trait Door: Sync {
    /// Fetches one thing, after whatever waiting politeness asks for.
    fn get(&self, request: Get<'_>) -> impl Future<Output = Result<Answer, FetchError>> + Send;

    /// Says that there was no answer from this host the last time somebody asked, perhaps in an earlier run: one try is enough until it
    /// answers. For a door that never tries twice it means nothing.
    fn doubt(&self, _url: &Url) {}
}

/// A request.
#[derive(Clone, Copy, Debug)]
pub struct Get<'a> {
    /// What to fetch.
    pub url: &'a Url,
    /// What the last answer said it can be recognised by; with these, an unchanged thing is not sent again.
    pub validators: Option<&'a Validators>,
    /// The `Accept` header.
    pub accept: &'a str,
    /// The most bytes to take, decompressed.
    pub max_bytes: u64,
    /// Whether the address is there for programs: an API that is documented as one, or a feed that a person has added. Then only what
    /// `robots.txt` says to Pulse by name counts, and the gap between two requests is the smaller one of APIs.
    pub is_api: bool,
}

impl<'a> Get<'a> {
    /// 20 MiB: more than any page, feed or answer of an API has, and less than hurts.
    pub const MAX_BYTES: u64 = 20 << 20;

    /// A request for whatever is there.
    pub fn new(url: &'a Url) -> Self {
        Self { url, validators: None, accept: "*/*", max_bytes: Self::MAX_BYTES, is_api: false }
    }
}

/// What came back.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "answers are handed on one at a time, never kept in numbers")]
pub enum Answer {
    /// The thing is as it was.
    Unchanged,
    /// The thing itself.
    Found(Found),
}

/// A thing that was fetched.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it was in the end, behind all redirects.
    pub url: Url,
    /// Where it is from now on, when every redirect on the way was a permanent one.
    pub moved_to: Option<Url>,
    /// The `Content-Type` header as it came.
    pub media_type: Option<String>,
    /// Its bytes, decompressed.
    pub bytes: Bytes,
    /// What it can be recognised by next time.
    pub validators: Validators,
}

/// What an answer can be recognised by next time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The `ETag` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The `Last-Modified` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Not an address that may be fetched: another scheme, a port that is not for the web, a private network.
    #[error("{url} may not be fetched: {why}")]
    Forbidden {
        /// The address, perhaps that of a redirect.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// `robots.txt` asks programs to stay away.
    #[error("the robots.txt of {} asks programs not to fetch {url}", url.host_str().unwrap_or_default())]
    Robots {
        /// The address.
        url: Url,
    },
    /// No connection, or one that broke.
    #[error("no answer from {url}")]
    Unreachable {
        /// The address.
        url: Url,
        /// What the network said.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Took longer than it may.
    #[error("{url} took longer than {seconds} seconds")]
    TooSlow {
        /// The address.
        url: Url,
        /// The limit.
        seconds: u64,
    },
    /// More bytes than asked for.
    #[error("{url} is larger than {limit} bytes")]
    TooLarge {
        /// The address.
        url: Url,
        /// The limit.
        limit: u64,
    },
    /// The server answered with something else than the thing.
    #[error("{url} answered {status}")]
    Status {
        /// The address.
        url: Url,
        /// The code, such as 404.
        status: u16,
        /// So long it asks to be left alone.
        retry_after_s: Option<u64>,
    },
    /// One redirect after the other.
    #[error("{url} leads from one address to the next without end")]
    TooManyRedirects {
        /// The first address.
        url: Url,
    },
}

impl FetchError {
    /// Whether the same request may succeed later without anybody doing anything.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TooSlow { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::Forbidden { .. } | Self::Robots { .. } | Self::TooLarge { .. } | Self::TooManyRedirects { .. } => false,
        }
    }

    /// How long the server asks to be left alone.
    pub fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::Status { retry_after_s, .. } => *retry_after_s,
            _ => None,
        }
    }
}
