//! Which addresses may be fetched: by scheme, port and host, and which hosts are on the public internet.
//!
//! Invariant: an address that IANA's registries of special purposes do not call globally reachable is never public, however it is
//! written or wrapped into another. Not here: what a name leads to ([`super::resolve`]).

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::settings::{WebSettings, WebSettingsError};
use crate::door::FetchError;

/// Blocks of IPv4 that are not the public internet: <https://www.iana.org/assignments/iana-ipv4-special-registry>, with multicast. Of
/// blocks with exceptions the whole is here, because no web site is at an exception.
const NOT_PUBLIC_V4: [(Ipv4Addr, u32); 17] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),        // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),       // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),    // shared by a provider's customers
    (Ipv4Addr::new(127, 0, 0, 0), 8),      // this machine
    (Ipv4Addr::new(168, 63, 129, 16), 32), // public by number, yet inside Azure the machine's own host answers there
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // this link; metadata of cloud machines
    (Ipv4Addr::new(172, 16, 0, 0), 12),    // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),     // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation
    (Ipv4Addr::new(192, 31, 196, 0), 24),  // AS112
    (Ipv4Addr::new(192, 52, 193, 0), 24),  // AMT
    (Ipv4Addr::new(192, 88, 99, 0), 24),   // 6to4 relays
    (Ipv4Addr::new(192, 168, 0, 0), 16),   // private
    (Ipv4Addr::new(192, 175, 48, 0), 24),  // AS112
    (Ipv4Addr::new(198, 18, 0, 0), 15),    // measuring
    (Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation
];

/// Blocks inside 2000::/3, which is all that IPv6 has of public addresses, that are not public:
/// <https://www.iana.org/assignments/iana-ipv6-special-registry>.
const NOT_PUBLIC_V6: [(Ipv6Addr, u32); 5] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),         // protocol assignments, Teredo, ORCHID
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),     // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),         // 6to4: an IPv4 address inside
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48), // AS112
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),         // documentation
];

/// Whether an address is one of the public internet.
///
/// An address of 64:ff9b::/96 is what a network without IPv4 has for an IPv4 address (RFC 6052), and is as public as that.
///
/// ```
/// use pulse_harvest::web::is_public;
///
/// assert!(is_public("8.8.8.8".parse().unwrap()));
/// assert!(!is_public("169.254.169.254".parse().unwrap()));
/// assert!(!is_public("::ffff:8.8.8.8".parse().unwrap()));
/// ```
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let is_in = |(block, length): &(Ipv4Addr, u32)| (v4.to_bits() ^ block.to_bits()) >> (32 - length) == 0;
            v4.octets()[0] < 224 && !NOT_PUBLIC_V4.iter().any(is_in)
        }
        IpAddr::V6(v6) => {
            if let [0x64, 0xff9b, 0, 0, 0, 0, _, _] = v6.segments() {
                let [.., a, b, c, d] = v6.octets();
                return is_public(IpAddr::V4(Ipv4Addr::new(a, b, c, d)));
            }
            let is_in = |(block, length): &(Ipv6Addr, u32)| (v6.to_bits() ^ block.to_bits()) >> (128 - length) == 0;
            v6.segments()[0] >> 13 == 1 && !NOT_PUBLIC_V6.iter().any(is_in)
        }
    }
}

/// Which client a request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// The one that goes to public addresses only.
    Public,
    /// The one for hosts that the settings name, wherever they are.
    Named,
}

/// What the settings say of addresses.
#[derive(Debug)]
pub(super) struct Addresses {
    ports: HashSet<u16>,
    /// Hosts as [`Url`] writes them, each with its port where it has one of its own.
    private_hosts: HashSet<(String, Option<u16>)>,
}

impl Addresses {
    pub(super) fn new(settings: &WebSettings) -> Result<Self, WebSettingsError> {
        let private_hosts = settings.private_hosts.iter().map(|host| private_host(host)).collect::<Result<_, _>>()?;
        Ok(Self { ports: settings.ports.iter().copied().collect(), private_hosts })
    }

    /// Checks all of an address but what its name leads to.
    pub(super) fn check(&self, url: &Url) -> Result<Way, FetchError> {
        self.way(url).map_err(|why| FetchError::Forbidden { url: without_secrets(url), why })
    }

    fn way(&self, url: &Url) -> Result<Way, String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("only http and https are fetched, not {}", url.scheme()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it has a user name or a password in it".to_owned());
        }
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else { return Err("it names no host".to_owned()) };
        if matches!(host, Host::Domain(name) if name.ends_with('.')) {
            return Err("the name of its host ends in a dot".to_owned());
        }
        let name = host.to_string();
        if self.private_hosts.contains(&(name.clone(), Some(port))) {
            return Ok(Way::Named);
        }
        if !self.ports.contains(&port) {
            return Err(format!("port {port} is not among the ports that may be asked; the setting ports can name it"));
        }
        if self.private_hosts.contains(&(name, None)) {
            return Ok(Way::Named);
        }
        let address = match host {
            Host::Domain(_) => return Ok(Way::Public),
            Host::Ipv4(v4) => IpAddr::V4(v4),
            Host::Ipv6(v6) => IpAddr::V6(v6),
        };
        if is_public(address) { Ok(Way::Public) } else { Err(not_public(address)) }
    }
}

/// Why an address is not asked, and what can be done about it.
pub(super) fn not_public(address: IpAddr) -> String {
    format!("{address} is not an address of the public internet; the setting private_hosts can name hosts that may be asked all the same")
}

/// An address as it may be shown: a password stays out of logs and tables.
fn without_secrets(url: &Url) -> String {
    let mut shown = url.clone();
    // Neither can be set where there is no host, and there they are not either.
    _ = shown.set_username("");
    _ = shown.set_password(None);
    shown.into()
}

fn private_host(text: &str) -> Result<(String, Option<u16>), WebSettingsError> {
    // The port of a scheme that nobody uses, so that 80 and 443 can be told from none.
    let url = Url::parse(&format!("ftp://{text}")).ok().filter(|url| {
        url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none() && !text.ends_with('/')
    });
    let host = url.as_ref().and_then(|url| Some((url.host_str()?.to_owned(), url.port())));
    host.filter(|(name, _)| !name.is_empty()).ok_or_else(|| WebSettingsError::PrivateHost(text.to_owned()))
}

#[cfg(test)]
mod tests;
