//! Sources: found out from an address, added, listed in OPML.
//!
//! Not here: looking at them ([`crate::harvest`]).

use std::collections::HashSet;

use pulse_harvest::catalogue::{self, Entry};
use pulse_harvest::discover::{self, Discovery};
use pulse_harvest::{Door, Window, opml};
use pulse_model::{Channel, Problem, Source, SourceKind};
use pulse_store::{SourceId, Store, StoreError};
use url::Url;

use crate::error::JobError;
use crate::harvest::rhythm::DAY_MS;

/// A look at what an address may be asks for what came out so long ago at most.
const WINDOW_MS: i64 = 31 * DAY_MS;

/// What a person says of a source; the rest is found out.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// What it is to be called.
    pub name: Option<String>,
    /// Whose it is.
    pub publisher: Option<String>,
    /// The sectors it is added for.
    pub sectors: Vec<String>,
}

/// Finds out what an address may be, and what each would bring.
///
/// # Errors
/// When the address does not answer.
pub async fn discover(door: &impl Door, url: &Url, now: i64) -> Result<Discovery, JobError> {
    Ok(discover::discover(url, door, Window { now, since: now - WINDOW_MS }).await?)
}

/// The channel of a kind at an address, or with a query, without asking whether it works; `None` for a listing, whose selectors have to be
/// found out, for what is no address, and for what is added by hand.
pub fn channel(kind: SourceKind, address: &str) -> Option<Channel> {
    let url = || address.parse::<Url>().ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let query = address.to_owned();
    match kind {
        SourceKind::Feed => Some(Channel::Feed { url: url()? }),
        SourceKind::Govuk => Some(Channel::Govuk { url: url()? }),
        SourceKind::Sitemap => Some(Channel::Sitemap { url: url()?, below: String::new() }),
        SourceKind::Crossref => Some(Channel::Crossref { query, api: None }),
        SourceKind::EuropePmc => Some(Channel::EuropePmc { query, api: None }),
        SourceKind::Mailbox => Some(Channel::Mailbox { at: query }),
        SourceKind::Listing | SourceKind::Manual => None,
    }
}

/// Adds a source, to be looked at at once. `name` and `publisher` are what it seems to be called where the person does not say.
///
/// # Errors
/// [`StoreError::SourceThere`] where the name is taken; [`JobError::KnownChannel`] where another source looks there already; what the
/// database says.
pub async fn add(store: &Store, channel: Channel, wishes: &Wishes, (name, publisher): (&str, Option<&str>), now: i64) -> Result<Source, JobError> {
    let there = store.sources().await?.into_iter().find(|row| row.source.channel == channel);
    if let Some(there) = there {
        return Err(JobError::KnownChannel { name: there.source.name });
    }
    let name = wishes.name.clone().unwrap_or_else(|| name.to_owned());
    let name = if name.trim().is_empty() { channel.address().to_owned() } else { name };
    let publisher = wishes.publisher.clone().or_else(|| publisher.map(str::to_owned));
    let source = Source { name, publisher, sectors: wishes.sectors.clone(), channel };
    store.add_source(&source, now, now).await?;
    Ok(source)
}

/// What became of a list of sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Names of those that were added.
    pub added: Vec<String>,
    /// Names of those that were there.
    pub known: Vec<String>,
    /// What was wrong with the list.
    pub problems: Vec<Problem>,
}

/// Adds the feeds of an OPML file that are not there.
///
/// # Errors
/// When it is no OPML, or the database fails; then those before are added.
pub async fn import(store: &Store, file: &str, bytes: &[u8], now: i64) -> Result<Imported, JobError> {
    let (sources, problems) = opml::read(bytes).map_err(|cause| JobError::Outline { file: file.to_owned(), cause: cause.into() })?;
    let mut channels: HashSet<String> = store.sources().await?.iter().map(|row| row.source.channel.address().to_owned()).collect();
    let mut imported = Imported { problems, ..Imported::default() };
    for source in sources {
        if !channels.insert(source.channel.address().to_owned()) {
            imported.known.push(source.name);
            continue;
        }
        add_under_free_name(store, &source, now).await?;
        imported.added.push(source.name);
    }
    Ok(imported)
}

/// Adds a source; where another has its name, with a number behind it.
async fn add_under_free_name(store: &Store, source: &Source, now: i64) -> Result<SourceId, JobError> {
    let mut named = source.clone();
    for number in 2..100 {
        match store.add_source(&named, now, now).await {
            Err(StoreError::SourceThere { .. }) => named.name = format!("{} ({number})", source.name),
            added => return Ok(added?),
        }
    }
    Ok(store.add_source(&named, now, now).await?)
}

/// The feeds among the sources as OPML, and the names of sources of other kinds, for which it has no words.
///
/// # Errors
/// What the database says.
pub async fn export(store: &Store) -> Result<(String, Vec<String>), JobError> {
    let sources: Vec<Source> = store.sources().await?.into_iter().map(|row| row.source).collect();
    let (feeds, others): (Vec<Source>, Vec<Source>) = sources.into_iter().partition(|source| matches!(source.channel, Channel::Feed { .. }));
    Ok((opml::write("Sources of Pulse", &feeds), others.into_iter().map(|source| source.name).collect()))
}

/// Publishers to start from: all, or those of a sector, whatever the case of its letters.
///
/// # Errors
/// When the catalogue of the program is damaged.
pub fn catalogue(sector: Option<&str>) -> Result<Vec<Entry>, JobError> {
    let is_of = |entry: &Entry| sector.is_none_or(|sector| entry.sectors.iter().any(|of| of.to_lowercase() == sector.to_lowercase()));
    Ok(catalogue::entries()?.into_iter().filter(is_of).collect())
}
