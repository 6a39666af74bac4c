//! What Pulse keeps: digests, editions with their life and revisions, the register of publishers; readers, sends, and what
//! came back.
//!
//! In: the model's nouns and the time; out: the same nouns, equal to what went in, or a [`StoreError`]. Two engines, one
//! SQL: every query function is one source text in `queries`, compiled once for SQLite (`sqlite`) and once for PostgreSQL
//! (`postgres`); [`Store`] picks one. What truly differs has a name in `dialect`.
//!
//! To add an operation: write the function in its file of `queries`, add the method here or in the file of its subject
//! (`readers`, `sends`, `mails`, `safeguards`, `senders`, `retention`, `sources`, `harvested`, `publications`, `triage`), and take a step with it in `testkit::store_story`, which both engines must pass.
//!
//! Invariants: what changes several rows is one transaction. Times come in as `now` and are Unix milliseconds in UTC; ids
//! are UUIDv7, made in `ids` alone. After an error the same store can be asked again.
//!
//! Beside the database: [`originals`], the bytes of fetched files.
//!
//! Not here: rules of the field beyond what rows must hold; any reading of the clock.

#![expect(clippy::duplicate_mod, reason = "every query is one source text, compiled once for each engine")]

/// Asks the engine at hand, and names in an error what was being done.
macro_rules! ask {
    ($store:expr, $module:ident::$query:ident($($argument:expr),*), $($doing:tt)+) => {
        match &$store.0 {
            $crate::Engine::Sqlite(db) => $crate::boxed($crate::sqlite::$module::$query(db, $($argument),*)).await.map_err(|failure| failure.0),
            $crate::Engine::Postgres(db) => $crate::boxed($crate::postgres::$module::$query(db, $($argument),*)).await.map_err(|failure| failure.0),
        }
        .map_err(|error| error.while_doing(|| format!($($doing)+)))
    };
}

mod adding;
mod address;
mod answers;
mod columns;
mod deliveries;
mod dialect;
mod error;
#[cfg(test)]
mod full_disk;
mod harvested;
mod ids;
mod mails;
mod migrations;
mod names;
pub mod originals;
mod postgres;
mod publications;
mod readers;
mod retention;
mod rows;
mod safeguards;
mod senders;
mod sends;
mod sources;
mod sqlite;
mod triage;

use std::collections::HashMap;
use std::path::PathBuf;
use std::pin::Pin;

use pulse_model::ids::EntryId;
use pulse_model::life::{Event, Step};
use pulse_model::{Digest, Edition, EditionKey, Publisher, Register, Slug, Status};

pub use crate::answers::{
    Added, AddressChange, Aged, Attempt, AudiencePage, Audit, Bounce, Bounced, Claimed, Cleared, Clearing, Complaint, ComplaintState, Conflict, Counts, Cut,
    DeliveryFilter, DeliveryRow, EditionRow, End, Health, HistoryRow, Invited, Known, Lapsed, Lease, Level, Merge, NewBounce, NewComplaint, NewInvitation,
    NewNotice, NewReader, NewSuppression, Notice, NoticeEnd, Noticed, Outcome, Preferences, PublisherRow, Reader, Recipient, Recorded, Refusal, Reply,
    ReplyCount, Revision, Saved, Seed, SeedEnd, SendEvent, SendReport, SendRow, SenderChange, Settled, Signed, Source, StoredCut, StoredEdition,
    StoredSubscriber, StoredSubscription, SubscriberRow, Suppression, Uncertain,
};
pub use crate::answers::{
    Captured, Check, CheckEnd, CheckReason, DocumentRow, DocumentVersion, Facts, Keeping, KeptRecord, KnownPublication, KnownRecord, LookCounts, Looked,
    PublicationFilter, PublicationRow, ReadDocument, SourceHealth, SourceRow, SourceTurn, StoredPublication, Tried, TryEnd, WhichSources, Work,
};
pub use crate::answers::{DeskAnswer, DocumentBrief, InboxRow, LinkOutcome, NewDecision, NewPrompt, PromptEnd, PromptRow, StoredDraft, StoredRule};
pub use crate::dialect::Patience;
pub use crate::error::{Cause, Fault, StoreError};
pub use pulse_model::ids::{
    AddressChangeId, AuditId, BounceId, ComplaintId, DecisionId, DeliveryId, DigestId, DocumentId, EditionId, NoticeId, PromptId, PublicationId, PublisherId,
    RecordId, RuleId, SendId, SourceId, SubscriberId, SuppressionId,
};

