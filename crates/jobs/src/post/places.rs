//! Places at relays: who may connect to which one now. All that sends in this program shares them, so that no relay has more
//! connections than it may, and what one finds out about a relay that fails all know.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use pulse_deliver::relay::{BreakerSettings, RelaySettings, Relays, Take};
use tokio::sync::Notify;

/// The places at all relays of an installation.
#[derive(Debug)]
pub(crate) struct Places {
    relays: Mutex<Relays>,
    /// Rings when a place becomes free.
    freed: Notify,
}

/// A place at one relay, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    places: &'a Places,
    relay: usize,
}

/// A place may become free in the moment between asking and waiting.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

impl Places {
    pub(super) fn new<'s>(settings: impl IntoIterator<Item = &'s RelaySettings>, breaker: BreakerSettings) -> Self {
        Self { relays: Mutex::new(Relays::new(settings, breaker)), freed: Notify::new() }
    }

    /// A place at a relay to connect to. Without one, it waits for a moment in which there may be one, and answers `None`.
    pub(crate) async fn take(&self, now: i64) -> Option<Place<'_>> {
        let freed = self.freed.notified();
        match self.ask(|relays| relays.take(now)) {
            Take::Relay(relay) => return Some(Place { places: self, relay }),
            Take::Busy => _ = tokio::time::timeout(LOOK_AGAIN, freed).await,
            Take::Shut { until } => tokio::time::sleep(pause(until.saturating_sub(now))).await,
        }
        None
    }

    fn ask<T>(&self, ask: impl FnOnce(&mut Relays) -> T) -> T {
        ask(&mut self.relays.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Place<'_> {
    /// Which relay, in the order of the settings.
    pub(crate) fn relay(&self) -> usize {
        self.relay
    }

    /// The relay did as it should.
    pub(crate) fn worked(&self) {
        self.places.ask(|relays| relays.worked(self.relay));
    }

    /// The relay could not be reached, or broke off.
    pub(crate) fn failed(&self, now: i64) {
        self.places.ask(|relays| relays.failed(self.relay, now));
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.places.ask(|relays| relays.give_back(self.relay));
        self.places.freed.notify_one();
    }
}

/// Until a relay may be tried again; looked at now and then, because the send may be halted.
fn pause(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0).clamp(10, 1000))
}
