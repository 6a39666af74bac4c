//! Who sends an alert: the publisher, a service that watches many, or a person who passes something on.

use mail_parser::{Addr, HeaderName, Message};

use super::target::site_of_host;

/// Who wrote a message, or a part of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sender {
    /// Its name as a publisher; empty where a person writes.
    pub(super) name: String,
    /// The site of its address: `quay.example`.
    pub(super) site: String,
    /// When it was sent, where that can be true. Unix milliseconds.
    pub(super) sent_at: Option<i64>,
}

/// What programs and offices call themselves, before the `@`.
const OFFICES: [&str; 26] = [
    "alert",
    "alerts",
    "bulletin",
    "comms",
    "communications",
    "contact",
    "digest",
    "do-not-reply",
    "donotreply",
    "email",
    "enews",
    "enquiries",
    "hello",
    "info",
    "mail",
    "mailing",
    "marketing",
    "media",
    "news",
    "newsletter",
    "no-reply",
    "noreply",
    "press",
    "publications",
    "updates",
    "subscriptions",
];
/// What a name says of the message and not of the publisher.
const DECORATIONS: [&str; 19] = [
    "email alerts",
    "email updates",
    "e-mail alerts",
    "e-mail updates",
    "email newsletter",
    "e-newsletter",
    "enewsletter",
    "newsletters",
    "newsletter",
    "e-bulletin",
    "bulletin",
    "mailing list",
    "publications",
    "alerts",
    "alert",
    "updates",
    "e-news",
    "enews",
    "email",
];

impl Sender {
    /// Who sends a message.
    pub(super) fn of(message: &Message<'_>) -> Self {
        let Some(from) = message.from().and_then(|from| from.first()) else { return Self::default() };
        let is_mailing = ["List-Id", "List-Unsubscribe", "Feedback-ID", "X-Campaign", "Auto-Submitted"].iter().any(|name| message.header(*name).is_some())
            || message
                .header(HeaderName::Other("Precedence".into()))
                .and_then(|value| value.as_text())
                .is_some_and(|value| matches!(value.trim(), "bulk" | "list"));
        Self::of_address(from, is_mailing)
    }

    /// Who has an address. Without a mark of a mailing, only an office's name is one of a publisher.
    pub(super) fn of_address(from: &Addr<'_>, is_mailing: bool) -> Self {
        let address = from.address().unwrap_or_default().to_ascii_lowercase();
        let (local, host) = address.rsplit_once('@').unwrap_or_default();
        let is_office =
            OFFICES.iter().any(|office| local.split(['.', '+', '_']).any(|part| part == *office)) || local.replace(['-', '.', '_'], "").contains("noreply");
        let site = site_of_host(host);
        let name = from.name().map(undecorated).filter(|name| !name.is_empty() && !name.contains('@'));
        let name = if is_mailing || is_office { name.unwrap_or_else(|| site.clone()) } else { String::new() };
        Self { name, site, sent_at: None }
    }
}

/// `The Quay Fund newsletter` is the Quay Fund's.
fn undecorated(name: &str) -> String {
    let mut name = name.split_whitespace().collect::<Vec<_>>().join(" ").trim_matches(['"', '\'']).to_owned();
    for decoration in DECORATIONS {
        let at = name.len().saturating_sub(decoration.len());
        if at > 0 && name.is_char_boundary(at) && name[at..].eq_ignore_ascii_case(decoration) && name[..at].ends_with(' ') {
            name.truncate(at);
            name.truncate(name.trim_end_matches([' ', '-', '|', ':', '\u{2013}']).len());
        }
    }
    name
}
