//! Publications that succeed one another: yearly editions, phases, quarterly releases, an interim report and the final one.
//!
//! In: titles, publishers and dates. Out: what a title says of its place in a series ([`Serial`]), and what a work follows
//! ([`Known::before`]). The title without what says its place is the series' name: "Survey of Carers 2024" and "Survey of Carers
//! 2023" are both of "survey of carers".
//!
//! Invariants: only works of one publisher are tied, for "Annual report" is everybody's; where one has no publisher, only if
//! the series has a name of its own. Parts that came out together are a set: none follows the other. The order in which works are
//! added changes nothing. Not here: whether two works are the same ([`crate::alike`]).

mod marks;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use pulse_model::EditionKey;

use crate::Subject;
use crate::titles::{Title, publisher_keys};

/// What a title says of its place in a series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Serial {
    /// The title's words without the place, folded: the name of the series.
    pub name: String,
    /// The place.
    pub place: Place,
}

/// Where in its series a work stands, as far as its title says.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The last day it is about, as a number that grows with time; none where no period is named.
    pub until: Option<i32>,
    /// The first day, likewise.
    pub from: Option<i32>,
    /// Numbers of phases, waves, parts and editions, in the title's order.
    pub numbers: Vec<u32>,
    /// Interim is less than final, final less than revised; 0 where nothing is said.
    pub state: i8,
}

impl Place {
    /// Whether a title says nothing of a place.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether two places of one series are not the same. One that names no period may be of any.
    pub(crate) fn is_other(&self, other: &Self) -> bool {
        self.contradicts(other) || self.numbers != other.numbers || self.state != other.state
    }

    /// Whether two places cannot be of one work, whatever was left out of either title.
    pub(crate) fn contradicts(&self, other: &Self) -> bool {
        let is_period_other = self.until.is_some() && other.until.is_some() && (self.from, self.until) != (other.from, other.until);
        let is_number_other = !self.numbers.is_empty() && !other.numbers.is_empty() && self.numbers != other.numbers;
        is_period_other || is_number_other || self.state != 0 && other.state != 0 && self.state != other.state
    }

    /// Which of two places of one series comes first; nothing where the titles do not tell.
    fn compare(&self, other: &Self) -> Option<Ordering> {
        let by_period = self.until.zip(other.until).map(|(a, b)| a.cmp(&b).then(self.from.cmp(&other.from)));
        let by_number = (!self.numbers.is_empty() && !other.numbers.is_empty()).then(|| self.numbers.cmp(&other.numbers));
        let order = by_period.unwrap_or(Ordering::Equal).then(by_number.unwrap_or(Ordering::Equal)).then(self.state.cmp(&other.state));
        (order != Ordering::Equal).then_some(order)
    }
}

/// The name and the place that a title gives.
///
/// ```
/// use pulse_triage::series::serial;
/// let (one, other) = (serial("Survey of Carers, 2022 to 2023"), serial("Survey of carers 2023–24: interim report"));
/// assert_eq!((one.name.as_str(), other.name.as_str()), ("survey of carers", "survey of carers"));
/// assert!(one.place < other.place);
/// assert!(serial("COVID-19 and the under 5s").place.is_empty());
/// ```
pub fn serial(title: &str) -> Serial {
    Title::of(title, &[]).serial
}

pub(crate) use marks::serial_of_words;

/// That a work is the next of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Follows {
    /// The title of the work before it.
    pub title: String,
    /// When that came out, in Unix milliseconds, UTC.
    pub published_at: Option<i64>,
    /// The edition that covered it.
    pub covered: Option<EditionKey>,
}

/// "follows: Survey of Carers 2023, covered in May 2023", "follows: Survey of Carers (2024)".
impl fmt::Display for Follows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "follows: {}", self.title)?;
        if let Some(edition) = self.covered {
            return write!(f, ", covered in {}", edition.title());
        }
        // A title that names its period says enough.
        let at = self.published_at.filter(|_| serial(&self.title).place.until.is_none());
        match at.and_then(|at| Timestamp::from_millisecond(at).ok()) {
            Some(at) => write!(f, " ({})", at.to_zoned(TimeZone::UTC).year()),
            None => Ok(()),
        }
    }
}

