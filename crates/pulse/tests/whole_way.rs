//! What a transcript cannot show: files that are made, a server that is stopped, a reader who leaves early.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

fn pulse() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pulse"));
    for name in ["PULSE_DATA", "PULSE_DATABASE", "PULSE_SITE", "PULSE_LISTEN", "PULSE_LOG"] {
        command.env_remove(name);
    }
    command
}

#[test]
fn the_demo_makes_every_output() {
    let folder = tempfile::tempdir().unwrap();
    let output = pulse().args(["demo", "--out", "made", "--no-serve"]).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("Tidemark, May 2026: from edition.md to its readers"), "{said}");
    assert!(std::fs::read_to_string(folder.path().join("made/mail.txt")).unwrap().contains("Tidemark"));
    let beginnings: [(&str, &[u8]); 8] = [
        ("mail.html", b"<!DOCTYPE html"),
        ("page.html", b"<!DOCTYPE html"),
        ("edition.pdf", b"%PDF-"),
        ("edition.docx", b"PK"),
        ("edition.md", b"<!-- pulse:edition"),
        ("edition.json", b"{"),
        ("feed.atom", b"<?xml"),
        ("import.txt", b"    1  "),
    ];
    for (name, beginning) in beginnings {
        let bytes = std::fs::read(folder.path().join("made").join(name)).unwrap();
        let starts_well = bytes.len() >= beginning.len() && bytes[..beginning.len()].eq_ignore_ascii_case(beginning);
        assert!(starts_well, "{name} begins with {:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)]));
        assert!(said.contains(name), "{name} is not listed in:\n{said}");
    }
}

#[test]
fn the_demo_sends_to_readers_who_do_not_exist() {
    let folder = tempfile::tempdir().unwrap();
    let demo = || said(pulse().args(["demo", "--out", ".", "--no-serve"]).current_dir(folder.path()));
    let first = demo();
    for words in [
        "453  were to get it",
        "8  were not: unconfirmed",
        "13  were not: left",
        "1  were not: suppressed",
        "21  were not: not this edition",
        "the message to this reader had ",
        "no such mailbox",
        "The address stays for now.",
    ] {
        assert!(first.contains(words), "{words}:\n{first}");
    }
    // Whoever leaves in the middle is last in the queue; only on a machine that is very busy does the message go first.
    let sent = if first.contains("had not begun and never went") { 449 } else { 450 };
    assert!(first.contains(&format!("{sent} sent, 3 failed")), "{first}");
    // Who got it, and the eight who were asked to confirm.
    assert_eq!(std::fs::read_dir(folder.path().join("demo-data/outbox/new")).unwrap().count(), sent + 3 + 8);
    let second = demo();
    assert!(second.contains("  were not: already sent") && second.contains("  were not: bounced"), "{second}");
}

#[test]
fn a_public_server_has_no_outbox() {
    let folder = tempfile::tempdir().unwrap();
    assert!(pulse().args(["demo", "--out", ".", "--no-serve"]).current_dir(folder.path()).status().unwrap().success());
    let (mut child, address) = serving(pulse().args(["--data", "demo-data", "serve", "--listen", "127.0.0.1:0"]).current_dir(folder.path()));
    let outbox = get(&address, "/outbox");
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(outbox.starts_with("HTTP/1.1 404"), "{outbox}");
}

