//! A real Postfix as the relay: `tools/postfix run cargo test -p pulse-deliver --test smtp_postfix` starts one.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the report")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use pulse_access::{TlsPolicy, Trust};
use pulse_deliver::relay::RelaySettings;
use pulse_deliver::smtp::{Connection, Server, SmtpError, Verdict};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

#[path = "support/message.rs"]
mod message;

use message::{envelope, send};

/// The folder of the Postfix that `PULSE_TEST_POSTFIX` names; without one it says so.
fn postfix() -> Option<PathBuf> {
    let folder = std::env::var_os("PULSE_TEST_POSTFIX").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: PULSE_TEST_POSTFIX does not name the folder of a Postfix");
    }
    folder
}

fn address(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("address")).unwrap().trim().to_owned()
}

fn client(folder: &Path) -> Server {
    let port = address(folder).rsplit_once(':').unwrap().1.parse().unwrap();
    let settings = RelaySettings { port: Some(port), ca_file: Some(folder.join("ca.pem")), ..RelaySettings::at("localhost") };
    settings.server("pulse.example").unwrap()
}

async fn try_to_send(connection: &mut Connection, recipient: &str, id: &str, text: &str) -> Result<(), SmtpError> {
    let sender_and_text = format!("From: digest@digest.test\r\nTo: {recipient}\r\nMessage-ID: <{id}@digest.test>\r\nSubject: {id}\r\n\r\n{text}");
    send(connection, &envelope(recipient, id), &[sender_and_text.as_bytes()], Duration::ZERO).await.map(drop)
}

