//! Which requests to follow a link of a message come from people. The others lead on as well, and are not counted.
//!
//! Scanners of mail servers and previews of mail programs follow every link of a message; many of them call themselves browsers.
//! So a click counts only if the request is one that a browser makes when somebody follows a link, and if its client asked for no
//! more than [`MOST_AT_ONCE`] pages of readers and links within [`BURST_MS`], before it and behind it: it waits for that long. A
//! client that was found to be a machine is not counted for [`SHUT_MS`]. Counts are too low rather than too high.
//!
//! Invariant: clients are known in memory alone, [`MOST_CLIENTS`] at most, and forgotten within [`SHUT_MS`].

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, RANGE, USER_AGENT};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use pulse_model::ids::{EditionId, EntryId};

use crate::Desk;
use crate::client::Client;
use crate::protection;

/// Somebody who opens one tab after another.
const MOST_AT_ONCE: usize = 3;
/// 10 seconds.
const BURST_MS: i64 = 10_000;
/// 10 minutes: scanners come back for the next message.
const SHUT_MS: i64 = 10 * 60_000;
const MOST_CLIENTS: usize = 10_000;

/// A link of an entry that was followed.
pub(crate) type Click = (EditionId, EntryId);

/// What clients asked for of late.
#[derive(Debug, Default)]
pub(crate) struct Clicks(Mutex<HashMap<Client, Trace>>);

#[derive(Debug, Default)]
struct Trace {
    /// When it asked, the last [`MOST_AT_ONCE`] times and one.
    asked_at: VecDeque<i64>,
    /// Clicks that count if nothing comes behind them.
    waiting: Vec<(i64, Click)>,
    /// Until then it is a machine.
    shut_until: i64,
}

impl Trace {
    fn shut(&mut self, now: i64) {
        self.waiting.clear();
        self.shut_until = now.saturating_add(SHUT_MS);
    }

    fn is_of_use(&self, now: i64) -> bool {
        self.shut_until > now || !self.waiting.is_empty() || self.asked_at.back().is_some_and(|at| now.saturating_sub(*at) < BURST_MS)
    }
}

impl Clicks {
    fn traces(&self) -> MutexGuard<'_, HashMap<Client, Trace>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a client asked, and whether as a person would.
    fn note(&self, client: Client, is_personal: bool, now: i64) {
        let mut traces = self.traces();
        if traces.len() >= MOST_CLIENTS && !traces.contains_key(&client) {
            traces.retain(|_, trace| trace.is_of_use(now));
            if traces.len() >= MOST_CLIENTS {
                return;
            }
        }
        let trace = traces.entry(client).or_default();
        trace.asked_at.retain(|at| now.saturating_sub(*at) < BURST_MS);
        trace.asked_at.push_back(now);
        if !is_personal || trace.asked_at.len() > MOST_AT_ONCE {
            trace.shut(now);
            trace.asked_at.truncate(MOST_AT_ONCE);
        }
    }

    /// Notes a click. It waits, unless its client is a machine or not known at all. The same link twice is one click.
    pub(crate) fn follow(&self, client: Client, click: Click, now: i64) {
        let mut traces = self.traces();
        let Some(trace) = traces.get_mut(&client).filter(|trace| trace.shut_until <= now) else { return };
        if trace.waiting.iter().all(|(_, waiting)| *waiting != click) {
            trace.waiting.push((now, click));
        }
    }

    /// Clicks that have waited long enough; each is given once.
    pub(crate) fn ripe(&self, now: i64) -> Vec<Click> {
        let mut traces = self.traces();
        let mut ripe = Vec::new();
        for trace in traces.values_mut() {
            trace.waiting.retain(|(at, click)| {
                let is_ripe = now.saturating_sub(*at) >= BURST_MS;
                ripe.extend(is_ripe.then_some(*click));
                !is_ripe
            });
        }
        traces.retain(|_, trace| trace.is_of_use(now));
        ripe
    }
}

/// Looks at who asks for links and for pages of readers, before they are answered.
pub(crate) async fn watch(State(desk): State<Desk>, client: Client, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if matches!(*request.method(), Method::GET | Method::HEAD) && (is_way_out(path) || protection::is_of_reader(path)) {
        desk.clicks.note(client, is_personal(request.method(), request.headers()), desk.now());
    }
    next.run(request).await
}

/// `/{digest}/go/…`.
fn is_way_out(path: &str) -> bool {
    path.split('/').nth(2) == Some("go")
}

