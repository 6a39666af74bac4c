//! A send by the real program to a real sink, killed at random moments: nobody is missing, and no more is repeated than the open
//! connections of each kill, with the same Message-ID.
//!
//! Needs Postfix's `smtp-sink`, which `tools/install postfix` brings; `PULSE_TEST_POSTFIX` says that it is there, and
//! `PULSE_TEST_POSTGRES` that a PostgreSQL server is. `PULSE_KILL_RUNS` and `PULSE_KILL_READERS` say how often and for how many
//! readers: once for 400 if not given, 100 times for 5,000 in `./test --long`.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const CONNECTIONS: usize = 10;
const EDITION: &str = "2026-05";
const SITE: &str = "https://lantern.example";

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

fn readers() -> usize {
    number("PULSE_KILL_READERS", 400)
}

fn runs() -> usize {
    number("PULSE_KILL_RUNS", 1)
}

/// The program, in a data folder.
fn pulse(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pulse"));
    for name in ["PULSE_DATA", "PULSE_DATABASE", "PULSE_SITE", "PULSE_LISTEN", "PULSE_LOG"] {
        command.env_remove(name);
    }
    command.args(words).current_dir(folder).stdout(Stdio::null());
    command
}

fn well(mut command: Command) {
    let output = command.stderr(Stdio::piped()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// An installation whose send waits to be worked through, over a relay at a port. `database` is an option's value, or empty.
fn installation(folder: &Path, port: u16, database: &str) {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/sending");
    for file in ["digest.toml", "may.md"] {
        std::fs::copy(case.join(file), folder.join(file)).unwrap();
    }
    let lines = (0..readers()).map(|number| format!("reader{number}@quay.example,Reader {number}\n"));
    std::fs::write(folder.join("readers.csv"), std::iter::once("email,name\n".to_owned()).chain(lines).collect::<String>()).unwrap();
    let database = if database.is_empty() { String::new() } else { format!("database = \"{database}\"\n") };
    std::fs::create_dir(folder.join("pulse-data")).unwrap();
    std::fs::write(
        folder.join("pulse-data/pulse.toml"),
        format!(
            "site = \"{SITE}\"\n{database}[mail]\nnode = \"quay\"\nrepeat_after_s = 1\n[[mail.relays]]\nhost = \"127.0.0.1\"\nport = {port}\n\
             tls = \"off\"\nconnections = {CONNECTIONS}\n"
        ),
    )
    .unwrap();
    for words in [
        vec!["init", "--digest", "digest.toml"],
        vec!["import", "may.md"],
        vec!["edition", "status", EDITION, "--set", "submit", "--by", "Ada Okafor"],
        vec!["edition", "answer", EDITION, "--all", "--text", "as it was printed", "--by", "Ada Okafor"],
        vec!["edition", "status", EDITION, "--set", "sign-off", "--by", "Ben Lund"],
        vec!["subscriber", "import", "readers.csv", "--basis", "corporate", "--source", "a fair", "--by", "Ada Okafor"],
        vec!["send", "prepare", EDITION, "--by", "Ada Okafor"],
        vec!["send", "release", EDITION, "--by", "Ben Lund"],
    ] {
        well(pulse(folder, &words));
    }
}

/// `smtp-sink`, with a file for each message.
struct Sink {
    process: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Sink {
    fn start(port: u16) -> Self {
        let folder = tempfile::Builder::new().prefix("pulse-sink-").tempdir().unwrap();
        let made = std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777));
        made.unwrap();
        let process = Command::new("/usr/sbin/smtp-sink")
            .args(["-u", "nobody", "-d", "m.", &format!("127.0.0.1:{port}"), "1000"])
            .current_dir(folder.path())
            .spawn()
            .unwrap();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { process, port, folder }
    }

    /// For each recipient, the Message-IDs of the whole messages that came, one for each copy.
    fn arrived(&self) -> BTreeMap<String, Vec<String>> {
        let mut arrived: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for file in std::fs::read_dir(self.folder.path()).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            let (head, body) = text.split_once("\n\n").or_else(|| text.split_once("\r\n\r\n")).unwrap_or((&text, ""));
            let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned());
            // The sink keeps what came of a message that was broken off, too.
            if let (Some(recipient), Some(id)) = (field("X-Rcpt-Args:"), field("Message-ID:"))
                && body.trim_end().ends_with("--")
            {
                let address = recipient.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                arrived.entry(address).or_default().push(id);
            }
        }
        arrived
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// A fraction that differs from run to run and need not be a secret.
fn chance() -> f64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    let number = std::hash::RandomState::new().build_hasher().finish();
    (number >> 11) as f64 / (1_u64 << 53) as f64
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() { copy(&entry.path(), &to) } else { _ = std::fs::copy(entry.path(), to).unwrap() }
    }
}

/// How a program is ended.
#[derive(Clone, Copy, Debug, PartialEq)]
enum By {
    Kill,
    Term,
}

/// Starts the send and ends it after a while; how long it took, if it had come to its end by itself.
fn end_one(folder: &Path, by: By, after: Duration) -> Option<Duration> {
    let mut process = pulse(folder, &["send", "run", EDITION]).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    while began.elapsed() < after && process.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let was_at_work = process.try_wait().unwrap().is_none();
    let took = began.elapsed();
    match by {
        By::Kill => process.kill().unwrap(),
        By::Term if was_at_work => _ = Command::new("kill").arg(process.id().to_string()).status().unwrap(),
        By::Term => {}
    }
    process.wait().unwrap();
    (!was_at_work).then_some(took)
}

