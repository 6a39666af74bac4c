//! Operations on notices, on what came back, and on pace.

use crate::{Bounce, BounceId, Bounced, Lease, Level, NewBounce, NewNotice, Notice, NoticeEnd, NoticeId, Noticed, Reply, Store, StoreError, SubscriberId};

impl Store {
    /// Adds a message to one person, unless the address had one of its kind within 24 hours.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_notice(&self, notice: &NewNotice, now: i64) -> Result<Noticed, StoreError> {
        ask!(self, notice::add(notice, now), "add a notice")
    }

    /// Gives a node up to 500 notices that are due and nobody's. A node that stops after it sent one, and before that is recorded,
    /// makes it go out twice.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_notices(&self, lease: Lease<'_>, limit: u32, now: i64) -> Result<Vec<Notice>, StoreError> {
        ask!(self, notice::claim(lease, limit, now), "claim notices")
    }

    /// Writes what became of up to 500 notices. Answers those that are another node's by now, of which nothing is written.
    ///
    /// # Errors
    /// [`StoreError::TooMany`]; or the database fails.
    pub async fn record_notices(&self, node: &str, results: &[(NoticeId, NoticeEnd, Reply)], now: i64) -> Result<Vec<NoticeId>, StoreError> {
        ask!(self, notice::record(node, results, now), "record notices")
    }

    /// Keeps what came back, once for each message. A delivery that did not arrive after all becomes `failed`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_bounce(&self, bounce: &NewBounce, now: i64) -> Result<Bounced, StoreError> {
        ask!(self, bounce::add(bounce, now), "record a bounce")
    }

    /// What came back, the newest first; a page has at most 1,000, the next is before its last id.
    ///
    /// # Errors
    /// When the database fails, or holds what Pulse did not write.
    pub async fn bounces(&self, before: Option<BounceId>, limit: u32) -> Result<Vec<Bounce>, StoreError> {
        ask!(self, bounce::list(before, limit), "list the bounces")
    }

    /// What came back from one reader since a moment, the newest first.
    ///
    /// # Errors
    /// As [`Store::bounces`].
    pub async fn bounces_of(&self, subscriber: SubscriberId, since: i64, limit: u32) -> Result<Vec<Bounce>, StoreError> {
        ask!(self, bounce::of_reader(subscriber, since, limit), "list the bounces of subscriber {subscriber}")
    }

    /// Changes what is in up to 128 buckets, which no other node changes meanwhile: `change` gets the place of each name in the
    /// list and its level. A bucket that is not there yet begins with `full`. What `change` learnt holds only when this succeeds.
    ///
    /// ```
    /// # let runtime = tokio::runtime::Runtime::new().unwrap();
    /// # let folder = tempfile::tempdir().unwrap();
    /// # runtime.block_on(async {
    /// # let store = pulse_store::Store::open(folder.path().join("pulse.db").to_str().unwrap()).await?;
    /// use pulse_store::Level;
    /// let mut may_go = 0;
    /// store
    ///     .change_levels(&["relay"], Level { tokens: 2.0, at: 0 }, &mut |_, level| {
    ///         while may_go < 3 && level.tokens >= 1.0 {
    ///             level.tokens -= 1.0;
    ///             may_go += 1;
    ///         }
    ///     })
    ///     .await?;
    /// assert_eq!(may_go, 2);
    /// # Ok::<(), pulse_store::StoreError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// [`StoreError::TooMany`]; or the database fails, and nothing is changed.
    pub async fn change_levels(&self, names: &[&str], full: Level, change: &mut (dyn FnMut(usize, &mut Level) + Send)) -> Result<(), StoreError> {
        ask!(self, pace::change(names, full, change), "keep the pace")
    }
}
