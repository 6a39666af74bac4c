//! Whatever people call themselves and their digests, a message has the headers it should have, and the names read back.

use mail_parser::{Message, MessageParser};
use proptest::prelude::*;
use pulse_deliver::message::{Bulk, Hole, List, MessageError, Prepared, Sender};
use pulse_model::subscriber::clean_name;
use pulse_model::{EmailAddress, Href, Slug};

use crate::sample::{address, filled, html, links, notice, prepared, sender};

const EDITION: [&str; 15] = [
    "Date",
    "To",
    "Message-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "From",
    "Subject",
    "MIME-Version",
    "Content-Type",
    "List-Id",
    "List-Archive",
    "List-Help",
    "List-Post",
    "Feedback-ID",
    "Precedence",
];
const NOTICE: [&str; 9] = ["Date", "To", "Message-ID", "From", "Subject", "MIME-Version", "Content-Type", "Feedback-ID", "Auto-Submitted"];

/// What stands before the colons, by a reading of our own: no parser's kindness hides another header.
fn names(message: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(message);
    let head = text.split_once("\r\n\r\n").unwrap().0;
    head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])).map(|line| line.split_once(':').unwrap().0.to_owned()).collect()
}

/// What a value is once it is clean.
fn cleaned(words: &str) -> String {
    clean_name(words).replace("=?", "= ?")
}

fn named(message: &Message<'_>, header: &str) -> String {
    let addresses = message.header(header).unwrap().as_address().unwrap();
    addresses.first().unwrap().name().unwrap_or_default().to_owned()
}

/// Names that somebody may be called, or call themselves to do harm.
fn any_name() -> impl Strategy<Value = String> {
    let harm = prop::sample::select(vec![
        "\r\nBcc: all@example.org",
        "\n\n<b>",
        "\r",
        "\0",
        "\u{202e}",
        "\u{85}",
        "=?utf-8?Q?=0ABcc:_x?=",
        "=?utf-8?B?",
        "?=",
        "\"",
        "\\",
        ", <x@example.org>",
        "(comment)",
        ";:",
        "\u{feff}",
        "=",
        "?",
        "_",
    ]);
    let word = prop_oneof![4 => "[ -~]{0,20}", 2 => "\\PC{0,12}", 2 => harm.prop_map(str::to_owned), 1 => "[a-z]{100,240}", 1 => "[é-ü ]{30,60}"];
    prop::collection::vec(word, 0..8).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn no_value_makes_a_header(digest in any_name(), subject in any_name(), name in any_name()) {
        let prepared = prepared(&digest, &subject, &html(1));
        let raw = filled(&prepared, &name, &address("ada@example.net"), 1).to_bytes();
        prop_assert_eq!(names(&raw), EDITION);
        prop_assert!(raw.is_ascii());
        prop_assert!(raw.split(|&byte| byte == b'\n').all(|line| line.len() <= 998));
        let message = MessageParser::new().parse(&raw).unwrap();
        prop_assert_eq!(named(&message, "From"), cleaned(&digest));
        prop_assert_eq!(named(&message, "To"), cleaned(&name));
        prop_assert_eq!(message.subject().unwrap_or_default(), cleaned(&subject));
        prop_assert_eq!(named(&message, "List-Id"), cleaned(&digest));
        prop_assert_eq!(message.to().unwrap().first().unwrap().address(), Some("ada@example.net"));
    }

    #[test]
    fn no_name_makes_a_header_of_a_notice(name in any_name(), subject in any_name()) {
        let raw = notice(&name, &subject, &address("ada@example.net")).to_bytes();
        prop_assert_eq!(names(&raw), NOTICE);
        let message = MessageParser::new().parse(&raw).unwrap();
        prop_assert_eq!(named(&message, "To"), cleaned(&name));
        prop_assert_eq!(message.subject().unwrap_or_default(), cleaned(&subject));
        let shown = message.body_html(0).unwrap();
        prop_assert_eq!(shown.matches("<p>").count(), 4, "no subject makes an element");
    }

    #[test]
    fn every_address_that_can_be_written_to_reads_back(text in "\\PC{1,20}@[a-z]{1,10}\\.example|[a-z.\"!#$%&'*+/=?^_`{|}~-]{1,30}@b\u{fc}cher\\.example") {
        let Ok(to) = EmailAddress::parse(&text) else { return Ok(()) };
        let prepared = prepared("Tidemark", "May", &html(1));
        let filled = filled(&prepared, "Ada", &to, 1);
        let raw = filled.to_bytes();
        prop_assert_eq!(names(&raw), EDITION);
        prop_assert_eq!(raw.is_ascii(), !filled.needs_smtputf8());
        // A quoted local part reads back without its quotes.
        if !to.local().starts_with('"') {
            let message = MessageParser::new().parse(&raw).unwrap();
            prop_assert_eq!(message.to().unwrap().first().unwrap().address().unwrap(), to.envelope());
        }
    }
}

