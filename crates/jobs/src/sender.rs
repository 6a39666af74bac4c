//! The address that a digest's messages come from changes, so that nobody is taken by surprise: neither readers, whose mail programs
//! know the old one, nor receivers, who know the old domain.
//!
//! 1. [`announce`] keeps the change. From then on each edition carries a notice of it, and `pulse doctor mail` looks at the new domain.
//! 2. From the edition of the stated month on, messages come from the new address ([`Address::of`]).
//! 3. Somebody writes the new address into the digest's file, at leisure.
//!
//! Always holds: the List-Id stays as it was, because mail programs file by it (RFC 2919 section 2). Not here: what DNS must say
//! ([`crate::checkup::mail`]), whether the send may go.

use pulse_model::{Block, Blocks, Digest, Edition, EditionKey, EmailAddress, Month, Text};
use pulse_store::{SenderChange, Store};

use crate::error::JobError;

/// Why a change was not announced.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NewAddressError {
    /// Nothing would change.
    #[error("messages of {digest} come from {address} already")]
    Same {
        /// Of which digest.
        digest: String,
        /// The address.
        address: String,
    },
    /// Editions of that month are history.
    #[error("{from} is over")]
    Past {
        /// As it was asked for.
        from: Month,
    },
    /// There is one already.
    #[error("a change of the address of {digest} is announced already, from {from} on")]
    Pending {
        /// Of which digest.
        digest: String,
        /// Of that change.
        from: Month,
    },
}

/// What is to be announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAddress {
    /// Where messages are to come from.
    pub address: EmailAddress,
    /// Where bounces are to come back to; empty for the domain of the address.
    pub return_domain: String,
    /// Of the first edition that comes from it.
    pub from: Month,
}

/// Announces a change. `now` is Unix milliseconds.
///
/// # Errors
/// [`JobError::NoSender`]; [`JobError::NewAddress`]; or what the store says.
pub async fn announce(store: &Store, digest: &Digest, new: NewAddress, who: &str, now: i64) -> Result<SenderChange, JobError> {
    let old = digest.sender.address.clone().ok_or_else(|| JobError::NoSender { digest: digest.slug.clone() })?;
    let slug = || digest.slug.to_string();
    if new.address == old {
        return Err(NewAddressError::Same { digest: slug(), address: old.to_string() }.into());
    }
    let this_month = jiff::Timestamp::from_millisecond(now).ok().and_then(|at| Month::of(at.to_zoned(jiff::tz::TimeZone::UTC).date()));
    if this_month.is_some_and(|month| new.from < month) {
        return Err(NewAddressError::Past { from: new.from }.into());
    }
    let before = store.sender_change(&digest.slug).await?;
    if let Some(change) = before.as_ref().filter(|change| change.old_address == old) {
        return Err(NewAddressError::Pending { digest: slug(), from: change.from }.into());
    }
    let list_domain = match (digest.sender.list_domain.as_str(), before) {
        ("", Some(before)) => before.list_domain,
        ("", None) => old.domain().to_owned(),
        (domain, _) => domain.to_owned(),
    };
    let change = SenderChange {
        old_address: old,
        new_address: new.address,
        return_domain: new.return_domain,
        list_domain,
        from: new.from,
        announced_by: who.to_owned(),
        announced_at: now,
    };
    store.announce_sender(&digest.slug, &change, now).await?;
    Ok(change)
}

/// The change of a digest's address, if one was announced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address(Option<SenderChange>);

impl Address {
    /// Asks the store.
    ///
    /// # Errors
    /// What the store says.
    pub async fn of(store: &Store, digest: &Digest) -> Result<Self, JobError> {
        Ok(Self(store.sender_change(&digest.slug).await?))
    }

    /// The digest as the messages of one edition come from it.
    pub fn for_edition(&self, digest: &Digest, key: EditionKey) -> Digest {
        match self.pending(digest) {
            Some(change) if key.month() >= change.from => self.changed(digest),
            _ => self.with_list(digest.clone()),
        }
    }

    /// The digest as its messages will come from it; `None` where nothing is to change, or the digest's file says so already.
    pub fn next(&self, digest: &Digest) -> Option<(Month, Digest)> {
        self.pending(digest).map(|change| (change.from, self.changed(digest)))
    }

    /// An edition as it is sent: until messages come from the new address, with a notice of it.
    #[must_use]
    pub fn announced(&self, digest: &Digest, edition: Edition) -> Edition {
        let Some(change) = self.pending(digest).filter(|change| edition.month < change.from) else { return edition };
        let mut edition = edition;
        let paragraphs = notice(&digest.name, change).into_iter().map(|words| Block::Paragraph { text: Text::from_plain(&words) });
        edition.letter.notices = Blocks::new(edition.letter.notices.into_vec().into_iter().chain(paragraphs));
        edition
    }

