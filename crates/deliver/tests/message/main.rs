//! Messages as they leave: written, signed, and read back by others' parsers and verifiers.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the report")]

mod cases;
mod headers;
mod sample;
mod signatures;
