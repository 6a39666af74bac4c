//! The cuts of an edition as messages: rendered once, encoded once, filled for each reader.

use std::collections::HashMap;

use pulse_deliver::audience::Cut;
use pulse_deliver::dkim::Signer;
use pulse_deliver::message::{Bulk, Filled, Hole, Link, List, Prepared, Reader, Sender, Ways};
use pulse_deliver::smtp::Envelope;
use pulse_deliver::token::{Mailbox, Purpose, Subject};
use pulse_model::edition::Sector;
use pulse_model::ids::{DeliveryId, DigestId, SubscriberId};
use pulse_model::{Digest, Edition, EditionKey, EmailAddress, Href};
use pulse_render::{Addresses, Work};
use pulse_store::StoredCut;

use crate::error::JobError;
use crate::post::Post;
use crate::site::Site;

/// The two parts of a cut, with holes where each reader's own addresses go.
pub(super) struct Parts {
    pub(super) subject: String,
    pub(super) html: String,
    pub(super) text: String,
}

/// The edition with the sectors at some of its places.
pub(super) fn with_sectors(edition: &Edition, has: impl Fn(usize) -> bool) -> Edition {
    let kept = |(place, sector): (usize, &Sector)| has(place).then(|| sector.clone());
    Edition { sectors: edition.sectors.iter().enumerate().filter_map(kept).collect(), ..edition.clone() }
}

/// Renders what the readers of a cut get.
pub(super) fn render(digest: &Digest, edition: &Edition, cut: &Cut, site: &Site) -> Result<Parts, JobError> {
    parts(digest, &with_sectors(edition, |place| cut.has(place)), site)
}

/// Renders an edition that has been cut.
pub(super) fn parts(digest: &Digest, edition: &Edition, site: &Site) -> Result<Parts, JobError> {
    let addresses = Addresses {
        unsubscribe: Some(Hole::Unsubscribe.href()),
        preferences: Some(Hole::Preferences.href()),
        colleague: Hole::Preferences.href_below("colleague"),
        ..site.addresses(&digest.slug, edition.key())
    };
    let work = Work { digest, edition, addresses: &addresses };
    let failed = |output| move |cause| JobError::Render { output, cause };
    let html = pulse_render::mail::render(work).map_err(failed("the e-mail"))?;
    let text = pulse_render::plain_text::render(work);
    let utf8 = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Parts { subject: format!("{}, {}", digest.name, edition.key().title()), html: utf8(html.bytes), text: utf8(text.bytes) })
}

/// Who a digest's messages are from; settled before the first message.
pub(super) struct From<'a> {
    digest: &'a Digest,
    id: DigestId,
    name: &'a str,
    address: EmailAddress,
    /// The domain that bounces come back to.
    return_domain: String,
    feedback: String,
    list_id: String,
    archive: Option<Href>,
}

impl<'a> From<'a> {
    pub(super) fn of(digest: &'a Digest, id: DigestId, site: &Site) -> Result<Self, JobError> {
        let sender = &digest.sender;
        let address = sender.address.clone().ok_or_else(|| JobError::NoSender { digest: digest.slug.clone() })?;
        let return_domain = sender.returns_to().unwrap_or_default().to_owned();
        let name = if sender.name.is_empty() { &digest.name } else { &sender.name };
        let feedback = crate::sender::feedback_name(digest);
        let list_domain = if sender.list_domain.is_empty() { address.domain() } else { &sender.list_domain };
        let list_id = format!("{}.{list_domain}", digest.slug);
        Ok(Self { digest, id, name, return_domain, feedback, list_id, archive: Href::parse(&site.digest(&digest.slug)).ok(), address })
    }

    fn sender(&self) -> Sender<'_> {
        Sender { name: self.name, address: &self.address, reply_to: self.digest.sender.reply_to.as_ref(), feedback: &self.feedback }
    }

    fn bulk<'b>(&'b self, edition: EditionKey, subject: &'b str, html: &'b str, text: &'b str) -> Bulk<'b> {
        let list = List { name: &self.digest.name, id: &self.list_id, archive: self.archive.as_ref(), help: self.archive.as_ref() };
        Bulk { sender: self.sender(), list, digest: &self.digest.slug, edition, subject, text, html }
    }
}

/// Every cut of a send, encoded.
pub(super) struct Templates<'a> {
    from: From<'a>,
    site: Site,
    cuts: HashMap<u32, Prepared>,
}

/// A message for one reader.
pub(super) struct Message<'t> {
    pub(super) filled: Filled<'t>,
    pub(super) envelope: Envelope,
}

impl<'a> Templates<'a> {
    pub(super) fn new(from: From<'a>, key: EditionKey, cuts: &[StoredCut], site: &Site) -> Result<Self, JobError> {
        let mut encoded = HashMap::new();
        for StoredCut { cut, .. } in cuts {
            let prepared = Prepared::new(&from.bulk(key, &cut.subject, &cut.html, &cut.plain));
            encoded.insert(cut.number, prepared.map_err(|cause| JobError::Message { cause })?);
        }
        Ok(Self { from, site: site.clone(), cuts: encoded })
    }

    /// The domain that signs.
    pub(super) fn domain(&self) -> &str {
        self.from.address.domain()
    }

    /// The message of a delivery, signed where there is a key.
    pub(super) fn message(&self, post: &Post, to: &Recipient<'_>, at: i64) -> Result<Message<'_>, JobError> {
        let prepared = self.cuts.get(&to.cut).ok_or_else(|| JobError::NoCut { cut: to.cut })?;
        let subject = Subject::reader(to.subscriber, self.from.id);
        let link = |page: &str, purpose| {
            let address = self.site.reader_page(page, &post.keys.ring.sign(purpose, subject, at));
            Link::parse(&address).map_err(|cause| JobError::ReaderLink { message: cause.to_string() })
        };
        let (unsubscribe, preferences) = (link("leave", Purpose::Unsubscribe)?, link("preferences", Purpose::Preferences)?);
        let leave = post.return_path(&self.from.return_domain, Mailbox::Leave, to.delivery);
        let reader = Reader { address: to.address, name: to.name, id: to.delivery.0 };
        let mut filled = prepared.fill(&reader, &Ways { unsubscribe: &unsubscribe, preferences: &preferences, leave: leave.as_ref() }, at);
        if let Some(signer) = post.keys.signer(self.domain()) {
            sign(signer, &mut filled, at)?;
        }
        let bounces = post.return_path(&self.from.return_domain, Mailbox::Bounce, to.delivery);
        let envelope =
            Envelope::new(bounces, to.address.clone(), &to.delivery.to_string()).map_err(|cause| JobError::ReaderLink { message: cause.to_string() })?;
        Ok(Message { filled, envelope })
    }
}

/// Whom a message is for.
pub(super) struct Recipient<'r> {
    pub(super) delivery: DeliveryId,
    pub(super) subscriber: SubscriberId,
    pub(super) address: &'r EmailAddress,
    pub(super) name: &'r str,
    pub(super) cut: u32,
}

fn sign(signer: &Signer, filled: &mut Filled<'_>, at: i64) -> Result<(), JobError> {
    signer.sign(filled, at).map_err(|cause| JobError::Signing { cause })
}
