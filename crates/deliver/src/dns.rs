//! Questions to the domain name system and its answers, as far as mail needs them.
//!
//! In: a [`Question`]. Out: an [`Answer`], which is never an error: that nobody answered is an answer too. The [`Resolver`] is the one
//! door to a resolver; what answers mean is [`crate::setup`]'s. Names are in lower-case ASCII without the dot at their end.

mod resolver;
mod wire;

use std::fmt;
use std::net::IpAddr;

pub use resolver::{Resolver, ResolverError};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Addresses of IPv4.
    A,
    /// Addresses of IPv6.
    Aaaa,
    /// Who takes in mail for a domain.
    Mx,
    /// The name of an address.
    Ptr,
    /// Texts.
    Txt,
}

impl Kind {
    /// As a zone file writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Mx => "MX",
            Self::Ptr => "PTR",
            Self::Txt => "TXT",
        }
    }
}

/// A name, and what of it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Question {
    /// Of which name.
    pub name: String,
    /// Which records.
    pub kind: Kind,
}

impl Question {
    /// A question about a name in any case, with or without a dot at its end.
    pub fn new(kind: Kind, name: &str) -> Self {
        Self { name: name.trim_end_matches('.').to_ascii_lowercase(), kind }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.kind.as_str())
    }
}

/// What DNS says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// At least one record.
    Records(Vec<Value>),
    /// The name is there and has no such record.
    NoRecords,
    /// The name is not there (NXDOMAIN).
    NoName,
    /// There is no telling.
    Failed(Failure),
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Of A or AAAA.
    Address(IpAddr),
    /// Of MX.
    Exchanger {
        /// The lowest is tried first.
        preference: u16,
        /// Empty says that the domain takes in no mail (RFC 7505).
        host: String,
    },
    /// Of PTR.
    Host(String),
    /// Of TXT, its strings joined without a space.
    Text(String),
}

/// Why there is no telling what DNS says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The resolver did not answer.
    Silent,
    /// It answered with a code that is no answer, such as SERVFAIL, or with something nobody can read.
    Refused(String),
    /// It could not be reached.
    Unreachable(String),
    /// There was no time left to ask.
    NotAsked,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent => f.write_str("the resolver did not answer"),
            Self::Refused(code) => write!(f, "the resolver answered {code}"),
            Self::Unreachable(why) => write!(f, "the resolver could not be reached: {why}"),
            Self::NotAsked => f.write_str("there was no time left to ask"),
        }
    }
}
