//! How much one recipient domain may get at a time, whichever relay it goes through.
//!
//! In: a table of the settings file. Out: [`Domains`], which says what holds for an address. Not here: who waits ([`crate::pace`]
//! says how long).

use pulse_model::EmailAddress;
use serde::Deserialize;

use super::SettingsError;
use crate::pace::Pace;

/// What stands for every domain that is not named.
const EVERY_OTHER: &str = "*";

/// What holds for one domain, or with `*` for each one that is not named:
///
/// ```toml
/// domain = "mail.example"
/// pace = { per_second = 2 }
/// connections = 3
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomainSettings {
    /// What stands behind the `@`.
    pub domain: String,
    /// The most messages a second. Without it, as fast as it goes.
    #[serde(default)]
    pub pace: Option<Pace>,
    /// The most messages on their way to it at the same time. Without it, as many as there are connections.
    #[serde(default)]
    pub connections: Option<u32>,
}

/// What holds for recipient domains.
#[derive(Clone, Debug, Default)]
pub struct Domains(Vec<DomainSettings>);

impl Domains {
    /// Checks the settings, and brings each domain into the form DNS has it in.
    ///
    /// # Errors
    /// [`SettingsError`] names the first thing that is wrong.
    pub fn new(settings: &[DomainSettings]) -> Result<Self, SettingsError> {
        settings.iter().map(checked).collect::<Result<_, _>>().map(Self)
    }

    /// What holds for a domain in the form DNS has it in: what is said of it, or else of every other.
    ///
    /// ```
    /// use pulse_deliver::relay::{Domains, DomainSettings};
    /// let rule = |domain: &str| DomainSettings { domain: domain.into(), pace: None, connections: Some(3) };
    /// let domains = Domains::new(&[rule("quay.example")]).unwrap();
    /// assert!(domains.of("quay.example").is_some() && domains.of("mail.quay.example").is_none());
    /// ```
    pub fn of(&self, domain: &str) -> Option<&DomainSettings> {
        let named = self.0.iter().find(|settings| settings.domain == domain);
        named.or_else(|| self.0.iter().find(|settings| settings.domain == EVERY_OTHER))
    }
}

fn checked(settings: &DomainSettings) -> Result<DomainSettings, SettingsError> {
    let host = || settings.domain.clone();
    let domain = match settings.domain.as_str() {
        EVERY_OTHER => EVERY_OTHER.to_owned(),
        name => match EmailAddress::parse(&format!("reader@{name}")) {
            Ok(address) => address.domain().to_owned(),
            Err(_) => return Err(SettingsError::NoDomain { domain: host() }),
        },
    };
    if settings.connections == Some(0) {
        return Err(SettingsError::Zero { field: "connections" });
    }
    settings.pace.as_ref().map_or(Ok(()), Pace::check).map_err(|cause| SettingsError::Pace { host: host(), cause })?;
    Ok(DomainSettings { domain, ..settings.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(domain: &str) -> DomainSettings {
        DomainSettings { domain: domain.to_owned(), pace: None, connections: Some(1) }
    }

    #[test]
    fn a_name_is_stronger_than_the_star() {
        let domains = Domains::new(&[settings("*"), settings("Käse.EXAMPLE")]).unwrap();
        assert_eq!(domains.of("xn--kse-qla.example").map(|rule| rule.domain.as_str()), Some("xn--kse-qla.example"));
        assert_eq!(domains.of("quay.example").map(|rule| rule.domain.as_str()), Some("*"));
        assert!(Domains::default().of("quay.example").is_none());
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (settings, words) in [
            (settings("not a domain"), "\u{201c}not a domain\u{201d} is no domain"),
            (DomainSettings { connections: Some(0), ..settings("quay.example") }, "connections of a relay or domain must be at least 1"),
            (DomainSettings { pace: Some(Pace::per_second(0.0)), ..settings("quay.example") }, "the pace of quay.example cannot be kept"),
        ] {
            assert_eq!(Domains::new(&[settings]).unwrap_err().to_string(), words);
        }
    }
}
