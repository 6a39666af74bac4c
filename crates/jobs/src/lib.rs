//! Load → stage → save: the only place where stages meet the store. Pages and the command line both ask here.
//!
//! | job | module |
//! |---|---|
//! | a digest's TOML file -> a digest with its logo | [`profile`] |
//! | a file of an old edition -> an edition in the store | [`import`] |
//! | a step in an edition's life | [`life`] |
//! | an edition -> another mailer | [`handover`] |
//! | messages in the outbox -> to be looked at | [`outbox`] |
//! | an edition in the store -> files for its readers | [`output`] |
//! | the addresses of public pages | [`site`] |
//! | what messages leave through: keys, relays, the outbox | [`post`] |
//! | a list of readers -> readers in the store, and back | [`readers`] |
//! | an edition and its readers -> messages, a row for each reader | [`send`] |
//! | a digest's messages come from a new address | [`sender`] |
//! | messages to one person -> on their way | [`notices`] |
//! | what readers do on their own pages | [`reader`] |
//! | mailboxes of alerts -> their messages, one at a time | [`harvest_mailbox`] |
//! | mail that comes in -> each message in its place | [`intake`] |
//! | links of messages -> where they lead, and how often | [`clicks`] |
//! | messages that came back -> readers who are written to no more | [`returns`] |
//! | a send with readers who do not exist | [`rehearsal`] |
//! | an address -> a source that is watched | [`sources`] |
//! | sources -> publications with their documents | [`harvest`] |
//! | publications -> to be looked at | [`publications`] |
//! | publications -> candidates of a digest, decisions, rules | [`inbox`] |
//! | a publication -> a first draft of its entry | [`drafting`] |
//! | what was picked -> an edition to be written | [`new_edition`] |
//! | an edition -> queries of the copy desk | [`desk`] |
//! | how sources go -> figures for a monitor | [`metrics`] |
//! | what was fetched -> an archive file of the web | [`warc`] |
//! | what has been kept long enough -> cleared | [`retention`] |
//! | is everything in order? | [`checkup`] |
//!
//! Invariant: a job either happens whole or not at all. Not here: any rule about what an edition is (model and the
//! stages), any SQL (store), any word of a page or a command (web, pulse).

pub mod checkup;
pub mod clicks;
pub mod desk;
pub mod drafting;
pub mod error;
pub mod handover;
pub mod harvest;
pub mod harvest_mailbox;
pub mod import;
pub mod inbox;
pub mod intake;
pub mod life;
mod line;
pub mod metrics;
pub mod new_edition;
pub mod notices;
pub mod outbox;
pub mod output;
pub mod post;
pub mod profile;
pub mod publications;
pub mod reader;
pub mod readers;
pub mod rehearsal;
pub mod retention;
pub mod returns;
pub mod send;
pub mod sender;
pub mod site;
pub mod sources;
pub mod warc;

pub use error::{JobError, store_advice};
pub use site::Site;

use pulse_model::{Digest, EditionKey, Slug};
use pulse_store::{Store, StoredEdition};

/// The digest with this slug.
///
/// # Errors
/// [`JobError::NoSuchDigest`], which names those there are, or what the store says.
pub async fn digest(store: &Store, slug: &Slug) -> Result<Digest, JobError> {
    match store.digest(slug).await? {
        Some(digest) => Ok(digest),
        None => Err(JobError::NoSuchDigest { slug: slug.clone(), known: slugs(store).await? }),
    }
}

/// The digest with this slug, or the only one there is.
///
/// # Errors
/// [`JobError::NoSuchDigest`] and [`JobError::WhichDigest`], which name those there are, or what the store says.
pub async fn digest_or_only(store: &Store, slug: Option<&Slug>) -> Result<Digest, JobError> {
    if let Some(slug) = slug {
        return digest(store, slug).await;
    }
    let mut digests = store.digests().await?;
    match (digests.pop(), digests.is_empty()) {
        (Some(only), true) => Ok(only),
        _ => Err(JobError::WhichDigest { known: slugs(store).await? }),
    }
}

/// The digest with this slug, or the only one that has an edition with this key, or the only one there is.
///
/// # Errors
/// As [`digest_or_only`].
pub async fn digest_of_edition(store: &Store, slug: Option<&Slug>, key: EditionKey) -> Result<Digest, JobError> {
    if slug.is_none() {
        let rows = store.editions(None, None).await?;
        let mut owners = rows.iter().filter(|row| row.key == key).map(|row| &row.digest);
        if let (Some(only), None) = (owners.next(), owners.next()) {
            return digest(store, only).await;
        }
    }
    digest_or_only(store, slug).await
}

/// An edition of a digest.
///
/// # Errors
/// [`JobError::NoSuchEdition`], or what the store says.
pub async fn edition(store: &Store, digest: &Slug, key: EditionKey) -> Result<StoredEdition, JobError> {
    store.edition(digest, key).await?.ok_or_else(|| JobError::NoSuchEdition { digest: digest.clone(), key })
}

async fn slugs(store: &Store) -> Result<Vec<Slug>, JobError> {
    Ok(store.digests().await?.into_iter().map(|digest| digest.slug).collect())
}
