//! Servers that are slow, large, broken or busy. The clock is paused where a limit of time is to be reached.

use std::time::Duration;

use pulse_harvest::WebSettings;
use pulse_harvest::door::{Door as _, FetchError, Get};
use pulse_testkit::web_server::{Page, Site, WebServer};
use url::Url;

use super::setup::{Names, client, fault, get, settings, web};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_is_left() {
    let server = WebServer::start(Site::new().page("/", Page::html("late").after(10 * MINUTE))).await.unwrap();
    let error = get(&client(&server), &server.url("/")).await.unwrap_err();
    assert!(matches!(error, FetchError::TooSlow { .. }) && error.is_passing(), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_sends_one_byte_a_minute_is_left() {
    let server = WebServer::start(Site::new().page("/", Page::html("bytes").one_by_one(MINUTE))).await.unwrap();
    let error = get(&client(&server), &server.url("/")).await.unwrap_err();
    assert!(matches!(error, FetchError::TooSlow { seconds: 20, .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_never_silent_and_never_done_is_left() {
    let server = WebServer::start(Site::new().page("/", Page::html(vec![b'x'; 500]).one_by_one(Duration::from_secs(1)))).await.unwrap();
    let error = get(&client(&server), &server.url("/")).await.unwrap_err();
    assert!(matches!(error, FetchError::TooSlow { seconds: 120, .. }), "{error:?}");
}

#[tokio::test]
async fn no_more_is_taken_than_was_asked_for() {
    let site = Site::new()
        .page("/said", Page::html(vec![b'x'; 100 << 20]))
        .page("/unsaid", Page::html(vec![b'x'; 64 << 10]).endless())
        .page("/bomb", Page::html(vec![0; 30 << 20]).gzip())
        .page("/fits", Page::html(vec![b'x'; 1 << 20]).gzip());
    let server = WebServer::start(site).await.unwrap();
    let web = client(&server);
    for path in ["/said", "/unsaid", "/bomb"] {
        let url = Url::parse(&server.url(path)).unwrap();
        let error = web.get(Get { max_bytes: 1 << 20, ..Get::new(&url) }).await.unwrap_err();
        assert!(matches!(error, FetchError::TooLarge { limit: 0x10_0000, .. }) && !error.is_passing(), "{path}: {error:?}");
        assert_eq!(server.count(path), 1, "asked once");
    }
    let url = Url::parse(&server.url("/fits")).unwrap();
    assert!(web.get(Get { max_bytes: 1 << 20, ..Get::new(&url) }).await.is_ok());
}

#[tokio::test]
async fn a_broken_connection_is_tried_again_and_then_reported() {
    let half = || Page::html("0123456789").cut(5);
    let site = Site::new()
        .page("/nothing", Page::html("x").cut(0))
        .page("/half", half())
        .steps("/once", [half(), Page::html("whole")])
        .page("/garbled", Page::html("no gzip").header("content-encoding", "gzip"));
    let server = WebServer::start(site).await.unwrap();
    for path in ["/nothing", "/half", "/garbled"] {
        let web = client(&server);
        let error = get(&web, &server.url(path)).await.unwrap_err();
        assert!(matches!(error, FetchError::Unreachable { .. }) && error.is_passing(), "{path}: {error:?}");
        let tries = server.count(path);
        assert!(tries >= 3, "{path}");
        assert!(get(&web, &server.url(path)).await.is_err());
        assert_eq!(server.count(path), tries + 1, "all tries were in vain a moment ago");
    }
    assert_eq!(&*get(&client(&server), &server.url("/once")).await.unwrap().bytes, b"whole");
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_stays_is_not() {
    let mut site = Site::new().steps("/soon", [Page::status(502), Page::status(500), Page::html("well")]);
    for status in [400, 401, 403, 404, 410, 501, 500] {
        site = site.page(&format!("/{status}"), Page::status(status).bytes("a long explanation"));
    }
    let server = WebServer::start(site).await.unwrap();
    let web = client(&server);
    assert_eq!(&*get(&web, &server.url("/soon")).await.unwrap().bytes, b"well");
    for (status, times) in [(400, 1), (401, 1), (403, 1), (404, 1), (410, 1), (501, 1), (500, 3)] {
        let path = format!("/{status}");
        assert!(fault(&client(&server), &server.url(&path)).await.ends_with(&format!("answered {status}")));
        assert_eq!(server.count(&path), times, "{status}");
    }
    assert!(matches!(get(&web, &server.url("/410")).await, Err(error) if !error.is_passing()));
}

#[tokio::test]
async fn a_host_that_gave_nothing_before_is_tried_once_until_it_answers() {
    let steps = [Page::status(500), Page::html("well"), Page::status(500), Page::html("well again")];
    let site = Site::new().page("/robots.txt", Page::new("text/plain", "User-agent: *\nAllow: /\n")).steps("/feed", steps);
    let server = WebServer::start(site).await.unwrap();
    let (web, feed) = (client(&server), server.url("/feed"));
    web.doubt(&feed.parse().unwrap());
    // That it has a robots.txt is no answer.
    assert!(fault(&web, &feed).await.ends_with("answered 500"));
    assert_eq!((server.count("/robots.txt"), server.count("/feed")), (1, 1));
    assert_eq!(&*get(&web, &feed).await.unwrap().bytes, b"well");
    assert_eq!(&*get(&web, &feed).await.unwrap().bytes, b"well again");
    assert_eq!(server.count("/feed"), 4);
}

#[tokio::test]
async fn a_busy_server_is_left_alone_for_as_long_as_it_says() {
    let site = Site::new().page("/limit", Page::status(429).header("retry-after", "Sun, 06 Nov 1994 08:51:37 GMT")).page("/", Page::html("x"));
    let server = WebServer::start(site).await.unwrap();
    let web = client(&server);
    let error = get(&web, &server.url("/limit")).await.unwrap_err();
    assert_eq!(error.retry_after_s(), Some(120));
    // Nothing else of that host either.
    let held = get(&web, &server.url("/")).await.unwrap_err();
    assert!(matches!(held, FetchError::Status { status: 429, retry_after_s: Some(119..=121), .. }), "{held:?}");
    assert_eq!((server.count("/limit"), server.count("/")), (1, 0));
}

#[tokio::test]
async fn a_short_wait_is_waited() {
    let site = Site::new().steps("/", [Page::status(503).header("retry-after", "0"), Page::html("x")]);
    let server = WebServer::start(site).await.unwrap();
    assert!(get(&client(&server), &server.url("/")).await.is_ok());
}

#[tokio::test]
async fn one_bad_server_holds_up_no_other() {
    let bad = WebServer::start(Site::new().page("/", Page::html("late").after(10 * MINUTE))).await.unwrap();
    let good = WebServer::start(Site::new().page("/", Page::html("x"))).await.unwrap();
    let web = web(&WebSettings { concurrency: 2, ..settings(&[&bad, &good]) }, Names::default());
    let (url, good_url) = (bad.url("/"), good.url("/"));
    let waiting = async { tokio::join!(get(&web, &url), get(&web, &url), get(&web, &url)) };
    tokio::select! {
        _ = waiting => panic!("it says nothing"),
        found = get(&web, &good_url) => assert!(found.is_ok()),
    }
}
