//! A draft of a campaign in listmonk: what is asked is what its documentation asks for
//! (<https://listmonk.app/docs/apis/campaigns/>), and each way of failing is told from the others.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use pulse_access::SecretSource;
use pulse_deliver::handover::listmonk::{Campaign, ListmonkError, Settings, create};
use pulse_testkit::smtp_server::{Script, SmtpServer};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const CAMPAIGN: Campaign<'_> = Campaign {
    name: "lantern 2026-05",
    subject: "Lantern, May 2026",
    html: "<p><a href=\"{{ UnsubscribeURL }}\">Leave</a></p>",
    text: "Leave: {{ UnsubscribeURL }}",
};

/// What a server does with a request.
enum Act {
    Say(u16, &'static str),
    HangUp,
    Stall,
}

fn settings(url: String, token: &std::path::Path) -> Settings {
    let token = SecretSource::File(token.to_owned());
    Settings { url, user: "pulse".into(), token, lists: vec![3, 5], template: Some(7), ca_file: None, timeout_s: 1 }
}

/// One request to a server that acts; what came of it, and what the server was asked.
async fn asked(act: Act) -> (Result<u64, ListmonkError>, String, Value) {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "s3cret\n").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = settings(format!("http://{}", listener.local_addr().unwrap()), &token);
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        let (head, body) = loop {
            let mut more = [0; 4096];
            let read = stream.read(&mut more).await.unwrap();
            request.extend(&more[..read]);
            let text = String::from_utf8_lossy(&request).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length: usize = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok()).unwrap();
            if body.len() >= length {
                break (head.to_owned(), serde_json::from_str(body).unwrap());
            }
        };
        match act {
            Act::Say(status, words) => {
                let answer = format!("HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{words}", words.len());
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
            Act::HangUp => {}
            Act::Stall => tokio::time::sleep(std::time::Duration::from_secs(5)).await,
        }
        (head, body)
    });
    let made = create(&settings, &CAMPAIGN).await;
    if matches!(made, Err(ListmonkError::Silent { .. })) {
        server.abort();
        return (made, String::new(), Value::Null);
    }
    let (head, body) = server.await.unwrap();
    (made, head, body)
}

#[tokio::test]
async fn what_listmonk_documents_is_what_is_asked() {
    let (made, head, body) = asked(Act::Say(200, r#"{"data":{"id":12,"uuid":"90c889cc","status":"draft","lists":[{"id":3,"name":"x"}]}}"#)).await;
    assert_eq!(made.unwrap(), 12);
    let mut lines = head.lines();
    assert_eq!(lines.next(), Some("POST /api/campaigns HTTP/1.1"));
    let headers: Vec<String> = lines.map(str::to_lowercase).collect();
    for header in ["authorization: token pulse:s3cret", "content-type: application/json; charset=utf-8"] {
        assert!(headers.iter().any(|line| line == header), "{header}: {headers:?}");
    }
    let expected = json!({
        "name": "lantern 2026-05", "subject": "Lantern, May 2026", "lists": [3, 5], "type": "regular", "content_type": "html", "messenger": "email",
        "body": CAMPAIGN.html, "altbody": CAMPAIGN.text, "template_id": 7, "tags": ["pulse"],
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn each_failure_is_told_from_the_others() {
    let said = async |act| asked(act).await.0.unwrap_err();
    let error = said(Act::Say(403, r#"{"message":"invalid API credentials"}"#)).await;
    assert_eq!(error.to_string(), "127.0.0.1 does not let pulse make campaigns: 403 invalid API credentials");
    assert!(matches!(said(Act::Say(401, "<html>")).await, ListmonkError::NotAllowed { status: 401, .. }));
    let error = said(Act::Say(500, "{\"message\":\"no such\\r\\n list\"}")).await;
    assert_eq!(error.to_string(), "127.0.0.1 refused the campaign: 500 no such list");
    // A page that is not listmonk's, a redirect, and JSON of another shape.
    for (status, words) in [(200, "<!DOCTYPE html>"), (200, r#"{"data":true}"#), (200, r#"{"data":{"id":-1}}"#)] {
        assert!(matches!(said(Act::Say(status, words)).await, ListmonkError::NotListmonk { .. }), "{words}");
    }
    assert!(matches!(said(Act::Say(302, "")).await, ListmonkError::Refused { status: 302, .. }));
    assert!(matches!(said(Act::HangUp).await, ListmonkError::BrokeOff { .. }));
    assert!(matches!(said(Act::Stall).await, ListmonkError::Silent { seconds: 1, .. }));
}

#[tokio::test]
async fn nothing_goes_out_before_all_is_well() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    // Nobody listens there: whatever is wrong is found before.
    let at = |url: &str| settings(url.to_owned(), &token);
    let said = async |settings: Settings| create(&settings, &CAMPAIGN).await.unwrap_err();
    assert!(matches!(said(at("http://127.0.0.1:1")).await, ListmonkError::Token(_)));
    std::fs::write(&token, "one\ntwo").unwrap();
    assert!(matches!(said(at("http://127.0.0.1:1")).await, ListmonkError::Login));
    std::fs::write(&token, "s3cret").unwrap();
    assert!(matches!(said(Settings { lists: Vec::new(), ..at("http://127.0.0.1:1") }).await, ListmonkError::NoLists));
    assert!(matches!(said(at("http://lists.example.org")).await, ListmonkError::NotSecured { .. }));
    let error = said(at("http://127.0.0.1:1")).await;
    assert!(matches!(error, ListmonkError::Unreachable { .. }), "{error}");
    assert!(!format!("{error:?}").contains("s3cret"));
}

/// A mail server stands in for one that speaks TLS: the token goes to whoever shows the right certificate, and to nobody else.
#[tokio::test]
async fn a_certificate_is_believed_or_nothing_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (token, ca) = (folder.path().join("token"), folder.path().join("ca.pem"));
    std::fs::write(&token, "s3cret").unwrap();
    for (certificate, is_believed) in [("good", true), ("wrong-name", false), ("unknown-authority", false), ("expired", false)] {
        let server = SmtpServer::start(Script::parse(&format!("tls: implicit\ncertificate: {certificate}")).unwrap()).await.unwrap();
        std::fs::write(&ca, server.authority_pem()).unwrap();
        let settings = Settings { ca_file: Some(ca.clone()), ..settings(format!("https://127.0.0.1:{}", server.port()), &token) };
        let error = create(&settings, &CAMPAIGN).await.unwrap_err();
        assert_eq!(matches!(error, ListmonkError::BrokeOff { .. } | ListmonkError::Silent { .. }), is_believed, "{certificate}: {error:?}");
        assert_eq!(matches!(error, ListmonkError::Unreachable { .. }), !is_believed, "{certificate}: {error:?}");
        assert!(is_believed || server.commands().is_empty(), "{certificate}: {:?}", server.commands());
    }
}
