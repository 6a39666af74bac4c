//! A harvest by the real program, killed at random moments: nothing is missing, and nothing is there twice.
//!
//! `PULSE_KILL_HARVESTS` says how many kills there are at least: 5 if not given, 50 in `./test --long`. `PULSE_TEST_POSTGRES` says that a
//! PostgreSQL server is there.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use pulse_testkit::web_server::{Page, Site, WebServer};

#[path = "../../store/tests/support/postgres.rs"]
mod postgres;

const SOURCES: usize = 4;
/// Of each source; one more is in all of them.
const WORKS: usize = 10;

fn kills() -> usize {
    std::env::var("PULSE_KILL_HARVESTS").map_or(5, |text| text.parse().unwrap())
}

fn pulse(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pulse"));
    for name in ["PULSE_DATA", "PULSE_DATABASE", "PULSE_SITE", "PULSE_LISTEN", "PULSE_LOG"] {
        command.env_remove(name);
    }
    command.args(words).current_dir(folder).stdout(Stdio::null());
    command
}

fn well(mut command: Command) -> Vec<u8> {
    let output = command.stderr(Stdio::piped()).stdout(Stdio::piped()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The web in its first state, or after every work was updated.
fn site(server: &str, state: u32) -> Site {
    let mut site = Site::new();
    for source in 0..SOURCES {
        let mut entries = String::new();
        for work in 0..=WORKS {
            let path = if work == WORKS { "/shared".to_owned() } else { format!("/{source}/{work}") };
            entries.push_str(&format!(
                "<entry><id>{source}-{work}</id><title>Work {path}</title><link href=\"{server}{path}\"/><published>2026-05-01T09:00:00Z</published>\
                 <updated>2026-05-0{}T09:00:00Z</updated></entry>",
                state + 1
            ));
            let text = "Many people on the list waited at home, and most of them were asked twice how they were while they waited.";
            let html = format!(
                "<!doctype html><html lang=en><title>Work {path}</title><main><article><h1>Work {path}</h1><p>{text}</p><p>State {state} of it: {text}</p>\
                 <p>{text}</p><p><a href=\"{server}{path}.pdf\">The report (PDF)</a></p></article></main></html>"
            );
            site = site.page(&path, Page::html(html));
            site = site.page(&format!("{path}.pdf"), Page::text(format!("The report, state {state}.\n")));
        }
        let feed = format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>S</title><id>s</id><updated>2026-05-09T09:00:00Z</updated>{entries}</feed>");
        site = site.page(&format!("/feed-{source}"), Page::new("application/atom+xml", feed).etag(&format!("\"{state}\"")));
    }
    site
}

fn installation(folder: &Path, server: &WebServer, database: &str) {
    let data = folder.join("pulse-data");
    std::fs::create_dir(&data).unwrap();
    let database = if database.is_empty() { String::new() } else { format!("database = \"{database}\"\n") };
    let host = server.host();
    let options = format!("{database}[mail]\nnode = \"quay\"\n[fetch]\nprivate_hosts = [\"{host}\"]\ngap_ms = 5\napi_gap_ms = 5\n");
    std::fs::write(data.join("pulse.toml"), options).unwrap();
    well(pulse(folder, &["init"]));
    for source in 0..SOURCES {
        let (url, name) = (server.url(&format!("/feed-{source}")), format!("Source {source}"));
        well(pulse(folder, &["source", "add", &url, "--kind", "feed", "--name", &name]));
    }
}

/// Starts a harvest and kills it after a while; whether it was still at work.
fn kill_one(folder: &Path, after: Duration) -> bool {
    let mut process = pulse(folder, &["harvest", "--since", "2026-01-01"]).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    while began.elapsed() < after && process.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    let was_at_work = process.try_wait().unwrap().is_none();
    process.kill().unwrap();
    process.wait().unwrap();
    was_at_work
}

/// A fraction that differs from run to run and need not be a secret.
fn chance() -> f64 {
    use std::hash::{BuildHasher as _, Hasher as _};
    (std::hash::RandomState::new().build_hasher().finish() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Publications by title: how many versions, and for each the kinds of its changes; how many documents with how many versions.
fn kept(folder: &Path) -> BTreeMap<String, String> {
    let list: serde_json::Value = serde_json::from_slice(&well(pulse(folder, &["publication", "list", "--json", "--limit", "1000"]))).unwrap();
    let mut kept = BTreeMap::new();
    for row in list.as_array().unwrap() {
        let shown = well(pulse(folder, &["publication", "show", row["id"].as_str().unwrap(), "--json"]));
        let shown: serde_json::Value = serde_json::from_slice(&shown).unwrap();
        let versions: Vec<Vec<&str>> = shown["versions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|version| version["changes"].as_array().unwrap().iter().map(|change| change["what"].as_str().unwrap()).collect())
            .collect();
        let documents: Vec<_> = shown["documents"].as_array().unwrap().iter().map(|document| document["version"].as_u64()).collect();
        let said = format!("versions {versions:?}, documents {documents:?}, records {}", shown["records"].as_array().unwrap().len());
        let title = shown["publication"]["title"].as_str().unwrap().to_owned();
        assert_eq!(kept.insert(title.clone(), said), None, "{title} is there twice");
    }
    kept
}

/// Kills harvests until one comes to its end, and compares with what an undisturbed installation has. How many kills there were.
fn torment(folder: &Path, usual: Duration, expected: &BTreeMap<String, String>) -> usize {
    let mut kills = 0;
    // Each kill leaves something done, so this ends; the last ones are given the time they need.
    for _ in 0..12 {
        if !kill_one(folder, usual.mul_f64(0.2 + chance())) {
            break;
        }
        kills += 1;
    }
    well(pulse(folder, &["harvest", "--since", "2026-01-01"]));
    assert_eq!(&kept(folder), expected);
    kills
}

/// What an undisturbed installation has, first and after everything was updated, and how long a harvest takes.
struct Calm {
    server: WebServer,
    first: BTreeMap<String, String>,
    second: BTreeMap<String, String>,
    usual: Duration,
}

impl Calm {
    async fn new() -> Self {
        let server = WebServer::start(Site::new()).await.unwrap();
        let url = server.url("");
        server.change(|_| site(&url, 0));
        let folder = tempfile::tempdir().unwrap();
        installation(folder.path(), &server, "");
        let began = Instant::now();
        well(pulse(folder.path(), &["harvest", "--since", "2026-01-01"]));
        let usual = began.elapsed();
        let first = kept(folder.path());
        assert_eq!(first.len(), SOURCES * WORKS + 1);
        server.change(|_| site(&url, 1));
        well(pulse(folder.path(), &["harvest", "--since", "2026-01-01"]));
        let second = kept(folder.path());
        assert!(second["Work /0/0"].contains("[[], [\"updated\", \"text\""), "{second:?}");
        Self { server, first, second, usual }
    }

    /// One installation, tormented in both states; how often it was killed.
    fn disturb(&self, database: &str) -> usize {
        let (folder, url) = (tempfile::tempdir().unwrap(), self.server.url(""));
        self.server.change(|_| site(&url, 0));
        installation(folder.path(), &self.server, database);
        let first = torment(folder.path(), self.usual, &self.first);
        self.server.change(|_| site(&url, 1));
        first + torment(folder.path(), self.usual, &self.second)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_harvests_lose_and_repeat_nothing() {
    let calm = Calm::new().await;
    let mut killed = 0;
    while killed < kills() {
        killed += calm.disturb("");
    }
    println!("{killed} kills: nothing is missing, nothing is there twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_harvests_lose_and_repeat_nothing_on_postgresql() {
    if std::env::var_os("PULSE_TEST_POSTGRES").is_none() {
        println!("skipped: PULSE_TEST_POSTGRES does not name a PostgreSQL server");
        return;
    }
    let calm = Arc::new(Calm::new().await);
    let killed = Arc::new(AtomicUsize::new(0));
    while killed.load(Ordering::Relaxed) < kills() {
        let (calm, killed) = (Arc::clone(&calm), Arc::clone(&killed));
        postgres::with_postgres(|database| async move { _ = killed.fetch_add(calm.disturb(&database), Ordering::Relaxed) }).await;
    }
    println!("{} kills: nothing is missing, nothing is there twice", killed.load(Ordering::Relaxed));
}
