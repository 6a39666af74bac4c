//! `robots.txt`, and one request at a time.

use std::time::Duration;

use pulse_harvest::WebSettings;
use pulse_harvest::door::{Door as _, FetchError, Get};
use pulse_testkit::web_server::{Page, Site, WebServer};
use url::Url;

use super::setup::{Names, client, fault, get, settings, web};

const CLOSED: &str = "User-agent: *\nDisallow: /private\n";

#[tokio::test]
async fn what_programs_are_asked_not_to_fetch_is_not_fetched() {
    let site = Site::new()
        .page("/robots.txt", Page::text(CLOSED))
        .page("/a", Page::html("x"))
        .page("/private/a", Page::html("x"))
        .page("/in", Page::redirect(302, "/private/a"));
    let server = WebServer::start(site).await.unwrap();
    let web = client(&server);
    assert!(get(&web, &server.url("/a")).await.is_ok());
    for path in ["/private/a", "/in"] {
        let error = get(&web, &server.url(path)).await.unwrap_err();
        assert!(matches!(&error, FetchError::Robots { url } if url.path() == "/private/a") && !error.is_passing(), "{error:?}");
    }
    assert_eq!((server.count("/robots.txt"), server.count("/private/a")), (1, 0), "asked once, and obeyed");

    // An address for programs is not what crawlers are kept from.
    let url = Url::parse(&server.url("/private/a")).unwrap();
    assert!(web.get(Get { is_api: true, ..Get::new(&url) }).await.is_ok());
}

#[tokio::test]
async fn a_file_that_is_not_there_allows_everything_and_one_that_cannot_be_had_nothing() {
    for (robots, is_allowed) in [
        (Page::status(404), true),
        (Page::status(403), true),
        (Page::status(401), true),
        (Page::html("<html>no such page</html>"), true),
        (Page::redirect(302, "/robots.txt"), true),
        (Page::redirect(302, "/rules"), true),
        (Page::status(500), false),
        (Page::status(503).header("retry-after", "600"), false),
        (Page::status(429).header("retry-after", "600"), false),
        (Page::text("x").cut(0), false),
        (Page::redirect(302, "/closed"), false),
        // Its first 500 KiB count.
        (Page::text(format!("User-agent: *\nDisallow: /\n{}", "# padding\n".repeat(200_000))), false),
        (Page::text("User-agent: *\nDisallow: /\n".repeat(5_000)).gzip().endless(), false),
    ] {
        let site = Site::new()
            .page("/robots.txt", robots)
            .page("/rules", Page::text(CLOSED))
            .page("/closed", Page::text("User-agent: *\nDisallow: /"))
            .page("/a", Page::html("x"));
        let server = WebServer::start(site).await.unwrap();
        let web = client(&server);
        let found = get(&web, &server.url("/a")).await;
        assert_eq!(found.is_ok(), is_allowed, "{found:?}");
        assert_eq!(server.count("/a"), usize::from(is_allowed));
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_had_is_a_passing_fault_that_names_it() {
    let site = Site::new().steps("/robots.txt", [Page::status(500), Page::status(500), Page::status(500), Page::text("")]).page("/a", Page::html("x"));
    let server = WebServer::start(site).await.unwrap();
    let web = client(&server);
    let error = get(&web, &server.url("/a")).await.unwrap_err();
    assert!(error.is_passing() && error.to_string().ends_with("/robots.txt answered 500"), "{error}");
    // Not asked again at once, for the next page of the same look.
    assert!(fault(&web, &server.url("/a")).await.ends_with("/robots.txt answered 500"));
    assert_eq!((server.count("/robots.txt"), server.count("/a")), (3, 0));
    // What is for programs does not wait for it.
    let url = Url::parse(&server.url("/a")).unwrap();
    assert!(web.get(Get { is_api: true, ..Get::new(&url) }).await.is_ok());
}

#[tokio::test]
async fn many_pages_of_one_site_are_asked_for_one_by_one_after_one_robots_txt() {
    let server = WebServer::start(Site::new().otherwise(|request| (request.path != "/robots.txt").then(|| Page::html("x").after(Duration::from_millis(5)))))
        .await
        .unwrap();
    let web = web(&WebSettings { gap_ms: 20, ..settings(&[&server]) }, Names::default());
    let urls: Vec<String> = (0..5).map(|i| server.url(&format!("/{i}"))).collect();
    let found = futures_util::future::join_all(urls.iter().map(|url| get(&web, url))).await;
    assert!(found.iter().all(Result::is_ok));
    let requests = server.requests();
    assert_eq!(requests.len(), 6);
    assert_eq!(requests[0].path, "/robots.txt");
    for pair in requests[1..].windows(2) {
        let between = pair[1].at - pair[0].at;
        assert!(between >= Duration::from_millis(24), "{between:?}");
    }
}

#[tokio::test]
async fn a_file_holds_for_a_day_and_an_older_one_while_there_is_no_other() {
    let robots = [Page::text(CLOSED), Page::text("User-agent: *\nDisallow: /a"), Page::status(500)];
    let server = WebServer::start(Site::new().steps("/robots.txt", robots).page("/a", Page::html("x"))).await.unwrap();
    let web = web(&WebSettings { retries: 0, ..settings(&[&server]) }, Names::default());
    let hour = Duration::from_secs(3_600);
    for (later, asked, outcome) in [
        (Duration::ZERO, 1, "fetched"),
        (23 * hour, 1, "fetched"),
        (2 * hour, 2, "asks programs not to fetch"),
        (30 * hour, 3, "asks programs not to fetch"),
        (6 * 24 * hour, 4, "answered 500"),
    ] {
        tokio::time::pause();
        tokio::time::advance(later).await;
        tokio::time::resume();
        let said = get(&web, &server.url("/a")).await.map_or_else(|error| error.to_string(), |_| "fetched".to_owned());
        assert!(said.contains(outcome), "{said}");
        assert_eq!(server.count("/robots.txt"), asked, "{later:?}");
    }
}
