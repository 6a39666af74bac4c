//! Keys that sign, and their public halves in DNS.

use std::fmt;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

use super::DkimError;

/// The most a character-string of DNS has (RFC 1035 section 3.3).
const MAX_STRING_BYTES: usize = 255;

/// What a key signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// `rsa-sha256` (RFC 8301): every receiver knows it.
    Rsa,
    /// `ed25519-sha256` (RFC 8463).
    Ed25519,
}

impl From<Algorithm> for mail_auth::common::crypto::Algorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Rsa => Self::RsaSha256,
            Algorithm::Ed25519 => Self::Ed25519Sha256,
        }
    }
}

/// A private key and its selector: the name that receivers find the public key by. `Debug` shows the selector alone.
pub struct Key {
    selector: String,
    secret: Secret,
    /// As it stands in DNS, in base64.
    public: String,
}

enum Secret {
    Rsa(Box<RsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

impl Key {
    /// Makes a key: RSA of 2048 bits, or Ed25519. The library brings its own randomness, and takes no other.
    ///
    /// # Errors
    /// [`DkimError::Selector`] and [`DkimError::Library`].
    pub fn generate(algorithm: Algorithm, selector: &str) -> Result<Self, DkimError> {
        let secret = match algorithm {
            Algorithm::Rsa => Secret::Rsa(Box::new(RsaKeyPair::generate(KeySize::Rsa2048)?)),
            Algorithm::Ed25519 => Secret::Ed25519(Box::new(Ed25519KeyPair::generate()?)),
        };
        Self::new(selector, secret)
    }

    /// Reads a private key in PEM: PKCS#8, or PKCS#1 for RSA.
    ///
    /// # Errors
    /// [`DkimError::Selector`], [`DkimError::Pem`], and [`DkimError::Key`] for RSA below 2048 bits (RFC 8301 section 3.2 has
    /// signers use that many) and for other kinds of key.
    pub fn from_pem(selector: &str, pem: &str) -> Result<Self, DkimError> {
        let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|cause| DkimError::Pem { selector: selector.to_owned(), cause })?;
        let rsa = match &der {
            PrivateKeyDer::Pkcs1(pkcs1) => RsaKeyPair::from_der(pkcs1.secret_pkcs1_der()),
            _ => match Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_der()) {
                Ok(pair) => return Self::new(selector, Secret::Ed25519(Box::new(pair))),
                Err(_) => RsaKeyPair::from_pkcs8(der.secret_der()),
            },
        };
        let pair = rsa.map_err(|cause| DkimError::Key { selector: selector.to_owned(), cause })?;
        Self::new(selector, Secret::Rsa(Box::new(pair)))
    }

    fn new(selector: &str, secret: Secret) -> Result<Self, DkimError> {
        if !is_label(selector) {
            return Err(DkimError::Selector(selector.chars().take(60).collect()));
        }
        let public = match &secret {
            // The standard says the bare key; every verifier reads this form, which every tool publishes, and some no other.
            Secret::Rsa(pair) => {
                let der: PublicKeyX509Der<'_> = pair.public_key().as_der()?;
                STANDARD.encode(der.as_ref())
            }
            Secret::Ed25519(pair) => STANDARD.encode(pair.public_key().as_ref()),
        };
        Ok(Self { selector: selector.to_owned(), secret, public })
    }

    /// The private key in PEM (PKCS#8), as it is kept in a file that only Pulse reads.
    ///
    /// # Errors
    /// [`DkimError::Library`].
    pub fn to_pem(&self) -> Result<String, DkimError> {
        let der: Pkcs8V1Der<'_> = match &self.secret {
            Secret::Rsa(pair) => pair.as_der()?,
            Secret::Ed25519(pair) => pair.as_der()?,
        };
        let text = STANDARD.encode(der.as_ref());
        Ok(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", chunks(&text, 64).collect::<Vec<_>>().join("\n")))
    }

    /// What it signs with.
    pub fn algorithm(&self) -> Algorithm {
        match self.secret {
            Secret::Rsa(_) => Algorithm::Rsa,
            Secret::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// The name that receivers find it by.
    pub fn selector(&self) -> &str {
        &self.selector
    }

    /// The record to publish for a domain (RFC 6376 section 3.6.1, RFC 8463 section 4) before the key signs.
    pub fn record(&self, domain: &str) -> Record {
        let kind = match self.algorithm() {
            Algorithm::Rsa => "rsa",
            Algorithm::Ed25519 => "ed25519",
        };
        Record { name: format!("{}._domainkey.{domain}", self.selector), value: format!("v=DKIM1; k={kind}; p={}", self.public) }
    }

    /// The signature of canonical bytes.
    pub(super) fn sign(&self, signed: &[u8]) -> Result<Vec<u8>, DkimError> {
        match &self.secret {
            Secret::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed, &mut signature)?;
                Ok(signature)
            }
            // The hash is signed, not the bytes (RFC 8463 section 3).
            Secret::Ed25519(pair) => Ok(pair.try_sign(&Sha256::digest(signed))?.as_ref().to_vec()),
        }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("selector", &self.selector).field("algorithm", &self.algorithm()).finish_non_exhaustive()
    }
}

/// A TXT record. `Display` gives the line of a zone file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Without the dot at its end.
    pub name: String,
    /// As receivers read it, in one piece.
    pub value: String,
}

impl Record {
    /// The value in the pieces that DNS carries; they are joined without a space.
    pub fn strings(&self) -> impl Iterator<Item = &str> {
        chunks(&self.value, MAX_STRING_BYTES)
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}. IN TXT (", self.name)?;
        self.strings().try_for_each(|string| write!(f, " \"{string}\""))?;
        f.write_str(" )")
    }
}

/// Pieces of an ASCII text.
fn chunks(text: &str, bytes: usize) -> impl Iterator<Item = &str> {
    (0..text.len()).step_by(bytes).filter_map(move |at| text.get(at..text.len().min(at + bytes)))
}

/// One label of a name in DNS.
pub(super) fn is_label(label: &str) -> bool {
    let is_plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (1..=63).contains(&label.len()) && is_plain && !label.starts_with('-') && !label.ends_with('-')
}
