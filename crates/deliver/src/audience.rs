//! Who receives an edition, and which cut of it: one reader at a time.
//!
//! In: how many entries each sector of the edition has, and readers with what they asked for. Out: for each reader a
//! [`Cut`] or an [`Exclusion`], and totals. A reader's cut holds those of the chosen sectors that have something, so readers
//! whose choices come to the same share one, and it is rendered and encoded once.
//!
//! Invariant: candidates = recipients + excluded. Not here: rows (store), what a cut looks like (render), and whether the
//! address is read twice; readers come from a table where each has one row. A million readers may pass by: what is held is
//! the totals, which grow with the number of different cuts alone.

mod outline;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use pulse_model::delivery::Exclusion;
use pulse_model::subscriber::{Basis, Frequency, State};
use pulse_model::{Subscriber, Subscription};

pub use outline::{MAX_SECTORS, Outline, OutlineError, QUARTER_MONTHS, is_quarters};

/// The most a language tag may have, in bytes (RFC 5646 section 4.4.1 asks for room for 35 characters).
const MAX_LANGUAGE_BYTES: usize = 35;

/// A reader who might receive the edition.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Who.
    pub subscriber: &'a Subscriber,
    /// What the reader asked for.
    pub subscription: &'a Subscription,
    /// On what ground the reader is written to, and since when, in Unix milliseconds.
    pub basis: Option<(Basis, i64)>,
    /// Whether the suppression list has the address.
    pub is_suppressed: bool,
}

/// Where a candidate ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placed {
    /// Receives this cut.
    Recipient(Cut),
    /// Receives nothing.
    Excluded(Exclusion),
}

/// What one message has in it. Two readers with equal cuts receive the same text.
///
/// Its text form (`every-edition/en-gb/5`, sectors in hexadecimal, the first one the lowest bit) is stored with a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cut {
    /// One edition, or a quarter's.
    pub frequency: Frequency,
    /// BCP 47 tag in lower case.
    pub language: String,
    sectors: u64,
}

impl Cut {
    /// Whether the sector at this place of the outline is in it.
    pub fn has(&self, place: usize) -> bool {
        u32::try_from(place).ok().and_then(|place| self.sectors.checked_shr(place)).is_some_and(|bits| bits & 1 == 1)
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{:x}", self.frequency, self.language, self.sectors)
    }
}

/// The text is not the name of a cut.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\u{201c}{0}\u{201d} does not name a cut of an edition")]
pub struct CutError(String);

impl FromStr for Cut {
    type Err = CutError;
    fn from_str(text: &str) -> Result<Self, CutError> {
        let read = || {
            let [frequency, language, sectors] = text.split('/').collect::<Vec<_>>().try_into().ok()?;
            let language = clean_language(language)?;
            Some(Self { frequency: Frequency::from_name(frequency)?, language, sectors: u64::from_str_radix(sectors, 16).ok()? })
        };
        let cut: Option<Self> = read();
        cut.filter(|cut| cut.to_string() == text).ok_or_else(|| CutError(text.chars().take(60).collect()))
    }
}

/// The audience of one edition while it is counted.
#[derive(Clone, Debug)]
pub struct Audience<'a> {
    edition: &'a Outline,
    quarter: Option<&'a Outline>,
    at: i64,
    totals: Totals,
}

/// How many ended where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Everybody who passed by.
    pub candidates: u64,
    /// Those who receive something.
    pub recipients: u64,
    /// Those who do not, by the reason.
    pub excluded: BTreeMap<Exclusion, u64>,
    /// Recipients by what they receive.
    pub cuts: BTreeMap<Cut, u64>,
}

impl<'a> Audience<'a> {
    /// `quarter` is what the quarter's editions had together, where this edition closes the quarter ([`is_quarters`]);
    /// without it, readers who hear once a quarter wait. `at` is when the audience is frozen, in Unix milliseconds.
    pub fn new(edition: &'a Outline, quarter: Option<&'a Outline>, at: i64) -> Self {
        Self { edition, quarter, at, totals: Totals::default() }
    }

    /// Places one candidate and counts the result.
    pub fn place(&mut self, candidate: &Candidate<'_>) -> Placed {
        self.totals.candidates += 1;
        match self.cut_for(candidate) {
            Ok(cut) => {
                self.totals.recipients += 1;
                match self.totals.cuts.get_mut(&cut) {
                    Some(count) => *count += 1,
                    None => _ = self.totals.cuts.insert(cut.clone(), 1),
                }
                Placed::Recipient(cut)
            }
            Err(exclusion) => {
                *self.totals.excluded.entry(exclusion).or_default() += 1;
                Placed::Excluded(exclusion)
            }
        }
    }

