//! Do receivers find the keys that messages are signed with? (RFC 6376, RFC 8301, RFC 8463)

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Setup;
use super::finding::{Finding, Publish, Severity, tags};
use super::known::{Known, Unknown};
use crate::dkim::Record;

/// Receivers take no shorter RSA key (RFC 8301 section 3.2).
const FEWEST_BITS: usize = 1024;
/// Signers should have no shorter one (the same section).
const USUAL_BITS: usize = 2048;

/// What is to be said where no key is there at all.
pub(super) fn no_key(setup: &Setup, about: &str) -> Finding {
    let advice = format!("Make a pair of keys and publish what is printed: pulse dkim new {}.", setup.from_domain);
    Finding::fail(about, format!("there is no key for {}, so messages are not signed", setup.from_domain)).advise(advice)
}

/// Looks at the record of one key.
pub(super) fn check(known: &Known, ours: &Record, about: &str) -> Result<Vec<Finding>, Unknown> {
    let wanted = Published::read(&ours.value);
    // A signature with Ed25519 stands beside one with RSA, which counts alone where its record is missing.
    let worst = if wanted.is_rsa { Severity::Fail } else { Severity::Warn };
    let publish = |message: String, advice: &str| vec![Finding::new(about, worst, message).advise(advice).publish([Publish::from(ours)])];
    let texts: Vec<&str> = known.texts(&ours.name)?.into_iter().filter(|text| tags(text).any(|(name, _)| name == "p")).collect();
    let text = match texts.as_slice() {
        [] => return Ok(publish("there is no record, so that receivers cannot check a signature".to_owned(), "Publish the record before you send.")),
        [text] => *text,
        several => return Ok(publish(format!("there are {} records, and nobody can say which counts", several.len()), "Publish one in place of them all.")),
    };
    let found = Published::read(text);
    if let Some(version) = &found.other_version {
        return Ok(publish(format!("the record has the version \u{201c}{version}\u{201d}, and receivers ignore it"), "Publish it as v=DKIM1."));
    }
    if found.is_revoked {
        return Ok(publish(
            "the key is revoked: its p= is empty, and every signature fails".to_owned(),
            "Publish the key again, or make another: pulse dkim new.",
        ));
    }
    let Some(key) = &found.key else {
        return Ok(publish(
            "the key in the record cannot be read: its p= is no base64".to_owned(),
            "Publish the record as it stands here, in strings of 255 bytes at most.",
        ));
    };
    let mut findings = Vec::new();
    if let Some(bits) = found.bits().filter(|bits| *bits < USUAL_BITS) {
        let severity = if bits < FEWEST_BITS { Severity::Fail } else { Severity::Warn };
        let message =
            format!("the published key has {bits} bits; {USUAL_BITS} are usual, and below {FEWEST_BITS} a signature does not count (RFC 8301 section 3.2)");
        findings.push(Finding::new(about, severity, message).advise("Publish the key that Pulse signs with.").publish([Publish::from(ours)]));
    }
    if found.is_rsa != wanted.is_rsa || !wanted.key.as_ref().is_some_and(|wanted| is_same(key, wanted)) {
        let message = "another key is published than the one that Pulse signs with, so every signature fails".to_owned();
        findings.extend(publish(message, "Publish this record, or copy the keys of the other machine into the data folder."));
    }
    for (tag, value) in tags(text) {
        match tag.as_str() {
            "t" if list(value).any(|flag| flag == "y") => {
                let message = "the record says t=y, for testing: receivers may take signed messages for unsigned";
                findings.push(Finding::warn(about, message).advise("Take out t=y.").publish([Publish::from(ours)]));
            }
            "h" if !list(value).any(|hash| hash == "sha256") => {
                findings.extend(publish(format!("the record allows h={value} alone, and messages are signed with sha256"), "Take out h=."));
            }
            "s" if !list(value).any(|service| matches!(service, "*" | "email")) => {
                findings.extend(publish(format!("the record is for s={value} and not for e-mail"), "Take out s=."));
            }
            _ => {}
        }
    }
    if findings.is_empty() {
        let size = found.bits().map_or_else(|| "Ed25519".to_owned(), |bits| format!("RSA, {bits} bits"));
        findings.push(Finding::ok(about, format!("published as it should be ({size})")));
    }
    Ok(findings)
}

/// What a record says of its key.
struct Published {
    is_rsa: bool,
    is_revoked: bool,
    /// `None` where it cannot be read.
    key: Option<Vec<u8>>,
    other_version: Option<String>,
}

impl Published {
    fn read(text: &str) -> Self {
        let value_of = |wanted: &str| tags(text).find(|(name, _)| name == wanted).map(|(_, value)| value);
        let p: String = value_of("p").unwrap_or_default().split_whitespace().collect();
        let is_rsa = value_of("k").is_none_or(|kind| kind.eq_ignore_ascii_case("rsa"));
        let other_version = value_of("v").filter(|version| *version != "DKIM1").map(|version| version.chars().take(20).collect());
        Self { is_rsa, is_revoked: p.is_empty(), key: STANDARD.decode(&p).ok().filter(|key| !key.is_empty()), other_version }
    }

    /// Of an RSA key that can be read.
    fn bits(&self) -> Option<usize> {
        self.key.as_deref().filter(|_| self.is_rsa).and_then(modulus_bits)
    }
}

fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split(':').map(str::trim)
}

/// The same key, also where one stands in its envelope (X.509) and the other without: the envelope ends with the key.
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    one == other || short.len() > 128 && long.ends_with(short)
}

/// The size of an RSA key in DER: `RSAPublicKey` (RFC 8017), bare or in a `SubjectPublicKeyInfo` (RFC 5280).
fn modulus_bits(der: &[u8]) -> Option<usize> {
    let (0x30, sequence, _) = element(der)? else { return None };
    let (tag, first, rest) = element(sequence)?;
    let modulus = match tag {
        0x02 => first,
        // The algorithm, and behind it the key in a string of bits whose first byte says that all are used.
        0x30 => match element(rest)? {
            (0x03, bits, _) => match element(bits.split_first()?.1)? {
                (0x30, key, _) => match element(key)? {
                    (0x02, modulus, _) => modulus,
                    _ => return None,
                },
                _ => return None,
            },
            _ => return None,
        },
        _ => return None,
    };
    let start = modulus.iter().position(|byte| *byte != 0)?;
    let first = *modulus.get(start)?;
    Some((modulus.len() - start) * 8 - first.leading_zeros() as usize)
}

/// The tag of an element in DER, its content, and what comes behind it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, length], rest) = der.split_first_chunk()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dkim::{Algorithm, Key};

    #[test]
    fn a_key_is_as_long_as_it_was_made_in_both_forms() {
        let key = Key::generate(Algorithm::Rsa, "s").unwrap();
        let published = Published::read(&key.record("quay.example").value);
        assert_eq!(published.bits(), Some(2048));
        let whole = published.key.unwrap();
        let bare = &whole[24..];
        assert_eq!(modulus_bits(bare), Some(2048));
        assert!(is_same(&whole, bare) && is_same(bare, &whole) && !is_same(&whole, &whole[1..100]));
    }

    proptest! {
        #[test]
        fn whatever_stands_in_a_record_is_read(text in "\\PC{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = Published::read(&text).bits();
            let _ = modulus_bits(&bytes);
            let _ = modulus_bits(&[&[0x30, bytes.len() as u8, 0x02][..], &bytes].concat());
        }
    }
}
