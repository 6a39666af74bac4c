//! Links of entries in e-mail that lead through the site, for digests that want to know how often each is followed.
//!
//! In: an edition on its way into messages; later, a link that somebody follows. Out: the edition with links that name an entry of
//! the site; the address that stands in the text that was signed off, and nowhere else. A link says which entry, never which
//! reader. Links go on working when counting is switched off.
//!
//! Not here: which requests come from people (web), counts by day (store).

use std::collections::HashMap;

use pulse_model::ids::{EditionId, EntryId};
use pulse_model::{Digest, Edition, EditionKey, Entry, Href, Slug};
use pulse_store::Store;
use url::Url;

use crate::error::JobError;
use crate::site::Site;

/// For so long after a send begins nothing is counted: filters of mail servers then follow every link.
pub const QUIET_MS: i64 = 10 * 60_000;

/// What a link of a message leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayOut {
    /// Of which edition.
    pub edition: EditionId,
    /// Of which entry, while the edition has it.
    pub entry: Option<EntryId>,
    /// Where it leads.
    pub href: Href,
}

/// The edition with the links of its entries leading through the site, where the digest counts clicks. Only links to pages of the web
/// do, and only those beside the text.
pub fn through(digest: &Digest, site: &Site, edition: &Edition) -> Edition {
    let mut edition = edition.clone();
    if !digest.sender.clicks {
        return edition;
    }
    let key = edition.key();
    for entry in edition.entries_mut().filter(|entry| !entry.slug.is_empty()) {
        let Entry { slug, links, .. } = entry;
        for (number, link) in (1..).zip(links) {
            let Some(host) = host(&link.url) else { continue };
            let Ok(through) = Href::parse(&site.way_out(&digest.slug, key, slug, number)) else { continue };
            // A link without words says where it leads, which is not to us.
            if number > 1 && link.text.is_empty() {
                link.text = host;
            }
            link.url = through;
        }
    }
    edition
}

/// The host of a page of the web.
fn host(href: &Href) -> Option<String> {
    let url = Url::parse(href.as_str()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

/// Where a link leads: to a page that the text of the edition names as it was signed off last, or nowhere.
///
/// # Errors
/// What the store says.
pub async fn way_out(store: &Store, digest: &Slug, key: EditionKey, entry: &str, link: usize) -> Result<Option<WayOut>, JobError> {
    let Some(stored) = store.edition(digest, key).await? else { return Ok(None) };
    let Some(signed) = store.signed(stored.id).await? else { return Ok(None) };
    let named = signed.edition.entries().find(|own| !own.slug.is_empty() && own.slug == entry);
    let href = named.and_then(|own| own.links.get(link.checked_sub(1)?)).map(|link| link.url.clone()).filter(|href| host(href).is_some());
    let Some(href) = href else { return Ok(None) };
    let entry = store.entry_ids(stored.id).await?.remove(entry);
    Ok(Some(WayOut { edition: stored.id, entry, href }))
}

/// Whether a click of this moment would count: the digest counts, and none of its sends began within [`QUIET_MS`].
///
/// # Errors
/// What the store says.
pub async fn are_counted(store: &Store, digest: &Digest, now: i64) -> Result<bool, JobError> {
    if !digest.sender.clicks {
        return Ok(false);
    }
    let sends = store.sends(None).await?;
    let began = sends.iter().filter(|send| send.digest == digest.slug).filter_map(|send| send.released_at.max(send.due_at));
    Ok(began.max().is_none_or(|at| now < at || now >= at.saturating_add(QUIET_MS)))
}

/// How often the links of each entry were followed, the most followed first; entries that are no longer in the edition have no
/// heading.
///
/// # Errors
/// As [`crate::edition`].
pub async fn tally(store: &Store, digest: &Slug, key: EditionKey) -> Result<Vec<(Option<String>, u64)>, JobError> {
    let stored = crate::edition(store, digest, key).await?;
    let mut counts: HashMap<EntryId, u64> = store.clicks(stored.id).await?.into_iter().collect();
    let ids = store.entry_ids(stored.id).await?;
    let of = |entry: &Entry| (Some(entry.heading()), ids.get(&entry.slug).and_then(|id| counts.remove(id)).unwrap_or(0));
    let mut tally: Vec<_> = stored.edition.entries().map(of).collect();
    tally.extend(counts.into_values().map(|number| (None, number)));
    tally.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use pulse_compose::round_up::round_up;
    use pulse_model::edition::{Category, Link, Sector};

    use super::*;

    fn edition(key: &str) -> Edition {
        let link = Link { url: Href::parse(&format!("https://quay.example/{key}")).unwrap(), text: String::new() };
        let entry = Entry { links: vec![link], ..Entry::titled(["Quay"], "Who waits?") };
        let sectors = vec![Sector { name: "Health".into(), categories: vec![Category { name: "Reports".into(), entries: vec![entry] }] }];
        let mut edition = Edition { sectors, ..Edition::new(Slug::from_words("tide"), key.parse().unwrap()) };
        edition.settle_slugs();
        edition
    }

    /// Entries of one name get other names in a round-up; their links keep those by which the site knows them.
    #[test]
    fn a_link_of_a_round_up_names_the_edition_that_its_entry_is_of() {
        let mut digest = Digest::named(Slug::from_words("tide"), "Tide");
        digest.sender.clicks = true;
        let site: Site = "https://digest.example".parse().unwrap();
        let [april, june] = ["2026-04", "2026-06"].map(|key| through(&digest, &site, &edition(key)));
        let whole = round_up(&[april], &june);
        let links: Vec<_> = whole.entries().map(|entry| entry.links[0].url.as_str()).collect();
        assert_eq!(links, ["https://digest.example/tide/go/2026-04/quay-who-waits/1", "https://digest.example/tide/go/2026-06/quay-who-waits/1"]);
    }
}
