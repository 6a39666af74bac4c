//! How an installation describes the account that bounces come to.
//!
//! In: a table of the settings file. Out: [`ImapSettings`], and from it the [`Account`] to connect to, with the secret as it is now.

use std::path::PathBuf;
use std::time::Duration;

use pulse_access::{AccessError, Auth, Login, TlsPolicy, Trust, trust};
use serde::Deserialize;

/// An account. In a settings file, most of it can be left out:
///
/// ```toml
/// host = "imap.example.org"
/// auth = { user = "bounces", password = { file = "/run/secrets/bounces" } }
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImapSettings {
    /// Its name, or an address in numbers. A certificate has to be for exactly this.
    pub host: String,
    /// 993 where TLS is implicit, else 143, if not given.
    #[serde(default)]
    pub port: Option<u16>,
    /// Implicit, required (STARTTLS), or off for a server on this very machine.
    #[serde(default = "implicit")]
    pub tls: TlsPolicy,
    /// A file of certificates (PEM) that alone may sign the server's. Without it, what the operating system believes.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Who Pulse is there.
    pub auth: Auth,
    /// Where the messages are.
    #[serde(default = "inbox")]
    pub folder: String,
    /// Where they go when they have been read.
    #[serde(default = "done")]
    pub done: String,
    /// Where those go that cannot be read.
    #[serde(default = "aside")]
    pub aside: String,
    /// How long the server may take for each step, in seconds; 0 counts as 1.
    #[serde(default = "timeout_s")]
    pub timeout_s: u32,
}

fn implicit() -> TlsPolicy {
    TlsPolicy::Implicit
}

fn inbox() -> String {
    "INBOX".to_owned()
}

fn done() -> String {
    "Done".to_owned()
}

fn aside() -> String {
    "Aside".to_owned()
}

fn timeout_s() -> u32 {
    60
}

/// Why an account cannot be asked as its settings say.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A mailbox is read with a password, which must not go astray.
    #[error("{host} is read with tls = \u{201c}implicit\u{201d} or \u{201c}required\u{201d}")]
    NotWithTls {
        /// The server.
        host: String,
    },
    /// A name for a folder that cannot be told to every server as it is.
    #[error("\u{201c}{name}\u{201d} cannot be the name of a folder: write it in printable ASCII")]
    Folder {
        /// As it was given.
        name: String,
    },
    /// What was read would be read again.
    #[error("messages cannot go from the folder {name} to the folder {name}; name another for those that have been read")]
    SameFolder {
        /// Which.
        name: String,
    },
    /// It cannot be secured, or Pulse cannot log in.
    #[error(transparent)]
    Access(#[from] AccessError),
}

/// Where to connect, and how.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its name, or an address in numbers.
    pub host: String,
    /// 143 or 993, as a rule.
    pub port: u16,
    /// Never opportunistic.
    pub tls: TlsPolicy,
    /// Who may sign its certificate. Needed unless `tls` is [`TlsPolicy::Off`].
    pub trust: Option<Trust>,
    /// Who Pulse is there.
    pub login: Login,
    /// Where the messages are, printable ASCII like the other two.
    pub folder: String,
    /// Where they go when they have been read.
    pub done: String,
    /// Where those go that cannot be read.
    pub aside: String,
    /// How long the server may take for each step.
    pub limit: Duration,
}

impl ImapSettings {
    /// Checks what a type cannot say. Reads nothing.
    ///
    /// # Errors
    /// [`SettingsError`] names the first thing that is wrong.
    pub fn check(&self) -> Result<(), SettingsError> {
        if self.tls == TlsPolicy::Opportunistic {
            return Err(SettingsError::NotWithTls { host: self.host.clone() });
        }
        let is_plain = |name: &str| (1..=200).contains(&name.len()) && name.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        if let Some(name) = [&self.folder, &self.done, &self.aside].into_iter().find(|name| !is_plain(name)) {
            return Err(SettingsError::Folder { name: name.escape_default().to_string() });
        }
        if self.folder == self.done || self.folder == self.aside {
            return Err(SettingsError::SameFolder { name: self.folder.clone() });
        }
        Ok(self.auth.check(&self.host, self.tls)?)
    }

    /// What to connect to. Reads certificates and secret.
    ///
    /// # Errors
    /// [`SettingsError`] when a check fails, or something cannot be read.
    pub fn account(&self) -> Result<Account, SettingsError> {
        self.check()?;
        Ok(Account {
            host: self.host.clone(),
            port: self.port.unwrap_or(if self.tls == TlsPolicy::Implicit { 993 } else { 143 }),
            tls: self.tls,
            trust: trust(&self.host, self.tls, self.ca_file.as_deref())?,
            login: self.auth.login(&self.host)?,
            folder: self.folder.clone(),
            done: self.done.clone(),
            aside: self.aside.clone(),
            limit: Duration::from_secs(self.timeout_s.max(1).into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(more: &str) -> String {
        let text = format!("host = \"imap.example.org\"\n{more}");
        toml::from_str::<ImapSettings>(&text).unwrap().check().unwrap_err().to_string()
    }

    const AUTH: &str = "auth = { user = \"bounces\", password = { env = \"BOUNCES\" } }";

    #[test]
    fn little_needs_to_be_said() {
        let settings: ImapSettings = toml::from_str(&format!("host = \"imap.example.org\"\n{AUTH}")).unwrap();
        settings.check().unwrap();
        assert_eq!((settings.tls, settings.folder.as_str(), settings.done.as_str()), (TlsPolicy::Implicit, "INBOX", "Done"));
    }

    #[test]
    fn what_cannot_work_is_named() {
        assert!(wrong(&format!("tls = \"opportunistic\"\n{AUTH}")).starts_with("imap.example.org is read with tls"));
        assert_eq!(wrong("auth = { user = \"bounces\" }"), "the login at imap.example.org needs either a password or a token");
        assert!(wrong(&format!("tls = \"off\"\n{AUTH}")).starts_with("the login at imap.example.org needs TLS"));
        assert!(wrong(&format!("done = \"Erl\\u0151digt\"\n{AUTH}")).contains("printable ASCII"));
        assert!(wrong(&format!("done = \"INBOX\"\n{AUTH}")).contains("INBOX"));
    }
}
