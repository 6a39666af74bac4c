//! An IMAP account whose server does as the test says: what is asked of it in which order, and what becomes of a bad one.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use pulse_access::{Login, Proof, Secret, TlsPolicy, Trust};
use pulse_mailbox::imap::{Account, Connection, ImapError};
use pulse_mailbox::{MOST_BYTES, Place};
use pulse_testkit::smtp_server::{Script, SmtpServer};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

fn account(port: u16) -> Account {
    Account {
        host: "127.0.0.1".into(),
        port,
        tls: TlsPolicy::Off,
        trust: None,
        login: Login { user: "bounces".into(), proof: Proof::Password(Secret::new("tide")), allow_plain_on_loopback: true },
        folder: "INBOX".into(),
        done: "Done".into(),
        aside: "A \"side\"".into(),
        limit: Duration::from_secs(5),
    }
}

/// Answers each command by what the script has for it; `@` stands for its tag. Gives what it heard, without tags.
async fn server(script: &'static [(&'static str, &'static str)]) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let mut stream = BufReader::new(listener.accept().await.unwrap().0);
        stream.write_all(b"* OK [CAPABILITY IMAP4rev1] ready\r\n").await.unwrap();
        let mut heard = Vec::new();
        for (command, answer) in script {
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            let (tag, said) = line.trim_end().split_once(' ').unwrap_or(("", line.trim_end()));
            assert!(said.starts_with(command), "{said} where {command} was expected");
            heard.push(said.to_owned());
            stream.write_all(answer.replace('@', tag).as_bytes()).await.unwrap();
        }
        heard
    });
    (port, task)
}

const LOGIN: [(&str, &str); 5] = [
    ("CAPABILITY", "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n@ OK\r\n"),
    ("AUTHENTICATE PLAIN", "+ \r\n"),
    ("", "P2 OK [CAPABILITY IMAP4rev1] welcome\r\n"),
    ("CAPABILITY", "* CAPABILITY IMAP4rev1 MOVE\r\n@ OK\r\n"),
    ("SELECT \"INBOX\"", "* FLAGS (\\Seen)\r\n* 3 EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n@ OK [READ-WRITE] selected\r\n"),
];

const GOOD: [(&str, &str); 14] = [
    LOGIN[0],
    LOGIN[1],
    LOGIN[2],
    LOGIN[3],
    LOGIN[4],
    ("UID SEARCH 1:3 UNFLAGGED UNDELETED", "* SEARCH 7 9 12\r\n@ OK\r\n"),
    ("UID FETCH 7 (UID BODY.PEEK[]<0.1048576>)", "* 1 FETCH (UID 7 BODY[]<0> {14}\r\nSubject: May\r\n)\r\n@ OK\r\n"),
    ("UID FETCH 9 (UID BODY.PEEK[]<0.1048576>)", "* 4 EXISTS\r\n@ OK nothing there\r\n"),
    ("UID FETCH 12 (UID BODY.PEEK[]<0.1048576>)", "@ NO [UNAVAILABLE] not now\r\n"),
    ("UID MOVE 7,9 \"Done\"", "@ NO [TRYCREATE] none\r\n"),
    ("CREATE \"Done\"", "@ OK\r\n"),
    ("UID MOVE 7,9 \"Done\"", "* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n@ OK\r\n"),
    ("UID STORE 12 +FLAGS.SILENT (\\Flagged)", "@ OK\r\n"),
    // One stayed, and one is new: it has moved up to the second place.
    ("UID SEARCH 2:2 UNFLAGGED UNDELETED", "* SEARCH\r\n@ OK\r\n"),
];

