//! A storm of bounces in a maildir: everything counted once, in memory that does not grow with it. `PULSE_STORM` says how many messages;
//! `./test --long` takes 100,000.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::collections::BTreeMap;
use std::time::Instant;

use pulse_jobs::intake::{Tally, read_maildir};

#[path = "returns/sent.rs"]
#[expect(dead_code, reason = "a storm is simpler than what other tests send back")]
mod sent;

use sent::{HOUR, Newsroom, START, maildir, report};

/// Of ten messages: six hard, one soft, one that is only late; then one of these again, and one that is forged.
const TEN: usize = 10;
const GENUINE: usize = 8;

/// What the process holds in memory, in bytes; 0 where the system does not say.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<usize>().ok()).unwrap_or_default() * 1024
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_is_counted_once_in_memory_that_does_not_grow() {
    let number: usize = std::env::var("PULSE_STORM").map_or(500, |number| number.parse().unwrap());
    let newsroom = Newsroom::with_readers(number / TEN * GENUINE).await;
    let inbox = maildir(newsroom.folder.path());
    for ten in 0..number / TEN {
        for place in 0..TEN {
            let row = ten * GENUINE + place.min(GENUINE - 1);
            let text = match place {
                0..6 => newsroom.report(row, "failed", "5.1.1"),
                6 => newsroom.report(row, "failed", "4.2.2"),
                7 => newsroom.report(row, "delayed", "4.4.1"),
                8 => newsroom.report(ten * GENUINE, "failed", "5.1.1"),
                _ => {
                    let path = newsroom.return_path(row);
                    let wrong = if path.as_bytes()[20] == b'a' { "b" } else { "a" };
                    report(&format!("{}{wrong}{}", &path[..20], &path[21..]), &newsroom.rows[row].address, "failed", "5.1.1")
                }
            };
            std::fs::write(inbox.join(format!("new/{ten}.{place}.quay")), text).unwrap();
        }
    }
    let before = memory();
    let watching = tokio::spawn(async move {
        let mut most = before;
        loop {
            most = most.max(memory());
            MOST.store(most, std::sync::atomic::Ordering::Relaxed);
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    });
    let began = Instant::now();
    let tally = read_maildir(&newsroom.desk(START + HOUR), &inbox).await.unwrap();
    let seconds = began.elapsed().as_secs_f64();
    watching.abort();
    let grown = MOST.load(std::sync::atomic::Ordering::Relaxed).saturating_sub(before);
    println!("{number} messages in {seconds:.1} s: {:.0} a second; memory grew by {} MiB", number as f64 / seconds, grown / 1024 / 1024);
    let tens = (number / TEN) as u64;
    // The duplicate may be read before the one it repeats.
    assert_eq!(tally, Tally { counted: 8 * tens, known: tens, for_people: tens, ..Tally::default() });
    let mut classes: BTreeMap<String, u64> = BTreeMap::new();
    for bounce in newsroom.bounces().await {
        *classes.entry(bounce.class).or_default() += 1;
    }
    assert_eq!(classes, BTreeMap::from([("delayed".into(), tens), ("hard".into(), 6 * tens), ("soft".into(), tens)]));
    let mut given_up = 0;
    let mut last = None;
    loop {
        let page = newsroom.store.suppressions(last, 1_000).await.unwrap();
        given_up += page.len() as u64;
        match page.last() {
            Some(line) => last = Some(line.id),
            None => break,
        }
    }
    assert_eq!(given_up, 6 * tens, "nobody is given up for a delay, a full mailbox, or by a forgery");
    assert!(grown < 48 * 1024 * 1024, "memory grew by {grown} bytes");
}

static MOST: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
