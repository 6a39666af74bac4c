//! An edition and its subscribers to messages, and what comes back.
//!
//! In: a rendered edition, readers, keys, a relay; and messages that came back. Out: messages on their way, what became of
//! each, and what a bounce or complaint means. No SQL: rows come in as values and verdicts go out (jobs, store). The doors to the
//! world are [`smtp`], through which messages leave, [`intake`], through which they come back, [`dns`], and for another mailer [`handover::listmonk`]; the clock and randomness are passed in.

pub mod audience;
pub mod bounce;
pub mod dkim;
pub mod dns;
pub mod handover;
pub mod intake;
pub mod message;
pub mod outbox;
pub mod pace;
pub mod relay;
pub mod retry;
pub mod setup;
pub mod smtp;
pub mod token;
