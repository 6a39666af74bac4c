//! The command line as a person uses it: each folder under `cases` holds input files, `commands.txt` with one command on
//! each line, and `transcript.txt`: what is said (lines on the standard error begin with `! `) and how it ended.
//!
//! `UPDATE_EXPECT=1 cargo test -p pulse` rewrites the transcripts; they are read in review.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};

#[test]
fn what_is_said_is_what_the_transcripts_say() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut folders: Vec<_> = std::fs::read_dir(&cases).unwrap().map(|case| case.unwrap().path()).collect();
    folders.sort();
    assert!(!folders.is_empty());
    let mut stale = Vec::new();
    for case in folders {
        let said = transcript(&case);
        let expected = case.join("transcript.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &said).unwrap();
        }
        if said != std::fs::read_to_string(&expected).unwrap_or_default() {
            stale.push(format!("{}\n{said}", case.display()));
        }
    }
    assert!(stale.is_empty(), "these transcripts say something else now:\n{}", stale.join("\n"));
}

/// Runs the commands of a case in a copy of its folder.
fn transcript(case: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(case).unwrap().map(|file| file.unwrap().path()) {
        std::fs::copy(&file, folder.path().join(file.file_name().unwrap())).unwrap();
    }
    let mut said = String::new();
    for command in std::fs::read_to_string(case.join("commands.txt")).unwrap().lines().filter(|line| !line.is_empty()) {
        let output = pulse(folder.path(), &words(command));
        writeln!(said, "$ {command}").unwrap();
        said.push_str(&String::from_utf8_lossy(&output.stdout));
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            writeln!(said, "! {line}").unwrap();
        }
        writeln!(said, "= {}\n", output.status.code().unwrap()).unwrap();
    }
    without_moments(&said)
}

fn pulse(folder: &Path, words: &[String]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pulse"));
    for name in ["PULSE_DATA", "PULSE_DATABASE", "PULSE_SITE", "PULSE_LISTEN", "PULSE_LOG"] {
        command.env_remove(name);
    }
    // `pulse` stands in front for the reader of a case.
    command.args(&words[1..]).current_dir(folder).output().unwrap()
}

/// Splits at spaces, except between double quotes.
fn words(command: &str) -> Vec<String> {
    let words = command.split('"').enumerate().flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.collect()
}

/// Takes out what differs from run to run or from machine to machine.
fn without_moments(said: &str) -> String {
    let lines = said.lines().map(|line| match line.split_once(" UTC  ") {
        Some((_, rest)) => format!("  (time)  {rest}"),
        None if line.starts_with("ok    disk space: ") => "ok    disk space: (size) free".to_owned(),
        None if line.starts_with("ok    database: SQLite ") => {
            format!("ok    database: SQLite (version), {}", line.split_once(", ").unwrap().1)
        }
        None => line.to_owned(),
    });
    lines.map(|line| line + "\n").collect()
}
