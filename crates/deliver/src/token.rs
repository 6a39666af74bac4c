//! Tokens in addresses and links: bound to one purpose and one subject, forged by nobody.
//!
//! In: a [`Purpose`], a [`Subject`], the time. Out: a text that stands in a link, or before the `@` of an address; and
//! back. A token carries what it is about, so that nothing has to be kept for it, and 128 bits of HMAC-SHA-256 over the
//! purpose, the key's number, the subject and the expiry.
//!
//! Invariant: a token that was changed in any character, made for another purpose, or has expired gives the same
//! [`TokenError`], compared in constant time. Not here: what a token is good for (web, jobs), whether it was used before,
//! and where keys are kept; the caller brings randomness and the time.

mod purpose;
mod secret;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use data_encoding::{BASE32_NOPAD, BASE32_NOPAD_NOCASE};
use hmac::Mac as _;
use pulse_model::ids::DeliveryId;
use serde::{Deserialize, Serialize};

pub use purpose::{Mailbox, Purpose, Subject};
pub use secret::{Secret, suppression_hash};

/// The most keys a ring holds: one a month for eight years.
pub const MAX_KEYS: usize = 100;
/// Nothing longer than this is looked at.
const MAX_TOKEN_BYTES: usize = 128;
/// 128 bits, half of what SHA-256 gives: no forgery within reach, and a bounce address that fits in 64 bytes.
const TAG_BYTES: usize = 16;

/// The token is not good: changed, made for something else, or expired. Which of these is nobody's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the link is not valid, or no longer")]
pub struct TokenError;

/// The keys that tokens are made with. The newest signs, all verify, and a retired one verifies only that readers leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "KeyringFile", into = "KeyringFile")]
pub struct Keyring {
    /// Oldest first, at least one, numbers rising; the last is never retired.
    keys: Vec<Key>,
}

/// One key of a ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    /// Stands in every token, so that the right key is found.
    number: u16,
    secret: Secret,
    /// Unix milliseconds, UTC.
    made_at: i64,
    #[serde(default)]
    is_retired: bool,
}

/// Why a ring of keys is none, or cannot change that way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// A ring without a key that signs.
    #[error("the ring has no key that signs: its last one must not be retired")]
    NoSigner,
    /// Numbers that do not rise.
    #[error("the numbers of the keys do not rise from one to the next")]
    Order,
    /// [`MAX_KEYS`].
    #[error("the ring is full: it holds {MAX_KEYS} keys at most")]
    Full,
    /// No key has this number.
    #[error("the ring has no key {0}")]
    Unknown(u16),
}

/// The ring as it stands in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyringFile {
    keys: Vec<Key>,
}

impl TryFrom<KeyringFile> for Keyring {
    type Error = KeyringError;
    fn try_from(file: KeyringFile) -> Result<Self, KeyringError> {
        let keys = file.keys;
        if keys.len() > MAX_KEYS {
            return Err(KeyringError::Full);
        }
        if !keys.is_sorted_by(|before, after| before.number < after.number) {
            return Err(KeyringError::Order);
        }
        if keys.last().is_none_or(|last| last.is_retired) {
            return Err(KeyringError::NoSigner);
        }
        Ok(Self { keys })
    }
}

impl From<Keyring> for KeyringFile {
    fn from(ring: Keyring) -> Self {
        Self { keys: ring.keys }
    }
}

impl Keyring {
    /// A ring with its first key. `at` is when it was made, in Unix milliseconds.
    pub fn new(secret: Secret, at: i64) -> Self {
        Self { keys: vec![Key { number: 1, secret, made_at: at, is_retired: false }] }
    }

    /// Adds a key, which signs from now on; those before it go on verifying. Returns its number.
    ///
    /// # Errors
    /// [`KeyringError::Full`].
    pub fn rotate(&mut self, secret: Secret, at: i64) -> Result<u16, KeyringError> {
        let last = self.keys.last().map_or(0, |key| key.number);
        let number = last.checked_add(1).filter(|_| self.keys.len() < MAX_KEYS).ok_or(KeyringError::Full)?;
        self.keys.push(Key { number, secret, made_at: at, is_retired: false });
        Ok(number)
    }

