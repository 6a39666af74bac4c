//! The scripted web server, asked without any client's help.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use pulse_testkit::web_server::farm::Farm;
use pulse_testkit::web_server::{Page, Site, WebServer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What the server sends for one request, until it closes the connection.
async fn ask(server: &WebServer, host: &str, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n").as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is reset has said what it had to say.
    _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[tokio::test]
async fn a_folder_is_served_and_known_again() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("news")).unwrap();
    std::fs::write(folder.path().join("feed.atom"), "<feed/>").unwrap();
    std::fs::write(folder.path().join("news/index.html"), "<p>news</p>").unwrap();
    let server = WebServer::start(Site::folder(folder.path()).unwrap()).await.unwrap();
    let feed = ask(&server, "a.example", "/feed.atom?x=1", "").await;
    assert!(feed.contains("content-type: application/atom+xml") && feed.ends_with("<feed/>"), "{feed}");
    let tag = feed.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    assert_eq!(status(&ask(&server, "a.example", "/feed.atom", &format!("If-None-Match: {tag}\r\n")).await), "304");
    assert!(ask(&server, "a.example", "/news/", "").await.ends_with("<p>news</p>"));
    assert_eq!(status(&ask(&server, "a.example", "/news", "").await), "404");
    assert_eq!((server.count("/feed.atom"), server.requests().len()), (1, 4));
    assert_eq!(server.requests()[1].header("if-none-match"), Some(tag));
}

#[tokio::test]
async fn hosts_steps_and_faults_are_as_they_were_told() {
    let site = Site::new()
        .page("//a.example/", Page::text("a"))
        .page("/", Page::text("any"))
        .page("/search?q=x", Page::text("x"))
        .steps("/steps", [Page::status(503), Page::redirect(301, "/")])
        .page("/cut", Page::text("0123456789").cut(4))
        .page("/gone", Page::text("x").cut(0))
        .otherwise(|request| request.path.strip_prefix("/api/").map(|rest| Page::text(rest.to_owned())));
    let server = WebServer::start(site).await.unwrap();
    for (host, path, end) in [
        ("a.example:80", "/", "\r\na"),
        ("b.example", "/", "any"),
        ("b.example", "/search?q=x", "\r\nx"),
        ("b.example", "/api/y?z", "\r\ny?z"),
        ("b.example", "/cut", "\r\n0123"),
    ] {
        let answer = ask(&server, host, path, "").await;
        assert!(answer.ends_with(end), "{host}{path}: {answer}");
    }
    let mut steps = Vec::new();
    for _ in 0..3 {
        steps.push(status(&ask(&server, "b.example", "/steps", "").await).to_owned());
    }
    assert_eq!(steps, ["503", "301", "301"]);
    assert_eq!(ask(&server, "b.example", "/gone", "").await, "");
}

#[tokio::test]
async fn a_farm_has_as_many_feeds_and_faults_as_it_says() {
    let farm = Farm { feeds: 300, slow_percent: 0, failing_percent: 10, ..Farm::default() };
    let server = WebServer::start(farm.site()).await.unwrap();
    let (mut good, mut failing) = (0, 0);
    for host in farm.hosts(server.address().port()) {
        let answer = ask(&server, &host, "/feed.xml", "").await;
        good += usize::from(answer.matches("<entry>").count() == 20);
        failing += usize::from(matches!(status(&answer), "500" | "503" | ""));
    }
    assert_eq!(good + failing, 300);
    assert!((15..=45).contains(&failing), "{failing}");
    assert_eq!(status(&ask(&server, "127.1.1.51:80", "/feed.xml", "").await), "404");
}
