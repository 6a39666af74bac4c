//! Reads any bytes as a web page, as Markdown and as text: a document comes out, and its blocks are in normal form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pulse_extract::{Input, html, markdown, text};

fuzz_target!(|bytes: &[u8]| {
    let input = Input { bytes, url: None, media_type: None };
    for document in [html::read(&input), markdown::read(&input), text::read(&input)] {
        assert!(document.blocks().iter().all(|block| block.content.lines().iter().any(|line| !line.is_empty())));
    }
});
