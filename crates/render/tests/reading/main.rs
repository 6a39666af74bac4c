//! The outputs that people read on a screen: e-mail, text and web page.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod addresses;
#[path = "../documents/case.rs"]
mod case;
mod html;
mod mail;
mod page;
mod plain_text;
mod words;
