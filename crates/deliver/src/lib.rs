//! An edition and its subscribers to messages, and those on their way.
//!
//! In: a rendered edition, readers, keys, a relay. Out: messages on their way, and what became of each. No SQL: rows come in as
//! values and verdicts go out (jobs, store). The doors to the world are [`smtp`], through which messages leave, [`dns`], and for another
//! mailer [`handover::listmonk`]; the clock and randomness are passed in. Not here: messages that come back (mailbox, returns).

pub mod audience;
pub mod dkim;
pub mod dns;
pub mod handover;
pub mod message;
pub mod outbox;
pub mod pace;
pub mod relay;
pub mod retry;
pub mod setup;
pub mod smtp;
pub mod token;
