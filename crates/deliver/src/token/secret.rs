//! Keys for HMAC-SHA-256, and the one use of them that is no token: the suppression list.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use pulse_model::EmailAddress;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use super::Purpose;

/// 256 secret bits, made from randomness that the caller brings; base64 in a file. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    /// Ready for what is signed behind the purpose's name.
    pub(super) fn mac(&self, purpose: Purpose, signed: &[u8]) -> Hmac<Sha256> {
        self.named_mac(purpose.as_str()).chain_update(signed)
    }

    /// A name never holds a NUL, so no two names with what follows them read alike.
    fn named_mac(&self, name: &str) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length (RFC 2104)");
        mac.chain_update("pulse 1 ").chain_update(name).chain_update([0])
    }
}

/// What the suppression list keeps of an address: a keyed hash of its [key](EmailAddress::key), so that the list outlives
/// the erasure of a reader and tells nobody who is on it. The secret is its own and is never rotated, because a list hashed
/// with another one would forget everybody.
pub fn suppression_hash(secret: &Secret, address: &EmailAddress) -> [u8; 32] {
    secret.named_mac("suppression").chain_update(address.key()).finalize().into_bytes().into()
}

impl From<[u8; 32]> for Secret {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(self.0))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| serde::de::Error::custom("a key is 32 bytes in base64"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(secret: u8, address: &str) -> [u8; 32] {
        suppression_hash(&Secret::from([secret; 32]), &EmailAddress::parse(address).unwrap())
    }

    #[test]
    fn spellings_of_one_address_share_a_hash_and_other_keys_do_not() {
        assert_eq!(hash(1, "Ada.Lorne@Example.org"), hash(1, "\"ada.lorne\"@example.ORG"));
        assert_ne!(hash(1, "ada@example.org"), hash(1, "eda@example.org"));
        assert_ne!(hash(1, "ada@example.org"), hash(2, "ada@example.org"));
    }

    /// Lists are kept for years: what is hashed must never change. Computed with Python's hmac.
    #[test]
    fn the_hash_of_an_address_is_the_same_for_ever() {
        let hex = data_encoding::HEXLOWER.encode(&hash(1, "ada@example.org"));
        assert_eq!(hex, "a1ee15a675be8b7235aa7fa1bbe83f88550a0b99b5f877bf4340ba5f9f6b99da");
    }
}
