//! Messages: an edition's, encoded once for each cut and filled for each reader; and notices to one person.
//!
//! In: what render made with the addresses of [`Hole`]s in it, who sends, the list; then a [`Reader`] and the time. Out: a
//! [`Filled`] message as pieces of bytes, borrowed where readers share them: 50 kB are encoded once, not a million times.
//!
//! Always holds (RFC 5322, 2045 to 2047, 2369, 2919, 8058): `multipart/alternative`, text before HTML; lines end in CRLF, none
//! of the body is longer than 76, none begins with a dot; 7-bit, but for an address that cannot be; each header once, and no
//! value makes another one; equal input gives equal bytes, so a message that is tried again has the same Message-ID. The body
//! has no white space that relaxed canonicalisation (RFC 6376 section 3.4.4) would take away: what is sent is what is signed.
//!
//! Names, subjects, addresses and dates are written by mail-builder. The body is not, because its encoder knows no place
//! that is filled later. Not here: signatures ([`crate::dkim`]), the return path ([`crate::token`]), dot-stuffing (smtp).

mod body;
mod head;
mod link;
mod notice;

use std::borrow::Cow;

use pulse_model::{EditionKey, EmailAddress, Href, Slug};
use uuid::Uuid;

use body::Body;
use head::Head;

pub use body::MAX_PART_BYTES;
pub use link::{Link, LinkError, MAX_LINK_BYTES};
pub use notice::{Action, Notice};

/// A place in a message that each reader's own address goes to. Render is given [`Hole::href`] as that address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hole {
    /// Where the reader leaves with one click.
    Unsubscribe,
    /// Where the reader changes sectors.
    Preferences,
}

impl Hole {
    const ALL: [Self; 2] = [Self::Unsubscribe, Self::Preferences];

    /// The address that holds the place. It is about as long as those that replace it, so that what render counts is right,
    /// and its domain is one that nobody can have (RFC 2606 section 2).
    pub fn href(self) -> Href {
        Href::parse(self.marker()).expect("a constant that is an address")
    }

    /// An address below it: the hole with `/` and a page behind it.
    pub fn href_below(self, page: &str) -> Option<Href> {
        Href::parse(&format!("{}/{page}", self.marker())).ok()
    }

    /// 97 characters that need no escape, neither in HTML nor in quoted-printable.
    fn marker(self) -> &'static str {
        match self {
            Self::Unsubscribe => "https://unsubscribe.hole.invalid/----------------------------------------------------------------",
            Self::Preferences => "https://preferences.hole.invalid/----------------------------------------------------------------",
        }
    }
}

/// Who a message is from.
#[derive(Clone, Copy, Debug)]
pub struct Sender<'a> {
    /// What readers see.
    pub name: &'a str,
    /// The From address; its domain signs, and stands in Message-IDs.
    pub address: &'a EmailAddress,
    /// Where answers go, if not there.
    pub reply_to: Option<&'a EmailAddress>,
    /// What mailbox providers know the sender by in their feedback: 5 to 15 letters, digits and hyphens that never change.
    pub feedback: &'a str,
}

/// The digest as a mailing list.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    /// Its name to readers.
    pub name: &'a str,
    /// `label.domain`, stable for ever: readers sort their mail by it (RFC 2919).
    pub id: &'a str,
    /// The page of its editions.
    pub archive: Option<&'a Href>,
    /// A page, or an address, for questions.
    pub help: Option<&'a Href>,
}

/// An edition's message, as all readers of one cut share it.
#[derive(Clone, Copy, Debug)]
pub struct Bulk<'a> {
    /// Who sends.
    pub sender: Sender<'a>,
    /// To which list.
    pub list: List<'a>,
    /// For the feedback of mailbox providers.
    pub digest: &'a Slug,
    /// For the feedback of mailbox providers.
    pub edition: EditionKey,
    /// What the inbox shows.
    pub subject: &'a str,
    /// The text part.
    pub text: &'a str,
    /// The HTML part.
    pub html: &'a str,
}

