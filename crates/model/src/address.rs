//! An e-mail address: as a person typed it, and the form two spellings of it share.
//!
//! Invariant: an [`EmailAddress`] can stand in an SMTP command and in a header as it is. It has no control character, no
//! line break, one local part and one full domain name (RFC 5321 section 4.1.2, RFC 6531 section 3.3).
//! Not here: whether anybody reads mail at it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::text::is_forbidden;

/// The most a local part may have (RFC 5321 section 4.5.3.1.1), in bytes.
pub const MAX_LOCAL_BYTES: usize = 64;
/// The most an address may have, in bytes: a path has 256 with its angle brackets (RFC 5321 section 4.5.3.1.3).
pub const MAX_ADDRESS_BYTES: usize = 254;

/// An e-mail address.
///
/// Two addresses are equal when they are spelt alike; whether they reach the same mailbox is told by [`EmailAddress::key`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailAddress {
    typed: String,
    /// Where the `@` between local part and domain stands in `typed`.
    at: usize,
    /// The domain in the form DNS has it: lower case, A-labels.
    domain: String,
}

/// Why a text is no e-mail address. Messages complete the sentence that begins with the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing, or only white space.
    #[error("an address is missing")]
    Empty,
    /// No `@`, or nothing on one side of it.
    #[error("an address has a name, an @ and a domain, as in ada@example.org")]
    Shape,
    /// [`MAX_ADDRESS_BYTES`] or [`MAX_LOCAL_BYTES`].
    #[error("the address is longer than any mail server takes ({MAX_LOCAL_BYTES} bytes before the @, {MAX_ADDRESS_BYTES} in all)")]
    TooLong,
    /// A control character, a line break, or one that changes the direction of writing.
    #[error("the address has a control character in it; type it again")]
    Control,
    /// Something before the `@` that no server takes.
    #[error("\u{201c}{0}\u{201d} cannot stand before the @ of an address")]
    Local(String),
    /// Something behind the `@` that is no domain name.
    #[error("\u{201c}{0}\u{201d} is not the name of a domain")]
    Domain(String),
}

impl EmailAddress {
    /// Checks an address. White space around it is taken off.
    ///
    /// ```
    /// use pulse_model::EmailAddress;
    /// let ada = EmailAddress::parse(" Ada.Lorne@Example.ORG ").unwrap();
    /// assert_eq!(ada.as_str(), "Ada.Lorne@Example.ORG");
    /// assert_eq!(ada.key(), "ada.lorne@example.org");
    /// assert!(EmailAddress::parse("ada@example.org\r\nBcc: all@example.org").is_err());
    /// ```
    ///
    /// # Errors
    /// [`AddressError`] says which of the conditions above does not hold.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let typed = text.trim();
        if typed.is_empty() {
            return Err(AddressError::Empty);
        }
        if typed.chars().any(|c| c.is_control() || is_forbidden(c)) {
            return Err(AddressError::Control);
        }
        let at = typed.rfind('@').filter(|&at| at > 0 && at + 1 < typed.len()).ok_or(AddressError::Shape)?;
        let (local, domain) = (&typed[..at], &typed[at + 1..]);
        if local.len() > MAX_LOCAL_BYTES || typed.len() > MAX_ADDRESS_BYTES {
            return Err(AddressError::TooLong);
        }
        if !(is_dot_atom(local) || is_quoted(local)) {
            return Err(AddressError::Local(local.to_owned()));
        }
        let name = ascii_domain(domain).ok_or_else(|| AddressError::Domain(domain.to_owned()))?;
        if local.len() + 1 + name.len() > MAX_ADDRESS_BYTES {
            return Err(AddressError::TooLong);
        }
        Ok(Self { typed: typed.to_owned(), at, domain: name })
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// What stands before the `@`, quotes and all.
    pub fn local(&self) -> &str {
        &self.typed[..self.at]
    }

    /// The domain as DNS has it: lower case, and A-labels where it is internationalised.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// What addresses that reach the same mailbox share: composed characters, lower case, no quotes where none are
    /// needed, the domain as DNS has it. Servers may tell `Ada` from `ada` before the `@` (RFC 5321 section 2.4); none
    /// that matters does, and writing to one person twice is the worse mistake.
    pub fn key(&self) -> String {
        let local = self.local();
        let bare = unquoted(local).filter(|bare| is_dot_atom(bare));
        let local: String = bare.as_deref().unwrap_or(local).nfkc().collect::<String>().to_lowercase().nfc().collect();
        format!("{local}@{}", self.domain)
    }

    /// As it stands in an SMTP command: the domain in A-labels.
    pub fn envelope(&self) -> String {
        format!("{}@{}", self.local(), self.domain)
    }

