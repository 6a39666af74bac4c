//! A folder of an IMAP account (RFC 3501, RFC 9051), looked into now and then.
//!
//! In: an [`Account`]. Out: the messages in its folder that nobody has flagged, and a place for each when it has been read: two
//! other folders of the account, or `\Flagged` where it is. Parts: [`Connection`] knows the commands, `wire` the lines and literals
//! and their limits, `unit` what is in them. Always: whatever a server says or leaves unsaid, it ends within a limit of time
//! and memory, with a sentence that names the step; no certificate goes unchecked; no message is deleted, only moved.
//! Not here: IDLE, because a bounce can wait a minute.

mod connection;
mod error;
mod settings;
mod unit;
mod wire;

pub use connection::Connection;
pub use error::ImapError;
pub use settings::{Account, ImapSettings, SettingsError};
