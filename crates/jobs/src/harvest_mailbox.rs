//! Mailboxes that receive publishers' alerts -> their messages, one at a time.
//!
//! In: where a mailbox is ([`Channel::Mailbox`](pulse_model::Channel)), and the installation's [`MailboxSettings`]. Out: the messages
//! that nobody has put away or flagged, each once, and a place for each when its records are kept. Always: a message stays where it is
//! until [`Mailbox::put_away`], so a machine that dies in between reads it again, and its records have the keys they had; one that
//! cannot be fetched or moved is passed over, and those behind it are read. Not here: what a message says
//! ([`pulse_harvest::mailbox`]), and keeping it.
//!
//! A source's turn reads it so:
//!
//! ```no_run
//! # use pulse_jobs::harvest_mailbox::{Mailbox, MailboxError, MailboxSettings, Place};
//! # async fn turn(at: &str, settings: &[MailboxSettings], now: i64) -> Result<(), MailboxError> {
//! let mut mailbox = Mailbox::open(at, settings).await?;
//! while let Some(message) = mailbox.next().await? {
//!     let alert = pulse_harvest::mailbox::read(&message.bytes, now);
//!     // Here the records, and the attachments as files of the hand, are kept; only then:
//!     let place = if alert.records.is_empty() && alert.attachments.is_empty() { Place::People } else { Place::Done };
//!     mailbox.put_away(message, place).await?;
//! }
//! mailbox.close().await;
//! # Ok(())
//! # }
//! ```

mod address;

use std::collections::{HashSet, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pulse_mailbox::imap::{Account, Connection, ImapError, SettingsError};
use pulse_mailbox::maildir::Maildir;

pub use address::{At, MailboxSettings};
pub use pulse_mailbox::Place;

/// The most of a message that is fetched, in bytes: one more than is read, so that it is said when there is more.
pub const MOST_BYTES: usize = pulse_harvest::mailbox::MAX_MESSAGE_BYTES + 1;
/// How many messages of a maildir are looked for at once.
const BATCH: usize = 500;
/// After so many messages that could not be fetched or moved, something is wrong with the mailbox.
const MOST_STUCK: usize = 100;
/// After so many messages that broke the connection, the server is left alone until the next look.
const MOST_BROKEN: usize = 5;

/// Why a mailbox could not be read.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// It is no path and no address of an account.
    #[error("\u{201c}{at}\u{201d} is no mailbox: write the path of a maildir, or imaps://user@host/FOLDER")]
    Address {
        /// As it was given, without a password.
        at: String,
    },
    /// Nothing says how to log in there.
    #[error("the settings have no [[harvest.mailbox]] for the account at {host}: name it with `at` and `password`")]
    NoSettings {
        /// The server.
        host: String,
    },
    /// An account cannot be asked as the settings say.
    #[error("the mailbox at {host} cannot be asked")]
    Settings {
        /// The server.
        host: String,
        /// Why.
        #[source]
        cause: SettingsError,
    },
    /// An account.
    #[error(transparent)]
    Imap(#[from] ImapError),
    /// The folder of a maildir.
    #[error("the maildir {} cannot be read", .folder.display())]
    Maildir {
        /// Which.
        folder: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

impl MailboxError {
    /// Whether the next look may succeed without anybody doing anything.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Imap(error) => matches!(error, ImapError::Lost { .. } | ImapError::TimedOut { .. } | ImapError::Handshake { .. } | ImapError::Garbled { .. }),
            Self::Maildir { cause, .. } => !matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied),
            Self::Address { .. } | Self::NoSettings { .. } | Self::Settings { .. } => false,
        }
    }
}

/// A message that waits.
#[derive(Debug)]
pub struct Waiting {
    /// What names it wherever it lies, as in [`pulse_harvest::mailbox::Alert::id`].
    pub id: String,
    /// The first [`MOST_BYTES`] of it.
    pub bytes: Vec<u8>,
    seat: Seat,
}

/// Where a message is.
#[derive(Debug)]
enum Seat {
    File(PathBuf),
    Uid(u32),
}

impl Waiting {
    fn new(bytes: Vec<u8>, seat: Seat) -> Self {
        Self { id: pulse_harvest::mailbox::id_of(&bytes), bytes, seat }
    }
}

/// A mailbox that is being read.
#[derive(Debug)]
pub struct Mailbox {
    kind: Kind,
    /// Messages that are done in this look, by their ids: lists and forwards bring the same one twice.
    done: HashSet<String>,
}

#[derive(Debug)]
enum Kind {
    Maildir(Folder),
    Account(Box<Open>),
}

impl Mailbox {
    /// Opens the mailbox at a path or an address, as a source names it.
    ///
    /// # Errors
    /// [`MailboxError`] says what to do about it.
    pub async fn open(at: &str, settings: &[MailboxSettings]) -> Result<Self, MailboxError> {
        let kind = match At::parse(at)? {
            At::Maildir(folder) => Kind::Maildir(Folder::open(&folder)?),
            At::Account(account) => {
                let account = account.with(settings)?;
                let connection = Some(Connection::open(Arc::clone(&account)).await?);
                Kind::Account(Box::new(Open { account, connection, uids: VecDeque::new(), passed_over: HashSet::new(), broken: 0 }))
            }
        };
        Ok(Self { kind, done: HashSet::new() })
    }

