//! Feeds of the corpus and of the cases, damaged at random: each is read or refused, within its time.
//!
//! `PULSE_FEED_MUTATIONS=1000000` says how many (2,000 otherwise), `PULSE_FEED_SEED` where to begin: the same number gives the same damage.
#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use pulse_harvest::{feed, opml};
use pulse_testkit::corpus;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use url::Url;

/// Far more than any of these small files takes in an unoptimised build.
const SLOWEST: Duration = Duration::from_secs(2);
const HANGS: Duration = Duration::from_secs(30);

/// Pieces that mean something to a reader of feeds.
const PIECES: [&str; 32] = [
    "<",
    ">",
    "</",
    "/>",
    "&",
    ";",
    "&amp;",
    "&#x110000;",
    "&#0;",
    "&nbsp;",
    "\"",
    "'",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?xml version=\"1.0\" encoding=\"",
    "<!DOCTYPE x [<!ENTITY a \"b\">",
    "<!ENTITY",
    "xmlns:a=\"",
    "xml:base=\"",
    "<item>",
    "</item>",
    "<entry>",
    "<link href=\"",
    "<title type=\"xhtml\">",
    "mode=\"base64\"",
    "\u{feff}",
    "\u{301}",
    "<pubDate>31 Feb 0",
    "{\"items\":[",
    "<content type=\"application/x\">",
];

#[test]
fn damaged_feeds_are_read_or_refused() {
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default);
    let (count, first) = (number("PULSE_FEED_MUTATIONS", 2_000), number("PULSE_FEED_SEED", 0));
    let mut paths = Vec::new();
    find(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/feeds"), &mut paths);
    if let Some(folder) = corpus::folder("feeds/feedparser") {
        find(&folder, &mut paths);
    }
    paths.sort();
    let files: Vec<_> = paths.iter().map(|path| std::fs::read(path).unwrap()).collect();
    let base = Url::parse("https://example.org/feed.xml").unwrap();
    let (at, started) = (AtomicU64::new(0), Instant::now());
    let since = AtomicU64::new(0);
    let is_done = AtomicU64::new(0);
    let (mut feeds, mut records, mut slowest) = (0_u64, 0_usize, (Duration::ZERO, 0));
    std::thread::scope(|threads| {
        threads.spawn(|| {
            while is_done.load(Ordering::Relaxed) == 0 {
                std::thread::sleep(Duration::from_millis(200));
                let begun = Duration::from_millis(since.load(Ordering::Relaxed));
                if started.elapsed().saturating_sub(begun) > HANGS {
                    eprintln!("reading hangs: PULSE_FEED_SEED={} PULSE_FEED_MUTATIONS=1", at.load(Ordering::Relaxed));
                    std::process::abort();
                }
            }
        });
        for seed in first..first + count {
            let bytes = damaged(&files, seed);
            at.store(seed, Ordering::Relaxed);
            since.store(u64::try_from(started.elapsed().as_millis()).unwrap(), Ordering::Relaxed);
            let begun = Instant::now();
            let outcome = std::panic::catch_unwind(|| {
                let _ = opml::read(&bytes);
                feed::read(&bytes, None, &base).ok().map(|feed| feed::records(&feed, 1_800_000_000_000, &mut Vec::new()).len())
            });
            slowest = slowest.max((begun.elapsed(), seed));
            if outcome.is_err() || begun.elapsed() > SLOWEST {
                is_done.store(1, Ordering::Relaxed);
            }
            let read = outcome.unwrap_or_else(|_| panic!("reading panics: PULSE_FEED_SEED={seed} PULSE_FEED_MUTATIONS=1"));
            assert!(begun.elapsed() <= SLOWEST, "{:?}: PULSE_FEED_SEED={seed} PULSE_FEED_MUTATIONS=1", begun.elapsed());
            feeds += u64::from(read.is_some());
            records += read.unwrap_or(0);
        }
        is_done.store(1, Ordering::Relaxed);
    });
    println!(
        "{count} damaged feeds of {} files in {:?}: {feeds} read, {records} records; the slowest took {:?} (seed {})",
        files.len(),
        started.elapsed(),
        slowest.0,
        slowest.1
    );
    assert!(feeds > 0);
}

fn find(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "xml" || ending == "json") {
            paths.push(path);
        }
    }
}

/// A file with one to eight damages.
fn damaged(files: &[Vec<u8>], seed: u64) -> Vec<u8> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut bytes = files[random.random_range(0..files.len())].clone();
    for _ in 0..random.random_range(1..=8) {
        let at = random.random_range(0..=bytes.len());
        let end = (at + random.random_range(0..64)).min(bytes.len());
        match random.random_range(0..8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.random_range(0..8),
            1 if at < bytes.len() => bytes[at] = random.random_range(0..=255),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                for _ in 0..random.random_range(1..40) {
                    bytes.splice(at..at, piece.iter().copied());
                }
            }
            4 | 5 => drop(bytes.splice(at..at, PIECES[random.random_range(0..PIECES.len())].bytes())),
            6 => {
                let other = &files[random.random_range(0..files.len())];
                let from = random.random_range(0..=other.len());
                bytes.splice(at..end, other[from..].iter().copied().take(2_000));
            }
            _ => bytes.truncate(at.max(bytes.len() / 2)),
        }
    }
    bytes
}
