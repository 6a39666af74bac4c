//! From codes and words to what a report means for an address.
//!
//! In: the action, the status, the reply and the words of one recipient's report. Out: a [`Class`] and a [`Reason`].
//! Always: [`Class::Hard`] needs an action of `failed`, a reason that says the address is dead, nothing that says it may pass, and no
//! code that says something else (RFC 3463: `5.2.2` is full, `5.7.x` is about the sender). Not here: finding those.

use pulse_model::EnhancedStatus;

use super::Action;
use super::code::Codes;
use super::phrases::{self, Plain};
use super::reason::{Class, Kind, Reason};

/// What is known of one recipient's failure.
#[derive(Clone, Copy)]
pub(super) struct Evidence<'x> {
    pub(super) action: Action,
    /// What the report gives as its status.
    pub(super) status: Option<EnhancedStatus>,
    /// What the diagnostic has.
    pub(super) said: Codes,
    pub(super) words: &'x Plain,
}

/// The status that counts: the report's own, unless it is missing or says less than the one in the diagnostic. Servers that
/// write reports fill in `5.0.0` where they did not look at the answer they pass on.
pub(super) fn status(reported: Option<EnhancedStatus>, said: Option<EnhancedStatus>) -> Option<EnhancedStatus> {
    match (reported, said) {
        (Some(reported), Some(said)) => {
            let says_less = reported.is_generic() || (reported.detail == 0 && said.detail != 0 && said.class == reported.class);
            Some(if says_less { said } else { reported })
        }
        (reported, said) => reported.or(said),
    }
}

/// What a report means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) class: Class,
    pub(super) reason: Reason,
    /// Whether the reason rests on no more than a vague phrase or half a code.
    pub(super) is_guess: bool,
}

/// The reason, and what it means for the address.
pub(super) fn of(evidence: Evidence<'_>) -> Verdict {
    if matches!(evidence.action, Action::Delivered | Action::Relayed | Action::Expanded) {
        return Verdict { class: Class::Arrived, reason: Reason::Unknown, is_guess: false };
    }
    let status = status(evidence.status, evidence.said.status);
    let told = told(status, evidence.words);
    let reason = told.unwrap_or_else(|| guess(status, evidence.said.reply, evidence.words));
    let class = match reason.kind() {
        _ if evidence.action == Action::Delayed => Class::Delayed,
        Kind::Ours => Class::OurFault,
        Kind::Dead if is_final(evidence, status) => Class::Hard,
        Kind::Dead | Kind::Passing => Class::Soft,
    };
    Verdict { class, reason, is_guess: told.is_none() }
}

/// Whether nothing stands against an address being dead.
fn is_final(evidence: Evidence<'_>, status: Option<EnhancedStatus>) -> bool {
    let is_permanent = |status: Option<EnhancedStatus>| status.is_none_or(|status| status.class == 5);
    let is_coded = status.is_some() || evidence.said.reply.is_some();
    is_permanent(evidence.status)
        && is_permanent(evidence.said.status)
        && evidence.said.reply.is_none_or(|reply| reply >= 500)
        && status.is_none_or(|status| !contradicts(status))
        && (is_coded || phrases::clear(evidence.words).is_some())
        && !evidence.words.has_any(&["temporar", "try again later", "too many"])
}

/// Whether a status is about something other than a dead address.
fn contradicts(status: EnhancedStatus) -> bool {
    match (status.subject, status.detail) {
        // Full, too long, a list.
        (2, 2..=4) => true,
        (3, 1 | 4) | (4, 5..=7) => true,
        // Content, and whatever concerns the sender.
        (6 | 7, _) | (1, 7 | 8) => true,
        _ => false,
    }
}

/// The reason that a known phrase or a whole status tells.
fn told(status: Option<EnhancedStatus>, words: &Plain) -> Option<Reason> {
    if is_edge_blocked(status, words) {
        return Some(Reason::NoSuchUser);
    }
    phrases::clear(words).or_else(|| status.and_then(of_status)).or_else(|| phrases::loose(words))
}