    /// Retires a key: it verifies that readers leave, and nothing else.
    ///
    /// # Errors
    /// [`KeyringError::NoSigner`] for the one that signs, [`KeyringError::Unknown`] for one that is not there.
    pub fn retire(&mut self, number: u16) -> Result<(), KeyringError> {
        let (last, older) = self.keys.split_last_mut().ok_or(KeyringError::NoSigner)?;
        if last.number == number {
            return Err(KeyringError::NoSigner);
        }
        older.iter_mut().find(|key| key.number == number).ok_or(KeyringError::Unknown(number))?.is_retired = true;
        Ok(())
    }

    /// The number of each key, when it was made, and whether it is retired; the oldest first.
    pub fn keys(&self) -> impl Iterator<Item = (u16, i64, bool)> {
        self.keys.iter().map(|key| (key.number, key.made_at, key.is_retired))
    }

    /// A token for a link: letters, digits, `-` and `_`, 46 to 79 of them. `now` is in Unix milliseconds; the token
    /// expires after the purpose's [lifetime](Purpose::lifetime_ms).
    ///
    /// ```
    /// use pulse_deliver::token::{Keyring, Purpose, Secret, Subject, TokenError};
    /// use pulse_model::ids::{DigestId, SubscriberId};
    /// let ring = Keyring::new(Secret::from([7; 32]), 0);
    /// let subject = Subject::reader(SubscriberId(uuid::Uuid::from_u128(1)), DigestId(uuid::Uuid::from_u128(2)));
    /// let token = ring.sign(Purpose::Unsubscribe, subject, 0);
    /// assert_eq!(ring.verify(Purpose::Unsubscribe, &token, i64::MAX), Ok(subject));
    /// assert_eq!(ring.verify(Purpose::Preferences, &token, 0), Err(TokenError));
    /// ```
    pub fn sign(&self, purpose: Purpose, subject: Subject, now: i64) -> String {
        URL_SAFE_NO_PAD.encode(self.sealed(purpose, subject, now))
    }

