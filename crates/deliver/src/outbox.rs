//! The outbox: a folder that messages go to instead of the world, until a relay is configured.
//!
//! In: a message and its name. Out: a file in a maildir (<https://cr.yp.to/proto/maildir.html>), which mail programs open as
//! they are; and back: a message with its parts, to be looked at. Always: a message is there whole or not at all, and the same
//! name twice is one message. Not here: SMTP.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use mail_parser::MessageParser;

/// A maildir that messages are put into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outbox(PathBuf);

impl Outbox {
    /// The maildir at `folder`, made if it is not there.
    ///
    /// # Errors
    /// When the folders cannot be made.
    pub fn open(folder: &Path) -> io::Result<Self> {
        for part in ["tmp", "new", "cur"] {
            fs::create_dir_all(folder.join(part))?;
        }
        Ok(Self(folder.to_owned()))
    }

    /// Puts a message there. `name` is letters, digits and hyphens, and tells it from all others; the same name again is
    /// the same message and takes its place.
    ///
    /// # Errors
    /// When it cannot be written, or the name is none.
    pub fn put<'p>(&self, name: &str, pieces: impl IntoIterator<Item = &'p [u8]>) -> io::Result<()> {
        check(name)?;
        let partial = self.0.join("tmp").join(name);
        let mut file = io::BufWriter::new(fs::File::create(&partial)?);
        for piece in pieces {
            file.write_all(piece)?;
        }
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_data()?;
        fs::rename(partial, self.0.join("new").join(name))
    }

    /// A message that nobody has moved on.
    ///
    /// # Errors
    /// When it is not there or cannot be read, or the name is none.
    pub fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        check(name)?;
        fs::read(self.0.join("new").join(name))
    }

    /// The header of such a message, and nothing behind it.
    ///
    /// # Errors
    /// As [`Outbox::read`].
    pub fn head(&self, name: &str) -> io::Result<Head> {
        check(name)?;
        let mut beginning = Vec::new();
        fs::File::open(self.0.join("new").join(name))?.take(MAX_HEAD_BYTES).read_to_end(&mut beginning)?;
        Ok(Head::of(&beginning))
    }

    /// The messages that nobody has opened, by name, the lowest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn messages(&self) -> io::Result<Vec<PathBuf>> {
        let mut files = fs::read_dir(self.0.join("new"))?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
        files.sort();
        Ok(files)
    }
}

/// Headers of ours are some 3,000 bytes.
const MAX_HEAD_BYTES: u64 = 16 * 1024;

/// What a list of messages shows of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The address it is for; empty where it names none.
    pub to: String,
    /// Decoded.
    pub subject: String,
    /// Unix milliseconds; 0 where it has no date.
    pub at: i64,
}

impl Head {
    fn of(message: &[u8]) -> Self {
        let Some(parsed) = MessageParser::new().parse_headers(message) else { return Self::default() };
        let to = parsed.to().and_then(|to| to.first()).and_then(|to| to.address.as_deref()).unwrap_or_default();
        let at = parsed.date().map_or(0, |date| date.to_timestamp().saturating_mul(1000));
        Self { to: to.to_owned(), subject: parsed.subject().unwrap_or_default().to_owned(), at }
    }
}

/// A message with its parts decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// What a list shows of it.
    pub head: Head,
    /// Every field of the header in its order, unfolded and otherwise as it stands.
    pub fields: Vec<(String, String)>,
    /// The HTML part; empty where there is none.
    pub html: String,
    /// The text part; empty where there is none.
    pub text: String,
}

/// Opens a message. Whatever the bytes are, something comes back.
pub fn open(message: &[u8]) -> Opened {
    let Some(parsed) = MessageParser::new().parse(message) else { return Opened::default() };
    let fields = parsed.headers_raw().map(|(name, value)| (name.to_owned(), value.split_whitespace().collect::<Vec<_>>().join(" ")));
    let html = parsed.html_part(0).filter(|part| part.is_text_html()).and_then(|part| part.text_contents());
    let text = parsed.text_part(0).filter(|part| !part.is_text_html()).and_then(|part| part.text_contents());
    Opened { head: Head::of(message), fields: fields.collect(), html: html.unwrap_or_default().to_owned(), text: text.unwrap_or_default().to_owned() }
}

/// A name can lead nowhere else.
fn check(name: &str) -> io::Result<()> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the name of a message is letters, digits and hyphens"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_there_once_however_often_it_is_put() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(&folder.path().join("outbox")).unwrap();
        for _ in 0..2 {
            outbox.put("a-1", [b"Subject: May\r\n\r\n".as_slice(), b"Dear Ada\r\n"]).unwrap();
        }
        let messages = outbox.messages().unwrap();
        assert_eq!(messages.len(), 1);
        assert_eq!(fs::read(&messages[0]).unwrap(), b"Subject: May\r\n\r\nDear Ada\r\n");
        assert!(fs::read_dir(folder.path().join("outbox/tmp")).unwrap().next().is_none());
    }

    #[test]
    fn a_message_is_opened_as_it_was_put() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(folder.path()).unwrap();
        let message = "To: Ada <ada@mill.example>\r\nSubject: =?utf-8?q?Caf=C3=A9=2C?=\r\n May\r\nDate: Fri, 1 May 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nDear Zo\u{eb}\r\n\
             --b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Dear Zo\u{eb}</p>\r\n--b--\r\n";
        outbox.put("a-1", [message.as_bytes()]).unwrap();
        let opened = open(&outbox.read("a-1").unwrap());
        assert_eq!(opened.head, outbox.head("a-1").unwrap());
        assert_eq!(opened.head, Head { to: "ada@mill.example".into(), subject: "Caf\u{e9}, May".into(), at: 1_777_622_400_000 });
        assert_eq!((opened.text.trim(), opened.html.trim()), ("Dear Zo\u{eb}", "<p>Dear Zo\u{eb}</p>"));
        assert_eq!(opened.fields[1], ("Subject".to_owned(), "=?utf-8?q?Caf=C3=A9=2C?= May".to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_there_can_be_opened(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400), text in "[A-Za-z:;=/\\-\r\n \"]{0,200}") {
            open(&bytes);
            open(text.as_bytes());
        }
    }

    #[test]
    fn a_name_cannot_lead_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(folder.path()).unwrap();
        for name in ["", "../a", "a/b", "a.b", "a\0"] {
            assert!(outbox.put(name, []).is_err() && outbox.read(name).is_err() && outbox.head(name).is_err(), "{name:?}");
        }
    }
}
