//! The scripted mail server, judged by a client that is not ours.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::process::Stdio;

use pulse_testkit::smtp_server::{Script, SmtpServer};

/// Exit code and transcript of swaks; nothing when there is none.
async fn swaks(port: u16, more: &[&str]) -> Option<(i32, String)> {
    let mut command = tokio::process::Command::new("swaks");
    command.args(["--server", "127.0.0.1", "--port", &port.to_string(), "--ehlo", "pulse.example", "--from", "a@news.example"]);
    command.args(more).stdin(Stdio::null());
    match command.output().await {
        Ok(output) => Some((output.status.code().unwrap(), String::from_utf8_lossy(&output.stdout).into_owned())),
        Err(_) => {
            println!("skipped: there is no swaks");
            None
        }
    }
}

#[tokio::test]
async fn another_client_is_served_as_by_any_server() {
    let server = SmtpServer::start(Script::parse("RCPT gone@: 550 5.1.1 nobody").unwrap()).await.unwrap();
    let data = "Subject: May\\n\\n.hidden\\nbye\\n";
    for pipeline in [&["--pipeline"][..], &[]] {
        let arguments = [pipeline, &["--to", "gone@reader.example,ada@reader.example", "--data", data]].concat();
        let Some((code, transcript)) = swaks(server.port(), &arguments).await else { return };
        assert_eq!(code, 0, "{transcript}");
        assert!(transcript.contains("250 2.0.0 taken"), "{transcript}");
    }
    // swaks exits with 24 when no recipient is taken.
    let (code, transcript) = swaks(server.port(), &["--to", "gone@reader.example", "--data", data]).await.unwrap();
    assert_eq!(code, 24, "{transcript}");

    let kept = server.messages();
    assert_eq!(kept.len(), 2);
    for message in kept {
        assert_eq!((message.mail.as_str(), message.rcpt), ("<a@news.example>", vec!["<ada@reader.example>".to_owned()]));
        assert!(message.bytes.starts_with(b"Subject: May\r\n\r\n.hidden\r\nbye\r\n"), "{:?}", String::from_utf8_lossy(&message.bytes));
    }
}
