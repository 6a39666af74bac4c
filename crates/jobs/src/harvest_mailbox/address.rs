//! Where a mailbox is, and how Pulse logs in there.
//!
//! In: a path or an address, and tables of the settings file. Out: a folder, or the [`Account`] to connect to, with the secret as it is
//! now. No password stands in an address: those are shown, and kept with the sources.

use std::path::PathBuf;
use std::sync::Arc;

use pulse_access::{Auth, SecretSource, TlsPolicy};
use pulse_mailbox::imap::{Account, ImapSettings};
use serde::Deserialize;
use url::Url;

use super::MailboxError;

/// An account that receives alerts. In the settings file:
///
/// ```toml
/// [[harvest.mailbox]]
/// at = "imaps://alerts@imap.example.org/INBOX"
/// password = { file = "/run/secrets/alerts" }
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailboxSettings {
    /// As the source names it: `imaps://` for TLS from the first byte, `imap://` for STARTTLS.
    pub at: String,
    /// The password, in a file or an environment variable.
    #[serde(default)]
    pub password: Option<SecretSource>,
    /// An OAuth 2.0 access token instead. Something else keeps it fresh.
    #[serde(default)]
    pub token: Option<SecretSource>,
    /// A file of certificates (PEM) that alone may sign the server's. Without it, what the operating system believes.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Where messages go whose records are kept.
    #[serde(default = "done")]
    pub done: String,
    /// Where those go that cannot be read.
    #[serde(default = "aside")]
    pub aside: String,
}

fn done() -> String {
    "Done".to_owned()
}

fn aside() -> String {
    "Aside".to_owned()
}

/// How long a server may take for each step, in seconds: messages with attachments take their time.
const TIMEOUT_S: u32 = 120;

/// Where a mailbox is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// A folder of this machine.
    Maildir(PathBuf),
    /// A folder of an account.
    Account(AccountAt),
}

/// Where an account is.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountAt {
    host: String,
    port: Option<u16>,
    tls: TlsPolicy,
    user: String,
    folder: String,
}

/// Without the user, who may be a person.
impl std::fmt::Debug for AccountAt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountAt").field("host", &self.host).field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl At {
    /// Reads a path, or `imaps://user@host/FOLDER`. A user's `@` is written `%40`; without a folder it is the inbox.
    ///
    /// ```
    /// use pulse_jobs::harvest_mailbox::At;
    /// assert_eq!(At::parse("/var/mail/alerts").unwrap(), At::Maildir("/var/mail/alerts".into()));
    /// assert!(matches!(At::parse("imaps://alerts@imap.example.org/INBOX").unwrap(), At::Account(_)));
    /// assert!(At::parse("https://imap.example.org/").is_err());
    /// ```
    ///
    /// # Errors
    /// [`MailboxError::Address`].
    pub fn parse(at: &str) -> Result<Self, MailboxError> {
        let Some((scheme, _)) = at.split_once("://") else {
            let is_path = !at.trim().is_empty() && !at.contains('\0');
            return if is_path { Ok(Self::Maildir(PathBuf::from(at))) } else { Err(MailboxError::Address { at: at.escape_default().to_string() }) };
        };
        let wrong = || MailboxError::Address { at: shown(at) };
        let tls = match scheme {
            "imaps" => TlsPolicy::Implicit,
            "imap" => TlsPolicy::Required,
            _ => return Err(wrong()),
        };
        let url = Url::parse(at).map_err(|_| wrong())?;
        let host = url.host_str().map(|host| host.trim_matches(['[', ']']).to_owned()).filter(|host| !host.is_empty()).ok_or_else(wrong)?;
        let (user, folder) = (decoded(url.username()), decoded(url.path().trim_matches('/')));
        let is_plain = url.password().is_none() && url.query().is_none() && url.fragment().is_none();
        let (Some(user), Some(folder)) = (user.filter(|user| is_plain && !user.is_empty()), folder) else { return Err(wrong()) };
        let folder = if folder.is_empty() { "INBOX".to_owned() } else { folder };
        Ok(Self::Account(AccountAt { host, port: url.port(), tls, user, folder }))
    }
}

