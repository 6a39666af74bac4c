//! A folder is a case: `input.toml` says who writes what to whom, `message.txt` is the message, its line ends as LF.
//!
//! `UPDATE_EXPECT=1` writes `message.txt` anew; what it says then is to be read.

use std::path::Path;

use pulse_deliver::message::{Action, Bulk, Hole, Link, List, Notice, Prepared, Reader, Ways};
use pulse_deliver::token::Purpose;
use pulse_model::{EmailAddress, Href, Slug};
use serde::Deserialize;
use uuid::Uuid;

use crate::sample::{AT, sender};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    from_name: String,
    from: EmailAddress,
    reply_to: Option<EmailAddress>,
    to_name: String,
    to: EmailAddress,
    subject: String,
    unsubscribe: String,
    leave: Option<EmailAddress>,
    archive: Option<Href>,
    /// Both for an edition, with `{unsubscribe}` and `{preferences}`.
    text: Option<String>,
    html: Option<String>,
    /// For a notice.
    #[serde(default)]
    paragraphs: Vec<String>,
}

#[test]
fn messages_are_as_their_folders_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/message");
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|case| case.unwrap().path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    for case in cases {
        let input: Input = toml::from_str(&std::fs::read_to_string(case.join("input.toml")).unwrap()).unwrap();
        let message = String::from_utf8(message(&input)).unwrap();
        assert!(!message.replace("\r\n", "").contains(['\r', '\n']), "{}: a bare line end", case.display());
        let expected = case.join("message.txt");
        let message = message.replace("\r\n", "\n");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &message).unwrap();
        }
        assert_eq!(message, std::fs::read_to_string(&expected).unwrap_or_default(), "{}", case.display());
    }
}

fn message(input: &Input) -> Vec<u8> {
    let mut sender = sender(&input.from_name, &input.from);
    sender.reply_to = input.reply_to.as_ref();
    let link = Link::parse(&input.unsubscribe).unwrap();
    let reader = Reader { address: &input.to, name: &input.to_name, id: Uuid::from_u128(7) };
    let (Some(text), Some(html)) = (&input.text, &input.html) else {
        let paragraphs: Vec<&str> = input.paragraphs.iter().map(String::as_str).collect();
        let action = Some(Action { label: "Confirm my subscription", link: &link });
        let notice = Notice { sender, purpose: Purpose::Confirm, subject: &input.subject, language: "en-GB", paragraphs: &paragraphs, action, closing: &[] };
        return notice.message(&reader, AT).unwrap().to_bytes();
    };
    let marked = |part: &str| part.replace("{unsubscribe}", Hole::Unsubscribe.href().as_str()).replace("{preferences}", Hole::Preferences.href().as_str());
    let list = List { name: &input.from_name, id: "tidemark.news.example.org", archive: input.archive.as_ref(), help: None };
    let bulk = Bulk {
        sender,
        list,
        digest: &Slug::from_words("tidemark"),
        edition: "2026-05".parse().unwrap(),
        subject: &input.subject,
        text: &marked(text),
        html: &marked(html),
    };
    let preferences = Link::parse("https://news.example.org/choose/AAE").unwrap();
    let ways = Ways { unsubscribe: &link, preferences: &preferences, leave: input.leave.as_ref() };
    Prepared::new(&bulk).unwrap().fill(&reader, &ways, AT).to_bytes()
}