/// The first message in a maildir that has all of these, within half a minute.
async fn message_in(maildir: PathBuf, has: &[&str]) -> String {
    for _ in 0..300 {
        let files = std::fs::read_dir(maildir.join("new")).into_iter().flatten();
        let messages = files.filter_map(|file| std::fs::read_to_string(file.ok()?.path()).ok());
        if let Some(found) = messages.into_iter().find(|message| has.iter().all(|text| message.contains(text))) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("no message in {} has {has:?}", maildir.display());
}

#[tokio::test]
async fn a_reader_has_the_message_as_it_was() {
    let Some(folder) = postfix() else { return };
    let mut connection = Connection::open(&client(&folder)).await.unwrap();
    assert!(connection.is_secured());
    let offered = *connection.extensions();
    assert!(offered.pipelining && offered.size && offered.eight_bit && offered.dsn && offered.smtp_utf8 && offered.enhanced_codes, "{offered:?}");
    for number in 0..20 {
        try_to_send(&mut connection, "reader@digest.test", &format!("as-it-was-{number}"), "Dear reader\r\n.\r\n..two\r\n.hidden\r\nBye\r\n").await.unwrap();
    }
    // Addressed like this, it needs SMTPUTF8 and 8BITMIME.
    try_to_send(&mut connection, "reader+zoë@digest.test", "as-it-was-utf8", "Zoë\r\n").await.unwrap();
    connection.quit().await;
    let last = message_in(folder.join("mail/reader"), &["Subject: as-it-was-19\n"]).await;
    assert!(last.ends_with("\n\nDear reader\n.\n..two\n.hidden\nBye\n"), "{last}");
    assert!(last.contains("ESMTPS"), "{last}");
    message_in(folder.join("mail/reader"), &["Subject: as-it-was-utf8\n", "reader+zoë@digest.test"]).await;
}

#[tokio::test]
async fn refused_readers_are_told_apart_and_the_next_is_served() {
    let Some(folder) = postfix() else { return };
    let mut connection = Connection::open(&client(&folder)).await.unwrap();
    let full = Verdict::FullMailbox { is_passing: true };
    for (reader, status, verdict) in
        [("nobody@digest.test", "550 5.1.1", Verdict::DeadAddress), ("ada@gone.test", "550 5.1.2", Verdict::DeadAddress), ("ada@full.test", "450 4.2.2", full)]
    {
        let error = try_to_send(&mut connection, reader, "refused", "Dear nobody\r\n").await.unwrap_err();
        assert_eq!((error.verdict(), error.reply().unwrap().status().as_str()), (verdict, status), "{error}");
        assert!(connection.is_open());
    }
    try_to_send(&mut connection, "reader@digest.test", "after-the-refused", "Dear reader\r\n").await.unwrap();
    message_in(folder.join("mail/reader"), &["Subject: after-the-refused\n"]).await;
}

#[tokio::test]
async fn a_bounce_names_the_envelope() {
    let Some(folder) = postfix() else { return };
    let mut connection = Connection::open(&client(&folder)).await.unwrap();
    let mut to = async |recipient: &str, id: &str| {
        let sender = pulse_model::EmailAddress::parse("bounce+token@digest.test").unwrap();
        let envelope = pulse_deliver::smtp::Envelope::new(Some(sender), pulse_model::EmailAddress::parse(recipient).unwrap(), id).unwrap();
        send(&mut connection, &envelope, &[b"From: digest@digest.test\r\nSubject: May\r\n\r\nConfidential\r\n"], Duration::ZERO).await.unwrap();
    };
    to("ada@late-gone.test", "may/gone+1=a").await;
    to("ada@late-full.test", "may/full+1=a").await;
    let bounces = folder.join("mail/bounce");
    let gone = message_in(bounces.clone(), &["Original-Envelope-Id: may/gone+1=a\n"]).await;
    for line in ["Delivered-To: bounce+token@digest.test\n", "Original-Recipient: rfc822;ada@late-gone.test\n", "Action: failed\n", "Status: 5.1.2\n"] {
        assert!(gone.contains(line), "{line}{gone}");
    }
    // RET=HDRS: the text stays where it is.
    assert!(gone.contains("Subject: May\n") && !gone.contains("Confidential"), "{gone}");
    message_in(bounces, &["Original-Envelope-Id: may/full+1=a\n", "Action: delayed\n", "Status: 4.2.2\n"]).await;
}

#[tokio::test]
async fn a_certificate_by_somebody_else_is_not_believed() {
    let Some(folder) = postfix() else { return };
    let other = pulse_testkit::smtp_server::SmtpServer::start(pulse_testkit::smtp_server::Script::default()).await.unwrap();
    let trust = Trust::of_authorities(other.authority_pem().as_bytes()).unwrap();
    for tls in [TlsPolicy::Required, TlsPolicy::Opportunistic] {
        let error = Connection::open(&Server { tls, trust: Some(trust.clone()), ..client(&folder) }).await.err().unwrap();
        assert!(matches!(error, SmtpError::Certificate { .. }), "{error}");
        assert_eq!((error.verdict(), error.is_passing()), (Verdict::OurFault, false));
    }
    // What the system believes does not have this authority either.
    let system = RelaySettings::at("localhost");
    if let Ok(server) = system.server("pulse.example") {
        let error = Connection::open(&Server { port: client(&folder).port, ..server }).await.err().unwrap();
        assert!(matches!(error, SmtpError::Certificate { .. }), "{error}");
    }
}

/// That Postfix took what the other tests sent proves something only because it refuses what they never send.
#[tokio::test]
async fn the_same_server_rejects_bare_line_feeds() {
    let Some(folder) = postfix() else { return };
    let mut stream = BufReader::new(TcpStream::connect(address(&folder)).await.unwrap());
    let commands = ["EHLO pulse.example\r\n", "MAIL FROM:<bounce@digest.test>\r\n", "RCPT TO:<reader@digest.test>\r\n", "DATA\r\n"];
    let mut said = String::new();
    for text in commands.into_iter().chain(["Subject: bare\r\n\r\none\ntwo\r\n.\r\n"]) {
        stream.write_all(text.as_bytes()).await.unwrap();
        said.clear();
        // The greeting goes before the first answer; EHLO has several lines.
        while !(said.ends_with("\r\n") && said.lines().last().is_some_and(|line| line.as_bytes()[3] == b' ' && !line.starts_with("220"))) {
            assert!(stream.read_line(&mut said).await.unwrap() > 0);
        }
    }
    assert!(said.starts_with("550 5.5.2") && said.contains("bare <LF>"), "{said}");
}