#[tokio::test]
async fn messages_are_found_fetched_and_filed() {
    let (port, task) = server(&GOOD).await;
    let account = account(port);
    let mut connection = Connection::open(Arc::new(account)).await.unwrap();
    assert_eq!(connection.waiting().await.unwrap(), [7, 9, 12]);
    assert_eq!(connection.fetch(7, MOST_BYTES).await.unwrap().unwrap(), b"Subject: May\r\n");
    assert_eq!(connection.fetch(9, MOST_BYTES).await.unwrap(), None);
    let refused = connection.fetch(12, MOST_BYTES).await.unwrap_err();
    assert_eq!(refused.to_string(), "the mailbox's server refused FETCH: NO [UNAVAILABLE] not now");
    connection.put_away(&[(7, Place::Done), (12, Place::People), (9, Place::Done)]).await.unwrap();
    assert!(connection.waiting().await.unwrap().is_empty());
    assert_eq!(task.await.unwrap()[2], "AGJvdW5jZXMAdGlkZQ==");
}

const OLD: [(&str, &str); 10] = [
    LOGIN[0],
    LOGIN[1],
    LOGIN[2],
    ("CAPABILITY", "* CAPABILITY IMAP4rev1 UIDPLUS\r\n@ OK\r\n"),
    LOGIN[4],
    ("UID SEARCH 1:3 UNFLAGGED UNDELETED", "* SEARCH 7\r\n@ OK\r\n"),
    ("UID COPY 7 \"A \\\"side\\\"\"", "@ OK\r\n"),
    ("UID STORE 7 +FLAGS.SILENT (\\Deleted)", "@ OK\r\n"),
    ("UID EXPUNGE 7", "* 1 EXPUNGE\r\n@ OK\r\n"),
    ("LOGOUT", "* BYE\r\n@ OK\r\n"),
];

#[tokio::test]
async fn a_server_that_cannot_move_copies_and_deletes_only_what_was_copied() {
    let (port, task) = server(&OLD).await;
    let account = account(port);
    let mut connection = Connection::open(Arc::new(account)).await.unwrap();
    assert_eq!(connection.waiting().await.unwrap(), [7]);
    connection.put_away(&[(7, Place::Aside)]).await.unwrap();
    connection.close().await;
    assert_eq!(task.await.unwrap().len(), OLD.len());
}

/// A server of which more is told than a line: it says these bytes, one after another, without being asked.
async fn says(parts: Vec<Vec<u8>>, then_stall: bool) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            for part in &parts {
                if stream.write_all(part).await.is_err() {
                    break;
                }
            }
            if then_stall {
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
        }
    });
    port
}

async fn failure(port: u16) -> ImapError {
    let began = Instant::now();
    let account = Account { limit: Duration::from_secs(1), ..account(port) };
    let error = Connection::open(Arc::new(account)).await.err().unwrap();
    assert!(began.elapsed() < Duration::from_secs(10), "{error}");
    error
}

#[tokio::test]
async fn bad_servers_end_with_a_sentence_and_in_time() {
    let text = |text: &str| vec![text.as_bytes().to_vec()];
    let endless = vec![vec![b'x'; 60_000]; 10];
    let lines = [text("* OK ready\r\n"), vec![b"* 1 EXISTS\r\n".repeat(8000); 3]].concat();
    let huge = [text("* OK ready\r\n* X {99999999999}\r\n"), vec![vec![b'x'; 60_000]; 40]].concat();
    for (port, sentence) in [
        (says(vec![], true).await, "the mailbox's server did not answer the greeting within 1 seconds"),
        (says(vec![], false).await, "the connection to the mailbox was lost at the greeting"),
        (says(text("HTTP/1.1 400 Bad Request\r\n"), true).await, "the mailbox's server answered the greeting with what is no IMAP: HTTP/1.1 400 Bad Request"),
        (says(text("* BYE too many from bounces@mill.example\r\n"), false).await, "the mailbox's server refused the greeting: BYE too many from (address)"),
        (says(text("* OK ready\r\n"), true).await, "the mailbox's server did not answer CAPABILITY within 1 seconds"),
        (says(text("* OK ready\r\nP1 BAD what?\r\n"), true).await, "the mailbox's server refused CAPABILITY: BAD what?"),
        (says(endless, true).await, "the mailbox's server answered the greeting with what is no IMAP: xxx"),
        (says(lines, true).await, "the mailbox's server answered CAPABILITY with what is no IMAP: * 1 EXISTS"),
        (says(huge, true).await, "the mailbox's server did not answer CAPABILITY within 1 seconds"),
        (says(text("* OK ready\r\n* CAPABILITY IMAP4rev1\r\nP1 OK\r\n"), true).await, "Pulse cannot log in at 127.0.0.1"),
    ] {
        let error = failure(port).await.to_string();
        assert!(error.starts_with(sentence), "{error}");
    }
    let nobody = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap().port();
    assert_eq!(failure(nobody).await.to_string(), "the connection to the mailbox was lost at connecting");
}

