//! When to try a deferred message again, and when to give up.
//!
//! In: how often it was tried and how long it has been queued. Out: how long to wait, or that it is over. Invariant: no
//! wait is shorter than `first_wait_s`, and no attempt is made after `give_up_after_s`.
//! Not here: the clock, randomness (jitter is passed in), and whether a reply allows another try at all
//! ([`crate::smtp::Verdict`]).

use serde::{Deserialize, Serialize};

/// When to try one address again. The defaults follow RFC 5321 section 4.5.4.1: at least 30 minutes between attempts, 4 to
/// 5 days in all, and all of it configurable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetryPolicy {
    /// Wait after the first attempt, doubled after each further one.
    pub first_wait_s: u64,
    /// No wait is longer, unless jitter is added.
    pub longest_wait_s: u64,
    /// Counted from the moment the message was queued. A dated digest may want a shorter time than mail in general.
    pub give_up_after_s: u64,
    /// How much longer a wait may become by [`RetryPolicy::spread_s`], in per cent, so that what was deferred together does
    /// not come back together. 0 to 100.
    pub jitter_percent: u8,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { first_wait_s: 30 * 60, longest_wait_s: 4 * 60 * 60, give_up_after_s: 5 * 24 * 60 * 60, jitter_percent: 10 }
    }
}

/// A policy that cannot be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RetryError {
    /// A wait of nothing would try for ever and at once.
    #[error("first_wait_s must be at least 1")]
    NoWait,
    /// The longest wait is shorter than the first.
    #[error("longest_wait_s ({longest_wait_s}) must be at least first_wait_s ({first_wait_s})")]
    LongestIsShorter {
        /// As set.
        first_wait_s: u64,
        /// As set.
        longest_wait_s: u64,
    },
    /// More than all of the wait.
    #[error("jitter_percent must be at most 100")]
    Jitter,
}

impl RetryPolicy {
    /// Checks the numbers against each other.
    ///
    /// # Errors
    /// [`RetryError`] names the first that cannot be followed.
    pub fn check(&self) -> Result<(), RetryError> {
        let Self { first_wait_s, longest_wait_s, jitter_percent, .. } = *self;
        if first_wait_s == 0 {
            return Err(RetryError::NoWait);
        }
        if longest_wait_s < first_wait_s {
            return Err(RetryError::LongestIsShorter { first_wait_s, longest_wait_s });
        }
        if jitter_percent > 100 {
            return Err(RetryError::Jitter);
        }
        Ok(())
    }

    /// Seconds until the next attempt, or `None` to give up. `attempt` counts those made so far, from 1.
    ///
    /// ```
    /// use pulse_deliver::retry::RetryPolicy;
    /// let policy = RetryPolicy::default();
    /// assert_eq!(policy.next_wait_s(1, 0), Some(30 * 60));
    /// assert_eq!(policy.next_wait_s(2, 30 * 60), Some(60 * 60));
    /// assert_eq!(policy.next_wait_s(40, 5 * 24 * 60 * 60), None);
    /// ```
    pub fn next_wait_s(&self, attempt: u32, queued_for_s: u64) -> Option<u64> {
        let doublings = attempt.saturating_sub(1).min(63);
        let wait_s = self.first_wait_s.saturating_mul(1 << doublings).min(self.longest_wait_s).max(self.first_wait_s);
        (queued_for_s.saturating_add(wait_s) <= self.give_up_after_s).then_some(wait_s)
    }

    /// `wait_s` made longer by up to `jitter_percent`; `dice` is any random number. Never shorter, because the first wait is
    /// a minimum.
    ///
    /// ```
    /// use pulse_deliver::retry::RetryPolicy;
    /// let policy = RetryPolicy { jitter_percent: 50, ..RetryPolicy::default() };
    /// assert_eq!(policy.spread_s(1000, 0), 1000);
    /// assert_eq!(policy.spread_s(1000, u32::MAX), 1500);
    /// ```
    pub fn spread_s(&self, wait_s: u64, dice: u32) -> u64 {
        let most_s = u128::from(wait_s) * u128::from(self.jitter_percent) / 100;
        let more_s = most_s * u128::from(dice) / u128::from(u32::MAX);
        wait_s.saturating_add(u64::try_from(more_s).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The waits of a message that is deferred each time, and how long it was queued in all.
    fn waits(policy: &RetryPolicy) -> (Vec<u64>, u64) {
        let (mut waits, mut queued_for_s) = (Vec::new(), 0);
        while let Some(wait_s) = policy.next_wait_s(waits.len() as u32 + 1, queued_for_s) {
            waits.push(wait_s);
            queued_for_s += wait_s;
        }
        (waits, queued_for_s)
    }

    #[test]
    fn the_defaults_keep_to_the_rule() {
        let policy = RetryPolicy::default();
        policy.check().unwrap();
        let (waits, queued_for_s) = waits(&policy);
        assert_eq!(waits[..5], [1800, 3600, 7200, 14_400, 14_400]);
        assert!(waits.iter().all(|&wait_s| wait_s >= 30 * 60));
        assert!((4 * 86_400..=5 * 86_400).contains(&queued_for_s), "{queued_for_s}");
    }

    #[test]
    fn what_cannot_be_followed_is_named() {
        let policy = |first_wait_s, longest_wait_s, jitter_percent| RetryPolicy { first_wait_s, longest_wait_s, jitter_percent, ..RetryPolicy::default() };
        assert_eq!(policy(0, 1, 0).check(), Err(RetryError::NoWait));
        assert_eq!(policy(2, 1, 0).check(), Err(RetryError::LongestIsShorter { first_wait_s: 2, longest_wait_s: 1 }));
        assert_eq!(policy(1, 1, 101).check(), Err(RetryError::Jitter));
    }

    proptest! {
        #[test]
        fn no_wait_is_too_short_or_too_late(
            first_wait_s in 1..100_000_u64,
            more_s in 0..1_000_000_u64,
            give_up_after_s in 0..10_000_000_u64,
            attempt in 1..u32::MAX,
            queued_for_s in 0..20_000_000_u64,
            dice: u32,
        ) {
            let policy = RetryPolicy { first_wait_s, longest_wait_s: first_wait_s + more_s, give_up_after_s, jitter_percent: 20 };
            if let Some(wait_s) = policy.next_wait_s(attempt, queued_for_s) {
                prop_assert!((first_wait_s..=first_wait_s + more_s).contains(&wait_s));
                prop_assert!(queued_for_s + wait_s <= give_up_after_s);
                prop_assert!((wait_s..=wait_s + wait_s / 5 + 1).contains(&policy.spread_s(wait_s, dice)));
                // A later attempt never waits less.
                if let Some(later_s) = policy.next_wait_s(attempt.saturating_add(1), queued_for_s) {
                    prop_assert!(later_s >= wait_s);
                }
            }
        }
    }
}