/// What programs call themselves that follow links for nobody, or before anybody asked.
const MACHINES: [&str; 24] = [
    "bot",
    "crawl",
    "spider",
    "scan",
    "preview",
    "headless",
    "proxy",
    "fetch",
    "monitor",
    "check",
    "curl",
    "wget",
    "python",
    "java/",
    "go-http",
    "okhttp",
    "libwww",
    "http-client",
    "facebookexternalhit",
    "slurp",
    "barracuda",
    "mimecast",
    "proofpoint",
    "safelinks",
];

/// Whether a browser asks this way when a person follows a link. Other programs can ask so too.
fn is_personal(method: &Method, headers: &HeaderMap) -> bool {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_lowercase();
    let agent = said(USER_AGENT.as_str());
    let is_browser = agent.starts_with("mozilla/5.0") && !MACHINES.iter().any(|machine| agent.contains(machine));
    // Before anybody asked: Sec-Purpose, and what it was called before.
    let is_ahead = ["sec-purpose", "purpose", "x-purpose", "x-moz"].iter().any(|name| headers.contains_key(*name));
    let is_or_silent = |name: &str, value: &str| matches!(said(name), silent if silent.is_empty() || silent == value);
    *method == Method::GET
        && is_browser
        && !is_ahead
        && said(ACCEPT.as_str()).contains("text/html")
        && !headers.contains_key(RANGE)
        && is_or_silent("sec-fetch-mode", "navigate")
        && is_or_silent("sec-fetch-dest", "document")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    fn asks(method: Method, headers: &[(&'static str, &str)]) -> bool {
        is_personal(&method, &headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect())
    }

    fn click(number: u128) -> Click {
        (EditionId(uuid(1)), EntryId(uuid(number)))
    }

    fn uuid<T: std::str::FromStr<Err: std::fmt::Debug>>(number: u128) -> T {
        format!("{number:032x}").parse().unwrap()
    }

    #[test]
    fn a_browser_with_a_person_is_told_from_programs() {
        let plain = [("user-agent", FIREFOX), ("accept", "text/html,*/*;q=0.8")];
        let with = |name, value| [plain[0], plain[1], (name, value)];
        assert!(asks(Method::GET, &plain) && asks(Method::GET, &with("sec-fetch-mode", "navigate")));
        assert!(!asks(Method::HEAD, &plain) && !asks(Method::GET, &plain[..1]) && !asks(Method::GET, &plain[1..]) && !asks(Method::GET, &[]));
        for (name, value) in
            [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch"), ("x-moz", "prefetch"), ("range", "bytes=0-99"), ("sec-fetch-mode", "no-cors")]
        {
            assert!(!asks(Method::GET, &with(name, value)), "{name}");
        }
        for agent in ["curl/8.14", "Mozilla/5.0 (compatible; Googlebot/2.1)", "Mozilla/5.0 HeadlessChrome/140", "BarracudaCentral", "python-requests/2.32"] {
            assert!(!asks(Method::GET, &[("user-agent", agent), plain[1]]), "{agent}");
        }
    }

    #[test]
    fn a_burst_counts_for_nothing_and_three_tabs_count() {
        let (clicks, person, machine) = (Clicks::default(), Client::numbered(1), Client::numbered(2));
        for number in 1..=3 {
            clicks.note(person, true, number as i64);
            clicks.follow(person, click(number), number as i64);
        }
        for number in 1..=4 {
            clicks.note(machine, true, number as i64);
            clicks.follow(machine, click(number), number as i64);
        }
        assert_eq!(clicks.ripe(BURST_MS), []);
        assert_eq!(clicks.ripe(BURST_MS + 3).len(), 3);
        assert_eq!(clicks.ripe(10 * BURST_MS), []);
        // Once found, it is a machine for a while, however slow it is.
        clicks.note(machine, true, SHUT_MS - 1);
        clicks.follow(machine, click(1), SHUT_MS - 1);
        assert_eq!(clicks.ripe(SHUT_MS + BURST_MS), []);
        clicks.note(machine, true, 2 * SHUT_MS);
        clicks.follow(machine, click(1), 2 * SHUT_MS);
        clicks.follow(machine, click(1), 2 * SHUT_MS + 1);
        assert_eq!(clicks.ripe(2 * SHUT_MS + BURST_MS), [click(1)]);
    }

    #[test]
    fn there_is_an_end_to_what_is_kept() {
        let clicks = Clicks::default();
        (0..20_000).for_each(|number| clicks.note(Client::numbered(number), true, 0));
        assert_eq!(clicks.traces().len(), MOST_CLIENTS);
        clicks.ripe(BURST_MS);
        assert_eq!(clicks.traces().len(), 0);
    }
}
