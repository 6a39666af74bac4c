//! Why an account could not be read.

use std::io;

use pulse_access::LoginError;
use tokio_rustls::rustls;

/// What went wrong with a server, and at which step. No address is in it, so that it can be logged.
#[derive(Debug, thiserror::Error)]
pub enum ImapError {
    /// The connection did not come about, or broke.
    #[error("the connection to the mailbox was lost at {step}")]
    Lost {
        /// What was being done.
        step: &'static str,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// Nothing came, or not all of it.
    #[error("the mailbox's server did not answer {step} within {limit_s} seconds")]
    TimedOut {
        /// What was being done.
        step: &'static str,
        /// How long was waited.
        limit_s: u64,
    },
    /// A certificate that is not believed.
    #[error("the certificate of {host} is not good; if its authority is your own, name its file as ca_file")]
    Certificate {
        /// The server.
        host: String,
        /// Why.
        #[source]
        cause: rustls::Error,
    },
    /// A handshake that failed otherwise.
    #[error("the connection to {host} could not be secured; check whether tls is implicit or required there")]
    Handshake {
        /// The server.
        host: String,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// No certificate can be for it.
    #[error("\u{201c}{name}\u{201d} is no name of a server")]
    Name {
        /// As it was given.
        name: String,
    },
    /// The server offers no STARTTLS.
    #[error("{host} does not offer STARTTLS, and no password goes over a connection that others can read")]
    NoTls {
        /// The server.
        host: String,
    },
    /// A way of logging in that the server does not have, or a password that would be readable.
    #[error("Pulse cannot log in at {host}")]
    Login {
        /// The server.
        host: String,
        /// Why.
        #[source]
        cause: LoginError,
    },
    /// The server said no.
    #[error("the mailbox's server refused {step}: {said}")]
    Refused {
        /// What was asked for.
        step: &'static str,
        /// Its words, without addresses.
        said: String,
    },
    /// What it said is no IMAP, or too much of it.
    #[error("the mailbox's server answered {step} with what is no IMAP: {said}")]
    Garbled {
        /// What was being done.
        step: &'static str,
        /// The beginning of it, without addresses.
        said: String,
    },
}

/// The most of a server's words that are shown, in characters.
const MAX_SAID_CHARS: usize = 200;

/// A server's words on one line, without what may be an address.
pub(super) fn said(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MAX_SAID_CHARS)]).into_owned();
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let words = words.map(|word| if word.contains('@') { "(address)" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().take(MAX_SAID_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_server_are_one_line_without_addresses() {
        assert_eq!(said(b"NO [AUTHENTICATIONFAILED] <ada@mill.example>\r\n is\x07 unknown\xff"), "NO [AUTHENTICATIONFAILED] (address) is unknown\u{fffd}");
        assert_eq!(said(&[b'x'; 5000]).len(), MAX_SAID_CHARS);
    }
}
