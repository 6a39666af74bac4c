//! What a test name server knows, as a text that a person writes.
//!
//! ```text
//! # NAME TYPE VALUE; one record a line
//! quay.example          MX     10 mail.quay.example
//! quay.example          TXT    "v=spf1 ip4:192.0.2.1" " -all"
//! www.quay.example      CNAME  quay.example
//! broken.example        SERVFAIL
//! far.example           SILENT
//! ```
//!
//! A later text can change an earlier one: [`Zone::change`] takes what the earlier had of each name and type that the later names;
//! `quay.example TXT none` takes it away, and `quay.example none` takes all of a name away.

use std::collections::BTreeMap;
use std::net::IpAddr;

use hickory_proto::rr::rdata::{A, AAAA, CNAME, MX, PTR, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};

/// Aliases are followed no further.
pub(super) const MOST_ALIASES: usize = 8;
const TTL_S: u32 = 60;

/// What a name server knows.
#[derive(Clone, Debug, Default)]
pub struct Zone {
    /// By name and type; a type of failure stands for every type.
    lines: BTreeMap<(String, String), Vec<String>>,
}

/// A line that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("line {line} of the zone cannot be read: {text}")]
pub struct ZoneError {
    line: usize,
    text: String,
}

pub(super) enum Found {
    Records(Vec<Record>),
    Alias(String, Box<Record>),
    NoRecords,
    NoName,
    Failure,
    Silence,
}

impl Zone {
    /// Reads a text.
    ///
    /// # Errors
    /// [`ZoneError`] with the first line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, ZoneError> {
        let mut zone = Self::default();
        zone.change(text)?;
        Ok(zone)
    }

    /// Changes it by a later text.
    ///
    /// # Errors
    /// [`ZoneError`] with the first line that cannot be read.
    pub fn change(&mut self, text: &str) -> Result<(), ZoneError> {
        let mut changed: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = || ZoneError { line: at + 1, text: line.to_owned() };
            let (name, rest) = line.split_once(char::is_whitespace).ok_or_else(wrong)?;
            let (kind, value) = rest.trim().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
            let (name, value) = (name.trim_end_matches('.').to_ascii_lowercase(), value.trim());
            if kind == "none" {
                self.lines.retain(|(known, _), _| *known != name);
                continue;
            }
            if value != "none" && !matches!(kind, "SERVFAIL" | "SILENT") && record(&name, kind, value).is_none() {
                return Err(wrong());
            }
            changed.entry((name, kind.to_owned())).or_default().push(value.to_owned());
        }
        for (key, mut values) in changed {
            values.retain(|value| value != "none");
            self.lines.insert(key, values);
        }
        Ok(())
    }

    pub(super) fn find(&self, name: &str, kind: RecordType) -> Found {
        let of = |kind: &str| self.lines.get(&(name.to_owned(), kind.to_owned()));
        if of("SILENT").is_some() {
            return Found::Silence;
        }
        if of("SERVFAIL").is_some() {
            return Found::Failure;
        }
        let records = |kind: &str| -> Vec<Record> { of(kind).into_iter().flatten().filter_map(|value| record(name, kind, value)).collect() };
        let found = records(&kind.to_string());
        if !found.is_empty() {
            return Found::Records(found);
        }
        if let Some((target, record)) = of("CNAME").and_then(|values| values.first().cloned()).zip(records("CNAME").pop()) {
            return Found::Alias(target.trim_end_matches('.').to_ascii_lowercase(), Box::new(record));
        }
        // A name is there too when something is below it (RFC 8020).
        let below = format!(".{name}");
        let is_there = self.lines.iter().any(|((known, _), values)| !values.is_empty() && (known == name || known.ends_with(&below)));
        if is_there { Found::NoRecords } else { Found::NoName }
    }
}

fn record(name: &str, kind: &str, value: &str) -> Option<Record> {
    let host = |text: &str| {
        let mut name = Name::from_ascii(text).ok()?;
        name.set_fqdn(true);
        Some(name)
    };
    let address = value.parse::<IpAddr>().ok();
    let value = match (kind, address) {
        ("A", Some(IpAddr::V4(address))) => RData::A(A(address)),
        ("AAAA", Some(IpAddr::V6(address))) => RData::AAAA(AAAA(address)),
        ("MX", _) => {
            let (preference, exchanger) = value.split_once(' ')?;
            RData::MX(MX::new(preference.parse().ok()?, host(exchanger.trim())?))
        }
        ("PTR", _) => RData::PTR(PTR(host(value)?)),
        ("CNAME", _) => RData::CNAME(CNAME(host(value)?)),
        ("TXT", _) => RData::TXT(TXT::new(strings(value)?)),
        _ => return None,
    };
    Some(Record::from_rdata(host(name)?, TTL_S, value))
}

/// The strings of a TXT record: `"one" "two"`.
fn strings(value: &str) -> Option<Vec<String>> {
    let mut strings = Vec::new();
    let mut rest = value.trim();
    while !rest.is_empty() {
        let (string, after) = rest.strip_prefix('"')?.split_once('"')?;
        strings.push(string.to_owned());
        rest = after.trim_start();
    }
    (!strings.is_empty()).then_some(strings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_text_replaces_what_it_names_and_nothing_else() {
        let mut zone = Zone::parse("a.example A 192.0.2.1\na.example TXT \"one\"\nb.example A 192.0.2.2\n# a remark\n").unwrap();
        zone.change("A.example. TXT none\nb.example none\nc.example SERVFAIL").unwrap();
        assert!(matches!(zone.find("a.example", RecordType::A), Found::Records(records) if records.len() == 1));
        assert!(matches!(zone.find("a.example", RecordType::TXT), Found::NoRecords));
        assert!(matches!(zone.find("b.example", RecordType::A), Found::NoName));
        assert!(matches!(zone.find("example", RecordType::A), Found::NoRecords));
        assert!(matches!(zone.find("c.example", RecordType::MX), Found::Failure));
        assert_eq!(Zone::parse("a.example A here").unwrap_err().to_string(), "line 1 of the zone cannot be read: a.example A here");
    }
}
