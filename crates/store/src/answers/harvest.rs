//! What is watched and what it brought.

use pulse_model::document::Form;
use pulse_model::publication::Change;
use pulse_model::{ContentHash, Document, Identifier, Publication, Record, Version};

use crate::{DocumentBrief, DocumentId, PublicationId, SourceId};

/// A source, and how it goes.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceRow {
    /// Its id.
    pub id: SourceId,
    /// Where to look, and in whose name.
    pub source: pulse_model::Source,
    /// Whether the schedule passes over it.
    pub is_paused: bool,
    /// When it was added.
    pub created_at: i64,
    /// How it goes.
    pub health: SourceHealth,
    /// How many publications it told of.
    pub publication_count: u64,
}

/// How a source goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceHealth {
    /// When the schedule looks again.
    pub next_due_at: i64,
    /// Its server asks to be left alone until then.
    pub not_before_at: Option<i64>,
    /// The end of the last look, however it went.
    pub tried_at: Option<i64>,
    /// The end of the last look that brought an answer.
    pub succeeded_at: Option<i64>,
    /// Looks in a row without an answer.
    pub failure_count: u32,
    /// Why the last look brought none; empty where it did.
    pub last_error: String,
    /// The usual time between two publications, in milliseconds, once it is known.
    pub rhythm_ms: Option<i64>,
    /// From then on its silence is longer than its rhythm explains.
    pub silent_at: Option<i64>,
}

/// A source that is a node's for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceTurn {
    /// The source.
    pub row: SourceRow,
    /// What earlier looks left, as JSON.
    pub memory: String,
}

/// Which sources to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhichSources<'a> {
    /// Those whose time has come, and that are not paused.
    Due,
    /// Exactly these.
    These(&'a [SourceId]),
}

/// What a look brought, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LookCounts {
    /// Publications nobody knew of.
    pub new: u64,
    /// Publications that changed.
    pub updated: u64,
    /// Records that said nothing new, or told of what came out before the look began to look.
    pub unchanged: u64,
    /// Documents that were read.
    pub documents: u64,
    /// What was wrong.
    pub problems: u64,
}

/// One look at a source, when it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// When it began.
    pub began_at: i64,
    /// When it was over.
    pub ended_at: i64,
    /// What it brought.
    pub counts: LookCounts,
    /// Why there was no answer; empty where there was one.
    pub error: String,
    /// What was wrong, a sentence for each; the first ones.
    pub problems: Vec<String>,
}

/// A publication as it is to be, and what it is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// The one that is there; none for a new one.
    pub id: Option<PublicationId>,
    /// The version that what follows was made from; 0 for a new one.
    pub from_version: u32,
    /// What is known of it.
    pub facts: Publication,
    /// What is different. Empty: nothing that makes a version.
    pub changes: Vec<Change>,
    /// The changes belong to its newest version, of which an earlier record told.
    pub amends: bool,
    /// Its documents are to be fetched.
    pub is_due: bool,
    /// What identifies it, as far as this batch knows.
    pub identifiers: Vec<Identifier>,
    /// Publications that turned out to be this one.
    pub absorbs: Vec<PublicationId>,
}

/// A record and the place of its publication in a list of [`Work`]s.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptRecord {
    /// The record.
    pub record: Record,
    /// The hash of it.
    pub hash: ContentHash,
    /// The place.
    pub work: usize,
}

/// What became of a batch of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// They are kept; the publications, in the order of the works.
    Kept(Vec<PublicationId>),
    /// Somebody else changed one of the publications; nothing was kept, and the batch is to be made again.
    Overtaken,
    /// The source is another node's by now; nothing was kept.
    NotOurs,
}

/// A publication that is known by an identifier.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownPublication {
    /// Its id.
    pub id: PublicationId,
    /// What is known of it.
    pub facts: Publication,
    /// The number of its newest version.
    pub version_number: u32,
    /// What identifies it.
    pub identifiers: Vec<Identifier>,
    /// What sources say of it, the first one first.
    pub records: Vec<(SourceId, Record)>,
}

/// Says what is known of a publication, by what was known of it and by all its records, the first one first.
pub type Facts<'a> = dyn Fn(Publication, &[(SourceId, Record)]) -> Publication + Send + Sync + 'a;

/// A record that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownRecord {
    /// What it told of.
    pub publication: PublicationId,
    /// The hash of what it said.
    pub hash: ContentHash,
}

/// Why the documents of a publication are fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckReason {
    /// For the first time.
    New,
    /// Its publisher changed it; what its documents say now belongs to that version.
    Update,
    /// To see whether they were changed in silence.
    Again,
}

