//! What was picked -> an edition to be written: drafted entries in their places, the letter begun, and what is still true of the last one.

use jiff::tz::TimeZone;
use pulse_compose::opening::{self, Placed};
use pulse_model::decision::Verdict;
use pulse_model::digest::Taxonomy;
use pulse_model::name::fold;
use pulse_model::{Digest, Edition, EditionKey};
use pulse_store::{NewDecision, Store, StoreError};

use crate::drafting::{self, Model};
use crate::error::JobError;
use crate::inbox::{self, Candidate, Inbox, Material, State};

/// What is to be made.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Which edition.
    pub key: EditionKey,
    /// Who makes it.
    pub who: &'a str,
    /// So many entries of each sector where nothing is shortlisted; what the digest says if not given.
    pub per_sector: Option<usize>,
    /// A language model to draft with.
    pub model: Option<&'a Model>,
    /// Hears of each entry before it is drafted: its number, of how many, its title.
    pub tell: &'a (dyn Fn(usize, usize, &str) + Sync),
}

/// An edition that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// As it was saved, as a draft.
    pub edition: Edition,
    /// What a person should know: sentences.
    pub notes: Vec<String>,
}

/// The time an edition looks back on, in Unix milliseconds, UTC: the first belongs to it, the second does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window(pub i64, pub i64);

impl Window {
    /// The month before the edition's; for an edition of a day, the time since the one before it, a week where there is none.
    pub fn of(key: EditionKey, previous: Option<EditionKey>) -> Self {
        let start = |date: jiff::civil::Date| date.to_zoned(TimeZone::UTC).map_or(0, |at| at.timestamp().as_millisecond());
        let month = jiff::civil::Date::new(key.month().year(), key.month().month(), 1).unwrap_or_default();
        match key.date() {
            None => Self(start(month.saturating_sub(jiff::Span::new().months(1))), start(month)),
            Some(day) => {
                let before = previous.and_then(EditionKey::date).unwrap_or_else(|| day.saturating_sub(jiff::Span::new().weeks(1)));
                Self(start(before), start(day))
            }
        }
    }

    fn holds(self, at: i64) -> bool {
        (self.0..self.1).contains(&at)
    }
}

/// Makes an edition of what is shortlisted; where nothing is, of the likeliest of each sector that came out in its window. Entries are
/// drafted, and their publications marked as used.
///
/// # Errors
/// [`JobError::EditionThere`], or what the database says. Without a name nothing is made.
pub async fn make(store: &Store, digest: &Digest, asked: Asked<'_>, now: i64) -> Result<Made, JobError> {
    let Asked { key, who, .. } = asked;
    let there = || JobError::EditionThere { digest: digest.slug.clone(), title: key.title() };
    if store.edition(&digest.slug, key).await?.is_some() {
        return Err(there());
    }
    let material = Material::load(store, digest, None).await?;
    let previous = material.editions.iter().map(|(edition, _)| edition).filter(|edition| edition.key() < key).max_by_key(|edition| edition.key());
    let window = Window::of(key, previous.map(Edition::key));
    let inbox = inbox::inbox_of(store, digest, &material, window.0.saturating_sub(inbox::WINDOW_MS)).await?;
    let mut notes = Vec::new();
    let picked = picked(&inbox, digest, window, asked.per_sector, &mut notes);

    let wishes = drafting::wishes(digest, &material.editions);
    let mut placed = Vec::with_capacity(picked.len());
    for (at, candidate) in picked.iter().enumerate() {
        (asked.tell)(at + 1, picked.len(), &candidate.subject.title);
        let drafted = drafting::draft(store, digest, candidate, (&wishes, asked.model), now).await?;
        let entry = drafted.draft.entry;
        notes.extend(drafted.draft.notes.iter().map(|note| format!("{}: {note}.", entry.title)));
        let red: Vec<&str> = drafted.draft.points.iter().flat_map(|point| &point.untraced).map(String::as_str).collect();
        if !red.is_empty() {
            notes.push(format!("{}: not in its documents: {}.", entry.title, red.join(", ")));
        }
        placed.push(Placed { sector: candidate.filing.sector.name.clone(), category: candidate.filing.category.name.clone(), entry });
    }
    let begun = opening::begin(digest, key, placed, previous);
    notes.extend(begun.notes);
    let note = key.to_string();
    let used: Vec<NewDecision<'_>> =
        picked.iter().map(|candidate| NewDecision { publication: candidate.publication, verdict: Verdict::Used, who, note: &note }).collect();
    store.begin_edition(&begun.edition, &used, now).await.map_err(|cause| match cause {
        StoreError::EditionDiffers { .. } => there(),
        other => other.into(),
    })?;
    tracing::info!(digest = %digest.slug, %key, entries = picked.len(), "edition begun");
    Ok(Made { edition: begun.edition, notes })
}

