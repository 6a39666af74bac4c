//! The door to mail servers.
//!
//! In: a [`Server`] to reach, and for each message an [`Envelope`] and a [`Body`]. Out: what the server said, and what that
//! means: a [`Verdict`]. Parts: [`Connection`] speaks the protocol; replies, bodies, envelopes, extensions and verdicts are
//! pure and tested by themselves.
//!
//! Always: everything a server says has a limit of size and time; no certificate goes unchecked; no password goes over a
//! connection that others can read; what cannot be sent as it is, is refused before anything is sent.
//! Not here: which relay is taken ([`crate::relay`]), how fast ([`crate::pace`]) and how often ([`crate::retry`]).
//!
//! ```no_run
//! # async fn example(server: &pulse_deliver::smtp::Server, envelope: &pulse_deliver::smtp::Envelope) -> Result<(), pulse_deliver::smtp::SmtpError> {
//! use pulse_deliver::smtp::{Body, Connection};
//! let slices: [&[u8]; 1] = [b"Subject: May\r\n\r\nDear Ada\r\n"];
//! let body = Body::check(&slices)?;
//! let mut connection = Connection::open(server).await?;
//! let message = connection.offer(envelope, &body).await?.body().await?;
//! // Here the row becomes `sending`: from the next line on the message may arrive.
//! let receipt = message.finish().await?;
//! connection.quit().await;
//! # Ok(())
//! # }
//! ```

mod body;
mod connection;
mod envelope;
mod error;
mod extensions;
mod login;
mod reply;
mod timeouts;
mod verdict;
mod wire;

pub use body::{Body, BodyError, MAX_TEXT_LINE_BYTES};
pub use connection::{Connection, Offered, Server, Undotted};
pub use envelope::{Envelope, EnvelopeIdError, MAX_ENVELOPE_ID_BYTES, Unfit};
pub use error::SmtpError;
pub use extensions::Extensions;
pub use reply::{MAX_LINE_BYTES, MAX_LINES, Reply, ReplyError, ReplyLines};
pub use timeouts::Timeouts;
pub use verdict::{Level, Stage, Verdict};
