//! What messages leave through: keys for tokens and signatures, and relays or the outbox.
//!
//! In: the settings of the installation and the folder of its keys. Out: a [`Post`], checked and ready. Keys that are not
//! there are made the first time they are needed, because a reader's way out must work from the first message on. Not here: the
//! protocol and the signatures (deliver), which messages there are ([`crate::send`], [`crate::notices`]).

mod keys;
mod places;

use std::path::Path;

use pulse_deliver::outbox::Outbox;
use pulse_deliver::relay::{BreakerSettings, DomainSettings, Domains, RelaySettings};
use pulse_deliver::retry::RetryPolicy;
use pulse_deliver::smtp::Server;
use pulse_model::EmailAddress;
use serde::Deserialize;

pub(crate) use places::{Place, Places};

pub use keys::{KeyError, Keys, NewRecord};

use crate::error::JobError;
use crate::intake::ReturnsSettings;

/// How an installation sends, as its settings file says it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PostSettings {
    /// What this machine calls itself to mail servers; its name in DNS. `localhost` if empty.
    pub hello_name: String,
    /// The name of this node among others; the same after a restart. If empty, one is made of the machine's name and a number
    /// that is kept in the data folder.
    pub node: String,
    /// Where messages go. None: into the outbox, a folder.
    pub relays: Vec<RelaySettings>,
    /// When to try one address again.
    pub retry: RetryPolicy,
    /// When to leave a relay alone that fails.
    pub breaker: BreakerSettings,
    /// What to do with messages that may or may not have arrived.
    pub uncertain: OnUncertain,
    /// How long to wait before such a message is repeated, so that a relay has ended its own tries. 60 if not given.
    pub repeat_after_s: Option<u32>,
    /// How much single domains may get at a time.
    pub domains: Vec<DomainSettings>,
    /// How what comes back is taken in.
    pub returns: ReturnsSettings,
}

/// As long as a relay should take over a message at most.
const REPEAT_AFTER_S: u32 = 60;

/// What to do with a message whose connection was lost after its end (RFC 5321 section 4.5.4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnUncertain {
    /// Send it again, with the same Message-ID: nobody is missing, and most mail systems show the second one to nobody.
    #[default]
    Repeat,
    /// Leave it for a person: nobody gets anything twice.
    Leave,
}

/// Ready to send.
#[derive(Debug)]
pub struct Post {
    /// Where messages go.
    pub route: Route,
    /// Keys of tokens, of the suppression list, and of signatures.
    pub keys: Keys,
    /// When to try one address again.
    pub retry: RetryPolicy,
    /// What to do with messages that may or may not have arrived.
    pub uncertain: OnUncertain,
    /// How long to wait before such a message is repeated, in milliseconds.
    pub repeat_after_ms: i64,
    /// How much single domains may get at a time.
    pub domains: Domains,
    /// The name of this node; empty where none was given.
    pub node: String,
    /// Who may connect to a relay now.
    pub(crate) places: Places,
}

/// Where messages go.
#[derive(Debug)]
pub enum Route {
    /// Into a folder of this machine.
    Outbox(Outbox),
    /// To mail servers, each with its settings.
    Relays(Vec<(RelaySettings, Server)>),
}

impl PostSettings {
    /// What this machine calls itself, said or not.
    pub fn hello_name(&self) -> &str {
        if self.hello_name.is_empty() { "localhost" } else { &self.hello_name }
    }
}

impl Post {
    /// Checks the settings, reads or makes the keys, opens the outbox where there is no relay. `now` is Unix milliseconds.
    ///
    /// # Errors
    /// [`JobError::Post`] says what is wrong with the settings, [`JobError::Keys`] which key cannot be read.
    pub fn open(settings: &PostSettings, keys: &Path, outbox: &Path, now: i64) -> Result<Self, JobError> {
        settings.retry.check().map_err(|cause| JobError::Post { message: cause.to_string() })?;
        settings.returns.check()?;
        let hello_name = settings.hello_name().to_owned();
        let route = if settings.relays.is_empty() {
            let outbox = Outbox::open(outbox).map_err(|cause| JobError::Unreadable { file: outbox.display().to_string(), cause })?;
            Route::Outbox(outbox)
        } else {
            let server = |relay: &RelaySettings| relay.server(&hello_name).map(|server| (relay.clone(), server));
            Route::Relays(settings.relays.iter().map(server).collect::<Result<_, _>>().map_err(JobError::Relay)?)
        };
        let relays = settings.relays.iter();
        Ok(Self {
            keys: Keys::open(keys, now)?,
            retry: settings.retry.clone(),
            uncertain: settings.uncertain,
            repeat_after_ms: i64::from(settings.repeat_after_s.unwrap_or(REPEAT_AFTER_S)) * 1_000,
            domains: Domains::new(&settings.domains).map_err(JobError::Relay)?,
            node: settings.node.clone(),
            places: Places::new(relays, settings.breaker),
            route,
        })
    }

    /// How many messages are under way at the same time.
    pub fn connections(&self) -> usize {
        match &self.route {
            Route::Outbox(_) => 1,
            Route::Relays(relays) => relays.iter().map(|(relay, _)| relay.connections as usize).sum(),
        }
    }

    /// In words: "the outbox", or the relays' names.
    pub fn goes_to(&self) -> String {
        match &self.route {
            Route::Outbox(_) => "the outbox, a folder of this machine".to_owned(),
            Route::Relays(relays) => relays.iter().map(|(relay, _)| relay.host.as_str()).collect::<Vec<_>>().join(", "),
        }
    }

    /// The return path of bounces about a delivery.
    pub fn return_path(&self, domain: &str, mailbox: pulse_deliver::token::Mailbox, delivery: pulse_model::ids::DeliveryId) -> Option<EmailAddress> {
        EmailAddress::parse(&format!("{}@{domain}", self.keys.ring.local_part(mailbox, delivery))).ok()
    }
}
