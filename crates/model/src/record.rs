//! Records: what one source says of one publication.
//!
//! A feed's item or entry, a search hit, a line of a listing, a link of an alert. Records are what `harvest` returns and what
//! `triage` makes publications of: a record is never shown to readers, and its [`Record::key`] identifies it within its
//! source alone (a feed may change it at every update, or use it twice).

use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

/// What one source says of one publication. All texts are plain and in one line; times are Unix milliseconds, UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What the source calls it: a feed's entry id, a path, a Message-ID with the number of the link.
    pub key: String,
    /// Its title, without the source's decoration; empty where there is none.
    pub title: String,
    /// Its page first, then its files and other places.
    pub links: Vec<RecordLink>,
    /// Digital object identifiers, in lower case and without a resolver: `10.1000/182`.
    pub dois: Vec<String>,
    /// The id that GOV.UK keeps for a page, whatever becomes of its address.
    pub content_id: Option<Uuid>,
    /// Who published it, as the source prints it.
    pub publishers: Vec<String>,
    /// Who wrote it, as the source prints it.
    pub authors: Vec<String>,
    /// When it first came out.
    pub published_at: Option<i64>,
    /// When it last changed, as the source says.
    pub updated_at: Option<i64>,
    /// When it or one of its files was last touched in any way, where the source tells that apart from an update: a minor edit that
    /// no feed shows. That it moved is a reason to read the files again, and no change by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<i64>,
    /// The source's own word for what it is: `statistical_data_set`, `journal-article`, "Policy paper".
    pub document_type: Option<String>,
    /// A few words about it.
    pub summary: String,
    /// All of its text, where the source brings it: HTML as it came, never shown as it is.
    pub body: Option<String>,
    /// What the publisher says has changed.
    pub change_note: Option<String>,
    /// A BCP 47 tag.
    pub language: Option<String>,
    /// Whether the publisher took it back.
    pub is_withdrawn: bool,
}

/// A place a record points to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordLink {
    /// Where.
    pub url: Url,
    /// What is there.
    pub role: LinkRole,
    /// What the source calls it: the title of an attachment; often empty.
    #[serde(default)]
    pub title: String,
    /// The media type that the source claims; the content decides.
    #[serde(default)]
    pub media_type: Option<String>,
}

/// What is at the end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LinkRole {
    /// The page of the publication; the first of its kind is the one readers are sent to.
    Page,
    /// A file that is the publication, or a part of it: a PDF, a further HTML page.
    File,
    /// Something else the record mentions: the page it was found on, a picture, comments.
    Other,
}

impl Record {
    /// The page of the publication, or else its first file.
    pub fn link(&self) -> Option<&Url> {
        let of = |role| self.links.iter().find(move |link| link.role == role).map(|link| &link.url);
        of(LinkRole::Page).or_else(|| of(LinkRole::File))
    }
}