/// What goes in, in the order of the inbox.
fn picked<'a>(inbox: &'a Inbox, digest: &Digest, window: Window, per_sector: Option<usize>, notes: &mut Vec<String>) -> Vec<&'a Candidate> {
    let differing = inbox.candidates.iter().filter(|candidate| candidate.state() == State::Differing);
    notes.extend(differing.map(|candidate| format!("Left out, because people differ about it: {}.", candidate.subject.title)));
    let shortlisted: Vec<&Candidate> = inbox.candidates.iter().filter(|one| one.state() == State::Decided(Verdict::Shortlisted)).collect();
    if !shortlisted.is_empty() {
        for candidate in shortlisted.iter().filter(|candidate| !window.holds(candidate.came_out_at)) {
            notes.push(format!("Came out outside the month before, on {}: {}.", day(candidate.came_out_at), candidate.subject.title));
        }
        for candidate in &shortlisted {
            notes.extend(candidate.covered.first().map(|covered| format!("{}: {covered}.", candidate.subject.title)));
        }
        return shortlisted;
    }
    let most = per_sector.unwrap_or(digest.opening.per_sector as usize);
    let waiting = |one: &&Candidate| one.state() == State::Waiting && one.covered.is_empty();
    let (mut within, outside): (Vec<&Candidate>, Vec<&Candidate>) = inbox.candidates.iter().filter(waiting).partition(|one| window.holds(one.came_out_at));
    // The inbox has places for what is new; here only how likely it is counts.
    within.sort_by(|a, b| b.score.total_cmp(&a.score));
    let picked: Vec<&Candidate> = sectors(digest.taxonomy(), &within).iter().flat_map(|sector| of_sector(&within, sector).take(most)).collect();
    notes.push(format!("Nothing is shortlisted: the likeliest {most} of each sector were taken, of {} publications of the month before.", within.len()));
    if !outside.is_empty() {
        notes.push(format!("{} that came out earlier or later still wait in the inbox.", outside.len()));
    }
    picked
}

/// The sectors to fill: the taxonomy's, or for a digest without one those that candidates are filed in.
fn sectors(taxonomy: Taxonomy<'_>, candidates: &[&Candidate]) -> Vec<String> {
    let mut names: Vec<String> = taxonomy.0.iter().map(|sector| sector.name.clone()).collect();
    for candidate in candidates {
        let name = &candidate.filing.sector.name;
        if !names.iter().any(|known| fold(known) == fold(name)) {
            names.push(name.clone());
        }
    }
    names
}

fn of_sector<'a>(candidates: &[&'a Candidate], sector: &str) -> impl Iterator<Item = &'a Candidate> {
    let sector = fold(sector);
    candidates.iter().copied().filter(move |candidate| fold(&candidate.filing.sector.name) == sector)
}

fn day(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map(|at| at.strftime("%-d %B %Y").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_looks_back_on_the_month_before() {
        let window = |key: &str, previous: Option<&str>| {
            let Window(from, to) = Window::of(key.parse().unwrap(), previous.map(|key| key.parse().unwrap()));
            (day(from), day(to))
        };
        assert_eq!(window("2026-06", Some("2026-03")), ("1 May 2026".into(), "1 June 2026".into()));
        assert_eq!(window("2026-01", None), ("1 December 2025".into(), "1 January 2026".into()));
        assert_eq!(window("2026-06-17", Some("2026-06-10")), ("10 June 2026".into(), "17 June 2026".into()));
        assert_eq!(window("2026-06-17", None), ("10 June 2026".into(), "17 June 2026".into()));
    }
}
