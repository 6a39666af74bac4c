//! One row: what it says, and whether it makes a reader.

use std::fmt;

use pulse_model::address::AddressError;
use pulse_model::name::fold;
use pulse_model::subscriber::{Basis, ConsentEvent, Frequency, Sectors, State, Step, Wording, clean_name};
use pulse_model::{EmailAddress, Subscriber};
use pulse_store::{NewReader, Refusal};

use super::{Intake, moment};
use crate::post::Keys;

/// The most of a refused cell that is repeated.
const MAX_SHOWN_CHARS: usize = 80;

/// What a row says, cell by cell; empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Where mail goes.
    pub address: String,
    /// What to call the reader.
    pub name: String,
    /// A language tag; the digest's if empty.
    pub language: String,
    /// Sectors with `;` or `|` between them; the whole digest if empty.
    pub sectors: String,
    /// How often; every edition if empty.
    pub frequency: String,
    /// When the reader agreed; as the whole list if empty.
    pub consented_at: String,
    /// Where the reader comes from; as the whole list if empty.
    pub source: String,
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The line it begins on, from 1.
    pub line: u64,
    /// What it has for an address, shortened, without control characters.
    pub address: String,
    /// Why.
    pub reason: Reason,
}

/// Why a row was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// It is no address.
    #[error("{0}")]
    Address(#[from] AddressError),
    /// The address was there before.
    #[error("the same address is on line {0}")]
    Again(u64),
    /// No such sector.
    #[error("the digest has no sector \u{201c}{0}\u{201d}")]
    Sector(String),
    /// No such frequency.
    #[error("\u{201c}{0}\u{201d} is not how often; write every-edition or quarterly")]
    Frequency(String),
    /// No language tag.
    #[error("\u{201c}{0}\u{201d} is no language; write a tag such as en or cy-GB")]
    Language(String),
    /// The ground needs a date.
    #[error("{0} needs a date, and there is none")]
    NoDate(Basis),
    /// No date, or one that can be read in two ways.
    #[error("\u{201c}{0}\u{201d} is no date; write 2026-03-01")]
    Date(String),
    /// A date that is yet to come.
    #[error("its date is in the future")]
    Future,
    /// Cells that run over several lines with addresses in them.
    #[error("the row runs over several lines or is too long; a quotation mark seems to have no partner")]
    Torn,
    /// What the store says.
    #[error("{}", in_words(*.0))]
    Store(Refusal),
}

impl Reason {
    /// Its name for machines.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Address(_) => "bad-address",
            Self::Again(_) => "duplicate",
            Self::Sector(_) => "unknown-sector",
            Self::Frequency(_) => "unknown-frequency",
            Self::Language(_) => "unknown-language",
            Self::NoDate(_) => "no-date",
            Self::Date(_) => "bad-date",
            Self::Future => "future-date",
            Self::Torn => "torn-row",
            Self::Store(Refusal::Suppressed) => "suppressed",
            Self::Store(Refusal::Ended(state)) => state.as_str(),
            Self::Store(Refusal::NoBasis) => "no-basis",
            Self::Store(Refusal::TooEarly(_)) => "too-early",
        }
    }
}

fn in_words(refusal: Refusal) -> String {
    match refusal {
        Refusal::Suppressed => "the address is on the suppression list".to_owned(),
        Refusal::Ended(State::Complained) => "the reader complained, and is not written to again".to_owned(),
        Refusal::Ended(State::Bounced) => "mail to the address came back, and the reader has not consented since".to_owned(),
        Refusal::Ended(_) => "the reader left, and has not consented since".to_owned(),
        Refusal::NoBasis => "nobody is written to without a ground".to_owned(),
        Refusal::TooEarly(basis) => format!("{basis} covers only contacts gathered since 5 February 2026"),
    }
}

impl Row {
    /// The reader it makes.
    pub(super) fn reader(&self, intake: &Intake<'_>, wording: Option<&Wording>, keys: &Keys) -> Result<NewReader, Reason> {
        let address = EmailAddress::parse(&self.address)?;
        let source = if self.source.is_empty() { &intake.source } else { &self.source };
        let event = ConsentEvent {
            at: self.at(intake)?,
            step: Step::Confirm,
            basis: Some(intake.ground.basis),
            source: source.clone(),
            wording: wording.cloned(),
            reason: format!("by {}", intake.who),
        };
        Ok(NewReader {
            suppression: keys.suppression_hash(&address),
            subscriber: Subscriber { address, name: clean_name(&self.name), language: self.language()? },
            sectors: self.sectors(intake)?,
            frequency: self.frequency()?,
            event,
        })
    }

    /// A refusal that names this row.
    pub(super) fn refused(&self, line: u64, reason: Reason) -> Refused {
        Refused { line, address: shown(&self.address), reason }
    }

    fn at(&self, intake: &Intake<'_>) -> Result<i64, Reason> {
        let said = match self.consented_at.as_str() {
            "" => intake.ground.at,
            text => Some(moment(text).ok_or_else(|| Reason::Date(shown(text)))?),
        };
        match said {
            Some(at) if at > intake.now => Err(Reason::Future),
            Some(at) => Ok(at),
            None if intake.ground.needs_date() => Err(Reason::NoDate(intake.ground.basis)),
            None => Ok(intake.now),
        }
    }

    fn language(&self) -> Result<String, Reason> {
        let is_subtag = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let tag = self.language.replace('_', "-");
        let is_first = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let is_tag = tag.len() <= 35 && tag.split('-').all(is_subtag) && tag.split('-').next().is_some_and(is_first);
        if tag.is_empty() || is_tag { Ok(tag) } else { Err(Reason::Language(shown(&self.language))) }
    }

    fn frequency(&self) -> Result<Frequency, Reason> {
        let folded = fold(&self.frequency);
        let found = Frequency::ALL.iter().copied().find(|one| fold(one.as_str()) == folded);
        if folded.is_empty() { Ok(Frequency::default()) } else { found.ok_or_else(|| Reason::Frequency(shown(&self.frequency))) }
    }

    fn sectors(&self, intake: &Intake<'_>) -> Result<Sectors, Reason> {
        let taxonomy = intake.digest.taxonomy();
        let mut names: Vec<String> = Vec::new();
        for name in self.sectors.split([';', '|']).map(str::trim).filter(|name| !name.is_empty()) {
            match taxonomy.sector(name) {
                Some(sector) if names.contains(&sector.name) => {}
                Some(sector) => names.push(sector.name.clone()),
                None if fold(name) == "all" => return Ok(Sectors::All),
                None => return Err(Reason::Sector(shown(name))),
            }
        }
        Ok(if names.is_empty() { Sectors::All } else { Sectors::Only(names) })
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = if self.address.is_empty() { "(no address)" } else { &self.address };
        write!(f, "line {}: {address}: {}", self.line, self.reason)
    }
}

/// A cell as it can be repeated on a terminal.
fn shown(cell: &str) -> String {
    clean_name(cell).chars().take(MAX_SHOWN_CHARS).collect()
}
