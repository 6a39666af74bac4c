//! Any bytes are read as something, and an address is given up only for a permanent code or none. Good seeds are the messages of
//! `crates/returns/tests/cases`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pulse_returns::{Class, What};

fuzz_target!(|bytes: &[u8]| {
    let returned = pulse_returns::read(bytes, None);
    if let What::Report(outcomes) = returned.what {
        assert!(!outcomes.is_empty() && outcomes.len() <= 100);
        for outcome in outcomes.iter().filter(|outcome| outcome.class == Class::Hard) {
            assert!(outcome.status.is_none_or(|status| status.class == 5 && status.subject != 7));
            assert!(outcome.reply.is_none_or(|reply| reply >= 500));
        }
    }
});
