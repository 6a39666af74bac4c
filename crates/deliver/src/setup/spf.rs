//! May the servers that Pulse uses send for a domain? (RFC 7208)
//!
//! The record is walked as a receiver walks it, includes and redirect too, to count look-ups and find what breaks; then each address
//! that messages leave from is put to it.

mod verdict;
mod walk;

use std::collections::BTreeMap;
use std::net::IpAddr;

use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::spf::{Mechanism, Qualifier, Spf};

use super::finding::{Finding, Publish};
use super::known::{Known, Unknown};
use super::{Setup, is_public};
use verdict::{Spoken, speak};
use walk::walk;

/// The most look-ups a receiver makes for one message (RFC 7208 section 4.6.4).
const MOST_LOOKUPS: usize = 10;
/// The most of them that may find nothing (the same section).
const MOST_VOID: usize = 2;

/// The texts of a name that are SPF records (RFC 7208 section 4.5).
fn records<'k>(known: &'k Known, domain: &str) -> Result<Vec<&'k str>, Unknown> {
    let is_spf = |text: &&str| text.split(' ').next().is_some_and(|version| version.eq_ignore_ascii_case("v=spf1"));
    Ok(known.texts(domain)?.into_iter().filter(is_spf).collect())
}

/// Reads a record. The library lets pass what receivers take for broken: mechanisms that there are not (RFC 7208 section 4.6), and
/// addresses that are none.
fn parse(record: &str) -> Option<Spf> {
    record.split_whitespace().skip(1).all(is_term).then(|| Spf::parse(record.as_bytes()).ok()).flatten()
}

fn is_term(term: &str) -> bool {
    let term = term.trim_start_matches(['+', '-', '~', '?']);
    let end = term.find([':', '/', '=']).unwrap_or(term.len());
    let (name, rest) = term.split_at(end);
    let address = || rest.trim_start_matches(':').split('/').next().unwrap_or_default();
    // Parts of a network that nobody has: 0 to 32, and 0 to 128 behind two slashes or in IPv6.
    let sizes = rest.split('/').skip(1).filter(|size| !size.is_empty());
    let most = if name.eq_ignore_ascii_case("ip6") || rest.contains("//") { 128 } else { 32 };
    let are_sizes = || sizes.clone().all(|size| size.parse::<u8>().is_ok_and(|size| size <= most));
    match name.to_ascii_lowercase().as_str() {
        "ip4" => address().parse::<std::net::Ipv4Addr>().is_ok() && are_sizes(),
        "ip6" => address().parse::<std::net::Ipv6Addr>().is_ok() && are_sizes(),
        "a" | "mx" => are_sizes(),
        "all" | "include" | "exists" | "ptr" => true,
        // A modifier that nobody knows is passed over (RFC 7208 section 6).
        _ => rest.starts_with('='),
    }
}

