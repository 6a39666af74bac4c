//! Makes ids: UUIDv7 from the time passed in and from randomness, the one place where the store meets it.
//!
//! The ids of one [`Ids`] rise in the order they are made, so that rows made together lie together, and reading them by
//! id gives the order in which they were made (RFC 9562 section 6.2, method 2).

use uuid::{NoContext, Timestamp, Uuid};

/// The ids of one operation.
pub(crate) struct Ids {
    next: u128,
}

impl Ids {
    /// `now` is Unix milliseconds; a time before 1970 counts as 1970.
    pub(crate) fn at(now: i64) -> Self {
        let now = u64::try_from(now).unwrap_or(0);
        let timestamp = Timestamp::from_unix(NoContext, now / 1000, ((now % 1000) * 1_000_000) as u32);
        // The highest random bit stays free, so that counting up cannot run into the fixed bits above it.
        let random = Uuid::new_v7(timestamp).as_u128();
        Self { next: random & !(1 << 61) }
    }

    /// Ids behind `last`, also where the clock has not moved since it was made.
    pub(crate) fn behind(last: Option<Uuid>, now: i64) -> Self {
        let ids = Self::at(now);
        Self { next: last.map_or(ids.next, |last| ids.next.max(last.as_u128() + 1)) }
    }

    pub(crate) fn make(&mut self) -> Uuid {
        let id = Uuid::from_u128(self.next);
        self.next += 1;
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_carry_the_time_and_rise() {
        let now = 1_700_000_000_123;
        let mut ids = Ids::at(now);
        let (first, second) = (ids.make(), ids.make());
        assert!(first < second);
        assert!(first.to_string() < second.to_string());
        assert_eq!(first.get_version_num(), 7);
        assert_eq!(second.get_variant(), uuid::Variant::RFC4122);
        assert_eq!(first.get_timestamp().map(|time| time.to_unix()), Some((1_700_000_000, 123_000_000)));
        assert_ne!(Ids::at(now).make(), first);
        assert!(Ids::behind(Some(second), now - 1).make() > second);
    }
}
