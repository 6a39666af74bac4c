//! Why a job failed, in words for the person who asked for it.

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
use pulse_store::{Fault, SendId, StoreError};

use crate::handover::ListmonkError;
use crate::post::KeyError;
use crate::profile::ProfileError;
use crate::readers::ReadersError;
use crate::retention::PeriodError;
use crate::sender::NewAddressError;

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

    /// A sentence: what the person can do about it; `None` where there is nothing beyond trying again.
    pub fn advice(&self) -> Option<String> {
        let advice = match self {
            Self::Profile(error) => error.advice(),
            Self::Missing { .. } => "Check its name, and the folder it lies in.".to_owned(),
            Self::Unreadable { cause, .. } if cause.kind() == io::ErrorKind::IsADirectory => {
                "Name the files in the folder, for example folder/*.md.".to_owned()
            }
            Self::Unreadable { .. } => "Check that you may read the file.".to_owned(),
            // Reading a file says itself what to do about it.
            Self::Import { .. } => return None,
            Self::OfAnotherDigest { slug, .. } => format!("Import it with --digest {slug}, or add that digest first: pulse digest add FILE.toml."),
            Self::Differs { .. } => "Add --dry-run --explain to see what the file holds, or --replace to keep its text as a new revision.".to_owned(),
            Self::Locked { digest, key, .. } => {
                format!("Unlock it first, with a name and a reason: pulse edition status {digest} {key} --set reopen --by NAME --reason TEXT.")
            }
            Self::NoSuchDigest { known, .. } if known.is_empty() => "Make one: pulse init, or pulse digest add FILE.toml.".to_owned(),
            Self::NoSuchDigest { .. } => "Use one of these, or add it: pulse digest add FILE.toml.".to_owned(),
            Self::WhichDigest { known } if known.is_empty() => "Make one: pulse init, or pulse digest add FILE.toml.".to_owned(),
            Self::WhichDigest { .. } => "Name one of them.".to_owned(),
            Self::NoSuchEdition { digest, .. } => format!("See which there are: pulse edition list --digest {digest}."),
            Self::Step { cause, status, .. } => step_advice(cause, *status),
            Self::Address { .. } => "Choose a shorter --site, for example https://digest.example.org.".to_owned(),
            Self::Render { .. } => "The other outputs do not depend on this one; ask for them by name with --format.".to_owned(),
            Self::Post { .. } | Self::Relay(_) => "Correct [mail] in pulse.toml; docs/sending.md explains each field.".to_owned(),
            Self::NotSignedOff { .. } => "Have it signed off first: pulse edition status EDITION --set sign-off --by NAME.".to_owned(),
            Self::Listmonk(ListmonkError::NotAllowed { .. }) => {
                "Check user and token in [hand_over.listmonk], and that the user may manage campaigns in listmonk.".to_owned()
            }
            Self::Listmonk(ListmonkError::Silent { .. } | ListmonkError::BrokeOff { .. }) => {
                "Look in listmonk whether the draft is there before trying again.".to_owned()
            }
            Self::Listmonk(_) => "Check [hand_over.listmonk] in pulse.toml; docs/sending.md explains each field.".to_owned(),
            Self::Period(_) => "Correct [retention] in pulse.toml; docs/sending.md explains each field.".to_owned(),
            Self::Keys(_) => "Restore the folder of keys from a backup; new keys would lock readers out of their links.".to_owned(),
            Self::Readers(error) => return error.advice().map(str::to_owned),
            Self::NoSender { digest } => format!("Add [sender] with an address to the digest's file, then: pulse digest add {digest}.toml."),
            Self::TooManySectors { .. } => "Put some of its sectors together.".to_owned(),
            Self::Message { .. } | Self::Record { .. } | Self::NoCut { .. } | Self::Signing { .. } => return None,
            Self::ReaderLink { .. } => "Readers' links need a site that begins with https://; set it in pulse.toml.".to_owned(),
            Self::NewAddress(NewAddressError::Pending { digest, .. }) => format!("Take it back first: pulse sender cancel {digest} --by NAME."),
            Self::NewAddress(NewAddressError::Past { .. }) => "Name a later month, so that an edition before it can announce the change.".to_owned(),
            Self::NewAddress(NewAddressError::Same { .. }) => return None,
            Self::NoSuchSector { .. } => "Name one of these, or leave --sectors out for all.".to_owned(),
            Self::Suppressed { .. } => "Name another address.".to_owned(),
            Self::NoSuchSend { .. } => "See which there are: pulse send list.".to_owned(),
            Self::KnownChannel { name } => format!("Look at it with pulse source show \"{name}\"."),
            Self::DeskLocked { .. } => "Reopen it first: pulse edition status --set reopen.".to_owned(),
            Self::DeskOvertaken { .. } => "Ask the desk again.".to_owned(),
            Self::DeskErrors { .. } => "See all of them with pulse edition check; correct them, or answer them with pulse edition answer.".to_owned(),
            Self::NoSuchCandidate { .. } => {
                "See what there is: pulse inbox list --state all. A candidate is named by the end of its id, four characters at least, or by its address."
                    .to_owned()
            }
            Self::WhichCandidate { .. } => "Write more of the id.".to_owned(),
            Self::EditionThere { .. } => "Look at it with pulse edition show, or begin another month.".to_owned(),
            Self::LanguageModel { .. } => "Correct [language_models] in pulse.toml; docs/drafting.md explains each field.".to_owned(),
            Self::NoSuchSource { .. } => "See which there are: pulse source list.".to_owned(),
            Self::SourceBusy { .. } => "Wait until it is done, and try again. After a crash of another node it is free within ten minutes.".to_owned(),
            Self::Originals(OriginalsError::Settings { .. }) => "Correct [originals] in pulse.toml; docs/harvesting.md explains each field.".to_owned(),
            Self::Originals(OriginalsError::Store { .. }) => "See that the folder can be written to, or that the service answers, and try again.".to_owned(),
            Self::Originals(_) | Self::Unwritable { .. } | Self::Harvest(_) => return None,
            Self::Outline { .. } => "Export the list again from where it comes from, as OPML.".to_owned(),
            Self::Store(cause) => return store_advice(cause),
        };
        Some(advice)
    }
}