/// Works that are known, by their series.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// By publisher and name of the series; without a publisher, those of a name of its own.
    members: HashMap<(Option<String>, String), Vec<Member>>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Member {
    place: Place,
    /// The day of [`Self::published_at`], as a number like those of a place.
    came_out: Option<i32>,
    published_at: Option<i64>,
    title: String,
    covered: Option<EditionKey>,
    has_publisher: bool,
    is_distinctive: bool,
}

/// Parts that came out closer together are a set.
const SET_MS: i64 = 2 * DAY_MS;
/// A work is no longer its namesake so long after it. A title that many works have is believed less.
const NAMESAKE_MS: i64 = 60 * DAY_MS;
const COMMON_NAMESAKE_MS: i64 = 20 * DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

impl Known {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A work that is known, and the edition that covered it. Publishers are compared as given: by their names in the register.
    pub fn add(&mut self, subject: &Subject, covered: Option<EditionKey>) {
        let title = Title::of(&subject.title, &subject.publishers);
        let publishers = publisher_keys(&subject.publishers);
        let came_out = subject.published_at.and_then(|at| Timestamp::from_millisecond(at).ok()).map(|at| at.to_zoned(TimeZone::UTC).date());
        let member = Member {
            place: title.serial.place.clone(),
            came_out: came_out.map(|date| marks::day_number(i32::from(date.year()), i32::from(date.month()), i32::from(date.day()))),
            published_at: subject.published_at,
            title: subject.title.clone(),
            covered,
            has_publisher: !publishers.is_empty(),
            is_distinctive: title.is_distinctive(),
        };
        let nobody = title.is_distinctive().then_some(None);
        for publisher in publishers.into_iter().map(Some).chain(nobody) {
            self.members.entry((publisher, title.serial.name.clone())).or_default().push(member.clone());
        }
    }

    /// The work that this one follows: of those of its series that stand before it, the last.
    pub fn before(&self, subject: &Subject) -> Option<Follows> {
        let title = Title::of(&subject.title, &subject.publishers);
        let publishers = publisher_keys(&subject.publishers);
        let has_publisher = !publishers.is_empty();
        let of = |publisher: Option<String>| self.members.get(&(publisher, title.serial.name.clone())).into_iter().flatten();
        let of_nobody = of(None).filter(|member| !has_publisher || !member.has_publisher);
        let members = publishers.iter().flat_map(|name| of(Some(name.clone()))).chain(of_nobody);
        let before = members.filter(|member| member.is_before(&title.serial.place, subject.published_at));
        let last = before.max_by(|a, b| a.in_order().cmp(&b.in_order()))?;
        Some(Follows { title: last.title.clone(), published_at: last.published_at, covered: last.covered })
    }
}

impl Member {
    /// By the period, or else the day it came out; of one place a covered one is last, so that readers can be told.
    fn in_order(&self) -> impl Ord + '_ {
        (self.place.until.or(self.came_out), &self.place.numbers, self.place.state, self.covered.is_some(), self.published_at, &self.title, self.covered)
    }

    fn is_before(&self, place: &Place, published_at: Option<i64>) -> bool {
        let gap = published_at.zip(self.published_at).map(|(own, other)| own.saturating_sub(other));
        match self.place.compare(place) {
            Some(Ordering::Less) => self.place.until != place.until || gap.is_none_or(|gap| gap.saturating_abs() >= SET_MS),
            Some(_) => false,
            // The same place, told again later.
            None if *place == self.place && !place.is_empty() => false,
            None => gap.is_some_and(|gap| is_namesake(gap, self.is_distinctive)),
        }
    }
}

/// Whether two works whose titles do not tell their order are two all the same, because one came out so long after the other.
pub(crate) fn is_namesake(gap_ms: i64, is_distinctive: bool) -> bool {
    gap_ms >= if is_distinctive { NAMESAKE_MS } else { COMMON_NAMESAKE_MS }
}
