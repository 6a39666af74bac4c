//! The kinds of source: one trait, and the way from a channel's settings to the kind that looks at it.
//!
//! In: a [`Channel`]. Out: what its kind's [`Look`] brings. Each kind has a module of its own; nothing but this file knows them all.
//! Not here: mailboxes, which are read through a door of their own ([`SourceKind::Mailbox`](pulse_model::SourceKind)), and what
//! people add by hand, which nobody looks for.

use std::future::Future;

use pulse_model::Channel;
use url::Url;

use crate::crossref::Crossref;
use crate::door::Door;
use crate::error::HarvestError;
use crate::europepmc::EuropePmc;
use crate::listing::Listing;
use crate::look::{Look, Memory, Window};
use crate::sitemap::Sitemap;
use crate::{feed, govuk};

/// A kind of source, with the settings of one source.
pub trait Kind: Sync {
    /// Asks the source what it has.
    ///
    /// # Errors
    ///
    /// Only when there is nothing to read: no answer, or one of another kind. What is wrong with a part is a problem of the look.
    fn look<D: Door>(&self, door: &D, memory: &Memory, window: Window) -> impl Future<Output = Result<Look, HarvestError>> + Send;
}

/// Looks at a source, whatever its kind.
///
/// # Errors
///
/// As [`Kind::look`]; and for a mailbox and for what is added by hand, which are not looked at through the door to the web.
pub async fn look<D: Door>(channel: &Channel, door: &D, memory: &Memory, window: Window) -> Result<Look, HarvestError> {
    match channel {
        Channel::Feed { url } => Feed(url).look(door, memory, window).await,
        Channel::Govuk { url } => Govuk(url).look(door, memory, window).await,
        Channel::Listing { url, selectors } => Listing { url, selectors }.look(door, memory, window).await,
        Channel::Sitemap { url, below } => Sitemap { url, below }.look(door, memory, window).await,
        Channel::Crossref { query, api } => Crossref { query, api: api.as_ref() }.look(door, memory, window).await,
        Channel::EuropePmc { query, api } => EuropePmc { query, api: api.as_ref() }.look(door, memory, window).await,
        Channel::Mailbox { at } => Err(HarvestError::Settings { what: format!("the mailbox {at} is not on the web; it is read with the mailboxes") }),
        Channel::Manual => {
            Err(HarvestError::Settings { what: "nothing is looked for where people add by hand; `pulse add URL` or `pulse add FILE` adds to it".to_owned() })
        }
    }
}

/// [`Channel::Feed`].
struct Feed<'a>(&'a Url);

impl Kind for Feed<'_> {
    async fn look<D: Door>(&self, door: &D, memory: &Memory, window: Window) -> Result<Look, HarvestError> {
        feed::look(self.0, door, memory, window).await
    }
}

/// [`Channel::Govuk`].
struct Govuk<'a>(&'a Url);

impl Kind for Govuk<'_> {
    async fn look<D: Door>(&self, door: &D, memory: &Memory, window: Window) -> Result<Look, HarvestError> {
        govuk::look(self.0, door, memory, window).await
    }
}