impl AccountAt {
    /// The account to connect to, with the secret as it is now.
    pub(super) fn with(&self, settings: &[MailboxSettings]) -> Result<Arc<Account>, MailboxError> {
        let is_this = |settings: &&MailboxSettings| matches!(At::parse(&settings.at), Ok(At::Account(other)) if other == *self);
        let settings = settings.iter().find(is_this).ok_or_else(|| MailboxError::NoSettings { host: self.host.clone() })?;
        let imap = ImapSettings {
            host: self.host.clone(),
            port: self.port,
            tls: self.tls,
            ca_file: settings.ca_file.clone(),
            auth: Auth { user: self.user.clone(), password: settings.password.clone(), token: settings.token.clone(), allow_plain_on_loopback: false },
            folder: self.folder.clone(),
            done: settings.done.clone(),
            aside: settings.aside.clone(),
            timeout_s: TIMEOUT_S,
        };
        imap.account().map(Arc::new).map_err(|cause| MailboxError::Settings { host: self.host.clone(), cause })
    }
}

/// An address for an error: without its user and password.
fn shown(at: &str) -> String {
    let (scheme, rest) = at.split_once("://").unwrap_or(("", at));
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    format!("{scheme}://{}", rest.escape_default())
}

/// Percent signs resolved; `None` where that is no text.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        let code =
            behind.get(..2).filter(|_| byte == b'%').and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code {
            Some(code) => {
                bytes.push(code);
                rest = &behind[2..];
            }
            None => {
                bytes.push(byte);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(at: &str) -> String {
        At::parse(at).unwrap_err().to_string()
    }

    #[test]
    fn an_account_is_read_from_its_address() {
        let At::Account(at) = At::parse("imaps://alerts%40example.org@imap.example.org:1993/Lists/New%20alerts").unwrap() else { panic!("no account") };
        assert_eq!((at.host.as_str(), at.port, at.tls), ("imap.example.org", Some(1993), TlsPolicy::Implicit));
        assert_eq!((at.user.as_str(), at.folder.as_str()), ("alerts@example.org", "Lists/New alerts"));
        let At::Account(at) = At::parse("imap://alerts@imap.example.org").unwrap() else { panic!("no account") };
        assert_eq!((at.tls, at.folder.as_str()), (TlsPolicy::Required, "INBOX"));
        assert!(!format!("{at:?}").contains("alerts"));
    }

    #[test]
    fn what_is_no_mailbox_is_said_without_a_secret() {
        for at in ["", "https://imap.example.org/", "imaps://imap.example.org/INBOX", "imaps:///INBOX", "imaps://a:b@/x"] {
            assert!(wrong(at).contains("is no mailbox"), "{at}");
        }
        assert!(!wrong("imaps://alerts:tide@imap.example.org/INBOX").contains("tide"));
    }

    #[test]
    fn settings_are_found_by_the_address() {
        let settings: MailboxSettings =
            toml::from_str("at = \"imaps://alerts@imap.example.org\"\npassword = { env = \"PULSE_THERE_IS_NO_SUCH_VARIABLE\" }").unwrap();
        let account = |at: &str| match At::parse(at).unwrap() {
            At::Account(at) => at.with(std::slice::from_ref(&settings)).unwrap_err(),
            At::Maildir(_) => panic!("no account"),
        };
        assert!(matches!(account("imaps://other@imap.example.org/INBOX"), MailboxError::NoSettings { .. }));
        let MailboxError::Settings { cause, .. } = account("imaps://alerts@imap.example.org/INBOX") else { panic!("other settings") };
        assert_eq!(cause.to_string(), "the environment has no PULSE_THERE_IS_NO_SUCH_VARIABLE");
    }
}
