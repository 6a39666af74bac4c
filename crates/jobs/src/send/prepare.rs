//! Freezes and counts an edition's audience, and renders what each kind of reader gets.

use std::collections::HashMap;

use pulse_compose::round_up::round_up;
use pulse_deliver::audience::{Audience, Candidate, Cut, Outline, Placed, QUARTER_MONTHS, Totals, is_quarters};
use pulse_model::delivery::SendStep;
use pulse_model::subscriber::Frequency;
use pulse_model::{Digest, Edition, EditionKey, Status};
use pulse_store::{AudiencePage, Reader, Recipient, SendId, Store, StoredEdition};

use super::template::{From, render};
use crate::clicks::through;
use crate::error::JobError;
use crate::post::Post;
use crate::sender::Address;
use crate::site::Site;

/// How many readers are looked at at a time.
const PAGE: u32 = 1000;

/// A send that waits for its release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreparedSend {
    /// Its id.
    pub id: SendId,
    /// Candidates, recipients, and who is excluded why.
    pub totals: Totals,
    /// What each kind of reader gets, the largest group first.
    pub cuts: Vec<CutSize>,
}

/// One kind of message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutSize {
    /// The sectors it has, in the edition's order.
    pub sectors: Vec<String>,
    /// One edition, or a quarter's.
    pub frequency: Frequency,
    /// How many readers get it.
    pub reader_count: u64,
    /// Entries of all its sectors.
    pub entry_count: usize,
    /// The HTML part as it travels, in quoted-printable.
    pub html_bytes: usize,
    /// The text part, as written.
    pub text_bytes: usize,
}

/// Prepares the send of an edition that is signed off. `who` answers for it; `now` is Unix milliseconds.
///
/// # Errors
/// [`JobError::NoSender`]; [`JobError::TooManySectors`]; or what the store says, for example that a send is under way. What had
/// been prepared by then is cancelled.
pub async fn prepare(store: &Store, post: &Post, site: &Site, digest: &Digest, key: EditionKey, who: &str, now: i64) -> Result<PreparedSend, JobError> {
    let mut stored = crate::edition(store, &digest.slug, key).await?;
    let digest_id = store.digest_id(&digest.slug).await?;
    let address = Address::of(store, digest).await?;
    stored.edition = address.announced(digest, stored.edition);
    let digest = &address.for_edition(digest, key);
    From::of(digest, digest_id, site)?;
    let editions = Editions::of(store, digest, site, stored).await?;
    let id = store.begin_send(editions.id, who, now).await?;
    let prepared = Preparation { store, post, site, digest, editions: &editions, id, numbers: HashMap::new(), sizes: Vec::new() }.fill(who, now).await;
    if prepared.is_err() {
        // It may have been cancelled by somebody else, or the database is gone; the first error is the one that counts.
        _ = store.step_send(id, SendStep::Cancel, "pulse", "the audience could not be prepared", now).await;
    }
    prepared
}

/// What readers of every edition, and those of one a quarter, are given.
struct Editions {
    id: pulse_store::EditionId,
    edition: Edition,
    outline: Outline,
    quarter: Option<(Edition, Outline)>,
}

impl Editions {
    async fn of(store: &Store, digest: &Digest, site: &Site, stored: StoredEdition) -> Result<Self, JobError> {
        let outline = |edition: &Edition| Outline::of(digest, edition).map_err(|cause| JobError::TooManySectors { cause });
        // Before editions are joined, because a link names the edition that its entry is of.
        let edition = through(digest, site, &stored.edition);
        let is_end = is_quarters(edition.key(), &QUARTER_MONTHS);
        let quarter = if is_end { Some(quarter_of(store, digest, site, &edition).await?) } else { None };
        let quarter = quarter.map(|edition| outline(&edition).map(|outline| (edition, outline))).transpose()?;
        Ok(Self { id: stored.id, outline: outline(&edition)?, edition, quarter })
    }

    fn edition(&self, cut: &Cut) -> &Edition {
        match (&self.quarter, cut.frequency) {
            (Some((edition, _)), Frequency::Quarterly) => edition,
            _ => &self.edition,
        }
    }
}