    /// Whether a server has to speak SMTPUTF8 (RFC 6531) to take it.
    pub fn needs_smtputf8(&self) -> bool {
        !self.local().is_ascii()
    }
}

impl FromStr for EmailAddress {
    type Err = AddressError;
    fn from_str(text: &str) -> Result<Self, AddressError> {
        Self::parse(text)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

impl Serialize for EmailAddress {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.typed)
    }
}

impl<'de> Deserialize<'de> for EmailAddress {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// RFC 5321 `Dot-string`, with the letters RFC 6531 adds.
fn is_dot_atom(local: &str) -> bool {
    let is_atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || (!c.is_ascii() && !c.is_whitespace());
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atext))
}

/// RFC 5321 `Quoted-string`.
fn is_quoted(local: &str) -> bool {
    let Some(inner) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return false };
    let mut escaped = false;
    for c in inner.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return false,
            _ => {}
        }
    }
    !escaped && !inner.is_empty()
}

/// What a quoted local part says.
fn unquoted(local: &str) -> Option<String> {
    let inner = local.strip_prefix('"')?.strip_suffix('"')?;
    let mut escaped = false;
    Some(
        inner
            .chars()
            .filter(|&c| {
                if !escaped && c == '\\' {
                    escaped = true;
                    false
                } else {
                    escaped = false;
                    true
                }
            })
            .collect(),
    )
}

/// The domain as DNS has it, if it is a full name: at least two labels, and no address in numbers.
fn ascii_domain(domain: &str) -> Option<String> {
    let Ok(url::Host::Domain(name)) = url::Host::parse(domain) else { return None };
    let is_label = |label: &str| {
        let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (1..=63).contains(&label.len()) && plain && !label.starts_with('-') && !label.ends_with('-')
    };
    let labels: Vec<&str> = name.split('.').collect();
    let is_full =
        labels.len() >= 2 && labels.iter().all(|label| is_label(label)) && labels.last().is_some_and(|top| !top.bytes().all(|byte| byte.is_ascii_digit()));
    is_full.then_some(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str) -> String {
        EmailAddress::parse(text).unwrap().key()
    }

    #[test]
    fn spellings_of_one_address_share_a_key() {
        assert_eq!(key("\"ada\"@Example.org"), "ada@example.org");
        assert_eq!(key("\"ada lorne\"@example.org"), "\"ada lorne\"@example.org");
        assert_eq!(key("zoe\u{308}@example.org"), key("zoë@example.org"));
        assert_eq!(key("ada@bücher.example"), "ada@xn--bcher-kva.example");
        assert_eq!(key("ada+digest@example.org"), "ada+digest@example.org");
    }

    #[test]
    fn what_no_server_takes_is_refused() {
        let local = "a".repeat(65);
        let cases = [
            "",
            "ada",
            "@example.org",
            "ada@",
            "ada@example",
            "ada lorne@example.org",
            "ada..lorne@example.org",
            ".ada@example.org",
            "\"ada@example.org",
            "ada@-example.org",
            "ada@exa mple.org",
            "ada@[192.0.2.1]",
            "ada@192.0.2.1",
            "ada@example.org\nBcc: x@example.org",
            "ada\u{202e}@example.org",
            "ada\0@example.org",
            "<ada@example.org>",
            "ada@example..org",
            &format!("{local}@example.org"),
        ];
        for text in cases {
            assert!(EmailAddress::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_longest_address_is_taken_and_no_longer_one() {
        let domain = |bytes: usize| format!("{}.org", vec!["d".repeat(49); 4].join(".") + &"e".repeat(bytes));
        let longest = format!("{}@{}", "a".repeat(50), domain(0));
        assert_eq!(longest.len(), 254);
        assert!(EmailAddress::parse(&longest).is_ok());
        assert_eq!(EmailAddress::parse(&format!("a{longest}")), Err(AddressError::TooLong));
    }

    #[test]
    fn letters_beyond_ascii_need_smtputf8_only_before_the_at() {
        assert!(EmailAddress::parse("zoë@example.org").unwrap().needs_smtputf8());
        let address = EmailAddress::parse("ada@bücher.example").unwrap();
        assert!(!address.needs_smtputf8());
        assert_eq!(address.envelope(), "ada@xn--bcher-kva.example");
    }

    proptest! {
        #[test]
        fn whatever_is_taken_is_one_line_and_reads_back(text in ".{0,40}@[a-z.\u{e9}]{1,20}") {
            if let Ok(address) = EmailAddress::parse(&text) {
                prop_assert!(!address.as_str().chars().any(char::is_control));
                prop_assert_eq!(&EmailAddress::parse(address.as_str()).unwrap(), &address);
                if let Ok(again) = EmailAddress::parse(&address.key()) {
                    prop_assert_eq!(again.key(), address.key());
                }
            }
        }
    }
}
