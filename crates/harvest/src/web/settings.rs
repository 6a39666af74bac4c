//! What can be set about fetching: `[fetch]` in the settings file.

use serde::{Deserialize, Serialize};

/// How Pulse fetches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WebSettings {
    /// The installation's name, which every request gives: `Evidence team, Northford Council`.
    pub name: String,
    /// A page that says who fetches and why, or a `mailto:` address. Every request gives it, so that whoever is bothered by them
    /// can say so.
    pub contact: String,
    /// The least time between two requests to one host. Milliseconds; a host's own `Crawl-delay` is kept up to 30 seconds.
    pub gap_ms: u64,
    /// The same for addresses that are there for programs: APIs and feeds.
    pub api_gap_ms: u64,
    /// The longest that one answer may take in all. Seconds.
    pub timeout_s: u64,
    /// The longest that a server may say nothing: until it is connected, until its first byte, between two. Seconds.
    pub silence_s: u64,
    /// How often one request may be sent elsewhere.
    pub max_redirects: usize,
    /// How often a request is tried again within one look when the reason may pass in a moment.
    pub retries: u32,
    /// The wait before the first of these; three times as long before the next. Milliseconds, give or take a half.
    pub retry_wait_ms: u64,
    /// Ports that may be asked.
    pub ports: Vec<u16>,
    /// Hosts that are asked although they are in a private network: `intranet.example.org`, or with a port that only they may be asked
    /// on: `127.0.0.1:8123`.
    pub private_hosts: Vec<String>,
    /// How many requests are under way at once, over all hosts.
    pub concurrency: usize,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            name: String::new(),
            contact: String::new(),
            gap_ms: 1_000,
            api_gap_ms: 200,
            timeout_s: 120,
            silence_s: 20,
            max_redirects: 5,
            retries: 2,
            retry_wait_ms: 250,
            ports: vec![80, 443, 8080, 8443],
            private_hosts: Vec::new(),
            concurrency: 32,
        }
    }
}

/// Settings that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum WebSettingsError {
    /// Not a host.
    #[error("private_hosts: \"{0}\" is not a host such as intranet.example.org or 127.0.0.1:8123")]
    PrivateHost(String),
    /// Not a way to reach anybody.
    #[error("contact: \"{0}\" is neither the address of a page (https://…) nor mailto:…")]
    Contact(String),
    /// The client cannot be made.
    #[error("requests cannot be made on this machine")]
    Client(#[source] reqwest::Error),
}

impl WebSettings {
    /// What requests say of who sends them: `Pulse/0.1.0 (+https://example.org/pulse; Evidence team)`.
    ///
    /// # Errors
    /// When the contact is none.
    pub fn user_agent(&self) -> Result<String, WebSettingsError> {
        let is_contact = |contact: &str| {
            ["https://", "http://", "mailto:"].iter().any(|scheme| contact.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
                && contact.bytes().all(|byte| byte.is_ascii_graphic() && !b"()".contains(&byte))
        };
        let mut notes = Vec::new();
        if !self.contact.is_empty() {
            if !is_contact(&self.contact) {
                return Err(WebSettingsError::Contact(self.contact.clone()));
            }
            notes.push(format!("+{}", self.contact));
        }
        // A header holds ASCII, and a comment in it no brackets.
        let name: String = self.name.chars().map(|c| if c.is_ascii_graphic() && !"();\\".contains(c) { c } else { ' ' }).collect();
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if !name.is_empty() {
            notes.push(name);
        }
        let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) };
        Ok(format!("Pulse/{}{notes}", env!("CARGO_PKG_VERSION")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user_agent(contact: &str, name: &str) -> Result<String, WebSettingsError> {
        let agent = WebSettings { contact: contact.into(), name: name.into(), ..WebSettings::default() }.user_agent()?;
        Ok(agent.replace(env!("CARGO_PKG_VERSION"), "1"))
    }

    #[test]
    fn a_request_names_who_sends_it() {
        assert_eq!(user_agent("https://digest.example/about", "Evidence team").unwrap(), "Pulse/1 (+https://digest.example/about; Evidence team)");
        assert_eq!(user_agent("mailto:post@digest.example", "").unwrap(), "Pulse/1 (+mailto:post@digest.example)");
        assert_eq!(user_agent("", "Tŷ (a;\r\nb)").unwrap(), "Pulse/1 (T a b)");
        assert_eq!(user_agent("", "").unwrap(), "Pulse/1");
    }

    #[test]
    fn a_contact_that_reaches_nobody_is_refused() {
        for contact in ["digest.example", "mailto:", "https://a.example/ b", "https://a.example/)", "ftp://a.example", "https://a.example/\r\nX: y"] {
            assert!(matches!(user_agent(contact, ""), Err(WebSettingsError::Contact(_))), "{contact}");
        }
    }

    #[test]
    fn a_misspelt_setting_is_an_error() {
        assert!(toml::from_str::<WebSettings>("gap_s = 1").is_err());
        assert_eq!(toml::from_str::<WebSettings>("gap_ms = 5").unwrap(), WebSettings { gap_ms: 5, ..WebSettings::default() });
    }
}
