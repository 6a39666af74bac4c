//! Any bytes as a publishers' alert: something comes out, the same each time, with a link and a key for each record. Seeds:
//! `crates/harvest/tests/cases/mailbox`.
#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use pulse_harvest::mailbox;

/// 1 June 2026.
const SEEN_AT: i64 = 1_780_272_000_000;

fuzz_target!(|message: &[u8]| {
    let alert = mailbox::read(message, SEEN_AT);
    let keys: HashSet<&str> = alert.records.iter().map(|record| record.key.as_str()).collect();
    assert_eq!(keys.len(), alert.records.len());
    assert!(alert.records.iter().all(|record| record.link().is_some()));
    assert_eq!(mailbox::read(message, SEEN_AT), alert);
});
