//! A maildir that a mail server delivers to (<https://cr.yp.to/proto/maildir.html>).
//!
//! In: its folder. Out: the messages in it that nobody has looked at, and a place for each when it has been read: the folders
//! `.Done` and `.Aside` within, as mail programs and Dovecot know them, or the flag F where it is. Always: no message is written
//! over or deleted; what has the flag F is a person's, whoever set it. Not here: reading what a message says.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::Place;

/// A maildir that messages are taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Maildir(PathBuf);

/// The folders for what has been read.
const DONE: &str = ".Done";
const ASIDE: &str = ".Aside";
/// What a folder of a maildir has.
const PARTS: [&str; 3] = ["tmp", "new", "cur"];

impl Maildir {
    /// The maildir at `folder`, which must be there. The folders for what has been read are made in it.
    ///
    /// # Errors
    /// When it is none, or nothing can be made in it.
    pub fn open(folder: &Path) -> io::Result<Self> {
        if let Some(part) = ["new", "cur"].iter().find(|part| !folder.join(part).is_dir()) {
            return Err(io::Error::new(io::ErrorKind::NotFound, format!("it is no maildir: it has no folder \u{201c}{part}\u{201d}")));
        }
        for part in PARTS {
            fs::create_dir_all(folder.join(DONE).join(part))?;
            fs::create_dir_all(folder.join(ASIDE).join(part))?;
        }
        Ok(Self(folder.to_owned()))
    }

    /// Up to `most` messages that wait, but for those in `except`, which could not be moved before.
    ///
    /// # Errors
    /// When the folders cannot be read.
    pub fn waiting(&self, most: usize, except: &HashSet<PathBuf>) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for part in ["new", "cur"] {
            for entry in fs::read_dir(self.0.join(part))? {
                if found.len() >= most {
                    break;
                }
                let path = entry?.path();
                if !except.contains(&path) && waits(&path) {
                    found.push(path);
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// The first `most_bytes` of a message; `None` when it is there no more. Only a file is read: a pipe of that name could take
    /// for ever.
    ///
    /// # Errors
    /// When it is no file, or cannot be read.
    pub fn read(&self, message: &Path, most_bytes: usize) -> io::Result<Option<Vec<u8>>> {
        let read = || {
            if !fs::symlink_metadata(message)?.is_file() {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no file"));
            }
            let mut bytes = Vec::new();
            fs::File::open(message)?.take(most_bytes as u64).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        match read() {
            Err(gone) if gone.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    /// Puts a message where it belongs. One that somebody else has moved meanwhile stays there.
    ///
    /// # Errors
    /// When it cannot be moved.
    pub fn put_away(&self, message: &Path, place: Place) -> io::Result<()> {
        let (folder, flag) = match place {
            Place::Done => (self.0.join(DONE), "S"),
            Place::Aside => (self.0.join(ASIDE), ""),
            Place::People => (self.0.clone(), "F"),
        };
        match fs::rename(message, free_name(&folder.join("cur"), &unique_part(message), flag)?) {
            Err(gone) if gone.kind() == io::ErrorKind::NotFound && !message.exists() => Ok(()),
            moved => moved,
        }
    }
}

/// Whether it is a message that nobody has marked, or thrown away.
fn waits(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let flags = name.rsplit_once(":2,").map_or("", |(_, flags)| flags);
    !name.starts_with('.') && !flags.contains(['F', 'T'])
}

/// A message's name without its flags.
fn unique_part(message: &Path) -> String {
    let name = message.file_name().unwrap_or_default().to_string_lossy();
    name.rsplit_once(":2,").map_or(name.as_ref(), |(unique, _)| unique).to_owned()
}

/// A name that no file in the folder has: renaming to one that is there would put it in that one's place.
fn free_name(folder: &Path, unique: &str, flag: &str) -> io::Result<PathBuf> {
    let mut name = folder.join(format!("{unique}:2,{flag}"));
    let mut number = 1;
    while fs::symlink_metadata(&name).is_ok() {
        number += 1;
        name = folder.join(format!("{unique}-{number}:2,{flag}"));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maildir() -> (tempfile::TempDir, Maildir) {
        let folder = tempfile::tempdir().unwrap();
        for part in PARTS {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        let maildir = Maildir::open(folder.path()).unwrap();
        (folder, maildir)
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_message_goes_where_it_belongs_and_is_seen_once() {
        let (folder, maildir) = maildir();
        let nobody = HashSet::new();
        for (name, text) in [("new/1.a", "one"), ("new/2.b", "two"), ("cur/3.c:2,", "three"), ("cur/4.d:2,S", "four")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        for name in ["cur/5.e:2,FS", "cur/6.f:2,T", "new/.hidden"] {
            fs::write(folder.path().join(name), "not for Pulse").unwrap();
        }
        let waiting = maildir.waiting(10, &nobody).unwrap();
        assert_eq!(waiting.iter().map(|path| unique_part(path)).collect::<Vec<_>>(), ["3.c", "4.d", "1.a", "2.b"]);
        assert_eq!(maildir.waiting(3, &nobody).unwrap().len(), 3);
        assert_eq!(maildir.waiting(10, &waiting.iter().skip(1).cloned().collect()).unwrap(), waiting[..1]);
        assert_eq!(maildir.read(&waiting[0], 100).unwrap().unwrap(), b"three");
        for (message, place) in waiting.iter().zip([Place::People, Place::Done, Place::Done, Place::Aside]) {
            maildir.put_away(message, place).unwrap();
            // A second time, as when two read the same folder.
            maildir.put_away(message, place).unwrap();
            assert_eq!(maildir.read(message, 100).unwrap(), None);
        }
        assert!(maildir.waiting(10, &nobody).unwrap().is_empty());
        assert_eq!(names(&folder.path().join(".Done/cur")), ["1.a:2,S", "4.d:2,S"]);
        assert_eq!(names(&folder.path().join(".Aside/cur")), ["2.b:2,"]);
        assert_eq!(names(&folder.path().join("cur")), ["3.c:2,F", "5.e:2,FS", "6.f:2,T"]);
    }

    #[test]
    fn no_message_takes_the_place_of_another() {
        let (folder, maildir) = maildir();
        for text in ["first", "second", "third"] {
            let path = folder.path().join("new/1.a");
            fs::write(&path, text).unwrap();
            maildir.put_away(&path, Place::Done).unwrap();
        }
        assert_eq!(names(&folder.path().join(".Done/cur")), ["1.a-2:2,S", "1.a-3:2,S", "1.a:2,S"]);
    }

    #[test]
    fn what_is_large_is_read_to_the_limit_and_what_is_no_file_not_at_all() {
        let (folder, maildir) = maildir();
        let large = folder.path().join("new/1.a");
        fs::write(&large, vec![b'x'; 1005]).unwrap();
        assert_eq!(maildir.read(&large, 1000).unwrap().unwrap().len(), 1000);
        let inner = folder.path().join("new/2.b");
        fs::create_dir(&inner).unwrap();
        assert!(maildir.read(&inner, 100).is_err());
        maildir.put_away(&inner, Place::Aside).unwrap();
        assert_eq!(names(&folder.path().join(".Aside/cur")), ["2.b:2,"]);
        assert!(Maildir::open(&folder.path().join("nothing")).is_err());
    }
}