/// A sentence: what the person can do about a refusal of the store, where its message does not say so itself.
pub fn store_advice(error: &StoreError) -> Option<String> {
    let advice = match error {
        StoreError::NoDigest { .. } => "See which there are: pulse digest list.",
        StoreError::NameTaken { .. } => "If both are one organisation, add nothing; if the name moved on, see pulse publisher merge.",
        StoreError::SourceThere { .. } => "Name it otherwise with --name, or see what is there: pulse source list.",
        StoreError::NoSuppression => "It may be there for one digest, or for every one: add --digest SLUG, or leave it out.",
        StoreError::NoPublication { .. } => "See which there are: pulse publication list.",
        StoreError::NoPublisher { .. } => "See which there are: pulse publisher list.",
        StoreError::Database { fault: Fault::Constraint(_) | Fault::Other, .. } | StoreError::Impossible { .. } => {
            "See whether the database is whole: pulse doctor."
        }
        _ => return None,
    };
    Some(advice.to_owned())
}

fn among(known: &[Slug]) -> String {
    match known {
        [] => String::new(),
        _ => format!("; there is {}", known.iter().map(Slug::as_str).collect::<Vec<_>>().join(", ")),
    }
}

fn step_advice(cause: &LifeError, status: Status) -> String {
    match (cause, status) {
        (LifeError::NoName { .. }, _) => "Add --by NAME.".to_owned(),
        (LifeError::NoReason { .. }, _) => "Add --reason TEXT.".to_owned(),
        (LifeError::NotFrom { .. }, Status::Draft) => "A draft is submitted first: --set submit.".to_owned(),
        (LifeError::NotFrom { .. }, Status::InReview) => "From review it is signed off or returned: --set sign-off, --set return.".to_owned(),
        (LifeError::NotFrom { .. }, Status::SignedOff) => "A signed-off edition is published or reopened: --set publish, --set reopen.".to_owned(),
        (LifeError::NotFrom { .. }, Status::Published) => "A published edition can only be reopened: --set reopen.".to_owned(),
    }
}
