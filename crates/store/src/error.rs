//! Why the store did not do what was asked: the thing, the cause, and whether trying again can help.

use std::error::Error;
use std::fmt;

use pulse_model::delivery::{SendStatus, SendStepError};
use pulse_model::life::LifeError;
use pulse_model::subscriber::{Basis, StateError};
use pulse_model::{EditionKey, Slug, Status};

use crate::{ComplaintId, EditionId, PublicationId, SendId, SubscriberId};

/// The cause of an error, of whatever type it was.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Why the store did not do what was asked. After any of these the same store can be asked again, and nothing of what
/// was refused is kept.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is of no engine there is.
    #[error("\u{201c}{address}\u{201d} is not the address of a database; write a file name, sqlite:FILE or postgres://USER@HOST/NAME")]
    Address {
        /// As it was given.
        address: String,
    },
    /// The database said no, or said nothing.
    #[error("cannot {doing}: {fault}")]
    Database {
        /// What was being done: "save edition 2023-05 of tidemark".
        doing: String,
        /// What kind of failure.
        fault: Fault,
        /// What the driver said.
        #[source]
        cause: Cause,
    },
    /// A later Pulse has been here.
    #[error("{store} was made by a later version of Pulse: its schema is {found}, and this version knows {known}; run the later version")]
    NewerSchema {
        /// The database, without a password.
        store: String,
        /// The first migration this version does not have.
        found: i64,
        /// The last migration it has.
        known: i64,
    },
    /// A migration is not what it was when it ran on this database.
    #[error("{store} was made with another form of migration {version}; restore it from a backup or run the version of Pulse that made it")]
    ChangedMigration {
        /// The database, without a password.
        store: String,
        /// Which migration.
        version: i64,
    },
    /// A row holds what this version never writes: the database was changed by other means.
    #[error("{table} {row} has an impossible {column}")]
    Impossible {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's id, or as much of its key as is known.
        row: String,
        /// What is wrong with the value.
        #[source]
        cause: Cause,
    },
    /// A value has no form in which it could be kept.
    #[error("{thing} cannot be written as JSON")]
    Unwritable {
        /// What was to be kept.
        thing: String,
        /// What the writer said.
        #[source]
        cause: Cause,
    },
    /// There is no digest of this name.
    #[error("there is no digest {slug}")]
    NoDigest {
        /// The name.
        slug: Slug,
    },
    /// There is no publication with this id.
    #[error("there is no publication {id}")]
    NoPublication {
        /// The id.
        id: PublicationId,
    },
    /// There is no edition with this id.
    #[error("there is no edition {id}")]
    NoEdition {
        /// The id.
        id: EditionId,
    },
    /// The edition is there and says something else.
    #[error("edition {key} of {digest} is already there with a different text; replace it to keep the old text as a revision")]
    EditionDiffers {
        /// The digest.
        digest: Slug,
        /// Which edition of it.
        key: EditionKey,
    },
    /// The edition's text is locked.
    #[error("edition {key} of {digest} is {status}; reopen it first")]
    EditionLocked {
        /// The digest.
        digest: Slug,
        /// Which edition of it.
        key: EditionKey,
        /// Signed off or published.
        status: Status,
    },
    /// Two entries of one edition have the same name in addresses.
    #[error("two entries of edition {key} of {digest} are called {slug}")]
    SlugTwice {
        /// The digest.
        digest: Slug,
        /// Which edition of it.
        key: EditionKey,
        /// The name.
        slug: String,
    },
    /// The step does not lead from where the edition is, or lacks its name or reason.
    #[error("edition {key} of {digest} stays as it is")]
    Step {
        /// The digest.
        digest: Slug,
        /// Which edition of it.
        key: EditionKey,
        /// What was wrong with the step.
        #[source]
        cause: LifeError,
    },
    /// The rows of a signed-off edition are no longer what was signed off: the database was changed by other means.
    #[error("edition {key} of {digest} is not the text that was signed off; reopen it and have it signed off again")]
    NotWhatWasSigned {
        /// The digest.
        digest: Slug,
        /// Which edition of it.
        key: EditionKey,
    },
    /// A publisher without a name.
    #[error("a publisher needs a name")]
    NoName,
    /// The register has this name for somebody.
    #[error("the register has \u{201c}{name}\u{201d} already, for {publisher}")]
    NameTaken {
        /// The name, as it was given.
        name: String,
        /// The preferred name of the publisher that has it.
        publisher: String,
    },
    /// The register does not have this name.
    #[error("the register has no publisher \u{201c}{name}\u{201d}")]
    NoPublisher {
        /// The name, as it was given.
        name: String,
    },
    /// A publisher was to be merged with itself.
    #[error("\u{201c}{from}\u{201d} and \u{201c}{into}\u{201d} are the same publisher already")]
    SamePublisher {
        /// The one name.
        from: String,
        /// The other.
        into: String,
    },
    /// More at once than one transaction should hold.
    #[error("{count} {things} at once are too many; pass no more than {most}")]
    TooMany {
        /// What there is too much of.
        things: &'static str,
        /// How many were passed.
        count: usize,
        /// How many may be.
        most: usize,
    },
    /// Something has to be said by whoever does this.
    #[error("{doing} needs {what}")]
    Needs {
        /// "cancelling a send".
        doing: &'static str,
        /// "a reason".
        what: &'static str,
    },
    /// There is no reader with this id.
    #[error("there is no subscriber {id}")]
    NoSubscriber {
        /// The id.
        id: SubscriberId,
    },
    /// The reader does not subscribe to this digest, and never did.
    #[error("subscriber {id} has no subscription to {digest}")]
    NoSubscription {
        /// The reader.
        id: SubscriberId,
        /// The digest.
        digest: Slug,
    },
    /// Another reader has the address.
    #[error("the address is that of another subscriber, {by}")]
    AddressTaken {
        /// Whose it is.
        by: SubscriberId,
    },
    /// The address is on the suppression list.
    #[error("the address is on the suppression list")]
    Suppressed,
    /// The step does not lead from where the subscription is.
    #[error("the subscription of {id} to {digest} stays as it is")]
    Subscription {
        /// The reader.
        id: SubscriberId,
        /// The digest.
        digest: Slug,
        /// What was wrong with the step.
        #[source]
        cause: StateError,
    },
    /// Nobody is written to without a ground.
    #[error("subscriber {id} has given no ground for being sent {digest}")]
    NoBasis {
        /// The reader.
        id: SubscriberId,
        /// The digest.
        digest: Slug,
    },
    /// The ground did not exist when the contact was gathered.
    #[error("a contact gathered at that time cannot have the ground {basis}")]
    TooEarly {
        /// The ground.
        basis: Basis,
    },
    /// The suppression list does not have it.
    #[error("the suppression list has no such address")]
    NoSuppression,
    /// There is no send with this id.
    #[error("there is no send {id}")]
    NoSend {
        /// The id.
        id: SendId,
    },
    /// The edition's send is not over.
    #[error("edition {key} of {digest} has a send that is {status}; finish or cancel it first")]
    SendUnderWay {
        /// The digest.
        digest: Slug,
        /// Which edition of it.
        key: EditionKey,
        /// Where its send is.
        status: SendStatus,
    },
    /// Only what somebody signed off is sent.
    #[error("edition {key} of {digest} is {status}; only what is signed off can be sent")]
    NotSignedOff {
        /// The digest.
        digest: Slug,
        /// Which edition of it.
        key: EditionKey,
        /// Draft or in review.
        status: Status,
    },
    /// The step does not lead from where the send is.
    #[error("send {id} stays as it is")]
    SendStep {
        /// The send.
        id: SendId,
        /// What was wrong with the step.
        #[source]
        cause: SendStepError,
    },
    /// The audience changes only while it is being gathered.
    #[error("the audience of send {id} is frozen, because the send is {status}")]
    Frozen {
        /// The send.
        id: SendId,
        /// Where it is.
        status: SendStatus,
    },
    /// Somebody is missing, or there twice.
    #[error(
        "send {id} has {recipients} recipients and {excluded} excluded, which is not the {candidates} candidates looked at; cancel it and prepare it again"
    )]
    Counts {
        /// The send.
        id: SendId,
        /// As whoever prepared it counted them.
        candidates: u64,
        /// Rows there are.
        recipients: u64,
        /// Rows there are.
        excluded: u64,
    },
    /// A recipient's cut is not there.
    #[error("send {id} has no cut {number}")]
    NoCut {
        /// The send.
        id: SendId,
        /// The number.
        number: u32,
    },
    /// A source of this name is there.
    #[error("there is a source \u{201c}{name}\u{201d} already")]
    SourceThere {
        /// The name.
        name: String,
    },
    /// There is no complaint with this id.
    #[error("there is no complaint {id}")]
    NoComplaint {
        /// The id.
        id: ComplaintId,
    },
}

