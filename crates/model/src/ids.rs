//! Typed ids, so that the id of an edition cannot be passed where a publisher's is meant. UUIDv7, stored as text.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A digest, the serial title.
    DigestId,
    /// One number of a digest.
    EditionId,
    /// What an edition says of one publication.
    EntryId,
    /// An organisation in the register.
    PublisherId,
    /// A reader.
    SubscriberId,
    /// The release of one edition to its audience.
    SendId,
    /// One reader's row in a send.
    DeliveryId,
    /// A message to one person about an account or a subscription: a confirmation, an invitation.
    NoticeId,
    /// An address that a reader wants to be written to.
    AddressChangeId,
    /// A message that came back.
    BounceId,
    /// A line of the suppression list.
    SuppressionId,
    /// A line of the audit log.
    AuditId,
    /// A complaint about what is done with somebody's personal data.
    ComplaintId,
    /// A channel of a publisher that is watched.
    SourceId,
    /// What one source says of one publication.
    RecordId,
    /// A work.
    PublicationId,
    /// One file of a publication.
    DocumentId,
    /// What somebody made of a candidate.
    DecisionId,
    /// A rule of a team.
    RuleId,
    /// A question to a language model.
    PromptId,
}
