//! Any bytes are an item of the content API or none. Good seeds are items.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pulse_harvest::govuk::{Item, read};
use url::Url;

fuzz_target!(|bytes: &[u8]| {
    let origin = Url::parse("https://www.gov.uk").expect("an address");
    if let Ok(Item::Page(page)) = read(bytes, &origin, "/asked-for") {
        assert!(!page.record.key.is_empty());
        assert!(page.children.iter().all(|child| child.starts_with('/')));
    }
});
