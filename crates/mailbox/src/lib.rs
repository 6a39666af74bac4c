//! The ways in for mail: a maildir, a folder of an IMAP account, and a listener that a mail server delivers to.
//!
//! In: a folder, an account, a connection. Out: messages, one at a time, and a place for each when it has been read. Always:
//! whoever writes to us has limits of size and time; a message is taken away only after somebody said what it was, so that a
//! machine that dies in between reads it again. Not here: what a message says (returns for
//! what came back, harvest for what publishers write), and what is done about it (jobs).

pub mod imap;
pub mod lmtp;
pub mod maildir;

/// Where a message goes when it has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// Out of the way: what follows from it was done, or nothing does.
    Done,
    /// It stays where it is, marked with a flag, for somebody to read.
    People,
    /// Out of the way: it cannot be read.
    Aside,
}

/// The most of a message that came back that is fetched, in bytes. A report that is larger brings back the message it is about, and
/// says what it has to say before that.
pub const MOST_BYTES: usize = 1024 * 1024;
