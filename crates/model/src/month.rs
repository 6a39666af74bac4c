//! Months, and the key of an edition within its digest.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A month of a year; in files `YYYY-MM`, to people "May 2023".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    year: i16,
    month: i8,
}

/// The text is not a month.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\u{201c}{0}\u{201d} is not a month; write it as 2023-05")]
pub struct MonthError(String);

const NAMES: [&str; 12] = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

impl Month {
    /// `month` counts from 1. `None` outside 1 to 12 or the years 1900 to 2999.
    pub fn new(year: i16, month: i8) -> Option<Self> {
        ((1900..=2999).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// The month a day lies in.
    pub fn of(date: Date) -> Option<Self> {
        Self::new(date.year(), date.month())
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month, from 1.
    pub fn month(self) -> i8 {
        self.month
    }

    /// The month's English name.
    pub fn name(self) -> &'static str {
        NAMES[usize::from(self.month.unsigned_abs()) - 1]
    }

    /// Months since January of year 0; the difference of two is how far they are apart.
    pub fn number(self) -> i32 {
        i32::from(self.year) * 12 + i32::from(self.month) - 1
    }

    /// "May 2023".
    pub fn title(self) -> String {
        format!("{} {}", self.name(), self.year)
    }

    /// Reads a whole title such as "May 2023", "MAY, 2023" or "Sept 2023"; `None` if there is anything else in it.
    pub fn from_title(title: &str) -> Option<Self> {
        let folded = crate::name::fold(title);
        let (name, year) = folded.split_once(' ')?;
        Self::from_words(name, year)
    }

    /// A month's name, whole or cut to three or four letters, and a year in four digits.
    pub fn from_words(name: &str, year: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let long_enough = name.len() >= 3;
        let month = NAMES.iter().position(|whole| {
            let whole = whole.to_lowercase();
            whole == name || (long_enough && name.len() <= 4 && whole.starts_with(&name))
        })?;
        let year = if year.len() == 4 { year.parse().ok()? } else { return None };
        Self::new(year, i8::try_from(month + 1).ok()?)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = MonthError;
    fn from_str(text: &str) -> Result<Self, MonthError> {
        let error = || MonthError(text.chars().take(40).collect());
        let (year, month) = text.split_once('-').ok_or_else(error)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(error());
        }
        let year = year.parse().map_err(|_| error())?;
        let month = month.parse().map_err(|_| error())?;
        Self::new(year, month).ok_or_else(error)
    }
}

/// Which edition of a digest: its month, or for a digest that appears more often its day. `2023-05` or `2023-05-17`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EditionKey {
    month: Month,
    day: Option<i8>,
}

impl EditionKey {
    /// The key of a monthly edition.
    pub fn monthly(month: Month) -> Self {
        Self { month, day: None }
    }

    /// The key of an edition that is one of several in its month. `None` for years [`Month::new`] refuses.
    pub fn daily(date: Date) -> Option<Self> {
        Some(Self { month: Month::of(date)?, day: Some(date.day()) })
    }

    /// The month.
    pub fn month(self) -> Month {
        self.month
    }

    /// The day, where the digest appears more often than monthly.
    pub fn date(self) -> Option<Date> {
        Date::new(self.month.year, self.month.month, self.day?).ok()
    }

    /// "May 2023" or "17 May 2023".
    pub fn title(self) -> String {
        match self.day {
            Some(day) => format!("{day} {}", self.month.title()),
            None => self.month.title(),
        }
    }
}

impl fmt::Display for EditionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.day {
            Some(day) => write!(f, "{}-{day:02}", self.month),
            None => self.month.fmt(f),
        }
    }
}

impl FromStr for EditionKey {
    type Err = MonthError;
    fn from_str(text: &str) -> Result<Self, MonthError> {
        let error = || MonthError(text.chars().take(40).collect());
        match text.len() {
            10 => text.parse::<Date>().ok().and_then(Self::daily).ok_or_else(error),
            _ => Ok(Self::monthly(text.parse()?)),
        }
    }
}

macro_rules! serialize_as_text {
    ($($kind:ty),*) => {$(
        impl Serialize for $kind {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
serialize_as_text!(Month, EditionKey);