    /// What was counted so far.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Where several reasons hold, the one named is the one that is hardest to undo: what the reader did, then what the
    /// address is, then the ground, then what only concerns this edition.
    fn cut_for(&self, candidate: &Candidate<'_>) -> Result<Cut, Exclusion> {
        let subscription = candidate.subscription;
        match subscription.state {
            State::Complained => return Err(Exclusion::Complained),
            State::Left => return Err(Exclusion::Left),
            State::Bounced => return Err(Exclusion::Bounced),
            State::Unconfirmed => return Err(Exclusion::Unconfirmed),
            State::Active => {}
        }
        if candidate.is_suppressed {
            return Err(Exclusion::Suppressed);
        }
        if !candidate.basis.is_some_and(|(basis, since)| basis.can_date_from(since)) {
            return Err(Exclusion::NoBasis);
        }
        if subscription.paused_until.is_some_and(|until| self.at < until) {
            return Err(Exclusion::Paused);
        }
        let outline = match subscription.frequency {
            Frequency::EveryEdition => self.edition,
            Frequency::Quarterly => self.quarter.ok_or(Exclusion::NotThisEdition)?,
        };
        let sectors = outline.chosen(&subscription.sectors).ok_or(Exclusion::NothingInSectors)?;
        let language = clean_language(&candidate.subscriber.language).unwrap_or_else(|| outline.language().to_owned());
        Ok(Cut { frequency: subscription.frequency, language, sectors })
    }
}