/// Why a message cannot be made of this.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// A sender that no old server can answer.
    #[error("{0} cannot send: it has letters beyond ASCII before the @")]
    Sender(EmailAddress),
    /// See [`Sender::feedback`].
    #[error("\u{201c}{0}\u{201d} cannot name a sender to mailbox providers; use 5 to 15 letters, digits and hyphens")]
    Feedback(String),
    /// See [`List::id`].
    #[error("\u{201c}{0}\u{201d} is no list identifier; write it as digest.example.org")]
    ListId(String),
    /// A header's address that needs letters beyond ASCII, or more room than a line has.
    #[error("{0} cannot stand in a header; write it in ASCII, {max} bytes at most", max = head::MAX_HREF_BYTES)]
    Address(Href),
    /// An edition that readers could not leave.
    #[error("the {0} part has no link to unsubscribe")]
    NoWayOut(&'static str),
    /// [`MAX_PART_BYTES`].
    #[error("the {0} part is longer than {MAX_PART_BYTES} bytes")]
    TooLong(&'static str),
}

/// Whom a message is for.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// Where it goes.
    pub address: &'a EmailAddress,
    /// May be empty.
    pub name: &'a str,
    /// The delivery's id, or the notice's: makes the Message-ID.
    pub id: Uuid,
}

/// The ways out of an edition that are one reader's own.
#[derive(Clone, Copy, Debug)]
pub struct Ways<'a> {
    /// One click, and gone (RFC 8058).
    pub unsubscribe: &'a Link,
    /// Where sectors are changed.
    pub preferences: &'a Link,
    /// An address that does the same for whoever writes to it, where there is a mailbox.
    pub leave: Option<&'a EmailAddress>,
}

/// An edition's message, encoded up to what differs between the readers of its cut.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Headers that all readers share.
    shared: Head,
    body: Body,
    /// The sender's.
    domain: String,
}

impl Prepared {
    /// Encodes the message.
    ///
    /// # Errors
    /// [`MessageError`] says which condition does not hold.
    pub fn new(bulk: &Bulk<'_>) -> Result<Self, MessageError> {
        for (part, text) in [("text", bulk.text), ("HTML", bulk.html)] {
            if !text.contains(Hole::Unsubscribe.marker()) {
                return Err(MessageError::NoWayOut(part));
            }
        }
        let body = Body::new(bulk.text, bulk.html)?;
        let mut shared = Head::from_sender(&bulk.sender, bulk.subject, body.boundary())?;
        shared.list(&bulk.list)?;
        shared.feedback([&bulk.edition.to_string(), bulk.digest.as_str(), "edition"], &bulk.sender)?;
        shared.plain("Precedence", "bulk");
        Ok(Self { shared, body, domain: bulk.sender.address.domain().to_owned() })
    }

    /// The message for one reader. `at` is when it is sent, in Unix milliseconds.
    pub fn fill(&self, reader: &Reader<'_>, ways: &Ways<'_>, at: i64) -> Filled<'_> {
        let mut head = Head::to_reader(reader, &self.domain, at);
        head.ways_out(ways);
        head.append(&self.shared);
        let values = [ways.unsubscribe, ways.preferences].map(|link| body::encoded_value(link.as_str()));
        Filled { head, body: Cow::Borrowed(&self.body), values, signatures: Vec::new(), needs_smtputf8: reader.address.needs_smtputf8() }
    }
}

/// A whole message to one reader.
#[derive(Clone, Debug)]
pub struct Filled<'p> {
    head: Head,
    body: Cow<'p, Body>,
    /// What goes into each hole, in the order of [`Hole::ALL`].
    values: [Vec<u8>; 2],
    /// Headers that go on top, each with its CRLF.
    signatures: Vec<u8>,
    needs_smtputf8: bool,
}

impl Filled<'_> {
    /// The message in order, without dot-stuffing and without the end of DATA.
    pub fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        [self.signatures.as_slice(), self.head.as_bytes(), b"\r\n"].into_iter().chain(self.body_pieces())
    }

    /// What stands behind the empty line.
    pub(crate) fn body_pieces(&self) -> impl Iterator<Item = &[u8]> {
        self.body.pieces(&self.values)
    }

    /// Each header's name and what stands behind its colon, folds and CRLF and all, in order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        self.head.fields()
    }

    /// Puts a signature on top.
    pub(crate) fn add_signature(&mut self, header: &[u8]) {
        self.signatures.splice(0..0, header.iter().copied());
    }

    /// Exactly what `SIZE=` asks for (RFC 1870 section 6.1).
    pub fn size_bytes(&self) -> usize {
        self.pieces().map(<[u8]>::len).sum()
    }

    /// Whether the reader's address stands in To in letters beyond ASCII, so that it can only go where SMTPUTF8 is spoken.
    pub fn needs_smtputf8(&self) -> bool {
        self.needs_smtputf8
    }

    /// The message in one piece, for files and tests.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.pieces().collect::<Vec<_>>().concat()
    }
}
