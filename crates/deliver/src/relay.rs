//! Which relay the next connection goes to: by weight, past those that fail.
//!
//! In: the relays' weights and limits, what became of connections, and the time. Out: the relay to connect to, or why there
//! is none now. Invariants: no relay has more connections than it may; one that fails again and again is left alone for a
//! while, then tried by one connection; a relay of weight 0 is used only while no other can be.
//! Not here: connections themselves ([`crate::smtp`]), how fast messages leave ([`crate::pace`]).

mod breaker;
mod domain;
mod settings;

pub use breaker::{Breaker, BreakerSettings};
pub use domain::{DomainSettings, Domains};
pub use settings::{RelaySettings, SettingsError};

/// The relays of one installation, in the order of its settings. One per program: other nodes find out for themselves.
#[derive(Clone, Debug)]
pub struct Relays(Vec<Relay>);

#[derive(Clone, Debug)]
struct Relay {
    weight: u32,
    most_connections: u32,
    connections: u32,
    /// How much it has been passed over, in units of weight.
    credit: i64,
    breaker: Breaker,
}

/// Where the next connection goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// To the relay with this index. It counts as a connection until [`Relays::give_back`].
    Relay(usize),
    /// Nowhere until a connection is given back.
    Busy,
    /// Nowhere: all of them fail.
    Shut {
        /// When to ask again. Unix milliseconds.
        until: i64,
    },
}

