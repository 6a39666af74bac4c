//! Any bytes are read as a PDF: never a panic, and no block outside the pages. Good seeds are the files of
//! `crates/extract/tests/cases-pdf`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pulse_extract::pdf;

fuzz_target!(|bytes: &[u8]| {
    let document = pdf::read(bytes);
    let pages = document.page_count.unwrap_or_default();
    assert!(document.blocks().iter().all(|block| block.page.is_some_and(|page| (1..=pages).contains(&page))));
});
