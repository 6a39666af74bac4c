//! What people add by hand: an address, or a file.

use std::path::Path;

use bytes::Bytes;
use pulse_harvest::{Door, manual};
use pulse_model::{Channel, ContentHash, Identifier, LinkRole, Record, RecordLink, Source};
use pulse_store::originals::Originals;
use pulse_store::{PublicationId, SourceId, Store, StoreError, WhichSources};
use pulse_triage::identity;
use tokio::sync::watch;
use url::Url;

use super::run::SourceReport;
use super::turn::{Ask, turn};
use super::{Harvester, Reader};
use crate::error::JobError;

/// The scheme of the addresses that files are known by which have none.
pub(super) const SCHEME: &str = "pulse-file";
/// The source that what is added by hand belongs to.
const NAME: &str = "Added by hand";

/// What somebody brings.
#[derive(Clone, Debug)]
pub enum Brought {
    /// The address of a page or a file.
    Address(Url),
    /// A file.
    File {
        /// Its name, without folders.
        name: String,
        /// Its content.
        bytes: Bytes,
    },
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Added {
    /// The publication it is, or is a part of; none where nothing could be read.
    pub publication: Option<PublicationId>,
    /// How it went.
    pub report: SourceReport,
}

/// Adds a publication. One that is known already stays as it is.
///
/// # Errors
/// [`JobError::SourceBusy`] while somebody else adds; what the database or the store of originals says.
pub async fn add<D: Door, R: Reader>(harvester: &Harvester<D, R>, brought: Brought, halt: watch::Receiver<bool>) -> Result<Added, JobError> {
    let now = harvester.now();
    let source = by_hand(&harvester.store, now).await?;
    let record = record(&harvester.originals, &brought).await?;
    let identifiers = identifiers(&record);
    let mut turns = harvester.store.claim_sources(WhichSources::These(&[source]), harvester.lease(), 1, now).await?;
    let claimed = turns.pop().ok_or_else(|| JobError::SourceBusy { name: NAME.to_owned() })?;
    let ask = Ask { since: None, records: Some(vec![record]), halt, tell: &|_| {} };
    let report = turn(harvester, claimed, ask).await?;
    let known = harvester.store.known_publications(&identifiers).await?;
    Ok(Added { publication: identifiers.iter().find_map(|identifier| known.get(&identifier.to_string())).map(|known| known.id), report })
}

/// The source of what is added by hand; it is made when it is first needed.
async fn by_hand(store: &Store, now: i64) -> Result<SourceId, JobError> {
    if let Some(row) = store.source(NAME).await? {
        return Ok(row.id);
    }
    let source = Source { name: NAME.to_owned(), publisher: None, sectors: Vec::new(), channel: Channel::Manual };
    match store.add_source(&source, now, now).await {
        // Somebody else was faster.
        Err(StoreError::SourceThere { .. }) => {
            Ok(store.source(NAME).await?.map(|row| row.id).ok_or_else(|| JobError::NoSuchSource { name: NAME.to_owned() })?)
        }
        added => Ok(added?),
    }
}

/// What the person says by bringing it. The bytes of a file are kept before: nothing else may ever give them again.
pub(super) async fn record(originals: &Originals, brought: &Brought) -> Result<Record, JobError> {
    match brought {
        Brought::Address(url) => Ok(manual::record_of_url(url, "")),
        Brought::File { name, bytes } => {
            let mut record = manual::record_of_file(Path::new(name), bytes);
            originals.keep(bytes.clone()).await?;
            record.links.extend(address_of(name, &record.key).map(|url| RecordLink { url, role: LinkRole::File, title: String::new(), media_type: None }));
            Ok(record)
        }
    }
}

/// What identifies it: the address, or the hash that is the key of a file.
pub(super) fn identifiers(record: &Record) -> Vec<Identifier> {
    let found = identity::identifiers(record);
    let file = || record.key.parse().ok().map(Identifier::File);
    if found.is_empty() { file().into_iter().collect() } else { found }
}

/// A file has no address; it is known by its hash, and called by its name: `pulse-file:3a…/report.pdf`.
fn address_of(name: &str, hash: &str) -> Option<Url> {
    let mut url: Url = format!("{SCHEME}:/{hash}").parse().ok()?;
    url.path_segments_mut().ok()?.push(name);
    Some(url)
}

/// The original that such an address leads to.
pub(super) fn original_of(url: &Url) -> Option<ContentHash> {
    url.path_segments().filter(|_| url.scheme() == SCHEME)?.next()?.parse().ok()
}