/// This edition and what was published in the two months before it, as one.
async fn quarter_of(store: &Store, digest: &Digest, site: &Site, last: &Edition) -> Result<Edition, JobError> {
    let mut earlier = Vec::new();
    for row in store.editions(Some(&digest.slug), Some(Status::Published)).await? {
        let months = last.month.number() - row.key.month().number();
        if (0..=2).contains(&months) && row.key < last.key() {
            earlier.extend(store.edition_by_id(row.id).await?.map(|stored| through(digest, site, &stored.edition)));
        }
    }
    // The list has the newest first.
    earlier.reverse();
    Ok(round_up(&earlier, last))
}

struct Preparation<'a> {
    store: &'a Store,
    post: &'a Post,
    site: &'a Site,
    digest: &'a Digest,
    editions: &'a Editions,
    id: SendId,
    /// The numbers of cuts that are rendered.
    numbers: HashMap<Cut, u32>,
    sizes: Vec<(Cut, CutSize)>,
}

impl Preparation<'_> {
    async fn fill(mut self, who: &str, now: i64) -> Result<PreparedSend, JobError> {
        let quarter = self.editions.quarter.as_ref().map(|(_, outline)| outline);
        let mut audience = Audience::new(&self.editions.outline, quarter, now);
        let mut after = None;
        loop {
            let readers = self.store.readers(&self.digest.slug, None, after, PAGE).await?;
            let Some(last) = readers.last() else { break };
            after = Some(last.id);
            let page = self.page(&readers, &mut audience).await?;
            self.store.add_audience(self.id, &page, now).await?;
        }
        let totals = audience.totals().clone();
        self.store.finish_prepare(self.id, totals.candidates, who, now).await?;
        let mut cuts: Vec<CutSize> =
            self.sizes.into_iter().map(|(cut, size)| CutSize { reader_count: totals.cuts.get(&cut).copied().unwrap_or_default(), ..size }).collect();
        cuts.sort_by_key(|cut| std::cmp::Reverse(cut.reader_count));
        Ok(PreparedSend { id: self.id, totals, cuts })
    }

    async fn page(&mut self, readers: &[Reader], audience: &mut Audience<'_>) -> Result<AudiencePage, JobError> {
        let hashes: Vec<_> = readers.iter().map(|reader| self.post.keys.suppression_hash(&reader.subscriber.address)).collect();
        let suppressed = self.store.suppressed(&self.digest.slug, &hashes).await?;
        let mut page = AudiencePage::default();
        for (reader, hash) in readers.iter().zip(&hashes) {
            let candidate =
                Candidate { subscriber: &reader.subscriber, subscription: &reader.subscription, basis: reader.basis, is_suppressed: suppressed.contains(hash) };
            match audience.place(&candidate) {
                Placed::Excluded(exclusion) => page.excluded.push((reader.id, exclusion)),
                Placed::Recipient(cut) => {
                    let number = self.number(cut, &mut page)?;
                    let Reader { id, subscriber, .. } = reader;
                    page.recipients.push(Recipient { subscriber: *id, address: subscriber.address.clone(), name: subscriber.name.clone(), cut: number });
                }
            }
        }
        Ok(page)
    }

    /// The number of a cut, which is rendered when its first reader comes by.
    fn number(&mut self, cut: Cut, page: &mut AudiencePage) -> Result<u32, JobError> {
        if let Some(&number) = self.numbers.get(&cut) {
            return Ok(number);
        }
        let number = u32::try_from(self.numbers.len() + 1).unwrap_or(u32::MAX);
        let edition = self.editions.edition(&cut);
        let parts = render(self.digest, edition, &cut, self.site)?;
        let sectors: Vec<_> = edition.sectors.iter().enumerate().filter(|(place, _)| cut.has(*place)).map(|(_, sector)| sector).collect();
        let size = CutSize {
            sectors: sectors.iter().map(|sector| sector.name.clone()).collect(),
            frequency: cut.frequency,
            reader_count: 0,
            entry_count: sectors.iter().flat_map(|sector| &sector.categories).map(|category| category.entries.len()).sum(),
            html_bytes: pulse_render::mail::encoded_size(&parts.html),
            text_bytes: parts.text.len(),
        };
        page.cuts.push(pulse_store::Cut {
            number,
            name: cut.to_string(),
            sectors: pulse_model::subscriber::Sectors::Only(size.sectors.clone()),
            language: cut.language.clone(),
            subject: parts.subject,
            html: parts.html,
            plain: parts.text,
        });
        self.sizes.push((cut.clone(), size));
        self.numbers.insert(cut, number);
        Ok(number)
    }
}
