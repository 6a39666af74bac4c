//! What a connection promises beyond single replies: round trips, bytes, limits, and being left in the middle.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::time::Duration;

use proptest::prelude::*;
use pulse_access::{TlsPolicy, Trust};
use pulse_deliver::relay::RelaySettings;
use pulse_deliver::smtp::{Body, Connection, Level, Server, SmtpError, Stage, Timeouts, Unfit, Verdict};
use pulse_testkit::smtp_server::{Script, SmtpServer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

#[path = "support/message.rs"]
mod message;

use message::{envelope, send};

const NO_PAUSE: Duration = Duration::ZERO;
const TEXT: &[&[u8]] = &[b"Subject: May\r\n\r\nDear ", b"Ada\r\n"];

async fn start(script: &str) -> (SmtpServer, Server) {
    let server = SmtpServer::start(Script::parse(script).unwrap()).await.unwrap();
    let settings = RelaySettings { tls: TlsPolicy::Off, port: Some(server.port()), ..RelaySettings::at("127.0.0.1") };
    let client = settings.server("pulse.example").unwrap();
    (server, client)
}

#[tokio::test]
async fn a_message_costs_two_round_trips() {
    for (script, each) in [("", 2), ("offer: SIZE", 4)] {
        let (server, client) = start(script).await;
        let mut connection = Connection::open(&client).await.unwrap();
        let before = server.answer_count();
        for _ in 0..10 {
            send(&mut connection, &envelope("ada@reader.example", "a"), TEXT, Duration::from_millis(2)).await.unwrap();
        }
        assert_eq!(server.answer_count() - before, 10 * each, "{script}");
    }
}

#[tokio::test]
async fn a_refused_recipient_costs_one() {
    let (server, client) = start("RCPT gone@: 550 5.1.1 nobody").await;
    let mut connection = Connection::open(&client).await.unwrap();
    let before = server.answer_count();
    for _ in 0..10 {
        send(&mut connection, &envelope("gone@reader.example", "a"), TEXT, NO_PAUSE).await.unwrap_err();
    }
    assert_eq!(server.answer_count() - before, 10);
    send(&mut connection, &envelope("ada@reader.example", "a"), TEXT, NO_PAUSE).await.unwrap();
    assert_eq!(server.message_count(), 1);
}

/// Large, with dots where they matter, with and without TLS.
#[tokio::test]
async fn large_messages_arrive_as_they_are() {
    let line = format!(".{}\r\n..\r\n.\r\n", "x".repeat(990));
    let text = format!("Subject: large\r\n\r\n{}", line.repeat(5000));
    let slices: Vec<&[u8]> = text.as_bytes().chunks(77_777).collect();
    for (script, tls) in [("", TlsPolicy::Off), ("tls: implicit", TlsPolicy::Implicit), ("offer: STARTTLS", TlsPolicy::Required)] {
        let (server, mut client) = start(script).await;
        client.tls = tls;
        client.trust = Some(Trust::of_authorities(server.authority_pem().as_bytes()).unwrap());
        let mut connection = Connection::open(&client).await.unwrap();
        assert_eq!(connection.is_secured(), tls != TlsPolicy::Off);
        for _ in 0..2 {
            send(&mut connection, &envelope("ada@reader.example", "a"), &slices, NO_PAUSE).await.unwrap();
        }
        connection.quit().await;
        let kept = server.messages();
        assert_eq!(kept.len(), 2);
        assert!(kept.iter().all(|message| message.bytes == text.as_bytes()), "{tls:?}");
    }
}

#[tokio::test]
async fn left_in_the_middle_a_connection_takes_no_more() {
    let (server, client) = start("").await;
    let to = envelope("ada@reader.example", "a");
    let body = Body::check(TEXT).unwrap();

    let mut connection = Connection::open(&client).await.unwrap();
    assert!(connection.is_open());
    drop(connection.offer(&to, &body).await.unwrap());
    assert!(!connection.is_open());
    assert!(matches!(connection.offer(&to, &body).await.err(), Some(SmtpError::Spent)));
    drop(connection);

    let mut connection = Connection::open(&client).await.unwrap();
    drop(connection.offer(&to, &body).await.unwrap().body().await.unwrap());
    assert!(!connection.is_open());
    connection.quit().await;

    // A future that is dropped while it waits.
    let (slow, client) = start("delay: 200 ms").await;
    let mut connection = Connection::open(&client).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(50), connection.offer(&to, &body)).await.is_err());
    assert!(!connection.is_open());
    drop(connection);

    assert!(server.closed().await && slow.closed().await);
    assert_eq!((server.message_count(), slow.message_count()), (0, 0));
}

#[tokio::test]
async fn a_connection_has_so_many_messages_and_no_more() {
    let (server, client) = start("").await;
    let client = Server { messages_per_connection: 3, ..client };
    let mut connection = Connection::open(&client).await.unwrap();
    for _ in 0..3 {
        assert!(connection.is_open());
        send(&mut connection, &envelope("ada@reader.example", "a"), TEXT, NO_PAUSE).await.unwrap();
    }
    assert!(!connection.is_open());
    connection.quit().await;
    assert_eq!(server.message_count(), 3);
    assert!(server.commands().iter().any(|(_, command)| command == "QUIT"));
}

