//! Any bytes are read as a page; what is proposed for it can be read, each address once, and leads to the web. Good seeds are the pages
//! of `crates/harvest/tests/cases/listing-*`.
#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use pulse_harvest::listing::propose::propose;
use pulse_harvest::listing::rows::{self, Compiled};
use pulse_harvest::listing;
use url::Url;

fuzz_target!(|bytes: &[u8]| {
    let url = Url::parse("https://tidewater.example/publications/").unwrap();
    let (html, _) = listing::parse(bytes, None);
    for proposal in propose(&html, &url, 1_685_577_600_000) {
        let page = rows::read(&html, &url, &Compiled::new(&proposal.selectors).unwrap(), 1_685_577_600_000);
        assert_eq!(page.records, proposal.records);
        let keys: HashSet<&str> = page.records.iter().map(|record| record.key.as_str()).collect();
        assert_eq!(keys.len(), page.records.len());
        assert!(page.records.iter().flat_map(|record| &record.links).all(|link| matches!(link.url.scheme(), "http" | "https")));
    }
});