/// Everyone has it, copies are as few as may be, and their Message-IDs are one. How many copies there were.
fn judge(arrived: &BTreeMap<String, Vec<String>>, most_repeats: usize, what: &str) -> usize {
    assert_eq!(arrived.len(), readers(), "{what}: {} are missing", readers() - arrived.len().min(readers()));
    let repeats = arrived.values().map(|copies| copies.len() - 1).sum();
    assert!(repeats <= most_repeats, "{what}: {repeats} repeats, and no more than {most_repeats} may be");
    assert!(arrived.values().all(|copies| copies.iter().all(|id| *id == copies[0])), "{what}: a repeat has another Message-ID");
    repeats
}

#[test]
#[should_panic(expected = "are missing")]
fn the_judge_misses_a_reader() {
    let copy = |number| (format!("reader{number}@quay.example"), vec!["<1@quay.example>".to_owned()]);
    judge(&(1..readers()).map(copy).collect(), 0, "control");
}

#[test]
#[should_panic(expected = "another Message-ID")]
fn the_judge_sees_two_messages_for_one_reader() {
    let copy = |number| (format!("reader{number}@quay.example"), vec![format!("<{number}@quay.example>")]);
    let mut arrived: BTreeMap<_, _> = (0..readers()).map(copy).collect();
    arrived.values_mut().next().unwrap().push("<other@quay.example>".to_owned());
    judge(&arrived, 1, "control");
}

fn status(folder: &Path) -> serde_json::Value {
    let output = pulse(folder, &["send", "status", EDITION, "--json"]).stdout(Stdio::piped()).output().unwrap();
    serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["deliveries"].clone()
}

/// Ends the program again and again in `runs` sends, each of which then comes to its end.
fn again_and_again(by: By) {
    if std::env::var_os("PULSE_TEST_POSTFIX").is_none() {
        return;
    }
    let port = free_port();
    let folder = tempfile::tempdir().unwrap();
    let template = folder.path().join("template");
    std::fs::create_dir(&template).unwrap();
    installation(&template, port, "");
    let mut usual = Duration::ZERO;
    let (mut kills, mut repeats) = (0, 0);
    for run in 0..=runs() {
        let sink = Sink::start(port);
        let here = folder.path().join(format!("run-{run}"));
        copy(&template, &here);
        let mut killed = 0;
        // The first is let alone, so that it is known how long it takes.
        if run > 0 {
            while killed < 3 {
                match end_one(&here, by, usual.mul_f64(chance())) {
                    None => killed += 1,
                    Some(took) => {
                        // The machine is less busy than it was.
                        usual = usual.min(took);
                        break;
                    }
                }
            }
        }
        let began = Instant::now();
        well(pulse(&here, &["send", "run", EDITION]));
        if run == 0 {
            usual = began.elapsed();
        }
        let most = if by == By::Kill { killed * CONNECTIONS } else { 0 };
        repeats += judge(&sink.arrived(), most, &format!("run {run}, ended {killed} times"));
        assert_eq!(status(&here), serde_json::json!({ "sent": readers() }));
        kills += killed;
        assert_eq!(sink.port, port);
        drop(sink);
        std::fs::remove_dir_all(here).unwrap();
    }
    println!("{by:?}: {} sends to {} readers, ended {kills} times: 0 missing, {repeats} repeats", runs(), readers());
    assert!(kills > 0 || runs() == 1, "the program was never at work when it was to be ended");
}

#[test]
fn killed_at_random_moments() {
    again_and_again(By::Kill);
}

#[test]
fn asked_to_stop_at_random_moments() {
    again_and_again(By::Term);
}

/// A server of its own, that can be stopped and started.
struct Postgres {
    folder: PathBuf,
    url: String,
}

impl Postgres {
    fn tool(words: &[&str]) -> String {
        let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/postgres");
        let output = Command::new(tool).args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn start(above: &Path) -> Self {
        let folder = above.join("postgres");
        std::fs::set_permissions(above, std::os::unix::fs::PermissionsExt::from_mode(0o711)).unwrap();
        let url = Self::tool(&["start", folder.to_str().unwrap()]);
        Self { folder, url }
    }

    /// Away for a while, in the middle of whatever it was asked.
    fn away(&self, seconds: u32) {
        Self::tool(&["restart", self.folder.to_str().unwrap(), &seconds.to_string()]);
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        _ = Self::tool(&["stop", self.folder.to_str().unwrap()]);
    }
}

/// The database goes away in the middle of a send and comes back; the program waits for it, and nobody is missing.
#[test]
fn the_database_away_for_a_while() {
    if std::env::var_os("PULSE_TEST_POSTFIX").is_none() || std::env::var_os("PULSE_TEST_POSTGRES").is_none() {
        return;
    }
    let (mut repeats, mut restarts) = (0, 0);
    for run in 0..runs().div_ceil(10) {
        let folder = tempfile::tempdir().unwrap();
        let postgres = Postgres::start(folder.path());
        let sink = Sink::start(free_port());
        let here = folder.path().join("here");
        std::fs::create_dir(&here).unwrap();
        installation(&here, sink.port, &postgres.url);
        let mut process = pulse(&here, &["send", "run", EDITION]).stderr(Stdio::piped()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(200 + (800.0 * chance()) as u64));
        while process.try_wait().unwrap().is_none() && restarts < (run + 1) * 3 {
            postgres.away(1);
            restarts += 1;
            std::thread::sleep(Duration::from_millis((1_500.0 * chance()) as u64));
        }
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        // What may go out twice is what was being marked when the answer got lost.
        repeats += judge(&sink.arrived(), 3 * CONNECTIONS, &format!("run {run}"));
        assert_eq!(status(&here), serde_json::json!({ "sent": readers() }));
    }
    println!("PostgreSQL away {restarts} times: 0 missing, {repeats} repeats");
}
