//! A circuit breaker: leaves a server alone that fails again and again.
//!
//! In: what became of attempts, and the time. Out: whether another may begin. Closed, it lets everything through; after so
//! many failures in a row it opens; after a wait one attempt may try; if that fails too, the wait doubles.

use serde::{Deserialize, Serialize};

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BreakerSettings {
    /// Failures in a row; 0 counts as 1.
    pub opens_after: u32,
    /// How long nothing is tried then, doubled each time the trial after it fails.
    pub first_wait_s: u32,
    /// The wait is never longer.
    pub longest_wait_s: u32,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { opens_after: 3, first_wait_s: 30, longest_wait_s: 30 * 60 }
    }
}

/// The breaker of one relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breaker {
    settings: BreakerSettings,
    failures_in_a_row: u32,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed,
    Open {
        until: i64,
        wait_ms: i64,
    },
    /// One attempt is on its way. If nothing is heard of it by then, another may try.
    HalfOpen {
        until: i64,
        wait_ms: i64,
    },
}

impl Breaker {
    /// Closed.
    pub fn new(settings: BreakerSettings) -> Self {
        Self { settings, failures_in_a_row: 0, state: State::Closed }
    }

    /// Whether an attempt may begin.
    pub fn is_ready(&self, now: i64) -> bool {
        self.ready_at(now) <= now
    }

    /// When an attempt may begin; `now` or before when it may at once. Unix milliseconds.
    pub fn ready_at(&self, now: i64) -> i64 {
        match self.state {
            State::Closed => now,
            State::Open { until, .. } | State::HalfOpen { until, .. } => until,
        }
    }

    /// An attempt begins. Call it only when [`Breaker::is_ready`].
    pub fn begin(&mut self, now: i64) {
        if let State::Open { wait_ms, .. } | State::HalfOpen { wait_ms, .. } = self.state {
            self.state = State::HalfOpen { until: now.saturating_add(wait_ms), wait_ms };
        }
    }

    /// An attempt succeeded. While the breaker is open that is an old one, and says nothing about now.
    pub fn worked(&mut self) {
        if !matches!(self.state, State::Open { .. }) {
            *self = Self::new(self.settings);
        }
    }

    /// An attempt failed.
    pub fn failed(&mut self, now: i64) {
        match self.state {
            State::Closed => {
                self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
                if self.failures_in_a_row >= self.settings.opens_after {
                    self.open(now, self.first_wait_ms());
                }
            }
            State::HalfOpen { wait_ms, .. } => self.open(now, wait_ms.saturating_mul(2)),
            // The rest of those that were on their way when it opened.
            State::Open { .. } => {}
        }
    }

    fn open(&mut self, now: i64, wait_ms: i64) {
        let wait_ms = wait_ms.min(i64::from(self.settings.longest_wait_s.max(1)) * 1000);
        self.state = State::Open { until: now.saturating_add(wait_ms), wait_ms };
    }

    fn first_wait_ms(&self) -> i64 {
        i64::from(self.settings.first_wait_s.max(1)) * 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened_at(now: i64) -> Breaker {
        let mut breaker = Breaker::new(BreakerSettings { opens_after: 2, first_wait_s: 10, longest_wait_s: 35 });
        breaker.failed(now);
        assert!(breaker.is_ready(now));
        breaker.failed(now);
        breaker
    }

    #[test]
    fn it_opens_after_failures_in_a_row() {
        let mut breaker = Breaker::new(BreakerSettings { opens_after: 2, ..BreakerSettings::default() });
        for now in 0..10 {
            breaker.failed(now);
            breaker.worked();
        }
        assert!(breaker.is_ready(10));
        assert_eq!((opened_at(0).is_ready(9_999), opened_at(0).is_ready(10_000)), (false, true));
    }

    #[test]
    fn the_wait_doubles_up_to_the_longest() {
        let (mut breaker, mut now, mut waits) = (opened_at(0), 0, Vec::new());
        for _ in 0..4 {
            waits.push(breaker.ready_at(now) - now);
            now = breaker.ready_at(now);
            breaker.begin(now);
            breaker.failed(now);
        }
        assert_eq!(waits, [10_000, 20_000, 35_000, 35_000]);
        // Once it works again, all is forgotten.
        now = breaker.ready_at(now);
        breaker.begin(now);
        breaker.worked();
        breaker.failed(now);
        assert!(breaker.is_ready(now));
    }

    #[test]
    fn what_was_on_its_way_changes_nothing() {
        let mut breaker = opened_at(0);
        breaker.failed(9_000);
        breaker.worked();
        assert_eq!(breaker, opened_at(0));
    }

    #[test]
    fn a_trial_that_is_never_heard_of_blocks_nobody_for_ever() {
        let mut breaker = opened_at(0);
        breaker.begin(10_000);
        assert!(!breaker.is_ready(19_999));
        assert!(breaker.is_ready(20_000));
    }
}
