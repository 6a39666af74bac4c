//! When to look again, and when a source has been silent for too long: rules with numbers, and nothing else.
//!
//! A source's rhythm is the median time between the days on which its last 50 publications came out; it is known from four such days on.
//!
//! - Next look: a 24th of the rhythm later, at least an hour and at most a day. A daily source is looked at hourly, a weekly one every
//!   seven hours, a yearly one daily. While the rhythm is not known: after six hours.
//! - After looks without an answer: a quarter of an hour later, twice as long after each further one, at most a day; and not before
//!   its server asks. A fault that waits for a person is tried once a day.
//! - Silent: since the last publication more time has gone by than four times the rhythm, than one and a half times the longest of
//!   the gaps, and than a week.
//!
//! So that sources that were added together are not looked at in the same second, each gets up to a tenth more, from its id.

use pulse_store::SourceHealth;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// A day, in milliseconds.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// How many publications the rhythm is learnt from.
pub const LEARN_FROM: u32 = 50;
/// On so many different days something came out before there is a rhythm.
const FEWEST_DAYS: usize = 4;
const UNKNOWN_INTERVAL_MS: i64 = 6 * HOUR_MS;
pub(super) const FIRST_WAIT_MS: i64 = 15 * MINUTE_MS;

/// How a source publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// The median of the gaps.
    pub usual_ms: i64,
    /// The longest of them.
    pub longest_ms: i64,
    /// When something came out last.
    pub last_at: i64,
}

impl Rhythm {
    /// Learns it from the times of publications, in any order; times after `now` are left out. `None` from fewer than four days.
    ///
    /// ```
    /// use pulse_jobs::harvest::rhythm::{DAY_MS, Rhythm};
    /// let weekly: Vec<i64> = (0..10).map(|week| week * 7 * DAY_MS).collect();
    /// let rhythm = Rhythm::of(&weekly, 100 * DAY_MS).unwrap();
    /// assert_eq!(rhythm.interval_ms(), 7 * 3_600_000);
    /// assert_eq!(rhythm.silent_at(), (63 + 28) * DAY_MS);
    /// ```
    pub fn of(times: &[i64], now: i64) -> Option<Self> {
        let last_at = times.iter().copied().filter(|at| *at <= now).max()?;
        let mut days: Vec<i64> = times.iter().filter(|at| **at <= now).map(|at| at.div_euclid(DAY_MS)).collect();
        days.sort_unstable();
        days.dedup();
        if days.len() < FEWEST_DAYS {
            return None;
        }
        let mut gaps: Vec<i64> = days.windows(2).filter_map(|pair| Some((pair.last()? - pair.first()?) * DAY_MS)).collect();
        gaps.sort_unstable();
        Some(Self { usual_ms: *gaps.get(gaps.len() / 2)?, longest_ms: *gaps.last()?, last_at })
    }

    /// How long after a look the next one is.
    pub fn interval_ms(&self) -> i64 {
        (self.usual_ms / 24).clamp(HOUR_MS, DAY_MS)
    }

    /// From then on silence is longer than the rhythm explains.
    pub fn silent_at(&self) -> i64 {
        let patience = (4 * self.usual_ms).max(self.longest_ms + self.longest_ms / 2).max(7 * DAY_MS);
        self.last_at.saturating_add(patience)
    }
}

/// How a look went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Went {
    /// There was an answer.
    Well,
    /// There was none, and there may be one later.
    Passing {
        /// So long the server asks to be left alone.
        retry_after_s: Option<u64>,
    },
    /// There was none, and there will be none until a person has done something.
    Broken,
}

/// How a source is after a look. `error` is why there was no answer; `spread` is any number that is the source's own.
pub fn health(before: &SourceHealth, went: Went, error: &str, rhythm: Option<Rhythm>, spread: u64, now: i64) -> SourceHealth {
    let failure_count = if went == Went::Well { 0 } else { before.failure_count.saturating_add(1) };
    let interval = match went {
        Went::Well => rhythm.map_or(UNKNOWN_INTERVAL_MS, |rhythm| rhythm.interval_ms()),
        Went::Passing { .. } => (FIRST_WAIT_MS << (failure_count - 1).min(10)).min(DAY_MS),
        Went::Broken => DAY_MS,
    };
    let interval = interval + interval / 10 * i64::try_from(spread % 1_000).unwrap_or(0) / 1_000;
    let not_before_at = match went {
        Went::Passing { retry_after_s: Some(seconds) } => {
            Some(now.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000).min(7 * DAY_MS)))
        }
        _ => None,
    };
    SourceHealth {
        next_due_at: now.saturating_add(interval).max(not_before_at.unwrap_or(i64::MIN)),
        not_before_at,
        tried_at: Some(now),
        succeeded_at: if went == Went::Well { Some(now) } else { before.succeeded_at },
        failure_count,
        last_error: error.to_owned(),
        rhythm_ms: rhythm.map(|rhythm| rhythm.usual_ms),
        silent_at: rhythm.map(|rhythm| rhythm.silent_at()),
    }
}

