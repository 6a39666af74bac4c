//! Signing messages so that receivers can tell who sent them (RFC 6376, RFC 8301, RFC 8463).
//!
//! In: keys, a [`Filled`] message, the time. Out: the same message with a `DKIM-Signature` on top for each key, RSA first;
//! keys as PEM; and the DNS records that receivers look them up in.
//!
//! Always holds: an RSA signature is there, of 2048 bits or more; `c=relaxed/relaxed`; no `l=`; each header of [`SIGNED`] is
//! listed once more than it occurs, so that none can be added on the way (RFC 6376 section 8.15).
//!
//! mail-auth canonicalises the headers and writes the signature. Its signer is not used: it reads the clock, wants the message
//! in one piece, and canonicalises for each key a body that [`crate::message`] has made canonical already. One core in a second
//! (`examples/fill_speed.rs`, 56 kB): 1,680 RSA-2048 signatures of 2 kB and nothing else; 1,550 messages filled, hashed and
//! signed with RSA, 1,520 with Ed25519 as well; 1,480 by mail-auth's signer, RSA alone, where the message is in one piece.
//! Not here: verifying, and looking at DNS.

mod key;

use aws_lc_rs::digest;
use mail_auth::dkim::{Canonicalization, Signature};

use crate::message::Filled;

pub use key::{Algorithm, Key, Record};

/// The headers that are signed, whether a message has them or not.
pub const SIGNED: [&str; 15] = [
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Archive",
    "List-Help",
    "List-Post",
    "Feedback-ID",
];

/// Why a key cannot sign, or a message cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum DkimError {
    /// Not the PEM of a private key.
    #[error("the key {selector} is not the PEM of a private key")]
    Pem {
        /// Of which key.
        selector: String,
        /// What the reader of PEM found.
        #[source]
        cause: tokio_rustls::rustls::pki_types::pem::Error,
    },
    /// A key of another kind, or one that is too small.
    #[error("the key {selector} cannot sign mail: it must be RSA of 2048 to 8192 bits, or Ed25519")]
    Key {
        /// Of which key.
        selector: String,
        /// What the library found.
        #[source]
        cause: aws_lc_rs::error::KeyRejected,
    },
    /// A selector is one label of a name in DNS.
    #[error("\u{201c}{0}\u{201d} is no selector; use letters, digits and hyphens, 63 at most")]
    Selector(String),
    /// Not the name of a domain in ASCII.
    #[error("\u{201c}{0}\u{201d} is not the name of a domain")]
    Domain(String),
    /// Ed25519 stands beside RSA and never instead, because not every receiver knows it.
    #[error("the key {0} is of the wrong kind: mail is signed with an RSA key, and an Ed25519 key beside it")]
    Kind(String),
    /// The library refused, which it does when it has no memory or no randomness.
    #[error("the cryptographic library refused")]
    Library(#[from] aws_lc_rs::error::Unspecified),
}

impl DkimError {
    /// Everything but the library's refusal waits for a person.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Library(_))
    }
}

/// Signs the messages of one domain.
#[derive(Debug)]
pub struct Signer {
    domain: String,
    /// RSA, then Ed25519 where there is one.
    keys: Vec<Key>,
}

impl Signer {
    /// `domain` is that of the From addresses, as [`pulse_model::EmailAddress::domain`] gives it.
    ///
    /// # Errors
    /// [`DkimError::Domain`], and [`DkimError::Kind`] when a key is not of the kind of its place.
    pub fn new(domain: &str, rsa: Key, ed25519: Option<Key>) -> Result<Self, DkimError> {
        if !domain.split('.').all(key::is_label) {
            return Err(DkimError::Domain(domain.chars().take(60).collect()));
        }
        for (key, wanted) in std::iter::once((&rsa, Algorithm::Rsa)).chain(ed25519.as_ref().map(|key| (key, Algorithm::Ed25519))) {
            if key.algorithm() != wanted {
                return Err(DkimError::Kind(key.selector().to_owned()));
            }
        }
        Ok(Self { domain: domain.to_owned(), keys: std::iter::once(rsa).chain(ed25519).collect() })
    }

    /// The records that receivers look for.
    pub fn records(&self) -> impl Iterator<Item = Record> {
        self.keys.iter().map(|key| key.record(&self.domain))
    }

    /// Signs a message. `at` is the time it is signed, in Unix milliseconds.
    ///
    /// # Errors
    /// [`DkimError::Library`].
    pub fn sign(&self, message: &mut Filled<'_>, at: i64) -> Result<(), DkimError> {
        let (names, headers) = canonical_headers(message);
        let mut hash = digest::Context::new(&digest::SHA256);
        message.body_pieces().for_each(|piece| hash.update(piece));
        let mut signature = Signature {
            v: 1,
            d: self.domain.clone(),
            h: names,
            bh: hash.finish().as_ref().to_vec(),
            t: u64::try_from(at / 1000).unwrap_or(0),
            ch: Canonicalization::Relaxed,
            cb: Canonicalization::Relaxed,
            ..Signature::default()
        };
        // Each goes on top of the one before.
        for key in self.keys.iter().rev() {
            signature.a = key.algorithm().into();
            key.selector().clone_into(&mut signature.s);
            signature.b.clear();
            let mut signed = headers.clone();
            signature.write(&mut signed, false);
            signature.b = key.sign(&signed)?;
            let mut header = Vec::with_capacity(1000);
            signature.write(&mut header, true);
            message.add_signature(&header);
        }
        Ok(())
    }
}

/// The names for `h=`, and the headers that occur as they are hashed (RFC 6376 section 3.4.2).
fn canonical_headers(message: &Filled<'_>) -> (Vec<String>, Vec<u8>) {
    let mut names = Vec::with_capacity(2 * SIGNED.len());
    let mut canonical = Vec::with_capacity(2000);
    for name in SIGNED {
        if let Some((_, value)) = message.fields().find(|(field, _)| *field == name) {
            names.push(name.to_owned());
            Canonicalization::Relaxed.canonicalize_headers(std::iter::once((name.as_bytes(), value)), &mut canonical);
        }
        names.push(name.to_owned());
    }
    (names, canonical)
}
