//! One edition in, one output out: e-mail (HTML and text), web page, PDF, DOCX, Markdown, JSON.
//!
//! Every output is a function of the [`Work`] alone: same in, same out, no clock, no network, no files. Bad input is no
//! error: what cannot be printed as asked is printed as well as it can be, and listed in [`Rendered::problems`].
//!
//! Not here: choosing who receives what (deliver), feeds and search (archive).

mod addresses;
mod colophon;
mod colours;
pub mod docx;
mod html;
pub mod json;
pub mod mail;
pub mod markdown;
mod outline;
pub mod page;
pub mod pdf;
mod picture;
pub mod plain_text;
mod quoted_printable;
mod tidy;

use pulse_model::{Digest, Edition, Href, Problem};

/// What is to be rendered.
#[derive(Clone, Copy, Debug)]
pub struct Work<'a> {
    /// Masthead, colours and footer come from it.
    pub digest: &'a Digest,
    /// The text. Its slugs are settled.
    pub edition: &'a Edition,
    /// Addresses that outputs lead to.
    pub addresses: &'a Addresses,
}

/// Addresses that outputs lead to. Without them an output stands alone: it has no link to a page that does not exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// The public web page of this edition. An entry's own page is this address, `/` and the entry's slug.
    pub edition_page: Option<Href>,
    /// Where the reader of an e-mail leaves with one click; written into each reader's message.
    pub unsubscribe: Option<Href>,
    /// Where a reader changes sectors.
    pub preferences: Option<Href>,
    /// Where a reader has somebody else invited.
    pub colleague: Option<Href>,
    /// The accessibility statement, for digests whose footer names none.
    pub accessibility: Option<Href>,
    /// The privacy notice, for digests whose footer names none.
    pub privacy: Option<Href>,
    /// This very e-mail as a page, where somebody else keeps one; the e-mail then begins with it instead of the edition's page.
    pub web_copy: Option<Href>,
    /// The page that lists the digest's editions.
    pub editions: Option<Href>,
    /// The Atom feed of the digest.
    pub feed: Option<Href>,
    /// The logo as a file on the web, for e-mail, where pictures inside the message are often blocked.
    pub logo: Option<Href>,
}

/// An output and what should be known about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The file.
    pub bytes: Vec<u8>,
    /// What could not be printed as asked.
    pub problems: Vec<Problem>,
}

/// Why there is no output at all.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The typesetter refused.
    #[error("the PDF could not be typeset: {0}")]
    Typeset(String),
    /// The writer of an office document refused.
    #[error("the Word document could not be written: {0}")]
    Word(String),
    /// A template refused.
    #[error("the page could not be written")]
    Template(#[from] askama::Error),
}

/// The outputs there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The HTML part of an e-mail.
    MailHtml,
    /// The text part of an e-mail.
    MailText,
    /// A self-contained web page.
    Page,
    /// A tagged PDF (PDF/UA-1).
    Pdf,
    /// A Word document.
    Docx,
    /// Markdown that reads in again as the same edition.
    Markdown,
    /// JSON in the form of `docs/edition-schema.json`.
    Json,
}

impl Format {
    /// Every output, in the order they are listed to people.
    pub const ALL: [Self; 7] = [Self::MailHtml, Self::MailText, Self::Page, Self::Pdf, Self::Docx, Self::Markdown, Self::Json];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::MailHtml => "mail-html",
            Self::MailText => "mail-text",
            Self::Page => "page",
            Self::Pdf => "pdf",
            Self::Docx => "docx",
            Self::Markdown => "markdown",
            Self::Json => "json",
        }
    }

    /// The name of its file.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::MailHtml => "mail.html",
            Self::MailText => "mail.txt",
            Self::Page => "page.html",
            Self::Pdf => "edition.pdf",
            Self::Docx => "edition.docx",
            Self::Markdown => "edition.md",
            Self::Json => "edition.json",
        }
    }

    /// The output with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// Renders one output.
///
/// # Errors
/// Only when a typesetter or template refuses altogether; see [`RenderError`].
pub fn render(format: Format, work: Work<'_>) -> Result<Rendered, RenderError> {
    match format {
        Format::MailHtml => mail::render(work),
        Format::MailText => Ok(plain_text::render(work)),
        Format::Page => page::render(work),
        Format::Pdf => pdf::render(work),
        Format::Docx => docx::render(work),
        Format::Markdown => Ok(markdown::render(work)),
        Format::Json => Ok(json::render(work)),
    }
}
