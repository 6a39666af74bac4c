//! Mail that comes in -> what it means, and a place for each message.
//!
//! In: a maildir, an IMAP account, a listener that the mail server delivers to. Out: what [`crate::returns`] did about each message,
//! counted; the message moved out of the way, marked for people, or set aside. Always: a message is moved only after the store has
//! what follows from it, so a machine that dies in between reads it once more and counts it once; one that cannot be read, or on
//! which the reading breaks, never stops those behind it; a store that is away stops, and nothing is moved.
//! Not here: the protocols (mailbox), and what a bounce leads to ([`crate::returns`]).

mod counter;
mod mailbox;
mod settings;
mod watch;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use pulse_mailbox::Place;
use pulse_mailbox::imap::{ImapError, SettingsError};
use pulse_mailbox::lmtp::ListenError;
use pulse_store::Store;

use crate::error::JobError;
use crate::post::Post;
use crate::returns::{self, Done};
use crate::send::Clock;

pub use counter::serve_lmtp;
pub use mailbox::{read_imap, read_maildir};
pub use settings::ReturnsSettings;
pub use watch::{Intakes, watch};

/// Who reads what came in.
#[derive(Clone)]
pub struct Desk {
    /// Where it is kept.
    pub store: Store,
    /// The keys that tell our return paths from others.
    pub post: Arc<Post>,
    /// Unix milliseconds.
    pub clock: Clock,
}

/// What became of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// A bounce, a complaint or a wish to leave: noted, and what follows from it is done.
    pub counted: u64,
    /// Read before; nothing changed.
    pub known: u64,
    /// Automatic replies; nothing follows from them.
    pub automatic: u64,
    /// Left for people.
    pub for_people: u64,
    /// Set aside, because they cannot be read.
    pub aside: u64,
    /// Left where they are for now: they could not be fetched, or not be moved.
    pub stuck: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [
            (self.counted, "counted"),
            (self.known, "read before"),
            (self.automatic, "automatic"),
            (self.for_people, "left for people"),
            (self.aside, "set aside"),
            (self.stuck, "not moved"),
        ];
        let parts: Vec<String> = named.iter().filter(|(number, _)| *number > 0).map(|(number, name)| format!("{number} {name}")).collect();
        f.write_str(&if parts.is_empty() { "nothing new".to_owned() } else { parts.join(", ") })
    }
}

impl Tally {
    /// Whether there was nothing to read.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn add(&mut self, fate: Fate) {
        *match fate {
            Fate::Read(Done::Noted(_) | Done::GivenUp(_) | Done::Left(_)) => &mut self.counted,
            Fate::Read(Done::Known) => &mut self.known,
            Fate::Read(Done::Automatic) => &mut self.automatic,
            Fate::Read(Done::ForPeople(_)) => &mut self.for_people,
            Fate::Poison => &mut self.aside,
        } += 1;
    }
}

/// Why messages could not be taken in.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The folder of a maildir.
    #[error("the maildir {} cannot be read", .folder.display())]
    Maildir {
        /// Which.
        folder: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// An account.
    #[error(transparent)]
    Imap(#[from] ImapError),
    /// A place to listen at.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// An account cannot be asked as the settings say.
    #[error("the mailbox of returns cannot be asked")]
    Settings(#[from] SettingsError),
    /// The store is away, or another job failed that every message needs.
    #[error(transparent)]
    Job(#[from] JobError),
}

/// What became of one message.
enum Fate {
    Read(Done),
    /// The reading broke on it.
    Poison,
}

impl Fate {
    fn place(&self) -> Place {
        match self {
            Self::Read(Done::ForPeople(_)) => Place::People,
            Self::Read(_) => Place::Done,
            Self::Poison => Place::Aside,
        }
    }
}

impl Desk {
    /// Reads one message. It runs on its own, so that one that breaks the reading breaks nothing else.
    async fn read(&self, message: Vec<u8>, arrived_at: Option<String>) -> Result<Fate, JobError> {
        let desk = self.clone();
        let reading = tokio::spawn(async move { returns::take(&desk.store, &desk.post, &message, arrived_at.as_deref(), (desk.clock)()).await });
        match reading.await {
            Ok(Ok(done)) => Ok(Fate::Read(done)),
            Ok(Err(JobError::Store(fault))) if fault.is_passing() || fault.concerns_every_call() => Err(JobError::Store(fault)),
            Ok(Err(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a message that came back is set aside");
                Ok(Fate::Poison)
            }
            Err(_) => {
                tracing::warn!("the reading broke on a message that came back, and it is set aside");
                Ok(Fate::Poison)
            }
        }
    }
}
