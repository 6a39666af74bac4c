//! Any bytes, compressed or not, are a sitemap or are refused; its records are there once and lead to the web.
#![no_main]

use std::collections::HashSet;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use libfuzzer_sys::fuzz_target;
use pulse_harvest::door::Found;
use pulse_harvest::sitemap::Sitemap;
use pulse_harvest::{Answer, Door, FetchError, Get, Kind, Memory, Validators, Window};
use url::Url;

/// Everything is these bytes, at once.
struct Everywhere<'a>(&'a [u8]);

impl Door for Everywhere<'_> {
    async fn get(&self, request: Get<'_>) -> Result<Answer, FetchError> {
        let bytes = self.0.to_vec().into();
        Ok(Answer::Found(Found { url: request.url.clone(), moved_to: None, media_type: None, bytes, validators: Validators::default() }))
    }
}

fuzz_target!(|bytes: &[u8]| {
    let url = Url::parse("https://tidewater.example/sitemap.xml").unwrap();
    let (sitemap, memory) = (Sitemap { url: &url, below: "" }, Memory::default());
    let (door, window) = (Everywhere(bytes), Window { now: 1_685_577_600_000, since: 0 });
    let mut look = pin!(sitemap.look(&door, &memory, window));
    let Poll::Ready(look) = look.as_mut().poll(&mut Context::from_waker(Waker::noop())) else { panic!("nothing is waited for") };
    let Ok(look) = look else { return };
    let keys: HashSet<&str> = look.records.iter().map(|record| record.key.as_str()).collect();
    assert_eq!(keys.len(), look.records.len());
    assert!(look.records.iter().flat_map(|record| &record.links).all(|link| matches!(link.url.scheme(), "http" | "https")));
});
