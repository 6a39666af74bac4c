//! A new edition, before anybody has written in it: the letter from the digest's template, what is still true of the last edition, and
//! drafted entries in their places.
//!
//! In: the digest, which edition, entries with their places, and the edition before it. Out: the edition, and notes on what was carried
//! over or left behind. Not here: which publications (triage), their drafts (draft).

use std::sync::LazyLock;

use jiff::civil::Date;
use pulse_model::digest::Taxonomy;
use pulse_model::edition::{Category, Sector, SignOff};
use pulse_model::markdown::parse_blocks;
use pulse_model::name::fold;
use pulse_model::{Block, Blocks, Digest, Edition, EditionKey, Entry, Month, NewsKind};
use regex::Regex;

/// The first words of a letter where the digest has no template.
const WELCOME: &str = "Welcome to the {month} edition of {digest}, with what has been published about {sectors}.";

/// An entry and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its sector, by any of its names.
    pub sector: String,
    /// Its category.
    pub category: String,
    /// What it says.
    pub entry: Entry,
}

/// A new edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// With slugs and figures, in the taxonomy's order.
    pub edition: Edition,
    /// What was carried over from the last edition or left behind: sentences.
    pub notes: Vec<String>,
}

/// Begins an edition. Entries of one category stay in the order given.
pub fn begin(digest: &Digest, key: EditionKey, entries: Vec<Placed>, previous: Option<&Edition>) -> Begun {
    let mut edition = Edition::new(digest.slug.clone(), key);
    for placed in entries {
        place(&mut edition, digest.taxonomy(), placed);
    }
    edition.order_by(&digest.taxonomy());
    let mut notes = Vec::new();
    write_letter(&mut edition, digest, previous);
    if let Some(previous) = previous {
        carry_over(&mut edition, previous, &mut notes);
    }
    edition.clean_names();
    edition.settle_slugs();
    edition.find_figures();
    Begun { edition, notes }
}

fn place(edition: &mut Edition, taxonomy: Taxonomy<'_>, placed: Placed) {
    let name = taxonomy.sector(&placed.sector).map_or(placed.sector, |sector| sector.name.clone());
    let at = edition.sectors.iter().position(|sector| fold(&sector.name) == fold(&name)).unwrap_or_else(|| {
        edition.sectors.push(Sector { name, categories: Vec::new() });
        edition.sectors.len() - 1
    });
    let Some(sector) = edition.sectors.get_mut(at) else { return };
    match sector.categories.iter_mut().find(|category| fold(&category.name) == fold(&placed.category)) {
        Some(category) => category.entries.push(placed.entry),
        None => sector.categories.push(Category { name: placed.category, entries: vec![placed.entry] }),
    }
}

fn write_letter(edition: &mut Edition, digest: &Digest, previous: Option<&Edition>) {
    let opening = &digest.opening;
    let printed: Vec<&str> = edition.sectors.iter().map(|sector| sector.name.as_str()).collect();
    let all: Vec<&str> = digest.sectors.iter().map(|sector| sector.name.as_str()).collect();
    let sectors = in_words(if printed.is_empty() { &all } else { &printed });
    let filled = |template: &str| {
        let text = template.replace("{month}", &edition.key().title()).replace("{digest}", &digest.name).replace("{sectors}", &sectors);
        parse_blocks(&text).blocks
    };
    let welcome = if opening.welcome.is_empty() { WELCOME } else { &opening.welcome };
    let (welcome, call) = (filled(welcome), filled(&opening.call_for_contact));
    let letter = &mut edition.letter;
    letter.welcome = welcome;
    letter.call_for_contact = call;
    if !opening.signed_by.is_empty() {
        let closing = if opening.closing.is_empty() { "Best wishes,".to_owned() } else { opening.closing.clone() };
        letter.sign_off = Some(SignOff { closing, name: opening.signed_by.clone(), role: opening.role.clone() });
    }
    if let Some(previous) = previous.map(|edition| &edition.letter) {
        if opening.call_for_contact.is_empty() {
            letter.call_for_contact.clone_from(&previous.call_for_contact);
        }
        if letter.sign_off.is_none() {
            letter.sign_off.clone_from(&previous.sign_off);
        }
        letter.contacts.clone_from(&previous.contacts);
    }
}