const TOO_MUCH: [(&str, &str); 6] = [LOGIN[0], LOGIN[1], LOGIN[2], LOGIN[3], LOGIN[4], ("UID FETCH 7", "* 1 FETCH (UID 7 BODY[]<0> {1048580}\r\n")];

#[tokio::test]
async fn of_a_literal_no_more_is_kept_than_was_asked_for() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut stream = BufReader::new(listener.accept().await.unwrap().0);
        stream.write_all(b"* OK ready\r\n").await.unwrap();
        for (_, answer) in TOO_MUCH {
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            stream.write_all(answer.replace('@', line.split(' ').next().unwrap()).as_bytes()).await.unwrap();
        }
        stream.write_all(&[vec![b'x'; MOST_BYTES + 4], b")\r\nP5 OK\r\n".to_vec()].concat()).await.unwrap();
        tokio::time::sleep(Duration::from_secs(5)).await;
    });
    let account = account(port);
    let mut connection = Connection::open(Arc::new(account)).await.unwrap();
    assert_eq!(connection.fetch(7, MOST_BYTES).await.unwrap().unwrap().len(), MOST_BYTES);
}

#[tokio::test]
async fn no_password_goes_where_others_can_read_it() {
    // A server that offers no STARTTLS, or answers it with something it was not asked for.
    for (said, sentence) in [
        ("* OK ready\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\nP1 OK\r\n", "127.0.0.1 does not offer STARTTLS"),
        ("* OK ready\r\n* CAPABILITY IMAP4rev1 STARTTLS\r\nP1 OK\r\nP2 OK\r\n* OK injected\r\n", "the mailbox's server answered STARTTLS with what is no IMAP"),
    ] {
        let port = says(vec![said.as_bytes().to_vec()], true).await;
        let trust = Trust::of_authorities(SmtpServer::start(Script::default()).await.unwrap().authority_pem().as_bytes()).unwrap();
        let account = Account { tls: TlsPolicy::Required, trust: Some(trust), ..account(port) };
        let error = Connection::open(Arc::new(account)).await.err().unwrap().to_string();
        assert!(error.starts_with(sentence), "{error}");
    }
}

#[tokio::test]
async fn a_certificate_that_does_not_fit_ends_the_connection() {
    for (kind, is_good) in [("good", true), ("wrong-name", false), ("unknown-authority", false), ("expired", false)] {
        // Behind the handshake it speaks SMTP, which is no greeting of a mailbox.
        let other = SmtpServer::start(Script::parse(&format!("tls: implicit\ncertificate: {kind}")).unwrap()).await.unwrap();
        let trust = Trust::of_authorities(other.authority_pem().as_bytes()).unwrap();
        let account = Account { tls: TlsPolicy::Implicit, trust: Some(trust), ..account(other.port()) };
        match Connection::open(Arc::new(account)).await.err().unwrap() {
            ImapError::Garbled { step: "the greeting", .. } => assert!(is_good, "{kind}"),
            ImapError::Certificate { host, .. } => assert!(!is_good && host == "127.0.0.1", "{kind}"),
            other => panic!("{kind}: {other}"),
        }
    }
}