/// What is to be said of one domain that messages return to.
pub(super) fn check(known: &Known, setup: &Setup, domain: &str, about: &str) -> Result<Vec<Finding>, Unknown> {
    let found = records(known, domain)?;
    let smallest = Publish::text(domain, smallest(setup));
    let enough = format!("Where nothing but Pulse sends for {domain}, the record below is enough.");
    let record = match found.as_slice() {
        [] => {
            let message = format!("there is no SPF record, so no receiver can tell whether a server may send for {domain}");
            return Ok(vec![Finding::fail(about, message).advise(enough).publish([smallest])]);
        }
        [record] => *record,
        several => {
            let message = format!("there are {} SPF records; receivers then take none of them (RFC 7208 section 4.5)", several.len());
            let one = Publish::text(domain, merged(several));
            return Ok(vec![Finding::fail(about, message).advise("Publish one record in place of them all.").publish([one])]);
        }
    };
    let Some(spf) = parse(record) else {
        let message = format!("the SPF record cannot be read, and receivers ignore such a one: {record}");
        return Ok(vec![Finding::fail(about, message).advise(enough).publish([smallest])]);
    };
    let walked = walk(known, domain, &spf)?;
    let mut findings: Vec<Finding> =
        walked.broken.iter().map(|broken| Finding::fail(about, broken.clone()).advise(enough.clone()).publish([smallest.clone()])).collect();
    if walked.lookups > MOST_LOOKUPS {
        let message = format!("the SPF record makes {} look-ups, and receivers stop at {MOST_LOOKUPS} (RFC 7208 section 4.6.4)", walked.lookups);
        let advice = format!("Take out what is no longer used, or name addresses (ip4, ip6) in place of includes. {enough}");
        findings.push(Finding::fail(about, message).advise(advice).publish([smallest.clone()]));
    }
    if walked.void > MOST_VOID {
        let message = format!("{} look-ups of the SPF record find nothing; receivers may stop at {MOST_VOID}", walked.void);
        findings.push(Finding::warn(about, message).advise("Take out the names that are no longer there."));
    }
    findings.extend(ending(about, &spf, &enough, &smallest));
    let allowed = match findings.is_empty() {
        true => addresses(known, setup, (domain, record), about, &mut findings)?,
        false => Vec::new(),
    };
    if findings.is_empty() {
        let permits = if allowed.is_empty() { String::new() } else { format!("; it permits {}", allowed.join(", ")) };
        findings.push(Finding::ok(about, format!("{} of {MOST_LOOKUPS} look-ups{permits}", walked.lookups)));
    }
    Ok(findings)
}

/// What the end of the record says of every other server.
fn ending(about: &str, spf: &Spf, enough: &str, smallest: &Publish) -> Option<Finding> {
    let all = spf.directives.iter().find(|directive| directive.mechanism == Mechanism::All);
    match all.map(|directive| &directive.qualifier) {
        Some(Qualifier::Pass) => {
            let message = "the SPF record ends in +all, so that the whole world may send for the domain";
            Some(Finding::fail(about, message).advise(format!("End it in -all. {enough}")).publish([smallest.clone()]))
        }
        Some(Qualifier::Neutral) => {
            Some(Finding::warn(about, "the SPF record ends in ?all, which says nothing about other servers").advise("End it in -all or ~all."))
        }
        None if spf.redirect.is_none() => {
            Some(Finding::warn(about, "the SPF record has no end, and so says nothing about other servers").advise("End it in -all or ~all."))
        }
        _ if spf.directives.iter().any(|directive| matches!(directive.mechanism, Mechanism::Ptr { .. })) => Some(
            Finding::warn(about, "the SPF record uses ptr, which is slow and should not be used (RFC 7208 section 5.5)").advise("Name addresses in its place."),
        ),
        _ => None,
    }
}

/// Puts each address to the record; those it permits.
fn addresses(known: &Known, setup: &Setup, (domain, record): (&str, &str), about: &str, findings: &mut Vec<Finding>) -> Result<Vec<String>, Unknown> {
    let mut allowed = Vec::new();
    // By the relay they belong to; those that somebody named belong to none.
    let mut refused: BTreeMap<Option<String>, Vec<(IpAddr, &str)>> = BTreeMap::new();
    for (address, place) in setup.places(known)? {
        match speak(known, domain, address)? {
            Spoken::Permitted => allowed.push(address.to_string()),
            // A macro: what it comes to depends on each message.
            Spoken::Unsure => {}
            Spoken::Other(result) => refused.entry(place.relay()).or_default().push((address, result)),
        }
    }
    for (relay, addresses) in refused {
        let list: Vec<String> = addresses.iter().map(|(address, result)| format!("{address} ({result})")).collect();
        let list = list.join(", ");
        findings.push(match relay {
            None => {
                let terms: Vec<String> = addresses.iter().map(|(address, _)| term(*address)).collect();
                let message = format!("the SPF record does not permit what messages come from: {list}");
                Finding::fail(about, message).advise("Add it.").publish([Publish::text(domain, with_term(record, &terms.join(" ")))])
            }
            Some(host) => {
                let message = format!("the SPF record does not permit {host}: {list}");
                let advice = format!(
                    "If {host} sends from its own address, add it. Relays often send from others: ask whoever runs it what to include, and name the addresses with --ip."
                );
                Finding::warn(about, message).advise(advice).publish([Publish::text(domain, with_term(record, &host_term(&host)))])
            }
        });
    }
    Ok(allowed)
}

