//! Publications: the works themselves, however many records and files tell of them.
//!
//! An [`Identifier`] says which work something is about; `triage` makes them of records and documents. A publication that
//! changes gets a new [`Version`] and stays the same publication.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::document::ContentHash;

/// A work. Texts are plain and in one line; times are Unix milliseconds, UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// Its title.
    pub title: String,
    /// Who published it, by their names in the register where it knows them.
    pub publishers: Vec<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// The page readers are sent to, or its file where it has no page.
    pub link: Option<String>,
    /// A few words about it, as its source has them.
    pub summary: String,
    /// The source's own word for what it is.
    pub document_type: Option<String>,
    /// A BCP 47 tag.
    pub language: Option<String>,
    /// When it first came out.
    pub published_at: Option<i64>,
    /// When its publisher last changed it.
    pub updated_at: Option<i64>,
    /// What its publisher said of that change.
    pub change_note: Option<String>,
    /// Whether its publisher took it back.
    pub is_withdrawn: bool,
}

/// What tells one work from another, the surest first: two records that share one are of the same work.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Identifier {
    /// A digital object identifier, in lower case and without a resolver.
    Doi(String),
    /// The id GOV.UK keeps for a page.
    ContentId(Uuid),
    /// A path on GOV.UK: `/government/publications/…`.
    GovukPath(String),
    /// An address without what does not matter to it: scheme, `www.`, tracking parameters, fragment, slash at the end.
    Url(String),
    /// The hash of a file's bytes.
    File(ContentHash),
}

impl Identifier {
    /// Its kind, by the name it is stored under.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Doi(_) => "doi",
            Self::ContentId(_) => "content-id",
            Self::GovukPath(_) => "govuk-path",
            Self::Url(_) => "url",
            Self::File(_) => "file",
        }
    }
}

/// `kind:value`, the form it is stored in.
impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.kind())?;
        match self {
            Self::Doi(text) | Self::GovukPath(text) | Self::Url(text) => f.write_str(text),
            Self::ContentId(id) => id.fmt(f),
            Self::File(hash) => hash.fmt(f),
        }
    }
}

/// From the form it is stored in.
///
/// ```
/// use pulse_model::Identifier;
/// let doi = Identifier::Doi("10.1000/182".into());
/// assert_eq!(doi.to_string().parse(), Ok(doi));
/// assert!("isbn:978".parse::<Identifier>().is_err());
/// ```
impl FromStr for Identifier {
    type Err = NotAnIdentifier;
    fn from_str(text: &str) -> Result<Self, NotAnIdentifier> {
        let (kind, value) = text.split_once(':').ok_or(NotAnIdentifier)?;
        Ok(match kind {
            "doi" => Self::Doi(value.to_owned()),
            "content-id" => Self::ContentId(value.parse().map_err(|_| NotAnIdentifier)?),
            "govuk-path" => Self::GovukPath(value.to_owned()),
            "url" => Self::Url(value.to_owned()),
            "file" => Self::File(value.parse().map_err(|_| NotAnIdentifier)?),
            _ => return Err(NotAnIdentifier),
        })
    }
}

/// A text that is no identifier of a kind that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an identifier is written as doi:…, content-id:…, govuk-path:…, url:… or file:…")]
pub struct NotAnIdentifier;

/// One state of a publication. The first has number 1 and no changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// From 1.
    pub number: u32,
    /// When Pulse saw it.
    pub seen_at: i64,
    /// What is different from the one before.
    pub changes: Vec<Change>,
}

/// One difference between two states of a publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Change {
    /// Another title.
    Title {
        /// Before.
        from: String,
        /// Now.
        to: String,
    },
    /// Another first date.
    Published {
        /// Before.
        from: Option<i64>,
        /// Now.
        to: Option<i64>,
    },
    /// The publisher's date of the last change moved.
    Updated {
        /// Before.
        from: Option<i64>,
        /// Now.
        to: Option<i64>,
    },
    /// What the publisher says of the change.
    Note {
        /// Its words.
        text: String,
    },
    /// Taken back, or brought back.
    Withdrawn {
        /// Whether it is taken back now.
        now: bool,
    },
    /// Other words in one of its documents.
    Text {
        /// The address of the document.
        document: String,
        /// Lines that were not there before, in order.
        added: Vec<String>,
        /// Lines that are gone, in order.
        removed: Vec<String>,
    },
    /// A document that was not there before.
    DocumentAdded {
        /// Its address.
        document: String,
    },
    /// A document that is no longer there.
    DocumentRemoved {
        /// Its address.
        document: String,
    },
}