/// "adult social care and health; criminal justice": names that hold "and" stand apart by semicolons.
fn in_words(names: &[&str]) -> String {
    let lower = |name: &str| {
        let mut chars = name.chars();
        let (first, second) = (chars.next(), chars.next());
        match first {
            Some(first) if second.is_none_or(char::is_lowercase) => first.to_lowercase().chain(name.chars().skip(1)).collect(),
            _ => name.to_owned(),
        }
    };
    let names: Vec<String> = names.iter().map(|name| lower(name)).collect();
    let mark = if names.iter().any(|name| name.contains(" and ") || name.contains(',')) { ";" } else { "," };
    match names.as_slice() {
        [] => "our field".to_owned(),
        [one] => one.clone(),
        [first @ .., last] if mark == "," => format!("{} and {last}", first.join(", ")),
        [first @ .., last] => format!("{}; and {last}", first.join("; ")),
    }
}

/// Takes over notices that are still true.
fn carry_over(edition: &mut Edition, previous: &Edition, notes: &mut Vec<String>) {
    let (key, before) = (edition.key(), previous.month);
    // An edition with a day of its own is compared by days.
    let is_over = |date: Date| key.date().map_or_else(|| Month::of(date).is_none_or(|of| of < key.month()), |day| date < day);
    let mut is_true = |text: &str| match last_date(text, before) {
        Some(date) if is_over(date) => {
            notes.push(format!("Left out a notice of the last edition, whose date has passed: \u{201c}{}\u{201d}.", start_of(text)));
            false
        }
        Some(_) => true,
        None => {
            notes.push(format!("Carried over a notice of the last edition without a date; see that it is still true: \u{201c}{}\u{201d}.", start_of(text)));
            true
        }
    };
    let kept: Vec<Block> = previous.letter.notices.iter().filter(|block| is_true(&Blocks::new([(*block).clone()]).plain())).cloned().collect();
    edition.letter.notices = Blocks::new(kept);
    let news = previous.news.iter().filter(|item| item.kind == NewsKind::Notice);
    edition.news = news.filter(|item| is_true(&format!("{}\n{}", item.title, item.body.plain()))).cloned().collect();
}

/// The first words of a notice.
fn start_of(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let start = words.iter().take(12).copied().collect::<Vec<_>>().join(" ");
    if words.len() > 12 { format!("{start} \u{2026}") } else { start }
}

static DATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?:\b(\d{1,2})(?:st|nd|rd|th)?\s+)?\b(January|February|March|April|May|June|July|August|September|October|November|December)\b(?:,?\s+(\d{4})\b)?",
    )
    .ok()
});

/// The last date that a text names with a day or a year; a month without a day lasts to its end. Where the year is missing, it is the next
/// time after `before` that this month comes.
fn last_date(text: &str, before: Month) -> Option<Date> {
    let dates = DATE.as_ref()?.captures_iter(text).filter_map(|found| {
        let (day, name, year) = (found.get(1), found.get(2)?, found.get(3));
        if day.is_none() && year.is_none() {
            return None;
        }
        let year: i16 = match year {
            Some(year) => year.as_str().parse().ok()?,
            None => {
                let this = Month::from_words(name.as_str(), &before.year().to_string())?;
                if this < before { before.year() + 1 } else { before.year() }
            }
        };
        let month = Month::from_words(name.as_str(), &year.to_string())?;
        let first = Date::new(month.year(), month.month(), 1).ok()?;
        match day {
            Some(day) => Date::new(month.year(), month.month(), day.as_str().parse().ok()?).ok(),
            None => Some(first.last_of_month()),
        }
    });
    dates.max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_notices() {
        let before: Month = "2026-05".parse().unwrap();
        let date = |text| last_date(text, before).map(|date| date.to_string());
        assert_eq!(date("From Monday 1 June 2026 it comes from a new address.").as_deref(), Some("2026-06-01"));
        assert_eq!(date("From May 2023, and until 3rd January.").as_deref(), Some("2027-01-03"));
        assert_eq!(date("In August 2026 there is no edition.").as_deref(), Some("2026-08-31"));
        assert_eq!(date("You may leave at any time; March with us."), None);
        assert_eq!(date("On 31 February 2026"), None);
    }

    #[test]
    fn sectors_in_a_sentence() {
        assert_eq!(in_words(&["Housing", "NHS estates", "Criminal justice"]), "housing, NHS estates and criminal justice");
        assert_eq!(in_words(&["Adult social care and health", "Criminal justice"]), "adult social care and health; and criminal justice");
    }
}
