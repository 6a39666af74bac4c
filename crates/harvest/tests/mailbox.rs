//! Alerts: a folder is a case, with a message and what is read in it.
//!
//! `UPDATE_EXPECT=1` writes `records.txt` anew; what it says then is to be checked against the message by eye.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use pulse_harvest::mailbox::{self, Alert};
use pulse_model::LinkRole;

/// 1 June 2026, when all messages were seen.
const SEEN_AT: i64 = 1_780_272_000_000;

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/mailbox");
    let mut folders: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|case| case.unwrap().path()).collect();
    folders.sort();
    folders
}

fn written(alert: &Alert) -> String {
    let day = |at: i64| jiff::Timestamp::from_millisecond(at).unwrap().to_string();
    let mut text = String::new();
    for record in &alert.records {
        let _ = writeln!(text, "{}\n    {}", record.key, if record.title.is_empty() { "(no title)" } else { &record.title });
        for link in &record.links {
            let role = match link.role {
                LinkRole::Page => "page",
                LinkRole::File => "file",
                LinkRole::Other => "other",
            };
            let _ = writeln!(text, "    {role} {}", link.url);
        }
        let mut line = |name: &str, value: String| {
            if !value.is_empty() {
                let _ = writeln!(text, "    {name}: {value}");
            }
        };
        line("publisher", record.publishers.join("; "));
        line("authors", record.authors.join("; "));
        line("published", record.published_at.map(day).unwrap_or_default());
        line("updated", record.updated_at.map(day).unwrap_or_default());
        line("summary", record.summary.clone());
        line("change", record.change_note.clone().unwrap_or_default());
    }
    for attachment in &alert.attachments {
        let _ = writeln!(text, "attached: {} ({}, {} bytes)", attachment.name, attachment.media_type, attachment.bytes.len());
    }
    for problem in &alert.problems {
        let _ = writeln!(text, "problem: {problem}");
    }
    text
}

#[test]
fn alerts_are_read_as_expected() {
    assert!(cases().len() >= 10);
    for folder in cases() {
        let found = written(&mailbox::read(&fs::read(folder.join("message.eml")).unwrap(), SEEN_AT));
        let path = folder.join("records.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, &found).unwrap();
        }
        assert!(fs::read_to_string(&path).unwrap_or_default() == found, "{} differs (UPDATE_EXPECT=1 rewrites it); found:\n{found}", path.display());
    }
}

/// Line ends are no part of a message: mail servers make CRLF of them.
#[test]
fn line_ends_make_no_difference() {
    for folder in cases() {
        let message = fs::read(folder.join("message.eml")).unwrap();
        let with_crlf = String::from_utf8_lossy(&message).replace('\n', "\r\n").into_bytes();
        let (one, other) = (mailbox::read(&message, SEEN_AT), mailbox::read(&with_crlf, SEEN_AT));
        let titles = |alert: &Alert| alert.records.iter().map(|record| (record.title.clone(), record.links.clone())).collect::<Vec<_>>();
        assert_eq!(titles(&one), titles(&other), "{}", folder.display());
    }
}

/// Neither depth nor number makes a message take long. Seconds of this thread's own time, with room for a slow machine.
#[test]
fn no_message_takes_long() {
    let head = |kind: &str| format!("From: a@b.example\nMessage-ID: <1@b.example>\nContent-Type: {kind}\n\n");
    let many = |text: &dyn Fn(usize) -> String, count: usize| (0..count).map(text).collect::<String>();
    let messages = [
        ("deep", head("text/html") + &"<div>".repeat(200_000)),
        ("links of one block", head("text/html") + "<p>" + &many(&|at| format!("<a href=\"https://a.example/{at}\">here</a> "), 20_000)),
        ("one link again and again", head("text/html") + &"<p><a href=\"https://a.example/1\">here</a>".repeat(20_000)),
        ("formatting never closed", head("text/html") + &many(&|at| format!("<b x={at}>"), 4_000) + &"<p>x".repeat(4_000)),
        ("one line", head("text/plain") + &many(&|at| format!("https://a.example/{at} "), 50_000)),
        ("brackets", head("text/plain") + "https://a.example/" + &"(".repeat(500_000) + &")".repeat(500_000)),
        ("parts", head("multipart/mixed; boundary=x") + &"--x\nContent-Type: text/html\n\n<p>a\n".repeat(20_000)),
        ("messages in messages", many(&|_| head("message/rfc822"), 5_000)),
        ("counters of counters", head("text/plain") + "https://a.example/?u=" + &"https%3A%2F%2Fb.example%2F%3Fu%3D".repeat(20_000)),
    ];
    for (name, message) in messages {
        let started = cpu_time::ThreadTime::now();
        let alert = mailbox::read(message.as_bytes(), SEEN_AT);
        let took = started.elapsed();
        println!("{name}: {took:?}, {} records", alert.records.len());
        assert!(took.as_secs() < 10, "{name}: {took:?}");
    }
}

proptest! {
    /// Alerts cut short or damaged are read, with keys that are each another.
    #[test]
    fn whatever_comes_in_something_comes_out(case in 0usize..100, cut in 0.0..1.0f64, at in 0.0..1.0f64, with: Vec<u8>) {
        let cases = cases();
        let mut message = fs::read(cases[case % cases.len()].join("message.eml")).unwrap();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a small file")]
        let place = |share: f64, length: usize| (share * length as f64) as usize;
        message.truncate(place(cut, message.len()) + 1);
        let at = place(at, message.len());
        message.splice(at..at, with);
        let alert = mailbox::read(&message, SEEN_AT);
        let mut keys: Vec<&str> = alert.records.iter().map(|record| record.key.as_str()).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        prop_assert_eq!(keys.len(), count);
        for record in &alert.records {
            prop_assert!(record.link().is_some());
            prop_assert!(!record.title.contains(['\n', '\r']) && record.title.chars().count() <= 301);
            prop_assert!(record.published_at.is_none_or(|at| at <= SEEN_AT + 86_400_000));
        }
        prop_assert_eq!(mailbox::read(&message, SEEN_AT), alert);
    }
}
