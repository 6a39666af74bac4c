//! Is everything published that lets receivers believe a digest's messages, and can the relays be reached?

use std::net::IpAddr;

use futures_util::future::join_all;
use pulse_deliver::setup::{Setup, examine, relay};
use pulse_deliver::smtp::{Server, Timeouts};
use pulse_model::{Digest, EmailAddress, Month};
use pulse_store::Store;

pub use pulse_deliver::dns::{Resolver, ResolverError};
pub use pulse_deliver::setup::{Finding, Publish, Severity};

use crate::error::JobError;
use crate::post::{Post, PostSettings, Route};
use crate::sender::Address;

/// How long a relay may take for each step of an answer to a person who waits, in seconds.
const MOST_PATIENCE_S: u32 = 5;

/// The senders of a digest to look at: the one there is, and the one that is announced, with the month it begins.
///
/// # Errors
/// What the store says.
pub async fn senders(store: &Store, digest: Digest) -> Result<Vec<(Digest, Option<Month>)>, JobError> {
    let next = Address::of(store, &digest).await?.next(&digest).map(|(from, digest)| (digest, Some(from)));
    Ok([(digest, None)].into_iter().chain(next).collect())
}

/// Looks at DNS for the sender of a digest. `addresses` are those that messages come from, as the world sees them, where they are
/// not those of the relays.
///
/// # Errors
/// [`JobError::NoSender`].
pub async fn sender(post: &Post, settings: &PostSettings, digest: &Digest, resolver: &Resolver, addresses: &[IpAddr]) -> Result<Vec<Finding>, JobError> {
    let none = || JobError::NoSender { digest: digest.slug.clone() };
    let from = digest.sender.address.as_ref().ok_or_else(none)?;
    let returns_to = digest.sender.returns_to().ok_or_else(none)?;
    Ok(examine(&setup(post, settings, from, returns_to, addresses), resolver).await)
}

fn setup(post: &Post, settings: &PostSettings, from: &EmailAddress, returns_to: &str, addresses: &[IpAddr]) -> Setup {
    Setup {
        from_domain: from.domain().to_owned(),
        return_domain: returns_to.to_ascii_lowercase(),
        hello_name: Some(settings.hello_name.clone()).filter(|name| name.contains('.')),
        keys: post.keys.signer(from.domain()).map(|signer| signer.records().collect()).unwrap_or_default(),
        relays: settings.relays.iter().map(|relay| relay.host.clone()).collect(),
        addresses: addresses.to_vec(),
    }
}

/// Tries each relay, up to where a message would begin. Without one there is nothing to find.
pub async fn relays(post: &Post) -> Vec<Finding> {
    let Route::Relays(relays) = &post.route else { return Vec::new() };
    let hasty = |server: &Server| {
        let Timeouts { connect_s, greeting_s, hello_s, .. } = server.timeouts;
        let [connect_s, greeting_s, hello_s] = [connect_s, greeting_s, hello_s].map(|limit| limit.min(MOST_PATIENCE_S));
        Server { timeouts: Timeouts { connect_s, greeting_s, hello_s, ..server.timeouts }, ..server.clone() }
    };
    join_all(relays.iter().map(|(_, server)| async { relay(&hasty(server)).await })).await
}
