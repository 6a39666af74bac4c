//! `pulse doctor mail` against a name server of this machine: what is published for a digest is what it asks for.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::path::Path;
use std::process::{Command, Output};

use pulse_testkit::dns_server::{DnsServer, Zone};

const DIGEST: &str =
    "slug = \"lantern\"\nname = \"Lantern\"\n\n[sender]\naddress = \"lantern@post.quay.example\"\nreturn_domain = \"bounce.post.quay.example\"\n";

fn pulse(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_pulse")).args(words).current_dir(folder).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// What the command asks for, published as it says, satisfies it.
#[tokio::test(flavor = "multi_thread")]
async fn publishing_what_it_says_makes_it_content() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("digest.toml"), DIGEST).unwrap();
    assert!(pulse(folder.path(), &["init", "--digest", "digest.toml"]).status.success());
    assert!(pulse(folder.path(), &["dkim", "new", "post.quay.example"]).status.success());
    let zone = "mail.quay.example A 192.0.2.10\npost.quay.example MX 10 mail.quay.example\n10.2.0.192.in-addr.arpa PTR mail.quay.example\n";
    let server = DnsServer::start(Zone::parse(zone).unwrap()).await.unwrap();
    let ask = |resolver: String| {
        let folder = folder.path().to_owned();
        tokio::task::spawn_blocking(move || pulse(&folder, &["doctor", "mail", "--resolver", &resolver, "--ip", "192.0.2.10", "--json"]))
    };
    let first = ask(server.address().to_string()).await.unwrap();
    assert_eq!(first.status.code(), Some(1), "{}", said(&first));
    let found: serde_json::Value = serde_json::from_slice(&first.stdout).unwrap();
    let findings = found["senders"][0]["findings"].as_array().unwrap();
    let mut published = zone.to_owned();
    for record in findings.iter().flat_map(|finding| finding["publish"].as_array().into_iter().flatten()) {
        let value = match record["strings"].as_array() {
            Some(strings) => strings.iter().map(|string| format!("{string} ")).collect(),
            None => record["value"].as_str().unwrap().to_owned(),
        };
        published += &format!("{} {} {value}\n", record["name"].as_str().unwrap(), record["type"].as_str().unwrap());
    }
    assert!(published.lines().count() > zone.lines().count() + 4, "{published}");
    let server = DnsServer::start(Zone::parse(&published).unwrap()).await.unwrap();
    let second = ask(server.address().to_string()).await.unwrap();
    assert_eq!(second.status.code(), Some(0), "{}\n{published}", said(&second));
    assert!(!said(&second).contains("\"warn\""), "{}", said(&second));

    // An address that is announced is looked at too, before anything comes from it.
    let announced = ["sender", "announce", "lantern", "lantern@news.quay.example", "--from", "2999-09", "--by", "Ada Okafor"];
    assert!(pulse(folder.path(), &announced).status.success());
    let third = ask(server.address().to_string()).await.unwrap();
    assert_eq!(third.status.code(), Some(1), "{}", said(&third));
    let found: serde_json::Value = serde_json::from_slice(&third.stdout).unwrap();
    let senders: Vec<_> = found["senders"].as_array().unwrap().iter().map(|of| (of["address"].as_str(), of["from"].as_str())).collect();
    assert_eq!(senders, [(Some("lantern@post.quay.example"), None), (Some("lantern@news.quay.example"), Some("2999-09"))]);
}

#[test]
fn no_sender_is_said() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("digest.toml"), "slug = \"lantern\"\nname = \"Lantern\"\n").unwrap();
    assert!(pulse(folder.path(), &["init", "--digest", "digest.toml"]).status.success());
    let output = pulse(folder.path(), &["doctor", "mail"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).starts_with("error: no digest has a sender\n"), "{}", said(&output));
}
