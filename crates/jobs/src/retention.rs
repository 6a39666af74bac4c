//! What is kept how long, and clearing what has been kept long enough.
//!
//! In: periods, keys and the time. Out: a count of what was cleared, which the audit log has too. It works in batches of one short
//! transaction, so that nobody waits for it; stopping it in the middle loses nothing, the next run goes on. Always: the suppression
//! list stays; a reader who left, bounced or complained is forgotten only after a hash of the address is on it; a send under way is
//! left alone. Not here: SQL (store), when it runs (pulse).

use std::collections::BTreeMap;
use std::fmt;

use pulse_model::Slug;
use pulse_model::subscriber::{State, SuppressionReason};
use pulse_store::{Aged, Clearing, NewSuppression, Store};
use serde::{Deserialize, Serialize};

use crate::error::JobError;
use crate::post::Keys;

/// For how many days what is kept. What is not named here is kept as long as the edition or the reader it belongs to; the
/// suppression list is kept for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Periods {
    /// A subscription nobody confirmed, since it was asked for. The link to confirm works for 7 days.
    pub unconfirmed_days: u32,
    /// A reader who left, complained, or whose address died, with the record of consent; since then.
    pub left_days: u32,
    /// Address, name and servers' words in the rows of a send, since it ended.
    pub delivery_days: u32,
    /// The beginning of a report that came back.
    pub bounce_excerpt_days: u32,
    /// What another server said about an address, in a report that came back.
    pub bounce_days: u32,
    /// A message to one person, such as one that asks to confirm, since it arose.
    pub notice_days: u32,
    /// A complaint about personal data, since it was answered. One that waits for its answer stays.
    pub complaint_days: u32,
    /// A line of the audit log.
    pub audit_days: u32,
}

impl Default for Periods {
    fn default() -> Self {
        Self {
            unconfirmed_days: 30,
            // The time in which somebody can ask how an address came to be written to, and be shown.
            left_days: 2 * 365,
            // A year of bounces decides whether an address is dead.
            delivery_days: 400,
            bounce_excerpt_days: 90,
            bounce_days: 400,
            notice_days: 30,
            complaint_days: 3 * 365,
            // Six years, as long as claims can be brought under the Limitation Act 1980.
            audit_days: 6 * 365 + 2,
        }
    }
}

/// Kept shorter than this, something else would stop working.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} = {days} is too short: {why}, so {least} is the least")]
pub struct PeriodError {
    field: &'static str,
    days: u32,
    least: u32,
    why: &'static str,
}

/// What can be cleared, in the order it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Readers who never confirmed.
    Unconfirmed,
    /// Readers who left, complained, or whose address died.
    Left,
    /// Addresses in the rows of sends.
    Deliveries,
    /// The beginning of reports that came back.
    BounceExcerpts,
    /// Servers' words in reports that came back.
    Bounces,
    /// Messages to one person.
    Notices,
    /// Complaints.
    Complaints,
    /// The audit log.
    Audit,
}

impl What {
    /// All there is.
    pub const ALL: [Self; 8] =
        [Self::Unconfirmed, Self::Left, Self::Deliveries, Self::BounceExcerpts, Self::Bounces, Self::Notices, Self::Complaints, Self::Audit];

