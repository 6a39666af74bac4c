//! What is said of a set-up: a folder is a case. `tests/cases/setup/zone.txt` is what DNS says when everything is right, and the
//! `zone.txt` of a case changes it; so does `setup.toml` with how messages leave. A real name server on this machine answers.
//!
//! `UPDATE_EXPECT=1` writes `findings.txt` anew; what it says then is to be checked by eye.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pulse_access::{TlsPolicy, Trust};
use pulse_deliver::dkim::Record;
use pulse_deliver::dns::{Answer, Kind, Question, Resolver, Value};
use pulse_deliver::setup::{Finding, Setup, Severity, examine, relay};
use pulse_deliver::smtp::{Server, Timeouts};
use pulse_testkit::dns_server::{DnsServer, Zone};
use pulse_testkit::smtp_server::{Script, SmtpServer};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/setup")
}

fn zone(case: &str) -> Zone {
    let mut zone = Zone::parse(&fs::read_to_string(folder().join("zone.txt")).unwrap()).unwrap();
    zone.change(&fs::read_to_string(folder().join(case).join("zone.txt")).unwrap_or_default()).expect(case);
    zone
}

fn setup(case: &str) -> Setup {
    let mut table: toml::Table = fs::read_to_string(folder().join("setup.toml")).unwrap().parse().unwrap();
    table.extend(fs::read_to_string(folder().join(case).join("setup.toml")).unwrap_or_default().parse::<toml::Table>().unwrap());
    let text = |name: &str| table[name].as_str().unwrap().to_owned();
    let list = |name: &str| -> Vec<String> { table[name].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect() };
    Setup {
        from_domain: text("from"),
        return_domain: text("return"),
        hello_name: Some(text("hello")),
        keys: table["keys"]
            .as_table()
            .unwrap()
            .iter()
            .rev()
            .map(|(name, value)| Record { name: name.clone(), value: value.as_str().unwrap().to_owned() })
            .collect(),
        relays: list("relays"),
        addresses: list("addresses").iter().map(|address| address.parse().unwrap()).collect(),
    }
}

fn described(findings: &[Finding]) -> String {
    let mut text = String::new();
    for finding in findings {
        writeln!(text, "{:?} {}: {}", finding.severity, finding.about, finding.message).unwrap();
        finding.advice.iter().for_each(|advice| writeln!(text, "    {advice}").unwrap());
        finding.publish.iter().for_each(|record| writeln!(text, "    > {record}").unwrap());
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_are_as_a_postmaster_would_say() {
    let mut cases: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap())
        .filter(|file| file.path().is_dir())
        .map(|file| file.file_name().into_string().unwrap())
        .collect();
    cases.sort();
    let mut tasks = tokio::task::JoinSet::new();
    for case in cases {
        tasks.spawn(async move {
            let server = DnsServer::start(zone(&case)).await.unwrap();
            let findings = examine(&setup(&case), &Resolver::at(server.address())).await;
            let is_bad = findings.iter().any(|finding| finding.severity > Severity::Advice);
            (case, described(&findings), is_bad)
        });
    }
    let mut wrong = Vec::new();
    for (case, found, is_bad) in tasks.join_all().await {
        let expected = folder().join(&case).join("findings.txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        let wanted = fs::read_to_string(&expected).unwrap_or_default();
        if found != wanted {
            wrong.push(format!("{case}: expected\n{wanted}found\n{found}"));
        }
        if case.starts_with("good") && is_bad {
            wrong.push(format!("{case} is not good:\n{found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_resolver_that_does_not_answer_is_said_within_seconds() {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let resolver = Resolver::at(socket.local_addr().unwrap());
    let findings = tokio::time::timeout(Duration::from_secs(6), examine(&setup("good"), &resolver)).await.unwrap();
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].severity, findings[0].message.as_str()), (Severity::Fail, &*format!("{} did not answer any question", resolver.name())));
}

#[tokio::test]
async fn nobody_at_the_port_is_said_at_once() {
    let resolver = {
        let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        Resolver::at(socket.local_addr().unwrap())
    };
    let findings = tokio::time::timeout(Duration::from_secs(2), examine(&setup("good"), &resolver)).await.unwrap();
    assert_eq!((findings.len(), findings[0].about.as_str()), (1, "resolver"));
}

#[tokio::test]
async fn what_does_not_fit_into_a_datagram_comes_over_a_connection() {
    let long = "x".repeat(200);
    let text: String = (0..10).map(|number| format!("long.example TXT \"{number}{long}\" \"end\"\n")).collect();
    let server = DnsServer::start(Zone::parse(&text).unwrap()).await.unwrap();
    let answer = Resolver::at(server.address()).ask(&Question::new(Kind::Txt, "Long.Example.")).await;
    let Answer::Records(values) = answer else { panic!("{answer:?}") };
    assert_eq!(values.len(), 10);
    assert!(values.contains(&Value::Text(format!("7{long}end"))));
    assert_eq!(server.questions(), ["UDP long.example TXT", "TCP long.example TXT"]);
}

#[tokio::test]
async fn a_relay_is_tried_without_a_message() {
    let server = SmtpServer::start(Script::parse("offer: STARTTLS PIPELINING\n").unwrap()).await.unwrap();
    let mut settings = Server {
        host: "localhost".to_owned(),
        port: server.port(),
        hello_name: "mail.skerrow.example".to_owned(),
        tls: TlsPolicy::Required,
        trust: Some(Trust::of_authorities(server.authority_pem().as_bytes()).unwrap()),
        login: None,
        timeouts: Timeouts::default(),
        messages_per_connection: 1,
    };
    let finding = relay(&settings).await;
    assert_eq!((finding.severity, finding.message.as_str()), (Severity::Ok, "answers through TLS with a certificate that is believed"));
    settings.trust = Some(Trust::of_system().unwrap());
    let finding = relay(&settings).await;
    assert_eq!(finding.severity, Severity::Fail);
    assert!(finding.message.contains("certificate of localhost is not to be believed"), "{}", finding.message);
    assert!(server.closed().await);
    assert!(server.messages().is_empty() && !server.commands().iter().any(|(_, line)| line.starts_with("MAIL")));
}
