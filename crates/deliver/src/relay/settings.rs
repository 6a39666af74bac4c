//! How an installation describes its relays.
//!
//! In: a table of the settings file. Out: [`RelaySettings`], and from it the [`Server`] to connect to.

use std::path::PathBuf;

use pulse_access::{AccessError, Auth, Login, TlsPolicy, trust};
use serde::Deserialize;

use crate::pace::{Pace, PaceError};
use crate::smtp::{Server, Timeouts};

/// One relay. In a settings file, most of it can be left out:
///
/// ```toml
/// host = "mail.example.org"
/// auth = { user = "pulse", password = { file = "/run/secrets/relay" } }
/// pace = { per_second = 14 }
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelaySettings {
    /// Its name, or an address in numbers.
    pub host: String,
    /// 465 where TLS is implicit, 25 where it is off, else 587, if not given.
    #[serde(default)]
    pub port: Option<u16>,
    /// Whether and how it is secured.
    #[serde(default)]
    pub tls: TlsPolicy,
    /// A file of certificates (PEM) that alone may sign the relay's. Without it, what the operating system believes.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Who Pulse is there.
    #[serde(default)]
    pub auth: Option<Auth>,
    /// Its share of connections, compared with the others'. 0 stands by: it is used while no other can be.
    #[serde(default = "default_weight")]
    pub weight: u32,
    /// The most connections at the same time.
    #[serde(default = "default_connections")]
    pub connections: u32,
    /// The most messages of one connection.
    #[serde(default = "default_messages_per_connection")]
    pub messages_per_connection: u32,
    /// The most messages a second, of all its connections. Without it, as fast as it goes.
    #[serde(default)]
    pub pace: Option<Pace>,
    /// How long it may take.
    #[serde(default)]
    pub timeouts: Timeouts,
}

fn default_weight() -> u32 {
    1
}

fn default_connections() -> u32 {
    5
}

fn default_messages_per_connection() -> u32 {
    100
}

