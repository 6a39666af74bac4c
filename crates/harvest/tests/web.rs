//! The client against a server with faults.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the report")]

mod web {
    mod bad_servers;
    mod politeness;
    mod private;
    mod redirects;
    mod setup;
    mod validators;
}
