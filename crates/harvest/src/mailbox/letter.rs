//! A message, opened.
//!
//! In: its bytes. Out: a [`Letter`]: who wrote it and when, what it says, and what is attached to it; messages attached to it are
//! letters themselves. Always: messages within messages are opened three deep, and no more. Not here: what any of it means.

use std::collections::HashSet;
use std::fmt::Write as _;

use mail_parser::{HeaderName, HeaderValue, Message, MessageParser, MimeHeaders as _, PartType};
use sha2::{Digest as _, Sha256};

use super::Attachment;
use super::layout::Block;
use super::sender::Sender;
use super::{html, plain, target};

/// How deep messages in messages are opened.
const MAX_DEPTH: usize = 3;
/// The most messages within one.
const MAX_INNER: usize = 20;
/// The most documents that are taken out of one.
const MAX_ATTACHMENTS: usize = 20;
/// The most of what is read of a message and those within it, in bytes.
const MAX_BODY_BYTES: usize = 4 << 20;
/// The longest Message-ID that is taken as it is, in bytes (RFC 5322 section 2.1.1).
const MAX_ID_BYTES: usize = 998;

/// A message, opened.
#[derive(Debug, Default)]
pub(super) struct Letter {
    pub(super) sender: Sender,
    /// As the message says; Unix milliseconds.
    pub(super) sent_at: Option<i64>,
    pub(super) subject: String,
    pub(super) bodies: Vec<Body>,
    pub(super) attachments: Vec<Attachment>,
    /// Addresses that the header names as ways to leave, to get help and the like.
    pub(super) furniture: HashSet<String>,
    /// Messages that are attached.
    pub(super) inner: Vec<Letter>,
}

/// A part that people read.
#[derive(Debug)]
pub(super) enum Body {
    Html(String),
    Plain(String),
}

impl Body {
    pub(super) fn blocks(&self) -> Vec<Block> {
        match self {
            Self::Html(text) => html::blocks(text),
            Self::Plain(text) => plain::blocks(text),
        }
    }
}

/// What names a message wherever it lies: its Message-ID, or else the SHA-256 of its bytes.
pub fn id_of(message: &[u8]) -> String {
    let parser = MessageParser::new().header_id(HeaderName::MessageId).default_header_ignore();
    let id = parser.parse_headers(message).and_then(|head| head.message_id().map(str::trim).map(str::to_owned));
    match id.filter(|id| !id.is_empty() && id.len() <= MAX_ID_BYTES && !id.contains(|c: char| c.is_whitespace() || c.is_control())) {
        Some(id) => id,
        None => Sha256::digest(message).iter().fold(String::from("sha256:"), |mut id, byte| {
            let _ = write!(id, "{byte:02x}");
            id
        }),
    }
}

/// Opens a message; `None` when it has no header at all.
pub(super) fn open(message: &[u8]) -> Option<Letter> {
    let message = MessageParser::default().parse(message).filter(|message| !message.headers().is_empty())?;
    let mut left_bytes = MAX_BODY_BYTES;
    Some(read(&message, MAX_DEPTH, &mut left_bytes))
}

fn read(message: &Message<'_>, depth: usize, left_bytes: &mut usize) -> Letter {
    let furniture = furniture(message);
    let mut letter = Letter {
        sender: Sender::of(message),
        sent_at: message.date().filter(|date| date.is_valid()).map(|date| date.to_timestamp().saturating_mul(1000)),
        subject: message.subject().unwrap_or_default().to_owned(),
        bodies: bodies(message, left_bytes),
        furniture,
        ..Letter::default()
    };
    for part in message.attachments() {
        match &part.body {
            PartType::Message(inner) if depth > 0 && letter.inner.len() < MAX_INNER => letter.inner.push(read(inner, depth - 1, left_bytes)),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) if letter.attachments.len() < MAX_ATTACHMENTS => {
                let name = part.attachment_name().unwrap_or_default();
                let name: String = name.rsplit(['/', '\\']).next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect();
                if let Some(media_type) = media_type(bytes, &name) {
                    letter.attachments.push(Attachment { name, media_type, bytes: bytes.to_vec() });
                }
            }
            _ => {}
        }
    }
    letter
}

/// HTML where there is any, which says what is a heading; else plain text.
fn bodies(message: &Message<'_>, left_bytes: &mut usize) -> Vec<Body> {
    let mut bodies = Vec::new();
    for part in message.html_bodies() {
        let (PartType::Html(text) | PartType::Text(text)) = &part.body else { continue };
        let text = html::cut(text, *left_bytes).to_owned();
        *left_bytes -= text.len();
        if text.is_empty() {
            continue;
        }
        bodies.push(if matches!(part.body, PartType::Html(_)) { Body::Html(text) } else { Body::Plain(text) });
    }
    bodies
}

/// What a file is by its content: a document, or nothing of interest.
fn media_type(bytes: &[u8], name: &str) -> Option<&'static str> {
    let head = &bytes[..bytes.len().min(1024)];
    if head.windows(5).any(|window| window == b"%PDF-") {
        return Some("application/pdf");
    }
    let ends_in = |ending: &str| name.to_ascii_lowercase().ends_with(ending);
    match bytes.starts_with(b"PK\x03\x04") {
        true if ends_in(".docx") => Some("application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        true if ends_in(".odt") => Some("application/vnd.oasis.opendocument.text"),
        _ => None,
    }
}

/// The addresses in the header that are there for programs (RFC 2369, RFC 5064).
fn furniture(message: &Message<'_>) -> HashSet<String> {
    let lists = [message.list_unsubscribe(), message.list_help(), message.list_archive(), message.list_owner(), message.list_post(), message.list_subscribe()];
    let mut found = HashSet::new();
    for value in lists {
        if let HeaderValue::Address(address) = value {
            found.extend(address.iter().filter_map(|address| address.address()).filter_map(target::parse).map(|url| target::sameness(&url)));
        }
    }
    found
}
