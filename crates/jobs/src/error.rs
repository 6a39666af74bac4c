//! Why a job failed, in words for the person who asked for it.

mod advice;

use std::io;

use pulse_compose::import::ImportError;
use pulse_deliver::audience::OutlineError;
use pulse_deliver::dkim::DkimError;
use pulse_deliver::message::MessageError;
use pulse_deliver::relay::SettingsError;
use pulse_harvest::HarvestError;
use pulse_model::life::{LifeError, Status};
use pulse_model::text::HrefError;
use pulse_model::{EditionKey, Slug};
use pulse_render::RenderError;
use pulse_store::originals::OriginalsError;
use pulse_store::{SendId, StoreError};

use crate::handover::ListmonkError;
use crate::post::KeyError;
use crate::profile::ProfileError;
use crate::readers::ReadersError;
use crate::retention::PeriodError;
use crate::sender::NewAddressError;

pub use advice::store_advice;

/// Why a job failed. The message says what and where, [`JobError::advice`] what to do.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// A digest's file.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// There is no such file.
    #[error("there is no file {file}")]
    Missing {
        /// As it was named.
        file: String,
    },
    /// A source file could not be read.
    #[error("{file} could not be read")]
    Unreadable {
        /// As it was named.
        file: String,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// A source file is no edition.
    #[error("{file} was not imported")]
    Import {
        /// As it was named.
        file: String,
        /// Where and why.
        #[source]
        cause: ImportError,
    },
    /// The file names a digest that it may not belong to.
    #[error("{file} was not imported: it is an edition of \u{201c}{slug}\u{201d}{}", match known.as_slice() { [] => ", and there is no digest yet".to_owned(), _ => format!(", not of {}", known.iter().map(Slug::as_str).collect::<Vec<_>>().join(" or ")) })]
    OfAnotherDigest {
        /// As it was named.
        file: String,
        /// As the file says.
        slug: Slug,
        /// Those that were asked for, or all there are.
        known: Vec<Slug>,
    },
    /// The edition is in the store already, with another text.
    #[error("{file} was not imported: the {title} edition of {digest} is here already, and its text differs")]
    Differs {
        /// As it was named.
        file: String,
        /// Of which digest.
        digest: Slug,
        /// "May 2023".
        title: String,
    },
    /// The edition is in the store already, and its text is locked.
    #[error("{file} was not imported: the {title} edition of {digest} is {status}, and its text is locked")]
    Locked {
        /// As it was named.
        file: String,
        /// Of which digest.
        digest: Slug,
        /// Which edition.
        key: EditionKey,
        /// "May 2023".
        title: String,
        /// Signed off or published.
        status: Status,
    },
    /// No digest has this slug.
    #[error("there is no digest \u{201c}{slug}\u{201d}{}", among(.known))]
    NoSuchDigest {
        /// As it was asked for.
        slug: Slug,
        /// Those there are.
        known: Vec<Slug>,
    },
    /// A digest has to be named.
    #[error("{}", match known.len() { 0 => "there is no digest yet".to_owned(), _ => format!("several digests could be meant{}", among(known)) })]
    WhichDigest {
        /// Those there are.
        known: Vec<Slug>,
    },
    /// The digest has no such edition.
    #[error("{digest} has no edition {key}")]
    NoSuchEdition {
        /// Of which digest.
        digest: Slug,
        /// As it was asked for.
        key: EditionKey,
    },
    /// A step that cannot be taken.
    #[error("the {title} edition of {digest} stays {status}")]
    Step {
        /// Of which digest.
        digest: Slug,
        /// "May 2023".
        title: String,
        /// Where it is.
        status: Status,
        /// Why.
        #[source]
        cause: LifeError,
    },
    /// A page's address cannot be a link.
    #[error("{address} cannot be the address of a page")]
    Address {
        /// Made from the site's.
        address: String,
        /// Why.
        #[source]
        cause: HrefError,
    },
    /// An output.
    #[error("{output} could not be made")]
    Render {
        /// The output's name.
        output: &'static str,
        /// Why.
        #[source]
        cause: RenderError,
    },
    /// How messages are sent.
    #[error("the settings of mail are not good: {message}")]
    Post {
        /// What is wrong.
        message: String,
    },
    /// One of the relays.
    #[error("a relay cannot be used")]
    Relay(#[source] SettingsError),
    /// A key.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// A list of readers, or one of them.
    #[error(transparent)]
    Readers(#[from] ReadersError),
    /// Nobody has put their name to the text yet.
    #[error("the {title} edition of {digest} is {status}, and only a signed-off one is handed over")]
    NotSignedOff {
        /// Of which digest.
        digest: Slug,
        /// "May 2023".
        title: String,
        /// Where it is.
        status: Status,
    },
    /// Another mailer.
    #[error("the edition could not be handed to listmonk")]
    Listmonk(#[source] ListmonkError),
    /// How long something is kept.
    #[error("the settings of retention are not good")]
    Period(#[from] PeriodError),
    /// Nobody to write in the name of.
    #[error("{digest} has no sender")]
    NoSender {
        /// Which digest.
        digest: Slug,
    },
    /// More sectors than a cut can tell apart.
    #[error("the edition cannot be cut")]
    TooManySectors {
        /// How many.
        #[source]
        cause: OutlineError,
    },
    /// An edition that makes no message.
    #[error("the message cannot be made")]
    Message {
        /// Why.
        #[source]
        cause: MessageError,
    },
    /// A row names content that the send does not have.
    #[error("the send has no cut {cut}")]
    NoCut {
        /// Its number.
        cut: u32,
    },
    /// A reader's own address.
    #[error("a reader's link cannot be made: {message}")]
    ReaderLink {
        /// Why.
        message: String,
    },
    /// What is kept about a reader.
    #[error("what is kept about a reader could not be written down")]
    Record {
        /// Why.
        #[source]
        cause: serde_json::Error,
    },
    /// A signature.
    #[error("a message could not be signed")]
    Signing {
        /// Why.
        #[source]
        cause: DkimError,
    },
    /// A new address that cannot be announced.
    #[error(transparent)]
    NewAddress(#[from] NewAddressError),
    /// The edition has no such sector.
    #[error("the edition has no sector \u{201c}{name}\u{201d}; it has {}", known.join(", "))]
    NoSuchSector {
        /// As it was asked for.
        name: String,
        /// Those it has.
        known: Vec<String>,
    },
    /// Somebody who asked not to be written to.
    #[error("{address} is on the suppression list, and nothing is sent there")]
    Suppressed {
        /// As it was named.
        address: String,
    },
    /// There is no such send.
    #[error("there is no send {send}")]
    NoSuchSend {
        /// As it was asked for.
        send: SendId,
    },
    /// Nothing in the inbox goes by this name.
    #[error("there is no publication \u{201c}{name}\u{201d} in the inbox")]
    NoSuchCandidate {
        /// As it was asked for.
        name: String,
    },
    /// Several ids end so.
    #[error("\u{201c}{name}\u{201d} could be {}", known.join(" or "))]
    WhichCandidate {
        /// As it was asked for.
        name: String,
        /// Their titles.
        known: Vec<String>,
    },
    /// An edition that was to be begun is there.
    #[error("the {title} edition of {digest} is here already")]
    EditionThere {
        /// Of which digest.
        digest: Slug,
        /// "May 2023".
        title: String,
    },
    /// Its settings.
    #[error("the language model of {digest} cannot be used")]
    LanguageModel {
        /// Of which digest.
        digest: Slug,
        /// Why.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The desk may not change it.
    #[error("the {title} edition of {digest} is {status}, and its text is locked")]
    DeskLocked {
        /// Of which digest.
        digest: Slug,
        /// "May 2023".
        title: String,
        /// Signed off or published.
        status: Status,
    },
    /// Somebody saved the edition while the desk read it.
    #[error("the {title} edition of {digest} was changed while the desk read it; nothing was done")]
    DeskOvertaken {
        /// Of which digest.
        digest: Slug,
        /// "May 2023".
        title: String,
    },
    /// The copy desk found errors.
    #[error("the {title} edition of {digest} cannot be signed off: the copy desk has {}, the first in {place}: {first}", if *count == 1 { "an error".to_owned() } else { format!("{count} errors") })]
    DeskErrors {
        /// Of which digest.
        digest: Slug,
        /// "May 2023".
        title: String,
        /// How many.
        count: usize,
        /// Where the first stands.
        place: String,
        /// What it says.
        first: String,
    },
    /// No source has this name.
    #[error("there is no source \u{201c}{name}\u{201d}")]
    NoSuchSource {
        /// As it was asked for.
        name: String,
    },
    /// A source looks there already.
    #[error("the source \u{201c}{name}\u{201d} looks there already")]
    KnownChannel {
        /// Its name.
        name: String,
    },
    /// Another run is at a source.
    #[error("another run is at the source \u{201c}{name}\u{201d}")]
    SourceBusy {
        /// Its name.
        name: String,
    },
    /// The bytes of fetched files.
    #[error(transparent)]
    Originals(#[from] OriginalsError),
    /// A source that cannot be asked.
    #[error(transparent)]
    Harvest(#[from] HarvestError),
    /// A list of sources that cannot be read.
    #[error("{file} is not a list of sources")]
    Outline {
        /// As it was named.
        file: String,
        /// What is wrong with it.
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An output that could not be written.
    #[error("{what} could not be written")]
    Unwritable {
        /// "the archive".
        what: &'static str,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl JobError {
    /// Whether the same may succeed later without anybody doing something about it: the database was busy or away.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Store(cause) if cause.is_passing())
    }
}

fn among(known: &[Slug]) -> String {
    match known {
        [] => String::new(),
        _ => format!("; there is {}", known.iter().map(Slug::as_str).collect::<Vec<_>>().join(", ")),
    }
}
