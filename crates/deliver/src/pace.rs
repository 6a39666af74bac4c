//! How fast messages may leave, by relay and by recipient domain: a token bucket.
//!
//! In: a [`Pace`], the [`Level`] of one bucket, and the time. Out: how long a message waits for its token, and the level after it.
//! Pure, so that the level can be kept in a database row that several nodes share.
//!
//! Invariant: whatever the arrival times, no second (a half-open window of 1,000 ms) sees more than `per_second` messages
//! rounded up, and `burst - 1` more; and with enough waiting the mean over a minute is within 2 % of `per_second`.
//! Not here: which bucket a message belongs to; sleeping.

use serde::{Deserialize, Serialize};

/// The bucket fills this much more slowly than the limit, so that a second does not see one message too many when one sender wakes
/// up late and the next does not.
const MARGIN: f64 = 0.01;

/// A level whose time is further ahead than this was written by a clock that was wrong, and is believed no longer.
/// Milliseconds. Below it, nodes may disagree about the time.
const MOST_SKEW_MS: i64 = 60_000;

/// No more than so many messages wait for tokens that they have been promised. A level that says more is damaged.
const MOST_PROMISED: f64 = 10_000.0;

/// How many messages may leave in a second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// Messages a second, above 0; `0.5` is one every two seconds.
    pub per_second: f64,
    /// How many may leave at once after a rest; at least 1, which spaces them evenly.
    #[serde(default = "one")]
    pub burst: u32,
}

fn one() -> u32 {
    1
}

/// What is in one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Messages that may leave now.
    pub tokens: f64,
    /// When that was so. Unix milliseconds.
    pub at: i64,
}

/// A pace that cannot be kept.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum PaceError {
    /// Not a number, nothing, or too much to mean anything.
    #[error("per_second must be more than 0 and at most 100,000")]
    PerSecond,
    /// Nothing could ever leave.
    #[error("burst must be at least 1")]
    Burst,
}

impl Pace {
    /// Evenly, so many a second.
    pub fn per_second(per_second: f64) -> Self {
        Self { per_second, burst: 1 }
    }

    /// Checks the numbers.
    ///
    /// # Errors
    /// [`PaceError`] names the one that is wrong.
    pub fn check(&self) -> Result<(), PaceError> {
        // Slower than one in eleven days is a way of saying never.
        if !(1e-6..=100_000.0).contains(&self.per_second) {
            return Err(PaceError::PerSecond);
        }
        if self.burst == 0 {
            return Err(PaceError::Burst);
        }
        Ok(())
    }

    /// A bucket nobody has taken from.
    pub fn full(&self, now: i64) -> Level {
        Level { tokens: f64::from(self.burst), at: now }
    }

    /// Promises a token to one message, whoever else waits, and says in how many milliseconds it is there. Those who wait for
    /// promised tokens leave one after the other, however late some of them wake up, and none asks twice.
    ///
    /// ```
    /// use pulse_deliver::pace::Pace;
    /// let pace = Pace::per_second(10.0);
    /// let mut level = pace.full(0);
    /// assert_eq!([0, 0, 0].map(|now| pace.promise(&mut level, now)), [0, 102, 203]);
    /// ```
    pub fn promise(&self, level: &mut Level, now: i64) -> u64 {
        self.fill(level, now);
        level.tokens -= 1.0;
        if level.tokens >= 0.0 {
            return 0;
        }
        let ahead_ms = level.at.saturating_sub(now).max(0);
        ((-level.tokens / self.per_ms()).ceil() as u64).saturating_add(ahead_ms.unsigned_abs())
    }

    /// Adds what has run in since the level was written.
    fn fill(&self, level: &mut Level, now: i64) {
        if level.at.saturating_sub(now) > MOST_SKEW_MS {
            level.at = now;
        }
        // Another node's clock may be a little ahead: what ran in until then is in the bucket already.
        let elapsed_ms = now.saturating_sub(level.at).max(0);
        // What is no number comes from a damaged row.
        let kept = if level.tokens.is_nan() { 0.0 } else { level.tokens.max(-MOST_PROMISED) };
        level.tokens = (kept + elapsed_ms as f64 * self.per_ms()).min(f64::from(self.burst));
        level.at = level.at.max(now);
    }

