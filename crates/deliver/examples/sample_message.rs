//! Messages for checkers that are not Pulse: `cargo run -p pulse-deliver --example sample_message -- FOLDER`.
//!
//! Writes signed messages (`*.eml`), what their names must read as (`*.names`), the HTML part of a notice (`notice.html`), and
//! the DNS that the messages are verified with (`dns.txt`, a name and its TXT record a line).

#![expect(clippy::unwrap_used, reason = "an example stops where it fails")]

use std::path::Path;
use std::process::ExitCode;

#[path = "../tests/message/sample.rs"]
mod sample;

use sample::{AT, DOMAIN, address, filled, html, notice, prepared, signer};

/// Each in a way that some program reads wrongly: specials, quotes, letters beyond ASCII, more than a line.
const NAMES: [&str; 4] =
    ["Lorne, Ada \"A.\" (MP) <ada>", "Zoë Lorne", "Комитет по делам побережья и прибрежных территорий Харбора и окрестностей", "Ada B. Lorne\\"];

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: sample_message FOLDER");
        return ExitCode::from(2);
    };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder).unwrap();
    let signer = signer();
    let write = |file: String, bytes: &[u8]| std::fs::write(folder.join(file), bytes).unwrap();

    let mut dns: String = signer.records().map(|record| format!("{} {}\n", record.name, record.value)).collect();
    dns.push_str(&format!("_dmarc.{DOMAIN} v=DMARC1; p=reject; adkim=s; aspf=r\n{DOMAIN} v=spf1 ip4:192.0.2.10 -all\n"));
    write("dns.txt".to_owned(), dns.as_bytes());

    let subject = "Tidemark: £4.2m for carers, and what came of it in councils up and down the country";
    for (n, name) in NAMES.into_iter().enumerate() {
        let digest = format!("{name}: a digest");
        let prepared = prepared(&digest, subject, &html(10));
        let mut message = filled(&prepared, name, &address("reader@example.net"), n as u128);
        signer.sign(&mut message, AT).unwrap();
        write(format!("edition-{n}.eml"), &message.to_bytes());
        write(format!("edition-{n}.names"), format!("From: {digest}\nTo: {name}\nSubject: {subject}\n").as_bytes());
    }
    let mut message = notice("Zoë Lorne", "Confirm your subscription to Tidemark", &address("reader@example.net"));
    signer.sign(&mut message, AT).unwrap();
    let raw = message.to_bytes();
    write("notice.eml".to_owned(), &raw);
    write("notice.html".to_owned(), mail_parser::MessageParser::new().parse(&raw).unwrap().body_html(0).unwrap().as_bytes());
    write("notice.names".to_owned(), b"From: Tidemark\nTo: Zo\xc3\xab Lorne\nSubject: Confirm your subscription to Tidemark\n");
    ExitCode::SUCCESS
}