/// What is left to go by.
fn guess(status: Option<EnhancedStatus>, reply: Option<u16>, words: &Plain) -> Reason {
    phrases::vague(words).or_else(|| status.and_then(of_subject)).or_else(|| reply.and_then(of_reply)).unwrap_or(Reason::Unknown)
}

/// Microsoft 365 answers `550 5.4.1 Recipient address rejected: Access denied` for addresses that its directory does not have
/// (directory-based edge blocking).
fn is_edge_blocked(status: Option<EnhancedStatus>, words: &Plain) -> bool {
    status == Some(EnhancedStatus { class: 5, subject: 4, detail: 1 }) && words.has("recipient address rejected")
}

/// What a status says (RFC 3463 section 3, the registry of RFC 5248, and Microsoft's own of three digits).
fn of_status(status: EnhancedStatus) -> Option<Reason> {
    Some(match (status.subject, status.detail) {
        (1, 1 | 3 | 4) => Reason::NoSuchUser,
        (1, 10) if status.class == 5 => Reason::TakesNoMail,
        (1, 2) | (4, 310) => Reason::NoSuchDomain,
        (1, 6) => Reason::Moved,
        (1, 7 | 8) => Reason::SenderRefused,
        (2, 1) => Reason::MailboxDisabled,
        (2, 2) => Reason::MailboxFull,
        (2, 3) | (3, 4) => Reason::TooLarge,
        (2, 121 | 122) | (5, 3) => Reason::TooFast,
        (3, 1) => Reason::SystemFull,
        (3, 2) => Reason::ServerTrouble,
        (3, 5) | (2, 4) | (4, 3) => Reason::ServerTrouble,
        (4, 1 | 2 | 5 | 312 | 317) => Reason::Unreachable,
        (4, 4) if status.class == 5 => Reason::NoSuchDomain,
        (4, 4) => Reason::Unreachable,
        (4, 6 | 14) => Reason::Loop,
        (4, 7 | 300 | 316) => Reason::Expired,
        (5, 1 | 2 | 4 | 5) => Reason::Protocol,
        (6, 1..) => Reason::Content,
        // RFC 7372 and Gmail (5.7.26 to 5.7.30), Microsoft 365 (5.7.23, 5.7.509, 5.7.515).
        (7, 20..=24 | 26 | 27 | 30 | 509 | 515) => Reason::Authentication,
        (7, 25 | 501..=508 | 511 | 606..=649 | 708 | 750) => Reason::Blocked,
        (7, 28) => Reason::TooFast,
        (7, 4 | 5 | 8 | 9 | 10 | 11) => Reason::Security,
        (7, 64) => Reason::RelayDenied,
        _ => return None,
    })
}

/// What is left where a status names no more than a subject.
fn of_subject(status: EnhancedStatus) -> Option<Reason> {
    match status.subject {
        1 => Some(Reason::NoSuchUser),
        2 => Some(Reason::Filtered),
        3 => Some(Reason::ServerTrouble),
        4 => Some(Reason::Unreachable),
        5 => Some(Reason::Protocol),
        6 => Some(Reason::Content),
        7 => Some(Reason::Policy),
        _ => None,
    }
}

/// What a reply says by itself (RFC 5321 section 4.2.3, RFC 7504). `550` says too little.
fn of_reply(reply: u16) -> Option<Reason> {
    match reply {
        521 | 556 => Some(Reason::TakesNoMail),
        452 | 552 => Some(Reason::MailboxFull),
        551 => Some(Reason::NoSuchUser),
        421 | 441 | 442 => Some(Reason::Unreachable),
        431 => Some(Reason::SystemFull),
        432 | 450 | 451 => Some(Reason::ServerTrouble),
        454 | 523 | 530 | 534 | 535 | 538 => Some(Reason::Security),
        500..=504 | 455 | 555 => Some(Reason::Protocol),
        _ => None,
    }
}