/// What is wrong with a relay's settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A number that must not be 0.
    #[error("{field} of a relay or domain must be at least 1")]
    Zero {
        /// Which.
        field: &'static str,
    },
    /// No host.
    #[error("a relay has no host")]
    NoHost,
    /// Nothing that could stand behind an `@`.
    #[error("\u{201c}{domain}\u{201d} is no domain")]
    NoDomain {
        /// As it was written.
        domain: String,
    },
    /// A pace that cannot be kept.
    #[error("the pace of {host} cannot be kept")]
    Pace {
        /// The relay, or the domain.
        host: String,
        /// Why.
        #[source]
        cause: PaceError,
    },
    /// It cannot be secured, or Pulse cannot log in.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl RelaySettings {
    /// A relay at a host, and everything else as it is when it is left out.
    pub fn at(host: &str) -> Self {
        Self {
            host: host.to_owned(),
            port: None,
            tls: TlsPolicy::default(),
            ca_file: None,
            auth: None,
            weight: default_weight(),
            connections: default_connections(),
            messages_per_connection: default_messages_per_connection(),
            pace: None,
            timeouts: Timeouts::default(),
        }
    }

    /// Checks what a type cannot say. Reads nothing.
    ///
    /// # Errors
    /// [`SettingsError`] names the first thing that is wrong.
    pub fn check(&self) -> Result<(), SettingsError> {
        let host = || self.host.clone();
        if self.host.is_empty() {
            return Err(SettingsError::NoHost);
        }
        for (field, number) in [("connections", self.connections), ("messages_per_connection", self.messages_per_connection)] {
            if number == 0 {
                return Err(SettingsError::Zero { field });
            }
        }
        self.pace.as_ref().map_or(Ok(()), Pace::check).map_err(|cause| SettingsError::Pace { host: host(), cause })?;
        self.auth.as_ref().map_or(Ok(()), |auth| auth.check(&self.host, self.tls))?;
        Ok(())
    }

    /// The port that is meant.
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            TlsPolicy::Off => 25,
            TlsPolicy::Implicit => 465,
            TlsPolicy::Opportunistic | TlsPolicy::Required => 587,
        })
    }

    /// What to connect to. Reads certificates and secret: keep it, and renew its login by [`RelaySettings::login`].
    ///
    /// # Errors
    /// [`SettingsError`] when a check fails, or something cannot be read.
    pub fn server(&self, hello_name: &str) -> Result<Server, SettingsError> {
        self.check()?;
        Ok(Server {
            host: self.host.clone(),
            port: self.port(),
            hello_name: hello_name.to_owned(),
            tls: self.tls,
            trust: trust(&self.host, self.tls, self.ca_file.as_deref())?,
            login: self.login()?,
            timeouts: self.timeouts,
            messages_per_connection: self.messages_per_connection,
        })
    }

    /// Who Pulse is there, with the secret as it is now.
    ///
    /// # Errors
    /// [`AccessError`] when it cannot be read.
    pub fn login(&self) -> Result<Option<Login>, AccessError> {
        self.auth.as_ref().map(|auth| auth.login(&self.host)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> RelaySettings {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn little_needs_to_be_said() {
        let relay = settings("host = \"mail.example.org\"");
        relay.check().unwrap();
        assert_eq!((relay.tls, relay.port(), relay.weight, relay.timeouts.end_s), (TlsPolicy::Required, 587, 1, 600));
        assert_eq!(settings("host = \"a.example\"\ntls = \"implicit\"").port(), 465);
        assert_eq!(settings("host = \"a.example\"\ntls = \"off\"").port(), 25);
    }

    #[test]
    fn everything_can_be_said() {
        let relay = settings(
            r#"
            host = "mail.example.org"
            port = 2525
            tls = "opportunistic"
            ca_file = "/etc/pulse/ca.pem"
            auth = { user = "pulse", token = { env = "RELAY_TOKEN" } }
            weight = 0
            connections = 20
            messages_per_connection = 50
            pace = { per_second = 14, burst = 2 }
            timeouts = { greeting_s = 10 }
            "#,
        );
        relay.check().unwrap();
        assert_eq!((relay.port(), relay.timeouts.greeting_s, relay.timeouts.end_s), (2525, 10, 600));
        assert_eq!(relay.pace, Some(Pace { per_second: 14.0, burst: 2 }));
        assert!(toml::from_str::<RelaySettings>("host = \"a.example\"\npasword = \"x\"").is_err());
    }

    #[test]
    fn what_cannot_work_is_named() {
        let wrong = |more: &str| settings(&format!("host = \"mail.example.org\"\n{more}")).check().unwrap_err().to_string();
        assert_eq!(wrong("connections = 0"), "connections of a relay or domain must be at least 1");
        assert_eq!(wrong("pace = { per_second = 0 }"), "the pace of mail.example.org cannot be kept");
        assert_eq!(wrong("auth = { user = \"a\" }"), "the login at mail.example.org needs either a password or a token");
        let both = "auth = { user = \"a\", password = { env = \"A\" }, token = { env = \"B\" } }";
        assert_eq!(wrong(both), "the login at mail.example.org needs either a password or a token");
        let off = "tls = \"off\"\nauth = { user = \"a\", password = { env = \"A\" } }";
        assert!(wrong(off).starts_with("the login at mail.example.org needs TLS"));
        assert_eq!(settings("host = \"\"").check().unwrap_err().to_string(), "a relay has no host");
    }

    #[test]
    fn a_server_can_be_made_of_it() {
        let mut relay = settings("host = \"mail.example.org\"\ntls = \"off\"");
        let server = relay.server("pulse.example.org").unwrap();
        assert_eq!((server.port, server.trust.is_none(), server.login), (25, true, None));
        relay.tls = TlsPolicy::Required;
        relay.ca_file = Some("/there/is/no/such/file.pem".into());
        assert!(matches!(relay.server("pulse.example.org"), Err(SettingsError::Access(AccessError::File { .. }))));
    }
}
