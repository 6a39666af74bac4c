//! Postfix's `smtp-sink` as the relay: many messages on several connections, and the faults it can play.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the report")]

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use pulse_access::TlsPolicy;
use pulse_deliver::relay::RelaySettings;
use pulse_deliver::smtp::{Connection, Server};
use tokio::task::JoinSet;

#[path = "support/message.rs"]
mod message;

use message::{envelope, send};

/// A running `smtp-sink`; it ends with this.
struct Sink {
    child: Child,
    client: Server,
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts one with these options, in this folder; says so when there is none on this machine.
async fn sink(folder: &Path, options: &[&str]) -> Option<Sink> {
    let Some(program) = ["/usr/sbin/smtp-sink", "/usr/local/sbin/smtp-sink"].into_iter().find(|path| Path::new(path).exists()) else {
        println!("skipped: there is no smtp-sink; it comes with Postfix");
        return None;
    };
    let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    let mut command = Command::new(program);
    if is_root() {
        command.args(["-u", "nobody"]);
    }
    command.args(options).args([&format!("127.0.0.1:{port}"), "1000"]).current_dir(folder).stdout(Stdio::null());
    let child = command.spawn().unwrap();
    let settings = RelaySettings { tls: TlsPolicy::Off, port: Some(port), messages_per_connection: 10_000, ..RelaySettings::at("127.0.0.1") };
    let sink = Sink { child, client: settings.server("pulse.example").unwrap() };
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return Some(sink);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("smtp-sink {options:?} did not start");
}

/// Root owns its own folder under /proc.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|metadata| metadata.uid() == 0)
}

#[tokio::test]
async fn everybody_gets_one() {
    use std::os::unix::fs::PermissionsExt as _;
    const CONNECTIONS: usize = 4;
    const MESSAGES: usize = 125;
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    let Some(sink) = sink(folder.path(), &["-d", "%M."]).await else { return };
    let mut tasks = JoinSet::new();
    for connection in 0..CONNECTIONS {
        let client = sink.client.clone();
        tasks.spawn(async move {
            let mut open = Connection::open(&client).await.unwrap();
            for number in 0..MESSAGES {
                let reader = format!("reader-{connection}-{number}@reader.example");
                let text = format!("Subject: May\r\n\r\n.{reader}\r\n..\r\n");
                send(&mut open, &envelope(&reader, "a"), &[text.as_bytes()], Duration::ZERO).await.unwrap();
            }
            open.quit().await;
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let mut texts = BTreeMap::new();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let reader = text.lines().find_map(|line| line.strip_prefix("X-Rcpt-Args: <")?.split_once('>')).map(|(reader, _)| reader.to_owned());
        let Some(reader) = reader else { continue };
        assert!(text.trim_end().ends_with(&format!("\n.{reader}\n..")), "{text}");
        assert!(texts.insert(reader, text).is_none());
    }
    assert_eq!(texts.len(), CONNECTIONS * MESSAGES);
}

#[tokio::test]
async fn its_faults_mean_what_they_should() {
    // Options and what the first message fares.
    let cases: [(&[&str], &str); 12] = [
        (&[], "accepted"),
        (&["-p"], "accepted"),
        (&["-e"], "accepted"),
        (&["-r", "RCPT"], "deferred (recipient)"),
        (&["-f", "RCPT", "-B", "550 5.1.1 no such user"], "dead address"),
        (&["-f", "RCPT", "-B", "554 5.7.1 relay access denied"], "our fault"),
        (&["-Q", "RCPT", "-b", "421 4.3.2 shutting down"], "deferred (connection)"),
        (&["-f", "."], "rejected"),
        (&["-r", "."], "deferred (message)"),
        (&["-q", "DATA"], "deferred (connection)"),
        (&["-q", "."], "uncertain"),
        (&["-f", "CONNECT"], "our fault"),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (options, verdict) in cases {
        let Some(sink) = sink(folder.path(), options).await else { return };
        let fate = match Connection::open(&sink.client).await {
            Ok(mut open) => send(&mut open, &envelope("ada@reader.example", "a"), &[b"Subject: May\r\n\r\nDear Ada\r\n"], Duration::ZERO).await,
            Err(error) => Err(error),
        };
        let found = fate.as_ref().map_or_else(|error| error.verdict().to_string(), |_| "accepted".to_owned());
        assert_eq!(found, verdict, "{options:?}: {fate:?}");
    }
}
