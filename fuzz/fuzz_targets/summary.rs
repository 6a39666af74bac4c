//! Any Markdown reads as blocks in normal form, and what is written reads back the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pulse_model::markdown::{parse_blocks, parse_text, write_blocks, write_text};

fuzz_target!(|markdown: &str| {
    let blocks = parse_blocks(markdown).blocks;
    assert_eq!(parse_blocks(&write_blocks(&blocks)).blocks, blocks);
    let text = parse_text(markdown).text;
    assert_eq!(parse_text(&write_text(&text)).text, text);
    let _ = pulse_model::figure::find(markdown);
});
