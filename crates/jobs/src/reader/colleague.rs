//! Having a colleague invited: one message in the reader's name, and the address is forgotten.
//!
//! In: a reader who gets the digest, an address, a [`Note`]. Out: a message that waits, or none: the address is suppressed, has or
//! had a subscription, or was invited within [`ONCE_IN_DAYS`]; or the reader asked [`MOST_A_DAY`] times. Nothing comes back, so that
//! no page can tell which. Nobody is subscribed by it.
//!
//! Not here: words of pages (web), sending and forgetting ([`crate::notices`], store).

use pulse_model::subscriber::State;
use pulse_model::text::is_forbidden;
use pulse_model::{Digest, EmailAddress, Subscriber};
use pulse_store::{NewInvitation, Store};

use super::choices::Chooser;
use super::{closing, fit, subscribe};
use crate::error::JobError;
use crate::notices::{self, Kind, Letter};
use crate::post::Keys;
use crate::site::Site;

/// So many times a reader may ask within 24 hours.
pub const MOST_A_DAY: u32 = 5;
/// An address is invited to a digest once in so many days.
pub const ONCE_IN_DAYS: u32 = 90;
/// The most characters of a note: a few sentences.
pub const MAX_NOTE_CHARS: usize = 400;

const DAY_MS: i64 = 24 * 3_600_000;

/// A few words of a reader to a colleague. Invariant: one paragraph, so that none of it reads as if we had written it; at most
/// [`MAX_NOTE_CHARS`], no control characters, nothing that changes the direction of writing, and nothing that a mail program would
/// make a link of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note(String);

/// Why words are no note. Messages say what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// [`MAX_NOTE_CHARS`].
    #[error("Shorten the note to {MAX_NOTE_CHARS} characters")]
    TooLong,
    /// A character that shows nothing, or changes the direction of writing.
    #[error("Type the note again: it has a character in it that does not show")]
    Hidden,
    /// An address of the web or of e-mail.
    #[error("Leave web and e-mail addresses out of the note, and put a space behind each full stop")]
    Link,
}

impl Note {
    /// Checks a note. Line breaks become spaces; it may be empty.
    ///
    /// ```
    /// use pulse_jobs::reader::colleague::{Note, NoteError};
    /// assert!(Note::parse("Page 3 is about us, i.e. about 4.5% of it.\r\nAda").is_ok());
    /// assert_eq!(Note::parse("Look at shop.example today"), Err(NoteError::Link));
    /// assert_eq!(Note::parse("a\u{0}b"), Err(NoteError::Hidden));
    /// ```
    ///
    /// # Errors
    /// [`NoteError`] says what to do.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let text = text.replace("\r\n", "\n");
        let text = text.trim();
        if text.chars().count() > MAX_NOTE_CHARS {
            return Err(NoteError::TooLong);
        }
        if text.chars().any(|c| (c.is_control() && c != '\n') || is_forbidden(c)) {
            return Err(NoteError::Hidden);
        }
        if has_link(text) {
            return Err(NoteError::Link);
        }
        Ok(Self(text.split_whitespace().collect::<Vec<_>>().join(" ")))
    }

    /// Its words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether there is anything in a text that a mail program would make a link of.
fn has_link(text: &str) -> bool {
    // Browsers take these for a full stop in the name of a host (UTS 46).
    let text = text.replace(['\u{3002}', '\u{ff0e}', '\u{ff61}'], ".").to_ascii_lowercase();
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut around_at = text.match_indices('@').map(|(at, _)| (&text[..at], &text[at + 1..]));
    let is_mail = around_at.any(|(before, behind)| (before.ends_with('"') || before.ends_with(is_part)) && behind.starts_with(is_part));
    let is_link = ["://", "mailto:", "javascript:"].iter().any(|mark| text.contains(mark));
    is_mail || is_link || text.split(|c| !is_part(c)).any(is_host)
}

/// Whether a word could be the name of a host, or begin with one: two labels, the second of which begins with letters; or four numbers.
fn is_host(word: &str) -> bool {
    let labels: Vec<&str> = word.split('.').collect();
    let is_top = |label: &str| label.starts_with("xn--") || (label.chars().count() >= 2 && label.chars().take(2).all(char::is_alphabetic));
    let is_number = |label: &&str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit());
    labels.windows(2).any(|pair| !pair[0].is_empty() && is_top(pair[1])) || labels.windows(4).any(|four| four.iter().all(is_number))
}

/// Whether a reader can have somebody invited: readers of the digest can, where a message can be sent at all.
pub fn may_invite(chooser: &Chooser, site: &Site) -> bool {
    chooser.subscription.state == State::Active && subscribe::is_open(chooser.digest(), site)
}

/// Who was invited after this moment is not invited again.
pub(super) fn invited_since(now: i64) -> i64 {
    now.saturating_sub(i64::from(ONCE_IN_DAYS) * DAY_MS)
}

