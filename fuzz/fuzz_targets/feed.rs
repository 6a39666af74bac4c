//! Any bytes are a feed or none, the records of a feed can be told apart. Good seeds are the
//! feeds of `crates/harvest/tests/cases/feeds`.
#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use pulse_harvest::{feed, opml};
use url::Url;

fuzz_target!(|bytes: &[u8]| {
    let _ = opml::read(bytes);
    let base = Url::parse("https://example.org/feed.xml").expect("an address");
    let Ok(feed) = feed::read(bytes, None, &base) else { return };
    let records = feed::records(&feed, 1_800_000_000_000, &mut Vec::new());
    let keys: HashSet<_> = records.iter().map(|record| &record.key).collect();
    assert_eq!(keys.len(), records.len());
    assert!(records.len() <= feed::MAX_ENTRIES);
});