impl Relays {
    /// All of them well, as far as is known.
    pub fn new<'s>(settings: impl IntoIterator<Item = &'s RelaySettings>, breaker: BreakerSettings) -> Self {
        let relay = |settings: &RelaySettings| Relay {
            weight: settings.weight,
            most_connections: settings.connections,
            connections: 0,
            credit: 0,
            breaker: Breaker::new(breaker),
        };
        Self(settings.into_iter().map(relay).collect())
    }

    /// Chooses a relay for a new connection.
    pub fn take(&mut self, now: i64) -> Take {
        let is_ready = |relay: &Relay| relay.breaker.is_ready(now);
        let ready_weights = self.0.iter().filter(|relay| is_ready(relay)).map(|relay| relay.weight);
        let Some(heaviest) = ready_weights.max() else {
            return Take::Shut { until: self.0.iter().map(|relay| relay.breaker.ready_at(now)).min().unwrap_or(i64::MAX) };
        };
        // Smooth weighted round robin: each candidate gains its weight, and the one taken pays what all of them gained.
        let (mut best, mut total) = (None, 0);
        for (index, relay) in self.0.iter_mut().enumerate() {
            let stands_by = relay.weight == 0 && heaviest > 0;
            if stands_by || relay.connections >= relay.most_connections || !relay.breaker.is_ready(now) {
                continue;
            }
            let weight = i64::from(relay.weight.max(1));
            relay.credit += weight;
            total += weight;
            if best.is_none_or(|(_, credit)| relay.credit > credit) {
                best = Some((index, relay.credit));
            }
        }
        let Some((index, _)) = best else { return Take::Busy };
        let relay = &mut self.0[index];
        relay.credit -= total;
        relay.connections += 1;
        relay.breaker.begin(now);
        Take::Relay(index)
    }

    /// The connection is closed, or never came about.
    pub fn give_back(&mut self, index: usize) {
        if let Some(relay) = self.0.get_mut(index) {
            relay.connections = relay.connections.saturating_sub(1);
        }
    }

    /// The relay did as it should: it took a message, or refused one for a reason of the message's own.
    pub fn worked(&mut self, index: usize) {
        if let Some(relay) = self.0.get_mut(index) {
            relay.breaker.worked();
        }
    }

    /// The relay said 421, or could not be reached, or broke off: see
    /// [`SmtpError::is_about_connection`](crate::smtp::SmtpError::is_about_connection).
    pub fn failed(&mut self, index: usize, now: i64) {
        if let Some(relay) = self.0.get_mut(index) {
            relay.breaker.failed(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BREAKER: BreakerSettings = BreakerSettings { opens_after: 3, first_wait_s: 10, longest_wait_s: 60 };

    fn relays(weights: &[u32], connections: u32) -> Relays {
        let settings: Vec<RelaySettings> = weights.iter().map(|&weight| RelaySettings { weight, connections, ..RelaySettings::at("relay.example") }).collect();
        Relays::new(&settings, BREAKER)
    }

    /// How often each is taken, when each connection is given back at once.
    fn shares(relays: &mut Relays, count: usize) -> Vec<usize> {
        let mut shares = vec![0; relays.0.len()];
        for _ in 0..count {
            let Take::Relay(index) = relays.take(0) else { panic!("none is free") };
            shares[index] += 1;
            relays.give_back(index);
        }
        shares
    }

    #[test]
    fn weights_decide() {
        assert_eq!(shares(&mut relays(&[3, 1], 9), 100), [75, 25]);
        assert_eq!(shares(&mut relays(&[1, 1, 0], 9), 10), [5, 5, 0]);
        assert_eq!(shares(&mut relays(&[0, 0], 9), 10), [5, 5]);
    }

    #[test]
    fn one_that_fails_is_passed_over_and_comes_back() {
        let mut relays = relays(&[1, 1, 0], 9);
        for _ in 0..3 {
            relays.failed(0, 0);
        }
        assert_eq!(shares(&mut relays, 4), [0, 4, 0]);
        for _ in 0..3 {
            relays.failed(1, 5_000);
        }
        assert_eq!(shares(&mut relays, 4), [0, 0, 4]);
        for _ in 0..3 {
            relays.failed(2, 6_000);
        }
        assert_eq!(relays.take(6_000), Take::Shut { until: 10_000 });
        // One connection tries; until it is known to work, no other does.
        assert_eq!(relays.take(10_000), Take::Relay(0));
        assert_eq!(relays.take(10_000), Take::Shut { until: 15_000 });
        relays.worked(0);
        assert_eq!(relays.take(10_001), Take::Relay(0));
    }

    #[test]
    fn a_full_relay_is_not_relieved_by_one_that_stands_by() {
        let mut relays = relays(&[1, 0], 2);
        assert_eq!([relays.take(0), relays.take(0), relays.take(0)], [Take::Relay(0), Take::Relay(0), Take::Busy]);
        relays.give_back(0);
        assert_eq!(relays.take(0), Take::Relay(0));
        assert_eq!(Relays::new([], BREAKER).take(0), Take::Shut { until: i64::MAX });
    }

    #[derive(Clone, Debug)]
    enum Event {
        Take,
        GiveBack(usize),
        Worked(usize),
        Failed(usize),
        Later(i64),
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            3 => Just(Event::Take),
            1 => (0..4_usize).prop_map(Event::GiveBack),
            1 => (0..4_usize).prop_map(Event::Worked),
            2 => (0..4_usize).prop_map(Event::Failed),
            1 => (0..90_000_i64).prop_map(Event::Later),
        ]
    }

    proptest! {
        #[test]
        fn whatever_happens_limits_hold_and_somebody_is_tried_again(
            weights in prop::collection::vec(0..4_u32, 1..4),
            events in prop::collection::vec(event(), 0..200),
        ) {
            let mut relays = relays(&weights, 3);
            let mut now = 0;
            for event in events {
                match event {
                    Event::Take => {
                        let before = relays.clone();
                        match relays.take(now) {
                            Take::Relay(index) => prop_assert!(before.0[index].breaker.is_ready(now)),
                            Take::Busy => prop_assert!(relays.0.iter().any(|relay| relay.connections == 3)),
                            Take::Shut { until } => {
                                prop_assert!(until > now && until <= now + 60_000);
                                let is_shut = |now| matches!(before.clone().take(now), Take::Shut { .. });
                                prop_assert!(is_shut(until - 1) && !is_shut(until));
                            }
                        }
                    }
                    Event::GiveBack(index) => relays.give_back(index),
                    Event::Worked(index) => relays.worked(index),
                    Event::Failed(index) => relays.failed(index, now),
                    Event::Later(ms) => now += ms,
                }
                prop_assert!(relays.0.iter().all(|relay| relay.connections <= 3));
            }
        }
    }
}