/// What the server cannot take is not offered, and costs neither the connection nor a round trip.
#[tokio::test]
async fn what_does_not_fit_stays_here() {
    let (server, client) = start("offer: PIPELINING, SIZE 60").await;
    let mut connection = Connection::open(&client).await.unwrap();
    let before = server.answer_count();
    let ada = envelope("ada@reader.example", "a");

    let error = send(&mut connection, &ada, &["Subject: Mai à Brême\r\n\r\n".as_bytes()], NO_PAUSE).await.unwrap_err();
    assert!(matches!(error, SmtpError::Unfit(Unfit::EightBit)));
    assert_eq!(error.verdict(), Verdict::OurFault);
    let error = send(&mut connection, &envelope("zoë@reader.example", "a"), TEXT, NO_PAUSE).await.unwrap_err();
    assert!(matches!(error, SmtpError::Unfit(Unfit::SmtpUtf8)));
    assert_eq!(error.verdict(), Verdict::Rejected);
    let error = send(&mut connection, &ada, &[b"Subject: May\r\n\r\n", b"x\r\n".repeat(20).as_slice()], NO_PAUSE).await.unwrap_err();
    assert!(matches!(error, SmtpError::Unfit(Unfit::TooLarge { bytes: 76, most_bytes: 60 })));
    assert_eq!(error.verdict(), Verdict::OurFault);
    // Smuggling: what another server could take for the end of the message and a new sender.
    let error = send(&mut connection, &ada, &[b"Subject: May\r\n\r\n\n.\r\nMAIL FROM:<x@x.example>\r\n"], NO_PAUSE).await.unwrap_err();
    assert_eq!(error.verdict(), Verdict::OurFault);

    assert_eq!(server.answer_count(), before);
    send(&mut connection, &ada, TEXT, NO_PAUSE).await.unwrap();
    assert_eq!(server.message_count(), 1);
}

#[tokio::test]
async fn addresses_beyond_ascii_go_where_they_can() {
    let (server, client) = start("").await;
    let mut connection = Connection::open(&client).await.unwrap();
    send(&mut connection, &envelope("zoë@bücher.example", "a"), &["Subject: Zoë\r\n\r\n".as_bytes()], NO_PAUSE).await.unwrap();
    let kept = &server.messages()[0];
    assert_eq!(kept.mail, "<bounce+may@news.example> SIZE=17 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a");
    assert_eq!(kept.rcpt, ["<zoë@xn--bcher-kva.example> NOTIFY=FAILURE,DELAY"]);
}

#[tokio::test]
async fn no_server_is_a_reason_to_wait() {
    let free = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap().port();
    let settings = RelaySettings { tls: TlsPolicy::Off, port: Some(free), ..RelaySettings::at("127.0.0.1") };
    let error = Connection::open(&settings.server("pulse.example").unwrap()).await.err().unwrap();
    assert!(matches!(error, SmtpError::Lost { stage: Stage::Connect, .. }), "{error}");
    assert_eq!((error.verdict(), error.is_passing()), (Verdict::Deferred(Level::Connection), true));

    for name in ["", "two words", "pulse.example\r\nMAIL FROM:<x@x.example>", "pülse.example"] {
        let error = Connection::open(&settings.server(name).unwrap()).await.err().unwrap();
        assert!(matches!(&error, SmtpError::Name { .. }), "{error}");
        assert!(!error.to_string().contains('\r'));
    }
}

/// A server that stops to read in the middle of a message holds nobody for ever.
#[tokio::test]
async fn a_server_that_does_not_read_is_given_up() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"220 here\r\n").await.unwrap();
        for answer in ["250 here\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"] {
            assert!(stream.read(&mut [0; 1000]).await.unwrap() > 0);
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
        stream
    });
    let timeouts = Timeouts { block_s: 1, ..Timeouts::default() };
    let settings = RelaySettings { tls: TlsPolicy::Off, port: Some(port), timeouts, ..RelaySettings::at("127.0.0.1") };
    let mut connection = Connection::open(&settings.server("pulse.example").unwrap()).await.unwrap();
    let text = "x\r\n".repeat(10_000_000);
    let error = send(&mut connection, &envelope("ada@reader.example", "a"), &[text.as_bytes()], NO_PAUSE).await.unwrap_err();
    assert!(matches!(error, SmtpError::TimedOut { stage: Stage::Body, limit_s: 1 }), "{error}");
    assert_eq!(error.verdict(), Verdict::Deferred(Level::Connection));
    drop(server.await.unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever the text, and however it is cut, the server has it afterwards, once.
    #[test]
    fn messages_arrive_as_they_are(lines in prop::collection::vec("\\.{0,3}[a-z.]{0,30}", 1..40), cut in any::<prop::sample::Index>()) {
        let text = lines.join("\r\n") + "\r\n";
        let (first, second) = text.as_bytes().split_at(cut.index(text.len()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let kept = runtime.block_on(async {
            let (server, client) = start("").await;
            let mut connection = Connection::open(&client).await.unwrap();
            send(&mut connection, &envelope("ada@reader.example", "a"), &[first, second], NO_PAUSE).await.unwrap();
            connection.quit().await;
            server.messages()
        });
        prop_assert_eq!(kept.len(), 1);
        prop_assert_eq!(&kept[0].bytes, text.as_bytes());
    }
}
