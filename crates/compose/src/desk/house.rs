//! How the digest writes, told by most of what it has written: this edition and earlier ones.

use super::copy::{Copy, addresses, quoted, words};
use super::{dashes, numbers, per_cent, quotes, ranges};

/// How often each of two ways occurs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Habit {
    pub(super) this: usize,
    pub(super) that: usize,
}

/// The digest's habits.
#[derive(Debug, Default)]
pub(super) struct House {
    /// "%", or "per cent".
    pub(super) sign: Habit,
    /// Numbers below ten in words, or in digits.
    pub(super) small_in_words: Habit,
    /// The same, where the sentence has larger numbers in digits.
    pub(super) small_beside_large: Habit,
    /// Numbers above ten in digits, or in words.
    pub(super) large_in_digits: Habit,
    /// Numbers of four digits with a comma, or without.
    pub(super) commas: Habit,
    /// Curly marks, or straight ones.
    pub(super) curly: Habit,
    /// Quotations in single marks, or in double ones.
    pub(super) single: Habit,
    /// Spaced en dashes, or em dashes.
    pub(super) en_dash: Habit,
    /// En dashes in ranges, or hyphens.
    pub(super) range_dash: Habit,
}

impl Habit {
    /// Whether nearly all are of the first way: so many there are at least, and at most one in four is of the other.
    pub(super) fn is_this(self, least: usize) -> bool {
        self.this >= least && self.that * 3 <= self.this
    }

    /// Whether nearly all are of the second way.
    pub(super) fn is_that(self, least: usize) -> bool {
        Self { this: self.that, that: self.this }.is_this(least)
    }

    pub(super) fn count(&mut self, is_this: bool) {
        if is_this { self.this += 1 } else { self.that += 1 }
    }
}

impl House {
    pub(super) fn of(copy: &Copy<'_>) -> Self {
        let mut house = Self::default();
        for line in copy.prose() {
            house.read(&line.plain);
        }
        for edition in copy.known.archive {
            let letter = &edition.letter;
            let blocks = [&letter.welcome, &letter.highlights, &letter.call_for_contact, &letter.notices].into_iter();
            let blocks = blocks.chain(edition.news.iter().map(|item| &item.body)).chain(edition.entries().map(|entry| &entry.summary));
            for (_, text) in blocks.flat_map(|blocks| blocks.texts()) {
                house.read(&text.plain());
            }
        }
        house
    }

    fn read(&mut self, plain: &str) {
        let addresses = addresses(plain);
        let is_address = |at: usize| addresses.iter().any(|address| address.contains(&at));
        per_cent::habit(plain, &mut self.sign);
        let words = words(plain);
        numbers::habits(plain, &words, self);
        quotes::habits(plain, &quoted(plain), &is_address, self);
        dashes::habit(plain, &mut self.en_dash);
        ranges::habit(plain, &is_address, &mut self.range_dash);
    }
}
