//! The machines: have they names, do bounces arrive, and what else is good to have.

use std::net::IpAddr;

use super::finding::{Finding, Publish, Severity};
use super::known::{Known, Unknown};
use super::{Place, Setup};

/// Has the address a name that leads back to it? Large receivers ask for it.
pub(super) fn name(known: &Known, setup: &Setup, address: IpAddr, place: &Place, about: &str) -> Result<Vec<Finding>, Unknown> {
    let (severity, guess) = match place {
        Place::Named => (Severity::Fail, String::new()),
        Place::Relay(host) => (Severity::Warn, format!(" If {host} sends from other addresses, name them with --ip.")),
    };
    let own = match place {
        Place::Relay(host) if host.parse::<IpAddr>().is_err() => Some(host.as_str()),
        _ => setup.hello_name.as_deref(),
    };
    let names = known.names(address)?;
    let pair = own.map(|host| [Publish::name_of(address, host), Publish::address_of(host, address)]).into_iter().flatten();
    if names.is_empty() {
        let advice = format!("Whoever gave you the address publishes its name (PTR).{guess}");
        return Ok(vec![Finding::new(about, severity, "the address has no name, and large receivers refuse mail from such").advise(advice).publish(pair)]);
    }
    let forward: Vec<_> = names.iter().map(|name| (*name, known.addresses(name))).collect();
    let mut confirmed = None;
    for (name, addresses) in forward {
        if addresses?.contains(&address) {
            confirmed = confirmed.or(Some(name));
        }
    }
    Ok(vec![match confirmed {
        Some(name) => Finding::ok(about, format!("its name is {name}, and that leads back to it")),
        None => {
            let message = format!("its name is {}, and that does not lead back to it", names.join(", "));
            let records = names.first().map(|name| Publish::address_of(name, address));
            Finding::new(about, severity, message).advise(format!("Publish the address of that name.{guess}")).publish(records)
        }
    }])
}

/// Do bounces arrive?
pub(super) fn exchanger(known: &Known, setup: &Setup, about: &str) -> Result<Vec<Finding>, Unknown> {
    let domain = &setup.return_domain;
    let found = known.exchangers(domain)?;
    // The server of the From domain takes in mail already; else this machine, by its name.
    let host = match known.exchangers(&setup.from_domain) {
        Err(Unknown::NotYet) => return Err(Unknown::NotYet),
        // What is not known of the From domain says nothing about this one.
        Err(Unknown::Failed(..)) => None,
        Ok(exchangers) => exchangers.first().map(|(_, host)| (*host).to_owned()).filter(|host| !host.is_empty()),
    };
    let host = host.or_else(|| setup.hello_name.clone());
    let record = host.map(|host| Publish::exchanger(domain, &host));
    let advice = "Name the server that takes in mail for it and hands it to pulse bounce feed.";
    if found.is_empty() {
        let message = if known.exists(domain)? {
            if !known.addresses(domain)?.is_empty() {
                let message = "there is no MX record; the address of the domain itself is tried, as in old times";
                return Ok(vec![Finding::warn(about, message).advise(advice).publish(record)]);
            }
            "nobody takes in mail, so that bounces are lost and receivers may refuse the messages"
        } else {
            "there is no such domain: bounces are lost, and receivers refuse the messages"
        };
        return Ok(vec![Finding::fail(about, message).advise(advice).publish(record)]);
    }
    if found.iter().any(|(_, host)| host.is_empty()) {
        let message = "the domain says that it takes in no mail (a null MX, RFC 7505), and receivers refuse messages that cannot be returned";
        return Ok(vec![Finding::fail(about, message).advise(advice).publish(record)]);
    }
    let answers: Vec<_> = found.iter().map(|(_, host)| (*host, known.addresses(host))).collect();
    let mut dead = Vec::new();
    let number = answers.len();
    for (host, addresses) in answers {
        if addresses?.is_empty() {
            dead.push(host);
        }
    }
    let hosts = || found.iter().map(|(_, host)| *host).collect::<Vec<_>>().join(", ");
    Ok(vec![if dead.is_empty() {
        Finding::ok(about, hosts())
    } else {
        let message = format!("{} has no address, so that mail cannot get there", dead.join(", "));
        let finding = if dead.len() == number { Finding::fail(about, message) } else { Finding::warn(about, message) };
        finding.advise("Publish its address, or take it out of the MX records.")
    }])
}

/// Does the domain that readers see exist?
pub(super) fn domain(known: &Known, setup: &Setup, about: &str) -> Result<Vec<Finding>, Unknown> {
    if known.exists(&setup.from_domain)? {
        return Ok(Vec::new());
    }
    let message = "there is no such domain in DNS, and receivers refuse mail from one that is not there";
    Ok(vec![Finding::fail(about, message).advise("See that the address in [sender] of the digest's file is written rightly, and publish the records below.")])
}

/// How mail to the domain is secured on its way (MTA-STS, RFC 8461).
pub(super) fn secured(known: &Known, setup: &Setup, about: &str) -> Result<Vec<Finding>, Unknown> {
    let name = format!("_mta-sts.{}", setup.from_domain);
    Ok(vec![match known.tagged(&name, "v=STSv1")?.as_slice() {
        [_] => Finding::ok(about, "there is a record"),
        _ => {
            let advice = format!(
                "It lets answers and bounces come through TLS alone. It needs a policy too, at https://mta-sts.{}/.well-known/mta-sts.txt; change id whenever that changes.",
                setup.from_domain
            );
            Finding::new(about, Severity::Advice, "there is no record").advise(advice).publish([Publish::text(&name, "v=STSv1; id=1")])
        }
    }])
}

/// Whether others report when TLS fails (RFC 8460).
pub(super) fn reported(known: &Known, setup: &Setup, about: &str) -> Result<Vec<Finding>, Unknown> {
    let name = format!("_smtp._tls.{}", setup.from_domain);
    Ok(vec![match known.tagged(&name, "v=TLSRPTv1")?.as_slice() {
        [_] => Finding::ok(about, "there is a record"),
        _ => {
            let value = format!("v=TLSRPTv1; rua=mailto:postmaster@{}", setup.from_domain);
            Finding::new(about, Severity::Advice, "there is no record")
                .advise("It brings reports of mail to you that could not be secured; name an address that somebody reads.")
                .publish([Publish::text(&name, value)])
        }
    }])
}
