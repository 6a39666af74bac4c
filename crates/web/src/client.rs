//! How often one client may ask for something that makes work or mail.
//!
//! Each client has a bucket of [`MOST_AT_ONCE`] requests that fills by one every [`REFILL_MS`]; it is kept in memory, so each node
//! counts for itself and a restart forgets. A client is an IPv4 address or an IPv6 network of 64 bits. Where the connection comes
//! from this machine, a web server stands in front, and the last address it names in `X-Forwarded-For` counts; those before it
//! anybody can write. A web server on another machine is one client for all of its visitors.
//!
//! Invariant: at most [`MOST_CLIENTS`] are kept; while all of them are asking, nobody else is let in.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::header::RETRY_AFTER;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};

/// Ten people behind one address can subscribe in one minute.
const MOST_AT_ONCE: i64 = 10;
/// 30 seconds.
const REFILL_MS: i64 = 30_000;
const MOST_CLIENTS: usize = 10_000;

/// The answer to whoever asks too often.
pub(crate) fn too_often() -> Response {
    (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "60")]).into_response()
}

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Client(IpAddr);

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts.extensions.get().copied(), &parts.headers))
    }
}

impl Client {
    fn of(peer: Option<Peer>, headers: &HeaderMap) -> Self {
        let peer = peer.map_or(IpAddr::V6(Ipv6Addr::LOCALHOST), |peer| peer.0.to_canonical());
        let named = || headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim().parse::<IpAddr>().ok();
        let address = if peer.is_loopback() { named().unwrap_or(peer) } else { peer };
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
            v4 => v4,
        })
    }
}

/// The buckets, each as the moment when it is full again.
#[derive(Debug, Default)]
pub(crate) struct Clients(Mutex<HashMap<Client, i64>>);

impl Clients {
    /// Whether a client may ask once more. `now` is Unix milliseconds.
    pub(crate) fn may_ask(&self, client: Client, now: i64) -> bool {
        let mut full_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= MOST_CLIENTS && !full_at.contains_key(&client) {
            full_at.retain(|_, at| *at > now);
            if full_at.len() >= MOST_CLIENTS {
                return false;
            }
        }
        let at = full_at.entry(client).or_insert(now);
        // A clock that was put back must not shut anybody out for longer than an empty bucket does.
        let next = (*at).clamp(now, now.saturating_add(MOST_AT_ONCE * REFILL_MS)).saturating_add(REFILL_MS);
        let is_in = next <= now.saturating_add(MOST_AT_ONCE * REFILL_MS);
        if is_in {
            *at = next;
        }
        is_in
    }
}

#[cfg(test)]
impl Client {
    /// One of many.
    pub(crate) fn numbered(number: u32) -> Self {
        Self(IpAddr::V4(number.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &str) -> Client {
        let headers = [("x-forwarded-for".parse().unwrap(), forwarded.parse().unwrap())].into_iter().collect();
        Client::of(Some(Peer(peer.parse().unwrap())), &headers)
    }

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let (clients, one, other) = (Clients::default(), client("192.0.2.1", ""), client("192.0.2.2", ""));
        let let_in = |client, now| (0..100).filter(|_| clients.may_ask(client, now)).count();
        assert_eq!((let_in(one, 0), let_in(other, 0)), (10, 10));
        assert_eq!(let_in(one, REFILL_MS - 1), 0);
        assert_eq!(let_in(one, 3 * REFILL_MS), 3);
        assert_eq!(let_in(one, -1_000_000_000), 0);
        assert_eq!(let_in(one, i64::MAX / 2), 10);
    }

    #[test]
    fn only_a_server_on_this_machine_says_who_asks() {
        assert_eq!(client("127.0.0.1", "198.51.100.7, 203.0.113.9"), client("203.0.113.9", ""));
        assert_eq!(client("192.0.2.1", "203.0.113.9"), client("192.0.2.1", ""));
        assert_eq!(client("::1", "2001:db8::1"), client("2001:db8::2", ""));
        assert_ne!(client("2001:db8:0:1::1", ""), client("2001:db8::2", ""));
        assert_eq!(client("::ffff:192.0.2.1", ""), client("192.0.2.1", ""));
    }

    #[test]
    fn there_is_an_end_to_what_is_kept() {
        let clients = Clients::default();
        let all = (0..10_100u32).map(Client::numbered);
        assert_eq!(all.clone().filter(|client| clients.may_ask(*client, 0)).count(), MOST_CLIENTS);
        assert_eq!(all.filter(|client| clients.may_ask(*client, REFILL_MS)).count(), MOST_CLIENTS);
    }
}
