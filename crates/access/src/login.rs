//! Who Pulse is at a server, and what proves it: PLAIN (RFC 4616) and XOAUTH2.
//!
//! Invariant: a [`Secret`] is shown by nothing but the command that needs it.
//! Not here: whether the connection is safe enough to log in on, and the commands (the doors to servers).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// A password or token. Debug shows nothing of it, not even its length.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps it. A line end behind it, as editors leave in files, is taken off.
    pub fn new(text: &str) -> Self {
        Self(text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line)).to_owned())
    }

    /// The secret itself, to be sent and never shown.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Who Pulse is at a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The name of the account.
    pub user: String,
    /// What proves it.
    pub proof: Proof,
    /// Log in without TLS where the server is on this very machine. It never happens anywhere else.
    pub allow_plain_on_loopback: bool,
}

/// What proves who Pulse is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// For PLAIN, or LOGIN where only that is offered.
    Password(Secret),
    /// An OAuth 2.0 access token, for XOAUTH2.
    Token(Secret),
}

/// Why Pulse cannot log in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoginError {
    /// The server does not take what Pulse has.
    #[error("the server does not offer AUTH {wanted}")]
    NotOffered {
        /// The mechanisms that would have done.
        wanted: &'static str,
    },
    /// The password would be readable on the way.
    #[error("the connection is not secured, and no password goes over it")]
    NotSecured,
    /// User name or secret could not be told apart by the server.
    #[error("a user name or password has a control character in it")]
    Control,
}

impl Login {
    /// The name of the SASL mechanism for what there is, and what it wants to know, in base64.
    ///
    /// # Errors
    /// [`LoginError::Control`].
    pub fn proof(&self) -> Result<(&'static str, String), LoginError> {
        let (Proof::Password(Secret(secret)) | Proof::Token(Secret(secret))) = &self.proof;
        let user = &self.user;
        if user.chars().chain(secret.chars()).any(char::is_control) {
            return Err(LoginError::Control);
        }
        Ok(match &self.proof {
            Proof::Password(_) => ("PLAIN", BASE64.encode(format!("\0{user}\0{secret}"))),
            Proof::Token(_) => ("XOAUTH2", BASE64.encode(format!("user={user}\u{1}auth=Bearer {secret}\u{1}\u{1}"))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(proof: Proof) -> Login {
        Login { user: "pulse".into(), proof, allow_plain_on_loopback: false }
    }

    fn password() -> Login {
        login(Proof::Password(Secret::new("tide and mark\r\n")))
    }

    #[test]
    fn nothing_shows_a_secret() {
        let shown = format!("{:?}", password());
        assert!(!shown.contains("tide"), "{shown}");
        assert!(shown.contains("pulse"), "{shown}");
    }

    #[test]
    fn a_secret_cannot_be_two() {
        assert_eq!(login(Proof::Password(Secret::new("a\0b"))).proof().err(), Some(LoginError::Control));
    }
}
