//! What a record says of one address.

use std::net::IpAddr;

use mail_auth::spf::{Mechanism, Qualifier};

use super::walk::{literal, name};
use super::{parse, records};
use crate::setup::known::{Known, Unknown};

/// The deepest that includes are followed; the count of look-ups says so much earlier.
const MOST_DEEP: usize = 12;

/// What the record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spoken {
    /// `pass`.
    Permitted,
    /// Another result of RFC 7208 section 2.6.
    Other(&'static str),
    /// It has a macro, whose value depends on the message.
    Unsure,
}

/// Puts an address to the record of a domain.
pub(super) fn speak(known: &Known, domain: &str, address: IpAddr) -> Result<Spoken, Unknown> {
    at(known, domain, address, 0)
}

fn at(known: &Known, domain: &str, address: IpAddr, depth: usize) -> Result<Spoken, Unknown> {
    let found = records(known, domain)?;
    let ([record], true) = (found.as_slice(), depth < MOST_DEEP) else { return Ok(Spoken::Other("permerror")) };
    let Some(spf) = parse(record) else { return Ok(Spoken::Other("permerror")) };
    for directive in &spf.directives {
        let fits = match &directive.mechanism {
            Mechanism::All => Some(true),
            Mechanism::Ip4 { addr, mask } => Some(fits(address, IpAddr::V4(*addr), *mask, 0)),
            Mechanism::Ip6 { addr, mask } => Some(fits(address, IpAddr::V6(*addr), 0, *mask)),
            Mechanism::A { macro_string, ip4_mask, ip6_mask } => match name(macro_string, domain) {
                Some(name) => Some(known.addresses(&name)?.into_iter().any(|one| fits(address, one, *ip4_mask, *ip6_mask))),
                None => None,
            },
            Mechanism::Mx { macro_string, ip4_mask, ip6_mask } => match name(macro_string, domain) {
                Some(name) => Some(exchanger_fits(known, &name, address, *ip4_mask, *ip6_mask)?),
                None => None,
            },
            Mechanism::Include { macro_string } => match literal(macro_string) {
                Some(target) => match at(known, &target, address, depth + 1)? {
                    Spoken::Permitted => Some(true),
                    Spoken::Unsure => None,
                    Spoken::Other("permerror") => return Ok(Spoken::Other("permerror")),
                    Spoken::Other(_) => Some(false),
                },
                None => None,
            },
            Mechanism::Exists { macro_string } => match literal(macro_string) {
                Some(target) => Some(known.addresses(&target)?.iter().any(IpAddr::is_ipv4)),
                None => None,
            },
            Mechanism::Ptr { macro_string } => match name(macro_string, domain) {
                Some(target) => Some(known.names(address)?.iter().any(|host| *host == target || host.ends_with(&format!(".{target}")))),
                None => None,
            },
        };
        match fits {
            Some(false) => {}
            Some(true) => return Ok(spoken(&directive.qualifier)),
            None => return Ok(Spoken::Unsure),
        }
    }
    match &spf.redirect {
        None => Ok(Spoken::Other("neutral")),
        Some(target) => match literal(target) {
            Some(target) => at(known, &target, address, depth + 1),
            None => Ok(Spoken::Unsure),
        },
    }
}

fn spoken(qualifier: &Qualifier) -> Spoken {
    match qualifier {
        Qualifier::Pass => Spoken::Permitted,
        Qualifier::Fail => Spoken::Other("fail"),
        Qualifier::SoftFail => Spoken::Other("softfail"),
        Qualifier::Neutral => Spoken::Other("neutral"),
    }
}

fn exchanger_fits(known: &Known, name: &str, address: IpAddr, four: u32, six: u128) -> Result<bool, Unknown> {
    let answers: Vec<_> = known.exchangers(name)?.into_iter().map(|(_, host)| known.addresses(host)).collect();
    let mut any = false;
    for addresses in answers {
        any |= addresses?.into_iter().any(|one| fits(address, one, four, six));
    }
    Ok(any)
}

fn fits(address: IpAddr, network: IpAddr, four: u32, six: u128) -> bool {
    match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => a.to_bits() & four == b.to_bits() & four,
        (IpAddr::V6(a), IpAddr::V6(b)) => a.to_bits() & six == b.to_bits() & six,
        _ => false,
    }
}
