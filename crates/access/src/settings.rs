//! How an installation describes who Pulse is at a server, and whom it believes there.
//!
//! In: parts of tables of the settings file. Out: a [`Login`] and a [`Trust`]. Secrets are not in the settings: they are read from a
//! file or an environment variable, each time, so that a token can be replaced. Not here: the server itself, its port and its limits
//! (deliver for relays, mailbox for accounts).

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::{Login, Proof, Secret, TlsPolicy, Trust, TrustError};

/// The largest file of certificates, in bytes.
const MAX_CERTIFICATES_BYTES: u64 = 1024 * 1024;
/// The longest password or token, in bytes. What AUTH takes is no longer (RFC 4954 section 4).
const MAX_SECRET_BYTES: u64 = 8 * 1024;

/// Who Pulse is at a server: a user with a password, or with a token.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// The name of the account.
    pub user: String,
    /// For PLAIN or LOGIN.
    #[serde(default)]
    pub password: Option<SecretSource>,
    /// An OAuth 2.0 access token, for XOAUTH2. Something else keeps it fresh.
    #[serde(default)]
    pub token: Option<SecretSource>,
    /// Log in without TLS where the server is on this very machine.
    #[serde(default)]
    pub allow_plain_on_loopback: bool,
}

/// Where a secret is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecretSource {
    /// In a file that has nothing else; a line end behind it is taken off.
    File(PathBuf),
    /// In an environment variable.
    Env(String),
}

/// Why a server cannot be asked as the settings say.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Neither password nor token, or both.
    #[error("the login at {host} needs either a password or a token")]
    OneProof {
        /// The server.
        host: String,
    },
    /// A password, and a connection that others can read.
    #[error("the login at {host} needs TLS; only a server on this machine can do without, with allow_plain_on_loopback")]
    LoginWithoutTls {
        /// The server.
        host: String,
    },
    /// The variable is not set, or is not UTF-8, or there is nothing in it.
    #[error("the environment has no {name}")]
    NoVariable {
        /// Its name.
        name: String,
    },
    /// A file that cannot be read, or is too large.
    #[error("cannot read {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The certificates are of no use.
    #[error("the certificate of {host} could not be checked")]
    Trust {
        /// The server.
        host: String,
        /// Why.
        #[source]
        cause: TrustError,
    },
}

impl Auth {
    /// Checks what a type cannot say. Reads nothing.
    ///
    /// # Errors
    /// [`AccessError::OneProof`] and [`AccessError::LoginWithoutTls`].
    pub fn check(&self, host: &str, tls: TlsPolicy) -> Result<(), AccessError> {
        if self.password.is_some() == self.token.is_some() {
            return Err(AccessError::OneProof { host: host.to_owned() });
        }
        if tls == TlsPolicy::Off && !self.allow_plain_on_loopback {
            return Err(AccessError::LoginWithoutTls { host: host.to_owned() });
        }
        Ok(())
    }

    /// Who Pulse is at a server, with the secret as it is now.
    ///
    /// # Errors
    /// [`AccessError`] when it cannot be read.
    pub fn login(&self, host: &str) -> Result<Login, AccessError> {
        let proof = match (&self.password, &self.token) {
            (Some(source), None) => Proof::Password(source.read()?),
            (None, Some(source)) => Proof::Token(source.read()?),
            _ => return Err(AccessError::OneProof { host: host.to_owned() }),
        };
        Ok(Login { user: self.user.clone(), proof, allow_plain_on_loopback: self.allow_plain_on_loopback })
    }
}

/// Who may sign the certificate of a server: the authorities in a file, or else what the system believes. Nobody without TLS.
///
/// # Errors
/// [`AccessError::File`] and [`AccessError::Trust`].
pub fn trust(host: &str, tls: TlsPolicy, ca_file: Option<&Path>) -> Result<Option<Trust>, AccessError> {
    let trust = match (ca_file, tls) {
        (_, TlsPolicy::Off) => return Ok(None),
        (Some(path), _) => Trust::of_authorities(read(path, MAX_CERTIFICATES_BYTES)?.as_bytes()),
        (None, _) => Trust::of_system(),
    };
    trust.map(Some).map_err(|cause| AccessError::Trust { host: host.to_owned(), cause })
}

impl SecretSource {
    /// The secret as it is now.
    ///
    /// # Errors
    /// [`AccessError`] when it is not there.
    pub fn read(&self) -> Result<Secret, AccessError> {
        match self {
            Self::File(path) => read(path, MAX_SECRET_BYTES).map(|text| Secret::new(&text)),
            Self::Env(name) => {
                let text = std::env::var(name).ok().filter(|text| !text.is_empty());
                text.map(|text| Secret::new(&text)).ok_or_else(|| AccessError::NoVariable { name: name.clone() })
            }
        }
    }
}

fn read(path: &Path, most_bytes: u64) -> Result<String, AccessError> {
    let wrong = |cause| AccessError::File { path: path.to_owned(), cause };
    let mut text = String::new();
    let bytes = File::open(path).and_then(|file| file.take(most_bytes + 1).read_to_string(&mut text)).map_err(wrong)?;
    match bytes as u64 {
        0 => Err(wrong(io::Error::new(io::ErrorKind::UnexpectedEof, "the file is empty"))),
        bytes if bytes > most_bytes => Err(wrong(io::ErrorKind::FileTooLarge.into())),
        _ => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_read_when_they_are_needed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let auth: Auth = toml::from_str(&format!("user = \"pulse\"\npassword = {{ file = {path:?} }}")).unwrap();
        let login = || auth.login("a.example");
        assert!(matches!(login(), Err(AccessError::File { .. })));
        for (text, secret) in [("first\n", "first"), ("second", "second")] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(login().unwrap().proof, Proof::Password(Secret::new(secret)));
        }
        std::fs::write(&path, "").unwrap();
        assert!(matches!(login(), Err(AccessError::File { .. })));
        std::fs::write(&path, "x".repeat(9000)).unwrap();
        assert!(matches!(login(), Err(AccessError::File { .. })));
        let unset = SecretSource::Env("PULSE_THERE_IS_NO_SUCH_VARIABLE".into());
        assert!(matches!(unset.read(), Err(AccessError::NoVariable { .. })));
    }
}
