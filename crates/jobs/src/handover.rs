//! An edition -> what another mailer sends in our place: a file with its tags, or a draft in listmonk.
//!
//! In: an edition, and which mailer. Out: [`Handed`], or the number of a draft. The rendering is that of our own e-mails, whole:
//! who gets what is the other mailer's to know. Not here: tags and the network (deliver).

use pulse_deliver::handover::{ADDRESS_HOLE, Hole, listmonk, preheader};
use pulse_model::{Digest, Edition, EditionKey, Status};
use pulse_render::{Addresses, Work};
use pulse_store::Store;
use serde::Deserialize;

use crate::error::JobError;
use crate::site::Site;

pub use pulse_deliver::handover::Mailer;
pub use pulse_deliver::handover::listmonk::{ListmonkError, Settings as ListmonkSettings};

/// Where editions can be handed to, as `[hand_over]` in the settings says it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HandOverSettings {
    /// A listmonk server.
    pub listmonk: Option<ListmonkSettings>,
}

/// An edition as a mailer takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    /// What the inbox shows.
    pub subject: String,
    /// What it shows behind that, as words.
    pub preheader: String,
    /// The HTML part.
    pub html: String,
    /// The text part.
    pub text: String,
}

/// Renders an edition with a mailer's tags. Without `site`, entries have no pages of their own to lead to.
///
/// # Errors
/// [`JobError::Render`].
pub fn export(digest: &Digest, edition: &Edition, site: Option<&Site>, mailer: Mailer) -> Result<Handed, JobError> {
    let addresses = Addresses {
        unsubscribe: mailer.hole(Hole::Unsubscribe),
        preferences: mailer.hole(Hole::Preferences),
        web_copy: mailer.hole(Hole::WebCopy),
        // Ours are about readers of Pulse's own, and these are the mailer's.
        privacy: None,
        colleague: None,
        ..site.map(|site| site.addresses(&digest.slug, edition.key())).unwrap_or_default()
    };
    let mut digest = digest.clone();
    if mailer.has_address() {
        ADDRESS_HOLE.clone_into(&mut digest.footer.address);
    }
    let work = Work { digest: &digest, edition, addresses: &addresses };
    let html = pulse_render::mail::render(work).map_err(|cause| JobError::Render { output: "the e-mail", cause })?;
    let utf8 = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let (html, text) = (utf8(html.bytes), utf8(pulse_render::plain_text::render(work).bytes));
    Ok(Handed {
        subject: mailer.subject(&format!("{}, {}", digest.name, edition.key().title())),
        preheader: preheader(&html),
        html: mailer.html(&html),
        text: mailer.text(&text),
    })
}

/// Makes a draft of a campaign in listmonk, of an edition that is signed off; its number there. The audit log says who did it.
/// `now` is Unix milliseconds.
///
/// # Errors
/// [`JobError::NotSignedOff`]; [`JobError::Listmonk`]; or what the store says.
pub async fn to_listmonk(
    store: &Store,
    settings: &ListmonkSettings,
    (digest, key): (&Digest, EditionKey),
    site: Option<&Site>,
    who: &str,
    now: i64,
) -> Result<u64, JobError> {
    let stored = crate::edition(store, &digest.slug, key).await?;
    if !matches!(stored.status, Status::SignedOff | Status::Published) {
        return Err(JobError::NotSignedOff { digest: digest.slug.clone(), title: key.title(), status: stored.status });
    }
    let Handed { subject, html, text, .. } = export(digest, &stored.edition, site, Mailer::Listmonk)?;
    let name = format!("{} {key}", digest.slug);
    let campaign = listmonk::Campaign { name: &name, subject: &subject, html: &html, text: &text };
    let number = listmonk::create(settings, &campaign).await.map_err(JobError::Listmonk)?;
    store.append_audit(who, "hand over", &name, &format!("as the draft {number} in listmonk"), now).await?;
    Ok(number)
}