use crate::address::Address;

/// A database of either engine. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Store(Engine);

#[derive(Clone, Debug)]
enum Engine {
    Sqlite(sqlite::dialect::Connections),
    Postgres(postgres::dialect::Connections),
}

/// Keeps the futures of the store small, and lets them move between threads whatever the compiler can prove of the
/// drivers' own in the place where they are awaited.
fn boxed<'a, T>(future: impl Future<Output = T> + Send + 'a) -> Pin<Box<dyn Future<Output = T> + Send + 'a>> {
    Box::pin(future)
}

impl Store {
    /// Opens a database and brings its schema up to date. The address is a file name or `sqlite:FILE`, which is made if it
    /// is not there, or `postgres://USER:PASSWORD@HOST:PORT/NAME`.
    ///
    /// ```
    /// # let runtime = tokio::runtime::Runtime::new().unwrap();
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let file = folder.path().join("pulse.db");
    /// # runtime.block_on(async {
    /// use pulse_model::{Digest, Slug};
    /// let store = pulse_store::Store::open(file.to_str().unwrap()).await?;
    /// let tidemark = Digest::named(Slug::from_words("Tidemark"), "Tidemark");
    /// store.put_digest(&tidemark, 1_700_000_000_000).await?;
    /// assert_eq!(store.digest(&tidemark.slug).await?, Some(tidemark));
    /// # Ok::<(), pulse_store::StoreError>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// See [`StoreError`]; [`StoreError::NewerSchema`] where a later version of Pulse has been at work.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        Self::open_with(address, Patience::default()).await
    }

    /// As [`Store::open`], waiting for other writers and for the server no longer than `patience`, now and later.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with(address: &str, patience: Patience) -> Result<Self, StoreError> {
        let address = Address::parse(address)?;
        let name = address.to_string();
        let store = Self::connect(&address, patience).await.map_err(|error| error.while_doing(|| format!("open {name}")))?;
        ask!(store, connection::migrate(&name), "open {name}")?;
        Ok(store)
    }

    async fn connect(address: &Address, patience: Patience) -> Result<Self, StoreError> {
        let engine = match address {
            Address::Sqlite(file) => {
                sqlite::dialect::connect(file, patience).await.map(Engine::Sqlite).map_err(|error| sqlite::dialect::Failure::from(error).0)?
            }
            Address::Postgres(options) => {
                postgres::dialect::connect(options, patience).await.map(Engine::Postgres).map_err(|error| postgres::dialect::Failure::from(error).0)?
            }
        };
        Ok(Self(engine))
    }

    /// The file that an address names, whether it is there or not; `None` for a server.
    ///
    /// # Errors
    /// [`StoreError::Address`].
    pub fn file_at(address: &str) -> Result<Option<PathBuf>, StoreError> {
        Ok(match Address::parse(address)? {
            Address::Sqlite(file) => Some(file),
            Address::Postgres(_) => None,
        })
    }

    /// Waits for what is under way, then lets the connections go. Anything asked later fails.
    pub async fn close(&self) {
        match &self.0 {
            Engine::Sqlite(db) => db.close().await,
            Engine::Postgres(db) => db.close().await,
        }
    }

    /// "SQLite" or "PostgreSQL".
    pub fn engine(&self) -> &'static str {
        match &self.0 {
            Engine::Sqlite(_) => sqlite::dialect::NAME,
            Engine::Postgres(_) => postgres::dialect::NAME,
        }
    }

    /// Asks the engine to check itself, and counts. Reads the whole of a SQLite file.
    ///
    /// # Errors
    /// When the database does not answer. Damage is no error but part of the answer, as long as there is one.
    pub async fn health(&self) -> Result<Health, StoreError> {
        ask!(self, connection::health(), "check the database")
    }

    /// Keeps a digest, in the place of what was kept under its slug. Sectors and categories keep their identity while
    /// their names stay. Its publishers enter the register; those the register knows gain the names and the homepage they
    /// lacked, and what was edited there stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_digest(&self, digest: &Digest, now: i64) -> Result<DigestId, StoreError> {
        ask!(self, digest::put(digest, now), "save the digest {}", digest.slug)
    }

    /// A digest, its publishers in the form the register has them today.
    ///
    /// # Errors
    /// When the database fails, or holds what Pulse did not write.
    pub async fn digest(&self, slug: &Slug) -> Result<Option<Digest>, StoreError> {
        ask!(self, digest::get(slug), "read the digest {slug}")
    }

    /// The id of a digest.
    ///
    /// # Errors
    /// [`StoreError::NoDigest`]; or the database fails.
    pub async fn digest_id(&self, slug: &Slug) -> Result<DigestId, StoreError> {
        ask!(self, digest::find_id(slug), "read the digest {slug}")
    }

    /// Every digest, by slug.
    ///
    /// # Errors
    /// As [`Store::digest`].
    pub async fn digests(&self) -> Result<Vec<Digest>, StoreError> {
        ask!(self, digest::list(), "list the digests")
    }

    /// Keeps an edition with all it holds, or nothing of it. Every publisher it prints gets an identity: the one the
    /// register has for the name, or a new one. An entry keeps its id while its slug stays in the edition.
    ///
    /// # Errors
    /// [`StoreError::EditionLocked`] where another text is there and is signed off; [`StoreError::EditionDiffers`] where it is
    /// not, and `conflict` is to refuse; [`StoreError::NoDigest`]; [`StoreError::SlugTwice`]; or the database fails.
    pub async fn save_edition(&self, edition: &Edition, source: &Source, conflict: Conflict, now: i64) -> Result<Saved, StoreError> {
        ask!(self, save::save(edition, source, conflict, now), "save edition {} of {}", edition.key(), edition.digest)
    }

    /// The edition of a digest with this key.
    ///
    /// # Errors
    /// When the database fails, or holds what Pulse did not write.
    pub async fn edition(&self, digest: &Slug, key: EditionKey) -> Result<Option<StoredEdition>, StoreError> {
        ask!(self, edition::get(digest, key), "read edition {key} of {digest}")
    }

    /// The edition with this id.
    ///
    /// # Errors
    /// As [`Store::edition`].
    pub async fn edition_by_id(&self, id: EditionId) -> Result<Option<StoredEdition>, StoreError> {
        ask!(self, edition::by_id(id), "read edition {id}")
    }

    /// Editions, the newest first; of one digest, of one status, or all.
    ///
    /// # Errors
    /// As [`Store::edition`].
    pub async fn editions(&self, digest: Option<&Slug>, status: Option<Status>) -> Result<Vec<EditionRow>, StoreError> {
        ask!(self, edition::list(digest, status), "list the editions")
    }

    /// The entries of an edition as it is now, each by its name in addresses.
    ///
    /// # Errors
    /// As [`Store::edition`].
    pub async fn entry_ids(&self, id: EditionId) -> Result<HashMap<String, EntryId>, StoreError> {
        ask!(self, edition::entry_ids(id), "read the entries of edition {id}")
    }

    /// The older texts of an edition, the oldest first.
    ///
    /// # Errors
    /// As [`Store::edition`].
    pub async fn revisions(&self, id: EditionId) -> Result<Vec<Revision>, StoreError> {
        ask!(self, edition::revisions(id), "list the revisions of edition {id}")
    }

    /// An older text of an edition.
    ///
    /// # Errors
    /// As [`Store::edition`].
    pub async fn revision(&self, id: EditionId, number: u32) -> Result<Option<Edition>, StoreError> {
        ask!(self, edition::revision(id, number), "read revision {number} of edition {id}")
    }

    /// Takes a step in the life of an edition and records it. Signing off keeps a copy of the text; publishing is refused
    /// where the text is no longer that.
    ///
    /// # Errors
    /// [`StoreError::Step`] where the rules of [`pulse_model::life`] refuse; [`StoreError::NotWhatWasSigned`];
    /// [`StoreError::NoEdition`]; or the database fails.
    pub async fn step(&self, id: EditionId, step: Step, who: &str, reason: &str, now: i64) -> Result<Status, StoreError> {
        ask!(self, life::step(id, (step, who, reason), None, now), "{} edition {id}", step.as_str())
    }

    /// Signs an edition off, where its text is still the one that was checked.
    ///
    /// # Errors
    /// [`StoreError::EditionDiffers`] where it is not; as [`Store::step`].
    pub async fn sign_off(&self, id: EditionId, checked: &Edition, who: &str, reason: &str, now: i64) -> Result<Status, StoreError> {
        ask!(self, life::step(id, (Step::SignOff, who, reason), Some(checked), now), "sign off edition {id}")
    }

    /// The steps taken in the life of an edition, in their order.
    ///
    /// # Errors
    /// As [`Store::edition`].
    pub async fn events(&self, id: EditionId) -> Result<Vec<Event>, StoreError> {
        ask!(self, life::events(id), "read the events of edition {id}")
    }

    /// The text that was signed off last, even where the edition has been reopened since.
    ///
    /// # Errors
    /// As [`Store::edition`].
    pub async fn signed(&self, id: EditionId) -> Result<Option<Signed>, StoreError> {
        ask!(self, life::signed(id), "read what was signed off of edition {id}")
    }

    /// Publishers by name; those with `search` in any of their names, or all.
    ///
    /// # Errors
    /// As [`Store::edition`].
    pub async fn publishers(&self, search: Option<&str>) -> Result<Vec<PublisherRow>, StoreError> {
        ask!(self, publisher::list(search), "list the publishers")
    }

    /// Adds a publisher none of whose names the register has.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`] says who has a name; [`StoreError::NoName`]; or the database fails.
    pub async fn add_publisher(&self, publisher: &Publisher, now: i64) -> Result<PublisherId, StoreError> {
        ask!(self, publisher::add(publisher, now), "add the publisher \u{201c}{}\u{201d}", publisher.name)
    }

    /// Makes one publisher of two, each given by any of its names. The entries of `from` become those of `into`, and its
    /// names former names. Both are recorded as they were ([`Store::merges`]).
    ///
    /// # Errors
    /// [`StoreError::NoPublisher`]; [`StoreError::SamePublisher`]; or the database fails.
    pub async fn merge_publishers(&self, from: &str, into: &str, now: i64) -> Result<Publisher, StoreError> {
        ask!(self, publisher::merge(from, into, now), "merge \u{201c}{from}\u{201d} into \u{201c}{into}\u{201d}")
    }

    /// Every merge, the oldest first.
    ///
    /// # Errors
    /// As [`Store::edition`].
    pub async fn merges(&self) -> Result<Vec<Merge>, StoreError> {
        ask!(self, publisher::merges(), "list the merged publishers")
    }

    /// The whole register, to look names up in.
    ///
    /// # Errors
    /// As [`Store::edition`].
    pub async fn register(&self) -> Result<Register, StoreError> {
        ask!(self, publisher::register(), "read the register of publishers")
    }
}
