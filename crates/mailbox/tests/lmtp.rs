//! The listener, as a mail server sees it: one that behaves, and others.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use pulse_mailbox::lmtp::{Desk, ListenAt, Listener, MAX_CONNECTIONS, MAX_MESSAGE_BYTES, Taken, serve};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;

/// Takes what comes to `…@ours.example`, and for `later@` says later.
#[derive(Default)]
struct Tray(Mutex<Vec<(String, Vec<u8>)>>);

impl Desk for Tray {
    fn is_ours(&self, address: &str) -> bool {
        address.ends_with("@ours.example")
    }

    async fn take(&self, message: &[u8], address: &str) -> Taken {
        if address.starts_with("later@") {
            return Taken::Later;
        }
        self.0.lock().unwrap().push((address.to_owned(), message.to_vec()));
        Taken::Kept
    }
}

struct Server {
    address: std::net::SocketAddr,
    tray: Arc<Tray>,
    /// The server ends when this is gone.
    _stop: watch::Sender<bool>,
}

async fn start() -> Server {
    let listener = Listener::bind(&"127.0.0.1:0".parse::<ListenAt>().unwrap()).await.unwrap();
    let Listener::Port(port) = &listener else { unreachable!() };
    let address = port.local_addr().unwrap();
    let tray = Arc::new(Tray::default());
    let (stop, stopped) = watch::channel(false);
    let desk = Arc::clone(&tray);
    tokio::spawn(async move { serve(listener, desk, "pulse.example", stopped).await });
    Server { address, tray, _stop: stop }
}

struct Client(BufReader<TcpStream>);

impl Client {
    async fn connect(server: &Server) -> Self {
        let mut client = Self(BufReader::new(TcpStream::connect(server.address).await.unwrap()));
        assert_eq!(client.reply().await, "220 pulse.example LMTP Pulse");
        client
    }

    async fn send(&mut self, text: &[u8]) {
        self.0.get_mut().write_all(text).await.unwrap();
    }

    /// The last line of the next reply; empty when the server has hung up.
    async fn reply(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).await.unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }

    async fn ask(&mut self, line: &str) -> String {
        self.send(format!("{line}\r\n").as_bytes()).await;
        self.reply().await
    }

    async fn begin(server: &Server, recipient: &str) -> Self {
        let mut client = Self::connect(server).await;
        assert!(client.ask("LHLO mail.example").await.starts_with("250 SIZE "));
        assert_eq!(client.ask("MAIL FROM:<>").await, "250 2.1.0 OK");
        assert_eq!(client.ask(&format!("RCPT TO:<{recipient}>")).await, "250 2.1.5 OK");
        client
    }
}

#[tokio::test]
async fn every_recipient_has_an_answer_of_its_own() {
    let server = start().await;
    let mut client = Client::connect(&server).await;
    client.ask("LHLO mail.example").await;
    // All at once, as a server does that was offered PIPELINING.
    let commands = "MAIL FROM:<mailer-daemon@mail.example> BODY=8BITMIME SIZE=20\r\nRCPT TO:<one@ours.example>\r\nRCPT TO:<two@theirs.example>\r\n\
                    RCPT TO:<later@ours.example>\r\nDATA\r\n";
    client.send(commands.as_bytes()).await;
    let mut codes = Vec::new();
    for _ in 0..5 {
        codes.push(client.reply().await.chars().take(9).collect::<String>());
    }
    assert_eq!(codes, ["250 2.1.0", "250 2.1.5", "550 5.1.1", "250 2.1.5", "354 Go ah"]);
    client.send(b"Subject: May\r\n\r\n..\r\n.hidden\r\n.\r\nMAIL FROM:<>\r\n").await;
    assert_eq!(client.reply().await, "250 2.0.0 OK");
    assert!(client.reply().await.starts_with("451 4.3.0"));
    assert_eq!(client.reply().await, "250 2.1.0 OK", "the next message begins anew");
    assert_eq!(client.ask("RSET").await, "250 2.0.0 OK");
    assert_eq!(client.ask("DATA").await, "503 5.5.1 There is no recipient");
    assert!(client.ask("QUIT").await.starts_with("221 2.0.0"));
    assert_eq!(client.reply().await, "");
    assert_eq!(*server.tray.0.lock().unwrap(), [("one@ours.example".to_owned(), b"Subject: May\r\n\r\n.\r\nhidden\r\n".to_vec())]);
}

#[tokio::test]
async fn half_a_message_is_none() {
    let server = start().await;
    let mut client = Client::begin(&server, "one@ours.example").await;
    assert!(client.ask("DATA").await.starts_with("354"));
    client.send(b"Subject: May\r\n\r\nhalf\n.\n").await;
    drop(client);
    // Whoever comes next is served as ever.
    let mut client = Client::begin(&server, "one@ours.example").await;
    assert!(client.ask("DATA").await.starts_with("354"));
    assert_eq!(client.ask("whole\r\n.").await, "250 2.0.0 OK");
    assert_eq!(server.tray.0.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_or_after_it_came() {
    let server = start().await;
    let mut client = Client::connect(&server).await;
    client.ask("LHLO mail.example").await;
    assert!(client.ask(&format!("MAIL FROM:<> SIZE={}", MAX_MESSAGE_BYTES + 1)).await.starts_with("552 5.3.4"));
    let mut client = Client::begin(&server, "one@ours.example").await;
    assert!(client.ask("DATA").await.starts_with("354"));
    let line = [vec![b'x'; 998], b"\r\n".to_vec()].concat();
    for _ in 0..MAX_MESSAGE_BYTES / 1000 + 1 {
        client.send(&line).await;
    }
    assert!(client.ask(".").await.starts_with("552 5.3.4"));
    assert_eq!(client.ask("NOOP").await, "250 2.0.0 OK");
    assert!(server.tray.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn nonsense_is_answered_and_then_shown_out() {
    let server = start().await;
    let mut client = Client::connect(&server).await;
    for (said, code) in [
        ("EHLO mail.example", "500 5.5.1"),
        ("MAIL FROM:<>", "503 5.5.1"),
        ("LHLO mail.example", "250 SIZE "),
        ("RCPT TO:<one@ours.example>", "503 5.5.1"),
        ("MAIL <>", "501 5.5.4"),
        ("RCPT one@ours.example", "501 5.5.4"),
        ("", "500 5.5.1"),
        ("GET / HTTP/1.1", "500 5.5.1"),
        ("\u{0}\u{1}\u{ff}", "500 5.5.1"),
        (&"x".repeat(100_000), "500 5.5.2"),
    ] {
        let reply = client.ask(said).await;
        assert!(reply.starts_with(code), "{said:.40}: {reply}");
    }
    let mut last = String::new();
    for _ in 0..20 {
        last = client.ask("NONSENSE").await;
        if last.starts_with("421") {
            break;
        }
    }
    assert!(last.starts_with("421 4.7.0"), "{last}");
    assert_eq!(client.reply().await, "");
}

#[tokio::test]
async fn there_are_no_more_connections_than_may_be() {
    let server = start().await;
    let mut held = Vec::new();
    for _ in 0..MAX_CONNECTIONS {
        held.push(Client::connect(&server).await);
    }
    let mut said = String::new();
    TcpStream::connect(server.address).await.unwrap().read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("421 4.3.2"), "{said}");
    held.pop();
    for _ in 0..100 {
        let mut stream = BufReader::new(TcpStream::connect(server.address).await.unwrap());
        said.clear();
        stream.read_line(&mut said).await.unwrap();
        if said.starts_with("220") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("nobody is let in after one has left: {said}");
}
