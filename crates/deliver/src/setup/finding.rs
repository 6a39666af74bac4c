//! What was found, and what to publish.

use std::fmt;
use std::net::IpAddr;

use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};

use super::known::{Unknown, reverse};
use crate::dkim::Record;
use crate::dns::Kind;

/// How a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Would be good to have; nothing is lost without.
    Advice,
    /// Works, and wants a look.
    Warn,
    /// Must hold and does not: mail is refused, or taken for forged.
    Fail,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Of what, such as `SPF of bounce.example.org`.
    pub about: String,
    /// How it weighs.
    pub severity: Severity,
    /// A lower-case fragment: what was found.
    pub message: String,
    /// A sentence: what to do, where something is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// The records that put it right, where they can be known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub publish: Vec<Publish>,
}

impl Finding {
    pub(super) fn new(about: &str, severity: Severity, message: impl Into<String>) -> Self {
        Self { about: about.to_owned(), severity, message: message.into(), advice: None, publish: Vec::new() }
    }

    pub(super) fn ok(about: &str, message: impl Into<String>) -> Self {
        Self::new(about, Severity::Ok, message)
    }

    pub(super) fn fail(about: &str, message: impl Into<String>) -> Self {
        Self::new(about, Severity::Fail, message)
    }

    pub(super) fn warn(about: &str, message: impl Into<String>) -> Self {
        Self::new(about, Severity::Warn, message)
    }

    #[must_use]
    pub(super) fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    #[must_use]
    pub(super) fn publish(mut self, records: impl IntoIterator<Item = Publish>) -> Self {
        self.publish.extend(records);
        self
    }
}

/// What a rule could not learn is a finding; what nobody was asked yet is none, because the rule is asked again.
pub(super) fn unless_unknown(about: &str, rule: impl FnOnce(&str) -> Result<Vec<Finding>, Unknown>) -> Vec<Finding> {
    match rule(about) {
        Ok(findings) => findings,
        Err(Unknown::NotYet) => Vec::new(),
        Err(Unknown::Failed(question, failure)) => {
            let finding = Finding::fail(about, format!("could not be checked: asked for {question}, {failure}"));
            vec![finding.advise("Try again later; if it stays so, see that the name servers of the domain answer, or ask another resolver with --resolver.")]
        }
    }
}

/// A record to publish. `Display` gives the line of a zone file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    /// Without the dot at its end.
    pub name: String,
    /// Its type.
    pub kind: Kind,
    /// In one piece; a TXT record travels in [`Publish::strings`].
    pub value: String,
}

impl Publish {
    pub(super) fn text(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_owned(), kind: Kind::Txt, value: value.into() }
    }

    pub(super) fn exchanger(name: &str, host: &str) -> Self {
        Self { name: name.to_owned(), kind: Kind::Mx, value: format!("10 {host}.") }
    }

    pub(super) fn name_of(address: IpAddr, host: &str) -> Self {
        Self { name: reverse(address), kind: Kind::Ptr, value: format!("{host}.") }
    }

    pub(super) fn address_of(host: &str, address: IpAddr) -> Self {
        Self { name: host.to_owned(), kind: if address.is_ipv4() { Kind::A } else { Kind::Aaaa }, value: address.to_string() }
    }

    /// The strings of a TXT record, 255 bytes at most each; none of other records.
    pub fn strings(&self) -> Vec<String> {
        if self.kind == Kind::Txt { self.as_text().strings().map(str::to_owned).collect() } else { Vec::new() }
    }

    fn as_text(&self) -> Record {
        Record { name: self.name.clone(), value: self.value.clone() }
    }
}

impl From<&Record> for Publish {
    fn from(record: &Record) -> Self {
        Self::text(&record.name, &record.value)
    }
}

impl fmt::Display for Publish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Txt => self.as_text().fmt(f),
            kind => write!(f, "{}. IN {} {}", self.name, kind.as_str(), self.value),
        }
    }
}

impl Serialize for Publish {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Publish", 4)?;
        fields.serialize_field("name", &self.name)?;
        fields.serialize_field("type", self.kind.as_str())?;
        fields.serialize_field("value", &self.value)?;
        if self.kind == Kind::Txt {
            fields.serialize_field("strings", &self.strings())?;
        }
        fields.end()
    }
}

/// The tags of a record such as `v=DKIM1; k=rsa; p=…`, with their names in lower case.
pub(super) fn tags(text: &str) -> impl Iterator<Item = (String, &str)> {
    text.split(';').filter_map(|tag| tag.split_once('=')).map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()))
}