/// A tag as it stands in a cut; `None` for no tag, or for what is none.
fn clean_language(tag: &str) -> Option<String> {
    let is_tag = (1..=MAX_LANGUAGE_BYTES).contains(&tag.len()) && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_tag.then(|| tag.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulse_model::EmailAddress;
    use pulse_model::subscriber::Sectors;

    use super::*;

    const NOW: i64 = 1_790_000_000_000;

    fn outline() -> Outline {
        Outline::new("en-GB", [(vec!["Health", "Health and care"], 3), (vec!["Criminal justice"], 0), (vec!["Children & young people"], 2)]).unwrap()
    }

    fn reader(language: &str) -> Subscriber {
        Subscriber { address: EmailAddress::parse("ada@example.org").unwrap(), name: String::new(), language: language.to_owned() }
    }

    fn subscription(sectors: Sectors) -> Subscription {
        let digest = "tidemark".parse().unwrap();
        Subscription { digest, sectors, frequency: Frequency::EveryEdition, state: State::Active, paused_until: None }
    }

    fn only(names: &[&str]) -> Sectors {
        Sectors::Only(names.iter().map(ToString::to_string).collect())
    }

    fn placed(subscriber: &Subscriber, subscription: &Subscription) -> Placed {
        let outline = outline();
        let candidate = Candidate { subscriber, subscription, basis: Some((Basis::Consent, 0)), is_suppressed: false };
        Audience::new(&outline, None, NOW).place(&candidate)
    }

    fn cut_of(sectors: Sectors) -> String {
        match placed(&reader(""), &subscription(sectors)) {
            Placed::Recipient(cut) => cut.to_string(),
            Placed::Excluded(exclusion) => exclusion.to_string(),
        }
    }

    #[test]
    fn choices_that_come_to_the_same_share_a_cut() {
        assert_eq!(cut_of(Sectors::All), "every-edition/en-gb/5");
        assert_eq!(cut_of(only(&["children and young people", "HEALTH AND CARE", "Gone"])), "every-edition/en-gb/5");
        assert_eq!(cut_of(only(&["Health", "Criminal justice"])), "every-edition/en-gb/1");
        assert_eq!(cut_of(only(&["Criminal justice"])), "nothing-in-sectors");
        assert_eq!(cut_of(only(&[])), "nothing-in-sectors");
    }

    #[test]
    fn a_reader_of_everything_receives_a_letter_without_entries() {
        let letter = Outline::new("en-GB", [(vec!["Health"], 0)]).unwrap();
        let mut audience = Audience::new(&letter, None, NOW);
        let subscriber = reader("");
        let basis = Some((Basis::Consent, 0));
        let mut place = |sectors| {
            let subscription = subscription(sectors);
            matches!(audience.place(&Candidate { subscriber: &subscriber, subscription: &subscription, basis, is_suppressed: false }), Placed::Recipient(_))
        };
        assert!(place(Sectors::All) && !place(only(&["Health"])));
    }

    #[test]
    fn a_language_is_its_own_cut_and_rubbish_is_the_digests() {
        let language = |tag| match placed(&reader(tag), &subscription(Sectors::All)) {
            Placed::Recipient(cut) => cut.language,
            Placed::Excluded(_) => unreachable!(),
        };
        assert_eq!((language("cy"), language("EN-gb"), language("../etc")), ("cy".to_owned(), "en-gb".to_owned(), "en-gb".to_owned()));
    }

    #[test]
    fn a_pause_ends_on_its_moment() {
        let paused = |until| Subscription { paused_until: Some(until), ..subscription(Sectors::All) };
        assert_eq!(placed(&reader(""), &paused(NOW + 1)), Placed::Excluded(Exclusion::Paused));
        assert!(matches!(placed(&reader(""), &paused(NOW)), Placed::Recipient(_)));
    }

    #[test]
    fn quarterly_readers_receive_the_quarter_or_wait() {
        let quarterly = Subscription { frequency: Frequency::Quarterly, ..subscription(only(&["Criminal justice"])) };
        let (edition, quarter) = (outline(), Outline::new("en-GB", [(vec!["Criminal justice"], 4)]).unwrap());
        let subscriber = reader("");
        let candidate = Candidate { subscriber: &subscriber, subscription: &quarterly, basis: Some((Basis::Consent, 0)), is_suppressed: false };
        assert_eq!(Audience::new(&edition, None, NOW).place(&candidate), Placed::Excluded(Exclusion::NotThisEdition));
        let placed = Audience::new(&edition, Some(&quarter), NOW).place(&candidate);
        assert_eq!(placed, Placed::Recipient("quarterly/en-gb/1".parse().unwrap()));
    }

    #[test]
    fn names_of_cuts_that_are_none_are_refused() {
        for text in ["", "every-edition/en-gb", "weekly/en/1", "quarterly/en/x", "quarterly/EN/1", "quarterly/en/01", "quarterly/en/1/", "quarterly//1"] {
            assert!(text.parse::<Cut>().is_err(), "{text}");
        }
        assert!(!"quarterly/en/5".parse::<Cut>().unwrap().has(1) && !"quarterly/en/5".parse::<Cut>().unwrap().has(64));
    }

    prop_compose! {
        fn any_candidate()(
            sectors in prop_oneof![Just(Sectors::All), prop::collection::vec("Health|Criminal justice|Children & young people|Gone", 0..4).prop_map(Sectors::Only)],
            frequency in prop::sample::select(Frequency::ALL),
            state in prop_oneof![3 => Just(State::Active), 1 => prop::sample::select(State::ALL)],
            paused_until in prop::option::of(NOW - 1..NOW + 2),
            basis in prop::option::of((prop::sample::select(Basis::ALL), 1_770_249_599_999i64..1_770_249_600_002)),
            is_suppressed in prop::bool::weighted(0.2),
            language in "|cy|en-GB",
        ) -> (Subscriber, Subscription, Option<(Basis, i64)>, bool) {
            let subscription = Subscription { frequency, state, paused_until, ..subscription(sectors) };
            (reader(&language), subscription, basis, is_suppressed)
        }
    }

    proptest! {
        #[test]
        fn everybody_is_counted_once_and_nobody_is_written_to_who_must_not_be(
            readers in prop::collection::vec(any_candidate(), 0..60), is_quarters: bool,
        ) {
            let outline = outline();
            let mut audience = Audience::new(&outline, is_quarters.then_some(&outline), NOW);
            let mut recipients = 0;
            for (subscriber, subscription, basis, is_suppressed) in &readers {
                let candidate = Candidate { subscriber, subscription, basis: *basis, is_suppressed: *is_suppressed };
                if let Placed::Recipient(cut) = audience.place(&candidate) {
                    recipients += 1;
                    prop_assert_eq!(&cut.to_string().parse::<Cut>().unwrap(), &cut);
                    prop_assert!(subscription.state == State::Active && !is_suppressed);
                    prop_assert!(subscription.paused_until.is_none_or(|until| until <= NOW));
                    prop_assert!(basis.unwrap().0.can_date_from(basis.unwrap().1));
                    for (place, name) in ["Health", "Criminal justice", "Children & young people"].into_iter().enumerate() {
                        prop_assert_eq!(cut.has(place), place != 1 && subscription.sectors.has(name));
                    }
                }
            }
            let totals = audience.totals();
            prop_assert_eq!(totals.candidates, readers.len() as u64);
            prop_assert_eq!(totals.recipients, recipients);
            prop_assert_eq!(totals.candidates, totals.recipients + totals.excluded.values().sum::<u64>());
            prop_assert_eq!(totals.recipients, totals.cuts.values().sum::<u64>());
        }
    }
}
