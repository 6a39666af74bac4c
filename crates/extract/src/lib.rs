//! Bytes to documents: structured text with anchors, and what a file says of itself.
//!
//! In: bytes, the address they came from and the media type somebody claimed. Out: a [`Document`] with a list of
//! problems; nothing that comes in is an error. Whatever a file is said to be, its content decides.
//!
//! | form | module |
//! |---|---|
//! | which form it is | [`sniff`] |
//! | web pages, and HTML inside feeds and APIs | [`html`] |
//! | Markdown | [`markdown`] |
//! | plain text | [`text`] |
//! | dates as files write them | [`dates`] |
//!
//! Invariant: same bytes in, same document out. Not here: fetching (harvest), which publication a document belongs to (triage).

mod child;
pub mod dates;
pub mod guarded;
pub mod html;
mod language;
pub mod markdown;
pub mod ocr;
pub mod pdf;
mod raised;
pub mod sniff;
pub mod text;
pub mod word;

use pulse_model::document::{Document, Form, Metadata};
use pulse_model::{Problem, ProblemKind};
use url::Url;

/// What is to be read.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The file.
    pub bytes: &'a [u8],
    /// The address that answered with it, after redirects: relative links are read against it.
    pub url: Option<&'a Url>,
    /// What the server, or whoever brought it, says it is, with its parameters (`text/html; charset=utf-8`). A hint and no more.
    pub media_type: Option<&'a str>,
}

/// Reads a file of any form.
///
/// ```
/// use pulse_extract::{Input, extract};
/// let page = b"<title>Rents</title><h1>Rents</h1><p>Rents rose by 4 % in the year to May.</p>";
/// let document = extract(&Input { bytes: page, url: None, media_type: Some("text/html") });
/// assert_eq!(document.metadata.title, "Rents");
/// ```
pub fn extract(input: &Input<'_>) -> Document {
    match sniff::form(input) {
        Form::Html => html::read(input),
        Form::Markdown => markdown::read(input),
        Form::Text => text::read(input),
        Form::Pdf => pdf::read(input.bytes),
        form @ (Form::Docx | Form::Odt) => word::read(input.bytes, form),
        form => unread(form),
    }
}

/// A document of a form that is not read.
fn unread(form: Form) -> Document {
    let problem = Problem::new(ProblemKind::NotThisForm, "the file is in none of the forms that are read");
    Document::new(Metadata { form, ..Metadata::default() }, [], None, vec![problem])
}
