//! The outbox: a folder that messages go to instead of the world, until a relay is configured.
//!
//! In: a message and its name. Out: a file in a maildir (<https://cr.yp.to/proto/maildir.html>), which mail programs open as
//! they are. Always: a message is there whole or not at all, and the same name twice is one message. Not here: SMTP.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

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
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the name of a message is letters, digits and hyphens"));
        }
        let partial = self.0.join("tmp").join(name);
        let mut file = io::BufWriter::new(fs::File::create(&partial)?);
        for piece in pieces {
            file.write_all(piece)?;
        }
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_data()?;
        fs::rename(partial, self.0.join("new").join(name))
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
    fn a_name_cannot_lead_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(folder.path()).unwrap();
        for name in ["", "../a", "a/b", "a.b", "a\0"] {
            assert!(outbox.put(name, []).is_err(), "{name:?}");
        }
    }
}
