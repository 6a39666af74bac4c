//! Is everything published that lets receivers believe a digest's messages?
//!
//! In: a [`Setup`], and what DNS says. Out: [`Finding`]s, each with its weight, a sentence, and the records to publish. The rules
//! ([`findings`]) are functions of what is [`Known`]; [`examine`] asks a resolver until they have nothing left to ask. [`relay`] tries a
//! relay, up to where a message would begin.
//!
//! Always holds: a resolver that does not answer gives a finding, within [`TIME_LIMIT`]. Not here: receiving mail, and what the
//! addresses of a digest are (jobs).

mod dkim;
mod dmarc;
mod finding;
mod hosts;
mod known;
mod relay;
mod spf;

use std::net::IpAddr;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

pub use finding::{Finding, Publish, Severity};
pub use known::Known;
pub use relay::relay;

use crate::dkim::Record;
use crate::dns::{Answer, Failure, Question, Resolver};
use finding::unless_unknown;
use known::Unknown;

/// How long all questions together may take.
pub const TIME_LIMIT: Duration = Duration::from_secs(10);

/// How a digest's messages leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// The domain of the From address, which also signs.
    pub from_domain: String,
    /// The domain that bounces come back to.
    pub return_domain: String,
    /// What this machine calls itself to mail servers, if it has a name.
    pub hello_name: Option<String>,
    /// The records of the keys that sign; empty where messages are not signed.
    pub keys: Vec<Record>,
    /// The hosts of the relays.
    pub relays: Vec<String>,
    /// The addresses that messages come from, as the world sees them. Empty: those of the relays are taken for it.
    pub addresses: Vec<IpAddr>,
}

/// How an address is known.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    /// Somebody said that messages come from it.
    Named,
    /// It is that of a relay, which may send from others.
    Relay(String),
}

impl Place {
    fn relay(&self) -> Option<String> {
        match self {
            Self::Named => None,
            Self::Relay(host) => Some(host.clone()),
        }
    }
}

impl Setup {
    /// The addresses that messages come from, or may come from. Those of a private network are nobody's business.
    fn places(&self, known: &Known) -> Result<Vec<(IpAddr, Place)>, Unknown> {
        if !self.addresses.is_empty() {
            return Ok(self.addresses.iter().map(|address| (*address, Place::Named)).collect());
        }
        let answers: Vec<_> = self.relays.iter().map(|host| (host, host.parse().map_or_else(|_| known.addresses(host), |address| Ok(vec![address])))).collect();
        let mut places = Vec::new();
        for (host, addresses) in answers {
            places.extend(addresses?.into_iter().filter(is_public).map(|address| (address, Place::Relay(host.clone()))));
        }
        Ok(places)
    }
}

fn is_public(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !(address.is_private() || address.is_loopback() || address.is_link_local() || address.is_unspecified()),
        IpAddr::V6(address) => !(address.is_loopback() || address.is_unspecified() || address.is_unique_local() || address.is_unicast_link_local()),
    }
}

/// What is to be said of a set-up, as far as it is known. Questions that could not be answered are in [`Known::take_open`].
pub fn findings(setup: &Setup, known: &Known) -> Vec<Finding> {
    let Setup { from_domain, return_domain, .. } = setup;
    let mut findings = unless_unknown(&format!("domain {from_domain}"), |about| hosts::domain(known, setup, about));
    findings.extend(unless_unknown(&format!("SPF of {return_domain}"), |about| spf::check(known, setup, return_domain, about)));
    if from_domain != return_domain {
        // Messages to confirm return to the From address itself.
        findings.extend(unless_unknown(&format!("SPF of {from_domain}"), |about| spf::check(known, setup, from_domain, about)));
    }
    if setup.keys.is_empty() {
        findings.push(dkim::no_key(setup, "DKIM"));
    }
    for key in &setup.keys {
        findings.extend(unless_unknown(&format!("DKIM {}", key.name), |about| dkim::check(known, key, about)));
    }
    findings.extend(unless_unknown(&format!("DMARC of {from_domain}"), |about| dmarc::policy(known, setup, about)));
    findings.extend(unless_unknown("alignment", |about| dmarc::alignment(known, setup, about)));
    findings.extend(unless_unknown(&format!("MX of {return_domain}"), |about| hosts::exchanger(known, setup, about)));
    findings.extend(unless_unknown("addresses", |about| {
        let places = setup.places(known)?;
        if places.is_empty() {
            let message = "it is not known which addresses messages come from, so their names (PTR) were not looked at";
            return Ok(vec![Finding::new(about, Severity::Advice, message).advise("Name them with --ip.")]);
        }
        let each = |(address, place): &(IpAddr, Place)| unless_unknown(&format!("PTR of {address}"), |about| hosts::name(known, setup, *address, place, about));
        Ok(places.iter().flat_map(each).collect())
    }));
    findings.extend(unless_unknown("MTA-STS", |about| hosts::secured(known, setup, about)));
    findings.extend(unless_unknown("TLS-RPT", |about| hosts::reported(known, setup, about)));
    findings
}

/// Asks a resolver whatever the rules want to know.
pub async fn examine(setup: &Setup, resolver: &Resolver) -> Vec<Finding> {
    let mut known = Known::default();
    let end = Instant::now() + TIME_LIMIT;
    loop {
        let found = findings(setup, &known);
        let open = known.take_open();
        if open.is_empty() {
            return found;
        }
        for (question, answer) in ask(resolver, open, end).await {
            known.learn(question, answer);
        }
        if let (number, silent) = known.silence()
            && number == silent
        {
            return vec![no_resolver(resolver)];
        }
    }
}

/// All at once; what has no answer in time has the answer that there was no time.
async fn ask(resolver: &Resolver, open: impl IntoIterator<Item = Question>, end: Instant) -> Vec<(Question, Answer)> {
    let mut tasks = JoinSet::new();
    for question in open {
        let resolver = resolver.clone();
        tasks.spawn(async move {
            let answer = timeout_at(end, resolver.ask(&question)).await.unwrap_or(Answer::Failed(Failure::NotAsked));
            (question, answer)
        });
    }
    tasks.join_all().await
}

fn no_resolver(resolver: &Resolver) -> Finding {
    let message = format!("{} did not answer any question", resolver.name());
    Finding::fail("resolver", message).advise("See that this machine may ask it, or name another: --resolver 192.0.2.53:53.")
}
