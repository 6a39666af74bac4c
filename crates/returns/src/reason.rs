//! What a report means for an address: a [`Class`], and a [`Reason`] with words that an editor can read.
//!
//! Invariant: only [`Class::Hard`] says that an address is dead, and only the reasons of [`Kind::Dead`] can be that. Not here: how
//! a reason is told ([`super::verdict`]), and what is done about it ([`super::policy`]).

use serde::{Deserialize, Serialize};

/// What a report means for the address it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// The address is dead, and its server said so for good.
    Hard,
    /// It did not get there this time.
    Soft,
    /// It is still under way (`Action: delayed`, RFC 3464 section 2.3.3). No failure.
    Delayed,
    /// It was refused for what it was or where it came from. The address may well be alive.
    OurFault,
    /// It got there, or was passed on to a system that makes no reports.
    Arrived,
}

impl Class {
    /// All there are.
    pub const ALL: &'static [Self] = &[Self::Hard, Self::Soft, Self::Delayed, Self::OurFault, Self::Arrived];

    /// The name in the store and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
            Self::Delayed => "delayed",
            Self::OurFault => "our-fault",
            Self::Arrived => "arrived",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|class| class.as_str() == name)
    }
}

/// What a reason can mean at worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nobody reads mail there.
    Dead,
    /// Something about the mailbox, its server or the way there.
    Passing,
    /// Something about the message, its sender or the relay.
    Ours,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $kind:ident, $words:literal;)*) => {
        /// Why a message did not arrive.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Reason { $($(#[$doc])* $variant),* }

        impl Reason {
            /// All there are.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in the store and on the command line.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The reason in words that complete the sentence “The message did not arrive: …”.
            pub fn words(self) -> &'static str {
                match self { $(Self::$variant => $words),* }
            }

            pub(super) fn kind(self) -> Kind {
                match self { $(Self::$variant => Kind::$kind),* }
            }
        }
    };
}

reasons! {
    /// The mailbox does not exist.
    NoSuchUser = "no-such-user", Dead, "there is no such mailbox";
    /// The domain does not exist, or has no mail server.
    NoSuchDomain = "no-such-domain", Dead, "there is no such domain";
    /// The domain says that it takes no mail at all (RFC 7505, RFC 7504).
    TakesNoMail = "takes-no-mail", Dead, "the domain takes no mail";
    /// The mailbox was closed, suspended or left unused for long.
    MailboxDisabled = "mailbox-disabled", Dead, "the mailbox is closed or suspended";
    /// Its owner has another address now.
    Moved = "moved", Dead, "the reader has moved to another address";
    /// The mailbox has no room.
    MailboxFull = "mailbox-full", Passing, "the mailbox is full";
    /// The server has no room.
    SystemFull = "system-full", Passing, "the reader's mail server has no room";
    /// The reader's own filter turned it away.
    Filtered = "filtered", Passing, "the reader's own filter turned it away";
    /// It was tried until it was too old.
    Expired = "expired", Passing, "it could not be delivered in the time there is for trying";
    /// The server could not be reached.
    Unreachable = "unreachable", Passing, "the reader's mail server could not be reached";
    /// It went round in a circle.
    Loop = "loop", Passing, "it went round in a circle between servers";
    /// A fault of the receiving server.
    ServerTrouble = "server-trouble", Passing, "the reader's mail server has a fault";
    /// The relay did not try, because the address is on its own list.
    RelayList = "relay-list", Passing, "the relay has the address on its own suppression list";
    /// The report does not say, or not in words known here.
    Unknown = "unknown", Passing, "the report does not say why";
    /// The server asks everybody it does not know to come back, and nobody came.
    Greylisted = "greylisted", Ours, "the reader's server asked to try again later, which was not done in time";
    /// Too many messages or connections in too short a time.
    TooFast = "too-fast", Ours, "it came with too many others at once";
    /// The message is too large.
    TooLarge = "too-large", Ours, "it is larger than the reader's server takes";
    /// A server was asked to pass on mail that it does not pass on.
    RelayDenied = "relay-denied", Ours, "a server does not pass on mail for this sender";
    /// SPF, DKIM or DMARC did not pass.
    Authentication = "authentication", Ours, "SPF, DKIM or DMARC did not prove who sent it";
    /// The sending address or domain was refused.
    SenderRefused = "sender-refused", Ours, "the sender's address was refused";
    /// The sending server is on a list, or its name does not fit.
    Blocked = "blocked", Ours, "the sending server is on a block list or not trusted";
    /// It looked like spam.
    Spam = "spam", Ours, "it was taken for spam";
    /// It was said to carry a virus.
    Virus = "virus", Ours, "it was said to carry a virus";
    /// Its form or an attachment was refused.
    Content = "content", Ours, "its form or content was refused";
    /// TLS or a password was missing or wrong.
    Security = "security", Ours, "the connection was not secure enough, or its password was refused";
    /// The two servers did not understand each other.
    Protocol = "protocol", Ours, "the two servers did not understand each other";
    /// A rule of the receiving side.
    Policy = "policy", Ours, "a rule of the receiving side forbids it";
}

impl Reason {
    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `NoSuchUser` as `no-such-user`, which is how serde writes it.
    fn kebab(name: &str) -> String {
        name.chars().enumerate().flat_map(|(at, c)| (at > 0 && c.is_uppercase()).then_some('-').into_iter().chain(c.to_lowercase())).collect()
    }

    #[test]
    fn names_read_back_and_are_those_of_the_stored_form() {
        for &reason in Reason::ALL {
            assert_eq!(Reason::from_name(reason.as_str()), Some(reason));
            assert_eq!(reason.as_str(), kebab(&format!("{reason:?}")));
        }
        for &class in Class::ALL {
            assert_eq!(Class::from_name(class.as_str()), Some(class));
            assert_eq!(class.as_str(), kebab(&format!("{class:?}")));
        }
    }
}