/// Keeps an invitation to be sent, unless one of the limits says no.
///
/// # Errors
/// What the store says, and a link that cannot be made.
pub async fn invite(store: &Store, keys: &Keys, site: &Site, chooser: &Chooser, to: &EmailAddress, note: &Note, now: i64) -> Result<(), JobError> {
    let digest = chooser.digest();
    let invitation = NewInvitation {
        digest: digest.slug.clone(),
        by: chooser.reader.id,
        hash: keys.suppression_hash(to),
        most_a_day: MOST_A_DAY,
        not_since: invited_since(now),
    };
    let message = notices::notice(Kind::Invitation, to, &letter(site, digest, &chooser.reader.subscriber, note)?, now)?;
    store.invite(&invitation, &message, now).await?;
    Ok(())
}

fn letter(site: &Site, digest: &Digest, from: &Subscriber, note: &Note) -> Result<Letter, JobError> {
    let name = &digest.name;
    let mut paragraphs = vec![format!("{} reads {name} and asked us to show it to you, once.", in_whose_name(from))];
    paragraphs.extend((!digest.tagline.is_empty()).then(|| format!("{name}: {}", digest.tagline)));
    paragraphs.extend((!note.as_str().is_empty()).then(|| format!("Their note to you: {}", note.as_str())));
    let kept = format!(
        "Your address was used for this one message and is not kept; you are not on any list. A code made from it, from which nobody can read it, \
         stays for {ONCE_IN_DAYS} days, so that nobody has you invited again before then. If you never want such a message, answer this one and say so."
    );
    Ok(Letter {
        digest: digest.slug.clone(),
        subject: format!("An invitation to read {name}"),
        paragraphs,
        label: format!("Look at {name}"),
        link: fit(site.digest(&digest.slug))?,
        closing: closing(digest, &kept),
    })
}

/// Name and address of a reader, as an invitation has them: without what would be a link.
pub fn in_whose_name(reader: &Subscriber) -> String {
    let address = &reader.address;
    let address = if address.local().starts_with('"') { format!("a reader at {}", address.domain()) } else { address.to_string() };
    match reader.name.trim() {
        "" => address,
        name if has_link(name) => address,
        name => format!("{name} ({address})"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_mail_program_would_make_a_link_of_is_refused() {
        for text in [
            "https://shop.example",
            "see shop.example",
            "SHOP.EXAMPLE/offer?x",
            "www.shop.example",
            "http:shop.example",
            "shop\u{3002}example",
            "shop\u{ff0e}example",
            "ada@quay.example",
            "ada@quay",
            "\"ada b\"@quay",
            "mailto:ada",
            "http://192.0.2.1/",
            "192.0.2.1",
            "b\u{fc}cher.example",
            "\u{43f}\u{440}\u{438}\u{43c}\u{435}\u{440}.\u{440}\u{444}",
            "x.xn--p1ai",
            "(shop.example)",
            "javascript:alert(1)",
            // What follows a name of letters ends the link, and does not undo it.
            "shop.example\u{b9}",
            "shop.\u{130}xample",
        ] {
            assert_eq!(Note::parse(text), Err(NoteError::Link), "{text}");
        }
        for text in [
            "",
            " ",
            "Figures rose by 4.5% (p. 12), e.g. in the north.",
            "Lunch @ noon?",
            "New data: see page 3",
            "Ada \u{1f642}\nBo",
            "\u{5e9}\u{5dc}\u{5d5}\u{5dd}",
            "3.1.2",
        ] {
            assert!(Note::parse(text).is_ok(), "{text}");
        }
        for text in ["a\tb", "a\u{7}b", "a\u{202e}b", "a\u{2066}b", "a\rb"] {
            assert_eq!(Note::parse(text), Err(NoteError::Hidden), "{text:?}");
        }
        assert_eq!(Note::parse(&"\u{e9}".repeat(MAX_NOTE_CHARS + 1)), Err(NoteError::TooLong));
        assert!(Note::parse(&"\u{e9}".repeat(MAX_NOTE_CHARS)).is_ok());
    }

    #[test]
    fn a_name_that_is_a_link_is_not_repeated() {
        let of = |name: &str, address: &str| in_whose_name(&Subscriber { address: address.parse().unwrap(), name: name.into(), language: String::new() });
        assert_eq!(of("Ada Okafor", "ada@quay.example"), "Ada Okafor (ada@quay.example)");
        assert_eq!(of("Buy at shop.example", "ada@quay.example"), "ada@quay.example");
        assert_eq!(of("", "\"https://shop.example/\"@quay.example"), "a reader at quay.example");
    }

    proptest! {
        #[test]
        fn no_note_has_a_link_or_a_hidden_character(text in "(\\PC|[a-z.@:/\n\r\u{202e}\u{0}]){0,60}") {
            let host = regex::Regex::new(r"(?i)[\p{L}\p{N}]\.\p{L}{2,}|://|[\p{L}\p{N}]@[\p{L}\p{N}]").unwrap();
            if let Ok(note) = Note::parse(&text) {
                prop_assert!(!host.is_match(note.as_str()), "{}", note.as_str());
                prop_assert!(!note.as_str().chars().any(|c| c.is_control() || is_forbidden(c)));
                prop_assert_eq!(Note::parse(note.as_str()), Ok(note));
            }
        }
    }
}
