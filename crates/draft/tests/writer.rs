//! Whatever is at the address of a language model, the one who asks gets an answer or a reason, in time.

#![expect(clippy::unwrap_used, reason = "what fails here fails a test")]

use std::time::Duration;

use pulse_draft::rewrite::Question;
use pulse_draft::writer::{Settings, Writer, WriterError, Written};
use pulse_testkit::web_server::{Page, Site, WebServer};

const PATH: &str = "/v1/chat/completions";

fn question() -> Question {
    Question { task: "Rewrite.".into(), points: "[]".into() }
}

fn writer(server: &WebServer, key: Option<&str>) -> Writer {
    let address = server.url("/v1").parse().unwrap();
    Writer::new(Settings { address, model: "quill-2".into(), timeout_s: 1 }, key).unwrap()
}

async fn ask(page: Page) -> Result<Written, WriterError> {
    let server = WebServer::start(Site::new().page(PATH, page)).await.unwrap();
    let writer = writer(&server, Some("secret-key"));
    let asked = writer.ask(writer.request(&question()).0).await;
    let requests = server.requests();
    assert_eq!(requests.len(), 1, "one question, one request");
    assert_eq!((requests[0].method.as_str(), requests[0].header("authorization")), ("POST", Some("Bearer secret-key")));
    asked
}

fn json(text: &str) -> Page {
    Page::new("application/json", text.to_owned())
}

#[tokio::test]
async fn an_answer_comes_with_its_tokens() {
    let written =
        ask(json(r#"{"choices":[{"message":{"role":"assistant","content":"Waits grew."}}],"usage":{"prompt_tokens":70,"completion_tokens":4}}"#)).await;
    assert_eq!(written.unwrap(), Written { text: "Waits grew.".into(), tokens: Some((70, 4)) });
    let written = ask(json(r#"{"choices":[{"message":{"content":"Waits grew."}}]}"#)).await.unwrap();
    assert_eq!(written.tokens, None);
}

#[tokio::test]
async fn what_is_no_answer_is_named() {
    let endless = Page::new("application/json", "{".repeat(1 << 16)).endless();
    for (page, expected) in [
        (Page::html("<!doctype html><p>Welcome"), "what 127.0.0.1 answered is a web page, and no answer of a language model"),
        (json("{\"points\": []}"), "what 127.0.0.1 answered is JSON of another kind, and no answer of a language model"),
        (json("{\"choices\": []}"), "what 127.0.0.1 answered is empty, and no answer of a language model"),
        (json(""), "what 127.0.0.1 answered is empty, and no answer of a language model"),
        (endless, "what 127.0.0.1 answered is larger than a megabyte, and no answer of a language model"),
        (Page::status(401).bytes("{\"error\": \"no such key\"}"), "the language model at 127.0.0.1 refused: 401 {\"error\": \"no such key\"}"),
        (Page::status(502).bytes("<html><h1>Bad gateway"), "the language model at 127.0.0.1 refused: 502 (a web page)"),
        (Page::redirect(302, "/elsewhere"), "the language model at 127.0.0.1 refused: 302 "),
        (json("{}").after(Duration::from_secs(60)), "the language model at 127.0.0.1 did not answer within 1 s"),
        (json("{\"choices\": [").cut(5), "no answer from the language model at 127.0.0.1"),
    ] {
        let error = ask(page).await.unwrap_err().to_string();
        assert_eq!(error, expected);
        assert!(!error.contains("secret-key"));
    }
}

#[tokio::test]
async fn nobody_there() {
    let server = WebServer::start(Site::new()).await.unwrap();
    let writer = writer(&server, None);
    drop(server);
    let asked = writer.ask(writer.request(&question()).0).await;
    assert!(matches!(asked, Err(WriterError::Unreachable { .. } | WriterError::Silent { .. })), "{asked:?}");
}

#[test]
fn a_key_is_not_sent_in_the_clear() {
    let settings = |address: &str| Settings { address: address.parse().unwrap(), model: "quill-2".into(), timeout_s: 1 };
    assert!(Writer::new(settings("http://models.example/v1"), Some("k")).is_err());
    assert!(Writer::new(settings("http://localhost:8080/v1"), Some("k")).is_ok());
    assert!(Writer::new(settings("https://models.example/v1"), Some("k")).is_ok());
    assert!(Writer::new(settings("https://models.example/v1"), Some("k\r\nx: y")).is_err());
    assert!(Writer::new(settings("mailto:models@models.example"), None).is_err());
    let writer = Writer::new(settings("https://models.example/v1"), Some("secret-key")).unwrap();
    assert!(!format!("{writer:?}").contains("secret-key"));
    assert!(!writer.request(&question()).0.contains("secret-key"));
}
