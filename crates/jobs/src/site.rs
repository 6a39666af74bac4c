//! The addresses of public pages: one place that pages, outputs and feeds ask, so that no link can miss its page.
//!
//! `/{digest}`, `/{digest}/{key}`, `/{digest}/{key}/{entry}`, `/{digest}/feed.atom`, `/{digest}/logo.png`,
//! `/{digest}/go/{key}/{entry}/{number}`.
//! Readers and other sites keep these; they do not change.

use std::fmt;
use std::str::FromStr;

use pulse_model::{EditionKey, Href, Slug};
use pulse_render::Addresses;
use url::Url;

/// Where the pages are: an `http` or `https` address, with a path where the pages are not at the top of their host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site(String);

/// The text is not the address of a site.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\u{201c}{0}\u{201d} is not the address of a site; write it as https://digest.example.org")]
pub struct SiteError(String);

impl Site {
    /// The home page.
    pub fn home(&self) -> String {
        format!("{}/", self.0)
    }

    /// A digest's page.
    pub fn digest(&self, digest: &Slug) -> String {
        format!("{}/{digest}", self.0)
    }

    /// An edition's page.
    pub fn edition(&self, digest: &Slug, key: EditionKey) -> String {
        format!("{}/{digest}/{key}", self.0)
    }

    /// An entry's page.
    pub fn entry(&self, digest: &Slug, key: EditionKey, entry: &str) -> String {
        format!("{}/{digest}/{key}/{entry}", self.0)
    }

    /// A digest's Atom feed.
    pub fn feed(&self, digest: &Slug) -> String {
        format!("{}/{digest}/feed.atom", self.0)
    }

    /// A digest's logo.
    pub fn logo(&self, digest: &Slug) -> String {
        format!("{}/{digest}/logo.png", self.0)
    }

    /// What a digest says of itself or is asked about: `accessibility`, `privacy`, `complaint`, `subscribe`, `colleague`.
    pub fn digest_page(&self, digest: &Slug, page: &str) -> String {
        format!("{}/{digest}/{page}", self.0)
    }

    /// What leads to a link of an entry, numbered from 1, and may count that it was followed.
    pub fn way_out(&self, digest: &Slug, key: EditionKey, entry: &str, link: usize) -> String {
        format!("{}/{digest}/go/{key}/{entry}/{link}", self.0)
    }

    /// A page for one reader: `leave`, `preferences`, `confirm`, … The token says who.
    pub fn reader_page(&self, page: &str, token: &str) -> String {
        format!("{}/{page}/{token}", self.0)
    }

    /// The path in front of every page's own, without a slash at its end; empty at the top of a host.
    pub fn base_path(&self) -> String {
        Url::parse(&self.0).map(|url| url.path().trim_end_matches('/').to_owned()).unwrap_or_default()
    }

    /// What the outputs of an edition lead to.
    pub fn addresses(&self, digest: &Slug, key: EditionKey) -> Addresses {
        Addresses {
            edition_page: Href::parse(&self.edition(digest, key)).ok(),
            editions: Href::parse(&self.digest(digest)).ok(),
            feed: Href::parse(&self.feed(digest)).ok(),
            logo: Href::parse(&self.logo(digest)).ok(),
            colleague: Href::parse(&self.digest_page(digest, "colleague")).ok(),
            ..self.footer(digest)
        }
    }

    /// What stands at the foot of every page of a digest.
    pub fn footer(&self, digest: &Slug) -> Addresses {
        Addresses {
            accessibility: Href::parse(&self.digest_page(digest, "accessibility")).ok(),
            privacy: Href::parse(&self.digest_page(digest, "privacy")).ok(),
            ..Addresses::default()
        }
    }
}

impl FromStr for Site {
    type Err = SiteError;
    fn from_str(text: &str) -> Result<Self, SiteError> {
        let url = Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        let url = url.filter(|url| url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none());
        url.map(|url| Self(url.as_str().trim_end_matches('/').to_owned())).ok_or_else(|| SiteError(text.chars().take(60).collect()))
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Site {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_may_have_a_path_and_a_slash_at_its_end() {
        let site: Site = "https://example.org/evidence/".parse().unwrap();
        assert_eq!(site.home(), "https://example.org/evidence/");
        assert_eq!(site.base_path(), "/evidence");
        let at_the_top: Site = "http://127.0.0.1:8080".parse().unwrap();
        assert_eq!(at_the_top.feed(&Slug::from_words("tidemark")), "http://127.0.0.1:8080/tidemark/feed.atom");
        assert_eq!(at_the_top.base_path(), "");
    }

    #[test]
    fn what_no_browser_opens_is_no_site() {
        for text in ["", "example.org", "ftp://example.org", "https://a:b@example.org", "https://example.org/?q", "https://example.org/#top"] {
            assert!(text.parse::<Site>().is_err(), "{text}");
        }
    }
}
