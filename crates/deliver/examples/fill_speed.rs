//! How many messages one core makes in a second of its time: `cargo run --release -p pulse-deliver --example fill_speed`.
//!
//! Beside them, what they are made of: a signature alone, a hash of a body alone, and mail-auth's own signer on the same message.

#![expect(clippy::unwrap_used, reason = "an example stops where it fails")]

use std::hint::black_box;
use std::time::Duration;

use aws_lc_rs::digest;
use cpu_time::ThreadTime;
use mail_auth::common::crypto::{RsaKey, Sha256};
use mail_auth::dkim::DkimSigner;
use pulse_deliver::dkim::{Algorithm, Key, SIGNED, Signer};
use sha2::Digest as _;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

#[path = "../tests/message/sample.rs"]
#[expect(dead_code, reason = "tests use the rest of it")]
mod sample;

use sample::{AT, DOMAIN, address, filled, html, prepared};

fn main() {
    let prepared = prepared("Tidemark", "Tidemark, May 2026", &html(200));
    let to = address("ada@example.net");
    let pem = Key::generate(Algorithm::Rsa, "r1").unwrap().to_pem().unwrap();
    let rsa = || Key::from_pem("r1", &pem).unwrap();
    let one = Signer::new(DOMAIN, rsa(), None).unwrap();
    let both = Signer::new(DOMAIN, rsa(), Some(Key::generate(Algorithm::Ed25519, "e1").unwrap())).unwrap();
    let bytes = filled(&prepared, "Ada Lorne", &to, 1).to_bytes();
    println!("a message of {} bytes", bytes.len());

    let mut n = 0;
    let mut make = |signer: Option<&Signer>| {
        n += 1;
        let mut message = filled(&prepared, "Ada Lorne", &to, n);
        if let Some(signer) = signer {
            signer.sign(&mut message, AT).unwrap();
        }
        message.pieces().map(<[u8]>::len).sum::<usize>()
    };
    rate("filled, not signed", || make(None));
    rate("filled, RSA-2048", || make(Some(&one)));
    rate("filled, RSA-2048 and Ed25519", || make(Some(&both)));

    let der = || PrivateKeyDer::from_pem_slice(pem.as_bytes()).unwrap();
    let pair = aws_lc_rs::rsa::KeyPair::from_pkcs8(der().secret_der()).unwrap();
    let ed25519 = aws_lc_rs::signature::Ed25519KeyPair::generate().unwrap();
    let random = aws_lc_rs::rand::SystemRandom::new();
    let mut signature = [0; 256];
    rate("RSA-2048 alone, of 2 kB", || pair.sign(&aws_lc_rs::signature::RSA_PKCS1_SHA256, &random, &bytes[..2000], &mut signature).unwrap());
    rate("Ed25519 alone, of 32 bytes", || ed25519.sign(&bytes[..32]));
    rate("SHA-256 of the message, sha2", || sha2::Sha256::digest(&bytes));
    rate("SHA-256 of the message, aws-lc", || digest::digest(&digest::SHA256, &bytes));

    let signer = DkimSigner::from_key(RsaKey::<Sha256>::from_key_der(der()).unwrap()).domain(DOMAIN).selector("r1").headers(SIGNED);
    rate("mail-auth's signer, RSA-2048", || signer.sign(&bytes).unwrap());
}

/// Says how often something is done in a second of processor time, which other work on the machine does not count in.
fn rate<T>(name: &str, mut work: impl FnMut() -> T) {
    let mut run = |span: Duration| {
        let (began, mut times) = (ThreadTime::now(), 0u32);
        while began.elapsed() < span {
            black_box(work());
            times += 1;
        }
        f64::from(times) / began.elapsed().as_secs_f64()
    };
    run(Duration::from_millis(200));
    println!("{:>9.0} /s  {name}", run(Duration::from_secs(2)));
}
