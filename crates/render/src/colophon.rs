//! What stands at the foot of the e-mail, the text and the page: who publishes the digest, and where a reader turns to.

use pulse_model::{Digest, Href};

use crate::Addresses;
use crate::outline::place;

/// The footer's parts, each only where there is something to say.
#[derive(Debug)]
pub(crate) struct Colophon<'a> {
    pub(crate) address: &'a str,
    pub(crate) telephone: &'a str,
    /// The address to write to, with the link that opens a letter where it is one.
    pub(crate) email: Option<(&'a str, Option<Href>)>,
    /// The organisation's page and what it is called.
    pub(crate) website: Option<(String, &'a Href)>,
    /// Accessibility, privacy and how to pass the digest on, then what a reader of this very copy can do.
    pub(crate) links: Vec<(&'static str, &'a Href)>,
}

impl<'a> Colophon<'a> {
    /// `is_mail` says whether the reader has a subscription to change: a page is read by anyone.
    pub(crate) fn of(digest: &'a Digest, addresses: &'a Addresses, is_mail: bool) -> Self {
        let footer = &digest.footer;
        let reader = [("Choose your sectors", &addresses.preferences), ("Unsubscribe", &addresses.unsubscribe)];
        let own = |own: &'a Option<Href>, other: &'a Option<Href>| if own.is_some() { own } else { other };
        let anyone = [
            ("Accessibility", own(&footer.accessibility, &addresses.accessibility)),
            ("Privacy", own(&footer.privacy, &addresses.privacy)),
            ("Send to a colleague", &addresses.colleague),
        ];
        let links = anyone.into_iter().chain(reader.into_iter().filter(|_| is_mail));
        Self {
            address: &footer.address,
            telephone: &footer.telephone,
            email: (!footer.email.is_empty()).then(|| (footer.email.as_str(), Href::parse(&format!("mailto:{}", footer.email)).ok())),
            website: footer.website.as_ref().map(|href| (place(href), href)),
            links: links.filter_map(|(words, href)| href.as_ref().map(|href| (words, href))).collect(),
        }
    }

    /// Whether there is nothing to say.
    pub(crate) fn is_empty(&self) -> bool {
        self.address.is_empty() && self.telephone.is_empty() && self.email.is_none() && self.website.is_none() && self.links.is_empty()
    }
}
