//! What was fetched is recognised.

use pulse_harvest::door::{Answer, Door as _, Get, Validators};
use pulse_testkit::web_server::{Page, Site, WebServer};
use url::Url;

use super::setup::{client, get};

const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

#[tokio::test]
async fn what_is_as_it_was_is_not_sent_again() {
    let page = || Page::new("application/atom+xml", "<feed/>");
    let site = Site::new().page("/both", page().etag("\"1\"").last_modified(DATE)).page("/date", page().last_modified(DATE)).page("/none", page());
    let server = WebServer::start(site).await.unwrap();
    let web = client(&server);
    for (path, etag, last_modified) in [("/both", Some("\"1\""), Some(DATE)), ("/date", None, Some(DATE)), ("/none", None, None)] {
        let url = Url::parse(&server.url(path)).unwrap();
        let found = get(&web, url.as_str()).await.unwrap();
        assert_eq!(found.validators, Validators { etag: etag.map(str::to_owned), last_modified: last_modified.map(str::to_owned) });
        assert_eq!((&*found.bytes, found.media_type.as_deref(), &found.url), (&b"<feed/>"[..], Some("application/atom+xml"), &url));
        let again = web.get(Get { validators: Some(&found.validators), ..Get::new(&url) }).await.unwrap();
        assert_eq!(matches!(again, Answer::Unchanged), path != "/none", "{path}");
    }
    server.change(|site| site.page("/both", page().etag("\"2\"")));
    let old = Validators { etag: Some("\"1\"".into()), last_modified: None };
    let url = Url::parse(&server.url("/both")).unwrap();
    let Answer::Found(found) = web.get(Get { validators: Some(&old), ..Get::new(&url) }).await.unwrap() else { panic!("it has changed") };
    assert_eq!(found.validators.etag.as_deref(), Some("\"2\""));
}

#[tokio::test]
async fn a_request_says_what_it_wants_and_who_sends_it() {
    let server = WebServer::start(Site::new().page("/", Page::html("x"))).await.unwrap();
    let settings =
        pulse_harvest::WebSettings { name: "Evidence team".into(), contact: "https://digest.example/about".into(), ..super::setup::settings(&[&server]) };
    let web = super::setup::web(&settings, super::setup::Names::default());
    let url = Url::parse(&server.url("/#part")).unwrap();
    let odd = Validators { etag: Some("a\r\nb: c".into()), last_modified: None };
    web.get(Get { accept: "text/html", validators: Some(&odd), ..Get::new(&url) }).await.unwrap();
    let request = server.requests().pop().unwrap();
    assert_eq!(request.path, "/");
    assert_eq!(request.header("accept"), Some("text/html"));
    assert_eq!(request.header("user-agent").unwrap(), format!("Pulse/{} (+https://digest.example/about; Evidence team)", env!("CARGO_PKG_VERSION")));
    assert_eq!((request.header("if-none-match"), request.header("referer"), request.header("cookie")), (None, None, None));
    for coding in ["gzip", "br", "zstd", "deflate"] {
        assert!(request.header("accept-encoding").unwrap().contains(coding));
    }
}

#[tokio::test]
async fn a_304_that_nobody_asked_for_is_a_fault() {
    let server = WebServer::start(Site::new().page("/", Page::status(304))).await.unwrap();
    assert!(super::setup::fault(&client(&server), &server.url("/")).await.ends_with("/ answered 304"));
}
