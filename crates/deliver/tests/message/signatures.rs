//! Signatures, judged by a verifier; and the changes that must break them.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Mutex;
use std::time::Instant;

use mail_auth::common::parse::TxtRecordParser as _;
use mail_auth::common::verify::DomainKey;
use mail_auth::{AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt};
use pulse_deliver::dkim::{Algorithm, DkimError, Key, Record, SIGNED, Signer};

use crate::sample::{AT, DOMAIN, address, filled, html, notice, prepared, signer};

/// DNS that answers from memory.
#[derive(Default)]
struct Dns(Mutex<HashMap<Box<str>, Txt>>);

impl Dns {
    fn with(records: impl Iterator<Item = Record>) -> Self {
        let dns = Self::default();
        for record in records {
            let value = record.strings().collect::<String>();
            let key = DomainKey::parse(value.as_bytes()).unwrap();
            dns.0.lock().unwrap().insert(format!("{}.", record.name).into(), key.into());
        }
        dns
    }
}

impl ResolverCache<Box<str>, Txt> for Dns {
    fn get<Q: Hash + Eq + ?Sized>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
    {
        self.0.lock().unwrap().get(name).cloned()
    }

    fn remove<Q: Hash + Eq + ?Sized>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

/// How many signatures pass, of how many.
async fn verdict(message: &[u8], dns: &Dns) -> (usize, usize) {
    let resolver = MessageAuthenticator::new_cloudflare().unwrap();
    let parsed = AuthenticatedMessage::parse(message).unwrap();
    let results = resolver.verify_dkim(Parameters::new(&parsed).with_txt_cache(dns)).await;
    (results.iter().filter(|result| *result.result() == DkimResult::Pass).count(), results.len())
}

fn signed(signer: &Signer) -> Vec<u8> {
    let prepared = prepared("Ebb & Flow: «Gezeiten»", "£4.2m for carers, and what came of it in councils up and down the country", &html(20));
    let mut message = filled(&prepared, "Zoë Lorne", &address("zoe@example.net"), 5);
    signer.sign(&mut message, AT).unwrap();
    assert_eq!(message.size_bytes(), message.to_bytes().len());
    message.to_bytes()
}

#[tokio::test]
async fn both_signatures_pass() {
    let signer = signer();
    let dns = Dns::with(signer.records());
    assert_eq!(verdict(&signed(&signer), &dns).await, (2, 2));
    let mut notice = notice("Zoë", "Confirm", &address("zoë@example.net"));
    signer.sign(&mut notice, AT).unwrap();
    assert_eq!(verdict(&notice.to_bytes(), &dns).await, (2, 2), "with an address in UTF-8");
}

#[tokio::test]
async fn what_gateways_do_to_white_space_breaks_nothing() {
    let signer = signer();
    let text = String::from_utf8(signed(&signer)).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let spaced =
        format!("{}\r\n\r\n{}\r\n\r\n", head.replace("\r\nTo: ", "\r\nTO:   ").replace("\r\n ", "\r\n\t "), body.replace(' ', "  ").replace("=\r\n", "= \r\n"));
    assert_eq!(verdict(spaced.as_bytes(), &Dns::with(signer.records())).await, (2, 2));
}

#[tokio::test]
async fn a_change_or_another_header_breaks_both() {
    let signer = signer();
    let dns = Dns::with(signer.records());
    let text = String::from_utf8(signed(&signer)).unwrap();
    let mut broken = vec![text.replace("have no day off", "have no Day off"), text.replace("Subject: ", "Subject: x"), text.replace("<zoe@", "<eve@")];
    broken.extend(SIGNED.iter().map(|name| format!("{name}: added@example.net\r\n{text}")));
    broken.extend(SIGNED.iter().map(|name| text.replace("\r\nPrecedence", &format!("\r\n{name}: added@example.net\r\nPrecedence"))));
    for message in broken {
        assert_ne!(message, text);
        assert_eq!(verdict(message.as_bytes(), &dns).await.0, 0, "{}", message.lines().next().unwrap());
    }
    assert_eq!(verdict(format!("X-Spam: no\r\n{text}").as_bytes(), &dns).await, (2, 2), "what others may add");
}

#[tokio::test]
async fn another_key_does_not_verify() {
    let other = Dns::with(signer().records());
    assert_eq!(verdict(&signed(&signer()), &other).await, (0, 2));
}

#[test]
fn every_signed_header_is_listed_once_more_than_it_occurs() {
    let text = String::from_utf8(signed(&signer())).unwrap();
    let head = text.split_once("\r\n\r\n").unwrap().0;
    let signatures: Vec<_> = text.match_indices("DKIM-Signature:").map(|(at, _)| &text[at..]).collect();
    assert!(signatures[0].contains("a=rsa-sha256") && signatures[1].contains("a=ed25519-sha256"));
    for signature in &signatures {
        let unfolded = signature.replace("\r\n\t", "").replace("\r\n ", "");
        let tag = |name: &str| unfolded.split(';').find_map(|tag| tag.trim().strip_prefix(name)).map(str::to_owned);
        let listed = tag("h=").unwrap();
        for name in SIGNED {
            let occurs = head.lines().filter(|line| line.starts_with(&format!("{name}:"))).count();
            assert_eq!(listed.split(':').filter(|field| field.trim() == name).count(), occurs + 1, "{name}");
        }
        let algorithm = tag("c=");
        assert_eq!((algorithm.as_deref(), tag("l=")), (Some("relaxed/relaxed"), None));
        assert!(signature.lines().skip(1).take_while(|line| line.starts_with(char::is_whitespace)).all(|line| line.len() <= 78));
    }
}

#[test]
fn keys_read_back_and_publish_the_same() {
    for algorithm in [Algorithm::Rsa, Algorithm::Ed25519] {
        let key = Key::generate(algorithm, "s1").unwrap();
        let again = Key::from_pem("s1", &key.to_pem().unwrap()).unwrap();
        assert_eq!((again.algorithm(), again.record(DOMAIN)), (algorithm, key.record(DOMAIN)));
        assert!(!format!("{key:?}").contains(&key.to_pem().unwrap()[30..60]));
    }
}

#[test]
fn records_are_cut_into_strings_that_dns_carries() {
    let record = Key::generate(Algorithm::Rsa, "s1").unwrap().record(DOMAIN);
    assert_eq!(record.name, "s1._domainkey.news.example.org");
    assert_eq!((record.strings().count(), record.strings().map(str::len).max()), (2, Some(255)));
    assert_eq!(record.strings().collect::<String>(), record.value);
    let line = record.to_string();
    assert!(line.starts_with("s1._domainkey.news.example.org. IN TXT ( \"v=DKIM1; k=rsa; p=MII") && line.ends_with("\" )"), "{line}");
}

#[test]
fn keys_that_must_not_sign_are_refused() {
    let cases = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/keys");
    let read = |name: &str| Key::from_pem("s1", &std::fs::read_to_string(cases.join(name)).unwrap());
    assert!(matches!(read("rsa-1024.pem"), Err(DkimError::Key { .. })), "RFC 8301 section 3.2");
    assert!(matches!(read("p-256.pem"), Err(DkimError::Key { .. })));
    assert!(matches!(Key::from_pem("s1", "no key"), Err(DkimError::Pem { .. })));
    for selector in ["", "a.b", "a b", "-a", "é", &"a".repeat(64)] {
        assert!(matches!(Key::generate(Algorithm::Ed25519, selector), Err(DkimError::Selector(_))), "{selector}");
    }
    let ed25519 = || Key::generate(Algorithm::Ed25519, "e1").unwrap();
    assert!(matches!(Signer::new(DOMAIN, ed25519(), None), Err(DkimError::Kind(_))), "Ed25519 alone");
    assert!(matches!(Signer::new("news.example.org; x", Key::generate(Algorithm::Rsa, "r1").unwrap(), None), Err(DkimError::Domain(_))));
}
