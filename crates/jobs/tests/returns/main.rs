//! Mail that comes back: made by hand, by a real Postfix, and in a real Dovecot's mailbox.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test, a panic is the report")]

mod dovecot;
mod postfix;
mod sent;
mod ways_in;