#[test]
fn the_demo_can_be_run_again_in_the_same_folder() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let output = pulse().args(["demo", "--out", ".", "--no-serve"]).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_demo_can_be_run_again_with_a_corrected_edition() {
    let folder = tempfile::tempdir().unwrap();
    let may = include_str!("cases/first-import/may.md");
    for text in [may.to_owned(), may.replace("412 cases", "413 cases")] {
        std::fs::write(folder.path().join("may.md"), &text).unwrap();
        let output = pulse().args(["demo", "--edition", "may.md", "--out", ".", "--no-serve"]).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(std::fs::read_to_string(folder.path().join("mail.txt")).unwrap().contains("413 cases"));
    // A data folder of the person's own would have this name.
    assert!(!folder.path().join("pulse-data").exists());
}

#[test]
fn what_pulse_writes_it_reads_again() {
    let folder = tempfile::tempdir().unwrap();
    assert!(pulse().args(["demo", "--out", ".", "--no-serve"]).current_dir(folder.path()).status().unwrap().success());
    for name in ["edition.md", "edition.json"] {
        let output = pulse().args(["--data", "demo-data", "import", name]).current_dir(folder.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(said.contains(": unchanged"), "{name}: {said}{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn several_editions_as_json_are_one_to_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let may = include_str!("cases/first-import/may.md");
    std::fs::write(folder.path().join("may.md"), may).unwrap();
    std::fs::write(folder.path().join("june.md"), may.replace("May 2026", "June 2026")).unwrap();
    let output = pulse().args(["import", "--dry-run", "--json", "may.md", "june.md"]).current_dir(folder.path()).output().unwrap();
    let editions: Vec<serde_json::Value> = String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let months: Vec<&str> = editions.iter().map(|edition| edition["month"].as_str().unwrap()).collect();
    assert_eq!(months, ["2026-05", "2026-06"]);
    assert!(!folder.path().join("pulse-data").exists());
}

#[test]
fn a_reader_who_leaves_early_is_no_failure() {
    let mut child = pulse().args(["completions", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "");
    assert!(child.wait().unwrap().success());
}

#[test]
fn what_comes_through_a_pipe_is_imported() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = pulse().args(["import", "-"]).current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(include_bytes!("cases/first-import/may.md")).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.starts_with("standard input: Evidence Digest, May 2026 (evidence-digest 2026-05): imported\n"), "{said}");
}

#[test]
fn the_database_is_one_file_when_a_command_ends() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("may.md"), include_str!("cases/first-import/may.md")).unwrap();
    assert!(pulse().args(["import", "may.md"]).current_dir(folder.path()).status().unwrap().success());
    let mut names: Vec<_> = std::fs::read_dir(folder.path().join("pulse-data")).unwrap().map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["digests", "pulse.db", "pulse.toml"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_behind_the_output_is_said() {
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = pulse().args(["completions", "bash"]).stdout(full()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("No space left on device") && said.contains("what to do: Make room on the disk"), "{said}");
    assert_eq!(output.status.code(), Some(1));
    // With nowhere to complain to, the exit code is all that is left.
    assert_eq!(pulse().args(["import", "missing.md"]).stderr(full()).status().unwrap().code(), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_without_end_is_given_up() {
    let output = pulse().args(["import", "--dry-run", "/dev/zero"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("/dev/zero was not imported"));
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn manual_pages_and_completions_know_every_command() {
    let folder = tempfile::tempdir().unwrap();
    assert!(pulse().args(["man", "--out"]).arg(folder.path()).status().unwrap().success());
    for name in ["pulse.1", "pulse-import.1", "pulse-edition-render.1", "pulse-demo.1"] {
        assert!(folder.path().join(name).exists(), "{name}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = pulse().args(["completions", shell]).output().unwrap();
        assert!(String::from_utf8_lossy(&output.stdout).contains("publisher"), "{shell}");
    }
}

#[cfg(unix)]
#[test]
fn the_server_serves_and_stops_when_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let (mut child, address) = serving(pulse().args(["demo"]).env("TMPDIR", folder.path()));
    let page = get(&address, "/tidemark/2026-05");
    assert!(page.starts_with("HTTP/1.1 200 OK"), "{}", page.lines().next().unwrap_or_default());
    assert!(page.contains("Tidemark"));
    let outbox = get(&address, "/outbox");
    assert!(outbox.starts_with("HTTP/1.1 200 OK") && outbox.contains("Page 1 of 10"), "{outbox}");
    let (_, rest) = outbox.split_once("href=\"/outbox/").unwrap();
    let message = format!("/outbox/{}", rest.split('"').next().unwrap());
    let shown = get(&address, &message);
    assert!(shown.contains("<dt>List-Unsubscribe</dt>") || shown.contains("Please confirm"), "{shown}");
    let part = get(&address, &format!("{message}/message.html"));
    assert!(part.contains("content-security-policy: sandbox "), "{part}");
    // Under another name, the same server knows of no outbox.
    assert!(ask(&address, "/outbox", "digest.example.org").starts_with("HTTP/1.1 404"));
    assert!(ask(&address, "/outbox", "localhost").starts_with("HTTP/1.1 200"));
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the folder of the demo goes with it");
}

#[cfg(unix)]
#[test]
fn a_port_that_is_taken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert!(pulse().arg("init").current_dir(folder.path()).status().unwrap().success());
    let output = pulse().args(["serve", "--listen", &address]).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains(&format!("another program listens on {address} already")), "{said}");
    assert_eq!(output.status.code(), Some(1));
}

/// Starts a server and waits until it says where it is.
fn serving(command: &mut Command) -> (Child, String) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // Lines that are set in say what the demo harvested from, not where it is.
    let address = lines.map_while(Result::ok).filter(|line| !line.starts_with(' ')).find_map(|line| {
        let (_, rest) = line.split_once("http://")?;
        Some(rest.split('/').next()?.to_owned())
    });
    (child, address.unwrap())
}

fn get(address: &str, path: &str) -> String {
    ask(address, path, address)
}

/// Asks the server at an address under some name.
fn ask(address: &str, path: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_environment_is_stronger_than_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("pulse-data");
    assert!(pulse().arg("init").current_dir(folder.path()).status().unwrap().success());
    let elsewhere = folder.path().join("elsewhere.db");
    std::fs::write(data.join("pulse.toml"), format!("database = '{}'\n", elsewhere.display())).unwrap();
    assert!(pulse().args(["init", "--digest", "weekly-links"]).current_dir(folder.path()).status().unwrap().success());
    assert!(said(pulse().args(["digest", "list"]).current_dir(folder.path())).starts_with("weekly-links"));
    let own = format!("sqlite:{}", Path::new("pulse-data/pulse.db").display());
    assert!(said(pulse().args(["digest", "list"]).env("PULSE_DATABASE", own).current_dir(folder.path())).contains("evidence-digest"));
}

fn said(command: &mut Command) -> String {
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}
