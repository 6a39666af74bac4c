//! What servers do, and what becomes of two messages. A folder is a case: `server.txt` is a script for
//! [`pulse_testkit::smtp_server`], `client.toml` (if there) the relay's settings, `expected.txt` the verdicts, what the
//! server heard, and whose messages it kept.
//!
//! `UPDATE_EXPECT=1` writes `expected.txt` anew; what it says then is to be read as a careful postmaster would.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pulse_access::SecretSource;
use pulse_deliver::relay::RelaySettings;
use pulse_deliver::smtp::{Connection, Reply, Server, SmtpError};
use pulse_testkit::smtp_server::{Script, SmtpServer};
use tokio::task::JoinSet;

#[path = "support/message.rs"]
mod message;

/// So long a row takes to be written. What a server says meanwhile is there when the dot is due.
const PAUSE: Duration = Duration::from_millis(100);

const READERS: [&str; 2] = ["ada@reader.example", "bo@reader.example"];

#[tokio::test]
async fn messages_fare_as_a_careful_postmaster_expects() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/smtp");
    let mut cases: JoinSet<Option<String>> = std::fs::read_dir(folder).unwrap().map(|case| case.unwrap().path()).map(check).collect();
    let mut wrong = Vec::new();
    let mut count = 0;
    while let Some(checked) = cases.join_next().await {
        count += 1;
        wrong.extend(checked.unwrap());
    }
    wrong.sort();
    assert!(count > 40, "{count} cases");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What became of a case, where it is not what its folder expects.
async fn check(case: PathBuf) -> Option<String> {
    let found = play(&case).await;
    let expected = case.join("expected.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&expected, &found).unwrap();
    }
    let wanted = std::fs::read_to_string(&expected).unwrap_or_default();
    (found != wanted).then(|| format!("{}:\n--- expected\n{wanted}--- found\n{found}", case.display()))
}

async fn play(case: &Path) -> String {
    let script = std::fs::read_to_string(case.join("server.txt")).unwrap();
    let server = SmtpServer::start(Script::parse(&script).unwrap()).await.unwrap();
    let client = client(case, &server);
    let mut out = String::new();
    let mut connection = None;
    for (number, reader) in READERS.iter().enumerate() {
        let fate = send(&mut connection, &client, reader).await;
        writeln!(out, "{} {}", number + 1, describe(&fate)).unwrap();
    }
    if let Some(connection) = connection {
        connection.quit().await;
    }
    let closed = server.closed().await;
    out += if closed { "\n" } else { "\nthe server still waits\n" };
    let mut commands = server.commands();
    commands.sort_by_key(|(number, _)| *number);
    for (number, command) in commands {
        writeln!(out, "connection {number}: {command}").unwrap();
    }
    for message in server.messages() {
        writeln!(out, "\nkept for {}:\n{}", message.rcpt.join(" "), String::from_utf8_lossy(&message.bytes)).unwrap();
    }
    // Line ends as files have them.
    out.replace("\r\n", "\n").trim_end().to_owned() + "\n"
}

/// The settings of the case, pointed at the server. Files that they name are in the folder.
fn client(case: &Path, server: &SmtpServer) -> Server {
    let text = std::fs::read_to_string(case.join("client.toml")).unwrap_or_else(|_| "tls = \"off\"".to_owned());
    let mut settings: RelaySettings = toml::from_str(&format!("host = \"127.0.0.1\"\nport = {}\n{text}", server.port())).unwrap();
    for source in settings.auth.iter_mut().flat_map(|auth| [auth.password.as_mut(), auth.token.as_mut()]).flatten() {
        if let SecretSource::File(path) = source {
            *path = case.join(&*path);
        }
    }
    let mut authority = tempfile::NamedTempFile::new().unwrap();
    authority.write_all(server.authority_pem().as_bytes()).unwrap();
    settings.ca_file = Some(authority.path().to_owned());
    settings.server("pulse.example").unwrap()
}

/// Over the connection there is, or over a new one where that has come to its end.
async fn send(connection: &mut Option<Connection>, client: &Server, reader: &str) -> Result<Reply, SmtpError> {
    let text = format!("Subject: May\r\n\r\nTo {reader}\r\n.hidden\r\n");
    let slices = [&text.as_bytes()[..20], &text.as_bytes()[20..]];
    let envelope = message::envelope(reader, "may+1");
    if let Some(open) = connection {
        match message::send(open, &envelope, &slices, PAUSE).await {
            Err(SmtpError::Spent) => connection.take().unwrap().quit().await,
            fate => return fate,
        }
    }
    let open = connection.insert(Connection::open(client).await?);
    message::send(open, &envelope, &slices, PAUSE).await
}

/// The verdict, and what led to it. What the system calls a lost connection differs from time to time, and is left out.
fn describe(fate: &Result<Reply, SmtpError>) -> String {
    let error = match fate {
        Ok(reply) => return format!("accepted: {reply}"),
        Err(error) => error,
    };
    let mut out = format!("{}: {error}", error.verdict());
    if let SmtpError::Garbled { .. } | SmtpError::Login { .. } | SmtpError::Unfit(_) = error {
        write!(out, ": {}", std::error::Error::source(error).unwrap()).unwrap();
    }
    out
}
