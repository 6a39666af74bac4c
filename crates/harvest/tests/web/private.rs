//! Names that lead into private networks.

use pulse_harvest::{Web, WebSettings};
use pulse_testkit::web_server::{Page, Site, WebServer};

use super::setup::{Names, fault, get, settings, web};

/// A client that may ask the server's port on any host, but knows no private host.
async fn stranger(names: Names) -> (WebServer, Web) {
    let server = WebServer::start(Site::new().page("/", Page::html("secret"))).await.unwrap();
    let ports = vec![server.address().port()];
    let web = web(&WebSettings { private_hosts: Vec::new(), ports, retries: 0, ..settings(&[]) }, names);
    (server, web)
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_not_asked() {
    let names = Names::default()
        .with("private.example", &["127.0.0.1"])
        .with("mapped.example", &["::ffff:127.0.0.1"])
        .with("half.example", &["8.8.8.8 127.0.0.1"])
        .with("metadata.example", &["169.254.169.254"])
        .with("nat64.example", &["64:ff9b::7f00:1"])
        .with("empty.example", &[""]);
    let (server, web) = stranger(names).await;
    let port = server.address().port();
    for (name, why) in [
        ("private", "127.0.0.1 is not"),
        ("mapped", "::ffff:127.0.0.1 is not"),
        ("half", "127.0.0.1 is not"),
        ("metadata", "169.254.169.254 is not"),
        ("nat64", "is not"),
    ] {
        let fault = fault(&web, &format!("http://{name}.example:{port}/")).await;
        assert!(fault.starts_with(&format!("http://{name}.example:{port}/ may not be fetched")) && fault.contains(why), "{fault}");
    }
    for (name, why) in [("empty", "the name has no address"), ("missing", "no such name")] {
        let url = format!("http://{name}.example:{port}/");
        let fault = fault(&web, &url).await;
        assert!(fault.contains(why), "{fault}");
        assert!(get(&web, &url).await.unwrap_err().is_passing());
    }
    assert!(fault(&web, &format!("http://127.0.0.1:{port}/")).await.contains("127.0.0.1 is not"));
    assert!(server.requests().is_empty());
}

/// Two connections, for `robots.txt` and for the page. Whoever asks once to check and once to connect is led to the last address, where nobody is.
#[tokio::test]
async fn a_name_is_asked_for_once_and_the_connection_goes_where_that_answer_leads() {
    let server = WebServer::start(Site::new().page("/robots.txt", Page::text("")).page("/", Page::html("first"))).await.unwrap();
    let names = Names::default().with("turning.example", &["127.0.0.1", "127.0.0.1", "127.99.0.9"]);
    let port = server.address().port();
    let web = web(&WebSettings { private_hosts: vec!["turning.example".into()], ports: vec![port], retries: 0, ..settings(&[]) }, names);
    assert_eq!(&*get(&web, &format!("http://turning.example:{port}/")).await.unwrap().bytes, b"first");
}

#[tokio::test]
async fn a_host_that_the_settings_name_is_asked_and_others_at_its_address_are_not() {
    let names = Names::default().with("intranet.example", &["127.0.0.1"]).with("other.example", &["127.0.0.1"]);
    let site = Site::new().page("//intranet.example/", Page::html("ours")).page("//intranet.example/away", Page::redirect(301, "http://other.example:PORT/"));
    let server = WebServer::start(site).await.unwrap();
    let port = server.address().port();
    server.change(|site| site.page("//intranet.example/away", Page::redirect(301, &format!("http://other.example:{port}/"))));
    let web = web(&WebSettings { private_hosts: vec!["intranet.example".into()], ports: vec![port], ..settings(&[]) }, names);
    assert_eq!(&*get(&web, &format!("http://intranet.example:{port}/")).await.unwrap().bytes, b"ours");
    assert!(fault(&web, &format!("http://other.example:{port}/")).await.contains("may not be fetched"));
    assert!(fault(&web, &format!("http://intranet.example:{port}/away")).await.starts_with(&format!("http://other.example:{port}/ may not be fetched")));
}
