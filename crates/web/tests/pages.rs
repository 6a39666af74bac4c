//! The pages of a small archive, asked as a browser asks: one published edition, one draft, words that look like mark-up.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, IF_NONE_MATCH, LOCATION};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use pulse_jobs::Site;
use pulse_jobs::post::{Post, PostSettings};
use pulse_model::edition::{Category, Sector};
use pulse_model::life::Step;
use pulse_model::{Block, Blocks, Digest, Edition, EditionKey, Entry, Slug, Text};
use pulse_store::{Conflict, Source, Store};
use pulse_web::Readers;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

const NOW: i64 = 1_780_000_000_000;

/// A store with its pages; the folder goes with it.
struct Archive {
    pages: Router,
    store: Store,
    folder: TempDir,
}

fn readers(folder: &Path) -> Readers {
    let post = Post::open(&PostSettings::default(), &folder.join("keys"), &folder.join("outbox"), NOW).unwrap();
    Readers { post: Arc::new(post), clock: Arc::new(|| NOW), retention: pulse_jobs::retention::Periods::default() }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Archive {
    async fn empty(site: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("pulse.db").to_str().unwrap()).await.unwrap();
        let site: Site = site.parse().unwrap();
        let readers = readers(folder.path());
        Self { pages: pulse_web::router(store.clone(), site, readers), store, folder }
    }

    /// May is published, June is a draft.
    async fn with_editions() -> Self {
        let archive = Self::empty("https://digest.example").await;
        let digest = Digest { tagline: "Evidence <b>& more</b>".into(), ..Digest::named(Slug::from_words("Lantern"), "Lantern") };
        archive.store.put_digest(&digest, NOW).await.unwrap();
        archive.keep("2026-05", "Who waits for a court date? <script>alert(1)</script>").await;
        archive.keep("2026-06", "A draft nobody has signed").await;
        archive.take("2026-05", &[Step::Submit, Step::SignOff, Step::Publish]).await;
        archive
    }

    async fn keep(&self, key: &str, title: &str) {
        let entry = Entry { summary: Blocks::new([Block::paragraph(Text::from_plain("A study of 412 cases."))]), ..Entry::titled(["Harbour Trust"], title) };
        let category = Category { name: "Reports".into(), entries: vec![entry] };
        let sector = Sector { name: "Criminal justice".into(), categories: vec![category] };
        let mut edition = Edition { sectors: vec![sector], ..Edition::new(Slug::from_words("Lantern"), key.parse().unwrap()) };
        edition.settle_slugs();
        self.store.save_edition(&edition, &Source::default(), Conflict::Refuse, NOW).await.unwrap();
    }

    async fn take(&self, key: &str, steps: &[Step]) {
        let key: EditionKey = key.parse().unwrap();
        let stored = self.store.edition(&Slug::from_words("Lantern"), key).await.unwrap().unwrap();
        for step in steps {
            self.store.step(stored.id, *step, "Ada Okafor", "for the test", NOW + 1).await.unwrap();
        }
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request = headers.iter().fold(Request::builder().method(method).uri(path), |request, (name, value)| request.header(*name, *value));
        let response = self.pages.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[]).await
    }
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

const ENTRY: &str = "/lantern/2026-05/harbour-trust-who-waits-for-a-court-date-script-alert-1-script";

#[tokio::test]
async fn published_editions_have_pages() {
    let archive = Archive::with_editions().await;
    for (path, words) in [
        ("/", "May 2026"),
        ("/lantern", "May 2026"),
        ("/lantern/2026-05", "A study of 412 cases."),
        (ENTRY, "A study of 412 cases."),
        ("/robots.txt", "User-agent: *"),
        ("/healthz", "ok"),
    ] {
        let answer = archive.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.body.contains(words), "{path}: {}", answer.body);
    }
}

#[tokio::test]
async fn the_feed_names_the_published_edition_alone() {
    let archive = Archive::with_editions().await;
    let feed = archive.get("/lantern/feed.atom").await;
    assert_eq!(feed.status, StatusCode::OK);
    assert_eq!(feed.header("content-type"), "application/atom+xml; charset=utf-8");
    assert!(feed.body.contains("https://digest.example/lantern/2026-05"), "{}", feed.body);
    assert!(!feed.body.contains("2026-06"), "{}", feed.body);
}

