//! The pages of single readers, asked as browsers, mailbox providers and link scanners ask.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the report")]

#[path = "readers/choosing.rs"]
mod choosing;
#[path = "readers/complaining.rs"]
mod complaining;
#[path = "readers/desk.rs"]
mod desk;
#[path = "readers/inviting.rs"]
mod inviting;
#[path = "readers/keeping.rs"]
mod keeping;
#[path = "readers/leaving.rs"]
mod leaving;
#[path = "readers/moving.rs"]
mod moving;
#[path = "readers/scanning.rs"]
mod scanning;
#[path = "readers/subscribing.rs"]
mod subscribing;
