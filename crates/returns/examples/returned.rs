//! Reads messages that came back and says what each is, then how many of what, and how fast:
//! `cargo run --release -p pulse-returns --example returned -- folder-or-file …`
//!
//! A file is a message. Nothing is kept or sent; it is for looking at one's own bounces before Pulse acts upon them.

#![expect(clippy::print_stdout, reason = "it is a program that prints")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use pulse_returns::{self as returns, Outcome, Returned, What};

fn main() -> std::io::Result<()> {
    let mut files = vec![];
    for argument in std::env::args_os().skip(1) {
        find(Path::new(&argument), &mut files)?;
    }
    files.sort();
    let messages = files.iter().map(std::fs::read).collect::<Result<Vec<_>, _>>()?;
    let started = Instant::now();
    let returned: Vec<Returned> = messages.iter().map(|message| returns::read(message, None)).collect();
    let took_s = started.elapsed().as_secs_f64();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (file, returned) in files.iter().zip(&returned) {
        let lines = describe(returned);
        println!("{}", file.display());
        for (kind, line) in lines {
            println!("    {line}");
            *counts.entry(kind).or_default() += 1;
        }
    }
    println!();
    for (kind, count) in counts {
        println!("{count:6} {kind}");
    }
    let bytes: usize = messages.iter().map(Vec::len).sum();
    println!("{} messages, {} kB, {:.0} messages/s", files.len(), bytes / 1024, files.len() as f64 / took_s.max(1e-9));
    Ok(())
}

fn find(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        find(&entry?.path(), files)?;
    }
    Ok(())
}

/// What a message is, in short for counting and in a line for reading; a line a recipient.
fn describe(returned: &Returned) -> Vec<(String, String)> {
    match &returned.what {
        What::Report(outcomes) => outcomes.iter().map(outcome).collect(),
        What::Complaint(complaint) => vec![("complaint".to_owned(), format!("complaint: {:?}", complaint.feedback))],
        What::Automatic => vec![("automatic reply".to_owned(), "automatic reply".to_owned())],
        What::ForPeople(why) => vec![(format!("for people: {why:?}"), format!("for people: {why:?} | {}", returned.subject))],
    }
}

fn outcome(outcome: &Outcome) -> (String, String) {
    let kind = format!("{} {}", outcome.class.as_str(), outcome.reason.as_str());
    let address = outcome.address.as_ref().map_or("-", |address| address.as_str());
    let status = outcome.status.map_or("-".to_owned(), |status| status.to_string());
    let reply = outcome.reply.map_or("-".to_owned(), |reply| reply.to_string());
    let line = format!("{address} {:?} {kind} {status} {reply} | {}", outcome.action, outcome.diagnostic);
    (kind, line)
}