/// The smallest record that permits what Pulse sends through.
fn smallest(setup: &Setup) -> String {
    let named = setup.addresses.iter().map(|address| term(*address));
    // A relay in our own network sends from an address that only a person can name.
    let is_outside = |host: &&String| host.contains('.') && host.parse().map_or(true, |address| is_public(&address));
    let terms: Vec<String> =
        if setup.addresses.is_empty() { setup.relays.iter().filter(is_outside).map(|host| host_term(host)).collect() } else { named.collect() };
    let terms = if terms.is_empty() { "mx".to_owned() } else { terms.join(" ") };
    format!("v=spf1 {terms} -all")
}

fn term(address: IpAddr) -> String {
    format!("{}:{address}", if address.is_ipv4() { "ip4" } else { "ip6" })
}

fn host_term(host: &str) -> String {
    host.parse().map_or_else(|_| format!("a:{host}"), term)
}

/// The record with one term more, before all others.
fn with_term(record: &str, term: &str) -> String {
    let rest = record.split_once(' ').map_or("", |(_, rest)| rest.trim());
    format!("v=spf1 {term} {rest}").trim_end().to_owned()
}

/// One record that says what several say, and ends as the first that has an end.
fn merged(records: &[&str]) -> String {
    let is_end = |term: &str| term.trim_start_matches(['+', '-', '~', '?']).eq_ignore_ascii_case("all");
    let mut terms: Vec<&str> = Vec::new();
    let mut end = "-all";
    for term in records.iter().rev().flat_map(|record| record.split_whitespace().skip(1)).filter(|term| is_end(term)) {
        end = term;
    }
    for term in records.iter().flat_map(|record| record.split_whitespace().skip(1)).filter(|term| !is_end(term)) {
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    ["v=spf1"].into_iter().chain(terms).chain([end]).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_receivers_take_for_broken_is_not_read() {
        for good in
            ["v=spf1 -all", "v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 a:x.example/24//64 mx include:y.example ~all", "v=spf1 new=thing redirect=x.example"]
        {
            assert!(parse(good).is_some(), "{good}");
        }
        for bad in ["v=spf1 ipv4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.256 -all", "v=spf1 ip4:192.0.2.0/33 -all", "v=spf1 a/33 -all", "v=spf1 include -all"] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn two_records_become_one() {
        assert_eq!(merged(&["v=spf1 mx ip4:192.0.2.1 ~all", "v=spf1 include:x.example mx -all"]), "v=spf1 mx ip4:192.0.2.1 include:x.example ~all");
        assert_eq!(with_term("v=spf1 mx -all", "ip4:192.0.2.1"), "v=spf1 ip4:192.0.2.1 mx -all");
        assert_eq!(with_term("v=spf1", "a:x.example"), "v=spf1 a:x.example");
    }

    proptest! {
        #[test]
        fn whatever_stands_in_a_record_is_read_or_not(terms in prop::collection::vec("[+~?-]?(a|mx|ip4|ip6|include|exists|ptr|all|redirect|exp)[:=/]?[0-9a-z.:/%{}-]{0,12}", 0..6)) {
            let _ = parse(&format!("v=spf1 {}", terms.join(" ")));
        }

        #[test]
        fn whatever_stands_in_a_text_is_read_or_not(text in "v=spf1 \\PC{0,80}") {
            let _ = parse(&text);
        }
    }
}
