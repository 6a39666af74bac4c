//! A digest that nobody publishes, its messages and its keys.

use pulse_deliver::dkim::{Algorithm, Key, Signer};
use pulse_deliver::message::{Action, Bulk, Filled, Hole, Link, List, Notice, Prepared, Reader, Sender, Ways};
use pulse_deliver::token::Purpose;
use pulse_model::{EmailAddress, Href, Slug};
use uuid::Uuid;

/// 1 June 2026, 9:00 in London.
pub(crate) const AT: i64 = 1_780_300_800_000;
pub(crate) const DOMAIN: &str = "news.example.org";

pub(crate) fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub(crate) fn sender<'a>(name: &'a str, address: &'a EmailAddress) -> Sender<'a> {
    Sender { name, address, reply_to: None, feedback: "example-news" }
}

pub(crate) fn text() -> String {
    format!(
        "TIDEMARK, May 2026\n\nUnsubscribe:\n{}\n\nWho cares?\n\n  Three in ten carers of 65 or over have no day off (£4.2m over four years),\n  \
         say the Harbour Trust and Zoë Lorne.\n\nChoose your sectors:\n{}\n",
        Hole::Unsubscribe.href(),
        Hole::Preferences.href()
    )
}

/// `paragraphs` sets the size: one is about 290 bytes.
pub(crate) fn html(paragraphs: usize) -> String {
    let paragraph = "<p style=\"margin:0 0 12px\">Three in ten carers of 65 or over have no day off (£4.2m over four years), say the Harbour Trust and \
                     Zoë Lorne. The report asks councils for a break of two weeks a year, and counts what it would save in care homes.</p>\n";
    format!(
        "<!DOCTYPE html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>Tidemark, May 2026</title></head>\n<body><h1>Tidemark, May 2026</h1>\n\
         <p><a href=\"{0}\">Unsubscribe</a></p>\n<h2>Who cares?</h2>\n{1}<p><a href=\"{2}\">Choose your sectors</a> or <a href=\"{0}\">unsubscribe</a></p></body></html>\n",
        Hole::Unsubscribe.href(),
        paragraph.repeat(paragraphs),
        Hole::Preferences.href()
    )
}

/// An edition of a digest with this name and this subject.
pub(crate) fn prepared(name: &str, subject: &str, html: &str) -> Prepared {
    let from = address("digest@news.example.org");
    let archive = Href::parse("https://news.example.org/tidemark").unwrap();
    let help = Href::parse("mailto:team@example.org").unwrap();
    let list = List { name, id: "tidemark.news.example.org", archive: Some(&archive), help: Some(&help) };
    let digest = Slug::from_words("tidemark");
    let edition = "2026-05".parse().unwrap();
    Prepared::new(&Bulk { sender: sender(name, &from), list, digest: &digest, edition, subject, text: &text(), html }).unwrap()
}

/// The ways out of reader number `n`.
pub(crate) fn links(n: u128) -> (Link, Link) {
    let link = |path: &str| Link::parse(&format!("https://{DOMAIN}/{path}/{n:067}")).unwrap();
    (link("leave"), link("choose"))
}

pub(crate) fn filled<'p>(prepared: &'p Prepared, name: &str, to: &EmailAddress, n: u128) -> Filled<'p> {
    let (unsubscribe, preferences) = links(n);
    let leave = address("leave+abcdefgh234567@news.example.org");
    let ways = Ways { unsubscribe: &unsubscribe, preferences: &preferences, leave: Some(&leave) };
    prepared.fill(&Reader { address: to, name, id: Uuid::from_u128(n) }, &ways, AT)
}

pub(crate) fn notice(name: &str, subject: &str, to: &EmailAddress) -> Filled<'static> {
    let (from, link) = (address("digest@news.example.org"), links(1).0);
    let notice = Notice {
        sender: sender("Tidemark", &from),
        purpose: Purpose::Confirm,
        subject,
        language: "en-GB",
        paragraphs: &["Somebody, probably you, asked for Tidemark at this address."],
        action: Some(Action { label: "Confirm my subscription", link: &link }),
        closing: &["If it was not you, do nothing: the address is forgotten after seven days.", "Tidemark, 1 Quay Street, Harbour"],
    };
    notice.message(&Reader { address: to, name, id: Uuid::from_u128(2) }, AT).unwrap()
}

pub(crate) fn signer() -> Signer {
    let key = |algorithm, selector| Key::generate(algorithm, selector).unwrap();
    Signer::new(DOMAIN, key(Algorithm::Rsa, "r2026"), Some(key(Algorithm::Ed25519, "e2026"))).unwrap()
}
