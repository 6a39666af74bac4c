//! What a person can do about a job that failed.

use std::io;

use pulse_model::life::{LifeError, Status};
use pulse_store::originals::OriginalsError;
use pulse_store::{Fault, StoreError};

use super::JobError;
use crate::handover::ListmonkError;
use crate::sender::NewAddressError;

impl JobError {
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
