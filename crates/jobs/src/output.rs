//! An edition in the store -> files for its readers.
//!
//! In: a digest, one of its editions and the site its pages are on, if any. Out: the bytes of an output, or a feed of what
//! is published. Not here: how an output looks (render), which address a page has ([`crate::site`]).

use pulse_archive::feed::{FeedAddresses, Published};
use pulse_model::life::Step;
use pulse_model::{Digest, Edition, Href, Status};
use pulse_render::{Addresses, Format, Rendered, Work};
use pulse_store::{Store, StoredEdition};

use crate::error::JobError;
use crate::site::Site;

/// Renders one output of an edition. Without a site it stands alone: it has no link to a page that does not exist.
///
/// # Errors
/// [`JobError::Render`] when a typesetter or template refuses altogether.
pub fn render(digest: &Digest, edition: &Edition, site: Option<&Site>, format: Format) -> Result<Rendered, JobError> {
    let addresses = site.map_or_else(Addresses::default, |site| site.addresses(&digest.slug, edition.key()));
    let work = Work { digest, edition, addresses: &addresses };
    pulse_render::render(format, work).map_err(|cause| JobError::Render { output: format.name(), cause })
}

/// The page of one entry; `None` if the edition has no such entry.
///
/// # Errors
/// [`JobError::Render`] when a template refuses.
pub fn render_entry(digest: &Digest, edition: &Edition, site: &Site, slug: &str) -> Result<Option<String>, JobError> {
    let addresses = site.addresses(&digest.slug, edition.key());
    let work = Work { digest, edition, addresses: &addresses };
    let rendered = pulse_render::page::render_entry(work, slug).transpose();
    let rendered = rendered.map_err(|cause| JobError::Render { output: "the page of an entry", cause })?;
    Ok(rendered.map(|rendered| String::from_utf8_lossy(&rendered.bytes).into_owned()))
}

/// The Atom feed of a digest: its newest published editions.
///
/// # Errors
/// [`JobError::Address`] where the site's address makes none, or what the store says.
pub async fn feed(store: &Store, digest: &Digest, site: &Site) -> Result<String, JobError> {
    let editions = published(store, digest).await?;
    let published: Vec<Published<'_>> = editions.iter().map(Dated::published).collect();
    let addresses = FeedAddresses { self_url: href(site.feed(&digest.slug))?, site: href(site.digest(&digest.slug))? };
    Ok(pulse_archive::feed::atom(digest, &published, &addresses))
}

/// How many editions a feed names: more than a year of a monthly digest. Feed readers keep what they have read.
const IN_FEED: usize = 15;

/// A published edition with the moments it came out.
struct Dated {
    stored: StoredEdition,
    first_at: i64,
    last_at: i64,
}

impl Dated {
    fn published(&self) -> Published<'_> {
        Published { edition: &self.stored.edition, published_at: self.first_at, updated_at: self.last_at }
    }
}

/// A digest's newest published editions.
async fn published(store: &Store, digest: &Digest) -> Result<Vec<Dated>, JobError> {
    let mut dated = Vec::new();
    for row in store.editions(Some(&digest.slug), Some(Status::Published)).await?.into_iter().take(IN_FEED) {
        let events = store.events(row.id).await?;
        let mut moments = events.iter().filter(|event| event.step == Step::Publish).map(|event| event.at);
        let first_at = moments.next().unwrap_or(row.updated_at);
        // It may have been reopened since the list was read.
        if let Some(stored) = store.edition_by_id(row.id).await?.filter(|stored| stored.status == Status::Published) {
            dated.push(Dated { stored, first_at, last_at: moments.next_back().unwrap_or(first_at) });
        }
    }
    Ok(dated)
}

fn href(address: String) -> Result<Href, JobError> {
    Href::parse(&address).map_err(|cause| JobError::Address { address, cause })
}