/// A publication whose documents are a node's to fetch for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Which.
    pub publication: PublicationId,
    /// What is known of it.
    pub facts: Publication,
    /// When it was first seen.
    pub first_seen_at: i64,
    /// When it became due.
    pub due_at: i64,
    /// Why.
    pub reason: CheckReason,
    /// What sources say of it, the first one first.
    pub records: Vec<Record>,
    /// Its documents so far, in their order.
    pub documents: Vec<DocumentRow>,
}

/// What is to become of a publication whose documents were tried.
#[derive(Clone, Copy)]
pub struct CheckEnd<'a> {
    /// Takes from the documents what the publication lacks.
    pub fill: &'a (dyn Fn(&mut Publication) + Send + Sync),
    /// What its documents identify it by.
    pub identifiers: &'a [Identifier],
    /// When they are to be fetched again; never, if not said.
    pub next_at: Option<i64>,
    /// Whether all was fetched that can be. Until then the documents are to be fetched for the reason they were: what they turn out to
    /// say belongs to what is new or was announced.
    pub is_complete: bool,
}

/// One file of a publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRow {
    /// Its id.
    pub id: DocumentId,
    /// Where it is.
    pub url: String,
    /// What its publication calls it; often empty.
    pub title: String,
    /// The `ETag` of the last answer.
    pub etag: Option<String>,
    /// The `Last-Modified` of the last answer.
    pub last_modified: Option<String>,
    /// Why the last try brought nothing; empty where it brought something.
    pub last_error: String,
    /// When it was last tried.
    pub last_tried_at: i64,
    /// The newest of its versions.
    pub newest: Option<DocumentVersion>,
}

/// What a document said at one time, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentVersion {
    /// From 1.
    pub number: u32,
    /// When it was fetched.
    pub seen_at: i64,
    /// Where it was in the end, behind all redirects.
    pub final_url: String,
    /// What the server said it is.
    pub media_type: Option<String>,
    /// What it is.
    pub form: Form,
    /// The name its bytes are kept under.
    pub original: ContentHash,
    /// How many they are.
    pub size_bytes: u64,
    /// The hash of its text.
    pub text_hash: ContentHash,
}

/// A document that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// Where it is.
    pub url: String,
    /// Its place among those of its publication.
    pub position: u32,
    /// What its publication calls it; may be empty.
    pub title: String,
    /// What came of it.
    pub end: TryEnd,
}

/// What came of fetching a document.
#[derive(Clone, Debug, PartialEq)]
pub enum TryEnd {
    /// It says what it said; the last answer is recognised by these from now on, unless there are none.
    Unchanged {
        /// `ETag`.
        etag: Option<String>,
        /// `Last-Modified`.
        last_modified: Option<String>,
    },
    /// It says something else, or is here for the first time.
    Read(Box<ReadDocument>),
    /// Nothing, and why.
    Failed(String),
}

/// A document that was fetched and read. Its bytes are kept already.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadDocument {
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// Where it was in the end, behind all redirects.
    pub final_url: String,
    /// What the server said it is.
    pub media_type: Option<String>,
    /// The hash of its bytes.
    pub original: ContentHash,
    /// How many they are.
    pub size_bytes: u64,
    /// What it says.
    pub document: Document,
    /// It in short.
    pub brief: DocumentBrief,
    /// What is different from its last version; nothing for the first documents of a publication.
    pub changes: Vec<Change>,
}

/// A publication in a list.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicationRow {
    /// Its id.
    pub id: PublicationId,
    /// What is known of it.
    pub facts: Publication,
    /// When it came out, or when it was first seen where nobody says.
    pub sorted_at: i64,
    /// When it was first seen.
    pub first_seen_at: i64,
    /// The number of its newest version.
    pub version_number: u32,
    /// The names of the sources that told of it.
    pub sources: Vec<String>,
    /// How many of its documents were read.
    pub document_count: u64,
}

/// Which publications to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublicationFilter {
    /// Those that came out, or changed, since then.
    pub since: Option<i64>,
    /// Those of one source.
    pub source: Option<SourceId>,
}

/// All that is kept of a publication.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPublication {
    /// As in a list.
    pub row: PublicationRow,
    /// What identifies it, as [`Identifier`] prints it.
    pub identifiers: Vec<String>,
    /// Its versions, the first one first.
    pub versions: Vec<Version>,
    /// What sources say of it: their names, and their records.
    pub records: Vec<(String, Record)>,
    /// Its documents, in their order.
    pub documents: Vec<DocumentRow>,
}

/// A fetched file, for an archive of the web.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// Of which document.
    pub document: DocumentId,
    /// What was fetched.
    pub version: DocumentVersion,
}
