//! Headers, written once each.
//!
//! Every value that a person typed goes through [`clean`] first: it comes out as one line that no header can grow from.

use std::ops::Range;

use mail_builder::headers::Header as _;
use mail_builder::headers::address::Address;
use mail_builder::headers::date::Date;
use mail_builder::headers::text::Text;
use pulse_model::subscriber::clean_name;
use pulse_model::{EmailAddress, Href};

use super::{List, MessageError, Reader, Sender, Ways};

/// The most an address in a header may have, in bytes, so that its line stays under 998 (RFC 5322 section 2.1.1).
pub(super) const MAX_HREF_BYTES: usize = 900;
/// The last moment with a year of four digits, which is all that Date has, in seconds.
const LAST_SECOND: i64 = 253_402_300_799;

/// A stretch of headers.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    bytes: Vec<u8>,
    /// Each header's name, and where its value stands.
    fields: Vec<(&'static str, Range<usize>)>,
}

impl Head {
    /// What every message of a sender has.
    pub(super) fn from_sender(sender: &Sender<'_>, subject: &str, boundary: &str) -> Result<Self, MessageError> {
        let mut head = Self::default();
        head.mailbox("From", sender.name, &sendable(sender.address)?);
        if let Some(reply_to) = sender.reply_to {
            head.mailbox("Reply-To", "", &sendable(reply_to)?);
        }
        head.field("Subject", |out, column| Text::new(clean(subject)).write_header(out, column));
        head.plain("MIME-Version", "1.0");
        head.plain("Content-Type", &format!("multipart/alternative; boundary=\"{boundary}\""));
        Ok(head)
    }

    /// What only this reader's message has.
    pub(super) fn to_reader(reader: &Reader<'_>, domain: &str, at: i64) -> Self {
        let mut head = Self::default();
        head.field("Date", |out, column| Date::new(at.div_euclid(1000).clamp(0, LAST_SECOND)).write_header(out, column));
        head.mailbox("To", reader.name, &reader.address.envelope());
        head.plain("Message-ID", &format!("<{}@{domain}>", reader.id));
        head
    }

    /// RFC 2919, and RFC 2369 but for what differs between readers.
    pub(super) fn list(&mut self, list: &List<'_>) -> Result<(), MessageError> {
        if !is_list_id(list.id) {
            return Err(MessageError::ListId(list.id.chars().take(60).collect()));
        }
        self.mailbox("List-Id", list.name, list.id);
        for (name, href) in [("List-Archive", list.archive), ("List-Help", list.help)] {
            if let Some(href) = href {
                self.plain(name, &format!("<{}>", header_href(href)?));
            }
        }
        self.plain("List-Post", "NO");
        Ok(())
    }

    /// RFC 8058: exactly one `https` address, and the header that says that a POST to it is enough.
    pub(super) fn ways_out(&mut self, ways: &Ways<'_>) {
        let mail = ways.leave.map(|address| format!(",\r\n <mailto:{}?subject=unsubscribe>", percent_encoded(&address.envelope())));
        self.plain("List-Unsubscribe", &format!("<{}>{}", ways.unsubscribe, mail.unwrap_or_default()));
        self.plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    }

    /// What providers group complaints by; the sender is last and nobody's person is in it.
    pub(super) fn feedback(&mut self, groups: [&str; 3], sender: &Sender<'_>) -> Result<(), MessageError> {
        let name = sender.feedback;
        if !((5..=15).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')) {
            return Err(MessageError::Feedback(name.chars().take(60).collect()));
        }
        self.plain("Feedback-ID", &format!("{}:{name}", groups.join(":")));
        Ok(())
    }

    /// A value that is known to be ASCII and folded where it must be.
    pub(super) fn plain(&mut self, name: &'static str, value: &str) {
        self.field(name, |out, _| {
            out.extend(value.bytes());
            out.extend(b"\r\n");
        });
    }

    /// A name with what stands in angle brackets behind it.
    fn mailbox(&mut self, name: &'static str, words: &str, bracketed: &str) {
        let words = clean(words);
        let words = (!words.is_empty()).then_some(words);
        self.field(name, |out, column| Address::new_address(words, bracketed).write_header(out, column));
    }

    fn field(&mut self, name: &'static str, write: impl FnOnce(&mut Vec<u8>, usize)) {
        self.bytes.extend(name.bytes());
        self.bytes.extend(b": ");
        let from = self.bytes.len();
        write(&mut self.bytes, name.len() + 2);
        self.fields.push((name, from..self.bytes.len()));
    }

    pub(super) fn append(&mut self, other: &Self) {
        let shift = self.bytes.len();
        self.bytes.extend_from_slice(&other.bytes);
        self.fields.extend(other.fields.iter().map(|(name, value)| (*name, value.start + shift..value.end + shift)));
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn fields(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.fields.iter().map(|(name, value)| (*name, &self.bytes[value.clone()]))
    }
}

/// One line without what changes the direction of writing, and without the beginning of an encoded word (RFC 2047), which
/// would be read as one.
pub(super) fn clean(words: &str) -> String {
    clean_name(words).replace("=?", "= ?")
}

fn sendable(address: &EmailAddress) -> Result<String, MessageError> {
    if address.needs_smtputf8() { Err(MessageError::Sender(address.clone())) } else { Ok(address.envelope()) }
}

fn header_href(href: &Href) -> Result<&str, MessageError> {
    let text = href.as_str();
    if text.is_ascii() && text.len() <= MAX_HREF_BYTES { Ok(text) } else { Err(MessageError::Address(href.clone())) }
}

fn is_list_id(id: &str) -> bool {
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    id.len() <= 255 && id.contains('.') && id.split('.').all(is_label)
}

/// An address as it stands in a `mailto:` (RFC 6068 section 2).
fn percent_encoded(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    for byte in address.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~+@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