    /// Somebody who has written a third address into the file has thought again.
    fn pending(&self, digest: &Digest) -> Option<&SenderChange> {
        self.0.as_ref().filter(|change| digest.sender.address.as_ref() == Some(&change.old_address))
    }

    fn changed(&self, digest: &Digest) -> Digest {
        let mut digest = self.with_list(digest.clone());
        if let Some(change) = &self.0 {
            digest.sender.address = Some(change.new_address.clone());
            digest.sender.return_domain.clone_from(&change.return_domain);
        }
        digest
    }

    fn with_list(&self, mut digest: Digest) -> Digest {
        if let Some(change) = self.0.as_ref().filter(|_| digest.sender.list_domain.is_empty()) {
            digest.sender.list_domain.clone_from(&change.list_domain);
        }
        digest
    }
}

/// What readers are told, a paragraph each.
pub fn notice(name: &str, change: &SenderChange) -> [String; 2] {
    let SenderChange { old_address, new_address, from, .. } = change;
    [
        format!("From the {} edition on, {name} comes from a new address: {new_address}. Until then it comes from {old_address}.", from.title()),
        "So that it goes on reaching you, add the new address to your contacts or to the safe senders of your mail program. If your \
         organisation filters its mail, please ask whoever looks after it to let messages from the new address through."
            .to_owned(),
    ]
}

/// What mailbox providers know a digest by in `Feedback-ID`: five letters at the least, 15 at the most, and the same for ever. It is
/// the slug, filled up where it is short.
pub(crate) fn feedback_name(digest: &Digest) -> String {
    let name: String = format!("{}-pulse", digest.slug).chars().take(15).collect();
    name.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change() -> SenderChange {
        SenderChange {
            old_address: EmailAddress::parse("tidemark@skerrow.example").unwrap(),
            new_address: EmailAddress::parse("tidemark@post.skerrow.example").unwrap(),
            return_domain: "bounce.post.skerrow.example".into(),
            list_domain: "skerrow.example".into(),
            from: "2026-09".parse().unwrap(),
            announced_by: "Ada Lorne".into(),
            announced_at: 0,
        }
    }

    fn digest(address: &str) -> Digest {
        let mut digest = Digest::named("tidemark".parse().unwrap(), "Tidemark");
        digest.sender.address = Some(EmailAddress::parse(address).unwrap());
        digest
    }

    #[test]
    fn the_month_decides_where_an_edition_comes_from() {
        let (address, digest) = (Address(Some(change())), digest("tidemark@skerrow.example"));
        let of = |key: &str| address.for_edition(&digest, key.parse().unwrap()).sender;
        for (key, from) in
            [("2026-08", "tidemark@skerrow.example"), ("2026-08-31", "tidemark@skerrow.example"), ("2026-09-01", "tidemark@post.skerrow.example")]
        {
            assert_eq!(of(key).address.unwrap().as_str(), from, "{key}");
            assert_eq!(of(key).list_domain, "skerrow.example", "{key}");
        }
        assert_eq!(of("2026-10").returns_to(), Some("bounce.post.skerrow.example"));
    }

    #[test]
    fn editions_before_it_carry_a_notice_and_no_others() {
        let (address, digest) = (Address(Some(change())), digest("tidemark@skerrow.example"));
        let said = |key: &str, digest: &Digest| address.announced(digest, Edition::new(digest.slug.clone(), key.parse().unwrap())).letter.notices.plain();
        assert!(said("2026-08", &digest).starts_with("From the September 2026 edition on, Tidemark comes from a new address: tidemark@post.skerrow.example."));
        assert!(said("2026-08", &digest).contains("safe senders"));
        assert_eq!(said("2026-09", &digest), "");
        assert_eq!(said("2026-08", &self::digest("tidemark@post.skerrow.example")), "");
        assert_eq!(Address(None).announced(&digest, Edition::new(digest.slug.clone(), "2026-08".parse().unwrap())).letter.notices.plain(), "");
    }

    #[test]
    fn a_file_that_says_it_needs_no_change_and_keeps_the_list() {
        let (address, digest) = (Address(Some(change())), digest("tidemark@post.skerrow.example"));
        assert!(address.next(&digest).is_none());
        let sender = address.for_edition(&digest, "2026-09".parse().unwrap()).sender;
        assert_eq!((sender.returns_to(), sender.list_domain.as_str()), (Some("post.skerrow.example"), "skerrow.example"));
    }
}