    fn per_ms(&self) -> f64 {
        self.per_second * (1.0 - MARGIN) / 1000.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// When messages leave: `late_ms` says how late each waiter wakes up, over and over.
    fn departures(pace: Pace, late_ms: &[i64], until: i64) -> Vec<i64> {
        let (mut now, mut level, mut left) = (0, pace.full(0), Vec::new());
        let mut late_ms = late_ms.iter().cycle();
        while now < until {
            let wait_ms = pace.promise(&mut level, now) as i64;
            if wait_ms > 0 {
                now += wait_ms + late_ms.next().unwrap();
            }
            left.push(now);
        }
        left
    }

    /// The most that left within any one second.
    fn most_in_a_second(left: &[i64]) -> usize {
        left.iter().enumerate().map(|(first, at)| left[first..].partition_point(|other| other - at < 1000)).max().unwrap_or(0)
    }

    #[test]
    fn fourteen_a_second_is_fourteen_a_second() {
        for late_ms in [[0], [1], [5], [9]] {
            let left = departures(Pace::per_second(14.0), &late_ms, 60_000);
            let mean = left.len() as f64 / 60.0;
            assert!((mean / 14.0 - 1.0).abs() < 0.02, "{late_ms:?}: {mean}");
            assert_eq!(most_in_a_second(&left), 14, "{late_ms:?}");
        }
    }

    #[test]
    fn a_burst_is_allowed_once() {
        let pace = Pace { per_second: 1.0, burst: 20 };
        let left = departures(pace, &[0], 60_000);
        assert_eq!(left.iter().filter(|&&at| at == 0).count(), 20);
        assert!((78..=80).contains(&left.len()), "{}", left.len());
    }

    #[test]
    fn a_clock_that_was_wrong_stops_nobody_for_long() {
        let pace = Pace::per_second(1.0);
        let mut level = Level { tokens: 0.0, at: 1_000_000_000 };
        assert_eq!(pace.promise(&mut level, 0), 1011);
        // A little ahead is another node: its tokens are not given out twice.
        let mut level = Level { tokens: 0.0, at: 500 };
        assert_eq!(pace.promise(&mut level, 0), 500 + 1011);
        let mut level = Level { tokens: f64::NAN, at: 0 };
        assert_eq!(pace.promise(&mut level, 0), 1011);
    }

    #[test]
    fn promised_tokens_come_one_after_the_other() {
        let pace = Pace::per_second(14.0);
        let mut level = pace.full(0);
        // Ten lanes; each asks anew when its message has left, late by up to 9 ms.
        let (mut lanes, mut left) = ([0; 10], Vec::new());
        for late_ms in [0, 9, 3, 7, 5, 1].iter().cycle().take(900) {
            let lane = lanes.iter_mut().min().unwrap();
            let at = *lane + pace.promise(&mut level, *lane) as i64 + late_ms;
            left.push(at);
            *lane = at;
        }
        left.sort_unstable();
        let mean = 899.0 * 1000.0 / (left[899] - left[0]) as f64;
        assert!((mean / 14.0 - 1.0).abs() < 0.02, "{mean}");
        assert_eq!(most_in_a_second(&left), 14);
    }

    #[test]
    fn what_cannot_be_kept_is_named() {
        for per_second in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
            assert_eq!(Pace::per_second(per_second).check(), Err(PaceError::PerSecond), "{per_second}");
        }
        assert_eq!(Pace { per_second: 1.0, burst: 0 }.check(), Err(PaceError::Burst));
        assert_eq!(Pace::per_second(14.0).check(), Ok(()));
    }

    proptest! {
        /// Arrivals at any times, in any crowds, each of which leaves when its token is there.
        #[test]
        fn no_second_sees_too_many(per_second in 1..200_u32, burst in 1..5_u32, gaps_ms in prop::collection::vec(0..120_i64, 1..3000)) {
            let pace = Pace { per_second: f64::from(per_second), burst };
            let (mut now, mut level, mut left) = (0, pace.full(0), Vec::new());
            for gap_ms in gaps_ms {
                now += gap_ms;
                left.push(now + pace.promise(&mut level, now) as i64);
            }
            left.sort_unstable();
            prop_assert!(most_in_a_second(&left) <= (per_second + burst - 1) as usize);
        }

        /// Arrivals that wait as they are told, and wake up late.
        #[test]
        fn the_mean_holds_for_those_who_wait(late_ms in prop::collection::vec(0..9_i64, 1..50)) {
            let left = departures(Pace::per_second(14.0), &late_ms, 60_000);
            let mean = left.len() as f64 / 60.0;
            prop_assert!((mean / 14.0 - 1.0).abs() < 0.02, "{}", mean);
            prop_assert!(most_in_a_second(&left) <= 14);
        }

        #[test]
        fn a_wait_is_long_enough_and_no_longer(per_second in 0.01..500.0_f64, tokens in 0.0..1.0_f64) {
            let pace = Pace::per_second(per_second);
            let mut level = Level { tokens, at: 0 };
            let wait_ms = pace.promise(&mut level, 0) as f64;
            let exact_ms = (1.0 - tokens) / pace.per_ms();
            prop_assert!(exact_ms <= wait_ms && wait_ms < exact_ms + 1.0, "{} for {}", wait_ms, exact_ms);
        }
    }
}
