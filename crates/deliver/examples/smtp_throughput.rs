//! How many messages a second one core sends over SMTP.
//!
//!     cargo run --release -p pulse-deliver --example smtp_throughput -- [CONNECTIONS [MESSAGES [ROUND_TRIP_MS]]]
//!
//! Each message has 50,000 bytes and is checked, dot-stuffed and sent in three steps on one thread. Without a round trip the other
//! side is Postfix's `smtp-sink`, a process of its own, so the wall clock shows what both of them can do, and the CPU time
//! of the sending thread what Pulse can. With one it is the scripted server of the tests on a thread of its own, which waits so
//! long before it answers each group of commands: what a client has to wait for over a long line.

#![expect(clippy::unwrap_used, reason = "a measurement that cannot be taken has nothing to say")]

use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use pulse_access::TlsPolicy;
use pulse_deliver::relay::RelaySettings;
use pulse_deliver::smtp::{Body, Connection, Envelope, Server};
use pulse_model::EmailAddress;
use pulse_testkit::smtp_server::{Script, SmtpServer};

const MESSAGE_BYTES: usize = 50_000;

fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).map(|number| number.parse().unwrap()).collect();
    let number = |at: usize, default: usize| numbers.get(at).copied().unwrap_or(default);
    let (connections, messages, round_trip_ms) = (number(0, 10), number(1, 20_000), number(2, 0));
    if round_trip_ms == 0 {
        let (mut sink, port) = smtp_sink();
        measure(connections, messages, port);
        sink.kill().unwrap();
        sink.wait().unwrap();
    } else {
        measure(connections, messages, scripted(round_trip_ms));
    }
}

/// Starts `smtp-sink`.
fn smtp_sink() -> (Child, u16) {
    let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let sink = Command::new("/usr/sbin/smtp-sink").args(["-u", "nobody", &format!("127.0.0.1:{port}"), "1000"]).spawn().unwrap();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::sleep(Duration::from_millis(20));
    }
    (sink, port)
}

/// Starts the scripted server, on a thread that ends with the program.
fn scripted(round_trip_ms: usize) -> u16 {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        runtime().block_on(async {
            let script = Script::parse(&format!("forget: messages\ndelay: {round_trip_ms} ms")).unwrap();
            let server = SmtpServer::start(script).await.unwrap();
            tell.send(server.port()).unwrap();
            std::future::pending::<()>().await;
        });
    });
    told.recv().unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn measure(connections: usize, messages: usize, port: u16) {
    let settings = RelaySettings { tls: TlsPolicy::Off, port: Some(port), messages_per_connection: u32::MAX, ..RelaySettings::at("127.0.0.1") };
    let server = Arc::new(settings.server("pulse.example").unwrap());
    let left = Arc::new(AtomicUsize::new(messages));
    let (began, cpu_began) = (Instant::now(), ThreadTime::now());
    runtime().block_on(async {
        let senders: Vec<_> = (0..connections).map(|_| tokio::spawn(send_all(Arc::clone(&server), Arc::clone(&left)))).collect();
        for sender in senders {
            sender.await.unwrap();
        }
    });
    let (wall_s, cpu_s) = (began.elapsed().as_secs_f64(), cpu_began.elapsed().as_secs_f64());
    let per_second = |seconds: f64| messages as f64 / seconds;
    println!("{messages} messages of {MESSAGE_BYTES} bytes over {connections} connections in {wall_s:.2} s");
    println!("{:.0} a second by the clock; {:.0} a second of CPU time of the sender", per_second(wall_s), per_second(cpu_s));
}

/// Takes messages until none are left.
async fn send_all(server: Arc<Server>, left: Arc<AtomicUsize>) {
    let sender = EmailAddress::parse("bounce+token@news.example").unwrap();
    let line = format!("{}\r\n", "x".repeat(76));
    let rest = line.repeat(MESSAGE_BYTES / line.len());
    let mut connection = Connection::open(&server).await.unwrap();
    while let Ok(number) = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)) {
        let recipient = format!("reader-{number}@reader.example");
        let envelope = Envelope::new(Some(sender.clone()), EmailAddress::parse(&recipient).unwrap(), "may").unwrap();
        let slices: [&[u8]; 4] = [b"Subject: May\r\n\r\nDear ", recipient.as_bytes(), b"\r\n", rest.as_bytes()];
        let body = Body::check(&slices).unwrap();
        connection.offer(&envelope, &body).await.unwrap().body().await.unwrap().finish().await.unwrap();
    }
    connection.quit().await;
}