#[test]
fn sizes_are_exact_and_readers_share_the_body() {
    let prepared = prepared("Tidemark", "Tidemark, May 2026", &html(200));
    let filled = filled(&prepared, "Ada", &address("ada@example.net"), 1);
    assert_eq!(filled.size_bytes(), filled.to_bytes().len());
    let own: usize = filled.pieces().map(<[u8]>::len).filter(|&bytes| bytes < 10_000).sum();
    assert!(own < 8_000 && filled.size_bytes() > 45_000, "{own} of {}", filled.size_bytes());
}

#[test]
fn a_message_that_is_tried_again_is_the_same_and_another_readers_is_not() {
    let prepared = prepared("Tidemark", "Tidemark, May 2026", &html(1));
    let of = |n| filled(&prepared, "Ada", &address("ada@example.net"), n).to_bytes();
    assert_eq!(of(1), of(1));
    let id = |raw: Vec<u8>| MessageParser::new().parse(&raw).unwrap().message_id().unwrap().to_owned();
    assert_ne!(id(of(1)), id(of(2)));
}

#[test]
fn the_ways_out_are_the_readers_own_and_no_hole_is_left() {
    let prepared = prepared("Tidemark", "Tidemark, May 2026", &html(1));
    let raw = filled(&prepared, "Ada", &address("ada@example.net"), 3).to_bytes();
    let message = MessageParser::new().parse(&raw).unwrap();
    let (unsubscribe, preferences) = links(3);
    let (text, html) = (message.body_text(0).unwrap(), message.body_html(0).unwrap());
    assert_eq!((text.matches(unsubscribe.as_str()).count(), text.matches(preferences.as_str()).count()), (1, 1));
    assert_eq!((html.matches(unsubscribe.as_str()).count(), html.matches(preferences.as_str()).count()), (2, 1));
    for hole in [Hole::Unsubscribe, Hole::Preferences] {
        assert!(!text.contains(hole.href().as_str()) && !html.contains(hole.href().as_str()));
    }
    let header = message.header_raw("List-Unsubscribe").unwrap().replace("\r\n", "");
    assert_eq!(header.trim(), format!("<{unsubscribe}>, <mailto:leave+abcdefgh234567@news.example.org?subject=unsubscribe>"));
}

#[test]
fn an_edition_that_cannot_be_sent_is_refused() {
    let from = address("digest@news.example.org");
    let (digest, good) = (Slug::from_words("tidemark"), html(1));
    let list = List { name: "Tidemark", id: "tidemark.news.example.org", archive: None, help: None };
    let bulk = Bulk { sender: sender("Tidemark", &from), list, digest: &digest, edition: "2026-05".parse().unwrap(), subject: "May", text: &good, html: &good };
    let refused = |bulk: Bulk<'_>| Prepared::new(&bulk).err();
    assert_eq!(refused(bulk), None);
    assert_eq!(refused(Bulk { text: "No link", ..bulk }), Some(MessageError::NoWayOut("text")));
    assert_eq!(refused(Bulk { html: "No link", ..bulk }), Some(MessageError::NoWayOut("HTML")));
    for id in ["", "tidemark", "tide mark.example.org", "tidemark.example.org>\r\nBcc: x", "tidemark..org"] {
        assert_eq!(refused(Bulk { list: List { id, ..list }, ..bulk }), Some(MessageError::ListId(id.to_owned())));
    }
    for feedback in ["", "news", "a:b:c", "a name that is long"] {
        assert_eq!(refused(Bulk { sender: Sender { feedback, ..bulk.sender }, ..bulk }), Some(MessageError::Feedback(feedback.to_owned())));
    }
    let foreign = address("zoë@news.example.org");
    assert_eq!(refused(Bulk { sender: sender("Tidemark", &foreign), ..bulk }), Some(MessageError::Sender(foreign.clone())));
    let archive = Href::parse(&format!("https://news.example.org/{}", "a".repeat(900))).unwrap();
    assert_eq!(refused(Bulk { list: List { archive: Some(&archive), ..list }, ..bulk }), Some(MessageError::Address(archive.clone())));
}