    /// The next message that nobody has put away or flagged; `None` when the mailbox has been read to its end.
    ///
    /// # Errors
    /// [`MailboxError`]; what was put away before that is away.
    pub async fn next(&mut self) -> Result<Option<Waiting>, MailboxError> {
        loop {
            let found = match &mut self.kind {
                Kind::Maildir(folder) => folder.next()?,
                Kind::Account(open) => open.next().await?,
            };
            match found {
                Some(again) if self.done.contains(&again.id) => self.put_away(again, Place::Done).await?,
                found => return Ok(found),
            }
        }
    }

    /// Puts a message where it belongs, once its records are kept. One that cannot be moved is seen again at the next look.
    ///
    /// # Errors
    /// [`MailboxError`].
    pub async fn put_away(&mut self, message: Waiting, place: Place) -> Result<(), MailboxError> {
        if place == Place::Done {
            self.done.insert(message.id);
        }
        match (&mut self.kind, message.seat) {
            (Kind::Maildir(folder), Seat::File(path)) => folder.put_away(path, place),
            (Kind::Account(open), Seat::Uid(uid)) => open.put_away(uid, place).await,
            // A message of another mailbox is none of this one's.
            _ => Ok(()),
        }
    }

    /// Takes leave of the server.
    pub async fn close(self) {
        if let Kind::Account(open) = self.kind
            && let Some(connection) = open.connection
        {
            connection.close().await;
        }
    }
}

/// A maildir that is being read.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    maildir: Maildir,
    batch: VecDeque<PathBuf>,
    /// Seen in this look, and still there.
    passed_over: HashSet<PathBuf>,
    stuck: usize,
}

impl Folder {
    fn open(path: &Path) -> Result<Self, MailboxError> {
        let maildir = Maildir::open(path).map_err(|cause| MailboxError::Maildir { folder: path.to_owned(), cause })?;
        Ok(Self { path: path.to_owned(), maildir, batch: VecDeque::new(), passed_over: HashSet::new(), stuck: 0 })
    }

    fn wrong(&self, cause: io::Error) -> MailboxError {
        MailboxError::Maildir { folder: self.path.clone(), cause }
    }

    fn next(&mut self) -> Result<Option<Waiting>, MailboxError> {
        loop {
            if self.batch.is_empty() {
                self.batch = self.maildir.waiting(BATCH, &self.passed_over).map_err(|cause| self.wrong(cause))?.into();
            }
            let Some(path) = self.batch.pop_front() else { return Ok(None) };
            self.passed_over.insert(path.clone());
            match self.maildir.read(&path, MOST_BYTES) {
                Ok(Some(bytes)) => return Ok(Some(Waiting::new(bytes, Seat::File(path)))),
                Ok(None) => {}
                Err(cause) => self.stick(cause)?,
            }
        }
    }

    fn put_away(&mut self, path: PathBuf, place: Place) -> Result<(), MailboxError> {
        match self.maildir.put_away(&path, place) {
            Ok(()) => {
                self.passed_over.remove(&path);
                Ok(())
            }
            Err(cause) => self.stick(cause),
        }
    }

    /// Notes that a message stays where it is.
    fn stick(&mut self, cause: io::Error) -> Result<(), MailboxError> {
        self.stuck += 1;
        if self.stuck >= MOST_STUCK { Err(self.wrong(cause)) } else { Ok(()) }
    }
}

/// A folder of an account that is being read.
struct Open {
    account: Arc<Account>,
    connection: Option<Connection>,
    uids: VecDeque<u32>,
    /// Seen in this look, and still there.
    passed_over: HashSet<u32>,
    broken: usize,
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Open")
    }
}

impl Open {
    async fn next(&mut self) -> Result<Option<Waiting>, MailboxError> {
        loop {
            let connection = match &mut self.connection {
                Some(connection) => connection,
                // The first time, or after a message that broke it.
                None => self.connection.insert(Connection::open(Arc::clone(&self.account)).await?),
            };
            if self.uids.is_empty() {
                let found = connection.waiting().await?;
                if found.is_empty() {
                    return Ok(None);
                }
                self.uids = found.into();
            }
            let Some(uid) = self.uids.pop_front().filter(|uid| self.passed_over.insert(*uid)) else { continue };
            match connection.fetch(uid, MOST_BYTES).await {
                Ok(Some(bytes)) => return Ok(Some(Waiting::new(bytes, Seat::Uid(uid)))),
                // The server does not give it now; those behind it need not wait.
                Ok(None) | Err(ImapError::Refused { .. }) => {}
                Err(error) => {
                    self.connection = None;
                    self.uids.clear();
                    self.broken += 1;
                    if self.broken > MOST_BROKEN {
                        return Err(error.into());
                    }
                }
            }
        }
    }

    async fn put_away(&mut self, uid: u32, place: Place) -> Result<(), MailboxError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            None => self.connection.insert(Connection::open(Arc::clone(&self.account)).await?),
        };
        Ok(connection.put_away(&[(uid, place)]).await?)
    }
}