    /// What a token of a link is about.
    ///
    /// # Errors
    /// [`TokenError`], whatever is wrong with it.
    pub fn verify(&self, purpose: Purpose, token: &str, now: i64) -> Result<Subject, TokenError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError);
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| TokenError)?;
        self.opened(purpose, &bytes, now).ok_or(TokenError)
    }

    /// The local part of an address that belongs to one delivery: `bounce+…` or `leave+…`, 62 bytes at most. In base32,
    /// because servers on the way may change the case of it.
    pub fn local_part(&self, mailbox: Mailbox, delivery: DeliveryId) -> String {
        let token = BASE32_NOPAD.encode(&self.sealed(mailbox.purpose(), Subject::delivery(delivery), 0));
        format!("{}+{}", mailbox.as_str(), token.to_ascii_lowercase())
    }

    /// Whose delivery a local part belongs to, in any case of letters.
    ///
    /// # Errors
    /// [`TokenError`], whatever is wrong with it.
    pub fn verify_local_part(&self, local: &str) -> Result<(Mailbox, DeliveryId), TokenError> {
        let (word, token) = local.split_once('+').filter(|_| local.len() <= MAX_TOKEN_BYTES).ok_or(TokenError)?;
        let mailbox = [Mailbox::Bounce, Mailbox::Leave].into_iter().find(|mailbox| word.eq_ignore_ascii_case(mailbox.as_str())).ok_or(TokenError)?;
        let bytes = BASE32_NOPAD_NOCASE.decode(token.as_bytes()).map_err(|_| TokenError)?;
        let subject = self.opened(mailbox.purpose(), &bytes, 0).filter(|subject| subject.within.is_none()).ok_or(TokenError)?;
        Ok((mailbox, DeliveryId(subject.id)))
    }

    /// Key number, expiry where there is one, ids, tag.
    fn sealed(&self, purpose: Purpose, subject: Subject, now: i64) -> Vec<u8> {
        let Some(key) = self.keys.last() else { return Vec::new() };
        let mut bytes = key.number.to_be_bytes().to_vec();
        if let Some(lifetime_ms) = purpose.lifetime_ms() {
            bytes.extend_from_slice(&now.saturating_add(lifetime_ms).to_be_bytes());
        }
        subject.write(&mut bytes);
        let tag = key.secret.mac(purpose, &bytes).finalize().into_bytes();
        bytes.extend(tag.iter().take(TAG_BYTES));
        bytes
    }

    fn opened(&self, purpose: Purpose, bytes: &[u8], now: i64) -> Option<Subject> {
        let (signed, tag) = bytes.split_at_checked(bytes.len().checked_sub(TAG_BYTES)?)?;
        let (number, mut rest) = signed.split_first_chunk()?;
        let number = u16::from_be_bytes(*number);
        let key = self.keys.iter().find(|key| key.number == number && (!key.is_retired || purpose.outlives_its_key()))?;
        key.secret.mac(purpose, signed).verify_truncated_left(tag).ok()?;
        if purpose.lifetime_ms().is_some() {
            let (expires_at, after) = rest.split_first_chunk()?;
            if now >= i64::from_be_bytes(*expires_at) {
                return None;
            }
            rest = after;
        }
        Subject::read(rest)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulse_model::ids::{DigestId, SubscriberId};
    use uuid::Uuid;

    use super::*;

    fn ring() -> Keyring {
        Keyring::new(Secret::from([7; 32]), 0)
    }

    fn subject(id: u128) -> Subject {
        Subject::reader(SubscriberId(Uuid::from_u128(id)), DigestId(Uuid::from_u128(!id)))
    }

    /// Every other character that could stand at one place.
    fn changed(text: &str, at: usize, to: char) -> String {
        text.char_indices().map(|(i, c)| if i == at { to } else { c }).collect()
    }

    #[test]
    fn a_token_says_who_and_of_what() {
        for purpose in Purpose::ALL {
            let token = ring().sign(purpose, subject(3), 1000);
            assert_eq!(ring().verify(purpose, &token, 1000), Ok(subject(3)), "{purpose:?}");
            assert!((46..=79).contains(&token.len()), "{purpose:?}: {}", token.len());
        }
    }

    /// Messages of years ago must go on working: what is signed must never change. Computed with Python's hmac.
    #[test]
    fn a_token_is_the_same_for_ever() {
        let subject = Subject::reader(SubscriberId(Uuid::from_u128(1)), DigestId(Uuid::from_u128(2)));
        assert_eq!(ring().sign(Purpose::Unsubscribe, subject, 0), "AAEAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAsXHaZipyokl4KHZEvxovVI");
    }

    #[test]
    fn passing_purposes_expire_to_the_millisecond() {
        for purpose in Purpose::ALL {
            let token = ring().sign(purpose, subject(3), 5);
            let Some(lifetime_ms) = purpose.lifetime_ms() else {
                assert!(ring().verify(purpose, &token, i64::MAX).is_ok(), "{purpose:?}");
                continue;
            };
            assert!(ring().verify(purpose, &token, 4 + lifetime_ms).is_ok(), "{purpose:?}");
            assert_eq!(ring().verify(purpose, &token, 5 + lifetime_ms), Err(TokenError), "{purpose:?}");
        }
    }

    #[test]
    fn a_retired_key_lets_readers_leave_and_nothing_else() {
        let mut ring = ring();
        let tokens: Vec<_> = Purpose::ALL.into_iter().map(|purpose| (purpose, ring.sign(purpose, subject(1), 0))).collect();
        let bounce = ring.local_part(Mailbox::Bounce, DeliveryId(Uuid::from_u128(9)));
        let leave = ring.local_part(Mailbox::Leave, DeliveryId(Uuid::from_u128(9)));
        let second = ring.rotate(Secret::from([8; 32]), 0).unwrap();
        for (purpose, token) in &tokens {
            assert!(ring.verify(*purpose, token, 0).is_ok(), "{purpose:?} before the key retires");
            assert_ne!(*token, ring.sign(*purpose, subject(1), 0), "the newest key signs");
        }
        ring.retire(1).unwrap();
        for (purpose, token) in &tokens {
            assert_eq!(ring.verify(*purpose, token, 0).is_ok(), purpose.outlives_its_key(), "{purpose:?}");
        }
        assert!(ring.verify_local_part(&leave).is_ok() && ring.verify_local_part(&bounce).is_err());
        assert_eq!(ring.retire(second), Err(KeyringError::NoSigner));
        assert_eq!(ring.retire(7), Err(KeyringError::Unknown(7)));
    }

    #[test]
    fn a_ring_reads_back_from_its_file_and_a_broken_one_does_not() {
        let mut ring = ring();
        ring.rotate(Secret::from([8; 32]), 5).unwrap();
        ring.retire(1).unwrap();
        let file = serde_json::to_string(&ring).unwrap();
        assert_eq!(serde_json::from_str::<Keyring>(&file).unwrap(), ring);
        let key =
            |number: u16, is_retired: bool| serde_json::json!({ "number": number, "secret": Secret::from([1; 32]), "made_at": 0, "is_retired": is_retired });
        for keys in [vec![], vec![key(1, true)], vec![key(2, false), key(1, false)], vec![key(1, false), key(1, false)]] {
            assert!(serde_json::from_value::<Keyring>(serde_json::json!({ "keys": keys })).is_err(), "{keys:?}");
        }
    }

    #[test]
    fn a_full_ring_takes_no_more() {
        let mut ring = ring();
        for _ in 1..MAX_KEYS {
            ring.rotate(Secret::from([8; 32]), 0).unwrap();
        }
        assert_eq!(ring.rotate(Secret::from([8; 32]), 0), Err(KeyringError::Full));
    }

    #[test]
    fn nobody_reads_a_key_in_a_log() {
        assert!(!format!("{:?}", Keyring::new(Secret::from([0xab; 32]), 0)).to_lowercase().contains("171"));
        assert_eq!(format!("{:?}", Secret::from([0xab; 32])), "Secret");
    }

    proptest! {
        #[test]
        fn no_changed_character_verifies(id: u128, purpose in prop::sample::select(Purpose::ALL.to_vec()), to in "[A-Za-z0-9_-]", at in 0usize..79) {
            let token = ring().sign(purpose, subject(id), 0);
            let forged = changed(&token, at, to.chars().next().unwrap());
            prop_assert_eq!(ring().verify(purpose, &forged, 0).is_ok(), forged == token);
            for cut in [&token[1..], &token[..token.len() - 1], &format!("{token}A"), &format!("{token}=")] {
                prop_assert_eq!(ring().verify(purpose, cut, 0), Err(TokenError));
            }
        }

        #[test]
        fn no_token_serves_another_purpose(id: u128, at in 0i64..1_000_000_000_000) {
            for made_for in Purpose::ALL {
                let token = ring().sign(made_for, subject(id), at);
                for used_for in Purpose::ALL {
                    prop_assert_eq!(ring().verify(used_for, &token, at).is_ok(), used_for == made_for);
                }
            }
        }

        #[test]
        fn no_other_key_verifies(id: u128, other: [u8; 32]) {
            let token = ring().sign(Purpose::Unsubscribe, subject(id), 0);
            prop_assume!(other != [7; 32]);
            prop_assert_eq!(Keyring::new(Secret::from(other), 0).verify(Purpose::Unsubscribe, &token, 0), Err(TokenError));
        }

        #[test]
        fn local_parts_fit_and_survive_any_case(id: u128, to in "[a-z2-7]", at in 0usize..62) {
            let delivery = DeliveryId(Uuid::from_u128(id));
            for mailbox in [Mailbox::Bounce, Mailbox::Leave] {
                let local = ring().local_part(mailbox, delivery);
                prop_assert!(local.len() <= pulse_model::address::MAX_LOCAL_BYTES);
                let address = pulse_model::EmailAddress::parse(&format!("{local}@news.example.org")).unwrap();
                prop_assert_eq!(address.key(), address.as_str());
                prop_assert_eq!(ring().verify_local_part(&local.to_uppercase()), Ok((mailbox, delivery)));
                let forged = changed(&local, at, to.chars().next().unwrap());
                prop_assert_eq!(ring().verify_local_part(&forged).is_ok(), forged == local);
            }
        }

        #[test]
        fn no_rubbish_verifies(text in "\\PC{0,140}", purpose in prop::sample::select(Purpose::ALL.to_vec())) {
            prop_assert_eq!(ring().verify(purpose, &text, 0), Err(TokenError));
            prop_assert_eq!(ring().verify_local_part(&text), Err(TokenError));
        }
    }
}
