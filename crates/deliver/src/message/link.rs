//! Addresses that are one reader's own.

use std::fmt;

use pulse_model::Href;

/// The most a link may have, in bytes.
pub const MAX_LINK_BYTES: usize = 300;

/// A link that can go into a hole, a header and a one-click button: `https`, and of characters that mean nothing in HTML. A site on
/// this very machine may do without TLS: that is how Pulse is tried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link(String);

/// The text is not such a link.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\u{201c}{0}\u{201d} cannot be a reader's link; it begins with https:// and has letters, digits and -._~:/?%=, {MAX_LINK_BYTES} at most")]
pub struct LinkError(String);

impl Link {
    /// Checks a link.
    ///
    /// ```
    /// use pulse_deliver::message::Link;
    /// assert!(Link::parse("https://news.example.org/leave/AAEx_-9").is_ok());
    /// assert!(Link::parse("http://news.example.org/leave/AAEx_-9").is_err());
    /// assert!(Link::parse("http://127.0.0.1:8080/leave/AAEx_-9").is_ok());
    /// ```
    ///
    /// # Errors
    /// [`LinkError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?%=".contains(&byte));
        let is_secured = ["https://", "http://127.0.0.1:", "http://127.0.0.1/", "http://localhost:"].iter().any(|start| text.starts_with(start));
        let is_link = is_plain && is_secured && text.len() <= MAX_LINK_BYTES && Href::parse(text).is_ok();
        if is_link { Ok(Self(text.to_owned())) } else { Err(LinkError(text.chars().take(60).collect())) }
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_means_something_in_html_or_a_header_is_taken() {
        for text in [
            "",
            "https://",
            "//news.example.org/",
            "https://news.example.org/a b",
            "https://news.example.org/a&b",
            "https://news.example.org/a\"b",
            "https://news.example.org/a>b",
            "https://news.example.org/a,b",
            "https://news.example.org/a\r\nBcc: b",
            "https://news.example.org/é",
            &format!("https://news.example.org/{}", "a".repeat(MAX_LINK_BYTES)),
        ] {
            assert!(Link::parse(text).is_err(), "{text}");
        }
    }
}
