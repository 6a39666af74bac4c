//! Redirects, one by one.

use pulse_harvest::door::FetchError;
use pulse_testkit::web_server::{Page, Site, WebServer};

use super::setup::{client, fault, get, settings, web};

#[tokio::test]
async fn a_thing_is_found_where_it_is_and_its_new_address_noted_if_it_is_for_good() {
    let site = Site::new()
        .page("/new", Page::html("here"))
        .page("/301", Page::redirect(301, "/new"))
        .page("/308", Page::redirect(308, "new#part"))
        .page("/302", Page::redirect(302, "/new"))
        .page("/301-302", Page::redirect(301, "/302"))
        .page("/302-301", Page::redirect(302, "/301"))
        .page("/301-308", Page::redirect(301, "/308"));
    let server = WebServer::start(site).await.unwrap();
    let web = client(&server);
    let new = server.url("/new");
    for (path, is_for_good) in [("/new", false), ("/301", true), ("/308", true), ("/302", false), ("/301-302", false), ("/302-301", false), ("/301-308", true)]
    {
        let found = get(&web, &server.url(path)).await.unwrap();
        assert_eq!((found.url.as_str(), &*found.bytes), (new.as_str(), &b"here"[..]), "{path}");
        assert_eq!(found.moved_to.map(String::from), is_for_good.then(|| new.clone()), "{path}");
    }
}

#[tokio::test]
async fn five_are_followed_and_not_six() {
    let mut site = Site::new().page("/0", Page::html("here")).page("/round", Page::redirect(301, "/round"));
    for i in 1..=6 {
        site = site.page(&format!("/{i}"), Page::redirect(302, &format!("/{}", i - 1)));
    }
    let server = WebServer::start(site).await.unwrap();
    let web = client(&server);
    assert!(get(&web, &server.url("/5")).await.is_ok());
    for path in ["/6", "/round"] {
        assert!(matches!(get(&web, &server.url(path)).await, Err(FetchError::TooManyRedirects { url }) if url.path() == path));
    }
    assert_eq!(server.count("/round"), 6);
}

#[tokio::test]
async fn a_redirect_leads_to_web_addresses_of_the_public_internet_only() {
    let hidden = WebServer::start(Site::new().page("/", Page::html("secret"))).await.unwrap();
    let targets = [
        ("file:///etc/passwd".to_owned(), "not file"),
        ("ftp://a.example/x".to_owned(), "not ftp"),
        ("data:text/html,x".to_owned(), "not data"),
        ("//169.254.169.254/latest/meta-data/".to_owned(), "169.254.169.254"),
        ("http://2130706433/".to_owned(), "127.0.0.1 is not"),
        ("http://[::ffff:10.0.0.1]/".to_owned(), "::ffff:10.0.0.1 is not"),
        ("http://localhost/".to_owned(), "127.0.0.1 is not"),
        (hidden.url("/"), "is not among the ports"),
        ("http://a.example:25/".to_owned(), "port 25"),
        ("http://me:secret@a.example/".to_owned(), "user name"),
    ];
    let mut site = Site::new();
    for (i, (target, _)) in targets.iter().enumerate() {
        site = site.page(&format!("/{i}"), Page::redirect(301, target));
    }
    let server = WebServer::start(site).await.unwrap();
    let web = web(&settings(&[&server]), super::setup::Names::default().with("localhost", &["127.0.0.1"]));
    for (i, (target, why)) in targets.iter().enumerate() {
        let fault = fault(&web, &server.url(&format!("/{i}"))).await;
        assert!(fault.contains("may not be fetched") && fault.contains(why) && !fault.contains("secret@"), "{target}: {fault}");
    }
    assert!(hidden.requests().is_empty());
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_an_answer_like_any_other() {
    let server =
        WebServer::start(Site::new().page("/none", Page::status(302)).page("/odd", Page::redirect(302, "http://[")).page("/300", Page::redirect(300, "/x")))
            .await
            .unwrap();
    for (path, status) in [("/none", "302"), ("/odd", "302"), ("/300", "300")] {
        assert!(fault(&client(&server), &server.url(path)).await.ends_with(&format!("answered {status}")), "{path}");
    }
}
