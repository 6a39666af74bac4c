//! How an installation takes in what comes back.

use std::path::PathBuf;

use pulse_mailbox::imap::ImapSettings;
use pulse_mailbox::lmtp::ListenAt;
use serde::Deserialize;

use crate::error::JobError;

/// How bounces and complaints come in, as the settings file says it; each way that is named is used.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReturnsSettings {
    /// A maildir that the mail server delivers to.
    pub maildir: Option<PathBuf>,
    /// An account that bounces come to.
    pub imap: Option<ImapSettings>,
    /// Where to listen for a mail server of this machine.
    pub lmtp: Option<ListenAt>,
    /// How long to wait before looking again into the maildir and the account, in seconds; 0 counts as 1.
    pub every_s: u32,
}

impl Default for ReturnsSettings {
    fn default() -> Self {
        Self { maildir: None, imap: None, lmtp: None, every_s: 60 }
    }
}

impl ReturnsSettings {
    /// Checks what a type cannot say. Reads nothing.
    ///
    /// # Errors
    /// [`JobError::Post`] names the first thing that is wrong.
    pub fn check(&self) -> Result<(), JobError> {
        let Some(imap) = &self.imap else { return Ok(()) };
        imap.check().map_err(|cause| JobError::Post { message: cause.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ways_in_are_read_as_the_documentation_writes_them() {
        let page = include_str!("../../../../docs/sending.md");
        let start = page.find("[mail.returns]").unwrap();
        let example = page[start..].split("```").next().unwrap().replace("mail.returns", "returns");
        let table: toml::Table = toml::from_str(&example).unwrap();
        let settings: ReturnsSettings = table["returns"].clone().try_into().unwrap();
        settings.check().unwrap();
        assert_eq!((settings.lmtp.unwrap().to_string().as_str(), settings.every_s), ("127.0.0.1:2424", 60));
        assert_eq!((settings.maildir.unwrap(), settings.imap.unwrap().host.as_str()), (PathBuf::from("/var/mail/bounces"), "imap.example.org"));
    }

    #[test]
    fn what_cannot_work_is_named() {
        let wrong = |text: &str| match toml::from_str::<ReturnsSettings>(text) {
            Ok(settings) => settings.check().unwrap_err().to_string(),
            Err(cause) => cause.message().to_owned(),
        };
        assert!(wrong("lmtp = \"0.0.0.0:2424\"").contains("no place of this machine"), "{}", wrong("lmtp = \"0.0.0.0:2424\""));
        assert!(wrong("mailbox = \"x\"").contains("unknown field"));
        let opportunistic = "[imap]\nhost = \"a.example\"\ntls = \"opportunistic\"\nauth = { user = \"x\", password = { env = \"X\" } }";
        assert!(wrong(opportunistic).starts_with("the settings of mail are not good: a.example is read with tls"));
    }
}
