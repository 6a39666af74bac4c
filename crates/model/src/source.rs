//! Sources: the channels of publishers that Pulse watches.
//!
//! A [`Source`] says what to look at and in whose name; what a look brings in is a [`crate::Record`]. What was remembered of
//! earlier looks (validators, rhythm, health) is kept beside it by the store and is not here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

/// A channel of a publisher that Pulse watches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// What the team calls it; no two sources share one.
    pub name: String,
    /// The publisher whose channel it is, by its name in the register; none for a channel of many (Crossref).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// The sectors of digests it was added for, by their names; a hint for filing and no filter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sectors: Vec<String>,
    /// Where to look, and how.
    #[serde(flatten)]
    pub channel: Channel,
}

/// Where to look, by the kind of source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Channel {
    /// RSS, Atom, RDF or JSON Feed.
    Feed {
        /// The feed itself.
        url: Url,
    },
    /// GOV.UK: its feed, or its search API, tells what is new; its content API has the whole of it.
    Govuk {
        /// An organisation page, a finder or one of their feeds on the site: `https://www.gov.uk/government/organisations/…`.
        url: Url,
    },
    /// A web page that lists publications and has no feed.
    Listing {
        /// The page.
        url: Url,
        /// Where on the page its publications are.
        selectors: Selectors,
    },
    /// A sitemap, or an index of them.
    Sitemap {
        /// The sitemap itself.
        url: Url,
        /// Only pages whose path begins so; empty for all of them.
        #[serde(default)]
        below: String,
    },
    /// Works of the Crossref REST API.
    Crossref {
        /// The `filter` and `query` parameters of `/works`, as in `query.bibliographic=falls+prevention`.
        query: String,
        /// The API, `https://api.crossref.org` unless a mirror is used.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        api: Option<Url>,
    },
    /// Articles of Europe PMC.
    EuropePmc {
        /// A query in its syntax.
        query: String,
        /// The API, `https://www.ebi.ac.uk/europepmc/webservices/rest` unless a mirror is used.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        api: Option<Url>,
    },
    /// A mailbox that receives publishers' alerts.
    Mailbox {
        /// A maildir (a path), or an IMAP folder (`imaps://user@host/FOLDER`).
        at: String,
    },
    /// What people add by hand.
    Manual,
}

/// Where on a listing its publications are: CSS selectors. All but the first are looked for inside a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selectors {
    /// One match for each publication.
    pub row: String,
    /// The link to it, and its title unless there is a selector for that; the first link when empty.
    #[serde(default)]
    pub link: String,
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// Its date.
    #[serde(default)]
    pub date: String,
    /// A few words about it.
    #[serde(default)]
    pub summary: String,
}

/// The kinds of source, by their names on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// [`Channel::Feed`].
    Feed,
    /// [`Channel::Govuk`].
    Govuk,
    /// [`Channel::Listing`].
    Listing,
    /// [`Channel::Sitemap`].
    Sitemap,
    /// [`Channel::Crossref`].
    Crossref,
    /// [`Channel::EuropePmc`].
    EuropePmc,
    /// [`Channel::Mailbox`].
    Mailbox,
    /// [`Channel::Manual`].
    Manual,
}

impl SourceKind {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 8] = [Self::Feed, Self::Govuk, Self::Listing, Self::Sitemap, Self::Crossref, Self::EuropePmc, Self::Mailbox, Self::Manual];

    /// Its name: `feed`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Govuk => "govuk",
            Self::Listing => "listing",
            Self::Sitemap => "sitemap",
            Self::Crossref => "crossref",
            Self::EuropePmc => "europepmc",
            Self::Mailbox => "mailbox",
            Self::Manual => "manual",
        }
    }
}

impl fmt::Display for SourceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for SourceKind {
    type Err = UnknownKind;
    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// A word that names no kind of source.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no kind of source named \"{0}\"")]
pub struct UnknownKind(pub String);

impl Channel {
    /// Its kind.
    pub fn kind(&self) -> SourceKind {
        match self {
            Self::Feed { .. } => SourceKind::Feed,
            Self::Govuk { .. } => SourceKind::Govuk,
            Self::Listing { .. } => SourceKind::Listing,
            Self::Sitemap { .. } => SourceKind::Sitemap,
            Self::Crossref { .. } => SourceKind::Crossref,
            Self::EuropePmc { .. } => SourceKind::EuropePmc,
            Self::Mailbox { .. } => SourceKind::Mailbox,
            Self::Manual => SourceKind::Manual,
        }
    }

    /// What tells it from other channels of its kind: an address or a query, as a person would type it.
    pub fn address(&self) -> &str {
        match self {
            Self::Feed { url } | Self::Govuk { url } | Self::Listing { url, .. } | Self::Sitemap { url, .. } => url.as_str(),
            Self::Crossref { query, .. } | Self::EuropePmc { query, .. } => query,
            Self::Mailbox { at } => at,
            Self::Manual => "",
        }
    }
}
