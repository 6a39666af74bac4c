//! Notices: one message to one person, about something that person did.
//!
//! In: a few paragraphs and one thing to do. Out: text and HTML that say the same. A notice is no bulk mail: it has no list
//! headers, and says by `Auto-Submitted` (RFC 3834 section 5) that nobody is to answer it by a machine.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{Body, Filled, Head, Link, MessageError, Reader, Sender, head};
use crate::token::Purpose;

/// What a notice says.
#[derive(Clone, Copy, Debug)]
pub struct Notice<'a> {
    /// Who sends.
    pub sender: Sender<'a>,
    /// What it is about; groups the feedback of mailbox providers.
    pub purpose: Purpose,
    /// What the inbox shows, and the heading of the HTML part.
    pub subject: &'a str,
    /// BCP 47 tag.
    pub language: &'a str,
    /// Before the thing to do.
    pub paragraphs: &'a [&'a str],
    /// The thing to do.
    pub action: Option<Action<'a>>,
    /// Behind the thing to do: what happens otherwise, who wrote this, where they are.
    pub closing: &'a [&'a str],
}

/// One thing to do.
#[derive(Clone, Copy, Debug)]
pub struct Action<'a> {
    /// What the link says, for example "Confirm my subscription".
    pub label: &'a str,
    /// Where it leads.
    pub link: &'a Link,
}

impl Notice<'_> {
    /// The message. `at` is when it is sent, in Unix milliseconds.
    ///
    /// # Errors
    /// [`MessageError`] says which condition does not hold.
    pub fn message(&self, reader: &Reader<'_>, at: i64) -> Result<Filled<'static>, MessageError> {
        let body = Body::new(&self.text(), &self.html())?;
        let mut head = Head::to_reader(reader, self.sender.address.domain(), at);
        head.append(&Head::from_sender(&self.sender, self.subject, body.boundary())?);
        head.feedback(["", self.purpose.as_str(), "notice"], &self.sender)?;
        head.plain("Auto-Submitted", "auto-generated");
        let needs_smtputf8 = reader.address.needs_smtputf8();
        Ok(Filled { head, body: Cow::Owned(body), values: Default::default(), signatures: Vec::new(), needs_smtputf8 })
    }

    fn text(&self) -> String {
        let action = self.action.map(|Action { label, link }| format!("{label}:\n{link}"));
        let paragraphs = self.paragraphs.iter().map(ToString::to_string).chain(action).chain(self.closing.iter().map(ToString::to_string));
        paragraphs.collect::<Vec<_>>().join("\n\n") + "\n"
    }

    /// Set like the editions: one column, 16 pixels or more, no picture. No colours, so that a mail program in dark mode
    /// brings its own.
    fn html(&self) -> String {
        let (language, subject) = (escaped(self.language), escaped(&head::clean(self.subject)));
        let mut html = format!(
            "<!DOCTYPE html>\n<html lang=\"{language}\" dir=\"auto\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
             <title>{subject}</title></head>\n<body><div lang=\"{language}\" dir=\"auto\" \
             style=\"font:16px/1.5 Segoe UI,Helvetica,Arial,sans-serif;max-width:600px\">\n<h1 style=\"font-size:20px\">{subject}</h1>\n"
        );
        let mut paragraph = |words: &str| _ = writeln!(html, "<p>{words}</p>");
        self.paragraphs.iter().for_each(|words| paragraph(&escaped(words)));
        if let Some(Action { label, link }) = self.action {
            paragraph(&format!("<a href=\"{link}\">{}</a>", escaped(label)));
        }
        self.closing.iter().for_each(|words| paragraph(&escaped(words)));
        html + "</div></body></html>\n"
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