/// Whether a source's silence is longer than its rhythm explains.
pub fn is_silent(health: &SourceHealth, now: i64) -> bool {
    health.silent_at.is_some_and(|at| at <= now)
}

/// When documents are fetched again to see whether they were changed in silence: daily in the week after the last change, weekly
/// in the month, monthly in the half year, and then never.
pub fn next_check(changed_at: i64, now: i64) -> Option<i64> {
    let wait = match now.saturating_sub(changed_at) / DAY_MS {
        i64::MIN..7 => DAY_MS,
        7..30 => 7 * DAY_MS,
        30..180 => 30 * DAY_MS,
        _ => return None,
    };
    Some(now.saturating_add(wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 2_000 * DAY_MS;

    fn every(days: i64) -> Option<Rhythm> {
        Rhythm::of(&(0..12).map(|number| NOW - number * days * DAY_MS).collect::<Vec<_>>(), NOW)
    }

    fn hours(went: Went, failures_before: u32, rhythm: Option<Rhythm>) -> f64 {
        let before = SourceHealth { failure_count: failures_before, ..SourceHealth::default() };
        (health(&before, went, "", rhythm, 0, NOW).next_due_at - NOW) as f64 / HOUR_MS as f64
    }

    #[test]
    fn a_daily_source_is_looked_at_hourly_and_a_yearly_one_daily() {
        assert_eq!([1, 7, 30, 365].map(|days| hours(Went::Well, 0, every(days))), [1.0, 7.0, 24.0, 24.0]);
        assert_eq!(hours(Went::Well, 0, None), 6.0);
        assert_eq!(Rhythm::of(&[NOW, NOW - 1, NOW - 2, NOW - 3, NOW - DAY_MS], NOW), None);
    }

    #[test]
    fn dates_to_come_say_nothing_about_silence() {
        let far = NOW + 30_000 * DAY_MS;
        let times: Vec<i64> = (0..8).map(|number| NOW - number * DAY_MS).chain([far]).collect();
        assert_eq!(Rhythm::of(&times, NOW).map(|rhythm| rhythm.last_at), Some(NOW));
    }

    #[test]
    fn failures_are_tried_again_later_and_later() {
        let passing = Went::Passing { retry_after_s: None };
        assert_eq!([0, 1, 2, 3, 20].map(|before| hours(passing, before, None)), [0.25, 0.5, 1.0, 2.0, 24.0]);
        assert_eq!(hours(Went::Broken, 0, None), 24.0);
        assert_eq!(hours(Went::Passing { retry_after_s: Some(7_200) }, 0, None), 2.0);
        assert_eq!(hours(Went::Passing { retry_after_s: Some(u64::MAX) }, 0, None), 7.0 * 24.0);
    }

    #[test]
    fn a_success_ends_a_row_of_failures() {
        let before = SourceHealth { failure_count: 3, last_error: "no answer".into(), succeeded_at: Some(1), ..SourceHealth::default() };
        let failed = health(&before, Went::Broken, "gone", None, 0, NOW);
        assert_eq!((failed.failure_count, failed.succeeded_at, failed.last_error.as_str()), (4, Some(1), "gone"));
        let well = health(&failed, Went::Well, "", every(1), 0, NOW);
        assert_eq!((well.failure_count, well.succeeded_at, well.last_error.as_str(), well.rhythm_ms), (0, Some(NOW), "", Some(DAY_MS)));
    }

    #[test]
    fn silence_is_judged_by_the_rhythm() {
        let silent_after = |days| (every(days).map_or(0, |rhythm| rhythm.silent_at()) - NOW) / DAY_MS;
        assert_eq!([1, 7, 365].map(silent_after), [7, 28, 4 * 365]);
        // Monthly with a summer in between.
        let times: Vec<i64> = [0, 30, 60, 150, 180, 210, 240].map(|days| NOW - days * DAY_MS).to_vec();
        assert_eq!(Rhythm::of(&times, NOW).map(|rhythm| (rhythm.silent_at() - NOW) / DAY_MS), Some(135));
    }

    #[test]
    fn old_documents_are_looked_at_less_and_less() {
        let days = |age: i64| next_check(NOW - age * DAY_MS, NOW).map(|at| (at - NOW) / DAY_MS);
        assert_eq!([-1, 0, 6, 7, 29, 30, 179, 180].map(days), [Some(1), Some(1), Some(1), Some(7), Some(7), Some(30), Some(30), None]);
    }
}
