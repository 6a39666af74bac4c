//! A client and the names it knows.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use pulse_harvest::door::{Answer, Door as _, FetchError, Found, Get};
use pulse_harvest::web::{Resolver, Resolving, Web, WebSettings};
use pulse_testkit::web_server::WebServer;
use url::Url;

/// Sun, 06 Nov 1994 08:49:37 GMT.
pub(crate) const NOW: i64 = 784_111_777_000;

/// Names with lists of addresses, one after the other; the last one stays.
#[derive(Clone, Default)]
pub(crate) struct Names(Arc<Mutex<HashMap<String, Vec<Vec<IpAddr>>>>>);

impl Names {
    pub(crate) fn with(self, name: &str, lists: &[&str]) -> Self {
        let lists = lists.iter().map(|list| list.split_whitespace().map(|address| address.parse().unwrap()).collect()).collect();
        self.0.lock().unwrap().insert(name.to_owned(), lists);
        self
    }
}

impl Resolver for Names {
    fn resolve(&self, name: &str) -> Resolving {
        let mut names = self.0.lock().unwrap();
        let found = names.get_mut(name).and_then(|lists| if lists.len() > 1 { Some(lists.remove(0)) } else { lists.first().cloned() });
        Box::pin(async move { found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such name")) })
    }
}

/// Settings that wait for nothing, and take these servers for public ones.
pub(crate) fn settings(servers: &[&WebServer]) -> WebSettings {
    let private_hosts = servers.iter().map(|server| server.host()).collect();
    WebSettings { private_hosts, gap_ms: 0, api_gap_ms: 0, retry_wait_ms: 1, ..WebSettings::default() }
}

pub(crate) fn web(settings: &WebSettings, names: Names) -> Web {
    Web::with_resolver(settings, Arc::new(|| NOW), Arc::new(names)).unwrap()
}

pub(crate) fn client(server: &WebServer) -> Web {
    web(&settings(&[server]), Names::default())
}

pub(crate) async fn get(web: &Web, url: &str) -> Result<Found, FetchError> {
    match web.get(Get::new(&Url::parse(url).unwrap())).await? {
        Answer::Found(found) => Ok(found),
        Answer::Unchanged => panic!("{url} is unchanged, and nobody asked"),
    }
}

/// What went wrong, as a person reads it, its causes behind it.
pub(crate) async fn fault(web: &Web, url: &str) -> String {
    let error = get(web, url).await.err().unwrap_or_else(|| panic!("{url} was fetched"));
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