#[tokio::test]
async fn a_draft_does_not_exist() {
    let archive = Archive::with_editions().await;
    for path in ["/lantern/2026-06", "/lantern/2026-06/harbour-trust-a-draft-nobody-has-signed"] {
        assert_eq!(archive.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in ["/", "/lantern", "/lantern/feed.atom"] {
        assert!(!archive.get(path).await.body.contains("June 2026"), "{path}");
    }
}

#[tokio::test]
async fn a_reopened_edition_goes_and_a_corrected_one_comes() {
    let archive = Archive::with_editions().await;
    assert_eq!(archive.get("/lantern/2026-05").await.status, StatusCode::OK);
    archive.take("2026-05", &[Step::Reopen]).await;
    assert_eq!(archive.get("/lantern/2026-05").await.status, StatusCode::NOT_FOUND);
    assert_eq!(archive.get(ENTRY).await.status, StatusCode::NOT_FOUND);
    archive.take("2026-05", &[Step::Submit, Step::SignOff, Step::Publish]).await;
    assert_eq!(archive.get("/lantern/2026-05").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_page_kept_from_before_follows_the_digest() {
    let archive = Archive::with_editions().await;
    assert!(archive.get("/lantern/2026-05").await.body.contains("Lantern"));
    archive.store.put_digest(&Digest::named(Slug::from_words("Lantern"), "The Beacon"), NOW).await.unwrap();
    assert!(archive.get("/lantern/2026-05").await.body.contains("The Beacon"));
}

#[tokio::test]
async fn what_is_not_there_is_said_in_words() {
    let archive = Archive::with_editions().await;
    for path in [
        "/nothing",
        "/lantern/2026-07",
        "/lantern/2026-5",
        "/lantern/may",
        "/Lantern",
        "/lantern/2026-05/no-such-entry",
        "/lantern/logo.png",
        "/a/b/c/d",
        "/%ff",
        "/lantern/%00",
    ] {
        let answer = archive.get(path).await;
        assert!(answer.status == StatusCode::NOT_FOUND || answer.status == StatusCode::BAD_REQUEST, "{path}: {}", answer.status);
        assert!(answer.body.contains("<h1>"), "{path}: {}", answer.body);
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn pages_can_only_be_read() {
    let archive = Archive::with_editions().await;
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        let answer = archive.ask(method.clone(), "/lantern/2026-05", &[]).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert!(answer.header("allow").contains("GET"), "{method}: {}", answer.header("allow"));
        assert!(answer.body.contains("This page can only be read"));
    }
}

#[tokio::test]
async fn every_answer_is_protected() {
    let archive = Archive::with_editions().await;
    for path in ["/", "/lantern", "/lantern/2026-05", ENTRY, "/lantern/feed.atom", "/robots.txt", "/healthz", "/nothing", "/lantern/"] {
        let answer = archive.get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "strict-origin-when-cross-origin", "{path}");
        assert!(!answer.headers.contains_key("set-cookie"), "{path}");
        assert!(!answer.body.contains("<script>alert"), "{path}");
        assert!(!answer.body.contains(" style=\""), "{path}: a style on an element is not allowed by the policy");
    }
}

#[tokio::test]
async fn a_page_the_reader_has_is_not_sent_again() {
    let archive = Archive::with_editions().await;
    for path in ["/", "/lantern", "/lantern/2026-05", ENTRY, "/lantern/feed.atom", "/robots.txt"] {
        let first = archive.get(path).await;
        let etag = first.headers.get(ETAG).unwrap().to_str().unwrap().to_owned();
        assert!(first.header("cache-control").starts_with("public"), "{path}");
        let again = archive.ask(Method::GET, path, &[(IF_NONE_MATCH.as_str(), &format!("\"other\", {etag}"))]).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
        assert_eq!(again.header("etag"), etag, "{path}");
        let other = archive.ask(Method::GET, path, &[(IF_NONE_MATCH.as_str(), "W/\"other\"")]).await;
        assert_eq!(other.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn head_says_what_get_says_without_the_page() {
    let archive = Archive::with_editions().await;
    let get = archive.get("/lantern/2026-05").await;
    let head = archive.ask(Method::HEAD, "/lantern/2026-05", &[]).await;
    assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
    for name in ["etag", "content-type", "content-length", "content-security-policy"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}

#[tokio::test]
async fn pages_are_compressed_for_those_who_ask() {
    let archive = Archive::with_editions().await;
    let answer = archive.ask(Method::GET, "/lantern/2026-05", &[(ACCEPT_ENCODING.as_str(), "gzip")]).await;
    assert_eq!(answer.header(CONTENT_ENCODING.as_str()), "gzip");
    assert!(answer.header("vary").contains("accept-encoding"));
}

#[tokio::test]
async fn a_slash_too_many_leads_to_the_page() {
    let archive = Archive::with_editions().await;
    let to = |answer: Answer| (answer.status, answer.headers.get(LOCATION).map(|location| location.to_str().unwrap().to_owned()));
    assert_eq!(to(archive.get("/lantern/?page=2").await), (StatusCode::PERMANENT_REDIRECT, Some("/lantern?page=2".into())));
    assert_eq!(to(archive.get("/lantern/2026-05//").await), (StatusCode::PERMANENT_REDIRECT, Some("/lantern/2026-05".into())));
    // Never to another host.
    let (_, location) = to(archive.get("//evil.example/").await);
    assert!(location.is_none_or(|location| location == "/evil.example"));
    let (_, location) = to(archive.get("/\\evil.example/").await);
    assert!(location.is_none_or(|location| location == "/evil.example"));
}

#[tokio::test]
async fn links_keep_the_path_of_a_site_that_has_one() {
    let archive = Archive::empty("https://example.org/evidence").await;
    archive.store.put_digest(&Digest::named(Slug::from_words("Lantern"), "Lantern"), NOW).await.unwrap();
    archive.keep("2026-05", "Who waits?").await;
    archive.take("2026-05", &[Step::Submit, Step::SignOff, Step::Publish]).await;
    assert!(archive.get("/").await.body.contains("href=\"/evidence/lantern/2026-05\""));
    assert!(archive.get("/nothing").await.body.contains("href=\"/evidence/\""));
}

#[tokio::test]
async fn an_archive_with_nothing_in_it_says_so() {
    let archive = Archive::empty("https://digest.example").await;
    let home = archive.get("/").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.body.contains("Nothing is published yet"), "{}", home.body);
}

#[tokio::test]
async fn a_database_that_is_away_is_noticed() {
    let archive = Archive::with_editions().await;
    archive.store.close().await;
    assert_eq!(archive.get("/healthz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let page = archive.get("/lantern/2026-05").await;
    assert!(page.status.is_server_error(), "{}", page.status);
    assert!(!page.body.contains("database"), "{}", page.body);
}

#[tokio::test]
async fn the_feed_of_a_corrected_edition_says_when_it_was_corrected() {
    let archive = Archive::with_editions().await;
    assert!(!archive.get("/lantern/feed.atom").await.body.contains("<updated>2026-06-30T"));
    let stored = archive.store.edition(&Slug::from_words("Lantern"), "2026-05".parse().unwrap()).await.unwrap().unwrap();
    let later = "2026-06-30T09:00:00+00:00";
    for step in [Step::Reopen, Step::Submit, Step::SignOff, Step::Publish] {
        archive.store.step(stored.id, step, "Ada Okafor", "a figure was wrong", 1_782_810_000_000).await.unwrap();
    }
    let feed = archive.get("/lantern/feed.atom").await.body;
    assert!(feed.contains(&format!("<updated>{later}</updated>")), "{feed}");
    assert!(feed.contains("<published>2026-05-28T20:26:40+00:00</published>"), "{feed}");
}

/// Asks on a connection of its own and reads until the server closes it; `None` where it does not within an hour.
async fn say(words: &str) -> Option<String> {
    let archive = Archive::with_editions().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(pulse_web::serve(
        listener,
        archive.store.clone(),
        "https://digest.example".parse().unwrap(),
        readers(archive.folder.path()),
        std::future::pending(),
    ));
    let mut visitor = TcpStream::connect(address).await.unwrap();
    visitor.write_all(words.as_bytes()).await.unwrap();
    // The store waits on threads, where paused time would run ahead of it; from here on nothing but the clock is waited for.
    tokio::time::pause();
    let mut answer = String::new();
    let ended = tokio::time::timeout(Duration::from_secs(3600), visitor.read_to_string(&mut answer)).await;
    server.abort();
    ended.ok().map(|_| answer)
}

#[tokio::test]
async fn a_visitor_who_says_nothing_is_let_go() {
    assert_eq!(say("").await.as_deref(), Some(""));
}

#[tokio::test]
async fn a_visitor_who_does_not_finish_asking_is_let_go() {
    assert_eq!(say("GET / HTTP/1.1\r\nHost: digest.example\r\nX-Slow: ").await.as_deref(), Some(""));
}

#[tokio::test]
async fn the_server_waits_for_nobody_when_it_is_to_stop() {
    let archive = Archive::with_editions().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let _silent = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let server = pulse_web::serve(
        listener,
        archive.store.clone(),
        "https://digest.example".parse().unwrap(),
        readers(archive.folder.path()),
        tokio::time::sleep(Duration::from_millis(50)),
    );
    assert!(tokio::time::timeout(Duration::from_secs(10), server).await.is_ok());
}