    /// In words, as they follow a number or "after 30 days".
    pub fn words(self) -> &'static str {
        match self {
            Self::Unconfirmed => "subscriptions nobody confirmed",
            Self::Left => "readers who left, complained or cannot be reached",
            Self::Deliveries => "addresses in the rows of sends",
            Self::BounceExcerpts => "texts of messages that came back",
            Self::Bounces => "servers' words in messages that came back",
            Self::Notices => "messages to one person",
            Self::Complaints => "complaints that were answered",
            Self::Audit => "lines of the audit log",
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

/// How much of what was cleared, or would be; nothing that was not.
pub type Counts = BTreeMap<What, u64>;

impl Periods {
    /// The field in the settings, and its days.
    pub fn of(&self, what: What) -> (&'static str, u32) {
        match what {
            What::Unconfirmed => ("unconfirmed_days", self.unconfirmed_days),
            What::Left => ("left_days", self.left_days),
            What::Deliveries => ("delivery_days", self.delivery_days),
            What::BounceExcerpts => ("bounce_excerpt_days", self.bounce_excerpt_days),
            What::Bounces => ("bounce_days", self.bounce_days),
            What::Notices => ("notice_days", self.notice_days),
            What::Complaints => ("complaint_days", self.complaint_days),
            What::Audit => ("audit_days", self.audit_days),
        }
    }

    /// Whether they can be.
    ///
    /// # Errors
    /// [`PeriodError`] names the one that cannot.
    pub fn check(&self) -> Result<(), PeriodError> {
        for what in What::ALL {
            let (least, why) = match what {
                What::Unconfirmed => (7, "the link to confirm works for 7 days"),
                What::Notices => (2, "an address gets one message of a kind a day"),
                What::Deliveries => (30, "messages come back for days, and their addresses must be known then"),
                _ => (1, "a day is the shortest period"),
            };
            let (field, days) = self.of(what);
            if days < least {
                return Err(PeriodError { field, days, least, why });
            }
        }
        Ok(())
    }

    fn before(&self, what: What, now: i64) -> i64 {
        const DAY_MS: i64 = 24 * 60 * 60 * 1000;
        now.saturating_sub(i64::from(self.of(what).1) * DAY_MS)
    }
}

/// Rows of one transaction; few enough that a send under way does not notice.
const BATCH: u32 = 500;
/// Readers of one transaction, each of which is several statements.
const READERS: u32 = 100;

/// Clears what has been kept long enough, or counts it, and notes in the audit log what was cleared. `now` is Unix milliseconds.
///
/// # Errors
/// [`JobError::Period`], or what the store says; what was cleared by then stays cleared.
pub async fn run(store: &Store, keys: &Keys, periods: &Periods, who: &str, clearing: Clearing, now: i64) -> Result<Counts, JobError> {
    periods.check()?;
    let sweep = Sweep { store, keys, periods, clearing, now };
    let mut counts = Counts::new();
    for what in What::ALL {
        let count = sweep.clear(what).await?;
        if count > 0 {
            counts.insert(what, count);
            if clearing == Clearing::Clear {
                let (_, days) = periods.of(what);
                store.append_audit(who, "clear", "retention", &format!("{count} {what}, after {days} days"), now).await?;
            }
        }
    }
    Ok(counts)
}

struct Sweep<'a> {
    store: &'a Store,
    keys: &'a Keys,
    periods: &'a Periods,
    clearing: Clearing,
    now: i64,
}

impl Sweep<'_> {
    async fn clear(&self, what: What) -> Result<u64, JobError> {
        let before = self.periods.before(what, self.now);
        match what {
            What::Unconfirmed => self.readers(State::Unconfirmed, None, before).await,
            What::Left => {
                let mut count = 0;
                for (state, reason) in
                    [(State::Left, SuppressionReason::Left), (State::Bounced, SuppressionReason::Bounced), (State::Complained, SuppressionReason::Complained)]
                {
                    count += self.readers(state, Some(reason), before).await?;
                }
                Ok(count)
            }
            What::Deliveries => self.deliveries(before).await,
            What::BounceExcerpts => self.aged(Aged::BounceExcerpts, before).await,
            What::Bounces => self.aged(Aged::BounceWords, before).await,
            What::Notices => self.aged(Aged::Notices, before).await,
            What::Complaints => self.aged(Aged::Complaints, before).await,
            What::Audit => self.aged(Aged::Audit, before).await,
        }
    }

    async fn aged(&self, what: Aged, before: i64) -> Result<u64, JobError> {
        let (mut count, mut after) = (0, None);
        loop {
            let cleared = self.store.clear_aged(what, before, after.as_deref(), BATCH, self.clearing).await?;
            count += cleared.rows;
            after = cleared.next;
            if after.is_none() {
                return Ok(count);
            }
            tokio::task::yield_now().await;
        }
    }

    async fn deliveries(&self, before: i64) -> Result<u64, JobError> {
        let mut count = 0;
        for send in self.store.sends_to_clear(before).await? {
            let mut after = None;
            loop {
                let cleared = self.store.clear_deliveries(send, after, BATCH, self.clearing, self.now).await?;
                count += cleared.rows;
                after = cleared.next.and_then(|id| id.parse().ok());
                if after.is_none() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        Ok(count)
    }

    /// Forgets readers in a state; `reason` stands on the suppression list afterwards.
    async fn readers(&self, state: State, reason: Option<SuppressionReason>, before: i64) -> Result<u64, JobError> {
        let mut count = 0;
        for digest in self.store.digests().await? {
            count += self.readers_of(&digest.slug, state, reason, before).await?;
        }
        Ok(count)
    }

    async fn readers_of(&self, digest: &Slug, state: State, reason: Option<SuppressionReason>, before: i64) -> Result<u64, JobError> {
        let (mut count, mut after) = (0, None);
        loop {
            let lapsed = self.store.lapsed(digest, state, before, after, READERS).await?;
            let Some(last) = lapsed.last() else { return Ok(count) };
            after = Some(last.id);
            count += match self.clearing {
                Clearing::Count => lapsed.len() as u64,
                Clearing::Clear => {
                    let line = |address| {
                        let hash = self.keys.suppression_hash(address);
                        reason.map(|reason| NewSuppression { hash, digest: Some(digest.clone()), reason, note: String::new() })
                    };
                    let readers: Vec<_> = lapsed.iter().map(|reader| (reader.id, line(&reader.address))).collect();
                    self.store.forget(digest, state, before, &readers, self.now).await?
                }
            };
            tokio::task::yield_now().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_can_be_and_what_is_too_short_is_named() {
        assert_eq!(Periods::default().check(), Ok(()));
        let short = Periods { unconfirmed_days: 6, ..Periods::default() };
        assert_eq!(short.check().unwrap_err().to_string(), "unconfirmed_days = 6 is too short: the link to confirm works for 7 days, so 7 is the least");
        assert!(Periods { audit_days: 0, ..Periods::default() }.check().is_err());
    }
}