impl StoreError {
    /// Whether the same call can succeed later without anyone changing what is asked: the database was busy, full or away.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Database { fault, .. } if fault.is_passing())
    }

    /// Whether any other call would fail in the same way until somebody has looked after the database.
    pub fn concerns_every_call(&self) -> bool {
        let Self::Database { fault, .. } = self else { return false };
        !matches!(fault, Fault::Busy | Fault::Constraint(_) | Fault::Other)
    }

    /// Names what was being done, where the database's own error does not know it.
    pub(crate) fn while_doing(self, what: impl FnOnce() -> String) -> Self {
        match self {
            Self::Database { doing, fault, cause } if doing.is_empty() => Self::Database { doing: what(), fault, cause },
            other => other,
        }
    }

    pub(crate) fn database(fault: Fault, cause: impl Into<Cause>) -> Self {
        Self::Database { doing: String::new(), fault, cause: cause.into() }
    }
}

/// The kinds of failure of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Somebody else is writing, and did not finish while we waited.
    Busy,
    /// There is no room to write.
    DiskFull,
    /// The file, its folder or the server allows no writing.
    ReadOnly,
    /// The file cannot be opened at all.
    CannotOpen,
    /// The server did not answer, or went away in the middle.
    Away,
    /// The server refused us: a wrong password, or no such database.
    NotLetIn,
    /// The file is damaged, or is not a database.
    Damaged,
    /// A rule of the schema refused the rows: which one, and the columns or row it names.
    Constraint(String),
    /// The store has been closed.
    Closed,
    /// Anything else; the cause says it.
    Other,
}

impl Fault {
    fn is_passing(&self) -> bool {
        matches!(self, Self::Busy | Self::DiskFull | Self::Away)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "the database is locked by another writer; try again in a moment",
            Self::DiskFull => "the disk that holds the database is full; make room and try again",
            Self::ReadOnly => "the database is read-only; let the user who runs Pulse write to the file and its folder",
            Self::CannotOpen => "the file cannot be opened; see that its folder exists and that the user who runs Pulse may use it",
            Self::Away => "the database server does not answer; see that it runs and try again",
            Self::NotLetIn => "the database server did not let us in; check the user, the password and the name of the database",
            Self::Damaged => "the file is damaged or is not a database; restore it from a backup",
            Self::Constraint(rule) => return write!(f, "the rows break a rule of the schema ({rule})"),
            Self::Closed => "the store has been closed",
            Self::Other => "the database refused",
        })
    }
}
